//! Formats JSON values as block YAML, without knowing their meaning.

use serde_json::Value;

use super::quoted::quoted;

/// Returns the lines of a value, not indented.
pub(super) fn lines(value: &Value) -> Vec<String> {
    match value {
        Value::Object(fields) => fields.iter().flat_map(|(name, value)| field(name, value)).collect(),
        Value::Array(items) => items.iter().flat_map(item).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => vec![scalar(value)],
    }
}

fn field(name: &str, value: &Value) -> Vec<String> {
    let name = text(name);
    if is_inline(value) {
        return vec![format!("{name}: {}", scalar(value))];
    }
    let nested = lines(value).into_iter().map(|line| format!("  {line}"));
    [format!("{name}:")].into_iter().chain(nested).collect()
}

fn item(value: &Value) -> Vec<String> {
    if is_inline(value) {
        return vec![format!("- {}", scalar(value))];
    }
    let nested = lines(value).into_iter().enumerate();
    nested.map(|(index, line)| if index == 0 { format!("- {line}") } else { format!("  {line}") }).collect()
}

fn is_inline(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(value) => text(value),
        Value::Array(_) => "[]".to_owned(),
        Value::Object(_) => "{}".to_owned(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// Leaves a text unquoted if every YAML parser reads the unquoted form as the same text.
fn text(text: &str) -> String {
    // Words that some version of YAML does not read as text.
    const WORDS: [&str; 9] = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '/' | '_' | '-' | ':');
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(plain)
        && !text.ends_with(':')
        && !WORDS.contains(&text.to_ascii_lowercase().as_str());
    if is_plain { text.to_owned() } else { quoted(text) }
}
