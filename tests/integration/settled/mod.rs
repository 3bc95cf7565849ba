//! An object that the log service wrote after the last change settles what a policy leaves uncertain. `check`, `scan`
//! and `init` agree on this.

mod history;
mod likely_denies;
mod objects;
mod report_keys;
mod setup;
