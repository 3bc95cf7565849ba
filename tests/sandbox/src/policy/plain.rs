//! Rewrites policies for `iam-rs` into the one form that it can read, with the same meaning.
//!
//! Each statement is rewritten for one kind of requester. This module decides nothing.

use std::collections::BTreeMap;

use iam_rs::{Arn, ArnMatcher};
use serde_json::{Map, Value, json};

use crate::policy::time::epoch_seconds;
use crate::policy::variable::{NOTHING, expand, literal};

/// A prefix of condition keys. Each value type has its own prefix, so a context can have each key in every type.
pub const TEXT: &str = "text~";
/// See [`TEXT`].
pub const TRUTH: &str = "truth~";
/// See [`TEXT`].
pub const NUMBER: &str = "number~";
/// See [`TEXT`].
pub const ADDRESS: &str = "address~";
/// See [`TEXT`]: the plain key, only to test whether it exists.
pub const PRESENCE: &str = "there~";

/// The type that a condition compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compared {
    Text,
    Arn,
    Truth,
    Number,
    Date,
    Address,
    Presence,
}

/// Returns a policy's statements as a list.
pub fn statements(policy: &Value) -> Vec<&Value> {
    match policy.get("Statement") {
        Some(Value::Array(many)) => many.iter().collect(),
        Some(one @ Value::Object(_)) => vec![one],
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) | None => Vec::new(),
    }
}

/// The facts that determine a statement's meaning, besides its text.
#[derive(Clone, Copy, Debug)]
struct Setting<'a> {
    /// Whether the policy's version is not 2012-10-17, which makes variables plain text.
    old: bool,
    context: &'a BTreeMap<String, Value>,
}

impl Setting<'_> {
    fn fill(&self, text: &str) -> String {
        expand(text, self.old, self.context)
    }

    /// A resource that matches nothing must still be an ARN. Otherwise `iam-rs` ignores the whole statement.
    fn fill_resource(&self, text: &str) -> String {
        let filled = self.fill(text);
        if filled == NOTHING { format!("arn:aws:s3:::{NOTHING}") } else { filled }
    }

    fn value(&self, key: &str) -> Option<&str> {
        self.context.iter().find(|(known, _)| known.eq_ignore_ascii_case(key)).and_then(|(_, value)| value.as_str())
    }
}

/// Returns a policy with this one statement, rewritten for a kind of requester (`AWS`, `Service`, ...) and its context.
///
/// Returns `None` if the statement can't apply to this kind of requester.
pub fn for_requester(
    policy: &Value,
    statement: &Value,
    kind: &str,
    context: &BTreeMap<String, Value>,
) -> Option<Value> {
    let Value::Object(fields) = statement else {
        return None;
    };
    let old = policy.get("Version").and_then(Value::as_str) != Some("2012-10-17");
    let setting = Setting { old, context };
    let mut plain = Map::new();
    for (name, value) in fields {
        match name.as_str() {
            "Principal" => {
                plain.insert("Principal".to_owned(), principal(value, kind)?);
            }
            "NotPrincipal" => match principal(value, kind) {
                Some(Value::String(_)) => return None,
                Some(named) => {
                    plain.insert("NotPrincipal".to_owned(), named);
                }
                None => {
                    plain.insert("Principal".to_owned(), json!("*"));
                }
            },
            "Condition" => {
                plain.insert("Condition".to_owned(), conditions(value, setting));
            }
            "Resource" | "NotResource" => {
                plain.insert(name.clone(), strings(value, |text| setting.fill_resource(text)));
            }
            _ => {
                plain.insert(name.clone(), value.clone());
            }
        }
    }
    Some(json!({ "Version": "2012-10-17", "Statement": [plain] }))
}

/// Returns the principal element for one kind of requester: `"*"`, that kind's list, or nothing.
fn principal(value: &Value, kind: &str) -> Option<Value> {
    let Value::Object(kinds) = value else {
        return Some(json!("*"));
    };
    let everyone = kinds
        .get("AWS")
        .is_some_and(|named| named == "*" || named.as_array().is_some_and(|many| many.iter().any(|one| one == "*")));
    if everyone {
        return Some(json!("*"));
    }
    kinds.get(kind).map(|named| json!({ kind: named }))
}

/// Returns the condition block with one type per key, using only operators that `iam-rs` supports.
fn conditions(block: &Value, setting: Setting<'_>) -> Value {
    let mut plain = Map::new();
    let Value::Object(operators) = block else {
        return Value::Object(plain);
    };
    for (written, tests) in operators {
        let (operator, compared) = operator_of(written);
        let Value::Object(tests) = tests else {
            continue;
        };
        if needs_a_value(written, compared) {
            let there = tests.keys().map(|key| (format!("{PRESENCE}{key}"), json!(false)));
            if let Value::Object(known) = plain.entry("Null").or_insert_with(|| json!({})) {
                known.extend(there);
            }
        }
        let mut rewritten = Map::new();
        for (key, values) in tests {
            rewritten.insert(format!("{}{key}", prefix(compared)), values_of(values, compared, key, setting));
        }
        match plain.get_mut(&operator) {
            Some(Value::Object(known)) => known.extend(rewritten),
            _ => {
                plain.insert(operator, Value::Object(rewritten));
            }
        }
    }
    Value::Object(plain)
}

fn prefix(compared: Compared) -> &'static str {
    match compared {
        Compared::Text | Compared::Arn => TEXT,
        Compared::Truth => TRUTH,
        Compared::Number | Compared::Date => NUMBER,
        Compared::Address => ADDRESS,
        Compared::Presence => PRESENCE,
    }
}

/// Returns the operator's name for `iam-rs`, and the type it compares.
///
/// AWS: `ArnEquals` and `ArnLike` behave the same; `ForAllValues:` already passes if the key is absent.
fn operator_of(written: &str) -> (String, Compared) {
    let (set, bare) = written.split_once(':').map_or(("", written), |(set, bare)| (set, bare));
    let bare = if set == "ForAllValues" { bare.trim_end_matches("IfExists") } else { bare };
    let bare = bare.replace("ArnEquals", "ArnLike").replace("ArnNotEquals", "ArnNotLike");
    let compared = if bare.starts_with("Bool") {
        Compared::Truth
    } else if bare.starts_with("Numeric") {
        Compared::Number
    } else if bare.starts_with("Date") {
        Compared::Date
    } else if bare.contains("IpAddress") {
        Compared::Address
    } else if bare == "Null" {
        Compared::Presence
    } else if bare.starts_with("Arn") {
        Compared::Arn
    } else {
        Compared::Text
    };
    let bare = bare.replace("Date", "Numeric");
    let name = match (set, is_listed(compared)) {
        ("", _) => bare,
        (_, true) => format!("{set}:{bare}"),
        ("ForAllValues", false) => format!("{bare}IfExists"),
        (_, false) => bare.trim_end_matches("IfExists").to_owned(),
    };
    (name, compared)
}

/// Returns whether `iam-rs` supports set operators for this type. Keys of other types have one value, so the plain
/// operator means the same.
fn is_listed(compared: Compared) -> bool {
    matches!(compared, Compared::Text | Compared::Arn | Compared::Presence)
}

/// `ForAnyValue:` is false if the key has no value, even if the operator alone would be true.
fn needs_a_value(written: &str, compared: Compared) -> bool {
    written.starts_with("ForAnyValue:") && written.contains("Not") && !is_listed(compared)
}

fn values_of(values: &Value, compared: Compared, key: &str, setting: Setting<'_>) -> Value {
    if let Value::Array(many) = values {
        // `iam-rs` has no lists of Booleans or numbers. For AWS, a list of one equals its value.
        if let [only] = many.as_slice() {
            return value_of(only, compared, key, setting);
        }
        many.iter().map(|one| value_of(one, compared, key, setting)).collect()
    } else {
        value_of(values, compared, key, setting)
    }
}

fn value_of(value: &Value, compared: Compared, key: &str, setting: Setting<'_>) -> Value {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match compared {
        Compared::Text => json!(setting.fill(&text)),
        Compared::Arn => json!(segmented(&setting.fill(&text), setting.value(key))),
        Compared::Address => json!(text),
        Compared::Truth | Compared::Presence => json!(text.eq_ignore_ascii_case("true")),
        Compared::Number | Compared::Date => epoch_seconds(&text).map_or(json!(text), |number| json!(number)),
    }
}

/// Replaces a pattern with the request's ARN if `iam-rs`'s ARN matcher accepts that ARN, otherwise with [`NOTHING`].
///
/// The condition operators of `iam-rs` match an ARN as one text, while AWS matches "each of the six colon-delimited
/// components". The ARN matcher of `iam-rs` supports no wildcard in the service, so a pattern with such a wildcard
/// stays unchanged.
fn segmented(pattern: &str, value: Option<&str>) -> String {
    let Some(value) = value.map(literal) else {
        return pattern.to_owned();
    };
    let mut components = pattern.splitn(6, ':');
    let service = components.by_ref().nth(2).unwrap_or_default();
    if pattern != "*" && components.count() < 3 {
        return NOTHING.to_owned();
    }
    if service.contains(['*', '?']) {
        return pattern.to_owned();
    }
    match (ArnMatcher::from_pattern(pattern), Arn::parse(&value)) {
        (Ok(matcher), Ok(arn)) if !matcher.matches_arn(&arn) => NOTHING.to_owned(),
        (Ok(_), Ok(_)) => value,
        (Ok(_) | Err(_), Ok(_) | Err(_)) => pattern.to_owned(),
    }
}

fn strings(value: &Value, change: impl Fn(&str) -> String) -> Value {
    if let Value::Array(many) = value {
        many.iter().map(|one| json!(one.as_str().map(&change))).collect()
    } else {
        json!(value.as_str().map(&change))
    }
}
