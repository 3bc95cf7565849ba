//! Retries a write while a change has not propagated yet.
//!
//! Callers decide how long each refusal is worth retrying.

use std::time::Duration;

use crate::aws::{AwsError, Cause, WriteError};
use crate::poll::{Interruption, Jitter, Look, Pauses, Polled, Waiting, poll};

/// How long a write is retried while a bucket has not propagated, or another operation conflicts.
pub(crate) const SETTLING: Duration = Duration::from_secs(30);

/// The pauses between two tries.
const PAUSES: Pauses = Pauses { first: Duration::from_secs(1), longest: Duration::from_secs(15), jitter: Jitter::Half };

/// Retries until success or until a refusal is no longer worth it: `worth` returns how long it is, counted from the
/// first try, and `waits` is called for each pause. If the user interrupts, returns the last refusal.
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

/// Returns whether a refused write may succeed later: another change is in progress, or AWS throttled it.
pub(crate) fn is_passing(error: &AwsError) -> bool {
    error.is("OperationAborted") || error.cause == Cause::Throttled
}
