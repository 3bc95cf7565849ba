//! Where receipts are kept: a folder with a file for each run, whole or not there, that only its user may write to.
//!
//! What a receipt says is `receipt`'s.

mod error;
mod folder;
mod trust;

pub use error::ReceiptError;
pub use folder::{Kept, Latest, Lock, Receipts};
pub use trust::Distrust;
