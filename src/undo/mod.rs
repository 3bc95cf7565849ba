//! What a run replaced, and how to restore it. `receipt` holds both as values, `receipts` is the folder that stores
//! them.

pub mod receipt;
pub mod receipts;
