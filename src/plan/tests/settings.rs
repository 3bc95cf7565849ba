//! Settings of the destination: prefix, Object Lock, payer, its own log, ownership, tags and expiration.

use super::fixture::{World, bare, denied, each, in_order, new, tags};
use crate::model::{Seen, StorageClass, TransitionAfter};
use crate::plan::{PlannedStep, Step, StepKind};
use crate::producer::{KeyFormat, Logging, Producer};
use crate::request::Expiry;
use crate::state::{ExpirationRule, ObjectLock, Ownership, Payer, RuleRest};

fn lock(retention: Option<&str>) -> Seen<ObjectLock> {
    Seen::Present(ObjectLock { default_retention: retention.map(str::to_owned) })
}

fn own_log() -> Seen<Logging> {
    Seen::Present(Logging {
        bucket: "elsewhere".to_owned(),
        prefix: String::new(),
        key_format: KeyFormat::Simple,
        format_is_said: false,
        grants: Vec::new(),
    })
}

#[test]
fn settings_incompatible_with_s3_access_logs_block_them() {
    each(
        &in_order(Producer::S3Access),
        &[
            ("Object Lock", |world| world.bucket().object_lock = lock(None), &["object-lock error: refused"]),
            (
                "retention",
                |world| world.bucket().object_lock = lock(Some("GOVERNANCE 1 day")),
                &["object-lock error: refused"],
            ),
            (
                "payer",
                |world| world.bucket().payer = Seen::Present(Payer::Requester),
                &["requester-pays error: replaces s3:PutBucketRequestPayment"],
            ),
            ("no payer", |world| world.bucket().payer = Seen::Absent, &[]),
            ("a log of its own", |world| world.bucket().logging = own_log(), &["destination-logged warning: nothing"]),
            (
                "writers own",
                |world| world.bucket().ownership = Seen::Present(Ownership::ObjectWriter),
                &["ownership warning: nothing"],
            ),
            ("no ownership", |world| world.bucket().ownership = Seen::Absent, &["ownership warning: nothing"]),
            ("preferred", |world| world.bucket().ownership = Seen::Present(Ownership::BucketOwnerPreferred), &[]),
        ],
    );
}

#[test]
fn settings_that_might_block_other_logs_cause_a_warning() {
    for producer in [Producer::Alb, Producer::Nlb, Producer::Inventory] {
        each(
            &in_order(producer),
            &[
                ("Object Lock", |world| world.bucket().object_lock = lock(None), &[]),
                (
                    "retention",
                    |world| world.bucket().object_lock = lock(Some("GOVERNANCE 1 day")),
                    &["object-lock warning: nothing"],
                ),
                (
                    "payer",
                    |world| world.bucket().payer = Seen::Present(Payer::Requester),
                    &["requester-pays warning: nothing"],
                ),
                ("a log of its own", |world| world.bucket().logging = own_log(), &[]),
            ],
        );
        let mut world = in_order(producer);
        world.bucket().ownership = Seen::Absent;
        assert_eq!(world.reported().is_empty(), producer != Producer::Alb, "{producer}");
    }
}

#[test]
fn an_unreadable_setting_is_reported_if_it_matters() {
    let unread: &[&str] = &["setting-unreadable warning: nothing"];
    each(
        &in_order(Producer::S3Access),
        &[
            ("Object Lock", |world| world.bucket().object_lock = denied("s3:A"), unread),
            ("payer", |world| world.bucket().payer = denied("s3:A"), unread),
            ("ownership", |world| world.bucket().ownership = denied("s3:A"), unread),
            ("tags", |world| world.bucket().tags = denied("s3:A"), unread),
            ("its own log", |world| world.bucket().logging = denied("s3:A"), unread),
        ],
    );
    each(&in_order(Producer::Alb), &[("its own log", |world| world.bucket().logging = denied("s3:A"), &[])]);
}

#[test]
fn a_prefix_without_a_slash_causes_a_warning_only_for_s3_access_logs() {
    for (producer, prefix, expected) in [
        (Producer::S3Access, "", false),
        (Producer::S3Access, "logs/", false),
        (Producer::S3Access, "logs", true),
        (Producer::Alb, "logs", false),
    ] {
        let mut world = in_order(producer);
        world.draft.prefix = Some(prefix.to_owned());
        let found = world.reported().contains(&"prefix-no-folder warning: nothing".to_owned());
        assert_eq!(found, expected, "{producer} {prefix}");
    }
}

#[test]
fn tags_are_added_to_existing_ones_and_replaced_only_with_consent() {
    let mut base = in_order(Producer::Alb);
    base.draft.tags = vec!["team=web".parse().unwrap(), "env=prod".parse().unwrap()];
    let written = [
        ("none", &[][..], "tags info: adds s3:PutBucketTagging", "`acme-logs` lacks `env=prod`, `team=web`"),
        ("one", &[("env", "prod"), ("x", "y")], "tags info: adds s3:PutBucketTagging", "`acme-logs` lacks `team=web`"),
        (
            "another value",
            &[("env", "test"), ("team", "web")],
            "tags info: replaces s3:PutBucketTagging",
            "`acme-logs` has `env=test`",
        ),
        (
            "both",
            &[("env", "test")],
            "tags info: replaces s3:PutBucketTagging",
            "`acme-logs` lacks `team=web` and has `env=test`",
        ),
    ];
    for (name, present, reported, what) in written {
        let mut world = base.clone();
        world.bucket().tags = if present.is_empty() { Seen::Absent } else { Seen::Present(tags(present)) };
        assert_eq!(world.reported(), [reported], "{name}");
        assert_eq!(world.finding("tags").what(), what, "{name}");
        let Step::PutBucketTags { before, tags: after, .. } = world.step("s3:PutBucketTagging") else { panic!() };
        assert_eq!(before, tags(present), "{name}");
        let mut expected = tags(present);
        expected.extend(tags(&[("team", "web"), ("env", "prod")]));
        assert_eq!(after, expected, "{name}");
    }
    each(
        &base,
        &[
            ("all there", |world| world.bucket().tags = Seen::Present(tags(&[("team", "web"), ("env", "prod")])), &[]),
            (
                "not to be seen",
                |world| world.bucket().tags = denied("s3:GetBucketTagging"),
                &["setting-unreadable warning: nothing", "tags info: refused"],
            ),
        ],
    );
}

pub(super) fn rule(prefix: &str, days: u32) -> ExpirationRule {
    ExpirationRule {
        id: format!("logbucket-expire-{prefix}"),
        enabled: true,
        prefix: prefix.to_owned(),
        narrower: false,
        days: Some(days),
        date: None,
        rest: RuleRest::default(),
    }
}

#[test]
fn old_logs_expire_by_a_rule_for_the_producers_folder() {
    let mut base = in_order(Producer::Alb);
    base.draft.expiry = Expiry::Chosen(Some(30));
    // The rule deletes logs that are already in the bucket.
    let replaces: &[&str] = &["lifecycle-expiration info: replaces s3:PutBucketLifecycleConfiguration"];
    each(
        &base,
        &[
            ("no rule", |_| {}, replaces),
            ("another's", |world| world.bucket().lifecycle = Seen::Present(vec![rule("else/", 1)]), replaces),
            (
                "the rule",
                |world| {
                    world.bucket().lifecycle =
                        Seen::Present(vec![rule("AWSLogs/111122223333/elasticloadbalancing/", 30)]);
                },
                &[],
            ),
            (
                "the rule with other days",
                |world| {
                    world.bucket().lifecycle =
                        Seen::Present(vec![rule("AWSLogs/111122223333/elasticloadbalancing/", 31)]);
                },
                &["lifecycle-expiration info: replaces s3:PutBucketLifecycleConfiguration"],
            ),
            (
                "not to be seen",
                |world| world.bucket().lifecycle = denied("s3:GetLifecycleConfiguration"),
                &["lifecycle-expiration info: refused"],
            ),
            ("999 rules", |world| world.bucket().lifecycle = Seen::Present(vec![rule("else/", 1); 999]), replaces),
            (
                "1000 rules",
                |world| world.bucket().lifecycle = Seen::Present(vec![rule("else/", 1); 1000]),
                &["lifecycle-expiration info: refused"],
            ),
        ],
    );
    base.bucket().lifecycle = Seen::Present(vec![rule("else/", 1)]);
    let Step::PutExpiration { before, rules, .. } = base.step("s3:PutBucketLifecycleConfiguration") else { panic!() };
    assert_eq!((before, rules), (vec![rule("else/", 1)], vec![rule("AWSLogs/111122223333/elasticloadbalancing/", 30)]));
    base.draft.expiry = Expiry::Chosen(Some(1));
    assert!(base.finding("lifecycle-expiration").what().ends_with(" after 1 day"));
}

#[test]
fn a_rule_cannot_delete_anything_of_others_only_on_an_unused_bucket() {
    for producer in Producer::ALL {
        let of = |mut world: World, days, moves: Option<u32>| {
            world.draft.expiry = Expiry::Chosen(days);
            world.draft.transition = moves.map(|days| TransitionAfter { days, class: StorageClass::GlacierIr });
            let steps = world.plan().steps.into_iter();
            let is_rule = |planned: &PlannedStep| matches!(planned.step, Step::PutExpiration { .. });
            steps.filter(is_rule).map(|planned| planned.change).collect::<Vec<_>>()
        };
        let mut unfinished = bare(producer);
        unfinished.make_unfinished();
        assert_eq!(of(bare(producer), Some(30), None), [StepKind::Replaces], "{producer}");
        assert_eq!(of(in_order(producer), Some(30), None), [StepKind::Replaces], "{producer}");
        assert_eq!(of(new(producer), Some(30), None), [StepKind::Adds], "{producer}");
        assert_eq!(of(unfinished, Some(30), None), [StepKind::Adds], "{producer}");
        assert_eq!(of(in_order(producer), None, Some(30)), [StepKind::Adds], "{producer} moves, and deletes nothing");
    }
}

#[test]
fn a_rule_covers_only_the_folders_that_the_service_writes_to_whoever_created_the_bucket() {
    let folders = |world: &World| {
        let Step::PutExpiration { rules, .. } = world.step("s3:PutBucketLifecycleConfiguration") else { panic!() };
        rules.into_iter().map(|rule| rule.prefix).collect::<Vec<_>>()
    };
    for mut world in [bare(Producer::Alb), new(Producer::Alb)] {
        world.draft.expiry = Expiry::Chosen(Some(30));
        world.draft.prefix = Some("web".to_owned());
        assert_eq!(folders(&world), ["web/AWSLogs/111122223333/elasticloadbalancing/"]);
    }
    let mut marked = bare(Producer::Alb);
    marked.draft.expiry = Expiry::Chosen(Some(30));
    marked.draft.prefix = Some("web".to_owned());
    marked.bucket().tags = Seen::Present(tags(&[("logbucket", "no")]));
    assert_eq!(folders(&marked), ["web/AWSLogs/111122223333/elasticloadbalancing/"]);

    let mut simple = in_order(Producer::S3Access);
    simple.draft.expiry = Expiry::Chosen(Some(30));
    simple.logging().key_format = KeyFormat::Simple;
    assert_eq!(simple.reported(), ["lifecycle-expiration info: refused"]);
}

#[test]
fn a_rules_id_is_always_valid_for_the_api() {
    let mut world = in_order(Producer::S3Access);
    world.draft.expiry = Expiry::Chosen(Some(30));
    world.draft.prefix = Some(format!("{}/", "p".repeat(300)));
    let Step::PutExpiration { rules, .. } = world.step("s3:PutBucketLifecycleConfiguration") else { panic!() };
    assert_eq!(rules[0].id.len(), 255);
    assert!(rules[0].id.starts_with("logbucket-expire-ppp"));
}
