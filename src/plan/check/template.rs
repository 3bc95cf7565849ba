//! Does a template elsewhere describe a resource that the plan changes?

use std::collections::BTreeMap;

use crate::model::Seen;
use crate::plan::iac::{self, TemplateMark};
use crate::plan::plan_context::PlanContext;
use crate::plan::{Finding, Fix, InTemplate, PlannedStep, Step, TemplateFinding};

/// Returns a finding for each changed resource that a template elsewhere describes.
pub(in crate::plan) fn check(context: &PlanContext<'_>, steps: &[PlannedStep]) -> Vec<Finding> {
    let (replaced, sources): (Vec<Finding>, Vec<&str>) = steps.iter().filter_map(|of| replaced(of, steps)).unzip();
    let is_reported = |step: &Step| step.attaches() && sources.contains(&step.subject());
    let mut by_name: Vec<(&str, Vec<&Step>)> = Vec::new();
    for planned in steps.iter().filter(|of| is_on_a_source_or_bucket(&of.step) && !is_reported(&of.step)) {
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
            .filter_map(|(tags, steps)| {
                let mark = iac::mark(tags?)?;
                // A new resource of the source is not the source's own resource in the template.
                let is_new = steps.iter().any(|step| step.is_of_resource());
                let resource = mark.resource.clone().filter(|_| !is_new);
                Some(finding(name, mark, resource, &steps))
            })
            .collect::<Vec<_>>()
    };
    let of_services =
        by_name.iter().filter_map(|(name, steps)| managed_finding(context, name, steps)).collect::<Vec<_>>();
    replaced.into_iter().chain(of_services).chain(by_name.into_iter().flat_map(of_resource)).collect()
}

/// Returns a finding for a source's own resource that the plan deletes, if a template describes this resource. The
/// template must describe the one that the plan creates instead. Also returns the source.
fn replaced<'a>(planned: &'a PlannedStep, steps: &'a [PlannedStep]) -> Option<(Finding, &'a str)> {
    let (id, tags) = planned.step.deleted_resource()?;
    let source = planned.step.subject();
    let is_new = |step: &&Step| step.attaches() && step.subject() == source && step.deleted_resource().is_none();
    let new: Vec<&Step> = steps.iter().map(|planned| &planned.step).filter(is_new).collect();
    let mark = iac::mark(tags)?;
    let resource = mark.resource.clone();
    Some((finding(id, mark, resource, &new), source))
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

/// `resource` is the logical ID of the resource that the steps change, if known.
fn finding(name: &str, mark: TemplateMark, resource: Option<String>, steps: &[&Step]) -> Finding {
    let template = InTemplate {
        tool: mark.tool,
        stack: mark.stack.clone(),
        snippet: iac::snippet(&TemplateMark { resource: resource.clone(), ..mark.clone() }, steps),
        resource,
        by_cdk: mark.by_cdk,
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
