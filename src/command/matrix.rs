//! `matrix`: which default encryption works with which log service. Makes no AWS calls.

use crate::cli::OutputFormat;
use crate::exit::Exit;
use crate::ui::{Export, OfflineEvent, Reporter};

/// Prints the matrix.
pub fn matrix(output: OutputFormat, reporter: Reporter) -> Exit {
    match output {
        OutputFormat::Markdown => reporter.say(Export::MatrixMarkdown),
        OutputFormat::Csv | OutputFormat::Json | OutputFormat::Sarif | OutputFormat::Text => {
            reporter.say(OfflineEvent::Matrix);
        }
    }
    Exit::Done
}
