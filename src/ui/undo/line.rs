//! Texts about the changes of an undo, shared by text and JSON.

use crate::plan::Setting;
use crate::ui::details::moved;
use crate::undo::receipt::{RecordedChange, UndoItem, UndoVerdict};

/// Names what a step changed.
pub(in crate::ui) fn subject(change: &RecordedChange) -> String {
    match change {
        RecordedChange::MadeBucket { bucket, .. } => format!("the bucket `{bucket}`"),
        RecordedChange::MadeKey { key: Some(key) } => format!("the key `{key}`"),
        RecordedChange::MadeKey { key: None } => "a key".to_owned(),
        RecordedChange::RotatedKey => "the rotation of the key".to_owned(),
        RecordedChange::MadeAlias { alias } => format!("the alias `{alias}`"),
        RecordedChange::BlockedPublicAccess { bucket } => format!("Block Public Access of `{bucket}`"),
        RecordedChange::Setting { slot, .. } => slot.title(),
    }
}

/// Explains a verdict, if it needs an explanation.
pub(super) fn why(verdict: &UndoVerdict) -> Option<String> {
    match verdict {
        UndoVerdict::ChangedSince { values } if values.0.is_none() => Some(
            "someone else changed it: the run left it alone, but its value differs from the one before the run"
                .to_owned(),
        ),
        UndoVerdict::ChangedSince { .. } => Some("changed by someone since; left as is".to_owned()),
        UndoVerdict::Unreadable(denial) => Some(denial.to_string()),
        UndoVerdict::InUse(settings) => Some(format!("changed by someone since: {}", settings.join(", "))),
        UndoVerdict::Keep(why) | UndoVerdict::NeededBy(why) => Some(why.clone()),
        UndoVerdict::Missing => Some("the resource with this setting no longer exists".to_owned()),
        UndoVerdict::Restore { values } if matches!(&values.1, Setting::Source(_, before) if before.has_no_bucket()) => {
            Some("if AWS does not accept an empty bucket name, logging is turned off and the name stays".to_owned())
        }
        UndoVerdict::Undone => Some("already restored by an earlier undo".to_owned()),
        UndoVerdict::AsBefore | UndoVerdict::Delete | UndoVerdict::Restore { .. } | UndoVerdict::WithBucket => None,
    }
}

/// Compares two values of a setting. For a setting to restore: the current value and the former value. For a setting
/// that someone changed since: the value that the run left and the current value.
pub(super) fn difference(item: &UndoItem) -> Vec<String> {
    match &item.verdict {
        UndoVerdict::Restore { values } => moved(&values.0, Some(&values.1)),
        UndoVerdict::ChangedSince { values } => match &values.0 {
            Some(left) => moved(left, Some(&values.1)),
            None => Vec::new(),
        },
        UndoVerdict::AsBefore
        | UndoVerdict::Delete
        | UndoVerdict::Missing
        | UndoVerdict::NeededBy(_)
        | UndoVerdict::InUse(_)
        | UndoVerdict::Keep(_)
        | UndoVerdict::Undone
        | UndoVerdict::Unreadable(_)
        | UndoVerdict::WithBucket => Vec::new(),
    }
}
