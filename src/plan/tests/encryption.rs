//! The default encryption is kept if the producer can write with it, and replaced otherwise.

use super::fixture::{
    Changing, KEY, OTHER_KEY, World, bare, closed_key, denied, each, in_order, new, sse_kms, with_key,
};
use crate::model::{BucketEncryption, EncryptionKind, KeyChoice, KeySlot, Seen};
use crate::plan::{ExpectedKey, Step};
use crate::producer::Producer;
use crate::state::{BucketOrigin, KeyManager};

fn put(world: &World) -> (Option<BucketEncryption>, Option<KeySlot>, bool, Vec<String>) {
    let step = world.step("s3:PutBucketEncryption");
    let Step::PutBucketEncryption { before, key, bucket_key, blocked, .. } = step else { panic!("{step:?}") };
    (before, key, bucket_key, blocked)
}

fn known() -> KeySlot {
    KeySlot::Known(KEY.parse().unwrap())
}

#[test]
fn an_encryption_that_the_producer_cannot_write_with_is_replaced_by_sse_s3() {
    let dsse = || BucketEncryption { algorithm: "aws:kms:dsse".to_owned(), ..sse_kms(Some(KEY)) };
    let newer = || BucketEncryption { algorithm: "aws:new".to_owned(), ..sse_kms(None) };
    for producer in [Producer::Alb, Producer::Nlb, Producer::S3Access] {
        for encryption in [sse_kms(None), sse_kms(Some("alias/aws/s3")), dsse(), newer()] {
            let mut world = in_order(producer);
            world.bucket().encryption = Seen::Present(encryption.clone());
            let reported = world.reported();
            let expected = "encryption-not-writable error: replaces s3:PutBucketEncryption";
            assert_eq!(reported.first().map(String::as_str), Some(expected), "{producer} {encryption:?}: {reported:?}");
            let blocked = vec!["SSE-C".to_owned()];
            assert_eq!(put(&world), (Some(encryption), None, false, blocked), "{producer}");
            assert_eq!(world.plan().expected_key, ExpectedKey::None);
        }
        let mut world = in_order(producer);
        assert_eq!(world.reported(), Vec::<String>::new(), "{producer}");
        world.bucket().encryption = Seen::Absent;
        assert_eq!(world.reported(), Vec::<String>::new(), "{producer}: no setting has been SSE-S3 since 2023");
    }
}

#[test]
fn a_customer_managed_key_is_kept_only_if_the_producer_can_use_it() {
    let replaced = "encryption-not-writable error: replaces s3:PutBucketEncryption";
    for (producer, kept) in
        [(Producer::Alb, false), (Producer::Nlb, true), (Producer::S3Access, false), (Producer::Inventory, true)]
    {
        let mut world = with_key(producer);
        if producer == Producer::Inventory {
            world.inventory().encryption = crate::producer::InventoryEncryption::BucketDefault;
        }
        let reported = world.reported();
        assert_eq!(reported.iter().any(|line| line == replaced), !kept, "{producer}: {reported:?}");
        assert_eq!(reported.is_empty(), kept, "{producer}: {reported:?}");
        let expected = if kept { ExpectedKey::Known(KEY.to_owned()) } else { ExpectedKey::None };
        assert_eq!(world.plan().expected_key, expected, "{producer}");
    }
}

#[test]
fn a_key_that_is_kept_must_be_usable_and_named_by_its_arn() {
    let base = with_key(Producer::Nlb);
    let replaced = "encryption-not-writable error: replaces s3:PutBucketEncryption";
    let renamed = "encryption-key-not-arn error: replaces s3:PutBucketEncryption";
    let first = |change: Changing| {
        let mut world = base.clone();
        change(&mut world);
        let first = world.reported().into_iter().next().unwrap_or_default();
        let key = if first.is_empty() { None } else { put(&world).1 };
        (first, key)
    };
    assert_eq!(first(|_| {}), (String::new(), None));
    // The setting names the key by its alias: the plan writes the same key by its ARN, and keeps the Bucket Key.
    let by_alias: Changing = |world| world.bucket().encryption = Seen::Present(sse_kms(Some("alias/logs")));
    assert_eq!(first(by_alias), (renamed.to_owned(), Some(known())));
    let mut world = base.clone();
    by_alias(&mut world);
    assert!(put(&world).2);
    assert_eq!(
        world.finding("encryption-key-not-arn").what(),
        "the default encryption of `acme-logs` names its key as `alias/logs`"
    );
    assert!(world.finding("encryption-key-not-arn").why().contains("only the full ARN"));
    // The key's name looks like a customer managed key, but AWS manages it.
    assert_eq!(first(|world| world.key().manager = KeyManager::Aws), (replaced.to_owned(), None));
    // A key that the caller can't describe stays.
    let mut unseen = base.clone();
    unseen.observed.default_key = denied("kms:DescribeKey");
    assert_eq!(unseen.reported(), ["key-policy-unreadable warning: nothing"]);
    assert_eq!(unseen.plan().expected_key, ExpectedKey::Known(KEY.to_owned()));
    by_alias(&mut unseen);
    assert_eq!(unseen.reported(), ["key-policy-unreadable warning: refused"]);
    assert_eq!(unseen.plan().expected_key, ExpectedKey::Unknown);
}

/// A change of a world, the reason why the key then fails, and the start of the hint.
type Failing = (Changing, &'static str, &'static str);

#[test]
fn a_failing_default_key_is_named_and_not_replaced_unless_requested() {
    let other = "choose another encryption with `--encryption sse-s3` or `--kms-key KEY`";
    let elsewhere = || Seen::Present(sse_kms(Some(&KEY.replace("us-east-1", "us-west-2"))));
    let cases: [Failing; 7] = [
        (
            |world| world.key().state = "Disabled".to_owned(),
            "is in state Disabled",
            "`aws kms enable-key --region us-east-1",
        ),
        (
            |world| world.key().state = "PendingDeletion".to_owned(),
            "is in state PendingDeletion",
            "`aws kms cancel-key-deletion --region us-east-1",
        ),
        (|world| world.key().state = "PendingImport".to_owned(), "is in state PendingImport", other),
        (|world| world.observed.default_key = Seen::Absent, "does not exist", other),
        (
            |world| {
                world.observed.default_key = Seen::Absent;
                world.bucket().encryption = Seen::Present(sse_kms(Some("alias/logs")));
            },
            "does not exist",
            other,
        ),
        (
            |world| world.key().arn = KEY.replace("us-east-1", "us-west-2").parse().unwrap(),
            "is in us-west-2, but the bucket is in us-east-1",
            other,
        ),
        (|world| world.key().spec = "RSA_2048".to_owned(), "is a RSA_2048 key", other),
    ];
    let failing = |change: &dyn Fn(&mut World), why: &str, hint: &str| {
        let mut world = with_key(Producer::Nlb);
        change(&mut world);
        assert_eq!(world.reported(), ["key-unusable error: refused"], "{why}");
        let found = world.finding("key-unusable");
        assert!(found.what().contains("the default encryption key of `acme-logs`"), "{}", found.what());
        assert!(found.what().contains(why), "{}", found.what());
        assert!(found.never_delivers() && !found.names_nothing());
        assert!(found.hint().unwrap().starts_with(hint), "{:?}", found.hint());
        // If SSE-S3 is requested, the plan sets it.
        world.draft.encryption = Some(EncryptionKind::SseS3);
        let reported = world.reported();
        assert!(reported[0].ends_with(" error: replaces s3:PutBucketEncryption"), "{why}: {reported:?}");
        assert_eq!(put(&world).1, None);
        // If a working key is requested, the plan sets it.
        world.draft.encryption = None;
        world.draft.kms_key = Some(OTHER_KEY.parse().unwrap());
        let mut works = super::fixture::open_key(Producer::Nlb, &world);
        works.arn = OTHER_KEY.parse().unwrap();
        world.observed.default_key = Seen::Present(works);
        assert_eq!(put(&world).1, Some(KeySlot::Known(OTHER_KEY.parse().unwrap())), "{why}");
    };
    for (change, why, hint) in cases {
        failing(&change, why, hint);
    }
    // The ARN contains the Region, even if the key could not be read.
    for unseen in [Seen::Absent, denied("kms:DescribeKey")] {
        let change = |world: &mut World| {
            world.bucket().encryption = elsewhere();
            world.observed.default_key = unseen.clone();
        };
        failing(&change, "is in us-west-2, but the bucket is in us-east-1", other);
    }
    // A producer that can't use any key gets SSE-S3.
    let mut alb = in_order(Producer::Alb);
    alb.bucket().encryption = Seen::Present(sse_kms(Some(KEY)));
    assert_eq!(alb.reported()[0], "encryption-not-writable error: replaces s3:PutBucketEncryption");
    // If an inventory uses a default with a failing key, the finding names the key.
    let mut report = with_key(Producer::Inventory);
    report.inventory().encryption = crate::producer::InventoryEncryption::BucketDefault;
    report.observed.default_key = Seen::Absent;
    let what = report.finding("key-unusable").what();
    assert!(what.starts_with(&format!("`{KEY}`, the default encryption key of `acme-logs`, does not exist")), "{what}");
    assert_eq!(report.reported()[0], "key-unusable error: with attachment-inventory");
}

#[test]
fn access_logs_are_uncertain_with_a_key_that_allows_them_and_dead_with_any_other() {
    let reported = |change: &dyn Fn(&mut World)| {
        let mut world = in_order(Producer::S3Access);
        world.bucket().encryption = Seen::Present(sse_kms(Some(KEY)));
        world.observed.default_key = Seen::Present(closed_key());
        change(&mut world);
        (world.reported()[0].clone(), world.finding("encryption-not-writable").what())
    };
    let allow = |world: &mut World, service: &str, condition: serde_json::Value| {
        let grant = serde_json::json!({ "Effect": "Allow", "Principal": { "Service": service },
            "Action": ["kms:GenerateDataKey*", "kms:Decrypt"], "Resource": "*", "Condition": condition });
        let document = crate::iam::Document::parse(world.key().policy.present().unwrap()).unwrap();
        world.key().policy = Seen::Present(document.with_statement_appended(grant).to_text());
    };
    let (shut, doubt) = (
        "encryption-not-writable error: replaces s3:PutBucketEncryption",
        "encryption-not-writable warning: replaces s3:PutBucketEncryption",
    );
    let none = || serde_json::json!({});
    let service = "logging.s3.amazonaws.com";
    assert_eq!(reported(&|_| {}).0, shut);
    assert_eq!(reported(&|world| allow(world, "delivery.logs.amazonaws.com", none())).0, shut);
    assert_eq!(
        reported(&|world| allow(
            world,
            service,
            serde_json::json!({ "Bool": { "aws:PrincipalIsAWSService": "false" } })
        ))
        .0,
        shut
    );
    let (line, what) = reported(&|world| allow(world, service, none()));
    assert_eq!(line, doubt);
    assert!(what.ends_with(", and its key policy allows or may allow `logging.s3.amazonaws.com`"), "{what}");
    let by_source = serde_json::json!({ "StringEquals": { "aws:SourceAccount": super::fixture::ACCOUNT } });
    assert_eq!(reported(&|world| allow(world, service, by_source.clone())).0, doubt);
    // An unreadable key or policy may allow the service. A key that is gone does not.
    assert_eq!(reported(&|world| world.observed.default_key = denied("kms:DescribeKey")).0, doubt);
    assert_eq!(reported(&|world| world.key().policy = denied("kms:GetKeyPolicy")).0, doubt);
    assert_eq!(reported(&|world| world.observed.default_key = Seen::Absent).0, shut);
    assert_eq!(
        reported(&|world| {
            allow(world, service, none());
            world.key().state = "Disabled".to_owned();
        })
        .0,
        shut
    );
    // The service resolves a name that is not an ARN to another key.
    assert_eq!(
        reported(&|world| {
            allow(world, service, none());
            world.bucket().encryption = Seen::Present(sse_kms(Some("alias/logs")));
        })
        .0,
        shut
    );
}

#[test]
fn reports_with_their_own_encryption_do_not_change_the_default_encryption() {
    for default in [sse_kms(None), sse_kms(Some(KEY)), sse_kms(Some("alias/logs"))] {
        let mut world = in_order(Producer::Inventory);
        world.bucket().encryption = Seen::Present(default);
        world.observed.default_key = Seen::Present(closed_key());
        assert_eq!(world.reported(), Vec::<String>::new());
        world.source_bucket().inventory = Seen::Absent;
        assert_eq!(world.reported(), ["attachment-inventory info: adds s3:PutBucketInventoryConfiguration at risk"]);
        let risk = world.finding("attachment-inventory").steps()[0].risk.as_ref().unwrap().text();
        assert!(risk.contains("reports get SSE-S3") && risk.contains("--report-kms-key"), "{risk}");
        world.bucket().encryption = denied("s3:GetEncryptionConfiguration");
        assert_eq!(world.reported(), ["attachment-inventory info: adds s3:PutBucketInventoryConfiguration"]);
    }
    // A request replaces the default, although the reports don't need the change.
    let mut world = in_order(Producer::Inventory);
    world.bucket().encryption = Seen::Present(sse_kms(None));
    world.draft.encryption = Some(EncryptionKind::SseS3);
    assert_eq!(world.reported(), ["encryption-not-as-asked info: replaces s3:PutBucketEncryption"]);
}

#[test]
fn an_inventory_without_encryption_keeps_a_working_default_and_else_names_sse_s3() {
    let mut base = with_key(Producer::Inventory);
    base.inventory().encryption = crate::producer::InventoryEncryption::BucketDefault;
    let names_it = "attachment-inventory info: replaces s3:PutBucketInventoryConfiguration";
    let useless = "encryption-not-writable error: with attachment-inventory";
    let closed: Changing = |world| world.observed.default_key = Seen::Present(closed_key());
    each(
        &base,
        &[
            ("allowed", |_| {}, &[]),
            ("not allowed", closed, &["key-policy error: adds kms:PutKeyPolicy"]),
            (
                "denied",
                |world| {
                    let denied = serde_json::json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Deny", "Principal": "*",
                        "Action": "kms:GenerateDataKey*", "Resource": "*" }] });
                    world.key().policy = Seen::Present(denied.to_string());
                },
                &[useless, names_it],
            ),
            (
                "a policy that can't be seen",
                |world| world.key().policy = denied("kms:GetKeyPolicy"),
                &["key-policy-unreadable warning: nothing"],
            ),
            ("no policy", |world| world.key().policy = Seen::Absent, &[useless, names_it]),
            ("aws/s3", |world| world.bucket().encryption = Seen::Present(sse_kms(None)), &[useless, names_it]),
            (
                "not to be read",
                |world| world.bucket().encryption = denied("s3:GetEncryptionConfiguration"),
                &["encryption-unreadable warning: nothing"],
            ),
            (
                "not by its ARN",
                |world| world.bucket().encryption = Seen::Present(sse_kms(Some("alias/logs"))),
                &["encryption-key-not-arn error: with attachment-inventory", names_it],
            ),
        ],
    );
    // A default that the reports can't use stays if the reports have their own key.
    let mut own = in_order(Producer::Inventory);
    own.bucket().encryption = Seen::Present(sse_kms(None));
    own.draft.choices.report_kms_key = Some(KEY.parse().unwrap());
    own.observed.report_key = Seen::Present(super::fixture::open_key(Producer::Inventory, &own));
    own.inventory().encryption = crate::producer::InventoryEncryption::SseKms(KEY.to_owned());
    assert_eq!(own.reported(), Vec::<String>::new());
}

#[test]
fn a_requested_key_is_written_unless_the_bucket_already_names_it_by_arn() {
    let mut base = with_key(Producer::Nlb);
    base.draft.kms_key = Some(KEY.parse().unwrap());
    // Attaching again does not matter here.
    base.balancer().attributes = Seen::Absent;
    let replaces = "encryption-not-as-asked info: replaces s3:PutBucketEncryption";
    each(
        &base,
        &[
            ("there", |_| {}, &[]),
            ("SSE-S3", |world| world.bucket().encryption = Seen::Present(BucketEncryption::sse_s3()), &[replaces]),
            ("another key", |world| world.bucket().encryption = Seen::Present(sse_kms(Some(OTHER_KEY))), &[replaces]),
            (
                "dual-layer with the key",
                |world| {
                    let encryption = BucketEncryption { algorithm: "aws:kms:dsse".to_owned(), ..sse_kms(Some(KEY)) };
                    world.bucket().encryption = Seen::Present(encryption);
                },
                &[replaces],
            ),
            (
                "an alias",
                |world| world.bucket().encryption = Seen::Present(sse_kms(Some("alias/logs"))),
                &["encryption-key-not-arn error: replaces s3:PutBucketEncryption"],
            ),
            (
                "no setting",
                |world| world.bucket().encryption = Seen::Absent,
                &["encryption-not-as-asked info: replaces s3:PutBucketEncryption"],
            ),
            (
                "not to be seen",
                |world| world.bucket().encryption = denied("s3:GetEncryptionConfiguration"),
                &["encryption-unreadable warning: refused"],
            ),
        ],
    );
    let mut world = base.clone();
    world.bucket().encryption = Seen::Present(BucketEncryption { bucket_key: true, ..BucketEncryption::sse_s3() });
    assert_eq!(put(&world).1, Some(known()));
    assert!(put(&world).2, "a Bucket Key stays as it is");
    world.bucket().encryption = Seen::Present(BucketEncryption::sse_s3());
    assert!(!put(&world).2);
    // The requested key does not exist yet.
    world.draft.kms_key = Some(KeyChoice::Create);
    world.observed.default_key = Seen::Absent;
    assert_eq!(put(&world).1, Some(KeySlot::Created));
    assert_eq!(world.plan().expected_key, ExpectedKey::Created);
    // A named key that does not exist is an error, so no key is created.
    world.draft.kms_key = Some(KEY.parse().unwrap());
    assert_eq!(world.reported(), ["key-unknown error: refused"]);
    assert_eq!(world.plan().destination_text, "existing bucket, SSE-S3");
}

#[test]
fn requested_sse_s3_replaces_a_key_that_would_work() {
    let mut world = with_key(Producer::Nlb);
    world.draft.encryption = Some(EncryptionKind::SseS3);
    let (wish, need) = ("encryption-not-as-asked info", "encryption-not-writable error");
    let first = |world: &World| world.reported()[0].clone();
    assert_eq!(first(&world), format!("{wish}: replaces s3:PutBucketEncryption"));
    assert_eq!(put(&world).1, None);
    // If the current key does not work, the replacement is also necessary.
    let mut closed = world.clone();
    closed.observed.default_key = Seen::Present(closed_key());
    assert_eq!(first(&closed), format!("{need}: replaces s3:PutBucketEncryption"));
    let mut dead = world.clone();
    dead.key().state = "Disabled".to_owned();
    assert_eq!(first(&dead), format!("{need}: replaces s3:PutBucketEncryption"));
    world.bucket().encryption = Seen::Present(BucketEncryption::sse_s3());
    world.observed.default_key = Seen::Absent;
    assert_eq!(world.reported(), Vec::<String>::new());
}

#[test]
fn a_new_bucket_gets_its_encryption_with_sse_c_blocked_and_no_bucket_key() {
    let blocked = vec!["SSE-C".to_owned()];
    assert_eq!(put(&new(Producer::Alb)), (None, None, false, blocked.clone()));
    let mut world = new(Producer::Nlb);
    world.draft.kms_key = Some(KeyChoice::Create);
    assert_eq!(put(&world), (None, Some(KeySlot::Created), false, blocked));
}

#[test]
fn the_initial_encryption_counts_as_unset_only_with_a_receipt_of_an_unfinished_run() {
    let adds = "encryption-not-as-asked info: adds s3:PutBucketEncryption";
    let replaces = "encryption-not-as-asked info: replaces s3:PutBucketEncryption";
    let mut world = bare(Producer::Nlb);
    world.make_unfinished();
    world.draft.kms_key = Some(KEY.parse().unwrap());
    world.observed.default_key = Seen::Present(super::fixture::open_key(Producer::Nlb, &world));
    let is = |world: &World, reported: &str| {
        assert!(world.reported().contains(&reported.to_owned()), "{:?}", world.reported());
    };
    is(&world, adds);
    let mut marked_by_a_word = world.clone();
    marked_by_a_word.observed.origin = BucketOrigin::Unknown;
    is(&marked_by_a_word, replaces);
    let mut set_since = world.clone();
    set_since.bucket().encryption = Seen::Present(sse_kms(Some(OTHER_KEY)));
    is(&set_since, replaces);
    let mut finished = world;
    finished.bucket().policy = Seen::Present(r#"{"Version":"2012-10-17","Statement":[]}"#.to_owned());
    is(&finished, replaces);
}

#[test]
fn an_unreadable_encryption_is_not_replaced() {
    for producer in [Producer::Alb, Producer::Nlb, Producer::S3Access] {
        let mut world = in_order(producer);
        world.bucket().encryption = denied("s3:GetEncryptionConfiguration");
        assert_eq!(world.reported(), ["encryption-unreadable warning: nothing"], "{producer}");
        assert!(world.finding("encryption-unreadable").why().starts_with("the test object will show"), "{producer}");
        let expected = if producer == Producer::Nlb { ExpectedKey::Unknown } else { ExpectedKey::None };
        assert_eq!(world.plan().expected_key, expected, "{producer}");
        world.draft.encryption = Some(EncryptionKind::SseS3);
        assert_eq!(world.reported(), ["encryption-unreadable warning: refused"], "{producer}");
    }
}

#[test]
fn a_new_key_names_the_services_in_the_policy_that_it_would_block() {
    let risk = |change: Changing| {
        let mut world = in_order(Producer::Nlb);
        world.draft.kms_key = Some(KEY.parse().unwrap());
        world.observed.default_key = Seen::Present(super::fixture::open_key(Producer::Nlb, &world));
        change(&mut world);
        world.finding("encryption-not-as-asked").steps()[0].risk.as_ref().unwrap().text()
    };
    assert!(!risk(|_| {}).contains("can no longer deliver"));
    let with_alb = risk(|world| {
        world.statement(serde_json::json!({ "Sid": "Alb", "Effect": "Allow",
            "Principal": { "Service": "logdelivery.elasticloadbalancing.amazonaws.com" },
            "Action": "s3:PutObject", "Resource": "arn:aws:s3:::acme-logs/alb/*" }));
    });
    assert!(with_alb.ends_with(
        "; `logdelivery.elasticloadbalancing.amazonaws.com`, which the bucket policy allows, can no longer deliver"
    ));
    let mut back = with_key(Producer::Nlb);
    back.statement(serde_json::json!({ "Sid": "Alb", "Effect": "Allow",
        "Principal": { "Service": "logdelivery.elasticloadbalancing.amazonaws.com" },
        "Action": "s3:PutObject", "Resource": "arn:aws:s3:::acme-logs/alb/*" }));
    back.draft.encryption = Some(EncryptionKind::SseS3);
    let risk = back.finding("encryption-not-as-asked").steps()[0].risk.as_ref().unwrap().text();
    assert!(!risk.contains("can no longer deliver"), "SSE-S3 stops no one");
}

#[test]
fn an_aws_managed_key_is_recognized_however_it_is_named() {
    let aws = "SSE-KMS with the AWS managed key `aws/s3`";
    let customer = "SSE-KMS with a customer managed key";
    for (named, asked, manager, expected) in [
        (KEY, None, KeyManager::Aws, aws),
        ("1234abcd-12ab-34cd-56ef-1234567890ab", None, KeyManager::Aws, aws),
        (KEY, Some(KEY), KeyManager::Aws, aws),
        // Only the requested key was read, and it says nothing about the bucket's own key.
        (OTHER_KEY, Some(KEY), KeyManager::Aws, customer),
        (KEY, None, KeyManager::Customer, customer),
    ] {
        let mut world = with_key(Producer::Nlb);
        world.bucket().encryption = Seen::Present(sse_kms(Some(named)));
        world.draft.kms_key = asked.map(|key| key.parse().unwrap());
        world.key().manager = manager;
        let reported = world.plan().destination_text;
        assert!(
            reported.starts_with(&format!("existing bucket, {expected}")),
            "{named} {asked:?} {manager:?}: {reported}"
        );
    }
}

#[test]
fn the_destination_has_a_readable_description() {
    assert_eq!(new(Producer::Alb).plan().destination_text, "new bucket, SSE-S3");
    let mut world = new(Producer::Nlb);
    world.draft.kms_key = Some(KeyChoice::Create);
    assert_eq!(world.plan().destination_text, "new bucket, SSE-KMS with a customer managed key");
    world.draft.kms_key = Some(KEY.parse().unwrap());
    assert_eq!(world.plan().destination_text, "new bucket, SSE-KMS with a customer managed key");
    let mut world = in_order(Producer::Alb);
    assert_eq!(world.plan().destination_text, "existing bucket, SSE-S3");
    world.bucket().encryption = denied("s3:GetEncryptionConfiguration");
    assert_eq!(world.plan().destination_text, "existing bucket, encryption unknown");
    world.bucket().encryption = Seen::Present(sse_kms(Some(KEY)));
    assert_eq!(world.plan().destination_text, "existing bucket, SSE-KMS with a customer managed key -> SSE-S3");
    let mut world = with_key(Producer::Nlb);
    world.draft.kms_key = Some(OTHER_KEY.parse().unwrap());
    world.key().arn = OTHER_KEY.parse().unwrap();
    assert_eq!(world.plan().destination_text, "existing bucket, SSE-KMS with a customer managed key");
}
