//! The choices of an S3 Inventory configuration.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_InventoryConfiguration.html>

use clap::ValueEnum;
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::model::KeyChoice;

use super::InventoryConfiguration;

/// A configuration's ID within its bucket: letters, digits, `.`, `-`, `_`, at most 64.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct InventoryId(String);

/// The text is not a valid configuration ID.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` is not an inventory ID: letters, digits, `.`, `-` and `_`, at most 64 characters")]
pub struct InventoryIdError(String);

impl InventoryId {
    /// The default ID of a configuration.
    pub fn usual() -> Self {
        Self("logbucket".to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for InventoryId {
    type Err = InventoryIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if (1..=64).contains(&text.len()) && text.chars().all(legal) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InventoryIdError(text.to_owned()))
        }
    }
}

impl fmt::Display for InventoryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The file format of a report.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum InventoryFormat {
    /// Comma-separated, gzip.
    #[value(help = "Comma-separated, gzip")]
    Csv,
    /// Apache ORC.
    #[value(help = "Apache ORC")]
    Orc,
    /// Apache Parquet.
    #[value(help = "Apache Parquet")]
    Parquet,
}

/// How often reports are created.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum InventoryFrequency {
    /// Every day.
    #[value(help = "Every day")]
    Daily,
    /// Every Sunday (UTC).
    #[value(help = "Every Sunday (UTC)")]
    Weekly,
}

impl InventoryFrequency {
    /// Returns the age in seconds up to which the newest report still proves that reports arrive. Reports come daily,
    /// "up to 48 hours" late, or on Sundays
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory.html>).
    pub fn fresh_for(self) -> i64 {
        match self {
            Self::Daily => super::FACTS.fresh_for,
            Self::Weekly => 9 * 24 * 60 * 60,
        }
    }
}

/// Which versions of an object are listed.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum InventoryVersions {
    /// All versions.
    #[value(help = "Every version")]
    All,
    /// Only the current version.
    #[value(help = "Only the current one")]
    Current,
}

/// An optional column of a report, as the API spells it.
///
/// The list: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_InventoryConfiguration.html> (2026).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct InventoryField(&'static str);

impl InventoryField {
    /// Every column that AWS documents.
    pub const ALL: [Self; 18] = [
        Self("Size"),
        Self("LastModifiedDate"),
        Self("StorageClass"),
        Self("ETag"),
        Self("IsMultipartUploaded"),
        Self("ReplicationStatus"),
        Self("EncryptionStatus"),
        Self("ObjectLockRetainUntilDate"),
        Self("ObjectLockMode"),
        Self("ObjectLockLegalHoldStatus"),
        Self("ObjectLockEventHoldStatus"),
        Self("ObjectLockEventHoldDuration"),
        Self("IntelligentTieringAccessTier"),
        Self("BucketKeyStatus"),
        Self("ChecksumAlgorithm"),
        Self("ObjectAccessControlList"),
        Self("ObjectOwner"),
        Self("LifecycleExpirationDate"),
    ];

    /// The default columns of a report: enough for questions about cost and age.
    pub const USUAL: [Self; 4] =
        [Self("Size"), Self("LastModifiedDate"), Self("StorageClass"), Self("EncryptionStatus")];

    /// Returns the default columns as a set.
    pub fn usual() -> BTreeSet<Self> {
        Self::USUAL.into_iter().collect()
    }

    /// Returns the API's spelling.
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// Returns the column with that name, ignoring case.
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.0.eq_ignore_ascii_case(text))
    }
}

macro_rules! words {
    ($type:ty { $($variant:ident = $word:literal / $api:literal),+ $(,)? }) => {
        impl $type {
            /// The value on the command line and in JSON.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Returns the API's value.
            pub fn api_word(self) -> &'static str {
                match self { $(Self::$variant => $api),+ }
            }

            /// Parses the API's value.
            pub fn from_api_word(word: &str) -> Option<Self> {
                match word { $($api => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

words!(InventoryFormat { Csv = "csv" / "CSV", Orc = "orc" / "ORC", Parquet = "parquet" / "Parquet" });
words!(InventoryFrequency { Daily = "daily" / "Daily", Weekly = "weekly" / "Weekly" });
words!(InventoryVersions { All = "all" / "All", Current = "current" / "Current" });

/// The choices for an inventory. Without a choice, an existing configuration keeps its value, and a new configuration
/// gets the default.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InventoryRequest {
    /// The configuration's ID.
    pub id: InventoryId,
    /// The file format.
    pub format: Option<InventoryFormat>,
    /// The frequency.
    pub frequency: Option<InventoryFrequency>,
    /// The object versions that are listed.
    pub versions: Option<InventoryVersions>,
    /// The columns.
    pub fields: Option<BTreeSet<InventoryField>>,
    /// The key that encrypts the reports. `None` keeps the current encryption, or means SSE-S3 for a new configuration.
    pub report_key: Option<KeyChoice>,
}

impl InventoryRequest {
    /// Returns the choices for a bucket, completed with the values of its current configuration. Values that this
    /// version doesn't know are left out.
    #[must_use]
    pub fn or_today(&self, today: Option<&InventoryConfiguration>) -> Self {
        let Some(today) = today else { return self.clone() };
        Self {
            format: self.format.or(today.format),
            frequency: self.frequency.or(today.frequency),
            versions: self.versions.or(today.versions),
            fields: self.fields.clone().or_else(|| Some(today.fields.iter().copied().collect())),
            ..self.clone()
        }
    }

    /// Returns the file format. The default is CSV.
    pub fn format(&self) -> InventoryFormat {
        self.format.unwrap_or(InventoryFormat::Csv)
    }

    /// Returns the frequency. The default is daily.
    pub fn frequency(&self) -> InventoryFrequency {
        self.frequency.unwrap_or(InventoryFrequency::Daily)
    }

    /// Returns the object versions to list. The default is the current version.
    pub fn versions(&self) -> InventoryVersions {
        self.versions.unwrap_or(InventoryVersions::Current)
    }

    /// Returns the columns, or the default columns.
    pub fn fields(&self) -> BTreeSet<InventoryField> {
        self.fields.clone().unwrap_or_else(InventoryField::usual)
    }

    /// Returns the flags of the choices that were made.
    pub fn flags(&self) -> Vec<(&'static str, String)> {
        let Self { id, format, frequency, versions, fields, report_key } = self;
        let mut flags = Vec::new();
        if *id != InventoryId::usual() {
            flags.push(("--inventory-id", id.to_string()));
        }
        if let Some(format) = format {
            flags.push(("--format", format.as_str().to_owned()));
        }
        if let Some(frequency) = frequency {
            flags.push(("--frequency", frequency.as_str().to_owned()));
        }
        if let Some(versions) = versions {
            flags.push(("--versions", versions.as_str().to_owned()));
        }
        if let Some(fields) = fields {
            let names: Vec<&str> = fields.iter().map(|field| field.as_str()).collect();
            flags.push(("--fields", if names.is_empty() { "none".to_owned() } else { names.join(",") }));
        }
        if let Some(key) = report_key {
            flags.push(("--report-kms-key", key.to_string()));
        }
        flags
    }
}

impl Serialize for InventoryId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for InventoryId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl Serialize for InventoryField {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for InventoryField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::named(&name).ok_or_else(|| de::Error::custom(format!("`{name}` is not an inventory field")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_contains_only_allowed_characters() {
        assert!("daily.all_1-x".parse::<InventoryId>().is_ok());
        let long = "i".repeat(65);
        for text in ["", "a b", "a/b", long.as_str()] {
            assert!(text.parse::<InventoryId>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_field_is_found_in_any_letter_case() {
        assert_eq!(InventoryField::named("etag").map(InventoryField::as_str), Some("ETag"));
        assert_eq!(InventoryField::named("colour"), None);
    }
}
