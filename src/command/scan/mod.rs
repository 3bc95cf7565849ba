//! `scan`: reads every load balancer and bucket of the account and finds enabled logs that aren't delivered. Changes
//! nothing.

mod command;
mod found;
mod ignored;
mod regions;
mod scope;
mod so_far;

pub use command::scan;
