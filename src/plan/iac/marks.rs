//! Recognizes tags that show that a template describes a resource.
//!
//! `CloudFormation`'s tags are certain, because only AWS can set them. Terraform sets no tags, so logbucket looks for
//! tags that people commonly write, and reports them as a likely sign. A name that contains `terraform` is not a sign:
//! a bucket with Terraform's state is often created by hand.

use std::collections::BTreeMap;

/// The tool that manages a resource.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TemplateTool {
    /// A `CloudFormation` stack, whoever wrote its template.
    CloudFormation,
    /// A Kubernetes manifest, from which a controller creates the load balancer.
    Kubernetes,
    /// Terraform or `OpenTofu`.
    Terraform,
}

impl TemplateTool {
    /// Returns the value in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CloudFormation => "cloudformation",
            Self::Kubernetes => "kubernetes",
            Self::Terraform => "terraform",
        }
    }
}

/// The result of reading the tags.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TemplateMark {
    pub tool: TemplateTool,
    /// The stack's name, if known.
    pub stack: Option<String>,
    /// The logical ID in the stack's template, if known.
    pub resource: Option<String>,
    /// The tag, for marks that are only a convention.
    pub looks: Option<String>,
    /// Whether the AWS CDK generates the template.
    pub by_cdk: bool,
}

/// Returns the tool that manages a resource, if the resource's tags show it.
pub(in crate::plan) fn mark(tags: &BTreeMap<String, String>) -> Option<TemplateMark> {
    from_cloudformation_tags(tags).or_else(|| from_kubernetes_tags(tags)).or_else(|| from_terraform_tags(tags))
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html>. The CDK adds its
/// own tags to some resources, such as `aws-cdk:auto-delete-objects`
/// (<https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_s3.Bucket.html>).
fn from_cloudformation_tags(tags: &BTreeMap<String, String>) -> Option<TemplateMark> {
    let tag = |name: &str| tags.get(&format!("aws:cloudformation:{name}")).cloned();
    let (stack, id, resource) = (tag("stack-name"), tag("stack-id"), tag("logical-id"));
    let cdk = tags.iter().find(|(key, _)| key.starts_with("aws-cdk:") || key.starts_with("aws:cdk:"));
    let certain = stack.is_some() || id.is_some() || resource.is_some();
    let looks = if certain { None } else { Some(shown(cdk?)) };
    // arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/UUID
    let named = id.and_then(|id| id.split('/').nth(1).map(str::to_owned));
    Some(TemplateMark {
        tool: TemplateTool::CloudFormation,
        stack: stack.or(named),
        resource,
        looks,
        by_cdk: cdk.is_some(),
    })
}

/// Tags of the AWS Load Balancer Controller and of EKS Auto Mode. Their value is the object from which the load
/// balancer is created. The tags for a Service come first
/// (<https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/>,
/// <https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-alb.html>).
const STACKS: [&str; 4] = [
    "service.k8s.aws/stack",
    "service.eks.amazonaws.com/stack",
    "ingress.k8s.aws/stack",
    "ingress.eks.amazonaws.com/stack",
];

/// Tags whose value is the cluster.
const CLUSTERS: [&str; 2] = ["elbv2.k8s.aws/cluster", "eks:eks-cluster-name"];

fn from_kubernetes_tags(tags: &BTreeMap<String, String>) -> Option<TemplateMark> {
    let first = |keys: &[&'static str]| keys.iter().find_map(|key| Some((*key, tags.get(*key)?.clone())));
    let (stack, cluster) = (first(&STACKS), first(&CLUSTERS));
    if stack.is_none() && cluster.is_none() {
        return None;
    }
    let looks = stack.as_ref().or(cluster.as_ref()).map(|(key, value)| format!("{key}={value}"));
    let (stack, cluster) = (stack.map(|(_, value)| value), cluster.map(|(_, value)| value));
    Some(TemplateMark { tool: TemplateTool::Kubernetes, stack: cluster, resource: stack, looks, by_cdk: false })
}

/// Keys whose value names the tool.
const MANAGERS: [&str; 8] =
    ["managedby", "createdby", "provisionedby", "deployedby", "provisioner", "iac", "iactool", "tool"];

/// The tool's names in the values of the keys above. Terragrunt runs Terraform.
const NAMES: [&str; 4] = ["terraform", "opentofu", "tofu", "terragrunt"];

/// Prefixes of keys that only the tool's users write.
const FAMILIES: [&str; 4] = ["terraform:", "terraform/", "tf:", "hashicorp"];

fn from_terraform_tags(tags: &BTreeMap<String, String>) -> Option<TemplateMark> {
    let tells = |(key, value): &(&String, &String)| {
        let (key, value) = (key.to_ascii_lowercase(), value.to_ascii_lowercase());
        let word: String = key.chars().filter(char::is_ascii_alphanumeric).collect();
        let first = value.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        if key.starts_with("aws:") {
            return false;
        }
        match word.as_str() {
            "terraform" | "opentofu" => !matches!(value.as_str(), "false" | "no" | "0" | "off" | "none" | "n/a"),
            manager if MANAGERS.contains(&manager) => NAMES.contains(&first),
            _ => FAMILIES.iter().any(|family| key.starts_with(family)),
        }
    };
    let looks = tags.iter().find(tells).map(shown)?;
    Some(TemplateMark { tool: TemplateTool::Terraform, stack: None, resource: None, looks: Some(looks), by_cdk: false })
}

fn shown((key, value): (&String, &String)) -> String {
    format!("{key}={value}")
}
