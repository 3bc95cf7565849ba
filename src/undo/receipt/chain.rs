//! The values that a run wrote to one setting: one value, or several if the run made new plans.

use crate::model::RunToken;
use crate::plan::Setting;

use super::{CurrentState, ReceiptEntry, RecordedChange, StepOutcome, UndoVerdict};

pub(super) struct Chain<'a> {
    /// The value before the run. `None` for a bucket that the run created.
    pub(super) before: Option<&'a Setting>,
    /// The values that the run wrote, the last first. `None` if a value depends on a key that was never created.
    after: Vec<Option<&'a Setting>>,
    /// Whether the last write was certainly carried out.
    certain: bool,
}

impl<'a> Chain<'a> {
    /// Builds the chain from the last entry and the earlier entries, the latest first. If someone else wrote between
    /// two entries, the older entries are left out, because their values were already replaced.
    pub(super) fn new(last: &'a ReceiptEntry, earlier: impl Iterator<Item = &'a ReceiptEntry>) -> Self {
        let mut chain = Self { before: None, after: Vec::new(), certain: last.outcome == StepOutcome::Done };
        for entry in std::iter::once(last).chain(earlier) {
            let RecordedChange::Setting { before, after, .. } = &entry.change else { break };
            let follows = match (chain.before, after) {
                (Some(found), Some(left)) => found.is(left),
                (None, _) | (_, None) => false,
            };
            if !chain.after.is_empty() && !follows {
                break;
            }
            chain.before = before.as_ref();
            chain.after.push(after.as_ref());
        }
        chain
    }

    /// Returns what to do about the setting, given its current value. `token` marks the resources that the run created.
    pub(super) fn verdict(&self, look: CurrentState, token: Option<&RunToken>) -> UndoVerdict {
        let now = match look {
            CurrentState::Setting(now) => now,
            CurrentState::Denied(denial) => return UndoVerdict::Unreadable(denial),
            CurrentState::Bucket(_) | CurrentState::Gone | CurrentState::Nothing => return UndoVerdict::Missing,
        };
        let is_left = self.after.iter().flatten().any(|left| now.is_left_by_run(left, token));
        let left = || self.after.first().copied().flatten().cloned();
        // If the write was not carried out, the setting still has the value of a new bucket.
        let never_written = !self.certain && now.is_of_a_new_bucket() && left().is_some();
        match self.before {
            Some(before) if now.is(before) => UndoVerdict::AsBefore,
            Some(before) if is_left => UndoVerdict::Restore { values: Box::new((now, before.clone())) },
            None if is_left || never_written => UndoVerdict::WithBucket,
            // If the step needed a key that was never created, the step was not carried out. The value is someone
            // else's.
            Some(_) | None => UndoVerdict::ChangedSince { values: Box::new((left(), now)) },
        }
    }
}
