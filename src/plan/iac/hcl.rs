//! Formats blocks and attributes in Terraform's language, without knowing their meaning.
//!
//! <https://developer.hashicorp.com/terraform/language/syntax/configuration> and
//! <https://developer.hashicorp.com/terraform/language/expressions/strings>.

use serde_json::Value;

pub(super) use crate::producer::iac::{HclItem, block, bucket_setting, resource};

use super::quoted::quoted;

/// Returns the lines of items, not indented.
pub(super) fn lines(items: &[HclItem]) -> Vec<String> {
    let mut rows = Vec::new();
    for item in items {
        match item {
            HclItem::Note(note) => rows.push(HclLine::Other(format!("# {note}"))),
            HclItem::Is(name, value) => rows.extend(pair((*name).to_owned(), expression(value))),
            HclItem::Encodes(name, value) => {
                let mut lines = expression(value);
                if let Some(first) = lines.first_mut() {
                    first.insert_str(0, "jsonencode(");
                }
                if let Some(last) = lines.last_mut() {
                    last.push(')');
                }
                rows.extend(pair((*name).to_owned(), lines));
            }
            HclItem::Block(header, items) if items.is_empty() => rows.push(HclLine::Other(format!("{header} {{}}"))),
            HclItem::Block(header, items) => {
                rows.push(HclLine::Other(format!("{header} {{")));
                rows.extend(lines(items).into_iter().map(|line| HclLine::Other(format!("  {line}"))));
                rows.push(HclLine::Other("}".to_owned()));
            }
        }
    }
    aligned(&rows)
}

/// A line: a name with a value, or any other text.
enum HclLine {
    Pair(String, String),
    Other(String),
}

fn pair(name: String, value: Vec<String>) -> Vec<HclLine> {
    match <[String; 1]>::try_from(value) {
        Ok([value]) => vec![HclLine::Pair(name, value)],
        Err(lines) => {
            let lines = lines.into_iter().enumerate();
            lines
                .map(|(index, line)| HclLine::Other(if index == 0 { format!("{name} = {line}") } else { line }))
                .collect()
        }
    }
}

/// `terraform fmt` aligns the equals signs of adjacent lines.
fn aligned(rows: &[HclLine]) -> Vec<String> {
    let is_pair = |row: &HclLine| matches!(row, HclLine::Pair(..));
    let mut lines = Vec::new();
    for run in rows.chunk_by(|one, other| is_pair(one) && is_pair(other)) {
        let width = |row: &HclLine| match row {
            HclLine::Pair(name, _) => name.chars().count(),
            HclLine::Other(_) => 0,
        };
        let widest = run.iter().map(width).max().unwrap_or_default();
        lines.extend(run.iter().map(|row| match row {
            HclLine::Pair(name, value) => format!("{name:widest$} = {value}"),
            HclLine::Other(line) => line.clone(),
        }));
    }
    lines
}

fn expression(value: &Value) -> Vec<String> {
    match value {
        Value::String(value) => vec![text(value)],
        Value::Array(items) if items.is_empty() => vec!["[]".to_owned()],
        Value::Object(fields) if fields.is_empty() => vec!["{}".to_owned()],
        Value::Array(items) => {
            let mut lines = vec!["[".to_owned()];
            for item in items {
                let mut of_item = expression(item);
                if let Some(last) = of_item.last_mut() {
                    last.push(',');
                }
                lines.extend(of_item.into_iter().map(|line| format!("  {line}")));
            }
            lines.push("]".to_owned());
            lines
        }
        Value::Object(fields) => {
            let rows = fields.iter().flat_map(|(name, value)| pair(key(name), expression(value))).collect::<Vec<_>>();
            let inside = aligned(&rows).into_iter().map(|line| format!("  {line}"));
            ["{".to_owned()].into_iter().chain(inside).chain(["}".to_owned()]).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => vec![value.to_string()],
    }
}

fn key(name: &str) -> String {
    // Reserved words of the language.
    const WORDS: [&str; 6] = ["true", "false", "null", "for", "if", "in"];
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !WORDS.contains(&name);
    if is_name { name.to_owned() } else { text(name) }
}

/// Escapes `${` and `%{`, which start a template, by doubling the `$` or `%`. Directly after another `$` or `%`,
/// doubling would have another meaning, so the sign is written as its character code.
fn text(text: &str) -> String {
    let quoted = quoted(text);
    let mut safe = String::with_capacity(quoted.len());
    let mut chars = quoted.chars().peekable();
    let mut before = None;
    while let Some(c) = chars.next() {
        let begins = matches!(c, '$' | '%') && chars.peek() == Some(&'{');
        match (begins, before) {
            (true, Some('$' | '%')) => safe.push_str(if c == '$' { "\\u0024" } else { "\\u0025" }),
            (true, _) => safe.extend([c, c]),
            (false, _) => safe.push(c),
        }
        before = Some(c);
    }
    safe
}
