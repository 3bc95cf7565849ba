//! How to attach a bucket's inventory: add a configuration with its own ID to the existing configurations.

use crate::model::Seen;
use crate::producer::attaching::{Attaching, Goal, Write};
use crate::producer::facts::{AttachedAs, AttachmentFacts, DeliveryRefusal, DestinationJudged};
use crate::producer::{
    Destination, NewInventory, NewSetting, OwnEncryption, OwnToday, ReportKey, SourceBucket, SourceSlot, SourceStep,
};

use super::{InventoryConfiguration, InventoryRequest};

/// The call that configures a bucket's inventory.
pub(in crate::producer) const ATTACHMENT: AttachmentFacts = AttachmentFacts {
    api: "s3:PutBucketInventoryConfiguration",
    page: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketInventoryConfiguration.html",
    form: AttachedAs::Configuration,
    destination_judged: DestinationJudged::AtDelivery,
};

/// The text for a configuration that names another account as the destination's owner.
const OF_ANOTHER: &str = "the destination's account";

/// The reason why a configuration that names another account exports nothing.
const REFUSAL: DeliveryRefusal = DeliveryRefusal {
    why: "S3 checks that this account owns the bucket before it exports anything",
    page: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_InventoryS3BucketDestination.html",
};

/// Returns a bucket's inventory setting with the new value.
pub(in crate::producer) fn attached(
    bucket: &SourceBucket,
    asked: &InventoryRequest,
    destination: &Destination,
    encryption: &OwnEncryption<ReportKey>,
) -> (SourceSlot, NewSetting) {
    let slot =
        SourceSlot::Inventory { bucket: bucket.name.clone(), region: bucket.region.clone(), id: asked.id.clone() };
    (slot, NewSetting::Inventory(wanted(bucket, asked, destination, encryption)))
}

fn wanted(
    bucket: &SourceBucket,
    asked: &InventoryRequest,
    destination: &Destination,
    encryption: &OwnEncryption<ReportKey>,
) -> NewInventory {
    let today = bucket.inventory.present();
    let asked = asked.or_today(today);
    NewInventory {
        id: asked.id.clone(),
        bucket_arn: destination.bucket_arn(),
        account: destination.owner.clone(),
        prefix: destination.prefix.to_string(),
        format: asked.format(),
        frequency: asked.frequency(),
        versions: asked.versions(),
        fields: asked.fields().into_iter().collect(),
        other_fields: today.map(|today| today.other_fields.clone()).unwrap_or_default(),
        filter: today.and_then(|today| today.filter.clone()),
        encryption: encryption.clone(),
    }
}

/// Returns how to attach a bucket.
pub(in crate::producer) fn attaching(bucket: &SourceBucket, asked: &InventoryRequest, goal: &Goal<'_>) -> Attaching {
    let name = bucket.name.as_str();
    let (what, refusal) = match &bucket.inventory {
        Seen::Denied(denial) => return Attaching::Unseen(denial.clone()),
        Seen::Absent => (format!("`{name}` has no inventory `{}`", asked.id), None),
        Seen::Present(present) => {
            let encryption = (!goal.is_encrypted_so).then_some("its encryption");
            let mut differences: Vec<&str> =
                differences(present, asked, goal.destination).into_iter().chain(encryption).collect();
            if differences.is_empty() {
                return Attaching::Nothing;
            }
            differences.extend(not_understood(present, asked));
            let what = format!("inventory `{}` of `{name}` differs in {}", asked.id, differences.join(", "));
            (what, differences.contains(&OF_ANOTHER).then_some(REFUSAL))
        }
    };
    let before = bucket.inventory.present().cloned();
    let wanted = wanted(bucket, asked, goal.destination, goal.encryption);
    let step = SourceStep::for_inventory(bucket.name.clone(), bucket.region.clone(), before, wanted);
    let risk = "reports change or move, which affects anyone who reads the current ones".to_owned();
    Attaching::Write(Write { what, steps: vec![step], risk, refusal })
}

/// Returns the current configuration: its encryption, and how it compares with the request. `None` without a
/// configuration.
pub(in crate::producer) fn own_today<'a>(
    bucket: &'a SourceBucket,
    asked: &InventoryRequest,
    destination: &Destination,
) -> Option<OwnToday<'a>> {
    let today = bucket.inventory.present()?;
    Some(OwnToday {
        encryption: &today.encryption,
        goes_there: today.bucket_arn == destination.bucket_arn(),
        is_else_as_asked: differences(today, asked, destination).is_empty(),
    })
}

/// Returns the settings whose current value this version doesn't know. Rewriting the configuration would lose them.
fn not_understood(present: &InventoryConfiguration, asked: &InventoryRequest) -> impl Iterator<Item = &'static str> {
    let asked = asked.or_today(Some(present));
    let open = [
        (asked.format.is_none(), "its format"),
        (asked.frequency.is_none(), "its frequency"),
        (asked.versions.is_none(), "the versions it lists"),
    ];
    open.into_iter().filter(|(open, _)| *open).map(|(_, what)| what)
}

/// Returns all differences except the encryption, as text. A missing account does not affect delivery. A filter and
/// unknown columns can't be requested: they are the owner's choice and are kept, like everything that is not requested.
fn differences(
    present: &InventoryConfiguration,
    asked: &InventoryRequest,
    destination: &Destination,
) -> Vec<&'static str> {
    let mut fields = present.fields.clone();
    fields.sort_unstable();
    let pairs = [
        (present.enabled, "being off"),
        (present.bucket_arn == destination.bucket_arn(), "its destination"),
        (present.account.as_deref().is_none_or(|account| account == destination.owner.as_str()), OF_ANOTHER),
        (present.prefix == destination.prefix.as_str(), "its prefix"),
        (asked.format.is_none_or(|format| present.format == Some(format)), "its format"),
        (asked.frequency.is_none_or(|often| present.frequency == Some(often)), "its frequency"),
        (asked.versions.is_none_or(|which| present.versions == Some(which)), "the versions it lists"),
        (asked.fields.as_ref().is_none_or(|asked| fields.iter().eq(asked.iter())), "its fields"),
    ];
    pairs.into_iter().filter(|(same, _)| !same).map(|(_, what)| what).collect()
}
