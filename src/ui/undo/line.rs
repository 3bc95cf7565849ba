//! Texts about the changes of an undo, shared by text and JSON.

use crate::plan::Setting;
use crate::ui::details::moved;
use crate::undo::receipt::{Change, Item, Verdict};

/// Names what a step changed.
pub(in crate::ui) fn subject(change: &Change) -> String {
    match change {
        Change::MadeBucket { bucket, .. } => format!("the bucket `{bucket}`"),
        Change::MadeKey { key: Some(key) } => format!("the key `{key}`"),
        Change::MadeKey { key: None } => "a key".to_owned(),
        Change::RotatedKey => "the rotation of the key".to_owned(),
        Change::MadeAlias { alias } => format!("the alias `{alias}`"),
        Change::BlockedPublicAccess { bucket } => format!("Block Public Access of `{bucket}`"),
        Change::Setting { slot, .. } => slot.title(),
    }
}

/// Explains a verdict, if it needs an explanation.
pub(super) fn why(verdict: &Verdict) -> Option<String> {
    match verdict {
        Verdict::ChangedSince { values } if values.0.is_none() => Some(
            "someone else changed it: the run left it alone, but its value differs from the one before the run"
                .to_owned(),
        ),
        Verdict::ChangedSince { .. } => Some("changed by someone since; left as is".to_owned()),
        Verdict::Unreadable(denial) => Some(denial.to_string()),
        Verdict::InUse(settings) => Some(format!("changed by someone since: {}", settings.join(", "))),
        Verdict::Keep(why) | Verdict::NeededBy(why) => Some(why.clone()),
        Verdict::Missing => Some("the resource with this setting no longer exists".to_owned()),
        Verdict::Restore { values } if matches!(&values.1, Setting::Source(_, before) if before.has_no_bucket()) => {
            Some("if AWS does not accept an empty bucket name, logging is turned off and the name stays".to_owned())
        }
        Verdict::Undone => Some("already restored by an earlier undo".to_owned()),
        Verdict::AsBefore | Verdict::Delete | Verdict::Restore { .. } | Verdict::WithBucket => None,
    }
}

/// Compares two values of a setting. For a setting to restore: the current value and the former value. For a setting
/// that someone changed since: the value that the run left and the current value.
pub(super) fn difference(item: &Item) -> Vec<String> {
    match &item.verdict {
        Verdict::Restore { values } => moved(&values.0, Some(&values.1)),
        Verdict::ChangedSince { values } => match &values.0 {
            Some(left) => moved(left, Some(&values.1)),
            None => Vec::new(),
        },
        Verdict::AsBefore
        | Verdict::Delete
        | Verdict::Missing
        | Verdict::NeededBy(_)
        | Verdict::InUse(_)
        | Verdict::Keep(_)
        | Verdict::Undone
        | Verdict::Unreadable(_)
        | Verdict::WithBucket => Vec::new(),
    }
}
