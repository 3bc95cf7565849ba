//! Calls the sandbox with the real SDKs, in process and over HTTP.

#![expect(clippy::expect_used, reason = "what tests share may stop them too")]

mod accounts;
mod acls;
mod buckets;
mod clients;
mod contents;
mod corpus;
mod creations;
mod crowds;
mod deliveries;
mod events;
mod faults;
mod flow_log_deliveries;
mod flow_logs;
mod keys;
mod lags;
mod listings;
mod load_balancers;
mod networks;
mod objects;
mod policies;
mod program;
mod refusals;
mod regions;
mod removals;
mod simulations;
mod vpcs;
