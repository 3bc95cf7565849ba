//! An inventory configuration as text: in one line, and setting by setting.

use crate::producer::source_words::{SettingPairs, pairs};
use crate::producer::{NewInventory, OwnEncryption, ReportKey};

use super::{InventoryConfiguration, InventoryField};

const SSE_S3: &str = "SSE-S3";

/// Describes the step that writes a configuration.
pub(in crate::producer) fn line(name: &str, inventory: &NewInventory) -> String {
    format!(
        "list `{name}` in inventory `{}`: {}, {}, {} versions, encrypted by {}",
        inventory.id,
        inventory.frequency.as_str(),
        inventory.format.as_str(),
        inventory.versions.as_str(),
        encryption(&inventory.encryption)
    )
}

/// Returns the settings of an existing configuration.
pub(in crate::producer) fn said(now: &InventoryConfiguration) -> SettingPairs {
    let encryption = match &now.encryption {
        OwnEncryption::BucketDefault => "the bucket's default".to_owned(),
        OwnEncryption::SseS3 => SSE_S3.to_owned(),
        OwnEncryption::SseKms(key) => format!("SSE-KMS with `{key}`"),
    };
    pairs([
        ("account", now.account.clone().unwrap_or_default()),
        ("destination", now.bucket_arn.clone()),
        ("encryption", encryption),
        ("fields", fields(&now.fields, &now.other_fields)),
        ("filter", filter(now.filter.as_ref())),
        ("format", now.format.map(|format| format.as_str().to_owned()).unwrap_or_default()),
        ("frequency", now.frequency.map(|frequency| frequency.as_str().to_owned()).unwrap_or_default()),
        ("on", now.enabled.to_string()),
        ("prefix", now.prefix.clone()),
        ("versions", now.versions.map(|versions| versions.as_str().to_owned()).unwrap_or_default()),
    ])
}

fn encryption(own: &OwnEncryption<ReportKey>) -> String {
    match own {
        OwnEncryption::BucketDefault => "the bucket's default encryption".to_owned(),
        OwnEncryption::SseS3 => SSE_S3.to_owned(),
        OwnEncryption::SseKms(key) => format!("SSE-KMS with {}", key.title()),
    }
}

fn filter(prefix: Option<&String>) -> String {
    prefix.map_or_else(String::new, |prefix| format!("objects that begin with `{prefix}`"))
}

/// Returns the settings of a new configuration.
pub(in crate::producer) fn new_said(new: &NewInventory) -> SettingPairs {
    pairs([
        ("account", new.account.to_string()),
        ("destination", new.bucket_arn.clone()),
        ("encryption", encryption(&new.encryption)),
        ("fields", fields(&new.fields, &new.other_fields)),
        ("filter", filter(new.filter.as_ref())),
        ("format", new.format.as_str().to_owned()),
        ("frequency", new.frequency.as_str().to_owned()),
        ("on", true.to_string()),
        ("prefix", new.prefix.clone()),
        ("versions", new.versions.as_str().to_owned()),
    ])
}

fn fields(fields: &[InventoryField], others: &[String]) -> String {
    fields.iter().map(|field| field.as_str()).chain(others.iter().map(String::as_str)).collect::<Vec<_>>().join(", ")
}
