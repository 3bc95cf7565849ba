//! Decides whether a bucket that a run created can be deleted. It must be the same bucket and empty, and no one else
//! may have changed its settings.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{BucketName, Denial, Seen};
use crate::plan::{Setting, Slot, TARGET_TAG};

use super::{
    Contents, CurrentState, FoundBucket, Likeness, Receipt, ReceiptEntry, RecordedChange, RunId, Undo, UndoItem,
    UndoVerdict,
};

const RECREATED: &str = "the run's bucket was deleted, and someone created another one with its name";
const WITHOUT_TOKEN: &str = "the receipt has no token to identify the run's bucket";

/// Names the run by its ID, because `latest` may mean another run by the time the bucket is empty.
fn holds_objects(run: &RunId) -> String {
    format!(
        "it contains objects, which logbucket never deletes, so its settings stay. Once it is empty, an undo of \
         `{run}` deletes it"
    )
}

/// Returns what to do about the bucket. `tags` are the bucket's tags at its creation. `items` are the run's later
/// steps, with their verdicts.
pub(super) fn verdict(
    receipt: &Receipt,
    bucket: &BucketName,
    tags: &BTreeMap<String, String>,
    found: &FoundBucket,
    items: &[UndoItem],
) -> UndoVerdict {
    let Some(token) = &receipt.token else { return UndoVerdict::Keep(WITHOUT_TOKEN.to_owned()) };
    match (receipt.created, &found.created) {
        (Some(then), Seen::Present(now)) if then != *now => return UndoVerdict::Keep(RECREATED.to_owned()),
        // Without the creation date, a new bucket with the same tags looks like the run's.
        (Some(_), Seen::Denied(denial)) => return UndoVerdict::Unreadable(denial.clone()),
        (_, _) => {}
    }
    let present = match &found.tags {
        Seen::Denied(denial) => return UndoVerdict::Unreadable(denial.clone()),
        Seen::Present(tags) => tags.clone(),
        Seen::Absent => BTreeMap::new(),
    };
    if present.get(TARGET_TAG).is_some_and(|value| value != token.as_str()) {
        return UndoVerdict::Keep(RECREATED.to_owned());
    }
    match &found.contents {
        Seen::Denied(denial) => return UndoVerdict::Unreadable(denial.clone()),
        Seen::Present(Contents::Objects) => return UndoVerdict::Keep(holds_objects(&receipt.run)),
        Seen::Present(Contents::Empty) | Seen::Absent => {}
    }
    let mut expected = tags.clone();
    expected.insert(TARGET_TAG.to_owned(), token.to_string());
    match changed(bucket, (&present, &expected), found, items) {
        Err(denial) => UndoVerdict::Unreadable(denial),
        Ok(changed) if changed.is_empty() => UndoVerdict::Delete,
        Ok(changed) => UndoVerdict::InUse(changed.into_iter().collect()),
    }
}

impl Receipt {
    /// Returns whether the run's bucket, in its current state, may be deleted.
    pub fn may_delete(&self, bucket: &BucketName, found: &CurrentState) -> bool {
        let look = |entry: &ReceiptEntry| match &entry.change {
            RecordedChange::MadeBucket { .. } => found.clone(),
            RecordedChange::Setting { slot, .. } if slot.destination() == Some(bucket) => found.within(slot),
            RecordedChange::BlockedPublicAccess { .. }
            | RecordedChange::MadeAlias { .. }
            | RecordedChange::RotatedKey
            | RecordedChange::MadeKey { .. }
            | RecordedChange::Setting { .. } => CurrentState::Nothing,
        };
        let items = Undo::new(self, self.entries.iter().map(look).collect()).items;
        // If the bucket no longer exists, an earlier attempt deleted it.
        let is_bucket = |item: &&UndoItem| matches!(item.change, RecordedChange::MadeBucket { .. });
        items
            .iter()
            .find(is_bucket)
            .is_some_and(|item| matches!(item.verdict, UndoVerdict::AsBefore | UndoVerdict::Delete))
    }
}

/// Returns the names of the settings that someone else changed.
fn changed(
    bucket: &BucketName,
    (tags, created_with): (&BTreeMap<String, String>, &BTreeMap<String, String>),
    found: &FoundBucket,
    items: &[UndoItem],
) -> Result<BTreeSet<&'static str>, Denial> {
    let mut changed = BTreeSet::new();
    let of_bucket = |item: &&UndoItem| item.slot().and_then(Slot::destination) == Some(bucket);
    for item in items.iter().filter(of_bucket) {
        let Some(slot) = item.slot() else { continue };
        match &item.verdict {
            // The run created the bucket. If the run then found a value that a new bucket does not have, someone else
            // set it.
            _ if item.found_something_else() => {
                changed.insert(slot.noun());
            }
            UndoVerdict::ChangedSince { .. } | UndoVerdict::Missing => {
                changed.insert(slot.noun());
            }
            UndoVerdict::Unreadable(denial) => return Err(denial.clone()),
            UndoVerdict::AsBefore
            | UndoVerdict::Delete
            | UndoVerdict::NeededBy(_)
            | UndoVerdict::Restore { .. }
            | UndoVerdict::InUse(_)
            | UndoVerdict::Keep(_)
            | UndoVerdict::Undone
            | UndoVerdict::WithBucket => {}
        }
    }
    // A step that was not tried wrote nothing, so the current value is someone else's.
    let was_tried = |item: &&UndoItem| of_bucket(item) && item.verdict != UndoVerdict::AsBefore;
    let written = |slot: &Slot| items.iter().filter(was_tried).any(|item| item.slot() == Some(slot));
    for (slot, setting) in found.slots.iter().filter(|(slot, _)| !written(slot)) {
        match setting {
            Seen::Denied(denial) => return Err(denial.clone()),
            Seen::Present(setting) if !setting.is_of_a_new_bucket() => {
                changed.insert(slot.noun());
            }
            Seen::Present(_) | Seen::Absent => {}
        }
    }
    let wrote_tags = items.iter().filter(was_tried).any(|item| matches!(item.slot(), Some(Slot::BucketTags { .. })));
    if !wrote_tags && tags != created_with {
        changed.insert("tags");
    }
    let ids: BTreeSet<&String> =
        items.iter().filter(was_tried).filter_map(UndoItem::slot).flat_map(Slot::rule_ids).collect();
    match &found.rules {
        Seen::Denied(denial) => return Err(denial.clone()),
        Seen::Present(rules) if rules.iter().any(|rule| !ids.contains(&rule.id)) => {
            changed.insert("lifecycle rules");
        }
        Seen::Present(_) | Seen::Absent => {}
    }
    for (name, likeness) in &found.settings {
        match likeness {
            Seen::Denied(denial) => return Err(denial.clone()),
            Seen::Present(Likeness::Set) => {
                changed.insert(name);
            }
            Seen::Present(Likeness::New) | Seen::Absent => {}
        }
    }
    Ok(changed)
}

impl UndoItem {
    /// Returns the setting that the step changes.
    pub fn slot(&self) -> Option<&Slot> {
        match &self.change {
            RecordedChange::Setting { slot, .. } => Some(slot),
            RecordedChange::BlockedPublicAccess { .. }
            | RecordedChange::MadeAlias { .. }
            | RecordedChange::RotatedKey
            | RecordedChange::MadeBucket { .. }
            | RecordedChange::MadeKey { .. } => None,
        }
    }

    /// Returns whether the run found a value that a new bucket does not have.
    fn found_something_else(&self) -> bool {
        let RecordedChange::Setting { before, .. } = &self.change else { return false };
        before.as_ref().is_some_and(|before: &Setting| !before.is_of_a_new_bucket())
    }
}
