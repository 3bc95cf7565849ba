//! Attaches sources: a few at a time, or one after another if AWS may change the bucket policy each time.

use futures_util::stream::{self, StreamExt as _};

use crate::aws::{Replacement, Tries, WriteError};
use crate::model::{KeyArn, Seen};
use crate::plan::{Overwrite, PlannedStep, Setting, Slot, Step};
use crate::poll::Interruption;
use crate::undo::receipts::ReceiptError;

use super::apply::{Failures, Note, PlanEvent, RunStopReason, Work, reason};

/// The number of attachments in flight: the rate limit of `ModifyLoadBalancerAttributes` refills at 3 calls a second
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html>).
const AT_ONCE: usize = 3;

/// The attachments that were carried out, and the reason if some were not carried out.
pub(super) struct Attached<'a> {
    pub(super) done: Vec<&'a Step>,
    pub(super) stopped: Option<(Failures<'a>, RunStopReason)>,
}

impl<'a, W: Fn(PlanEvent<'_>)> Work<'_, 'a, W> {
    /// Attaches sources. A resource that is deleted is created again at once.
    pub(super) async fn attach(
        &self,
        attachments: &[&'a PlannedStep],
        key: Option<&KeyArn>,
        note: &impl Fn(Note<'_>) -> Result<(), ReceiptError>,
    ) -> Attached<'a> {
        let mut attached = Attached { done: Vec::new(), stopped: None };
        let one_by_one = attachments.iter().any(|planned| planned.step.changed_policy().is_some());
        let groups: Vec<&[&'a PlannedStep]> = if one_by_one {
            attachments.chunk_by(|planned, next| planned.step.is_completed_by(&next.step)).collect()
        } else {
            attachments.chunks(AT_ONCE).collect()
        };
        for group in groups {
            let steps: Vec<&'a Step> = group.iter().map(|planned| &planned.step).collect();
            if let Err(why) = self.begin(&steps, note).await {
                attached.stopped = Some((Failures::default(), why));
                break;
            }
            let (mut failures, mut first, mut recorded) = (Failures::default(), None, Ok(()));
            let writes: Vec<_> = steps.iter().map(|step| async { (*step, self.run_step(step, key).await) }).collect();
            let mut outcomes = stream::iter(writes).buffered(if one_by_one { 1 } else { AT_ONCE });
            while let Some((step, outcome)) = outcomes.next().await {
                match outcome {
                    Ok(written) => {
                        attached.done.push(step);
                        recorded = recorded.and(note(Note::Wrote(step, &written)));
                    }
                    Err(error) => {
                        failures.add(step, &error);
                        first.get_or_insert(error);
                        if one_by_one {
                            break;
                        }
                    }
                }
            }
            drop(outcomes);
            if let Some(error) = first {
                let error = self.recreate(&steps, &mut attached.done, &mut failures).await.unwrap_or(error);
                attached.stopped = Some((failures, reason(self.interruption, error)));
                break;
            }
            if let Err(error) = recorded {
                attached.stopped = Some((failures, error.into()));
                break;
            }
        }
        attached
    }

    /// Records that steps are about to be carried out, with the bucket policy if AWS may overwrite it.
    async fn begin(
        &self,
        steps: &[&Step],
        note: &impl Fn(Note<'_>) -> Result<(), ReceiptError>,
    ) -> Result<(), RunStopReason> {
        if self.interruption.is_wanted() {
            return Err(RunStopReason::Interrupted);
        }
        let policy = match steps.iter().find_map(|step| step.changed_policy()) {
            Some(bucket) => {
                let (slot, destination) = (Slot::BucketPolicy { bucket: bucket.clone() }, &self.plan.destination);
                self.aws.setting(&slot, &destination.owner, &destination.region).await
            }
            None => Ok(Seen::Absent),
        };
        // AWS changes the policy only for a caller who may read it.
        let policy = match &policy {
            Ok(Seen::Present(Setting::BucketPolicy(_, policy))) => policy.as_deref(),
            Ok(_) | Err(_) => None,
        };
        Ok(note(Note::Begins { steps, policy })?)
    }

    /// Creates the resources again that a failed group of steps deleted. The user can't interrupt this. Returns the error
    /// if AWS overwrote the bucket policy meanwhile and it could not be restored.
    async fn recreate(
        &self,
        steps: &[&'a Step],
        done: &mut Vec<&'a Step>,
        failures: &mut Failures<'a>,
    ) -> Option<WriteError> {
        let destination = &self.plan.destination;
        let mut lost = None;
        for deleted in steps.iter().filter(|step| step.deletes_a_resource()) {
            let step = deleted.recreating_step().filter(|_| done.contains(deleted));
            let Some((step, Overwrite { before, after: Some(after) })) =
                step.and_then(|step| step.overwrites(None).map(|overwrite| (step, overwrite)))
            else {
                continue;
            };
            let (never, of) = (
                Interruption::default(),
                Replacement { before: &before, after: &after, owner: &destination.owner, region: &destination.region },
            );
            let tries = Tries::new(&never);
            let outcome = self.aws.replace(of, &tries).await;
            (self.watch)(PlanEvent::Recreated(&step, &outcome));
            if let Some(bucket) = tries.restored_policy() {
                (self.watch)(PlanEvent::RestoredPolicy(deleted, &bucket));
            }
            if matches!(outcome, Ok(()) | Err(WriteError::PolicyLost { .. })) {
                done.retain(|done| done != deleted);
            }
            if let Err(error @ WriteError::PolicyLost { .. }) = outcome {
                failures.add(deleted, &error);
                lost = Some(error);
            }
        }
        lost
    }
}
