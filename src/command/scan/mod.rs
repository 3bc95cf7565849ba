//! `scan`: every load balancer and bucket of the account and its Regions, and which of their logs are on and dead. Changes
//! nothing.

mod command;
mod found;
mod ignored;
mod regions;
mod scope;
mod so_far;

pub use command::scan;
