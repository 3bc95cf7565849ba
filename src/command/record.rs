//! The receipt of a run that goes on: begun before the first write, told of the key that is made, and of the end.

use std::cell::RefCell;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::apply::Stopped;
use crate::model::{KeyArn, Moment};
use crate::plan::{Plan, Step};
use crate::receipt::{Receipt, RunId};
use crate::receipts::{ReceiptError, Receipts};
use crate::request::Request;
use crate::ui;

/// The receipt of a run, and where it is kept.
#[derive(Debug)]
pub(super) struct Record {
    receipts: Receipts,
    receipt: RefCell<Receipt>,
}

impl Record {
    /// Begins it; a plan that changes nothing needs none.
    pub(super) fn begin(plan: &Plan, request: &Request) -> Result<Option<Self>, ReceiptError> {
        if plan.steps.is_empty() {
            return Ok(None);
        }
        let receipts = Receipts::at(request.receipt_dir.as_deref())?;
        let (began, producer) = (now(), request.kind.producer());
        let receipt = receipts.begin(|nth| {
            let run = RunId::new(began, producer, &plan.place.bucket, nth);
            Receipt::of(plan, producer.as_str(), ui::command_line(request), run, began)
        })?;
        Ok(Some(Self { receipts, receipt: RefCell::new(receipt) }))
    }

    /// The run makes a plan anew, and is about to carry it out.
    pub(super) fn goes_on(&self, plan: &Plan) -> Result<(), ReceiptError> {
        self.receipt.borrow_mut().goes_on(plan);
        self.receipts.keep(&self.receipt.borrow())
    }

    /// The run.
    pub(super) fn run(&self) -> RunId {
        self.receipt.borrow().run.clone()
    }

    /// A key of the plan was made.
    pub(super) fn notes_key(&self, plan: &Plan, key: &KeyArn) -> Result<(), ReceiptError> {
        self.receipt.borrow_mut().learns_key(plan, key);
        self.receipts.keep(&self.receipt.borrow())
    }

    /// The plan was carried out.
    pub(super) fn is_done(&self, plan: &Plan) -> Result<(), ReceiptError> {
        let done: Vec<&Step> = plan.steps.iter().map(|planned| &planned.step).collect();
        self.ends(plan, &done, &[])
    }

    /// The plan stopped part way.
    pub(super) fn is_stopped(&self, plan: &Plan, stopped: &Stopped<'_>) -> Result<(), ReceiptError> {
        // A bucket of somebody else's was certainly not made: nothing is left to put back.
        let failed = if stopped.why.is_of_a_taken_name() { &[] } else { stopped.failed.as_slice() };
        self.ends(plan, &stopped.done, failed)
    }

    fn ends(&self, plan: &Plan, done: &[&Step], failed: &[&Step]) -> Result<(), ReceiptError> {
        self.receipt.borrow_mut().ends(plan, done, failed, now());
        self.receipts.keep(&self.receipt.borrow())
    }
}

/// This machine's time: it names a run and says nothing about AWS.
pub(super) fn now() -> Moment {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map(|since| since.as_secs()).unwrap_or_default();
    Moment(i64::try_from(seconds).unwrap_or_default())
}
