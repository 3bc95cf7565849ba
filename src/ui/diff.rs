//! What changes in a JSON text, line by line.

use serde_json::Value;
use similar::{ChangeTag, TextDiff};

/// The changed lines with a few around them, each with `+`, `-` or a space in front.
pub(super) fn of_json(before: Option<&str>, after: &str) -> Vec<String> {
    let (before, after) = (before.map(pretty).unwrap_or_default(), pretty(after));
    let diff = TextDiff::from_lines(&before, &after);
    let mut lines = Vec::new();
    for group in diff.grouped_ops(2) {
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let sign = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            lines.push(format!("{sign} {}", change.value().trim_end_matches('\n')));
        }
    }
    lines
}

fn pretty(text: &str) -> String {
    let value: Result<Value, _> = serde_json::from_str(text);
    let mut pretty = value.and_then(|value| serde_json::to_string_pretty(&value)).unwrap_or_else(|_| text.to_owned());
    pretty.push('\n');
    pretty
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changes_is_shown_with_a_little_around_it() {
        let before = r#"{"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"A"}]}"#;
        let after = r#"{"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"A"},{"Sid":"B"}]}"#;
        let lines = of_json(Some(before), after);
        assert!(lines.contains(&"+       \"Sid\": \"B\"".to_owned()), "{lines:?}");
        assert!(!lines.iter().any(|line| line.contains("Version")), "{lines:?}");
    }
}
