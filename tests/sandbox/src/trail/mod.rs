//! `CloudTrail`: the management events of the last 90 days, per account and Region. No other part of `CloudTrail` is
//! simulated.
//!
//! The sandbox records its own changes. Tests add past events with [`Sandbox::plant_event`].

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

#[derive(Debug, Default)]
pub struct Trail {
    /// The events of every account and Region, in order of arrival.
    pub events: Vec<Event>,
    /// How long it takes until an event can be found.
    pub delay: Duration,
    /// Whether the rate of lookups is limited.
    pub limited: bool,
    /// The times of recent lookups, by account and Region.
    pub asked: BTreeMap<(String, String), Vec<Instant>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Such as `InvalidLookupAttributesException`.
    pub code: &'static str,
    pub message: String,
}

/// Returns an error. All errors are HTTP 400 (`CloudTrail` API, `LookupEvents`, "Errors").
pub fn refuse(code: &'static str, message: &str) -> Refusal {
    Refusal { code, message: message.to_owned() }
}

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
    /// Adds an event, at any time, to the history of its account and Region, and returns its ID.
    pub fn plant_event(&self, event: Event) -> String {
        let events = &mut self.world().trail.events;
        let event = event.numbered(events.len() + 1);
        let id = event.id.clone();
        events.push(event);
        id
    }

    /// Removes all events, as if the 90 days of the history had passed.
    pub fn forget_events(&self) {
        self.world().trail.events.clear();
    }

    /// Returns every event of every account and Region, in order of arrival.
    pub fn events(&self) -> Vec<Event> {
        self.world().trail.events.clone()
    }

    /// Sets how long it takes until an event can be found. There is no delay by default.
    ///
    /// `CloudTrail` User Guide: "an average of about 5 minutes", which is "not guaranteed".
    pub fn set_event_delay(&self, delay: Duration) {
        self.world().trail.delay = delay;
    }

    /// Sets whether lookups beyond "two per second, per account, per Region" (`LookupEvents`) are refused. Off by
    /// default.
    pub fn limit_lookups(&self, limited: bool) {
        self.world().trail.limited = limited;
    }
}
