//! Many things looked at, a few at once: what is needed for one of them is made when its turn comes and gone when it is done, so that
//! ten thousand take no more memory than a few.

use futures_util::stream::{self, Stream, StreamExt as _};

/// The result of each look, in the order of the items.
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

/// The result of each look, as soon as it is there.
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

    /// Something that is held while a look goes on.
    struct Held<'a>(&'a Cell<usize>);

    impl<'a> Held<'a> {
        fn new(now: &'a Cell<usize>, most: &Cell<usize>) -> Self {
            now.set(now.get() + 1);
            most.set(most.get().max(now.get()));
            Held(now)
        }
    }

    impl Drop for Held<'_> {
        fn drop(&mut self) {
            self.0.set(self.0.get() - 1);
        }
    }

    #[tokio::test]
    async fn of_ten_thousand_no_more_are_held_than_are_looked_at() {
        let (now, most) = (Cell::new(0), Cell::new(0));
        // It is held from when the look is made, not only from when it begins.
        let look = |number: usize| {
            let held = Held::new(&now, &most);
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
