//! A colleague's flow logs.

use sandbox::{FlowLog, FlowLogSeed};

use super::At;

impl At<'_> {
    /// Deletes the flow logs of a network to a bucket.
    pub(super) fn drop_flow_logs(&self, network: &str, bucket: &str) {
        let is_there = |log: &FlowLog| log.resource == network && log.place().0 == bucket;
        for log in self.scene.sandbox.flow_logs().into_iter().filter(is_there) {
            self.scene.sandbox.drop_flow_log(&log.id);
        }
    }

    /// Replaces the flow log of a network to the bucket with one that differs from a run's only in its ID and tags.
    pub(super) fn flow_log(&self, network: &str) {
        self.drop_flow_logs(network, self.bucket);
        let folder = if self.prefix("flow").is_empty() { "" } else { "/flow/" };
        let seed = FlowLogSeed::new(network, &format!("arn:aws:s3:::{}{folder}", self.bucket));
        let interval = self.one_of(&[60, 600]);
        self.scene.sandbox.put_flow_log(FlowLogSeed { interval, ..seed.tagged("by", "hand") });
    }
}

/// Replaces a flow log to the bucket with one that differs only in its ID and tags.
pub(super) fn recreate_flow_log(at: &At<'_>) {
    let is_there = |log: &FlowLog| log.place().0 == at.bucket;
    let logs: Vec<FlowLog> = at.scene.sandbox.flow_logs().into_iter().filter(is_there).collect();
    let Some(log) = at.nth(logs.len()).map(|nth| &logs[nth]) else { return };
    at.scene.sandbox.drop_flow_log(&log.id);
    let seed = FlowLogSeed {
        format: Some(log.format.clone()),
        interval: log.interval,
        file_format: log.file_format.clone(),
        ..FlowLogSeed::new(&log.resource, &log.destination)
    };
    at.scene.sandbox.put_flow_log(seed.tagged("by", "hand"));
}
