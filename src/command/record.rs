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
pub(super) struct Record<'a> {
    receipts: Receipts,
    receipt: RefCell<Receipt>,
    plan: &'a Plan,
}

impl<'a> Record<'a> {
    /// Begins it; a plan that changes nothing needs none.
    pub(super) fn begin(plan: &'a Plan, request: &Request) -> Result<Option<Self>, ReceiptError> {
        if plan.steps.is_empty() {
            return Ok(None);
        }
        let receipts = Receipts::at(request.receipt_dir.as_deref())?;
        let (began, producer) = (now(), request.kind.producer());
        let receipt = receipts.begin(|nth| {
            let run = RunId::new(began, producer, &plan.place.bucket, nth);
            Receipt::of(plan, producer.as_str(), ui::command_line(request), run, began)
        })?;
        Ok(Some(Self { receipts, receipt: RefCell::new(receipt), plan }))
    }

    /// The run.
    pub(super) fn run(&self) -> RunId {
        self.receipt.borrow().run.clone()
    }

    /// A key was made.
    pub(super) fn notes_key(&self, key: &KeyArn) -> Result<(), ReceiptError> {
        self.receipt.borrow_mut().learns_key(self.plan, key);
        self.receipts.keep(&self.receipt.borrow())
    }

    /// The run was carried out.
    pub(super) fn is_done(&self) -> Result<(), ReceiptError> {
        let done: Vec<&Step> = self.plan.steps.iter().map(|planned| &planned.step).collect();
        self.ends(&done, &[])
    }

    /// The run stopped part way.
    pub(super) fn is_stopped(&self, stopped: &Stopped<'_>) -> Result<(), ReceiptError> {
        self.ends(&stopped.done, &stopped.failed)
    }

    fn ends(&self, done: &[&Step], failed: &[&Step]) -> Result<(), ReceiptError> {
        self.receipt.borrow_mut().ends(self.plan, done, failed, now());
        self.receipts.keep(&self.receipt.borrow())
    }
}

/// This machine's time: it names a run and says nothing about AWS.
pub(super) fn now() -> Moment {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map(|since| since.as_secs()).unwrap_or_default();
    Moment(i64::try_from(seconds).unwrap_or_default())
}
