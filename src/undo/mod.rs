//! What a run wrote over, and how it is put back: `receipt` says both as values, `receipts` is the folder that keeps them.

pub mod receipt;
pub mod receipts;
