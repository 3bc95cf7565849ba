//! The command line as clap types, and the wording of its usage errors.

mod check;
mod completions;
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

pub use check::CheckArgs;
pub use completions::CompletionsArgs;
pub use fail_on::FailOn;
pub use global::{ColorWord, Global, OutputFormat};
pub use init::{EncryptionWord, FieldList, FormatWord, InitArgs};
pub use man::ManArgs;
pub use matrix::MatrixArgs;
pub use mistake::Mistake;
pub use permissions::{JobWord, PermissionsArgs};
pub use policy::{PolicyArgs, SubjectWord};
pub use root::{Cli, Command, CommandWord};
pub use scan::ScanArgs;
pub use undo::UndoArgs;
pub use values::days;
