//! Trying a write again while AWS says that something has not spread yet.
//!
//! How long which refusal is worth that is for whoever writes.

use std::time::Duration;

use crate::aws::{AwsError, Cause, WriteError};
use crate::poll::{Interruption, Jitter, Look, Pauses, Polled, Waiting, poll};

/// How long a write waits out a bucket that has not spread yet, or a conflicting operation.
pub(crate) const SETTLING: Duration = Duration::from_secs(30);

/// The pauses between two tries.
const PAUSES: Pauses = Pauses { first: Duration::from_secs(1), longest: Duration::from_secs(15), jitter: Jitter::Half };

/// Tries until it works, or a refusal is not worth more: `worth` says how long it is, since the first try, and `waits` hears of
/// each pause. Where the user breaks off, the last refusal is returned.
pub(crate) async fn retried<T>(
    interruption: &Interruption,
    mut attempt: impl AsyncFnMut() -> Result<T, WriteError>,
    worth: impl Fn(&WriteError) -> Duration,
    waits: impl Fn(&WriteError, Waiting),
) -> Result<T, WriteError> {
    let look = async || match attempt().await {
        Ok(done) => Look::Over(done),
        Err(error) => Look::NotYet { at_most: worth(&error), seen: error },
    };
    match Box::pin(poll(interruption, PAUSES, look, waits)).await {
        Polled::Over(done) => Ok(done),
        Polled::TimedOut(error) | Polled::Interrupted(error) => Err(error),
    }
}

/// A refusal of whatever write that passes: another change of the same thing is under way, or too much was asked.
pub(crate) fn is_passing(error: &AwsError) -> bool {
    error.is("OperationAborted") || error.cause == Cause::Throttled
}
