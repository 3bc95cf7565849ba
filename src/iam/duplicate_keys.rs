//! Finds a repeated key in a JSON object. JSON parsers silently keep one of the two values, and AWS does not document
//! which one it keeps.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// Returns the first key that appears twice in one object of this JSON text. Returns `None` for text that is not JSON.
pub(crate) fn first_duplicate(text: &str) -> Option<String> {
    let mut found = None;
    let mut reader = serde_json::Deserializer::from_str(text);
    // The key is already stored. The error only ends the parse early.
    let _stopped = DuplicateKeyVisitor { found: &mut found }.deserialize(&mut reader);
    found
}

/// Walks a value and keeps only the duplicate.
struct DuplicateKeyVisitor<'found> {
    found: &'found mut Option<String>,
}

impl<'de> DeserializeSeed<'de> for DuplicateKeyVisitor<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for DuplicateKeyVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            if seen.contains(&key) {
                *self.found = Some(key.clone());
                return Err(A::Error::custom("duplicate key"));
            }
            seen.insert(key);
            map.next_value_seed(DuplicateKeyVisitor { found: &mut *self.found })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(DuplicateKeyVisitor { found: &mut *self.found })?.is_some() {}
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_key_is_found_at_any_depth() {
        let text = r#"{"a": [1, {"b": null, "c": {"x": 1.5, "x": true}}]}"#;
        assert_eq!(first_duplicate(text), Some("x".to_owned()));
        assert_eq!(first_duplicate(r#"{"k": 1, "\u006b": 2}"#), Some("k".to_owned()));
    }

    #[test]
    fn the_same_key_in_different_objects_is_not_a_duplicate() {
        let text = r#"[{"a": 1, "b": {"a": "s"}}, {"a": -2, "A": 1e9}]"#;
        assert_eq!(first_duplicate(text), None);
    }

    #[test]
    fn text_that_is_not_json_has_no_duplicate() {
        assert_eq!(first_duplicate("{\"a\": "), None);
        assert_eq!(first_duplicate(&"[".repeat(100_000)), None);
    }
}
