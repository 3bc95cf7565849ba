//! Whether what a run did stays done: looks again, and plans again, until nothing is left to do.
//!
//! Looks through `aws` and leaves the judging to `plan`; the only clock here is the one that bounds the wait.

use std::time::Duration;

use crate::aws::{Aws, BucketChange, BucketMark, WriteError};
use crate::model::Seen;
use crate::plan::{Finding, Mark, Overwrite, Plan, Setting, Severity, Step, TARGET_TAG, plan};
use crate::poll::{Interruption, Look, Pauses, Polled, poll, silently};
use crate::request::Request;
use crate::state::{Destination, Observed};

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
    /// Somebody else changed something since the plan was made, and logs can't arrive, or may not.
    Blocked {
        /// What that is, a sentence each.
        why: Vec<String>,
        /// What is to be done by a plan made anew, where one could be made.
        next: Option<Box<(Observed, Plan)>>,
    },
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
    /// What the run knew from its beginning: a doubt among it is no news.
    pub known: &'a [Finding],
    /// What distinguishes the destination from another bucket of its name.
    pub mark: BucketMark<'a>,
}

/// Looks until nothing is left to do; `--wait` bounds that.
pub async fn settle(aws: &Aws, interruption: &Interruption, of: CarriedOut<'_>) -> Settled {
    let CarriedOut { request, plan: carried_out, before, known, mark } = of;
    if carried_out.steps.is_empty() {
        return Settled::Stands;
    }
    let at_most = request.wait.map_or(LAG, Duration::from_secs).min(LAG);
    let look = async || {
        let now = Box::pin(aws.observe_again(request, carried_out, before));
        // The tags tell as much of a bucket that this run created.
        let exists_before =
            async { if mark.token.is_none() { aws.is_same_bucket(&carried_out.place, mark).await } else { Ok(()) } };
        let (now, same) = tokio::join!(now, exists_before);
        let same = match &now {
            Ok(now) if !carries(now, mark) => aws.is_same_bucket(&carried_out.place, mark).await.and(same),
            Ok(_) | Err(_) => same,
        };
        if let Err(error) = same {
            return Look::Over(Settled::replaced(&error));
        }
        let now = match now {
            Ok(now) => without_stale_evidence(now, carried_out, before),
            Err(error) if error.is_no_such_bucket() => {
                let bucket = carried_out.place.bucket.clone();
                let gone = WriteError::Appeared { bucket, change: BucketChange::Deleted };
                return Look::NotYet { seen: Settled::replaced(&gone), at_most };
            }
            Err(error) => return Look::Over(Settled::Unseen(error.to_string())),
        };
        let next = plan(request, &now);
        let refusals = sentences(next.findings.iter().filter(|found| blocks(found)));
        if !refusals.is_empty() {
            return Look::Over(Settled::Blocked { why: refusals, next: Some(Box::new((now, next))) });
        }
        if next.steps.is_empty() {
            return Look::Over(Settled::without_steps(&next, known));
        }
        let is_overwritten = is_overwritten(carried_out, &next);
        let next = Box::new((now, next));
        if is_overwritten {
            Look::Over(Settled::Overwritten(next))
        } else {
            Look::NotYet { seen: Settled::Fell(next), at_most }
        }
    };
    match poll(interruption, PAUSES, look, silently).await {
        Polled::Over(settled) | Polled::TimedOut(settled) => settled,
        Polled::Interrupted(_) => Settled::interrupted(),
    }
}

/// Whether the destination carries the token of the run, if the run created it.
fn carries(now: &Observed, mark: BucketMark<'_>) -> bool {
    let tags = now.destination.bucket().and_then(|bucket| bucket.tags.present());
    mark.token
        .is_none_or(|token| tags.and_then(|tags| tags.get(TARGET_TAG)).is_some_and(|value| value == token.as_str()))
}

/// Whether a finding says that logs can't arrive whatever the run writes. Nobody approved such a plan, so somebody else brought it about;
/// what only could not be read says nothing of the kind.
fn blocks(found: &Finding) -> bool {
    found.severity == Severity::Stops && found.refuses() && !found.id.is(Mark::Unread)
}

fn sentences<'f>(findings: impl Iterator<Item = &'f Finding>) -> Vec<String> {
    findings.map(|found| found.what.clone()).collect()
}

/// What the service wrote before somebody else changed the policy says nothing of the policy that is there now.
fn without_stale_evidence(mut now: Observed, carried_out: &Plan, before: &Observed) -> Observed {
    let left = carried_out.steps.iter().find_map(|planned| {
        let Step::PutBucketPolicy { after, .. } = &planned.step else { return None };
        Some(Setting::Policy(Some(after.clone())))
    });
    let is_as_left = match (left.or_else(|| policy_of(&before.destination)), policy_of(&now.destination)) {
        (Some(left), Some(there)) => there.is(&left),
        (_, _) => true,
    };
    if !is_as_left {
        now.shown.clear();
    }
    now
}

fn policy_of(destination: &Destination) -> Option<Setting> {
    match &destination.bucket()?.policy {
        Seen::Present(text) => Some(Setting::Policy(Some(text.clone()))),
        Seen::Absent => Some(Setting::Policy(None)),
        Seen::Denied(_) => None,
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

    /// The destination is another bucket than it was.
    fn replaced(error: &WriteError) -> Self {
        Self::Blocked { why: vec![error.to_string()], next: None }
    }

    /// Nothing is left to do: that is all, unless there is a doubt that the run did not know of, or something could not be read.
    fn without_steps(next: &Plan, known: &[Finding]) -> Self {
        let is_news = |found: &&Finding| {
            found.is_doubt() && !known.iter().any(|known| known.id == found.id && known.what == found.what)
        };
        let why = sentences(next.findings.iter().filter(is_news));
        if !why.is_empty() {
            return Self::Blocked { why, next: None };
        }
        match next.findings.iter().find(|found| found.refuses()) {
            Some(unread) => Self::Unseen(unread.what.clone()),
            None => Self::Stands,
        }
    }

    /// What somebody else changed so that logs can't arrive, or may not.
    pub fn blockers(&self) -> &[String] {
        match self {
            Self::Blocked { why, .. } => why,
            Self::Fell(_) | Self::Overwritten(_) | Self::Stands | Self::Unseen(_) => &[],
        }
    }

    /// The steps that are to be done again.
    pub fn fallen(&self) -> Vec<&Step> {
        let next = match self {
            Self::Fell(next) | Self::Overwritten(next) => Some(next),
            Self::Blocked { next, .. } => next.as_ref(),
            Self::Stands | Self::Unseen(_) => None,
        };
        next.map(|next| next.1.steps.iter().map(|planned| &planned.step).collect()).unwrap_or_default()
    }
}
