//! One statement of a policy as far as it is understood. What is not understood
//! is kept as such, never dropped. See
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html>.

use serde_json::{Map, Value};

use super::condition::Condition;
use super::principal::{Entry, listed};

/// What a statement does to the requests it matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// It lets them through.
    Allow,
    /// It stops them, whatever else lets them through.
    Deny,
}

/// An element that selects: `Action` or `NotAction`, and so on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Selector<T> {
    /// What is listed.
    Only(Vec<T>),
    /// All but what is listed.
    AllBut(Vec<T>),
    /// Neither form is there.
    Missing,
    /// It is there in a form that is not understood.
    NotUnderstood(String),
}

/// One statement, as far as it is understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub(crate) index: usize,
    pub(crate) sid: Option<String>,
    pub(crate) effect: Option<Effect>,
    pub(crate) principal: Selector<Entry>,
    pub(crate) action: Selector<String>,
    pub(crate) resource: Selector<String>,
    pub(crate) conditions: Vec<Condition>,
    /// What else is not understood of it.
    pub(crate) oddities: Vec<String>,
}

impl Statement {
    /// Its place in the policy, from 0.
    pub fn index(&self) -> usize {
        self.index
    }

    /// Its name, if it has one.
    pub fn sid(&self) -> Option<&str> {
        self.sid.as_deref()
    }

    /// What it does; none when that is not understood.
    pub fn effect(&self) -> Option<Effect> {
        self.effect
    }

    /// Reads a statement. Every value is one; the worst is understood in nothing.
    pub(crate) fn read(index: usize, value: &Value) -> Self {
        let nothing = Map::new();
        let mut oddities = Vec::new();
        let fields = value.as_object().unwrap_or_else(|| {
            oddities.push("it is not an object".to_owned());
            &nothing
        });
        oddities.extend(unknown_elements(fields));
        let effect = effect(fields.get("Effect"));
        if effect.is_none() {
            oddities.push("`Effect` is neither \"Allow\" nor \"Deny\"".to_owned());
        }
        let conditions = conditions(fields.get("Condition"), &mut oddities);
        Self {
            index,
            sid: fields.get("Sid").and_then(Value::as_str).map(str::to_owned),
            effect,
            principal: selector(fields, "Principal", "NotPrincipal", Entry::read),
            action: selector(fields, "Action", "NotAction", texts),
            resource: selector(fields, "Resource", "NotResource", texts),
            conditions,
            oddities,
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
    unknown.map(|name| format!("`{name}` is no element of a statement"))
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
            return Selector::NotUnderstood(format!("`{only}` and `{all_but}` exclude each other"));
        }
        (Some(value), None) => (only, read(value).map(Selector::Only)),
        (None, Some(value)) => (all_but, read(value).map(Selector::AllBut)),
    };
    parsed.unwrap_or_else(|reason| Selector::NotUnderstood(format!("`{name}` {reason}")))
}

/// A text, or a list of at least one.
fn texts(value: &Value) -> Result<Vec<String>, String> {
    listed(value)
        .iter()
        .map(|text| text.as_str().map(str::to_owned))
        .collect::<Option<_>>()
        .ok_or_else(|| "is neither a text nor a list of texts".to_owned())
}

/// The lines that are understood; the others go to the oddities.
fn conditions(value: Option<&Value>, oddities: &mut Vec<String>) -> Vec<Condition> {
    let mut lines = Vec::new();
    let Some(value) = value else {
        return lines;
    };
    let Some(operators) = value.as_object() else {
        oddities.push("`Condition` is not an object".to_owned());
        return lines;
    };
    for (operator, keys) in operators {
        let Some(keys) = keys.as_object() else {
            oddities.push(format!("`{operator}` in `Condition` is not an object"));
            continue;
        };
        for (key, values) in keys {
            match condition_values(values) {
                Some(values) => lines.push(Condition { operator: operator.clone(), key: key.clone(), values }),
                None => oddities.push(format!("the values of `{operator} {key}` are no texts")),
            }
        }
    }
    lines
}

/// One text, number or truth value, or a list of them
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
    fn condition_values_may_be_texts_numbers_and_truth_values() {
        let statement = Statement::read(
            0,
            &json!({"Effect": "Deny", "Condition": {"NumericLessThan": {"s3:TlsVersion": [1.2, "1"]},
                "Bool": {"aws:SecureTransport": false}}}),
        );
        let values: Vec<_> = statement.conditions.iter().map(|c| c.values.clone()).collect();
        assert_eq!(values, [vec!["1.2".to_owned(), "1".to_owned()], vec!["false".to_owned()]]);
        assert!(statement.oddities.is_empty());
    }

    #[test]
    fn a_statement_is_told_by_its_place_its_name_and_its_effect() {
        let statement = Statement::read(7, &json!({"Sid": "Guard", "Effect": "Deny"}));
        assert_eq!((statement.index(), statement.sid(), statement.effect()), (7, Some("Guard"), Some(Effect::Deny)));
        let statement = Statement::read(0, &json!({"Sid": 7, "Effect": "deny"}));
        assert_eq!((statement.index(), statement.sid(), statement.effect()), (0, None, None));
    }

    #[test]
    fn what_is_not_understood_is_kept_as_an_oddity() {
        for (odd, count) in [
            (json!("text"), 2),
            (json!({"Effect": "allow"}), 1),
            (json!({"Effect": "Allow", "Conditions": {}}), 1),
            (json!({"Effect": "Allow", "Condition": []}), 1),
            (json!({"Effect": "Allow", "Condition": {"Bool": "x"}}), 1),
            (json!({"Effect": "Allow", "Condition": {"Bool": {"k": null, "l": [[]]}}}), 2),
        ] {
            assert_eq!(Statement::read(0, &odd).oddities.len(), count, "{odd}");
        }
    }

    #[test]
    fn an_element_and_its_opposite_exclude_each_other() {
        let both = json!({"Action": "a", "NotAction": "b", "Resource": [], "NotPrincipal": "*"});
        let statement = Statement::read(0, &both);
        assert!(matches!(statement.action, Selector::NotUnderstood(_)));
        assert!(matches!(statement.resource, Selector::NotUnderstood(_)));
        assert_eq!(statement.principal, Selector::AllBut(vec![Entry::Everyone]));
    }
}
