//! The requests of Elastic Load Balancing to the bucket for a Classic Load Balancer.
//!
//! The policy and the test file's key: <https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/enable-access-logs.html>.
//! The files' keys: <https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/access-log-collection.html>.

use crate::producer::probe::perhaps;
use crate::producer::{Destination, LogSource, LogType, Probe, ProbePurpose, keys, load_balancer};

/// Returns the service's requests to write the test file and the logs. No page says whether they contain
/// `aws:SourceArn`.
pub(in crate::producer) fn probes(log_source: &LogSource, destination: &Destination) -> Vec<Probe> {
    let request = || load_balancer::request(destination).with("aws:SourceArn", perhaps(log_source.arn.clone()));
    let test_file = request().puts([keys::test_file(LogType::Access, destination)], log_source);
    let logs = request().puts([keys::classic_logs(log_source, destination)], log_source);
    test_file.into_iter().map(|probe| probe.needed_for(ProbePurpose::Enabling)).chain(logs).collect()
}
