//! The reasons for a step, each with its AWS page.

use crate::plan::{Plan, PlannedStep, Step};

use super::audience::Audience;
use super::finding::{Sentences, sentences_for};

const BUCKET_KEY: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html";
const SSE_C: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-s3-c-encryption-setting-faq.html";
const PUBLIC: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html";
const ROTATION: &str = "https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html";
const ALIAS: &str = "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html";

/// A reason for a step.
pub(super) struct StepReason {
    pub(super) why: String,
    /// The AWS page that states the reason.
    pub(super) page: &'static str,
}

/// Returns the reasons for a step: the findings that it fixes, then the step's own reasons.
pub(super) fn reasons(plan: &Plan, planned: &PlannedStep, audience: Audience) -> Vec<StepReason> {
    let own = match &planned.step {
        Step::BlockPublicAccess { .. } => return vec![public()],
        Step::EnableKeyRotation { .. } => return vec![rotation()],
        Step::CreateAlias { .. } => return vec![alias()],
        Step::PutBucketEncryption { before, key, bucket_key, blocked, .. } => {
            let before = before.as_ref();
            let was: &[String] = before.map_or(&[], |before| &before.blocked);
            let new: Vec<&str> = blocked.iter().filter(|kind| !was.contains(kind)).map(String::as_str).collect();
            let off = key.is_some() && !bucket_key;
            [off.then(no_bucket_key), (!new.is_empty()).then(|| blocks(&new))].into_iter().flatten().collect()
        }
        Step::CreateBucket { .. }
        | Step::CreateKey { .. }
        | Step::LetOwnerPay { .. }
        | Step::PutBucketPolicy { .. }
        | Step::PutBucketTags { .. }
        | Step::PutExpiration { .. }
        | Step::PutKeyPolicy { .. }
        | Step::SetSource(_) => Vec::new(),
    };
    let fixed = plan.findings.iter().filter(|finding| finding.is_fixed_by(planned, &plan.findings));
    let fixed = fixed.map(|finding| {
        let Sentences { what, why, .. } = sentences_for(finding, audience);
        StepReason { why: format!("{what}: {why}"), page: finding.page() }
    });
    fixed.chain(own).collect()
}

fn public() -> StepReason {
    let why = "logs hold client addresses and request URLs, so the bucket must never become public; S3 turns this block on for new buckets, and this step makes sure that it is on";
    StepReason { why: why.to_owned(), page: PUBLIC }
}

fn rotation() -> StepReason {
    let why = "rotation is off for a new key, and auditors expect it to be on; KMS keeps the old key material, so existing logs stay readable";
    StepReason { why: why.to_owned(), page: ROTATION }
}

fn alias() -> StepReason {
    StepReason { why: "people and later runs find the key by its alias".to_owned(), page: ALIAS }
}

/// Returns the reason why the Bucket Key stays off: no AWS page says that a log service works with one.
fn no_bucket_key() -> StepReason {
    let why = "the S3 Bucket Key stays off: if it is on, S3 doesn't check the key policy for each object, so a policy that blocks the log service can go unnoticed; without it, each object costs a request to KMS";
    StepReason { why: why.to_owned(), page: BUCKET_KEY }
}

fn blocks(kinds: &[&str]) -> StepReason {
    let kinds = kinds.join(", ");
    let why =
        format!("uploads with {kinds} are blocked, which is S3's default for new buckets; no log service uses {kinds}");
    StepReason { why, page: SSE_C }
}
