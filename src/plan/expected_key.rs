//! The key that an object must be encrypted with.

use crate::model::KeyArn;

/// The key of an object that is written with the bucket's default encryption.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ExpectedKey {
    /// No key: SSE-S3.
    None,
    Known(String),
    Created,
    /// Unknown: the setting could not be read.
    Unknown,
}

impl ExpectedKey {
    /// Fills in the key that the plan created.
    #[must_use]
    pub fn resolved(&self, created: Option<&KeyArn>) -> Self {
        match (self, created) {
            (Self::Created, Some(arn)) => Self::Known(arn.to_string()),
            (Self::Created, None) => Self::Unknown,
            (Self::Known(_) | Self::None | Self::Unknown, _) => self.clone(),
        }
    }
}
