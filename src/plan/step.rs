//! A step: one AWS write with every argument decided.

use std::collections::BTreeMap;

use crate::model::{BucketEncryption, BucketName, KeyArn, KeySlot, Namespace, Region, RunToken};
use crate::producer::{SourceSlot, SourceStep};
use crate::state::ExpirationRule;

use super::Risk;

/// The tag of everything that logbucket creates. Its value is the run's token.
pub(crate) const TARGET_TAG: &str = RunToken::TAG;

/// One AWS write.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "a plan has a handful of steps")]
pub enum Step {
    /// `kms:CreateKey`, with the policy and the tag in the same call, so that a later run can find the key again.
    CreateKey {
        /// The bucket that the key is created for.
        bucket: BucketName,
        policy: String,
    },
    /// `kms:EnableKeyRotation`, yearly.
    EnableKeyRotation {
        /// The bucket that the key is created for.
        bucket: BucketName,
        key: KeySlot,
    },
    /// `kms:CreateAlias`, the last step for a new key. So a key that has its alias is complete.
    CreateAlias {
        /// `alias/logbucket-BUCKET`.
        alias: String,
        key: KeySlot,
    },
    /// `kms:PutKeyPolicy`.
    PutKeyPolicy {
        key: KeyArn,
        /// The current policy.
        before: String,
        /// The new policy.
        after: String,
    },
    /// `s3:CreateBucket` with ACLs disabled, its tags and the run's token.
    CreateBucket {
        bucket: BucketName,
        region: Region,
        namespace: Namespace,
        /// The requested tags. The run adds its token.
        tags: BTreeMap<String, String>,
    },
    /// `s3:PutBucketTagging` with the whole set.
    PutBucketTags {
        bucket: BucketName,
        /// The current value.
        before: BTreeMap<String, String>,
        tags: BTreeMap<String, String>,
    },
    /// `s3:PutPublicAccessBlock`, with all four settings on.
    BlockPublicAccess { bucket: BucketName },
    /// `s3:PutBucketEncryption`.
    PutBucketEncryption {
        bucket: BucketName,
        /// The current value.
        before: Option<BucketEncryption>,
        /// The key, or `None` for SSE-S3.
        key: Option<KeySlot>,
        /// Whether to use an S3 Bucket Key. An existing bucket keeps its value. On a new bucket, it is off, because a
        /// Bucket Key would hide a key policy that blocks the service
        /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html>).
        bucket_key: bool,
        blocked: Vec<String>,
    },
    /// `s3:PutBucketRequestPayment`: the owner pays.
    LetOwnerPay { bucket: BucketName },
    /// `s3:PutBucketPolicy`.
    PutBucketPolicy {
        bucket: BucketName,
        /// The current policy.
        before: Option<String>,
        /// The new policy.
        after: String,
        /// The other owners' Deny statements that the new policy exempts the service from, if any.
        exempted: Option<ServiceExemption>,
    },
    /// `s3:PutBucketLifecycleConfiguration`: these rules, in addition to the rules of others.
    PutExpiration {
        bucket: BucketName,
        /// The current value.
        before: Vec<ExpirationRule>,
        /// The new rules. Each replaces the current rule with the same ID.
        rules: Vec<ExpirationRule>,
    },
    /// The source's log setting.
    SetSource(SourceStep),
}

/// A log service, and the Deny statements that it is exempted from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ServiceExemption {
    /// The service principal.
    pub service: String,
    /// Each statement by its Sid, or its position counted from 1.
    pub statements: Vec<String>,
}

/// Whether a step adds or replaces.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum StepKind {
    /// It only adds something.
    Adds,
    /// It replaces something that behaves differently today.
    Replaces,
}

/// A step, with the information that a person needs to approve it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PlannedStep {
    pub step: Step,
    pub change: StepKind,
    /// The risk, or the effect on others, if any.
    pub risk: Option<Risk>,
}

impl PlannedStep {
    /// A step that creates something, or sets a value that is still S3's default.
    pub fn creates(step: Step) -> Self {
        Self { step, change: StepKind::Adds, risk: None }
    }

    /// Like [`Self::creates`], but with a risk.
    pub fn creates_at_risk(step: Step, risk: Risk) -> Self {
        Self { step, change: StepKind::Adds, risk: Some(risk) }
    }

    /// A step that changes a setting. If it removes an existing value, the step is a replacement with this risk,
    /// because someone may rely on the value.
    pub fn sets(step: Step, risk: Risk) -> Self {
        let change = step.change();
        let risk = (change == StepKind::Replaces).then_some(risk);
        Self { step, change, risk }
    }

    /// Like [`Self::sets`], but always with the risk.
    pub fn sets_at_risk(step: Step, risk: Risk) -> Self {
        let change = step.change();
        Self { step, change, risk: Some(risk) }
    }

    /// A step that always replaces, because it deletes objects in the bucket.
    pub fn replaces_at_risk(step: Step, risk: Risk) -> Self {
        Self { step, change: StepKind::Replaces, risk: Some(risk) }
    }
}

impl Step {
    /// Returns the step's rank in a plan. Keys come before the bucket that names them, and the policy comes before the
    /// source that needs it.
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
            // The rules come before the policy, because a later run treats only a bucket without a policy as
            // unfinished.
            Self::PutExpiration { .. } => 8,
            Self::PutBucketPolicy { .. } => 9,
            Self::SetSource(_) => 10,
        }
    }

    /// Returns the name of the resource that the step changes.
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

    /// Returns whether the step attaches a source to the destination.
    pub fn attaches(&self) -> bool {
        matches!(self, Self::SetSource(_))
    }

    /// Returns whether the step creates or deletes a resource of a source.
    pub fn is_of_resource(&self) -> bool {
        matches!(self, Self::SetSource(step) if step.slot.is_resource())
    }

    /// Returns whether the step deletes a resource of a source.
    pub fn deletes_a_resource(&self) -> bool {
        matches!(self, Self::SetSource(step) if step.deletes_a_resource())
    }

    /// Returns the ID and the tags of the resource that the step deletes, if it deletes one.
    pub fn deleted_resource(&self) -> Option<(&str, &BTreeMap<String, String>)> {
        let Self::SetSource(step) = self else { return None };
        let before = Some(&step.before).filter(|_| step.deletes_a_resource())?;
        before.resource_id().zip(before.tags())
    }

    /// Returns the step that creates the deleted resource again, if the step deletes one.
    pub fn recreating_step(&self) -> Option<Self> {
        let Self::SetSource(step) = self else { return None };
        step.recreating_step().map(Self::SetSource)
    }

    /// Returns the bucket whose policy AWS may change during the step.
    pub fn changed_policy(&self) -> Option<&BucketName> {
        let Self::SetSource(step) = self else { return None };
        step.slot.changed_policy().filter(|_| !step.deletes_a_resource())
    }

    /// Returns whether the step deletes a resource that the next step creates again with other settings.
    pub fn is_completed_by(&self, next: &Self) -> bool {
        let (Self::SetSource(step), Self::SetSource(next)) = (self, next) else { return false };
        step.deletes_a_resource() && next.creates_a_resource() && step.slot == next.slot
    }

    /// Returns whether the step attaches a source by giving this slot a value.
    pub fn attaches_at(&self, slot: &SourceSlot) -> bool {
        matches!(self, Self::SetSource(step) if step.slot == *slot && step.after.known(None).is_none_or(|value| !value.is_none()))
    }

    /// Returns whether the step may change the result of the log service's next write.
    pub fn affects_delivery(&self) -> bool {
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

    /// Returns the API name of the write.
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
            Self::SetSource(step) => step.api(),
        }
    }
}
