//! Whether what a run did stays done: looks again, and plans again, until nothing is left to do.
//!
//! Looks through `aws` and leaves the judging to `plan`; the only clock here is the one that bounds the wait.

use std::time::Duration;

use crate::aws::Aws;
use crate::plan::{Overwrite, Plan, Step, plan};
use crate::poll::{Interruption, Look, Pauses, Polled, poll, silently};
use crate::request::Request;
use crate::state::Observed;

/// How long reads may lag behind writes: S3 gives no bound for configurations that "have an eventual consistency model"
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel>).
const LAG: Duration = Duration::from_secs(30);

/// The pauses between two looks.
const PAUSES: Pauses = Pauses::doubling(Duration::from_secs(1), Duration::from_secs(8));

/// What became of what was done.
#[derive(Debug)]
pub enum Settled {
    /// A plan made anew is empty.
    Stands,
    /// It could not be looked at again, for this reason.
    Unseen(String),
    /// Somebody else wrote since: this is to be done again, on what is there now.
    Overwritten(Box<(Observed, Plan)>),
    /// What was there before is still told after all the time that there was: a read that lags, or somebody who undid it.
    /// Nothing is written on the strength of it.
    Fell(Box<(Observed, Plan)>),
}

/// What was carried out, and of what.
#[derive(Clone, Copy, Debug)]
pub struct CarriedOut<'a> {
    /// What was asked for.
    pub request: &'a Request,
    /// The plan.
    pub plan: &'a Plan,
    /// What it was made of.
    pub before: &'a Observed,
}

/// Looks until nothing is left to do; `--wait` bounds that.
pub async fn settle(aws: &Aws, interruption: &Interruption, of: CarriedOut<'_>) -> Settled {
    let CarriedOut { request, plan: carried_out, before } = of;
    if carried_out.steps.is_empty() {
        return Settled::Stands;
    }
    let at_most = request.wait.map_or(LAG, Duration::from_secs).min(LAG);
    let look = async || {
        let now = match Box::pin(aws.observe_again(request, carried_out, before)).await {
            Ok(now) => now,
            Err(error) => return Look::Over(Settled::Unseen(error.to_string())),
        };
        let next = plan(request, &now);
        if next.steps.is_empty() {
            return Look::Over(Settled::Stands);
        }
        let is_overwritten = is_overwritten(carried_out, &next);
        let next = Box::new((now, next));
        if is_overwritten { Look::Over(Settled::Overwritten(next)) } else { Look::NotYet { seen: next, at_most } }
    };
    match poll(interruption, PAUSES, look, silently).await {
        Polled::Over(settled) => settled,
        Polled::TimedOut(next) => Settled::Fell(next),
        Polled::Interrupted(_) => Settled::interrupted(),
    }
}

/// Whether somebody else wrote since: what is there is neither what was left nor what was there before, which a read that lags
/// would show.
fn is_overwritten(carried_out: &Plan, next: &Plan) -> bool {
    let written: Vec<_> = carried_out.steps.iter().filter_map(|planned| planned.step.overwrites(None)).collect();
    next.steps.iter().filter_map(|planned| planned.step.overwrites(None)).any(|again| {
        let first = written.iter().find(|first| first.slot == again.slot);
        match (first, &again.before) {
            (Some(Overwrite { before: Some(before), after: Some(after), .. }), Some(now)) => {
                !now.is(before) && !now.is(after)
            }
            // An attachment that is as it was left is only to be renewed; what names a new key is judged no further.
            (_, _) => false,
        }
    })
}

impl Settled {
    /// The user did not wait for it.
    pub fn interrupted() -> Self {
        Self::Unseen("interrupted".to_owned())
    }

    /// The steps that are to be done again.
    pub fn fallen(&self) -> Vec<&Step> {
        match self {
            Self::Fell(next) | Self::Overwritten(next) => next.1.steps.iter().map(|planned| &planned.step).collect(),
            Self::Stands | Self::Unseen(_) => Vec::new(),
        }
    }
}
