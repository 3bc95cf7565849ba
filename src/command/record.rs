//! The receipt of a run. It is begun before the first write, and updated when a step creates something and when the run
//! ends.

use std::cell::RefCell;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::aws::{CreatedResource, KnownBuckets};
use crate::model::{Moment, RunToken};
use crate::plan::{Plan, Step};
use crate::request::Request;
use crate::run::apply::{Note, StoppedPlan};
use crate::ui;
use crate::undo::receipt::{Former, Receipt, RunFacts, RunId};
use crate::undo::receipts::{ReceiptError, Receipts};

/// A run's receipt, and its store.
#[derive(Debug)]
pub(super) struct Record {
    receipts: Receipts,
    receipt: RefCell<Receipt>,
}

/// The details that identify a run, besides its plan.
#[derive(Clone, Debug)]
pub(super) struct RunMarks {
    pub(super) token: RunToken,
    /// The endpoint, if it is not AWS's own.
    pub(super) endpoint: Option<String>,
    /// The creation time of the destination as S3 reports it, if it exists.
    pub(super) created: Option<Moment>,
    /// The sources that are buckets, and the buckets that sources logged to before.
    pub(super) buckets: KnownBuckets,
    /// The earlier destinations of the logs that the run moves.
    pub(super) former: Vec<Former>,
}

impl Record {
    /// Begins a receipt; a plan that changes nothing needs none.
    pub(super) fn begin(plan: &Plan, request: &Request, marks: RunMarks) -> Result<Option<Self>, ReceiptError> {
        if plan.steps.is_empty() {
            return Ok(None);
        }
        let receipts = Receipts::at(request.receipt_dir.as_deref())?;
        let producer = request.kind.producer();
        let RunMarks { token, endpoint, created, buckets, former } = marks;
        let command = ui::command_line(request).map_or_else(|why| why.to_string(), |command| command.to_string());
        let began = now();
        let facts = RunFacts {
            producer: producer.as_str().to_owned(),
            command,
            began,
            token,
            endpoint,
            created,
            buckets_created: buckets.created,
            buckets_foreign: buckets.foreign,
            former,
        };
        let receipt = receipts.begin(|sequence| {
            let run = RunId::new(sequence, began, producer, &plan.destination.bucket);
            Receipt::for_plan(plan, &facts, run)
        })?;
        Ok(Some(Self { receipts, receipt: RefCell::new(receipt) }))
    }

    /// Records that the run is about to apply a new plan.
    pub(super) fn replan(&self, plan: &Plan) -> Result<(), ReceiptError> {
        self.receipt.borrow_mut().replan(plan);
        self.receipts.keep(&self.receipt.borrow())
    }

    /// Returns the run's name.
    pub(super) fn run(&self) -> RunId {
        self.receipt.borrow().run.clone()
    }

    /// Records that a step is about to be carried out, or records what the step created.
    pub(super) fn notes(&self, plan: &Plan, note: Note<'_>) -> Result<(), ReceiptError> {
        match note {
            Note::Begins { steps, policy } => self.receipt.borrow_mut().begins(plan, steps, policy),
            Note::Wrote(_, CreatedResource::Key(key)) => self.receipt.borrow_mut().record_key(plan, key),
            Note::Wrote(_, CreatedResource::Bucket(created)) => self.receipt.borrow_mut().created = *created,
            Note::Wrote(step, CreatedResource::Resource(id)) => {
                self.receipt.borrow_mut().record_resource(plan, step, id);
            }
            Note::Wrote(_, CreatedResource::Nothing) => return Ok(()),
        }
        self.receipts.keep(&self.receipt.borrow())
    }

    /// Records that the plan was applied.
    pub(super) fn is_done(&self, plan: &Plan) -> Result<(), ReceiptError> {
        let done: Vec<&Step> = plan.steps.iter().map(|planned| &planned.step).collect();
        self.ends(plan, &done, &[])
    }

    /// Records that the plan stopped part way.
    pub(super) fn is_stopped(&self, plan: &Plan, stopped: &StoppedPlan<'_>) -> Result<(), ReceiptError> {
        // A refused step was not done. If someone else makes the same change later, `undo` must not revert it.
        self.ends(plan, &stopped.done, &stopped.unsure)
    }

    /// Returns whether the run's receipt is missing, or is not trusted by `undo`.
    pub(super) fn is_lost(&self) -> bool {
        self.receipts.open(&self.run()).is_err()
    }

    fn ends(&self, plan: &Plan, done: &[&Step], failed: &[&Step]) -> Result<(), ReceiptError> {
        self.receipt.borrow_mut().ends(plan, done, failed, now());
        self.receipts.keep(&self.receipt.borrow())
    }
}

/// Returns this machine's time, which names a run. AWS's clock may differ.
pub(super) fn now() -> Moment {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map(|since| since.as_secs()).unwrap_or_default();
    Moment(i64::try_from(seconds).unwrap_or_default())
}
