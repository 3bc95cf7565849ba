//! One run after another on one bucket, as far as they are this user's on this machine.

use std::mem;
use std::path::Path;
use std::time::Duration;

use crate::model::BucketName;
use crate::poll::{Interruption, Look, Pauses, Polled, poll};
use crate::ui::Reporter;
use crate::undo::receipts::{Lock, Receipts};

use super::error::CommandError;

/// How often a place that is taken is asked for again.
const PAUSES: Pauses = Pauses::every(Duration::from_millis(100));

/// For how long: several times what the writes of a run take with all that they wait for; that its logs arrive is waited for without
/// the place.
const AT_MOST: Duration = Duration::from_mins(10);

/// Another run on the bucket did not end.
#[derive(Debug, thiserror::Error)]
#[error("nothing was changed: another run was at work on `{0}` for all of {minutes} minutes", minutes = AT_MOST.as_secs() / 60)]
pub(super) struct Busy(BucketName);

impl Busy {
    /// What to do.
    pub(super) const HINT: &str = "end that run, or wait for its end; then run the same command again";
}

/// Waits until no other run is at work on the bucket, or has waited long enough. Where no place can be had at all, the run
/// goes on without: what it writes over is read again right before in any case, and without a receipt nothing is written.
pub(super) async fn locked(
    ctrl_c: &Interruption,
    receipt_dir: Option<&Path>,
    bucket: &BucketName,
    reporter: Reporter,
) -> Result<Option<Lock>, CommandError> {
    let Ok(receipts) = Receipts::at(receipt_dir) else { return Ok(None) };
    let attempt = async || match receipts.lock(bucket) {
        Ok(Some(lock)) => Look::Over(Ok(lock)),
        Ok(None) => Look::NotYet { seen: (), at_most: AT_MOST },
        Err(error) => Look::Over(Err(error)),
    };
    let mut is_first = true;
    let waits = |(): &(), _| {
        if mem::take(&mut is_first) {
            reporter.remark(&format!("another run is at work on `{bucket}`: this one waits for its end"));
        }
    };
    match poll(ctrl_c, PAUSES, attempt, waits).await {
        Polled::Over(Ok(lock)) => Ok(Some(lock)),
        Polled::Over(Err(error)) => {
            let folder = receipts.folder().display();
            reporter.remark(&format!("runs at the same moment are not kept apart by a lock in `{folder}`: {error}"));
            Ok(None)
        }
        Polled::TimedOut(()) => Err(Busy(bucket.clone()).into()),
        Polled::Interrupted(()) => Err(CommandError::interrupted()),
    }
}
