//! What must hold whatever a policy or an event says: plain functions that panic where it does not. The fuzz targets call them with
//! libFuzzer's inputs, the tests with the corpus and some changes of it.

pub(crate) mod events;
pub(crate) mod mutation;
pub(crate) mod policy;

mod compact;
