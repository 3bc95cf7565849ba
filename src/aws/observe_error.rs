//! Why looking failed altogether.

use crate::model::{AccountId, BucketName, Region, RegionError, either, near_region};
use crate::producer::UnknownInventory;

use super::error::{AwsError, Cause};
use super::hint::listed;
use super::permission::statement;
use super::situation::Situation;

/// Why nothing could be planned.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ObserveError {
    /// A call failed.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// No Region is known for sources that are named without one.
    #[error("no Region is configured, and the sources are named without one")]
    NoRegion,
    /// The environment or the profile names a Region that can be none.
    #[error("the configured Region can't be used: {0}")]
    BadRegion(RegionError),
    /// A Region that is named, and that the account does not use.
    #[error("`{0}` is no Region that the account has enabled")]
    RegionNotEnabled(Region),
    /// Neither load balancers nor buckets could be listed.
    #[error("nothing could be listed")]
    NothingListed,
    /// Nothing that can log has a name and the tags that are asked for.
    #[error("nothing that can log {}", asked(.names, .tags))]
    NoSource {
        /// The names, in which `*` is any text.
        names: Vec<String>,
        /// The tags.
        tags: Vec<String>,
    },
    /// An inventory that a bucket does not have.
    #[error("bucket `{bucket}` has no inventory `{id}`")]
    NoInventory {
        /// The bucket.
        bucket: BucketName,
        /// As named.
        id: String,
        /// What may have been meant.
        near: Vec<String>,
        /// The ids of those that it has.
        others: Vec<String>,
    },
    /// Load balancers that the account does not have in a Region.
    #[error("there is no load balancer {} in {region} of account {account}", either(.names))]
    NoLoadBalancer {
        /// As named.
        names: Vec<String>,
        /// Where it was looked for.
        region: Region,
        /// Whose.
        account: AccountId,
        /// What the account has there of a like name.
        near: Vec<String>,
    },
    /// A source bucket that nobody has.
    #[error("there is no bucket `{name}` anywhere")]
    NoBucket {
        /// As named.
        name: BucketName,
        /// What the account has of a like name.
        near: Vec<String>,
    },
    /// A source bucket that the caller may not use.
    #[error("bucket `{name}` is another account's, or may not be looked at: {error}")]
    SourceRefused {
        /// Its name.
        name: BucketName,
        /// The caller's account.
        account: AccountId,
        /// What S3 said.
        error: Box<AwsError>,
    },
    /// A source bucket of the caller's account that refuses the caller.
    #[error("bucket `{name}` belongs to account {account} and denies these credentials: {error}")]
    SourceLockedOut {
        /// Its name.
        name: BucketName,
        /// The caller's account.
        account: AccountId,
        /// What S3 said.
        error: Box<AwsError>,
    },
}

impl From<UnknownInventory> for ObserveError {
    fn from(unknown: UnknownInventory) -> Self {
        let UnknownInventory { bucket, id, near, others } = unknown;
        Self::NoInventory { bucket, id, near, others }
    }
}

/// What is asked for of names and tags, as the end of a sentence.
fn asked(names: &[String], tags: &[String]) -> String {
    let names = (!names.is_empty()).then(|| format!("is called {}", either(names)));
    let tags = (!tags.is_empty()).then(|| format!("has the tags {}", tags.join(", ")));
    names.into_iter().chain(tags).collect::<Vec<_>>().join(" and ")
}

impl ObserveError {
    /// Whether a bucket is not there.
    pub fn is_no_such_bucket(&self) -> bool {
        matches!(self, Self::Aws(error) if error.is("NoSuchBucket"))
    }

    /// Whether it is about the sources as they were named: other names may do, or the same ones once they may be looked at.
    pub fn is_about_a_source(&self) -> bool {
        match self {
            Self::NoBucket { .. }
            | Self::NoLoadBalancer { .. }
            | Self::SourceLockedOut { .. }
            | Self::SourceRefused { .. } => true,
            Self::Aws(error) => error.cause == Cause::AccessDenied,
            Self::BadRegion(_)
            | Self::NoInventory { .. }
            | Self::NoRegion
            | Self::NoSource { .. }
            | Self::NothingListed
            | Self::RegionNotEnabled(_) => false,
        }
    }

    /// What to do about it.
    pub fn hint(&self, situation: &Situation) -> Option<String> {
        Some(match self {
            Self::Aws(error) => return error.hint(situation),
            Self::NoRegion => {
                "name a Region with `--region` or AWS_REGION, or the source by its ARN; `aws configure set region NAME` sets one for good".to_owned()
            }
            Self::BadRegion(error) => match near_region(error.name()) {
                Some(meant) => format!("did you mean `--region {meant}`?"),
                None => "name a Region with `--region`; `aws configure list` says where this one comes from".to_owned(),
            },
            Self::RegionNotEnabled(region) => match near_region(region.as_str()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("{} lists those that are enabled", situation.aws(&["account", "list-regions"])),
            },
            Self::NothingListed => "`logbucket permissions scan` prints the policy that the caller needs".to_owned(),
            Self::NoSource { tags, .. } if !tags.is_empty() => {
                "every key must be there, and letters count as they are written".to_owned()
            }
            Self::NoSource { .. } => "`*` stands for any text, and letters count as they are written".to_owned(),
            Self::NoInventory { near, .. } if !near.is_empty() => format!("did you mean {}?", either(near)),
            Self::NoInventory { bucket, others, .. } => match listed(others) {
                Some(ids) => format!("name one that exists with `--inventory-id`: {ids}"),
                None => format!("`{bucket}` has no inventories; `logbucket init inventory` sets one up"),
            },
            Self::NoLoadBalancer { near, .. } | Self::NoBucket { near, .. } if !near.is_empty() => {
                format!("did you mean {}?", either(near))
            }
            Self::NoLoadBalancer { names, account, .. } if names.iter().any(|name| name.starts_with("arn:")) => {
                format!("look at the ARN again, or name the profile of its account with `--profile` if that is not {account}")
            }
            Self::NoLoadBalancer { region, .. } => {
                let query = ["--region", region.as_str(), "--query", "LoadBalancers[].LoadBalancerName"];
                let words: Vec<&str> = ["elbv2", "describe-load-balancers"].into_iter().chain(query).collect();
                let list = situation.aws(&words);
                format!("name its Region with `--region`, its account with `--profile`; {list} lists what is there")
            }
            Self::NoBucket { .. } => {
                let list = situation.aws(&["s3", "ls"]);
                format!("name its account with `--profile`; {list} lists what is there")
            }
            Self::SourceLockedOut { name, .. } => {
                let statement = statement("s3:ListBucket", name.as_str(), situation.place());
                let unlock = situation.aws(&["s3api", "delete-bucket-policy", "--bucket", name.as_str()]);
                format!(
                    "the bucket policy may allow only one network (a VPC endpoint, a VPC or IP addresses): if so, run this from there; otherwise have this added to the caller's policy: {statement}; only if the policy locks everyone out, the account's root user can delete it: {unlock}"
                )
            }
            Self::SourceRefused { name, account, .. } => {
                let statement = statement("s3:ListBucket", name.as_str(), situation.place());
                format!(
                    "use credentials of its owner with `--profile`, or, if that is account {account}, have this added to the caller's policy: {statement}"
                )
            }
        })
    }
}
