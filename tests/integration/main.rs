//! The whole program against the sandbox: the real executable over HTTP, and the library in process.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod account;
mod bad_input;
mod bounds;
mod check;
mod clb;
mod combinations;
mod concurrent;
mod consent;
mod counts;
mod credentials;
mod denied;
mod deny;
mod docs;
mod errors;
mod evidence;
mod exceptions;
mod existing;
mod files;
mod formats;
#[path = "../fuzz/mod.rs"]
mod fuzz;
mod fuzzing;
mod grants;
mod help;
mod hostile;
mod iac;
mod json_docs;
mod judged_policies;
mod keys;
mod killed;
mod lost_answers;
mod matrix;
mod meanwhile;
mod merging;
mod network;
mod new_bucket;
mod others;
mod panics;
mod partitions;
mod permissions;
mod picking;
mod pictures;
mod plain_screens;
mod policy;
mod preflight;
mod project;
mod proofs;
mod reasons;
mod receipts;
mod retention;
mod round_trip;
mod rules;
mod scan;
mod scan_forms;
mod secrets;
mod settings;
mod settled;
mod shells;
mod small_terminals;
mod sources;
mod tables;
mod terminal;
mod texts;
mod undo;
mod unread;
mod unseen_changes;
mod vended;
mod vpc_flow;
mod wizard;
mod words;
mod worlds;
