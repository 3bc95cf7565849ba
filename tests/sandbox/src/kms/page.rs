//! Pages of KMS's lists.
//!
//! KMS API, `ListKeys` and `ListAliases`: `Limit`, `Marker`, `NextMarker`, `Truncated`.

use serde_json::{Value, json};

use crate::kms::error::{Refusal, refuse};
use crate::token::{opened, sealed};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The maximum `Limit`.
    pub most: usize,
    /// The default `Limit`.
    pub usual: usize,
}

/// Returns a page of a list sorted by ID. `name` is the list's field in the answer.
pub fn page(body: &Value, name: &str, limits: Limits, all: Vec<(String, Value)>) -> Result<Value, Refusal> {
    let limit = limit(body, limits)?;
    let first = match body.get("Marker").and_then(Value::as_str) {
        None => String::new(),
        Some(marker) => opened(marker)
            .ok_or_else(|| refuse("InvalidMarkerException", &format!("The marker '{marker}' is not valid.")))?,
    };
    let mut rest = all.into_iter().skip_while(|(id, _)| *id < first);
    let found: Vec<Value> = rest.by_ref().take(limit).map(|(_, value)| value).collect();
    Ok(match rest.next() {
        Some((next, _)) => json!({ name: found, "Truncated": true, "NextMarker": sealed(&next) }),
        None => json!({ name: found, "Truncated": false }),
    })
}

fn limit(body: &Value, limits: Limits) -> Result<usize, Refusal> {
    let Some(limit) = body.get("Limit").filter(|limit| !limit.is_null()) else {
        return Ok(limits.usual);
    };
    let sound = limit.as_u64().and_then(|limit| usize::try_from(limit).ok());
    sound.filter(|limit| (1..=limits.most).contains(limit)).ok_or_else(|| {
        let bound = if limit.as_i64().is_some_and(|limit| limit < 1) {
            "greater than or equal to 1".to_owned()
        } else {
            format!("less than or equal to {}", limits.most)
        };
        let message = format!("1 validation error detected: Value '{limit}' at 'limit' failed to satisfy constraint: Member must have value {bound}");
        refuse("ValidationException", &message)
    })
}
