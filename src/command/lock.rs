//! One run after another on one bucket, as far as they are this user's on this machine.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::exit::Exit;
use crate::model::BucketName;
use crate::receipts::{Lock, Receipts};
use crate::ui::Printer;

/// How often a place that is taken is asked for again.
const PAUSE: Duration = Duration::from_millis(100);

/// For how long: several times what a run takes that waits for all there is to wait for.
const AT_MOST: Duration = Duration::from_mins(10);

/// Waits until no other run is at work on the bucket, and says so where it never ends. Where no place can be had at all, the run
/// goes on without: what it writes over is read again right before in any case, and without a receipt nothing is written.
pub(super) async fn locked(
    receipt_dir: Option<&Path>,
    bucket: &BucketName,
    printer: Printer,
) -> Result<Option<Lock>, Exit> {
    let Ok(receipts) = Receipts::at(receipt_dir) else { return Ok(None) };
    let started = Instant::now();
    let mut waits = false;
    loop {
        match receipts.lock(bucket) {
            Ok(Some(lock)) => return Ok(Some(lock)),
            Ok(None) => {}
            Err(error) => {
                printer.remark(&format!("runs at the same moment are not kept apart: {error}"));
                return Ok(None);
            }
        }
        if started.elapsed() > AT_MOST {
            let minutes = AT_MOST.as_secs() / 60;
            let error =
                format!("nothing was changed: another run is at work on `{bucket}` for {minutes} minutes by now");
            printer.error(
                &error,
                Some("end that run, or wait for its end; then run the same command again"),
                Exit::Failed,
            );
            return Err(Exit::Failed);
        }
        if !waits {
            waits = true;
            printer.remark(&format!("another run is at work on `{bucket}`: this one waits for its end"));
        }
        tokio::time::sleep(PAUSE).await;
    }
}
