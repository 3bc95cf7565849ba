//! The receipt of a plan, before anything of it is carried out, and what is learnt as it is.

use crate::model::{BucketName, KeyArn, Moment};
use crate::plan::{Effect, Overwrite, Plan, Step};
use crate::producer::Writer;

use super::{Change, Entry, Outcome, Receipt, RunId};

impl Receipt {
    /// Of a plan that is about to be carried out; `command` repeats it.
    pub fn of(plan: &Plan, producer: &str, command: String, run: RunId, began: Moment) -> Self {
        Self {
            schema: Self::schema(),
            run,
            began,
            ended: None,
            undone: None,
            command,
            producer: producer.to_owned(),
            sources: plan.writers.iter().map(|Writer { name, .. }| name.clone()).collect(),
            account: plan.caller.account.clone(),
            caller: plan.caller.arn.clone(),
            bucket: plan.place.bucket.clone(),
            region: plan.place.region.clone(),
            entries: entries(plan).collect(),
        }
    }

    /// The run goes on with a plan that was made anew, since somebody else wrote meanwhile.
    pub fn goes_on(&mut self, plan: &Plan) {
        self.ended = None;
        self.entries.extend(entries(plan));
    }

    /// The entries of the plan that is carried out: the last ones.
    fn of_last<'a>(&'a mut self, plan: &'a Plan) -> impl Iterator<Item = (&'a mut Entry, &'a Step)> {
        self.entries.iter_mut().rev().zip(plan.steps.iter().rev().map(|planned| &planned.step))
    }

    /// The plan's key was made: what names it is known from here on.
    pub fn learns_key(&mut self, plan: &Plan, key: &KeyArn) {
        for (entry, step) in self.of_last(plan) {
            match (&mut entry.change, step.overwrites(Some(key))) {
                (Change::MadeKey { key: known }, _) => *known = Some(key.clone()),
                (Change::Setting { after, .. }, Some(overwrite)) => *after = overwrite.after,
                (
                    Change::Setting { .. }
                    | Change::MadeAlias { .. }
                    | Change::MadeBucket { .. }
                    | Change::BlockedPublicAccess { .. },
                    _,
                ) => {}
            }
        }
    }

    /// The run is over: `done` and `failed` are steps of its plan, the rest was not tried.
    pub fn ends(&mut self, plan: &Plan, done: &[&Step], failed: &[&Step], ended: Moment) {
        self.ended = Some(ended);
        for (entry, step) in self.of_last(plan) {
            entry.outcome = if done.contains(&step) {
                Outcome::Done
            } else if failed.contains(&step) {
                Outcome::Failed
            } else {
                Outcome::NotDone
            };
        }
    }
}

fn entries(plan: &Plan) -> impl Iterator<Item = Entry> {
    let made = plan.steps.iter().find_map(|planned| {
        let Step::CreateBucket { bucket, .. } = &planned.step else { return None };
        Some(bucket)
    });
    plan.steps.iter().map(move |planned| entry(&planned.step, made))
}

fn entry(step: &Step, made: Option<&BucketName>) -> Entry {
    let change = match step.effect(None) {
        Effect::MakesBucket(bucket, region) => Change::MadeBucket { bucket: bucket.clone(), region: region.clone() },
        Effect::MakesKey => Change::MadeKey { key: None },
        Effect::MakesAlias(alias) => Change::MadeAlias { alias: alias.to_owned() },
        Effect::BlocksPublicAccess(bucket) => Change::BlockedPublicAccess { bucket: bucket.clone() },
        Effect::Sets(Overwrite { slot, before, after }) => {
            // What is set on the bucket that the run makes was never otherwise.
            let before = before.filter(|_| made.is_none() || slot.destination() != made);
            Change::Setting { slot, before, after }
        }
    };
    Entry { api: step.api().to_owned(), outcome: Outcome::Planned, change }
}
