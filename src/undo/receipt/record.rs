//! A receipt, and its text.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::{AccountId, BucketName, Moment, Region, RunToken};
use crate::plan::Held;

use super::{Change, Entry, Outcome, RunId};

/// The form of new receipts; one that changes gets another number, and the earlier ones stay readable.
const SCHEMA: &str = "logbucket.receipt/2";
/// The first form, without token, endpoint, partition, creation date and attachments.
const FIRST_SCHEMA: &str = "logbucket.receipt/1";

/// What a run wrote over.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Receipt {
    /// The form of the text.
    pub(super) schema: String,
    /// The run.
    pub run: RunId,
    /// When it began, by the clock of its machine.
    pub began: Moment,
    /// When it was over; nothing where it could not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Moment>,
    /// When an undo restored all that it could; what is left belongs to somebody else, or stays for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone: Option<Moment>,
    /// When an undo ended with nothing left to tell: `latest` passes the run by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Moment>,
    /// When an undo had restored all that it could for now: logs or a later run need what is left, or it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partly_undone: Option<Moment>,
    /// The command line that repeats the run.
    pub command: String,
    /// The service that logs, such as `alb`.
    pub producer: String,
    /// The sources.
    pub sources: Vec<String>,
    /// The account.
    pub account: AccountId,
    /// The partition of the account, such as `aws`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition: Option<String>,
    /// The endpoint that answered in place of AWS's own, without user and password; nothing is AWS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// The token of the run, which the bucket carries that it created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<RunToken>,
    /// Who called.
    pub caller: String,
    /// The destination.
    pub bucket: BucketName,
    /// Its Region.
    pub region: Region,
    /// When S3 says that the destination was created, where the caller may list buckets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Moment>,
    /// When S3 says that each source was created that is a bucket, where the caller may list buckets.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sources_created: BTreeMap<String, Moment>,
    /// Where the sources log to by this run, whether it wrote that or found it so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Held>,
    /// Tags and lifecycle rules that were asked for, whether the run wrote them or found them so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked_for: Vec<Held>,
    /// The steps, in the order of the plan; where the run made a plan anew, those of the new one behind.
    pub entries: Vec<Entry>,
}

/// Why a text is no receipt.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It was written by a version that has another form.
    #[error("its form is `{0}`, and this version reads `logbucket.receipt/1` and `logbucket.receipt/2`")]
    OtherForm(String),
    /// It is no JSON, or not of that form.
    #[error("it is no receipt: {0}")]
    Form(#[from] serde_json::Error),
    /// It is the receipt of another run than its file's name says.
    #[error("it is the receipt of run `{0}`")]
    OtherRun(RunId),
    /// A value that its setting can't have.
    #[error("entry {0} has a value that its setting can't have")]
    Mismatch(usize),
}

/// What tells the form, whatever the rest.
#[derive(Deserialize)]
struct Form {
    schema: String,
}

impl Receipt {
    /// The schema that a new one has.
    pub(super) fn schema() -> String {
        SCHEMA.to_owned()
    }

    /// Whether every step was carried out, as far as the run could say.
    pub fn is_whole(&self) -> bool {
        let was_done = |entry: &Entry| matches!(entry.outcome, Outcome::Done | Outcome::Undone);
        let done_later = |at: usize, entry: &Entry| {
            self.entries.iter().skip(at + 1).any(|later| was_done(later) && later.is_of_same(entry))
        };
        self.entries.iter().enumerate().all(|(at, entry)| was_done(entry) || done_later(at, entry))
    }

    /// Whether something that an undo could restore or delete is still as the run or somebody else left it.
    pub fn has_left_something(&self) -> bool {
        self.entries.iter().any(|entry| match entry.change {
            Change::Setting { .. } | Change::MadeBucket { .. } => entry.is_open(),
            Change::BlockedPublicAccess { .. }
            | Change::MadeAlias { .. }
            | Change::MadeKey { .. }
            | Change::RotatedKey => false,
        })
    }

    /// Whether the run made this bucket, or was about to.
    pub(super) fn has_made(&self, bucket: &BucketName) -> bool {
        self.entries
            .iter()
            .any(|entry| matches!(&entry.change, Change::MadeBucket { bucket: made, .. } if made == bucket))
    }

    /// Reads a text.
    pub fn parse(text: &str) -> Result<Self, Unreadable> {
        let Form { schema } = serde_json::from_str(text)?;
        if schema != SCHEMA && schema != FIRST_SCHEMA {
            return Err(Unreadable::OtherForm(schema));
        }
        let receipt: Self = serde_json::from_str(text)?;
        match receipt.entries.iter().position(|entry| !entry.change.is_sound()) {
            Some(index) => Err(Unreadable::Mismatch(index + 1)),
            None => Ok(receipt),
        }
    }

    /// The text.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        Ok(text)
    }
}
