use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Encryption, Seen};
use crate::producer::{Destination, LogSource, LogType, Proof, TEST_OBJECT};
use crate::request::Request;
use crate::state::{BucketState, Identity, ObjectStamp, Observed};

use super::plan_context::PlanContext;
use super::{ExpectedKey, Finding, PlannedStep, RequiredSetting, Setting, check};

/// The findings and the steps of a run.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Plan {
    /// The caller.
    pub caller: Identity,
    /// The destination.
    pub destination: Destination,
    pub log_sources: Vec<LogSource>,
    /// A description of the future destination.
    pub destination_text: String,
    /// The findings, the worst first.
    pub findings: Vec<Finding>,
    /// The steps, in order.
    pub steps: Vec<PlannedStep>,
    /// Where each source will log to.
    pub attachments: Vec<RequiredSetting>,
    /// The requested tags and lifecycle rules.
    pub asked_for: Vec<RequiredSetting>,
    /// The proof of delivery.
    pub proof: Proof,
    /// The test object's key without the run's token at its end, or the reason why no test object is written.
    pub test_object: Result<String, String>,
    /// AWS's test files that were at the destination before the run.
    pub test_files: BTreeMap<LogType, Seen<ObjectStamp>>,
    pub fresh_logs: BTreeSet<LogType>,
    /// The key that the producer's own objects must be encrypted with.
    pub expected_of_producer: ExpectedKey,
    /// The key that the test object must be encrypted with.
    pub expected_key: ExpectedKey,
}

/// Plans a request for the observed state.
pub fn plan(request: &Request, observed: &Observed) -> Plan {
    let context = PlanContext::new(request, observed);
    let mut findings = check::all(&context);
    let opens = findings.iter().flat_map(Finding::steps).any(|step| step.step.affects_delivery());
    findings.extend(check::attachments(&context, opens));
    let mut steps: Vec<PlannedStep> = findings.iter().flat_map(|finding| finding.steps().iter().cloned()).collect();
    steps.sort_by_key(|step| step.step.rank());
    findings.extend(check::public_policy(&context, &steps));
    findings.extend(check::templates(&context, &steps));
    findings.sort_by_key(Finding::severity);
    Plan {
        caller: observed.caller.clone(),
        destination_text: destination_text(&context),
        expected_key: check::expected_key(&context),
        test_object: test_object(&context),
        test_files: observed.test_files.clone(),
        fresh_logs: request.kind.fresh_logs(&observed.sources, &context.destination),
        expected_of_producer: check::expected_of_producer(&context),
        attachments: check::attached(&context),
        asked_for: asked_for(&context),
        proof: Proof::for_kind(&request.kind, &observed.sources, &context.destination),
        destination: context.destination,
        log_sources: context.log_sources,
        findings,
        steps,
    }
}

/// Returns the requested settings other than the logs.
fn asked_for(context: &PlanContext<'_>) -> Vec<RequiredSetting> {
    let bucket = || context.destination.bucket.clone();
    let tags = &context.request.tags;
    let tags = (!tags.is_empty()).then(|| Setting::BucketTags(bucket(), tags.clone()));
    let rules = check::rules_asked_for(context);
    let ids = rules.iter().map(|rule| rule.id.clone()).collect();
    let rules = (!rules.is_empty()).then(|| Setting::LifecycleRules { bucket: bucket(), ids, rules });
    tags.into_iter().chain(rules).map(RequiredSetting).collect()
}

/// No test object is written if Object Lock could keep it, or if the bucket's default key fails and the logs don't use
/// this key.
fn test_object(context: &PlanContext<'_>) -> Result<String, String> {
    if check::are_spared_a_failing_default(context) {
        return Err("the test object would be encrypted with the bucket's default key, which does not work; the reports don't use this key"
            .to_owned());
    }
    match context.bucket().map(|bucket| &bucket.object_lock) {
        Some(Seen::Present(lock)) if lock.default_retention.is_some() => Err("Object Lock would keep it".to_owned()),
        Some(Seen::Denied(denial)) => Err(format!("Object Lock might keep it: {denial}")),
        None | Some(Seen::Absent | Seen::Present(_)) => {
            Ok(format!("{}{TEST_OBJECT}", context.destination.prefix.folder()))
        }
    }
}

/// Describes the destination and its new default encryption.
fn destination_text(context: &PlanContext<'_>) -> String {
    let target = match check::target(context) {
        check::TargetEncryption::Keep
            if context.bucket().is_none() && matches!(context.request.encryption, Encryption::SseKms(_)) =>
        {
            Some("SSE-KMS with a customer managed key")
        }
        check::TargetEncryption::Keep => None,
        check::TargetEncryption::SseS3 => Some("SSE-S3"),
        check::TargetEncryption::SseKms(_) => Some("SSE-KMS with a customer managed key"),
    };
    let Some(bucket) = context.bucket() else {
        return match &context.observed.destination {
            BucketState::OtherRegion(region) => format!("a bucket in {region}"),
            BucketState::Refused => "a bucket you can't access".to_owned(),
            BucketState::LockedOut => "a bucket of your account that denies these credentials".to_owned(),
            BucketState::Absent | BucketState::Bucket(_) => format!("new bucket, {}", target.unwrap_or("SSE-S3")),
        };
    };
    let present = match &bucket.encryption {
        Seen::Denied(_) => "encryption unknown",
        Seen::Absent | Seen::Present(_) => context.present_kind().title(),
    };
    match target.filter(|target| *target != present) {
        Some(target) => format!("existing bucket, {present} -> {target}"),
        None => format!("existing bucket, {present}"),
    }
}
