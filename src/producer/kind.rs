//! The producer that is asked for, with the choices that only it has.

use std::collections::BTreeSet;

use crate::model::{BucketName, KeyChoice};

use super::{
    Attaching, Attachment, EmitInterval, Goal, InventoryField, InventoryRequest, KeyFormat, LogType, NewSetting,
    OwnEncryption, OwnToday, PartitionDate, Place, Prefix, Producer, ReportKey, Source, SourceSlot, alb, clb,
    inventory, load_balancer, s3_access,
};

/// A producer and its own choices.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Kind {
    /// ALB logs, of these types.
    Alb(BTreeSet<LogType>),
    /// NLB access logs.
    Nlb,
    /// CLB access logs; how often they are published, or nothing to keep what is there.
    Clb(Option<EmitInterval>),
    /// S3 access logs; the date of the keys' folders, or nothing to keep what is there.
    S3Access(Option<PartitionDate>),
    /// S3 Inventory.
    Inventory(InventoryRequest),
}

impl Kind {
    /// The producer alone.
    pub fn producer(&self) -> Producer {
        match self {
            Self::Alb(_) => Producer::Alb,
            Self::Nlb => Producer::Nlb,
            Self::Clb(_) => Producer::Clb,
            Self::S3Access(_) => Producer::S3Access,
            Self::Inventory(_) => Producer::Inventory,
        }
    }

    /// The load balancer logs that are asked for: none for a bucket's logs.
    pub fn log_types(&self) -> Vec<LogType> {
        match self {
            Self::Alb(types) => types.iter().copied().collect(),
            Self::Clb(_) | Self::Nlb => vec![LogType::Access],
            Self::Inventory(_) | Self::S3Access(_) => Vec::new(),
        }
    }

    /// The key that encrypts reports, where one is asked for.
    pub fn report_key(&self) -> Option<&KeyChoice> {
        match self {
            Self::Inventory(inventory) => inventory.report_key.as_ref(),
            Self::Alb(_) | Self::Clb(_) | Self::Nlb | Self::S3Access(_) => None,
        }
    }

    /// Returns the inventory that is asked for, if it is one.
    pub fn inventory(&self) -> Option<&InventoryRequest> {
        match self {
            Self::Inventory(inventory) => Some(inventory),
            Self::Alb(_) | Self::Clb(_) | Self::Nlb | Self::S3Access(_) => None,
        }
    }

    /// What it is called in a sentence.
    pub fn title(&self) -> String {
        match self {
            Self::Alb(types) => alb::title(types),
            Self::Inventory(inventory) => format!("S3 Inventory `{}`", inventory.id),
            Self::Nlb => "NLB access log".to_owned(),
            Self::Clb(_) => "CLB access log".to_owned(),
            Self::S3Access(_) => "S3 server access log".to_owned(),
        }
    }

    /// The same for a source: what its configuration decides where nothing was said is as that says.
    #[must_use]
    pub fn of_source(&self, source: &Source) -> Self {
        match (self, source) {
            (Self::Inventory(asked), Source::Bucket(bucket)) => {
                Self::Inventory(asked.of_today(bucket.inventory.present()))
            }
            (Self::Alb(_) | Self::Clb(_) | Self::Inventory(_) | Self::Nlb | Self::S3Access(_), _) => self.clone(),
        }
    }

    /// The columns of a source's reports, where they are asked for or there are any.
    pub fn fields_of(&self, source: &Source) -> Option<BTreeSet<InventoryField>> {
        match self.of_source(source) {
            Self::Inventory(inventory) => inventory.fields,
            Self::Alb(_) | Self::Clb(_) | Self::Nlb | Self::S3Access(_) => None,
        }
    }

    /// Returns the minutes between two files of a load balancer's log, if they can be chosen.
    pub fn minutes(&self, source: &Source) -> Option<u32> {
        match (self, source) {
            (Self::Clb(asked), Source::LoadBalancer(balancer)) => Some(clb::minutes(balancer, *asked)),
            (Self::Alb(_) | Self::Clb(_) | Self::Inventory(_) | Self::Nlb | Self::S3Access(_), _) => None,
        }
    }

    /// The prefix under which logs of these sources go to the bucket today, where it is one and a new log could have it: what nobody
    /// asks to be changed stays.
    pub fn prefix_today(&self, sources: &[Source], bucket: &BucketName) -> Option<Prefix> {
        let logs = sources.iter().flat_map(|source| Attachment::asked_of(source, self));
        let mut prefixes = logs.filter_map(|log| {
            let target = log.target.present()?;
            (target.bucket == bucket.as_str()).then(|| target.prefix.clone())
        });
        let first = prefixes.next()?;
        let is_one = prefixes.all(|other| other == first);
        Prefix::parse(self.producer(), &first).ok().filter(|_| is_one)
    }

    /// The flags that say its choices, with their values; none where a choice is the usual one.
    pub fn flags(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Alb(types) => alb::flags(types),
            Self::Clb(None) | Self::Nlb | Self::S3Access(None) => Vec::new(),
            Self::Clb(Some(interval)) => vec![("--emit-interval", interval.as_str().to_owned())],
            Self::S3Access(Some(date)) => vec![("--partition", date.as_str().to_owned())],
            Self::Inventory(inventory) => inventory.flags(),
        }
    }

    /// How a source logs today, in words, and the trap if it has one.
    pub fn today(&self, source: &Source) -> String {
        match (source, self) {
            (Source::LoadBalancer(balancer), _) => load_balancer::today(balancer, &self.log_types()),
            (Source::Bucket(bucket), Self::Inventory(asked)) => inventory::today(&asked.id, &bucket.inventory),
            (Source::Bucket(bucket), Self::Alb(_) | Self::Clb(_) | Self::Nlb | Self::S3Access(_)) => {
                s3_access::today(&bucket.logging)
            }
        }
    }

    /// What attaching a source means.
    pub fn attaching(&self, source: &Source, goal: &Goal<'_>) -> Attaching {
        match (source, self) {
            (Source::LoadBalancer(balancer), Self::Clb(asked)) => clb::attaching(balancer, *asked, goal),
            (Source::LoadBalancer(balancer), _) => load_balancer::attaching(balancer, &self.log_types(), goal),
            (Source::Bucket(bucket), Self::Inventory(asked)) => inventory::attaching(bucket, asked, goal),
            (Source::Bucket(bucket), Self::Alb(_) | Self::Clb(_) | Self::Nlb | Self::S3Access(_)) => {
                s3_access::attaching(bucket, self.partition(), goal.place)
            }
        }
    }

    /// Where a source says where it logs, and all that it will say once it is attached to a place.
    pub fn attached(
        &self,
        source: &Source,
        place: &Place,
        encryption: &OwnEncryption<ReportKey>,
    ) -> (SourceSlot, NewSetting) {
        match (source, self) {
            (Source::LoadBalancer(balancer), Self::Clb(asked)) => clb::attached(balancer, *asked, place),
            (Source::LoadBalancer(balancer), _) => load_balancer::attached(balancer, &self.log_types(), place),
            (Source::Bucket(bucket), Self::Inventory(asked)) => inventory::attached(bucket, asked, place, encryption),
            (Source::Bucket(bucket), Self::Alb(_) | Self::Clb(_) | Self::Nlb | Self::S3Access(_)) => {
                s3_access::attached(bucket, place)
            }
        }
    }

    /// The logs that an attachment to the place turns on or moves, for one of the sources at least, and for each of which AWS writes
    /// a test file.
    pub fn fresh_logs(&self, sources: &[Source], place: &Place) -> BTreeSet<LogType> {
        load_balancer::fresh(&self.log_types(), sources, place)
    }

    /// What a source's configuration says today of the encryption of its objects; nothing where there is none, and for a log service
    /// that takes the bucket's.
    pub fn own_encryption_today<'a>(&self, source: &'a Source, place: &Place) -> Option<OwnToday<'a>> {
        match (source, self) {
            (Source::Bucket(bucket), Self::Inventory(asked)) => inventory::own_today(bucket, asked, place),
            (Source::LoadBalancer(_), _)
            | (Source::Bucket(_), Self::Alb(_) | Self::Clb(_) | Self::Nlb | Self::S3Access(_)) => None,
        }
    }

    /// How the keys of S3 access logs will be built that some sources send to a bucket, under a prefix: simple ones for all others.
    pub fn key_format(&self, sources: &[Source], bucket: &str, prefix: &str) -> KeyFormat {
        match self {
            Self::S3Access(asked) => s3_access::key_format(*asked, sources, bucket, prefix),
            Self::Alb(_) | Self::Clb(_) | Self::Inventory(_) | Self::Nlb => KeyFormat::Simple,
        }
    }

    /// The date of the keys' folders, where it is asked for.
    fn partition(&self) -> Option<PartitionDate> {
        match self {
            Self::S3Access(asked) => *asked,
            Self::Alb(_) | Self::Clb(_) | Self::Inventory(_) | Self::Nlb => None,
        }
    }
}
