//! Conditions with a result that AWS does not document: neither a grant nor a Deny is certain.

use serde_json::{Value, json};

use super::fixture::{closed_key, in_order, with_key};
use super::policies::{allow, deny, policy_lines};
use crate::iam::Document;
use crate::model::{Moment, Seen};
use crate::producer::Producer;

/// Returns the findings about two policies: the condition is in the only grant of the first, and in a Deny of the
/// second.
fn reported(producer: Producer, condition: &Value) -> [Vec<String>; 2] {
    let mut granted = in_order(producer);
    granted.policy(&json!([allow(producer, condition)]));
    let mut denied = in_order(producer);
    denied.statement(deny("Guard", condition));
    [policy_lines(&granted), policy_lines(&denied)]
}

const MAY_ALLOW: &str = "policy-grant warning: adds s3:PutBucketPolicy";
const MAY_BLOCK: &str = "policy-uncertain warning: nothing";
const SHUT: &str = "policy-grant error: adds s3:PutBucketPolicy";
const STRUCK: &str = "policy-deny error: exempt Guard";

#[track_caller]
fn is_open(producer: Producer, condition: &Value) {
    assert_eq!(reported(producer, condition), [[MAY_ALLOW], [MAY_BLOCK]], "{producer}: {condition}");
}

#[test]
fn a_pattern_that_is_not_a_full_arn_neither_allows_nor_denies_for_certain() {
    for producer in Producer::ALL {
        for operator in ["ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals"] {
            for pattern in ["*", "arn:*", "arn:aws:*", "*:aws"] {
                is_open(producer, &json!({ operator: { "aws:SourceArn": pattern } }));
            }
        }
    }
}

/// AWS documents that the list contains all names of the service, but the only documented name is the usual principal.
#[test]
fn only_the_principal_itself_is_certain_to_be_in_the_list_of_service_names() {
    for producer in Producer::ALL {
        let service = producer.facts().principal;
        let denied_unless = |name: &str| {
            let mut world = in_order(producer);
            let names = json!({ "ForAllValues:StringNotEquals": { "aws:PrincipalServiceNamesList": name } });
            world.statement(deny("Guard", &names));
            policy_lines(&world)
        };
        let region = in_order(producer).plan().destination.region;
        let regional = service.replacen(".amazonaws.com", &format!(".{region}.amazonaws.com"), 1);
        assert_eq!(denied_unless(&regional), [MAY_BLOCK], "{producer}");
        assert_eq!(denied_unless(service), Vec::<String>::new(), "{producer}");
    }
}

#[test]
fn an_operator_of_the_wrong_type_neither_allows_nor_denies_for_certain() {
    for producer in Producer::ALL {
        for (operator, key, value) in [
            ("BinaryEquals", "aws:ResourceAccount", "111122223333"),
            ("DateGreaterThan", "aws:ResourceAccount", "2020-01-01"),
            ("NumericEquals", "aws:ResourceAccount", "0111122223333"),
            ("NumericNotEquals", "s3:ResourceAccount", "5"),
            ("ArnNotLike", "aws:PrincipalServiceName", "arn:aws:s3:::app-data"),
            ("StringEquals", "aws:SecureTransport", "true"),
            ("StringNotEquals", "s3:TlsVersion", "1.0"),
            ("ForAllValues:BinaryEquals", "aws:PrincipalServiceNamesList", "MTI="),
            ("BoolIfExists", "aws:RequestedRegion", "false"),
            ("NumericNotEquals", "aws:PrincipalOrgID", "5"),
        ] {
            is_open(producer, &json!({ operator: { key: value } }));
        }
    }
}

#[test]
fn an_operator_of_the_right_type_allows_or_denies_for_certain() {
    let stops = |producer: Producer, condition: Value| {
        let [granted, denied] = reported(producer, &condition);
        assert_eq!((granted, denied), (Vec::new(), vec!["policy-deny error: exempt Guard".to_owned()]), "{condition}");
    };
    for producer in Producer::ALL {
        stops(producer, json!({ "Bool": { "aws:SecureTransport": "true" } }));
        stops(producer, json!({ "StringEquals": { "aws:ResourceAccount": "111122223333" } }));
        stops(producer, json!({ "NumericGreaterThan": { "s3:TlsVersion": "1.1" } }));
        stops(producer, json!({ "Null": { "aws:SecureTransport": "false" } }));
    }
    for operator in ["StringEquals", "StringLike", "ArnLike", "ArnEquals"] {
        stops(Producer::S3Access, json!({ operator: { "aws:SourceArn": "arn:aws:s3:::app-data" } }));
    }
}

#[test]
fn a_key_policy_can_test_the_encryption_context_as_an_arn_or_a_string() {
    for (operator, expected) in [
        ("StringLike", &[][..]),
        ("ArnLike", &[]),
        ("ArnEquals", &[]),
        ("Bool", &["key-policy warning: adds kms:PutKeyPolicy"]),
    ] {
        let mut world = with_key(Producer::Nlb);
        world.observed.default_key = Seen::Present(closed_key());
        let grant = json!({ "Effect": "Allow", "Principal": { "Service": "delivery.logs.amazonaws.com" },
            "Action": ["kms:GenerateDataKey", "kms:Decrypt"], "Resource": "*",
            "Condition": { operator: { "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::acme-logs" } } });
        let document = Document::parse(world.key().policy.present().unwrap()).unwrap();
        world.key().policy = Seen::Present(document.with_statement_appended(grant).to_text());
        let reported: Vec<String> = world.reported().into_iter().filter(|line| line.starts_with("key-")).collect();
        assert_eq!(reported, expected, "{operator}");
    }
}

#[test]
fn an_operator_that_decides_nothing_says_why() {
    for (condition, why) in [
        (json!({ "NumericLessThan": { "aws:SourceArn": "5" } }), "the key holds an ARN, not a number"),
        (json!({ "ArnLike": { "s3:TlsVersion": "arn:aws:s3:::x" } }), "the key holds a number, not an ARN"),
        (json!({ "StringLike": { "aws:SecureTransport": "true" } }), "the key holds a Boolean, not a string"),
        (json!({ "StringResembles": { "aws:SourceArn": "x" } }), "AWS documents no such operator"),
    ] {
        let mut world = in_order(Producer::S3Access);
        world.statement(deny("Guard", &condition));
        let what = world.finding("policy-uncertain").what();
        assert!(what.contains("`Guard`") && what.contains(why), "{condition}: {what}");
    }
}

#[test]
fn a_string_operator_on_a_bool_or_number_that_fails_either_way_has_no_effect() {
    for (operator, key, values) in [
        ("StringEquals", "aws:SecureTransport", json!("false")),
        ("StringLike", "aws:SecureTransport", json!(["false"])),
        ("StringEquals", "s3:TlsVersion", json!(["1.0", "1.1"])),
        ("StringEqualsIgnoreCase", "aws:ViaAWSService", json!("TRUE")),
    ] {
        let [granted, denied] = reported(Producer::Alb, &json!({ operator: { key: values } }));
        assert_eq!(denied, Vec::<String>::new(), "{operator} {key}");
        assert_eq!(granted, ["policy-grant error: adds s3:PutBucketPolicy"], "{operator} {key}");
    }
    // The finding says why the result is in doubt.
    let mut world = in_order(Producer::Alb);
    world.statement(deny("Tls", &json!({ "StringNotEquals": { "aws:SecureTransport": "true" } })));
    let what = world.finding("policy-uncertain").what();
    assert!(what.contains("the key holds a Boolean, not a string"), "{what}");
}

#[test]
fn a_policy_that_enforces_conditional_writes_blocks_every_log_and_upload_method() {
    let unconditional = |rest: &Value| {
        let mut condition = json!({ "Null": { "s3:if-none-match": "true" } });
        condition.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        condition
    };
    for producer in Producer::ALL {
        let denied = |condition: Value| {
            let mut world = in_order(producer);
            world.statement(deny("Guard", &condition));
            policy_lines(&world)
        };
        // AWS's own example, with and without the exception for the parts of an upload.
        for rest in [json!({ "Bool": { "s3:ObjectCreationOperation": "true" } }), json!({})] {
            assert_eq!(denied(unconditional(&rest)), ["policy-deny error: exempt Guard"], "{producer} {rest}");
        }
        // A Deny only for parts is in doubt, because AWS does not document whether logs are uploaded in parts.
        let parts = json!({ "Bool": { "s3:ObjectCreationOperation": "false" } });
        assert_eq!(denied(parts), [MAY_BLOCK], "{producer}");
        let given =
            json!({ "Bool": { "s3:ObjectCreationOperation": "true" }, "Null": { "s3:if-none-match": "false" } });
        assert_eq!(denied(given), Vec::<String>::new(), "{producer}");
    }
}

#[test]
fn a_request_is_known_to_be_no_earlier_than_the_check() {
    // The fixture's time of observation is 2027-01-15.
    let line = |operator: &str, key: &str, value: &str| json!({ operator: { key: value } });
    for producer in Producer::ALL {
        for (condition, granted, denied) in [
            (line("DateLessThan", "aws:CurrentTime", "2026-01-01T00:00:00Z"), Some(SHUT), None),
            (line("DateLessThanEquals", "aws:EpochTime", "1767225600"), Some(SHUT), None),
            (line("NumericLessThan", "aws:EpochTime", "1767225600"), Some(SHUT), None),
            (line("DateGreaterThan", "aws:CurrentTime", "2026-01-01T00:00:00Z"), None, Some(STRUCK)),
            (line("DateGreaterThanEquals", "aws:EpochTime", "2026-01-01"), None, Some(STRUCK)),
            (line("Null", "aws:CurrentTime", "true"), Some(SHUT), None),
            // A refusal now is certain, even if it ends some day. Permission now is not, if it ends some day.
            (line("DateGreaterThan", "aws:CurrentTime", "2030-01-01T00:00:00Z"), Some(SHUT), Some(MAY_BLOCK)),
            (line("DateLessThan", "aws:CurrentTime", "2030-01-01T00:00:00Z"), Some(MAY_ALLOW), Some(STRUCK)),
            // A change freeze that is over.
            (
                json!({ "DateGreaterThan": { "aws:CurrentTime": "2025-12-20T00:00:00Z" },
                    "DateLessThan": { "aws:CurrentTime": "2026-01-05T00:00:00Z" } }),
                Some(SHUT),
                None,
            ),
        ] {
            let expected = [granted, denied].map(|line| line.map(str::to_owned).into_iter().collect::<Vec<_>>());
            assert_eq!(reported(producer, &condition), expected, "{producer} {condition}");
        }
    }
}

#[test]
fn a_date_condition_in_a_key_policy_is_evaluated_too() {
    let reported = |effect: &str, condition: &Value| {
        let mut world = with_key(Producer::Nlb);
        let statement = json!({ "Sid": "Timed", "Effect": effect, "Principal": { "Service": "delivery.logs.amazonaws.com" },
            "Action": "kms:*", "Resource": "*", "Condition": condition });
        let base = if effect == "Allow" { closed_key() } else { world.key().clone() };
        let document = Document::parse(base.policy.present().unwrap()).unwrap();
        world.key().policy = Seen::Present(document.with_statement_appended(statement).to_text());
        world.reported().into_iter().next()
    };
    let over = json!({ "DateLessThan": { "aws:CurrentTime": "2026-01-01T00:00:00Z" } });
    let over_by_epoch = json!({ "NumericLessThan": { "aws:EpochTime": "1767225600" } });
    let since = json!({ "DateGreaterThan": { "aws:CurrentTime": "2026-01-01T00:00:00Z" } });
    for condition in [&over, &over_by_epoch] {
        assert_eq!(
            reported("Allow", condition).as_deref(),
            Some("key-policy error: adds kms:PutKeyPolicy"),
            "{condition}"
        );
        assert_eq!(reported("Deny", condition), None, "{condition}");
    }
    assert_eq!(reported("Allow", &since), None);
    assert_eq!(reported("Deny", &since).as_deref(), Some("key-policy error: refused"));
    let later = json!({ "DateGreaterThan": { "aws:CurrentTime": "2030-01-01T00:00:00Z" } });
    assert!(reported("Deny", &later).unwrap().starts_with("key-policy warning"));
}

#[test]
fn a_doubt_about_an_operator_is_the_same_at_any_time() {
    for condition in [
        json!({ "NumericLessThan": { "aws:CurrentTime": "5" } }),
        json!({ "Unheard": { "aws:CurrentTime": "2027-01-01T00:00:00Z" } }),
    ] {
        let mut world = in_order(Producer::Alb);
        world.statement(deny("Guard", &condition));
        let finding = world.finding("policy-uncertain");
        world.observed.moment = world.observed.moment.map(|now| Moment(now.0 + 60));
        assert_eq!(world.finding("policy-uncertain"), finding, "{condition}");
    }
}
