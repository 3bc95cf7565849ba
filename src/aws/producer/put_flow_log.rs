//! Replaces the flow log in a slot. A flow log can't be changed, so it is deleted and created again.

use std::time::Duration;

use crate::aws::connect::Aws;
use crate::aws::error::AwsError;
use crate::model::{Arn, Region, Seen};
use crate::poll::{Interruption, Pauses, PollEnd, PollResult, poll, silently};
use crate::producer::{Destination, FlowLog, FlowLogSettings, Layout, LogResource, NetworkId, SourceSlot};

use super::flow_logs;

/// How long EC2's answers may lag behind a deletion. AWS gives no limit.
const LAG: Duration = Duration::from_secs(30);

const PAUSES: Pauses = Pauses::doubling(Duration::from_secs(1), Duration::from_secs(8));

impl Aws {
    /// Returns the flow logs in a slot. AWS allows only one for each network, destination and kind of traffic.
    pub(super) async fn flow_logs_at(
        &self,
        slot: &SourceSlot,
        region: &Region,
    ) -> Result<Seen<Vec<FlowLog>>, AwsError> {
        let SourceSlot::FlowLog { arn, bucket, prefix, traffic, .. } = slot else { return Ok(Seen::Absent) };
        let Some(id) = NetworkId::from_arn(arn) else { return Ok(Seen::Absent) };
        let read = flow_logs::all(&self.source.ec2(region), &[&id]).await?;
        Ok(read.map(|logs| {
            let all = logs.into_iter().map(|listed| listed.log);
            all.filter(|log| {
                let settings = &log.settings;
                settings.bucket == bucket.as_str() && settings.prefix == *prefix && settings.traffic == *traffic
            })
            .collect()
        }))
    }

    /// Returns the log in a slot, if it is a resource with an ID of its own.
    pub async fn log_resource(
        &self,
        slot: &SourceSlot,
        destination: &Destination,
    ) -> Result<Seen<LogResource>, AwsError> {
        Ok(match self.flow_logs_at(slot, &destination.region).await? {
            Seen::Denied(denial) => Seen::Denied(denial),
            Seen::Absent => Seen::Absent,
            Seen::Present(logs) => logs.into_iter().next().map_or(Seen::Absent, |log| {
                let destination = Destination { flow_keys: log.settings.keys(), ..destination.clone() };
                let layout = Layout::for_flow_log(&log.id, &destination);
                Seen::Present(LogResource { layout, status: log.status })
            }),
        })
    }

    /// Deletes the flow log `before`, by its ID, and creates the flow log `after`. Returns the ID of the new one.
    pub(super) async fn put_flow_log(
        &self,
        slot: &SourceSlot,
        (network, region): (&Arn, &Region),
        before: Option<&FlowLogSettings>,
        after: Option<&FlowLogSettings>,
    ) -> Result<Option<String>, AwsError> {
        let client = self.source.unrepeated().ec2(region);
        if let Some(id) = before.and_then(|before| before.id.as_deref()) {
            flow_logs::delete(&client, id).await?;
            self.wait_until_gone(slot, id, region).await?;
        }
        match after {
            Some(after) => flow_logs::create(&client, network, after).await,
            None => Ok(None),
        }
    }

    /// Waits until AWS no longer lists a deleted flow log: the result of a call may not be visible at once
    /// (<https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html>).
    async fn wait_until_gone(&self, slot: &SourceSlot, id: &str, region: &Region) -> Result<(), AwsError> {
        let look = async || {
            let there = match self.flow_logs_at(slot, region).await {
                Ok(there) => there,
                Err(error) => return PollResult::Over(Err(error)),
            };
            let is_listed = there.present().is_some_and(|logs| logs.iter().any(|log| log.id == id));
            if is_listed { PollResult::NotYet { seen: (), at_most: LAG } } else { PollResult::Over(Ok(())) }
        };
        match poll(&Interruption::default(), PAUSES, look, silently).await {
            PollEnd::Over(ended) => ended,
            PollEnd::TimedOut(()) | PollEnd::Interrupted(()) => Ok(()),
        }
    }
}
