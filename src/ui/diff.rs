//! Line diffs of JSON, and statement diffs of policies.

use serde_json::Value;
use similar::{Algorithm, ChangeTag, DiffOp, TextDiff, capture_diff_slices};

use super::words::counted;

/// Compares two JSON texts. Lines start with `+`, `-` or a space. Unchanged policy statements are only counted; changed
/// ones are shown whole.
pub(super) fn json_diff(before: Option<&str>, after: &str) -> Vec<String> {
    let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_else(|_| Value::String(text.to_owned()));
    let (before, after) = (before.map(parsed), parsed(after));
    match &before {
        None => text_diff("", &pretty(&after)),
        Some(before) => match (statements(before), statements(&after)) {
            (Some(old), Some(new)) => {
                let mut lines = changed_lines(&pretty(&head(before)), &pretty(&head(&after)));
                lines.extend(statement_diff(&old, &new));
                lines
            }
            _ => text_diff(&pretty(before), &pretty(&after)),
        },
    }
}

/// Shows every line of a removed JSON text.
pub(super) fn removed_json(before: &str) -> Vec<String> {
    let value = serde_json::from_str::<Value>(before).unwrap_or_else(|_| Value::String(before.to_owned()));
    text_diff(&pretty(&value), "")
}

/// Returns a policy without its statements.
fn head(policy: &Value) -> Value {
    let mut head = policy.clone();
    if let Some(fields) = head.as_object_mut() {
        fields.shift_remove("Statement");
    }
    head
}

/// Returns the statements of a policy, each as text.
fn statements(policy: &Value) -> Option<Vec<String>> {
    let statements = policy.get("Statement")?;
    let several = statements.as_array().map(|several| several.iter().map(pretty).collect());
    Some(several.unwrap_or_else(|| vec![pretty(statements)]))
}

fn statement_diff(old: &[String], new: &[String]) -> Vec<String> {
    let text = |of: &[String], range: std::ops::Range<usize>| of.get(range).unwrap_or_default().concat();
    capture_diff_slices(Algorithm::Myers, old, new)
        .into_iter()
        .flat_map(|op| match op {
            DiffOp::Equal { len, .. } => {
                let verb = if len == 1 { "stays" } else { "stay" };
                vec![format!("  ({} {verb})", counted(u32::try_from(len).unwrap_or(u32::MAX), "statement"))]
            }
            DiffOp::Delete { .. } | DiffOp::Insert { .. } | DiffOp::Replace { .. } => {
                text_diff(&text(old, op.old_range()), &text(new, op.new_range()))
            }
        })
        .collect()
}

/// Returns every line of both texts, with its sign.
fn text_diff(before: &str, after: &str) -> Vec<String> {
    let diff = TextDiff::from_lines(before, after);
    diff.iter_all_changes().map(|change| signed(change.tag(), change.value())).collect()
}

/// Returns only the changed lines.
fn changed_lines(before: &str, after: &str) -> Vec<String> {
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
    fn an_added_statement_is_shown_whole_and_the_others_are_counted() {
        let after = BEFORE.replace(r#"{"Sid":"C"}"#, r#"{"Sid":"C"},{"Sid":"D"}"#);
        assert_eq!(json_diff(Some(BEFORE), &after), ["  (3 statements stay)", "+ {", "+   \"Sid\": \"D\"", "+ }"]);
    }

    #[test]
    fn a_changed_statement_is_shown_with_its_sid() {
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
        assert_eq!(json_diff(Some(BEFORE), &after), expected);
    }

    #[test]
    fn changes_outside_the_statements_are_shown() {
        let lines = json_diff(Some(BEFORE), &BEFORE.replace("\"x\"", "\"y\""));
        assert_eq!(lines, ["-   \"Id\": \"x\"", "+   \"Id\": \"y\"", "  (3 statements stay)"]);
    }

    #[test]
    fn new_text_and_invalid_json_are_shown_unchanged() {
        assert_eq!(json_diff(None, r#"{"Version":"2012-10-17"}"#), ["+ {", "+   \"Version\": \"2012-10-17\"", "+ }"]);
        assert_eq!(json_diff(Some("odd"), "even"), ["- odd", "+ even"]);
    }
}
