//! The command line as clap types, and the wording of its usage errors.

mod check;
mod completions;
mod explain;
mod fail_on;
mod global;
mod init;
mod man;
mod matrix;
mod mistake;
mod permissions;
mod policy;
mod root;
mod scan;
mod subject;
mod undo;
mod values;

pub(crate) use check::CheckArgs;
pub(crate) use completions::CompletionsArgs;
pub(crate) use explain::ExplainArgs;
pub(crate) use fail_on::FailOn;
pub(crate) use global::{ColorWord, Global, OutputFormat};
pub(crate) use init::{EncryptionWord, FormatWord, InitArgs};
pub(crate) use man::ManArgs;
pub(crate) use matrix::MatrixArgs;
pub(crate) use mistake::Mistake;
pub(crate) use permissions::{JobWord, PermissionsArgs};
pub(crate) use policy::{PolicyArgs, SubjectWord};
pub use root::{Cli, Command, CommandWord};
pub(crate) use scan::ScanArgs;
pub(crate) use undo::UndoArgs;
pub(crate) use values::days;
