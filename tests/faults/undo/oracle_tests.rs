//! Tests of the oracle itself: what it must detect, and what it must accept.

use super::ledger::{Effect, Ledger};
use super::oracle::{may_be_deleted, of_run, of_undo};
use super::snapshot::{Slot, Snapshot};
use super::step::{Init, Producer, User};

fn slot(of: fn(String, String) -> Slot, name: &str) -> Slot {
    of("logs".to_owned(), name.to_owned())
}

fn made(of: &[(Slot, &str)]) -> Snapshot {
    of.iter().map(|(slot, value)| (slot.clone(), (*value).to_owned())).collect()
}

fn bucket() -> Slot {
    Slot::Bucket("logs".to_owned())
}

fn log() -> Slot {
    Slot::Log("web".to_owned(), "access_logs".to_owned())
}

fn asked(fix: bool) -> Init {
    Init {
        producer: Producer::Alb,
        sources: vec!["web"],
        bucket: "logs",
        prefix: "alb",
        log_types: &[],
        interval: None,
        inventory: None,
        key: None,
        days: Some(9),
        tag: Some(("owner", "a")),
        exempt: None,
        fix,
    }
}

/// The account before and after a run that created its bucket.
fn run() -> (Snapshot, Snapshot) {
    let before = made(&[(Slot::Bucket("app".to_owned()), "2020")]);
    let mut left = before.clone();
    left.extend(made(&[
        (bucket(), "2026"),
        (slot(Slot::Tag, "owner"), "a"),
        (slot(Slot::Statement, "LogbucketAlb"), "{}"),
        (log(), "logs alb"),
    ]));
    (before, left)
}

fn ledger(user: User) -> Ledger {
    let (before, left) = run();
    let mut ledger = Ledger::default();
    ledger.ran(user, Some("one"), &asked(false), Effect { before, after: left });
    ledger
}

fn without(of: &Snapshot, slots: &[Slot]) -> Snapshot {
    of.iter().filter(|(slot, _)| !slots.contains(slot)).map(|(slot, value)| (slot.clone(), value.clone())).collect()
}

fn with(of: &Snapshot, slot: Slot, value: &str) -> Snapshot {
    let mut all = of.clone();
    all.insert(slot, value.to_owned());
    all
}

#[test]
fn an_undo_that_reverts_only_its_own_run_is_accepted() {
    let (before, left) = run();
    let ledger = ledger(User::A);
    assert_eq!(of_undo(&ledger, 0, &left, &before), Vec::<String>::new());
    let off = without(&left, &[log()]);
    assert_eq!(of_undo(&ledger, 0, &left, &off), Vec::<String>::new());
    assert!(may_be_deleted(&ledger.runs[0], "logs", &off) && !may_be_deleted(&ledger.runs[0], "logs", &left));
}

#[test]
fn a_bucket_is_deleted_only_if_it_is_the_runs_own_unchanged_empty_and_unused() {
    let (before, left) = run();
    let ledger = ledger(User::A);
    let other_log = Slot::Logging("app".to_owned());
    for (state, expected) in [
        (with(&left, bucket(), "2027"), "recreated"),
        (with(&left, slot(Slot::Setting, "cors"), "x"), "cors of logs"),
        (with(&left, slot(Slot::Tag, "owner"), "b"), "tag owner"),
        (without(&left, &[slot(Slot::Statement, "LogbucketAlb")]), "LogbucketAlb"),
        (with(&left, slot(Slot::Object, "a"), "x"), "object logs/a"),
        (with(&left, other_log.clone(), "logs s3/"), "access log of app goes"),
    ] {
        let mut after = before.clone();
        after.extend(state.get(&other_log).map(|value| (other_log.clone(), value.clone())));
        let wrong = of_undo(&ledger, 0, &state, &after);
        assert!(wrong.iter().any(|wrong| wrong.contains(expected)), "{expected}: {wrong:?}");
        assert!(!may_be_deleted(&ledger.runs[0], "logs", &without(&state, &[log()])), "{expected}");
    }
    let other = without(&left, &[Slot::Bucket("app".to_owned())]);
    assert!(of_undo(&ledger, 0, &left, &other)[0].contains("did not create"));
}

#[test]
fn an_undo_restores_only_unchanged_values_and_only_once() {
    let (_, left) = run();
    let mut ledger = ledger(User::A);
    let moved = with(&left, log(), "theirs alb");
    let off = without(&left, &[log()]);
    for (before, after, expected) in [
        (&moved, &off, "somebody changed since"),
        (&left, &moved, "what was not there before"),
        (&left, &without(&left, &[Slot::Bucket("app".to_owned())]), "did not create"),
        (&left, &with(&left, slot(Slot::Rule, "theirs"), "x"), "its run never wrote"),
        (
            &with(&left, bucket(), "2027"),
            &without(&with(&left, bucket(), "2027"), &[slot(Slot::Tag, "owner")]),
            "recreated",
        ),
    ] {
        let wrong = of_undo(&ledger, 0, before, after);
        assert!(wrong.iter().any(|wrong| wrong.contains(expected)), "{expected}: {wrong:?}");
    }
    ledger.undid(0, &left, &off, super::ledger::End::Whole);
    assert!(of_undo(&ledger, 0, &left, &off)[0].contains("restored before"));
}

#[test]
fn an_undo_deletes_only_the_flow_log_of_its_run() {
    let place = |bucket: &str| Slot::FlowLog("vpc-1".to_owned(), format!("arn:aws:s3:::{bucket} ALL"));
    let (own, other) = (place("logs"), place("old"));
    let before = made(&[(other.clone(), "old 600 tagged by=hand")]);
    let left = with(&before, own.clone(), "logs 600 tagged logbucket=run-1");
    let mut ledger = Ledger::default();
    ledger.ran(User::A, Some("one"), &asked(false), Effect { before: before.clone(), after: left.clone() });
    assert_eq!(of_undo(&ledger, 0, &left, &before), Vec::<String>::new());
    let theirs = with(&left, own.clone(), "logs 600 tagged by=hand");
    assert!(of_undo(&ledger, 0, &theirs, &before)[0].contains("somebody changed since"));
    assert!(of_undo(&ledger, 0, &left, &without(&left, &[other, own]))[0].contains("its run never wrote"));
}

#[test]
fn a_later_run_of_the_same_user_keeps_its_requested_values() {
    let (_, left) = run();
    let off = without(&left, &[log()]);
    for (user, wrong) in [(User::A, 1), (User::B, 0)] {
        let mut ledger = ledger(User::A);
        let tagged = with(&left, slot(Slot::Tag, "more"), "x");
        ledger.ran(user, Some("two"), &asked(false), Effect { before: left.clone(), after: tagged });
        assert_eq!(of_undo(&ledger, 0, &left, &off).len(), wrong, "{user}");
    }
}

#[test]
fn a_run_replaces_values_of_others_only_with_approval() {
    let setting = |name: &str| slot(Slot::Setting, name);
    let rule = |prefix: &str| format!("Rule(Filter(Prefix({prefix})))");
    let theirs = made(&[
        (bucket(), "2020"),
        (setting("encryption"), "aws:kms"),
        (setting("cors"), "x"),
        (slot(Slot::Tag, "owner"), "b"),
        (slot(Slot::Statement, "Theirs"), "{}"),
        (slot(Slot::Rule, "theirs"), "x"),
        (slot(Slot::Object, "a"), "x by 111122223333"),
        (log(), "old "),
    ]);
    let own_folder = rule("alb/AWSLogs/111122223333/elasticloadbalancing/");
    for (slot, value, without_fix, with_fix) in [
        (setting("encryption"), "AES256", false, true),
        (setting("cors"), "y", false, false),
        (slot(Slot::Tag, "owner"), "a", false, true),
        (slot(Slot::Tag, "cost"), "a", false, false),
        (slot(Slot::Statement, "Theirs"), "{1}", false, false),
        (slot(Slot::Statement, "LogbucketAlb"), "{}", true, true),
        (slot(Slot::Rule, "theirs"), "y", false, false),
        (slot(Slot::Rule, "logbucket-expire"), &rule("alb/"), false, false),
        (slot(Slot::Rule, "logbucket-expire"), &rule("alb/AWSLogs/111122223333/"), false, false),
        (slot(Slot::Rule, "logbucket-expire"), &own_folder, true, true),
        (slot(Slot::Object, "a"), "y by 111122223333", false, false),
        (log(), "logs alb", false, true),
        (Slot::Log("shop".to_owned(), "access_logs".to_owned()), "logs alb", false, false),
        (bucket(), "2026", false, false),
    ] {
        for (fix, is_right) in [(false, without_fix), (true, with_fix)] {
            let after = with(&theirs, slot.clone(), value);
            let wrong = of_run(&Ledger::default(), User::A, &asked(fix), &theirs, &after);
            assert_eq!(wrong.is_empty(), is_right, "{slot} {value} {fix}: {wrong:?}");
        }
    }
    for slot in theirs.keys() {
        let wrong =
            of_run(&Ledger::default(), User::A, &asked(true), &theirs, &without(&theirs, std::slice::from_ref(slot)));
        let is_right = matches!(slot, Slot::Setting(_, name) if name == "encryption");
        assert_eq!(wrong.is_empty(), is_right, "{slot}");
    }
}

#[test]
fn a_sequence_is_deterministic() {
    let steps = |number| {
        let steps = super::sequence::Sequence::of(number).steps;
        steps.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    for number in 0..200 {
        assert_eq!(steps(number), steps(number));
        assert!((2..=9).contains(&steps(number).len()), "{number}");
    }
}
