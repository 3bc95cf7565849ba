//! An undo restores what a run replaced, but only what is still as the run left it.

mod buckets;
mod destinations;
mod harmful;
mod meanwhile;
mod needed;
mod restored;
mod runs;
mod setup;
mod unreadable;
