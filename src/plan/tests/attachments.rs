//! Sources that are attached, attached elsewhere, or not attached.

use std::collections::BTreeSet;

use super::fixture::{ACCOUNT, Changing, KEY, World, denied, each, in_order, open_key, sse_kms, with_key};
use crate::model::{KeySlot, Seen};
use crate::plan::{ExpectedKey, Step};
use crate::producer::{
    InventoryConfiguration, InventoryEncryption, InventoryField, InventoryFormat, InventoryFrequency,
    InventoryVersions, KeyFormat, LogType, NewInventory, NewSetting, OwnEncryption, PartitionDate, Producer, ReportKey,
    SourceSetting, SourceSlot, SourceStep,
};
use crate::state::Ownership;

const MODIFY: &str = "elasticloadbalancing:ModifyLoadBalancerAttributes";
const INVENTORY: &str = "s3:PutBucketInventoryConfiguration";

type TextPairs = Vec<(String, String)>;

fn attributes(world: &World) -> (TextPairs, TextPairs) {
    let Step::SetSource(SourceStep {
        before: SourceSetting::Attributes(before),
        after: NewSetting::Attributes(attributes),
        ..
    }) = world.step(MODIFY)
    else {
        panic!()
    };
    (before.into_iter().collect(), attributes.into_iter().collect())
}

/// The parts of the step that writes an inventory.
fn inventory_of(step: Step) -> (SourceSlot, Option<InventoryConfiguration>, NewInventory) {
    let Step::SetSource(SourceStep {
        slot,
        before: SourceSetting::Inventory(before),
        after: NewSetting::Inventory(inventory),
    }) = step
    else {
        panic!("{step:?}")
    };
    (slot, before, inventory)
}

fn pairs(stem: &str, of: [(&str, &str); 3]) -> TextPairs {
    of.iter().map(|(name, value)| (format!("{stem}.{name}"), (*value).to_owned())).collect()
}

#[test]
fn a_load_balancer_is_attached_if_it_is_not_attached_yet() {
    let adds: &[&str] = &["attachment-logging info: adds elasticloadbalancing:ModifyLoadBalancerAttributes"];
    let replaces: &[&str] = &["attachment-logging info: replaces elasticloadbalancing:ModifyLoadBalancerAttributes"];
    for producer in [Producer::Alb, Producer::Nlb] {
        each(
            &in_order(producer),
            &[
                ("attached", |_| {}, &[]),
                ("off", |world| world.attribute("access_logs.s3.enabled", "false"), adds),
                ("elsewhere", |world| world.attribute("access_logs.s3.bucket", "theirs"), replaces),
                ("another prefix", |world| world.attribute("access_logs.s3.prefix", "web"), replaces),
                (
                    "off, and elsewhere",
                    |world| {
                        world.attribute("access_logs.s3.enabled", "false");
                        world.attribute("access_logs.s3.bucket", "theirs");
                    },
                    adds,
                ),
                (
                    "not to be seen",
                    |world| world.balancer().attributes = denied("elasticloadbalancing:DescribeLoadBalancerAttributes"),
                    &["attachment-unreadable error: refused"],
                ),
                ("none", |world| world.balancer().attributes = Seen::Absent, &[]),
            ],
        );
    }
    let mut world = in_order(Producer::Alb);
    world.attribute("access_logs.s3.bucket", "theirs");
    world.attribute("access_logs.s3.prefix", "old");
    world.attribute("idle_timeout.timeout_seconds", "60");
    let (before, after) = attributes(&world);
    assert_eq!(before, pairs("access_logs.s3", [("bucket", "theirs"), ("enabled", "true"), ("prefix", "old")]));
    assert_eq!(after, pairs("access_logs.s3", [("bucket", "acme-logs"), ("enabled", "true"), ("prefix", "")]));
    let finding = world.finding("attachment-logging");
    assert_eq!(finding.what(), "`web`: the access log goes to `theirs/old`");
    let risk = finding.steps()[0].risk.as_ref().unwrap().text();
    assert_eq!(risk, "new logs no longer go to `theirs/old`; existing ones stay there");
}

#[test]
fn only_the_logs_that_differ_are_written() {
    let mut world = in_order(Producer::Alb);
    world.draft.choices.log_types = BTreeSet::from([LogType::Access, LogType::Connection]);
    let (_, after) = attributes(&world);
    let stem = LogType::Connection.attribute_stem();
    assert_eq!(after, pairs(stem, [("bucket", "acme-logs"), ("enabled", "true"), ("prefix", "")]));
    let what = world.finding("attachment-logging").what();
    assert_eq!(what, "`web`: the access log goes there already, the connection log is off");
    assert_eq!(world.plan().fresh_logs, BTreeSet::from([LogType::Connection]));
    world.attribute("access_logs.s3.bucket", "theirs");
    world.attribute(&format!("{stem}.enabled"), "true");
    world.attribute(&format!("{stem}.bucket"), "theirs");
    let risk = world.finding("attachment-logging").steps()[0].risk.as_ref().unwrap().text();
    assert_eq!(risk, "new logs no longer go to `theirs`; existing ones stay there");
}

#[test]
fn a_log_counts_as_new_if_it_is_turned_on_or_moved() {
    let fresh = |change: Changing| {
        let mut world = in_order(Producer::Alb);
        change(&mut world);
        !world.plan().fresh_logs.is_empty()
    };
    assert!(!fresh(|_| {}));
    assert!(fresh(|world| world.attribute("access_logs.s3.enabled", "false")));
    assert!(fresh(|world| world.attribute("access_logs.s3.bucket", "theirs")));
    assert!(fresh(|world| world.attribute("access_logs.s3.prefix", "web")));
    assert!(in_order(Producer::S3Access).plan().fresh_logs.is_empty());
}

#[test]
fn after_a_fix_the_source_is_attached_again_to_make_aws_check_the_destination() {
    let mut world = in_order(Producer::Alb);
    world.bucket().policy = Seen::Absent;
    assert_eq!(
        world.reported(),
        [
            "policy-grant error: adds s3:PutBucketPolicy",
            "attachment-logging info: adds elasticloadbalancing:ModifyLoadBalancerAttributes",
        ]
    );
    assert!(
        world
            .finding("attachment-logging")
            .what()
            .starts_with("`web` already logs here; sending the same attributes again may")
    );
    let (before, after) = attributes(&world);
    assert_eq!(before, after);
    // A change that does not affect the service is not a reason to attach again.
    let mut world = in_order(Producer::Alb);
    world.draft.tags = vec!["team=web".parse().unwrap()];
    assert_eq!(world.reported(), ["tags info: adds s3:PutBucketTagging"]);
}

#[test]
fn an_access_log_that_is_turned_on_or_moved_keeps_its_key_format() {
    let replaces: &[&str] = &["attachment-logging info: replaces s3:PutBucketLogging"];
    each(
        &in_order(Producer::S3Access),
        &[
            ("attached", |_| {}, &[]),
            ("simple keys that no one objects to", |world| world.logging().key_format = KeyFormat::Simple, &[]),
            (
                "simple keys where others are asked for",
                |world| {
                    world.logging().key_format = KeyFormat::Simple;
                    world.draft.choices.partition = Some(PartitionDate::Event);
                },
                replaces,
            ),
            ("the keys asked for", |world| world.draft.choices.partition = Some(PartitionDate::Event), &[]),
            ("other keys", |world| world.draft.choices.partition = Some(PartitionDate::Delivery), replaces),
            (
                "off",
                |world| world.source_bucket().logging = Seen::Absent,
                &["attachment-logging info: adds s3:PutBucketLogging"],
            ),
            ("elsewhere", |world| world.logging().bucket = "theirs".to_owned(), replaces),
            ("another prefix", |world| world.logging().prefix = "web/".to_owned(), replaces),
            (
                "not to be seen",
                |world| world.source_bucket().logging = denied("s3:GetBucketLogging"),
                &["attachment-unreadable error: refused"],
            ),
        ],
    );
    let written = |change: Changing| {
        let mut world = in_order(Producer::S3Access);
        change(&mut world);
        let Step::SetSource(SourceStep {
            slot,
            before: SourceSetting::Logging(before),
            after: NewSetting::Logging(logging),
        }) = world.step("s3:PutBucketLogging")
        else {
            panic!()
        };
        let reported =
            |logging: crate::producer::Logging| format!("{}/{} {}", logging.bucket, logging.prefix, logging.key_format);
        (slot.source().to_owned(), before.map(reported), Some(reported(logging)))
    };
    let simple = KeyFormat::Simple.to_string();
    assert_eq!(
        written(|world| {
            world.logging().bucket = "theirs".to_owned();
            world.logging().key_format = KeyFormat::Simple;
        }),
        ("app-data".to_owned(), Some(format!("theirs/ {simple}")), Some(format!("acme-logs/ {simple}")))
    );
    // A source that already logs to the destination determines the key format of a new source.
    assert_eq!(
        written(|world| {
            let mut second = super::fixture::source(Producer::S3Access, "b-2");
            super::fixture::attach(&mut second);
            if let crate::producer::Source::Bucket(bucket) = &mut second {
                bucket.logging = Seen::Absent;
            }
            world.draft.sources.push("b-2".to_owned());
            world.observed.sources.push(second);
            world.logging().key_format = KeyFormat::Simple;
        }),
        ("b-2".to_owned(), None, Some(format!("acme-logs/ {simple}")))
    );
}

#[test]
fn an_inventory_that_differs_is_replaced_and_the_difference_is_reported() {
    let cases: [(&str, Changing); 9] = [
        ("being off", |world| world.inventory().enabled = false),
        ("its destination", |world| world.inventory().bucket_arn = "arn:aws:s3:::theirs".to_owned()),
        ("the destination's account", |world| world.inventory().account = Some("444455556666".to_owned())),
        ("its prefix", |world| world.inventory().prefix = "inv".to_owned()),
        ("its format", |world| world.draft.choices.format = Some(InventoryFormat::Orc)),
        ("its frequency", |world| world.draft.choices.frequency = Some(InventoryFrequency::Weekly)),
        ("the versions it lists", |world| world.draft.choices.versions = Some(InventoryVersions::All)),
        ("its fields", |world| world.draft.choices.fields = Some(InventoryField::USUAL[..3].iter().copied().collect())),
        ("its encryption", |world| {
            world.draft.choices.report_kms_key = Some(KEY.parse().unwrap());
            world.observed.report_key = Seen::Present(open_key(Producer::Inventory, world));
        }),
    ];
    for (what, change) in cases {
        let mut world = in_order(Producer::Inventory);
        change(&mut world);
        // An export fails if the configured account does not own the bucket. Any other difference is a choice.
        let severity = if what == "the destination's account" { "error" } else { "info" };
        let expected = format!("attachment-inventory {severity}: replaces s3:PutBucketInventoryConfiguration");
        assert_eq!(world.reported(), [expected], "{what}");
        let finding = world.finding("attachment-inventory");
        assert_eq!(finding.what(), format!("inventory `logbucket` of `app-data` differs in {what}"));
        let (slot, before, inventory) = inventory_of(world.step(INVENTORY));
        assert_eq!(slot.source(), "app-data");
        assert_eq!(before.as_ref(), Some(&*world.inventory()), "{what}");
        assert_eq!(inventory.bucket_arn, "arn:aws:s3:::acme-logs");
    }
    each(
        &in_order(Producer::Inventory),
        &[
            ("in order", |_| {}, &[]),
            ("a filter, which is someone's choice", |world| world.inventory().filter = Some("photos/".to_owned()), &[]),
            ("columns of a later version", |world| world.inventory().other_fields = vec!["Mood".to_owned()], &[]),
            ("no account named", |world| world.inventory().account = None, &[]),
            (
                "the bucket's default, which is SSE-S3",
                |world| world.inventory().encryption = InventoryEncryption::BucketDefault,
                &[],
            ),
            (
                "none",
                |world| world.source_bucket().inventory = Seen::Absent,
                &["attachment-inventory info: adds s3:PutBucketInventoryConfiguration"],
            ),
            (
                "not to be seen",
                |world| world.source_bucket().inventory = denied("s3:GetInventoryConfiguration"),
                &["attachment-unreadable error: refused"],
            ),
        ],
    );
    // If a configuration is rewritten for another reason, it keeps the properties that no flag can request.
    let mut world = in_order(Producer::Inventory);
    world.inventory().filter = Some("photos/".to_owned());
    world.inventory().other_fields = vec!["Mood".to_owned()];
    world.inventory().prefix = "inv".to_owned();
    let (_, _, inventory) = inventory_of(world.step(INVENTORY));
    assert_eq!((inventory.filter.as_deref(), inventory.other_fields), (Some("photos/"), vec!["Mood".to_owned()]));
    let mut world = in_order(Producer::Inventory);
    world.source_bucket().inventory = Seen::Absent;
    let (slot, _, inventory) = inventory_of(world.step(INVENTORY));
    assert_eq!(slot.source(), "app-data");
    assert_eq!(
        (inventory.id.as_str(), inventory.account.as_str(), inventory.prefix.as_str(), inventory.encryption),
        ("logbucket", ACCOUNT, "", OwnEncryption::SseS3)
    );
}

#[test]
fn an_inventory_without_an_encryption_does_not_get_one_as_a_side_effect() {
    let mut base = in_order(Producer::Inventory);
    base.inventory().encryption = InventoryEncryption::BucketDefault;
    for (differs, change) in [
        (
            "the destination's account",
            (|world| world.inventory().account = Some("999999999999".to_owned())) as Changing,
        ),
        ("being off", |world| world.inventory().enabled = false),
        ("its prefix", |world| world.inventory().prefix = "inv".to_owned()),
    ] {
        let mut world = base.clone();
        change(&mut world);
        let what = world.finding("attachment-inventory").what();
        assert_eq!(what, format!("inventory `logbucket` of `app-data` differs in {differs}"));
        let (_, _, inventory) = inventory_of(world.step(INVENTORY));
        assert_eq!(inventory.encryption, OwnEncryption::BucketDefault, "{differs}");
    }
}

#[test]
fn target_grants_for_a_bucket_without_acls_cause_a_warning() {
    let mut world = in_order(Producer::S3Access);
    world.logging().grants = vec![crate::producer::TargetGrant::default()];
    assert_eq!(world.reported(), ["target-grants warning: nothing"]);
    let what = world.finding("target-grants").what();
    assert!(what.starts_with("`app-data` logs with target grants, and `acme-logs` has ACLs disabled"), "{what}");
    for ownership in [Seen::Absent, Seen::Present(Ownership::BucketOwnerPreferred)] {
        world.bucket().ownership = ownership;
        assert!(!world.reported().iter().any(|line| line.starts_with("target-grants")));
    }
}

#[test]
fn reports_get_the_requested_key_or_a_default_key_that_works() {
    let key = |world: &World| {
        let plan = world.plan();
        let written = plan.steps.iter().find_map(|planned| {
            let Step::SetSource(SourceStep { after: NewSetting::Inventory(inventory), .. }) = &planned.step else {
                return None;
            };
            Some(match inventory.encryption.clone() {
                OwnEncryption::SseKms(slot) => Some(slot),
                OwnEncryption::SseS3 => None,
                OwnEncryption::BucketDefault => panic!("by the bucket's default"),
            })
        });
        (plan.expected_of_producer, written)
    };
    let known = ExpectedKey::Known(KEY.to_owned());
    let slot = || ReportKey::Slot(KeySlot::Known(KEY.parse().unwrap()));
    // If the bucket's default is a key that allows the service, a new inventory uses the key.
    let mut world = with_key(Producer::Inventory);
    world.source_bucket().inventory = Seen::Absent;
    assert_eq!(key(&world), (known.clone(), Some(Some(slot()))));
    // No one requested a key, so an inventory may use the bucket's default, the key itself, or SSE-S3.
    let mut world = with_key(Producer::Inventory);
    world.inventory().encryption = InventoryEncryption::BucketDefault;
    assert_eq!(key(&world), (known.clone(), None));
    world.inventory().encryption = InventoryEncryption::SseKms(KEY.to_owned());
    assert_eq!(key(&world), (known.clone(), None));
    world.inventory().encryption = InventoryEncryption::SseS3;
    assert_eq!(key(&world), (ExpectedKey::None, None));
    // Without a request, the key of the current reports is kept. A key that no longer works is not replaced either: the
    // plan is refused.
    let mut world = in_order(Producer::Inventory);
    world.observed.report_key = Seen::Present(open_key(Producer::Inventory, &world));
    world.inventory().encryption = InventoryEncryption::SseKms(KEY.to_owned());
    assert_eq!(key(&world), (known.clone(), None));
    world.inventory().prefix = "inv".to_owned();
    assert_eq!(key(&world), (known.clone(), Some(Some(slot()))));
    let mut dead = open_key(Producer::Inventory, &world);
    dead.state = "PendingDeletion".to_owned();
    world.observed.report_key = Seen::Present(dead);
    assert_eq!(key(&world), (known.clone(), Some(Some(slot()))));
    assert!(world.finding("key-unusable").refuses());
    world.observed.report_key = denied("kms:DescribeKey");
    assert_eq!(key(&world), (known.clone(), Some(Some(slot()))));
    // A key that is named by an alias stays, even if the alias could not be resolved or something else changes.
    let alias = "alias/reports";
    world.inventory().encryption = InventoryEncryption::SseKms(alias.to_owned());
    assert_eq!(key(&world), (ExpectedKey::Unknown, Some(Some(ReportKey::AsToday(alias.to_owned())))));
    world.inventory().prefix = String::new();
    assert_eq!(key(&world), (ExpectedKey::Unknown, None));
    world.observed.report_key = Seen::Present(open_key(Producer::Inventory, &world));
    assert_eq!(key(&world), (known.clone(), None));
    world.draft.choices.report_kms_key = Some(alias.parse().unwrap());
    assert_eq!(key(&world), (known.clone(), None));
    // If the alias names no key, the plan is refused.
    world.draft.choices.report_kms_key = None;
    world.observed.report_key = Seen::Absent;
    assert_eq!(key(&world), (ExpectedKey::Unknown, None));
    assert!(world.finding("key-unusable").refuses());
    // A requested key overrides every default encryption of the bucket.
    let mut world = in_order(Producer::Inventory);
    world.draft.choices.report_kms_key = Some(KEY.parse().unwrap());
    world.observed.report_key = Seen::Present(open_key(Producer::Inventory, &world));
    world.bucket().encryption = Seen::Present(sse_kms(None));
    assert_eq!(key(&world), (known, Some(Some(slot()))));
    world.inventory().encryption = InventoryEncryption::BucketDefault;
    assert_eq!(key(&world).1, Some(Some(slot())));
    // A requested key may not exist yet.
    world.draft.choices.report_kms_key = Some("create".parse().unwrap());
    world.observed.report_key = Seen::Absent;
    assert_eq!(key(&world), (ExpectedKey::Created, Some(Some(ReportKey::Slot(KeySlot::Created)))));
    // No key means SSE-S3.
    assert_eq!(key(&in_order(Producer::Inventory)), (ExpectedKey::None, None));
    // The key check refuses a named key that does not exist, and the configuration names no other key.
    world.draft.choices.report_kms_key = Some(KEY.parse().unwrap());
    assert_eq!(key(&world), (ExpectedKey::None, Some(None)));
    // The other producers' objects have the bucket's default encryption.
    assert_eq!(with_key(Producer::Nlb).plan().expected_of_producer, ExpectedKey::Known(KEY.to_owned()));
    assert_eq!(in_order(Producer::Alb).plan().expected_of_producer, ExpectedKey::None);
}

#[test]
fn inventory_settings_that_were_not_requested_are_kept() {
    let odd = |world: &mut World| {
        world.inventory().format = Some(InventoryFormat::Parquet);
        world.inventory().frequency = Some(InventoryFrequency::Weekly);
        world.inventory().versions = Some(InventoryVersions::All);
        world.inventory().fields.truncate(1);
    };
    let mut world = in_order(Producer::Inventory);
    odd(&mut world);
    assert_eq!(world.reported(), Vec::<String>::new());
    // Only the requested properties change.
    let asked: [(&str, Changing); 3] = [
        ("its prefix", |world| world.draft.prefix = Some("inv".to_owned())),
        ("its format", |world| world.draft.choices.format = Some(InventoryFormat::Csv)),
        ("being off", |world| world.inventory().enabled = false),
    ];
    for (what, change) in asked {
        let mut world = in_order(Producer::Inventory);
        odd(&mut world);
        change(&mut world);
        let finding = world.finding("attachment-inventory");
        assert_eq!(finding.what(), format!("inventory `logbucket` of `app-data` differs in {what}"));
        let (_, before, after) = inventory_of(world.step(INVENTORY));
        let before = before.unwrap();
        let format = if what == "its format" { InventoryFormat::Csv } else { InventoryFormat::Parquet };
        assert_eq!((after.format, after.frequency), (format, InventoryFrequency::Weekly), "{what}");
        assert_eq!((after.versions, after.fields), (InventoryVersions::All, before.fields), "{what}");
    }
    // An unknown value stays, or is reported if it can't stay.
    let mut world = in_order(Producer::Inventory);
    world.inventory().format = None;
    assert_eq!(world.reported(), Vec::<String>::new());
    world.inventory().frequency = Some(InventoryFrequency::Weekly);
    world.draft.choices.frequency = Some(InventoryFrequency::Daily);
    let what = world.finding("attachment-inventory").what();
    assert!(what.ends_with("differs in its frequency, its format"), "{what}");
}

#[test]
fn without_a_requested_prefix_a_log_to_the_same_bucket_keeps_its_prefix() {
    for producer in Producer::ALL {
        let prefix = if producer == Producer::S3Access { "team/" } else { "team" };
        let mut world = in_order(producer);
        world.draft.prefix = Some(prefix.to_owned());
        let place = world.plan();
        // The same run, but the log already goes to the prefix.
        let mut there = in_order(producer);
        there.draft.prefix = None;
        there.policy(&serde_json::json!([super::policies::allow(producer, &serde_json::json!({}))]));
        match producer {
            Producer::Alb | Producer::Clb | Producer::Nlb => {
                there.attribute("access_logs.s3.prefix", prefix);
            }
            Producer::S3Access => prefix.clone_into(&mut there.logging().prefix),
            Producer::Inventory => prefix.clone_into(&mut there.inventory().prefix),
            Producer::VpcFlow => prefix.clone_into(&mut there.flow_log().settings.prefix),
        }
        let kept = there.plan();
        assert_eq!(kept.destination.prefix, place.destination.prefix, "{producer}");
        let attaches = |step: &Step| step.api() == producer.facts().attachment.api;
        assert!(!kept.steps.iter().any(|planned| attaches(&planned.step)), "{producer}: {:?}", there.reported());
        // The log only moves to the root if the root is requested.
        there.draft.prefix = Some(String::new());
        let moved = there.plan();
        assert!(
            moved.destination.prefix.is_root() && moved.steps.iter().any(|planned| attaches(&planned.step)),
            "{producer}"
        );
    }
}
