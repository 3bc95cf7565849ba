//! Translates the access log of a Classic Load Balancer for templates.
//!
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-elasticloadbalancing-loadbalancer-accessloggingpolicy.html>,
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/elb>.

use serde_json::{Map, json};

use crate::producer::iac::{HclItem, InCloudFormation, block, resource};

use super::ClassicLog;

/// Returns the log as a property.
pub(in crate::producer) fn in_cloudformation(log: &ClassicLog) -> InCloudFormation {
    let mut value = Map::new();
    value.insert("EmitInterval".to_owned(), json!(log.minutes()));
    value.insert("Enabled".to_owned(), json!(log.enabled));
    value.insert("S3BucketName".to_owned(), json!(log.bucket));
    if !log.prefix.is_empty() {
        value.insert("S3BucketPrefix".to_owned(), json!(log.prefix));
    }
    InCloudFormation {
        kind: "AWS::ElasticLoadBalancing::LoadBalancer",
        usual: "LoadBalancer",
        notes: Vec::new(),
        properties: vec![("AccessLoggingPolicy", value.into())],
    }
}

/// Returns the log as a block in the load balancer's resource.
pub(in crate::producer) fn in_terraform(name: &str, log: &ClassicLog) -> HclItem {
    let prefix = (!log.prefix.is_empty()).then(|| HclItem::Is("bucket_prefix", json!(log.prefix)));
    let bucket = HclItem::Is("bucket", json!(log.bucket));
    let items = [Some(bucket), prefix, Some(HclItem::Is("interval", json!(log.minutes())))];
    let note = HclItem::Note("in the block of this load balancer; keep its other settings");
    resource("aws_elb", name, [note, block("access_logs", items.into_iter().flatten())])
}
