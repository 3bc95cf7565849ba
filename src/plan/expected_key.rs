//! The key that an object must show to be right.

use crate::model::KeyArn;

/// The key that an object written by the bucket's default will show.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ExpectedKey {
    /// None: SSE-S3.
    None,
    /// This key.
    Known(String),
    /// The key that the plan creates.
    Created,
    /// Not to be judged: the setting could not be read.
    Unknown,
}

impl ExpectedKey {
    /// The same, once the key is known that the plan makes.
    #[must_use]
    pub fn resolved(&self, created: Option<&KeyArn>) -> Self {
        match (self, created) {
            (Self::Created, Some(arn)) => Self::Known(arn.to_string()),
            (Self::Created, None) => Self::Unknown,
            (Self::Known(_) | Self::None | Self::Unknown, _) => self.clone(),
        }
    }
}
