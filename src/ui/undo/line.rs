//! What an undo does about a step, in words that text and JSON share.

use crate::plan::Setting;
use crate::ui::details::moved;
use crate::undo::receipt::{Change, Item, Verdict};

/// What a step changed.
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

/// The word for a verdict.
pub(super) fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Restore { .. } => "restore",
        Verdict::Delete => "delete",
        Verdict::AsBefore => "as-before",
        Verdict::Moved { .. } => "changed-since",
        Verdict::Gone => "gone",
        Verdict::Unseen(_) => "not-seen",
        Verdict::Shared(_) | Verdict::Stays(_) => "stays",
        Verdict::Needed(_) => "needed",
        Verdict::Undone => "undone",
        Verdict::WithBucket => "with-bucket",
    }
}

/// Why it is so, where that needs a word.
pub(super) fn why(verdict: &Verdict) -> Option<String> {
    match verdict {
        Verdict::Moved { values } if values.0.is_none() => {
            Some("what is there is not what was before, and the run never got to it".to_owned())
        }
        Verdict::Moved { .. } => Some("somebody changed it since, so that it is left alone".to_owned()),
        Verdict::Unseen(denial) => Some(denial.to_string()),
        Verdict::Shared(settings) => Some(format!("somebody changed it since: {}", settings.join(", "))),
        Verdict::Stays(why) | Verdict::Needed(why) => Some(why.clone()),
        Verdict::Gone => Some("what it belongs to is not there any more".to_owned()),
        Verdict::Restore { values } if matches!(&values.1, Setting::Source(before) if before.has_no_bucket()) => {
            Some("where AWS takes no empty name, the log is off and keeps the name of its bucket".to_owned())
        }
        Verdict::Undone => Some("an earlier undo took it back".to_owned()),
        Verdict::AsBefore | Verdict::Delete | Verdict::Restore { .. } | Verdict::WithBucket => None,
    }
}

/// The lines that show it: of what is put back, what is there and what was; of what moved, what the run left and what is
/// there.
pub(super) fn difference(item: &Item) -> Vec<String> {
    match &item.verdict {
        Verdict::Restore { values } => moved(&values.0, &values.1),
        Verdict::Moved { values } => match &values.0 {
            Some(left) => moved(left, &values.1),
            None => Vec::new(),
        },
        Verdict::AsBefore
        | Verdict::Delete
        | Verdict::Gone
        | Verdict::Needed(_)
        | Verdict::Shared(_)
        | Verdict::Stays(_)
        | Verdict::Undone
        | Verdict::Unseen(_)
        | Verdict::WithBucket => Vec::new(),
    }
}
