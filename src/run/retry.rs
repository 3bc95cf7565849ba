//! Retries a write while a change has not propagated yet.
//!
//! Callers decide how long each refusal is worth retrying.

use std::time::Duration;

use crate::aws::{AwsError, ErrorCause, WriteError};
use crate::poll::{Interruption, Jitter, Pauses, PollEnd, PollResult, Waiting, poll};

/// How long to retry a write while a new bucket propagates or another operation conflicts.
pub(crate) const SETTLING: Duration = Duration::from_secs(30);

/// The pauses between two attempts.
const PAUSES: Pauses = Pauses { first: Duration::from_secs(1), longest: Duration::from_secs(15), jitter: Jitter::Half };

/// Retries until the write succeeds or a refusal is no longer worth retrying. `worth` returns how long to retry a
/// refusal, counted from the first attempt. `waits` is called for each pause. If the user interrupts, returns the last
/// refusal.
pub(crate) async fn retried<T>(
    interruption: &Interruption,
    mut attempt: impl AsyncFnMut() -> Result<T, WriteError>,
    worth: impl Fn(&WriteError) -> Duration,
    waits: impl Fn(&WriteError, Waiting),
) -> Result<T, WriteError> {
    let look = async || match attempt().await {
        Ok(done) => PollResult::Over(done),
        Err(error) => PollResult::NotYet { at_most: worth(&error), seen: error },
    };
    match Box::pin(poll(interruption, PAUSES, look, waits)).await {
        PollEnd::Over(done) => Ok(done),
        PollEnd::TimedOut(error) | PollEnd::Interrupted(error) => Err(error),
    }
}

/// Returns whether a refused write may succeed later, because another change is in progress or AWS throttled the write.
pub(crate) fn is_passing(error: &AwsError) -> bool {
    error.is("OperationAborted") || error.cause == ErrorCause::Throttled
}
