//! What was seen of the account: plain data, with "could not look" told apart from "not there".
//!
//! Filled by `aws`, read by `plan` and `proof`; nothing here asks AWS or decides anything.

mod attachment;
mod bucket;
mod identity;
mod inventory;
mod key;
mod lifecycle;
mod logging;
mod looked;
mod object;
mod observed;
mod seen;
mod source;
mod trail;
mod vended;

pub use attachment::{Attachment, Inventories, Log, Target};
pub use bucket::{Abac, Bucket, LogDeliveryAcl, ObjectLock, Ownership, Payer, Versioning};
pub use identity::Identity;
pub use inventory::{InventoryConfiguration, InventoryEncryption};
pub use key::{Key, KeyManager, ListedKey};
pub use lifecycle::{ExpirationRule, RuleRest, Transition};
pub use logging::{Logging, TargetGrant};
pub use looked::Looked;
pub use object::{Found, Newest, ObjectStamp, TestObject};
pub use observed::{Destination, Observed, Origin, Shown, SourceTags};
pub use seen::{Denial, Seen, Unread};
pub use source::{LoadBalancer, LoadBalancerType, LogAttachment, Source, SourceBucket};
pub use trail::TrailEvent;
pub use vended::{DeliverySource, VendedDelivery};
