//! The checks of KMS before it accepts a key policy.
//!
//! KMS API, `PutKeyPolicy`. [`crate::delivery`] judges whether the policy allows a log service.

use serde_json::Value;

use crate::account::operator_arn;
use crate::kms::error::{Refusal, refuse};
use crate::policy::plain::statements;
use crate::policy::{Asked, Verdict, judge};
use crate::s3::principal;

/// "Maximum length of 32768."
const MOST: usize = 32_768;

pub fn check(text: &str, account: &str, key: &str, bypass: bool) -> Result<(), Refusal> {
    let malformed = |message: &str| Err(refuse("MalformedPolicyDocumentException", message));
    if text.chars().count() > MOST {
        return Err(refuse(
            "LimitExceededException",
            "The policy document exceeds the maximum length of 32768 characters.",
        ));
    }
    let printable = |letter: char| matches!(letter, '\t' | '\n' | '\r' | '\u{20}'..='\u{ff}');
    if !text.chars().all(printable) {
        let message = "1 validation error detected: Value at 'policy' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u00FF]+";
        return Err(refuse("ValidationException", message));
    }
    let Ok(policy @ Value::Object(_)) = serde_json::from_str::<Value>(text) else {
        return malformed("The policy document is not well-formed JSON.");
    };
    let all = statements(&policy);
    if all.is_empty() {
        return malformed("The policy document has no statement.");
    }
    for statement in all {
        let Some(named) = statement.get("Principal").or_else(|| statement.get("NotPrincipal")) else {
            return malformed("A statement of the policy has no principal.");
        };
        if !principal::valid(named) {
            return malformed("Policy contains a statement with one or more invalid principals.");
        }
        if !matches!(statement.get("Effect").and_then(Value::as_str), Some("Allow" | "Deny")) {
            return malformed("A statement of the policy has no valid effect.");
        }
    }
    if !bypass && !keeps_a_way_back(&policy, account, key) {
        return malformed("The new key policy will not allow you to update the key policy in the future.");
    }
    Ok(())
}

/// KMS Developer Guide: the caller must be able to make "a subsequent `PutKeyPolicy` request".
fn keeps_a_way_back(policy: &Value, account: &str, key: &str) -> bool {
    let role = format!("arn:aws:iam::{account}:role/Operator");
    [format!("arn:aws:iam::{account}:root"), role, operator_arn(account)].into_iter().any(|principal| {
        let asked = Asked {
            kind: "AWS".to_owned(),
            principal,
            action: "kms:PutKeyPolicy".to_owned(),
            resource: key.to_owned(),
            context: std::collections::BTreeMap::new(),
        };
        judge(policy, &asked) == Verdict::Allow
    })
}
