//! Errors of writing and reading receipts.

use std::io;
use std::path::PathBuf;

use crate::undo::receipt::ReceiptParseError;

use super::trust::Distrust;

/// Why a receipt can't be written or read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReceiptError {
    /// There is no folder to store receipts in.
    #[error("no folder for receipts: the home folder is unknown")]
    NoFolder,
    #[error("could not use `{}` for receipts: {why}", folder.display())]
    Folder { folder: PathBuf, why: io::Error },
    #[error("could not write the receipt `{}`: {why}", file.display())]
    Write { file: PathBuf, why: io::Error },
    /// There are no receipts.
    #[error("no runs have a receipt in `{}`", folder.display())]
    NoRuns { folder: PathBuf },
    /// There is no receipt for that run.
    #[error("there is no receipt for run `{run}` in `{}`", folder.display())]
    NoRun {
        /// The requested run.
        run: String,
        folder: PathBuf,
    },
    #[error("could not read the receipt `{}`: {why}", file.display())]
    Read { file: PathBuf, why: io::Error },
    /// Someone else may have written the file, and an undo would write its contents to AWS.
    #[error("`{}` {why}", path.display())]
    Distrusted {
        /// The folder, or the file in it.
        path: PathBuf,
        why: Distrust,
    },
    #[error("`{}`: {why}", file.display())]
    Unreadable { file: PathBuf, why: ReceiptParseError },
}

impl ReceiptError {
    /// Returns what to do.
    pub(crate) fn hint(&self) -> &'static str {
        match self {
            Self::NoFolder => "choose a folder with `--receipt-dir`, or set `XDG_STATE_HOME` or `HOME`",
            Self::Folder { .. } | Self::Write { .. } => {
                "nothing is changed without a receipt: choose a writable folder with `--receipt-dir`"
            }
            Self::NoRuns { .. } => "choose another folder with `--receipt-dir`",
            Self::NoRun { .. } => "list the runs with `logbucket undo`, or choose another folder with `--receipt-dir`",
            Self::Read { .. } => "make it readable by your user",
            Self::Distrusted { why: Distrust::Writable, .. } => {
                "an undo writes the receipt's contents to AWS: check who changed it, then run `chmod go-w` on it"
            }
            Self::Distrusted { .. } => {
                "an undo writes the receipt's contents to AWS: keep receipts in your own folder with `--receipt-dir`"
            }
            Self::Unreadable { why: ReceiptParseError::Form(_), .. } => {
                "it is incomplete or was edited, so undo can't use it: restore the settings it shows by hand"
            }
            Self::Unreadable { .. } => {
                "use the logbucket version that wrote it, or restore the settings it shows by hand"
            }
        }
    }
}
