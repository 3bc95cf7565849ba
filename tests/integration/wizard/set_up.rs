//! Logs that are set up from the first question to the last.

use sandbox::seed;

use super::questions::{BUCKETS, DESTINATION, ENCRYPTION, EXPIRY, NLBS, NOW, OPTIONS, PRODUCER, REPORTS};
use crate::account::Account;
use crate::terminal::{Key, Terminal};

/// Asserts that the bucket is in the same state as after the equivalent command with flags.
#[track_caller]
fn same_as(account: &Account, bucket: &str, words: &str) {
    let other = Account::seeded();
    other.run(words).ends(0);
    let (one, other) = (account.bucket(bucket), other.bucket(bucket));
    assert_eq!(one.policy, other.policy);
    assert_eq!(format!("{:?}", one.encryption), format!("{:?}", other.encryption));
}

#[test]
fn an_alb_is_set_up_from_scratch_and_proven() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init");
    terminal.shows("account 111122223333 (acme-prod) in us-east-1, as Operator/session");
    terminal.shows("credentials: keys in the environment").shows("requests, connections, health checks");
    terminal.logs_web().shows("✔ source: web").takes(DESTINATION);
    // Only one encryption works, so the wizard does not ask for it.
    terminal.shows("✔ default encryption: SSE-S3").takes(OPTIONS);
    terminal.goes_to(NOW, "apply");
    let ended = terminal.wait_for_end().exited_with(0).says("delivery: proven");
    ended
        .says("repeat: logbucket init alb --source web --bucket 111122223333-us-east-1-alb-logs")
        .says("check later: logbucket check alb --source web");
    same_as(
        &account,
        "111122223333-us-east-1-alb-logs",
        "init alb --source web --bucket 111122223333-us-east-1-alb-logs --encryption sse-s3 --yes",
    );
}

#[test]
fn an_nlb_gets_a_new_customer_managed_key() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init");
    terminal.goes_to(PRODUCER, "NLB access logs");
    terminal.shows("no TLS listener: no logs").selects(NLBS, "edge", "edge");
    terminal.takes(DESTINATION).goes_to(ENCRYPTION, "SSE-KMS, a new key");
    terminal.goes_to(OPTIONS, "expiry").goes_to(EXPIRY, "90 days").takes(OPTIONS);
    terminal.shows("create a customer managed key").shows("turn on yearly automatic rotation").goes_to(NOW, "apply");
    terminal.wait_for_end().exited_with(0).says("delivery: pending").says("--kms-key create --expire-days 90");
    let bucket = account.bucket("111122223333-us-east-1-nlb-logs");
    assert!(format!("{:?}", bucket.encryption).contains("arn:aws:kms:us-east-1:111122223333:key/"));
    assert_eq!(account.sids("111122223333-us-east-1-nlb-logs")[..2], ["LogbucketNlbBucket", "LogbucketNlbObjects"]);
}

#[test]
fn an_nlb_uses_an_existing_key() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init nlb --source edge --bucket edge-logs --encryption sse-kms");
    terminal.goes_to(ENCRYPTION, "SSE-KMS, an existing key");
    terminal.finds("which key of us-east-1?", "kms-logs", seed::KMS_LOGS_ALIAS);
    terminal.takes(OPTIONS).shows("allow the log service to use the key");
    terminal.goes_to(NOW, "apply");
    terminal.wait_for_end().exited_with(0).says("--kms-key arn:aws:kms:us-east-1:111122223333:key/");
    assert!(format!("{:?}", account.bucket("edge-logs").encryption).contains("key/"));
}

#[test]
fn several_buckets_log_to_one_destination() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init");
    terminal.goes_to(PRODUCER, "S3 server access logs");
    terminal.checks(BUCKETS, "app-da", "app-data").checks(BUCKETS, "app-im", "app-images");
    terminal.shows("2 selected").press(Key::Enter);
    terminal.shows("✔ sources: app-data, app-images").takes(DESTINATION).goes_to(OPTIONS, "key prefix");
    terminal.shows("key prefix, ending with `/`").types("s3/").press(Key::Enter);
    terminal.goes_to(OPTIONS, "date in log paths").goes_to("date in log paths?", "delivery time");
    terminal.shows("delivery time").takes(OPTIONS).goes_to(NOW, "apply");
    let ended = terminal.wait_for_end().exited_with(0).says("delivery: pending");
    ended.says("--prefix s3/").says("--partition delivery");
    for source in [seed::APP_DATA, seed::APP_IMAGES] {
        let logging = format!("{:?}", account.bucket(source).logging);
        assert!(logging.contains("111122223333-us-east-1-s3-access-logs") && logging.contains("s3/"), "{logging}");
    }
}

#[test]
fn an_inventory_has_its_own_questions() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init inventory");
    terminal.selects(BUCKETS, "app-data", "app-data").takes(DESTINATION);
    terminal.goes_to(REPORTS, "SSE-KMS, a new key").goes_to("report frequency?", "weekly");
    terminal.shows(OPTIONS).shows("csv").goes_to(OPTIONS, "report format").goes_to("report format?", "parquet");
    terminal.goes_to(OPTIONS, "report columns");
    terminal.shows("extra report columns?").press(Key::Space).press(Key::Enter);
    terminal.shows("✔ report columns: LastModifiedDate, StorageClass, EncryptionStatus");
    terminal.takes(OPTIONS).goes_to(NOW, "apply");
    let ended = terminal.wait_for_end().exited_with(0).says("delivery: pending");
    ended.says("--format parquet --frequency weekly").says("--report-kms-key create");
    let inventories = format!("{:?}", account.bucket(seed::APP_DATA).inventories);
    assert!(inventories.contains("Parquet") && !inventories.contains("Size"), "{inventories}");
}

#[test]
fn a_saved_command_does_what_was_planned() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init alb --source web --bucket kms-logs");
    terminal.goes_to(NOW, "save as a command");
    let ended = terminal.wait_for_end().exited_with(0).says("nothing changed");
    assert!(account.writes().is_empty());
    let command = ended.screen.lines().find_map(|line| line.strip_prefix("logbucket ")).expect("a command").to_owned();
    assert_eq!(command.trim(), "init alb --source web --bucket kms-logs --fix --yes");
    account.run(&command).ends(0).says("delivery: proven");
}
