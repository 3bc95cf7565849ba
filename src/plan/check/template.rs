//! Does a template elsewhere describe a resource that the plan changes?

use std::collections::BTreeMap;

use crate::model::Seen;
use crate::plan::iac::{self, TemplateMark};
use crate::plan::plan_context::PlanContext;
use crate::plan::{Finding, Fix, InTemplate, PlannedStep, Step, TemplateFinding};

/// Returns a finding for each changed resource that a template elsewhere describes.
pub(in crate::plan) fn check(context: &PlanContext<'_>, steps: &[PlannedStep]) -> Vec<Finding> {
    let mut by_name: Vec<(&str, Vec<&Step>)> = Vec::new();
    for planned in steps.iter().filter(|planned| is_on_a_source_or_bucket(&planned.step)) {
        let name = planned.step.subject();
        match by_name.iter_mut().find(|(known, _)| *known == name) {
            Some((_, steps)) => steps.push(&planned.step),
            None => by_name.push((name, vec![&planned.step])),
        }
    }
    let of_resource = |(name, steps): (&str, Vec<&Step>)| {
        let (of_balancer, of_bucket): (Vec<&Step>, Vec<&Step>) =
            steps.into_iter().partition(|step| is_of_load_balancer(step));
        // A load balancer and a bucket may have the same name.
        [(source_tags(context, name), of_balancer), (bucket_tags(context, name), of_bucket)]
            .into_iter()
            .filter(|(_, steps)| !steps.is_empty())
            .filter_map(|(tags, steps)| Some(finding(name, iac::mark(tags?)?, &steps)))
            .collect::<Vec<_>>()
    };
    let of_services =
        by_name.iter().filter_map(|(name, steps)| managed_finding(context, name, steps)).collect::<Vec<_>>();
    of_services.into_iter().chain(by_name.into_iter().flat_map(of_resource)).collect()
}

fn is_on_a_source_or_bucket(step: &Step) -> bool {
    match step {
        Step::CreateKey { .. }
        | Step::EnableKeyRotation { .. }
        | Step::CreateAlias { .. }
        | Step::PutKeyPolicy { .. }
        | Step::CreateBucket { .. } => false,
        Step::PutBucketTags { .. }
        | Step::BlockPublicAccess { .. }
        | Step::PutBucketEncryption { .. }
        | Step::LetOwnerPay { .. }
        | Step::PutBucketPolicy { .. }
        | Step::PutExpiration { .. }
        | Step::SetSource(_) => true,
    }
}

fn is_of_load_balancer(step: &Step) -> bool {
    matches!(step, Step::SetSource(step) if step.slot.load_balancer().is_some())
}

fn source_tags<'a>(context: &PlanContext<'a>, name: &str) -> Option<&'a BTreeMap<String, String>> {
    context.observed.source_tags.get(name).and_then(Seen::present)
}

/// The destination's tags were read with its other settings.
fn bucket_tags<'a>(context: &PlanContext<'a>, name: &str) -> Option<&'a BTreeMap<String, String>> {
    match context.bucket().filter(|bucket| bucket.name.as_str() == name) {
        Some(bucket) => bucket.tags.present(),
        None => source_tags(context, name),
    }
}

fn finding(name: &str, mark: TemplateMark, steps: &[&Step]) -> Finding {
    let template = InTemplate {
        tool: mark.tool,
        stack: mark.stack.clone(),
        resource: mark.resource.clone(),
        by_cdk: mark.by_cdk,
        snippet: iac::snippet(&mark, steps),
    };
    Finding::new(name, TemplateFinding::Marked { mark, changes: steps.len() }, Fix::InTemplate(template))
}

/// Returns a finding for a resource that an AWS service manages itself. The service refuses or reverts the change.
fn managed_finding(context: &PlanContext<'_>, name: &str, steps: &[&Step]) -> Option<Finding> {
    let finding = |kind: TemplateFinding| Finding::new(name, kind, Fix::Nothing);
    // Control Tower does not protect tags.
    let forbidden = |step: &&Step| !matches!(step, Step::PutBucketTags { .. }) && !is_of_load_balancer(step);
    if name.starts_with("aws-controltower") && steps.iter().any(forbidden) {
        return Some(finding(TemplateFinding::ControlTower));
    }
    let tags = source_tags(context, name)?;
    let balanced = steps.iter().any(|step| is_of_load_balancer(step));
    (balanced && tags.get("AmazonECSManaged").is_some_and(|value| value == "true"))
        .then(|| finding(TemplateFinding::Ecs))
}
