//! The deliveries of `CloudWatch` vended logs: their sources and destinations. Nothing is delivered, and nothing else
//! in `CloudWatch` Logs is simulated.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateDelivery.html>,
//! `API_PutDeliverySource.html`, `API_PutDeliveryDestination.html`, and the pages about describing and deleting them.

use serde_json::{Map, Value, json};

use crate::account::ACCOUNT;
use crate::dispatch::Caller;
use crate::kms;
use crate::sandbox::Sandbox;
use crate::token::{opened, sealed};
use crate::wire::{Reply, Request};
use crate::world::World;

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
    /// The name of the delivery destination, if it is not `NAME-destination`.
    pub destination_name: Option<String>,
}

/// A delivery destination that a request made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryDestination {
    pub account: String,
    pub region: String,
    pub name: String,
    /// The ARN of the bucket, with or without a folder.
    pub resource: String,
    pub output_format: Option<String>,
}

impl DeliveryDestination {
    fn arn(&self) -> String {
        format!("arn:aws:logs:{}:{}:delivery-destination:{}", self.region, self.account, self.name)
    }

    fn value(&self) -> Value {
        let mut value = json!({
            "name": self.name,
            "arn": self.arn(),
            "deliveryDestinationType": "S3",
            "deliveryDestinationConfiguration": { "destinationResourceArn": self.resource },
        });
        if let (Some(format), Some(value)) = (&self.output_format, value.as_object_mut()) {
            value.insert("outputFormat".to_owned(), format.as_str().into());
        }
        value
    }
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
            destination_name: None,
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
        self.destination_name.clone().unwrap_or_else(|| format!("{}-destination", self.name))
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

    fn id(&self) -> String {
        format!("{}Delivery", self.name)
    }

    fn delivery(&self) -> Option<Value> {
        self.destination.as_ref()?;
        Some(json!({
            "id": self.id(),
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
    let operation = kms::operation(request);
    if let Some(answer) = change(&mut sandbox.world(), caller, &operation, &body) {
        return match answer {
            Ok(value) => Reply::json(200, &value),
            Err(Refused { code, message }) => refuse(code, &message),
        };
    }
    let world = sandbox.world();
    let here = |seed: &&DeliverySeed| seed.region == caller.region;
    let seeds = world.deliveries.iter().filter(here);
    let own = |seed: &&DeliverySeed| seed.account == caller.account;
    let (list, all): (&str, Vec<Value>) = match operation.as_str() {
        "DescribeDeliverySources" => ("deliverySources", seeds.filter(own).map(DeliverySeed::source).collect()),
        "DescribeDeliveries" => ("deliveries", seeds.filter(own).filter_map(DeliverySeed::delivery).collect()),
        "DescribeDeliveryDestinations" => {
            let own = |seed: &&DeliverySeed| seed.destination_account == caller.account;
            // A delivery destination that a request made is listed once, also if a delivery uses it.
            let seeded = |seed: &&DeliverySeed| own(seed) && seed.destination_name.is_none();
            let made = world.delivery_destinations.iter();
            let made = made.filter(|one| one.region == caller.region && one.account == caller.account);
            let seeded = seeds.filter(seeded).filter_map(DeliverySeed::delivery_destination);
            ("deliveryDestinations", seeded.chain(made.map(DeliveryDestination::value)).collect())
        }
        _ => return refuse("UnknownOperationException", "The sandbox does not simulate this operation"),
    };
    page(list, &all, &body)
}

/// An error's code and message.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Refused {
    code: &'static str,
    message: String,
}

fn refused(code: &'static str, message: &str) -> Refused {
    Refused { code, message: message.to_owned() }
}

/// Carries out an operation that changes something, or returns `None` for any other operation.
///
/// Whether `CreateDelivery` tests the bucket is not documented. The sandbox does not test it.
fn change(world: &mut World, caller: &Caller, operation: &str, body: &Value) -> Option<Result<Value, Refused>> {
    Some(match operation {
        "PutDeliverySource" => put_source(world, caller, body),
        "PutDeliveryDestination" => put_destination(world, caller, body),
        "CreateDelivery" => create(world, caller, body),
        "DeleteDelivery" | "DeleteDeliverySource" | "DeleteDeliveryDestination" => {
            delete(world, caller, operation, body)
        }
        _ => return None,
    })
}

fn text<'a>(body: &'a Value, name: &str) -> Result<&'a str, Refused> {
    let sent = body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    sent.ok_or_else(|| refused("ValidationException", &format!("{name} is required")))
}

fn put_source(world: &mut World, caller: &Caller, body: &Value) -> Result<Value, Refused> {
    let (name, resource, log_type) = (text(body, "name")?, text(body, "resourceArn")?, text(body, "logType")?);
    let own = |seed: &DeliverySeed| seed.account == caller.account && seed.region == caller.region;
    let mut others = world.deliveries.iter().filter(|seed| own(seed) && seed.name != name);
    // Seen in <https://github.com/hashicorp/terraform-provider-aws/issues/40885>.
    if others.any(|seed| seed.resource == resource && seed.log_type == log_type) {
        let message = "This ResourceId has already been used in another Delivery Source in this account";
        return Err(refused("ConflictException", message));
    }
    let mut seed = DeliverySeed::new(name, resource, log_type).within(&caller.region);
    caller.account.clone_into(&mut seed.account);
    let value = seed.source();
    match world.deliveries.iter_mut().find(|known| own(known) && known.name == name) {
        Some(known) => log_type.clone_into(&mut known.log_type),
        None => world.deliveries.push(seed),
    }
    Ok(json!({ "deliverySource": value }))
}

fn put_destination(world: &mut World, caller: &Caller, body: &Value) -> Result<Value, Refused> {
    let resource = body.pointer("/deliveryDestinationConfiguration/destinationResourceArn").and_then(Value::as_str);
    let resource = resource.filter(|arn| arn.contains(":s3:::"));
    let Some(resource) = resource else {
        return Err(refused("ValidationException", "The sandbox simulates only delivery destinations in S3"));
    };
    let made = DeliveryDestination {
        account: caller.account.clone(),
        region: caller.region.clone(),
        name: text(body, "name")?.to_owned(),
        resource: resource.to_owned(),
        output_format: body.get("outputFormat").and_then(Value::as_str).map(str::to_owned),
    };
    let value = made.value();
    world.delivery_destinations.retain(|known| known.arn() != made.arn());
    world.delivery_destinations.push(made);
    Ok(json!({ "deliveryDestination": value }))
}

fn create(world: &mut World, caller: &Caller, body: &Value) -> Result<Value, Refused> {
    let (name, arn) = (text(body, "deliverySourceName")?, text(body, "deliveryDestinationArn")?);
    let missing = |what: &str| refused("ResourceNotFoundException", &format!("{what} does not exist"));
    let destination = world.delivery_destinations.iter().find(|known| known.arn() == arn).cloned();
    let destination = destination.ok_or_else(|| missing(arn))?;
    let own =
        |seed: &&mut DeliverySeed| seed.account == caller.account && seed.region == caller.region && seed.name == name;
    let seed = world.deliveries.iter_mut().find(own).ok_or_else(|| missing(name))?;
    if seed.destination.is_some() {
        return Err(refused("ConflictException", "Delivery already exists"));
    }
    seed.destination = Some(destination.resource);
    seed.destination_account = destination.account;
    seed.destination_name = Some(destination.name);
    Ok(json!({ "delivery": seed.delivery() }))
}

/// The order is documented: the delivery first, then its source and its destination.
fn delete(world: &mut World, caller: &Caller, operation: &str, body: &Value) -> Result<Value, Refused> {
    let named = text(body, if operation == "DeleteDelivery" { "id" } else { "name" })?;
    let missing = || refused("ResourceNotFoundException", &format!("{named} does not exist"));
    let used = || refused("ConflictException", &format!("{named} is used by a delivery"));
    let own = |seed: &DeliverySeed| seed.account == caller.account && seed.region == caller.region;
    match operation {
        "DeleteDelivery" => {
            let found = world.deliveries.iter_mut().find(|seed| own(seed) && seed.id() == named);
            let seed = found.filter(|seed| seed.destination.is_some()).ok_or_else(missing)?;
            (seed.destination, seed.destination_name) = (None, None);
        }
        "DeleteDeliverySource" => {
            let found = world.deliveries.iter().position(|seed| own(seed) && seed.name == named).ok_or_else(missing)?;
            if world.deliveries.iter().any(|seed| own(seed) && seed.name == named && seed.destination.is_some()) {
                return Err(used());
            }
            world.deliveries.remove(found);
        }
        _ => {
            let known = |one: &DeliveryDestination| {
                one.account == caller.account && one.region == caller.region && one.name == named
            };
            let found = world.delivery_destinations.iter().position(known).ok_or_else(missing)?;
            if world.deliveries.iter().any(|seed| seed.destination_name.as_deref() == Some(named)) {
                return Err(used());
            }
            world.delivery_destinations.remove(found);
        }
    }
    Ok(json!({}))
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
