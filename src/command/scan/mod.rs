//! `scan`: reads every load balancer and bucket of the account and finds enabled logs that aren't delivered. Changes
//! nothing.

mod command;
mod found;
mod ignored;
mod partial_report;
mod regions;
mod scope;

pub(crate) use command::scan;
