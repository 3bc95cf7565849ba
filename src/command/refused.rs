//! How a command ends that is not carried out.

use crate::aws::{Cause, ObserveError};
use crate::exit::Exit;
use crate::plan::Refusal;
use crate::request::Incomplete;
use crate::ui::Printer;

/// Reports a request that can't be, which needs no call to AWS to be known.
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
        | Incomplete::TransitionTooEarly { .. }
        | Incomplete::TransitionTooLate { .. }
        | Incomplete::WrongFlag { .. } => Exit::Usage,
    };
    printer.error(&error.to_string(), error.hint().as_deref(), exit);
    exit
}

/// How a run ends whose plan may not be carried out.
pub(super) fn ends(refusal: &Refusal<'_>) -> Exit {
    match refusal {
        Refusal::NeverDelivers(_) => Exit::Refused,
        Refusal::NotFound(_) => Exit::Usage,
        Refusal::NeedsExempt(_) | Refusal::NeedsFix(_) | Refusal::NeedsYes => Exit::NotApproved,
    }
}

/// How a command ends that could not look: what it names may not exist.
pub(super) fn failed(error: &ObserveError) -> Exit {
    match error {
        ObserveError::BadRegion(_)
        | ObserveError::NoBucket { .. }
        | ObserveError::NoInventory { .. }
        | ObserveError::NoLoadBalancer { .. }
        | ObserveError::NoRegion
        | ObserveError::NoSource { .. }
        | ObserveError::RegionNotEnabled(_) => Exit::Usage,
        ObserveError::Aws(error) if error.cause == Cause::NoProfile => Exit::Usage,
        ObserveError::Aws(_)
        | ObserveError::NothingListed
        | ObserveError::SourceLockedOut { .. }
        | ObserveError::SourceRefused { .. } => Exit::Failed,
    }
}
