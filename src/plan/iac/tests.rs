//! Marks, and snippets for every step with every kind of value.

use serde_json::json;

use super::*;
use crate::model::{KeySlot, Moment};
use crate::producer::{KeyFormat, Logging, NewInventory, OwnEncryption, PartitionDate, ReportKey, SourceStep};
use crate::state::{ExpirationRule, RuleRest, Transition};

const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-aabbccddeeff";

const POLICY: &str = r#"{
    "Version": "2012-10-17",
    "Statement": [{
        "Sid": "Theirs",
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["s3:PutObject", "s3:DeleteObject"],
        "Resource": "arn:aws:s3:::acme-logs/home/${aws:username}/*",
        "Condition": {
            "Bool": { "aws:SecureTransport": false },
            "StringNotLike": { "aws:UserAgent": "a \"b\" $${c} %{ if } \\ \u001b[31m\u2028d" }
        }
    }]
}"#;

fn tags(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect()
}

fn stack_mark(resource: Option<&str>) -> TemplateMark {
    let stack = Some("edge".to_owned());
    let resource = resource.map(str::to_owned);
    TemplateMark { tool: TemplateTool::CloudFormation, stack, resource, looks: None, by_cdk: false }
}

fn terraform_mark() -> TemplateMark {
    mark(&tags(&[("Terraform", "true")])).unwrap()
}

fn balancer(before: &[(&str, &str)], logs: &[&str], prefix: &str) -> Step {
    let attributes = logs.iter().flat_map(|log| {
        [("enabled", "true"), ("bucket", "acme-logs"), ("prefix", prefix)]
            .map(|(end, value)| (format!("{log}_logs.s3.{end}"), value.to_owned()))
    });
    let arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/web/50dc6c495c0c9188";
    let (arn, name) = (arn.parse().unwrap(), "web".to_owned());
    Step::SetSource(SourceStep::for_load_balancer(arn, name, &tags(before), attributes.collect()))
}

fn logging(key_format: KeyFormat, prefix: &str) -> Step {
    let logging = Logging {
        bucket: "s3-logs".to_owned(),
        prefix: prefix.to_owned(),
        key_format,
        format_is_said: true,
        grants: Vec::new(),
    };
    Step::SetSource(SourceStep::for_logging("acme-logs".parse().unwrap(), "us-east-1".parse().unwrap(), None, logging))
}

fn inventory(key: Option<KeySlot>, prefix: &str, fields: &[&str]) -> Step {
    let field = |name: &&str| crate::producer::InventoryField::named(name).unwrap();
    let inventory = NewInventory {
        id: "logbucket".parse().unwrap(),
        bucket_arn: "arn:aws:s3:::inv-logs".to_owned(),
        account: "111122223333".parse().unwrap(),
        prefix: prefix.to_owned(),
        format: crate::producer::InventoryFormat::Csv,
        frequency: crate::producer::InventoryFrequency::Daily,
        versions: crate::producer::InventoryVersions::Current,
        fields: fields.iter().map(field).collect(),
        other_fields: Vec::new(),
        filter: None,
        encryption: key.map_or(OwnEncryption::SseS3, |key| OwnEncryption::SseKms(ReportKey::Slot(key))),
    };
    Step::SetSource(SourceStep::for_inventory(
        "acme-logs".parse().unwrap(),
        "us-east-1".parse().unwrap(),
        None,
        inventory,
    ))
}

fn encryption(key: Option<KeySlot>, blocked: &[&str]) -> Step {
    Step::PutBucketEncryption {
        bucket: "acme-logs".parse().unwrap(),
        before: None,
        key,
        bucket_key: false,
        blocked: blocked.iter().map(|&kind| kind.to_owned()).collect(),
    }
}

fn expiration() -> Step {
    let rule = |prefix: &str| ExpirationRule {
        id: format!("logbucket-expire-{prefix}"),
        enabled: true,
        prefix: prefix.to_owned(),
        narrower: false,
        days: Some(90),
        date: None,
        rest: RuleRest::default(),
    };
    let to = |class: &str| Transition { class: Some(class.to_owned()), days: Some(30), ..Transition::default() };
    let rest = RuleRest {
        transitions: vec![
            to("GLACIER_IR"),
            Transition { days: None, date: Some(Moment(1_798_761_600)), ..to("GLACIER") },
        ],
        noncurrent_transitions: vec![Transition { newer_versions: Some(1), ..to("DEEP_ARCHIVE") }],
        noncurrent_expiration: Some((Some(90), Some(3))),
        abort_uploads_after: Some(7),
        ..RuleRest::default()
    };
    let rules = vec![rule("alb/AWSLogs/"), ExpirationRule { rest, ..rule("") }];
    Step::PutExpiration { bucket: "acme-logs".parse().unwrap(), before: Vec::new(), rules }
}

fn policy() -> Step {
    Step::PutBucketPolicy {
        bucket: "acme-logs".parse().unwrap(),
        before: None,
        after: POLICY.to_owned(),
        exempted: None,
    }
}

/// A title, and the steps that end up in one template.
type Case = (&'static str, Vec<Step>);

/// Named groups of cases.
fn cases() -> Vec<(&'static str, Vec<Case>)> {
    let bucket = || "acme-logs".parse().unwrap();
    let known = || Some(KeySlot::Known(KEY.parse().unwrap()));
    let put_tags = Step::PutBucketTags {
        bucket: bucket(),
        before: tags(&[("aws:cloudformation:stack-name", "edge"), ("team", "core"), ("old", "a")]),
        tags: tags(&[
            ("aws:cloudformation:stack-name", "edge"),
            ("team", "core"),
            ("old", "${b}"),
            ("yes", "no"),
            ("größe: \"\n", "1\u{1b}[0m"),
        ]),
    };
    let logs_of_balancers = vec![
        ("a load balancer's logs", vec![balancer(&[], &["access", "connection", "health_check"], "team/alb")]),
        ("a log that loses its prefix", vec![balancer(&[("access_logs.s3.prefix", "old")], &["access"], "")]),
        ("a log without a prefix", vec![balancer(&[], &["access"], "")]),
    ];
    let policies_and_encryption = vec![
        ("a policy", vec![policy()]),
        ("SSE-S3", vec![encryption(None, &["SSE-C"])]),
        ("SSE-KMS", vec![encryption(known(), &[])]),
        ("a new key", vec![encryption(Some(KeySlot::Created), &[])]),
    ];
    let access_logs = vec![
        ("access logs with simple keys", vec![logging(KeyFormat::Simple, "")]),
        ("access logs by delivery", vec![logging(KeyFormat::Partitioned(PartitionDate::Delivery), "s3/")]),
        ("the owner pays", vec![Step::LetOwnerPay { bucket: bucket() }]),
    ];
    let inventories = vec![
        ("an inventory", vec![inventory(None, "", &[])]),
        ("an inventory by a key", vec![inventory(known(), "inv", &["Size", "ETag"])]),
    ];
    let whole_destination = vec![(
        "all that a destination may get",
        vec![put_tags, Step::BlockPublicAccess { bucket: bucket() }, encryption(None, &[]), policy(), expiration()],
    )];
    vec![
        ("load_balancers", logs_of_balancers),
        ("policies_and_encryption", policies_and_encryption),
        ("access_logs", access_logs),
        ("inventories", inventories),
        ("whole_destination", whole_destination),
    ]
}

/// Returns the name of each group of cases, with their snippets.
fn snippets(mark: &TemplateMark) -> Vec<(&'static str, String)> {
    let titled = |(title, steps): &Case| {
        let steps: Vec<&Step> = steps.iter().collect();
        format!("=== {title}\n{}\n", snippet(mark, &steps))
    };
    cases().into_iter().map(|(group, cases)| (group, cases.iter().map(titled).collect())).collect()
}

#[test]
fn every_step_has_a_cloudformation_snippet() {
    for (group, said) in snippets(&stack_mark(Some("Logs"))) {
        insta::assert_snapshot!(format!("cloudformation_{group}"), said);
    }
}

#[test]
fn every_step_has_a_terraform_snippet() {
    for (group, said) in snippets(&terraform_mark()) {
        insta::assert_snapshot!(format!("terraform_{group}"), said);
    }
}

#[test]
fn a_resource_without_a_logical_id_is_shown_by_its_own_name() {
    let policy = policy();
    let said = snippet(&stack_mark(None), &[&policy]);
    assert!(said.contains("BucketPolicy:\n") && said.contains("Bucket: acme-logs\n"), "{said}");
}

#[test]
fn an_invalid_logical_id_cannot_break_out_of_the_snippet() {
    let step = balancer(&[], &["access"], "");
    let said = snippet(&stack_mark(Some("a: {b\nEvil: ${c}")), &[&step]);
    assert!(said.contains("\n\"a: {b\\nEvil: ${c}\":\n"), "{said}");
}

#[test]
fn a_snippet_contains_only_printable_characters() {
    for mark in [stack_mark(Some("Logs")), terraform_mark()] {
        let said: String = snippets(&mark).into_iter().map(|(_, said)| said).collect();
        assert!(said.chars().all(|c| c == '\n' || c.is_alphanumeric() || (' '..='~').contains(&c)), "{said}");
    }
}

#[test]
fn untrusted_text_is_never_a_terraform_template() {
    let step = |value: &str| Step::PutBucketTags {
        bucket: "acme-logs".parse().unwrap(),
        before: tags(&[]),
        tags: tags(&[("key", value)]),
    };
    for (value, quoted) in [
        ("${a}", r#""$${a}""#),
        ("%{ if a }", r#""%%{ if a }""#),
        ("$${a}", r#""$\u0024{a}""#),
        ("%%{a}", r#""%\u0025{a}""#),
        ("$%{a}", r#""$\u0025{a}""#),
        ("$$$a", r#""$$$a""#),
        ("a\\\"${b}", r#""a\\\"$${b}""#),
    ] {
        let said = snippet(&terraform_mark(), &[&step(value)]);
        assert!(said.contains(&format!("key = {quoted}\n")), "{value}: {said}");
    }
}

#[test]
fn escaped_characters_have_a_length_that_both_tools_parse() {
    for (text, expected) in [
        ("\u{7f}", "\"\\u007F\""),
        ("\u{feff}", "\"\\uFEFF\""),
        ("\u{ffff}", "\"\\uFFFF\""),
        ("\u{10000}!", "\"\u{10000}!\""),
        ("\u{10fffd}", "\"\\U0010FFFD\""),
        ("a\u{1f600}b", "\"a\\U0001F600b\""),
    ] {
        assert_eq!(quoted::quoted(text), expected);
    }
}

#[test]
fn equals_signs_are_aligned_only_on_consecutive_lines() {
    use hcl::HclItem::{Block, Encodes, Is, Note};
    let items = [
        Is("a", json!(1)),
        Is("bcd", json!(true)),
        Note("a word"),
        Is("efghi", json!(null)),
        Block("j".to_owned(), Vec::new()),
        Is("k", json!([])),
        Is("lm", json!({})),
        Encodes("no", json!({ "p": [], "qrs": {}, "t": [{}] })),
    ];
    let expected = [
        "a   = 1",
        "bcd = true",
        "# a word",
        "efghi = null",
        "j {}",
        "k  = []",
        "lm = {}",
        "no = jsonencode({",
        "  p   = []",
        "  qrs = {}",
        "  t = [",
        "    {},",
        "  ]",
        "})",
    ];
    assert_eq!(hcl::lines(&items), expected);
}

#[test]
fn each_tool_has_a_json_value() {
    assert_eq!(
        [TemplateTool::CloudFormation, TemplateTool::Terraform].map(TemplateTool::as_str),
        ["cloudformation", "terraform"]
    );
}

#[test]
fn the_tags_of_cloudformation_name_the_stack_and_the_resource() {
    let id = "arn:aws:cloudformation:us-east-1:111122223333:stack/edge/0a1b";
    let by_id = mark(&tags(&[("aws:cloudformation:stack-id", id)])).unwrap();
    assert_eq!((by_id.stack.as_deref(), by_id.resource), (Some("edge"), None));
    let all = [
        ("aws:cloudformation:stack-name", "front"),
        ("aws:cloudformation:stack-id", id),
        ("aws:cloudformation:logical-id", "Web"),
    ];
    assert_eq!(mark(&tags(&all)), Some(TemplateMark { stack: Some("front".to_owned()), ..stack_mark(Some("Web")) }));
    // AWS's own marks are certain, but Terraform's marks are not.
    let both = [all.as_slice(), &[("ManagedBy", "terraform")]].concat();
    assert_eq!(mark(&tags(&both)).unwrap().tool, TemplateTool::CloudFormation);
}

#[test]
fn the_cdk_is_recognized_with_and_without_a_stack() {
    let cdk = ("aws-cdk:auto-delete-objects", "true");
    let beside = mark(&tags(&[cdk, ("aws:cloudformation:stack-name", "edge")])).unwrap();
    assert!(beside.by_cdk && beside.looks.is_none());
    let alone = mark(&tags(&[cdk])).unwrap();
    assert_eq!((alone.by_cdk, alone.looks.as_deref()), (true, Some("aws-cdk:auto-delete-objects=true")));
}

#[test]
fn common_terraform_tags_are_recognized() {
    for (key, value) in [
        ("terraform", "true"),
        ("Terraform", ""),
        ("Terraform", "yes"),
        ("opentofu", "1"),
        ("ManagedBy", "Terraform"),
        ("managed-by", "terraform"),
        ("managed_by", "OpenTofu"),
        ("Managed By", "terraform cloud"),
        ("CreatedBy", "Terraform/prod"),
        ("provisioner", "terragrunt"),
        ("IaC", "terraform"),
        ("iac:tool", "tofu"),
        ("tool", "terraform"),
        ("terraform:workspace", "prod"),
        ("tf:module", "alb"),
        ("hashicorp-learn", "alb"),
    ] {
        let found = mark(&tags(&[("Name", "web"), (key, value)]));
        let found = found.map(|mark| (mark.tool, mark.looks));
        assert_eq!(found, Some((TemplateTool::Terraform, Some(format!("{key}={value}")))));
    }
}

#[test]
fn a_tag_that_only_resembles_a_tools_tag_is_ignored() {
    for (key, value) in [
        ("Name", "terraform-state"),
        ("name", "terraform"),
        ("terraform", "false"),
        ("Terraform", "no"),
        ("terraform-state", "true"),
        ("purpose", "terraform"),
        ("ManagedBy", "not terraform"),
        ("ManagedBy", "terraformers"),
        ("CreatedBy", "cloudformation"),
        ("tool", "kubectl"),
        ("tf", "1"),
        ("cloudformation:stack-name", "edge"),
        ("aws:createdBy", "terraform"),
        ("aws:elasticbeanstalk:environment-name", "edge"),
        ("", ""),
    ] {
        assert_eq!(mark(&tags(&[(key, value)])), None, "{key}={value}");
    }
    assert_eq!(mark(&BTreeMap::new()), None);
}
