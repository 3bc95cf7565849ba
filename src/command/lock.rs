//! Makes this user's runs on this machine take turns on a bucket.

use std::mem;
use std::path::Path;
use std::time::Duration;

use crate::model::BucketName;
use crate::poll::{Interruption, Pauses, PollEnd, PollResult, poll};
use crate::ui::Reporter;
use crate::undo::receipts::{Lock, Receipts};

use super::error::CommandError;

/// The pauses between two attempts to take the lock.
const PAUSES: Pauses = Pauses::every(Duration::from_millis(100));

/// How long to wait for a lock that another run has taken: several times as long as all writes of a run take. A run
/// releases the lock before it waits for its logs.
const AT_MOST: Duration = Duration::from_mins(10);

/// Another run kept the lock of the bucket.
#[derive(Debug, thiserror::Error)]
#[error("nothing changed: another run has been using `{0}` for {minutes} minutes", minutes = AT_MOST.as_secs() / 60)]
pub(super) struct Busy(BucketName);

impl Busy {
    pub(super) const HINT: &str = "stop that run, or wait for it to finish; then run the same command again";
}

/// Waits for the lock of the bucket, up to [`AT_MOST`]. If the lock can't be created, the run continues without a lock.
/// It still reads each setting again right before it overwrites the setting, and writes nothing without a receipt.
pub(super) async fn locked(
    ctrl_c: &Interruption,
    receipt_dir: Option<&Path>,
    bucket: &BucketName,
    reporter: Reporter,
) -> Result<Option<Lock>, CommandError> {
    let Ok(receipts) = Receipts::at(receipt_dir) else { return Ok(None) };
    let attempt = async || match receipts.lock(bucket) {
        Ok(Some(lock)) => PollResult::Over(Ok(lock)),
        Ok(None) => PollResult::NotYet { seen: (), at_most: AT_MOST },
        Err(error) => PollResult::Over(Err(error)),
    };
    let mut is_first = true;
    let waits = |(): &(), _| {
        if mem::take(&mut is_first) {
            reporter.remark(&format!("another run is using `{bucket}`; waiting for it to finish"));
        }
    };
    match poll(ctrl_c, PAUSES, attempt, waits).await {
        PollEnd::Over(Ok(lock)) => Ok(Some(lock)),
        PollEnd::Over(Err(error)) => {
            let folder = receipts.folder().display();
            reporter
                .remark(&format!("could not create a lock in `{folder}`, so concurrent runs may interfere: {error}"));
            Ok(None)
        }
        PollEnd::TimedOut(()) => Err(Busy(bucket.clone()).into()),
        PollEnd::Interrupted(()) => Err(CommandError::interrupted()),
    }
}
