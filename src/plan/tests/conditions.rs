//! Conditions of which AWS does not say what comes of them: neither a grant nor a Deny is taken for certain.

use serde_json::{Value, json};

use super::fixture::{closed_key, in_order, with_key};
use super::policies::{allow, deny, policy_lines};
use crate::iam::Document;
use crate::model::Seen;
use crate::producer::Producer;

/// What is said of a policy whose only grant is on the condition, and of one that denies on it.
fn told(producer: Producer, condition: &Value) -> [Vec<String>; 2] {
    let mut granted = in_order(producer);
    granted.policy(&json!([allow(producer, condition)]));
    let mut denied = in_order(producer);
    denied.statement(deny("Guard", condition));
    [policy_lines(&granted), policy_lines(&denied)]
}

const MAY_LET_IN: &str = "policy-grant warns: adds s3:PutBucketPolicy";
const MAY_STOP: &str = "policy-uncertain warns: nothing";

#[track_caller]
fn is_open(producer: Producer, condition: &Value) {
    assert_eq!(told(producer, condition), [[MAY_LET_IN], [MAY_STOP]], "{producer}: {condition}");
}

#[test]
fn a_pattern_that_is_no_whole_arn_neither_lets_in_nor_stops_for_certain() {
    for producer in Producer::ALL {
        for operator in ["ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals"] {
            for pattern in ["*", "arn:*", "arn:aws:*", "*:aws"] {
                is_open(producer, &json!({ operator: { "aws:SourceArn": pattern } }));
            }
        }
    }
}

#[test]
fn an_operator_that_is_not_of_the_key_s_type_neither_lets_in_nor_stops_for_certain() {
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
fn an_operator_of_the_key_s_type_lets_in_or_stops_for_certain() {
    let stops = |producer: Producer, condition: Value| {
        let [granted, denied] = told(producer, &condition);
        assert_eq!((granted, denied), (Vec::new(), vec!["policy-deny stops: exempt Guard".to_owned()]), "{condition}");
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
fn a_key_policy_may_test_the_encryption_context_as_an_arn_or_as_a_string() {
    for (operator, expected) in [
        ("StringLike", &[][..]),
        ("ArnLike", &[]),
        ("ArnEquals", &[]),
        ("Bool", &["key-policy warns: adds kms:PutKeyPolicy"]),
    ] {
        let mut world = with_key(Producer::Nlb);
        world.observed.default_key = Seen::Present(closed_key());
        let grant = json!({ "Effect": "Allow", "Principal": { "Service": "delivery.logs.amazonaws.com" },
            "Action": ["kms:GenerateDataKey", "kms:Decrypt"], "Resource": "*",
            "Condition": { operator: { "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::acme-logs" } } });
        let document = Document::parse(world.key().policy.present().unwrap()).unwrap();
        world.key().policy = Seen::Present(document.with_statement_appended(grant).to_text());
        let told: Vec<String> = world.told().into_iter().filter(|line| line.starts_with("key-")).collect();
        assert_eq!(told, expected, "{operator}");
    }
}

#[test]
fn an_operator_that_decides_nothing_says_why() {
    for (condition, why) in [
        (json!({ "NumericLessThan": { "aws:SourceArn": "5" } }), "the key holds an ARN and not a number"),
        (json!({ "ArnLike": { "s3:TlsVersion": "arn:aws:s3:::x" } }), "the key holds a number and not an ARN"),
        (json!({ "StringLike": { "aws:SecureTransport": "true" } }), "the key holds a Boolean and not a string"),
        (json!({ "StringResembles": { "aws:SourceArn": "x" } }), "AWS documents no operator of this name"),
    ] {
        let mut world = in_order(Producer::S3Access);
        world.statement(deny("Guard", &condition));
        let what = world.finding("policy-uncertain").what;
        assert!(what.contains("`Guard`") && what.contains(why), "{condition}: {what}");
    }
    // Of a time AWS says that it may be tested as a number.
    let mut world = in_order(Producer::S3Access);
    world.statement(deny("Guard", &json!({ "NumericLessThan": { "aws:EpochTime": "5" } })));
    let what = world.finding("policy-uncertain").what;
    assert!(what.contains("what the request sends is not known"), "{what}");
}
