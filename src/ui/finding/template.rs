//! Sentences about resources that a template or an AWS service manages.

use crate::plan::{TemplateFinding, TemplateMark, TemplateTool};

use super::Sentences;

pub(super) fn sentences(kind: &TemplateFinding, name: &str) -> Sentences {
    match kind {
        TemplateFinding::Marked { mark, changes } => marked(name, mark, *changes),
        TemplateFinding::ControlTower => Sentences::new(
            format!("`{name}` is an AWS Control Tower bucket, judging by its name"),
            "Control Tower's service control policies (SCPs) allow only the role `AWSControlTowerExecution` to change it, so AWS will refuse: use a bucket of your own",
        ),
        TemplateFinding::Ecs => Sentences::new(
            format!("`{name}` is managed by Amazon ECS (tag `AmazonECSManaged=true`)"),
            "ECS creates and changes such a load balancer itself; AWS does not document whether it keeps attributes set by others",
        ),
    }
}

fn marked(name: &str, mark: &TemplateMark, changes: usize) -> Sentences {
    let (change, it) = if changes == 1 { ("the change", "it") } else { ("the changes", "them") };
    match mark.tool {
        TemplateTool::CloudFormation => Sentences::new(
            stack_text(name, mark),
            format!("CloudFormation shows {change} as drift, and the next deployment of the stack may undo {it}"),
        ),
        TemplateTool::Kubernetes => Sentences::new(
            cluster_text(name, mark),
            format!("its controller may revert {change}, and a load balancer that it recreates will not have {it}"),
        ),
        TemplateTool::Terraform => Sentences::new(
            format!("`{name}` looks managed by Terraform (tag `{}`)", mark.looks.as_deref().unwrap_or_default()),
            format!("Terraform sees {change} as drift, and the next apply may undo {it}"),
        ),
    }
}

fn cluster_text(name: &str, mark: &TemplateMark) -> String {
    let from = mark.resource.as_ref().map(|object| format!(" from `{object}`")).unwrap_or_default();
    let cluster = mark.stack.as_ref().map(|cluster| format!(" of the cluster `{cluster}`")).unwrap_or_default();
    format!("`{name}` is created{from} by a load balancer controller{cluster}")
}

fn stack_text(name: &str, mark: &TemplateMark) -> String {
    let cdk = if mark.by_cdk { ", which the AWS CDK writes" } else { "" };
    match (&mark.resource, &mark.stack, &mark.looks) {
        (Some(id), Some(stack), _) => format!("`{name}` is `{id}` of the CloudFormation stack `{stack}`{cdk}"),
        (None, Some(stack), _) => format!("`{name}` belongs to the CloudFormation stack `{stack}`{cdk}"),
        (Some(id), None, _) => format!("`{name}` is `{id}` of a CloudFormation stack{cdk}"),
        (None, None, Some(tag)) => format!("`{name}` looks managed by the AWS CDK (tag `{tag}`)"),
        (None, None, None) => format!("`{name}` belongs to a CloudFormation stack{cdk}"),
    }
}
