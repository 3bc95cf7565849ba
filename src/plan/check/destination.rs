//! Does the bucket exist, in this account and the right Region? If not, the plan creates it with all settings.

use crate::model::{EncryptionKind, Namespace};
use crate::plan::world::World;
use crate::plan::{Finding, FindingId, Fix, PlannedStep, Severity, Step};
use crate::state::Destination;

const CREATE: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html";
const NAMESPACES: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/gpbucketnamespaces.html";
/// The owner's root user can read, replace and delete the bucket policy, even if the policy denies these calls.
const UNLOCK: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketPolicy.html";
const HEAD: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html";

pub(super) fn check(world: &World<'_>) -> Vec<Finding> {
    let bucket = &world.place.bucket;
    let refuse = |id, what: String, why: &str, page, hint: String| Finding {
        id,
        severity: Severity::Error,
        subject: bucket.to_string(),
        what,
        why: why.to_owned(),
        page,
        fix: Fix::Impossible(hint),
    };
    let mut findings = Vec::new();
    if let Namespace::AccountRegional { account, region } = bucket.namespace()
        && (account != world.place.owner || region != world.place.region)
    {
        let (owner, here) = (&world.place.owner, &world.place.region);
        findings.push(refuse(
            FindingId::DestinationNamespace,
            format!("the name `{bucket}` is reserved for account {account} in {region}"),
            "a bucket whose name ends with `-ACCOUNT-REGION-an` can only be created in that account and Region",
            NAMESPACES,
            format!("end the name with `-{owner}-{here}-an`, or choose a name without `-an`"),
        ));
    }
    if let Namespace::AccountRegional { region, .. } = bucket.namespace()
        && !region.has_account_names()
        && world.observed.destination == Destination::Absent
    {
        findings.push(refuse(
            FindingId::DestinationNamespace,
            format!("`{bucket}` is an account-regional name, which {region} does not support"),
            "such names are not available in Middle East (Bahrain) and Middle East (UAE)",
            NAMESPACES,
            "choose a name that does not end with `-an`".to_owned(),
        ));
    }
    match &world.observed.destination {
        Destination::Bucket(_) => {}
        Destination::Absent => findings.push(absent(world)),
        Destination::Refused => findings.push(refuse(
            FindingId::DestinationRefused,
            format!("`{bucket}` exists, but account {} can't access it", world.place.owner),
            "bucket names are global: another account may own it, you may lack `s3:ListBucket`, or its policy may deny you",
            HEAD,
            match bucket.within_account(&world.place.owner, &world.place.region) {
                Some(own) => format!(
                    "choose another name, such as `--bucket {own}`, which no other account can take; or allow `s3:ListBucket` if the bucket is yours"
                ),
                None => "choose another name, or allow `s3:ListBucket` if the bucket is yours".to_owned(),
            },
        )),
        Destination::LockedOut => findings.push(refuse(
            FindingId::DestinationRefused,
            format!("`{bucket}` belongs to account {} and denies these credentials", world.place.owner),
            "either you lack `s3:ListBucket`, or the bucket policy denies you",
            UNLOCK,
            format!(
                "the bucket policy may allow only one network (a VPC endpoint, a VPC or IP addresses): if so, run this from there; otherwise allow `s3:ListBucket` on `arn:{partition}:s3:::{bucket}`; as a last resort, if the policy locks everyone out, delete it as the account's root user: `aws s3api delete-bucket-policy --bucket {bucket}`",
                partition = world.place.partition
            ),
        )),
        Destination::OtherRegion(region) => findings.push(refuse(
            FindingId::DestinationOtherRegion,
            format!("`{bucket}` is in {region}, the source in {}", world.place.region),
            "logs are only delivered to a bucket in the source's Region",
            world.producer().encryption(EncryptionKind::SseS3).source,
            format!("use a bucket in {}, or a new one", world.place.region),
        )),
    }
    findings
}

fn absent(world: &World<'_>) -> Finding {
    let bucket = world.place.bucket.clone();
    let namespace = bucket.namespace();
    let create = Step::CreateBucket {
        bucket: bucket.clone(),
        region: world.place.region.clone(),
        namespace,
        tags: world.request.tags.clone(),
    };
    let steps =
        vec![PlannedStep::creates(create), PlannedStep::creates(Step::BlockPublicAccess { bucket: bucket.clone() })];
    Finding {
        id: FindingId::DestinationAbsent,
        severity: Severity::Info,
        subject: bucket.to_string(),
        what: format!("bucket `{bucket}` does not exist yet"),
        why: format!("logs are only delivered to a bucket in the source's Region, {}", world.place.region),
        page: CREATE,
        fix: Fix::Steps(steps),
    }
}
