//! The requests of Elastic Load Balancing to the bucket for a Classic Load Balancer.
//!
//! The policy and the test file's key: <https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/enable-access-logs.html>.
//! The files' keys: <https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/access-log-collection.html>.

use crate::producer::probe::perhaps;
use crate::producer::{LogType, Place, Probe, ProbePurpose, Writer, keys, load_balancer};

/// Returns the service's requests to write the test file and the logs. No page says whether they contain
/// `aws:SourceArn`.
pub(in crate::producer) fn probes(writer: &Writer, place: &Place) -> Vec<Probe> {
    let request = || load_balancer::request(place).with("aws:SourceArn", perhaps(writer.arn.clone()));
    let test_file = request().puts([keys::test_file(LogType::Access, place)], writer);
    let logs = request().puts([keys::classic_logs(writer, place)], writer);
    test_file.into_iter().map(|probe| probe.needed_for(ProbePurpose::Enabling)).chain(logs).collect()
}
