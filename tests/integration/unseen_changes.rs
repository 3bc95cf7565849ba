//! Changes that the event history does not show yet, conditions on the time, and keys that stopped working: the real
//! program says no more than it knows, and `init` lowers nothing.

use std::time::SystemTime;

use sandbox::{BucketSeed, KeySeed};
use serde_json::json;

use crate::account::Account;
use crate::check::assert_health;
use crate::judged_policies::Log::{Alb, Inventory, Nlb, S3Access};
use crate::judged_policies::{configure_inventory, deny_uploads_if, finding_texts, minutes_ago, no_condition};
use crate::tables::each_case;

#[test]
fn a_log_proves_nothing_if_todays_policy_is_not_the_last_one_in_the_event_history() {
    let cases = [("nlb --source edge", "new-logs", "edge"), ("s3-access --source app-data", "new-logs", "app-data")];
    each_case(cases, |(words, bucket, log)| {
        let account = Account::seeded();
        account.run(&format!("init {words} --bucket {bucket} --yes")).ends(0);
        account.wait(account.sandbox.deliver_at(minutes_ago(10)));
        assert_health(&account, words, "delivering", "");
        // The event of this change is not in the history yet.
        let mut policy = account.policy(bucket);
        policy["Statement"].as_array_mut().unwrap().push(json!({
            "Sid": "Network", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
            "Resource": format!("arn:aws:s3:::{bucket}/*"), "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}
        }));
        account.sandbox.set_policy(bucket, Some(&policy.to_string()));
        let found = assert_health(&account, words, "unknown", "");
        assert!(finding_texts(&found).contains("Network"), "{log}: {found:#}");
    });
}

#[test]
fn a_condition_on_the_time_that_blocks_the_service_now_is_certain() {
    let year = 365 * 24 * 60 * 60;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let (past, future) = (now - year, now + year);
    each_case([Alb, Nlb, S3Access, Inventory], |log| {
        let later = json!({"NumericGreaterThan": {"aws:EpochTime": future.to_string()}});
        log.assert_health(&[log.grant(&["*"], &later)], "dead", "policy-grant");
        let until = json!({"NumericLessThan": {"aws:EpochTime": future.to_string()}});
        log.assert_health(&[log.grant(&["*"], &no_condition()), deny_uploads_if(&until)], "dead", "policy-deny");
        let since = json!({"DateGreaterThan": {"aws:CurrentTime": past.to_string()}});
        log.assert_health(&[log.grant(&["*"], &no_condition()), deny_uploads_if(&since)], "dead", "policy-deny");
        // A grant that ends some day, and a Deny that begins some day, leave a doubt.
        log.assert_health(&[log.grant(&["*"], &until)], "unknown", "");
        log.assert_health(&[log.grant(&["*"], &no_condition()), deny_uploads_if(&later)], "unknown", "");
    });
}

#[test]
fn a_missing_test_file_proves_nothing_about_a_later_change() {
    let network = json!({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}});
    let account = Account::seeded();
    account.run("init alb --source web --bucket new-logs --yes").ends(0);
    account.wait(account.sandbox.empty_bucket("new-logs"));
    let mut policy = account.policy("new-logs");
    let mut guard = deny_uploads_if(&network);
    guard["Resource"] = json!("arn:aws:s3:::new-logs/*");
    policy["Statement"].as_array_mut().unwrap().push(guard);
    account.sandbox.set_policy("new-logs", Some(&policy.to_string()));
    assert_health(&account, "alb --source web --log-type access", "unknown", "");
}

#[test]
fn a_report_key_that_stopped_working_is_not_replaced_by_sse_s3() {
    let named = |name: &str| format!("<Encryption><SSE-KMS><KeyId>{name}</KeyId></SSE-KMS></Encryption>");
    let account = Inventory.account_with(&[Inventory.grant(&["*"], &no_condition())]);
    let key = account.wait(account.sandbox.put_key(KeySeed::new()));
    account.sandbox.set_key_state(&key, "Disabled");
    let gone = "arn:aws:kms:us-east-1:111122223333:key/00000000-0000-0000-0000-000000000000";
    let cases = [(key.as_str(), "key-unusable", "enable the key"), (gone, "key-unknown", "create")];
    each_case(cases, |(name, cause, hint)| {
        configure_inventory(&account, &named(name));
        let before = account.bucket("app-data").inventories["logbucket"].clone();
        assert_health(&account, Inventory.words(), "dead", cause);
        let init = "init inventory --source app-data --bucket b-logs --yes --fix --wait 0";
        account.run(init).ends(5).says(hint).says("--report-kms-key").omits("encrypted by SSE-S3");
        assert_eq!(account.bucket("app-data").inventories["logbucket"], before);
        assert!(account.writes().is_empty(), "{:?}", account.writes());
    });
}

#[test]
fn a_bucket_that_aws_delivers_no_access_logs_to_is_named_in_the_overview() {
    let account = Account::seeded();
    let policy = json!({"Version": "2012-10-17", "Statement": [S3Access.grant(&["*"], &no_condition())]}).to_string();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("b-logs").policy(&policy).locked()));
    account.run("check --bucket b-logs").ends(0).says("not possible");
    let document = account.run("check --bucket b-logs --output json").json();
    let all = document["admissions"].as_array().unwrap();
    let access = all.iter().find(|one| one["producer"] == "s3-access").unwrap();
    assert!(access["refusals"][0].as_str().unwrap().contains("Object Lock"), "{access:#}");
    let alb = all.iter().find(|one| one["producer"] == "alb").unwrap();
    assert_eq!(alb["refusals"], json!([]), "{alb:#}");
}
