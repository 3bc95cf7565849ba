//! What belongs to others stays: buckets, settings and objects that no run created, and logs that a run does not know
//! about.

mod new_buckets;
mod receipts;
mod setup;
mod undone_buckets;
mod undone_settings;
