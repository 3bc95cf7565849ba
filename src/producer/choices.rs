//! The log services' own choices from flags and answers, each optional.

use std::collections::BTreeSet;

use crate::model::KeyChoice;

use super::{
    Attachment, EmitInterval, InventoryField, InventoryFormat, InventoryFrequency, InventoryId, InventoryRequest,
    InventoryVersions, Kind, Log, LogType, PartitionDate, Producer, UnknownInventory, inventory,
};

/// The choices so far, of any log service. [`Choices::foreign_to`] finds those of another one.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Choices {
    /// `--log-type`.
    pub log_types: BTreeSet<LogType>,
    /// `--emit-interval`.
    pub emit_interval: Option<EmitInterval>,
    /// `--partition`.
    pub partition: Option<PartitionDate>,
    /// `--inventory-id`.
    pub inventory_id: Option<InventoryId>,
    /// `--format`.
    pub format: Option<InventoryFormat>,
    /// `--frequency`.
    pub frequency: Option<InventoryFrequency>,
    /// `--versions`.
    pub versions: Option<InventoryVersions>,
    /// `--fields`.
    pub fields: Option<BTreeSet<InventoryField>>,
    /// `--report-kms-key`.
    pub report_kms_key: Option<KeyChoice>,
}

impl Choices {
    /// Returns the first given flag that belongs to another log service, and that service.
    pub fn foreign_to(&self, producer: Producer) -> Option<(&'static str, Producer)> {
        let inventory = Producer::Inventory;
        let owned = [
            (!self.log_types.is_empty(), "--log-type", Producer::Alb),
            (self.emit_interval.is_some(), "--emit-interval", Producer::Clb),
            (self.partition.is_some(), "--partition", Producer::S3Access),
            (self.inventory_id.is_some(), "--inventory-id", inventory),
            (self.format.is_some(), "--format", inventory),
            (self.frequency.is_some(), "--frequency", inventory),
            (self.versions.is_some(), "--versions", inventory),
            (self.fields.is_some(), "--fields", inventory),
            (self.report_kms_key.is_some(), "--report-kms-key", inventory),
        ];
        let foreign = owned.into_iter().find(|(given, _, owner)| *given && *owner != producer);
        foreign.map(|(_, flag, owner)| (flag, owner))
    }

    /// Returns the log service with its choices.
    pub fn kind(&self, producer: Producer) -> Kind {
        match producer {
            Producer::Alb if self.log_types.is_empty() => Kind::Alb(BTreeSet::from([LogType::Access])),
            Producer::Alb => Kind::Alb(self.log_types.clone()),
            Producer::Nlb => Kind::Nlb,
            Producer::Clb => Kind::Clb(self.emit_interval),
            Producer::S3Access => Kind::S3Access(self.partition),
            Producer::Inventory => Kind::Inventory(InventoryRequest {
                id: self.inventory_id.clone().unwrap_or_else(InventoryId::usual),
                format: self.format,
                frequency: self.frequency,
                versions: self.versions,
                fields: self.fields.clone(),
                report_key: self.report_kms_key.clone(),
            }),
        }
    }

    /// Returns whether an existing log is among the chosen ones. Without a choice, all are.
    pub fn fit(&self, attachment: &Attachment) -> bool {
        match &attachment.log {
            Log::LoadBalancer(log) => self.log_types.is_empty() || self.log_types.contains(log),
            Log::Inventory(Some(id)) => self.inventory_id.as_ref().is_none_or(|wanted| wanted.as_str() == id),
            Log::Inventory(None) | Log::Requests => true,
        }
    }

    /// Returns the chosen logs of each named source. A chosen log that a source lacks is off there.
    pub fn of_each(&self, logs: Vec<Vec<Attachment>>) -> Result<Vec<Attachment>, UnknownInventory> {
        match &self.inventory_id {
            Some(id) => inventory::of_id(logs, id),
            None => Ok(logs.into_iter().flatten().filter(|log| self.fit(log)).collect()),
        }
    }
}
