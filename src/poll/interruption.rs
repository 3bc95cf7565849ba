//! That the user wants to stop: noticed between steps and in pauses, so that the step in flight is finished and reported.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// Whether the user wants to stop, and how often that was said. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Interruption {
    pressed: Arc<AtomicUsize>,
    notify: Arc<Notify>,
}

impl Interruption {
    /// The user wants to stop.
    pub fn press(&self) {
        self.pressed.fetch_add(1, Ordering::SeqCst);
        self.notify.notify_waiters();
    }

    /// Whether to stop now.
    pub fn is_wanted(&self) -> bool {
        self.pressed.load(Ordering::SeqCst) > 0
    }

    /// Ends when the user wants to stop.
    pub async fn wanted(&self) {
        self.pressed(1).await;
    }

    /// Ends when the user wants to stop at once, and said so a second time.
    pub async fn insisted(&self) {
        self.pressed(2).await;
    }

    async fn pressed(&self, times: usize) {
        loop {
            // Whoever presses between the look at the count and the wait is heard: it listens from here on.
            let heard = self.notify.notified();
            if self.pressed.load(Ordering::SeqCst) >= times {
                return;
            }
            heard.await;
        }
    }
}
