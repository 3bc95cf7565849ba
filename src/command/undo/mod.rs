//! `undo`: restores what a run replaced, if it is unchanged since the run and nothing needs it.

mod command;
mod dependents;
mod job;
mod service_folders;

pub(crate) use command::undo;
