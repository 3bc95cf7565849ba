//! Trying again while AWS says that something has not spread yet, and listening to the user meanwhile.
//!
//! How long which refusal is worth that is for whoever writes.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use crate::aws::{AwsError, Cause, WriteError};

/// How long a write waits out a bucket that has not spread yet, or a conflicting operation.
pub(crate) const SETTLING: Duration = Duration::from_secs(30);

/// How often the user is listened to in a pause.
const SLICE: Duration = Duration::from_millis(100);

/// The longest pause between two tries.
const LONGEST: Duration = Duration::from_secs(15);

/// Whether the user wants the run to stop; asked between steps and in pauses, so that a step in flight is finished.
pub trait Interruption {
    /// Whether to stop now.
    fn is_wanted(&self) -> bool;
}

/// Tries until it works, or a refusal is not worth more: `worth` says how long it is, since the first try, and `waits` is told
/// of each pause with the time since then and at most. Pauses are longer each time, and of random length, so that runs that were
/// refused together do not come back together.
pub(crate) async fn patiently<T>(
    interruption: &impl Interruption,
    mut attempt: impl AsyncFnMut() -> Result<T, WriteError>,
    worth: impl Fn(&WriteError) -> Duration,
    waits: impl Fn(&WriteError, Duration, Duration),
) -> Result<T, WriteError> {
    let started = Instant::now();
    let mut length = Duration::from_secs(1);
    loop {
        let error = match attempt().await {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        let (at_most, waited) = (worth(&error), started.elapsed());
        if waited + length > at_most {
            return Err(error);
        }
        waits(&error, waited, at_most);
        if pause(interruption, length.mul_f64(0.5 + fastrand::f64() / 2.0)).await.is_break() {
            return Err(error);
        }
        length = (length * 2).min(LONGEST);
    }
}

/// Pauses, or breaks off where the user wants it.
pub(crate) async fn pause(interruption: &impl Interruption, length: Duration) -> ControlFlow<()> {
    let until = Instant::now() + length;
    while Instant::now() < until {
        if interruption.is_wanted() {
            return ControlFlow::Break(());
        }
        tokio::time::sleep(SLICE.min(length)).await;
    }
    ControlFlow::Continue(())
}

/// A refusal of whatever write that passes: another change of the same thing is under way, or too much was asked.
pub(crate) fn is_passing(error: &AwsError) -> bool {
    error.is("OperationAborted") || error.cause == Cause::Throttled
}
