//! Who answers what the flags left open.

use crate::model::Producer;

/// A question whose answer has no default.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Question {
    /// Which producer.
    Producer,
    /// Which sources.
    Sources(Producer),
    /// Which bucket.
    Bucket,
    /// Which customer managed key.
    KmsKey,
}

impl Question {
    /// The flag that answers it.
    pub fn flag(self) -> &'static str {
        match self {
            Self::Producer => "PRODUCER",
            Self::Sources(_) => "--source",
            Self::Bucket => "--bucket",
            Self::KmsKey => "--kms-key",
        }
    }

    /// What a value of it looks like.
    pub fn example(self) -> &'static str {
        match self {
            Self::Producer => "one of `alb`, `nlb`, `s3-access`, `inventory`",
            Self::Sources(Producer::Alb | Producer::Nlb) => "the load balancer's name or ARN",
            Self::Sources(Producer::S3Access | Producer::Inventory) => "the source bucket's name",
            Self::Bucket => "the destination bucket, new or existing",
            Self::KmsKey => "a key's ARN, id or alias, or `create`",
        }
    }
}

/// Answers questions, in the words that a flag would take.
pub trait Ask {
    /// The answer, one text for each value; empty where there is none.
    fn ask(&mut self, question: Question) -> Vec<String>;
}

/// Answers nothing: a script has nobody to ask.
#[derive(Clone, Copy, Debug)]
pub struct NobodyAnswers;

impl Ask for NobodyAnswers {
    fn ask(&mut self, _: Question) -> Vec<String> {
        Vec::new()
    }
}
