//! The storage classes to which a lifecycle rule can move objects.

use std::fmt;

/// A storage class for a lifecycle transition, named as in the API
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_Transition.html>).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum StorageClass {
    /// `DEEP_ARCHIVE`.
    DeepArchive,
    /// `GLACIER`, S3 Glacier Flexible Retrieval.
    Glacier,
    /// `GLACIER_IR`, S3 Glacier Instant Retrieval.
    #[default]
    GlacierIr,
    /// `INTELLIGENT_TIERING`.
    IntelligentTiering,
    /// `ONEZONE_IA`.
    OnezoneIa,
    /// `STANDARD_IA`.
    StandardIa,
}

impl StorageClass {
    pub const ALL: [Self; 6] = [
        Self::GlacierIr,
        Self::Glacier,
        Self::DeepArchive,
        Self::StandardIa,
        Self::OnezoneIa,
        Self::IntelligentTiering,
    ];

    /// Returns the API's value.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DeepArchive => "DEEP_ARCHIVE",
            Self::Glacier => "GLACIER",
            Self::GlacierIr => "GLACIER_IR",
            Self::IntelligentTiering => "INTELLIGENT_TIERING",
            Self::OnezoneIa => "ONEZONE_IA",
            Self::StandardIa => "STANDARD_IA",
        }
    }

    /// Parses the API's value.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.as_str() == word)
    }

    /// Returns the minimum age of an object in days before a rule can move it to this class
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html>).
    pub fn least_days(self) -> u32 {
        match self {
            Self::OnezoneIa | Self::StandardIa => 30,
            Self::DeepArchive | Self::Glacier | Self::GlacierIr | Self::IntelligentTiering => 0,
        }
    }

    /// Returns the minimum number of days that AWS charges for, even if the object is deleted earlier
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html>).
    pub fn charged_days(self) -> u32 {
        match self {
            Self::DeepArchive => 180,
            Self::Glacier | Self::GlacierIr => 90,
            Self::OnezoneIa | Self::StandardIa => 30,
            Self::IntelligentTiering => 0,
        }
    }

    /// Returns whether an object must be restored before it can be read
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects.html>).
    pub fn needs_restore(self) -> bool {
        matches!(self, Self::DeepArchive | Self::Glacier)
    }
}

impl fmt::Display for StorageClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// When objects move to another storage class.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TransitionAfter {
    /// The age of the objects in days.
    pub days: u32,
    pub class: StorageClass,
}
