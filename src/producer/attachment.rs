//! Where a source's logs go according to its own configuration.

use std::collections::BTreeSet;

use crate::model::Seen;

use super::{
    Destination, Facts, FlowLogSettings, FlowRequest, InventoryConfiguration, InventoryRequest, KeyFormat, Kind,
    LoadBalancer, LogType, Loops, Network, Producer, Source, SourceBucket,
};

/// A log of a source, and its destination.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Attachment {
    pub source: Source,
    pub log: Log,
    /// The log's destination. Absent if the log is off.
    pub target: Seen<ConfiguredDestination>,
}

#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Log {
    /// One of a load balancer's logs.
    LoadBalancer(LogType),
    /// A bucket's access log.
    Requests,
    /// A bucket's inventory with this ID. `None` if the bucket has no inventories.
    Inventory(Option<String>),
    /// The flow log of a network with this ID. `None` if the network has no flow log to S3.
    Flow(Option<String>),
}

impl Log {
    /// Returns the type of a load balancer's log.
    pub fn log_type(&self) -> Option<&'static str> {
        match self {
            Self::LoadBalancer(log) => Some(log.as_str()),
            Self::Flow(_) | Self::Inventory(_) | Self::Requests => None,
        }
    }

    /// Returns the ID of an inventory.
    pub fn inventory_id(&self) -> Option<&str> {
        match self {
            Self::Inventory(id) => id.as_deref(),
            Self::Flow(_) | Self::LoadBalancer(_) | Self::Requests => None,
        }
    }

    /// Returns the log's name for a list of its source's logs.
    pub fn short_title(&self) -> String {
        match self {
            Self::LoadBalancer(log) => format!("{} log", log.as_str()),
            Self::Requests => "access log".to_owned(),
            Self::Inventory(Some(id)) => format!("inventory `{id}`"),
            Self::Inventory(None) => "inventory".to_owned(),
            Self::Flow(_) => "flow log".to_owned(),
        }
    }

    /// Returns the log's name among the logs of its source. Empty if the source has no such log.
    pub fn name(&self) -> &str {
        match self {
            Self::LoadBalancer(log) => log.as_str(),
            Self::Requests => "access",
            Self::Flow(id) | Self::Inventory(id) => id.as_deref().unwrap_or_default(),
        }
    }
}

/// Where a log goes, as AWS stores it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConfiguredDestination {
    pub bucket: String,
    /// The prefix. It may break the rules for new prefixes.
    pub prefix: String,
    /// The key format of S3 access logs.
    pub key_format: KeyFormat,
    /// The configuration of an inventory.
    pub inventory: Option<InventoryConfiguration>,
    /// The settings of a flow log.
    pub flow_log: Option<FlowLogSettings>,
}

/// A bucket's inventory configurations by ID.
pub(crate) type Inventories = Seen<Vec<(String, InventoryConfiguration)>>;

impl Attachment {
    /// Returns the given logs of a load balancer.
    pub fn for_load_balancer(balancer: &LoadBalancer, logs: &[LogType]) -> Vec<Self> {
        let target = |log: LogType| match &balancer.attributes {
            Seen::Denied(denial) => Seen::Denied(denial.clone()),
            Seen::Absent | Seen::Present(_) => match balancer.attachment(log).filter(|attachment| attachment.enabled) {
                Some(attachment) => Seen::Present(ConfiguredDestination {
                    bucket: attachment.bucket,
                    prefix: attachment.prefix,
                    key_format: KeyFormat::Simple,
                    inventory: None,
                    flow_log: None,
                }),
                None => Seen::Absent,
            },
        };
        let source = || Source::LoadBalancer(balancer.clone());
        logs.iter().map(|log| Self { source: source(), log: Log::LoadBalancer(*log), target: target(*log) }).collect()
    }

    /// Returns every log that a load balancer can have.
    pub fn for_every_log(balancer: &LoadBalancer) -> Vec<Self> {
        Self::for_load_balancer(balancer, balancer.kind.logs())
    }

    /// Returns the access log of a bucket.
    pub fn for_access_log(bucket: &SourceBucket) -> Self {
        let target = bucket.logging.clone().map(|logging| ConfiguredDestination {
            bucket: logging.bucket,
            prefix: logging.prefix,
            key_format: logging.key_format,
            inventory: None,
            flow_log: None,
        });
        Self { source: Source::Bucket(bucket.clone()), log: Log::Requests, target }
    }

    /// Returns the inventories of a bucket. For a bucket without inventories, returns a single inventory that is off.
    pub fn for_inventories(bucket: &SourceBucket, inventories: &Inventories) -> Vec<Self> {
        let none = |target| Self { source: Source::Bucket(bucket.clone()), log: Log::Inventory(None), target };
        let one = |(id, configuration): &(String, InventoryConfiguration)| Self {
            source: Source::Bucket(bucket.clone()),
            log: Log::Inventory(Some(id.clone())),
            target: if configuration.enabled { Seen::Present(target_of(configuration)) } else { Seen::Absent },
        };
        match inventories {
            Seen::Denied(denial) => vec![none(Seen::Denied(denial.clone()))],
            Seen::Present(listed) if !listed.is_empty() => listed.iter().map(one).collect(),
            Seen::Absent | Seen::Present(_) => vec![none(Seen::Absent)],
        }
    }

    /// Returns the flow logs of a network. For a network without flow logs to S3, returns a single flow log that is off.
    pub fn for_flow_logs(network: &Network) -> Vec<Self> {
        let source = || Source::Network(network.clone());
        match &network.flow_logs {
            Seen::Denied(denial) => {
                vec![Self { source: source(), log: Log::Flow(None), target: Seen::Denied(denial.clone()) }]
            }
            Seen::Present(logs) if !logs.is_empty() => {
                let one = |log: &super::FlowLog| Self {
                    source: source(),
                    log: Log::Flow(Some(log.id.clone())),
                    target: Seen::Present(target_of_flow_log(&log.settings)),
                };
                logs.iter().map(one).collect()
            }
            Seen::Absent | Seen::Present(_) => {
                vec![Self { source: source(), log: Log::Flow(None), target: Seen::Absent }]
            }
        }
    }

    /// Returns the logs that a kind selects, with the source's current setting.
    pub fn selected_by(source: &Source, kind: &Kind) -> Vec<Self> {
        match (source, kind) {
            (Source::LoadBalancer(balancer), _) => Self::for_load_balancer(balancer, &kind.log_types()),
            (Source::Network(network), _) => Self::for_flow_logs(network),
            (Source::Bucket(bucket), Kind::Inventory(asked)) => {
                let today: Inventories =
                    bucket.inventory.clone().map(|configuration| vec![(asked.id.to_string(), configuration)]);
                Self::for_inventories(bucket, &today)
            }
            (
                Source::Bucket(bucket),
                Kind::Alb(_) | Kind::Clb(_) | Kind::Nlb | Kind::S3Access(_) | Kind::VpcFlow(_),
            ) => {
                vec![Self::for_access_log(bucket)]
            }
        }
    }

    /// Returns the log service with the current choices of a log that goes to `target`. The error names the part of the
    /// configuration that logbucket does not understand.
    pub fn kind(&self, target: &ConfiguredDestination) -> Result<Kind, String> {
        Ok(match (&self.log, self.producer()) {
            (_, Producer::Nlb) => Kind::Nlb,
            // `None` keeps the current interval.
            (_, Producer::Clb) => Kind::Clb(None),
            (Log::LoadBalancer(log), _) => Kind::Alb(BTreeSet::from([*log])),
            // The traffic tells this flow log from others. `None` keeps the other settings.
            (Log::Flow(_), _) => Kind::VpcFlow(FlowRequest {
                traffic: target.flow_log.as_ref().and_then(|settings| settings.traffic),
                ..FlowRequest::default()
            }),
            // There is no flag for simple keys, so `None` keeps the current format.
            (Log::Requests, _) => Kind::S3Access(match target.key_format {
                KeyFormat::Partitioned(date) => Some(date),
                KeyFormat::Simple => None,
            }),
            (Log::Inventory(id), _) => {
                let id = id.as_deref().unwrap_or_default();
                Kind::Inventory(InventoryRequest::from_configuration(id, target.inventory.as_ref())?)
            }
        })
    }

    /// Returns the key of the test file that the service writes when the log is turned on, if any.
    pub fn test_file(&self, destination: &Destination) -> Option<String> {
        match (&self.log, self.producer()) {
            (Log::LoadBalancer(log), Producer::Alb | Producer::Clb) => {
                Some(format!("{}{}", destination.load_balancer_folder(), log.test_file()))
            }
            (Log::Flow(_) | Log::Inventory(_) | Log::LoadBalancer(_) | Log::Requests, _) => None,
        }
    }

    /// Returns whether several sources may log to the same prefix with keys that don't show the source.
    pub fn may_share_keys(&self) -> bool {
        match &self.log {
            Log::Requests => true,
            Log::Flow(_) | Log::Inventory(_) | Log::LoadBalancer(_) => false,
        }
    }

    /// Returns the service that writes the log.
    pub fn producer(&self) -> Producer {
        match (&self.log, &self.source) {
            (Log::Requests, _) => Producer::S3Access,
            (Log::Inventory(_), _) => Producer::Inventory,
            (Log::Flow(_), _) => Producer::VpcFlow,
            // A Gateway Load Balancer has no logs.
            (Log::LoadBalancer(_), Source::LoadBalancer(balancer)) => balancer.kind.producer().unwrap_or(Producer::Alb),
            (Log::LoadBalancer(_), Source::Bucket(_) | Source::Network(_)) => Producer::Alb,
        }
    }

    /// Returns the log's full name, such as ``access log of load balancer `web` ``.
    pub fn title(&self) -> String {
        let name = self.source.name();
        match &self.log {
            Log::LoadBalancer(log) => format!("{} log of load balancer `{name}`", log.as_str()),
            Log::Requests => format!("access log of bucket `{name}`"),
            Log::Inventory(Some(id)) => format!("inventory `{id}` of bucket `{name}`"),
            Log::Inventory(None) => format!("inventory of bucket `{name}`"),
            Log::Flow(Some(id)) => format!("flow log `{id}` of `{name}`"),
            Log::Flow(None) => format!("flow log of `{name}`"),
        }
    }

    /// Returns the source with the configuration of this log. A bucket may have several inventory configurations.
    pub fn source_as_configured(&self) -> Source {
        let mut source = self.source.clone();
        if let (Source::Bucket(bucket), Some(today)) =
            (&mut source, self.target.present().and_then(|target| target.inventory.clone()))
        {
            bucket.inventory = Seen::Present(today);
        }
        source
    }

    /// Returns the facts about the log service.
    pub fn facts(&self) -> &'static Facts {
        self.producer().facts()
    }

    /// Returns whether each delivery is logged again if the destination is also a source.
    pub fn may_go_round(&self) -> bool {
        self.facts().destination.loops == Loops::Endless
    }

    /// Returns the age in seconds up to which the newest object still proves that logs arrive.
    pub fn fresh_for(&self) -> i64 {
        let inventory = self.target.present().and_then(|target| target.inventory.as_ref());
        match inventory.and_then(|today| today.frequency) {
            Some(frequency) => frequency.fresh_for(),
            None => self.facts().fresh_for,
        }
    }
}

fn target_of(configuration: &InventoryConfiguration) -> ConfiguredDestination {
    ConfiguredDestination {
        bucket: configuration.bucket_arn.rsplit(':').next().unwrap_or_default().to_owned(),
        prefix: configuration.prefix.clone(),
        key_format: KeyFormat::Simple,
        inventory: Some(configuration.clone()),
        flow_log: None,
    }
}

fn target_of_flow_log(settings: &FlowLogSettings) -> ConfiguredDestination {
    ConfiguredDestination {
        bucket: settings.bucket.clone(),
        prefix: settings.prefix.clone(),
        key_format: KeyFormat::Simple,
        inventory: None,
        flow_log: Some(settings.clone()),
    }
}
