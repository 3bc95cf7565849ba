//! A step: one AWS write with every argument decided.

use std::collections::BTreeMap;

use crate::model::{BucketEncryption, BucketName, KeyArn, KeySlot, Namespace, Region};
use crate::producer::SourceStep;
use crate::state::ExpirationRule;

/// The tag that marks what logbucket created: its value is the token of the run.
pub const TARGET_TAG: &str = "logbucket";

/// One AWS write.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "a plan has a handful of steps")]
pub enum Step {
    /// `kms:CreateKey`, with its policy and its tag in the same call, so that it can be found again.
    CreateKey {
        /// The bucket that it is made for.
        bucket: BucketName,
        /// The key policy.
        policy: String,
    },
    /// `kms:EnableKeyRotation`, once a year.
    EnableKeyRotation {
        /// The bucket that the key is made for.
        bucket: BucketName,
        /// The key.
        key: KeySlot,
    },
    /// `kms:CreateAlias`, the last of a key: one that has its alias is whole.
    CreateAlias {
        /// `alias/logbucket-BUCKET`.
        alias: String,
        /// The key.
        key: KeySlot,
    },
    /// `kms:PutKeyPolicy`.
    PutKeyPolicy {
        /// The key.
        key: KeyArn,
        /// The policy that was seen.
        before: String,
        /// The policy to be.
        after: String,
    },
    /// `s3:CreateBucket`, owner-enforced, with its tags and the token of the run in the same call.
    CreateBucket {
        /// The bucket.
        bucket: BucketName,
        /// Its Region.
        region: Region,
        /// Its namespace.
        namespace: Namespace,
        /// The tags that were asked for; the run adds its token.
        tags: BTreeMap<String, String>,
    },
    /// `s3:PutBucketTagging`, the whole set.
    PutBucketTags {
        /// The bucket.
        bucket: BucketName,
        /// What was seen.
        before: BTreeMap<String, String>,
        /// All its tags.
        tags: BTreeMap<String, String>,
    },
    /// `s3:PutPublicAccessBlock`, all four on.
    BlockPublicAccess {
        /// The bucket.
        bucket: BucketName,
    },
    /// `s3:PutBucketEncryption`.
    PutBucketEncryption {
        /// The bucket.
        bucket: BucketName,
        /// What was seen.
        before: Option<BucketEncryption>,
        /// The key, or nothing for SSE-S3.
        key: Option<KeySlot>,
        /// Whether an S3 Bucket Key is used: as it was, and not on a new bucket, where it would hide a key policy that keeps
        /// the service out (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html>).
        bucket_key: bool,
        /// The encryption types that stay blocked.
        blocked: Vec<String>,
    },
    /// `s3:PutBucketRequestPayment`: the owner pays.
    LetOwnerPay {
        /// The bucket.
        bucket: BucketName,
    },
    /// `s3:PutBucketPolicy`.
    PutBucketPolicy {
        /// The bucket.
        bucket: BucketName,
        /// The policy that was seen.
        before: Option<String>,
        /// The policy to be.
        after: String,
        /// The Deny statements of others that it narrows, if any.
        exempted: Option<Exempted>,
    },
    /// `s3:PutBucketLifecycleConfiguration`: these rules beside the foreign ones.
    PutExpiration {
        /// The bucket.
        bucket: BucketName,
        /// What was seen.
        before: Vec<ExpirationRule>,
        /// The rules to be there, each replacing the one of its id.
        rules: Vec<ExpirationRule>,
    },
    /// The source's own setting that points it at the destination.
    SetSource(SourceStep),
}

/// A log service that is exempted from Deny statements which somebody else wrote.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Exempted {
    /// The service principal.
    pub service: String,
    /// The statements: the Sid of each, or its position from 1.
    pub statements: Vec<String>,
}

/// What a step does to what was there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Change {
    /// It adds something of ours.
    Adds,
    /// It replaces something that works otherwise today.
    Replaces,
}

/// A step with what a person must know to agree to it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PlannedStep {
    /// The write.
    pub step: Step,
    /// What it does to what was there.
    pub change: Change,
    /// What could go wrong, or who else is affected; nothing where nobody would need to think twice.
    pub risk: Option<String>,
}

impl PlannedStep {
    /// A step that creates something, or sets what still has the value that S3 gave it.
    pub fn creates(step: Step) -> Self {
        Self { step, change: Change::Adds, risk: None }
    }

    /// The same, with what to think of before.
    pub fn creates_at_risk(step: Step, risk: impl Into<String>) -> Self {
        Self { step, change: Change::Adds, risk: Some(risk.into()) }
    }

    /// A step that changes a setting. It replaces where a value goes away that was there, and only then has this risk: no check
    /// decides on its own that nobody counts on a value.
    pub fn sets(step: Step, risk: impl Into<String>) -> Self {
        let change = step.change();
        let risk = (change == Change::Replaces).then(|| risk.into());
        Self { step, change, risk }
    }

    /// The same with a risk in either case.
    pub fn sets_at_risk(step: Step, risk: impl Into<String>) -> Self {
        let change = step.change();
        Self { step, change, risk: Some(risk.into()) }
    }

    /// A step that replaces something whatever setting stood there before: it takes away what is in the bucket.
    pub fn replaces_at_risk(step: Step, risk: impl Into<String>) -> Self {
        Self { step, change: Change::Replaces, risk: Some(risk.into()) }
    }
}

impl Step {
    /// Its place in a plan: keys before the bucket that names them, the policy before the producer that needs it.
    pub fn rank(&self) -> u8 {
        match self {
            Self::CreateKey { .. } => 0,
            Self::EnableKeyRotation { .. } | Self::CreateAlias { .. } => 1,
            Self::PutKeyPolicy { .. } => 2,
            Self::CreateBucket { .. } => 3,
            Self::PutBucketTags { .. } => 4,
            Self::BlockPublicAccess { .. } => 5,
            Self::PutBucketEncryption { .. } => 6,
            Self::LetOwnerPay { .. } => 7,
            // A run that stops goes on as the one that created the bucket until its policy is written.
            Self::PutExpiration { .. } => 8,
            Self::PutBucketPolicy { .. } => 9,
            Self::SetSource(_) => 10,
        }
    }

    /// The name of what it is done to.
    pub fn subject(&self) -> &str {
        match self {
            Self::CreateAlias { alias, .. } => alias,
            Self::PutKeyPolicy { key, .. } => key.id(),
            Self::CreateKey { bucket, .. }
            | Self::EnableKeyRotation { bucket, .. }
            | Self::CreateBucket { bucket, .. }
            | Self::PutBucketTags { bucket, .. }
            | Self::BlockPublicAccess { bucket }
            | Self::PutBucketEncryption { bucket, .. }
            | Self::LetOwnerPay { bucket }
            | Self::PutBucketPolicy { bucket, .. }
            | Self::PutExpiration { bucket, .. } => bucket.as_str(),
            Self::SetSource(step) => step.slot.source(),
        }
    }

    /// Whether it points a producer at the destination.
    pub fn attaches(&self) -> bool {
        matches!(self, Self::SetSource(_))
    }

    /// Whether the log service's next write may turn out otherwise for it.
    pub fn opens_the_way(&self) -> bool {
        match self {
            Self::PutKeyPolicy { .. }
            | Self::CreateBucket { .. }
            | Self::PutBucketEncryption { .. }
            | Self::LetOwnerPay { .. }
            | Self::PutBucketPolicy { .. } => true,
            Self::CreateKey { .. }
            | Self::EnableKeyRotation { .. }
            | Self::CreateAlias { .. }
            | Self::PutBucketTags { .. }
            | Self::BlockPublicAccess { .. }
            | Self::PutExpiration { .. }
            | Self::SetSource(_) => false,
        }
    }

    /// The API's name of the write.
    pub fn api(&self) -> &'static str {
        match self {
            Self::CreateKey { .. } => "kms:CreateKey",
            Self::EnableKeyRotation { .. } => "kms:EnableKeyRotation",
            Self::CreateAlias { .. } => "kms:CreateAlias",
            Self::PutKeyPolicy { .. } => "kms:PutKeyPolicy",
            Self::CreateBucket { .. } => "s3:CreateBucket",
            Self::PutBucketTags { .. } => "s3:PutBucketTagging",
            Self::BlockPublicAccess { .. } => "s3:PutPublicAccessBlock",
            Self::PutBucketEncryption { .. } => "s3:PutBucketEncryption",
            Self::LetOwnerPay { .. } => "s3:PutBucketRequestPayment",
            Self::PutBucketPolicy { .. } => "s3:PutBucketPolicy",
            Self::PutExpiration { .. } => "s3:PutBucketLifecycleConfiguration",
            Self::SetSource(step) => step.slot.api(),
        }
    }
}
