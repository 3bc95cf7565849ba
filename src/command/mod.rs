//! The commands: the only modules that see both AWS and the user interface.

mod completions;
mod init;
mod interruption;
mod man;

pub use completions::completions;
pub use init::{draft, init};
pub use man::man;
