//! Creating the destination, and proving that this run created it.
//!
//! A bucket that appears between the plan and the call is somebody's. S3 says so in every Region but us-east-1, where it
//! answers 200 for a bucket that the account owns already, and resets its ACL
//! (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html>, `BucketAlreadyOwnedByYou`). So the name is looked
//! at right before the call, and the token of the run, which the call itself carries as a tag, right after.

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

/// Pauses between looks for the tags of a new bucket: bucket configurations "have an eventual consistency model"
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel>).
const PAUSES: [Duration; 5] = [
    Duration::ZERO,
    Duration::from_millis(200),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(3),
];

/// A bucket to be created.
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
    /// Creates a bucket where there is still none, and returns when S3 says that it was created; fails with
    /// [`WriteError::Appeared`] where somebody else created it since the plan was made.
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
            // A try before may have created it, and its answer was lost.
            Head::There(_) if tries.are_open() => Creation::Doubtful,
            Head::There(_) | Head::Refused(_) => return Err(appeared()),
        };
        let is_own = async {
            match (creation, carries(&client, bucket, owner, new.token)) {
                (Creation::Certain, _) => Ok(true),
                (Creation::Likely | Creation::Doubtful, carries) => match carries.await {
                    Ok(Seen::Present(is_own)) => Ok(is_own),
                    Ok(Seen::Absent) => Ok(false),
                    // Where tags can't be read, the look right before the call is all there is to go by.
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
        // Who may not list buckets still has the token to tell them apart by.
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
    request.send().await.map(drop).map_err(|error| AwsError::of(CREATE, bucket, &error))
}

/// What an answer says of who created the bucket.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Creation {
    /// This call did.
    Certain,
    /// This call did, unless somebody else did right before it.
    Likely,
    /// A try before did, whose answer was lost, or somebody else.
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

/// Whether a bucket carries the token of a run; absent where it has no tags at all, once a read that lags has had its time.
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
