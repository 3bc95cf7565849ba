//! Only an object that a log service could have written is evidence. Other objects in a log's folder prove nothing. If
//! it is unclear who wrote an object, the text says how certain the evidence is. The search has limits.

use std::time::{Duration, SystemTime};

use logbucket::internals::model::Moment;
use sandbox::{BucketSeed, Effect, Encryption, Fault, KeySeed, LoadBalancerSeed, When, seed};
use serde_json::{Value, json};

use crate::account::Account;
use crate::check::{assert_fixed, assert_health, with_web};
use crate::judged_policies::minutes_ago;
use crate::tables::each_case;

const WEB: &str = "alb --source web --log-type access";
const DATA: &str = "s3-access --source app-data";
const REPORT: &str = "inventory --source app-data";

fn moment(time: SystemTime) -> Moment {
    let seconds = time.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    Moment(i64::try_from(seconds).unwrap())
}

/// The folder that holds one day's log files of `web`, and the start of their names.
fn of_web(account: &Account, time: SystemTime) -> (String, String) {
    let arn = account.sandbox.load_balancer_arn("web").unwrap();
    let id = arn.split_once("loadbalancer/").unwrap().1.replace('/', ".");
    let day = moment(time).folder_of_days_ago(0);
    let folder = format!("AWSLogs/{0}/elasticloadbalancing/us-east-1/{day}/", seed::ACCOUNT);
    (folder, format!("{}_elasticloadbalancing_us-east-1_{id}", seed::ACCOUNT))
}

/// The key of a file as an ALB names it.
fn exact(account: &Account, time: SystemTime) -> String {
    let (folder, own) = of_web(account, time);
    let stamp: String = moment(time).stamp().chars().take(13).collect();
    format!("{folder}{own}_{stamp}Z_203.0.113.7_20sg8hgm.log.gz")
}

/// A dead ALB log: its bucket has a customer managed key that allows the service, which AWS documents as not working.
fn dead_on_a_key() -> Account {
    let account = Account::seeded();
    account.run("init alb --source web --bucket web-logs --yes").ends(0);
    let key = account.wait(account.sandbox.put_key(KeySeed::new()));
    account.sandbox.set_encryption("web-logs", Encryption::kms(Some(&key)));
    account
}

#[test]
fn a_file_that_was_uploaded_to_a_dead_albs_folder_does_not_count_as_its_log() {
    let account = dead_on_a_key();
    let time = minutes_ago(5);
    let (folder, own) = of_web(&account, time);
    let stamp: String = moment(time).stamp().chars().take(13).collect();
    let cases = [
        "x".to_owned(),
        format!("{own}_upload.log.gz"),
        format!("{own}_{stamp}Z_203.0.113.7_20sg8hgm.txt"),
        format!("{own}_{stamp}Z_20sg8hgm.log.gz"),
        format!("zzz{own}_{stamp}Z_203.0.113.7_20sg8hgm.log.gz"),
        format!("{own}_20200101T0000Z_203.0.113.7_20sg8hgm.log.gz"),
        format!("{}_{stamp}Z_203.0.113.7_20sg8hgm.log.gz", own.replace("app.web", "net.web")),
    ];
    each_case(cases, |name| {
        account.wait(account.sandbox.upload("web-logs", &format!("{folder}{name}"), b"x", time));
        assert_health(&account, WEB, "dead", "encryption-not-writable");
    });
}

#[test]
fn a_matching_file_counts_but_its_writer_is_reported_as_unverifiable() {
    let account = dead_on_a_key();
    let time = minutes_ago(5);
    account.wait(account.sandbox.upload("web-logs", &exact(&account, time), b"x", time));
    let found = assert_health(&account, WEB, "delivering", "");
    let newest = found["evidence"].as_str().unwrap();
    assert!(newest.contains("S3 doesn't show who wrote the object"), "{newest}");
    account.run(&format!("check {WEB}")).ends(0).says("doesn't show who wrote the object");
    // A log without a blocker needs no such note.
    let found = assert_health(&with_web(), WEB, "delivering", "");
    assert!(!found["evidence"].as_str().unwrap().contains("who wrote it"), "{found:#}");
}

#[test]
fn an_unrelated_fix_keeps_an_encryption_with_which_logs_arrive() {
    // Logs arrived with a key, contrary to AWS's documentation. Now something else blocks them.
    let account = dead_on_a_key();
    let time = minutes_ago(5);
    account.wait(account.sandbox.upload("web-logs", &exact(&account, time), b"x", time));
    account.sandbox.set_policy("web-logs", None);
    let found = assert_health(&account, WEB, "dead", "policy-grant");
    assert!(!found["fix"].as_str().unwrap().contains("--fix") && found["fix_replaces"].is_null(), "{found:#}");
    let default = account.bucket("web-logs").encryption;
    assert_fixed(&account, WEB, &found);
    assert_eq!(account.bucket("web-logs").encryption, default);
}

const INIT_WEB: &str = "init alb --source web --bucket web-logs --log-type access";

/// `check` reports the log as delivering, and `init` plans nothing and says why.
#[track_caller]
fn is_left_alone(account: &Account, words: &str, init: &str) {
    assert_health(account, words, "delivering", "");
    let ran = account.run(&format!("{init} --dry-run --detailed-exitcode")).ends(0);
    ran.says("it stays, because recent logs were delivered with it");
    let document = account.run(&format!("{init} --yes --wait 0 --output json")).json();
    assert!(document["plan"]["steps"].as_array().unwrap().is_empty(), "{document:#}");
    assert_eq!(account.writes(), Vec::<String>::new());
}

#[test]
fn an_encryption_with_which_logs_arrive_is_kept_even_if_undocumented() {
    let account = dead_on_a_key();
    let key = account.bucket("web-logs").encryption.key.unwrap();
    // Without a delivered log, `init` follows the documentation and replaces the encryption.
    account.run(&format!("{INIT_WEB} --dry-run --detailed-exitcode")).ends(3).says("SSE-S3");
    let time = minutes_ago(5);
    account.wait(account.sandbox.upload("web-logs", &exact(&account, time), b"x", time));
    is_left_alone(&account, WEB, INIT_WEB);
    // A requested encryption is set, and so is SSE-S3 for a load balancer that never logged there.
    account.run(&format!("{INIT_WEB} --encryption sse-s3 --dry-run --detailed-exitcode")).ends(3);
    account.wait(account.sandbox.put_load_balancer(LoadBalancerSeed::application("new")));
    let both = format!("{INIT_WEB} --source new");
    account.run(&format!("{both} --dry-run")).ends(0).omits("it stays");
    // An earlier log proves nothing about a key that has become unusable since then.
    account.sandbox.set_key_state(&key, "Disabled");
    assert_health(&account, WEB, "dead", "encryption-not-writable");
    account.run(&format!("{INIT_WEB} --dry-run --detailed-exitcode")).ends(3);
}

#[test]
fn an_access_log_with_a_key_is_left_alone_while_it_arrives() {
    let account = Account::seeded();
    account.run("init s3-access --source app-data --bucket data-logs --prefix s3/ --yes").ends(0);
    let policy = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"},
        {"Effect":"Allow","Principal":{"Service":"logging.s3.amazonaws.com"},"Action":"kms:GenerateDataKey*","Resource":"*"}]}"#;
    let key = account.wait(account.sandbox.put_key(KeySeed { policy: Some(policy.to_owned()), ..KeySeed::new() }));
    account.sandbox.set_encryption("data-logs", Encryption::kms(Some(&key)));
    account.wait(account.sandbox.deliver());
    is_left_alone(&account, DATA, "init s3-access --source app-data --bucket data-logs --prefix s3/");
    // The encryption is also kept if the key can't be read.
    let when = When::Operation("DescribeKey".to_owned());
    account.sandbox.inject(Fault { when, effect: Effect::access_denied() });
    is_left_alone(&account, DATA, "init s3-access --source app-data --bucket data-logs --prefix s3/");
}

#[test]
fn a_copy_of_an_old_log_does_not_prove_delivery() {
    let account = dead_on_a_key();
    let written = SystemTime::now() - Duration::from_hours(60);
    account.wait(account.sandbox.upload("web-logs", &exact(&account, written), b"x", minutes_ago(5)));
    assert_health(&account, WEB, "dead", "encryption-not-writable");
}

#[test]
fn an_object_with_an_encryption_the_service_does_not_use_proves_nothing() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket web-logs --yes").ends(0);
    let key = account.wait(account.sandbox.put_key(KeySeed::new()));
    account.sandbox.set_encryption("web-logs", Encryption::kms(Some(&key)));
    let time = minutes_ago(5);
    account.wait(account.sandbox.upload("web-logs", &exact(&account, time), b"x", time));
    account.sandbox.set_encryption("web-logs", Encryption::of_new_bucket());
    let found = assert_health(&account, WEB, "pending", "");
    assert!(found["evidence"].as_str().unwrap().contains("proves nothing about the current settings"), "{found:#}");
}

fn record(source: &str) -> String {
    format!("79a59df900b949e5 {source} [24/Nov/2026:10:00:00 +0000] 192.0.2.3 - X REST.GET.OBJECT k")
}

#[test]
fn another_sources_access_log_is_not_evidence() {
    let account = Account::seeded();
    account.run("init s3-access --source app-data --bucket data-logs --prefix s3/ --yes").ends(0);
    let now = moment(SystemTime::now());
    let day = now.folder_of_days_ago(0);
    let folder = format!("s3/{}/us-east-1/app-data/{day}/", seed::ACCOUNT);
    let stamp = format!("{}-00-00-00", day.replace('/', "-"));
    let put = |name: String, record: String| {
        let key = format!("{folder}{name}");
        account.wait(account.sandbox.upload("data-logs", &key, record.as_bytes(), SystemTime::now()));
    };
    put("upload.txt".to_owned(), record("app-data"));
    assert_health(&account, DATA, "pending", "");
    put(format!("{stamp}-0123456789ABCDEF"), record("app-images"));
    assert_health(&account, DATA, "pending", "");
    put(format!("{stamp}-0123456789ABCDE0"), record("app-data"));
    assert_health(&account, DATA, "delivering", "");
}

#[test]
fn an_uploaded_manifest_does_not_count_as_a_report() {
    let account = Account::seeded();
    account.run("init inventory --source app-data --bucket inv-logs --yes").ends(0);
    let now = SystemTime::now();
    let stamp = moment(now).dashed();
    let (day, clock) = stamp.split_at("2026-11-24".len());
    let folder = format!("app-data/logbucket/{day}T{}Z", clock.get(1..6).unwrap());
    let put = |key: String, body: &Value| {
        account.wait(account.sandbox.upload("inv-logs", &key, body.to_string().as_bytes(), now));
    };
    let manifest = |source: &str, bucket: &str| json!({"sourceBucket": source, "destinationBucket": format!("arn:aws:s3:::{bucket}")});
    put(format!("app-data/logbucket/{day}/manifest.json"), &manifest("app-data", "inv-logs"));
    assert_health(&account, REPORT, "pending", "");
    put(format!("{folder}/manifest.json"), &json!({}));
    assert_health(&account, REPORT, "pending", "");
    put(format!("{folder}/manifest.json"), &manifest("app-images", "inv-logs"));
    assert_health(&account, REPORT, "pending", "");
    put(format!("{folder}/manifest.json"), &manifest("app-data", "inv-logs"));
    assert_health(&account, REPORT, "delivering", "");
}

/// Sources that log with simple keys under one prefix.
fn with_simple_keys(sources: usize) -> (Account, Vec<String>) {
    let account = Account::seeded();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("busy-logs")));
    account.run("init s3-access --source app-data --bucket busy-logs --prefix s3/ --yes").ends(0);
    let policy = account.bucket("busy-logs").policy.unwrap().replace("arn:aws:s3:::app-data", "arn:aws:s3:::*");
    account.sandbox.set_policy("busy-logs", Some(&policy));
    let logging = "<BucketLoggingStatus><LoggingEnabled><TargetBucket>busy-logs</TargetBucket><TargetPrefix>s3/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>";
    let names: Vec<String> = (0..sources).map(|number| format!("busy-source-{number}")).collect();
    for name in &names {
        account.wait(account.sandbox.put_bucket(BucketSeed::new(name).setting("logging", logging)));
    }
    account.sandbox.set_setting("app-data", "logging", None);
    (account, names)
}

/// Adds logs of a source, going back in time. Only the first `written` logs have contents. The others exist only in
/// listings.
fn log_every(account: &Account, source: &str, written: usize, count: usize, every: Duration) {
    let unique = source.rsplit('-').next().unwrap();
    let logs: Vec<(String, SystemTime)> = (0..count)
        .map(|number| {
            let time = SystemTime::now() - every * u32::try_from(number).unwrap();
            (format!("s3/{}-{number:015X}{unique}", moment(time).dashed()), time)
        })
        .collect();
    account.sandbox.list_objects("busy-logs", logs.iter().cloned());
    for (key, time) in &logs[..written] {
        account.wait(account.sandbox.put_object_at("busy-logs", key, record(source).as_bytes(), *time));
    }
}

fn asked(account: &Account, operation: &str) -> usize {
    account.sandbox.requests().iter().filter(|request| request.operation == operation).count()
}

fn check(account: &Account, sources: &[String]) -> Vec<Value> {
    let named: Vec<String> = sources.iter().map(|name| format!("--source {name}")).collect();
    let ran = account.run(&format!("check s3-access {} --output json", named.join(" "))).ends(0);
    ran.json()["logs"].as_array().unwrap().clone()
}

#[test]
fn sources_with_the_same_prefix_share_one_listing_of_the_newest_objects() {
    let (account, sources) = with_simple_keys(5);
    for source in &sources {
        log_every(&account, source, 20, 40_000, Duration::from_secs(4));
    }
    let logs = check(&account, &sources);
    assert!(logs.iter().all(|log| log["health"] == "delivering"), "{logs:#?}");
    let (lists, reads) = (asked(&account, "ListObjectsV2"), asked(&account, "GetObject"));
    assert!(lists <= 3, "{lists} listings of 200,000 objects");
    assert!(reads <= 60, "{reads} objects were opened");
}

#[test]
fn a_prefix_without_logs_takes_only_a_few_listings_for_all_sources() {
    let (account, sources) = with_simple_keys(5);
    let logs = check(&account, &sources);
    assert!(logs.iter().all(|log| log["health"] == "pending"), "{logs:#?}");
    let lists = asked(&account, "ListObjectsV2");
    assert!(lists <= 4, "{lists} listings of nothing");
}

#[test]
fn a_source_not_found_within_the_search_limit_is_unknown_rather_than_silent() {
    let (account, sources) = with_simple_keys(2);
    let [busy, quiet] = sources.as_slice() else { panic!("two sources") };
    log_every(&account, busy, 230, 20_000, Duration::from_secs(1));
    let logs = check(&account, &sources);
    let health = |name: &str| logs.iter().find(|log| log["source"] == name).unwrap().clone();
    assert_eq!(health(busy)["health"], "delivering");
    let quiet = health(quiet);
    assert_eq!(quiet["health"], "unknown", "{quiet:#}");
    assert!(quiet["unknown"].to_string().contains("the search stopped there"), "{quiet:#}");
    let (lists, reads) = (asked(&account, "ListObjectsV2"), asked(&account, "GetObject"));
    assert!(lists <= 10 && reads <= 230, "{lists} listings, {reads} objects opened");
    let named = format!("check s3-access --source {}", sources[1]);
    account.run(&named).ends(1).says("the search stopped there").says("no enabled log could be judged");
}

#[test]
fn last_weeks_logs_are_found_behind_other_objects_with_the_same_prefix() {
    let (account, sources) = with_simple_keys(1);
    let time = SystemTime::now() - Duration::from_hours(5 * 24);
    let key = format!("s3/{}-0123456789ABCDEF", moment(time).dashed());
    account.wait(account.sandbox.put_object_at("busy-logs", &key, record(&sources[0]).as_bytes(), time));
    let others = (0..20_000).map(|number| (format!("s3/zzz/{number}"), SystemTime::now()));
    account.sandbox.list_objects("busy-logs", others);
    let logs = check(&account, &sources);
    assert_eq!(logs[0]["health"], "pending");
    assert!(logs[0]["evidence"].as_str().unwrap().contains("5 days ago"), "{logs:#?}");
    assert!(asked(&account, "ListObjectsV2") <= 5);
}

#[test]
fn a_busy_load_balancers_newest_file_is_found_without_listing_the_whole_day() {
    let account = with_web();
    let now = SystemTime::now();
    let (_, own) = of_web(&account, now);
    let files: Vec<(String, SystemTime)> = (1..30_000_u64)
        .map(|number| {
            let time = now - Duration::from_secs(10 * number);
            let (folder, _) = of_web(&account, time);
            let stamp: String = moment(time).stamp().chars().take(13).collect();
            (format!("{folder}{own}_{stamp}Z_203.0.113.7_{number:08x}.log.gz"), time)
        })
        .collect();
    account.sandbox.list_objects("web-logs", files);
    assert_health(&account, WEB, "delivering", "");
    let lists = asked(&account, "ListObjectsV2");
    assert!(lists <= 3, "{lists} listings");
}

#[test]
fn a_check_waits_for_the_first_log() {
    let account = Account::seeded();
    account.run("init s3-access --source app-data --bucket s3-logs --prefix s3/ --yes").ends(0);
    account.run("check s3-access --source app-data").ends(0).says("pending");
    account.run("check s3-access --source app-data --wait 1").ends(4).says("pending");
    let mut command = account.command();
    let words = "check s3-access --source app-data --wait 60 --output json";
    let child = command.args(words.split(' ')).stdout(std::process::Stdio::piped()).spawn().unwrap();
    while !account.sandbox.requests().iter().any(|request| request.operation == "ListObjectsV2") {
        std::thread::yield_now();
    }
    account.wait(account.sandbox.deliver());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["logs"][0]["health"], "delivering", "{document:#}");
    // There is nothing to wait for if logs already exist.
    account.run("check s3-access --source app-data --wait").ends(0).says("delivering");
    account.run("check s3-access --source app-data --wait soon").ends(2).says("is not a number of seconds");
}
