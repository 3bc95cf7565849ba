//! `CloudWatch` vended logs: what logs by it in a Region, and where to.

use std::collections::BTreeMap;

use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::types::{DeliveryDestination, DeliverySource as SdkSource, DeliverySourceStatus};

use crate::model::{Region, Seen};
use crate::state::{DeliverySource, VendedDelivery};

use super::connect::Aws;
use super::error::AwsError;
use super::listing::{Listing, Next};

/// Pages of 50 (<https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeDeliverySources.html>): no page
/// tells how many a Region can have.
const PAGES: usize = 400;

/// The most entries of a page.
const PAGE: i32 = 50;

const fn listing(action: &'static str) -> Listing<'static> {
    Listing { action, resource: "*", absent: &[], pages: PAGES }
}

impl Aws {
    /// The delivery sources of a Region whose log is of one of these types, and where each delivers to, as far as that can be read.
    pub async fn delivery_sources(
        &self,
        region: &Region,
        log_types: &[&str],
    ) -> Result<Seen<Vec<DeliverySource>>, AwsError> {
        let client = self.source.logs(region);
        let mut listed: Vec<SdkSource> = Vec::new();
        let ask = |token| client.describe_delivery_sources().limit(PAGE).set_next_token(token).send();
        let read = listing("logs:DescribeDeliverySources").read(ask, |page| {
            let wanted = |source: &SdkSource| source.log_type().is_some_and(|log| log_types.contains(&log));
            listed.extend(page.delivery_sources.unwrap_or_default().into_iter().filter(wanted));
            Next::by_token(page.next_token)
        });
        if let Seen::Denied(denial) = read.await? {
            return Ok(Seen::Denied(denial));
        }
        if listed.is_empty() {
            return Ok(Seen::Present(Vec::new()));
        }
        let (deliveries, destinations) = tokio::join!(deliveries(&client), destinations(&client));
        let sources = listed.into_iter().filter_map(|source| from_sdk(source, deliveries.as_ref(), &destinations));
        Ok(Seen::Present(sources.collect()))
    }
}

/// The ARNs of the delivery destinations of each delivery source, by its name; nothing where they can't be read.
async fn deliveries(client: &Client) -> Option<BTreeMap<String, Vec<String>>> {
    let mut deliveries: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let ask = |token| client.describe_deliveries().limit(PAGE).set_next_token(token).send();
    let read = listing("logs:DescribeDeliveries").read(ask, |page| {
        for delivery in page.deliveries.unwrap_or_default() {
            if let (Some(source), Some(to)) = (delivery.delivery_source_name, delivery.delivery_destination_arn) {
                deliveries.entry(source).or_default().push(to);
            }
        }
        Next::by_token(page.next_token)
    });
    matches!(read.await, Ok(Seen::Present(()))).then_some(deliveries)
}

/// What the account's delivery destinations stand for, by their ARNs; those that can't be read are left out.
async fn destinations(client: &Client) -> BTreeMap<String, String> {
    let mut destinations = BTreeMap::new();
    let ask = |token| client.describe_delivery_destinations().limit(PAGE).set_next_token(token).send();
    let stands_for = |destination: DeliveryDestination| {
        let resource = destination.delivery_destination_configuration?.destination_resource_arn;
        Some((destination.arn?, resource))
    };
    let read = listing("logs:DescribeDeliveryDestinations").read(ask, |page| {
        destinations.extend(page.delivery_destinations.unwrap_or_default().into_iter().filter_map(stands_for));
        Next::by_token(page.next_token)
    });
    // Only an addition: a delivery destination has a name of its own.
    let _ = read.await;
    destinations
}

fn from_sdk(
    source: SdkSource,
    deliveries: Option<&BTreeMap<String, Vec<String>>>,
    destinations: &BTreeMap<String, String>,
) -> Option<DeliverySource> {
    let name = source.name?;
    let delivery = match (&source.status, deliveries.map(|all| all.get(&name))) {
        (Some(DeliverySourceStatus::Inactive), _) => VendedDelivery::Inactive,
        (_, None) => VendedDelivery::Unread,
        (_, Some(None)) => VendedDelivery::NoDelivery,
        (_, Some(Some(to))) => {
            VendedDelivery::To(to.iter().map(|arn| destinations.get(arn).unwrap_or(arn).clone()).collect())
        }
    };
    let (resources, log_type) = (source.resource_arns.unwrap_or_default(), source.log_type.unwrap_or_default());
    Some(DeliverySource { name, resources, log_type, delivery })
}
