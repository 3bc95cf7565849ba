//! Ctrl-C and other signals that ask the process to end.

use crate::poll::Interruption;

/// Starts listening. From then on, Ctrl-C no longer ends the process; a prompt receives it as an error.
pub(super) async fn listen() -> Interruption {
    let interruption = Interruption::default();
    let heard = interruption.clone();
    tokio::spawn(async move {
        loop {
            asked_to_end().await;
            heard.press();
        }
    });
    // The handler is in place once the task has run for the first time.
    tokio::task::yield_now().await;
    interruption
}

/// Returns when a signal asks the process to end. If signals can't be received, never returns.
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

/// Returns when Ctrl-C is pressed. If Ctrl-C can't be received, never returns.
#[cfg(not(unix))]
async fn asked_to_end() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}
