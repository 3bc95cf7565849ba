//! One parsed statement of a policy. Parts that are not understood are kept and reported. See
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html>.

use serde_json::{Map, Value};

use super::condition::Condition;
use super::principal::{PrincipalEntry, listed};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    Allow,
    /// Overrides every Allow.
    Deny,
}

/// An element that selects requests, such as `Action` or `NotAction`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Selector<T> {
    /// Only the listed values.
    Only(Vec<T>),
    /// All but the listed values.
    AllBut(Vec<T>),
    /// The element is missing.
    Missing,
    /// The element has a form that is not understood.
    NotUnderstood(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub(crate) index: usize,
    pub(crate) sid: Option<String>,
    pub(crate) effect: Option<Effect>,
    pub(crate) principal: Selector<PrincipalEntry>,
    pub(crate) action: Selector<String>,
    pub(crate) resource: Selector<String>,
    pub(crate) conditions: Vec<Condition>,
    /// Other parts that are not understood.
    pub(crate) unrecognized: Vec<String>,
}

impl Statement {
    /// Returns its position in the policy, from 0.
    pub fn index(&self) -> usize {
        self.index
    }

    pub fn sid(&self) -> Option<&str> {
        self.sid.as_deref()
    }

    /// Returns `None` if `Effect` is not understood.
    pub fn effect(&self) -> Option<Effect> {
        self.effect
    }

    /// Parses a statement. Never fails: parts that are not understood are recorded.
    pub(crate) fn read(index: usize, value: &Value) -> Self {
        let nothing = Map::new();
        let mut unrecognized = Vec::new();
        let fields = value.as_object().unwrap_or_else(|| {
            unrecognized.push("the statement is not an object".to_owned());
            &nothing
        });
        unrecognized.extend(unknown_elements(fields));
        let effect = effect(fields.get("Effect"));
        if effect.is_none() {
            unrecognized.push("`Effect` is not \"Allow\" or \"Deny\"".to_owned());
        }
        let conditions = conditions(fields.get("Condition"), &mut unrecognized);
        Self {
            index,
            sid: fields.get("Sid").and_then(Value::as_str).map(str::to_owned),
            effect,
            principal: selector(fields, "Principal", "NotPrincipal", PrincipalEntry::read),
            action: selector(fields, "Action", "NotAction", strings),
            resource: selector(fields, "Resource", "NotResource", strings),
            conditions,
            unrecognized,
        }
    }
}

fn effect(value: Option<&Value>) -> Option<Effect> {
    match value?.as_str()? {
        "Allow" => Some(Effect::Allow),
        "Deny" => Some(Effect::Deny),
        _ => None,
    }
}

fn unknown_elements(fields: &Map<String, Value>) -> impl Iterator<Item = String> {
    const KNOWN: [&str; 9] =
        ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
    let unknown = fields.keys().filter(|name| !KNOWN.contains(&name.as_str()));
    unknown.map(|name| format!("`{name}` is not a statement element"))
}

fn selector<T>(
    fields: &Map<String, Value>,
    only: &str,
    all_but: &str,
    read: fn(&Value) -> Result<Vec<T>, String>,
) -> Selector<T> {
    let (name, parsed) = match (fields.get(only), fields.get(all_but)) {
        (None, None) => return Selector::Missing,
        (Some(_), Some(_)) => {
            return Selector::NotUnderstood(format!("`{only}` and `{all_but}` can't be used together"));
        }
        (Some(value), None) => (only, read(value).map(Selector::Only)),
        (None, Some(value)) => (all_but, read(value).map(Selector::AllBut)),
    };
    parsed.unwrap_or_else(|reason| Selector::NotUnderstood(format!("`{name}` {reason}")))
}

/// Parses a string, or a list with at least one string.
fn strings(value: &Value) -> Result<Vec<String>, String> {
    listed(value)
        .iter()
        .map(|text| text.as_str().map(str::to_owned))
        .collect::<Option<_>>()
        .ok_or_else(|| "is not a string or a list of strings".to_owned())
}

/// Returns the conditions that are understood and records the others.
fn conditions(value: Option<&Value>, unrecognized: &mut Vec<String>) -> Vec<Condition> {
    let mut lines = Vec::new();
    let Some(value) = value else {
        return lines;
    };
    let Some(operators) = value.as_object() else {
        unrecognized.push("`Condition` is not an object".to_owned());
        return lines;
    };
    for (operator, keys) in operators {
        let Some(keys) = keys.as_object() else {
            unrecognized.push(format!("`{operator}` in `Condition` is not an object"));
            continue;
        };
        for (key, values) in keys {
            match condition_values(values) {
                Some(values) => lines.push(Condition { operator: operator.clone(), key: key.clone(), values }),
                None => unrecognized.push(format!("the values of `{operator} {key}` are not strings")),
            }
        }
    }
    lines
}

/// Parses a string, a number, a Boolean, or a list of them
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>).
fn condition_values(value: &Value) -> Option<Vec<String>> {
    let list = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    list.iter()
        .map(|value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(truth) => Some(truth.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn condition_values_can_be_strings_numbers_and_booleans() {
        let statement = Statement::read(
            0,
            &json!({"Effect": "Deny", "Condition": {"NumericLessThan": {"s3:TlsVersion": [1.2, "1"]},
                "Bool": {"aws:SecureTransport": false}}}),
        );
        let values: Vec<_> = statement.conditions.iter().map(|c| c.values.clone()).collect();
        assert_eq!(values, [vec!["1.2".to_owned(), "1".to_owned()], vec!["false".to_owned()]]);
        assert!(statement.unrecognized.is_empty());
    }

    #[test]
    fn a_statement_has_an_index_a_sid_and_an_effect() {
        let statement = Statement::read(7, &json!({"Sid": "Guard", "Effect": "Deny"}));
        assert_eq!((statement.index(), statement.sid(), statement.effect()), (7, Some("Guard"), Some(Effect::Deny)));
        let statement = Statement::read(0, &json!({"Sid": 7, "Effect": "deny"}));
        assert_eq!((statement.index(), statement.sid(), statement.effect()), (0, None, None));
    }

    #[test]
    fn parts_that_are_not_understood_are_recorded() {
        for (odd, count) in [
            (json!("text"), 2),
            (json!({"Effect": "allow"}), 1),
            (json!({"Effect": "Allow", "Conditions": {}}), 1),
            (json!({"Effect": "Allow", "Condition": []}), 1),
            (json!({"Effect": "Allow", "Condition": {"Bool": "x"}}), 1),
            (json!({"Effect": "Allow", "Condition": {"Bool": {"k": null, "l": [[]]}}}), 2),
        ] {
            assert_eq!(Statement::read(0, &odd).unrecognized.len(), count, "{odd}");
        }
    }

    #[test]
    fn an_element_and_its_opposite_cannot_be_used_together() {
        let both = json!({"Action": "a", "NotAction": "b", "Resource": [], "NotPrincipal": "*"});
        let statement = Statement::read(0, &both);
        assert!(matches!(statement.action, Selector::NotUnderstood(_)));
        assert!(matches!(statement.resource, Selector::NotUnderstood(_)));
        assert_eq!(statement.principal, Selector::AllBut(vec![PrincipalEntry::Everyone]));
    }
}
