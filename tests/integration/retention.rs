//! Old logs are deleted, moved, or kept as versions, and the plan says which.

use sandbox::{BucketSeed, Effect, Fault, When};

use crate::account::Account;
use crate::tables::each_case;

const FOLDER: &str = "AWSLogs/111122223333/elasticloadbalancing/";

/// An account whose bucket `kept-logs` has this versioning status.
fn with_versioning(status: &str) -> Account {
    let account = Account::seeded();
    let xml = format!("<VersioningConfiguration><Status>{status}</Status></VersioningConfiguration>");
    account.wait(account.sandbox.put_bucket(BucketSeed::new("kept-logs").setting("versioning", &xml)));
    account
}

fn lifecycle(account: &Account, bucket: &str) -> String {
    account.bucket(bucket).lifecycle.unwrap()
}

#[test]
fn noncurrent_versions_expire_too_and_the_plan_says_when() {
    for status in ["Enabled", "Suspended"] {
        let account = with_versioning(status);
        let init = "init alb --source web --bucket kept-logs --expire-days 30";
        account
            .run(&format!("{init} --dry-run"))
            .ends(0)
            .says("gets a delete marker 30 days after it was written")
            .says("noncurrent versions are permanently deleted 30 days later")
            .says("incomplete multipart uploads stay")
            .omits("is deleted 30 days");
        account.run(&format!("{init} --fix --yes")).ends(0);
        let rules = lifecycle(&account, "kept-logs");
        assert!(rules.contains("<NoncurrentDays>30</NoncurrentDays>") && rules.contains("<Days>30</Days>"), "{rules}");
        assert!(!rules.contains("AbortIncompleteMultipartUpload"), "the bucket is someone's: {rules}");
        account.run(&format!("{init} --yes")).ends(0);
        assert_eq!(account.writes(), Vec::<String>::new(), "{status}");
        account.run("undo latest --yes").ends(0);
        assert_eq!(account.bucket("kept-logs").lifecycle, None, "{status}");
    }
}

#[test]
fn a_rule_from_before_versioning_is_extended_to_versions() {
    let account = Account::seeded();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("kept-logs")));
    let init = "init alb --source web --bucket kept-logs --expire-days 30 --yes";
    account.run(&format!("{init} --fix")).ends(0);
    assert!(!lifecycle(&account, "kept-logs").contains("Noncurrent"), "there are no versions");
    let on = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    account.sandbox.set_setting("kept-logs", "versioning", Some(on));
    account.run(init).ends(7).says("expires after 30 days, noncurrent versions expire after 30 days").says("--fix");
    account.run(&format!("{init} --fix")).ends(0);
    assert!(lifecycle(&account, "kept-logs").contains("<NoncurrentDays>30</NoncurrentDays>"));
}

#[test]
fn existing_days_for_noncurrent_versions_are_kept_and_named() {
    let account = with_versioning("Enabled");
    let rule = format!(
        "<LifecycleConfiguration><Rule><ID>logbucket-expire-{FOLDER}</ID><Filter><Prefix>{FOLDER}</Prefix></Filter><Status>Enabled</Status><Expiration><Days>90</Days></Expiration><NoncurrentVersionExpiration><NoncurrentDays>7</NoncurrentDays><NewerNoncurrentVersions>2</NewerNoncurrentVersions></NoncurrentVersionExpiration></Rule></LifecycleConfiguration>"
    );
    account.sandbox.set_setting("kept-logs", "lifecycle", Some(&rule));
    account
        .run("init alb --source web --bucket kept-logs --expire-days 30 --fix --yes")
        .ends(0)
        .says("permanently deleted 7 days later, except the newest 2 of each object");
    let rules = lifecycle(&account, "kept-logs");
    assert!(rules.contains("<NoncurrentDays>7</NoncurrentDays>") && rules.contains("<Days>30</Days>"), "{rules}");
}

#[test]
fn with_unreadable_versioning_nothing_is_promised() {
    let account = with_versioning("Enabled");
    let denied = Fault { when: When::Operation("GetBucketVersioning".to_owned()), effect: Effect::access_denied() };
    account.sandbox.inject(denied);
    account
        .run("init alb --source web --bucket kept-logs --expire-days 30 --fix --yes")
        .ends(0)
        .says("if the bucket is versioned, noncurrent versions stay (`s3:GetBucketVersioning` was denied)")
        .omits("is deleted");
}

#[test]
fn a_locked_bucket_keeps_what_its_lock_retains() {
    let account = Account::seeded();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("kept-logs").locked()));
    account
        .run("init alb --source web --bucket kept-logs --expire-days 30 --dry-run")
        .ends(0)
        .says("versions retained by Object Lock stay until the retention ends");
}

#[test]
fn a_new_bucket_cleans_up_incomplete_uploads() {
    let account = Account::seeded();
    let init = "init nlb --source edge --bucket demo-logs --expire-days 30 --yes";
    account.run(init).ends(0).omits("multipart uploads stay");
    let rules = lifecycle(&account, "demo-logs");
    assert!(rules.contains("<DaysAfterInitiation>7</DaysAfterInitiation>"), "{rules}");
    assert!(!rules.contains("Noncurrent"), "{rules}");
    account.run(init).ends(0);
    assert_eq!(account.writes(), Vec::<String>::new());
}

#[test]
fn old_logs_move_to_another_storage_class_before_they_expire() {
    let cases = [
        ("--transition-days 30 --expire-days 365", "GLACIER_IR", "30", Some("365")),
        ("--transition-days 0 --storage-class DEEP_ARCHIVE", "DEEP_ARCHIVE", "0", None),
        ("--transition-days 30 --storage-class STANDARD_IA --expire-days 31", "STANDARD_IA", "30", Some("31")),
    ];
    each_case(cases, |(flags, class, moves, expires)| {
        let account = Account::seeded();
        let init = format!("init s3-access --source app-data --bucket shared-logs --prefix s3/ {flags} --fix --yes");
        account
            .run(&init)
            .ends(0)
            .says(&format!("move `s3/111122223333/` to {class} after {moves} day"))
            .says("smaller than 128 KB are not moved");
        let rules = lifecycle(&account, "shared-logs");
        let transition = format!("<Days>{moves}</Days><StorageClass>{class}</StorageClass>");
        assert!(rules.contains(&transition), "{rules}");
        assert_eq!(expires.is_some(), rules.contains("<Expiration>"), "{rules}");
        account.run(&init).ends(0);
        assert_eq!(account.writes(), Vec::<String>::new(), "{flags}");
        account.run("undo latest --yes").ends(0);
        assert!(!account.bucket("shared-logs").lifecycle.unwrap_or_default().contains(class), "{flags}");
    });
}

#[test]
fn days_requested_later_are_added_to_the_existing_rule() {
    let account = Account::seeded();
    let init = "init alb --source web --bucket demo-logs --fix --yes";
    account.run(&format!("{init} --transition-days 30")).ends(0);
    assert!(lifecycle(&account, "demo-logs").contains(&format!("<ID>logbucket-transition-{FOLDER}</ID>")));
    account.run(&format!("{init} --expire-days 90")).ends(0);
    let rules = lifecycle(&account, "demo-logs");
    assert_eq!(rules.matches("<Rule>").count(), 1, "{rules}");
    assert!(rules.contains("GLACIER_IR") && rules.contains("<Days>90</Days>"), "{rules}");
    account
        .run(&format!("{init} --transition-days 90"))
        .ends(5)
        .says("but deletes them by then")
        .says("fewer than 90 days with `--transition-days`");
    account.run(&format!("{init} --transition-days 60 --storage-class GLACIER")).ends(0).says("must be restored");
    let rules = lifecycle(&account, "demo-logs");
    assert!(rules.contains("<Days>60</Days><StorageClass>GLACIER</StorageClass>") && !rules.contains("_IR"), "{rules}");
}

#[test]
fn settings_that_s3_would_reject_are_rejected_before_any_call() {
    let account = Account::seeded();
    let cases = [
        ("--transition-days 29 --storage-class STANDARD_IA", "is too early for STANDARD_IA: the minimum is 30"),
        ("--transition-days 7 --storage-class ONEZONE_IA", "--transition-days 30"),
        ("--transition-days 30 --expire-days 30", "deletes them by then"),
        ("--transition-days 30 --storage-class STANDARD", "INTELLIGENT_TIERING"),
        ("--storage-class GLACIER", "--transition-days"),
        ("--transition-days soon", "not a number of days"),
    ];
    each_case(cases, |(flags, said)| {
        account.run(&format!("init alb --source web --bucket demo-logs {flags} --yes")).ends(2).says(said);
        assert!(account.sandbox.requests().is_empty(), "{flags}");
    });
}

#[test]
fn a_storage_class_with_a_longer_minimum_charge_than_the_retention_is_reported() {
    let account = Account::seeded();
    account
        .run("init alb --source web --bucket demo-logs --transition-days 30 --expire-days 60 --dry-run")
        .ends(0)
        .says("each object stays in GLACIER_IR for 30 days, but S3 charges for 90 days");
    account
        .run("init alb --source web --bucket demo-logs --transition-days 30 --expire-days 120 --dry-run")
        .ends(0)
        .omits("S3 charges for");
}
