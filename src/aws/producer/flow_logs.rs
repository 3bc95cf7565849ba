//! Flow logs: what `ec2:DescribeFlowLogs` returns, and the calls that create and delete one.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_FlowLog.html>

use std::collections::BTreeMap;

use aws_sdk_s3::primitives::{DateTime, DateTimeFormat as Format};

use crate::aws::ec2::{Client, DecodeError, Parameters, XmlElement, each, items, text};
use crate::aws::error::{AwsError, ErrorCause};
use crate::aws::listing::{Listing, Next};
use crate::model::{Arn, Moment, Seen};
use crate::producer::{DeliveryStatus, FlowFormat, FlowLog, FlowLogSettings, NetworkId, Traffic};

const DESCRIBE: &str = "ec2:DescribeFlowLogs";
const CREATE: &str = "ec2:CreateFlowLogs";
const DELETE: &str = "ec2:DeleteFlowLogs";

/// Entries per page, the maximum.
const PAGE: &str = "1000";

/// The most pages to read. AWS documents no maximum of flow logs in a Region.
const PAGES: usize = 200;

/// A flow log and the ID of its source, which may be of a type that logbucket does not know.
#[derive(Debug)]
pub(super) struct ListedFlowLog {
    pub(super) network: String,
    pub(super) log: FlowLog,
}

/// Returns the flow logs to S3 of these networks, or of all networks of the Region if none is named.
pub(super) async fn all(client: &Client, of: &[&NetworkId]) -> Result<Seen<Vec<ListedFlowLog>>, AwsError> {
    let resource = of.first().map_or("*", |id| id.as_str());
    let listing = Listing { action: DESCRIBE, resource, absent: &[], pages: PAGES };
    let mut filters = vec![
        ("Filter.1.Name".to_owned(), "log-destination-type".to_owned()),
        ("Filter.1.Value.1".to_owned(), "s3".to_owned()),
    ];
    if !of.is_empty() {
        filters.push(("Filter.2.Name".to_owned(), "resource-id".to_owned()));
        let ids = of.iter().zip(1..).map(|(id, nth)| (format!("Filter.2.Value.{nth}"), id.to_string()));
        filters.extend(ids);
    }
    let mut logs = Vec::new();
    let ask = |token: Option<String>| {
        let page = [("MaxResults".to_owned(), PAGE.to_owned())];
        let token = token.map(|token| ("NextToken".to_owned(), token));
        let parameters: Parameters = filters.iter().cloned().chain(page).chain(token).collect();
        client.call("DescribeFlowLogs", parameters, page_of)
    };
    let read = listing.read(ask, |page: FlowLogPage| {
        // An endpoint may ignore the filters.
        let wanted = |one: &ListedFlowLog| of.is_empty() || of.iter().any(|id| id.as_str() == one.network);
        logs.extend(page.logs.into_iter().filter(wanted));
        Next::by_token(page.token)
    });
    Ok(read.await?.map(|()| logs))
}

/// A page of flow logs.
#[derive(Debug, Default)]
struct FlowLogPage {
    logs: Vec<ListedFlowLog>,
    token: Option<String>,
}

fn page_of(root: &mut XmlElement<'_, '_>) -> Result<FlowLogPage, DecodeError> {
    let mut page = FlowLogPage::default();
    each(root, |name, element| {
        match name {
            "flowLogSet" => page.logs = items(element, flow_log)?.into_iter().flatten().collect(),
            "nextToken" => page.token = Some(text(element)?).filter(|token| !token.is_empty()),
            _ => {}
        }
        Ok(())
    })?;
    Ok(page)
}

/// The elements of a flow log that contain only text.
const TEXTS: [&str; 9] = [
    "creationTime",
    "deliverLogsErrorMessage",
    "deliverLogsStatus",
    "flowLogId",
    "logDestination",
    "logFormat",
    "maxAggregationInterval",
    "resourceId",
    "trafficType",
];

/// Reads a flow log. `None` if it doesn't deliver to S3.
fn flow_log(item: &mut XmlElement<'_, '_>) -> Result<Option<ListedFlowLog>, DecodeError> {
    let mut fields = BTreeMap::new();
    let mut options = BTreeMap::new();
    let mut tags = BTreeMap::new();
    let mut unknown = Vec::new();
    each(item, |name, element| {
        match name {
            "destinationOptions" => each(element, |name, element| {
                options.insert(name.to_owned(), text(element)?);
                Ok(())
            })?,
            "tagSet" => tags = tag_set(element)?,
            _ if TEXTS.contains(&name) => {
                fields.insert(name.to_owned(), text(element)?);
            }
            _ if name.starts_with("tagField") => unknown.push(name.to_owned()),
            _ => {}
        }
        Ok(())
    })?;
    let mut take = |name: &str| fields.remove(name).unwrap_or_default();
    let id = take("flowLogId");
    let destination = take("logDestination");
    let Some((bucket, prefix)) = parse_destination(&destination) else { return Ok(None) };
    let is_set = |name: &str| options.get(name).is_some_and(|value| value == "true");
    let settings = FlowLogSettings {
        bucket,
        prefix,
        traffic: Traffic::from_api(&take("trafficType")),
        format: options.get("fileFormat").and_then(|text| FlowFormat::from_api(text)).unwrap_or_default(),
        // AWS's default.
        aggregation: take("maxAggregationInterval").parse().unwrap_or(600),
        hourly: is_set("perHourPartition"),
        hive: is_set("hiveCompatiblePartitions"),
        fields: take("logFormat"),
        unknown,
        tags,
        id: Some(id.clone()),
    };
    let status = match take("deliverLogsStatus").as_str() {
        "SUCCESS" => Some(DeliveryStatus::Succeeded),
        "FAILED" => Some(DeliveryStatus::Failed(take("deliverLogsErrorMessage"))),
        _ => None,
    };
    let created = DateTime::from_str(&take("creationTime"), Format::DateTime).ok().map(|at| Moment(at.secs()));
    let log = FlowLog { id, settings, created, status };
    Ok(Some(ListedFlowLog { network: take("resourceId"), log }))
}

/// Reads the tags of an EC2 resource.
pub(super) fn tag_set(element: &mut XmlElement<'_, '_>) -> Result<BTreeMap<String, String>, DecodeError> {
    let tags = items(element, |item| {
        let (mut key, mut value) = (String::new(), String::new());
        each(item, |name, element| {
            match name {
                "key" => key = text(element)?,
                "value" => value = text(element)?,
                _ => {}
            }
            Ok(())
        })?;
        Ok((key, value))
    })?;
    Ok(tags.into_iter().collect())
}

/// Returns the bucket and the folder, without `/` at the end, of a destination such as `arn:aws:s3:::BUCKET/FOLDER/`.
pub(super) fn parse_destination(destination: &str) -> Option<(String, String)> {
    let arn: Arn = destination.parse().ok()?;
    if arn.service != "s3" {
        return None;
    }
    let (bucket, folder) = arn.resource.split_once('/').unwrap_or((&arn.resource, ""));
    Some((bucket.to_owned(), folder.trim_end_matches('/').to_owned()))
}

/// Creates a flow log and returns its ID. AWS answers with success even if it refuses: the reason is in the answer.
pub(super) async fn create(client: &Client, network: &Arn, log: &FlowLogSettings) -> Result<Option<String>, AwsError> {
    let Some(id) = NetworkId::from_arn(network) else { return Ok(None) };
    let mut parameters = vec![
        ("ResourceId.1".to_owned(), id.to_string()),
        ("ResourceType".to_owned(), id.kind().resource_type().to_owned()),
        ("LogDestinationType".to_owned(), "s3".to_owned()),
        ("LogDestination".to_owned(), log.destination(network.partition)),
        ("MaxAggregationInterval".to_owned(), log.aggregation.to_string()),
        ("DestinationOptions.FileFormat".to_owned(), log.format.in_api().to_owned()),
        ("DestinationOptions.HiveCompatiblePartitions".to_owned(), log.hive.to_string()),
        ("DestinationOptions.PerHourPartition".to_owned(), log.hourly.to_string()),
    ];
    parameters.extend(log.traffic.map(|traffic| ("TrafficType".to_owned(), traffic.in_api().to_owned())));
    parameters.extend((!log.fields.is_empty()).then(|| ("LogFormat".to_owned(), log.fields.clone())));
    // AWS's own tags can't be set.
    let tags: Vec<(&String, &String)> = log.tags.iter().filter(|(key, _)| !key.starts_with("aws:")).collect();
    if !tags.is_empty() {
        parameters.push(("TagSpecification.1.ResourceType".to_owned(), "vpc-flow-log".to_owned()));
        for ((key, value), nth) in tags.into_iter().zip(1..) {
            parameters.push((format!("TagSpecification.1.Tag.{nth}.Key"), key.clone()));
            parameters.push((format!("TagSpecification.1.Tag.{nth}.Value"), value.clone()));
        }
    }
    let answer = client.call("CreateFlowLogs", parameters, created).await;
    let Created { ids, refused } = answer.map_err(|error| AwsError::new(CREATE, id.as_str(), &error))?;
    accepted(CREATE, id.as_str(), refused).map(|()| ids.into_iter().next())
}

/// Deletes a flow log.
pub(super) async fn delete(client: &Client, id: &str) -> Result<(), AwsError> {
    let parameters = vec![("FlowLogId.1".to_owned(), id.to_owned())];
    let answer = client.call("DeleteFlowLogs", parameters, refused).await;
    let refused =
        answer.map_err(|error| AwsError::new(DELETE, id, &error)).and_then(|refused| accepted(DELETE, id, refused));
    // An earlier call has already deleted it.
    refused.or_else(|error| if error.is("InvalidFlowLogId.NotFound") { Ok(()) } else { Err(error) })
}

/// What AWS did not do, as code and message.
type Refused = Vec<(String, String)>;

/// The answer to `CreateFlowLogs`.
#[derive(Debug, Default)]
struct Created {
    ids: Vec<String>,
    refused: Refused,
}

fn created(root: &mut XmlElement<'_, '_>) -> Result<Created, DecodeError> {
    let mut answer = Created::default();
    each(root, |name, element| {
        match name {
            "flowLogIdSet" => answer.ids = items(element, text)?,
            "unsuccessful" => answer.refused = unsuccessful(element)?,
            _ => {}
        }
        Ok(())
    })?;
    Ok(answer)
}

/// Reads the answer to `DeleteFlowLogs`.
fn refused(root: &mut XmlElement<'_, '_>) -> Result<Refused, DecodeError> {
    let mut all = Refused::new();
    each(root, |name, element| {
        if name == "unsuccessful" {
            all = unsuccessful(element)?;
        }
        Ok(())
    })?;
    Ok(all)
}

/// Reads the resources for which a call failed.
fn unsuccessful(list: &mut XmlElement<'_, '_>) -> Result<Refused, DecodeError> {
    items(list, |item| {
        let (mut code, mut message) = (String::new(), String::new());
        each(item, |name, element| {
            if name == "error" {
                each(element, |name, element| {
                    match name {
                        "code" => code = text(element)?,
                        "message" => message = text(element)?,
                        _ => {}
                    }
                    Ok(())
                })?;
            }
            Ok(())
        })?;
        Ok((code, message))
    })
}

fn accepted(action: &'static str, resource: &str, refused: Refused) -> Result<(), AwsError> {
    let Some((code, message)) = refused.into_iter().next() else { return Ok(()) };
    Err(AwsError {
        action,
        resource: resource.to_owned(),
        cause: ErrorCause::Other,
        code: Some(code),
        message,
        request_id: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_destination_is_split_into_bucket_and_folder() {
        let of = |text: &str| parse_destination(text).unwrap_or_default();
        assert_eq!(of("arn:aws:s3:::acme-logs"), ("acme-logs".to_owned(), String::new()));
        assert_eq!(of("arn:aws-cn:s3:::acme-logs/team/net/"), ("acme-logs".to_owned(), "team/net".to_owned()));
        assert_eq!(parse_destination("arn:aws:logs:us-east-1:111122223333:log-group:x"), None);
        assert_eq!(parse_destination(""), None);
    }
}
