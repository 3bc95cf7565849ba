//! Account Management: an account's Regions and their status, nothing else.
//!
//! The service is global: requests are signed for us-east-1 in every Region.

use serde_json::{Value, json};

use crate::dispatch::Caller;
use crate::region::statuses;
use crate::sandbox::Sandbox;
use crate::token::{opened, sealed};
use crate::wire::{Reply, Request};
use crate::world::World;

/// Account Management API, `ListRegions`, `MaxResults`: 1 to 50.
const MOST: usize = 50;

#[derive(Clone, Debug, PartialEq, Eq)]
struct Refusal {
    status: u16,
    code: &'static str,
    message: String,
}

fn refuse(status: u16, code: &'static str, message: &str) -> Refusal {
    Refusal { status, code, message: message.to_owned() }
}

fn invalid(message: &str) -> Refusal {
    refuse(400, "ValidationException", message)
}

/// Returns a protocol error, with its code in a header.
#[must_use]
pub fn refusal(status: u16, code: &str, message: &str) -> Reply {
    Reply::json(status, &json!({ "message": message })).with("x-amzn-errortype", code)
}

/// Returns the operation from the path, such as `/listRegions`.
pub fn operation(request: &Request) -> String {
    let mut letters = request.path.trim_start_matches('/').chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

pub fn handle(sandbox: &Sandbox, request: &Request, caller: &Caller) -> Reply {
    match answer(&sandbox.world(), request, caller) {
        Ok(value) => Reply::json(200, &value),
        Err(refused) => refusal(refused.status, refused.code, &refused.message),
    }
}

fn answer(world: &World, request: &Request, caller: &Caller) -> Result<Value, Refusal> {
    if caller.region != "us-east-1" {
        let message = format!("Credential should be scoped to a valid region, not '{}'. ", caller.region);
        return Err(refuse(403, "InvalidSignatureException", &message));
    }
    let body: Value = if request.body.is_empty() {
        json!({})
    } else {
        serde_json::from_slice(&request.body)
            .map_err(|_| refuse(400, "SerializationException", "The request is not well-formed JSON"))?
    };
    // There is no organization, so an account can only ask about itself.
    if body.get("AccountId").and_then(Value::as_str).is_some_and(|account| account != caller.account) {
        let message = "User is not authorized to access the account: it is not a member of the caller's organization";
        return Err(refuse(403, "AccessDeniedException", message));
    }
    match operation(request).as_str() {
        "ListRegions" => list(world, caller, &body),
        "GetRegionOptStatus" => status(world, caller, &body),
        _ => Err(refuse(501, "NotImplemented", "The sandbox does not simulate this operation")),
    }
}

fn status(world: &World, caller: &Caller, body: &Value) -> Result<Value, Refusal> {
    let named = body.get("RegionName").and_then(Value::as_str).unwrap_or_default();
    statuses(world, &caller.account)
        .get(named)
        .map(|status| json!({ "RegionName": named, "RegionOptStatus": status }))
        .ok_or_else(|| invalid(&format!("Invalid Region name: {named}")))
}

/// `ListRegions`, by name.
fn list(world: &World, caller: &Caller, body: &Value) -> Result<Value, Refusal> {
    let wanted: Vec<&str> = body
        .get("RegionOptStatusContains")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let known = ["ENABLED", "ENABLING", "DISABLING", "DISABLED", "ENABLED_BY_DEFAULT"];
    if let Some(wrong) = wanted.iter().find(|status| !known.contains(status)) {
        return Err(invalid(&format!("Invalid Region opt status: {wrong}")));
    }
    let most = match body.get("MaxResults").filter(|most| !most.is_null()) {
        None => MOST,
        Some(most) => most
            .as_u64()
            .and_then(|most| usize::try_from(most).ok())
            .filter(|most| (1..=MOST).contains(most))
            .ok_or_else(|| invalid("MaxResults must be between 1 and 50"))?,
    };
    let first = match body.get("NextToken").and_then(Value::as_str) {
        None => String::new(),
        Some(token) => opened(token).ok_or_else(|| invalid("Invalid NextToken"))?,
    };
    let mut rest = statuses(world, &caller.account)
        .into_iter()
        .filter(|(region, status)| *region >= first && (wanted.is_empty() || wanted.contains(&status.as_str())));
    let page: Vec<Value> = rest
        .by_ref()
        .take(most)
        .map(|(region, status)| json!({ "RegionName": region, "RegionOptStatus": status }))
        .collect();
    Ok(match rest.next() {
        Some((next, _)) => json!({ "Regions": page, "NextToken": sealed(&next) }),
        None => json!({ "Regions": page }),
    })
}
