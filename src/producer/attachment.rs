//! Where a source's logs go today, by its own configuration.

use std::collections::BTreeSet;

use crate::model::Seen;

use super::{
    Facts, InventoryConfiguration, InventoryRequest, KeyFormat, Kind, LoadBalancer, LogType, Loops, Place, Producer,
    Source, SourceBucket,
};

/// One log of a source, and where it goes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Attachment {
    /// The source.
    pub source: Source,
    /// Which of its logs.
    pub log: Log,
    /// Where it goes; absent where it is off.
    pub target: Seen<Target>,
}

/// A log of a source.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Log {
    /// One of a load balancer's.
    LoadBalancer(LogType),
    /// A bucket's access log.
    Requests,
    /// A bucket's inventory of this id; nothing where it has none at all.
    Inventory(Option<String>),
}

impl Log {
    /// Which of a load balancer's logs it is, in a word.
    pub fn log_type(&self) -> Option<&'static str> {
        match self {
            Self::LoadBalancer(log) => Some(log.as_str()),
            Self::Inventory(_) | Self::Requests => None,
        }
    }

    /// The id of an inventory.
    pub fn inventory_id(&self) -> Option<&str> {
        match self {
            Self::Inventory(id) => id.as_deref(),
            Self::LoadBalancer(_) | Self::Requests => None,
        }
    }

    /// What it is called among the logs of its source; nothing for an inventory that is not there.
    pub fn name(&self) -> &str {
        match self {
            Self::LoadBalancer(log) => log.as_str(),
            Self::Requests => "access",
            Self::Inventory(id) => id.as_deref().unwrap_or_default(),
        }
    }
}

/// Where a log goes, as AWS stores it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Target {
    /// The bucket's name.
    pub bucket: String,
    /// The prefix, which may break the rules of a new one.
    pub prefix: String,
    /// How keys of S3 access logs are built.
    pub key_format: KeyFormat,
    /// The configuration of an inventory.
    pub inventory: Option<InventoryConfiguration>,
}

/// A bucket's inventory configurations by id.
pub type Inventories = Seen<Vec<(String, InventoryConfiguration)>>;

impl Attachment {
    /// Some logs of a load balancer.
    pub fn of_load_balancer(balancer: &LoadBalancer, logs: &[LogType]) -> Vec<Self> {
        let target = |log: LogType| match &balancer.attributes {
            Seen::Denied(denial) => Seen::Denied(denial.clone()),
            Seen::Absent | Seen::Present(_) => match balancer.attachment(log).filter(|attachment| attachment.enabled) {
                Some(attachment) => Seen::Present(Target {
                    bucket: attachment.bucket,
                    prefix: attachment.prefix,
                    key_format: KeyFormat::Simple,
                    inventory: None,
                }),
                None => Seen::Absent,
            },
        };
        let source = || Source::LoadBalancer(balancer.clone());
        logs.iter().map(|log| Self { source: source(), log: Log::LoadBalancer(*log), target: target(*log) }).collect()
    }

    /// Every log that a load balancer can have.
    pub fn of_every_log(balancer: &LoadBalancer) -> Vec<Self> {
        Self::of_load_balancer(balancer, balancer.kind.logs())
    }

    /// The access log of a bucket.
    pub fn of_access_log(bucket: &SourceBucket) -> Self {
        let target = bucket.logging.clone().map(|logging| Target {
            bucket: logging.bucket,
            prefix: logging.prefix,
            key_format: logging.key_format,
            inventory: None,
        });
        Self { source: Source::Bucket(bucket.clone()), log: Log::Requests, target }
    }

    /// The inventories of a bucket, one that is off where it has none.
    pub fn of_inventories(bucket: &SourceBucket, inventories: &Inventories) -> Vec<Self> {
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

    /// The logs that a kind asks of a source, as they are today.
    pub fn asked_of(source: &Source, kind: &Kind) -> Vec<Self> {
        match (source, kind) {
            (Source::LoadBalancer(balancer), _) => Self::of_load_balancer(balancer, &kind.log_types()),
            (Source::Bucket(bucket), Kind::Inventory(asked)) => {
                let today: Inventories =
                    bucket.inventory.clone().map(|configuration| vec![(asked.id.to_string(), configuration)]);
                Self::of_inventories(bucket, &today)
            }
            (Source::Bucket(bucket), Kind::Alb(_) | Kind::Clb(_) | Kind::Nlb | Kind::S3Access(_)) => {
                vec![Self::of_access_log(bucket)]
            }
        }
    }

    /// The log service with the choices that the log makes today, where it goes to `target`. An error says what of it is not
    /// understood.
    pub fn kind(&self, target: &Target) -> Result<Kind, String> {
        Ok(match (&self.log, self.producer()) {
            (_, Producer::Nlb) => Kind::Nlb,
            // Nothing keeps the interval that is there.
            (_, Producer::Clb) => Kind::Clb(None),
            (Log::LoadBalancer(log), _) => Kind::Alb(BTreeSet::from([*log])),
            // Nothing keeps what is there: simple keys can't be asked for by a flag.
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

    /// The key of the file that the service writes as the log is turned on, where it writes one.
    pub fn test_file(&self, place: &Place) -> Option<String> {
        match (&self.log, self.producer()) {
            (Log::LoadBalancer(log), Producer::Alb | Producer::Clb) => {
                Some(format!("{}{}", place.load_balancer_folder(), log.test_file()))
            }
            (Log::Inventory(_) | Log::LoadBalancer(_) | Log::Requests, _) => None,
        }
    }

    /// Whether logs of several sources may lie under one prefix with nothing in their keys that tells them apart.
    pub fn may_share_keys(&self) -> bool {
        match &self.log {
            Log::Requests => true,
            Log::Inventory(_) | Log::LoadBalancer(_) => false,
        }
    }

    /// The service that writes it.
    pub fn producer(&self) -> Producer {
        match (&self.log, &self.source) {
            (Log::Requests, _) => Producer::S3Access,
            (Log::Inventory(_), _) => Producer::Inventory,
            // A Gateway Load Balancer has no logs.
            (Log::LoadBalancer(_), Source::LoadBalancer(balancer)) => balancer.kind.producer().unwrap_or(Producer::Alb),
            (Log::LoadBalancer(_), Source::Bucket(_)) => Producer::Alb,
        }
    }

    /// What it is called: ``access log of load balancer `web` ``.
    pub fn title(&self) -> String {
        let name = self.source.name();
        match &self.log {
            Log::LoadBalancer(log) => format!("{} log of load balancer `{name}`", log.as_str()),
            Log::Requests => format!("access log of bucket `{name}`"),
            Log::Inventory(Some(id)) => format!("inventory `{id}` of bucket `{name}`"),
            Log::Inventory(None) => format!("inventory of bucket `{name}`"),
        }
    }

    /// Its source with the configuration of this very log, of which a bucket may have several.
    pub fn source_as_configured(&self) -> Source {
        let mut source = self.source.clone();
        if let (Source::Bucket(bucket), Some(today)) =
            (&mut source, self.target.present().and_then(|target| target.inventory.clone()))
        {
            bucket.inventory = Seen::Present(today);
        }
        source
    }

    /// What is fixed about its log service.
    pub fn facts(&self) -> &'static Facts {
        self.producer().facts()
    }

    /// Whether each delivery would be logged again where the destination is a source, too.
    pub fn may_go_round(&self) -> bool {
        self.facts().destination.loops == Loops::Endless
    }

    /// How old, in seconds, the newest object may be before it says nothing of today.
    pub fn fresh_for(&self) -> i64 {
        let inventory = self.target.present().and_then(|target| target.inventory.as_ref());
        match inventory.and_then(|today| today.frequency) {
            Some(frequency) => frequency.fresh_for(),
            None => self.facts().fresh_for,
        }
    }
}

fn target_of(configuration: &InventoryConfiguration) -> Target {
    Target {
        bucket: configuration.bucket_arn.rsplit(':').next().unwrap_or_default().to_owned(),
        prefix: configuration.prefix.clone(),
        key_format: KeyFormat::Simple,
        inventory: Some(configuration.clone()),
    }
}
