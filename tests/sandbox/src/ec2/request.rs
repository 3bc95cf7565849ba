//! The parameters of `CreateFlowLogs`, and the errors about them.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html>.

use std::collections::BTreeMap;
use std::time::SystemTime;

use crate::dispatch::Caller;
use crate::ec2::error::{Refusal, invalid, missing, refuse};
use crate::ec2::flow_log::{FlowLog, TAGGED, place};
use crate::ec2::list;
use crate::ec2::list::tags;
use crate::ec2::network::Kind;
use crate::sts::parameter;

/// "Default format" in <https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html>.
pub const FORMAT: &str = "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}";

/// "Default format" in <https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-logs.html>.
pub const TRANSIT_FORMAT: &str = "${version} ${resource-type} ${account-id} ${tgw-id} ${tgw-attachment-id} ${tgw-src-vpc-account-id} ${tgw-dst-vpc-account-id} ${tgw-src-vpc-id} ${tgw-dst-vpc-id} ${tgw-src-subnet-id} ${tgw-dst-subnet-id} ${tgw-src-eni} ${tgw-dst-eni} ${tgw-src-az-id} ${tgw-dst-az-id} ${tgw-pair-attachment-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${log-status} ${type} ${packets-lost-no-route} ${packets-lost-blackhole} ${packets-lost-mtu-exceeded} ${packets-lost-ttl-expired} ${tcp-flags} ${region} ${flow-direction} ${pkt-src-aws-service} ${pkt-dst-aws-service}";

/// What a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The IDs of the resources.
    pub resources: Vec<String>,
    /// The flow log, still without its ID and resource.
    pub flow_log: FlowLog,
}

impl Asked {
    /// Reads a request. The messages about log groups and roles were seen in the field, the others are guesses.
    pub fn read(caller: &Caller, form: &[(String, String)]) -> Result<Self, Refusal> {
        let sent = |name: &str| parameter(form, name).filter(|value| !value.is_empty());
        let kind = kind(sent("ResourceType").ok_or_else(|| missing("resourceType"))?)?;
        let transit = kind == Kind::TransitGateway;
        let resources: Vec<String> = list(form, "ResourceId").into_iter().map(str::to_owned).collect();
        if resources.is_empty() {
            return Err(missing("resourceIds"));
        }
        // "Maximum of 25 for transit gateway resource types. Maximum of 1000 for the other resource types."
        if resources.len() > if transit { 25 } else { 1000 } {
            return Err(refuse("InvalidParameterValue", "Too many resources are in the request."));
        }
        let destination = destination(&sent)?;
        let flag = |name: &str| match sent(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(other) => Err(invalid(name, other)),
        };
        let file_format = sent("DestinationOptions.FileFormat").unwrap_or("plain-text");
        if !["plain-text", "parquet"].contains(&file_format) {
            return Err(invalid("fileFormat", file_format));
        }
        let default = if transit { TRANSIT_FORMAT } else { FORMAT };
        let flow_log = FlowLog {
            id: String::new(),
            account: caller.account.clone(),
            region: caller.region.clone(),
            resource: String::new(),
            kind,
            traffic: traffic(sent("TrafficType"), transit)?,
            destination,
            format: format(sent("LogFormat").unwrap_or(default))?,
            interval: interval(sent("MaxAggregationInterval"), transit)?,
            file_format: file_format.to_owned(),
            hive: flag("DestinationOptions.HiveCompatiblePartitions")?,
            per_hour: flag("DestinationOptions.PerHourPartition")?,
            tags: tags(form, TAGGED)?,
            created: SystemTime::now(),
            status: None,
        };
        Ok(Self { resources, flow_log })
    }
}

fn kind(named: &str) -> Result<Kind, Refusal> {
    match named {
        "VPC" => Ok(Kind::Vpc),
        "TransitGatewayAttachment" | "RegionalNatGateway" => {
            Err(refuse("UnsupportedOperation", &format!("The sandbox does not simulate the resource type {named}")))
        }
        _ => {
            let others = [Kind::Subnet, Kind::NetworkInterface, Kind::TransitGateway];
            others.into_iter().find(|kind| kind.name() == named).ok_or_else(|| invalid("resourceType", named))
        }
    }
}

/// "This parameter is not supported for transit gateway resource types. It is required for the other resource types."
fn traffic(sent: Option<&str>, transit: bool) -> Result<Option<String>, Refusal> {
    match sent {
        None if transit => Ok(None),
        None => Err(missing("trafficType")),
        Some(_) if transit => {
            let message = "TrafficType is not supported for transit gateway resource types";
            Err(refuse("InvalidParameter", message))
        }
        Some(known @ ("ACCEPT" | "REJECT" | "ALL")) => Ok(Some(known.to_owned())),
        Some(other) => Err(invalid("trafficType", other)),
    }
}

/// "The possible values are 60 seconds (1 minute) or 600 seconds (10 minutes). This parameter must be 60 seconds for
/// transit gateway resource types."
fn interval(sent: Option<&str>, transit: bool) -> Result<u32, Refusal> {
    match sent {
        Some("60") => Ok(60),
        Some("600") if !transit => Ok(600),
        None => Ok(if transit { 60 } else { 600 }),
        Some(_) => Err(refuse("InvalidParameter", "Invalid Flow Log Max Aggregation Interval")),
    }
}

/// "Specify the fields using the ${field-id} format, separated by spaces." The names of the fields are not checked.
fn format(sent: &str) -> Result<String, Refusal> {
    let field = |word: &str| word.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).is_some();
    if sent.split_whitespace().all(field) && sent.contains("${") {
        Ok(sent.to_owned())
    } else {
        Err(refuse("InvalidParameter", "LogFormat must contain fields in the format ${field-id}, separated by spaces."))
    }
}

/// Returns the ARN of the destination. "Note that you can't use `AWSLogs` as a subfolder name."
fn destination<'a>(sent: &impl Fn(&str) -> Option<&'a str>) -> Result<String, Refusal> {
    match sent("LogDestinationType") {
        Some("s3") => {}
        None | Some("cloud-watch-logs" | "kinesis-data-firehose") => {
            let message = "The sandbox simulates only flow logs with the log destination type s3";
            return Err(refuse("UnsupportedOperation", message));
        }
        Some(other) => return Err(invalid("logDestinationType", other)),
    }
    if sent("DeliverLogsPermissionArn").is_some() {
        let message = "DeliverLogsPermissionArn is not applicable for s3 delivery";
        return Err(refuse("InvalidParameter", message));
    }
    if sent("LogGroupName").is_some() {
        let message = "Please only provide LogGroupName or only provide LogDestination.";
        return Err(refuse("InvalidParameter", message));
    }
    let arn = sent("LogDestination")
        .ok_or_else(|| refuse("InvalidParameter", "LogDestination can't be empty if LogGroupName is not provided."))?;
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let (bucket, folder) = place(arn);
    let valid = matches!(parts.as_slice(), ["arn", partition, "s3", "", "", _] if partition.starts_with("aws"));
    if !valid || bucket.is_empty() {
        return Err(refuse("InvalidParameter", &format!("LogDestination: {arn} is not a valid ARN of a bucket")));
    }
    if folder.split('/').any(|name| name == "AWSLogs") {
        let message = "The subfolder name AWSLogs is reserved. Choose another subfolder in LogDestination.";
        return Err(refuse("InvalidParameter", message));
    }
    Ok(arn.to_owned())
}

/// Returns a log format's fields without `${` and `}`.
#[must_use]
pub fn fields(format: &str) -> Vec<&str> {
    format.split_whitespace().map(|field| field.trim_start_matches("${").trim_end_matches('}')).collect()
}

/// Returns the records of a log file in plain text: the fields' names, and one accepted or rejected connection.
#[must_use]
pub fn records(flow_log: &FlowLog, time: SystemTime) -> String {
    let seconds = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    let (start, end) = (seconds.saturating_sub(u64::from(flow_log.interval)).to_string(), seconds.to_string());
    let rejected = flow_log.traffic.as_deref() == Some("REJECT");
    let values = BTreeMap::from([
        ("version", if flow_log.kind == Kind::TransitGateway { "6" } else { "2" }),
        ("resource-type", "TransitGateway"),
        ("account-id", flow_log.account.as_str()),
        ("interface-id", "eni-0123456789abcdef0"),
        ("srcaddr", "203.0.113.10"),
        ("dstaddr", "10.0.0.7"),
        ("srcport", "51341"),
        ("dstport", "443"),
        ("protocol", "6"),
        ("packets", "20"),
        ("bytes", "4249"),
        ("start", &start),
        ("end", &end),
        ("action", if rejected { "REJECT" } else { "ACCEPT" }),
        ("log-status", "OK"),
        ("region", flow_log.region.as_str()),
        (if flow_log.kind == Kind::TransitGateway { "tgw-id" } else { "vpc-id" }, flow_log.resource.as_str()),
    ]);
    let fields = fields(&flow_log.format);
    let values: Vec<&str> = fields.iter().map(|field| values.get(field).copied().unwrap_or("-")).collect();
    format!("{}\n{}\n", fields.join(" "), values.join(" "))
}
