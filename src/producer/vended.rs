//! The log types of `CloudWatch` vended logs.

use crate::producer::{Attachment, Log, LogType, Producer};

/// The log types of `CloudWatch` vended logs for load balancers and buckets
/// (<https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliverySource.html>).
pub(crate) const VENDED_LOG_TYPES: [&str; 5] =
    ["ALB_ACCESS_LOGS", "ALB_CONNECTION_LOGS", "ALB_HEALTH_CHECK_LOGS", "NLB_ACCESS_LOGS", "S3_SERVER_ACCESS_LOGS"];

impl Attachment {
    /// Returns the log's type in vended logs, if there is one.
    pub fn vended_log_type(&self) -> Option<&'static str> {
        let log = match &self.log {
            Log::LoadBalancer(log) => Some(*log),
            Log::Flow(_) | Log::Inventory(_) | Log::Requests => None,
        };
        vended_log_type(self.producer(), log)
    }
}

/// Returns the vended log type of a producer's log, if any. `log` selects a load balancer's log.
pub(super) fn vended_log_type(producer: Producer, log: Option<LogType>) -> Option<&'static str> {
    match (producer, log) {
        (Producer::Alb, Some(LogType::Access)) => Some("ALB_ACCESS_LOGS"),
        (Producer::Alb, Some(LogType::Connection)) => Some("ALB_CONNECTION_LOGS"),
        (Producer::Alb, Some(LogType::HealthCheck)) => Some("ALB_HEALTH_CHECK_LOGS"),
        (Producer::Nlb, Some(LogType::Access)) => Some("NLB_ACCESS_LOGS"),
        (Producer::S3Access, _) => Some("S3_SERVER_ACCESS_LOGS"),
        (Producer::Alb | Producer::Clb | Producer::Inventory | Producer::Nlb | Producer::VpcFlow, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_log_except_an_inventory_has_its_own_name() {
        let of_alb = LogType::ALL.map(|log| vended_log_type(Producer::Alb, Some(log)));
        let nlb = vended_log_type(Producer::Nlb, Some(LogType::Access));
        let s3 = vended_log_type(Producer::S3Access, None);
        let all: Vec<&str> = of_alb.into_iter().chain([nlb, s3]).flatten().collect();
        assert_eq!(all, VENDED_LOG_TYPES);
        assert_eq!(vended_log_type(Producer::Inventory, None), None);
        assert_eq!(vended_log_type(Producer::Nlb, Some(LogType::Connection)), None);
    }
}
