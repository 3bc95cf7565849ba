//! A request that can't be, which needs no call to AWS to be known.

use crate::exit::Exit;
use crate::request::Incomplete;
use crate::ui::Printer;

/// Says why, and how that ends.
pub(super) fn refused(error: &Incomplete, printer: Printer) -> Exit {
    let exit = match error {
        Incomplete::Encryption { .. } | Incomplete::SelfLogging(_) => Exit::Refused,
        Incomplete::Bucket(_)
        | Incomplete::Key(_)
        | Incomplete::KeyElsewhere { .. }
        | Incomplete::KeyWithoutKms
        | Incomplete::ManyProducers { .. }
        | Incomplete::Missing(_)
        | Incomplete::Prefix(_)
        | Incomplete::Scattered(..)
        | Incomplete::Source(_)
        | Incomplete::TagTwice { .. }
        | Incomplete::WrongFlag { .. } => Exit::Usage,
    };
    printer.error(&error.to_string(), error.hint().as_deref(), exit);
    exit
}
