//! Groups of log services, for constant tables.

use super::Producer;

impl Producer {
    /// The services whose sources are load balancers.
    pub const OF_LOAD_BALANCERS: &'static [Self] = &[Self::Alb, Self::Nlb, Self::Clb];

    /// The services whose sources must have a certain listener.
    pub const OF_LISTENERS: &'static [Self] = &[Self::Nlb];

    /// The services whose sources are buckets.
    pub const OF_BUCKETS: &'static [Self] = &[Self::S3Access, Self::Inventory];

    /// The services that a bucket's logging setting turns on.
    pub const OF_BUCKET_LOGGING: &'static [Self] = &[Self::S3Access];

    /// The services that create flow logs.
    pub const OF_FLOW_LOGS: &'static [Self] = &[Self::VpcFlow];

    /// The services with configurations that have an ID.
    pub const OF_CONFIGURATIONS: &'static [Self] = &[Self::Inventory];

    /// The services whose logs `CloudWatch` vended logs can also deliver
    /// (<https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliverySource.html>).
    pub const VENDED: &'static [Self] = &[Self::Alb, Self::Nlb, Self::S3Access];

    /// The services whose logs or reports a customer managed key can encrypt.
    pub const KEYED: &'static [Self] = &[Self::Nlb, Self::Inventory, Self::VpcFlow];
}

#[cfg(test)]
mod tests {
    use crate::producer::vended::vended_log_type;
    use crate::producer::{EncryptedBy, Facts, LogType, SourceKind};

    use super::*;

    fn with(fits: fn(&Facts) -> bool) -> Vec<Producer> {
        Producer::ALL.into_iter().filter(|producer| fits(producer.facts())).collect()
    }

    #[test]
    fn each_group_has_the_services_that_the_facts_name() {
        assert_eq!(Producer::OF_LOAD_BALANCERS, with(|facts| facts.source.load_balancer().is_some()));
        assert_eq!(Producer::OF_LISTENERS, with(|facts| facts.listener.is_some()));
        assert_eq!(Producer::OF_BUCKETS, with(|facts| facts.source == SourceKind::Bucket));
        assert_eq!(Producer::OF_FLOW_LOGS, with(|facts| facts.source == SourceKind::Network));
        assert_eq!(Producer::KEYED, with(|facts| facts.key_grant.is_some()));
        assert_eq!(Producer::OF_CONFIGURATIONS, with(|facts| facts.encrypted_by == EncryptedBy::Source));
        let vended = |producer: &Producer| vended_log_type(*producer, Some(LogType::Access)).is_some();
        assert_eq!(Producer::VENDED, Producer::ALL.into_iter().filter(vended).collect::<Vec<_>>());
        let rest = |producer: &&Producer| !Producer::OF_CONFIGURATIONS.contains(producer);
        assert!(Producer::OF_BUCKET_LOGGING.iter().eq(Producer::OF_BUCKETS.iter().filter(rest)));
    }
}
