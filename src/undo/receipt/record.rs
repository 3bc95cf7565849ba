//! A receipt and its JSON text.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::model::{AccountId, BucketName, Moment, Region, RunToken};
use crate::plan::RequiredSetting;
use crate::producer::Attachment;

use super::stored_change::mismatch;
use super::{Arrival, Former, ReceiptEntry, RecordedChange, RunId, StepOutcome};

/// The schema of new receipts. Each change of the schema gets a new number; older receipts stay readable.
const SCHEMA: &str = "logbucket.receipt/2";
/// The first schema, without token, endpoint, partition, creation date and attachments.
const FIRST_SCHEMA: &str = "logbucket.receipt/1";

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Receipt {
    pub(super) schema: String,
    pub run: RunId,
    /// When the run began, by its machine's clock.
    pub began: Moment,
    /// When the run ended. `None` if the run could not record its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Moment>,
    /// When an undo had restored everything that it could. The remaining changes belong to someone else or stay for
    /// good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone: Option<Moment>,
    /// When an undo exited with 0. From then on, `latest` skips the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Moment>,
    /// When an undo had restored everything that it could for now. The remaining changes are needed by logs or a later
    /// run, or could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partly_undone: Option<Moment>,
    /// The command line that repeats the run.
    pub command: String,
    /// The log type, such as `alb`.
    pub producer: String,
    pub sources: Vec<String>,
    pub account: AccountId,
    /// The account's partition, such as `aws`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition: Option<String>,
    /// The endpoint used instead of AWS's own, without user and password. `None` means AWS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// The run's token, which is also a tag of the bucket that the run created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<RunToken>,
    /// The caller's ARN.
    pub caller: String,
    /// The destination.
    pub bucket: BucketName,
    /// The destination's Region.
    pub region: Region,
    /// When the destination was created, according to S3. Needs permission to list buckets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Moment>,
    /// The creation dates, according to S3, of the source buckets and of the buckets that sources logged to before the
    /// run. Needs permission to list buckets.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub buckets_created: BTreeMap<String, Moment>,
    /// The source buckets and earlier destinations that belonged to another account, or refused access to the caller's
    /// account, when the run began.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub buckets_foreign: BTreeSet<String>,
    /// Whether the logs that the run moved could arrive at their earlier destinations. Load balancers are left out,
    /// because AWS checks their destinations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<Former>,
    /// The destinations of the run's sources, whether the run set them or found them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<RequiredSetting>,
    /// The requested tags and lifecycle rules, whether the run wrote them or found them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked_for: Vec<RequiredSetting>,
    /// The steps in the plan's order. If the run made a new plan, the new plan's steps follow.
    pub entries: Vec<ReceiptEntry>,
}

/// Why a text is not a receipt.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptParseError {
    /// The text was written by a version with another schema.
    #[error("its schema is `{0}`; this version reads `logbucket.receipt/1` and `logbucket.receipt/2`")]
    OtherForm(String),
    /// The text is not JSON, or does not follow the schema.
    #[error("it is not a receipt: {0}")]
    Form(#[from] serde_json::Error),
    /// The receipt belongs to a different run than its file name says.
    #[error("it is the receipt for run `{0}`")]
    OtherRun(RunId),
    #[error("entry {0} has an invalid value for its setting")]
    Mismatch(usize),
    /// An entry changes a bucket other than the destination, which no run does.
    #[error("entry {0} changes a bucket other than `{1}`")]
    OtherBucket(usize, BucketName),
}

/// The schema, parsed before the rest.
#[derive(Deserialize)]
struct Form {
    schema: String,
}

impl Receipt {
    pub(super) fn schema() -> String {
        SCHEMA.to_owned()
    }

    /// Returns whether every step was carried out, according to the receipt.
    pub fn is_whole(&self) -> bool {
        let was_done = |entry: &ReceiptEntry| matches!(entry.outcome, StepOutcome::Done | StepOutcome::Undone);
        let done_later = |at: usize, entry: &ReceiptEntry| {
            self.entries.iter().skip(at + 1).any(|later| was_done(later) && later.is_of_same(entry))
        };
        self.entries.iter().enumerate().all(|(at, entry)| was_done(entry) || done_later(at, entry))
    }

    /// Returns whether an undo could still restore or delete something.
    pub fn has_left_something(&self) -> bool {
        self.entries.iter().any(|entry| match entry.change {
            RecordedChange::Setting { .. } | RecordedChange::MadeBucket { .. } => entry.is_open(),
            RecordedChange::BlockedPublicAccess { .. }
            | RecordedChange::MadeAlias { .. }
            | RecordedChange::MadeKey { .. }
            | RecordedChange::RotatedKey => false,
        })
    }

    /// Returns whether a log could arrive at its earlier destination. `None` if the run did not move the log.
    pub fn arrived(&self, log: &Attachment) -> Option<Arrival> {
        self.former.iter().find(|former| former.source.is_of(log)).map(|former| former.arrived)
    }

    /// Returns whether the run created this bucket or was about to.
    pub(super) fn has_made(&self, bucket: &BucketName) -> bool {
        self.entries
            .iter()
            .any(|entry| matches!(&entry.change, RecordedChange::MadeBucket { bucket: made, .. } if made == bucket))
    }

    pub fn parse(text: &str) -> Result<Self, ReceiptParseError> {
        let Form { schema } = serde_json::from_str(text)?;
        if schema != SCHEMA && schema != FIRST_SCHEMA {
            return Err(ReceiptParseError::OtherForm(schema));
        }
        let parsed: Result<Self, _> = serde_json::from_str(text);
        let receipt = parsed.map_err(|error| match mismatch(text) {
            Some(index) => ReceiptParseError::Mismatch(index + 1),
            None => error.into(),
        })?;
        let is_elsewhere = |entry: &ReceiptEntry| entry.change.bucket().is_some_and(|bucket| *bucket != receipt.bucket);
        match receipt.entries.iter().position(is_elsewhere) {
            Some(index) => Err(ReceiptParseError::OtherBucket(index + 1, receipt.bucket)),
            None => Ok(receipt),
        }
    }

    pub fn text(&self) -> Result<String, serde_json::Error> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        Ok(text)
    }
}
