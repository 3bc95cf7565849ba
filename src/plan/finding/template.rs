//! Findings about a resource that a template or an AWS service manages. The subject is the resource.

use crate::plan::TemplateTool;
use crate::plan::iac::TemplateMark;

use super::FindingId as Id;
use super::rule::FindingRule;

const CONTROLLER: &str = "https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#load-balancer-attributes";
const CONTROL_TOWER: &str = "https://docs.aws.amazon.com/controltower/latest/controlreference/mandatory-controls.html";
const DRIFT: &str = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html";
const ECS: &str = "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonECSInfrastructureRoleforExpressGatewayServices.html";
const TERRAFORM_DRIFT: &str = "https://developer.hashicorp.com/terraform/tutorials/state/resource-drift";

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum TemplateFinding {
    /// The resource's tags show a template.
    Marked {
        mark: TemplateMark,
        /// The number of the plan's changes to the resource.
        changes: usize,
    },
    /// The bucket's name is one of AWS Control Tower's.
    ControlTower,
    /// Amazon ECS manages the load balancer.
    Ecs,
}

impl TemplateFinding {
    pub(super) fn rule(&self) -> FindingRule {
        match self {
            Self::Marked { mark, .. } => FindingRule::warning(
                Id::ManagedByTemplate,
                match mark.tool {
                    TemplateTool::CloudFormation => DRIFT,
                    TemplateTool::Kubernetes => CONTROLLER,
                    TemplateTool::Terraform => TERRAFORM_DRIFT,
                },
            ),
            Self::ControlTower => FindingRule::warning(Id::ManagedByService, CONTROL_TOWER),
            Self::Ecs => FindingRule::warning(Id::ManagedByService, ECS),
        }
    }
}
