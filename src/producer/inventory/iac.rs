//! Translates an inventory configuration for templates.
//!
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html> and
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_inventory>.

use serde_json::{Map, Value, json};

use crate::producer::iac::{HclItem, InCloudFormation, block, bucket_setting};
use crate::producer::{NewInventory, OwnEncryption};

/// Returns the configuration as a property.
pub(in crate::producer) fn in_cloudformation(inventory: &NewInventory) -> InCloudFormation {
    let mut destination = Map::new();
    destination.insert("BucketArn".to_owned(), json!(inventory.bucket_arn));
    destination.insert("BucketAccountId".to_owned(), json!(inventory.account.as_str()));
    destination.insert("Format".to_owned(), json!(inventory.format.api_word()));
    if !inventory.prefix.is_empty() {
        destination.insert("Prefix".to_owned(), json!(inventory.prefix));
    }
    let fields = columns(inventory);
    let mut all = Map::new();
    all.insert("Id".to_owned(), json!(inventory.id.as_str()));
    all.insert("Enabled".to_owned(), json!(true));
    all.insert("Destination".to_owned(), Value::Object(destination));
    all.insert("IncludedObjectVersions".to_owned(), json!(inventory.versions.api_word()));
    all.insert("ScheduleFrequency".to_owned(), json!(inventory.frequency.api_word()));
    if !fields.is_empty() {
        all.insert("OptionalFields".to_owned(), json!(fields));
    }
    if let Some(filter) = &inventory.filter {
        all.insert("Prefix".to_owned(), json!(filter));
    }
    InCloudFormation {
        kind: "AWS::S3::Bucket",
        usual: "Bucket",
        notes: vec![
            "in addition to the bucket's other inventories",
            "a template can't set the encryption of reports: they use the destination's default",
        ],
        properties: vec![("InventoryConfigurations", json!([all]))],
    }
}

/// Returns the configuration as a resource.
pub(in crate::producer) fn in_terraform(name: &str, inventory: &NewInventory) -> HclItem {
    let encryption = match &inventory.encryption {
        OwnEncryption::BucketDefault => None,
        OwnEncryption::SseS3 => Some(block("sse_s3", [])),
        OwnEncryption::SseKms(key) => Some(block("sse_kms", [HclItem::Is("key_id", json!(key.in_template()))])),
    };
    let mut destination = vec![
        HclItem::Is("account_id", json!(inventory.account.as_str())),
        HclItem::Is("bucket_arn", json!(inventory.bucket_arn)),
        HclItem::Is("format", json!(inventory.format.api_word())),
    ];
    if !inventory.prefix.is_empty() {
        destination.push(HclItem::Is("prefix", json!(inventory.prefix)));
    }
    destination.extend(encryption.map(|encryption| block("encryption", [encryption])));
    let fields = columns(inventory);
    let mut items = vec![
        HclItem::Is("name", json!(inventory.id.as_str())),
        HclItem::Is("included_object_versions", json!(inventory.versions.api_word())),
    ];
    if !fields.is_empty() {
        items.push(HclItem::Is("optional_fields", json!(fields)));
    }
    if let Some(filter) = &inventory.filter {
        items.push(block("filter", [HclItem::Is("prefix", json!(filter))]));
    }
    items.push(block("schedule", [HclItem::Is("frequency", json!(inventory.frequency.api_word()))]));
    items.push(block("destination", [block("bucket", destination)]));
    bucket_setting("aws_s3_bucket_inventory", name, items)
}

fn columns(inventory: &NewInventory) -> Vec<&str> {
    let known = inventory.fields.iter().map(|field| field.as_str());
    known.chain(inventory.other_fields.iter().map(String::as_str)).collect()
}
