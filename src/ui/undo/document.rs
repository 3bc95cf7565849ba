//! Runs and undos as JSON.

use std::path::Path;

use serde::Serialize;

use crate::exit::Exit;
use crate::model::Moment;
use crate::run::restore::{RestoreOutcome, UndoResult};
use crate::undo::receipt::{Receipt, Undo, UndoItem, UndoVerdict};
use crate::undo::receipts::ReceiptFile;

use super::line::{difference, subject, why};

/// The list of runs that `logbucket undo` prints if no run is named.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in crate::ui) struct RunsDocument {
    /// The document and its version.
    #[cfg_attr(test, schemars(extend("const" = "logbucket.runs/1")))]
    schema: &'static str,
    /// The exit code of the process.
    exit_code: u8,
    /// Where the receipts are.
    folder: String,
    /// The runs, newest first.
    runs: Vec<RunBody>,
    /// Files in the folder that are not receipts, and why.
    unreadable: Vec<String>,
}

/// What an undo would restore, or has restored.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in crate::ui) struct UndoDocument {
    /// The document and its version.
    #[cfg_attr(test, schemars(extend("const" = "logbucket.undo/1")))]
    schema: &'static str,
    /// The exit code of the process.
    exit_code: u8,
    /// The run.
    run: RunBody,
    /// What the run changed, last change first.
    changes: Vec<ChangeBody>,
    /// Sources that could not be read. They may need something that the undo would remove.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    doubts: Vec<String>,
    /// What keeps the undo from finishing, and how to resolve it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    blocked: Vec<String>,
    /// Why the undo stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// What to do about `error`.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Run"))]
struct RunBody {
    /// Its ID.
    run: String,
    /// When it began, in ISO 8601.
    began: String,
    /// When it ended, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<String>,
    /// When it was undone.
    #[serde(skip_serializing_if = "Option::is_none")]
    undone: Option<String>,
    /// When part of it was undone.
    #[serde(skip_serializing_if = "Option::is_none")]
    partly_undone: Option<String>,
    /// The account.
    account: String,
    /// The Region.
    region: String,
    /// The log type.
    producer: String,
    /// The names of the sources.
    sources: Vec<String>,
    /// The destination bucket.
    bucket: String,
    /// The command.
    command: String,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "RunChange"))]
struct ChangeBody {
    /// What the run changed.
    what: String,
    /// What undo does with the change.
    verdict: VerdictWord,
    /// The result for this change, if the undo was carried out.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<OutcomeWord>,
    /// Why the change is left as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    /// For `restore`, `-` is the current value and `+` the one before the run. For `changed-since`, `-` is the value
    /// that the run left and `+` the current one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    difference: Vec<String>,
}

/// What undo does with a change.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "UndoVerdict"))]
#[serde(rename_all = "kebab-case")]
enum VerdictWord {
    /// It is as the run left it, and is restored.
    Restore,
    /// The run created the bucket, and the bucket is empty. Undo deletes it.
    Delete,
    /// It is as it was before the run.
    AsBefore,
    /// Someone changed it since; it is left as is.
    ChangedSince,
    /// The resource with this setting no longer exists.
    Missing,
    /// It could not be read, and is left as is.
    Unreadable,
    /// Undo never reverts it: it is a key, blocked public access, or a bucket that contains objects or that someone
    /// changed.
    Kept,
    /// Someone's logs need it.
    Needed,
    /// An earlier undo restored it.
    Undone,
    /// It is deleted together with the bucket that the run created.
    WithBucket,
}

/// The result for a change.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "UndoOutcome"))]
#[serde(rename_all = "kebab-case")]
enum OutcomeWord {
    /// It was restored or deleted.
    Restored,
    /// Someone's logs now need it.
    Needed,
    /// The bucket was not empty after all.
    NotEmpty,
    /// It failed.
    Failed,
    /// It was not tried.
    NotDone,
}

impl From<&UndoVerdict> for VerdictWord {
    fn from(verdict: &UndoVerdict) -> Self {
        match verdict {
            UndoVerdict::Restore { .. } => Self::Restore,
            UndoVerdict::Delete => Self::Delete,
            UndoVerdict::AsBefore => Self::AsBefore,
            UndoVerdict::ChangedSince { .. } => Self::ChangedSince,
            UndoVerdict::Missing => Self::Missing,
            UndoVerdict::Unreadable(_) => Self::Unreadable,
            UndoVerdict::InUse(_) | UndoVerdict::Keep(_) => Self::Kept,
            UndoVerdict::NeededBy(_) => Self::Needed,
            UndoVerdict::Undone => Self::Undone,
            UndoVerdict::WithBucket => Self::WithBucket,
        }
    }
}

impl From<&RestoreOutcome> for OutcomeWord {
    fn from(ended: &RestoreOutcome) -> Self {
        match ended {
            RestoreOutcome::Done => Self::Restored,
            RestoreOutcome::Needed(_) => Self::Needed,
            RestoreOutcome::Stayed => Self::NotEmpty,
            RestoreOutcome::Failed => Self::Failed,
            RestoreOutcome::NotDone => Self::NotDone,
        }
    }
}

impl RunsDocument {
    pub(in crate::ui) fn new(folder: &Path, kept: &[ReceiptFile], exit: Exit) -> Self {
        Self {
            schema: "logbucket.runs/1",
            exit_code: exit.number(),
            folder: folder.display().to_string(),
            runs: kept.iter().flatten().map(RunBody::new).collect(),
            unreadable: kept.iter().filter_map(|kept| kept.as_ref().err()).map(ToString::to_string).collect(),
        }
    }
}

impl UndoDocument {
    pub(in crate::ui) fn new(receipt: &Receipt, undo: &Undo, exit: Exit) -> Self {
        Self {
            schema: "logbucket.undo/1",
            exit_code: exit.number(),
            run: RunBody::new(receipt),
            changes: undo.items.iter().map(|item| ChangeBody::new(item, None)).collect(),
            doubts: undo.doubts.clone(),
            blocked: undo.blocked.clone(),
            error: None,
            hint: None,
        }
    }

    /// An undo that was not approved.
    pub(in crate::ui) fn refused(receipt: &Receipt, undo: &Undo, error: &str, hint: &str, exit: Exit) -> Self {
        Self { error: Some(error.to_owned()), hint: Some(hint.to_owned()), ..Self::new(receipt, undo, exit) }
    }

    pub(in crate::ui) fn done(receipt: &Receipt, undone: &UndoResult<'_>, hint: Option<&str>, exit: Exit) -> Self {
        let ended = |item: &UndoItem| undone.items.iter().find(|(other, _)| *other == item).map(|(_, ended)| ended);
        let changes = undone.undo.items.iter().map(|item| ChangeBody::new(item, ended(item))).collect();
        Self {
            changes,
            error: undone.why.as_ref().map(ToString::to_string),
            hint: hint.map(str::to_owned),
            ..Self::new(receipt, undone.undo, exit)
        }
    }
}

impl RunBody {
    fn new(receipt: &Receipt) -> Self {
        Self {
            run: receipt.run.to_string(),
            began: receipt.began.iso(),
            ended: receipt.ended.map(Moment::iso),
            undone: receipt.undone.map(Moment::iso),
            partly_undone: receipt.partly_undone.filter(|_| receipt.undone.is_none()).map(Moment::iso),
            account: receipt.account.to_string(),
            region: receipt.region.to_string(),
            producer: receipt.producer.clone(),
            sources: receipt.sources.clone(),
            bucket: receipt.bucket.to_string(),
            command: receipt.command.clone(),
        }
    }
}

impl ChangeBody {
    fn new(item: &UndoItem, ended: Option<&RestoreOutcome>) -> Self {
        let needed_by =
            ended.and_then(|ended| if let RestoreOutcome::Needed(why) = ended { Some(why.clone()) } else { None });
        Self {
            what: subject(&item.change),
            verdict: (&item.verdict).into(),
            outcome: ended.map(OutcomeWord::from),
            why: needed_by.or_else(|| why(&item.verdict)),
            difference: difference(item),
        }
    }
}
