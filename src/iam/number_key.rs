//! Finds an object that the JSON reader would take for a number. While it reads, a number is an object of one private key, so that
//! a policy that names this key would come out as something else.

use serde_json::Deserializer;

/// `serde_json`'s own name for a number, where numbers are kept as written (its feature `arbitrary_precision`).
pub(crate) const NUMBER_KEY: &str = "$serde_json::private::Number";

/// Whether some string of this JSON text is that name, however it is escaped.
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
    fn the_name_is_found_as_written_and_as_escaped() {
        assert!(names_a_number(r#"{"a": [1, {"$serde_json::private::Number": "1"}]}"#));
        assert!(names_a_number(r#"{"\"": {"\u0024serde_json::private::Number": "1"}}"#));
    }

    #[test]
    fn other_names_and_text_that_is_no_json_are_not_it() {
        assert!(!names_a_number(r#"{"a\\": "$serde_json::private::Numbers", "b": -1.5e9}"#));
        assert!(!names_a_number("{\"a"));
        assert!(!names_a_number(""));
    }
}
