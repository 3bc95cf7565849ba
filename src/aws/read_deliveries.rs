//! Reads `CloudWatch` vended logs: the delivery sources of a Region, and where they deliver to.

use std::collections::BTreeMap;
use std::future::Future;

use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::types::{DeliveryDestination, DeliverySource as SdkSource, DeliverySourceStatus};

use tokio::time::{Instant, timeout_at};

use crate::model::{BucketName, Denial, Region, Seen, Unread};
use crate::state::{DeliverySource, VendedDelivery};

use super::connect::Aws;
use super::error::AwsError;
use super::listing::{Listing, Next};

/// The most pages of 50 entries to read
/// (<https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeDeliverySources.html>). The
/// documentation names no maximum per Region.
const PAGES: usize = 400;

const DELIVERIES: &str = "logs:DescribeDeliveries";
const SOURCES: &str = "logs:DescribeDeliverySources";

/// The most entries per page.
const PAGE: i32 = 50;

const fn listing(action: &'static str) -> Listing<'static> {
    Listing { action, resource: "*", absent: &[], pages: PAGES }
}

impl Aws {
    /// Returns the delivery sources of a Region that have one of these log types, and where each delivers to. Reading
    /// stops at `until`.
    pub async fn delivery_sources(
        &self,
        region: &Region,
        log_types: &[&str],
        until: Instant,
    ) -> Result<Seen<Vec<DeliverySource>>, AwsError> {
        let client = self.source.logs(region);
        let mut listed: Vec<SdkSource> = Vec::new();
        let ask = |token| client.describe_delivery_sources().limit(PAGE).set_next_token(token).send();
        let read = listing(SOURCES).read(ask, |page| {
            let wanted = |source: &SdkSource| source.log_type().is_some_and(|log| log_types.contains(&log));
            listed.extend(page.delivery_sources.unwrap_or_default().into_iter().filter(wanted));
            Next::by_token(page.next_token)
        });
        if let Seen::Denied(denial) = by(until, SOURCES, read).await? {
            return Ok(Seen::Denied(denial));
        }
        if listed.is_empty() {
            return Ok(Seen::Present(Vec::new()));
        }
        let (deliveries, destinations) = tokio::join!(deliveries(&client, until), destinations(&client, until));
        let sources = listed.into_iter().filter_map(|source| from_sdk(source, &deliveries, &destinations));
        Ok(Seen::Present(sources.collect()))
    }
}

impl Aws {
    /// Returns the delivery sources of a Region that deliver to the wanted buckets. Reading stops at `until`. A source
    /// whose delivery destination belongs to another account is not found.
    pub async fn deliveries_into(
        &self,
        wanted: DeliveryFilter<'_>,
        region: &Region,
        until: Instant,
    ) -> Result<Seen<Vec<DeliverySource>>, AwsError> {
        let client = self.source.logs(region);
        let (destinations, outcome) = listed_destinations(&client, until).await;
        let into: BTreeMap<String, String> = destinations.into_iter().filter(|(_, arn)| wanted.takes(arn)).collect();
        match outcome? {
            Seen::Denied(denial) if into.is_empty() => return Ok(Seen::Denied(denial)),
            _ if into.is_empty() => return Ok(Seen::Present(Vec::new())),
            Seen::Absent | Seen::Denied(_) | Seen::Present(()) => {}
        }
        let (mut by_source, outcome) = listed_deliveries(&client, until).await;
        by_source.retain(|_, to| to.iter().any(|arn| into.contains_key(arn)));
        match outcome? {
            Seen::Denied(denial) if by_source.is_empty() => return Ok(Seen::Denied(denial)),
            _ if by_source.is_empty() => return Ok(Seen::Present(Vec::new())),
            Seen::Absent | Seen::Denied(_) | Seen::Present(()) => {}
        }
        for to in by_source.values_mut() {
            to.retain(|arn| into.contains_key(arn));
        }
        let deliveries = Deliveries { by_source, unread: None };
        let mut found: Vec<DeliverySource> = Vec::new();
        let ask = |token| client.describe_delivery_sources().limit(PAGE).set_next_token(token).send();
        let read = listing(SOURCES).read(ask, |page| {
            let ours = page.delivery_sources.unwrap_or_default().into_iter();
            let ours = ours.filter(|source| source.name().is_some_and(|name| deliveries.by_source.contains_key(name)));
            found.extend(ours.filter_map(|source| from_sdk(source, &deliveries, &into)));
            Next::by_token(page.next_token)
        });
        // A failure does not matter here, since each delivery names its source.
        let _ = by(until, SOURCES, read).await;
        let unnamed: Vec<DeliverySource> = deliveries
            .by_source
            .iter()
            .filter(|(name, _)| !found.iter().any(|source| source.name == **name))
            .map(|(name, to)| DeliverySource {
                name: name.clone(),
                resources: Vec::new(),
                log_type: String::new(),
                delivery: VendedDelivery::To(to.iter().map(|arn| into.get(arn).unwrap_or(arn).clone()).collect()),
            })
            .collect();
        found.extend(unnamed);
        Ok(Seen::Present(found))
    }
}

/// Waits for a read until the deadline.
async fn by(
    until: Instant,
    action: &'static str,
    read: impl Future<Output = Result<Seen<()>, AwsError>>,
) -> Result<Seen<()>, AwsError> {
    timeout_at(until, read).await.unwrap_or_else(|_| {
        let why = Unread::Failed("no answer in time".to_owned());
        Ok(Seen::Denied(Denial { action, resource: "*".to_owned(), why }))
    })
}

#[derive(Default)]
struct Deliveries {
    /// The ARNs of the delivery destinations, by the name of their delivery source.
    by_source: BTreeMap<String, Vec<String>>,
    /// Why some deliveries may be missing.
    unread: Option<String>,
}

/// Returns the deliveries by delivery source, and whether the list is complete.
async fn listed_deliveries(
    client: &Client,
    until: Instant,
) -> (BTreeMap<String, Vec<String>>, Result<Seen<()>, AwsError>) {
    let mut deliveries: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let ask = |token| client.describe_deliveries().limit(PAGE).set_next_token(token).send();
    let read = listing(DELIVERIES).read(ask, |page| {
        for delivery in page.deliveries.unwrap_or_default() {
            if let (Some(source), Some(to)) = (delivery.delivery_source_name, delivery.delivery_destination_arn) {
                deliveries.entry(source).or_default().push(to);
            }
        }
        Next::by_token(page.next_token)
    });
    let outcome = by(until, DELIVERIES, read).await;
    (deliveries, outcome)
}

async fn deliveries(client: &Client, until: Instant) -> Deliveries {
    let (by_source, outcome) = listed_deliveries(client, until).await;
    let why = match outcome {
        Ok(Seen::Absent | Seen::Present(())) => None,
        Ok(Seen::Denied(Denial { why: Unread::Denied, .. })) => Some("denied".to_owned()),
        Ok(Seen::Denied(Denial { why: Unread::Failed(why), .. })) => Some(why),
        Ok(Seen::Denied(Denial { why: Unread::Elsewhere | Unread::NotUnderstood, .. })) => {
            Some("could not parse the response".to_owned())
        }
        Err(error) => Some(error.code.unwrap_or(error.message)),
    };
    let unread = why.map(|why| format!("`{DELIVERIES}` could not be read ({why})"));
    Deliveries { by_source, unread }
}

/// Returns the resource behind each delivery destination of the account, by the destination's ARN, and whether the list
/// is complete.
async fn listed_destinations(
    client: &Client,
    until: Instant,
) -> (BTreeMap<String, String>, Result<Seen<()>, AwsError>) {
    let mut destinations = BTreeMap::new();
    let ask = |token| client.describe_delivery_destinations().limit(PAGE).set_next_token(token).send();
    let stands_for = |destination: DeliveryDestination| {
        let resource = destination.delivery_destination_configuration?.destination_resource_arn;
        Some((destination.arn?, resource))
    };
    let action = "logs:DescribeDeliveryDestinations";
    let read = listing(action).read(ask, |page| {
        destinations.extend(page.delivery_destinations.unwrap_or_default().into_iter().filter_map(stands_for));
        Next::by_token(page.next_token)
    });
    let outcome = by(until, action, read).await;
    (destinations, outcome)
}

/// Like [`listed_destinations`], but ignores failures.
async fn destinations(client: &Client, until: Instant) -> BTreeMap<String, String> {
    // If a delivery destination is missing, its ARN is shown instead.
    listed_destinations(client, until).await.0
}

/// The deliveries to look for.
#[derive(Clone, Copy, Debug)]
pub enum DeliveryFilter<'a> {
    /// Deliveries into this bucket.
    Into(&'a BucketName),
    /// Deliveries into any bucket.
    IntoAny,
}

impl DeliveryFilter<'_> {
    fn takes(self, arn: &str) -> bool {
        let Some((_, place)) = arn.split_once(":s3:::") else { return false };
        match self {
            Self::Into(bucket) => place.split('/').next() == Some(bucket.as_str()),
            Self::IntoAny => true,
        }
    }
}

fn from_sdk(
    source: SdkSource,
    deliveries: &Deliveries,
    destinations: &BTreeMap<String, String>,
) -> Option<DeliverySource> {
    let name = source.name?;
    let delivery = match (&source.status, deliveries.by_source.get(&name), &deliveries.unread) {
        (Some(DeliverySourceStatus::Inactive), ..) => VendedDelivery::Inactive,
        (_, None, Some(why)) => VendedDelivery::Unread(why.clone()),
        (_, None, None) => VendedDelivery::NoDelivery,
        (_, Some(to), _) => {
            VendedDelivery::To(to.iter().map(|arn| destinations.get(arn).unwrap_or(arn).clone()).collect())
        }
    };
    let (resources, log_type) = (source.resource_arns.unwrap_or_default(), source.log_type.unwrap_or_default());
    Some(DeliverySource { name, resources, log_type, delivery })
}
