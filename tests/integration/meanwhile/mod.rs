//! Changes by someone else during a run: nothing is written to another owner's bucket, and a log that can't arrive is
//! not reported as a success.

mod buckets;
mod keys_and_receipts;
mod settings;
mod setup;

pub(crate) use setup::during;
