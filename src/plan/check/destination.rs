//! Does the bucket exist, in this account and the right Region? If not, the plan creates it with all settings.

use crate::model::Namespace;
use crate::plan::world::World;
use crate::plan::{DestinationFinding, Finding, Fix, Hint, PlannedStep, Step};
use crate::state::Destination;

pub(super) fn check(world: &World<'_>) -> Vec<Finding> {
    let (bucket, owner, here) = (&world.place.bucket, &world.place.owner, &world.place.region);
    let refuse = |kind: DestinationFinding| Finding::new(bucket.as_str(), kind, Fix::Impossible(Hint::OfKind));
    let mut findings = Vec::new();
    if let Namespace::AccountRegional { account, region } = bucket.namespace()
        && (account != *owner || region != *here)
    {
        let (own_account, own_region) = (owner.clone(), here.clone());
        findings.push(refuse(DestinationFinding::Reserved { account, region, own_account, own_region }));
    }
    if let Namespace::AccountRegional { region, .. } = bucket.namespace()
        && !region.has_account_names()
        && world.observed.destination == Destination::Absent
    {
        findings.push(refuse(DestinationFinding::NoAccountNames { region }));
    }
    match &world.observed.destination {
        Destination::Bucket(_) => {}
        Destination::Absent => findings.push(absent(world)),
        Destination::Refused => {
            let own_name = bucket.within_account(owner, here);
            findings.push(refuse(DestinationFinding::Refused { account: owner.clone(), own_name }));
        }
        Destination::LockedOut => {
            let partition = world.place.partition;
            findings.push(refuse(DestinationFinding::LockedOut { account: owner.clone(), partition }));
        }
        Destination::OtherRegion(region) => findings.push(refuse(DestinationFinding::OtherRegion {
            producer: world.producer(),
            region: region.clone(),
            of_source: here.clone(),
        })),
    }
    findings
}

fn absent(world: &World<'_>) -> Finding {
    let bucket = world.place.bucket.clone();
    let create = Step::CreateBucket {
        bucket: bucket.clone(),
        region: world.place.region.clone(),
        namespace: bucket.namespace(),
        tags: world.request.tags.clone(),
    };
    let steps =
        vec![PlannedStep::creates(create), PlannedStep::creates(Step::BlockPublicAccess { bucket: bucket.clone() })];
    let kind = DestinationFinding::ToCreate { region: world.place.region.clone() };
    Finding::new(bucket.as_str(), kind, Fix::Steps(steps))
}
