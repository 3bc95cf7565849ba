//! Why a draft can't become a request.

use crate::model::{BucketNameError, EncryptionKind, KeyRefError, Region, StorageClass};
use crate::producer::{PrefixError, Producer, SourceNameError};

use super::Question;

/// Why a draft can't become a request. None of these needs a call to AWS to be known.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Incomplete {
    /// Answers are missing, all of them named.
    #[error("missing {}", list(.0))]
    Missing(Vec<Question>),
    /// A flag belongs to another producer.
    #[error("`{flag}` is for {belongs_to}, not for `{producer}`")]
    WrongFlag {
        /// The flag.
        flag: &'static str,
        /// Whose it is.
        belongs_to: &'static str,
        /// Which producer was asked for.
        producer: Producer,
    },
    /// What the flag says depends on the producer.
    #[error("`{flag}` needs one `--producer`")]
    ManyProducers {
        /// The flag.
        flag: &'static str,
    },
    /// `--kms-key` beside `--encryption sse-s3`.
    #[error("`--kms-key` can't stand beside `--encryption sse-s3`, which has no key")]
    KeyWithoutKms,
    /// The key is in another Region than the bucket.
    #[error("the key `{key}` can't encrypt for a bucket in {region}: S3 uses keys of the bucket's own Region")]
    KeyElsewhere {
        /// The key's ARN.
        key: String,
        /// The bucket's Region.
        region: Region,
    },
    /// The encryption can never work for the producer.
    #[error("{} can't be written to a bucket whose default encryption is {}", .producer.title(), .asked.title())]
    Encryption {
        /// Which producer was asked for.
        producer: Producer,
        /// What was asked for.
        asked: EncryptionKind,
        /// What works, in words.
        works: &'static str,
        /// The AWS page that says so.
        page: &'static str,
    },
    /// `--tag` names one key with two values.
    #[error("`--tag` gives `{key}` two values, `{first}` and `{second}`: a tag has one")]
    TagTwice {
        /// The key.
        key: String,
        /// A value.
        first: String,
        /// Another one.
        second: String,
    },
    /// Objects can't move to this storage class so early.
    #[error("`--transition-days {days}` is too early for {class}: the minimum is {}", .class.least_days())]
    TransitionTooEarly {
        /// The days.
        days: u32,
        /// The class.
        class: StorageClass,
    },
    /// Objects would be deleted before they move.
    #[error("objects can't move after {days} days: `--expire-days {expire_days}` deletes them by then")]
    TransitionTooLate {
        /// The days until they move.
        days: u32,
        /// The days until they are deleted.
        expire_days: u32,
    },
    /// A bucket would log to itself.
    #[error("bucket `{0}` can't log to itself: each delivered log would be logged again, without end")]
    SelfLogging(String),
    /// Not a bucket's name.
    #[error(transparent)]
    Bucket(#[from] BucketNameError),
    /// Not the producer's prefix.
    #[error(transparent)]
    Prefix(#[from] PrefixError),
    /// Not a source of the producer.
    #[error(transparent)]
    Source(#[from] SourceNameError),
    /// Not a key.
    #[error(transparent)]
    Key(#[from] KeyRefError),
    /// Sources of several Regions or accounts can't share one destination.
    #[error(
        "the sources `{0}` and `{1}` are of different Regions or accounts: one run has one destination beside them"
    )]
    Scattered(String, String),
}

fn list(questions: &[Question]) -> String {
    let flags: Vec<String> = questions.iter().map(|question| format!("`{}`", question.flag())).collect();
    flags.join(", ")
}

impl Incomplete {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Missing(questions) => {
                let each = questions.iter().map(|question| format!("`{}` is {}", question.flag(), question.example()));
                Some(each.collect::<Vec<_>>().join("; "))
            }
            Self::Encryption { works, page, .. } => Some(format!("what works: {works} ({page})")),
            Self::TagTwice { key, .. } => Some(format!("name `{key}` once")),
            Self::KeyWithoutKms => Some("leave `--encryption` out, or say `--encryption sse-kms`".to_owned()),
            Self::SelfLogging(_) => Some("name another bucket with `--bucket`; see https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html".to_owned()),
            Self::TransitionTooEarly { class, .. } => Some(format!(
                "use `--transition-days {}` or more, or another class, such as `--storage-class {}` (https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html)",
                class.least_days(),
                StorageClass::default()
            )),
            Self::TransitionTooLate { expire_days, .. } => {
                Some(format!("use fewer than {expire_days} days with `--transition-days`, or more with `--expire-days`"))
            }
            Self::Scattered(..) => Some("run it once for each Region and account".to_owned()),
            Self::Bucket(error) => error.hint(),
            Self::ManyProducers { .. } => {
                Some("what it may be depends on the producer: run it once for each `--producer`".to_owned())
            }
            Self::KeyElsewhere { .. } => Some("name a key of that Region, or the Region of the key".to_owned()),
            Self::WrongFlag { .. }
            | Self::Prefix(_)
            | Self::Source(_)
            | Self::Key(_) => None,
        }
    }
}
