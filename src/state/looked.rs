//! A place that sources name as their destination, as seen.

use crate::model::Region;

use crate::model::Seen;

use super::{Destination, Identity, Key};

/// What was seen of the place that an attachment names.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Looked {
    /// Who looked.
    pub caller: Identity,
    /// The Region of the source.
    pub region: Region,
    /// The bucket, or what stands in its place.
    pub destination: Destination,
    /// The key that the bucket's default encryption names.
    pub default_key: Seen<Key>,
    /// The key that an inventory names.
    pub report_key: Seen<Key>,
}
