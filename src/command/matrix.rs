//! `matrix`: which default encryption works for which producer. Offline.

use crate::cli::OutputFormat;
use crate::exit::Exit;
use crate::ui::Printer;

/// Prints the matrix.
pub fn matrix(output: OutputFormat, printer: Printer) -> Exit {
    match output {
        OutputFormat::Markdown => printer.matrix_as_markdown(),
        OutputFormat::Csv | OutputFormat::Json | OutputFormat::Sarif | OutputFormat::Text => printer.matrix(),
    }
    Exit::Done
}
