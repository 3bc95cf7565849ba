//! `check` finds each planted cause among healthy logs, and the printed fix works.

use std::time::{Duration, SystemTime};

use sandbox::{BucketSeed, Encryption, KeySeed, LoadBalancerSeed, seed};
use serde_json::{Value, json};

use crate::account::{Account, Ran};

/// The log service's path of an ALB in a bucket.
fn grant(bucket: &str, path: &str, principal: &Value) -> String {
    json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": principal, "Action": "s3:PutObject",
        "Resource": format!("arn:aws:s3:::{bucket}/{path}")
    }]})
    .to_string()
}

const ELB_PATH: &str = "AWSLogs/111122223333/*";

fn elb() -> Value {
    json!({"Service": "logdelivery.elasticloadbalancing.amazonaws.com"})
}

/// The only log of this type in a document.
#[track_caller]
pub(crate) fn log(ran: &Ran, number: usize) -> Value {
    ran.json()["logs"][number].clone()
}

/// Returns a check's report on a log. The log must have this state and, if it is dead, this cause.
#[track_caller]
pub(crate) fn is(account: &Account, words: &str, health: &str, cause: &str) -> Value {
    let ran = account.run(&format!("check {words} --output json"));
    let first = log(&ran, 0);
    assert_eq!(first["health"], health, "{words}: {first:#}");
    // A run that could judge no log is not a success.
    let document = ran.json();
    let unknown = document["logs"].as_array().unwrap().iter().all(|log| log["health"] == "unknown");
    assert_eq!(ran.code, if health == "dead" { 3 } else { i32::from(unknown) }, "{words}");
    if health == "dead" {
        assert_eq!(first["findings"][0]["id"], cause, "{words}: {first:#}");
        assert!(first["findings"][0]["page"].as_str().unwrap().starts_with("https://"), "{first:#}");
    }
    assert!(account.writes().is_empty(), "{words} changed something: {:?}", account.writes());
    first
}

/// Runs the printed fix, after which the log must arrive or be allowed.
#[track_caller]
pub(crate) fn is_fixed(account: &Account, words: &str, found: &Value) {
    let fix = found["fix"].as_str().unwrap_or_else(|| panic!("no fix for {words}: {found:#}"));
    let fix = fix.strip_prefix("logbucket ").unwrap();
    account.run(&format!("{fix} --wait 0")).ends(0);
    let after = log(&account.run(&format!("check {words} --output json")), 0);
    assert!(["delivering", "pending"].contains(&after["health"].as_str().unwrap()), "{words}: {after:#}");
}

/// An account where `web` logs to `web-logs`, and logs have arrived.
pub(crate) fn with_web() -> Account {
    let account = Account::seeded();
    account.run("init alb --source web --bucket web-logs --yes").ends(0);
    account.wait(account.sandbox.deliver());
    account
}

pub(crate) const WEB: &str = "alb --source web --log-type access";

#[test]
fn a_delivering_log_is_reported_with_its_newest_object() {
    let account = with_web();
    let found = is(&account, WEB, "delivering", "");
    assert!(found["evidence"].as_str().unwrap().contains("_app.web."), "{found:#}");
    assert!(found["delivered_at"].as_i64().unwrap() > 1_700_000_000);
    assert_eq!(found["findings"].as_array().unwrap().len(), 0, "{found:#}");
}

#[test]
fn a_log_that_is_off_and_one_without_traffic_have_different_states() {
    let account = Account::seeded();
    is(&account, WEB, "off", "");
    account.run("init nlb --source edge --bucket edge-logs --yes").ends(0);
    let found = is(&account, "nlb --source edge", "pending", "");
    assert!(found["until"]["what"].as_str().unwrap().contains("TLS listener"), "{found:#}");
}

#[test]
fn every_common_cause_of_missing_alb_logs_is_found_and_fixed() {
    let lambda = json!({"Service": "delivery.logs.amazonaws.com"});
    let own_account = json!({"AWS": "arn:aws:iam::111122223333:root"});
    let deny = json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "Logs", "Effect": "Allow", "Principal": elb(), "Action": "s3:PutObject", "Resource": format!("arn:aws:s3:::web-logs/{ELB_PATH}")},
        {"Sid": "OnlyOurOrganization", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::web-logs/*",
         "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1234567890"}}}
    ]});
    let only_the_test_file = grant("web-logs", "AWSLogs/111122223333/ELBAccessLogTestFile", &elb());
    let causes: [(&str, String); 7] = [
        ("policy-grant", only_the_test_file),
        ("policy-grant", grant("web-logs", ELB_PATH, &lambda)),
        ("policy-grant", grant("web-logs", ELB_PATH, &own_account)),
        ("policy-grant", grant("web-logs", "other/AWSLogs/111122223333/*", &elb())),
        ("policy-grant", grant("web-logs", "AWSLogs/1111-2222-3333/*", &elb())),
        ("policy-grant", grant("web-logs", "AWSLogs/999999999999/*", &elb())),
        ("policy-deny", deny.to_string()),
    ];
    for (cause, policy) in causes {
        let account = with_web();
        account.sandbox.set_policy("web-logs", Some(&policy));
        let found = is(&account, WEB, "dead", cause);
        assert!(found["newest"].is_string(), "what arrived before is told: {found:#}");
        is_fixed(&account, WEB, &found);
    }
    let account = with_web();
    account.sandbox.set_policy("web-logs", None);
    let found = is(&account, WEB, "dead", "policy-grant");
    is_fixed(&account, WEB, &found);
}

#[test]
fn a_deny_is_named_by_its_sid_and_exempted_by_the_fix() {
    let account = with_web();
    let text = account.bucket("web-logs").policy.unwrap();
    let mut policy: Value = serde_json::from_str(&text).unwrap();
    policy["Statement"].as_array_mut().unwrap().push(json!({
        "Sid": "OurOrgOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::web-logs/*",
        "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1234567890"}}
    }));
    account.sandbox.set_policy("web-logs", Some(&policy.to_string()));
    let found = is(&account, WEB, "dead", "policy-deny");
    assert!(found["findings"][0]["what"].as_str().unwrap().contains("OurOrgOnly"), "{found:#}");
    assert!(found["fix"].as_str().unwrap().contains("--exempt OurOrgOnly"), "{found:#}");
    is_fixed(&account, WEB, &found);
}

#[test]
fn switching_to_sse_kms_stops_alb_logs_whatever_the_key() {
    for encryption in [Encryption::kms(None), Encryption::kms(Some(seed::KMS_LOGS_ALIAS))] {
        let account = with_web();
        account.sandbox.set_encryption("web-logs", encryption);
        let found = is(&account, WEB, "dead", "encryption-not-writable");
        is_fixed(&account, WEB, &found);
    }
}

#[test]
fn a_deleted_or_moved_bucket_is_reported() {
    let account = with_web();
    account.sandbox.drop_bucket("web-logs");
    let found = is(&account, WEB, "dead", "destination-absent");
    is_fixed(&account, WEB, &found);
    account.sandbox.drop_bucket("web-logs");
    account.wait(account.sandbox.put_bucket(BucketSeed::new("web-logs").within("us-west-2")));
    let found = is(&account, WEB, "dead", "destination-other-region");
    assert!(found["fix"].is_null(), "{found:#}");
    assert!(found["findings"][0]["hint"].is_string(), "{found:#}");
    account.sandbox.drop_bucket("web-logs");
    account.wait(account.sandbox.put_bucket(BucketSeed::new("web-logs").of("444455556666")));
    is(&account, WEB, "unknown", "");
}

#[test]
fn an_invalid_prefix_is_the_cause_and_the_fix_has_a_valid_one() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket web-logs --prefix team --yes").ends(0);
    account.sandbox.set_attributes("web", &[("access_logs.s3.prefix", "/team/")]);
    let found = is(&account, WEB, "dead", "prefix-illegal");
    assert!(found["fix"].as_str().unwrap().contains("--prefix team "), "{found:#}");
    is_fixed(&account, WEB, &found);
}

#[test]
fn an_nlb_without_a_tls_listener_is_reported_and_has_no_fix_command() {
    let account = Account::seeded();
    account.run("init nlb --source edge --bucket edge-logs --yes").ends(0);
    account.sandbox.set_attributes(
        "tcp-only",
        &[("access_logs.s3.enabled", "true"), ("access_logs.s3.bucket", "edge-logs"), ("access_logs.s3.prefix", "")],
    );
    let found = is(&account, "nlb --source tcp-only", "dead", "listener-not-tls");
    assert!(found["fix"].is_null(), "{found:#}");
    is(&account, "nlb --source edge", "pending", "");
}

const EDGE: &str = "nlb --source edge";

#[test]
fn an_nlb_with_a_customer_key_is_healthy_until_the_key_fails() {
    let arrange = || {
        let account = Account::seeded();
        account.run("init nlb --source edge --bucket edge-logs --kms-key create --yes").ends(0);
        account.wait(account.sandbox.deliver());
        let key = account.bucket("edge-logs").encryption.key.unwrap();
        (account, key)
    };
    let (account, key) = arrange();
    is(&account, EDGE, "delivering", "");
    let policy = account.sandbox.keys().into_iter().find(|view| view.arn == key).unwrap().policy;
    let mut shut: Value = serde_json::from_str(&policy).unwrap();
    shut["Statement"].as_array_mut().unwrap().truncate(1);
    account.sandbox.set_key_policy(&key, &shut.to_string());
    // A recent log proves nothing about a key policy that was changed after the log arrived.
    is(&account, EDGE, "dead", "key-policy");
    account.sandbox.set_encryption("edge-logs", Encryption::kms(key.rsplit('/').next()));
    let found = is(&account, EDGE, "dead", "encryption-key-not-arn");
    is_fixed(&account, EDGE, &found);

    let (account, key) = arrange();
    account.sandbox.set_key_state(&key, "Disabled");
    let found = is(&account, EDGE, "dead", "key-unusable");
    assert!(found["findings"][0]["what"].as_str().unwrap().contains("state Disabled"), "{found:#}");

    let account = Account::seeded();
    account.run("init nlb --source edge --bucket edge-logs --yes").ends(0);
    account.sandbox.set_encryption("edge-logs", Encryption::kms(None));
    let found = is(&account, EDGE, "dead", "encryption-not-writable");
    is_fixed(&account, EDGE, &found);
    account
        .sandbox
        .set_encryption("edge-logs", Encryption::kms(Some(&account.wait(account.sandbox.put_key(KeySeed::new())))));
    let found = is(&account, EDGE, "dead", "key-policy");
    is_fixed(&account, EDGE, &found);
}

#[test]
fn healthy_logs_in_the_same_bucket_raise_no_alarm() {
    let account = with_web();
    let legacy = json!({"AWS": "arn:aws:iam::127311923021:root"});
    account.sandbox.set_policy("web-logs", Some(&grant("web-logs", ELB_PATH, &legacy)));
    is(&account, WEB, "delivering", "");
    let exempting = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": elb(), "Action": "s3:PutObject", "Resource": format!("arn:aws:s3:::web-logs/{ELB_PATH}")},
        {"Sid": "NotTheLogs", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::web-logs/*",
         "Condition": {"Null": {"s3:x-amz-server-side-encryption": "true"},
                       "StringNotEquals": {"aws:PrincipalServiceName": "logdelivery.elasticloadbalancing.amazonaws.com"}}}
    ]});
    account.sandbox.set_policy("web-logs", Some(&exempting.to_string()));
    is(&account, WEB, "delivering", "");
    let tls = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": elb(), "Action": "s3:PutObject", "Resource": format!("arn:aws:s3:::web-logs/{ELB_PATH}")},
        {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::web-logs", "arn:aws:s3:::web-logs/*"],
         "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    ]});
    account.sandbox.set_policy("web-logs", Some(&tls.to_string()));
    is(&account, WEB, "delivering", "");
}

#[test]
fn a_rule_that_deletes_logs_very_early_is_a_remark() {
    let account = with_web();
    let rule = "<LifecycleConfiguration><Rule><ID>gone</ID><Filter><Prefix></Prefix></Filter><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>";
    account.sandbox.set_setting("web-logs", "lifecycle", Some(rule));
    let found = is(&account, WEB, "delivering", "");
    assert_eq!(found["findings"][0]["id"], "expires-early", "{found:#}");
    for (date, told) in [("2020-01-01", "has deleted all logs since 2020-01-01"), ("2200-01-01", "from 2200-01-01")] {
        let rule = rule.replace("<Days>1</Days>", &format!("<Date>{date}T00:00:00.000Z</Date>"));
        account.sandbox.set_setting("web-logs", "lifecycle", Some(&rule));
        let found = is(&account, WEB, "delivering", "");
        assert_eq!(found["findings"][0]["id"], "expires-early", "{found:#}");
        assert!(found["findings"][0]["what"].as_str().unwrap().contains(told), "{found:#}");
    }
}

#[test]
fn an_unknown_inventory_id_is_an_error_that_lists_the_existing_ids() {
    let account = Account::seeded();
    account.run("init inventory --source app-data --bucket inv-logs --inventory-id nightly --yes").ends(0);
    account
        .run("check inventory --source app-data --inventory-id nigthly")
        .ends(2)
        .says("bucket `app-data` has no inventory `nigthly`")
        .says("did you mean `nightly`?");
    account
        .run("check inventory --source app-data --inventory-id other")
        .ends(2)
        .says("bucket `app-data` has no inventory `other`")
        .says("choose an existing one with `--inventory-id`: nightly");
    account
        .run("check inventory --source app-images --inventory-id nightly --fail-on off")
        .ends(2)
        .says("`app-images` has no inventories; `logbucket init inventory` sets one up");
}

#[test]
fn an_old_object_does_not_prove_current_delivery() {
    let account = Account::seeded();
    account.run("init nlb --source edge --bucket edge-logs --yes").ends(0);
    account.wait(account.sandbox.deliver_at(SystemTime::now() - Duration::from_hours(3 * 24)));
    let found = is(&account, "nlb --source edge", "pending", "");
    assert!(found["evidence"].as_str().unwrap().contains("3 days ago"), "{found:#}");
}

#[test]
fn check_of_a_bucket_shows_the_logging_sources_and_the_allowed_services() {
    let account = with_web();
    account.run("init nlb --source edge --bucket web-logs --yes").ends(0);
    account.run("init s3-access --source app-data --bucket web-logs --prefix s3/ --yes").ends(0);
    account.run("init inventory --source app-images --bucket web-logs --yes").ends(0);
    let ran = account.run("check --bucket web-logs --output json").ends(0);
    let document = ran.json();
    let logs: Vec<&str> =
        document["logs"].as_array().unwrap().iter().filter_map(|log| log["producer"].as_str()).collect();
    assert_eq!(logs.len(), 4, "{document:#}");
    for producer in ["alb", "nlb", "s3-access", "inventory"] {
        assert!(logs.contains(&producer), "{producer}: {document:#}");
    }
    let statements: Vec<usize> = document["admissions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|admission| admission["statements"].as_array().unwrap().len())
        .collect();
    assert_eq!(statements, [1, 2, 1, 1, 1, 2], "{document:#}");
    account.run("check --bucket shared-logs").ends(0).says("no statement of the bucket policy names");
}

#[test]
fn a_denied_read_is_reported_but_is_not_a_failure() {
    for (operation, action) in [
        ("GetBucketPolicy", "s3:GetBucketPolicy"),
        ("ListObjectsV2", "s3:ListBucket"),
        ("DescribeLoadBalancerAttributes", "elasticloadbalancing:DescribeLoadBalancerAttributes"),
    ] {
        let account = Account::seeded();
        account.run("init alb --source web --bucket web-logs --yes").ends(0);
        account.sandbox.inject(sandbox::Fault {
            when: sandbox::When::Operation(operation.to_owned()),
            effect: sandbox::Effect::access_denied(),
        });
        let found = is(&account, WEB, "unknown", "");
        assert!(found["unknown"].to_string().contains(action), "{operation}: {found:#}");
    }
}

#[test]
fn a_missing_source_is_an_error_with_similar_names() {
    let account = Account::seeded();
    account.run("check alb --source weeb").ends(2).says("did you mean `web`?");
    account.run("check alb").ends(2).says("missing `--source`").says("or use only `--bucket`");
    account
        .run("check")
        .ends(2)
        .says("missing `PRODUCER`, `--source`")
        .says("or use only `--bucket`, to see which sources log to it");
    account.run("check nlb --source edge --inventory-id x").ends(2).says("`--inventory-id` is for inventory");
}

#[test]
fn for_a_load_balancers_three_logs_the_bucket_is_read_once() {
    let account = Account::seeded();
    let words =
        "init alb --source web --bucket web-logs --log-type access --log-type connection --log-type health-check";
    account.run(&format!("{words} --yes")).ends(0);
    account.run("check alb --source web").ends(0);
    let reads = account.sandbox.requests();
    let count = |operation: &str| reads.iter().filter(|request| request.operation == operation).count();
    assert_eq!((count("GetBucketPolicy"), count("HeadBucket"), count("GetCallerIdentity")), (1, 1, 1));
    assert!(account.sandbox.requests().iter().all(|request| !request.mutating));
}

#[test]
fn a_load_balancer_is_looked_up_in_the_region_of_its_arn() {
    let account = Account::seeded();
    let seed = LoadBalancerSeed::application("far").within("eu-west-1").logging("access_logs", "far-logs", "");
    let arn = account.wait(account.sandbox.put_load_balancer(seed));
    let found = is(&account, &format!("alb --source {arn} --log-type access"), "dead", "destination-absent");
    assert_eq!(found["region"], "eu-west-1");
    assert!(found["fix"].as_str().unwrap().contains("--region eu-west-1"), "{found:#}");
}

#[test]
fn the_output_of_check_reads_from_top_to_bottom() {
    let account = with_web();
    account.run("init nlb --source edge --bucket edge-logs --yes").ends(0);
    let mut all = Vec::new();
    for words in [
        "check alb --source legacy-web --source web --log-type access",
        "check nlb --source edge --source tcp-only",
        "check --bucket shared-logs",
        "check alb --bucket old-alb-logs --suppressions",
        "check nlb --bucket old-alb-logs --suppressions",
        "check --bucket old-alb-logs --suppressions",
    ] {
        let ran = account.run(words);
        all.push(format!("$ logbucket {words}\n{}{}exit {}\n", ran.stdout, ran.stderr, ran.code));
    }
    // Ages, times and object names differ between runs.
    let text = all.join("\n");
    let text: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("newest object: ")).collect();
    insta::assert_snapshot!("check", text.join("\n"));
}

/// An NLB's key whose policy allows the log service for such an encryption context.
fn with_key_for(context: &str, bucket_key: bool) -> Account {
    let account = Account::seeded();
    let policy = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:root" }, "Action": "kms:*", "Resource": "*" },
        { "Effect": "Allow", "Principal": { "Service": "delivery.logs.amazonaws.com" },
          "Action": "kms:DescribeKey", "Resource": "*" },
        { "Effect": "Allow", "Principal": { "Service": "delivery.logs.amazonaws.com" },
          "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"], "Resource": "*",
          "Condition": { "StringLike": { "kms:EncryptionContext:aws:s3:arn": context } } },
    ]});
    let key = KeySeed { policy: Some(policy.to_string()), ..KeySeed::new() };
    let key = account.wait(account.sandbox.put_key(key));
    account.run("init nlb --source edge --bucket edge-logs --yes").ends(0);
    account.sandbox.set_encryption("edge-logs", Encryption { bucket_key, ..Encryption::kms(Some(&key)) });
    account
}

#[test]
fn a_grant_limited_to_object_arns_does_not_work_with_a_bucket_key() {
    let account = with_key_for("arn:aws:s3:::edge-logs/*", true);
    is(&account, "nlb --source edge", "dead", "key-policy");
    let fix = account.run("check nlb --source edge --output json").json()["logs"][0]["fix"].clone();
    account.run(fix.as_str().unwrap().trim_start_matches("logbucket ")).ends(0);
    account.wait(account.sandbox.deliver());
    is(&account, "nlb --source edge", "delivering", "");
    let healthy = with_key_for("arn:aws:s3:::edge-logs", true);
    is(&healthy, "nlb --source edge", "pending", "");
    let healthy = with_key_for("arn:aws:s3:::edge-logs/*", false);
    healthy.wait(healthy.sandbox.deliver());
    is(&healthy, "nlb --source edge", "delivering", "");
}

#[test]
fn for_a_bucket_that_logs_to_itself_another_bucket_is_recommended() {
    let account = Account::seeded();
    let logging = "<BucketLoggingStatus xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LoggingEnabled><TargetBucket>app-images</TargetBucket><TargetPrefix></TargetPrefix></LoggingEnabled></BucketLoggingStatus>";
    account.sandbox.set_setting("app-images", "logging", Some(logging));
    let found = is(&account, "s3-access --source app-images", "dead", "policy-grant");
    assert!(found.get("fix").is_none(), "{found:#}");
    account.run("check s3-access --source app-images").ends(3).says("hint: use another bucket");
}

#[test]
fn times_in_json_are_timestamps_and_expectations_have_fields() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket shared-logs --yes").ends(0);
    account.wait(account.sandbox.deliver());
    let found = account.run("check alb --source web --output json").json()["logs"][0].clone();
    let newest = found["newest"].as_str().unwrap();
    assert!(newest.len() == 20 && newest.ends_with('Z') && newest.as_bytes()[10] == b'T', "{found:#}");
    assert!(found["delivered_at"].is_u64() && found["evidence"].is_string(), "{found:#}");
    let scanned = account.run("scan --newest --name web --output json").json();
    assert_eq!(scanned["logs"][0]["newest"], found["newest"], "{scanned:#}");
    // Only AWS's test file is there, but no log.
    let account = Account::seeded();
    let done = account.run("init nlb --source edge --bucket shared-logs --yes --wait 0 --output json").ends(0).json();
    let until = &done["delivery"]["until"];
    assert_eq!((until["after"].as_str(), until["minutes"].as_u64()), (Some("tls-connection"), Some(5)), "{done:#}");
    let found = account.run("check nlb --source edge --output json").json()["logs"][0].clone();
    assert!(found["newest"].is_null(), "{found:#}");
    assert_eq!(found["until"]["minutes"], 5, "{found:#}");
}
