//! Finds the accounts whose logs a bucket policy allows. Only those accounts know where they log.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::iam::Document;
use crate::model::AccountId;

/// Returns the accounts other than the bucket's own that Allow statements for putting objects name as a log's source:
/// in a condition on the source or as the folder of the keys. Principals don't count: they are the writers, such as the
/// account of Elastic Load Balancing.
pub fn accounts_let_in(policy: &str, own: &AccountId) -> BTreeSet<AccountId> {
    let Ok(document) = Document::parse(policy) else { return BTreeSet::new() };
    let mut accounts = BTreeSet::new();
    for statement in document.raw_statements().iter().filter(|statement| allows_put(statement)) {
        let conditions = statement.get("Condition").and_then(Value::as_object).into_iter().flatten();
        let positive = conditions.filter(|(operator, _)| !operator.to_lowercase().contains("not"));
        let keys = positive.filter_map(|(_, keys)| keys.as_object()).flatten();
        let of_sources = keys.filter(|(key, _)| SOURCES.iter().any(|of| key.eq_ignore_ascii_case(of)));
        accounts.extend(of_sources.flat_map(|(_, values)| strings(values)).flat_map(words));
        let resources = statement.get("Resource").into_iter().flat_map(strings);
        let folders = resources.filter_map(|arn| arn.split_once("AWSLogs/")?.1.split('/').next());
        accounts.extend(folders.flat_map(words));
    }
    accounts.remove(own);
    accounts
}

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
        accounts_let_in(&policy, &own).iter().map(ToString::to_string).collect()
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
    fn principals_and_deny_statements_name_no_source() {
        let elb = json!({ "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::127311923021:root" }, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/AWSLogs/111122223333/*" });
        assert!(accounts(&elb).is_empty());
        let deny = json!({ "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": { "StringEquals": { "aws:SourceAccount": "444455556666" } } });
        assert!(accounts(&deny).is_empty());
    }
}
