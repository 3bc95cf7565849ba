//! Does the bucket exist, in this account and the right Region? If not, the plan creates it with all settings.

use crate::model::Namespace;
use crate::plan::plan_context::PlanContext;
use crate::plan::{DestinationFinding, Finding, Fix, Hint, PlannedStep, Step};
use crate::state::BucketState;

pub(super) fn check(context: &PlanContext<'_>) -> Vec<Finding> {
    let (bucket, owner, here) = (&context.destination.bucket, &context.destination.owner, &context.destination.region);
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
        && context.observed.destination == BucketState::Absent
    {
        findings.push(refuse(DestinationFinding::NoAccountNames { region }));
    }
    match &context.observed.destination {
        BucketState::Bucket(_) => {}
        BucketState::Absent => findings.push(absent(context)),
        BucketState::Refused => {
            let own_name = bucket.within_account(owner, here);
            findings.push(refuse(DestinationFinding::Refused { account: owner.clone(), own_name }));
        }
        BucketState::LockedOut => {
            let partition = context.destination.partition;
            findings.push(refuse(DestinationFinding::LockedOut { account: owner.clone(), partition }));
        }
        BucketState::OtherRegion(region) => findings.push(refuse(DestinationFinding::OtherRegion {
            producer: context.producer(),
            region: region.clone(),
            of_source: here.clone(),
        })),
    }
    findings
}

fn absent(context: &PlanContext<'_>) -> Finding {
    let bucket = context.destination.bucket.clone();
    let create = Step::CreateBucket {
        bucket: bucket.clone(),
        region: context.destination.region.clone(),
        namespace: bucket.namespace(),
        tags: context.request.tags.clone(),
    };
    let steps =
        vec![PlannedStep::creates(create), PlannedStep::creates(Step::BlockPublicAccess { bucket: bucket.clone() })];
    let kind = DestinationFinding::ToCreate { region: context.destination.region.clone() };
    Finding::new(bucket.as_str(), kind, Fix::Steps(steps))
}
