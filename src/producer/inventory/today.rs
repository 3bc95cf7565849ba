//! A bucket's current inventories, as text and as a request.

use std::collections::BTreeSet;

use crate::model::{BucketName, KeyChoice, KeyRef, KeyRefError, Seen, suggest};
use crate::producer::{Attachment, Log, Source, destination_in_words};

use super::{
    InventoryConfiguration, InventoryEncryption, InventoryField, InventoryFormat, InventoryFrequency, InventoryId,
    InventoryRequest, InventoryVersions,
};

/// Describes the destination of the inventory with the given ID.
pub(in crate::producer) fn today(id: &InventoryId, inventory: &Seen<InventoryConfiguration>) -> String {
    match inventory {
        Seen::Present(inventory) if inventory.enabled => {
            let bucket = inventory.bucket_arn.rsplit(':').next().unwrap_or_default();
            format!("inventory `{id}` to {}", destination_in_words(bucket, &inventory.prefix))
        }
        Seen::Present(_) => format!("inventory `{id}` is off"),
        // Only an ID that the user chose means something to the user.
        Seen::Absent if *id == InventoryId::usual() => "no inventory".to_owned(),
        Seen::Absent => format!("no inventory `{id}`"),
        Seen::Denied(_) => "log setting unknown".to_owned(),
    }
}

impl InventoryRequest {
    /// Returns the request for the current configuration. Values that equal the default are left out, because a request
    /// without a value keeps the current value. The error names the part of the configuration that logbucket does not
    /// understand.
    pub fn from_configuration(id: &str, today: Option<&InventoryConfiguration>) -> Result<Self, String> {
        let id = id.parse().map_err(|_| format!("the inventory's id `{id}`"))?;
        let Some(today) = today else { return Err("the inventory's configuration".to_owned()) };
        let report_key = match &today.encryption {
            InventoryEncryption::SseKms(key) => match key.parse::<KeyRef>() {
                Ok(key) => Some(KeyChoice::Existing(key)),
                // A request can't name the AWS managed key.
                Err(KeyRefError::AwsManaged(_)) => None,
                Err(KeyRefError::Arn(_) | KeyRefError::Form(_)) => return Err(format!("the inventory's key `{key}`")),
            },
            InventoryEncryption::BucketDefault | InventoryEncryption::SseS3 => None,
        };
        Ok(Self {
            id,
            format: today.format.filter(|format| *format != InventoryFormat::Csv),
            frequency: today.frequency.filter(|often| *often != InventoryFrequency::Daily),
            versions: today.versions.filter(|which| *which != InventoryVersions::Current),
            fields: Some(today.fields.iter().copied().collect()).filter(|fields| *fields != InventoryField::usual()),
            report_key,
        })
    }
}

/// The error for an ID that no bucket's inventory has.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UnknownInventory {
    /// One of the buckets.
    pub bucket: BucketName,
    pub id: String,
    /// Similar IDs.
    pub suggestions: Vec<String>,
    /// The existing IDs.
    pub others: Vec<String>,
}

/// Returns each bucket's inventory with the requested ID. If a bucket lacks the ID but another bucket has it, the
/// inventory is off. If a bucket's inventories can't be listed, its inventory is unknown. An ID that no bucket has is
/// an error, probably a typo.
pub(in crate::producer) fn inventories_with_id(
    buckets: Vec<Vec<Attachment>>,
    id: &InventoryId,
) -> Result<Vec<Attachment>, UnknownInventory> {
    let id = id.to_string();
    let wanted = Log::Inventory(Some(id.clone()));
    let all = || buckets.iter().flatten();
    let is_open = all().any(|one| one.log == wanted || matches!(one.target, Seen::Denied(_)));
    if let (false, Some(Attachment { source: Source::Bucket(bucket), .. })) = (is_open, all().next()) {
        let ids = all().filter_map(|one| match &one.log {
            Log::Inventory(Some(other)) => Some(other.clone()),
            Log::Flow(_) | Log::Inventory(None) | Log::LoadBalancer(_) | Log::Requests => None,
        });
        let others: Vec<String> = ids.collect::<BTreeSet<_>>().into_iter().collect();
        let suggestions = suggest(&id, others.iter().cloned(), 3);
        return Err(UnknownInventory { bucket: bucket.name.clone(), id, suggestions, others });
    }
    let of_bucket = |attachments: Vec<Attachment>| {
        let found = attachments.iter().find(|one| one.log == wanted).cloned();
        found.or_else(|| attachments.into_iter().next().map(|any| absent_inventory(any, wanted.clone())))
    };
    Ok(buckets.into_iter().filter_map(of_bucket).collect())
}

fn absent_inventory(any: Attachment, log: Log) -> Attachment {
    let target = match any.target {
        Seen::Denied(denial) => Seen::Denied(denial),
        Seen::Absent | Seen::Present(_) => Seen::Absent,
    };
    Attachment { log, target, ..any }
}
