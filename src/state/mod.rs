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

pub(crate) use bucket::{Abac, LogDeliveryAcl, ObjectLock, PublicPolicies, Versioning};
pub use bucket::{Bucket, Ownership, Payer};
pub use identity::Identity;
pub(crate) use key::ListedKey;
pub use key::{Key, KeyManager, KeyOrigin};
pub(crate) use lifecycle::{ExpirationRule, RuleRest, Transition};
pub(crate) use looked::DestinationState;
pub(crate) use object::{FoundObject, Newest, ObjectStamp, TestObject};
pub use observed::{BucketOrigin, BucketState, Observed};
pub(crate) use observed::{Shown, SourceTags};
pub use own_keys::OwnKeys;
pub use trail::TrailEvent;
pub(crate) use vended::{DeliverySource, VendedDelivery};
