//! The deliveries of `CloudWatch` vended logs: their sources and destinations. Nothing is delivered, and nothing else
//! in `CloudWatch` Logs is simulated.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeDeliverySources.html>,
//! `API_DescribeDeliveries.html`, `API_DescribeDeliveryDestinations.html`.

use serde_json::{Map, Value, json};

use crate::account::ACCOUNT;
use crate::dispatch::Caller;
use crate::kms;
use crate::sandbox::Sandbox;
use crate::token::{opened, sealed};
use crate::wire::{Reply, Request};

/// The maximum and default page size.
const MOST: usize = 50;

/// A delivery source and its delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliverySeed {
    pub account: String,
    pub region: String,
    /// The delivery source's name. Its delivery destination is called `NAME-destination`.
    pub name: String,
    /// The ARN of the source.
    pub resource: String,
    /// Such as `ALB_ACCESS_LOGS`.
    pub log_type: String,
    /// `ACTIVE` or `INACTIVE`.
    pub status: String,
    /// The ARN of the destination. Without a destination, there is no delivery.
    pub destination: Option<String>,
    /// The owner of the delivery destination.
    pub destination_account: String,
}

impl DeliverySeed {
    /// A delivery source without a delivery, of [`ACCOUNT`] in us-east-1.
    pub fn new(name: &str, resource: &str, log_type: &str) -> Self {
        Self {
            account: ACCOUNT.to_owned(),
            region: "us-east-1".to_owned(),
            name: name.to_owned(),
            resource: resource.to_owned(),
            log_type: log_type.to_owned(),
            status: "ACTIVE".to_owned(),
            destination: None,
            destination_account: ACCOUNT.to_owned(),
        }
    }

    /// Delivers to this ARN.
    #[must_use]
    pub fn to(mut self, destination: &str) -> Self {
        self.destination = Some(destination.to_owned());
        self
    }

    /// Sets the owner of the delivery destination.
    #[must_use]
    pub fn of_account(mut self, account: &str) -> Self {
        account.clone_into(&mut self.destination_account);
        self
    }

    #[must_use]
    pub fn within(mut self, region: &str) -> Self {
        region.clone_into(&mut self.region);
        self
    }

    /// Makes AWS report the delivery source as inactive.
    #[must_use]
    pub fn inactive(mut self) -> Self {
        "INACTIVE".clone_into(&mut self.status);
        self
    }

    fn arn(&self, kind: &str, name: &str, account: &str) -> String {
        format!("arn:aws:logs:{}:{account}:{kind}:{name}", self.region)
    }

    fn destination_name(&self) -> String {
        format!("{}-destination", self.name)
    }

    fn source(&self) -> Value {
        json!({
            "name": self.name,
            "arn": self.arn("delivery-source", &self.name, &self.account),
            "resourceArns": [self.resource],
            "service": self.resource.split(':').nth(2).unwrap_or_default(),
            "logType": self.log_type,
            "status": self.status,
        })
    }

    fn delivery(&self) -> Option<Value> {
        self.destination.as_ref()?;
        Some(json!({
            "id": format!("{}Delivery", self.name),
            "arn": self.arn("delivery", &format!("{}Delivery", self.name), &self.account),
            "deliverySourceName": self.name,
            "deliveryDestinationArn": self.arn("delivery-destination", &self.destination_name(), &self.destination_account),
            "deliveryDestinationType": "S3",
        }))
    }

    fn delivery_destination(&self) -> Option<Value> {
        let to = self.destination.as_ref()?;
        Some(json!({
            "name": self.destination_name(),
            "arn": self.arn("delivery-destination", &self.destination_name(), &self.destination_account),
            "deliveryDestinationType": "S3",
            "deliveryDestinationConfiguration": { "destinationResourceArn": to },
        }))
    }
}

pub fn handle(sandbox: &Sandbox, request: &Request, caller: &Caller) -> Reply {
    let Ok(body) = serde_json::from_slice::<Value>(&request.body) else {
        return refuse("SerializationException", "The request is not well-formed JSON");
    };
    let world = sandbox.world();
    let here = |seed: &&DeliverySeed| seed.region == caller.region;
    let seeds = world.deliveries.iter().filter(here);
    let own = |seed: &&DeliverySeed| seed.account == caller.account;
    let (list, all): (&str, Vec<Value>) = match kms::operation(request).as_str() {
        "DescribeDeliverySources" => ("deliverySources", seeds.filter(own).map(DeliverySeed::source).collect()),
        "DescribeDeliveries" => ("deliveries", seeds.filter(own).filter_map(DeliverySeed::delivery).collect()),
        "DescribeDeliveryDestinations" => {
            let own = |seed: &&DeliverySeed| seed.destination_account == caller.account;
            ("deliveryDestinations", seeds.filter(own).filter_map(DeliverySeed::delivery_destination).collect())
        }
        _ => return refuse("UnknownOperationException", "The sandbox does not simulate this operation"),
    };
    page(list, &all, &body)
}

fn page(list: &str, all: &[Value], body: &Value) -> Reply {
    let invalid = |message: &str| refuse("ValidationException", message);
    let most = match body.get("limit").map(|limit| limit.as_u64().and_then(|limit| usize::try_from(limit).ok())) {
        None => MOST,
        Some(Some(limit)) if (1..=MOST).contains(&limit) => limit,
        Some(_) => return invalid("limit must be between 1 and 50"),
    };
    let first = match body.get("nextToken").and_then(Value::as_str) {
        None => 0,
        Some(token) => match opened(token).and_then(|first| first.parse().ok()) {
            Some(first) => first,
            None => return invalid("The specified nextToken is invalid."),
        },
    };
    let mut answer = Map::new();
    answer.insert(list.to_owned(), all.iter().skip(first).take(most).cloned().collect());
    if all.len() > first + most {
        answer.insert("nextToken".to_owned(), sealed(&(first + most).to_string()).into());
    }
    Reply::json(200, &Value::Object(answer))
}

fn refuse(code: &str, message: &str) -> Reply {
    Reply::json(400, &json!({ "__type": code, "message": message }))
}

impl Sandbox {
    /// Adds a delivery source of `CloudWatch` vended logs and its delivery.
    pub fn put_delivery(&self, delivery: DeliverySeed) {
        let mut world = self.world();
        world.deliveries.retain(|old| old.name != delivery.name);
        world.deliveries.push(delivery);
    }

    /// Returns all delivery sources of `CloudWatch` vended logs.
    pub fn deliveries(&self) -> Vec<DeliverySeed> {
        self.world().deliveries.clone()
    }

    pub fn drop_deliveries(&self) {
        self.world().deliveries.clear();
    }
}
