//! A source's setting in the words of templates, as data: `plan/iac` writes it down, beside what the other steps set.

use serde_json::Value;

use super::{NewSetting, PartitionDate, SourceStep, clb, inventory, load_balancer, s3_access};

/// Properties of a resource in a `CloudFormation` template.
#[derive(Clone, Debug)]
pub struct InCloudFormation {
    /// The type of the resource.
    pub kind: &'static str,
    /// What such a resource is called where its logical id is not known.
    pub usual: &'static str,
    /// What a reader has to know.
    pub notes: Vec<&'static str>,
    /// The property.
    pub property: &'static str,
    /// Its value.
    pub value: Value,
}

/// What stands in a Terraform configuration.
#[derive(Clone, Debug)]
pub enum Item {
    /// A comment of our own words.
    Note(&'static str),
    /// `name = value`.
    Is(&'static str, Value),
    /// `name = jsonencode(value)`.
    Encodes(&'static str, Value),
    /// `header { ... }`.
    Block(String, Vec<Item>),
}

/// A block within a block.
pub fn block(name: &str, items: impl IntoIterator<Item = Item>) -> Item {
    Item::Block(name.to_owned(), items.into_iter().collect())
}

/// The block of a resource; its name in the configuration is not known, so that it is made of the name at AWS.
pub fn resource(kind: &str, name: &str, items: impl IntoIterator<Item = Item>) -> Item {
    let fit = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    let local: String = name.chars().map(fit).collect();
    let start = if local.starts_with(|c: char| c.is_ascii_alphabetic()) { "" } else { "_" };
    block(&format!("resource \"{kind}\" \"{start}{local}\""), items)
}

/// The block of a resource that is one setting of a bucket.
pub fn of_bucket(kind: &str, bucket: &str, items: impl IntoIterator<Item = Item>) -> Item {
    resource(kind, bucket, [Item::Is("bucket", Value::from(bucket))].into_iter().chain(items))
}

/// The API's word, which both tools use.
pub(super) fn date_source(date: PartitionDate) -> &'static str {
    match date {
        PartitionDate::Event => "EventTime",
        PartitionDate::Delivery => "DeliveryTime",
    }
}

impl SourceStep {
    /// What is to stand in a `CloudFormation` template.
    pub fn in_cloudformation(&self) -> InCloudFormation {
        match &self.after {
            NewSetting::Attributes(attributes) => load_balancer::in_cloudformation(&self.before, attributes),
            NewSetting::ClassicLog(log) => clb::in_cloudformation(log),
            NewSetting::Logging(logging) => s3_access::in_cloudformation(logging),
            NewSetting::Inventory(inventory) => inventory::in_cloudformation(inventory),
        }
    }

    /// The resource of Terraform's AWS provider that says it.
    pub fn in_terraform(&self) -> Item {
        let name = self.slot.source();
        match &self.after {
            NewSetting::Attributes(attributes) => load_balancer::in_terraform(name, attributes),
            NewSetting::ClassicLog(log) => clb::in_terraform(name, log),
            NewSetting::Logging(logging) => s3_access::in_terraform(name, logging),
            NewSetting::Inventory(inventory) => inventory::in_terraform(name, inventory),
        }
    }

    /// The annotation, with its value, by which a controller in a Kubernetes cluster is told, where the source may be made by one.
    pub fn annotation(&self) -> Option<(&'static str, String)> {
        match &self.after {
            NewSetting::Attributes(attributes) => {
                Some(load_balancer::annotation(self.slot.load_balancer()?, attributes))
            }
            // The controllers that are known by their tags make no Classic Load Balancers.
            NewSetting::ClassicLog(_) | NewSetting::Inventory(_) | NewSetting::Logging(_) => None,
        }
    }
}
