//! An object that the log service wrote after the last change settles what a policy leaves uncertain. `check`, `scan`
//! and `init` agree on this.

use std::time::{Duration, Instant, SystemTime};

use sandbox::{Effect, Event, Fault, LoadBalancerSeed, When, seed};
use serde_json::{Value, json};

use crate::account::Account;
use crate::check::is;

const WEB: &str = "alb --source x --log-type access";
const INIT: &str = "init alb --source x --bucket web-logs --log-type access --dry-run --detailed-exitcode";

fn hours_ago(hours: u64) -> SystemTime {
    SystemTime::now() - Duration::from_hours(hours)
}

/// A statement that allows the ALB log service for sources in an organization. It is unknown whether AWS sends that
/// condition key.
fn grant(resource: &str) -> Value {
    json!({
        "Sid": "OurOrganization", "Effect": "Allow", "Action": "s3:PutObject", "Resource": format!("arn:aws:s3:::web-logs/{resource}"),
        "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
        "Condition": {"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}
    })
}

/// An ALB whose log is on, a bucket with these statements, and nothing written yet.
fn account(statements: &[Value]) -> Account {
    let account = Account::seeded();
    let policy = json!({"Version": "2012-10-17", "Statement": statements});
    account.wait(account.sandbox.put_bucket(sandbox::BucketSeed::new("web-logs").policy(&policy.to_string())));
    let balancer = LoadBalancerSeed::application("x").logging("access_logs", "web-logs", "");
    account.wait(account.sandbox.put_load_balancer(balancer));
    account
}

/// Adds AWS's test file with this age.
fn tested(account: &Account, hours: u64) {
    let key = format!("AWSLogs/{}/ELBAccessLogTestFile", seed::ACCOUNT);
    account.wait(account.sandbox.upload("web-logs", &key, b"Enable AccessLog for ELB", hours_ago(hours)));
}

fn changed(account: &Account, hours: u64) {
    account.sandbox.plant_event(Event::on_bucket("PutBucketPolicy", "web-logs", hours_ago(hours)).by("carol"));
}

fn attached(account: &Account, hours: u64) {
    let arn = account.sandbox.load_balancer_arn("x").unwrap();
    let attributes = json!({"attributes": [{"key": "access_logs.s3.enabled", "value": "true"}]});
    let event = Event::on_load_balancer("ModifyLoadBalancerAttributes", &arn, hours_ago(hours));
    account.sandbox.plant_event(event.asking(attributes));
}

/// `check` and `scan` treat the log as allowed, and `init` changes nothing.
#[track_caller]
fn is_settled(account: &Account) {
    let found = is(account, WEB, "pending", "");
    assert!(found["evidence"].as_str().unwrap().contains("so the policy allows the service"), "{found:#}");
    let scanned = account.run("scan --name x --output json").json();
    assert_eq!(scanned["logs"][0]["health"], "pending", "{scanned:#}");
    account.run(INIT).ends(0).says("nothing to change");
}

#[track_caller]
fn is_in_doubt(account: &Account) {
    is(account, WEB, "unknown", "policy-grant");
    account.run(INIT).ends(3);
}

#[test]
fn a_test_file_from_after_the_last_policy_change_settles_its_doubts() {
    let account = account(&[grant("*")]);
    is_in_doubt(&account);
    tested(&account, 30);
    is_settled(&account);
    changed(&account, 50);
    attached(&account, 40);
    is_settled(&account);
    // A later change makes the log uncertain again, until AWS writes another object.
    changed(&account, 2);
    is_in_doubt(&account);
    tested(&account, 1);
    attached(&account, 1);
    is_settled(&account);
}

#[test]
fn another_load_balancers_test_file_does_not_prove_one_attached_before_the_change() {
    let account = account(&[grant("*")]);
    changed(&account, 50);
    tested(&account, 30);
    // The log was turned on before the known history.
    is_in_doubt(&account);
    attached(&account, 60);
    is_in_doubt(&account);
    let arn = account.sandbox.load_balancer_arn("x").unwrap();
    let other = json!({"attributes": [{"key": "connection_logs.s3.enabled", "value": "true"}]});
    let event = Event::on_load_balancer("ModifyLoadBalancerAttributes", &arn, hours_ago(40));
    account.sandbox.plant_event(event.asking(other));
    is_in_doubt(&account);
}

#[test]
fn a_test_file_does_not_settle_doubts_that_only_concern_logs() {
    let test_file = json!({
        "Effect": "Allow", "Action": "s3:PutObject",
        "Resource": format!("arn:aws:s3:::web-logs/AWSLogs/{}/ELBAccessLogTestFile", seed::ACCOUNT),
        "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    });
    let logs = format!("AWSLogs/{}/elasticloadbalancing/*", seed::ACCOUNT);
    let account = account(&[test_file, grant(&logs)]);
    tested(&account, 30);
    is_in_doubt(&account);
}

#[test]
fn without_an_event_history_an_object_counts_only_while_it_is_fresh() {
    let account = account(&[grant("*")]);
    let when = When::Operation("LookupEvents".to_owned());
    account.sandbox.inject(Fault { when, effect: Effect::access_denied() });
    tested(&account, 30);
    is_in_doubt(&account);
    tested(&account, 0);
    is_settled(&account);
}

fn without_history(account: &Account, effect: Effect) {
    let when = When::Operation("LookupEvents".to_owned());
    account.sandbox.inject(Fault { when, effect });
}

/// The commands that read the event history, as text and as JSON.
fn asking() -> impl Iterator<Item = String> {
    let commands = [format!("check {WEB}"), "scan --name x".to_owned(), INIT.to_owned()];
    commands.into_iter().flat_map(|words| [words.clone(), format!("{words} --output json")])
}

/// Asserts how often `check`, `scan` and `init` report an unreadable event history.
#[track_caller]
fn history_is_missed(account: &Account, times: usize, why: &str) {
    for words in asking() {
        is_missed(account, &words, times, why);
    }
}

#[track_caller]
fn is_missed(account: &Account, words: &str, times: usize, why: &str) {
    let ran = account.run_with(words, &[("AWS_MAX_ATTEMPTS", "1")]);
    let all = format!("{}{}", ran.stdout, ran.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(all.matches("cloudtrail:LookupEvents").count(), times, "{words}: {all}");
    assert_eq!(all.matches(why).count(), times, "{words}: {all}");
}

#[test]
fn a_denied_event_history_that_could_change_a_verdict_is_reported_once() {
    for condition in [
        json!({"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}),
        json!({"StringEquals": {"aws:SourceAccount": seed::ACCOUNT}}),
    ] {
        let mut grant = grant("*");
        grant["Condition"] = condition;
        let account = account(&[grant]);
        without_history(&account, Effect::access_denied());
        // Without an object, the event history could settle nothing.
        history_is_missed(&account, 0, "was denied");
        tested(&account, 30);
        history_is_missed(&account, 1, "was denied");
        // For the same reason, it is also unknown who turned off two other logs.
        let both = account.run("check alb --source x --output json").json()["unknown"].clone();
        assert_eq!(both.as_array().unwrap().len(), 1, "{both:#}");
        assert!(both[0].as_str().unwrap().contains("last changed, and who changed what: could not read"), "{both:#}");
        tested(&account, 0);
        history_is_missed(&account, 1, "was denied");
    }
}

#[test]
fn a_denied_event_history_is_not_reported_if_every_verdict_is_certain() {
    let nobody = json!({
        "Sid": "Nobody", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::web-logs/*"
    });
    let certain = account(&[plain_grant()]);
    let refused = account(&[grant("*"), nobody]);
    for account in [certain, refused] {
        tested(&account, 30);
        without_history(&account, Effect::access_denied());
        account.run(INIT);
        for words in ["scan --name x --output json".to_owned(), format!("{INIT} --output json")] {
            let all = account.run(&words).stdout;
            assert!(!all.contains("when the settings of uncertain logs"), "{words}: {all}");
        }
    }
}

#[test]
fn an_event_history_that_throttles_or_fails_is_also_reported() {
    for (effect, why) in [
        (Effect::throttled(), "ThrottlingException"),
        (Effect::status(500, "InternalError", "We encountered an internal error."), "InternalError"),
    ] {
        let account = account(&[grant("*")]);
        tested(&account, 30);
        without_history(&account, effect);
        history_is_missed(&account, 1, why);
    }
}

#[test]
fn an_event_history_that_times_out_is_also_reported_only_once() {
    let account = account(&[grant("*")]);
    tested(&account, 30);
    // The event history times out after 10 seconds, so the test runs the commands in parallel.
    without_history(&account, Effect::Delay(Duration::from_mins(5)));
    std::thread::scope(|scope| {
        let account = &account;
        for words in asking() {
            scope.spawn(move || is_missed(account, &words, 1, "did not end within 10 s"));
        }
    });
}

#[test]
fn a_denied_event_history_needed_to_judge_a_report_is_reported() {
    let account = Account::seeded();
    account.run("init inventory --source app-data --bucket inv-logs --yes").ends(0);
    let mut policy = account.policy("inv-logs");
    let deny = guard(&json!({"StringNotEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}})).to_string();
    policy["Statement"]
        .as_array_mut()
        .unwrap()
        .push(serde_json::from_str(&deny.replace("web-logs", "inv-logs")).unwrap());
    account.sandbox.set_policy("inv-logs", Some(&policy.to_string()));
    without_history(&account, Effect::access_denied());
    let document = account.run("check inventory --source app-data --output json").json();
    let missed = document["unknown"].as_array().unwrap();
    assert_eq!(missed.len(), 1, "{document:#}");
    assert!(missed[0].as_str().unwrap().contains("`cloudtrail:LookupEvents`"), "{document:#}");
}

/// A Deny that matches AWS's own network and services, without exempting them.
fn guard(condition: &Value) -> Value {
    json!({
        "Sid": "OurNetwork", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::web-logs/*",
        "Condition": condition
    })
}

fn plain_grant() -> Value {
    let mut grant = grant("*");
    grant.as_object_mut().unwrap().remove("Condition");
    grant
}

#[test]
fn a_deny_without_a_service_exception_is_very_likely_fatal_and_dead_if_nothing_came() {
    for condition in [
        json!({"StringNotEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}}),
        json!({"Null": {"aws:SourceVpce": "true"}}),
        json!({"NotIpAddress": {"aws:SourceIp": ["198.51.100.0/24", "203.0.113.0/24"]}}),
        json!({"StringNotEqualsIfExists": {"aws:SourceVpc": "vpc-0a1b2c3d"}, "NotIpAddressIfExists": {"aws:SourceIp": "198.51.100.0/24"}}),
        json!({"StringNotEqualsIfExists": {"aws:PrincipalAccount": "111122223333"}}),
        json!({"StringNotEqualsIfExists": {"aws:VpceOrgID": "o-a1b2c3d4e5"}}),
        json!({"ArnNotEquals": {"aws:SourceVpcArn": "arn:aws:ec2:us-east-1:*:vpc/vpc-1a2b3c4d"}}),
        json!({"StringNotEquals": {"aws:VpceAccount": "111122223333"}}),
        json!({"ArnNotLikeIfExists": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/logs-*"}}),
    ] {
        let account = account(&[plain_grant(), guard(&condition)]);
        let ran = account.run(INIT).says("is very likely denied by statement 2 `OurNetwork`");
        ran.says("doesn't exempt them").says("--exempt OurNetwork --fix");
        // AWS writes an ALB's test file when the log is turned on. If there is none, AWS could not write it.
        let found = is(&account, WEB, "dead", "policy-deny-likely");
        let fix = found["fix"].as_str().unwrap().strip_prefix("logbucket ").unwrap().to_owned();
        assert!(fix.contains("--exempt OurNetwork"), "{fix}");
        account.run(&format!("{fix} --wait 0")).ends(0);
        let after = account.run(&format!("check {WEB} --output json")).json();
        assert_ne!(after["logs"][0]["health"], "dead", "{after:#}");
        assert_ne!(after["logs"][0]["health"], "unknown", "{after:#}");
    }
}

#[test]
fn a_log_that_is_very_likely_blocked_is_not_called_permitted_after_setup() {
    let account = Account::seeded();
    let deny = guard(&json!({"StringNotEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}}));
    let policy = json!({"Version": "2012-10-17", "Statement": [deny]}).to_string();
    account.wait(account.sandbox.put_bucket(sandbox::BucketSeed::new("web-logs").policy(&policy)));
    let ran = account.run("init s3-access --source app-data --bucket web-logs --yes --quiet");
    assert!(!ran.stdout.contains("permitted"), "{}", ran.stdout);
    let again = "init s3-access --source app-data --bucket web-logs --exempt OurNetwork --fix --yes";
    ran.says("uncertain")
        .says("is very likely denied")
        .says(&format!("repeat: logbucket {again}\n"))
        .says("everyone else stays denied");
    let quiet = account.run("init s3-access --source app-data --bucket web-logs --yes --output json");
    assert_eq!(quiet.json()["command"], format!("logbucket {again}"));
    // The command contains the exemption of the run itself, and the output suggests no further exemption.
    let ran = account.run(again).ends(0).says(&format!("repeat: logbucket {again}\n"));
    ran.omits("very likely").omits("it also exempts");
    let statement = account.policy("web-logs")["Statement"][0].clone();
    assert_eq!(statement["Condition"]["StringNotEquals"]["aws:PrincipalServiceName"], "logging.s3.amazonaws.com");
}

#[test]
fn a_deny_that_very_likely_blocks_a_service_is_settled_by_its_objects() {
    let account = account(&[plain_grant(), guard(&json!({"StringNotEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}}))]);
    tested(&account, 30);
    is(&account, WEB, "pending", "");
    account.run(INIT).ends(0);
    changed(&account, 2);
    is(&account, WEB, "unknown", "");
}

#[test]
fn a_deny_that_is_only_possible_or_has_an_exception_is_not_called_likely() {
    for condition in [
        json!({"StringEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}}),
        json!({"NotIpAddress": {"aws:SourceIp": "0.0.0.0/0"}}),
        json!({"StringNotEquals": {"aws:UserAgent": "ours"}}),
        json!({"StringNotEquals": {"aws:SourceVpce": "vpce-0a1b2c3d", "aws:ResourceTag/open": "yes"}}),
    ] {
        let account = account(&[plain_grant(), guard(&condition)]);
        let found = account.run(&format!("{INIT} --output json")).json();
        let ids: Vec<&str> = found["plan"]["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| finding["id"].as_str().unwrap())
            .collect();
        assert!(!ids.contains(&"policy-deny-likely"), "{condition}: {ids:?}");
    }
    let excepted =
        json!({"StringNotEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}, "Bool": {"aws:PrincipalIsAWSService": "false"}});
    let account = account(&[plain_grant(), guard(&excepted)]);
    assert!(account.run(&format!("{INIT} --output json")).json()["plan"]["findings"].as_array().unwrap().is_empty());
}

#[test]
fn a_report_that_a_lifecycle_rule_might_have_deleted_is_not_overdue() {
    let account = account(&[plain_grant(), guard(&json!({"StringNotEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}}))]);
    is(&account, WEB, "dead", "policy-deny-likely");
    let rule = "<LifecycleConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Rule><ID>old</ID><Filter><Prefix></Prefix></Filter><Status>Enabled</Status><Expiration><Days>30</Days></Expiration></Rule></LifecycleConfiguration>";
    account.sandbox.set_setting("web-logs", "lifecycle", Some(rule));
    is(&account, WEB, "unknown", "");
}

#[test]
fn a_report_that_is_overdue_and_very_likely_denied_is_dead() {
    let account = Account::seeded();
    account.run("init inventory --source app-data --bucket inv-logs --yes").ends(0);
    let mut policy = account.policy("inv-logs");
    let deny = guard(&json!({"StringNotEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}})).to_string();
    let deny: Value = serde_json::from_str(&deny.replace("web-logs", "inv-logs")).unwrap();
    policy["Statement"].as_array_mut().unwrap().push(deny);
    account.sandbox.set_policy("inv-logs", Some(&policy.to_string()));
    let report = "inventory --source app-data";
    is(&account, report, "unknown", "");
    account.sandbox.set_event_delay(Duration::from_hours(1));
    let sent = json!({"InventoryConfiguration": {"Destination": {"S3BucketDestination": {"Bucket": "arn:aws:s3:::inv-logs"}}}});
    let event = Event::on_bucket("PutBucketInventoryConfiguration", "app-data", hours_ago(60));
    account.sandbox.plant_event(event.asking(sent));
    is(&account, report, "dead", "policy-deny-likely");
}

#[test]
fn a_certain_deny_is_reported_whatever_arrived_before_it() {
    let refused = json!({
        "Sid": "Nobody", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::web-logs/*"
    });
    let account = account(&[grant("*"), refused]);
    tested(&account, 0);
    is(&account, WEB, "dead", "policy-deny");
}

#[test]
fn an_s3_access_log_settles_doubts_too() {
    let statement = json!({
        "Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::data-logs/*",
        "Principal": {"Service": "logging.s3.amazonaws.com"}, "Condition": {"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}
    });
    let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
    let account = Account::seeded();
    account.run("init s3-access --source app-data --bucket data-logs --yes").ends(0);
    // The run's own calls are not in the history yet.
    account.sandbox.set_event_delay(Duration::from_hours(1));
    account.wait(account.sandbox.deliver_at(hours_ago(50)));
    account.sandbox.set_policy("data-logs", Some(&policy));
    let data = "s3-access --source app-data";
    let init = "init s3-access --source app-data --bucket data-logs --dry-run --detailed-exitcode";
    let event = |hours| Event::on_bucket("PutBucketPolicy", "data-logs", hours_ago(hours));
    account.sandbox.plant_event(event(70));
    is(&account, data, "pending", "");
    account.run(init).ends(0);
    account.sandbox.plant_event(event(40));
    is(&account, data, "unknown", "policy-grant");
    account.run(init).ends(3);
}

#[test]
fn one_delivered_log_does_not_prove_the_delivery_of_other_or_later_files() {
    let refused_later = |resource: &str, condition: &Value| {
        let mut deny = guard(condition);
        deny["Resource"] = json!(format!("arn:aws:s3:::web-logs/{resource}"));
        vec![plain_grant(), deny]
    };
    let until = |operator: &str, key: &str, value: &str| {
        let mut grant = plain_grant();
        grant["Condition"] = json!({operator: {key: value}});
        vec![grant]
    };
    let partly = "matches only some of";
    for (statements, why) in [
        (refused_later("*/2999/12/*", &json!({})), partly),
        (refused_later("*/elasticloadbalancing/*_10.*", &json!({})), partly),
        (refused_later("*", &json!({"DateGreaterThan": {"aws:CurrentTime": "2999-01-01T00:00:00Z"}})), partly),
        (until("DateLessThan", "aws:CurrentTime", "2999-01-01T00:00:00Z"), partly),
        (until("NumericLessThan", "aws:EpochTime", "32472144000"), partly),
    ] {
        let account = account(&statements);
        account.wait(account.sandbox.deliver_at(hours_ago(0)));
        tested(&account, 0);
        let found = is(&account, WEB, "unknown", "");
        let finding = &found["findings"][0];
        assert!(finding["what"].as_str().unwrap().contains(why), "{found:#}");
        assert!(finding["why"].as_str().unwrap().contains("nothing about"), "{found:#}");
    }
}

/// `check` calls the log delivering, and these runs of `init` plan nothing.
#[track_caller]
fn is_left_alone(account: &Account, words: &str, inits: &[String]) {
    is(account, words, "delivering", "");
    for init in inits {
        account.run(&format!("{init} --dry-run --detailed-exitcode")).ends(0).says("nothing to change");
    }
}

#[test]
fn an_unreadable_report_key_is_kept_however_it_is_named() {
    for operations in [vec!["DescribeKey"], vec!["GetKeyPolicy"], vec!["DescribeKey", "GetKeyPolicy"]] {
        let account = Account::seeded();
        account.run("init inventory --source app-data --bucket inv-logs --report-kms-key create --yes").ends(0);
        account.wait(account.sandbox.deliver());
        let key = account.sandbox.keys().into_iter().find(|key| key.policy.contains("LogbucketInventory")).unwrap();
        let id = key.arn.rsplit('/').next().unwrap().to_owned();
        for operation in operations {
            let when = When::Operation(operation.to_owned());
            account.sandbox.inject(Fault { when, effect: Effect::access_denied() });
        }
        let init = "init inventory --source app-data --bucket inv-logs";
        let inits = [String::new(), format!(" --report-kms-key {}", key.arn), format!(" --report-kms-key {id}")];
        let inits = inits.map(|more| format!("{init}{more}"));
        is_left_alone(&account, "inventory --source app-data", &inits);
    }
}

#[test]
fn a_newly_requested_unreadable_report_key_must_be_given_by_arn() {
    let account = Account::seeded();
    account.run("init inventory --source app-data --bucket inv-logs --report-kms-key create --yes").ends(0);
    let key = account.wait(account.sandbox.put_key(sandbox::KeySeed::new()));
    let when = When::Operation("DescribeKey".to_owned());
    account.sandbox.inject(Fault { when, effect: Effect::access_denied() });
    let init = format!("init inventory --source app-data --bucket inv-logs --report-kms-key {key}");
    account.run(&format!("{init} --dry-run")).ends(0).says("kms:DescribeKey").says("needs this statement");
    let id = key.rsplit('/').next().unwrap();
    account.run(&format!("{} --dry-run", init.replace(&key, id))).ends(5).says("kms:DescribeKey");
}

#[test]
fn a_failing_event_history_does_not_delay_a_check() {
    for (effect, tries) in [
        (Effect::throttled(), 3),
        (Effect::status(500, "InternalFailure", "x"), 3),
        (Effect::Delay(Duration::from_mins(1)), 1),
    ] {
        let account = account(&[grant("*")]);
        tested(&account, 30);
        without_history(&account, effect.clone());
        let started = Instant::now();
        let ran = account.run("check --bucket web-logs");
        assert!(started.elapsed() < Duration::from_secs(20), "{effect:?}: {:?}", started.elapsed());
        let asked = |account: &Account| {
            account.sandbox.requests().iter().filter(|request| request.operation == "LookupEvents").count()
        };
        assert_eq!(asked(&account), tries, "{effect:?}: {ran:?}");
        ran.says("cloudtrail:LookupEvents");
        // If the user sets a number of attempts, that number applies.
        if tries > 1 {
            account.run_with("check --bucket web-logs", &[("AWS_MAX_ATTEMPTS", "4")]);
            assert_eq!(asked(&account), 4, "{effect:?}");
        }
    }
}
