//! Translates a bucket's logging for templates.
//!
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html> and
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_logging>.

use serde_json::{Map, Value, json};

use crate::producer::iac::{HclItem, InCloudFormation, block, bucket_setting, date_source};

use super::{KeyFormat, Logging};

/// Returns the logging as a property.
pub(in crate::producer) fn in_cloudformation(logging: &Logging) -> InCloudFormation {
    let format = match logging.key_format {
        KeyFormat::Simple => json!({ "SimplePrefix": {} }),
        KeyFormat::Partitioned(date) => {
            json!({ "PartitionedPrefix": { "PartitionDateSource": date_source(date) } })
        }
    };
    let mut fields = Map::new();
    fields.insert("DestinationBucketName".to_owned(), json!(logging.bucket));
    if !logging.prefix.is_empty() {
        fields.insert("LogFilePrefix".to_owned(), json!(logging.prefix));
    }
    fields.insert("TargetObjectKeyFormat".to_owned(), format);
    InCloudFormation {
        kind: "AWS::S3::Bucket",
        usual: "Bucket",
        notes: Vec::new(),
        properties: vec![("LoggingConfiguration", Value::Object(fields))],
    }
}

/// Returns the logging as a resource.
pub(in crate::producer) fn in_terraform(name: &str, logging: &Logging) -> HclItem {
    let format = match logging.key_format {
        KeyFormat::Simple => block("simple_prefix", []),
        KeyFormat::Partitioned(date) => {
            block("partitioned_prefix", [HclItem::Is("partition_date_source", json!(date_source(date)))])
        }
    };
    let items = [
        HclItem::Is("target_bucket", json!(logging.bucket)),
        HclItem::Is("target_prefix", json!(logging.prefix)),
        block("target_object_key_format", [format]),
    ];
    bucket_setting("aws_s3_bucket_logging", name, items)
}
