//! Exempts one service from a Deny statement. The caller chooses the statement and asks for approval.

use serde_json::{Map, Value, json};

const OPERATOR: &str = "StringNotEquals";
const KEY: &str = "aws:PrincipalServiceName";

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NarrowError {
    /// The value is not a statement, or its `Effect` is not `Deny`.
    #[error("the statement is not a Deny")]
    NotADeny,
    /// No condition can be added to the statement's `Condition`.
    #[error("the statement's `Condition` is not understood")]
    ConditionNotUnderstood,
}

/// Returns the Deny with an exemption for requests that `service_principal` makes itself. Everything else stays
/// unchanged and in order.
///
/// Conditions are joined by AND, and a negated operator is true for a missing key, so everyone else stays denied
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalservicename>).
pub fn exempt_service(statement: &Value, service_principal: &str) -> Result<Value, NarrowError> {
    let mut narrowed = statement.clone();
    let fields = narrowed.as_object_mut().ok_or(NarrowError::NotADeny)?;
    if fields.get("Effect").and_then(Value::as_str) != Some("Deny") {
        return Err(NarrowError::NotADeny);
    }
    let conditions = object_at(fields, "Condition")?;
    let operator = name_in(conditions, OPERATOR);
    let keys = object_at(conditions, &operator)?;
    let key = name_in(keys, KEY);
    let services = add_service(keys.get(&key), service_principal)?;
    keys.insert(key, services);
    Ok(narrowed)
}

/// Returns the already exempted services plus this one.
fn add_service(existing: Option<&Value>, service: &str) -> Result<Value, NarrowError> {
    let mut services = match existing {
        None => Vec::new(),
        Some(Value::Array(list)) => list.clone(),
        Some(single) => vec![single.clone()],
    };
    if !services.iter().all(Value::is_string) {
        return Err(NarrowError::ConditionNotUnderstood);
    }
    if !services.iter().any(|exempt| exempt == service) {
        services.push(json!(service));
    }
    match (existing, services.as_slice()) {
        (Some(Value::Array(_)), _) | (_, [_, _, ..]) => Ok(Value::Array(services)),
        (_, [only]) => Ok(only.clone()),
        (_, []) => Err(NarrowError::ConditionNotUnderstood),
    }
}

/// Returns the name in the object's spelling, which may differ in case.
fn name_in(object: &Map<String, Value>, name: &str) -> String {
    let used = object.keys().find(|used| used.eq_ignore_ascii_case(name));
    used.map_or(name, String::as_str).to_owned()
}

/// Returns the object under a name, inserting it if missing.
fn object_at<'object>(
    object: &'object mut Map<String, Value>,
    name: &str,
) -> Result<&'object mut Map<String, Value>, NarrowError> {
    object
        .entry(name)
        .or_insert_with(|| Value::Object(Map::new()))
        .as_object_mut()
        .ok_or(NarrowError::ConditionNotUnderstood)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGS: &str = "delivery.logs.amazonaws.com";

    fn narrowed(statement: &str) -> String {
        let statement = serde_json::from_str(statement).unwrap();
        exempt_service(&statement, LOGS).unwrap().to_string()
    }

    #[test]
    fn a_deny_without_conditions_gets_one() {
        assert_eq!(
            narrowed(r#"{"Effect":"Deny","Z":1}"#),
            r#"{"Effect":"Deny","Z":1,"Condition":{"StringNotEquals":{"aws:PrincipalServiceName":"delivery.logs.amazonaws.com"}}}"#
        );
    }

    #[test]
    fn services_exempt_before_stay_exempt() {
        assert_eq!(
            narrowed(
                r#"{"Condition":{"StringNotEquals":{"a":"b","AWS:principalservicename":"x"},"Bool":{}},"Effect":"Deny"}"#
            ),
            r#"{"Condition":{"StringNotEquals":{"a":"b","AWS:principalservicename":["x","delivery.logs.amazonaws.com"]},"Bool":{}},"Effect":"Deny"}"#
        );
    }

    #[test]
    fn a_service_that_is_already_exempt_is_not_added_again() {
        let once = narrowed(r#"{"Effect":"Deny"}"#);
        assert_eq!(narrowed(&once), once);
    }

    #[test]
    fn other_statements_and_unknown_shapes_are_rejected() {
        for (statement, error) in [
            (json!("x"), NarrowError::NotADeny),
            (json!({"Effect": "Allow"}), NarrowError::NotADeny),
            (json!({"Effect": "Deny", "Condition": []}), NarrowError::ConditionNotUnderstood),
            (json!({"Effect": "Deny", "Condition": {"StringNotEquals": "x"}}), NarrowError::ConditionNotUnderstood),
            (
                json!({"Effect": "Deny", "Condition": {"StringNotEquals": {KEY: [1]}}}),
                NarrowError::ConditionNotUnderstood,
            ),
        ] {
            assert_eq!(exempt_service(&statement, LOGS), Err(error));
        }
    }
}
