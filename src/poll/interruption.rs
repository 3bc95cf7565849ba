//! The user's wish to stop. It is checked between steps and during pauses, so that the current step is always finished
//! and reported.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// Whether the user wants to stop, and how often they said so. Clones share the state.
#[derive(Clone, Debug, Default)]
pub struct Interruption {
    pressed: Arc<AtomicUsize>,
    notify: Arc<Notify>,
}

impl Interruption {
    /// Records that the user wants to stop.
    pub fn press(&self) {
        self.pressed.fetch_add(1, Ordering::SeqCst);
        self.notify.notify_waiters();
    }

    pub fn is_wanted(&self) -> bool {
        self.pressed.load(Ordering::SeqCst) > 0
    }

    /// Waits until the user wants to stop.
    pub async fn wanted(&self) {
        self.pressed(1).await;
    }

    /// Waits until the user asks a second time, to stop at once.
    pub async fn insisted(&self) {
        self.pressed(2).await;
    }

    async fn pressed(&self, times: usize) {
        loop {
            // Listen before reading the count, so that a press in between is not missed.
            let heard = self.notify.notified();
            if self.pressed.load(Ordering::SeqCst) >= times {
                return;
            }
            heard.await;
        }
    }
}
