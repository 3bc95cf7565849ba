//! `matrix`: which default encryption works with which log service. Makes no AWS calls.

use crate::cli::{MatrixArgs, OutputFormat};
use crate::exit::Exit;
use crate::ui::{Export, OfflineEvent, Reporter};

/// Prints the matrix.
pub(crate) fn matrix(args: &MatrixArgs, output: OutputFormat, reporter: Reporter) -> Exit {
    let asked = &args.producer;
    match output {
        OutputFormat::Markdown => reporter.say(Export::MatrixMarkdown(asked)),
        OutputFormat::Csv | OutputFormat::Json | OutputFormat::Sarif | OutputFormat::Text => {
            reporter.say(OfflineEvent::Matrix(asked));
        }
    }
    Exit::Done
}
