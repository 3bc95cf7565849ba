//! One run after another on one bucket, as far as they are this user's on this machine.

use std::path::Path;
use std::time::Duration;

use crate::model::BucketName;
use crate::receipts::{Lock, Receipts};
use crate::ui::Printer;

/// How often a place that is taken is asked for again.
const PAUSE: Duration = Duration::from_millis(100);

/// Waits until no other run is at work on the bucket. Where no place can be had at all, the run goes on without: what it writes
/// over is read again right before in any case, and without a receipt nothing is written.
pub(super) async fn locked(receipt_dir: Option<&Path>, bucket: &BucketName, printer: Printer) -> Option<Lock> {
    let receipts = Receipts::at(receipt_dir).ok()?;
    let mut waits = false;
    loop {
        match receipts.lock(bucket) {
            Ok(Some(lock)) => return Some(lock),
            Ok(None) => {}
            Err(error) => {
                printer.remark(&format!("runs at the same moment are not kept apart: {error}"));
                return None;
            }
        }
        if !waits {
            waits = true;
            printer.remark(&format!("another run is at work on `{bucket}`: this one waits for its end"));
        }
        tokio::time::sleep(PAUSE).await;
    }
}
