//! Existing buckets, their encryption, and what a run would change.

use sandbox::seed;

use super::questions::{DESTINATION, ENCRYPTION, LOGS, NLBS, NOW, OPTIONS, PRODUCER};
use crate::account::Account;
use crate::judged_policies::Log;
use crate::terminal::{Key, Terminal};

#[test]
fn a_replacing_step_is_confirmed_by_typing_a_name() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init alb --source web --bucket kms-logs");
    terminal.goes_to(NOW, "apply").shows("type `kms-logs` to confirm").types("yes").press(Key::Enter);
    terminal
        .shows("`yes` doesn't match `kms-logs`: not confirmed")
        .goes_to(NOW, "apply")
        .shows("type `kms-logs` to confirm");
    assert!(account.writes().is_empty());
    terminal.types("kms-logs").press(Key::Enter);
    terminal.wait_for_end().exited_with(0).says("delivery: proven").says("--fix --yes");
    assert!(format!("{:?}", account.bucket(seed::KMS_LOGS).encryption).contains("AES256"));
}

#[test]
fn narrowing_a_deny_by_name_makes_a_new_plan() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init nlb --source edge --bucket strict-logs");
    terminal.goes_to(NOW, "exempt the log service from `DenyUnencryptedUploads`");
    terminal.shows("type `DenyUnencryptedUploads` to confirm").types(seed::DENY_UNENCRYPTED).press(Key::Enter);
    terminal.goes_to(NOW, "exempt the log service from `DenyMissingEncryptionHeader`");
    terminal
        .shows("type `DenyMissingEncryptionHeader` to confirm")
        .types("DenyMissingEncryptionHeader")
        .press(Key::Enter);
    terminal.goes_to(NOW, "apply");
    terminal.wait_for_end().exited_with(0).says("delivery: pending");
    assert_eq!(
        account.sids("strict-logs")[..3],
        ["DenyUnencryptedUploads", "DenyMissingEncryptionHeader", "AuditorReads"]
    );
}

#[test]
fn existing_buckets_show_the_changes_that_they_need() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init nlb --source edge --encryption sse-s3");
    terminal.shows(DESTINATION).shows("overwrites its encryption (SSE-KMS -> SSE-S3), ");
    terminal.shows("needs an exemption from `DenyUnencryptedUploads`");
    terminal.finds(DESTINATION, "shared", "shared-logs").shows("✔ destination: shared-logs (extends its policy)");
    terminal.interrupt().exited_with(130);
}

#[test]
fn a_bucket_that_cannot_work_is_shown_with_the_reason_and_not_accepted() {
    let account = Account::seeded();
    let lock = "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>";
    account.sandbox.set_setting(seed::SHARED_LOGS, "object-lock", Some(lock));
    let terminal = Terminal::start_at(&account, "init s3-access --source app-data", 160, 60, &[]);
    terminal.shows(DESTINATION).shows("can't work: `shared-logs` has Object Lock");
    // The cursor moves up from the first entry to the last.
    terminal.press(Key::Up).shows("❯ shared-logs").press(Key::Enter);
    terminal.shows("✘ `shared-logs` can't work").finds(DESTINATION, "app-im", "app-images").shows(OPTIONS);
    terminal.interrupt().exited_with(130);
}

#[test]
fn an_encryption_that_the_producer_does_not_support_is_reported_and_chosen_again() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init --encryption sse-kms --source web --bucket demo-logs");
    terminal.takes(PRODUCER).takes(LOGS).shows("✔ default encryption: SSE-S3");
    terminal.shows("SSE-KMS doesn't work with this log service").takes(OPTIONS).goes_to(NOW, "quit");
    terminal.wait_for_end().exited_with(0).says("--encryption sse-s3");
}

#[test]
fn a_bucket_given_by_flag_keeps_its_encryption_by_default() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init nlb --bucket kms-logs");
    terminal.selects(NLBS, "edge", "edge");
    terminal.shows(ENCRYPTION).shows("❯ keep SSE-KMS (").press(Key::Enter);
    terminal.takes(OPTIONS).shows(NOW).goes_to(NOW, "quit");
    let ended = terminal.wait_for_end().exited_with(0);
    assert!(!ended.screen.contains("replace the default encryption"), "{}", ended.screen);
}

#[test]
fn with_an_unusable_default_key_another_encryption_can_be_chosen() {
    let account = Account::seeded();
    account.run("init nlb --source edge --bucket edge-logs --kms-key create --yes").ends(0);
    let key = account.bucket("edge-logs").encryption.key.unwrap();
    account.sandbox.set_key_state(&key, "Disabled");
    let terminal = Terminal::start(&account, "init nlb --source edge");
    terminal.finds(DESTINATION, "edge-logs", "edge-logs");
    terminal.shows("keep the current encryption").press(Key::Up).press(Key::Enter).shows("is in state Disabled");
    terminal.goes_to(ENCRYPTION, "SSE-S3");
    terminal.takes(OPTIONS).goes_to(NOW, "apply");
    terminal.shows("type `edge-logs` to confirm").types("edge-logs").press(Key::Enter);
    terminal.wait_for_end().exited_with(0).says("--encryption sse-s3");
    assert_eq!(account.bucket("edge-logs").encryption.algorithm, "AES256");
}

#[test]
fn a_listed_destination_has_the_same_verdict_as_in_check() {
    let by_account = serde_json::json!({"StringEquals": {"aws:SourceAccount": "111122223333"}});
    let account = Log::Alb.account_with(&[Log::Alb.grant(&["*"], &by_account)]);
    account.wait(account.sandbox.deliver());
    account.run("check alb --source x --log-type access").ends(0).says("delivering");
    let terminal = Terminal::start(&account, "init alb --source x --log-type access");
    terminal.shows(DESTINATION).types("b-logs").shows("ready");
    terminal.interrupt().exited_with(130);
}
