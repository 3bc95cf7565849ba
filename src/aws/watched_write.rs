//! Sends a write that can't have a condition, and reads in parallel to find values that others write meanwhile.
//!
//! A value that someone writes between the last read and our write is lost, and no later read shows that it existed. So
//! the value is read repeatedly while the write is in flight. A change during the last of these reads, which takes some
//! tens of milliseconds, is still lost.

use std::pin::pin;
use std::time::Duration;

use super::error::AwsError;

/// The pause between two reads during a write.
const PAUSE: Duration = Duration::from_millis(50);

/// How often a setting is written while others keep changing it.
pub(super) const ROUNDS: usize = 4;

/// Sends a write and reads the value until the write ends. Returns the write's result and the last value read for which
/// `is_news` is true.
pub(super) async fn write_and_look<T>(
    write: impl Future<Output = Result<(), AwsError>>,
    look: impl AsyncFn() -> Option<T>,
    is_news: impl Fn(&T) -> bool,
) -> (Result<(), AwsError>, Option<T>) {
    let mut news = None;
    let mut note = |seen: Option<T>| {
        if let Some(seen) = seen.filter(|seen| is_news(seen)) {
            news = Some(seen);
        }
    };
    let mut write = pin!(write);
    let sent = loop {
        let mut looking = pin!(look());
        tokio::select! {
            // A read that is sent first is usually answered first.
            biased;
            seen = &mut looking => note(seen),
            sent = &mut write => {
                note(looking.await);
                break sent;
            }
        }
        tokio::select! {
            biased;
            sent = &mut write => break sent,
            () = tokio::time::sleep(PAUSE) => {}
        }
    };
    (sent, news)
}
