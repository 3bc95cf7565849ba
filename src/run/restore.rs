//! Carries out an undo and makes no decisions.
//!
//! Items run one after another, the run's last step first. So a source is detached before the resources that it needs
//! are removed.

use std::time::Duration;

use crate::aws::{Aws, Replacement, Tries, WriteError};
use crate::model::Seen;
use crate::plan::{Setting, Slot};
use crate::poll::{Interruption, silently};
use crate::run::retry::{self, SETTLING};
use crate::undo::receipt::{Receipt, RecordedChange, Undo, UndoItem, UndoVerdict};
use crate::undo::receipts::ReceiptError;

#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum RestoreOutcome {
    /// The item was restored.
    Done,
    /// The item was kept because something started to need it during the undo. The text is the reason.
    Needed(String),
    /// The bucket was kept because it is not empty.
    Stayed,
    Failed,
    /// The item was not tried.
    NotDone,
}

/// The result of an undo.
#[derive(Debug)]
pub(crate) struct UndoResult<'a> {
    pub undo: &'a Undo,
    /// The items to write, and how each ended.
    pub items: Vec<(&'a UndoItem, RestoreOutcome)>,
    /// Why the undo stopped early, if it did.
    pub why: Option<UndoStopReason>,
}

/// Why an undo stopped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UndoStopReason {
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The receipt could not be updated with the restored items.
    #[error("{0}; stopped, because the next undo would not know what was restored")]
    Receipt(#[from] ReceiptError),
    #[error("interrupted")]
    Interrupted,
}

impl UndoResult<'_> {
    /// Returns the undo as it was carried out, without the items that something started to need during the undo.
    pub(crate) fn carried_out(&self) -> Undo {
        let mut undo = self.undo.clone();
        for (item, ended) in &self.items {
            if let RestoreOutcome::Needed(why) = ended {
                undo.keep(item, why);
            }
        }
        undo
    }
}

/// Reverts a run's changes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Restorer<'a> {
    pub aws: &'a Aws,
    pub receipt: &'a Receipt,
    pub interruption: &'a Interruption,
}

impl Restorer<'_> {
    /// Restores the items of an undo; `watch` is called as each item ends.
    ///
    /// `needed` is called right before the removal of an item that logs may need. If something has started to need the
    /// item since the undo was planned, `needed` returns the reason to keep the item. This check is necessary because
    /// others may attach sources at any time, and S3 and KMS have no conditional removal.
    ///
    /// `note` is called with the bucket policy right before AWS may overwrite it while an item is restored.
    pub(crate) async fn restore<'a>(
        &self,
        undo: &'a Undo,
        needed: &impl AsyncFn(&UndoItem) -> Option<String>,
        note: &impl Fn(&UndoItem, String) -> Result<(), ReceiptError>,
        watch: &impl Fn(&UndoItem, &RestoreOutcome) -> Result<(), ReceiptError>,
    ) -> UndoResult<'a> {
        let mut undone = UndoResult { undo, items: Vec::new(), why: None };
        for item in undo.writes() {
            if undone.why.is_none() && self.interruption.is_wanted() {
                undone.why = Some(UndoStopReason::Interrupted);
            }
            if undone.why.is_some() {
                undone.items.push((item, RestoreOutcome::NotDone));
                continue;
            }
            // Before the first item, nothing has been written since the last check.
            let is_first = undone.items.is_empty();
            let asks = !is_first && (item.withdraws() || item.sends_back_unchecked());
            let why = tokio::select! {
                why = async { if asks { needed(item).await } else { None } } => why,
                () = self.interruption.wanted() => {
                    undone.why = Some(UndoStopReason::Interrupted);
                    undone.items.push((item, RestoreOutcome::NotDone));
                    continue;
                }
            };
            if let Some(why) = why {
                let ended = RestoreOutcome::Needed(why);
                undone.why = watch(item, &ended).err().map(UndoStopReason::from);
                undone.items.push((item, ended));
                continue;
            }
            if let Some(policy) = self.endangered_policy(item).await
                && let Err(error) = note(item, policy)
            {
                undone.why = Some(error.into());
                undone.items.push((item, RestoreOutcome::NotDone));
                continue;
            }
            let tries = Tries::new(self.interruption);
            let attempt = async || self.write(item, &tries).await;
            let worth = |error: &WriteError| match error {
                WriteError::Aws(error) if retry::is_passing(error) => SETTLING,
                WriteError::Appeared { .. }
                | WriteError::Aws(_)
                | WriteError::Moved { .. }
                | WriteError::NoKeyYet
                | WriteError::Open { .. }
                | WriteError::Overwritten { .. }
                | WriteError::PolicyLost { .. }
                | WriteError::Unseen(_) => Duration::ZERO,
            };
            let outcome = retry::retried(self.interruption, attempt, worth, silently).await;
            let ended = match tries.ended(outcome) {
                Ok(ended) => ended,
                Err(error) => {
                    let broken_off = self.interruption.is_wanted();
                    undone.why = Some(if broken_off { UndoStopReason::Interrupted } else { error.into() });
                    RestoreOutcome::Failed
                }
            };
            let recorded = watch(item, &ended);
            undone.why = undone.why.or_else(|| recorded.err().map(UndoStopReason::from));
            undone.items.push((item, ended));
        }
        undone
    }

    /// Reads the bucket policy if AWS may overwrite it while this item is restored.
    async fn endangered_policy(&self, item: &UndoItem) -> Option<String> {
        let Self { aws, receipt, .. } = self;
        let slot = Slot::BucketPolicy { bucket: item.changed_policy()?.clone() };
        match aws.setting(&slot, &receipt.account, &receipt.region).await {
            Ok(Seen::Present(Setting::BucketPolicy(_, policy))) => policy,
            // AWS changes the policy only for a caller who may read it.
            Ok(_) | Err(_) => None,
        }
    }

    async fn write(&self, item: &UndoItem, tries: &Tries<'_>) -> Result<RestoreOutcome, WriteError> {
        let Self { aws, receipt, .. } = self;
        let Receipt { account: owner, region, .. } = receipt;
        match (&item.change, &item.verdict) {
            (RecordedChange::Setting { .. }, UndoVerdict::Restore { values }) => {
                let of = Replacement { before: &values.0, after: &values.1, owner, region };
                aws.replace(of, tries).await.map(|()| RestoreOutcome::Done)
            }
            (RecordedChange::MadeBucket { bucket, region, .. }, UndoVerdict::Delete) => {
                // Restoring the other items took time, so check again.
                let found = Box::pin(aws.found_bucket(bucket, owner, region, region.partition())).await?;
                if found.holds_objects() {
                    return Ok(RestoreOutcome::Stayed);
                }
                if !receipt.may_delete(bucket, &found) {
                    return Ok(RestoreOutcome::Needed("someone changed the bucket during the undo".to_owned()));
                }
                let gone = aws.delete_empty_bucket(bucket, owner, region).await?;
                Ok(if gone { RestoreOutcome::Done } else { RestoreOutcome::Stayed })
            }
            (_, _) => Ok(RestoreOutcome::NotDone),
        }
    }
}
