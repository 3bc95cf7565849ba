//! What was seen of the account: plain data, with "could not look" told apart from "not there".
//!
//! Filled by `aws`, read by `plan` and `proof`; nothing here asks AWS or decides anything.

mod bucket;
mod identity;
mod key;
mod object;
mod observed;
mod seen;
mod source;

pub use bucket::{Bucket, ExpirationRule, Logging, ObjectLock, Ownership, Payer, PublicAccessBlock};
pub use identity::Identity;
pub use key::{Key, KeyManager, ListedKey};
pub use object::{Found, ObjectStamp, TestObject};
pub use observed::{Destination, Observed};
pub use seen::{Denial, Seen};
pub use source::{
    InventoryConfiguration, InventoryEncryption, LoadBalancer, LoadBalancerType, LogAttachment, Source, SourceBucket,
};
