//! Whether S3 calls a statement of a bucket policy public.

use serde_json::Value;

/// Keys that keep a statement for everybody from being public, where it holds them to fixed values.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status>;
/// of the keys of organizations and principals the page names only some.
const FIXED: [&str; 16] = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
];

/// Whether a statement is certainly public: it allows something to everybody and asks for none of the keys by which S3 tells
/// that it does not. One that asks for such a key may be public all the same, by a wildcard in its value.
pub fn is_public(statement: &Value) -> bool {
    let is_everybody = |named: &Value| match named {
        Value::String(name) => name == "*",
        Value::Array(names) => names.iter().any(|name| name == "*"),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
    };
    let to_everybody = match statement.get("Principal") {
        Some(Value::Object(kinds)) => kinds.get("AWS").is_some_and(is_everybody),
        Some(named) => is_everybody(named),
        None => false,
    };
    let operators = statement.get("Condition").and_then(Value::as_object);
    let mut keys = operators.into_iter().flatten().filter_map(|(_, keys)| keys.as_object()).flatten();
    let is_held = keys.any(|(key, _)| FIXED.contains(&key.to_ascii_lowercase().as_str()));
    statement.get("Effect").is_some_and(|effect| effect == "Allow") && to_everybody && !is_held
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(principal: &Value, condition: &Value) -> Value {
        json!({ "Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*",
            "Condition": condition })
    }

    #[test]
    fn what_everybody_may_do_is_public_whatever_is_asked_but_who_and_from_where() {
        for principal in [json!("*"), json!({ "AWS": "*" }), json!({ "AWS": ["111122223333", "*"] })] {
            assert!(is_public(&of(&principal, &json!({}))), "{principal}");
            assert!(is_public(&of(&principal, &json!({ "Bool": { "aws:SecureTransport": "true" } }))));
            let held = json!({ "StringEquals": { "aws:principalOrgId": "o-1" } });
            assert!(!is_public(&of(&principal, &held)));
        }
    }

    #[test]
    fn what_denies_or_names_somebody_is_not_public() {
        let mut deny = of(&json!("*"), &json!({}));
        deny["Effect"] = json!("Deny");
        assert!(!is_public(&deny));
        for principal in [json!({ "Service": "delivery.logs.amazonaws.com" }), json!({ "AWS": "111122223333" })] {
            assert!(!is_public(&of(&principal, &json!({}))));
        }
        assert!(!is_public(&json!({ "Effect": "Allow", "NotPrincipal": { "AWS": "111122223333" } })));
        assert!(!is_public(&json!("odd")));
    }
}
