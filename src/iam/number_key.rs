//! Detects an object that `serde_json` would parse as a number. `serde_json` represents a number as an object with one
//! private key, so parsing would change a policy that uses this key.

use serde_json::Deserializer;

/// The key that `serde_json` uses for a number with its feature `arbitrary_precision`.
pub(crate) const NUMBER_KEY: &str = "$serde_json::private::Number";

/// Returns whether a string in this JSON text equals [`NUMBER_KEY`], escaped or not.
pub(crate) fn names_a_number(text: &str) -> bool {
    let mut rest = text;
    while let Some(quoted) = rest.find('"').and_then(|start| rest.get(start..)) {
        let mut strings = Deserializer::from_str(quoted).into_iter::<String>();
        match strings.next() {
            Some(Ok(string)) if string == NUMBER_KEY => return true,
            Some(Ok(_)) => rest = quoted.get(strings.byte_offset()..).unwrap_or_default(),
            Some(Err(_)) | None => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_found_plain_and_escaped() {
        assert!(names_a_number(r#"{"a": [1, {"$serde_json::private::Number": "1"}]}"#));
        assert!(names_a_number(r#"{"\"": {"\u0024serde_json::private::Number": "1"}}"#));
    }

    #[test]
    fn other_keys_and_text_that_is_not_json_do_not_match() {
        assert!(!names_a_number(r#"{"a\\": "$serde_json::private::Numbers", "b": -1.5e9}"#));
        assert!(!names_a_number("{\"a"));
        assert!(!names_a_number(""));
    }
}
