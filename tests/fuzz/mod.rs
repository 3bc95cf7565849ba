//! Checks that must pass for any text of a policy or an event: plain functions that panic on a failure. The fuzz
//! targets call them with libFuzzer's inputs. The tests call them with the corpus and with variations of it.

pub(crate) mod events;
pub(crate) mod mutation;
pub(crate) mod policy;

mod compact;
