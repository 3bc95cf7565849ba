//! The observed state of the account: plain data that distinguishes "could not read" from "not there".
//!
//! `aws` fills the data; `plan` and `run` use it. This module makes no AWS calls and no decisions.

mod bucket;
mod destination_state;
mod identity;
mod key;
mod lifecycle;
mod object;
mod observed;
mod own_keys;
mod trail;
mod vended;

pub(crate) use bucket::{Abac, LogDeliveryAcl, ObjectLock, PublicPolicies, Versioning};
pub use bucket::{Bucket, Ownership, Payer};
pub(crate) use destination_state::DestinationState;
pub use identity::Identity;
pub(crate) use key::ListedKey;
pub use key::{Key, KeyManager, KeyOrigin};
pub(crate) use lifecycle::{ExpirationRule, RuleRest, Transition};
pub(crate) use object::{FoundObject, Newest, ObjectStamp, TestObject};
pub use observed::{BucketOrigin, BucketState, Observed};
pub(crate) use observed::{Shown, SourceTags};
pub use own_keys::OwnKeys;
pub use trail::TrailEvent;
pub(crate) use vended::{DeliverySource, VendedDelivery};
