//! Stores receipts: a folder with one complete file per run, writable only by its user.

mod error;
mod folder;
mod trust;

pub(crate) use error::ReceiptError;
pub(crate) use folder::{Latest, Lock, ReceiptFile, Receipts};
