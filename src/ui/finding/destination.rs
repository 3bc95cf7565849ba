//! Sentences about the existence of the destination, and the right to use it.

use crate::plan::DestinationFinding;
use crate::producer::OtherRegion;

use super::{Audience, Sentences};

pub(super) fn sentences(kind: &DestinationFinding, bucket: &str, audience: Audience) -> Sentences {
    match kind {
        DestinationFinding::Reserved { account, region, own_account, own_region } => Sentences::new(
            format!("the name `{bucket}` is reserved for account {account} in {region}"),
            "a bucket whose name ends with `-ACCOUNT-REGION-an` can only be created in that account and Region",
        )
        .hinted(format!("end the name with `-{own_account}-{own_region}-an`, or choose a name without `-an`")),
        DestinationFinding::NoAccountNames { region } => Sentences::new(
            format!("`{bucket}` is an account-regional name, which {region} does not support"),
            "such names are not available in Middle East (Bahrain) and Middle East (UAE)",
        )
        .hinted("choose a name that does not end with `-an`"),
        DestinationFinding::ToCreate { region } => Sentences::new(
            format!("bucket `{bucket}` does not exist yet"),
            format!("logs are only delivered to a bucket in the source's Region, {region}"),
        ),
        DestinationFinding::Absent => Sentences::new(
            format!("bucket `{bucket}` does not exist"),
            "nothing can be delivered, and anyone who creates a bucket with this name may get the logs",
        ),
        DestinationFinding::Refused { account, own_name } => Sentences::new(
            format!("`{bucket}` exists, but account {account} can't access it"),
            "bucket names are global: another account may own it, you may lack `s3:ListBucket`, or its policy may deny you",
        )
        .hinted(match own_name {
            Some(own) => {
                let own = audience.pick(format!("`--bucket {own}`"), format!("`{own}`"));
                format!(
                    "choose another name, such as {own}, which no other account can take; or allow `s3:ListBucket` if the bucket is yours"
                )
            }
            None => "choose another name, or allow `s3:ListBucket` if the bucket is yours".to_owned(),
        }),
        DestinationFinding::LockedOut { account, partition } => Sentences::new(
            format!("`{bucket}` belongs to account {account} and denies these credentials"),
            "either you lack `s3:ListBucket`, or the bucket policy denies you",
        )
        .hinted(format!(
            "the bucket policy may allow only one network (a VPC endpoint, a VPC or IP addresses): if so, run this from there; otherwise allow `s3:ListBucket` on `arn:{partition}:s3:::{bucket}`; as a last resort, if the policy locks everyone out, delete it as the account's root user: `aws s3api delete-bucket-policy --bucket {bucket}`"
        )),
        DestinationFinding::OtherRegion { region, of_source, producer } => Sentences::new(
            format!("`{bucket}` is in {region}, the source in {of_source}"),
            match producer.facts().destination.other_region {
                OtherRegion::Refused => "logs are only delivered to a bucket in the source's Region",
                OtherRegion::NotDocumented => {
                    "AWS doesn't document whether it delivers there; logbucket only supports a bucket in the source's Region"
                }
            },
        )
        .hinted(format!("use a bucket in {of_source}, or a new one")),
    }
}
