//! Reads a source's own setting, and writes it with one call. `repeat` decides whether to write and when to retry.

use std::collections::BTreeMap;

use crate::aws::connect::Aws;
use crate::aws::error::{AwsError, unbuildable};
use crate::aws::read_setting::or_none;
use crate::model::{AccountId, Region, RegionError, Seen};
use crate::plan::Mismatch;
use crate::producer::{ClassicLog, FlowLog, SourceSetting, SourceSlot};

use super::{clb, inventory, load_balancer, s3_access};

impl Aws {
    /// Returns a source's own setting.
    pub(in crate::aws) async fn source_setting(
        &self,
        slot: &SourceSlot,
        owner: &AccountId,
        region: &Region,
    ) -> Result<Seen<SourceSetting>, AwsError> {
        Ok(match slot {
            SourceSlot::BucketLogging { bucket, region } => {
                let read = s3_access::logging(&self.source.s3(region), bucket, owner).await?;
                or_none(read).map(SourceSetting::Logging)
            }
            SourceSlot::Inventory { bucket, region, id } => {
                let read = inventory::inventory(&self.source.s3(region), bucket, owner, id).await?;
                or_none(read).map(SourceSetting::Inventory)
            }
            SourceSlot::LoadBalancer { arn, name: _, attributes } => {
                let region = arn.region.parse().unwrap_or_else(|_| region.clone());
                let read = load_balancer::attributes(&self.source.elb(&region), &arn.to_string()).await?;
                let these = |(key, _): &(String, String)| attributes.contains(key);
                let these = |all: BTreeMap<String, String>| all.into_iter().filter(these).collect();
                or_none(read).map(|all| SourceSetting::Attributes(all.map(these).unwrap_or_default()))
            }
            SourceSlot::ClassicLog { arn, name } => {
                let region = arn.region.parse().unwrap_or_else(|_| region.clone());
                let read = clb::attributes(&self.source.classic_elb(&region), name).await?;
                let log = |all: Option<BTreeMap<String, String>>| ClassicLog::from_attributes(&all.unwrap_or_default());
                or_none(read).map(|all| SourceSetting::ClassicLog(log(all)))
            }
            SourceSlot::FlowLog { arn, .. } => {
                let region = arn.region.parse().unwrap_or_else(|_| region.clone());
                let read = self.flow_logs_at(slot, &region).await?;
                let first = |logs: Vec<FlowLog>| logs.into_iter().next().map(|log| log.settings);
                or_none(read).map(|logs| SourceSetting::FlowLog(logs.and_then(first)))
            }
        })
    }

    /// Writes a source's own setting, which is no resource.
    pub(in crate::aws) async fn set_source(
        &self,
        slot: &SourceSlot,
        after: &SourceSetting,
        owner: &AccountId,
    ) -> Result<(), AwsError> {
        let source = self.source.unrepeated();
        match (slot, after) {
            (SourceSlot::BucketLogging { bucket, region }, SourceSetting::Logging(after)) => {
                s3_access::put(&source.s3(region), bucket, owner, after.as_ref()).await
            }
            (SourceSlot::Inventory { bucket, region, id }, SourceSetting::Inventory(after)) => {
                inventory::put(&source.s3(region), (bucket, owner), id, after.as_ref()).await
            }
            (SourceSlot::LoadBalancer { arn, .. }, SourceSetting::Attributes(after)) => {
                let wrong = |error: RegionError| unbuildable(slot.api(), &arn.to_string(), &error);
                load_balancer::put_attributes(&source.elb(&arn.region.parse().map_err(wrong)?), arn, after).await
            }
            (SourceSlot::ClassicLog { arn, name }, SourceSetting::ClassicLog(after)) => {
                let wrong = |error: RegionError| unbuildable(slot.api(), &arn.to_string(), &error);
                clb::put(&source.classic_elb(&arn.region.parse().map_err(wrong)?), (arn, name), after).await
            }
            (slot, _) => Err(unbuildable("this write", &slot.title(), &Mismatch)),
        }
    }

    /// Deletes the resource `before` and creates the resource `after`. Either may be none. Returns the ID of the new one.
    pub(in crate::aws) async fn set_resource(
        &self,
        slot: &SourceSlot,
        before: &SourceSetting,
        after: &SourceSetting,
    ) -> Result<Option<String>, AwsError> {
        match (slot, before, after) {
            (SourceSlot::FlowLog { arn, .. }, SourceSetting::FlowLog(before), SourceSetting::FlowLog(after)) => {
                let wrong = |error: RegionError| unbuildable(slot.api(), &arn.to_string(), &error);
                let region = arn.region.parse().map_err(wrong)?;
                self.put_flow_log(slot, (arn, &region), before.as_ref(), after.as_ref()).await
            }
            (slot, _, _) => Err(unbuildable("this write", &slot.title(), &Mismatch)),
        }
    }
}
