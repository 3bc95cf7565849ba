//! The report of `scan`, in each of its formats.

mod csv;
mod document;
mod page;
mod sarif;
mod text;

pub(super) use csv::csv;
pub(super) use document::ScanDocument;
pub(crate) use page::page;
pub(super) use sarif::SarifDocument;
pub(super) use text::{ignored, is_shown, summary, text};
