//! Adds logbucket's statements to a policy or extends them. Nothing else in the policy changes.

use serde_json::Value;

use crate::iam::Document;

/// The start of the Sids that logbucket writes.
const OURS: &str = "Logbucket";

/// Adds one of logbucket's statements to the document.
///
/// If the document already has the statement with other sources, the new sources are added to it. An equal statement
/// stays as it is. Otherwise the statement is appended with the first free Sid based on its name.
pub(super) fn with_statement(document: &Document, statement: &Value) -> Document {
    let twin = document.raw_statements().iter().enumerate().find_map(|(index, present)| {
        (is_ours(present) && frame(present) == frame(statement)).then(|| (index, extended(present, statement)))
    });
    match twin {
        Some((index, merged)) if document.raw_statements().get(index) != Some(&merged) => {
            document.with_statement_replaced(index, merged)
        }
        Some(_) => document.clone(),
        None => document.with_statement_appended(named_freely(document, statement)),
    }
}

/// Returns whether one of logbucket's statements is unchanged, apart from added sources.
pub(super) fn keeps(before: &Value, after: &Value) -> bool {
    before.get("Sid") == after.get("Sid") && is_ours(before) && frame(before) == frame(after) && {
        let (resources, sources) = (resources(after), source_arns(after));
        let widened = sources.iter().any(|arn| arn.ends_with(":::*"));
        widened
            || self::resources(before).iter().all(|one| resources.contains(one))
                && source_arns(before).iter().all(|one| sources.contains(one))
    }
}

/// Returns the policy that AWS overwrote, if statements of the former policy are missing now and AWS has written its own.
/// Keeps what others have added since. `None` is no policy.
pub(crate) fn restored_policy(before: Option<&str>, now: Option<&str>) -> Option<String> {
    let (before, now) = (Document::parse(before?).ok()?, Document::parse(now?).ok()?);
    let (former, present) = (before.raw_statements(), now.raw_statements());
    let new = || present.iter().filter(|statement| !former.contains(statement));
    let is_lost = former.iter().any(|statement| !present.contains(statement));
    // AWS's own statements may have been there before.
    let is_only_awss = !present.is_empty() && present.iter().all(is_of_log_delivery);
    if !is_lost || !(is_only_awss || new().any(is_of_log_delivery)) {
        return None;
    }
    let added = new().filter(|statement| !is_of_log_delivery(statement)).cloned();
    Some(added.fold(before.clone(), |all, statement| all.with_statement_appended(statement)).to_text())
}

/// Returns whether AWS adds the statement when it turns on a log. Its IDs are `AWSLogDeliveryWrite` and
/// `AWSLogDeliveryAclCheck`, also with a number
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html>).
fn is_of_log_delivery(statement: &Value) -> bool {
    statement.get("Sid").and_then(Value::as_str).is_some_and(|sid| sid.starts_with("AWSLogDelivery"))
}

fn is_ours(statement: &Value) -> bool {
    statement.get("Sid").and_then(Value::as_str).is_some_and(|sid| sid.starts_with(OURS))
}

fn named_freely(document: &Document, statement: &Value) -> Value {
    let mut statement = statement.clone();
    if let Some(sid) = statement.get("Sid").and_then(Value::as_str).map(|sid| document.free_sid(sid))
        && let Some(fields) = statement.as_object_mut()
    {
        fields.insert("Sid".to_owned(), Value::String(sid));
    }
    statement
}

/// Returns a statement without its Sid and its sources. Two statements can be merged if this remainder is equal.
fn frame(statement: &Value) -> Value {
    let mut frame = statement.clone();
    let Some(fields) = frame.as_object_mut() else { return frame };
    fields.remove("Sid");
    let of_buckets = source_arns(statement).iter().any(|arn| arn.contains(":s3:::"));
    if of_buckets {
        let parent = resources(statement).first().map(|resource| parent(resource).to_owned());
        // Only an inventory statement's `Resource` depends on its sources: its last folder is the source's name.
        if statement.pointer("/Principal/Service").and_then(Value::as_str) == Some("s3.amazonaws.com") {
            fields.insert("Resource".to_owned(), parent.map_or(Value::Null, Value::String));
        }
        let condition = fields.get_mut("Condition");
        if let Some(sources) = condition.and_then(|condition| condition.pointer_mut("/ArnLike/aws:SourceArn")) {
            *sources = Value::Null;
        }
    }
    frame
}

/// Returns `arn:...:bucket/folder` for `arn:...:bucket/folder/SOURCE/*`.
fn parent(resource: &str) -> &str {
    let folder = resource.strip_suffix("/*").unwrap_or(resource);
    folder.rsplit_once('/').map_or(folder, |(parent, _)| parent)
}

fn list(texts: Vec<String>) -> Value {
    match <[String; 1]>::try_from(texts) {
        Ok([only]) => Value::String(only),
        Err(several) => Value::Array(several.into_iter().map(Value::String).collect()),
    }
}

fn source_arns(statement: &Value) -> Vec<String> {
    statement.pointer("/Condition/ArnLike/aws:SourceArn").map(texts).unwrap_or_default()
}

fn resources(statement: &Value) -> Vec<String> {
    statement.get("Resource").map(texts).unwrap_or_default()
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    }
}

/// Returns `present` with the sources of `wanted` added.
fn extended(present: &Value, wanted: &Value) -> Value {
    let mut merged = present.clone();
    let widened = source_arns(wanted).iter().any(|arn| arn.ends_with(":::*"));
    let mut extend = |pointer: &str, own: Vec<String>, new: Vec<String>| {
        let Some(slot) = merged.pointer_mut(pointer) else { return };
        if widened {
            // The pattern for every bucket of the account includes the listed sources.
            *slot = list(new);
            return;
        }
        let mut all = own.clone();
        all.extend(new.into_iter().filter(|text| !own.contains(text)));
        if all.len() > own.len() {
            *slot = list(all);
        }
    };
    extend("/Resource", resources(present), resources(wanted));
    extend("/Condition/ArnLike/aws:SourceArn", source_arns(present), source_arns(wanted));
    merged
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_policy_that_aws_overwrote_is_restored_with_what_others_added() {
        let policy = |sids: &[&str]| {
            let statements: Vec<Value> = sids
                .iter()
                .map(|sid| json!({"Sid": sid, "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}))
                .collect();
            json!({"Version": "2012-10-17", "Statement": statements}).to_string()
        };
        let restored = |before: &[&str], now: &[&str]| {
            let text = restored_policy(Some(&policy(before)), Some(&policy(now)))?;
            let document = Document::parse(&text).unwrap();
            let sids = document.raw_statements().iter().map(|statement| statement["Sid"].as_str().unwrap().to_owned());
            Some(sids.collect::<Vec<_>>())
        };
        assert_eq!(restored(&["A"], &["A", "AWSLogDeliveryWrite"]), None, "nothing is lost");
        assert_eq!(restored(&["A", "B"], &["B"]), None, "someone else deleted it");
        assert_eq!(restored(&["A", "B"], &["AWSLogDeliveryWrite", "B"]).unwrap(), ["A", "B"]);
        assert_eq!(restored(&["A"], &["AWSLogDeliveryWrite1", "New"]).unwrap(), ["A", "New"]);
        assert_eq!(
            restored(&["AWSLogDeliveryWrite", "A"], &["AWSLogDeliveryWrite"]).unwrap(),
            ["AWSLogDeliveryWrite", "A"]
        );
        assert_eq!(restored_policy(None, Some(&policy(&["AWSLogDeliveryWrite"]))), None);
    }

    fn s3_access(sid: &str, sources: &Value) -> Value {
        json!({
            "Sid": sid, "Effect": "Allow", "Principal": { "Service": "logging.s3.amazonaws.com" },
            "Action": "s3:PutObject", "Resource": "arn:aws:s3:::logs/s3/*",
            "Condition": { "StringEquals": { "aws:SourceAccount": "111122223333" }, "ArnLike": { "aws:SourceArn": sources } },
        })
    }

    fn document(statements: &[Value]) -> Document {
        Document::parse(&json!({ "Version": "2012-10-17", "Statement": statements }).to_string()).unwrap()
    }

    #[test]
    fn a_second_source_is_added_to_the_statement_of_the_first() {
        let first = document(&[s3_access("LogbucketS3Access", &json!("arn:aws:s3:::a-1"))]);
        let both = with_statement(&first, &s3_access("LogbucketS3Access", &json!("arn:aws:s3:::b-2")));
        assert_eq!(both.raw_statements().len(), 1);
        let arns = &both.raw_statements()[0]["Condition"]["ArnLike"]["aws:SourceArn"];
        assert_eq!(arns, &json!(["arn:aws:s3:::a-1", "arn:aws:s3:::b-2"]));
    }

    #[test]
    fn merging_twice_changes_nothing_the_second_time() {
        let statement = s3_access("LogbucketS3Access", &json!("arn:aws:s3:::a-1"));
        let once = with_statement(&document(&[]), &statement);
        assert_eq!(with_statement(&once, &statement), once);
        // A single statement or source stays a single value, and a list of one stays a list.
        let single = Document::parse(&json!({ "Statement": statement }).to_string()).unwrap();
        assert_eq!(with_statement(&single, &statement), single);
        let listed = document(&[s3_access("LogbucketS3Access", &json!(["arn:aws:s3:::a-1"]))]);
        assert_eq!(with_statement(&listed, &statement), listed);
    }

    #[test]
    fn a_foreign_statement_is_never_extended_even_if_it_looks_alike() {
        let foreign = document(&[s3_access("Theirs", &json!("arn:aws:s3:::a-1"))]);
        let merged = with_statement(&foreign, &s3_access("LogbucketS3Access", &json!("arn:aws:s3:::b-2")));
        assert_eq!(merged.raw_statements()[0], foreign.raw_statements()[0]);
        assert_eq!(merged.raw_statements().len(), 2);
    }

    #[test]
    fn another_prefix_gets_its_own_statement_with_an_unused_sid() {
        let first = document(&[s3_access("LogbucketS3Access", &json!("arn:aws:s3:::a-1"))]);
        let mut other = s3_access("LogbucketS3Access", &json!("arn:aws:s3:::a-1"));
        other["Resource"] = json!("arn:aws:s3:::logs/other/*");
        let merged = with_statement(&first, &other);
        assert_eq!(merged.raw_statements()[1]["Sid"], "LogbucketS3Access2");
    }

    #[test]
    fn a_grant_for_the_whole_account_replaces_the_list_that_it_covers() {
        let sources = json!(["arn:aws:s3:::a-1", "arn:aws:s3:::b-2"]);
        let listed = document(&[s3_access("LogbucketS3Access", &sources), json!({ "Sid": "Theirs" })]);
        let wide = s3_access("LogbucketS3Access", &json!("arn:aws:s3:::*"));
        let merged = with_statement(&listed, &wide);
        assert_eq!(merged.raw_statements(), [wide.clone(), json!({ "Sid": "Theirs" })]);
        assert_eq!(with_statement(&merged, &wide), merged);
    }

    #[test]
    fn inventories_share_a_statement_by_parent_folder() {
        let inventory = |source: &str, folder: &str| {
            json!({
                "Sid": "LogbucketInventory", "Effect": "Allow", "Principal": { "Service": "s3.amazonaws.com" },
                "Action": "s3:PutObject", "Resource": format!("arn:aws:s3:::logs/{folder}/{source}/*"),
                "Condition": { "ArnLike": { "aws:SourceArn": format!("arn:aws:s3:::{source}") } },
            })
        };
        let first = document(&[inventory("a-1", "inv")]);
        let same = with_statement(&first, &inventory("b-2", "inv"));
        assert_eq!(same.raw_statements()[0]["Resource"][1], "arn:aws:s3:::logs/inv/b-2/*");
        let other = with_statement(&first, &inventory("b-2", "other"));
        assert_eq!(other.raw_statements().len(), 2);
    }
}
