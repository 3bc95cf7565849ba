//! Flow logs: their answers and their deletion. [`crate::ec2::create`] creates them.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_FlowLog.html>.

use std::collections::BTreeMap;
use std::time::SystemTime;

use crate::dispatch::Caller;
use crate::ec2::error::{Refusal, missing, refuse};
use crate::ec2::list::{UnknownFilter, filters, page, passes, tag_set};
use crate::ec2::network::Kind;
use crate::ec2::{Ec2, list};
use crate::query::answered;
use crate::wire::Reply;
use crate::world::{clock, stamp};
use crate::xml::escape;

/// The beginning of an ID.
pub const PREFIX: &str = "fl-";
/// Its name in ARNs and in `TagSpecification`.
pub const TAGGED: &str = "vpc-flow-log";

/// The result of the last delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Success,
    /// `Access error`. AWS documents the message for log groups only. For a bucket, it was seen in
    /// <https://github.com/awslabs/landing-zone-accelerator-on-aws/issues/1205>.
    Failed,
}

impl Status {
    fn word(self) -> &'static str {
        match self {
            Self::Success => "SUCCESS",
            Self::Failed => "FAILED",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowLog {
    pub id: String,
    pub account: String,
    pub region: String,
    /// The ID of the VPC, subnet, network interface or transit gateway.
    pub resource: String,
    pub kind: Kind,
    /// `ACCEPT`, `REJECT` or `ALL`. A transit gateway's flow log has none.
    pub traffic: Option<String>,
    /// The ARN as the client sent it, with its folder.
    pub destination: String,
    /// Such as `${version} ${account-id}`.
    pub format: String,
    /// The maximum aggregation interval in seconds.
    pub interval: u32,
    /// `plain-text` or `parquet`.
    pub file_format: String,
    /// Whether its folders are Hive-compatible.
    pub hive: bool,
    /// Whether each hour has its own folder.
    pub per_hour: bool,
    pub tags: BTreeMap<String, String>,
    pub created: SystemTime,
    /// `None` before the first delivery.
    pub status: Option<Status>,
}

impl FlowLog {
    /// Returns the bucket and the folder, which is empty or ends with `/`.
    #[must_use]
    pub fn place(&self) -> (&str, String) {
        place(&self.destination)
    }

    /// Returns the folder in which a bucket policy must allow the objects.
    ///
    /// "The ARN that you specify for my-s3-arn depends on whether your flow log uses Hive-compatible S3 prefixes"
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html>).
    #[must_use]
    pub fn folder(&self) -> String {
        let account = if self.hive { "aws-account-id=" } else { "" };
        format!("{}AWSLogs/{account}{}/", self.place().1, self.account)
    }

    /// Returns an object's key (<https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html>). The files of
    /// transit gateways are named alike (<https://docs.aws.amazon.com/vpc/latest/tgw/flow-logs-s3.html>).
    #[must_use]
    pub fn key(&self, time: SystemTime, number: u64) -> String {
        let Self { id, account, region, .. } = self;
        let [year, month, day, hour, minute, _] = clock(time);
        let start = self.folder();
        let hours = match (self.per_hour, self.hive) {
            (true, true) => format!("hour={hour}/"),
            (true, false) => format!("{hour}/"),
            (false, _) => String::new(),
        };
        let folders = if self.hive {
            format!("{start}aws-service=vpcflowlogs/aws-region={region}/year={year}/month={month}/day={day}/")
        } else {
            format!("{start}vpcflowlogs/{region}/{year}/{month}/{day}/")
        };
        let end = if self.file_format == "parquet" { "log.parquet" } else { "log.gz" };
        format!(
            "{folders}{hours}{account}_vpcflowlogs_{region}_{id}_{year}{month}{day}T{hour}{minute}Z_{number:08x}.{end}"
        )
    }

    fn value_of(&self, filter: &str) -> Result<Option<String>, UnknownFilter> {
        Ok(match filter {
            "flow-log-id" => Some(self.id.clone()),
            "resource-id" => Some(self.resource.clone()),
            "log-destination-type" => Some("s3".to_owned()),
            "traffic-type" => self.traffic.clone(),
            "deliver-log-status" => self.status.map(|status| status.word().to_owned()),
            // "The name of the log group": a flow log to S3 has none.
            "log-group-name" => None,
            _ => return Err(UnknownFilter),
        })
    }

    fn xml(&self) -> String {
        let element = |name: &str, value: &str| format!("<{name}>{}</{name}>", escape(value));
        let error = (self.status == Some(Status::Failed)).then(|| element("deliverLogsErrorMessage", "Access error"));
        let status = self.status.map(|status| element("deliverLogsStatus", status.word()));
        let traffic = self.traffic.as_ref().map(|traffic| element("trafficType", traffic));
        [
            element("creationTime", &stamp(self.created)),
            error.unwrap_or_default(),
            status.unwrap_or_default(),
            element("flowLogId", &self.id),
            element("flowLogStatus", "ACTIVE"),
            element("resourceId", &self.resource),
            traffic.unwrap_or_default(),
            element("logDestinationType", "s3"),
            element("logDestination", &self.destination),
            element("logFormat", &self.format),
            element("maxAggregationInterval", &self.interval.to_string()),
            format!(
                "<destinationOptions><fileFormat>{}</fileFormat><hiveCompatiblePartitions>{}</hiveCompatiblePartitions><perHourPartition>{}</perHourPartition></destinationOptions>",
                self.file_format, self.hive, self.per_hour
            ),
            tag_set(&self.tags),
        ]
        .concat()
    }
}

/// Returns the bucket and the folder in a destination's ARN. The folder is empty or ends with `/`.
#[must_use]
pub fn place(destination: &str) -> (&str, String) {
    let path = destination.split(':').nth(5).unwrap_or_default();
    let (bucket, folder) = path.split_once('/').unwrap_or((path, ""));
    let folder = folder.trim_matches('/');
    (bucket, if folder.is_empty() { String::new() } else { format!("{folder}/") })
}

/// Returns a flow log of the caller in this Region.
pub fn find<'a>(ec2: &'a Ec2, caller: &Caller, id: &str) -> Result<&'a FlowLog, Refusal> {
    let own = |one: &&FlowLog| one.account == caller.account && one.region == caller.region;
    ec2.flow_logs
        .get(id)
        .filter(own)
        .ok_or_else(|| refuse("InvalidFlowLogId.NotFound", &format!("The flow log ID '{id}' does not exist")))
}

/// `DescribeFlowLogs`. Unknown IDs are left out, because AWS documents no error for them.
pub fn describe(ec2: &Ec2, caller: &Caller, form: &[(String, String)]) -> Result<Reply, Refusal> {
    let (ids, filters) = (list(form, "FlowLogId"), filters(form));
    let mut found = Vec::new();
    for flow_log in ec2.flow_logs.values() {
        let wanted = ids.is_empty() || ids.contains(&flow_log.id.as_str());
        if wanted
            && find(ec2, caller, &flow_log.id).is_ok()
            && passes(&filters, &flow_log.tags, |filter| flow_log.value_of(filter))?
        {
            found.push(flow_log);
        }
    }
    let (page, next) = page(form, 1, found, |flow_log| &flow_log.id)?;
    let items = page.iter().fold(String::new(), |all, flow_log| all + "<item>" + &flow_log.xml() + "</item>");
    Ok(answered("ec2", "DescribeFlowLogs", &format!("<flowLogSet>{items}</flowLogSet>{next}")))
}

/// `DeleteFlowLogs`. Deletes the flow logs that exist and lists the others.
pub fn delete(ec2: &mut Ec2, caller: &Caller, form: &[(String, String)]) -> Result<Reply, Refusal> {
    let ids = list(form, "FlowLogId");
    if ids.is_empty() {
        return Err(missing("flowLogId"));
    }
    let mut failed = Vec::new();
    for id in ids {
        match find(ec2, caller, id) {
            Ok(_) => drop(ec2.flow_logs.remove(id)),
            Err(refusal) => failed.push(unsuccessful(id, &refusal.code, &refusal.message)),
        }
    }
    Ok(answered("ec2", "DeleteFlowLogs", &format!("<unsuccessful>{}</unsuccessful>", failed.concat())))
}

/// Returns an item of `unsuccessful`.
#[must_use]
pub fn unsuccessful(resource: &str, code: &str, message: &str) -> String {
    let (resource, code, message) = (escape(resource), escape(code), escape(message));
    format!(
        "<item><error><code>{code}</code><message>{message}</message></error><resourceId>{resource}</resourceId></item>"
    )
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn a_destination_is_a_bucket_with_or_without_a_folder() {
        for (arn, bucket, folder) in [
            ("arn:aws:s3:::b", "b", ""),
            ("arn:aws:s3:::b/", "b", ""),
            ("arn:aws-cn:s3:::b/a/c/", "b", "a/c/"),
            ("arn:aws:s3:::b/a", "b", "a/"),
        ] {
            assert_eq!(place(arn), (bucket, folder.to_owned()), "{arn}");
        }
    }
}
