//! Finds the accounts whose logs a bucket policy allows. Only the accounts themselves can list which of their sources
//! log to the bucket.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::iam::Document;
use crate::model::AccountId;

/// Returns the other accounts whose sources may log to the bucket. An Allow statement for putting objects names such an
/// account in a condition on the source, or as a folder in the object keys. Principals don't count, because they are
/// the writers, such as the account of Elastic Load Balancing.
pub(crate) fn allowed_accounts(policy: &str, own: &AccountId) -> BTreeSet<AccountId> {
    let Ok(document) = Document::parse(policy) else { return BTreeSet::new() };
    let mut accounts = BTreeSet::new();
    for statement in document.raw_statements().iter().filter(|statement| allows_put(statement)) {
        accounts.extend(condition_values(statement, &SOURCES).flat_map(words));
        let resources = statement.get("Resource").into_iter().flat_map(strings);
        let folders = resources.filter_map(|arn| arn.split_once("AWSLogs/")?.1.split('/').next());
        accounts.extend(folders.flat_map(words));
    }
    accounts.remove(own);
    accounts
}

/// Returns the IDs of the organizations whose accounts may put objects according to Allow statements. A statement can
/// allow a whole organization or a path in it. A bucket's settings don't show which accounts belong to an organization.
pub(crate) fn allowed_organizations(policy: &str) -> BTreeSet<String> {
    let Ok(document) = Document::parse(policy) else { return BTreeSet::new() };
    let allows_put = document.raw_statements().iter().filter(|statement| allows_put(statement));
    let values = allows_put.flat_map(|statement| condition_values(statement, &ORGANIZATIONS)).collect::<Vec<_>>();
    // A path begins with the organization's ID.
    values
        .into_iter()
        .filter_map(|value| value.split('/').next())
        .filter(|id| !id.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Returns the values that a statement's conditions require for any of the keys.
fn condition_values<'a>(statement: &'a Value, wanted: &'a [&str]) -> impl Iterator<Item = &'a str> {
    let conditions = statement.get("Condition").and_then(Value::as_object).into_iter().flatten();
    let positive = conditions.filter(|(operator, _)| !operator.to_lowercase().contains("not"));
    let keys = positive.filter_map(|(_, keys)| keys.as_object()).flatten();
    let of_sources = keys.filter(move |(key, _)| wanted.iter().any(|of| key.eq_ignore_ascii_case(of)));
    of_sources.flat_map(|(_, values)| strings(values))
}

/// The keys that name the organization of the source of a log
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceorgid>).
const ORGANIZATIONS: [&str; 2] = ["aws:SourceOrgID", "aws:SourceOrgPaths"];

/// The keys that name the source of a log.
const SOURCES: [&str; 2] = ["aws:SourceAccount", "aws:SourceArn"];

fn allows_put(statement: &Value) -> bool {
    let allows = statement.get("Effect").and_then(Value::as_str) == Some("Allow");
    let puts = |action: &str| {
        let action = action.to_lowercase();
        action.strip_suffix('*').map_or(action == "s3:putobject", |beginning| "s3:putobject".starts_with(beginning))
    };
    allows && statement.get("Action").into_iter().flat_map(strings).any(puts)
}

/// Returns the string, or the strings of a list.
fn strings(value: &Value) -> impl Iterator<Item = &str> {
    let list = value.as_array().into_iter().flatten();
    list.chain(Some(value)).filter_map(Value::as_str)
}

fn words(text: &str) -> impl Iterator<Item = AccountId> + '_ {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.filter_map(|word| word.parse::<AccountId>().ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn accounts(statement: &Value) -> Vec<String> {
        let policy = json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string();
        let own = "111122223333".parse().unwrap();
        allowed_accounts(&policy, &own).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_condition_and_a_folder_name_the_account_of_a_source() {
        let service = json!({ "Service": "logging.s3.amazonaws.com" });
        let of = |condition: Value, resource: &str| json!({ "Effect": "Allow", "Principal": service, "Action": "s3:PutObject", "Resource": resource, "Condition": condition });
        let by = |key: &str, value: &str| json!({ "StringEquals": { key: value } });
        assert_eq!(accounts(&of(by("aws:SourceAccount", "444455556666"), "arn:aws:s3:::b/*")), ["444455556666"]);
        let arn = "arn:aws:logs:us-east-1:444455556666:*";
        assert_eq!(accounts(&of(by("aws:SourceArn", arn), "arn:aws:s3:::b/*")), ["444455556666"]);
        assert_eq!(accounts(&of(json!({}), "arn:aws:s3:::b/AWSLogs/777788889999/*")), ["777788889999"]);
        assert!(accounts(&of(by("aws:SourceAccount", "111122223333"), "arn:aws:s3:::b-444455556666/*")).is_empty());
    }

    #[test]
    fn a_condition_names_the_organization_of_a_source() {
        let of = |effect: &str, condition: Value| {
            let statement = json!({ "Effect": effect, "Principal": { "Service": "logging.s3.amazonaws.com" },
                "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*", "Condition": condition });
            let policy = json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string();
            allowed_organizations(&policy).into_iter().collect::<Vec<_>>()
        };
        assert_eq!(of("Allow", json!({ "StringEquals": { "aws:SourceOrgID": ["o-1", "o-2"] } })), ["o-1", "o-2"]);
        let path = json!({ "ForAnyValue:StringLike": { "aws:sourceorgpaths": "o-3/r-1/*" } });
        assert_eq!(of("Allow", path), ["o-3"]);
        assert!(of("Deny", json!({ "StringEquals": { "aws:SourceOrgID": "o-1" } })).is_empty());
        assert!(of("Allow", json!({ "StringNotEquals": { "aws:SourceOrgID": "o-1" } })).is_empty());
        assert!(of("Allow", json!({ "StringEquals": { "aws:PrincipalOrgID": "o-1" } })).is_empty());
    }

    #[test]
    fn principals_and_deny_statements_do_not_name_a_source() {
        let elb = json!({ "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::127311923021:root" }, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/AWSLogs/111122223333/*" });
        assert!(accounts(&elb).is_empty());
        let deny = json!({ "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": { "StringEquals": { "aws:SourceAccount": "444455556666" } } });
        assert!(accounts(&deny).is_empty());
    }
}
