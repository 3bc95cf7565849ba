use crate::producer::Producer;

/// A question whose answer has no default.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Question {
    Producer,
    Sources(Option<Producer>),
    Bucket,
    KmsKey,
    Account,
    Region,
}

impl Question {
    /// Returns the flag that answers the question.
    pub fn flag(self) -> &'static str {
        match self {
            Self::Producer => "PRODUCER",
            Self::Sources(_) => "--source",
            Self::Bucket => "--bucket",
            Self::KmsKey => "--kms-key",
            Self::Account => "--account",
            Self::Region => "--region",
        }
    }

    /// Returns whether the question is about sources, not about the destination.
    pub fn is_about_sources(self) -> bool {
        match self {
            Self::Producer | Self::Sources(_) => true,
            Self::Account | Self::Bucket | Self::KmsKey | Self::Region => false,
        }
    }

    /// Describes valid values.
    pub fn example(self) -> &'static str {
        match self {
            Self::Producer => "one of `alb`, `nlb`, `clb`, `s3-access`, `inventory`, `vpc-flow`",
            Self::Sources(Some(producer)) => producer.facts().source.example(),
            Self::Sources(None) => "the load balancer, bucket or VPC that logs",
            Self::Bucket => "the destination bucket, new or existing",
            Self::KmsKey => "a key's ARN, ID or alias, or `create`",
            Self::Account => "the account of the sources, twelve digits",
            Self::Region => "the Region of the sources, such as `eu-west-1`",
        }
    }
}
