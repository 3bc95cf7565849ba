//! What changes in a JSON text, line by line; of a policy, statement by statement.

use serde_json::Value;
use similar::{Algorithm, ChangeTag, DiffOp, TextDiff, capture_diff_slices};

use super::words::counted;

/// The lines that change, each with `+`, `-` or a space in front. Of a policy, statements that stay are only counted, and of
/// one that changes the whole is shown.
pub(super) fn of_json(before: Option<&str>, after: &str) -> Vec<String> {
    let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_else(|_| Value::String(text.to_owned()));
    let (before, after) = (before.map(parsed), parsed(after));
    match &before {
        None => of_texts("", &pretty(&after)),
        Some(before) => match (statements(before), statements(&after)) {
            (Some(old), Some(new)) => {
                let mut lines = of_texts_around(&pretty(&head(before)), &pretty(&head(&after)));
                lines.extend(of_statements(&old, &new));
                lines
            }
            _ => of_texts(&pretty(before), &pretty(&after)),
        },
    }
}

/// A text that goes away, every line of it.
pub(super) fn of_gone(before: &str) -> Vec<String> {
    let value = serde_json::from_str::<Value>(before).unwrap_or_else(|_| Value::String(before.to_owned()));
    of_texts(&pretty(&value), "")
}

/// A policy without its statements.
fn head(policy: &Value) -> Value {
    let mut head = policy.clone();
    if let Some(fields) = head.as_object_mut() {
        fields.shift_remove("Statement");
    }
    head
}

/// The statements of a policy, each as text.
fn statements(policy: &Value) -> Option<Vec<String>> {
    let statements = policy.get("Statement")?;
    let several = statements.as_array().map(|several| several.iter().map(pretty).collect());
    Some(several.unwrap_or_else(|| vec![pretty(statements)]))
}

fn of_statements(old: &[String], new: &[String]) -> Vec<String> {
    let text = |of: &[String], range: std::ops::Range<usize>| of.get(range).unwrap_or_default().concat();
    capture_diff_slices(Algorithm::Myers, old, new)
        .into_iter()
        .flat_map(|op| match op {
            DiffOp::Equal { len, .. } => {
                let verb = if len == 1 { "stays" } else { "stay" };
                vec![format!("  ({} {verb})", counted(u32::try_from(len).unwrap_or(u32::MAX), "statement"))]
            }
            DiffOp::Delete { .. } | DiffOp::Insert { .. } | DiffOp::Replace { .. } => {
                of_texts(&text(old, op.old_range()), &text(new, op.new_range()))
            }
        })
        .collect()
}

/// Every line of both, with its sign.
fn of_texts(before: &str, after: &str) -> Vec<String> {
    let diff = TextDiff::from_lines(before, after);
    diff.iter_all_changes().map(|change| signed(change.tag(), change.value())).collect()
}

/// Only what changes, and nothing where nothing does.
fn of_texts_around(before: &str, after: &str) -> Vec<String> {
    let diff = TextDiff::from_lines(before, after);
    let changed = diff.iter_all_changes().filter(|change| change.tag() != ChangeTag::Equal);
    changed.map(|change| signed(change.tag(), change.value())).collect()
}

fn signed(tag: ChangeTag, line: &str) -> String {
    let sign = match tag {
        ChangeTag::Delete => '-',
        ChangeTag::Insert => '+',
        ChangeTag::Equal => ' ',
    };
    format!("{sign} {}", line.trim_end_matches('\n'))
}

fn pretty(value: &Value) -> String {
    let plain = value.as_str().map(str::to_owned);
    let mut pretty = plain.unwrap_or_else(|| serde_json::to_string_pretty(value).unwrap_or_default());
    pretty.push('\n');
    pretty
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str =
        r#"{"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"A"},{"Sid":"B","Effect":"Deny"},{"Sid":"C"}]}"#;

    #[test]
    fn a_statement_that_is_added_is_shown_whole_and_the_rest_is_counted() {
        let after = BEFORE.replace(r#"{"Sid":"C"}"#, r#"{"Sid":"C"},{"Sid":"D"}"#);
        assert_eq!(of_json(Some(BEFORE), &after), ["  (3 statements stay)", "+ {", "+   \"Sid\": \"D\"", "+ }"]);
    }

    #[test]
    fn a_statement_that_changes_is_shown_with_its_sid() {
        let after = BEFORE.replace("Deny", "Allow");
        let expected = [
            "  (1 statement stays)",
            "  {",
            "    \"Sid\": \"B\",",
            "-   \"Effect\": \"Deny\"",
            "+   \"Effect\": \"Allow\"",
            "  }",
            "  (1 statement stays)",
        ];
        assert_eq!(of_json(Some(BEFORE), &after), expected);
    }

    #[test]
    fn what_stands_beside_the_statements_is_shown_where_it_changes() {
        let lines = of_json(Some(BEFORE), &BEFORE.replace("\"x\"", "\"y\""));
        assert_eq!(lines, ["-   \"Id\": \"x\"", "+   \"Id\": \"y\"", "  (3 statements stay)"]);
    }

    #[test]
    fn a_text_that_is_new_or_no_json_is_shown_as_it_is() {
        assert_eq!(of_json(None, r#"{"Version":"2012-10-17"}"#), ["+ {", "+   \"Version\": \"2012-10-17\"", "+ }"]);
        assert_eq!(of_json(Some("odd"), "even"), ["- odd", "+ even"]);
    }
}
