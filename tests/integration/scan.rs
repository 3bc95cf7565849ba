//! `scan` finds enabled logs that are dead in a whole account, raises no false alarm, and reads nothing twice.

use std::collections::{BTreeMap, BTreeSet};

use sandbox::{BucketSeed, Crowd, Effect, Encryption, Fault, KeySeed, LoadBalancerSeed, Logs, When};
use serde_json::Value;

use crate::account::Account;
use crate::terminal::{Key, Terminal};

/// The logs of a scan by `PRODUCER SOURCE LOG`, each with its state.
fn states(document: &Value) -> BTreeMap<String, String> {
    let logs = document["logs"].as_array().unwrap().iter();
    let text = |log: &Value, field: &str| log[field].as_str().unwrap_or_default().to_owned();
    logs.map(|log| {
        let name = format!("{} {} {}", text(log, "producer"), text(log, "source"), text(log, "log_type"));
        (name.trim_end().to_owned(), text(log, "health"))
    })
    .collect()
}

#[test]
fn dead_logs_in_every_region_are_found_without_false_alarms() {
    let account = Account::seeded();
    account.run("init nlb --source edge --bucket edge-logs --kms-key create --yes").ends(0);
    account.run("init s3-access --source app-data --bucket data-logs --prefix s3/ --yes").ends(0);
    account.run("init inventory --source app-images --bucket data-logs --yes").ends(0);
    account.run("init alb --source web --bucket web-logs --yes").ends(0);
    account.sandbox.set_encryption("web-logs", Encryption::kms(None));
    let far = LoadBalancerSeed::application("far").within("eu-west-1").logging("access_logs", "gone-logs", "");
    account.wait(account.sandbox.put_load_balancer(far));
    let silent = LoadBalancerSeed::network("silent", "TCP").logging("access_logs", "edge-logs", "");
    account.wait(account.sandbox.put_load_balancer(silent));
    let document = account.run("scan --output json").ends(3).json();
    let states = states(&document);
    for (log, state) in [
        ("alb web access", "dead"),
        ("alb web connection", "off"),
        ("alb legacy-web access", "dead"),
        ("alb far access", "dead"),
        ("nlb silent access", "dead"),
        ("nlb edge access", "permitted"),
        ("nlb tcp-only access", "off"),
        ("s3-access app-data", "permitted"),
        ("s3-access app-images", "off"),
        ("inventory app-images", "permitted"),
    ] {
        assert_eq!(states.get(log).map(String::as_str), Some(state), "{log}: {states:#?}");
    }
    assert_eq!(document["counts"]["dead"], 4, "{document:#}");
    assert_eq!(document["logs"][0]["health"], "dead", "the worst comes first");
    assert_eq!(document["unknown"].as_array().unwrap().len(), 0, "{document:#}");
    assert!(account.writes().is_empty());
    let far = document["logs"].as_array().unwrap().iter().find(|log| log["source"] == "far").unwrap();
    assert!(far["fix"].as_str().unwrap().contains("--region eu-west-1"), "{far:#}");
}

#[test]
fn a_scan_can_be_limited_by_region_producer_and_name() {
    let account = Account::seeded();
    let names = |words: &str| -> Vec<String> {
        let document = account.run(&format!("scan {words} --output json")).json();
        states(&document).into_keys().collect()
    };
    assert_eq!(names("--producer nlb"), ["nlb edge access", "nlb tcp-only access"]);
    assert_eq!(
        names("--producer s3-access --name app-*"),
        ["s3-access app-data", "s3-access app-images", "s3-access app-kms-data"]
    );
    assert_eq!(names("--producer alb --name *web --name x").len(), 6);
    assert_eq!(names("--regions us-west-2 --producer s3-access"), ["s3-access west-logs"]);
    assert!(names("--regions eu-west-1").is_empty());
    account.run("scan --regions eu-west-1").ends(0).says("1 Region of account 111122223333: no sources");
}

#[test]
fn with_the_newest_objects_a_scan_shows_which_logs_are_delivering() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket web-logs --yes").ends(0);
    account.run("init nlb --source edge --bucket edge-logs --yes").ends(0);
    account.wait(account.sandbox.deliver());
    account.run("init s3-access --source app-data --bucket data-logs --prefix s3/ --yes").ends(0);
    let states = states(&account.run("scan --newest --output json").ends(3).json());
    assert_eq!(states["alb web access"], "delivering");
    assert_eq!(states["nlb edge access"], "delivering");
    assert_eq!(states["s3-access app-data"], "pending");
}

#[test]
fn a_denied_part_is_reported_and_the_rest_is_scanned() {
    for (operation, action) in [
        ("ListRegions", "account:ListRegions"),
        ("DescribeLoadBalancers", "elasticloadbalancing:DescribeLoadBalancers"),
        ("ListBuckets", "s3:ListAllMyBuckets"),
    ] {
        let account = Account::seeded();
        let effect = Effect::access_denied();
        account.sandbox.inject(Fault { when: When::Operation(operation.to_owned()), effect });
        let ran = account.run("scan --output json");
        assert!(ran.json()["unknown"].to_string().contains(action), "{operation}: {}", ran.stdout);
        assert!(!ran.json()["logs"].as_array().unwrap().is_empty(), "{operation}");
    }
    let account = Account::seeded();
    let effect = Effect::access_denied();
    account.sandbox.inject(Fault { when: When::Operation("GetBucketLogging".to_owned()), effect });
    let ran = account.run("scan --producer s3-access --output json").ends(1);
    assert!(states(&ran.json()).values().all(|state| state == "unknown"), "{}", ran.stdout);
}

#[test]
fn the_csv_has_a_line_for_each_log() {
    let account = Account::seeded();
    let ran = account.run("scan --output csv").ends(3);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(
        lines[0],
        "health,region,producer,source,log,bucket,prefix,cause,what,page,newest,fix,account,source_arn"
    );
    assert!(
        lines[1].starts_with("dead,us-east-1,alb,legacy-web,access,old-alb-logs,,encryption-not-writable,"),
        "{}",
        lines[1]
    );
    let document = account.run("scan --output json").json();
    assert_eq!(lines.len() - 1, document["logs"].as_array().unwrap().len());
    account.run("init --output csv").ends(2).says("does not support `--output csv`; only `scan` does");
}

#[test]
fn ctrl_c_prints_the_results_so_far() {
    let account = Account::seeded();
    account.run("init s3-access --source app-data --bucket data-logs --prefix s3/ --yes").ends(0);
    account.sandbox.inject(Fault {
        when: When::Operation("GetBucketPolicy".to_owned()),
        effect: Effect::Delay(std::time::Duration::from_mins(5)),
    });
    account.sandbox.forget_requests();
    let terminal = Terminal::start(&account, "scan --regions us-east-1");
    terminal.waits_until("the destinations to be looked at", |screen| {
        let asked = account.sandbox.requests().iter().any(|request| request.operation == "GetBucketPolicy");
        asked
            && screen.contains("looking up every log of the account")
            && screen.contains("of the account: 0 of 2 destinations")
    });
    terminal.press(Key::CtrlC);
    let ended = terminal.ended().with(130).says("interrupted; the report shows what was known by then");
    // Two logs go to destinations that were not read by then. All other logs are off.
    ended.says("its destination had not been read by then").says("24 off, 2 unknown");
}

#[test]
fn no_progress_is_shown_if_it_is_turned_off() {
    let account = Account::seeded();
    account.sandbox.set_latency(std::time::Duration::from_millis(20));
    for (words, shown) in [("scan --regions us-east-1 --no-progress", false), ("scan --regions us-east-1", true)] {
        let terminal = Terminal::start(&account, words);
        terminal.shows("1 Region of account 111122223333");
        let sent = terminal.sent();
        assert_eq!(sent.contains("looking up"), shown, "{sent:?}");
        terminal.ended().with(3);
    }
}

#[test]
fn ctrl_c_during_the_listing_prints_what_was_found() {
    let account = Account::seeded();
    account.sandbox.inject(Fault {
        when: When::OperationTimes("GetBucketLogging".to_owned(), 1),
        effect: Effect::Delay(std::time::Duration::from_mins(5)),
    });
    let terminal = Terminal::start(&account, "scan --regions us-east-1");
    // A kind of source is no longer shown after all its sources are read.
    let is_all_but_one = |screen: &str| screen.contains("8 of 9 buckets") && !screen.contains("of 4 load balancers");
    terminal.waits_until("all but one to be looked at", is_all_but_one);
    terminal.press(Key::CtrlC);
    let ended = terminal.ended().with(130).says("interrupted; the report shows what was known by then");
    ended.says("access log of load balancer `legacy-web`").says("1 unknown");
}

#[test]
fn throttling_by_s3_does_not_make_a_scan_incomplete() {
    let account = Account::seeded();
    let crowd = Crowd { regions: vec!["us-east-1".to_owned()], balancers: 0, buckets: 1000, ..Crowd::default() };
    account.wait(account.sandbox.plant_crowd(&crowd));
    account.sandbox.set_latency(std::time::Duration::from_millis(10));
    let when = When::Beyond { operation: "GetBucketLogging".to_owned(), burst: 50, per_second: 150 };
    account.sandbox.inject(Fault { when, effect: Effect::slow_down() });
    let document = account.run("scan --producer s3-access --output json").ends(3).json();
    assert_eq!(document["unknown"].as_array().unwrap().len(), 0, "{document:#}");
    let (dead, on) = dead_and_on(1000);
    assert_eq!(document["counts"]["dead"], dead, "{}", document["counts"]);
    assert_eq!(document["counts"]["permitted"], on, "{}", document["counts"]);
}

/// The numbers of dead and of arriving access logs among this many buckets.
fn dead_and_on(buckets: usize) -> (usize, usize) {
    let of = |logs| (0..buckets).step_by(2).filter(|number| Logs::of(*number) == logs).count();
    (of(Logs::Dead), of(Logs::Arrive))
}

#[test]
fn a_region_that_denies_access_is_reported_and_the_others_are_scanned() {
    let account = Account::seeded();
    let far = LoadBalancerSeed::application("far").within("eu-west-1").logging("access_logs", "gone-logs", "");
    account.wait(account.sandbox.put_load_balancer(far));
    account.sandbox.inject(Fault {
        when: When::OperationTimes("DescribeLoadBalancers".to_owned(), 1),
        effect: Effect::access_denied(),
    });
    let document = account.run("scan --regions us-east-1,eu-west-1 --producer alb --output json").json();
    let unread = document["unknown"].as_array().unwrap();
    assert_eq!(unread.len(), 1, "{document:#}");
    let denied = unread[0].as_str().unwrap();
    assert!(denied.starts_with("load balancers in "), "{denied}");
    let told: BTreeSet<&str> =
        document["logs"].as_array().unwrap().iter().map(|log| log["region"].as_str().unwrap()).collect();
    assert_eq!(told.len(), 1, "{document:#}");
    assert!(!denied.contains(told.first().unwrap()), "{denied}");
}

#[test]
fn a_big_account_is_scanned_without_unneeded_requests() {
    let account = Account::seeded();
    account.wait(account.sandbox.plant_crowd(&Crowd::default()));
    account.sandbox.set_latency(std::time::Duration::from_millis(10));
    let document = account.run("scan --output json").ends(3).json();
    let requests = account.sandbox.requests();
    let count = |operation: &str| requests.iter().filter(|request| request.operation == operation).count();
    let balancers = count("DescribeLoadBalancerAttributes");
    assert!(balancers >= 300, "{balancers}");
    let logging = document["logs"].as_array().unwrap().iter().filter(|log| log["producer"] == "s3-access").count();
    assert!(logging >= 1000, "{logging}");
    let places: BTreeSet<String> = document["logs"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|log| Some(format!("{} {}", log["bucket"].as_str()?, log["region"].as_str()?)))
        .collect();
    // For each destination: its Region, nine settings, its ACL, its key and the key policy.
    let of_places = places.len() * 13;
    let listings = count("DescribeLoadBalancers") + count("ListBuckets") + count("ListRegions") + 1;
    // Sources with problems may have a tag that excludes them. Reading the tags takes one request for each bucket, and
    // one request for every 20 load balancers of a Region.
    let wrong = |log: &&Value| ["dead", "unknown"].contains(&log["health"].as_str().unwrap());
    let wrong = document["logs"].as_array().unwrap().iter().filter(wrong);
    let wrong: BTreeSet<&str> = wrong.map(|log| log["source_arn"].as_str().unwrap()).collect();
    let buckets = wrong.iter().filter(|arn| arn.contains(":s3:")).count();
    assert!(count("DescribeTags") <= (wrong.len() - buckets) / 20 + 17, "{}", count("DescribeTags"));
    let needed = balancers + 2 * logging + listings + of_places + buckets + count("DescribeTags");
    let asked = requests.len();
    assert!(asked * 100 <= needed * 115, "{asked} requests for {needed}");
    let looked = count("GetBucketPolicy");
    assert!(looked <= places.len(), "{looked} policies were read of {} places", places.len());
    assert!(account.sandbox.most_at_once() > 16, "{}", account.sandbox.most_at_once());
    // There is no false alarm, and no dead log is missed. The dead logs are those of the crowd and one of the seeded
    // account.
    let of_crowd = |count: usize| (0..count).filter(|number| Logs::of(*number) == Logs::Dead).count();
    let states = document["counts"].clone();
    assert_eq!(states["dead"], of_crowd(1000) + of_crowd(300) + 1, "{states}");
    assert!(states["unknown"].is_null(), "{states}");
}

#[test]
fn duplicate_arguments_count_once_and_mistyped_ones_are_refused() {
    let account = Account::seeded();
    let document = account.run("scan --regions us-east-1,us-east-1 --output json").ends(3).json();
    assert_eq!(document["regions"].as_array().unwrap().len(), 1, "{document:#}");
    assert_eq!(document["counts"]["dead"], 1, "{document:#}");
    let alone = account.run("scan --region us-east-1 --output json").ends(3).json();
    assert_eq!(alone, document, "`--region` narrows, too");
    account
        .run("scan --regions us-esat-1")
        .ends(2)
        .says("Region `us-esat-1` is not enabled for this account")
        .says("did you mean `us-east-1`?");
    account.run("scan --name WEB").ends(2).says("no load balancer, bucket, VPC or transit gateway matches `WEB`");
    account.run("scan --regions eusc-de-east-1").ends(2).says("European Sovereign Cloud");
}

#[test]
fn a_load_balancer_or_key_that_fails_does_not_affect_the_others() {
    let account = Account::seeded();
    let fault = |code: &str| Fault {
        when: When::OperationTimes("DescribeLoadBalancerAttributes".to_owned(), 1),
        effect: Effect::status(400, code, "odd"),
    };
    account.sandbox.inject(fault("LoadBalancerNotFound"));
    let all = |document: &Value| document["logs"].as_array().unwrap().len();
    let document = account.run("scan --producer nlb --output json").ends(0).json();
    assert_eq!((all(&document), document["unknown"].as_array().unwrap().len()), (1, 0), "{document:#}");
    account.sandbox.inject(fault("InternalOdd"));
    let document = account.run("scan --producer nlb --output json").ends(0).json();
    assert_eq!(document["counts"]["unknown"], 1, "{document:#}");
    assert_eq!(document["counts"]["off"], 1, "{document:#}");

    account.run("init alb --source web --bucket web-logs --yes").ends(0);
    let nowhere = "arn:aws:kms:xx-none-1:111122223333:key/11111111-2222-3333-4444-555555555555";
    account.sandbox.set_encryption("web-logs", Encryption::kms(Some(nowhere)));
    let document = account.run("scan --producer alb --output json").ends(3).json();
    assert_eq!(states(&document)["alb legacy-web access"], "dead", "{document:#}");
}

#[test]
fn an_account_that_cannot_be_listed_is_not_reported_as_healthy() {
    let account = Account::seeded();
    for operation in ["DescribeLoadBalancers", "ListBuckets", "DescribeVpcs"] {
        let when = When::Operation(operation.to_owned());
        account.sandbox.inject(Fault { when, effect: Effect::access_denied() });
    }
    account
        .run("scan")
        .ends(1)
        .says("no load balancers, buckets or VPCs could be listed")
        .says("no sources found in what could be read");
}

#[test]
fn a_log_that_arrives_contrary_to_the_documentation_is_not_called_dead() {
    let account = Account::seeded();
    let policy = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"},
        {"Effect":"Allow","Principal":{"Service":"logging.s3.amazonaws.com"},"Action":"kms:GenerateDataKey*","Resource":"*"}]}"#;
    let key = KeySeed { policy: Some(policy.to_owned()), ..KeySeed::new() };
    let key = account.wait(account.sandbox.put_key(key));
    account.run("init s3-access --source app-data --bucket data-logs --prefix s3/ --yes").ends(0);
    account.sandbox.set_encryption("data-logs", Encryption::kms(Some(&key)));
    let scan = "scan --producer s3-access --name app-data --output json";
    assert_eq!(states(&account.run(scan).ends(1).json())["s3-access app-data"], "unknown");
    account.wait(account.sandbox.deliver());
    let check = account.run("check s3-access --source app-data --output json").ends(0).json();
    assert_eq!(check["logs"][0]["health"], "delivering", "{check:#}");
    assert_eq!(states(&account.run(scan).ends(0).json())["s3-access app-data"], "delivering");
}

#[test]
fn a_scan_can_be_limited_by_tag() {
    let account = Account::seeded();
    let tagged = |name: &str, team: &str| LoadBalancerSeed::application(name).tagged("team", team);
    account.wait(account.sandbox.put_load_balancer(tagged("one", "web")));
    account.wait(account.sandbox.put_load_balancer(tagged("two", "data")));
    let tags = "<Tagging><TagSet><Tag><Key>team</Key><Value>web</Value></Tag><Tag><Key>stage</Key><Value>prod</Value></Tag></TagSet></Tagging>";
    account.wait(account.sandbox.put_bucket(BucketSeed::new("web-data").setting("tagging", tags)));
    let names = |words: &str| -> BTreeSet<String> {
        let document = account.run(&format!("scan {words} --output json")).ends(0).json();
        let logs = document["logs"].as_array().unwrap().iter();
        logs.map(|log| log["source"].as_str().unwrap().to_owned()).collect()
    };
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(names("--tag team=web"), set(&["one", "web-data"]));
    assert_eq!(names("--tag team"), set(&["one", "two", "web-data"]));
    assert_eq!(names("--tag team=web --tag team=data --producer alb"), set(&["one", "two"]));
    assert_eq!(names("--tag team=web --tag stage"), set(&["web-data"]));
    assert_eq!(names("--tag team=web --name o*"), set(&["one"]));
    let asked = account.sandbox.requests();
    let count = |operation: &str| asked.iter().filter(|request| request.operation == operation).count();
    assert_eq!(count("DescribeLoadBalancerAttributes"), 1, "only of what is asked about");
    account
        .run("scan --tag team=none")
        .ends(2)
        .says("no load balancer, bucket, VPC or transit gateway has the tags team=none");
    account.run("scan --tag =x").ends(2).says("`KEY` or `KEY=VALUE` is expected");
    for (operation, action) in
        [("DescribeTags", "elasticloadbalancing:DescribeTags"), ("GetBucketTagging", "s3:GetBucketTagging")]
    {
        let account = Account::seeded();
        let effect = Effect::access_denied();
        account.sandbox.inject(Fault { when: When::Operation(operation.to_owned()), effect });
        let ran = account.run("scan --tag team --output json").ends(1);
        assert!(ran.json()["unknown"].to_string().contains(action), "{operation}: {}", ran.stdout);
    }
}

#[test]
fn a_throttling_region_is_scanned_completely_at_a_slower_pace() {
    let account = Account::seeded();
    let crowd = Crowd { regions: vec!["us-east-1".to_owned()], balancers: 300, buckets: 0, ..Crowd::default() };
    account.wait(account.sandbox.plant_crowd(&crowd));
    // With one call at a time, the rate stays below the limit.
    account.sandbox.set_latency(std::time::Duration::from_millis(40));
    let operation = "DescribeLoadBalancerAttributes".to_owned();
    let when = When::Beyond { operation: operation.clone(), burst: 40, per_second: 50 };
    account.sandbox.inject(Fault { when, effect: Effect::throttled() });
    let document = account.run("scan --producer alb,nlb --output json").ends(3).json();
    assert!(document["counts"]["unknown"].is_null(), "{}", document["counts"]);
    assert_eq!(document["unknown"].as_array().unwrap().len(), 0, "{document:#}");
    let asked = account.sandbox.requests();
    let of_it = asked.iter().filter(|request| request.operation == operation);
    let (refused, taken): (Vec<_>, Vec<_>) = of_it.partition(|request| request.status != 200);
    assert!(taken.len() >= 300 && !refused.is_empty(), "{} and {}", taken.len(), refused.len());
    assert!(refused.len() * 2 < taken.len(), "{} of {} were in vain", refused.len(), taken.len());
}

#[test]
fn regions_unreadable_for_the_same_reason_are_reported_in_one_line() {
    let reasons = [
        Effect::access_denied(),
        Effect::status(
            403,
            "AccessDenied",
            "User: x is not authorized with an explicit deny in a service control policy",
        ),
        Effect::status(400, "Unheard", "no"),
    ];
    for effect in reasons {
        for (operation, flag) in [("DescribeLoadBalancers", ""), ("DescribeTags", "--tag team")] {
            let account = Account::seeded();
            let west = LoadBalancerSeed { region: "us-west-2".to_owned(), ..LoadBalancerSeed::application("west") };
            account.wait(account.sandbox.put_load_balancer(west));
            account.sandbox.inject(Fault { when: When::Operation(operation.to_owned()), effect: effect.clone() });
            let ran = account.run(&format!("scan {flag} --output json"));
            let unread = ran.json()["unknown"].as_array().unwrap().clone();
            let of_balancers: Vec<_> =
                unread.iter().filter(|line| line.to_string().contains("load balancers in")).collect();
            assert_eq!(of_balancers.len(), 1, "{operation}: {unread:#?}");
            assert!(of_balancers[0].to_string().contains("us-west-2"), "{unread:#?}");
        }
    }
}
