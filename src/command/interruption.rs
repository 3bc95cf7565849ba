//! Ctrl-C: noticed between steps, so that the step in flight is finished and told of.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

use crate::apply::Interruption;

/// Whether the user pressed Ctrl-C.
#[derive(Clone, Debug, Default)]
pub(super) struct CtrlC {
    pressed: Arc<AtomicBool>,
    notify: Arc<Notify>,
}

impl CtrlC {
    /// Begins to listen; must run in the runtime.
    pub(super) fn listen() -> Self {
        let interruption = Self::default();
        let told = interruption.clone();
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                told.pressed.store(true, Ordering::SeqCst);
                told.notify.notify_one();
            }
        });
        interruption
    }

    /// Ends when Ctrl-C was pressed.
    pub(super) async fn pressed(&self) {
        if !self.is_wanted() {
            self.notify.notified().await;
        }
    }
}

impl Interruption for CtrlC {
    fn is_wanted(&self) -> bool {
        self.pressed.load(Ordering::SeqCst)
    }
}
