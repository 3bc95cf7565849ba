//! Existing lifecycle rules: the properties that matter, and the properties that stay when a rule is replaced.

use super::fixture::{World, in_order, source};
use super::settings::rule;
use crate::model::{Moment, Seen, StorageClass, TransitionAfter};
use crate::plan::Step;
use crate::producer::Producer;
use crate::request::Expiry;
use crate::state::{ExpirationRule, RuleRest, Transition};

const FOLDER: &str = "AWSLogs/111122223333/elasticloadbalancing/";
/// The folder that the rules of earlier versions cover.
const FORMER: &str = "AWSLogs/111122223333/";

/// A bucket with these rules and a request for 30 days.
fn with(rules: Vec<ExpirationRule>) -> World {
    let mut world = in_order(Producer::Alb);
    world.draft.expiry = Expiry::Chosen(Some(30));
    world.bucket().lifecycle = Seen::Present(rules);
    world
}

fn written(world: &World) -> Vec<ExpirationRule> {
    let Step::PutExpiration { rules, .. } = world.step("s3:PutBucketLifecycleConfiguration") else { panic!() };
    rules
}

/// A limit of a rule, by name.
type RuleLimit = (&'static str, fn(&mut RuleRest));

/// Properties that people add to a rule without limiting it.
fn added() -> RuleRest {
    let to = |class: &str| Transition { class: Some(class.to_owned()), days: Some(7), ..Transition::default() };
    RuleRest {
        transitions: vec![to("STANDARD_IA")],
        noncurrent_transitions: vec![to("GLACIER")],
        noncurrent_expiration: Some((Some(3), None)),
        abort_uploads_after: Some(2),
        ..RuleRest::default()
    }
}

#[test]
fn a_rule_that_expires_the_folder_counts_whatever_else_it_does() {
    assert_eq!(with(vec![ExpirationRule { rest: added(), ..rule(FOLDER, 30) }]).reported(), Vec::<String>::new());
    // A rule with other days, another folder or a filter does not count, nor does a rule that is off.
    let replaces = ["lifecycle-expiration info: replaces s3:PutBucketLifecycleConfiguration"];
    let off = ExpirationRule { enabled: false, ..rule(FOLDER, 30) };
    let elsewhere = ExpirationRule { prefix: "else/".to_owned(), ..rule(FOLDER, 30) };
    let narrower = ExpirationRule { narrower: true, ..rule(FOLDER, 30) };
    for old in [off, elsewhere, narrower, rule(FOLDER, 31)] {
        let world = with(vec![old.clone()]);
        assert_eq!(world.reported(), replaces, "{old:?}");
        assert_eq!(written(&world), [rule(FOLDER, 30)], "{old:?}");
    }
}

#[test]
fn additions_of_others_to_our_rule_are_kept_unless_they_limit_it() {
    let old = ExpirationRule { rest: added(), ..rule(FOLDER, 31) };
    let kept = [ExpirationRule { rest: added(), ..rule(FOLDER, 30) }];
    assert_eq!(written(&with(vec![rule("else/", 1), old.clone()])), kept);
    let limits: [RuleLimit; 5] = [
        ("a prefix outside the filter", |rest| rest.of_old = true),
        ("tags", |rest| rest.tags = vec![("team".to_owned(), "web".to_owned())]),
        ("a least size", |rest| rest.larger_than = Some(1)),
        ("a largest size", |rest| rest.smaller_than = Some(9)),
        ("delete markers", |rest| rest.delete_marker = Some(true)),
    ];
    for (name, limit) in limits {
        let mut limited = ExpirationRule { narrower: true, ..old.clone() };
        limit(&mut limited.rest);
        assert_eq!(written(&with(vec![limited])), kept, "{name}");
    }
}

#[test]
fn additions_of_others_to_their_own_rules_are_not_touched() {
    let theirs = ExpirationRule { id: "theirs".to_owned(), rest: added(), ..rule(FOLDER, 31) };
    let world = with(vec![theirs.clone()]);
    assert_eq!(written(&world), [rule(FOLDER, 30)]);
    let Step::PutExpiration { before, .. } = world.step("s3:PutBucketLifecycleConfiguration") else { panic!() };
    assert_eq!(before, [theirs]);
}

#[test]
fn another_owners_rule_that_takes_effect_first_is_named() {
    let theirs = |prefix: &str, days| ExpirationRule { id: "theirs".to_owned(), ..rule(prefix, days) };
    let moving = |days, date| {
        let transitions = vec![Transition { class: Some("GLACIER".to_owned()), days, date, ..Transition::default() }];
        let rest = RuleRest { transitions, ..RuleRest::default() };
        ExpirationRule { days: None, rest, ..theirs("", 0) }
    };
    let warned = |world: &World| -> Vec<String> {
        let found = world.plan().findings;
        let warnings = found.iter().filter(|found| found.severity() == crate::plan::Severity::Warning);
        warnings.map(|found| format!("{}; {}", found.what(), found.why())).collect()
    };
    let of = |theirs: ExpirationRule| warned(&with(vec![theirs]));
    let wish =
        "; you asked for logs to be deleted 30 days after they are written, but S3 applies whichever rule comes first";
    let deletes =
        |logs: &str, when: &str| vec![format!("lifecycle rule `theirs` of `acme-logs` deletes {logs} {when}{wish}")];
    assert_eq!(of(theirs("", 7)), deletes("logs", "after 7 days"));
    assert_eq!(of(theirs("AWSLogs/", 29)), deletes("logs", "after 29 days"));
    let deeper = format!("{FOLDER}elasticloadbalancing/");
    assert_eq!(of(theirs(&deeper, 1)), deletes("some of the logs", "after 1 day"));
    let tagged = ExpirationRule { narrower: true, ..theirs("", 7) };
    assert_eq!(of(tagged), deletes("some of the logs", "after 7 days"));
    let dated = ExpirationRule { days: None, date: Some(Moment(1_800_000_000)), ..theirs("", 7) };
    assert!(of(dated)[0].contains("deletes logs starting on 2027-01-15"));
    // Even if logbucket's rule exists, the other rule still applies first.
    assert_eq!(warned(&with(vec![rule(FOLDER, 30), theirs("", 7)])), deletes("logs", "after 7 days"));
    // A rule is harmless if it is off, applies later or covers other keys. A move is harmless if no move was requested.
    let off = ExpirationRule { enabled: false, ..theirs("", 7) };
    for harmless in [off, theirs("", 30), theirs("", 365), theirs("else/", 1), moving(Some(0), None)] {
        assert_eq!(of(harmless.clone()), Vec::<String>::new(), "{harmless:?}");
    }
    // A requested move comes too late if another rule moves the logs earlier, and never happens after a deletion.
    let mut world = with(vec![moving(Some(0), None)]);
    world.draft.expiry = Expiry::Chosen(None);
    world.draft.transition = Some(TransitionAfter { days: 90, class: StorageClass::Glacier });
    assert!(
        warned(&world)[0].starts_with("lifecycle rule `theirs` of `acme-logs` moves logs to GLACIER after 0 days; ")
    );
    world.bucket().lifecycle = Seen::Present(vec![theirs("", 89)]);
    assert!(warned(&world)[0].contains(" deletes logs after 89 days; "));
    world.bucket().lifecycle = Seen::Present(vec![moving(None, Some(Moment(1_800_000_000)))]);
    assert!(warned(&world)[0].contains(" moves logs to GLACIER starting on 2027-01-15"));
    for later in [moving(Some(90), None), theirs("", 90)] {
        world.bucket().lifecycle = Seen::Present(vec![later.clone()]);
        assert_eq!(warned(&world), Vec::<String>::new(), "{later:?}");
    }
}

#[test]
fn a_rule_from_an_earlier_version_is_kept_until_other_days_are_requested() {
    assert_eq!(with(vec![rule(FORMER, 30)]).reported(), Vec::<String>::new());
    for old in [rule(FORMER, 31), ExpirationRule { enabled: false, ..rule(FORMER, 30) }] {
        let world = with(vec![old]);
        assert_eq!(world.reported(), ["lifecycle-expiration info: replaces s3:PutBucketLifecycleConfiguration"]);
        let narrowed = ExpirationRule { id: rule(FORMER, 30).id, ..rule(FOLDER, 30) };
        assert_eq!(written(&world), std::slice::from_ref(&narrowed));
        assert_eq!(with(vec![narrowed]).reported(), Vec::<String>::new());
    }
}

#[test]
fn a_transition_after_the_expiration_is_refused_before_any_change() {
    let moved = |days, date| {
        let class = Some("GLACIER".to_owned());
        let transitions = vec![Transition { class, days, date, ..Transition::default() }];
        with(vec![ExpirationRule { rest: RuleRest { transitions, ..RuleRest::default() }, ..rule(FOLDER, 365) }])
    };
    for days in [30, 31, 90] {
        let found = moved(Some(days), None).finding("lifecycle-expiration");
        let what = format!("moves objects to GLACIER after {days} days, but deletes them by then");
        assert!(found.refuses() && found.what().contains(&what), "{}", found.what());
    }
    assert!(
        moved(None, Some(Moment(1_800_000_000))).finding("lifecycle-expiration").refuses(),
        "days and dates don't mix"
    );
    assert!(!moved(Some(29), None).finding("lifecycle-expiration").refuses());
}

#[test]
fn a_replacing_rule_does_not_count_toward_the_limit_of_rules() {
    let others = |count: usize| (0..count).map(|n| ExpirationRule { id: format!("other-{n}"), ..rule("else/", 1) });
    let own = || std::iter::once(rule(FOLDER, 31));
    assert!(!with(others(999).chain(own()).collect()).finding("lifecycle-expiration").refuses());
    assert!(!with(others(999).collect()).finding("lifecycle-expiration").refuses());
    assert!(with(others(1000).collect()).finding("lifecycle-expiration").refuses());
}

#[test]
fn folders_too_long_for_a_rule_id_still_get_separate_rules() {
    let mut world = in_order(Producer::Inventory);
    world.draft.expiry = Expiry::Chosen(Some(30));
    world.draft.prefix = Some("p".repeat(250));
    world.draft.sources.push("b-2".to_owned());
    world.observed.sources.push(source(Producer::Inventory, "b-2"));
    let ids: Vec<String> = written(&world).into_iter().map(|rule| rule.id).collect();
    assert_eq!(ids.len(), 2);
    assert_ne!(ids[0], ids[1]);
    assert!(ids.iter().all(|id| id.len() == 255 && id.starts_with("logbucket-expire-ppp")), "{ids:?}");
}
