//! Repeats a check until it is done, times out or is interrupted. No other code waits between checks.
//!
//! Callers define the check, when it is done, and how long to keep checking after each result.

mod interruption;

pub(crate) use interruption::Interruption;

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// The result of a check.
#[derive(Debug)]
pub(crate) enum PollResult<T, P> {
    Over(T),
    NotYet {
        /// What the check saw.
        seen: P,
        /// How long to keep checking after this result, counted from the start of the first check.
        at_most: Duration,
    },
}

/// How polling ended.
#[derive(Debug)]
pub(crate) enum PollEnd<T, P> {
    Over(T),
    /// The time is up; the last check saw this.
    TimedOut(P),
    /// The user wants to stop; the last check saw this.
    Interrupted(P),
}

/// The pauses between checks, each twice as long as the one before and never beyond the remaining time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pauses {
    pub first: Duration,
    pub longest: Duration,
    /// How much of each pause is random.
    pub jitter: Jitter,
}

/// How much of a pause is random, so that runs throttled together don't retry together.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Jitter {
    None,
    /// The second half.
    Half,
    Full,
}

/// The state at the start of a pause.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Waiting {
    /// The time since the first check began.
    pub waited: Duration,
    /// The limit of `waited`.
    pub at_most: Duration,
}

impl<T, P> PollResult<T, P> {
    /// Makes a failed check end the polling.
    pub(crate) fn or_failed<E>(look: Result<Self, E>) -> PollResult<Result<T, E>, P> {
        match look {
            Ok(Self::Over(over)) => PollResult::Over(Ok(over)),
            Ok(Self::NotYet { seen, at_most }) => PollResult::NotYet { seen, at_most },
            Err(error) => PollResult::Over(Err(error)),
        }
    }
}

impl Pauses {
    /// Creates pauses of one length.
    pub(crate) const fn every(length: Duration) -> Self {
        Self { first: length, longest: length, jitter: Jitter::None }
    }

    /// Creates pauses that double from the first to the longest.
    pub(crate) const fn doubling(first: Duration, longest: Duration) -> Self {
        Self { first, longest, jitter: Jitter::None }
    }

    fn drawn(self, length: Duration) -> Duration {
        match self.jitter {
            Jitter::None => length,
            Jitter::Half => length.mul_f64(0.5 + fastrand::f64() / 2.0),
            Jitter::Full => length.mul_f64(fastrand::f64()),
        }
    }
}

/// Repeats the check until it is done. A running check is always finished, because it may be a write. If the check only
/// reads, the caller may drop the future. `waits` is called for each pause, and its result is kept until the pause
/// ends.
pub(crate) async fn poll<T, P, H>(
    interruption: &Interruption,
    pauses: Pauses,
    mut look: impl AsyncFnMut() -> PollResult<T, P>,
    mut waits: impl FnMut(&P, Waiting) -> H,
) -> PollEnd<T, P> {
    let started = Instant::now();
    let mut length = pauses.first;
    loop {
        let (seen, at_most) = match look().await {
            PollResult::Over(over) => return PollEnd::Over(over),
            PollResult::NotYet { seen, at_most } => (seen, at_most),
        };
        let waited = started.elapsed();
        let left = at_most.saturating_sub(waited);
        if left.is_zero() {
            return PollEnd::TimedOut(seen);
        }
        let _held = waits(&seen, Waiting { waited, at_most });
        tokio::select! {
            biased;
            () = interruption.wanted() => return PollEnd::Interrupted(seen),
            () = sleep(pauses.drawn(length).min(left)) => {}
        }
        length = length.saturating_mul(2).min(pauses.longest);
    }
}

/// Ignores pauses.
pub(crate) fn silently<P>(_: &P, _: Waiting) {}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use super::*;

    const S: fn(u64) -> Duration = Duration::from_secs;

    /// Repeats a check that is never done. Returns the seconds at which each check began, and the outcome.
    async fn looks(pauses: Pauses, at_most: Duration, interruption: &Interruption) -> (Vec<u64>, PollEnd<(), usize>) {
        let started = Instant::now();
        let began = RefCell::new(Vec::new());
        let look = async || {
            began.borrow_mut().push(started.elapsed().as_secs());
            let seen = began.borrow().len();
            PollResult::NotYet { seen, at_most }
        };
        let polled = poll(interruption, pauses, look, silently).await;
        (began.into_inner(), polled)
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_double_up_to_the_maximum_and_the_last_check_is_at_the_deadline() {
        let never = Interruption::default();
        let (began, polled) = looks(Pauses::doubling(S(1), S(4)), S(13), &never).await;
        assert_eq!(began, [0, 1, 3, 7, 11, 13]);
        assert!(matches!(polled, PollEnd::TimedOut(6)), "{polled:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn with_zero_wait_time_there_is_one_check() {
        let (began, polled) = looks(Pauses::every(S(1)), Duration::ZERO, &Interruption::default()).await;
        assert_eq!(began, [0]);
        assert!(matches!(polled, PollEnd::TimedOut(1)), "{polled:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn an_interruption_ends_the_pause_at_once_and_returns_the_last_result() {
        let interruption = Interruption::default();
        let press = async {
            sleep(S(3)).await;
            interruption.press();
            Instant::now()
        };
        let polled = async {
            let ended = looks(Pauses::every(S(60)), S(600), &interruption).await;
            (ended, Instant::now())
        };
        let (pressed, ((began, polled), ended)) = tokio::join!(press, polled);
        assert_eq!((began, ended), (vec![0], pressed));
        assert!(matches!(polled, PollEnd::Interrupted(1)), "{polled:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_running_check_is_finished_before_an_interruption_takes_effect() {
        let (interruption, finished) = (Interruption::default(), Cell::new(false));
        let look = async || {
            interruption.press();
            sleep(S(5)).await;
            finished.set(true);
            PollResult::<(), ()>::NotYet { seen: (), at_most: S(600) }
        };
        let polled = poll(&interruption, Pauses::every(S(1)), look, silently).await;
        assert!(matches!(polled, PollEnd::Interrupted(())) && finished.get(), "{polled:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_result_decides_how_long_to_wait() {
        let seconds = RefCell::new(vec![S(1), S(100), S(100)]);
        let look = async || match seconds.borrow_mut().pop() {
            Some(at_most) => PollResult::NotYet { seen: at_most, at_most },
            None => PollResult::Over(()),
        };
        let polled = poll(&Interruption::default(), Pauses::every(S(10)), look, silently).await;
        assert!(matches!(polled, PollEnd::TimedOut(last) if last == S(1)), "{polled:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_is_reported_and_the_result_is_held_until_its_end() {
        struct CheckGuard<'a>(&'a Cell<bool>);
        impl Drop for CheckGuard<'_> {
            fn drop(&mut self) {
                self.0.set(false);
            }
        }
        let (held, pauses) = (Cell::new(false), RefCell::new(Vec::new()));
        let look = async || {
            assert!(!held.get());
            PollResult::<(), ()>::NotYet { seen: (), at_most: S(3) }
        };
        let waits = |(): &(), Waiting { waited, at_most }: Waiting| {
            pauses.borrow_mut().push((waited.as_secs(), at_most.as_secs()));
            held.set(true);
            CheckGuard(&held)
        };
        let polled = poll(&Interruption::default(), Pauses::every(S(2)), look, waits).await;
        assert!(matches!(polled, PollEnd::TimedOut(())), "{polled:?}");
        assert_eq!(pauses.into_inner(), [(0, 3), (2, 3)]);
    }

    #[test]
    fn a_pause_is_random_within_its_jitter() {
        let drawn = |jitter| (0..50).map(|_| Pauses { jitter, ..Pauses::every(S(1)) }.drawn(S(8))).collect::<Vec<_>>();
        for (jitter, shortest) in [(Jitter::None, 8), (Jitter::Half, 4), (Jitter::Full, 0)] {
            let drawn = drawn(jitter);
            assert!(drawn.iter().all(|pause| (S(shortest)..=S(8)).contains(pause)), "{jitter:?}: {drawn:?}");
            assert_eq!(drawn.iter().any(|pause| *pause != drawn[0]), jitter != Jitter::None, "{jitter:?}");
        }
    }
}
