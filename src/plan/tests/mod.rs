//! The plan of many worlds: what is found, how bad it is, and what is written. The worlds are here too; nothing of this is
//! in the product.

mod attachments;
mod denials;
mod destinations;
mod encryption;
mod fixture;
mod grants;
mod keys;
mod places;
mod policies;
mod settings;
mod sources;
