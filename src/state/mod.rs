//! The observed state of the account: plain data that distinguishes "could not read" from "not there".
//!
//! `aws` fills the data; `plan` and `proof` use it. This module makes no AWS calls and no decisions.

mod bucket;
mod identity;
mod key;
mod lifecycle;
mod looked;
mod object;
mod observed;
mod own_keys;
mod trail;
mod vended;

pub use bucket::{Abac, Bucket, LogDeliveryAcl, ObjectLock, Ownership, Payer, PublicPolicies, Versioning};
pub use identity::Identity;
pub use key::{Key, KeyManager, KeyOrigin, ListedKey};
pub use lifecycle::{ExpirationRule, RuleRest, Transition};
pub use looked::Looked;
pub use object::{Found, Newest, ObjectStamp, TestObject};
pub use observed::{Destination, Observed, Origin, Shown, SourceTags};
pub use own_keys::OwnKeys;
pub use trail::TrailEvent;
pub use vended::{DeliverySource, VendedDelivery};
