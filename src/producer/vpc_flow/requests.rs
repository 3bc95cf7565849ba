//! The requests of the log delivery service to bucket and key, for flow logs.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html> and
//! <https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-cmk-policy.html> (2026).

use crate::producer::{Destination, LogSource, Probe, ProbedKey, log_delivery};

/// Returns the service's requests to the bucket: to read its ACL, then to write the files.
pub(in crate::producer) fn bucket_probes(log_source: &LogSource, destination: &Destination) -> Vec<Probe> {
    log_delivery::bucket_probes(super::flow_logs(destination), log_source, destination)
}

/// Returns the service's requests to a customer managed key.
pub(in crate::producer) fn key_probes(
    log_source: &LogSource,
    destination: &Destination,
    key: &ProbedKey<'_>,
) -> Vec<Probe> {
    log_delivery::key_probes(log_source, destination, key)
}
