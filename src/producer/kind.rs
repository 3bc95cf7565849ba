//! The requested producer, with the user's choices for it.

use std::collections::BTreeSet;

use crate::model::{BucketName, KeyChoice};

use super::{
    Attaching, Attachment, Destination, EmitInterval, FlowKeys, FlowLogSettings, FlowRequest, Goal, InventoryField,
    InventoryRequest, KeyFormat, LogType, NewSetting, OwnEncryption, OwnToday, PartitionDate, Prefix, Producer,
    ReportKey, Source, SourceName, SourceSlot, alb, clb, inventory, load_balancer, s3_access, vpc_flow,
};

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Kind {
    /// ALB logs, of these types.
    Alb(BTreeSet<LogType>),
    /// NLB access logs.
    Nlb,
    /// CLB access logs, with the interval. `None` keeps the current interval.
    Clb(Option<EmitInterval>),
    /// S3 access logs, with the date that the folders in the keys use. `None` keeps the current format.
    S3Access(Option<PartitionDate>),
    /// S3 Inventory.
    Inventory(InventoryRequest),
    /// VPC Flow Logs.
    VpcFlow(FlowRequest),
}

impl Kind {
    /// Returns the producer.
    pub fn producer(&self) -> Producer {
        match self {
            Self::Alb(_) => Producer::Alb,
            Self::Nlb => Producer::Nlb,
            Self::Clb(_) => Producer::Clb,
            Self::S3Access(_) => Producer::S3Access,
            Self::Inventory(_) => Producer::Inventory,
            Self::VpcFlow(_) => Producer::VpcFlow,
        }
    }

    /// Returns the requested load balancer logs. Empty if the sources are buckets.
    pub fn log_types(&self) -> Vec<LogType> {
        match self {
            Self::Alb(types) => types.iter().copied().collect(),
            Self::Clb(_) | Self::Nlb => vec![LogType::Access],
            Self::Inventory(_) | Self::S3Access(_) | Self::VpcFlow(_) => Vec::new(),
        }
    }

    /// Returns the key that encrypts reports, if one is requested.
    pub fn report_key(&self) -> Option<&KeyChoice> {
        match self {
            Self::Inventory(inventory) => inventory.report_key.as_ref(),
            Self::Alb(_) | Self::Clb(_) | Self::Nlb | Self::S3Access(_) | Self::VpcFlow(_) => None,
        }
    }

    /// Returns the requested inventory, if the producer is S3 Inventory.
    pub fn inventory(&self) -> Option<&InventoryRequest> {
        match self {
            Self::Inventory(inventory) => Some(inventory),
            Self::Alb(_) | Self::Clb(_) | Self::Nlb | Self::S3Access(_) | Self::VpcFlow(_) => None,
        }
    }

    /// Returns the name of the requested logs for use in a sentence.
    pub fn title(&self) -> String {
        match self {
            Self::Alb(types) => alb::title(types),
            Self::Inventory(inventory) => format!("S3 Inventory `{}`", inventory.id),
            Self::Nlb => "NLB access log".to_owned(),
            Self::Clb(_) => "CLB access log".to_owned(),
            Self::S3Access(_) => "S3 server access log".to_owned(),
            Self::VpcFlow(asked) => vpc_flow::title(*asked),
        }
    }

    /// Returns the request for a source, completed from the source's configuration.
    #[must_use]
    pub fn for_source(&self, source: &Source) -> Self {
        match (self, source) {
            (Self::Inventory(asked), Source::Bucket(bucket)) => {
                Self::Inventory(asked.or_today(bucket.inventory.present()))
            }
            (
                Self::Alb(_) | Self::Clb(_) | Self::Inventory(_) | Self::Nlb | Self::S3Access(_) | Self::VpcFlow(_),
                _,
            ) => self.clone(),
        }
    }

    /// Returns the columns of a source's reports, if requested or configured.
    pub fn fields_of(&self, source: &Source) -> Option<BTreeSet<InventoryField>> {
        match self.for_source(source) {
            Self::Inventory(inventory) => inventory.fields,
            Self::Alb(_) | Self::Clb(_) | Self::Nlb | Self::S3Access(_) | Self::VpcFlow(_) => None,
        }
    }

    /// Returns the minutes between two files of a load balancer's log, if users can choose the interval.
    pub fn minutes(&self, source: &Source) -> Option<u32> {
        match (self, source) {
            (Self::Clb(asked), Source::LoadBalancer(balancer)) => Some(clb::minutes(balancer, *asked)),
            (
                Self::Alb(_) | Self::Clb(_) | Self::Inventory(_) | Self::Nlb | Self::S3Access(_) | Self::VpcFlow(_),
                _,
            ) => None,
        }
    }

    /// Returns the current prefix of the sources' logs in the bucket, if all logs have the same prefix and the prefix
    /// is valid for a new log. If no prefix is requested, this prefix is kept.
    pub fn prefix_today(&self, sources: &[Source], bucket: &BucketName) -> Option<Prefix> {
        let logs = sources.iter().flat_map(|source| Attachment::selected_by(source, self));
        let mut prefixes = logs.filter_map(|log| {
            let target = log.target.present()?;
            (target.bucket == bucket.as_str()).then(|| target.prefix.clone())
        });
        let first = prefixes.next()?;
        let is_one = prefixes.all(|other| other == first);
        Prefix::parse(self.producer(), &first).ok().filter(|_| is_one)
    }

    /// Returns the flags for the choices that differ from the default, each with its value, if it takes one.
    pub fn flags(&self) -> Vec<(&'static str, Option<String>)> {
        let with_values =
            |flags: Vec<(&'static str, String)>| flags.into_iter().map(|(name, value)| (name, Some(value))).collect();
        match self {
            Self::Alb(types) => with_values(alb::flags(types)),
            Self::Clb(None) | Self::Nlb | Self::S3Access(None) => Vec::new(),
            Self::Clb(Some(interval)) => vec![("--emit-interval", Some(interval.as_str().to_owned()))],
            Self::S3Access(Some(date)) => vec![("--partition", Some(date.as_str().to_owned()))],
            Self::Inventory(inventory) => with_values(inventory.flags()),
            Self::VpcFlow(asked) => asked.flags(),
        }
    }

    /// Describes how a source logs now, with a warning if something prevents its logs.
    pub fn today(&self, source: &Source) -> String {
        match (source, self) {
            (Source::LoadBalancer(balancer), _) => load_balancer::today(balancer, &self.log_types()),
            (Source::Network(network), _) => vpc_flow::today(network),
            (Source::Bucket(bucket), Self::Inventory(asked)) => inventory::today(&asked.id, &bucket.inventory),
            (
                Source::Bucket(bucket),
                Self::Alb(_) | Self::Clb(_) | Self::Nlb | Self::S3Access(_) | Self::VpcFlow(_),
            ) => s3_access::today(&bucket.logging),
        }
    }

    /// Returns how to attach a source.
    pub fn attaching(&self, source: &Source, goal: &Goal<'_>) -> Attaching {
        match (source, self) {
            (Source::LoadBalancer(balancer), Self::Clb(asked)) => clb::attaching(balancer, *asked, goal),
            (Source::LoadBalancer(balancer), _) => load_balancer::attaching(balancer, &self.log_types(), goal),
            (Source::Network(network), _) => vpc_flow::attaching(network, self.flow_request(), goal.destination),
            (Source::Bucket(bucket), Self::Inventory(asked)) => inventory::attaching(bucket, asked, goal),
            (
                Source::Bucket(bucket),
                Self::Alb(_) | Self::Clb(_) | Self::Nlb | Self::S3Access(_) | Self::VpcFlow(_),
            ) => s3_access::attaching(bucket, self.partition(), goal.destination),
        }
    }

    /// Returns a source's log setting, with its complete value after attaching.
    pub fn attached(
        &self,
        source: &Source,
        destination: &Destination,
        encryption: &OwnEncryption<ReportKey>,
    ) -> (SourceSlot, NewSetting) {
        match (source, self) {
            (Source::LoadBalancer(balancer), Self::Clb(asked)) => clb::attached(balancer, *asked, destination),
            (Source::LoadBalancer(balancer), _) => load_balancer::attached(balancer, &self.log_types(), destination),
            (Source::Network(network), _) => vpc_flow::attached(network, self.flow_request(), destination),
            (Source::Bucket(bucket), Self::Inventory(asked)) => {
                inventory::attached(bucket, asked, destination, encryption)
            }
            (
                Source::Bucket(bucket),
                Self::Alb(_) | Self::Clb(_) | Self::Nlb | Self::S3Access(_) | Self::VpcFlow(_),
            ) => s3_access::attached(bucket, destination),
        }
    }

    /// Returns the slot of the resource that attaches a source. `None` if a setting of the source attaches it.
    pub fn resource_slot(&self, source: &Source, destination: &Destination) -> Option<SourceSlot> {
        match source {
            Source::Network(network) => Some(vpc_flow::attached(network, self.flow_request(), destination).0),
            Source::Bucket(_) | Source::LoadBalancer(_) => None,
        }
    }

    /// Returns the logs that attaching turns on or moves for at least one source. AWS writes a test file for each.
    pub fn fresh_logs(&self, sources: &[Source], destination: &Destination) -> BTreeSet<LogType> {
        load_balancer::fresh(&self.log_types(), sources, destination)
    }

    /// Returns the current configuration of a source that names its own encryption. `None` without a configuration, or
    /// if the log service uses the bucket's default encryption.
    pub fn own_encryption_today<'a>(&self, source: &'a Source, destination: &Destination) -> Option<OwnToday<'a>> {
        match (source, self) {
            (Source::Bucket(bucket), Self::Inventory(asked)) => inventory::own_today(bucket, asked, destination),
            (Source::LoadBalancer(_) | Source::Network(_), _)
            | (Source::Bucket(_), Self::Alb(_) | Self::Clb(_) | Self::Nlb | Self::S3Access(_) | Self::VpcFlow(_)) => {
                None
            }
        }
    }

    /// Returns the key format of the S3 access logs that the sources will send to a bucket. Simple for other log
    /// services.
    pub fn key_format(&self, sources: &[Source], bucket: &str, prefix: &str) -> KeyFormat {
        match self {
            Self::S3Access(asked) => s3_access::key_format(*asked, sources, bucket, prefix),
            Self::Alb(_) | Self::Clb(_) | Self::Inventory(_) | Self::Nlb | Self::VpcFlow(_) => KeyFormat::Simple,
        }
    }

    /// Returns the format of the keys that the sources' flow logs will have in a bucket.
    pub fn flow_keys(&self, sources: &[Source], bucket: &str, prefix: &str) -> FlowKeys {
        vpc_flow::flow_keys(self.flow_request(), sources, bucket, prefix)
    }

    /// Splits sources that can't share a run, because their logs have different kinds of folders: first those that have the
    /// destination's kind, then the others.
    pub fn by_folders(
        &self,
        names: &[SourceName],
        sources: &[Source],
        destination: &Destination,
    ) -> Option<[Vec<SourceName>; 2]> {
        vpc_flow::by_folders(self.flow_request(), names, sources, destination)
    }

    /// Returns the settings that a network's flow log will have in a bucket.
    pub fn flow_log(&self, source: &Source, bucket: &str, prefix: &str) -> Option<FlowLogSettings> {
        match source {
            Source::Network(network) => Some(vpc_flow::wanted(network, self.flow_request(), bucket, prefix)),
            Source::Bucket(_) | Source::LoadBalancer(_) => None,
        }
    }

    /// Returns the request for flow logs. Without any choice for other log services.
    pub(super) fn flow_request(&self) -> FlowRequest {
        match self {
            Self::VpcFlow(asked) => *asked,
            Self::Alb(_) | Self::Clb(_) | Self::Inventory(_) | Self::Nlb | Self::S3Access(_) => FlowRequest::default(),
        }
    }

    /// Returns the requested date for the folders in the keys, if any.
    fn partition(&self) -> Option<PartitionDate> {
        match self {
            Self::S3Access(asked) => *asked,
            Self::Alb(_) | Self::Clb(_) | Self::Inventory(_) | Self::Nlb | Self::VpcFlow(_) => None,
        }
    }
}
