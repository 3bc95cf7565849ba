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

/// A configuration's id within its bucket: letters, digits, `.`, `-`, `_`, at most 64.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct InventoryId(String);

/// The text can't be a configuration's id.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` is not an inventory id: letters, digits, `.`, `-` and `_`, at most 64 characters")]
pub struct InventoryIdError(String);

impl InventoryId {
    /// The id of a configuration nobody chose an id for.
    pub fn usual() -> Self {
        Self("logbucket".to_owned())
    }

    /// The id.
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

/// How often a report is made.
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
    /// How old, in seconds, the newest report may be before it says nothing of today: it comes daily, "up to 48 hours" late, or on
    /// Sundays (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory.html>).
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
    /// All of them.
    #[value(help = "Every version")]
    All,
    /// The current ones.
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

    /// The columns of a report nobody chose columns for: what cost and age questions need.
    pub const USUAL: [Self; 4] =
        [Self("Size"), Self("LastModifiedDate"), Self("StorageClass"), Self("EncryptionStatus")];

    /// The columns of a report nobody chose columns for, as a set.
    pub fn usual() -> BTreeSet<Self> {
        Self::USUAL.into_iter().collect()
    }

    /// The API's spelling.
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// The column of that name, letter case aside.
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.0.eq_ignore_ascii_case(text))
    }
}

macro_rules! words {
    ($type:ty { $($variant:ident = $word:literal / $api:literal),+ $(,)? }) => {
        impl $type {
            /// The word on the command line and in JSON.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The API's word.
            pub fn api_word(self) -> &'static str {
                match self { $(Self::$variant => $api),+ }
            }

            /// The value that an API's word names.
            pub fn of_api_word(word: &str) -> Option<Self> {
                match word { $($api => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

words!(InventoryFormat { Csv = "csv" / "CSV", Orc = "orc" / "ORC", Parquet = "parquet" / "Parquet" });
words!(InventoryFrequency { Daily = "daily" / "Daily", Weekly = "weekly" / "Weekly" });
words!(InventoryVersions { All = "all" / "All", Current = "current" / "Current" });

/// The choices of an inventory. What is left open stays as a configuration of this id says it today; a new one gets what is usual.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InventoryRequest {
    /// The configuration's id.
    pub id: InventoryId,
    /// The file format.
    pub format: Option<InventoryFormat>,
    /// How often.
    pub frequency: Option<InventoryFrequency>,
    /// Which versions are listed.
    pub versions: Option<InventoryVersions>,
    /// The columns.
    pub fields: Option<BTreeSet<InventoryField>>,
    /// The key that encrypts the reports; nothing is what they have, and SSE-S3 for a new one.
    pub report_key: Option<KeyChoice>,
}

impl InventoryRequest {
    /// The same for a bucket: what is left open is as its configuration of this id says, where that is understood.
    #[must_use]
    pub fn of_today(&self, today: Option<&InventoryConfiguration>) -> Self {
        let Some(today) = today else { return self.clone() };
        Self {
            format: self.format.or(today.format),
            frequency: self.frequency.or(today.frequency),
            versions: self.versions.or(today.versions),
            fields: self.fields.clone().or_else(|| Some(today.fields.iter().copied().collect())),
            ..self.clone()
        }
    }

    /// The file format, which is CSV unless another was chosen.
    pub fn format(&self) -> InventoryFormat {
        self.format.unwrap_or(InventoryFormat::Csv)
    }

    /// How often, which is daily unless something else was chosen.
    pub fn frequency(&self) -> InventoryFrequency {
        self.frequency.unwrap_or(InventoryFrequency::Daily)
    }

    /// Which versions are listed: the current ones, unless all were chosen.
    pub fn versions(&self) -> InventoryVersions {
        self.versions.unwrap_or(InventoryVersions::Current)
    }

    /// The columns, which are the usual ones unless others were chosen.
    pub fn fields(&self) -> BTreeSet<InventoryField> {
        self.fields.clone().unwrap_or_else(InventoryField::usual)
    }

    /// The flags that say it, with their values; none for what is left open.
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
    fn an_id_keeps_to_its_letters() {
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
