//! A setting that can't be read blocks nothing if logs show that it works, but it is never replaced unread. `check` and
//! `init` agree on this.

use sandbox::{Effect, Event, Fault, When};
use serde_json::Value;

use crate::account::Account;
use crate::check::assert_health;
use crate::judged_policies::minutes_ago;

const WEB: &str = "alb --source web --log-type access";
const INIT: &str = "init alb --source web --bucket web-logs --log-type access";
const EDGE: &str = "nlb --source edge";
const REPORT: &str = "inventory --source app-data";
const REPORTS: &str = "init inventory --source app-data --bucket inv-logs";
const UNREADABLE: &str = "could not read";
const OTHER_KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/0f0f0f0f-12ab-34cd-56ef-1234567890ab";

fn denied(account: &Account, operation: &str) {
    account.sandbox.inject(Fault { when: When::Operation(operation.to_owned()), effect: Effect::access_denied() });
}

/// Delivers logs as if they had been set up long ago.
fn delivers(account: &Account) {
    account.sandbox.forget_events();
    account.wait(account.sandbox.deliver_at(minutes_ago(3)));
}

/// An ALB whose logs arrive.
fn with_web() -> Account {
    let account = Account::seeded();
    account.run(&format!("{INIT} --yes")).ends(0);
    delivers(&account);
    account
}

/// `check` reports the log as delivering; `init` has nothing to do and says what could not be read.
#[track_caller]
fn is_enough(account: &Account, words: &str, init: &str, why: &str) {
    let found = assert_health(account, words, "delivering", "");
    assert_eq!(found["findings"][0]["id"], "unread-but-proven", "{found:#}");
    account.run(&format!("{init} --dry-run --detailed-exitcode")).ends(0).says("nothing to change").says(why);
    account.run(&format!("{init} --yes")).ends(0).says("have arrived nevertheless");
    assert_eq!(account.writes(), Vec::<String>::new());
}

#[track_caller]
fn is_not_enough(account: &Account, words: &str, init: &str) {
    assert_health(account, words, "unknown", "");
    account.run(&format!("{init} --yes")).ends(5);
    assert_eq!(account.writes(), Vec::<String>::new());
}

#[test]
fn an_unreadable_bucket_policy_is_not_a_blocker_if_logs_arrive() {
    let account = with_web();
    denied(&account, "GetBucketPolicy");
    is_enough(&account, WEB, INIT, "s3:GetBucketPolicy");
    let scanned = account.run("scan --name web --output json").json();
    assert!(scanned["logs"].to_string().contains("delivering"), "{scanned:#}");
    // A write to the unreadable policy is refused as usual.
    account.run(&format!("{INIT} --source legacy-web --yes --fix")).ends(5).says("s3:GetBucketPolicy");
    account.run(&format!("{INIT} --exempt NoTrespassing --yes --fix")).ends(5).says("s3:GetBucketPolicy");
    assert_eq!(account.writes(), Vec::<String>::new());
    // The same applies to a policy that can be read but not understood.
    let account = with_web();
    account.sandbox.set_policy("web-logs", Some("[]"));
    is_enough(&account, WEB, INIT, "could not understand");
}

#[test]
fn an_unreadable_bucket_policy_is_uncertain_without_a_log_since_its_last_change() {
    let account = Account::seeded();
    account.run(&format!("{INIT} --yes")).ends(0);
    denied(&account, "GetBucketPolicy");
    is_not_enough(&account, WEB, INIT);
    delivers(&account);
    is_enough(&account, WEB, INIT, UNREADABLE);
    account.sandbox.plant_event(Event::on_bucket("PutBucketPolicy", "web-logs", minutes_ago(1)).by("carol"));
    is_not_enough(&account, WEB, INIT);
}

#[test]
fn an_unreadable_default_encryption_is_accepted_if_logs_arrive() {
    let account = with_web();
    denied(&account, "GetBucketEncryption");
    is_enough(&account, WEB, INIT, "s3:GetEncryptionConfiguration");
    account.sandbox.plant_event(Event::on_bucket("PutBucketEncryption", "web-logs", minutes_ago(1)).by("carol"));
    assert_health(&account, WEB, "unknown", "");
}

/// An NLB whose logs arrive under a customer managed key.
fn with_edge() -> (Account, String) {
    let account = Account::seeded();
    account.run("init nlb --source edge --bucket edge-logs --kms-key create --yes").ends(0);
    delivers(&account);
    let key = account.bucket("edge-logs").encryption.key.unwrap();
    (account, key)
}

#[test]
fn an_unreadable_key_policy_is_accepted_if_logs_arrive_with_the_key() {
    let init = "init nlb --source edge --bucket edge-logs";
    let (account, key) = with_edge();
    denied(&account, "GetKeyPolicy");
    is_enough(&account, EDGE, init, "kms:GetKeyPolicy");
    account.sandbox.plant_event(Event::on_key("PutKeyPolicy", &key, minutes_ago(1)).by("carol"));
    assert_health(&account, EDGE, "unknown", "");
    let (account, key) = with_edge();
    account.sandbox.set_key_policy(&key, "[]");
    is_enough(&account, EDGE, init, "could not tell");
    // The bucket names its key by an alias that can't be resolved, so the key is unknown.
    let (account, _) = with_edge();
    account.sandbox.set_encryption("edge-logs", sandbox::Encryption::kms(Some("alias/logbucket-edge-logs")));
    denied(&account, "DescribeKey");
    is_enough(&account, EDGE, init, "kms:DescribeKey");
    // Logs say nothing about another key.
    account.run(&format!("{init} --kms-key alias/kms-logs --yes --fix")).ends(5).says("kms:DescribeKey");
    // If the key is unknown, a change to any key may be a change to this key.
    account.sandbox.plant_event(Event::on_key("PutKeyPolicy", OTHER_KEY, minutes_ago(1)).by("carol"));
    is_not_enough(&account, EDGE, init);
}

/// An inventory whose configuration names its report key like this.
fn reports_under(account: &Account, name: impl Fn(&str) -> String) -> String {
    account.run(&format!("{REPORTS} --report-kms-key create --yes --wait 0")).ends(0);
    delivers(account);
    let key = account.sandbox.keys().into_iter().find(|key| key.policy.contains("LogbucketInventory")).unwrap().arn;
    account.sandbox.set_alias("alias/reports", &key);
    let written = account.bucket("app-data").inventories["logbucket"].clone();
    let name = name(&key);
    account.sandbox.set_inventory("app-data", "logbucket", &written.replace(&key, &name));
    name
}

#[test]
fn a_report_key_is_kept_however_it_is_named_and_even_if_unreadable() {
    let alias = |_: &str| "alias/reports".to_owned();
    let alias_arn = |_: &str| "arn:aws:kms:us-east-1:111122223333:alias/reports".to_owned();
    let id = |key: &str| key.rsplit('/').next().unwrap().to_owned();
    let names: [&dyn Fn(&str) -> String; 3] = [&alias, &alias_arn, &id];
    for name in names {
        for operation in [None, Some("DescribeKey"), Some("GetKeyPolicy")] {
            let account = Account::seeded();
            let name = reports_under(&account, name);
            if let Some(operation) = operation {
                denied(&account, operation);
            }
            assert_health(&account, REPORT, "delivering", "");
            let ran = account.run(&format!("{REPORTS} --dry-run --detailed-exitcode")).ends(0);
            let unread = operation.map_or_else(String::new, |operation| format!("kms:{operation}"));
            ran.says("nothing to change").says(&unread);
            // A run that changes something else keeps the key, too.
            account.run(&format!("{REPORTS} --frequency weekly --yes --fix --wait 0")).ends(0);
            let written = account.bucket("app-data").inventories["logbucket"].clone();
            assert!(written.contains("Weekly") && written.contains("SSE-KMS"), "{name} {operation:?}: {written}");
            let is_kept = written.contains(&name) || operation.is_none() || written.contains(":key/");
            assert!(is_kept, "{name} {operation:?}: {written}");
        }
    }
}

#[test]
fn the_keys_of_several_inventories_are_kept_by_their_aliases() {
    let account = Account::seeded();
    reports_under(&account, |_| "alias/reports".to_owned());
    let written = account.bucket("app-data").inventories["logbucket"].clone();
    account.sandbox.set_inventory("app-images", "logbucket", &written.replace("alias/reports", "alias/kms-logs"));
    let init = "init inventory --source app-data --source app-images --bucket inv-logs --dry-run --output json";
    let document: Value = account.run(init).json();
    let steps = document["plan"]["steps"].to_string();
    assert!(!steps.contains("PutBucketInventoryConfiguration"), "{document:#}");
    let findings = document["plan"]["findings"].to_string();
    for name in ["alias/reports", "alias/kms-logs"] {
        assert!(findings.contains(name), "{name} was not checked, which is said: {findings}");
    }
    assert!(findings.contains("use several keys, and none was read"), "{findings}");
}

#[test]
fn an_undescribable_key_of_this_account_is_still_shown() {
    let account = Account::seeded();
    let key = account.wait(account.sandbox.put_key(sandbox::KeySeed::new()));
    account.sandbox.inject(Fault { when: When::Operation("DescribeKey".to_owned()), effect: Effect::access_denied() });
    account
        .run(&format!("init nlb --source edge --bucket edge-logs --kms-key {key} --dry-run"))
        .ends(0)
        .says("kms:DescribeKey")
        .says("the key policy needs this statement");
    account
        .run(&format!("init inventory --source app-data --bucket inv-logs --report-kms-key {key} --dry-run"))
        .ends(0)
        .says("kms:DescribeKey");
    // If a key's ARN is unknown, the key can't be used in a setting.
    account
        .run("init nlb --source edge --bucket edge-logs --kms-key alias/kms-logs --dry-run")
        .ends(5)
        .says("name the key by its full ARN");
}
