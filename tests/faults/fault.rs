//! The faults, as the report tells them, and how each is let loose on a sandbox.
//!
//! What a fault does is the sandbox's; here is only where it strikes, and with how patient a client.

use std::time::Duration;

use sandbox::{Behind, Effect, Fault as Injected, Sandbox, When};

/// Longer than any client here waits.
const LONG: Duration = Duration::from_hours(1);

/// Where a fault strikes, and how often a call is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// The nth request alone, by a client that tries once.
    Once,
    /// The nth request alone, by a client that tries again.
    Blip,
    /// The nth request and all that follow.
    Lasting,
    /// So many times, wherever it applies.
    Times(usize),
}

/// A fault.
#[derive(Debug)]
pub(crate) struct Fault {
    /// Its row in the report.
    pub(crate) row: &'static str,
    /// Its name in a case.
    pub(crate) name: &'static str,
    /// The shapes that it is tried in.
    pub(crate) shapes: &'static [Shape],
    /// What is let loose.
    loose: Loose,
}

#[derive(Debug)]
enum Loose {
    /// An effect on the request that is struck.
    Effect(fn() -> Effect),
    /// An answer that may take [`LONG`]: the client gives up.
    Late(fn() -> Effect),
    /// The writes after a bucket was created are aborted, so many times.
    Aborted,
    /// So many reads lag behind.
    LagsByReads,
    /// Reads lag behind for so many tenths of a second.
    LagsByTime,
    /// So many attachments are refused while the policy spreads.
    SpreadsByTries,
    /// Attachments are refused for so many tenths of a second while the policy spreads.
    SpreadsByTime,
}

const EACH: &[Shape] = &[Shape::Once, Shape::Blip, Shape::Lasting];
/// What no client tries again.
const FINAL: &[Shape] = &[Shape::Once, Shape::Lasting];
const FEW: &[Shape] = &[Shape::Times(1), Shape::Times(2)];
const SOME: &[Shape] =
    &[Shape::Times(1), Shape::Times(2), Shape::Times(3), Shape::Times(4), Shape::Times(6), Shape::Times(12)];
const SECONDS: &[Shape] = &[Shape::Times(5), Shape::Times(15), Shape::Times(30)];

const fn fault(row: &'static str, name: &'static str, shapes: &'static [Shape], effect: fn() -> Effect) -> Fault {
    Fault { row, name, shapes, loose: Loose::Effect(effect) }
}

const fn loose(row: &'static str, name: &'static str, shapes: &'static [Shape], loose: Loose) -> Fault {
    Fault { row, name, shapes, loose }
}

const LAG: &str = "eventual consistency: reads lag behind writes";
const SPREAD: &str = "eventual consistency: the attachment is refused until the policy has spread";

/// Every fault.
pub(crate) const ALL: &[Fault] = &[
    fault("throttling (`SlowDown`, `Throttling`, `ThrottlingException`)", "throttled", EACH, Effect::throttled),
    fault("`RequestLimitExceeded`", "limit", EACH, Effect::request_limit),
    fault("500, nothing done", "500", EACH, Effect::internal_error),
    fault("500, and it was done", "500-after", EACH, || Effect::FailedAfter),
    loose("timeout, nothing done", "timeout", EACH, Loose::Late(|| Effect::Delay(LONG))),
    loose("an answer after the client gave up, and it was done", "late", EACH, Loose::Late(|| Effect::Held(LONG))),
    fault("connection reset, nothing done", "reset", EACH, || Effect::ResetBefore),
    fault("connection reset before the answer, and it was done", "reset-after", EACH, || Effect::ResetAfter),
    fault("connection reset in the middle of a body, and it was done", "cut", EACH, || Effect::CutShort),
    fault("a proxy's page (200) in place of an answer, nothing done", "page-200", FINAL, || Effect::Page(200)),
    fault("a proxy's page (503) in place of an answer, nothing done", "page-503", EACH, || Effect::Page(503)),
    fault("a body that is not XML, and it was done", "garbled", FINAL, || Effect::Garbled),
    fault("a redirect to another Region", "redirect", FINAL, || Effect::Redirect("us-west-2".to_owned())),
    fault("a refusal (400 `InvalidRequest`)", "refused", FINAL, || Effect::status(400, "InvalidRequest", "no")),
    fault("access denied", "denied", FINAL, Effect::access_denied),
    fault("credentials that expire half way", "expired", &[Shape::Lasting], Effect::expired_token),
    fault("clock skew", "skew", EACH, Effect::clock_skew),
    loose("`OperationAborted` after a bucket was created", "aborted", FEW, Loose::Aborted),
    loose(LAG, "lag-reads", SOME, Loose::LagsByReads),
    loose(LAG, "lag-time", SECONDS, Loose::LagsByTime),
    loose(SPREAD, "spread-tries", FEW, Loose::SpreadsByTries),
    loose(SPREAD, "spread-time", SECONDS, Loose::SpreadsByTime),
];

impl Fault {
    /// The one of that name.
    pub(crate) fn named(name: &str) -> &'static Self {
        ALL.iter().find(|fault| fault.name == name).unwrap_or_else(|| panic!("no fault {name}"))
    }

    /// Lets it loose; `nth` is the request that it strikes where it strikes a request.
    pub(crate) fn strike(&self, sandbox: &Sandbox, shape: Shape, nth: usize) {
        let (when, times) = match shape {
            Shape::Once | Shape::Blip => (When::Nth(nth), 1),
            Shape::Lasting => (When::FromNth(nth), 1),
            Shape::Times(times) => (When::WritesAfter("CreateBucket".to_owned(), times), times),
        };
        let tenths = Duration::from_millis(100 * times as u64);
        match &self.loose {
            Loose::Effect(effect) | Loose::Late(effect) => sandbox.inject(Injected { when, effect: effect() }),
            Loose::Aborted => sandbox.inject(Injected { when, effect: Effect::operation_aborted() }),
            Loose::LagsByReads => sandbox.set_lag(Some(Behind::Reads(times))),
            Loose::LagsByTime => sandbox.set_lag(Some(Behind::For(tenths))),
            Loose::SpreadsByTries => sandbox.attach_refusals(times),
            Loose::SpreadsByTime => sandbox.refuse_attaching_for(tenths),
        }
    }

    /// Whether it can strike a command: only a new bucket is still busy, and only what attaches waits for a policy.
    pub(crate) fn applies(&self, creates: bool, attaches: bool) -> bool {
        match self.loose {
            Loose::Aborted => creates,
            Loose::SpreadsByTries | Loose::SpreadsByTime => attaches,
            Loose::Effect(_) | Loose::Late(_) | Loose::LagsByReads | Loose::LagsByTime => true,
        }
    }

    /// Whether it is still there for somebody who runs the command again at once.
    pub(crate) fn lingers(&self) -> bool {
        matches!(self.loose, Loose::LagsByReads | Loose::LagsByTime)
    }

    /// How long the client waits for an answer: so short that a test can wait for it, where the fault is that none comes.
    pub(crate) fn patience(&self) -> Duration {
        let late = matches!(self.loose, Loose::Late(_));
        if late { Duration::from_millis(150) } else { Duration::from_secs(20) }
    }

    /// The seconds that a run may wait for what spreads (`--wait`): none where nothing spreads.
    pub(crate) fn wait(&self) -> u64 {
        if matches!(self.loose, Loose::Effect(_) | Loose::Late(_) | Loose::Aborted) { 0 } else { 10 }
    }

    /// How long a run may take: what it is allowed to wait, and room for a busy computer.
    ///
    /// A run waits out a throttle, a conflict and a bucket that is not seen for 30 seconds (`apply`), then stops.
    pub(crate) fn bound(&self) -> Duration {
        Duration::from_secs(30 + 2 * self.wait() + 15)
    }
}

/// Takes every fault back.
pub(crate) fn calm(sandbox: &Sandbox) {
    sandbox.clear_faults();
    sandbox.set_lag(None);
    sandbox.attach_refusals(0);
}
