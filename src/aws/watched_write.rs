//! A write that AWS takes without a condition, with looks beside it at what somebody else writes meanwhile.
//!
//! What somebody writes between the last read and our write is gone, and no read after the write shows that it was ever there. So
//! it is looked at again and again while the write is under way. What changes within the last of these looks, some tens of
//! milliseconds, is still lost.

use std::pin::pin;
use std::time::Duration;

use super::error::AwsError;

/// The pause between two looks beside a write.
const PAUSE: Duration = Duration::from_millis(50);

/// How often a setting is written where others write theirs at the same time.
pub(super) const ROUNDS: usize = 4;

/// Sends a write, and looks at what is there until it has ended: returns what came of the write, and the newest look that is news.
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
            // A look that is sent first is answered first, as a rule.
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
