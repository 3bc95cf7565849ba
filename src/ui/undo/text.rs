//! Runs and undos as text.

use std::path::Path;

use crate::run::restore::{RestoreOutcome, UndoResult};
use crate::ui::clean::clean;
use crate::ui::streams::stderr_wrapped;
use crate::ui::style::{ASIDE, BAD, CAUTION, GOOD, HEADING, diff_style, painted};
use crate::ui::words::{listed, shortened};
use crate::ui::wrap::Sheet;
use crate::undo::receipt::{Receipt, StepOutcome, Undo, UndoItem, UndoVerdict};
use crate::undo::receipts::ReceiptFile;

use super::line::{difference, subject, why};

// Outcomes of a change.
const RESTORED: &str = "restored";
const DELETED: &str = "deleted";
const NOT_EMPTY: &str = "not empty";
const NEEDED: &str = "needed";
const FAILED: &str = "failed";
const NOT_DONE: &str = "not done";

/// Lists every run, the newest first.
pub(in crate::ui) fn runs(folder: &Path, kept: &[ReceiptFile], width: Option<usize>) -> String {
    let mut sheet = Sheet::new(width);
    if kept.is_empty() {
        sheet.line(&format!("no receipts in {}", clean(&folder.display().to_string())));
        return sheet.into_text();
    }
    for kept in kept {
        match kept {
            Ok(receipt) => {
                sheet.line(&painted(HEADING, &clean(receipt.run.as_str())));
                sheet.paragraph("    ", 6, &about(receipt));
                sheet.line(&format!("    {}", painted(ASIDE, &clean(&receipt.command))));
            }
            Err(error) => sheet.paragraph(&format!("{} ", painted(BAD, "unreadable")), 4, &clean(&error.to_string())),
        }
    }
    sheet.into_text()
}

/// Describes a run: when, what, where, and how it ended.
fn about(receipt: &Receipt) -> String {
    let state = match (receipt.undone.or(receipt.partly_undone), receipt.ended) {
        (Some(at), _) if receipt.undone.is_none() => format!("partly undone {at}"),
        (Some(at), _) if receipt.has_left_something() => format!("undone {at}, except for some changes"),
        (Some(at), _) => format!("undone {at}"),
        (None, Some(_)) if receipt.is_whole() => "applied".to_owned(),
        (None, Some(_)) => stopped(receipt).to_owned(),
        (None, None) => "outcome unknown".to_owned(),
    };
    let names: Vec<String> = receipt.sources.iter().map(|name| format!("`{}`", clean(name))).collect();
    format!(
        "{}, {} of {} to `{}`, account {}, {state}",
        receipt.began,
        clean(&receipt.producer),
        shortened(&names),
        receipt.bucket,
        receipt.account
    )
}

/// Describes how a run stopped. A failed step may have been applied if its response was lost.
fn stopped(receipt: &Receipt) -> &'static str {
    let is = |outcome: StepOutcome| receipt.entries.iter().any(|entry| entry.outcome == outcome);
    if is(StepOutcome::Done) || is(StepOutcome::Undone) || is(StepOutcome::Begun) {
        "partly applied"
    } else if is(StepOutcome::Failed) {
        "no change confirmed"
    } else {
        "nothing applied"
    }
}

/// Formats the changes that will be restored, and the changes that won't.
pub(in crate::ui) fn preview(receipt: &Receipt, undo: &Undo, width: Option<usize>) -> String {
    let mut sheet = Sheet::new(width);
    sheet.line(&painted(HEADING, &format!("undo of {}", clean(receipt.run.as_str()))));
    sheet.paragraph("", 2, &about(receipt));
    sheet.line(&painted(ASIDE, &clean(&receipt.command)));
    sheet.line("");
    let mut number = 0;
    for item in &undo.items {
        match &item.verdict {
            UndoVerdict::Restore { .. } => {
                number += 1;
                let (sign, verb) = if item.deletes_a_log() {
                    (painted(BAD, "-"), "delete")
                } else {
                    (painted(CAUTION, "~"), "restore")
                };
                sheet.paragraph(
                    &format!("  {number:>2}. {sign} "),
                    8,
                    &format!("{verb} {}", clean(&subject(&item.change))),
                );
                if let Some(why) = why(&item.verdict) {
                    sheet.paragraph("        ", 8, &painted(ASIDE, &clean(&why)));
                }
                lines(&mut sheet, item);
            }
            UndoVerdict::Delete => {
                number += 1;
                let first = format!("  {number:>2}. {} ", painted(BAD, "-"));
                sheet.paragraph(&first, 8, &format!("delete {} (empty)", clean(&subject(&item.change))));
            }
            UndoVerdict::Missing => aside(&mut sheet, item, "gone   "),
            UndoVerdict::ChangedSince { .. }
            | UndoVerdict::NeededBy(_)
            | UndoVerdict::InUse(_)
            | UndoVerdict::Keep(_)
            | UndoVerdict::Unreadable(_) => stays(&mut sheet, item),
            UndoVerdict::AsBefore | UndoVerdict::Undone | UndoVerdict::WithBucket => {}
        }
    }
    doubts(&mut sheet, undo);
    if number == 0 {
        sheet.line("nothing to restore");
    }
    sheet.into_text()
}

/// Formats the changes that stay, each with the reason, and the doubts.
pub(in crate::ui) fn left(undo: &Undo, width: Option<usize>) -> String {
    let mut sheet = Sheet::new(width);
    for item in &undo.items {
        stays(&mut sheet, item);
    }
    doubts(&mut sheet, undo);
    sheet.into_text()
}

/// If an item stays as it is, adds the reason.
fn stays(sheet: &mut Sheet, item: &UndoItem) {
    match &item.verdict {
        UndoVerdict::ChangedSince { .. } => {
            aside(sheet, item, &painted(BAD, "changed"));
            lines(sheet, item);
        }
        UndoVerdict::NeededBy(_) => aside(sheet, item, &painted(BAD, "needed ")),
        UndoVerdict::Unreadable(_) => aside(sheet, item, &painted(BAD, "unread ")),
        UndoVerdict::InUse(_) | UndoVerdict::Keep(_) => aside(sheet, item, "stays  "),
        UndoVerdict::AsBefore
        | UndoVerdict::Delete
        | UndoVerdict::Missing
        | UndoVerdict::Restore { .. }
        | UndoVerdict::Undone
        | UndoVerdict::WithBucket => {}
    }
}

fn doubts(sheet: &mut Sheet, undo: &Undo) {
    for blocked in &undo.blocked {
        sheet.paragraph(&format!("  {} ", painted(BAD, "blocked")), 10, &clean(blocked));
    }
    for doubt in &undo.doubts {
        sheet.paragraph(&format!("  {} ", painted(CAUTION, "unclear")), 10, &clean(doubt));
    }
}

fn aside(sheet: &mut Sheet, item: &UndoItem, word: &str) {
    let why = why(&item.verdict).unwrap_or_default();
    sheet.paragraph(&format!("  {word} "), 10, &clean(&format!("{}: {why}", subject(&item.change))));
}

fn lines(sheet: &mut Sheet, item: &UndoItem) {
    for line in difference(item) {
        sheet.line(&format!("        {}", painted(diff_style(&line), &clean(&line))));
    }
}

/// Prints a line for an item that is done.
pub(in crate::ui) fn tell(item: &UndoItem, ended: &RestoreOutcome) {
    let word = match ended {
        RestoreOutcome::Done => painted(GOOD, "ok "),
        RestoreOutcome::Needed(_) => painted(BAD, "needed"),
        RestoreOutcome::Stayed => painted(CAUTION, "stays"),
        RestoreOutcome::Failed => painted(BAD, "failed"),
        RestoreOutcome::NotDone => painted(ASIDE, "not done"),
    };
    let verb = if item.verdict == UndoVerdict::Delete || item.deletes_a_log() { "delete " } else { "" };
    stderr_wrapped(&format!("{word} "), 4, &clean(&format!("{verb}{}", subject(&item.change))));
}

/// Names an item, with the reason if a log needs it by now.
fn subject_with_reason(item: &UndoItem, ended: &RestoreOutcome) -> String {
    match ended {
        RestoreOutcome::Needed(why) => format!("{} ({why})", subject(&item.change)),
        RestoreOutcome::Done | RestoreOutcome::Failed | RestoreOutcome::NotDone | RestoreOutcome::Stayed => {
            subject(&item.change)
        }
    }
}

/// Formats the result of an undo.
pub(in crate::ui) fn result(undone: &UndoResult<'_>, width: Option<usize>) -> String {
    let mut sheet = Sheet::new(width);
    let word = |item: &UndoItem, ended: &RestoreOutcome| match ended {
        RestoreOutcome::Done if item.verdict == UndoVerdict::Delete || item.deletes_a_log() => DELETED,
        RestoreOutcome::Done => RESTORED,
        RestoreOutcome::Needed(_) => NEEDED,
        RestoreOutcome::Stayed => NOT_EMPTY,
        RestoreOutcome::Failed => FAILED,
        RestoreOutcome::NotDone => NOT_DONE,
    };
    let styles =
        [(RESTORED, GOOD), (DELETED, GOOD), (NEEDED, BAD), (NOT_EMPTY, CAUTION), (FAILED, BAD), (NOT_DONE, ASIDE)];
    for (wanted, style) in styles {
        let of = undone.items.iter().filter(|(item, ended)| word(item, ended) == wanted);
        let subjects: Vec<String> = of.map(|(item, ended)| subject_with_reason(item, ended)).collect();
        let word = painted(style, &format!("{wanted:<10}"));
        if !subjects.is_empty() {
            sheet.paragraph(&word, 10, &clean(&listed(&subjects)));
        }
    }
    sheet.into_text()
}
