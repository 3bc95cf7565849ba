//! The AWS write that points a source at a destination, with every argument decided.

use std::collections::BTreeMap;

use crate::model::{AccountId, Arn, BucketName, KeyArn, KeySlot, Region};

use super::{
    ClassicLog, FlowLogSettings, InventoryConfiguration, InventoryEncryption, InventoryField, InventoryFormat,
    InventoryFrequency, InventoryId, InventoryVersions, Logging, OwnEncryption, SourceSetting, SourceSlot,
};

/// The write of a source's setting.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SourceStep {
    /// The setting to write.
    pub slot: SourceSlot,
    /// The setting's current value.
    pub before: SourceSetting,
    /// The setting's new value.
    pub after: NewSetting,
}

/// The new value of a source's setting. A key that the plan creates is filled in later.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum NewSetting {
    /// Attributes of a load balancer: all three of each log.
    Attributes(BTreeMap<String, String>),
    /// A Classic Load Balancer's access log setting.
    ClassicLog(ClassicLog),
    /// A bucket's access log setting.
    Logging(Logging),
    /// An inventory configuration.
    Inventory(NewInventory),
    /// A flow log that is created or deleted.
    FlowLog(NewFlowLog),
}

/// A flow log that is created, or deleted if it has no settings.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NewFlowLog {
    pub network: Arn,
    pub settings: Option<FlowLogSettings>,
}

/// A new inventory configuration.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NewInventory {
    /// The configuration's ID.
    pub id: InventoryId,
    /// The destination's ARN.
    pub bucket_arn: String,
    /// The destination's account.
    pub account: AccountId,
    /// The prefix, or nothing.
    pub prefix: String,
    /// The file format.
    pub format: InventoryFormat,
    /// The frequency.
    pub frequency: InventoryFrequency,
    /// The object versions that are listed.
    pub versions: InventoryVersions,
    /// The columns.
    pub fields: Vec<InventoryField>,
    /// Current columns unknown to this version, as the API spells them.
    pub other_fields: Vec<String>,
    /// The prefix of the listed objects, if the current configuration has a filter.
    pub filter: Option<String>,
    /// The encryption of the reports.
    pub encryption: OwnEncryption<ReportKey>,
}

/// The key of an inventory's reports.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ReportKey {
    Slot(KeySlot),
    /// The key's name in the current configuration, such as an alias that could not be resolved. The name stays as it
    /// is.
    AsToday(String),
}

impl ReportKey {
    /// Returns the key's name in the configuration. `None` if the key does not exist yet.
    fn name(&self, created: Option<&KeyArn>) -> Option<String> {
        match self {
            Self::Slot(slot) => slot.arn(created),
            Self::AsToday(name) => Some(name.clone()),
        }
    }

    /// Returns the key's name or placeholder in a template.
    pub fn in_template(&self) -> String {
        match self {
            Self::Slot(slot) => slot.in_template(),
            Self::AsToday(name) => name.clone(),
        }
    }

    /// Returns the key's name for use in a sentence.
    pub fn title(&self) -> String {
        match self {
            Self::Slot(slot) => slot.title(),
            Self::AsToday(name) => format!("`{name}`"),
        }
    }
}

impl SourceStep {
    /// The step for `elasticloadbalancing:ModifyLoadBalancerAttributes`. `before` contains the current attributes.
    pub fn for_load_balancer(
        arn: Arn,
        name: String,
        before: &BTreeMap<String, String>,
        attributes: BTreeMap<String, String>,
    ) -> Self {
        // An attribute that AWS did not return counts as empty.
        let before = attributes.keys().map(|key| (key.clone(), before.get(key).cloned().unwrap_or_default())).collect();
        let keys = attributes.keys().cloned().collect();
        Self {
            slot: SourceSlot::LoadBalancer { arn, name, attributes: keys },
            before: SourceSetting::Attributes(before),
            after: NewSetting::Attributes(attributes),
        }
    }

    /// The step for `s3:PutBucketLogging`.
    pub fn for_logging(bucket: BucketName, region: Region, before: Option<Logging>, logging: Logging) -> Self {
        Self {
            slot: SourceSlot::BucketLogging { bucket, region },
            before: SourceSetting::Logging(before),
            after: NewSetting::Logging(logging),
        }
    }

    /// The step for `s3:PutBucketInventoryConfiguration`.
    pub fn for_inventory(
        bucket: BucketName,
        region: Region,
        before: Option<InventoryConfiguration>,
        inventory: NewInventory,
    ) -> Self {
        Self {
            slot: SourceSlot::Inventory { bucket, region, id: inventory.id.clone() },
            before: SourceSetting::Inventory(before),
            after: NewSetting::Inventory(inventory),
        }
    }
}

impl SourceStep {
    /// Returns the call that carries out the step.
    pub fn api(&self) -> &'static str {
        match &self.after {
            NewSetting::FlowLog(NewFlowLog { settings: None, .. }) => super::vpc_flow::DELETE,
            NewSetting::Attributes(_)
            | NewSetting::ClassicLog(_)
            | NewSetting::FlowLog(_)
            | NewSetting::Inventory(_)
            | NewSetting::Logging(_) => self.slot.api(),
        }
    }

    /// Returns whether the step deletes a resource.
    pub fn deletes_a_resource(&self) -> bool {
        matches!(&self.after, NewSetting::FlowLog(NewFlowLog { settings: None, .. }))
    }

    /// Returns the step that creates the deleted resource again. `None` if the step deletes no resource.
    pub fn recreating_step(&self) -> Option<Self> {
        let (SourceSetting::FlowLog(Some(former)), NewSetting::FlowLog(of)) = (&self.before, &self.after) else {
            return None;
        };
        let after = NewSetting::FlowLog(NewFlowLog { settings: Some(former.clone()), ..of.clone() });
        let (slot, before) = (self.slot.clone(), SourceSetting::FlowLog(None));
        self.deletes_a_resource().then_some(Self { slot, before, after })
    }

    /// Returns whether the step creates a resource.
    pub fn creates_a_resource(&self) -> bool {
        matches!(&self.after, NewSetting::FlowLog(NewFlowLog { settings: Some(_), .. }))
    }
}

impl NewSetting {
    /// Returns the value. `None` if the value names a key that does not exist yet.
    pub fn known(&self, created: Option<&KeyArn>) -> Option<SourceSetting> {
        Some(match self {
            Self::Attributes(attributes) => SourceSetting::Attributes(attributes.clone()),
            Self::ClassicLog(log) => SourceSetting::ClassicLog(log.clone()),
            Self::Logging(logging) => SourceSetting::Logging(Some(logging.clone())),
            Self::Inventory(inventory) => SourceSetting::Inventory(Some(inventory.known(created)?)),
            Self::FlowLog(log) => SourceSetting::FlowLog(log.settings.clone()),
        })
    }
}

impl NewInventory {
    /// Returns the configuration. `None` if the key does not exist yet.
    pub fn known(&self, created: Option<&KeyArn>) -> Option<InventoryConfiguration> {
        let encryption = match &self.encryption {
            OwnEncryption::SseKms(key) => InventoryEncryption::SseKms(key.name(created)?),
            OwnEncryption::SseS3 => InventoryEncryption::SseS3,
            OwnEncryption::BucketDefault => InventoryEncryption::BucketDefault,
        };
        Some(InventoryConfiguration {
            enabled: true,
            bucket_arn: self.bucket_arn.clone(),
            account: Some(self.account.to_string()),
            prefix: self.prefix.clone(),
            format: Some(self.format),
            frequency: Some(self.frequency),
            versions: Some(self.versions),
            fields: self.fields.clone(),
            other_fields: self.other_fields.clone(),
            encryption,
            filter: self.filter.clone(),
        })
    }
}
