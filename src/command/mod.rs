//! The commands: the only modules that see both AWS and the user interface.

mod init;
mod interruption;

pub use init::{draft, init};
