//! Logs whose own setting is off, but that are delivered as `CloudWatch` vended logs.

mod failures;
mod into_a_bucket;
mod logs;
mod setup;
