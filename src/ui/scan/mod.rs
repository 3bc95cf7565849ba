//! What `scan` found, in each of its forms.

mod csv;
mod document;
mod page;
mod sarif;
mod text;

pub(super) use csv::csv;
pub(super) use document::ScanDocument;
pub(crate) use page::page;
pub(super) use sarif::SarifDocument;
pub(super) use text::{ignored, text};
