//! Network Load Balancers: access logs of TLS listeners, written by the log delivery service.
//!
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/enable-access-logs.html> and
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-S3.html> (2026).

use crate::producer::{Destination, LogSource, LogType, Probe, keys, log_delivery};

/// Returns the service's requests to the bucket: to read its ACL, then to write the logs.
pub(in crate::producer) fn bucket_probes(log_source: &LogSource, destination: &Destination) -> Vec<Probe> {
    log_delivery::bucket_probes(
        keys::load_balancer_logs(LogType::Access, log_source, destination),
        log_source,
        destination,
    )
}
