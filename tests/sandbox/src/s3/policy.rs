//! The bucket policy: stored byte for byte, checked as S3 does.
//!
//! [`crate::policy`] judges what a policy allows.

use serde_json::Value;

use crate::policy::plain::statements;
use crate::s3::bucket::Bucket;
use crate::s3::error::{Refusal, access_denied, refuse};
use crate::s3::principal;

/// S3 User Guide: "Bucket policies are limited to 20 KB in size".
const MOST: usize = 20 * 1024;

/// Actions on objects. All other S3 actions are on buckets.
const OF_OBJECTS: &[&str] = &[
    "getobject",
    "putobject",
    "deleteobject",
    "restoreobject",
    "abortmultipart",
    "listmultipartuploadparts",
    "bypassgovernance",
    "objectowneroverride",
    "replicate",
];

/// Sets a policy, or returns an error.
pub fn put(bucket: &mut Bucket, body: &[u8]) -> Result<(), Refusal> {
    let text = std::str::from_utf8(body)
        .map_err(|_| malformed("Policies must be valid JSON and the first byte must be '{'"))?;
    let policy: Value = serde_json::from_str(text)
        .map_err(|_| malformed("Policies must be valid JSON and the first byte must be '{'"))?;
    if policy.to_string().len() > MOST {
        return Err(refuse(
            400,
            "PolicyTooLarge",
            "Normalized policy document exceeds the maximum allowed size of 20480 bytes.",
        ));
    }
    check(&policy, &bucket.name)?;
    if bucket.blocks_public("BlockPublicPolicy") && public(&policy) {
        return Err(access_denied());
    }
    bucket.policy = Some(text.to_owned());
    Ok(())
}

/// Returns whether a policy allows everyone without a condition that restricts access to fixed values (S3 User Guide,
/// "The meaning of public").
#[must_use]
pub fn public(policy: &Value) -> bool {
    statements(policy).into_iter().any(|statement| {
        let allows = statement.get("Effect").and_then(Value::as_str) == Some("Allow");
        let everybody = match statement.get("Principal") {
            Some(Value::Object(kinds)) => kinds.get("AWS").is_some_and(|named| texts(named).contains(&"*")),
            Some(Value::String(named)) => named == "*",
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_)) | None => false,
        };
        allows && everybody && !narrowed(statement)
    })
}

/// Returns whether a condition restricts one of the listed keys to fixed values.
fn narrowed(statement: &Value) -> bool {
    let fixed = [
        "aws:sourcearn",
        "aws:sourceaccount",
        "aws:principalorgid",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:principalarn",
        "aws:principalaccount",
        "aws:sourceip",
        "aws:sourceorgid",
    ];
    let Some(Value::Object(operators)) = statement.get("Condition") else {
        return false;
    };
    operators
        .iter()
        .filter(|(operator, _)| !operator.contains("Not") && !operator.ends_with("IfExists"))
        .filter_map(|(_, tests)| tests.as_object())
        .flatten()
        .any(|(key, values)| {
            fixed.contains(&key.to_ascii_lowercase().as_str())
                && texts(values).iter().all(|value| *value != "*" && !value.contains("${"))
        })
}

fn malformed(message: &str) -> Refusal {
    refuse(400, "MalformedPolicy", message)
}

fn check(policy: &Value, bucket: &str) -> Result<(), Refusal> {
    let Value::Object(fields) = policy else {
        return Err(malformed("Policies must be valid JSON and the first byte must be '{'"));
    };
    if let Some(unknown) = fields.keys().find(|name| !["Version", "Id", "Statement"].contains(&name.as_str())) {
        return Err(malformed(&format!("Unknown field {unknown}")));
    }
    if fields.get("Version").is_some_and(|version| version != "2012-10-17" && version != "2008-10-17") {
        return Err(malformed("The policy must contain a valid version string"));
    }
    if !fields.contains_key("Statement") {
        return Err(malformed("Missing required field Statement"));
    }
    let all = statements(policy);
    if all.is_empty() {
        return Err(malformed("Could not parse the policy: Statement is empty!"));
    }
    let mut sids = Vec::new();
    for statement in all {
        check_statement(statement, bucket)?;
        if let Some(sid) = statement.get("Sid").and_then(Value::as_str).filter(|sid| !sid.is_empty()) {
            if sids.contains(&sid) {
                return Err(malformed("Statement IDs (SID) in a single policy must be unique."));
            }
            sids.push(sid);
        }
    }
    Ok(())
}

fn check_statement(statement: &Value, bucket: &str) -> Result<(), Refusal> {
    let Value::Object(fields) = statement else {
        return Err(malformed("Statement must be an object"));
    };
    let known =
        ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
    if let Some(unknown) = fields.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(malformed(&format!("Unknown field {unknown}")));
    }
    match fields.get("Effect").and_then(Value::as_str) {
        Some("Allow" | "Deny") => {}
        Some(other) => return Err(malformed(&format!("Invalid effect: {other}"))),
        None => return Err(malformed("Missing required field Effect")),
    }
    let either = |one: &str, other: &str| {
        fields.get(one).or_else(|| fields.get(other)).ok_or_else(|| malformed(&format!("Missing required field {one}")))
    };
    if !principal::valid(either("Principal", "NotPrincipal")?) {
        return Err(malformed("Invalid principal in policy"));
    }
    let actions = texts(either("Action", "NotAction")?);
    if actions.is_empty()
        || actions.iter().any(|action| *action != "*" && !action.to_ascii_lowercase().starts_with("s3:"))
    {
        return Err(malformed("Policy has invalid action"));
    }
    let resources = texts(either("Resource", "NotResource")?);
    if resources.is_empty() || !resources.iter().all(|resource| own(resource, bucket)) {
        return Err(malformed("Policy has invalid resource"));
    }
    if fields.contains_key("Action")
        && fields.contains_key("Resource")
        && !actions.iter().all(|action| applies(action, &resources))
    {
        return Err(malformed("Action does not apply to any resource(s) in statement"));
    }
    check_condition(fields.get("Condition"))
}

/// Returns whether the resource is this bucket, its objects, or a pattern that matches them.
fn own(resource: &str, bucket: &str) -> bool {
    if resource == "*" {
        return true;
    }
    let Some((partition, name)) = resource.strip_prefix("arn:").and_then(|rest| rest.split_once(":s3:::")) else {
        return false;
    };
    let named = name.split_once('/').map_or(name, |(named, _)| named);
    partition.starts_with("aws")
        && (named == bucket || named.strip_suffix('*').is_some_and(|start| bucket.starts_with(start)))
}

fn applies(action: &str, resources: &[&str]) -> bool {
    let action = action.to_ascii_lowercase();
    let Some(name) = action.strip_prefix("s3:").filter(|name| !name.contains('*')) else {
        return true;
    };
    let object = OF_OBJECTS.iter().any(|start| name.starts_with(start));
    resources.iter().any(|resource| resource.ends_with('*') || resource.contains('/') == object)
}

fn check_condition(condition: Option<&Value>) -> Result<(), Refusal> {
    let Some(condition) = condition else {
        return Ok(());
    };
    let Value::Object(operators) = condition else {
        return Err(malformed("Conditions must be an object"));
    };
    for (operator, tests) in operators {
        let bare = operator.split_once(':').map_or(operator.as_str(), |(_, bare)| bare).trim_end_matches("IfExists");
        let known = ["String", "Numeric", "Date", "Bool", "Binary", "IpAddress", "NotIpAddress", "Arn", "Null"];
        if !known.iter().any(|start| bare.starts_with(start)) {
            return Err(malformed(&format!("Invalid Condition type : {operator}")));
        }
        let Value::Object(tests) = tests else {
            return Err(malformed("Conditions must be an object"));
        };
        if tests.keys().any(|key| !key.contains(':')) {
            return Err(malformed("Policy has an invalid condition key"));
        }
    }
    Ok(())
}

fn texts(value: &Value) -> Vec<&str> {
    value
        .as_array()
        .map_or_else(|| value.as_str().into_iter().collect(), |many| many.iter().filter_map(Value::as_str).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{public, put};
    use crate::s3::bucket::Bucket;

    fn put_statement(statement: &serde_json::Value) -> Result<(), String> {
        let mut bucket = Bucket::new("b", "111122223333", "us-east-1");
        put(&mut bucket, json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string().as_bytes())
            .map_err(|refusal| refusal.message)
    }

    #[test]
    fn a_policy_is_checked_as_s3_does() {
        let good = json!({ "Effect": "Allow", "Principal": { "Service": "delivery.logs.amazonaws.com" }, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*" });
        assert_eq!(put_statement(&good), Ok(()));
        for (field, value, message) in [
            ("Resource", json!("arn:aws:s3:::other/*"), "Policy has invalid resource"),
            ("Resource", json!("arn:aws:s3:::b"), "Action does not apply to any resource(s) in statement"),
            ("Principal", json!({ "Service": "log-delivery.example.com" }), "Invalid principal in policy"),
            ("Principal", json!({ "AWS": "AROAEXAMPLE" }), "Invalid principal in policy"),
            ("Action", json!("kms:Decrypt"), "Policy has invalid action"),
            ("Effect", json!(null), "Missing required field Effect"),
            ("Extra", json!(1), "Unknown field Extra"),
        ] {
            let mut bad = good.clone();
            bad[field] = value;
            assert_eq!(put_statement(&bad), Err(message.to_owned()), "{field}");
        }
    }

    #[test]
    fn a_grant_to_a_service_is_not_public() {
        let allow =
            |principal: serde_json::Value| json!({ "Statement": { "Effect": "Allow", "Principal": principal } });
        assert!(public(&allow(json!("*"))));
        assert!(public(&allow(json!({ "AWS": ["*"] }))));
        assert!(!public(&allow(json!({ "Service": "s3.amazonaws.com" }))));
    }
}
