//! The topics of the wizard's questions.

/// The topic of a question.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Topic {
    /// The log service.
    Producer,
    /// The logs of an ALB.
    LogTypes,
    /// The load balancers or buckets that log.
    Sources,
    /// The destination bucket.
    Bucket,
    /// The destination bucket's default encryption, with the key.
    Encryption,
    /// The encryption of reports.
    Reports,
    /// The prefix.
    Prefix,
    /// The date in the keys of S3 access logs.
    Partition,
    /// The interval of a Classic Load Balancer's log.
    EmitInterval,
    /// The file format of reports.
    Format,
    /// How often AWS writes a report.
    Frequency,
    /// The object versions that reports list.
    Versions,
    /// The columns of reports.
    Fields,
    /// The traffic that a flow log records.
    Traffic,
    /// The file format of a flow log.
    FlowFormat,
    /// The longest aggregation interval of a flow log.
    Aggregation,
    /// The folders of a flow log: by day or hour, named for Hive or not.
    FlowFolders,
    /// When logs expire.
    Expiry,
    /// The screen with all topics that have a default.
    Options,
}

impl Topic {
    /// Returns whether the topic has a default. The wizard asks about such a topic only on request.
    pub fn is_optional(self) -> bool {
        match self {
            Self::Prefix
            | Self::Partition
            | Self::EmitInterval
            | Self::Format
            | Self::Versions
            | Self::Fields
            | Self::Traffic
            | Self::FlowFormat
            | Self::Aggregation
            | Self::FlowFolders
            | Self::Expiry => true,
            Self::Producer
            | Self::LogTypes
            | Self::Sources
            | Self::Bucket
            | Self::Encryption
            | Self::Reports
            | Self::Frequency
            | Self::Options => false,
        }
    }

    /// Returns the topic's name in lists and answers.
    pub fn title(self) -> &'static str {
        match self {
            Self::Producer => "service",
            Self::LogTypes => "logs",
            Self::Sources => "sources",
            Self::Bucket => "destination",
            Self::Encryption => "default encryption",
            Self::Reports => "report encryption",
            Self::Prefix => "key prefix",
            Self::Partition => "date in log paths",
            Self::EmitInterval => "interval",
            Self::Format => "report format",
            Self::Frequency => "report frequency",
            Self::Versions => "object versions",
            Self::Fields => "report columns",
            Self::Traffic => "traffic",
            Self::FlowFormat => "file format",
            Self::Aggregation => "aggregation",
            Self::FlowFolders => "folders",
            Self::Expiry => "expiry",
            Self::Options => "more options",
        }
    }
}
