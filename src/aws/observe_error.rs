//! Errors that prevent observing anything.

use crate::model::{AccountId, BucketName, Region, RegionError, either, suggest, suggest_region};
use crate::producer::UnknownInventory;

use super::error::{AwsError, ErrorCause};
use super::hint::listed;
use super::permission_hint::statement;
use super::situation::Situation;

/// Why no plan could be made.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ObserveError {
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// No Region is configured, and the sources are named without one.
    #[error("no Region is configured, and the sources are named without one")]
    NoRegion,
    /// The environment or the profile names an invalid Region.
    #[error("the configured Region can't be used: {0}")]
    BadRegion(RegionError),
    /// The named Region is not enabled for the account.
    #[error("Region `{0}` is not enabled for this account")]
    RegionNotEnabled(Region),
    #[error("no load balancers, buckets or VPCs could be listed")]
    NothingListed,
    /// No load balancer, bucket or network has the requested names and tags.
    #[error("no load balancer, bucket, VPC or transit gateway {}", asked(.names, .tags))]
    NoSource {
        /// Names, in which `*` is a wildcard.
        names: Vec<String>,
        tags: Vec<String>,
    },
    /// The bucket has no inventory with this id.
    #[error("bucket `{bucket}` has no inventory `{id}`")]
    NoInventory {
        bucket: BucketName,
        id: String,
        /// Existing ids that the user may have meant.
        suggestions: Vec<String>,
        /// The ids that exist.
        others: Vec<String>,
    },
    /// The account has no such load balancers in the Region.
    #[error("there is no load balancer {} in {region} of account {account}", either(.names))]
    NoLoadBalancer {
        names: Vec<String>,
        /// The Region that was searched.
        region: Region,
        /// The account that was searched.
        account: AccountId,
        /// Similar names of the account's load balancers there.
        suggestions: Vec<String>,
        /// How the AWS CLI lists the load balancers: its name for the service, and the query for the names.
        listing: &'static (&'static str, &'static str),
    },
    /// The account has no such networks in the Region.
    #[error("{} in {region} of account {account}", missing(.ids))]
    NoNetwork {
        ids: Vec<String>,
        /// The Region that was searched.
        region: Region,
        /// The account that was searched.
        account: AccountId,
        /// The VPCs that exist there.
        vpcs: Vec<String>,
    },
    /// The source bucket does not exist.
    #[error("bucket `{name}` does not exist")]
    NoBucket {
        name: BucketName,
        /// Similar names of the account's buckets.
        suggestions: Vec<String>,
    },
    /// A source bucket that the caller can't access.
    #[error("bucket `{name}` belongs to another account, or these credentials aren't allowed to read it: {error}")]
    SourceRefused {
        name: BucketName,
        /// The caller's account.
        account: AccountId,
        /// S3's answer.
        error: Box<AwsError>,
    },
    /// A source bucket of the caller's account that refuses the caller.
    #[error("bucket `{name}` belongs to account {account} and denies these credentials: {error}")]
    SourceLockedOut {
        name: BucketName,
        /// The caller's account.
        account: AccountId,
        /// S3's answer.
        error: Box<AwsError>,
    },
}

impl From<UnknownInventory> for ObserveError {
    fn from(unknown: UnknownInventory) -> Self {
        let UnknownInventory { bucket, id, suggestions, others } = unknown;
        Self::NoInventory { bucket, id, suggestions, others }
    }
}

/// Says that networks are missing. EC2 does not say which of several.
fn missing(ids: &[String]) -> String {
    match ids {
        [id] => format!("`{id}` does not exist"),
        ids => format!("at least one of {} does not exist", either(ids)),
    }
}

/// Describes the requested names and tags as the end of a sentence.
fn asked(names: &[String], tags: &[String]) -> String {
    let names = (!names.is_empty()).then(|| format!("matches {}", either(names)));
    let tags = (!tags.is_empty()).then(|| format!("has the tags {}", tags.join(", ")));
    names.into_iter().chain(tags).collect::<Vec<_>>().join(" and ")
}

impl ObserveError {
    /// Returns whether a bucket does not exist.
    pub fn is_no_such_bucket(&self) -> bool {
        matches!(self, Self::Aws(error) if error.is("NoSuchBucket"))
    }

    /// Returns whether the named sources are the problem. Then other names may work, or the same names with more
    /// permissions.
    pub fn is_about_a_source(&self) -> bool {
        match self {
            Self::NoBucket { .. }
            | Self::NoLoadBalancer { .. }
            | Self::NoNetwork { .. }
            | Self::SourceLockedOut { .. }
            | Self::SourceRefused { .. } => true,
            Self::Aws(error) => error.cause == ErrorCause::AccessDenied,
            Self::BadRegion(_)
            | Self::NoInventory { .. }
            | Self::NoRegion
            | Self::NoSource { .. }
            | Self::NothingListed
            | Self::RegionNotEnabled(_) => false,
        }
    }

    /// Returns what to do about the error.
    pub fn hint(&self, situation: &Situation) -> Option<String> {
        Some(match self {
            Self::Aws(error) => return error.hint(situation),
            Self::NoRegion => {
                "name a Region with `--region` or AWS_REGION, or the source by its ARN; `aws configure set region NAME` sets a default".to_owned()
            }
            Self::BadRegion(error) => match suggest_region(error.name()) {
                Some(meant) => format!("did you mean `--region {meant}`?"),
                None => "name a Region with `--region`; `aws configure list` shows where this one comes from".to_owned(),
            },
            Self::RegionNotEnabled(region) => match suggest_region(region.as_str()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("{} lists those that are enabled", situation.aws(&["account", "list-regions"])),
            },
            Self::NothingListed => "`logbucket permissions scan` prints the policy that the caller needs".to_owned(),
            Self::NoSource { tags, .. } if !tags.is_empty() => {
                "every tag must match; tags are case-sensitive".to_owned()
            }
            Self::NoSource { .. } => "`*` is a wildcard; names are case-sensitive".to_owned(),
            Self::NoInventory { suggestions, .. } if !suggestions.is_empty() => format!("did you mean {}?", either(suggestions)),
            Self::NoInventory { bucket, others, .. } => match listed(others) {
                Some(ids) => format!("choose an existing one with `--inventory-id`: {ids}"),
                None => format!("`{bucket}` has no inventories; `logbucket init inventory` sets one up"),
            },
            Self::NoLoadBalancer { suggestions, .. } | Self::NoBucket { suggestions, .. } if !suggestions.is_empty() => {
                format!("did you mean {}?", either(suggestions))
            }
            Self::NoLoadBalancer { names, account, .. } if names.iter().any(|name| name.starts_with("arn:")) => {
                format!("check the ARN; if its account isn't {account}, name a profile of its account with `--profile`")
            }
            Self::NoLoadBalancer { region, listing: (api, list), .. } => {
                let query = ["--region", region.as_str(), "--query", list];
                let words: Vec<&str> = [api, "describe-load-balancers"].into_iter().chain(query).collect();
                let list = situation.aws(&words);
                format!("name its Region with `--region` or its account with `--profile`; {list} lists existing ones")
            }
            Self::NoNetwork { ids, region, vpcs, .. } => {
                let suggestions = ids.iter().flat_map(|id| suggest(id, vpcs.iter().cloned(), 3)).collect::<Vec<_>>();
                if !suggestions.is_empty() {
                    return Some(format!("did you mean {}?", either(&suggestions)));
                }
                let list = situation.aws(&["ec2", "describe-vpcs", "--region", region.as_str(), "--query", "Vpcs[].VpcId"]);
                format!("name its Region with `--region` or its account with `--profile`; {list} lists the VPCs")
            }
            Self::NoBucket { .. } => {
                let list = situation.aws(&["s3", "ls"]);
                format!("name its account with `--profile`; {list} lists existing ones")
            }
            Self::SourceLockedOut { name, .. } => {
                let statement = statement("s3:ListBucket", name.as_str(), situation.place());
                let unlock = situation.aws(&["s3api", "delete-bucket-policy", "--bucket", name.as_str()]);
                format!(
                    "the bucket policy may allow only one network (a VPC endpoint, a VPC or IP addresses): if so, run this from there; otherwise have this added to the caller's policy: {statement}; as a last resort, if the policy locks everyone out, delete it as the account's root user: {unlock}"
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
