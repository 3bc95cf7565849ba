//! What a plan does to its destination, in a few words for a list.

use crate::iam::StatementVerdict;
use crate::model::{BucketEncryption, EncryptionKind, Seen};
use crate::plan::{Finding, FindingKind, Plan, PlannedStep, PolicyFinding, Severity, Step, StepKind};

use super::audience::Audience;
use super::finding::sentences_for;
use super::words::listed;

/// What a plan does to its destination, apart from the attachment. Each list is in the order of the plan.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Outlook {
    /// What is overwritten.
    pub(crate) overwrites: Vec<String>,
    /// Why logs may not arrive, or someone may be surprised.
    pub(crate) doubts: Vec<String>,
    pub(crate) adds: Vec<String>,
}

impl Outlook {
    pub(crate) fn new(plan: &Plan) -> Self {
        let words = |change: StepKind| {
            let steps = plan.steps.iter().filter(move |planned| planned.change == change);
            steps.filter_map(step_words).collect()
        };
        let is_doubt = |finding: &&Finding| finding.severity() == Severity::Warning && !finding.is_about_a_source();
        let doubts = doubts(plan.findings.iter().filter(is_doubt));
        Self { overwrites: words(StepKind::Replaces), doubts, adds: words(StepKind::Adds) }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.overwrites.is_empty() && self.doubts.is_empty() && self.adds.is_empty()
    }

    /// Returns the whole outlook, the most important first: a list cuts off the end.
    pub(crate) fn words(&self) -> String {
        let parts = self.overwrites.iter().chain(&self.doubts).chain(&self.adds);
        parts.cloned().collect::<Vec<_>>().join(", ")
    }
}

/// Describes a step. `None` if it is a part of another step, or changes the source instead of the destination.
fn step_words(planned: &PlannedStep) -> Option<String> {
    let verb = |adds: &str, replaces: &str| match planned.change {
        StepKind::Adds => adds.to_owned(),
        StepKind::Replaces => replaces.to_owned(),
    };
    Some(match &planned.step {
        Step::EnableKeyRotation { .. } | Step::CreateAlias { .. } | Step::SetSource(_) => return None,
        Step::CreateKey { .. } => "adds a key".to_owned(),
        Step::PutKeyPolicy { .. } => verb("extends its key policy", "overwrites its key policy"),
        Step::CreateBucket { .. } => "creates it".to_owned(),
        Step::BlockPublicAccess { .. } => "blocks public access".to_owned(),
        Step::PutBucketTags { .. } => verb("adds tags", "overwrites tags"),
        Step::PutBucketEncryption { before: None, .. } => verb("sets its encryption", "overwrites its encryption"),
        Step::PutBucketEncryption { before: Some(before), key, .. } => {
            let (old, new) = (short(before.kind()), if key.is_some() { "SSE-KMS" } else { "SSE-S3" });
            let change = if old == new { "another key".to_owned() } else { format!("{old} -> {new}") };
            format!("{} ({change})", verb("sets its encryption", "overwrites its encryption"))
        }
        Step::LetOwnerPay { .. } => "turns off Requester Pays".to_owned(),
        Step::PutBucketPolicy { exempted: Some(exempted), .. } => {
            format!("exempts the service from {}", quoted(&exempted.statements))
        }
        Step::PutBucketPolicy { before: None, .. } => "adds a policy".to_owned(),
        Step::PutBucketPolicy { before: Some(_), .. } => verb("extends its policy", "overwrites its policy"),
        Step::PutExpiration { .. } => verb("adds a lifecycle rule", "expires its objects"),
    })
}

/// Describes warnings. Statements that may block the service come first, together.
#[expect(clippy::wildcard_enum_match_arm, reason = "every other warning has its own sentence")]
fn doubts<'a>(findings: impl Iterator<Item = &'a Finding>) -> Vec<String> {
    let (mut likely, mut may, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for finding in findings {
        match &finding.kind {
            FindingKind::Policy(PolicyFinding::VeryLikelyDenied { blocked, .. }) => likely.push(statement(&blocked.by)),
            FindingKind::Policy(PolicyFinding::Uncertain { blocked, .. }) => may.push(statement(&blocked.by)),
            _ => others.push(sentences_for(finding, Audience::Wizard).what),
        }
    }
    let denied = |how: &str, by: &mut Vec<String>| {
        by.dedup();
        (!by.is_empty()).then(|| format!("{how} denied by {}", listed(by)))
    };
    let denied = [denied("very likely", &mut likely), denied("may be", &mut may)];
    denied.into_iter().flatten().chain(others).collect()
}

/// Names a statement by its Sid, or its position counted from 1.
fn statement(verdict: &StatementVerdict) -> String {
    match &verdict.sid {
        Some(sid) => format!("`{sid}`"),
        None => format!("statement {} of its policy", verdict.index + 1),
    }
}

/// Returns what a plan does to the default encryption `now` if the user asked for none.
pub(crate) fn encryption_outcome(plan: &Plan, now: &Seen<BucketEncryption>) -> String {
    let new = plan.steps.iter().find_map(|planned| match &planned.step {
        Step::PutBucketEncryption { key, .. } => Some(if key.is_some() { "SSE-KMS" } else { "SSE-S3" }),
        Step::BlockPublicAccess { .. }
        | Step::CreateAlias { .. }
        | Step::CreateBucket { .. }
        | Step::CreateKey { .. }
        | Step::EnableKeyRotation { .. }
        | Step::LetOwnerPay { .. }
        | Step::PutBucketPolicy { .. }
        | Step::PutBucketTags { .. }
        | Step::PutExpiration { .. }
        | Step::PutKeyPolicy { .. }
        | Step::SetSource(_) => None,
    });
    match (new, now) {
        (Some(new), _) => format!("change to {new} (required)"),
        (None, Seen::Denied(_)) => "keep the current encryption (could not read it)".to_owned(),
        (None, Seen::Absent) => "keep SSE-S3".to_owned(),
        (None, Seen::Present(now)) => format!("keep {}", present(now)),
    }
}

/// Describes a default encryption with its key.
fn present(now: &BucketEncryption) -> String {
    let key = match (now.kind(), &now.key) {
        (EncryptionKind::SseS3 | EncryptionKind::Other, _) => None,
        (EncryptionKind::SseKmsAwsManaged, _) | (EncryptionKind::DsseKms, None) => Some("aws/s3"),
        // Of an ARN, the last part names the key.
        (EncryptionKind::SseKmsCustomer | EncryptionKind::DsseKms, key) => {
            key.as_deref().map(|key| key.rsplit(':').next().unwrap_or(key))
        }
    };
    let key = key.map(|key| format!(" ({key})")).unwrap_or_default();
    format!("{}{key}", short(now.kind()))
}

/// Returns the short name of an encryption.
fn short(kind: EncryptionKind) -> &'static str {
    match kind {
        EncryptionKind::SseS3 => "SSE-S3",
        EncryptionKind::SseKmsAwsManaged | EncryptionKind::SseKmsCustomer => "SSE-KMS",
        EncryptionKind::DsseKms => "DSSE-KMS",
        EncryptionKind::Other => "an unknown encryption",
    }
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(step: Step, change: StepKind) -> PlannedStep {
        PlannedStep { step, change, risk: None }
    }

    fn kms(key: Option<&str>) -> BucketEncryption {
        let key = key.map(str::to_owned);
        BucketEncryption { algorithm: "aws:kms".to_owned(), key, bucket_key: true, blocked: Vec::new() }
    }

    #[test]
    fn a_step_says_what_it_overwrites() {
        let bucket = || "demo-logs".parse().unwrap();
        let encryption = |before| Step::PutBucketEncryption {
            bucket: bucket(),
            before: Some(before),
            key: None,
            bucket_key: false,
            blocked: Vec::new(),
        };
        let words = |planned: &PlannedStep| step_words(planned).unwrap();
        let overwritten = step(encryption(kms(None)), StepKind::Replaces);
        assert_eq!(words(&overwritten), "overwrites its encryption (SSE-KMS -> SSE-S3)");
        let policy = Step::PutBucketPolicy { bucket: bucket(), before: None, after: String::new(), exempted: None };
        assert_eq!(words(&step(policy, StepKind::Adds)), "adds a policy");
        assert_eq!(
            words(&step(Step::LetOwnerPay { bucket: bucket() }, StepKind::Replaces)),
            "turns off Requester Pays"
        );
    }

    #[test]
    fn an_outlook_begins_with_what_is_overwritten() {
        let list = |word: &str| vec![word.to_owned()];
        let outlook = Outlook { overwrites: list("o"), doubts: list("d"), adds: list("a") };
        assert_eq!(outlook.words(), "o, d, a");
    }

    #[test]
    fn an_encryption_is_named_with_its_key() {
        let arn = "arn:aws:kms:us-east-1:111122223333:alias/kms-logs";
        for (key, words) in [
            (Some(arn), "SSE-KMS (alias/kms-logs)"),
            (Some("alias/x"), "SSE-KMS (alias/x)"),
            (None, "SSE-KMS (aws/s3)"),
        ] {
            assert_eq!(present(&kms(key)), words);
        }
        assert_eq!(present(&BucketEncryption::sse_s3()), "SSE-S3");
    }
}
