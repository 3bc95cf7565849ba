//! The command line as clap types; nothing else.

mod global;
mod init;
mod root;

pub use global::{ColorWord, Global, OutputFormat};
pub use init::{
    EncryptionWord, FieldList, FormatWord, FrequencyWord, InitArgs, LogTypeWord, PartitionWord, ProducerWord,
    VersionsWord,
};
pub use root::{Cli, Command};
