//! Changes to resources that a template elsewhere describes: the resources, their tags, and the snippets.

use super::fixture::{KEY, World, bare, closed_key, denied, in_order, sse_kms, tags};
use crate::model::{KeyChoice, Seen};
use crate::plan::{Finding, TemplateTool};
use crate::producer::{Aggregation, Producer, Source};
use crate::request::Expiry;

const STACK: &str = "aws:cloudformation:stack-name";
const LOGICAL_ID: &str = "aws:cloudformation:logical-id";

fn warnings(world: &World) -> Vec<Finding> {
    world.plan().findings.into_iter().filter(|finding| finding.id().as_str() == "managed-by-template").collect()
}

/// Returns each warning's subject and the logical ID in the template.
fn reported(world: &World) -> Vec<(String, String)> {
    let resource = |finding: &Finding| finding.in_template().unwrap().resource.clone().unwrap_or_default();
    warnings(world).iter().map(|finding| (finding.subject.clone(), resource(finding))).collect()
}

fn pair(subject: &str, resource: &str) -> (String, String) {
    (subject.to_owned(), resource.to_owned())
}

fn tag_source(world: &mut World, name: &str, resource: &str) {
    let of = tags(&[(STACK, "edge"), (LOGICAL_ID, resource)]);
    world.observed.source_tags.insert(name.to_owned(), Seen::Present(of));
}

fn tag_destination(world: &mut World, resource: &str) {
    world.bucket().tags = Seen::Present(tags(&[(STACK, "storage"), (LOGICAL_ID, resource)]));
}

#[test]
fn each_changed_resource_of_a_stack_is_reported_once() {
    for (producer, source) in [(Producer::Alb, "web"), (Producer::S3Access, "app-data")] {
        let mut world = bare(producer);
        assert_eq!(reported(&world), [], "{producer}: no tags");
        tag_source(&mut world, source, "Source");
        assert_eq!(reported(&world), [pair(source, "Source")], "{producer}");
        tag_destination(&mut world, "Logs");
        assert_eq!(reported(&world), [pair("acme-logs", "Logs"), pair(source, "Source")], "{producer}");
        world.observed.source_tags.insert(source.to_owned(), denied("tag:GetResources"));
        assert_eq!(reported(&world), [pair("acme-logs", "Logs")], "{producer}");
        world.bucket().tags = denied("s3:GetBucketTagging");
        assert_eq!(reported(&world), [], "{producer}: not to be seen");
    }
    // An unchanged resource gets no warning.
    let mut quiet = in_order(Producer::Alb);
    tag_source(&mut quiet, "web", "Source");
    tag_destination(&mut quiet, "Logs");
    assert_eq!(reported(&quiet), []);
}

#[test]
fn a_template_warning_includes_the_properties_to_write() {
    let mut world = bare(Producer::Alb);
    tag_source(&mut world, "web", "Source");
    world.bucket().tags = Seen::Present(tags(&[("ManagedBy", "terraform")]));
    let warnings = warnings(&world);
    let [bucket, source] = warnings.as_slice() else { panic!("{warnings:?}") };
    let template = source.in_template().unwrap();
    assert_eq!(
        (template.tool, template.stack.as_deref(), template.by_cdk),
        (TemplateTool::CloudFormation, Some("edge"), false)
    );
    assert!(template.snippet.contains("Type: AWS::ElasticLoadBalancingV2::LoadBalancer"), "{}", template.snippet);
    assert!(!template.snippet.contains("Policy"), "{}", template.snippet);
    let template = bucket.in_template().unwrap();
    assert_eq!((template.tool, template.stack.as_deref(), template.by_cdk), (TemplateTool::Terraform, None, false));
    assert!(template.snippet.contains("resource \"aws_s3_bucket_policy\" \"acme-logs\""), "{}", template.snippet);
    assert_eq!(bucket.what(), "`acme-logs` looks managed by Terraform (tag `ManagedBy=terraform`)");
    // Other findings have no template.
    assert!(world.finding("policy-grant").in_template().is_none());
}

#[test]
fn a_flow_log_of_a_stack_is_reported_if_it_is_replaced() {
    let vpc = "vpc-0a1b2c3d4e5f60718";
    let mut world = in_order(Producer::VpcFlow);
    let run = ("logbucket", "run-0000000000000007");
    world.flow_log().settings.tags = tags(&[(STACK, "net"), (LOGICAL_ID, "Main"), ("team", "net"), run]);
    assert_eq!(reported(&world), []);
    world.draft.choices.flow.aggregation = Some(Aggregation::Minute);
    assert_eq!(reported(&world), [pair("fl-0a1b2c3d4e5f60718", "Main")]);
    let snippet = warnings(&world).remove(0).in_template().unwrap().snippet.clone();
    assert!(snippet.contains("MaxAggregationInterval: 60") && snippet.contains("Key: team"), "{snippet}");
    assert!(!snippet.contains("cloudformation:") && !snippet.contains("run-"), "{snippet}");
    // The network is in a stack, too. Its logical ID is not that of the flow log.
    tag_source(&mut world, vpc, "Vpc");
    assert_eq!(reported(&world), [pair("fl-0a1b2c3d4e5f60718", "Main")]);
    world.flow_log().settings.tags.clear();
    assert_eq!(reported(&world), [pair(vpc, "")]);
}

#[test]
fn a_load_balancer_named_like_the_bucket_is_distinguished_by_its_own_tags() {
    let mut world = bare(Producer::Alb);
    let Some(Source::LoadBalancer(balancer)) = world.observed.sources.first_mut() else { panic!("a bucket") };
    balancer.name = "acme-logs".to_owned();
    world.draft.sources = vec!["acme-logs".to_owned()];
    // The source's tags say nothing about the bucket.
    tag_source(&mut world, "acme-logs", "Web");
    assert_eq!(reported(&world), [pair("acme-logs", "Web")]);
    assert!(warnings(&world)[0].in_template().unwrap().snippet.contains("LoadBalancerAttributes"));
    tag_destination(&mut world, "Logs");
    assert_eq!(reported(&world), [pair("acme-logs", "Web"), pair("acme-logs", "Logs")]);
    let snippet = |index: usize| warnings(&world)[index].in_template().unwrap().snippet.clone();
    assert!(snippet(0).contains("LoadBalancerAttributes") && !snippet(0).contains("LogsPolicy"), "{}", snippet(0));
    assert!(snippet(1).contains("LogsPolicy") && !snippet(1).contains("LoadBalancerAttributes"), "{}", snippet(1));
    // The bucket's tags say nothing about the load balancer.
    world.observed.source_tags.clear();
    assert_eq!(reported(&world), [pair("acme-logs", "Logs")]);
}

#[test]
fn one_change_is_singular_and_several_are_plural() {
    let mut world = bare(Producer::Alb);
    tag_destination(&mut world, "Logs");
    let why = |world: &World| warnings(world)[0].why().clone();
    let one = "CloudFormation shows the change as drift, and the next deployment of the stack may undo it";
    let several = "CloudFormation shows the changes as drift, and the next deployment of the stack may undo them";
    assert_eq!(why(&world), one);
    world.draft.expiry = Expiry::Chosen(Some(30));
    assert_eq!(why(&world), several);
    world.bucket().tags = Seen::Present(tags(&[("terraform", "true")]));
    assert_eq!(why(&world), "Terraform sees the changes as drift, and the next apply may undo them");
    world.draft.expiry = Expiry::Chosen(None);
    assert_eq!(why(&world), "Terraform sees the change as drift, and the next apply may undo it");
}

#[test]
fn a_change_to_a_key_is_not_reported_as_a_change_to_the_bucket() {
    // No template describes a key that is created for the bucket.
    let mut world = in_order(Producer::Nlb);
    world.draft.kms_key = Some(KeyChoice::Create);
    tag_destination(&mut world, "Logs");
    let steps: Vec<_> = world.plan().steps.iter().map(|planned| planned.step.api()).collect();
    assert_eq!(steps[..3], ["kms:CreateKey", "kms:EnableKeyRotation", "kms:CreateAlias"]);
    assert_eq!(steps[3], "s3:PutBucketEncryption");
    assert!(warnings(&world)[0].why().starts_with("CloudFormation shows the change as drift"));
    // A source with the key's ID as its name is a different resource.
    let mut world = in_order(Producer::Nlb);
    world.bucket().encryption = Seen::Present(sse_kms(Some(KEY)));
    world.observed.default_key = Seen::Present(closed_key());
    world.draft.kms_key = Some(KEY.parse().unwrap());
    assert_eq!(world.step("kms:PutKeyPolicy").subject(), "1234abcd-12ab-34cd-56ef-1234567890ab");
    tag_source(&mut world, "1234abcd-12ab-34cd-56ef-1234567890ab", "Other");
    assert_eq!(reported(&world), []);
}

#[test]
fn a_stack_is_described_with_all_that_is_known() {
    let cases: [(&[(&str, &str)], &str); 6] = [
        (&[(STACK, "edge"), (LOGICAL_ID, "Logs")], "is `Logs` of the CloudFormation stack `edge`"),
        (&[(STACK, "edge")], "belongs to the CloudFormation stack `edge`"),
        (&[(LOGICAL_ID, "Logs")], "is `Logs` of a CloudFormation stack"),
        (&[("aws-cdk:own", "1")], "looks managed by the AWS CDK (tag `aws-cdk:own=1`)"),
        (&[("aws:cloudformation:stack-id", "odd")], "belongs to a CloudFormation stack"),
        (
            &[(STACK, "edge"), ("aws-cdk:own", "1")],
            "belongs to the CloudFormation stack `edge`, which the AWS CDK writes",
        ),
    ];
    for (of, expected) in cases {
        let mut world = bare(Producer::Alb);
        world.bucket().tags = Seen::Present(tags(of));
        assert_eq!(warnings(&world)[0].what(), format!("`acme-logs` {expected}"));
    }
}

#[test]
fn a_load_balancer_of_a_kubernetes_cluster_is_reported_with_its_annotation() {
    for (key, value, name) in [
        ("elbv2.k8s.aws/cluster", "prod", "alb.ingress"),
        ("ingress.k8s.aws/stack", "shop/web", "alb.ingress"),
        ("ingress.eks.amazonaws.com/stack", "shop/web", "alb.ingress"),
    ] {
        let mut world = bare(Producer::Alb);
        // Only the controller matters, not the author of the manifest.
        let of = tags(&[(key, value), ("ManagedBy", "terraform")]);
        world.observed.source_tags.insert("web".to_owned(), Seen::Present(of));
        let warnings = warnings(&world);
        let template = warnings[0].in_template().unwrap();
        assert_eq!(template.tool, TemplateTool::Kubernetes, "{key}");
        assert!(template.snippet.contains(name) && template.snippet.contains("acme-logs"), "{}", template.snippet);
    }
}
