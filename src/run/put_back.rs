//! Carrying out an undo: the loop, and nothing decided in it.
//!
//! One after another, the last step of the run first, so that a producer is turned away before what it needs is taken away.

use std::time::Duration;

use crate::aws::{Aws, Replacement, Tries, WriteError};
use crate::poll::{Interruption, silently};
use crate::run::retry::{self, SETTLING};
use crate::undo::receipt::{Change, Item, Receipt, Undo, Verdict};

/// How an item ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Ended {
    /// It was put back.
    Done,
    /// It stays, since something came to need it while the rest was put back: what.
    Needed(String),
    /// Somebody changed the bucket or wrote to it meanwhile, and it stays.
    Stayed,
    /// It failed.
    Failed,
    /// It was not tried.
    NotDone,
}

/// What was carried out.
#[derive(Debug)]
pub struct Undone<'a> {
    /// The undo.
    pub undo: &'a Undo,
    /// What was to be written, and how it ended.
    pub items: Vec<(&'a Item, Ended)>,
    /// Why it stopped, where it did.
    pub why: Option<StopReason>,
}

/// Why an undo stopped.
#[derive(Debug, thiserror::Error)]
pub enum StopReason {
    /// A write failed.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The user interrupted it.
    #[error("interrupted")]
    Interrupted,
}

impl Undone<'_> {
    /// The undo as it was carried out: without what came to be needed meanwhile.
    pub fn carried_out(&self) -> Undo {
        let mut undo = self.undo.clone();
        for (item, ended) in &self.items {
            if let Ended::Needed(why) = ended {
                undo.keep(item, why);
            }
        }
        undo
    }
}

/// Puts back what is to be put back; `watch` is told of each item as it ends.
///
/// `needed` says, right before something is taken away that logs may need, what has come to need it since the undo was judged: others
/// attach sources at any time, and S3 and KMS know no condition on that.
pub async fn put_back<'a>(
    aws: &Aws,
    receipt: &Receipt,
    undo: &'a Undo,
    interruption: &Interruption,
    needed: &impl AsyncFn(&Item) -> Option<String>,
    watch: &impl Fn(&Item, &Ended),
) -> Undone<'a> {
    let mut undone = Undone { undo, items: Vec::new(), why: None };
    for item in undo.writes() {
        if undone.why.is_none() && interruption.is_wanted() {
            undone.why = Some(StopReason::Interrupted);
        }
        if undone.why.is_some() {
            undone.items.push((item, Ended::NotDone));
            continue;
        }
        // Nothing was written yet since it was judged.
        let is_first = undone.items.is_empty();
        let asks = !is_first && item.withdraws();
        if let Some(why) = if asks { needed(item).await } else { None } {
            let ended = Ended::Needed(why);
            watch(item, &ended);
            undone.items.push((item, ended));
            continue;
        }
        let tries = Tries::new(interruption);
        let attempt = async || write(aws, receipt, item, &tries).await;
        let worth = |error: &WriteError| match error {
            WriteError::Aws(error) if retry::is_passing(error) => SETTLING,
            WriteError::Appeared { .. }
            | WriteError::Aws(_)
            | WriteError::Moved { .. }
            | WriteError::NoKeyYet
            | WriteError::Open { .. }
            | WriteError::Overwritten { .. }
            | WriteError::Unseen(_) => Duration::ZERO,
        };
        let outcome = retry::retried(interruption, attempt, worth, silently).await;
        let ended = match tries.ended(outcome) {
            Ok(ended) => ended,
            Err(error) => {
                let broken_off = interruption.is_wanted();
                undone.why = Some(if broken_off { StopReason::Interrupted } else { error.into() });
                Ended::Failed
            }
        };
        watch(item, &ended);
        undone.items.push((item, ended));
    }
    undone
}

async fn write(aws: &Aws, receipt: &Receipt, item: &Item, tries: &Tries<'_>) -> Result<Ended, WriteError> {
    let Receipt { account: owner, region, .. } = receipt;
    match (&item.change, &item.verdict) {
        (Change::Setting { slot, .. }, Verdict::Restore { values }) => {
            let of = Replacement { slot, before: Some(&values.0), after: &values.1, owner, region };
            aws.replace(of, tries).await.map(|()| Ended::Done)
        }
        (Change::MadeBucket { bucket, region, .. }, Verdict::Delete) => {
            // Restoring the rest took its time.
            let found = Box::pin(aws.found_bucket(bucket, owner, region, region.partition())).await?;
            if !receipt.may_delete(bucket, &found) {
                return Ok(Ended::Stayed);
            }
            let gone = aws.delete_empty_bucket(bucket, owner, region).await?;
            Ok(if gone { Ended::Done } else { Ended::Stayed })
        }
        (_, _) => Ok(Ended::NotDone),
    }
}
