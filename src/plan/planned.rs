//! The plan.

use std::collections::BTreeMap;

use crate::model::{Encryption, LogType};
use crate::producer::{Place, Proof, Writer};
use crate::request::Request;
use crate::state::{Identity, ObjectStamp, Observed};

use super::check;
use super::world::World;
use super::{Finding, PlannedStep};

/// What a run found and will do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Plan {
    /// Who is calling.
    pub caller: Identity,
    /// Where logs are to be written.
    pub place: Place,
    /// The sources.
    pub writers: Vec<Writer>,
    /// What the destination will be, in words.
    pub destination: String,
    /// Everything found, worst first.
    pub findings: Vec<Finding>,
    /// The steps, in the order they are carried out.
    pub steps: Vec<PlannedStep>,
    /// What will prove delivery.
    pub proof: Proof,
    /// The key of the test object; nothing where Object Lock would keep it for the length of its default retention.
    pub test_object: Option<String>,
    /// The test files that stood at the destination before the run.
    pub test_files: BTreeMap<LogType, ObjectStamp>,
    /// The default encryption that the test object must show: a key's ARN where it is known, or nothing for SSE-S3.
    pub expected_key: ExpectedKey,
}

/// The key that an object written by the bucket's default will show.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ExpectedKey {
    /// None: SSE-S3.
    None,
    /// This key.
    Known(String),
    /// The key that the plan creates.
    Created,
    /// Not to be judged: the setting could not be read.
    Unknown,
}

/// What to do about a request, given what was seen.
pub fn plan(request: &Request, observed: &Observed) -> Plan {
    let world = World::new(request, observed);
    let mut findings = check::all(&world);
    let opens = findings.iter().flat_map(Finding::steps).any(|step| step.step.opens_the_way());
    findings.extend(check::attachments(&world, opens));
    let mut steps: Vec<PlannedStep> = findings.iter().flat_map(|finding| finding.steps().iter().cloned()).collect();
    steps.sort_by_key(|step| step.step.rank());
    findings.sort_by_key(|finding| finding.severity);
    let names: Vec<String> = world.writers.iter().map(|writer| writer.name.clone()).collect();
    Plan {
        caller: observed.caller.clone(),
        destination: destination(&world),
        expected_key: check::expected_key(&world),
        test_object: test_object(&world),
        test_files: observed.test_files.clone(),
        proof: Proof::of(&request.kind, &names, &world.place),
        place: world.place,
        writers: world.writers,
        findings,
        steps,
    }
}

fn test_object(world: &World<'_>) -> Option<String> {
    let lock = world.bucket().and_then(|bucket| bucket.object_lock.present());
    let kept = lock.is_some_and(|lock| lock.default_retention.is_some());
    (!kept).then(|| format!("{}logbucket-test-object", world.place.prefix.folder()))
}

fn destination(world: &World<'_>) -> String {
    let state = if world.bucket().is_some() { "existing bucket" } else { "new bucket" };
    let encryption = match (&world.request.encryption, check::target(world)) {
        (Encryption::Unstated, check::Target::Keep) if world.bucket().is_some() => {
            world.present_kind().title().to_owned()
        }
        (_, check::Target::SseKms(_)) => "SSE-KMS with a customer managed key".to_owned(),
        (_, check::Target::SseS3) => "SSE-S3".to_owned(),
        (_, check::Target::Keep) => world.present_kind().title().to_owned(),
    };
    format!("{state}, {encryption}")
}
