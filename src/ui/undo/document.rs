//! Runs and undos as JSON.

use std::path::Path;

use serde::Serialize;

use crate::exit::Exit;
use crate::model::Moment;
use crate::run::restore::{Ended, Undone};
use crate::undo::receipt::{Item, Receipt, Undo};
use crate::undo::receipts::Kept;

use super::line::{difference, subject, why, word};

/// `logbucket.runs/1`.
#[derive(Debug, Serialize)]
pub(in crate::ui) struct RunsDocument {
    schema: &'static str,
    exit_code: u8,
    folder: String,
    runs: Vec<RunBody>,
    unreadable: Vec<String>,
}

/// `logbucket.undo/1`.
#[derive(Debug, Serialize)]
pub(in crate::ui) struct UndoDocument {
    schema: &'static str,
    exit_code: u8,
    run: RunBody,
    changes: Vec<ChangeBody>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    doubts: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    blocked: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

#[derive(Debug, Serialize)]
struct RunBody {
    run: String,
    began: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    undone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    partly_undone: Option<String>,
    account: String,
    region: String,
    producer: String,
    sources: Vec<String>,
    bucket: String,
    command: String,
}

#[derive(Debug, Serialize)]
struct ChangeBody {
    what: String,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    difference: Vec<String>,
}

impl RunsDocument {
    pub(in crate::ui) fn new(folder: &Path, kept: &[Kept], exit: Exit) -> Self {
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

    pub(in crate::ui) fn done(receipt: &Receipt, undone: &Undone<'_>, hint: Option<&str>, exit: Exit) -> Self {
        let ended = |item: &Item| undone.items.iter().find(|(other, _)| *other == item).map(|(_, ended)| ended);
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
    fn new(item: &Item, ended: Option<&Ended>) -> Self {
        let needed_by = ended.and_then(|ended| if let Ended::Needed(why) = ended { Some(why.clone()) } else { None });
        Self {
            what: subject(&item.change),
            verdict: word(&item.verdict),
            outcome: ended.map(|ended| match ended {
                Ended::Done => "put-back",
                Ended::Needed(_) => "needed",
                Ended::Stayed => "not-empty",
                Ended::Failed => "failed",
                Ended::NotDone => "not-done",
            }),
            why: needed_by.or_else(|| why(&item.verdict)),
            difference: difference(item),
        }
    }
}
