//! `explain`: the page about a finding. Makes no AWS calls.

use crate::cli::ExplainArgs;
use crate::exit::Exit;
use crate::ui::{OfflineEvent, Reporter};

/// Prints the page about a finding, or the list of findings.
pub(crate) fn explain(args: &ExplainArgs, reporter: Reporter) -> Exit {
    reporter.say(OfflineEvent::Explanation(args.id));
    Exit::Done
}
