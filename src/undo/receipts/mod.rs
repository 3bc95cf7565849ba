//! Stores receipts: a folder with one complete file per run, writable only by its user.

mod error;
mod folder;
mod trust;

pub use error::ReceiptError;
pub use folder::{Kept, Latest, Lock, Receipts};
pub use trust::Distrust;
