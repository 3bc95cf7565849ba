//! Translates attributes of a load balancer for templates.
//!
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-loadbalancer.html>,
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lb> (only version 6 of the provider has
//! `health_check_logs`),
//! <https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#load-balancer-attributes>
//! and `guide/service/annotations` there.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::model::Arn;
use crate::producer::SourceSetting;
use crate::producer::iac::{HclItem, InCloudFormation, block, resource};

use super::LogType;

type Attributes = BTreeMap<String, String>;

/// Returns the attributes as a property.
pub(in crate::producer) fn in_cloudformation(before: &SourceSetting, attributes: &Attributes) -> InCloudFormation {
    let pair = |(key, value): (&String, &String)| json!({ "Key": key, "Value": value });
    let worth_saying = attributes.iter().filter(|(key, value)| !(value.is_empty() && before.is_empty_at(key)));
    InCloudFormation {
        kind: "AWS::ElasticLoadBalancingV2::LoadBalancer",
        usual: "LoadBalancer",
        notes: vec!["in addition to the load balancer's other attributes"],
        properties: vec![("LoadBalancerAttributes", worth_saying.map(pair).collect::<Value>())],
    }
}

impl SourceSetting {
    /// Returns whether an attribute currently has no value. An attribute without a value has its default, so a template
    /// doesn't need to set it.
    fn is_empty_at(&self, key: &str) -> bool {
        match self {
            Self::Attributes(attributes) => attributes.get(key).is_none_or(String::is_empty),
            Self::ClassicLog(_) | Self::FlowLog(_) | Self::Inventory(_) | Self::Logging(_) => true,
        }
    }
}

/// Returns the logs as blocks.
pub(in crate::producer) fn in_terraform(name: &str, attributes: &Attributes) -> HclItem {
    let log = |log: LogType| {
        let stem = log.attribute_stem();
        let value = |end: &str| attributes.get(&format!("{stem}.{end}"));
        let mut items = vec![HclItem::Is("bucket", json!(value("bucket")?)), HclItem::Is("enabled", json!(true))];
        if let Some(prefix) = value("prefix").filter(|prefix| !prefix.is_empty()) {
            items.push(HclItem::Is("prefix", json!(prefix)));
        }
        // The attributes of `access_logs.s3` are in the block `access_logs`.
        Some(block(stem.split('.').next()?, items))
    };
    let note = HclItem::Note("in the block of this load balancer; keep its other settings");
    let logs = LogType::ALL.into_iter().filter_map(log);
    resource("aws_lb", name, [note].into_iter().chain(logs))
}

/// Returns the annotation. It contains all attributes in one text.
pub(in crate::producer) fn annotation(arn: &Arn, attributes: &Attributes) -> (&'static str, String) {
    let is_network = arn.resource.starts_with("loadbalancer/net/");
    let name = if is_network {
        "service.beta.kubernetes.io/aws-load-balancer-attributes"
    } else {
        "alb.ingress.kubernetes.io/load-balancer-attributes"
    };
    let pairs: Vec<String> = attributes.iter().map(|(key, value)| format!("{key}={value}")).collect();
    (name, pairs.join(","))
}
