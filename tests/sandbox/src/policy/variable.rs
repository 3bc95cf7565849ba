//! Expands policy variables before `iam-rs` sees a policy: `${key}`, `${key, 'default'}`, `${*}`, `${?}`, `${$}`.
//!
//! A variable's value is literal: a `*` in it is not a wildcard.

use std::collections::BTreeMap;

use serde_json::Value;

/// A text that no request contains.
pub const NOTHING: &str = "\u{e00f}no-such-value";
const STAR: &str = "\u{e001}";
const ANY: &str = "\u{e002}";
const DOLLAR: &str = "\u{e003}";

/// Escapes a request's text so that nothing in it is a wildcard.
#[must_use]
pub fn literal(text: &str) -> String {
    text.replace('*', STAR).replace('?', ANY).replace('$', DOLLAR)
}

/// Expands a pattern's variables. A variable without a value results in a pattern that matches nothing.
///
/// IAM User Guide, "Policy variables": variables exist only in version 2012-10-17. Without a value, "the policy element
/// doesn't match".
#[must_use]
pub fn expand(pattern: &str, old: bool, context: &BTreeMap<String, Value>) -> String {
    let mut filled = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once("${") {
        filled.push_str(&before.replace('$', DOLLAR));
        let Some((name, tail)) = after.split_once('}').filter(|_| !old) else {
            filled.push_str(DOLLAR);
            filled.push('{');
            rest = after;
            continue;
        };
        match value(name, context) {
            Some(value) => filled.push_str(&literal(&value)),
            None => return NOTHING.to_owned(),
        }
        rest = tail;
    }
    filled.push_str(&rest.replace('$', DOLLAR));
    filled
}

fn value(name: &str, context: &BTreeMap<String, Value>) -> Option<String> {
    if ["*", "?", "$"].contains(&name) {
        return Some(name.to_owned());
    }
    let (key, default) = name.split_once(',').map_or((name, None), |(key, default)| (key, Some(default)));
    let known = context.iter().find(|(known, _)| known.eq_ignore_ascii_case(key.trim())).map(|(_, value)| value);
    match known {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Array(_)) => None,
        Some(other) => Some(other.to_string()),
        None => default.map(|text| text.trim().trim_matches('\'').to_owned()),
    }
}
