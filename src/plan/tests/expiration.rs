//! A lifecycle rule that is there already: what of it counts, and what is kept of it when it is replaced.

use super::fixture::{World, in_order, source};
use super::settings::rule;
use crate::model::{Moment, Seen};
use crate::plan::Step;
use crate::producer::Producer;
use crate::state::{ExpirationRule, RuleRest, Transition};

const FOLDER: &str = "AWSLogs/111122223333/elasticloadbalancing/";
/// What rules of earlier versions cover.
const FORMER: &str = "AWSLogs/111122223333/";

/// A bucket with these rules, of which 30 days are asked.
fn with(rules: Vec<ExpirationRule>) -> World {
    let mut world = in_order(Producer::Alb);
    world.draft.expire_days = Some(30);
    world.bucket().lifecycle = Seen::Present(rules);
    world
}

fn written(world: &World) -> Vec<ExpirationRule> {
    let Step::PutExpiration { rules, .. } = world.step("s3:PutBucketLifecycleConfiguration") else { panic!() };
    rules
}

/// What limits a rule, by name.
type Limit = (&'static str, fn(&mut RuleRest));

/// What people add to a rule that limits it in nothing.
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
fn a_rule_that_expires_the_folder_is_there_whatever_else_it_says() {
    assert_eq!(with(vec![ExpirationRule { rest: added(), ..rule(FOLDER, 30) }]).told(), Vec::<String>::new());
    // One without its date, its folder or its force is not.
    let replaces = ["lifecycle-expiration wanted: replaces s3:PutBucketLifecycleConfiguration"];
    let off = ExpirationRule { enabled: false, ..rule(FOLDER, 30) };
    let elsewhere = ExpirationRule { prefix: "else/".to_owned(), ..rule(FOLDER, 30) };
    let narrower = ExpirationRule { narrower: true, ..rule(FOLDER, 30) };
    for old in [off, elsewhere, narrower, rule(FOLDER, 31)] {
        let world = with(vec![old.clone()]);
        assert_eq!(world.told(), replaces, "{old:?}");
        assert_eq!(written(&world), [rule(FOLDER, 30)], "{old:?}");
    }
}

#[test]
fn what_others_added_to_a_rule_of_ours_stays_but_for_what_limits_it() {
    let old = ExpirationRule { rest: added(), ..rule(FOLDER, 31) };
    let kept = [ExpirationRule { rest: added(), ..rule(FOLDER, 30) }];
    assert_eq!(written(&with(vec![rule("else/", 1), old.clone()])), kept);
    let limits: [Limit; 5] = [
        ("a prefix as of old", |rest| rest.of_old = true),
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
fn what_others_added_to_a_rule_of_theirs_is_none_of_ours() {
    let theirs = ExpirationRule { id: "theirs".to_owned(), rest: added(), ..rule(FOLDER, 31) };
    let world = with(vec![theirs.clone()]);
    assert_eq!(written(&world), [rule(FOLDER, 30)]);
    let Step::PutExpiration { before, .. } = world.step("s3:PutBucketLifecycleConfiguration") else { panic!() };
    assert_eq!(before, [theirs]);
}

#[test]
fn a_rule_of_an_earlier_version_stays_until_other_days_are_asked_for() {
    assert_eq!(with(vec![rule(FORMER, 30)]).told(), Vec::<String>::new());
    for old in [rule(FORMER, 31), ExpirationRule { enabled: false, ..rule(FORMER, 30) }] {
        let world = with(vec![old]);
        assert_eq!(world.told(), ["lifecycle-expiration wanted: replaces s3:PutBucketLifecycleConfiguration"]);
        let narrowed = ExpirationRule { id: rule(FORMER, 30).id, ..rule(FOLDER, 30) };
        assert_eq!(written(&world), [narrowed.clone()]);
        assert_eq!(with(vec![narrowed]).told(), Vec::<String>::new());
    }
}

#[test]
fn what_is_moved_later_than_it_is_deleted_is_refused_before_anything_is_changed() {
    let moved = |days, date| {
        let class = Some("GLACIER".to_owned());
        let transitions = vec![Transition { class, days, date, ..Transition::default() }];
        with(vec![ExpirationRule { rest: RuleRest { transitions, ..RuleRest::default() }, ..rule(FOLDER, 365) }])
    };
    for days in [30, 31, 90] {
        let found = moved(Some(days), None).finding("lifecycle-expiration");
        let what = format!("moves objects to GLACIER after {days} days, which is not before they would be deleted");
        assert!(found.refuses() && found.what.contains(&what), "{}", found.what);
    }
    assert!(
        moved(None, Some(Moment(1_800_000_000))).finding("lifecycle-expiration").refuses(),
        "days and dates don't mix"
    );
    assert!(!moved(Some(29), None).finding("lifecycle-expiration").refuses());
}

#[test]
fn a_rule_that_replaces_one_makes_no_more_of_them() {
    let others = |count: usize| (0..count).map(|n| ExpirationRule { id: format!("other-{n}"), ..rule("else/", 1) });
    let own = || std::iter::once(rule(FOLDER, 31));
    assert!(!with(others(999).chain(own()).collect()).finding("lifecycle-expiration").refuses());
    assert!(!with(others(999).collect()).finding("lifecycle-expiration").refuses());
    assert!(with(others(1000).collect()).finding("lifecycle-expiration").refuses());
}

#[test]
fn folders_too_long_for_an_id_have_a_rule_each() {
    let mut world = in_order(Producer::Inventory);
    world.draft.expire_days = Some(30);
    world.draft.prefix = Some("p".repeat(250));
    world.draft.sources.push("b-2".to_owned());
    world.observed.sources.push(source(Producer::Inventory, "b-2"));
    let ids: Vec<String> = written(&world).into_iter().map(|rule| rule.id).collect();
    assert_eq!(ids.len(), 2);
    assert_ne!(ids[0], ids[1]);
    assert!(ids.iter().all(|id| id.len() == 255 && id.starts_with("logbucket-expire-ppp")), "{ids:?}");
}
