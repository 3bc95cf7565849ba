//! Inventory configurations between the SDK's types and ours.

use aws_sdk_s3::types::{
    InventoryConfiguration as Sdk, InventoryDestination, InventoryEncryption as SdkEncryption,
    InventoryFormat as SdkFormat, InventoryFrequency as SdkFrequency, InventoryIncludedObjectVersions,
    InventoryOptionalField, InventoryS3BucketDestination, InventorySchedule, Ssekms, Sses3,
};

use crate::model::{InventoryField, InventoryFormat, InventoryFrequency, InventoryVersions, KeyArn};
use crate::plan::NewInventory;
use crate::state::{InventoryConfiguration, InventoryEncryption};

use super::error::AwsError;
use super::logging::unbuildable;

pub(super) fn from_sdk(sdk: Sdk) -> InventoryConfiguration {
    let destination = sdk.destination.and_then(|destination| destination.s3_bucket_destination);
    let encryption = match destination.as_ref().and_then(|destination| destination.encryption.clone()) {
        Some(SdkEncryption { ssekms: Some(kms), .. }) => InventoryEncryption::SseKms(kms.key_id),
        Some(SdkEncryption { sses3: Some(_), .. }) => InventoryEncryption::SseS3,
        Some(SdkEncryption { .. }) | None => InventoryEncryption::BucketDefault,
    };
    let mut fields: Vec<InventoryField> = sdk
        .optional_fields
        .unwrap_or_default()
        .iter()
        .filter_map(|field| InventoryField::named(field.as_str()))
        .collect();
    fields.sort_unstable();
    let of_destination =
        |value: fn(&InventoryS3BucketDestination) -> String| destination.as_ref().map(value).unwrap_or_default();
    InventoryConfiguration {
        enabled: sdk.is_enabled,
        bucket_arn: of_destination(|destination| destination.bucket.clone()),
        account: destination.as_ref().and_then(|destination| destination.account_id.clone()),
        prefix: of_destination(|destination| destination.prefix.clone().unwrap_or_default()),
        format: destination.as_ref().and_then(|destination| InventoryFormat::of_api_word(destination.format.as_str())),
        frequency: sdk.schedule.and_then(|schedule| InventoryFrequency::of_api_word(schedule.frequency.as_str())),
        versions: InventoryVersions::of_api_word(sdk.included_object_versions.as_str()),
        fields,
        encryption,
        filtered: sdk.filter.is_some(),
    }
}

/// `created` is the key that the plan made, where the configuration names it.
pub(super) fn to_sdk(inventory: &NewInventory, key: Option<&KeyArn>) -> Result<Sdk, AwsError> {
    let NewInventory { id, bucket_arn, account, prefix, format, frequency, versions, fields, key: _ } = inventory;
    let wrong = |error: aws_sdk_s3::error::BuildError| unbuildable("s3:PutInventoryConfiguration", id.as_str(), &error);
    let encryption = match key {
        Some(arn) => SdkEncryption::builder().ssekms(Ssekms::builder().key_id(arn.to_string()).build().map_err(wrong)?),
        None => SdkEncryption::builder().sses3(Sses3::builder().build()),
    };
    let destination = InventoryS3BucketDestination::builder()
        .account_id(account.to_string())
        .bucket(bucket_arn)
        .set_prefix((!prefix.is_empty()).then(|| prefix.clone()))
        .format(SdkFormat::from(format.api_word()))
        .encryption(encryption.build())
        .build()
        .map_err(wrong)?;
    let schedule =
        InventorySchedule::builder().frequency(SdkFrequency::from(frequency.api_word())).build().map_err(wrong)?;
    let fields = fields.iter().map(|field| InventoryOptionalField::from(field.as_str())).collect();
    Sdk::builder()
        .id(id.as_str())
        .is_enabled(true)
        .destination(InventoryDestination::builder().s3_bucket_destination(destination).build())
        .schedule(schedule)
        .included_object_versions(InventoryIncludedObjectVersions::from(versions.api_word()))
        .set_optional_fields(Some(fields))
        .build()
        .map_err(wrong)
}
