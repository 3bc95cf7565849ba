//! A source's setting for templates, as data. `plan/iac` formats it together with the other steps.

use serde_json::Value;

use super::{NewSetting, PartitionDate, SourceStep, clb, inventory, load_balancer, s3_access, vpc_flow};

/// Properties of a resource in a `CloudFormation` template.
#[derive(Clone, Debug)]
pub struct InCloudFormation {
    /// The type of the resource.
    pub kind: &'static str,
    /// A name for the resource if its logical ID is unknown.
    pub usual: &'static str,
    /// A note for the reader.
    pub notes: Vec<&'static str>,
    /// The properties by name.
    pub properties: Vec<(&'static str, Value)>,
}

/// An item of a Terraform configuration.
#[derive(Clone, Debug)]
pub enum HclItem {
    /// A comment.
    Note(&'static str),
    /// `name = value`.
    Is(&'static str, Value),
    /// `name = jsonencode(value)`.
    Encodes(&'static str, Value),
    /// `header { ... }`.
    Block(String, Vec<HclItem>),
}

/// A block within a block.
pub(crate) fn block(name: &str, items: impl IntoIterator<Item = HclItem>) -> HclItem {
    HclItem::Block(name.to_owned(), items.into_iter().collect())
}

/// Returns the block of a resource. The resource's name in the configuration is unknown, so the block's name is derived
/// from the resource's name in AWS.
pub(crate) fn resource(kind: &str, name: &str, items: impl IntoIterator<Item = HclItem>) -> HclItem {
    let fit = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    let local: String = name.chars().map(fit).collect();
    let start = if local.starts_with(|c: char| c.is_ascii_alphabetic()) { "" } else { "_" };
    block(&format!("resource \"{kind}\" \"{start}{local}\""), items)
}

/// Returns the block of a resource that is one setting of a bucket.
pub(crate) fn bucket_setting(kind: &str, bucket: &str, items: impl IntoIterator<Item = HclItem>) -> HclItem {
    resource(kind, bucket, [HclItem::Is("bucket", Value::from(bucket))].into_iter().chain(items))
}

/// Returns the API's value. `CloudFormation` and Terraform both use it.
pub(super) fn date_source(date: PartitionDate) -> &'static str {
    match date {
        PartitionDate::Event => "EventTime",
        PartitionDate::Delivery => "DeliveryTime",
    }
}

impl SourceStep {
    /// Returns what a `CloudFormation` template must contain.
    pub fn in_cloudformation(&self) -> InCloudFormation {
        match &self.after {
            NewSetting::Attributes(attributes) => load_balancer::in_cloudformation(&self.before, attributes),
            NewSetting::ClassicLog(log) => clb::in_cloudformation(log),
            NewSetting::Logging(logging) => s3_access::in_cloudformation(logging),
            NewSetting::Inventory(inventory) => inventory::in_cloudformation(inventory),
            NewSetting::FlowLog(log) => vpc_flow::in_cloudformation(log),
        }
    }

    /// Returns the resource for Terraform's AWS provider.
    pub fn in_terraform(&self) -> HclItem {
        let name = self.slot.source();
        match &self.after {
            NewSetting::Attributes(attributes) => load_balancer::in_terraform(name, attributes),
            NewSetting::ClassicLog(log) => clb::in_terraform(name, log),
            NewSetting::Logging(logging) => s3_access::in_terraform(name, logging),
            NewSetting::Inventory(inventory) => inventory::in_terraform(name, inventory),
            NewSetting::FlowLog(log) => vpc_flow::in_terraform(log),
        }
    }

    /// Returns the annotation for a Kubernetes controller, with its value. `None` if no controller could have created
    /// the source.
    pub fn annotation(&self) -> Option<(&'static str, String)> {
        match &self.after {
            NewSetting::Attributes(attributes) => {
                Some(load_balancer::annotation(self.slot.load_balancer()?, attributes))
            }
            // Controllers that tag their load balancers don't create Classic Load Balancers.
            NewSetting::ClassicLog(_) | NewSetting::FlowLog(_) | NewSetting::Inventory(_) | NewSetting::Logging(_) => {
                None
            }
        }
    }
}
