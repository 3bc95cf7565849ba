//! An inventory configuration as read from S3.

use serde::{Deserialize, Serialize};

use crate::producer::{InventoryField, InventoryFormat, InventoryFrequency, InventoryVersions, OwnEncryption};

/// An inventory configuration.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_InventoryConfiguration.html>
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct InventoryConfiguration {
    /// Whether the configuration is enabled.
    pub enabled: bool,
    /// The ARN of the destination bucket.
    pub bucket_arn: String,
    /// The destination's account, if the configuration names it.
    pub account: Option<String>,
    /// The prefix, or nothing.
    pub prefix: String,
    /// The file format.
    pub format: Option<InventoryFormat>,
    /// The frequency.
    pub frequency: Option<InventoryFrequency>,
    /// The object versions that are listed.
    pub versions: Option<InventoryVersions>,
    /// The columns, sorted.
    pub fields: Vec<InventoryField>,
    /// The encryption of the reports.
    pub encryption: InventoryEncryption,
    /// Columns unknown to this version, as the API spells them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_fields: Vec<String>,
    /// The prefix of the listed objects, if a filter limits them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
}

/// The encryption of an inventory's reports. A key is named by its ARN or ID.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_InventoryEncryption.html>
pub(crate) type InventoryEncryption = OwnEncryption<String>;

impl InventoryConfiguration {
    /// Returns the key that the configuration names.
    pub fn own_key(&self) -> Option<&str> {
        match &self.encryption {
            InventoryEncryption::SseKms(key) => Some(key),
            InventoryEncryption::BucketDefault | InventoryEncryption::SseS3 => None,
        }
    }
}
