//! Bucket policies and key policies that others wrote: the real program judges them for a source that already logs to
//! the bucket.

mod condition_keys;
mod legacy_account;
mod log;
mod statements;
mod verdicts;

pub(crate) use log::{
    HEADER, Log, configure_inventory, deny_uploads_if, deny_uploads_to, finding_texts, legacy_grant, minutes_ago,
    no_condition,
};
