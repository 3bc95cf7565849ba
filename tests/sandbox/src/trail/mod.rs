//! `CloudTrail`: the management events of the last 90 days, per account and Region; nothing else of it is simulated.
//!
//! What the sandbox is asked to change, it records by itself; events of the past are planted.

pub mod event;
pub mod lookup;
pub mod parameters;
pub mod record;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::dispatch::Caller;
use crate::kms;
use crate::sandbox::Sandbox;
use crate::trail::event::Event;
use crate::wire::{Reply, Request};

/// What `CloudTrail` knows.
#[derive(Debug, Default)]
pub struct Trail {
    /// The events of every account and Region, as they came in.
    pub events: Vec<Event>,
    /// How long it takes until an event can be looked up.
    pub delay: Duration,
    /// Whether the rate of lookups is limited.
    pub limited: bool,
    /// When lookups came in lately, by account and Region.
    pub asked: BTreeMap<(String, String), Vec<Instant>>,
}

/// A refusal of `CloudTrail`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Such as `InvalidLookupAttributesException`.
    pub code: &'static str,
    /// The message.
    pub message: String,
}

/// A refusal; `CloudTrail` API, `LookupEvents`, "Errors": all are HTTP 400.
pub fn refuse(code: &'static str, message: &str) -> Refusal {
    Refusal { code, message: message.to_owned() }
}

/// Answers a request to `CloudTrail`.
pub fn handle(sandbox: &Sandbox, request: &Request, caller: &Caller) -> Reply {
    let answer = match kms::operation(request).as_str() {
        "LookupEvents" => serde_json::from_slice::<Value>(&request.body)
            .map_err(|_| refuse("SerializationException", "The request is not well-formed JSON"))
            .and_then(|body| lookup::events(&mut sandbox.world().trail, caller, &body)),
        _ => Err(refuse("UnsupportedOperationException", "The sandbox does not simulate this operation")),
    };
    match answer {
        Ok(value) => Reply::json(200, &value),
        Err(refusal) => Reply::json(400, &json!({ "__type": refusal.code, "message": refusal.message })),
    }
}

impl Sandbox {
    /// Puts an event into the history of its account and Region and returns its id; it may be of any time.
    pub fn plant_event(&self, event: Event) -> String {
        let events = &mut self.world().trail.events;
        let event = event.numbered(events.len() + 1);
        let id = event.id.clone();
        events.push(event);
        id
    }

    /// Forgets what was recorded so far, as after the days that the history goes back.
    pub fn forget_events(&self) {
        self.world().trail.events.clear();
    }

    /// Every event of every account and Region, in the order in which they came in.
    pub fn events(&self) -> Vec<Event> {
        self.world().trail.events.clone()
    }

    /// How long it takes from now on until an event can be looked up; none at first.
    ///
    /// `CloudTrail` User Guide: "an average of about 5 minutes", which is "not guaranteed".
    pub fn set_event_delay(&self, delay: Duration) {
        self.world().trail.delay = delay;
    }

    /// Whether lookups are refused beyond "two per second, per account, per Region" (`LookupEvents`); not at first.
    pub fn limit_lookups(&self, limited: bool) {
        self.world().trail.limited = limited;
    }
}
