//! Tests the verdicts of an undo for different present states.

use crate::producer::{SourceSetting, SourceSlot};
use std::collections::{BTreeMap, BTreeSet};

use crate::model::{BucketEncryption, BucketName, Denial, Moment, RunToken, Seen};
use crate::plan::{RequiredSetting, Setting, Slot, TARGET_TAG};
use crate::state::{ExpirationRule, Payer, RuleRest};

mod resources;

use super::{
    Arrival, Contents, CurrentState, FoundBucket, Likeness, Receipt, ReceiptEntry, RecordedChange, StepOutcome, Undo,
    UndoVerdict,
};

fn bucket() -> BucketName {
    "demo-logs".parse().unwrap()
}

fn token() -> RunToken {
    RunToken::new(7)
}

/// The change that created the bucket.
fn made() -> RecordedChange {
    RecordedChange::MadeBucket { bucket: bucket(), region: "us-east-1".parse().unwrap(), tags: BTreeMap::new() }
}

/// The bucket as the run left it, empty, with this policy.
fn found(policy: Setting) -> FoundBucket {
    FoundBucket {
        created: Seen::Present(Moment(100)),
        tags: Seen::Present([(TARGET_TAG.to_owned(), token().to_string())].into()),
        contents: Seen::Present(Contents::Empty),
        rules: Seen::Absent,
        slots: vec![
            (Slot::BucketPolicy { bucket: bucket() }, Seen::Present(policy)),
            (Slot::BucketEncryption { bucket: bucket() }, Seen::Present(Setting::BucketEncryption(bucket(), None))),
            (Slot::Payer { bucket: bucket() }, Seen::Present(Setting::Payer(bucket(), Payer::BucketOwner))),
        ],
        settings: vec![("versioning", Seen::Present(Likeness::New)), ("CORS", Seen::Absent)],
    }
}

fn no_policy() -> Setting {
    Setting::BucketPolicy(bucket(), None)
}

fn policy(sid: &str) -> Setting {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"{sid}","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}}]}}"#
    );
    Setting::BucketPolicy(bucket(), Some(text))
}

fn attributes(bucket: &str) -> Setting {
    let attributes = [("access_logs.s3.bucket".to_owned(), bucket.to_owned())].into();
    Setting::Source(load_balancer(), SourceSetting::Attributes(attributes))
}

fn load_balancer() -> SourceSlot {
    let arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/web/1".parse().unwrap();
    let attributes = vec!["access_logs.s3.bucket".to_owned()];
    SourceSlot::LoadBalancer { arn, name: "web".to_owned(), attributes }
}

fn setting(slot: Slot, before: Option<Setting>, after: Option<Setting>) -> ReceiptEntry {
    ReceiptEntry {
        api: "x".to_owned(),
        outcome: StepOutcome::Begun,
        change: RecordedChange::Setting { slot, before, after },
        policy: None,
    }
}

fn receipt(entries: Vec<ReceiptEntry>) -> Receipt {
    Receipt {
        schema: Receipt::schema(),
        run: "1-20261125T031502Z-alb-demo-logs".parse().unwrap(),
        began: Moment(0),
        ended: None,
        undone: None,
        closed: None,
        partly_undone: None,
        command: "logbucket init".to_owned(),
        producer: "alb".to_owned(),
        sources: vec!["web".to_owned()],
        account: "111122223333".parse().unwrap(),
        partition: Some("aws".to_owned()),
        endpoint: None,
        token: Some(token()),
        created: Some(Moment(100)),
        buckets_created: BTreeMap::new(),
        buckets_foreign: BTreeSet::new(),
        former: Vec::new(),
        attachments: Vec::new(),
        asked_for: Vec::new(),
        caller: "arn:aws:iam::111122223333:root".to_owned(),
        bucket: bucket(),
        region: "us-east-1".parse().unwrap(),
        entries,
    }
}

fn verdict(entry: ReceiptEntry, look: CurrentState) -> UndoVerdict {
    Undo::new(&receipt(vec![entry]), vec![look]).items.remove(0).verdict
}

fn policy_entry(before: Option<Setting>, after: Option<Setting>) -> ReceiptEntry {
    setting(Slot::BucketPolicy { bucket: bucket() }, before, after)
}

#[test]
fn only_unchanged_settings_are_restored() {
    let (old, new, other) = (policy("Old"), policy("New"), policy("Other"));
    let entry = || policy_entry(Some(old.clone()), Some(new.clone()));
    let restored = UndoVerdict::Restore { values: Box::new((new.clone(), old.clone())) };
    assert_eq!(verdict(entry(), CurrentState::Setting(new.clone())), restored);
    assert_eq!(verdict(entry(), CurrentState::Setting(old.clone())), UndoVerdict::AsBefore);
    let moved = UndoVerdict::ChangedSince { values: Box::new((Some(new.clone()), other.clone())) };
    assert_eq!(verdict(entry(), CurrentState::Setting(other)), moved);
    assert_eq!(verdict(entry(), CurrentState::Gone), UndoVerdict::Missing);
    let denial =
        Denial { action: "s3:GetBucketPolicy", resource: "demo-logs".to_owned(), why: crate::model::Unread::Denied };
    assert_eq!(verdict(entry(), CurrentState::Denied(denial.clone())), UndoVerdict::Unreadable(denial));
}

#[test]
fn an_unattempted_step_is_not_ours_even_if_the_value_matches() {
    let entry =
        ReceiptEntry { outcome: StepOutcome::NotDone, ..policy_entry(Some(policy("Old")), Some(policy("New"))) };
    assert_eq!(verdict(entry, CurrentState::Setting(policy("New"))), UndoVerdict::AsBefore);
}

#[test]
fn a_failed_or_unknown_step_is_judged_by_the_current_value() {
    for outcome in [StepOutcome::Failed, StepOutcome::Begun, StepOutcome::Done] {
        let entry = || ReceiptEntry { outcome, ..policy_entry(Some(policy("Old")), Some(policy("New"))) };
        assert!(
            matches!(verdict(entry(), CurrentState::Setting(policy("New"))), UndoVerdict::Restore { .. }),
            "{outcome:?}"
        );
        assert_eq!(verdict(entry(), CurrentState::Setting(policy("Old"))), UndoVerdict::AsBefore, "{outcome:?}");
    }
}

#[test]
fn a_step_whose_key_was_never_created_counts_as_not_done() {
    let slot = || Slot::BucketEncryption { bucket: bucket() };
    let before = Some(Setting::BucketEncryption(bucket(), None));
    let plain = Setting::BucketEncryption(bucket(), Some(BucketEncryption::sse_s3()));
    let kms = BucketEncryption { algorithm: "aws:kms".to_owned(), ..BucketEncryption::sse_s3() };
    assert_eq!(verdict(setting(slot(), before.clone(), None), CurrentState::Setting(plain)), UndoVerdict::AsBefore);
    let theirs = Setting::BucketEncryption(bucket(), Some(kms));
    let moved = UndoVerdict::ChangedSince { values: Box::new((None, theirs.clone())) };
    assert_eq!(verdict(setting(slot(), before, None), CurrentState::Setting(theirs)), moved);
}

#[test]
fn the_last_step_is_undone_first() {
    let entries = vec![
        policy_entry(Some(policy("Old")), Some(policy("New"))),
        setting(Slot::Source(load_balancer()), Some(attributes("")), Some(attributes("demo-logs"))),
    ];
    let looks = vec![CurrentState::Setting(policy("New")), CurrentState::Setting(attributes("demo-logs"))];
    let undo = Undo::new(&receipt(entries), looks);
    let slots: Vec<bool> = undo
        .writes()
        .map(|item| matches!(&item.change, RecordedChange::Setting { slot, .. } if slot.attaches()))
        .collect();
    assert_eq!(slots, [true, false]);
}

/// Returns the verdict on the bucket of a run that created it, gave it a policy, and pointed a load balancer at it.
fn created_bucket_verdict(outcome: StepOutcome, found: FoundBucket) -> UndoVerdict {
    let entries = vec![
        ReceiptEntry { api: "s3:CreateBucket".to_owned(), outcome: StepOutcome::Done, change: made(), policy: None },
        ReceiptEntry { outcome, ..policy_entry(None, Some(policy("New"))) },
        setting(Slot::Source(load_balancer()), Some(attributes("")), Some(attributes("demo-logs"))),
    ];
    let now = CurrentState::Bucket(Box::new(found.clone())).within(&Slot::BucketPolicy { bucket: bucket() });
    let looks = vec![CurrentState::Bucket(Box::new(found)), now, CurrentState::Setting(attributes("demo-logs"))];
    Undo::new(&receipt(entries), looks).items.pop().unwrap().verdict
}

#[test]
fn a_created_bucket_is_deleted_if_it_is_empty_and_unchanged() {
    assert_eq!(created_bucket_verdict(StepOutcome::Done, found(policy("New"))), UndoVerdict::Delete);
    // A write with an unknown outcome may not have been carried out.
    assert_eq!(created_bucket_verdict(StepOutcome::Begun, found(no_policy())), UndoVerdict::Delete);
    let holds = FoundBucket { contents: Seen::Present(Contents::Objects), ..found(policy("New")) };
    let UndoVerdict::Keep(why) = created_bucket_verdict(StepOutcome::Done, holds) else { panic!() };
    assert!(why.starts_with("it contains objects"), "{why}");
}

#[test]
fn a_bucket_that_was_created_again_is_not_deleted() {
    let tags = |value: &str| Seen::Present([(TARGET_TAG.to_owned(), value.to_owned())].into());
    let new = || found(policy("New"));
    for other in [
        FoundBucket { created: Seen::Present(Moment(101)), ..new() },
        FoundBucket { tags: tags(RunToken::new(8).as_str()), ..new() },
        FoundBucket { created: Seen::Absent, tags: tags("destination"), ..new() },
    ] {
        let UndoVerdict::Keep(why) = created_bucket_verdict(StepOutcome::Done, other) else { panic!() };
        assert!(why.contains("someone created another one with its name"), "{why}");
    }
}

#[test]
fn a_created_bucket_with_changed_settings_is_kept_and_they_are_named() {
    let new = || found(policy("New"));
    let rule = ExpirationRule {
        id: "theirs".to_owned(),
        enabled: true,
        prefix: String::new(),
        narrower: false,
        days: Some(1),
        date: None,
        rest: RuleRest::default(),
    };
    let mut payer = new();
    payer.slots[2].1 = Seen::Present(Setting::Payer(bucket(), Payer::Requester));
    let cases = [
        ("bucket policy", found(policy("Other"))),
        ("bucket policy", found(no_policy())),
        ("tags", FoundBucket { tags: Seen::Absent, ..new() }),
        ("lifecycle rules", FoundBucket { rules: Seen::Present(vec![rule]), ..new() }),
        ("Requester Pays", payer),
        ("versioning", FoundBucket { settings: vec![("versioning", Seen::Present(Likeness::Set))], ..new() }),
    ];
    for (noun, found) in cases {
        assert_eq!(created_bucket_verdict(StepOutcome::Done, found), UndoVerdict::InUse(vec![noun]));
    }
}

#[test]
fn a_created_bucket_that_cannot_be_read_is_kept() {
    let denial =
        || Denial { action: "s3:GetBucketCORS", resource: "demo-logs".to_owned(), why: crate::model::Unread::Denied };
    let new = || found(policy("New"));
    for found in [
        FoundBucket { settings: vec![("CORS", Seen::Denied(denial()))], ..new() },
        FoundBucket { created: Seen::Denied(denial()), ..new() },
        FoundBucket { contents: Seen::Denied(denial()), ..new() },
        FoundBucket { tags: Seen::Denied(denial()), ..new() },
        FoundBucket { rules: Seen::Denied(denial()), ..new() },
    ] {
        assert_eq!(created_bucket_verdict(StepOutcome::Done, found), UndoVerdict::Unreadable(denial()));
    }
}

#[test]
fn a_bucket_that_was_not_created_is_not_deleted() {
    let entry =
        ReceiptEntry { api: "s3:CreateBucket".to_owned(), outcome: StepOutcome::NotDone, change: made(), policy: None };
    assert_eq!(verdict(entry, CurrentState::Bucket(Box::new(found(no_policy())))), UndoVerdict::AsBefore);
    let without_token = Receipt {
        token: None,
        ..receipt(vec![ReceiptEntry {
            api: "s3:CreateBucket".to_owned(),
            outcome: StepOutcome::Done,
            change: made(),
            policy: None,
        }])
    };
    let undo = Undo::new(&without_token, vec![CurrentState::Bucket(Box::new(found(no_policy())))]);
    assert!(matches!(undo.items[0].verdict, UndoVerdict::Keep(_)));
}

#[test]
fn a_reverted_step_is_never_reverted_again() {
    let [old, new] = ["Old", "New"].map(policy);
    let mut run = receipt(vec![policy_entry(Some(old), Some(new.clone()))]);
    let undo = Undo::new(&run, vec![CurrentState::Setting(new.clone())]);
    assert!(matches!(undo.items[0].verdict, UndoVerdict::Restore { .. }));
    run.mark_undone(&undo.items[0]);
    for now in [new, policy("Other")] {
        assert_eq!(Undo::new(&run, vec![CurrentState::Setting(now)]).items[0].verdict, UndoVerdict::Undone);
    }
}

#[test]
fn a_setting_that_a_later_run_needs_is_kept_until_that_run_is_undone() {
    let entry = setting(Slot::Source(load_balancer()), Some(attributes("")), Some(attributes("demo-logs")));
    let held = RequiredSetting(attributes("demo-logs"));
    let mut later = Receipt { run: "2-20261125T041502Z-alb-demo-logs".parse().unwrap(), ..receipt(Vec::new()) };
    later.attachments.push(held);
    let undo = || Undo::new(&receipt(vec![entry.clone()]), vec![CurrentState::Setting(attributes("demo-logs"))]);
    let UndoVerdict::NeededBy(why) = undo().beside(&later).items.remove(0).verdict else { panic!() };
    assert_eq!(why, "the later run 2-20261125T041502Z-alb-demo-logs depends on it; undo that run first");
    let over = Receipt { undone: Some(Moment(1)), ..later };
    assert!(matches!(undo().beside(&over).items[0].verdict, UndoVerdict::Restore { .. }));
}

#[test]
fn keys_aliases_and_blocked_public_access_are_kept() {
    let key = "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-aabbccddeeff".parse().unwrap();
    let changes = [
        RecordedChange::MadeKey { key: Some(key) },
        RecordedChange::MadeAlias { alias: "alias/logbucket-demo-logs".to_owned() },
        RecordedChange::BlockedPublicAccess { bucket: bucket() },
    ];
    let entries = [made(), RecordedChange::BlockedPublicAccess { bucket: bucket() }];
    let entries =
        entries.map(|change| ReceiptEntry { api: "x".to_owned(), outcome: StepOutcome::Done, change, policy: None });
    let bucket = CurrentState::Bucket(Box::new(found(no_policy())));
    let undo = Undo::new(&receipt(entries.into()), vec![bucket, CurrentState::Nothing]);
    assert_eq!(undo.items[0].verdict, UndoVerdict::WithBucket, "it goes or stays with the bucket that the run made");
    for change in changes {
        let entry = ReceiptEntry { api: "x".to_owned(), outcome: StepOutcome::Done, change, policy: None };
        assert!(matches!(verdict(entry.clone(), CurrentState::Nothing), UndoVerdict::Keep(_)), "{entry:?}");
    }
    let never = ReceiptEntry {
        api: "x".to_owned(),
        outcome: StepOutcome::Begun,
        change: RecordedChange::MadeKey { key: None },
        policy: None,
    };
    assert_eq!(verdict(never, CurrentState::Nothing), UndoVerdict::AsBefore);
}

#[test]
fn a_receipt_survives_writing_and_parsing() {
    let receipt = receipt(vec![
        policy_entry(None, Some(policy("New"))),
        setting(Slot::Source(load_balancer()), Some(attributes("")), Some(attributes("demo-logs"))),
    ]);
    assert_eq!(Receipt::parse(&receipt.text().unwrap()).unwrap(), receipt);
}

#[test]
fn a_value_of_another_setting_is_rejected() {
    let receipt = receipt(vec![
        policy_entry(None, Some(policy("New"))),
        setting(Slot::Source(load_balancer()), Some(attributes("")), Some(attributes("demo-logs"))),
    ]);
    let text = receipt.text().unwrap();
    let others = [
        ("\"policy\":", "\"payer\": \"requester\", \"ignored\":", None),
        ("\"policy\":", "\"unknown\":", None),
        (
            "{\n            \"attributes\": ",
            "{\n            \"tags\": ",
            Some("entry 2 has an invalid value for its setting"),
        ),
    ];
    for (from, to, expected) in others {
        let changed = text.replace(from, to);
        assert_ne!(changed, text);
        let error = Receipt::parse(&changed).unwrap_err().to_string();
        match expected {
            Some(expected) => assert_eq!(error, expected),
            None => assert!(error.starts_with("it is not a receipt: "), "{error}"),
        }
    }
}

#[test]
fn a_receipt_that_changes_another_bucket_is_rejected() {
    let of = |bucket: &str| Receipt { bucket: bucket.parse().unwrap(), ..receipt(vec![policy_entry(None, None)]) };
    assert!(Receipt::parse(&of("demo-logs").text().unwrap()).is_ok());
    let error = Receipt::parse(&of("other-logs").text().unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "entry 1 changes a bucket other than `other-logs`");
}

#[test]
fn a_log_goes_back_only_if_it_is_not_worse_off_there() {
    use Arrival::{No, Unknown, Yes};
    let answers = [None, Some(Yes), Some(Unknown), Some(No)];
    let goes = |now: Arrival| answers.map(|before| now.is_as_good_as(before));
    assert_eq!(goes(Yes), [true; 4]);
    assert_eq!(goes(Unknown), [true, false, true, true]);
    assert_eq!(goes(No), [false, false, false, true]);
}

#[test]
fn a_setting_written_twice_is_judged_by_the_last_write() {
    let (first, theirs, last) = (policy("New"), policy("Theirs"), policy("Both"));
    let entries = || {
        let again = policy_entry(Some(theirs.clone()), Some(last.clone()));
        vec![policy_entry(Some(policy("Old")), Some(first.clone())), again]
    };
    let verdicts = |entries: Vec<ReceiptEntry>, now: &Setting| -> Vec<UndoVerdict> {
        let looks = vec![CurrentState::Setting(now.clone()); entries.len()];
        Undo::new(&receipt(entries), looks).items.into_iter().map(|item| item.verdict).collect()
    };
    let restored = UndoVerdict::Restore { values: Box::new((last.clone(), theirs.clone())) };
    assert_eq!(verdicts(entries(), &last), [restored]);
    assert_eq!(verdicts(entries(), &theirs), [UndoVerdict::AsBefore], "it was restored already");
    // The setting still has the first value, so the last write was not carried out.
    let mut stopped = entries();
    stopped[1].outcome = StepOutcome::NotDone;
    let restored = UndoVerdict::Restore { values: Box::new((first.clone(), policy("Old"))) };
    assert_eq!(verdicts(stopped, &first), [UndoVerdict::AsBefore, restored]);
}

#[test]
fn a_setting_written_twice_is_restored_to_the_value_before_both() {
    let [old, one, two] = ["Old", "One", "Two"].map(policy);
    for (now, outcome) in [(&two, StepOutcome::Done), (&one, StepOutcome::Failed), (&two, StepOutcome::Begun)] {
        let last = ReceiptEntry { outcome, ..policy_entry(Some(one.clone()), Some(two.clone())) };
        let entries = vec![policy_entry(Some(old.clone()), Some(one.clone())), last];
        let undo = Undo::new(&receipt(entries), vec![CurrentState::Setting(now.clone()); 2]);
        let restored = UndoVerdict::Restore { values: Box::new((now.clone(), old.clone())) };
        assert_eq!(undo.items.into_iter().map(|item| item.verdict).collect::<Vec<_>>(), [restored], "{outcome:?}");
    }
}

#[test]
fn a_setting_that_a_later_run_changed_names_that_run() {
    let [old, new, both] = ["Old", "New", "Both"].map(policy);
    let judged = |outcome, now: &Setting| {
        let entry = ReceiptEntry { outcome, ..policy_entry(Some(new.clone()), Some(both.clone())) };
        let later = Receipt { run: "2-20261125T041502Z-nlb-demo-logs".parse().unwrap(), ..receipt(vec![entry]) };
        let first = receipt(vec![policy_entry(Some(old.clone()), Some(new.clone()))]);
        Undo::new(&first, vec![CurrentState::Setting(now.clone())]).beside(&later).items.remove(0).verdict
    };
    let UndoVerdict::NeededBy(why) = judged(StepOutcome::Done, &both) else { panic!() };
    assert_eq!(why, "the later run 2-20261125T041502Z-nlb-demo-logs changed it; undo that run first");
    assert!(matches!(judged(StepOutcome::NotDone, &both), UndoVerdict::ChangedSince { .. }));
    assert!(matches!(judged(StepOutcome::Done, &policy("Theirs")), UndoVerdict::ChangedSince { .. }));
    assert!(matches!(judged(StepOutcome::Done, &new), UndoVerdict::Restore { .. }));
}

#[test]
fn a_run_with_a_new_plan_is_complete_if_each_last_step_was_done() {
    let entry = |outcome| ReceiptEntry {
        outcome,
        ..setting(Slot::Source(load_balancer()), Some(attributes("")), Some(attributes("x")))
    };
    assert!(receipt(vec![entry(StepOutcome::Failed), entry(StepOutcome::Done)]).is_whole());
    assert!(!receipt(vec![entry(StepOutcome::Done), entry(StepOutcome::Failed)]).is_whole());
    let other = ReceiptEntry { outcome: StepOutcome::Done, ..policy_entry(None, Some(policy("New"))) };
    assert!(!receipt(vec![entry(StepOutcome::Failed), other]).is_whole());
}

#[test]
fn a_created_bucket_that_another_user_changed_during_the_run_is_kept() {
    let of = |before: Setting| {
        let made = ReceiptEntry {
            api: "s3:CreateBucket".to_owned(),
            outcome: StepOutcome::Done,
            change: made(),
            policy: None,
        };
        let first = policy_entry(None, Some(policy("New")));
        let entries = vec![made, first, policy_entry(Some(before), Some(policy("Both")))];
        let now = CurrentState::Setting(policy("Both"));
        let looks = vec![CurrentState::Bucket(Box::new(found(policy("Both")))), now.clone(), now];
        Undo::new(&receipt(entries), looks).items.pop().unwrap().verdict
    };
    assert_eq!(of(policy("Theirs")), UndoVerdict::InUse(vec!["bucket policy"]));
    assert_eq!(of(no_policy()), UndoVerdict::Delete);
}
