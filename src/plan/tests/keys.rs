//! Customer managed keys: created, found again, allowed for the service, or refused.

use serde_json::{Value, json};

use super::fixture::{ACCOUNT, Changing, KEY, World, closed_key, denied, each, in_order, new, open_key, with_key};
use crate::iam::Document;
use crate::model::{BucketEncryption, KeyChoice, KeySlot, Seen};
use crate::plan::{Step, unusable_key};
use crate::producer::Producer;
use crate::state::{KeyManager, KeyOrigin};

/// The current key policy and the new one.
fn put(world: &World) -> (Document, Document) {
    let Step::PutKeyPolicy { key, before, after } = world.step("kms:PutKeyPolicy") else { panic!() };
    assert_eq!(key.to_string(), KEY);
    (Document::parse(&before).unwrap(), Document::parse(&after).unwrap())
}

/// The key with another statement in its policy.
fn add(world: &mut World, statement: Value) {
    let document = Document::parse(world.key().policy.present().unwrap()).unwrap();
    world.key().policy = Seen::Present(document.with_statement_appended(statement).to_text());
}

#[test]
fn a_key_is_created_with_a_policy_that_allows_the_service() {
    for (producer, key) in [(Producer::Nlb, "LogbucketNlb"), (Producer::Inventory, "LogbucketInventory")] {
        let mut world = new(producer);
        if producer == Producer::Nlb {
            world.draft.kms_key = Some(KeyChoice::Create);
        } else {
            world.draft.choices.report_kms_key = Some(KeyChoice::Create);
        }
        let reported = "key-absent info: adds kms:CreateKey at risk, adds kms:EnableKeyRotation, adds kms:CreateAlias";
        assert!(world.reported().contains(&reported.to_owned()), "{:?}", world.reported());
        let Step::CreateKey { bucket, policy } = world.step("kms:CreateKey") else { panic!() };
        assert_eq!(bucket.as_str(), "acme-logs");
        let document = Document::parse(&policy).unwrap();
        let sids: Vec<&str> = document.raw_statements().iter().filter_map(|one| one["Sid"].as_str()).collect();
        assert_eq!(sids, ["LogbucketKeyAdministration", key]);
        let root = format!("arn:aws:iam::{ACCOUNT}:root");
        assert_eq!(document.raw_statements()[0]["Principal"]["AWS"], root);
        let Step::CreateAlias { alias, key } = world.step("kms:CreateAlias") else { panic!() };
        assert_eq!((alias.as_str(), key), ("alias/logbucket-acme-logs", KeySlot::Created));
    }
}

#[test]
fn a_key_that_an_earlier_run_created_gets_its_missing_alias() {
    let mut base = with_key(Producer::Nlb);
    base.draft.kms_key = Some(KeyChoice::Create);
    each(
        &base,
        &[
            ("has it", |_| {}, &[]),
            (
                "lacks it",
                |world| world.key().own_alias = false,
                &["key-alias-absent info: adds kms:EnableKeyRotation, adds kms:CreateAlias"],
            ),
            (
                "is someone's",
                |world| {
                    world.key().origin = KeyOrigin::Unknown;
                    world.key().policy = closed_key().policy;
                },
                &["key-foreign error: refused"],
            ),
            (
                "was named",
                |world| {
                    world.key().own_alias = false;
                    world.draft.kms_key = Some(KEY.parse().unwrap());
                },
                &[],
            ),
        ],
    );
    base.key().own_alias = false;
    let Step::CreateAlias { alias, key } = base.step("kms:CreateAlias") else { panic!() };
    assert_eq!((alias.as_str(), key), ("alias/logbucket-acme-logs", KeySlot::Known(KEY.parse().unwrap())));
}

#[test]
fn a_key_that_s3_can_never_use_is_refused() {
    let cases: [(&str, Changing); 8] = [
        ("is an AWS managed key", |world| world.key().manager = KeyManager::Aws),
        ("is in eu-central-1", |world| world.key().arn = KEY.replace("us-east-1", "eu-central-1").parse().unwrap()),
        ("is a RSA_2048 key", |world| world.key().spec = "RSA_2048".to_owned()),
        ("for SIGN_VERIFY", |world| world.key().usage = "SIGN_VERIFY".to_owned()),
        ("is in state Disabled", |world| world.key().state = "Disabled".to_owned()),
        ("is in state PendingDeletion", |world| world.key().state = "PendingDeletion".to_owned()),
        ("is in state PendingImport", |world| world.key().state = "PendingImport".to_owned()),
        ("is in state Unavailable", |world| world.key().state = "Unavailable".to_owned()),
    ];
    for (reason, change) in cases {
        let mut world = with_key(Producer::Nlb);
        world.draft.kms_key = Some(KEY.parse().unwrap());
        change(&mut world);
        assert!(
            world.reported().contains(&"key-unusable error: refused".to_owned()),
            "{reason}: {:?}",
            world.reported()
        );
        assert!(!world.reported().iter().any(|line| line.contains("kms:")), "{reason}");
        let what = world.finding("key-unusable").what();
        assert!(what.contains(reason), "{what}");
        assert!(unusable_key(&world.observed.region, world.observed.default_key.present().unwrap()).is_some());
    }
    // Working keys, and keys with an unknown value.
    let works: [Changing; 5] = [
        |_| {},
        |world| world.key().state = "Updating".to_owned(),
        |world| world.key().state = "unknown".to_owned(),
        |world| world.key().spec = "unknown".to_owned(),
        |world| world.key().usage = "unknown".to_owned(),
    ];
    for change in works {
        let mut world = with_key(Producer::Nlb);
        change(&mut world);
        assert_eq!(world.reported(), Vec::<String>::new());
    }
    let hint = |state: &str, choice: KeyChoice| {
        let mut world = with_key(Producer::Nlb);
        world.draft.kms_key = Some(choice);
        world.key().state = state.to_owned();
        world.finding("key-unusable").hint().unwrap()
    };
    let named = || KEY.parse().unwrap();
    assert_eq!(
        hint("Disabled", named()),
        "enable the key, or name another key with `--kms-key`, or use `--kms-key create`"
    );
    assert_eq!(hint("Disabled", KeyChoice::Create), "enable the key, or name another key with `--kms-key`");
    assert!(hint("PendingDeletion", named()).starts_with("cancel the key's deletion"));
    assert_eq!(hint("PendingImport", named()), "name another key with `--kms-key`, or use `--kms-key create`");
}

#[test]
fn a_named_key_that_is_missing_or_unreadable_is_refused() {
    let mut base = in_order(Producer::Nlb);
    base.draft.kms_key = Some("alias/logs".parse().unwrap());
    base.observed.default_key = Seen::Absent;
    assert_eq!(base.reported(), ["key-unknown error: refused"]);
    assert_eq!(
        base.finding("key-unknown").what(),
        format!("key `alias/logs` does not exist in us-east-1 of account {ACCOUNT}")
    );
    base.draft.kms_key = Some(KEY.parse().unwrap());
    assert_eq!(base.finding("key-unknown").what(), format!("key `{KEY}` does not exist"));
    // An unreadable key is not reported as missing. If the request names the key's ARN, the setting can be written.
    base.observed.default_key = denied("kms:DescribeKey");
    let sets = "encryption-not-as-asked info: replaces s3:PutBucketEncryption";
    assert_eq!(base.reported()[..2], ["key-policy-unreadable warning: nothing", sets]);
    base.draft.kms_key = Some("alias/logs".parse().unwrap());
    assert_eq!(base.reported(), ["key-policy-unreadable warning: refused"]);

    let mut report = in_order(Producer::Inventory);
    report.draft.choices.report_kms_key = Some(KEY.parse().unwrap());
    assert!(report.reported().contains(&"key-unknown error: refused".to_owned()), "{:?}", report.reported());
    report.observed.report_key = denied("kms:DescribeKey");
    assert!(
        report.reported().contains(&"key-policy-unreadable warning: nothing".to_owned()),
        "{:?}",
        report.reported()
    );
}

#[test]
fn an_unreadable_key_in_another_account_is_not_refused() {
    let foreign = KEY.replace(ACCOUNT, "999999999999");
    let unknown = "key-policy-unreadable warning: nothing";
    let mut world = in_order(Producer::Nlb);
    world.draft.kms_key = Some(foreign.parse().unwrap());
    world.observed.default_key = denied("kms:DescribeKey");
    let reported = world.reported();
    assert_eq!(reported[..2], [unknown, "encryption-not-as-asked info: replaces s3:PutBucketEncryption"]);
    assert!(world.finding("key-policy-unreadable").what().contains("needs this statement: {\"Sid\":\"LogbucketNlb\""));
    let Step::PutBucketEncryption { key, .. } = world.step("s3:PutBucketEncryption") else { panic!() };
    assert_eq!(key, Some(KeySlot::Known(foreign.parse().unwrap())));
    // The bucket already names the same key.
    world.bucket().encryption = Seen::Present(super::fixture::sse_kms(Some(&foreign)));
    assert_eq!(world.reported(), [unknown]);
    let mut report = in_order(Producer::Inventory);
    report.draft.choices.report_kms_key = Some(foreign.parse().unwrap());
    report.observed.report_key = denied("kms:DescribeKey");
    assert_eq!(report.reported(), [unknown, "attachment-inventory info: replaces s3:PutBucketInventoryConfiguration"]);
    // A key in another Region can't be used, whoever owns it.
    world.draft.kms_key = Some(foreign.replace("us-east-1", "us-west-2").parse().unwrap());
    assert_eq!(world.reported(), ["key-policy-unreadable warning: refused"]);
}

#[test]
fn a_kept_default_key_that_cannot_be_described_is_judged_by_its_name() {
    let mut base = with_key(Producer::Nlb);
    base.observed.default_key = denied("kms:DescribeKey");
    each(
        &base,
        &[
            ("named by its ARN", |_| {}, &["key-policy-unreadable warning: nothing"]),
            ("SSE-S3 stays", |world| world.bucket().encryption = Seen::Present(BucketEncryption::sse_s3()), &[]),
            ("no setting", |world| world.bucket().encryption = Seen::Absent, &[]),
        ],
    );
    let mut alb = in_order(Producer::Alb);
    alb.bucket().encryption = with_key(Producer::Nlb).bucket().encryption.clone();
    alb.observed.default_key = denied("kms:DescribeKey");
    let reported = alb.reported();
    assert!(!reported.iter().any(|line| line.starts_with("key-")), "it is replaced: {reported:?}");
    let mut report = in_order(Producer::Inventory);
    report.bucket().encryption = with_key(Producer::Nlb).bucket().encryption.clone();
    report.observed.default_key = denied("kms:DescribeKey");
    report.draft.choices.report_kms_key = Some(KEY.parse().unwrap());
    report.observed.report_key = Seen::Present(open_key(Producer::Inventory, &report));
    let reported = report.reported();
    assert!(!reported.iter().any(|line| line.starts_with("key-")), "reports name their own: {reported:?}");
}

#[test]
fn a_key_that_default_encryption_does_not_name_is_ignored() {
    for producer in [Producer::Nlb, Producer::Inventory] {
        let mut world = in_order(producer);
        world.observed.default_key = Seen::Present(closed_key());
        assert_eq!(world.reported(), Vec::<String>::new(), "{producer}");
    }
}

#[test]
fn a_key_policy_that_blocks_the_service_gets_our_statement_and_keeps_the_others() {
    for producer in [Producer::Nlb, Producer::Inventory] {
        let mut world = in_order(producer);
        if producer == Producer::Nlb {
            world = with_key(producer);
            world.observed.default_key = Seen::Present(closed_key());
        } else {
            world.draft.choices.report_kms_key = Some(KEY.parse().unwrap());
            world.observed.report_key = Seen::Present(closed_key());
            world.inventory().encryption = crate::producer::InventoryEncryption::SseKms(KEY.to_owned());
        }
        let reported = world.reported();
        assert_eq!(
            reported.first().map(String::as_str),
            Some("key-policy error: adds kms:PutKeyPolicy"),
            "{reported:?}"
        );
        let for_inventory = world.finding("key-policy").page().ends_with("/configure-inventory.html");
        assert_eq!(for_inventory, producer == Producer::Inventory);
        let (before, after) = put(&world);
        assert_eq!(after.raw_statements().len(), 2);
        assert_eq!(after.raw_statements()[0], before.raw_statements()[0]);
        // The new policy allows the service.
        let fixed = Seen::Present({
            let mut key = closed_key();
            key.policy = Seen::Present(after.to_text());
            key
        });
        if producer == Producer::Nlb {
            world.observed.default_key = fixed;
        } else {
            world.observed.report_key = fixed;
        }
        assert_eq!(world.reported(), Vec::<String>::new(), "{producer}");
    }
}

#[test]
fn a_key_policy_is_judged_by_every_request_of_the_service() {
    let service = json!({ "Service": "delivery.logs.amazonaws.com" });
    let allow = |action: Value, condition: Value| {
        json!({ "Sid": "Theirs", "Effect": "Allow", "Principal": service, "Action": action, "Resource": "*",
            "Condition": condition })
    };
    let generate = || json!(["kms:GenerateDataKey", "kms:Decrypt"]);
    let open_question = || json!({ "StringEquals": { "aws:UserAgent": "web" } });
    let cases = [
        ("both", allow(generate(), json!({})), &[][..]),
        ("the certain one", allow(json!("kms:GenerateDataKey"), json!({})), &["key-policy-narrow warning: nothing"]),
        ("the other", allow(json!("kms:Decrypt"), json!({})), &["key-policy error: adds kms:PutKeyPolicy"]),
        ("perhaps both", allow(generate(), open_question()), &["key-policy warning: adds kms:PutKeyPolicy"]),
        (
            "perhaps the certain one",
            allow(json!("kms:GenerateDataKey"), open_question()),
            &["key-policy warning: adds kms:PutKeyPolicy"],
        ),
        (
            "by the bucket's Bucket Key",
            allow(
                generate(),
                json!({ "StringEquals": { "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::acme-logs" } }),
            ),
            &[],
        ),
    ];
    for (name, statement, expected) in cases {
        let mut world = with_key(Producer::Nlb);
        world.observed.default_key = Seen::Present(closed_key());
        add(&mut world, statement);
        // Only the findings about the key matter here.
        let reported: Vec<String> = world.reported().into_iter().filter(|line| line.starts_with("key-")).collect();
        assert_eq!(reported, expected, "{name}");
    }
    // Without a Bucket Key, or with a key other than the bucket's, the context may be the object.
    let without: [Changing; 2] = [
        |world| world.encryption().bucket_key = false,
        |world| {
            world.draft.kms_key = Some(KEY.parse().unwrap());
            world.bucket().encryption = Seen::Present(super::fixture::sse_kms(Some(super::fixture::OTHER_KEY)));
        },
    ];
    for change in without {
        let mut world = with_key(Producer::Nlb);
        world.observed.default_key = Seen::Present(closed_key());
        let condition = json!({ "StringEquals": { "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::acme-logs" } });
        add(&mut world, allow(generate(), condition));
        change(&mut world);
        let reported = world.reported();
        assert!(reported.contains(&"key-policy warning: adds kms:PutKeyPolicy".to_owned()), "{reported:?}");
    }
}

#[test]
fn a_deny_in_a_key_policy_is_never_changed() {
    let deny = |condition: Value| {
        json!({ "Sid": "Guard", "Effect": "Deny", "Principal": "*", "Action": "kms:GenerateDataKey", "Resource": "*",
            "Condition": condition })
    };
    let mut sure = with_key(Producer::Nlb);
    add(&mut sure, deny(json!({})));
    assert_eq!(sure.reported(), ["key-policy error: refused"]);
    let what = sure.finding("key-policy").what();
    assert!(what.starts_with("`kms:GenerateDataKey`") && what.contains("`Guard`"), "{what}");

    let mut doubtful = with_key(Producer::Nlb);
    add(&mut doubtful, deny(json!({ "StringEquals": { "aws:UserAgent": "web" } })));
    let reported = |world: &World| -> Vec<String> {
        world.reported().into_iter().filter(|line| line.starts_with("key-")).collect()
    };
    assert_eq!(reported(&doubtful), ["key-policy warning: nothing"]);
    assert!(doubtful.finding("key-policy").what().contains(" depends on statement 3 `Guard`"), "the Deny alone");
    // If nothing allows the service, the grant is needed, and the Deny only adds a warning.
    doubtful.observed.default_key = Seen::Present(closed_key());
    add(&mut doubtful, deny(json!({ "StringEquals": { "aws:UserAgent": "web" } })));
    assert_eq!(reported(&doubtful), ["key-policy error: adds kms:PutKeyPolicy", "key-policy warning: nothing"]);
}

#[test]
fn an_existing_grant_is_not_repeated_because_of_an_uncertain_deny() {
    let theirs = || {
        json!({ "Sid": "Theirs", "Effect": "Allow", "Principal": { "Service": "delivery.logs.amazonaws.com" },
            "Action": ["kms:GenerateDataKey*", "kms:Decrypt", "kms:Encrypt"], "Resource": "*" })
    };
    let guards = [
        ("is very likely denied by statement 3 `Guard`", json!({ "StringNotEquals": { "aws:SourceVpce": "vpce-1" } })),
        (
            "is very likely denied by statement 3 `Guard`",
            json!({ "NotIpAddress": { "aws:SourceIp": ["203.0.113.0/24"] } }),
        ),
        ("depends on statement 3 `Guard`", json!({ "StringEquals": { "aws:UserAgent": "web" } })),
    ];
    for (words, condition) in guards {
        let mut world = with_key(Producer::Nlb);
        world.observed.default_key = Seen::Present(closed_key());
        add(&mut world, theirs());
        add(
            &mut world,
            json!({ "Sid": "Guard", "Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*",
                "Condition": condition }),
        );
        assert_eq!(world.reported(), ["key-policy warning: nothing"], "{words}");
        let what = world.finding("key-policy").what();
        assert!(what.contains(words), "{what}");
    }
}

#[test]
fn a_failing_key_policy_is_reported_with_the_statement_and_element_that_fail() {
    let service = json!({ "Service": "delivery.logs.amazonaws.com" });
    let statement = |change: &dyn Fn(&mut Value)| {
        let mut statement = json!({ "Sid": "Theirs", "Effect": "Allow", "Principal": service,
            "Action": ["kms:GenerateDataKey", "kms:Decrypt"], "Resource": "*" });
        change(&mut statement);
        let mut world = with_key(Producer::Nlb);
        world.observed.default_key = Seen::Present(closed_key());
        add(&mut world, statement);
        world.finding("key-policy").what()
    };
    let condition = |condition: Value| statement(&|statement| statement["Condition"] = condition.clone());
    let near = "does not allow `delivery.logs.amazonaws.com` to call `kms:GenerateDataKey`; closest match: statement 2 `Theirs`: ";
    let element = |name: &str, value: Value| statement(&|statement| statement[name] = value.clone());
    let shut = [
        (
            condition(json!({ "StringEquals": { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } })),
            "`StringEquals kms:ViaService` = \"s3.eu-west-1.amazonaws.com\", and the request sends \"s3.us-east-1.amazonaws.com\"",
        ),
        (
            condition(json!({ "ArnLike": { "aws:SourceArn": "arn:aws:logs:eu-west-1:111122223333:*" } })),
            "`ArnLike aws:SourceArn` = \"arn:aws:logs:eu-west-1:111122223333:*\", and the request sends \"arn:aws:logs:us-east-1:111122223333:\"",
        ),
        (
            condition(json!({ "StringEquals": { "aws:SourceAccount": "999999999999" } })),
            "`StringEquals aws:SourceAccount` = \"999999999999\", and the request sends \"111122223333\"",
        ),
        (
            element("Resource", json!(super::fixture::OTHER_KEY)),
            "`Resource` = \"arn:aws:kms:us-east-1:111122223333:key/9876fedc-12ab-34cd-56ef-1234567890ab\", and the request is for ",
        ),
        (element("Action", json!("kms:Decrypt")), "`Action` = \"kms:Decrypt\", and the request is kms:GenerateDataKey"),
        (
            element("Principal", json!({ "Service": "logging.s3.amazonaws.com" })),
            "`Principal` = \"logging.s3.amazonaws.com\", and the request comes from ",
        ),
    ];
    for (what, reason) in shut {
        assert!(what.contains(near) && what.contains(reason), "{what}");
    }
    // The statement for the account's administration does not allow the log service.
    let mut bare = with_key(Producer::Nlb);
    bare.observed.default_key = Seen::Present(closed_key());
    let what = bare.finding("key-policy").what();
    assert!(what.ends_with("does not allow `delivery.logs.amazonaws.com` to call `kms:GenerateDataKey`"), "{what}");
    for (key, value) in [("kms:CallerAccount", "111122223333"), ("kms:ResourceAliases", "alias/logs")] {
        let what = condition(json!({ "StringEquals": { key: value } }));
        let reason = format!(
            "could not tell whether the key policy of `{KEY}` allows `delivery.logs.amazonaws.com`: it depends on statement 2 \
             `Theirs`: `StringEquals {key}` = \"{value}\", and the request's value is unknown"
        );
        assert_eq!(what, reason);
    }
}

#[test]
fn the_encryption_context_without_a_bucket_key_begins_with_the_bucket() {
    let reported = |operator: &str, value: Value| {
        let mut world = with_key(Producer::Nlb);
        world.encryption().bucket_key = false;
        world.observed.default_key = Seen::Present(closed_key());
        add(
            &mut world,
            json!({ "Sid": "Theirs", "Effect": "Allow", "Principal": { "Service": "delivery.logs.amazonaws.com" },
                "Action": ["kms:GenerateDataKey", "kms:Decrypt"], "Resource": "*",
                "Condition": { operator: { "kms:EncryptionContext:aws:s3:arn": value } } }),
        );
        world.reported()
    };
    let open = Vec::<String>::new();
    assert_eq!(reported("StringLike", json!("arn:aws:s3:::acme-logs*")), open);
    assert_eq!(reported("StringLike", json!(["arn:aws:s3:::acme-logs*", "arn:aws:s3:::acme-logs*/*"])), open);
    assert_eq!(reported("StringLike", json!("arn:aws:s3:::acme-*")), open);
    assert_eq!(reported("Null", json!("false")), open);
    assert_eq!(reported("StringLike", json!(["arn:aws:s3:::acme-logs", "arn:aws:s3:::acme-logs/*"])), open);
    let unknown = |line: &str| line == "key-policy warning: adds kms:PutKeyPolicy";
    // The policy allows only the bucket or only its objects, and it is unknown whether S3 sends the bucket or an
    // object.
    for value in ["arn:aws:s3:::acme-logs", "arn:aws:s3:::acme-logs/*", "arn:aws:s3:::acme-logs/AWSLogs/*"] {
        assert!(reported("StringLike", json!(value)).iter().any(|line| unknown(line)), "{value}");
    }
    for (operator, value) in
        [("StringLike", "arn:aws:s3:::other*"), ("StringEquals", "arn:aws:s3:::acme-logs-2"), ("Null", "true")]
    {
        assert_eq!(reported(operator, json!(value))[0], "key-policy error: adds kms:PutKeyPolicy", "{value}");
    }
}

#[test]
fn a_key_policy_that_is_unreadable_or_full_is_left_to_the_user() {
    each(
        &with_key(Producer::Nlb),
        &[
            (
                "not to be seen",
                |world| world.key().policy = denied("kms:GetKeyPolicy"),
                &["key-policy-unreadable warning: nothing"],
            ),
            ("not read", |world| world.key().policy = Seen::Absent, &[]),
            (
                "no policy",
                |world| world.key().policy = Seen::Present("[]".to_owned()),
                &["key-policy-unreadable warning: refused"],
            ),
        ],
    );
    let mut world = with_key(Producer::Nlb);
    world.key().policy = denied("kms:GetKeyPolicy");
    let unseen = world.finding("key-policy-unreadable");
    assert!(unseen.page().contains("/network/"), "{}", unseen.page());
    let what = unseen.what();
    assert!(what.contains("needs this statement: {\"Sid\":\"LogbucketNlb\""), "{what}");
    world.observed.default_key = Seen::Present(closed_key());
    add(&mut world, json!({ "Sid": "x".repeat(32 * 1024 - 400), "Effect": "Allow" }));
    let reported: Vec<String> = world.reported().into_iter().filter(|line| line.starts_with("key-")).collect();
    // AWS does not document how KMS counts, so KMS decides.
    assert_eq!(reported, ["key-policy error: adds kms:PutKeyPolicy"]);
    assert!(world.finding("key-policy").what().ends_with("bytes (documented limit: 32768)"));
}
