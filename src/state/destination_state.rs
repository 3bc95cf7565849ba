use crate::model::Region;

use crate::model::Seen;

use super::{BucketState, Identity, Key};

/// The state of a destination that an attachment names.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DestinationState {
    /// The caller who read the state.
    pub caller: Identity,
    /// The source's Region.
    pub region: Region,
    pub destination: BucketState,
    /// The key of the bucket's default encryption.
    pub default_key: Seen<Key>,
    /// The key that an inventory names.
    pub report_key: Seen<Key>,
}
