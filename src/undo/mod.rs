//! Receipts record the values that a run replaced, so that an undo can restore them. `receipt` has the receipts as
//! values, and `receipts` stores them in a folder.

pub(crate) mod receipt;
pub(crate) mod receipts;
