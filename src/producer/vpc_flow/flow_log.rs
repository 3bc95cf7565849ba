//! A flow log that delivers to S3.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::{Moment, Partition};
use crate::producer::DeliveryStatus;

use super::{FlowFormat, FlowKeys, FlowRequest, NetworkKind, Traffic};

/// A flow log as `ec2:DescribeFlowLogs` returns it.
///
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_FlowLog.html>
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FlowLog {
    /// The ID, such as `fl-0a1b2c3d4e5f60718`.
    pub id: String,
    pub settings: FlowLogSettings,
    pub created: Option<Moment>,
    /// The result of the latest delivery, if AWS reports one. AWS does not document the status before the first delivery.
    pub status: Option<DeliveryStatus>,
}

/// The settings of a flow log. A flow log can't be changed, so other settings mean another flow log.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct FlowLogSettings {
    pub bucket: String,
    /// The folder without `/` at the end, or nothing.
    pub prefix: String,
    /// `None` for a transit gateway, whose flow logs record all traffic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traffic: Option<Traffic>,
    pub format: FlowFormat,
    /// The longest aggregation interval in seconds.
    pub aggregation: u32,
    pub hourly: bool,
    pub hive: bool,
    /// The fields of a record, as AWS writes them: `${version} ${account-id} ...`. Empty for AWS's default.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub fields: String,
    /// The settings in EC2's answer that logbucket does not know, such as tags of sources that become fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
    /// The tags. A flow log that is created again gets them again.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// The ID of the flow log with these settings. `None` if it is not created yet, or not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// AWS's default fields
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html#flow-logs-default>).
const DEFAULT_FIELDS: &str = "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} \
                              ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}";

/// AWS's default fields for a transit gateway: all fields
/// (<https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-logs.html>).
const TRANSIT_FIELDS: &str = "${version} ${resource-type} ${account-id} ${tgw-id} ${tgw-attachment-id} \
                              ${tgw-src-vpc-account-id} ${tgw-dst-vpc-account-id} ${tgw-src-vpc-id} ${tgw-dst-vpc-id} \
                              ${tgw-src-subnet-id} ${tgw-dst-subnet-id} ${tgw-src-eni} ${tgw-dst-eni} \
                              ${tgw-src-az-id} ${tgw-dst-az-id} ${tgw-pair-attachment-id} ${srcaddr} ${dstaddr} \
                              ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${log-status} \
                              ${type} ${packets-lost-no-route} ${packets-lost-blackhole} \
                              ${packets-lost-mtu-exceeded} ${packets-lost-ttl-expired} ${tcp-flags} ${region} \
                              ${flow-direction} ${pkt-src-aws-service} ${pkt-dst-aws-service}";

impl FlowLogSettings {
    /// Returns the settings of a new flow log with AWS's defaults.
    pub(super) fn usual(kind: NetworkKind, bucket: String, prefix: String) -> Self {
        Self {
            bucket,
            prefix,
            traffic: kind.has_traffic_types().then_some(Traffic::All),
            format: FlowFormat::Text,
            // "When a network interface is attached to a Nitro-based instance, the aggregation interval is always 60
            // seconds or less". AWS's default is 600; a transit gateway allows only 60.
            aggregation: if kind == NetworkKind::TransitGateway { 60 } else { 600 },
            hourly: false,
            hive: false,
            fields: String::new(),
            unknown: Vec::new(),
            tags: BTreeMap::new(),
            id: None,
        }
    }

    /// Returns the settings of a new flow log, with the requested ones.
    #[must_use]
    pub(super) fn with(self, asked: FlowRequest) -> Self {
        Self {
            traffic: self.traffic.map(|today| asked.traffic.unwrap_or(today)),
            format: asked.format.unwrap_or(self.format),
            aggregation: asked.aggregation.map_or(self.aggregation, super::Aggregation::seconds),
            hourly: asked.hourly.unwrap_or(self.hourly),
            hive: asked.hive.unwrap_or(self.hive),
            unknown: Vec::new(),
            id: None,
            ..self
        }
    }

    /// Returns whether two flow logs record the same and deliver it to the same keys. IDs and tags don't matter.
    pub fn is(&self, other: &Self) -> bool {
        let plain = |of: &Self| {
            let is_default = [DEFAULT_FIELDS, TRANSIT_FIELDS].contains(&of.fields.as_str());
            let fields = if is_default { String::new() } else { of.fields.clone() };
            Self { fields, unknown: Vec::new(), tags: BTreeMap::new(), id: None, ..of.clone() }
        };
        plain(self) == plain(other)
    }

    /// Returns whether this is the very flow log that a run left with these settings: it has the ID, or the run's tag. A
    /// flow log that logbucket created again with its tags has another ID.
    pub(in crate::producer) fn is_same_resource(&self, left: &Self, tag: Option<(&str, &str)>) -> bool {
        let has_id = self.id.is_some() && self.id == left.id;
        has_id || tag.is_some_and(|(key, value)| self.tags.get(key).is_some_and(|of| of == value))
    }

    /// Returns the destination in EC2's API: the bucket's ARN, with the folder.
    pub fn destination(&self, partition: Partition) -> String {
        let folder = if self.prefix.is_empty() { String::new() } else { format!("/{}/", self.prefix) };
        format!("arn:{partition}:s3:::{}{folder}", self.bucket)
    }

    /// Returns the format of the keys.
    pub fn keys(&self) -> FlowKeys {
        FlowKeys { hourly: self.hourly, hive: self.hive, format: self.format }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usual() -> FlowLogSettings {
        FlowLogSettings::usual(NetworkKind::Vpc, "logs".to_owned(), String::new())
    }

    #[test]
    fn the_default_fields_and_the_tags_make_no_difference() {
        let read = FlowLogSettings {
            fields: DEFAULT_FIELDS.to_owned(),
            tags: BTreeMap::from([("Name".to_owned(), "main".to_owned())]),
            ..usual()
        };
        assert!(usual().is(&read));
        assert!(!usual().is(&FlowLogSettings { fields: "${version}".to_owned(), ..usual() }));
        assert!(!usual().is(&FlowLogSettings { hive: true, ..usual() }));
    }

    #[test]
    fn a_transit_gateway_has_no_traffic_types() {
        let asked = FlowRequest { traffic: Some(Traffic::Reject), ..FlowRequest::default() };
        let gateway = FlowLogSettings::usual(NetworkKind::TransitGateway, "logs".to_owned(), String::new());
        assert_eq!(gateway.clone().with(asked).traffic, None);
        assert_eq!(gateway.aggregation, 60);
        assert_eq!(usual().with(asked).traffic, Some(Traffic::Reject));
    }

    #[test]
    fn settings_survive_a_receipt() {
        let settings = FlowLogSettings { aggregation: 60, fields: "${version}".to_owned(), ..usual() };
        let text = serde_json::to_string(&settings).unwrap();
        assert_eq!(serde_json::from_str::<FlowLogSettings>(&text).unwrap(), settings);
    }
}
