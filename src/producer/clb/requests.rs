//! What Elastic Load Balancing asks of the bucket for a Classic Load Balancer.
//!
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/enable-access-logs.html> and `access-log-collection.html` (2026).

use crate::producer::probe::perhaps;
use crate::producer::{LogType, Place, Probe, Writer, keys, load_balancer};

/// To put its test file and its logs. Whether `aws:SourceArn` is sent, no page says.
pub(in crate::producer) fn probes(writer: &Writer, place: &Place) -> Vec<Probe> {
    let request = load_balancer::request(place).with("aws:SourceArn", perhaps(writer.arn.clone()));
    request.puts([keys::test_file(LogType::Access, place), keys::classic_logs(writer, place)], writer)
}
