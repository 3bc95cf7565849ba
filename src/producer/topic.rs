//! What a wizard may ask about.

/// One subject of a question.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Topic {
    /// Who logs.
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
    /// How keys of S3 access logs are built.
    Partition,
    /// How often a Classic Load Balancer publishes its log.
    EmitInterval,
    /// The file format of reports.
    Format,
    /// How often a report is made.
    Frequency,
    /// Which versions reports list.
    Versions,
    /// The columns of reports.
    Fields,
    /// When logs expire.
    Expiry,
}

impl Topic {
    /// What it is called where an answer is chosen to be changed.
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
