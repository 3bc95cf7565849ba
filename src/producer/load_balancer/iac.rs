//! Attributes of a load balancer in the words of templates.
//!
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-loadbalancer.html>,
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lb> (`health_check_logs` is known to version 6 of
//! the provider only),
//! <https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#load-balancer-attributes> and
//! `guide/service/annotations` there.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::model::Arn;
use crate::producer::SourceSetting;
use crate::producer::iac::{InCloudFormation, Item, block, resource};

use super::LogType;

type Attributes = BTreeMap<String, String>;

/// The attributes as a property.
pub(in crate::producer) fn in_cloudformation(before: &SourceSetting, attributes: &Attributes) -> InCloudFormation {
    let pair = |(key, value): (&String, &String)| json!({ "Key": key, "Value": value });
    let worth_saying = attributes.iter().filter(|(key, value)| !(value.is_empty() && before.is_empty_at(key)));
    InCloudFormation {
        kind: "AWS::ElasticLoadBalancingV2::LoadBalancer",
        usual: "LoadBalancer",
        notes: vec!["beside the other attributes of the load balancer"],
        property: "LoadBalancerAttributes",
        value: worth_saying.map(pair).collect::<Value>(),
    }
}

impl SourceSetting {
    /// Whether an attribute has no value: that is the default, and is only worth saying where another stands.
    fn is_empty_at(&self, key: &str) -> bool {
        match self {
            Self::Attributes(attributes) => attributes.get(key).is_none_or(String::is_empty),
            Self::ClassicLog(_) | Self::Inventory(_) | Self::Logging(_) => true,
        }
    }
}

/// The logs as blocks.
pub(in crate::producer) fn in_terraform(name: &str, attributes: &Attributes) -> Item {
    let log = |log: LogType| {
        let stem = log.attribute_stem();
        let value = |end: &str| attributes.get(&format!("{stem}.{end}"));
        let mut items = vec![Item::Is("bucket", json!(value("bucket")?)), Item::Is("enabled", json!(true))];
        if let Some(prefix) = value("prefix").filter(|prefix| !prefix.is_empty()) {
            items.push(Item::Is("prefix", json!(prefix)));
        }
        // `access_logs.s3` is the block `access_logs`.
        Some(block(stem.split('.').next()?, items))
    };
    let note = Item::Note("into the block of this load balancer, whose other settings stay");
    let logs = LogType::ALL.into_iter().filter_map(log);
    resource("aws_lb", name, [note].into_iter().chain(logs))
}

/// The annotation that holds all attributes in one text.
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
