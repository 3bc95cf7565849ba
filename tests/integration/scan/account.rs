//! Whole accounts: every dead log is found, without a false alarm or a request too many.

use std::collections::{BTreeMap, BTreeSet};

use sandbox::{Crowd, Encryption, KeySeed, LoadBalancerSeed, Logs};
use serde_json::Value;

use crate::account::Account;
use crate::tables::each_case;

/// The logs of a scan by `PRODUCER SOURCE LOG`, each with its state.
pub(super) fn states(document: &Value) -> BTreeMap<String, String> {
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
    let cases = [
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
    ];
    each_case(cases, |(log, state)| {
        assert_eq!(states.get(log).map(String::as_str), Some(state), "{log}: {states:#?}");
    });
    assert_eq!(document["counts"]["dead"], 4, "{document:#}");
    assert_eq!(document["logs"][0]["health"], "dead", "the worst comes first");
    assert_eq!(document["unknown"].as_array().unwrap().len(), 0, "{document:#}");
    assert!(account.writes().is_empty());
    let far = document["logs"].as_array().unwrap().iter().find(|log| log["source"] == "far").unwrap();
    assert!(far["fix"].as_str().unwrap().contains("--region eu-west-1"), "{far:#}");
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

/// The numbers of dead and of arriving access logs among this many buckets.
pub(super) fn dead_and_on(buckets: usize) -> (usize, usize) {
    let of = |logs| (0..buckets).step_by(2).filter(|number| Logs::of(*number) == logs).count();
    (of(Logs::Dead), of(Logs::Arrive))
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
