use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Encryption, Seen};
use crate::producer::{LogType, Place, Proof, TEST_OBJECT, Writer};
use crate::request::Request;
use crate::state::{Destination, Identity, ObjectStamp, Observed};

use super::world::World;
use super::{ExpectedKey, Finding, PlannedStep, RequiredSetting, Setting, check};

/// The findings and the steps of a run.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Plan {
    /// The caller.
    pub caller: Identity,
    /// The destination.
    pub place: Place,
    pub writers: Vec<Writer>,
    /// A description of the future destination.
    pub destination: String,
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
    let world = World::new(request, observed);
    let mut findings = check::all(&world);
    let opens = findings.iter().flat_map(Finding::steps).any(|step| step.step.opens_the_way());
    findings.extend(check::attachments(&world, opens));
    let mut steps: Vec<PlannedStep> = findings.iter().flat_map(|finding| finding.steps().iter().cloned()).collect();
    steps.sort_by_key(|step| step.step.rank());
    findings.extend(check::public_policy(&world, &steps));
    findings.extend(check::templates(&world, &steps));
    findings.sort_by_key(Finding::severity);
    Plan {
        caller: observed.caller.clone(),
        destination: destination(&world),
        expected_key: check::expected_key(&world),
        test_object: test_object(&world),
        test_files: observed.test_files.clone(),
        fresh_logs: request.kind.fresh_logs(&observed.sources, &world.place),
        expected_of_producer: check::expected_of_producer(&world),
        attachments: check::attached(&world),
        asked_for: asked_for(&world),
        proof: Proof::for_kind(&request.kind, &observed.sources, &world.place),
        place: world.place,
        writers: world.writers,
        findings,
        steps,
    }
}

/// Returns the requested settings other than the logs.
fn asked_for(world: &World<'_>) -> Vec<RequiredSetting> {
    let bucket = || world.place.bucket.clone();
    let tags = &world.request.tags;
    let tags = (!tags.is_empty()).then(|| Setting::BucketTags(bucket(), tags.clone()));
    let rules = check::rules_asked_for(world);
    let ids = rules.iter().map(|rule| rule.id.clone()).collect();
    let rules = (!rules.is_empty()).then(|| Setting::LifecycleRules { bucket: bucket(), ids, rules });
    tags.into_iter().chain(rules).map(RequiredSetting).collect()
}

/// No test object is written if Object Lock could keep it, or if the bucket's default key fails and the logs don't use
/// this key.
fn test_object(world: &World<'_>) -> Result<String, String> {
    if check::are_spared_a_failing_default(world) {
        return Err("the test object would be encrypted with the bucket's default key, which does not work; the reports don't use this key"
            .to_owned());
    }
    match world.bucket().map(|bucket| &bucket.object_lock) {
        Some(Seen::Present(lock)) if lock.default_retention.is_some() => Err("Object Lock would keep it".to_owned()),
        Some(Seen::Denied(denial)) => Err(format!("Object Lock might keep it: {denial}")),
        None | Some(Seen::Absent | Seen::Present(_)) => Ok(format!("{}{TEST_OBJECT}", world.place.prefix.folder())),
    }
}

/// Describes the destination and its new default encryption.
fn destination(world: &World<'_>) -> String {
    let target = match check::target(world) {
        check::TargetEncryption::Keep
            if world.bucket().is_none() && matches!(world.request.encryption, Encryption::SseKms(_)) =>
        {
            Some("SSE-KMS with a customer managed key")
        }
        check::TargetEncryption::Keep => None,
        check::TargetEncryption::SseS3 => Some("SSE-S3"),
        check::TargetEncryption::SseKms(_) => Some("SSE-KMS with a customer managed key"),
    };
    let Some(bucket) = world.bucket() else {
        return match &world.observed.destination {
            Destination::OtherRegion(region) => format!("a bucket in {region}"),
            Destination::Refused => "a bucket you can't access".to_owned(),
            Destination::LockedOut => "a bucket of your account that denies these credentials".to_owned(),
            Destination::Absent | Destination::Bucket(_) => format!("new bucket, {}", target.unwrap_or("SSE-S3")),
        };
    };
    let present = match &bucket.encryption {
        Seen::Denied(_) => "encryption unknown",
        Seen::Absent | Seen::Present(_) => world.present_kind().title(),
    };
    match target.filter(|target| *target != present) {
        Some(target) => format!("existing bucket, {present} -> {target}"),
        None => format!("existing bucket, {present}"),
    }
}
