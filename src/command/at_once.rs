//! Runs many reads, a few at a time. Each future is created when its turn comes and dropped when it is done, so ten
//! thousand reads use no more memory than a few.

use futures_util::stream::{self, Stream, StreamExt as _};

/// Returns the results in the order of the items.
pub(super) fn in_order<I, F>(
    items: impl IntoIterator<Item = I>,
    most: usize,
    look: impl FnMut(I) -> F,
) -> impl Stream<Item = F::Output>
where
    F: Future,
{
    stream::iter(items).map(look).buffered(most)
}

/// Returns the results as they arrive.
pub(super) fn as_they_end<I, F>(
    items: impl IntoIterator<Item = I>,
    most: usize,
    look: impl FnMut(I) -> F,
) -> impl Stream<Item = F::Output>
where
    F: Future,
{
    stream::iter(items).map(look).buffer_unordered(most)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// Counts the reads in progress: one more when a `ReadGuard` is created, one less when it is dropped.
    struct ReadGuard<'a>(&'a Cell<usize>);

    impl<'a> ReadGuard<'a> {
        fn new(now: &'a Cell<usize>, most: &Cell<usize>) -> Self {
            now.set(now.get() + 1);
            most.set(most.get().max(now.get()));
            ReadGuard(now)
        }
    }

    impl Drop for ReadGuard<'_> {
        fn drop(&mut self) {
            self.0.set(self.0.get() - 1);
        }
    }

    #[tokio::test]
    async fn no_more_results_are_held_than_are_read_concurrently() {
        let (now, most) = (Cell::new(0), Cell::new(0));
        // Count the read from the creation of its future, not only from its start.
        let look = |number: usize| {
            let held = ReadGuard::new(&now, &most);
            async move {
                tokio::task::yield_now().await;
                drop(held);
                number
            }
        };
        let ended: Vec<usize> = in_order(0..10_000, 32, look).collect().await;
        assert!(ended.into_iter().eq(0..10_000));
        assert_eq!((now.get(), most.get()), (0, 32));
        assert_eq!(as_they_end(0..10_000, 10, look).count().await, 10_000);
        assert_eq!((now.get(), most.get()), (0, 32));
    }
}
