//! Does a template elsewhere describe a resource that the plan changes?

use std::collections::BTreeMap;

use crate::model::Seen;
use crate::plan::iac::{self, Mark, Tool};
use crate::plan::world::World;
use crate::plan::{Finding, FindingId, Fix, InTemplate, PlannedStep, Severity, Step};

const DRIFT: &str = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html";
const CONTROLLER: &str = "https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#load-balancer-attributes";
const CONTROL_TOWER: &str = "https://docs.aws.amazon.com/controltower/latest/controlreference/mandatory-controls.html";
const ECS: &str = "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonECSInfrastructureRoleforExpressGatewayServices.html";
const TERRAFORM_DRIFT: &str = "https://developer.hashicorp.com/terraform/tutorials/state/resource-drift";

/// Returns a finding for each changed resource that a template elsewhere describes.
pub(in crate::plan) fn check(world: &World<'_>, steps: &[PlannedStep]) -> Vec<Finding> {
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
        [(source_tags(world, name), of_balancer), (bucket_tags(world, name), of_bucket)]
            .into_iter()
            .filter(|(_, steps)| !steps.is_empty())
            .filter_map(|(tags, steps)| Some(finding(name, &iac::mark(tags?)?, &steps)))
            .collect::<Vec<_>>()
    };
    let of_services = by_name.iter().filter_map(|(name, steps)| of_service(world, name, steps)).collect::<Vec<_>>();
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

fn source_tags<'a>(world: &World<'a>, name: &str) -> Option<&'a BTreeMap<String, String>> {
    world.observed.source_tags.get(name).and_then(Seen::present)
}

/// The destination's tags were read with its other settings.
fn bucket_tags<'a>(world: &World<'a>, name: &str) -> Option<&'a BTreeMap<String, String>> {
    match world.bucket().filter(|bucket| bucket.name.as_str() == name) {
        Some(bucket) => bucket.tags.present(),
        None => source_tags(world, name),
    }
}

fn finding(name: &str, mark: &Mark, steps: &[&Step]) -> Finding {
    let (change, it) = if steps.len() == 1 { ("the change", "it") } else { ("the changes", "them") };
    let (what, why, page) = match mark.tool {
        Tool::CloudFormation => (
            of_stack(name, mark),
            format!("CloudFormation shows {change} as drift, and the next deployment of the stack may undo {it}"),
            DRIFT,
        ),
        Tool::Kubernetes => (
            of_cluster(name, mark),
            format!("its controller may revert {change}, and a load balancer that it recreates will not have {it}"),
            CONTROLLER,
        ),
        Tool::Terraform => (
            format!("`{name}` looks managed by Terraform (tag `{}`)", mark.looks.as_deref().unwrap_or_default()),
            format!("Terraform sees {change} as drift, and the next apply may undo {it}"),
            TERRAFORM_DRIFT,
        ),
    };
    Finding {
        id: FindingId::ManagedByTemplate,
        severity: Severity::Warning,
        subject: name.to_owned(),
        what,
        why,
        page,
        fix: Fix::InTemplate(InTemplate {
            tool: mark.tool,
            stack: mark.stack.clone(),
            resource: mark.resource.clone(),
            by_cdk: mark.by_cdk,
            snippet: iac::snippet(mark, steps),
        }),
    }
}

fn of_cluster(name: &str, mark: &Mark) -> String {
    let from = mark.resource.as_ref().map(|object| format!(" from `{object}`")).unwrap_or_default();
    let cluster = mark.stack.as_ref().map(|cluster| format!(" of the cluster `{cluster}`")).unwrap_or_default();
    format!("`{name}` is created{from} by a load balancer controller{cluster}")
}

/// Returns a finding for a resource that an AWS service manages itself. The service refuses or reverts the change.
fn of_service(world: &World<'_>, name: &str, steps: &[&Step]) -> Option<Finding> {
    let finding = |what: String, why: &str, page| Finding {
        id: FindingId::ManagedByService,
        severity: Severity::Warning,
        subject: name.to_owned(),
        what,
        why: why.to_owned(),
        page,
        fix: Fix::Nothing,
    };
    // Control Tower does not protect tags.
    let forbidden = |step: &&Step| !matches!(step, Step::PutBucketTags { .. }) && !is_of_load_balancer(step);
    if name.starts_with("aws-controltower") && steps.iter().any(forbidden) {
        return Some(finding(
            format!("`{name}` is an AWS Control Tower bucket, judging by its name"),
            "Control Tower's service control policies (SCPs) allow only the role `AWSControlTowerExecution` to change it, so AWS will refuse: use a bucket of your own",
            CONTROL_TOWER,
        ));
    }
    let tags = source_tags(world, name)?;
    let balanced = steps.iter().any(|step| is_of_load_balancer(step));
    (balanced && tags.get("AmazonECSManaged").is_some_and(|value| value == "true")).then(|| {
        finding(
            format!("`{name}` is managed by Amazon ECS (tag `AmazonECSManaged=true`)"),
            "ECS creates and changes such a load balancer itself; AWS does not document whether it keeps attributes set by others",
            ECS,
        )
    })
}

fn of_stack(name: &str, mark: &Mark) -> String {
    let cdk = if mark.by_cdk { ", which the AWS CDK writes" } else { "" };
    match (&mark.resource, &mark.stack, &mark.looks) {
        (Some(id), Some(stack), _) => format!("`{name}` is `{id}` of the CloudFormation stack `{stack}`{cdk}"),
        (None, Some(stack), _) => format!("`{name}` belongs to the CloudFormation stack `{stack}`{cdk}"),
        (Some(id), None, _) => format!("`{name}` is `{id}` of a CloudFormation stack{cdk}"),
        (None, None, Some(tag)) => format!("`{name}` looks managed by the AWS CDK (tag `{tag}`)"),
        (None, None, None) => format!("`{name}` belongs to a CloudFormation stack{cdk}"),
    }
}
