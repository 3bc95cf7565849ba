//! Plans of many worlds: findings, severities and writes. This module also defines the worlds. It is not part of the
//! product.

mod attachments;
mod conditions;
mod consent;
mod denials;
mod destinations;
mod encryption;
mod expiration;
mod fixture;
mod grants;
mod judged;
mod judged_policies;
mod key_sets;
mod keys;
mod legacy;
mod nearest;
mod network;
mod overwrites;
mod places;
mod policies;
mod public;
mod sameness;
mod settings;
mod slots;
mod sources;
mod templates;
