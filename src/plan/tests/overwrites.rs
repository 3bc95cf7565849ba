//! The values before and after a step: the run compares them before a write, and the receipt contains them.

use super::fixture::{ACCOUNT, KEY, OTHER_KEY, attach, source, sse_kms, tags};
use super::settings::rule;
use crate::model::{BucketEncryption, BucketName, KeyArn, KeySlot, Region, Seen};
use crate::plan::{Overwrite, Setting, Step};
use crate::producer::{
    InventoryConfiguration, InventoryEncryption, InventoryField, InventoryFormat, InventoryFrequency,
    InventoryVersions, NewInventory, OwnEncryption, Producer, ReportKey, Source, SourceSetting, SourceSlot, SourceStep,
};
use crate::state::Payer;

fn bucket() -> BucketName {
    "acme-logs".parse().unwrap()
}

fn region() -> Region {
    "us-east-1".parse().unwrap()
}

fn key(arn: &str) -> KeyArn {
    arn.parse().unwrap()
}

/// The step's new value if the plan created `OTHER_KEY`, and its new value if the plan created no key yet.
fn after(step: &Step) -> (Option<Setting>, Option<Setting>) {
    let of = |created: Option<&KeyArn>| step.overwrites(created).unwrap().after;
    (of(Some(&key(OTHER_KEY))), of(None))
}

#[test]
fn the_new_default_encryption_is_known_in_advance_unless_its_key_does_not_exist_yet() {
    let before = sse_kms(None);
    let put = |key: Option<KeySlot>, bucket_key| Step::PutBucketEncryption {
        bucket: bucket(),
        before: Some(before.clone()),
        key,
        bucket_key,
        blocked: vec!["SSE-C".to_owned()],
    };
    let known = put(Some(KeySlot::Known(key(KEY))), true);
    let Overwrite { before: seen, after: left } = known.overwrites(None).unwrap();
    assert_eq!(seen, Setting::BucketEncryption(bucket(), Some(before.clone())));
    let by = |arn| Some(Setting::BucketEncryption(bucket(), Some(sse_kms(Some(arn)))));
    assert_eq!(left, by(KEY));
    assert_eq!(after(&known), (by(KEY), by(KEY)), "a key that was named is the one, whatever was made");
    assert_eq!(after(&put(Some(KeySlot::Created), true)), (by(OTHER_KEY), None));
    let plain = Some(Setting::BucketEncryption(bucket(), Some(BucketEncryption::sse_s3())));
    assert_eq!(after(&put(None, false)), (plain.clone(), plain));
}

#[test]
fn the_new_inventory_is_known_in_advance_unless_its_key_does_not_exist_yet() {
    let put = |key: Option<KeySlot>| {
        let inventory = NewInventory {
            id: "all".parse().unwrap(),
            bucket_arn: "arn:aws:s3:::acme-logs".to_owned(),
            account: ACCOUNT.parse().unwrap(),
            prefix: "inv".to_owned(),
            format: InventoryFormat::Orc,
            frequency: InventoryFrequency::Weekly,
            versions: InventoryVersions::All,
            fields: InventoryField::USUAL.to_vec(),
            other_fields: Vec::new(),
            filter: None,
            encryption: key.map_or(OwnEncryption::SseS3, |key| OwnEncryption::SseKms(ReportKey::Slot(key))),
        };
        Step::SetSource(SourceStep::for_inventory("app-data".parse().unwrap(), region(), None, inventory))
    };
    let setting = |value| {
        let (bucket, region, id) = ("app-data".parse().unwrap(), region(), "all".parse().unwrap());
        Setting::Source(SourceSlot::Inventory { bucket, region, id }, SourceSetting::Inventory(value))
    };
    let left = |encryption| {
        Some(setting(Some(InventoryConfiguration {
            enabled: true,
            bucket_arn: "arn:aws:s3:::acme-logs".to_owned(),
            account: Some(ACCOUNT.to_owned()),
            prefix: "inv".to_owned(),
            format: Some(InventoryFormat::Orc),
            frequency: Some(InventoryFrequency::Weekly),
            versions: Some(InventoryVersions::All),
            fields: InventoryField::USUAL.to_vec(),
            encryption,
            other_fields: Vec::new(),
            filter: None,
        })))
    };
    let by = |arn: &str| left(InventoryEncryption::SseKms(arn.to_owned()));
    let plain = put(None);
    let expected = Overwrite { before: setting(None), after: left(InventoryEncryption::SseS3) };
    assert_eq!(plain.overwrites(None), Some(expected));
    assert_eq!(after(&put(Some(KeySlot::Known(key(KEY))))), (by(KEY), by(KEY)));
    assert_eq!(after(&put(Some(KeySlot::Created))), (by(OTHER_KEY), None));
}

#[test]
fn only_the_rules_and_attributes_that_are_written_count() {
    let step = Step::PutExpiration {
        bucket: bucket(),
        before: vec![rule("else/", 1), rule("a/", 2)],
        rules: vec![rule("a/", 3), rule("b/", 3)],
    };
    let ids = vec![rule("a/", 3).id, rule("b/", 3).id];
    let setting = |rules| Setting::LifecycleRules { bucket: bucket(), ids: ids.clone(), rules };
    let expected =
        Overwrite { before: setting(vec![rule("a/", 2)]), after: Some(setting(vec![rule("a/", 3), rule("b/", 3)])) };
    assert_eq!(step.overwrites(None), Some(expected));

    let Source::LoadBalancer(balancer) = source(Producer::Alb, "web") else { panic!("a bucket") };
    let (written, seen) = (tags(&[("a.bucket", "acme-logs"), ("a.enabled", "true")]), tags(&[("a.enabled", "false")]));
    let seen = seen.into_iter().chain(tags(&[("idle_timeout", "60")])).collect();
    let (arn, name) = (balancer.arn.clone(), "web".to_owned());
    let step = Step::SetSource(SourceStep::for_load_balancer(arn, name, &seen, written.clone()));
    let attributes = vec!["a.bucket".to_owned(), "a.enabled".to_owned()];
    let slot = SourceSlot::LoadBalancer { arn: balancer.arn, name: "web".to_owned(), attributes };
    let setting = |value| Setting::Source(slot.clone(), SourceSetting::Attributes(value));
    let expected =
        Overwrite { before: setting(tags(&[("a.bucket", ""), ("a.enabled", "false")])), after: Some(setting(written)) };
    assert_eq!(step.overwrites(None), Some(expected));
}

#[test]
fn every_other_setting_has_the_value_seen_and_the_value_to_write() {
    let mut attached = source(Producer::S3Access, "app-data");
    attach(&mut attached);
    let Source::Bucket(attached) = attached else { panic!("a load balancer") };
    let Seen::Present(logging) = attached.logging else { panic!("off") };
    let policy = |before| Step::PutBucketPolicy { bucket: bucket(), before, after: "new".to_owned(), exempted: None };
    let put_tags = |before| Step::PutBucketTags { bucket: bucket(), before, tags: tags(&[("a", "2")]) };
    let put_key = Step::PutKeyPolicy { key: key(KEY), before: "old".to_owned(), after: "new".to_owned() };
    let log = |before| Step::SetSource(SourceStep::for_logging(bucket(), region(), before, logging.clone()));
    let text = |text: &str| Setting::BucketPolicy(bucket(), Some(text.to_owned()));
    let of_key = |text: &str| Setting::KeyPolicy(key(KEY), text.to_owned());
    let of_log = |value| {
        let slot = SourceSlot::BucketLogging { bucket: bucket(), region: region() };
        Setting::Source(slot, SourceSetting::Logging(value))
    };
    let on = || of_log(Some(logging.clone()));
    let of_tags = |of: &[(&str, &str)]| Setting::BucketTags(bucket(), tags(of));
    let old_tags = [("a", "1"), ("b", "1")];
    let pays = |payer| Setting::Payer(bucket(), payer);
    let cases = [
        (policy(Some("old".to_owned())), text("old"), text("new")),
        (policy(None), Setting::BucketPolicy(bucket(), None), text("new")),
        (put_key, of_key("old"), of_key("new")),
        (put_tags(tags(&old_tags)), of_tags(&old_tags), of_tags(&[("a", "2")])),
        (log(None), of_log(None), on()),
        (log(Some(logging.clone())), on(), on()),
        (Step::LetOwnerPay { bucket: bucket() }, pays(Payer::Requester), pays(Payer::BucketOwner)),
    ];
    for (step, before, after) in cases {
        assert_eq!(step.overwrites(None), Some(Overwrite { before, after: Some(after) }), "{step:?}");
    }
}

#[test]
fn a_step_that_creates_something_overwrites_nothing() {
    let namespace = crate::model::Namespace::Global;
    for step in [
        Step::CreateBucket { bucket: bucket(), region: region(), namespace, tags: tags(&[]) },
        Step::BlockPublicAccess { bucket: bucket() },
        Step::CreateAlias { alias: "alias/logbucket-acme-logs".to_owned(), key: KeySlot::Created },
    ] {
        assert_eq!(step.overwrites(Some(&key(KEY))), None, "{step:?}");
    }
}
