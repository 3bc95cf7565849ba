//! Which accounts' logs a bucket policy lets in: where they log is known only there.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::iam::Document;
use crate::model::AccountId;

/// The accounts, but for the bucket's own, that Allow statements name as the source of logs: in a condition, or as the folder of
/// their keys. A principal is who writes, such as the account of Elastic Load Balancing.
pub fn accounts_let_in(policy: &str, own: &AccountId) -> BTreeSet<AccountId> {
    let Ok(document) = Document::parse(policy) else { return BTreeSet::new() };
    let allows = |statement: &&Value| statement.get("Effect").and_then(Value::as_str) == Some("Allow");
    let mut accounts = BTreeSet::new();
    for statement in document.raw_statements().iter().filter(allows) {
        for name in ["Condition", "Resource"] {
            collect(statement.get(name).unwrap_or(&Value::Null), &mut accounts);
        }
    }
    accounts.remove(own);
    accounts
}

fn collect(value: &Value, accounts: &mut BTreeSet<AccountId>) {
    match value {
        Value::String(text) => {
            // The name of a bucket may have digits of its own.
            let text = match text.strip_prefix("arn:").filter(|arn| arn.contains(":s3:::")) {
                Some(arn) => arn.split_once('/').map(|(_, key)| key).unwrap_or_default(),
                None => text,
            };
            let words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
            accounts.extend(words.filter_map(|word| word.parse::<AccountId>().ok()));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, accounts)),
        Value::Object(fields) => fields.values().for_each(|value| collect(value, accounts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn let_in(statement: &Value) -> Vec<String> {
        let policy = json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string();
        let own = "111122223333".parse().unwrap();
        accounts_let_in(&policy, &own).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_condition_and_a_folder_name_the_account_of_a_source() {
        let service = json!({ "Service": "logging.s3.amazonaws.com" });
        let of = |condition: Value, resource: &str| json!({ "Effect": "Allow", "Principal": service, "Action": "s3:PutObject", "Resource": resource, "Condition": condition });
        let by = |key: &str, value: &str| json!({ "StringEquals": { key: value } });
        assert_eq!(let_in(&of(by("aws:SourceAccount", "444455556666"), "arn:aws:s3:::b/*")), ["444455556666"]);
        let arn = "arn:aws:logs:us-east-1:444455556666:*";
        assert_eq!(let_in(&of(by("aws:SourceArn", arn), "arn:aws:s3:::b/*")), ["444455556666"]);
        assert_eq!(let_in(&of(json!({}), "arn:aws:s3:::b/AWSLogs/777788889999/*")), ["777788889999"]);
        assert!(let_in(&of(by("aws:SourceAccount", "111122223333"), "arn:aws:s3:::b-444455556666/*")).is_empty());
    }

    #[test]
    fn who_writes_and_what_is_denied_name_no_source() {
        let elb = json!({ "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::127311923021:root" }, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/AWSLogs/111122223333/*" });
        assert!(let_in(&elb).is_empty());
        let deny = json!({ "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": { "StringEquals": { "aws:SourceAccount": "444455556666" } } });
        assert!(let_in(&deny).is_empty());
    }
}
