//! Reads inventory configurations, and converts between the SDK's types and ours.

use aws_sdk_s3::Client;
use aws_sdk_s3::types::{
    InventoryConfiguration as Sdk, InventoryDestination, InventoryEncryption as SdkEncryption, InventoryFilter,
    InventoryFormat as SdkFormat, InventoryFrequency as SdkFrequency, InventoryIncludedObjectVersions,
    InventoryOptionalField, InventoryS3BucketDestination, InventorySchedule, Ssekms, Sses3,
};

use crate::model::{AccountId, BucketName, Seen};
use crate::producer::{
    Inventories, InventoryConfiguration, InventoryEncryption, InventoryField, InventoryFormat, InventoryFrequency,
    InventoryId, InventoryVersions,
};

use crate::aws::error::{AwsError, unbuildable};
use crate::aws::listing::{Listing, Next};
use crate::aws::outcome::seen;

/// The most pages of 100 configurations to read; a bucket has up to 1,000 configurations.
const INVENTORY_PAGES: usize = 20;

/// Returns all inventory configurations of a bucket, by ID.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBucketInventoryConfigurations.html>
pub(in crate::aws) async fn inventories(
    client: &Client,
    bucket: &BucketName,
    owner: &AccountId,
) -> Result<Inventories, AwsError> {
    let listing = Listing {
        action: "s3:GetInventoryConfiguration",
        resource: bucket.as_str(),
        absent: &["NoSuchConfiguration"],
        pages: INVENTORY_PAGES,
    };
    let mut listed = Vec::new();
    let ask = |token| {
        let request = client.list_bucket_inventory_configurations().bucket(bucket.as_str());
        request.set_continuation_token(token).expected_bucket_owner(owner.as_str()).send()
    };
    let read = listing.read(ask, |page| {
        let configurations = page.inventory_configuration_list.unwrap_or_default();
        listed.extend(configurations.into_iter().map(|sdk| (sdk.id.clone(), from_sdk(sdk))));
        Next::by_flag(page.is_truncated, page.next_continuation_token)
    });
    let read = read.await?;
    Ok(read.map(|()| listed))
}

/// Returns a bucket's inventory configuration with an ID.
pub(in crate::aws) async fn inventory(
    client: &Client,
    bucket: &BucketName,
    owner: &AccountId,
    id: &InventoryId,
) -> Result<Seen<InventoryConfiguration>, AwsError> {
    let answer = client
        .get_bucket_inventory_configuration()
        .bucket(bucket.as_str())
        .id(id.as_str())
        .expected_bucket_owner(owner.as_str())
        .send()
        .await;
    let answer = seen("s3:GetInventoryConfiguration", bucket.as_str(), &["NoSuchConfiguration"], answer)?;
    Ok(match answer {
        Seen::Present(answer) => {
            answer.inventory_configuration.map_or(Seen::Absent, |sdk| Seen::Present(from_sdk(sdk)))
        }
        Seen::Absent => Seen::Absent,
        Seen::Denied(denial) => Seen::Denied(denial),
    })
}

/// Writes a bucket's inventory configuration with an ID; `None` deletes it.
pub(super) async fn put(
    client: &Client,
    (bucket, owner): (&BucketName, &AccountId),
    id: &InventoryId,
    after: Option<&InventoryConfiguration>,
) -> Result<(), AwsError> {
    const ACTION: &str = "s3:PutInventoryConfiguration";
    let (bucket, owner) = (bucket.as_str(), owner.as_str());
    let Some(after) = after else {
        let request = client.delete_bucket_inventory_configuration().bucket(bucket).id(id.as_str());
        let request = request.expected_bucket_owner(owner);
        return match request.send().await.map_err(|error| AwsError::new(ACTION, bucket, &error)) {
            // The configuration existed right before the call, or a lagging read returned it after an earlier try had
            // deleted it.
            Err(error) if error.is("NoSuchConfiguration") => Ok(()),
            outcome => outcome.map(drop),
        };
    };
    let request = client
        .put_bucket_inventory_configuration()
        .bucket(bucket)
        .id(id.as_str())
        .inventory_configuration(to_sdk(id, after)?)
        .expected_bucket_owner(owner);
    request.send().await.map(drop).map_err(|error| AwsError::new(ACTION, bucket, &error))
}

fn from_sdk(sdk: Sdk) -> InventoryConfiguration {
    let destination = sdk.destination.and_then(|destination| destination.s3_bucket_destination);
    let encryption = match destination.as_ref().and_then(|destination| destination.encryption.clone()) {
        Some(SdkEncryption { ssekms: Some(kms), .. }) => InventoryEncryption::SseKms(kms.key_id),
        Some(SdkEncryption { sses3: Some(_), .. }) => InventoryEncryption::SseS3,
        Some(SdkEncryption { .. }) | None => InventoryEncryption::BucketDefault,
    };
    let (mut fields, mut other_fields) = (Vec::new(), Vec::new());
    for field in sdk.optional_fields.unwrap_or_default() {
        match InventoryField::named(field.as_str()) {
            Some(field) => fields.push(field),
            None => other_fields.push(field.as_str().to_owned()),
        }
    }
    fields.sort_unstable();
    other_fields.sort_unstable();
    let of_destination =
        |value: fn(&InventoryS3BucketDestination) -> String| destination.as_ref().map(value).unwrap_or_default();
    InventoryConfiguration {
        enabled: sdk.is_enabled,
        bucket_arn: of_destination(|destination| destination.bucket.clone()),
        account: destination.as_ref().and_then(|destination| destination.account_id.clone()),
        prefix: of_destination(|destination| destination.prefix.clone().unwrap_or_default()),
        format: destination
            .as_ref()
            .and_then(|destination| InventoryFormat::from_api_word(destination.format.as_str())),
        frequency: sdk.schedule.and_then(|schedule| InventoryFrequency::from_api_word(schedule.frequency.as_str())),
        versions: InventoryVersions::from_api_word(sdk.included_object_versions.as_str()),
        fields,
        other_fields,
        encryption,
        filter: sdk.filter.map(|filter| filter.prefix),
    }
}

/// Returns a configuration to write. Fails if S3 requires a value that this version could not read.
fn to_sdk(id: &InventoryId, inventory: &InventoryConfiguration) -> Result<Sdk, AwsError> {
    const ACTION: &str = "s3:PutInventoryConfiguration";
    let wrong = |error: aws_sdk_s3::error::BuildError| unbuildable(ACTION, id.as_str(), &error);
    let unknown = |what: &'static str| unbuildable(ACTION, id.as_str(), &Unknown(what));
    let encryption = match &inventory.encryption {
        InventoryEncryption::SseKms(key) => {
            let kms = Ssekms::builder().key_id(key).build().map_err(wrong)?;
            Some(SdkEncryption::builder().ssekms(kms).build())
        }
        InventoryEncryption::SseS3 => Some(SdkEncryption::builder().sses3(Sses3::builder().build()).build()),
        InventoryEncryption::BucketDefault => None,
    };
    let format = inventory.format.ok_or_else(|| unknown("format"))?;
    let frequency = inventory.frequency.ok_or_else(|| unknown("frequency"))?;
    let versions = inventory.versions.ok_or_else(|| unknown("versions"))?;
    let destination = InventoryS3BucketDestination::builder()
        .set_account_id(inventory.account.clone())
        .bucket(&inventory.bucket_arn)
        .set_prefix((!inventory.prefix.is_empty()).then(|| inventory.prefix.clone()))
        .format(SdkFormat::from(format.api_word()))
        .set_encryption(encryption)
        .build()
        .map_err(wrong)?;
    let schedule =
        InventorySchedule::builder().frequency(SdkFrequency::from(frequency.api_word())).build().map_err(wrong)?;
    let filter = inventory.filter.as_ref().map(|prefix| InventoryFilter::builder().prefix(prefix).build());
    let named =
        inventory.fields.iter().map(|field| field.as_str()).chain(inventory.other_fields.iter().map(String::as_str));
    let fields: Vec<_> = named.map(InventoryOptionalField::from).collect();
    Sdk::builder()
        .id(id.as_str())
        .is_enabled(inventory.enabled)
        .destination(InventoryDestination::builder().s3_bucket_destination(destination).build())
        .schedule(schedule)
        .set_filter(filter.transpose().map_err(wrong)?)
        .included_object_versions(InventoryIncludedObjectVersions::from(versions.api_word()))
        .set_optional_fields((!fields.is_empty()).then_some(fields))
        .build()
        .map_err(wrong)
}

/// A value of the API that this version does not know.
#[derive(Debug, thiserror::Error)]
#[error("its {0} has a value that this version does not know")]
struct Unknown(&'static str);
