//! Looking again until something is over, its time is up, or the user wants to stop: the one place that waits between looks.
//!
//! A call site says what a look is, when it is over, and how long what it saw is worth waiting for.

mod interruption;

pub use interruption::Interruption;

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// What a look found.
#[derive(Debug)]
pub enum Look<T, P> {
    /// It is over.
    Over(T),
    /// Not yet.
    NotYet {
        /// What was seen.
        seen: P,
        /// How long that is worth waiting for, since the first look began.
        at_most: Duration,
    },
}

/// How looking ended.
#[derive(Debug)]
pub enum Polled<T, P> {
    /// A look said that it is over.
    Over(T),
    /// The last look saw this, and nothing more is worth waiting for.
    TimedOut(P),
    /// The user wants to stop; the last look saw this.
    Interrupted(P),
}

/// The pauses between looks, each twice as long as the one before. None goes beyond the time that is left.
#[derive(Clone, Copy, Debug)]
pub struct Pauses {
    /// The first.
    pub first: Duration,
    /// The longest.
    pub longest: Duration,
    /// How much of each is left to chance.
    pub jitter: Jitter,
}

/// How much of a pause is left to chance, so that runs that were refused together do not come back together.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Jitter {
    /// Nothing.
    None,
    /// The second half.
    Half,
    /// All of it.
    Full,
}

/// A pause that begins.
#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    /// Since the first look began.
    pub waited: Duration,
    /// At most so long.
    pub at_most: Duration,
}

impl<T, P> Look<T, P> {
    /// A look that failed ends the looking.
    pub fn or_failed<E>(look: Result<Self, E>) -> Look<Result<T, E>, P> {
        match look {
            Ok(Self::Over(over)) => Look::Over(Ok(over)),
            Ok(Self::NotYet { seen, at_most }) => Look::NotYet { seen, at_most },
            Err(error) => Look::Over(Err(error)),
        }
    }
}

impl Pauses {
    /// Pauses of one length.
    pub const fn every(length: Duration) -> Self {
        Self { first: length, longest: length, jitter: Jitter::None }
    }

    /// Pauses from one length to another.
    pub const fn doubling(first: Duration, longest: Duration) -> Self {
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

/// Looks until it is over. A look under way is always finished, since it may be a write; whoever only reads may drop the whole.
/// `waits` hears of each pause, and what it returns is held until the pause ends.
pub async fn poll<T, P, H>(
    interruption: &Interruption,
    pauses: Pauses,
    mut look: impl AsyncFnMut() -> Look<T, P>,
    mut waits: impl FnMut(&P, Waiting) -> H,
) -> Polled<T, P> {
    let started = Instant::now();
    let mut length = pauses.first;
    loop {
        let (seen, at_most) = match look().await {
            Look::Over(over) => return Polled::Over(over),
            Look::NotYet { seen, at_most } => (seen, at_most),
        };
        let waited = started.elapsed();
        let left = at_most.saturating_sub(waited);
        if left.is_zero() {
            return Polled::TimedOut(seen);
        }
        let _held = waits(&seen, Waiting { waited, at_most });
        tokio::select! {
            biased;
            () = interruption.wanted() => return Polled::Interrupted(seen),
            () = sleep(pauses.drawn(length).min(left)) => {}
        }
        length = length.saturating_mul(2).min(pauses.longest);
    }
}

/// For whoever reports no pauses.
pub fn silently<P>(_: &P, _: Waiting) {}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use super::*;

    const S: fn(u64) -> Duration = Duration::from_secs;

    /// The seconds at which looks began that never saw the end, and how that ended.
    async fn looks(pauses: Pauses, at_most: Duration, interruption: &Interruption) -> (Vec<u64>, Polled<(), usize>) {
        let started = Instant::now();
        let began = RefCell::new(Vec::new());
        let look = async || {
            began.borrow_mut().push(started.elapsed().as_secs());
            let seen = began.borrow().len();
            Look::NotYet { seen, at_most }
        };
        let polled = poll(interruption, pauses, look, silently).await;
        (began.into_inner(), polled)
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_double_up_to_the_longest_and_the_last_look_is_at_the_deadline() {
        let never = Interruption::default();
        let (began, polled) = looks(Pauses::doubling(S(1), S(4)), S(13), &never).await;
        assert_eq!(began, [0, 1, 3, 7, 11, 13]);
        assert!(matches!(polled, Polled::TimedOut(6)), "{polled:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn without_time_there_is_one_look() {
        let (began, polled) = looks(Pauses::every(S(1)), Duration::ZERO, &Interruption::default()).await;
        assert_eq!(began, [0]);
        assert!(matches!(polled, Polled::TimedOut(1)), "{polled:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn an_interruption_ends_the_pause_at_once_and_says_what_was_seen() {
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
        assert!(matches!(polled, Polled::Interrupted(1)), "{polled:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_look_under_way_is_finished_before_an_interruption_is_heard() {
        let (interruption, finished) = (Interruption::default(), Cell::new(false));
        let look = async || {
            interruption.press();
            sleep(S(5)).await;
            finished.set(true);
            Look::<(), ()>::NotYet { seen: (), at_most: S(600) }
        };
        let polled = poll(&interruption, Pauses::every(S(1)), look, silently).await;
        assert!(matches!(polled, Polled::Interrupted(())) && finished.get(), "{polled:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn how_long_to_wait_depends_on_what_was_seen_last() {
        let seconds = RefCell::new(vec![S(1), S(100), S(100)]);
        let look = async || match seconds.borrow_mut().pop() {
            Some(at_most) => Look::NotYet { seen: at_most, at_most },
            None => Look::Over(()),
        };
        let polled = poll(&Interruption::default(), Pauses::every(S(10)), look, silently).await;
        assert!(matches!(polled, Polled::TimedOut(last) if last == S(1)), "{polled:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_is_told_and_what_is_returned_is_held_until_its_end() {
        struct Held<'a>(&'a Cell<bool>);
        impl Drop for Held<'_> {
            fn drop(&mut self) {
                self.0.set(false);
            }
        }
        let (held, told) = (Cell::new(false), RefCell::new(Vec::new()));
        let look = async || {
            assert!(!held.get());
            Look::<(), ()>::NotYet { seen: (), at_most: S(3) }
        };
        let waits = |(): &(), Waiting { waited, at_most }: Waiting| {
            told.borrow_mut().push((waited.as_secs(), at_most.as_secs()));
            held.set(true);
            Held(&held)
        };
        let polled = poll(&Interruption::default(), Pauses::every(S(2)), look, waits).await;
        assert!(matches!(polled, Polled::TimedOut(())), "{polled:?}");
        assert_eq!(told.into_inner(), [(0, 3), (2, 3)]);
    }

    #[test]
    fn a_pause_is_random_within_what_is_left_to_chance() {
        let drawn = |jitter| (0..50).map(|_| Pauses { jitter, ..Pauses::every(S(1)) }.drawn(S(8))).collect::<Vec<_>>();
        for (jitter, shortest) in [(Jitter::None, 8), (Jitter::Half, 4), (Jitter::Full, 0)] {
            let drawn = drawn(jitter);
            assert!(drawn.iter().all(|pause| (S(shortest)..=S(8)).contains(pause)), "{jitter:?}: {drawn:?}");
            assert_eq!(drawn.iter().any(|pause| *pause != drawn[0]), jitter != Jitter::None, "{jitter:?}");
        }
    }
}
