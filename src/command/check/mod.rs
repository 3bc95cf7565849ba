//! `check`: reads sources and their destinations, and explains why logs are or aren't arriving. Changes nothing.

mod by_name;
mod command;
mod diagnosed;
mod history;
mod into_bucket;
mod named_sources;
mod unasked;

pub(crate) use command::check;
pub(super) use command::{place_fixes, rank};
pub(super) use diagnosed::{Inquiry, KeyName, ObjectSearch, diagnosed, now, report_key, report_keys};
