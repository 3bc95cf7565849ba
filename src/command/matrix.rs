//! `matrix`: which default encryption works with which log service. Makes no AWS calls.

use crate::cli::MatrixArgs;
use crate::exit::Exit;
use crate::ui::{OfflineEvent, Reporter};

/// Prints the matrix.
pub(crate) fn matrix(args: &MatrixArgs, reporter: Reporter) -> Exit {
    reporter.say(OfflineEvent::Matrix(&args.producer));
    Exit::Done
}
