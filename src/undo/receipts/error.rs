//! Why a receipt is not written, or not read.

use std::io;
use std::path::PathBuf;

use crate::undo::receipt::Unreadable;

use super::trust::Distrust;

/// Why a receipt is not written, or not read.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    /// Nothing says where receipts are kept.
    #[error("there is no home to keep receipts in, and no other folder is named")]
    NoFolder,
    /// The folder can't be used.
    #[error("receipts can't be kept in `{}`: {why}", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        why: io::Error,
    },
    /// A file can't be written.
    #[error("the receipt `{}` can't be written: {why}", file.display())]
    Write {
        /// The file.
        file: PathBuf,
        /// Why.
        why: io::Error,
    },
    /// There is no receipt at all.
    #[error("no runs have a receipt in `{}`", folder.display())]
    NoRuns {
        /// The folder.
        folder: PathBuf,
    },
    /// There is no receipt of that run.
    #[error("there is no receipt of a run `{run}` in `{}`", folder.display())]
    NoRun {
        /// The run, as it was asked for.
        run: String,
        /// The folder.
        folder: PathBuf,
    },
    /// A file can't be read.
    #[error("the receipt `{}` can't be read: {why}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// Why.
        why: io::Error,
    },
    /// Somebody else may have written what is there, and an undo would write it to AWS.
    #[error("`{}` {why}", path.display())]
    Distrusted {
        /// The folder, or the file in it.
        path: PathBuf,
        /// Why it is not trusted.
        why: Distrust,
    },
    /// A file is no receipt.
    #[error("`{}`: {why}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        why: Unreadable,
    },
}

impl ReceiptError {
    /// What to do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NoFolder => "name a folder with `--receipt-dir`, or set `XDG_STATE_HOME` or `HOME`",
            Self::Folder { .. } | Self::Write { .. } => {
                "nothing is changed without a receipt: name a folder that can be written to with `--receipt-dir`"
            }
            Self::NoRuns { .. } => "`--receipt-dir` names another folder",
            Self::NoRun { .. } => "`logbucket undo` lists the runs; `--receipt-dir` names another folder",
            Self::Read { .. } => "let your user read it",
            Self::Distrusted { why: Distrust::Writable, .. } => {
                "an undo writes what a receipt says to AWS: look at who wrote it, then `chmod go-w` it"
            }
            Self::Distrusted { .. } => {
                "an undo writes what a receipt says to AWS: keep receipts in a folder of your own, named by `--receipt-dir`"
            }
            Self::Unreadable { why: Unreadable::Form(_), .. } => {
                "it was cut off or changed: what it says is not guessed at; put back by hand what it shows"
            }
            Self::Unreadable { .. } => {
                "what it says is not guessed at: use the version that wrote it, or put back by hand what it shows"
            }
        }
    }
}
