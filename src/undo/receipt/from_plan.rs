//! Makes a plan's receipt before the plan is carried out, and updates it during the run.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{BucketName, KeyArn, Moment, RunToken};
use crate::plan::{Overwrite, Plan, Step, StepEffect};
use crate::producer::LogSource;

use super::{Former, Receipt, ReceiptEntry, RecordedChange, RunId, StepOutcome};

/// Facts about a run that its plan does not contain.
#[derive(Clone, Debug)]
pub struct RunFacts {
    /// The log type, such as `alb`.
    pub producer: String,
    /// The command line that repeats the run.
    pub command: String,
    /// When the run began, by this machine's clock.
    pub began: Moment,
    pub token: RunToken,
    /// The endpoint used instead of AWS's own.
    pub endpoint: Option<String>,
    /// When the destination was created, according to S3, if it exists.
    pub created: Option<Moment>,
    /// The creation dates of the source buckets, and of the buckets that sources logged to before the run.
    pub buckets_created: BTreeMap<String, Moment>,
    /// The source buckets and earlier destinations that belong to another account, or refuse access to the caller's
    /// account.
    pub buckets_foreign: BTreeSet<String>,
    /// The earlier destinations of the logs that the run moves.
    pub former: Vec<Former>,
}

impl Receipt {
    /// Returns the receipt of a plan before it is carried out.
    pub fn for_plan(plan: &Plan, facts: &RunFacts, run: RunId) -> Self {
        let RunFacts { producer, command, began, token, endpoint, created, buckets_created, buckets_foreign, former } =
            facts.clone();
        Self {
            schema: Self::schema(),
            run,
            began,
            ended: None,
            undone: None,
            closed: None,
            partly_undone: None,
            command,
            producer,
            sources: plan.log_sources.iter().map(|LogSource { name, .. }| name.clone()).collect(),
            account: plan.caller.account.clone(),
            partition: Some(plan.caller.partition.to_string()),
            endpoint,
            token: Some(token),
            caller: plan.caller.arn.clone(),
            bucket: plan.destination.bucket.clone(),
            region: plan.destination.region.clone(),
            created,
            buckets_created,
            buckets_foreign,
            former,
            attachments: plan.attachments.clone(),
            asked_for: plan.asked_for.clone(),
            entries: entries(plan).collect(),
        }
    }

    /// Continues the run with a new plan, made because someone else wrote meanwhile.
    pub fn replan(&mut self, plan: &Plan) {
        self.ended = None;
        self.attachments.clone_from(&plan.attachments);
        self.asked_for.clone_from(&plan.asked_for);
        self.entries.extend(entries(plan));
    }

    /// Returns the entries of the current plan, which are the receipt's last entries.
    fn current_entries<'a>(&'a mut self, plan: &'a Plan) -> impl Iterator<Item = (&'a mut ReceiptEntry, &'a Step)> {
        self.entries.iter_mut().rev().zip(plan.steps.iter().rev().map(|planned| &planned.step))
    }

    /// Records that these steps of the plan are about to be carried out, and the policy that AWS may overwrite.
    pub fn begins(&mut self, plan: &Plan, steps: &[&Step], policy: Option<&str>) {
        for (entry, _) in self.current_entries(plan).filter(|(_, step)| steps.contains(step)) {
            entry.outcome = StepOutcome::Begun;
            entry.policy = policy.map(str::to_owned);
        }
    }

    /// Records the ID of the resource that a step created. No policy is lost any more.
    pub fn record_resource(&mut self, plan: &Plan, step: &Step, id: &str) {
        self.forget_endangered_policy();
        for (entry, _) in self.current_entries(plan).filter(|(_, of)| *of == step) {
            if let RecordedChange::Setting { after, .. } = &mut entry.change {
                *after = after.take().map(|after| after.with_resource_id(id));
            }
        }
    }

    /// Records the plan's new key and the settings that use it.
    pub fn record_key(&mut self, plan: &Plan, key: &KeyArn) {
        for (entry, step) in self.current_entries(plan) {
            match (&mut entry.change, step.overwrites(Some(key))) {
                (RecordedChange::MadeKey { key: known }, _) => *known = Some(key.clone()),
                (RecordedChange::Setting { after, .. }, Some(overwrite)) => *after = overwrite.after,
                (
                    RecordedChange::Setting { .. }
                    | RecordedChange::MadeAlias { .. }
                    | RecordedChange::RotatedKey
                    | RecordedChange::MadeBucket { .. }
                    | RecordedChange::BlockedPublicAccess { .. },
                    _,
                ) => {}
            }
        }
    }

    /// Records the end of the run. The steps in `done` were carried out, the steps in `failed` may have been, and the
    /// plan's other steps were not tried.
    pub fn ends(&mut self, plan: &Plan, done: &[&Step], failed: &[&Step], ended: Moment) {
        self.ended = Some(ended);
        for (entry, step) in self.current_entries(plan) {
            entry.outcome = if done.contains(&step) {
                StepOutcome::Done
            } else if failed.contains(&step) {
                StepOutcome::Failed
            } else {
                StepOutcome::NotDone
            };
            // A step that ended for certain has restored the policy.
            entry.policy = entry.policy.take().filter(|_| entry.outcome == StepOutcome::Failed);
        }
    }
}

fn entries(plan: &Plan) -> impl Iterator<Item = ReceiptEntry> {
    let made = plan.steps.iter().find_map(|planned| {
        let Step::CreateBucket { bucket, .. } = &planned.step else { return None };
        Some(bucket)
    });
    plan.steps.iter().map(move |planned| entry(&planned.step, made))
}

fn entry(step: &Step, made: Option<&BucketName>) -> ReceiptEntry {
    let change = match step.effect(None) {
        StepEffect::MakesBucket(bucket, region, tags) => {
            RecordedChange::MadeBucket { bucket: bucket.clone(), region: region.clone(), tags: tags.clone() }
        }
        StepEffect::MakesKey => RecordedChange::MadeKey { key: None },
        StepEffect::RotatesKey => RecordedChange::RotatedKey,
        StepEffect::MakesAlias(alias) => RecordedChange::MadeAlias { alias: alias.to_owned() },
        StepEffect::BlocksPublicAccess(bucket) => RecordedChange::BlockedPublicAccess { bucket: bucket.clone() },
        StepEffect::Sets(Overwrite { before, after }) => {
            let slot = before.slot();
            // A bucket that the run creates had no earlier value.
            let before = Some(before).filter(|_| made.is_none() || slot.destination() != made);
            RecordedChange::Setting { slot, before, after }
        }
    };
    ReceiptEntry { api: step.api().to_owned(), outcome: StepOutcome::NotDone, change, policy: None }
}
