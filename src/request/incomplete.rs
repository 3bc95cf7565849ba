use crate::model::{BucketNameError, EncryptionKind, KeyRefError, Region, StorageClass};
use crate::producer::{PrefixError, Producer, SourceNameError};

use super::Question;

/// Why a draft can't become a request. These errors are found without AWS calls.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Incomplete {
    /// Questions without an answer.
    #[error("missing {}", list(.0))]
    Missing(Vec<Question>),
    /// A flag belongs to another producer.
    #[error("`{flag}` is for {belongs_to}, not for `{producer}`")]
    WrongFlag {
        flag: &'static str,
        belongs_to: &'static str,
        /// The requested producer.
        producer: Producer,
    },
    /// AWS has no such choice for this source.
    #[error("`{flag}` is not possible for `{of}`: {why}")]
    NotForSource { flag: &'static str, of: String, why: &'static str },
    /// The format of the flag's value depends on the producer.
    #[error("`{flag}` needs one `--producer`")]
    ManyProducers { flag: &'static str },
    /// `--kms-key` with `--encryption sse-s3`.
    #[error("`--kms-key` can't be used with `--encryption sse-s3`, which has no key")]
    KeyWithoutKms,
    /// The key is in another Region than the bucket.
    #[error("key `{key}` can't encrypt for a bucket in {region}: S3 only uses keys of the bucket's own Region")]
    KeyElsewhere { key: String, region: Region },
    /// The encryption never works for the producer.
    #[error("{} can't be written to a bucket whose default encryption is {}", .producer.title(), .asked.title())]
    Encryption {
        producer: Producer,
        /// The requested encryption.
        asked: EncryptionKind,
        /// A description of the encryptions that work.
        works: &'static str,
        /// The AWS page about the producer's encryption.
        page: &'static str,
    },
    /// `--tag` names one key with two values.
    #[error("`--tag` gives `{key}` two values, `{first}` and `{second}`: a tag has one")]
    TagTwice { key: String, first: String, second: String },
    /// Objects can't move to this storage class so early.
    #[error("`--transition-days {days}` is too early for {class}: the minimum is {}", .class.least_days())]
    TransitionTooEarly { days: u32, class: StorageClass },
    /// Objects would be deleted before they move.
    #[error("objects can't move after {days} days: `--expire-days {expire_days}` deletes them by then")]
    TransitionTooLate { days: u32, expire_days: u32 },
    /// A bucket would log to itself.
    #[error("bucket `{0}` can't log to itself: each delivered log would be logged again, endlessly")]
    SelfLogging(String),
    #[error(transparent)]
    Bucket(#[from] BucketNameError),
    /// The prefix is not valid for the producer.
    #[error(transparent)]
    Prefix(#[from] PrefixError),
    /// The text does not name a source of the producer.
    #[error(transparent)]
    Source(#[from] SourceNameError),
    #[error(transparent)]
    Key(#[from] KeyRefError),
    /// Sources of several Regions or accounts can't share one destination.
    #[error(
        "the sources `{0}` and `{1}` are in different Regions or accounts: a run has one destination, in one Region and account"
    )]
    Scattered(String, String),
}

fn list(questions: &[Question]) -> String {
    let flags: Vec<String> = questions.iter().map(|question| format!("`{}`", question.flag())).collect();
    flags.join(", ")
}

impl Incomplete {
    /// Returns what the user can do about the error.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Missing(questions) => {
                let each = questions.iter().map(|question| format!("`{}` is {}", question.flag(), question.example()));
                Some(each.collect::<Vec<_>>().join("; "))
            }
            Self::Encryption { works, page, .. } => Some(format!("what works: {works} ({page})")),
            Self::TagTwice { key, .. } => Some(format!("name `{key}` once")),
            Self::KeyWithoutKms => Some("omit `--encryption`, or use `--encryption sse-kms`".to_owned()),
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
                Some("its format depends on the producer: run it once for each `--producer`".to_owned())
            }
            Self::KeyElsewhere { .. } => Some("name a key in that Region, or use the key's Region".to_owned()),
            Self::NotForSource { .. }
            | Self::WrongFlag { .. }
            | Self::Prefix(_)
            | Self::Source(_)
            | Self::Key(_) => None,
        }
    }
}
