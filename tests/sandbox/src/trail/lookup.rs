//! `LookupEvents`: newest first, by one attribute, in pages.
//!
//! `CloudTrail` API, `LookupEvents`. Times are compared by the second, because event times have no fractions.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::dispatch::Caller;
use crate::token::{opened, sealed};
use crate::trail::event::Event;
use crate::trail::{Refusal, Trail, refuse};

/// "You can look up events that occurred in a Region within the last 90 days."
const DAYS: u64 = 90;
/// `MaxResults`: "Possible values are 1 through 50. The default is 50."
const MOST: usize = 50;
/// "The rate of lookup requests is limited to two per second, per account, per Region."
const A_SECOND: usize = 2;

struct Asked {
    attribute: Option<(String, String)>,
    from: u64,
    to: u64,
    most: usize,
}

/// Returns a page of the caller's events in this Region.
pub fn events(trail: &mut Trail, caller: &Caller, body: &Value) -> Result<Value, Refusal> {
    rate(trail, caller)?;
    let asked = asked(body)?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let oldest = now.as_secs().saturating_sub(DAYS * 86_400);
    let newest = now.saturating_sub(trail.delay).as_secs();
    if body.get("EventCategory").is_some_and(|category| !category.is_null()) {
        return insights(body);
    }
    let mut found: Vec<(usize, &Event)> = trail
        .events
        .iter()
        .enumerate()
        .filter(|(_, event)| {
            let seconds = event.seconds();
            event.account == caller.account
                && event.region == caller.region
                && (oldest.max(asked.from)..=newest.min(asked.to)).contains(&seconds)
                && asked.attribute.as_ref().is_none_or(|(key, value)| matches(event, key, value))
        })
        .collect();
    found.sort_by_key(|(place, event)| std::cmp::Reverse((event.seconds(), *place)));
    // The token contains the request, since it "must be passed in with the same parameters".
    let terms = format!("{:?}/{}/{}", asked.attribute, asked.from, asked.to);
    let mut rest = match body.get("NextToken").and_then(Value::as_str) {
        None => found.as_slice(),
        Some(token) => {
            let start = opened(token)
                .and_then(|token| token.strip_suffix(&terms).and_then(|place| place.strip_suffix('@')?.parse().ok()))
                .and_then(|place: usize| found.iter().position(|(one, _)| *one == place));
            start.and_then(|start| found.get(start..)).ok_or_else(|| {
                refuse(
                    "InvalidNextTokenException",
                    "The token is not valid, or was not used with the parameters of the call that gave it.",
                )
            })?
        }
    };
    let next = rest.get(asked.most).map(|(place, _)| sealed(&format!("{place}@{terms}")));
    rest = rest.get(..asked.most).unwrap_or(rest);
    let page: Vec<Value> = rest.iter().map(|(_, event)| event.listed()).collect();
    Ok(match next {
        Some(next) => json!({ "Events": page, "NextToken": next }),
        None => json!({ "Events": page }),
    })
}

/// Insights events are not simulated, so there are none.
fn insights(body: &Value) -> Result<Value, Refusal> {
    if body.get("EventCategory").and_then(Value::as_str) == Some("insight") {
        Ok(json!({ "Events": [] }))
    } else {
        Err(refuse("InvalidEventCategoryException", "The event category is not valid. The valid value is insight."))
    }
}

fn rate(trail: &mut Trail, caller: &Caller) -> Result<(), Refusal> {
    if !trail.limited {
        return Ok(());
    }
    let now = Instant::now();
    let asked = trail.asked.entry((caller.account.clone(), caller.region.clone())).or_default();
    asked.retain(|before| now.duration_since(*before) < Duration::from_secs(1));
    if asked.len() >= A_SECOND {
        return Err(refuse("ThrottlingException", "Rate exceeded"));
    }
    asked.push(now);
    Ok(())
}

fn asked(body: &Value) -> Result<Asked, Refusal> {
    let attributes = body.get("LookupAttributes").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let attribute = match attributes {
        [] => None,
        [one] => Some(attribute(one)?),
        _ => return Err(refuse("InvalidLookupAttributesException", "You can specify only one lookup attribute.")),
    };
    let most = match body.get("MaxResults").filter(|most| !most.is_null()) {
        None => MOST,
        Some(most) => most
            .as_u64()
            .and_then(|most| usize::try_from(most).ok())
            .filter(|most| (1..=MOST).contains(most))
            .ok_or_else(|| refuse("InvalidMaxResultsException", "MaxResults must be between 1 and 50."))?,
    };
    let (from, to) = (second(body, "StartTime")?.unwrap_or(0), second(body, "EndTime")?.unwrap_or(u64::MAX));
    if from > to {
        return Err(refuse("InvalidTimeRangeException", "The start time must not be after the end time."));
    }
    Ok(Asked { attribute, from, to, most })
}

fn attribute(one: &Value) -> Result<(String, String), Refusal> {
    let text = |name: &str| one.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (key, value) = (text("AttributeKey"), text("AttributeValue"));
    let known =
        ["AccessKeyId", "EventId", "EventName", "EventSource", "ReadOnly", "ResourceName", "ResourceType", "Username"];
    let sound = known.contains(&key.as_str())
        && (1..=2000).contains(&value.chars().count())
        && (key != "ReadOnly" || ["true", "false"].contains(&value.as_str()));
    if sound {
        Ok((key, value))
    } else {
        Err(refuse("InvalidLookupAttributesException", &format!("The lookup attribute {key} is not valid.")))
    }
}

/// Parses a time of the request, cut to the second.
fn second(body: &Value, name: &str) -> Result<Option<u64>, Refusal> {
    let Some(time) = body.get(name).filter(|time| !time.is_null()) else {
        return Ok(None);
    };
    let whole = time.as_u64().or_else(|| time.to_string().split('.').next().and_then(|whole| whole.parse().ok()));
    whole.map(Some).ok_or_else(|| {
        refuse("InvalidTimeRangeException", &format!("The {name} is outside the range of possible values."))
    })
}

fn matches(event: &Event, key: &str, value: &str) -> bool {
    match key {
        "AccessKeyId" => event.access_key == value,
        "EventId" => event.id == value,
        "EventName" => event.name == value,
        "EventSource" => event.source == value,
        "ReadOnly" => event.read_only.to_string() == value,
        "ResourceName" => event.resources.iter().any(|one| one.name == value),
        "ResourceType" => event.resources.iter().any(|one| one.kind == value),
        _ => event.username() == value,
    }
}
