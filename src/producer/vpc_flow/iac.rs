//! Translates a flow log for templates.
//!
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-flowlog.html>,
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/flow_log>.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::model::{Arn, RunToken};
use crate::producer::NewFlowLog;
use crate::producer::iac::{HclItem, InCloudFormation, block, resource};

use super::{FlowLogSettings, NetworkId, NetworkKind};

/// A note for a flow log that is deleted.
const DELETED: &str = "remove the former flow log: a flow log can't be changed";

fn kind_of(arn: &Arn) -> NetworkKind {
    NetworkId::from_arn(arn).map_or(NetworkKind::Vpc, |id| id.kind())
}

fn id_of(arn: &Arn) -> &str {
    arn.resource.rsplit('/').next().unwrap_or_default()
}

/// Returns the tags that belong into a template: neither AWS's own nor the mark of a run.
fn tags(log: &FlowLogSettings) -> impl Iterator<Item = (&String, &String)> {
    log.tags.iter().filter(|(key, _)| !key.starts_with("aws:") && key.as_str() != RunToken::TAG)
}

/// Returns the flow log as a resource of its own.
pub(in crate::producer) fn in_cloudformation(of: &NewFlowLog) -> InCloudFormation {
    let (kind, usual) = ("AWS::EC2::FlowLog", "FlowLog");
    let NewFlowLog { network: arn, settings } = of;
    let Some(log) = settings else {
        return InCloudFormation { kind, usual, notes: vec![DELETED], properties: Vec::new() };
    };
    let mut properties = vec![
        ("ResourceId", json!(id_of(arn))),
        ("ResourceType", json!(kind_of(arn).resource_type())),
        ("LogDestinationType", json!("s3")),
        ("LogDestination", json!(log.destination(arn.partition))),
        ("MaxAggregationInterval", json!(log.aggregation)),
    ];
    properties.extend(log.traffic.map(|traffic| ("TrafficType", json!(traffic.in_api()))));
    properties.extend((!log.fields.is_empty()).then(|| ("LogFormat", json!(log.fields))));
    let options = json!({
        "FileFormat": log.format.in_api(),
        "HiveCompatiblePartitions": log.hive,
        "PerHourPartition": log.hourly,
    });
    properties.push(("DestinationOptions", options));
    let tags: Vec<Value> = tags(log).map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
    properties.extend((!tags.is_empty()).then(|| ("Tags", json!(tags))));
    InCloudFormation { kind, usual, notes: Vec::new(), properties }
}

/// Returns the flow log as a resource.
pub(in crate::producer) fn in_terraform(of: &NewFlowLog) -> HclItem {
    let NewFlowLog { network: arn, settings } = of;
    let Some(log) = settings else { return HclItem::Note(DELETED) };
    let argument = match kind_of(arn) {
        NetworkKind::Vpc => "vpc_id",
        NetworkKind::Subnet => "subnet_id",
        NetworkKind::NetworkInterface => "eni_id",
        NetworkKind::TransitGateway => "transit_gateway_id",
    };
    let is = |name: &'static str, value: Value| HclItem::Is(name, value);
    let mut items = vec![
        is(argument, json!(id_of(arn))),
        is("log_destination_type", json!("s3")),
        is("log_destination", json!(log.destination(arn.partition))),
        is("max_aggregation_interval", json!(log.aggregation)),
    ];
    items.extend(log.traffic.map(|traffic| is("traffic_type", json!(traffic.in_api()))));
    items.extend((!log.fields.is_empty()).then(|| is("log_format", json!(log.fields))));
    let options = [
        is("file_format", json!(log.format.in_api())),
        is("hive_compatible_partitions", json!(log.hive)),
        is("per_hour_partition", json!(log.hourly)),
    ];
    items.push(block("destination_options", options));
    let tags: BTreeMap<&String, &String> = tags(log).collect();
    items.extend((!tags.is_empty()).then(|| is("tags", json!(tags))));
    resource("aws_flow_log", id_of(arn), items)
}
