//! The bucket policy that AWS overwrote in a step after which the run could not restore it: the run was killed, or every
//! later call failed.

use crate::model::BucketName;
use crate::plan::{Setting, Slot, restored_policy};

use super::{CurrentState, Receipt, RecordedChange, Undo, UndoItem, UndoVerdict};

impl Receipt {
    /// Returns the slot of the policy that AWS may have overwritten, with the value from right before the step.
    pub fn endangered_policy(&self) -> Option<RecordedChange> {
        let before = Setting::BucketPolicy(self.bucket.clone(), Some(self.former_policy()?.to_owned()));
        Some(RecordedChange::Setting { slot: before.slot(), before: Some(before), after: None })
    }

    /// Returns whether AWS overwrote the policy, and no one has restored it in the meantime.
    pub fn has_lost_policy(&self, now: &str) -> bool {
        restored_policy(self.former_policy(), Some(now)).is_some()
    }

    fn former_policy(&self) -> Option<&str> {
        self.entries.iter().rev().find_map(|entry| entry.policy.as_deref())
    }

    /// Returns whether a policy would be as the run left it if AWS had not overwritten it.
    pub(super) fn was_overwritten_by_aws(&self, verdict: &UndoVerdict) -> bool {
        let UndoVerdict::ChangedSince { values } = verdict else { return false };
        let (Some(left @ Setting::BucketPolicy(..)), Setting::BucketPolicy(bucket, now)) = &**values else {
            return false;
        };
        let whole = restored_policy(self.former_policy(), now.as_deref());
        whole.is_some_and(|whole| Setting::BucketPolicy(bucket.clone(), Some(whole)).is(left))
    }

    /// Records the policy that AWS may overwrite while an undo restores an item. Keeps the one that AWS has overwritten
    /// during the run.
    pub fn endangers(&mut self, item: &UndoItem, policy: &str) {
        let is_known = self.former_policy().is_some();
        for entry in self.entries.iter_mut().filter(|entry| !is_known && item.reverts(entry)) {
            entry.policy = Some(policy.to_owned());
        }
    }

    /// Takes over the policy, or that there is none, from a newer state of the same receipt.
    pub fn take_endangered_policy(&mut self, newer: &Self) {
        for (entry, newer) in self.entries.iter_mut().zip(&newer.entries) {
            entry.policy.clone_from(&newer.policy);
        }
    }

    /// Forgets the policy after an undo, unless it still has to be restored. A later undo must not restore it again.
    pub(crate) fn forget_settled_policy(&mut self, undo: &Undo) {
        let waits = |item: &UndoItem| {
            let is_left = matches!(item.verdict, UndoVerdict::NeededBy(_) | UndoVerdict::Unreadable(_));
            is_left && item.is_of_policy(&self.bucket)
        };
        if !undo.items.iter().any(waits) {
            self.forget_endangered_policy();
        }
    }

    pub(super) fn forget_endangered_policy(&mut self) {
        for entry in &mut self.entries {
            entry.policy = None;
        }
    }
}

impl UndoItem {
    /// Returns the bucket whose policy AWS may overwrite while the item is restored.
    pub fn changed_policy(&self) -> Option<&BucketName> {
        let Some(Setting::Source(slot, value)) = self.restored() else { return None };
        slot.changed_policy().filter(|_| !value.is_none())
    }

    /// Returns whether the item restores the destination's policy.
    pub(super) fn is_of_policy(&self, bucket: &BucketName) -> bool {
        matches!(self.slot(), Some(Slot::BucketPolicy { bucket: of }) if of == bucket)
    }

    /// Returns whether another read found the value that this item restored. It may differ from the value before the run.
    pub fn restored_what_is_there(&self, again: &Self) -> bool {
        match (&self.verdict, &again.verdict) {
            (UndoVerdict::Restore { values }, UndoVerdict::ChangedSince { values: now }) => {
                self.change == again.change && values.1.is(&now.1)
            }
            (_, _) => false,
        }
    }
}

impl Undo {
    /// Returns the undo with the restoring of a policy that AWS overwrote. `endangered` is the receipt's
    /// [`Receipt::endangered_policy`], and `look` its current state. What others have added since stays.
    ///
    /// If the policy would be as the run left it without AWS's change, the policy from before the run is restored.
    #[must_use]
    pub(crate) fn with_lost_policy(mut self, endangered: &RecordedChange, look: CurrentState) -> Self {
        let RecordedChange::Setting { slot, before: Some(recorded @ Setting::BucketPolicy(_, former)), .. } =
            endangered
        else {
            return self;
        };
        let now = match look {
            CurrentState::Setting(Setting::BucketPolicy(bucket, now)) => (bucket, now),
            CurrentState::Denied(denial) if self.items.iter().all(|item| item.slot() != Some(slot)) => {
                self.items.push(UndoItem { change: endangered.clone(), verdict: UndoVerdict::Unreadable(denial) });
                return self;
            }
            CurrentState::Bucket(_)
            | CurrentState::Denied(_)
            | CurrentState::Gone
            | CurrentState::Nothing
            | CurrentState::Setting(_) => return self,
        };
        let Some(whole) = restored_policy(former.as_deref(), now.1.as_deref()) else { return self };
        let (whole, now) = (Setting::BucketPolicy(now.0.clone(), Some(whole)), Setting::BucketPolicy(now.0, now.1));
        let Some(item) = self.items.iter_mut().find(|item| item.slot() == Some(slot)) else {
            let verdict = UndoVerdict::Restore { values: Box::new((now, whole)) };
            self.items.push(UndoItem { change: endangered.clone(), verdict });
            return self;
        };
        if let (UndoVerdict::ChangedSince { values }, RecordedChange::Setting { before, .. }) =
            (&item.verdict, &item.change)
        {
            let is_left = values.0.as_ref().is_some_and(|left| whole.is(left));
            // What others have added since stays, but not what the run itself added.
            let added_to = |before: &Setting| {
                let (Setting::BucketPolicy(bucket, before), Setting::BucketPolicy(_, now)) = (before, &now) else {
                    return None;
                };
                let text = restored_policy(before.as_deref(), now.as_deref())?;
                Some(Setting::BucketPolicy(bucket.clone(), Some(text)))
            };
            // Nobody had changed the policy between the run's own write and the step.
            let is_as_recorded = values.0.as_ref().is_some_and(|left| recorded.is(left));
            let before = match before {
                Some(before) if is_left => before.clone(),
                Some(before) if is_as_recorded => added_to(before).unwrap_or(whole),
                Some(_) | None => whole,
            };
            item.verdict = UndoVerdict::Restore { values: Box::new((now, before)) };
        }
        self
    }
}
