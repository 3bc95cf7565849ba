//! An inventory configuration as seen.

use serde::{Deserialize, Serialize};

use crate::producer::{InventoryField, InventoryFormat, InventoryFrequency, InventoryVersions, OwnEncryption};

/// An inventory configuration.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_InventoryConfiguration.html>
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct InventoryConfiguration {
    /// Whether it is in force.
    pub enabled: bool,
    /// The ARN of the destination bucket.
    pub bucket_arn: String,
    /// The destination's account, where it is named.
    pub account: Option<String>,
    /// The prefix, or nothing.
    pub prefix: String,
    /// The file format.
    pub format: Option<InventoryFormat>,
    /// How often.
    pub frequency: Option<InventoryFrequency>,
    /// Which versions.
    pub versions: Option<InventoryVersions>,
    /// The columns, sorted.
    pub fields: Vec<InventoryField>,
    /// The encryption of the reports.
    pub encryption: InventoryEncryption,
    /// The columns that were not known when this was written, in the API's words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_fields: Vec<String>,
    /// The prefix of the objects that are listed, where a filter limits them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
}

/// How an inventory's reports are encrypted; a key is named by its ARN or id.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_InventoryEncryption.html>
pub type InventoryEncryption = OwnEncryption<String>;

impl InventoryConfiguration {
    /// The key that it names itself.
    pub fn own_key(&self) -> Option<&str> {
        match &self.encryption {
            InventoryEncryption::SseKms(key) => Some(key),
            InventoryEncryption::BucketDefault | InventoryEncryption::SseS3 => None,
        }
    }
}
