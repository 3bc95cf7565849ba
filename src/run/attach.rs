//! Attaches sources: a few at a time, or one after another if AWS may change the bucket policy each time.

use futures_util::stream::{self, StreamExt as _};

use crate::aws::{CreatedResource, OnBehalf, Tries, WriteError};
use crate::model::KeyArn;
use crate::plan::{PlannedStep, Step};
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
    /// Attaches sources, a few at a time.
    pub(super) async fn attach(
        &self,
        attachments: &[&'a PlannedStep],
        key: Option<&KeyArn>,
        note: &impl Fn(Note<'_>) -> Result<(), ReceiptError>,
    ) -> Attached<'a> {
        let mut attached = Attached { done: Vec::new(), stopped: None };
        if attachments.iter().any(|planned| planned.step.may_change_the_policy()) {
            return Box::pin(self.attach_one_by_one(attachments, key, note)).await;
        }
        for several in attachments.chunks(AT_ONCE) {
            if self.interruption.is_wanted() {
                attached.stopped = Some((Failures::default(), RunStopReason::Interrupted));
                break;
            }
            let steps: Vec<&Step> = several.iter().map(|planned| &planned.step).collect();
            if let Err(error) = note(Note::Begins(&steps)) {
                attached.stopped = Some((Failures::default(), error.into()));
                break;
            }
            let (mut failures, mut first) = (Failures::default(), None);
            for (step, outcome) in self.together(several, key).await {
                match outcome {
                    Ok(_) => attached.done.push(step),
                    Err(error) => {
                        failures.add(step, &error);
                        first.get_or_insert(error);
                    }
                }
            }
            if let Some(error) = first {
                attached.stopped = Some((failures, reason(self.interruption, error)));
                break;
            }
        }
        attached
    }

    /// Attaches sources one after another, because AWS may change the bucket policy each time. A resource that is deleted
    /// is created again at once. If that fails, the former resource is created again.
    async fn attach_one_by_one(
        &self,
        attachments: &[&'a PlannedStep],
        key: Option<&KeyArn>,
        note: &impl Fn(Note<'_>) -> Result<(), ReceiptError>,
    ) -> Attached<'a> {
        let mut attached = Attached { done: Vec::new(), stopped: None };
        for group in attachments.split_inclusive(|planned| !planned.step.deletes_a_resource()) {
            let steps: Vec<&'a Step> = group.iter().map(|planned| &planned.step).collect();
            let begun = if self.interruption.is_wanted() {
                Err(RunStopReason::Interrupted)
            } else {
                note(Note::Begins(&steps)).map_err(RunStopReason::from)
            };
            if let Err(why) = begun {
                attached.stopped = Some((Failures::default(), why));
                break;
            }
            if let Err((step, error)) = self.in_order(&steps, key, &mut attached.done).await {
                let mut failures = Failures::default();
                failures.add(step, &error);
                for deleted in steps.iter().filter(|step| step.deletes_a_resource()) {
                    if attached.done.contains(deleted) && self.recreate(deleted).await {
                        attached.done.retain(|done| done != deleted);
                    }
                }
                attached.stopped = Some((failures, reason(self.interruption, error)));
                break;
            }
        }
        attached
    }

    /// Carries out steps until one fails.
    async fn in_order(
        &self,
        steps: &[&'a Step],
        key: Option<&KeyArn>,
        done: &mut Vec<&'a Step>,
    ) -> Result<(), (&'a Step, WriteError)> {
        for step in steps {
            self.run_step(step, key).await.map_err(|error| (*step, error))?;
            done.push(step);
        }
        Ok(())
    }

    /// Creates a deleted resource again, and returns whether that succeeded. The user can't interrupt it.
    async fn recreate(&self, deleted: &Step) -> bool {
        let Some(step) = deleted.recreating_step() else { return false };
        let never = Interruption::default();
        let destination = &self.plan.destination;
        let on = OnBehalf {
            owner: &destination.owner,
            region: &destination.region,
            created: None,
            creates: None,
            token: self.token,
        };
        let outcome = self.aws.write(&step, on, &Tries::new(&never)).await.map(drop);
        (self.watch)(PlanEvent::Recreated(&step, &outcome));
        outcome.is_ok()
    }

    async fn together(
        &self,
        several: &[&'a PlannedStep],
        key: Option<&KeyArn>,
    ) -> Vec<(&'a Step, Result<CreatedResource, WriteError>)> {
        let writes = several.iter().map(|planned| async move {
            let step = &planned.step;
            (step, self.run_step(step, key).await)
        });
        let writes: Vec<_> = writes.collect();
        stream::iter(writes).buffered(AT_ONCE).collect().await
    }
}
