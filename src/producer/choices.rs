//! The choices for a log service, from flags and answers. Each choice is optional.

use std::collections::BTreeSet;

use crate::model::KeyChoice;

use super::{
    Attachment, EmitInterval, FlowRequest, InventoryField, InventoryFormat, InventoryFrequency, InventoryId,
    InventoryRequest, InventoryVersions, Kind, Log, LogType, PartitionDate, Producer, SourceName, UnknownInventory,
    inventory,
};

/// The choices so far, for any log service. [`Choices::foreign_to`] finds a choice that belongs to another service.
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
    /// `--traffic`, `--format`, `--aggregation`, `--hourly` and `--hive`.
    pub flow: FlowRequest,
}

impl Choices {
    /// Returns the first choice that AWS does not have for one of the sources: the flag, the source, and the reason.
    pub fn impossible_for<'a>(
        &self,
        sources: &'a [SourceName],
    ) -> Option<(&'static str, &'a SourceName, &'static str)> {
        sources.iter().find_map(|source| {
            let (flag, why) = self.flow.impossible_for(source.network()?.kind())?;
            Some((flag, source, why))
        })
    }

    /// Returns the first given flag that belongs to another log service, with the name of that service.
    pub fn foreign_to(&self, producer: Producer) -> Option<(&'static str, Producer)> {
        let inventory = Producer::Inventory;
        // Both services have `--format`, and one of the values in common.
        let of_format = match (self.format, self.flow.format) {
            (Some(_), Some(_)) if producer == Producer::VpcFlow => Producer::VpcFlow,
            (None, Some(_)) => Producer::VpcFlow,
            (_, _) => inventory,
        };
        let owned = [
            (!self.log_types.is_empty(), "--log-type", Producer::Alb),
            (self.emit_interval.is_some(), "--emit-interval", Producer::Clb),
            (self.partition.is_some(), "--partition", Producer::S3Access),
            (self.inventory_id.is_some(), "--inventory-id", inventory),
            (self.format.is_some() || self.flow.format.is_some(), "--format", of_format),
            (self.frequency.is_some(), "--frequency", inventory),
            (self.versions.is_some(), "--versions", inventory),
            (self.fields.is_some(), "--fields", inventory),
            (self.report_kms_key.is_some(), "--report-kms-key", inventory),
            (self.flow.traffic.is_some(), "--traffic", Producer::VpcFlow),
            (self.flow.aggregation.is_some(), "--aggregation", Producer::VpcFlow),
            (self.flow.hourly.is_some(), "--hourly", Producer::VpcFlow),
            (self.flow.hive.is_some(), "--hive", Producer::VpcFlow),
        ];
        let foreign = owned.into_iter().find(|(given, _, owner)| *given && *owner != producer);
        foreign.map(|(_, flag, owner)| (flag, owner))
    }

    /// Returns the log service with the choices that belong to it.
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
            Producer::VpcFlow => Kind::VpcFlow(self.flow),
        }
    }

    /// Returns whether an existing log is among the chosen logs. Without a choice, every log is chosen.
    pub fn fit(&self, attachment: &Attachment) -> bool {
        match &attachment.log {
            Log::LoadBalancer(log) => self.log_types.is_empty() || self.log_types.contains(log),
            Log::Inventory(Some(id)) => self.inventory_id.as_ref().is_none_or(|wanted| wanted.as_str() == id),
            Log::Flow(_) | Log::Inventory(None) | Log::Requests => true,
        }
    }

    /// Returns the chosen logs of each named source. If a source lacks a chosen log, the log counts as off.
    pub fn select(&self, logs: Vec<Vec<Attachment>>) -> Result<Vec<Attachment>, UnknownInventory> {
        match &self.inventory_id {
            Some(id) => inventory::inventories_with_id(logs, id),
            None => Ok(logs.into_iter().flatten().filter(|log| self.fit(log)).collect()),
        }
    }
}
