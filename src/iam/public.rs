//! Decides whether S3 considers a bucket policy public. A public policy grants access to more than fixed values.
//!
//! "To be considered non-public, a bucket policy must grant access only to fixed values (values that don't contain a
//! wildcard or an AWS Identity and Access Management Policy Variable)" of a principal or of certain keys:
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status>.

use super::condition::Condition;
use super::document::Document;
use super::principal::PrincipalEntry;
use super::statement::{Effect, Selector, Statement};
use super::truth::Truth;

/// Keys that make a grant non-public if their values are fixed.
const FIXING: [&str; 7] = [
    "aws:principalorgid",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "s3:dataaccesspointaccount",
];

/// Keys that resemble the keys in `FIXING`, and keys for which AWS's page adds more rules.
const PERHAPS_FIXING: [&str; 5] =
    ["aws:principal", "aws:source", "aws:userid", "s3:dataaccesspoint", "s3:x-amz-server"];

/// Returns the index (from 0) of each statement that makes the policy public or may do so.
pub(crate) fn public_statements(document: &Document) -> Vec<(usize, Truth)> {
    let judged = document.statements().into_iter().map(|statement| (statement.index, is_public(&statement)));
    judged.filter(|(_, truth)| *truth != Truth::False).collect()
}

fn is_public(statement: &Statement) -> Truth {
    let grants = match statement.effect {
        Some(Effect::Deny) => return Truth::False,
        Some(Effect::Allow) if statement.unrecognized.is_empty() => Truth::True,
        Some(Effect::Allow) | None => Truth::Unknown,
    };
    let to_everyone = match &statement.principal {
        Selector::Only(entries) if entries.contains(&PrincipalEntry::Everyone) => Truth::True,
        Selector::Only(entries) if entries.iter().any(is_invalid) => Truth::Unknown,
        Selector::Only(_) => Truth::False,
        // AWS's page doesn't cover a grant to everyone except a few.
        Selector::AllBut(_) | Selector::Missing | Selector::NotUnderstood(_) => Truth::Unknown,
    };
    let is_fixed = statement.conditions.iter().map(fixes).fold(Truth::False, Truth::or);
    grants.and(to_everyone).and(is_fixed.negated())
}

fn is_invalid(entry: &PrincipalEntry) -> bool {
    matches!(entry, PrincipalEntry::OddAws(_) | PrincipalEntry::OddService)
}

/// Returns whether a condition restricts the grant to fixed values.
fn fixes(condition: &Condition) -> Truth {
    let key = condition.key.to_lowercase();
    let may_fix = FIXING.contains(&key.as_str()) || PERHAPS_FIXING.iter().any(|begins| key.starts_with(begins));
    if !may_fix {
        return Truth::False;
    }
    let tests_a_value = ["StringEquals", "StringLike", "ArnEquals", "ArnLike"].contains(&condition.operator.as_str());
    let are_fixed =
        !condition.values.is_empty() && !condition.values.iter().any(|value| value.contains(['*', '?', '$']));
    if FIXING.contains(&key.as_str()) && tests_a_value && are_fixed { Truth::True } else { Truth::Unknown }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn judged(statement: &Value) -> Truth {
        let policy = json!({ "Version": "2012-10-17", "Statement": [statement] });
        let document = Document::parse(&policy.to_string()).unwrap();
        public_statements(&document).into_iter().map(|(_, truth)| truth).fold(Truth::False, Truth::or)
    }

    fn to(principal: &Value, condition: &Value) -> Value {
        json!({ "Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/public/*",
            "Condition": condition })
    }

    #[test]
    fn a_grant_to_everyone_with_any_other_condition_is_public() {
        for condition in [json!({}), json!({ "Bool": { "aws:SecureTransport": "true" } })] {
            for everyone in [json!("*"), json!({ "AWS": "*" }), json!({ "AWS": ["111122223333", "*"] })] {
                assert_eq!(judged(&to(&everyone, &condition)), Truth::True, "{everyone} {condition}");
            }
        }
    }

    #[test]
    fn a_grant_to_fixed_values_is_not_public() {
        for condition in [
            json!({ "StringEquals": { "aws:PrincipalOrgID": "o-1234567890" } }),
            json!({ "StringEquals": { "AWS:SourceVpce": ["vpce-1", "vpce-2"] } }),
            json!({ "ArnLike": { "aws:SourceArn": "arn:aws:s3:::app-data" } }),
        ] {
            assert_eq!(judged(&to(&json!("*"), &condition)), Truth::False, "{condition}");
        }
        for principal in [json!({ "AWS": "111122223333" }), json!({ "Service": "cloudfront.amazonaws.com" })] {
            assert_eq!(judged(&to(&principal, &json!({}))), Truth::False, "{principal}");
        }
        let mut deny = to(&json!("*"), &json!({}));
        deny["Effect"] = json!("Deny");
        assert_eq!(judged(&deny), Truth::False);
    }

    #[test]
    fn a_grant_that_awss_page_does_not_cover_is_uncertain() {
        for condition in [
            json!({ "StringLike": { "aws:SourceArn": "arn:aws:s3:::*" } }),
            json!({ "StringEqualsIfExists": { "aws:SourceVpc": "vpc-1" } }),
            json!({ "StringEquals": { "aws:SourceAccount": "${aws:PrincipalAccount}" } }),
            json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } }),
        ] {
            assert_eq!(judged(&to(&json!("*"), &condition)), Truth::Unknown, "{condition}");
        }
        let mut others = to(&json!("*"), &json!({}));
        let principal = others.as_object_mut().unwrap().remove("Principal").unwrap();
        others["NotPrincipal"] = principal;
        assert_eq!(judged(&others), Truth::Unknown);
    }
}
