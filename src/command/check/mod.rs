//! `check`: looks at sources and the places that they log to, and says whether logs arrive, and if not, why. Changes nothing.

mod asked;
mod command;
mod diagnosed;
mod history;
mod into_bucket;
mod unasked;

pub use command::check;
pub(super) use command::{place_cures, rank};
pub(super) use diagnosed::{Inquiry, KeyName, Sought, diagnosed, now, report_key, report_keys};
