//! What the wizard may ask about.

/// One subject of a question.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Topic {
    /// The log service.
    Producer,
    /// Which logs of an ALB.
    LogTypes,
    /// Which load balancers or buckets.
    Sources,
    /// The destination bucket.
    Bucket,
    /// Its default encryption, with the key.
    Encryption,
    /// The encryption of the reports themselves.
    Reports,
    /// The prefix.
    Prefix,
    /// The key format of S3 access logs.
    Partition,
    /// The interval of a Classic Load Balancer's log.
    EmitInterval,
    /// The file format of reports.
    Format,
    /// How often reports are created.
    Frequency,
    /// Which versions reports list.
    Versions,
    /// The columns of reports.
    Fields,
    /// When logs expire.
    Expiry,
}

impl Topic {
    /// Returns its name in the list of answers to change.
    pub fn title(self) -> &'static str {
        match self {
            Self::Producer => "producer",
            Self::LogTypes => "logs",
            Self::Sources => "sources",
            Self::Bucket => "destination",
            Self::Encryption => "default encryption",
            Self::Reports => "encryption of the reports",
            Self::Prefix => "prefix",
            Self::Partition => "partition",
            Self::EmitInterval => "interval",
            Self::Format => "report format",
            Self::Frequency => "report frequency",
            Self::Versions => "versions",
            Self::Fields => "columns",
            Self::Expiry => "expire logs",
        }
    }
}
