//! The faults as the report names them, and how each is injected into a sandbox.
//!
//! The sandbox decides what a fault does. This module decides which requests it hits, and sets the client's retries and
//! timeouts.

use std::time::Duration;

use sandbox::{Behind, Effect, Fault as Injected, Sandbox, When};

/// A delay longer than any client here waits.
const LONG: Duration = Duration::from_hours(1);

/// Which requests a fault hits, and how often the client tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Only the nth request; the client tries once.
    Once,
    /// Only the nth request; the client retries.
    Blip,
    /// The nth request and all later ones.
    Lasting,
    /// The fault applies this many times, or for this many tenths of a second.
    Times(usize),
}

#[derive(Debug)]
pub(crate) struct Fault {
    /// The row in the report.
    pub(crate) row: &'static str,
    /// The name in a case.
    pub(crate) name: &'static str,
    /// The shapes to try.
    pub(crate) shapes: &'static [Shape],
    /// What to inject.
    injection: Injection,
}

#[derive(Debug)]
enum Injection {
    /// An effect on the request that is hit.
    Effect(fn() -> Effect),
    /// An answer that takes [`LONG`], so the client gives up.
    Late(fn() -> Effect),
    /// Aborts this many writes after a bucket is created.
    Aborted,
    /// This many reads lag.
    LagsByReads,
    /// Reads lag for this many tenths of a second.
    LagsByTime,
    /// This many attachments are refused while the policy propagates.
    PropagatesByTries,
    /// Attachments are refused for this many tenths of a second while the policy propagates.
    PropagatesByTime,
}

const EACH: &[Shape] = &[Shape::Once, Shape::Blip, Shape::Lasting];
/// The shapes of faults that no client retries.
const FINAL: &[Shape] = &[Shape::Once, Shape::Lasting];
const FEW: &[Shape] = &[Shape::Times(1), Shape::Times(2)];
const SOME: &[Shape] =
    &[Shape::Times(1), Shape::Times(2), Shape::Times(3), Shape::Times(4), Shape::Times(6), Shape::Times(12)];
const SECONDS: &[Shape] = &[Shape::Times(5), Shape::Times(15), Shape::Times(30)];

const fn fault(row: &'static str, name: &'static str, shapes: &'static [Shape], effect: fn() -> Effect) -> Fault {
    Fault { row, name, shapes, injection: Injection::Effect(effect) }
}

const fn injection(row: &'static str, name: &'static str, shapes: &'static [Shape], injection: Injection) -> Fault {
    Fault { row, name, shapes, injection }
}

const LAG: &str = "eventual consistency: reads lag behind writes";
const PROPAGATES: &str = "eventual consistency: the attachment is refused until the policy has propagated";

pub(crate) const ALL: &[Fault] = &[
    fault("throttling (`SlowDown`, `Throttling`, `ThrottlingException`)", "throttled", EACH, Effect::throttled),
    fault("`RequestLimitExceeded`", "limit", EACH, Effect::request_limit),
    fault("500, nothing done", "500", EACH, Effect::internal_error),
    fault("500, although done", "500-after", EACH, || Effect::FailedAfter),
    injection("timeout, nothing done", "timeout", EACH, Injection::Late(|| Effect::Delay(LONG))),
    injection("answer after the client gave up, although done", "late", EACH, Injection::Late(|| Effect::Held(LONG))),
    fault("connection reset, nothing done", "reset", EACH, || Effect::ResetBefore),
    fault("connection reset before the answer, although done", "reset-after", EACH, || Effect::ResetAfter),
    fault("connection reset in the middle of a body, although done", "cut", EACH, || Effect::CutShort),
    fault("a proxy's page (200) instead of an answer, nothing done", "page-200", FINAL, || Effect::Page(200)),
    fault("a proxy's page (503) instead of an answer, nothing done", "page-503", EACH, || Effect::Page(503)),
    fault("a body that is not XML, although done", "garbled", FINAL, || Effect::Garbled),
    fault("a redirect to another Region", "redirect", FINAL, || Effect::Redirect("us-west-2".to_owned())),
    fault("a refusal (400 `InvalidRequest`)", "refused", FINAL, || Effect::status(400, "InvalidRequest", "no")),
    fault("access denied", "denied", FINAL, Effect::access_denied),
    fault("credentials that expire midway", "expired", &[Shape::Lasting], Effect::expired_token),
    fault("clock skew", "skew", EACH, Effect::clock_skew),
    injection("`OperationAborted` after a bucket was created", "aborted", FEW, Injection::Aborted),
    injection(LAG, "lag-reads", SOME, Injection::LagsByReads),
    injection(LAG, "lag-time", SECONDS, Injection::LagsByTime),
    injection(PROPAGATES, "spread-tries", FEW, Injection::PropagatesByTries),
    injection(PROPAGATES, "spread-time", SECONDS, Injection::PropagatesByTime),
];

impl Fault {
    pub(crate) fn named(name: &str) -> &'static Self {
        ALL.iter().find(|fault| fault.name == name).unwrap_or_else(|| panic!("no fault {name}"))
    }

    /// Injects the fault. `nth` is the number of the request to hit, or 0 if the fault hits no particular request.
    pub(crate) fn strike(&self, sandbox: &Sandbox, shape: Shape, nth: usize) {
        let (when, times) = match shape {
            Shape::Once | Shape::Blip => (When::Nth(nth), 1),
            Shape::Lasting => (When::FromNth(nth), 1),
            Shape::Times(times) => (When::WritesAfter("CreateBucket".to_owned(), times), times),
        };
        let tenths = Duration::from_millis(100 * times as u64);
        match &self.injection {
            Injection::Effect(effect) | Injection::Late(effect) => sandbox.inject(Injected { when, effect: effect() }),
            Injection::Aborted => sandbox.inject(Injected { when, effect: Effect::operation_aborted() }),
            Injection::LagsByReads => sandbox.set_lag(Some(Behind::Reads(times))),
            Injection::LagsByTime => sandbox.set_lag(Some(Behind::For(tenths))),
            Injection::PropagatesByTries => sandbox.attach_refusals(times),
            Injection::PropagatesByTime => sandbox.refuse_attaching_for(tenths),
        }
    }

    /// Returns whether the fault can affect a command. Only a new bucket can be busy, and only an attachment waits for
    /// a policy.
    pub(crate) fn applies(&self, creates: bool, attaches: bool) -> bool {
        match self.injection {
            Injection::Aborted => creates,
            Injection::PropagatesByTries | Injection::PropagatesByTime => attaches,
            Injection::Effect(_) | Injection::Late(_) | Injection::LagsByReads | Injection::LagsByTime => true,
        }
    }

    /// Returns whether the fault is still there if the command is repeated at once.
    pub(crate) fn lingers(&self) -> bool {
        matches!(self.injection, Injection::LagsByReads | Injection::LagsByTime)
    }

    /// Returns how long the client waits for an answer. The time is short if the fault is a missing answer, so that a
    /// test does not take long.
    pub(crate) fn answer_timeout(&self) -> Duration {
        let late = matches!(self.injection, Injection::Late(_));
        if late { Duration::from_millis(150) } else { Duration::from_secs(20) }
    }

    /// Returns how many seconds a run may wait for propagation (`--wait`): 0 if nothing propagates.
    pub(crate) fn wait(&self) -> u64 {
        if matches!(self.injection, Injection::Effect(_) | Injection::Late(_) | Injection::Aborted) { 0 } else { 10 }
    }

    /// Returns how long a run may take: the time it may wait, plus a margin for a busy computer.
    ///
    /// A run waits 30 seconds for a throttle, a conflict or an invisible bucket (`apply`), then stops.
    pub(crate) fn bound(&self) -> Duration {
        Duration::from_secs(30 + 2 * self.wait() + 15)
    }
}

/// Removes every fault.
pub(crate) fn clear_faults(sandbox: &Sandbox) {
    sandbox.clear_faults();
    sandbox.set_lag(None);
    sandbox.attach_refusals(0);
}
