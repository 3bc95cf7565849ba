//! Conditions of which AWS does not say what comes of them: neither a grant nor a Deny is taken for certain.

use serde_json::{Value, json};

use super::fixture::in_order;
use super::policies::{allow, deny, policy_lines};
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
