//! Ctrl-C, and the signal that asks a process to end: noticed between steps, so that the step in flight is finished and told
//! of.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

use crate::run::patience::Interruption;

/// Whether the user pressed Ctrl-C.
#[derive(Clone, Debug, Default)]
pub(super) struct CtrlC {
    pressed: Arc<AtomicUsize>,
    notify: Arc<Notify>,
}

impl CtrlC {
    /// Begins to listen; from then on Ctrl-C no longer ends the process, and a prompt hears of it as an error.
    pub(super) async fn listen() -> Self {
        let interruption = Self::default();
        let told = interruption.clone();
        tokio::spawn(async move {
            loop {
                asked_to_end().await;
                told.pressed.fetch_add(1, Ordering::SeqCst);
                told.notify.notify_waiters();
            }
        });
        // The handler is in place once the task has run for the first time.
        tokio::task::yield_now().await;
        interruption
    }

    /// Ends when Ctrl-C was pressed.
    pub(super) async fn pressed(&self) {
        self.pressed_times(1).await;
    }

    /// Ends when Ctrl-C was pressed so often.
    pub(super) async fn pressed_times(&self, times: usize) {
        loop {
            let heard = self.notify.notified();
            if self.pressed.load(Ordering::SeqCst) >= times {
                return;
            }
            heard.await;
        }
    }
}

impl Interruption for CtrlC {
    fn is_wanted(&self) -> bool {
        self.pressed.load(Ordering::SeqCst) > 0
    }
}

/// Ends when somebody wants the process to end; never where signals can't be heard.
#[cfg(unix)]
async fn asked_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
    let mut heard: Vec<_> = kinds.into_iter().filter_map(|kind| signal(kind).ok()).collect();
    if heard.is_empty() {
        return std::future::pending().await;
    }
    futures_util::future::select_all(heard.iter_mut().map(|signal| Box::pin(signal.recv()))).await;
}

/// Ends when Ctrl-C is pressed; never where that can't be heard.
#[cfg(not(unix))]
async fn asked_to_end() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}
