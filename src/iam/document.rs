//! A policy document as its owner wrote it, including fields that logbucket doesn't know. `statement` parses the
//! statements, `evaluate` judges them.

use serde_json::{Map, Value, json};

use super::duplicate_keys::first_duplicate;
use super::number_key::{NUMBER_KEY, names_a_number};
use super::statement::Statement;
use super::variables::Language;

#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    #[error("the policy is not JSON")]
    NotJson(#[source] serde_json::Error),
    #[error("the policy is not a JSON object")]
    NotAnObject,
    /// An object repeats a key, so the object's meaning is ambiguous.
    #[error("the policy repeats the key `{key}` in one object")]
    DuplicateKey { key: String },
    /// The policy contains an object that `serde_json` would read and write as a number.
    #[error("the policy contains `{NUMBER_KEY}`, a name that logbucket can't read safely")]
    NumberKey,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    root: Value,
}

impl Document {
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let root: Value = serde_json::from_str(text).map_err(PolicyError::NotJson)?;
        if !root.is_object() {
            return Err(PolicyError::NotAnObject);
        }
        if names_a_number(text) {
            return Err(PolicyError::NumberKey);
        }
        match first_duplicate(text) {
            Some(key) => Err(PolicyError::DuplicateKey { key }),
            None => Ok(Self { root }),
        }
    }

    /// Returns a document in the current policy language without statements.
    pub fn empty() -> Self {
        let root = json!({ "Version": "2012-10-17", "Statement": [] });
        Self { root }
    }

    pub fn value(&self) -> &Value {
        &self.root
    }

    /// Returns the document as compact JSON.
    pub fn to_text(&self) -> String {
        self.root.to_string()
    }

    /// Returns the statements as written. A single statement counts as a list of one
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html>).
    pub fn raw_statements(&self) -> &[Value] {
        match self.root.get("Statement") {
            Some(Value::Array(list)) => list,
            Some(single) => std::slice::from_ref(single),
            None => &[],
        }
    }

    /// Returns the parsed statements, in order.
    pub fn statements(&self) -> Vec<Statement> {
        let raw = self.raw_statements().iter().enumerate();
        raw.map(|(index, value)| Statement::read(index, value)).collect()
    }

    /// Returns the document with one statement replaced. An index past the end changes nothing.
    #[must_use]
    pub fn with_statement_replaced(&self, index: usize, statement: Value) -> Self {
        let mut statements = self.raw_statements().to_vec();
        if let Some(place) = statements.get_mut(index) {
            *place = statement;
        }
        self.with_statements(statements)
    }

    /// Returns the document with a statement added at the end.
    #[must_use]
    pub fn with_statement_appended(&self, statement: Value) -> Self {
        let mut statements = self.raw_statements().to_vec();
        statements.push(statement);
        self.with_statements(statements)
    }

    /// Returns the first of `base`, `base2`, `base3`... that no statement uses as its `Sid`. A `Sid` must be unique
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html>).
    pub fn free_sid(&self, base: &str) -> String {
        let taken = |sid: &str| {
            let mut statements = self.raw_statements().iter();
            statements.any(|statement| statement.get("Sid").and_then(Value::as_str) == Some(sid))
        };
        let mut sid = base.to_owned();
        let mut number = 2_u64;
        while taken(&sid) {
            sid = format!("{base}{number}");
            number += 1;
        }
        sid
    }

    /// Returns the version of the policy language, or `None` if `Version` names an unknown version
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>).
    pub(crate) fn language(&self) -> Option<Language> {
        match self.root.get("Version") {
            None => Some(Language::Literal2008),
            Some(Value::String(version)) if version == "2008-10-17" => Some(Language::Literal2008),
            Some(Value::String(version)) if version == "2012-10-17" => Some(Language::Variables2012),
            Some(_) => None,
        }
    }

    /// Returns whether `${...}` is a variable or an escape in this document, rather than plain text.
    pub fn has_variables(&self) -> bool {
        self.language() != Some(Language::Literal2008)
    }

    /// Returns the top-level elements that are not understood. They put every statement in doubt.
    pub(crate) fn unrecognized(&self) -> Vec<String> {
        let mut unrecognized = Vec::new();
        if self.language().is_none() {
            unrecognized.push("`Version` is not a known policy language version".to_owned());
        }
        let elements = self.root.as_object().into_iter().flat_map(Map::keys);
        for element in elements {
            if !matches!(element.as_str(), "Version" | "Id" | "Statement") {
                unrecognized.push(format!("`{element}` is not a policy element"));
            }
        }
        unrecognized
    }

    fn with_statements(&self, statements: Vec<Value>) -> Self {
        let mut root = self.root.clone();
        if let Value::Object(fields) = &mut root {
            fields.insert("Statement".to_owned(), Value::Array(statements));
        }
        Self { root }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str =
        r#"{"Id":"x","Statement":{"Sid":"A","Z":1.50,"B":[]},"Version":"2012-10-17","Extra":{"b":1,"a":2}}"#;

    #[test]
    fn a_document_is_written_back_unchanged() {
        let document = Document::parse(POLICY).unwrap();
        assert_eq!(document.to_text(), POLICY);
        assert_eq!(document.value()["Id"], "x");
    }

    #[test]
    fn text_that_is_not_a_json_object_is_rejected() {
        assert!(matches!(Document::parse("{"), Err(PolicyError::NotJson(_))));
        assert!(matches!(Document::parse("[]"), Err(PolicyError::NotAnObject)));
        let deep = "[".repeat(100_000);
        assert!(matches!(Document::parse(&deep), Err(PolicyError::NotJson(_))));
    }

    #[test]
    fn a_repeated_key_is_rejected_and_named() {
        let twice = r#"{"Statement": [{"Condition": {"Bool": {}, "Bool": {}}}]}"#;
        let error = Document::parse(twice).unwrap_err();
        assert_eq!(error.to_string(), "the policy repeats the key `Bool` in one object");
    }

    #[test]
    fn an_object_that_would_be_parsed_as_a_number_is_rejected() {
        let number = r#"{"Statement": [{"Notes": {"$serde_json::private::Number": "1"}}]}"#;
        assert!(matches!(Document::parse(number), Err(PolicyError::NumberKey)));
    }

    #[test]
    fn appending_to_a_single_statement_makes_a_list() {
        let grown = Document::parse(POLICY).unwrap().with_statement_appended(json!({"Sid": "C"}));
        assert_eq!(
            grown.to_text(),
            r#"{"Id":"x","Statement":[{"Sid":"A","Z":1.50,"B":[]},{"Sid":"C"}],"Version":"2012-10-17","Extra":{"b":1,"a":2}}"#
        );
    }

    #[test]
    fn a_statement_is_replaced_in_its_position() {
        let policy = Document::parse(r#"{"Statement":[{"Sid":"A"},7,{"Sid":"B"}]}"#).unwrap();
        let changed = policy.with_statement_replaced(0, json!({"Sid": "N"}));
        assert_eq!(changed.to_text(), r#"{"Statement":[{"Sid":"N"},7,{"Sid":"B"}]}"#);
        assert_eq!(policy.with_statement_replaced(9, json!({})), policy);
    }

    #[test]
    fn a_free_sid_is_the_first_unused_one() {
        let policy = Document::parse(r#"{"Statement":[{"Sid":"Log"},{"Sid":"Log2"}]}"#).unwrap();
        assert_eq!(policy.free_sid("Log"), "Log3");
        assert_eq!(policy.free_sid("Other"), "Other");
        assert_eq!(Document::empty().free_sid("Log"), "Log");
    }

    #[test]
    fn the_language_is_2008_unless_version_says_2012() {
        for (text, language) in [
            ("{}", Some(Language::Literal2008)),
            (r#"{"Version":"2008-10-17"}"#, Some(Language::Literal2008)),
            (r#"{"Version":"2012-10-17"}"#, Some(Language::Variables2012)),
            (r#"{"Version":"2020-01-01"}"#, None),
            (r#"{"Version":20121017}"#, None),
        ] {
            let document = Document::parse(text).unwrap();
            assert_eq!(document.language(), language, "{text}");
            assert_eq!(document.unrecognized().is_empty(), language.is_some(), "{text}");
        }
    }

    #[test]
    fn an_unknown_version_or_element_is_unrecognized() {
        let odd = |text: &str| Document::parse(text).unwrap().unrecognized().len();
        assert_eq!(odd(r#"{"Version":"2012-10-17","Id":"x","Statement":[]}"#), 0);
        assert_eq!(odd(r#"{"Version":"2020-01-01","statement":[]}"#), 2);
    }
}
