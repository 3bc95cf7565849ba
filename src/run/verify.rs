//! Verifies that a run's changes persist: reads and plans again until nothing is left to do.
//!
//! Reads through `aws`, and leaves the verdict to `plan`. A clock is used only to limit the wait.

use std::time::Duration;

use crate::aws::{Aws, BucketChange, BucketMark, WriteError};
use crate::model::Seen;
use crate::plan::{
    Finding, FindingMark, Overwrite, Plan, ProblemCause, Severity, Step, TARGET_TAG, is_other_policy, plan,
};
use crate::poll::{Interruption, Pauses, PollEnd, PollResult, poll, silently};
use crate::request::Request;
use crate::state::Observed;

/// How long reads may lag behind writes: S3 gives no limit for configurations that "have an eventual consistency model"
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel>).
const LAG: Duration = Duration::from_secs(30);

/// The pauses between two checks.
const PAUSES: Pauses = Pauses::doubling(Duration::from_secs(1), Duration::from_secs(8));

/// The state of a run's changes after the run.
#[derive(Debug)]
pub(crate) enum Verification {
    /// A new plan is empty.
    Stable,
    /// The present state could not be read, for this reason.
    Unverified(ProblemCause),
    /// Someone else has overwritten some changes of the run. The new plan, made from the present state, repeats these
    /// changes.
    Overwritten(Box<(Observed, Plan)>),
    /// After the full wait, AWS still returns the old values: the reads lag, or someone reverted the changes. The run
    /// writes nothing more.
    Reverted(Box<(Observed, Plan)>),
    /// Someone else's change since the plan was made keeps logs from arriving, or may do so.
    Blocked {
        /// The changes that block logs.
        why: Vec<ProblemCause>,
        /// The new plan and the state that it was made from, if a plan could be made.
        next: Option<Box<(Observed, Plan)>>,
    },
}

/// A plan that was carried out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FinishedRun<'a> {
    pub request: &'a Request,
    pub plan: &'a Plan,
    /// The state that the plan was made from.
    pub before: &'a Observed,
    /// The findings from the start of the run, which are not reported again.
    pub known: &'a [Finding],
    /// The properties that distinguish the destination from another bucket with the same name.
    pub mark: BucketMark<'a>,
}

/// Checks until nothing is left to do, for at most the time of `--wait`.
pub(crate) async fn verify(aws: &Aws, interruption: &Interruption, of: FinishedRun<'_>) -> Verification {
    let FinishedRun { request, plan: carried_out, before, known, mark } = of;
    if carried_out.steps.is_empty() {
        return Verification::Stable;
    }
    let at_most = request.wait.map_or(LAG, Duration::from_secs).min(LAG);
    let look = async || {
        let now = Box::pin(aws.observe_again(request, carried_out, before));
        // If this run created the bucket, the bucket's tags identify it.
        let exists_before = async {
            if mark.token.is_none() { aws.is_same_bucket(&carried_out.destination, mark).await } else { Ok(()) }
        };
        let (now, same) = tokio::join!(now, exists_before);
        let same = match &now {
            Ok(now) if !carries(now, mark) => aws.is_same_bucket(&carried_out.destination, mark).await.and(same),
            Ok(_) | Err(_) => same,
        };
        if let Err(error) = same {
            return PollResult::Over(Verification::replaced(&error));
        }
        let now = match now {
            Ok(now) => without_stale_evidence(now, carried_out, before),
            Err(error) if error.is_no_such_bucket() => {
                let bucket = carried_out.destination.bucket.clone();
                let gone = WriteError::Appeared { bucket, change: BucketChange::Deleted };
                return PollResult::NotYet { seen: Verification::replaced(&gone), at_most };
            }
            Err(error) => return PollResult::Over(Verification::Unverified(ProblemCause::Other(error.to_string()))),
        };
        let next = plan(request, &now);
        let refusals: Vec<ProblemCause> =
            next.findings.iter().filter(|found| blocks(found)).map(ProblemCause::from).collect();
        if !refusals.is_empty() {
            return PollResult::Over(Verification::Blocked { why: refusals, next: Some(Box::new((now, next))) });
        }
        if next.steps.is_empty() {
            return PollResult::Over(Verification::without_steps(&next, known));
        }
        let is_overwritten = is_overwritten(carried_out, &next);
        let next = Box::new((now, next));
        if is_overwritten {
            PollResult::Over(Verification::Overwritten(next))
        } else {
            PollResult::NotYet { seen: Verification::Reverted(next), at_most }
        }
    };
    match poll(interruption, PAUSES, look, silently).await {
        PollEnd::Over(settled) | PollEnd::TimedOut(settled) => settled,
        PollEnd::Interrupted(_) => Verification::interrupted(),
    }
}

/// Returns whether the destination has the run's token. Also true if the run did not create the destination.
fn carries(now: &Observed, mark: BucketMark<'_>) -> bool {
    let tags = now.destination.bucket().and_then(|bucket| bucket.tags.present());
    mark.token
        .is_none_or(|token| tags.and_then(|tags| tags.get(TARGET_TAG)).is_some_and(|value| value == token.as_str()))
}

/// Returns whether a finding says that no change by the run can make logs arrive. No one approved a plan with such a
/// finding, so someone else caused it. A failed read does not count.
fn blocks(found: &Finding) -> bool {
    found.severity() == Severity::Error && found.refuses() && !found.id().is(FindingMark::Unread)
}

/// Drops evidence that is older than someone else's change of the policy. Such evidence proves nothing about the
/// present policy.
fn without_stale_evidence(mut now: Observed, carried_out: &Plan, before: &Observed) -> Observed {
    let left = carried_out.steps.iter().find_map(|planned| {
        let Step::PutBucketPolicy { after, .. } = &planned.step else { return None };
        Some(Seen::Present(after.clone()))
    });
    let policy = |of: &Observed| of.destination.bucket().map(|bucket| bucket.policy.clone());
    let left = left.or_else(|| policy(before));
    if left.zip(policy(&now)).is_some_and(|(left, there)| is_other_policy(&left, &there)) {
        now.shown.clear();
    }
    now
}

/// Returns whether someone else has written since the run. Then the present value differs from both the value that the
/// run wrote and the earlier value. A lagging read would return the earlier value.
fn is_overwritten(carried_out: &Plan, next: &Plan) -> bool {
    let written: Vec<_> = carried_out.steps.iter().filter_map(|planned| planned.step.overwrites(None)).collect();
    next.steps.iter().filter_map(|planned| planned.step.overwrites(None)).any(|again| {
        let now = again.before;
        match written.iter().find(|first| first.before.slot() == now.slot()) {
            Some(Overwrite { before, after: Some(after) }) => !now.is(before) && !now.is(after),
            // An attachment that still has the written value only needs renewal. Steps with a new key are not compared.
            Some(_) | None => false,
        }
    })
}

impl Verification {
    /// Describes a check that the user interrupted.
    pub(crate) fn interrupted() -> Self {
        Self::Unverified(ProblemCause::Other("interrupted".to_owned()))
    }

    /// The destination is now another bucket.
    fn replaced(error: &WriteError) -> Self {
        Self::Blocked { why: vec![ProblemCause::Other(error.to_string())], next: None }
    }

    /// Evaluates a plan without steps: the changes persist, unless there is a new warning or a read failed.
    fn without_steps(next: &Plan, known: &[Finding]) -> Self {
        let is_news = |found: &&Finding| found.is_doubt() && !known.iter().any(|known| known.kind == found.kind);
        let why: Vec<ProblemCause> = next.findings.iter().filter(is_news).map(ProblemCause::from).collect();
        if !why.is_empty() {
            return Self::Blocked { why, next: None };
        }
        match next.findings.iter().find(|found| found.refuses()) {
            Some(unread) => Self::Unverified(unread.into()),
            None => Self::Stable,
        }
    }

    /// Returns someone else's changes that keep logs from arriving, or may do so.
    pub(crate) fn blockers(&self) -> &[ProblemCause] {
        match self {
            Self::Blocked { why, .. } => why,
            Self::Reverted(_) | Self::Overwritten(_) | Self::Stable | Self::Unverified(_) => &[],
        }
    }

    /// Returns the steps to repeat.
    pub(crate) fn fallen(&self) -> Vec<&Step> {
        let next = match self {
            Self::Reverted(next) | Self::Overwritten(next) => Some(next),
            Self::Blocked { next, .. } => next.as_ref(),
            Self::Stable | Self::Unverified(_) => None,
        };
        next.map(|next| next.1.steps.iter().map(|planned| &planned.step).collect()).unwrap_or_default()
    }
}
