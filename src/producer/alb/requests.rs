//! Application Load Balancers: access, connection and health check logs, set by load balancer attributes.
//!
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html>,
//! `enable-connection-logging.html`, `enable-health-check-logging.html` (2026).

use std::collections::BTreeSet;

use crate::producer::LogType;

use crate::producer::probe::perhaps;
use crate::producer::{Destination, LogSource, Probe, ProbePurpose, keys, load_balancer};

/// Returns the service's requests to the bucket: to write test files and logs.
///
/// A policy on the page about access logs has a condition on `aws:SourceArn`, so a grant with this condition works.
/// Users disagree on whether every request has this key. The pages about the other logs do not show this key.
pub(in crate::producer) fn probes(
    types: &BTreeSet<LogType>,
    log_source: &LogSource,
    destination: &Destination,
) -> Vec<Probe> {
    let request = |log: LogType| match log {
        LogType::Access => load_balancer::request(destination).with_documented("aws:SourceArn", &log_source.arn),
        LogType::Connection | LogType::HealthCheck => {
            load_balancer::request(destination).with("aws:SourceArn", perhaps(log_source.arn.clone()))
        }
    };
    types
        .iter()
        .flat_map(|log| {
            let test_file = request(*log).puts([keys::test_file(*log, destination)], log_source);
            let logs = request(*log).puts([keys::load_balancer_logs(*log, log_source, destination)], log_source);
            test_file.into_iter().map(|probe| probe.needed_for(ProbePurpose::Enabling)).chain(logs)
        })
        .collect()
}
