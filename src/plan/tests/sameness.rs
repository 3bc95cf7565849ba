//! Values of settings: equivalent values, values that make a source log to a bucket, and values of a new bucket.

use super::fixture::{ACCOUNT, KEY, OTHER_KEY, attach, source, sse_kms, tags};
use super::settings::rule;
use crate::model::{BucketEncryption, BucketName, Seen};
use crate::plan::{Setting, TARGET_TAG};
use crate::producer::{
    InventoryConfiguration, InventoryEncryption, InventoryField, KeyFormat, Logging, Producer, Source, SourceBucket,
    SourceSetting, SourceSlot,
};
use crate::state::{ExpirationRule, Payer};

/// A named change of a value.
type NamedChange<T> = (&'static str, fn(&mut T));

fn attached() -> SourceBucket {
    let mut attached = source(Producer::S3Access, "app-data");
    attach(&mut attached);
    let Source::Bucket(bucket) = attached else { panic!("a load balancer") };
    bucket
}

fn bucket() -> BucketName {
    "acme-logs".parse().unwrap()
}

fn log_setting(logging: Option<Logging>) -> Setting {
    let slot = SourceSlot::BucketLogging { bucket: bucket(), region: "us-east-1".parse().unwrap() };
    Setting::Source(slot, SourceSetting::Logging(logging))
}

fn inventory_setting(inventory: Option<InventoryConfiguration>) -> Setting {
    let (bucket, region, id) = (bucket(), "us-east-1".parse().unwrap(), "all".parse().unwrap());
    Setting::Source(SourceSlot::Inventory { bucket, region, id }, SourceSetting::Inventory(inventory))
}

fn rules_setting(rules: Vec<ExpirationRule>) -> Setting {
    Setting::LifecycleRules { bucket: bucket(), ids: vec![rule("a/", 1).id], rules }
}

fn logging(change: impl Fn(&mut Logging)) -> Setting {
    let Seen::Present(mut logging) = attached().logging else { panic!("off") };
    change(&mut logging);
    log_setting(Some(logging))
}

fn inventory(change: impl Fn(&mut InventoryConfiguration)) -> Setting {
    let Seen::Present(mut inventory) = attached().inventory else { panic!("off") };
    change(&mut inventory);
    inventory_setting(Some(inventory))
}

fn attributes(of: &[(&str, &str)]) -> Setting {
    let arn = format!("arn:aws:elasticloadbalancing:us-east-1:{ACCOUNT}:loadbalancer/app/web/50dc6c495c0c9188");
    let slot = SourceSlot::LoadBalancer { arn: arn.parse().unwrap(), name: "web".to_owned(), attributes: Vec::new() };
    Setting::Source(slot, SourceSetting::Attributes(tags(of)))
}

#[test]
fn a_log_with_another_destination_or_format_is_different() {
    let one = logging(|_| {});
    assert!(one.is(&one));
    let simple = |said| {
        move |of: &mut Logging| {
            of.key_format = KeyFormat::Simple;
            of.format_is_said = said;
        }
    };
    assert!(logging(simple(true)).is(&logging(simple(false))), "simple keys need no word");
    let others: [NamedChange<Logging>; 4] = [
        ("bucket", |of| of.bucket = "old-logs".to_owned()),
        ("prefix", |of| of.prefix = "app/".to_owned()),
        ("keys", |of| of.key_format = KeyFormat::Simple),
        ("grants", |of| of.grants = vec![crate::producer::TargetGrant::default()]),
    ];
    for (name, change) in others {
        assert!(!one.is(&logging(change)) && !logging(change).is(&one), "{name}");
    }
    let off = log_setting(None);
    assert!(off.is(&off) && !off.is(&one) && !one.is(&off));
}

#[test]
fn inventories_are_the_same_only_if_they_differ_at_most_in_column_order() {
    let one = inventory(|_| {});
    assert!(one.is(&one));
    let reversed = inventory(|of| of.fields.reverse());
    assert!(reversed != one && reversed.is(&one) && one.is(&reversed));
    let others: [NamedChange<InventoryConfiguration>; 10] = [
        ("enabled", |of| of.enabled = false),
        ("bucket", |of| of.bucket_arn = "arn:aws:s3:::old-logs".to_owned()),
        ("account", |of| of.account = None),
        ("prefix", |of| of.prefix = "inv".to_owned()),
        ("format", |of| of.format = None),
        ("frequency", |of| of.frequency = None),
        ("versions", |of| of.versions = None),
        ("one column less", |of| of.fields.truncate(1)),
        ("encryption", |of| of.encryption = InventoryEncryption::SseKms(KEY.to_owned())),
        ("filter", |of| of.filter = Some("a/".to_owned())),
    ];
    for (name, change) in others {
        assert!(!one.is(&inventory(change)) && !inventory(change).is(&one), "{name}");
    }
    let unknown = inventory(|of| of.other_fields = vec!["NewColumn".to_owned()]);
    assert!(!one.is(&unknown) && !unknown.is(&one));
    let none = inventory_setting(None);
    assert!(none.is(&none) && !none.is(&one) && !one.is(&none));
    assert!(!inventory(|of| of.fields.clear()).is(&inventory(|of| of.fields = vec![InventoryField::USUAL[0]])));
}

#[test]
fn sse_s3_is_compared_by_blocked_types_and_sse_kms_by_everything() {
    let setting = |of: BucketEncryption| Setting::BucketEncryption(bucket(), Some(of));
    let plain = |bucket_key, key: Option<&str>| {
        setting(BucketEncryption { bucket_key, key: key.map(str::to_owned), ..BucketEncryption::sse_s3() })
    };
    assert!(plain(true, None).is(&plain(false, None)), "a Bucket Key is one of SSE-KMS");
    assert!(plain(false, Some(KEY)).is(&plain(false, None)));
    let by_key = |key, bucket_key| setting(BucketEncryption { bucket_key, ..sse_kms(key) });
    let one = by_key(Some(KEY), true);
    assert!(one.is(&one));
    let dual = setting(BucketEncryption { algorithm: "aws:kms:dsse".to_owned(), ..sse_kms(Some(KEY)) });
    let unblocked = setting(BucketEncryption { blocked: Vec::new(), ..sse_kms(Some(KEY)) });
    let others = [by_key(Some(KEY), false), by_key(Some(OTHER_KEY), true), by_key(None, true), dual, unblocked];
    for other in
        others.into_iter().chain([plain(true, None), plain(true, Some(KEY)), Setting::BucketEncryption(bucket(), None)])
    {
        assert!(!one.is(&other) && !other.is(&one), "{other:?}");
    }
}

#[test]
fn payer_settings_are_compared() {
    let (owner, requester) = (Setting::Payer(bucket(), Payer::BucketOwner), Setting::Payer(bucket(), Payer::Requester));
    assert!(owner.is(&owner) && requester.is(&requester));
    assert!(!owner.is(&requester) && !requester.is(&owner));
}

#[test]
fn a_source_logs_to_the_bucket_that_an_enabled_log_names() {
    let on = |stem: &str, bucket: &str, enabled: &str| {
        let (bucket_key, enabled_key) = (format!("{stem}.bucket"), format!("{stem}.enabled"));
        attributes(&[(&bucket_key, bucket), (&enabled_key, enabled)])
    };
    let access = "access_logs.s3";
    let cases = [
        ("access log", logging(|_| {}), true),
        ("access log elsewhere", logging(|of| of.bucket = "old-logs".to_owned()), false),
        ("no access log", log_setting(None), false),
        ("inventory", inventory(|_| {}), true),
        ("inventory in China", inventory(|of| of.bucket_arn = "arn:aws-cn:s3:::acme-logs".to_owned()), true),
        ("inventory that is off", inventory(|of| of.enabled = false), false),
        ("inventory elsewhere", inventory(|of| of.bucket_arn = "arn:aws:s3:::old-acme-logs".to_owned()), false),
        ("no inventory", inventory_setting(None), false),
        ("load balancer", on(access, "acme-logs", "true"), true),
        ("connection log", on("connection_logs.s3", "acme-logs", "true"), true),
        ("load balancer that is off", on(access, "acme-logs", "false"), false),
        ("load balancer elsewhere", on(access, "old-logs", "true"), false),
        ("a bucket alone", attributes(&[("access_logs.s3.bucket", "acme-logs")]), false),
        (
            "another log is on",
            attributes(&[("access_logs.s3.bucket", "acme-logs"), ("connection_logs.s3.enabled", "true")]),
            false,
        ),
        (
            "a prefix of the name",
            attributes(&[("access_logs.s3.enabled", "true"), ("access_logs.s3.prefix", "acme-logs")]),
            false,
        ),
        (
            "the second of two",
            attributes(&[
                ("access_logs.s3.bucket", "old-logs"),
                ("access_logs.s3.enabled", "true"),
                ("connection_logs.s3.bucket", "acme-logs"),
                ("connection_logs.s3.enabled", "true"),
            ]),
            true,
        ),
        ("a policy", Setting::BucketPolicy(bucket(), Some("acme-logs".to_owned())), false),
        ("tags", Setting::BucketTags(bucket(), tags(&[("access_logs.s3.bucket", "acme-logs")])), false),
        ("encryption", Setting::BucketEncryption(bucket(), None), false),
        ("rules", rules_setting(Vec::new()), false),
        ("payer", Setting::Payer(bucket(), Payer::BucketOwner), false),
    ];
    for (name, setting, expected) in cases {
        let here = matches!(&setting, Setting::Source(_, value) if value.targets().contains(&"acme-logs"));
        assert_eq!(here, expected, "{name}");
    }
}

#[test]
fn a_new_bucket_has_only_our_tag_and_the_defaults() {
    let cases = [
        (Setting::BucketPolicy(bucket(), None), true),
        (Setting::BucketPolicy(bucket(), Some("{}".to_owned())), false),
        (Setting::BucketTags(bucket(), tags(&[])), true),
        (Setting::BucketTags(bucket(), tags(&[(TARGET_TAG, "destination")])), true),
        (Setting::BucketTags(bucket(), tags(&[("team", "web")])), false),
        (Setting::BucketTags(bucket(), tags(&[(TARGET_TAG, "destination"), ("team", "web")])), false),
        (Setting::BucketEncryption(bucket(), None), true),
        (Setting::BucketEncryption(bucket(), Some(BucketEncryption::sse_s3())), true),
        (Setting::BucketEncryption(bucket(), Some(sse_kms(None))), false),
        (rules_setting(Vec::new()), true),
        (rules_setting(vec![rule("a/", 1)]), false),
        (Setting::Payer(bucket(), Payer::BucketOwner), true),
        (Setting::Payer(bucket(), Payer::Requester), false),
        // These values belong to sources, which logbucket never creates.
        (log_setting(None), false),
        (inventory_setting(None), false),
        (attributes(&[]), false),
    ];
    for (setting, expected) in cases {
        assert_eq!(setting.is_of_a_new_bucket(), expected, "{setting:?}");
    }
}
