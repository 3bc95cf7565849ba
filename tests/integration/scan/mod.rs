//! `scan` finds enabled logs that are dead in a whole account, raises no false alarm, and reads nothing twice.

mod account;
mod failures;
mod filters;
mod interrupted;
