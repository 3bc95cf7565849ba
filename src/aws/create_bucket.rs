//! Creates the destination bucket and proves that this run created it.
//!
//! If the bucket appeared after the plan was made, someone else created it. S3 reports this in every Region except
//! us-east-1. There, S3 answers 200 for a bucket that the account already owns, and resets the bucket's ACL
//! (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html>, `BucketAlreadyOwnedByYou`). So the name is
//! checked right before the call. The call sets the run's token as a tag, which is checked right after the call.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::types::{BucketLocationConstraint, BucketNamespace, CreateBucketConfiguration, ObjectOwnership, Tag};

use crate::model::{AccountId, BucketName, Moment, Namespace, Region, RunToken, Seen};
use crate::plan::TARGET_TAG;

use super::connect::Aws;
use super::error::AwsError;
use super::read_bucket::{self, Head};
use super::read_destination;
use super::repeat::Tries;
use super::write::{BucketChange, WriteError, tag};

const CREATE: &str = "s3:CreateBucket";

/// Pauses between reads of a new bucket's tags: bucket configurations "have an eventual consistency model"
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel>).
const PAUSES: [Duration; 5] = [
    Duration::ZERO,
    Duration::from_millis(200),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(3),
];

#[derive(Clone, Copy, Debug)]
pub(super) struct NewBucket<'a> {
    pub(super) bucket: &'a BucketName,
    pub(super) region: &'a Region,
    pub(super) namespace: &'a Namespace,
    pub(super) tags: &'a BTreeMap<String, String>,
    pub(super) owner: &'a AccountId,
    pub(super) token: &'a RunToken,
}

impl Aws {
    /// Creates a bucket if it does not exist yet, and returns its creation date as S3 reports it. Fails with
    /// [`WriteError::Appeared`] if someone else created it after the plan was made.
    pub(super) async fn create_bucket(
        &self,
        new: NewBucket<'_>,
        tries: &Tries<'_>,
    ) -> Result<Option<Moment>, WriteError> {
        let NewBucket { bucket, region, owner, .. } = new;
        let client = self.destination.s3(region);
        let appeared = || WriteError::Appeared { bucket: bucket.clone(), change: BucketChange::Created };
        let creation = match read_bucket::head(&client, region, bucket, owner).await? {
            Head::Absent => {
                let answer = send(&client, new).await;
                if let Err(error) = &answer {
                    tries.note(error);
                }
                judged(answer, region)?
            }
            // An earlier try may have created the bucket, although its response was lost.
            Head::There(_) if tries.are_open() => Creation::Doubtful,
            Head::There(_) | Head::Refused(_) => return Err(appeared()),
        };
        let is_own = async {
            match (creation, carries(&client, bucket, owner, new.token)) {
                (Creation::Certain, _) => Ok(true),
                (Creation::Likely | Creation::Doubtful, carries) => match carries.await {
                    Ok(Seen::Present(is_own)) => Ok(is_own),
                    Ok(Seen::Absent) => Ok(false),
                    // Without permission to read tags, only the check right before the call counts.
                    Ok(Seen::Denied(_)) | Err(_) if creation == Creation::Likely => Ok(true),
                    Ok(Seen::Denied(denial)) => Err(WriteError::Unseen(denial)),
                    Err(error) => Err(error),
                },
            }
        };
        let (is_own, created) = tokio::join!(is_own, self.bucket_created(bucket, region.partition()));
        if !is_own? {
            return Err(appeared());
        }
        // A caller without permission to list buckets can still recognize the bucket by the token.
        Ok(created.ok().and_then(|seen| seen.present().copied()))
    }
}

async fn send(client: &Client, new: NewBucket<'_>) -> Result<(), AwsError> {
    let NewBucket { bucket, region, namespace, tags, token, owner: _ } = new;
    let asked: Result<Vec<Tag>, AwsError> = tags.iter().map(|(key, value)| tag(CREATE, bucket, key, value)).collect();
    let mut all = asked?;
    all.push(tag(CREATE, bucket, TARGET_TAG, token.as_str())?);
    let configuration = CreateBucketConfiguration::builder()
        .set_location_constraint(region.location_constraint().map(BucketLocationConstraint::from))
        .set_tags(Some(all))
        .build();
    let namespace = match namespace {
        Namespace::AccountRegional { .. } => Some(BucketNamespace::AccountRegional),
        Namespace::Global => None,
    };
    let request = client
        .create_bucket()
        .bucket(bucket.as_str())
        .create_bucket_configuration(configuration)
        .object_ownership(ObjectOwnership::BucketOwnerEnforced)
        .set_bucket_namespace(namespace);
    request.send().await.map(drop).map_err(|error| AwsError::new(CREATE, bucket, &error))
}

/// Who created the bucket, according to a response.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Creation {
    Certain,
    /// This call, unless someone else created the bucket right before it.
    Likely,
    /// An earlier try whose response was lost, or someone else.
    Doubtful,
}

fn judged(answer: Result<(), AwsError>, region: &Region) -> Result<Creation, AwsError> {
    match answer {
        Ok(()) if region.location_constraint().is_some() => Ok(Creation::Certain),
        Ok(()) => Ok(Creation::Likely),
        Err(error) if error.is("BucketAlreadyOwnedByYou") => Ok(Creation::Doubtful),
        Err(error) => Err(error),
    }
}

/// Returns whether a bucket carries the token of a run, or `Absent` if it still has no tags after all pauses.
pub(super) async fn carries(
    client: &Client,
    bucket: &BucketName,
    owner: &AccountId,
    token: &RunToken,
) -> Result<Seen<bool>, WriteError> {
    for pause in PAUSES {
        tokio::time::sleep(pause).await;
        match read_destination::tags(client, bucket, owner).await {
            Ok(Seen::Present(tags)) => {
                return Ok(Seen::Present(tags.get(TARGET_TAG).is_some_and(|value| value == token.as_str())));
            }
            Ok(Seen::Absent) => {}
            Ok(Seen::Denied(denial)) => return Ok(Seen::Denied(denial)),
            Err(error) if error.is("NoSuchBucket") => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Seen::Absent)
}
