//! Plans an undo: judges each step of a run by the current state, the last step first.
//!
//! An undo restores nothing that changed since the run, that an earlier undo already reverted, or that a later run
//! depends on.

use std::collections::BTreeSet;

use crate::model::{BucketName, Denial};
use crate::plan::{Setting, Slot};
use crate::producer::Attachment;

use super::chain::Chain;
use super::{CurrentState, Receipt, ReceiptEntry, RecordedChange, StepOutcome, created_bucket};

/// What to do about a step.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum UndoVerdict {
    /// Unchanged since the run: restore the earlier value.
    Restore {
        /// The current value, and the value from before the run.
        values: Box<(Setting, Setting)>,
    },
    /// Delete the bucket that the run created: it is empty, and no one else changed it.
    Delete,
    /// The state is already the same as before the run.
    AsBefore,
    /// An earlier undo reverted the step.
    Undone,
    /// Someone changed the setting after the run: leave it as is.
    ChangedSince {
        /// The value that the run left, if known, and the current value.
        values: Box<(Option<Setting>, Setting)>,
    },
    /// The resource no longer exists.
    Missing,
    /// The current state could not be read: leave it as is.
    Unreadable(Denial),
    /// Someone uses the bucket that the run created, and has changed these settings.
    InUse(Vec<&'static str>),
    /// The change stays, for this reason.
    Keep(String),
    /// The change stays for now, because logs or a later run need it. The text is the reason.
    NeededBy(String),
    /// The setting belongs to a bucket that the run created, and stays or is deleted with the bucket.
    WithBucket,
}

/// A step and what to do about it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UndoItem {
    pub change: RecordedChange,
    pub verdict: UndoVerdict,
}

/// An undo, with its items in the order in which they are carried out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Undo {
    pub items: Vec<UndoItem>,
    /// Sources that could not be read. The bucket may allow these sources to log, so they may need something that the
    /// undo removes.
    pub doubts: Vec<String>,
    /// The items that AWS will refuse to write, each with the reason.
    pub blocked: Vec<String>,
}

const KEY: &str = "objects encrypted with it would become unreadable, so undo never deletes or disables a key";

const SOONER: &str = "the rule from before the run deletes objects sooner, so undo does not restore it: to set it again, use `init --expire-days`";

const COPIED: &str = "the bucket was deleted and created again, and the new bucket has this run's setting: remove the setting yourself if no one \
                      needs it";

impl Undo {
    /// Decides what to do about each step of a run. `looks` has one element for each entry of the receipt.
    pub(crate) fn new(receipt: &Receipt, looks: Vec<CurrentState>) -> Self {
        let mut items: Vec<UndoItem> = Vec::new();
        for (at, (entry, look)) in receipt.entries.iter().zip(looks).enumerate().rev() {
            let (earlier, later) = receipt.entries.split_at(at);
            let was_tried = |other: &&ReceiptEntry| other.outcome != StepOutcome::NotDone && other.is_of_same(entry);
            if later.iter().skip(1).any(|other| was_tried(&other)) {
                continue;
            }
            let mut change = entry.change.clone();
            let verdict = match (&mut change, entry.outcome) {
                (_, StepOutcome::Undone) => UndoVerdict::Undone,
                (
                    RecordedChange::Setting { .. } | RecordedChange::MadeBucket { .. } | RecordedChange::RotatedKey,
                    StepOutcome::NotDone,
                )
                | (RecordedChange::MadeKey { key: None }, _) => UndoVerdict::AsBefore,
                (RecordedChange::Setting { before, .. }, _) => {
                    let chain = Chain::new(entry, earlier.iter().rev().filter(was_tried));
                    *before = chain.before.cloned();
                    let verdict = chain.verdict(look, receipt.token.as_ref());
                    let is_sooner =
                        matches!(&verdict, UndoVerdict::Restore { values } if values.1.deletes_sooner_than(&values.0));
                    if is_sooner {
                        UndoVerdict::Keep(SOONER.to_owned())
                    } else if chain.before.is_none() && receipt.was_overwritten_by_aws(&verdict) {
                        UndoVerdict::WithBucket
                    } else {
                        verdict
                    }
                }
                (RecordedChange::MadeBucket { bucket, tags, .. }, _) => match look {
                    CurrentState::Bucket(found) => created_bucket::verdict(receipt, bucket, tags, &found, &items),
                    CurrentState::Denied(denial) => UndoVerdict::Unreadable(denial),
                    CurrentState::Gone | CurrentState::Nothing | CurrentState::Setting(_) => UndoVerdict::AsBefore,
                },
                (RecordedChange::MadeKey { key: Some(_) }, _) => UndoVerdict::Keep(KEY.to_owned()),
                (RecordedChange::RotatedKey, _) => {
                    UndoVerdict::Keep("the key stays, and so does its rotation".to_owned())
                }
                (RecordedChange::MadeAlias { .. }, _) => UndoVerdict::Keep("it names a key that stays".to_owned()),
                (RecordedChange::BlockedPublicAccess { bucket }, _) if receipt.has_made(bucket) => {
                    UndoVerdict::WithBucket
                }
                (RecordedChange::BlockedPublicAccess { .. }, _) => {
                    UndoVerdict::Keep("undo never unblocks public access".to_owned())
                }
            };
            items.push(UndoItem { change, verdict });
        }
        Self { items, doubts: Vec::new(), blocked: Vec::new() }
    }

    /// Returns the undo for a destination that was deleted and created again. The new bucket's settings belong to
    /// whoever created it, even if they equal the run's settings.
    #[must_use]
    pub(crate) fn without_replaced_bucket(mut self, bucket: &BucketName) -> Self {
        for item in &mut self.items {
            if item.slot().and_then(Slot::destination) != Some(bucket) {
                continue;
            }
            if matches!(item.verdict, UndoVerdict::Restore { .. }) {
                item.verdict = UndoVerdict::Keep(COPIED.to_owned());
            } else if matches!(item.verdict, UndoVerdict::ChangedSince { .. } | UndoVerdict::WithBucket) {
                item.verdict = UndoVerdict::Missing;
            }
        }
        self
    }

    /// Returns the undo for a destination that the account no longer has. Settings that can't be read belong to another
    /// account, which has taken the name.
    #[must_use]
    pub(crate) fn without_lost_bucket(mut self, bucket: &BucketName) -> Self {
        for item in &mut self.items {
            let is_of_it = item.slot().and_then(Slot::destination) == Some(bucket);
            if is_of_it && matches!(item.verdict, UndoVerdict::Unreadable(_)) {
                item.verdict = UndoVerdict::Missing;
            }
        }
        self
    }

    /// Returns the undo for a source bucket that was deleted and created again. The new bucket's log is someone else's.
    #[must_use]
    pub(crate) fn without_replaced_source(mut self, source: &str) -> Self {
        for item in &mut self.items {
            let is_of_it = matches!(item.slot(), Some(Slot::Source(slot)) if slot.source() == source);
            let is_open = matches!(
                item.verdict,
                UndoVerdict::Restore { .. } | UndoVerdict::ChangedSince { .. } | UndoVerdict::Unreadable(_)
            );
            if is_of_it && is_open {
                item.verdict = UndoVerdict::Missing;
            }
        }
        self
    }

    /// Returns the undo for an earlier destination that no longer exists or is a different bucket now. No logs are sent
    /// back there.
    #[must_use]
    pub(crate) fn without_replaced_former_bucket(mut self, bucket: &str) -> Self {
        for item in &mut self.items {
            let goes_there =
                matches!(item.restored(), Some(Setting::Source(_, value)) if value.targets().contains(&bucket));
            if goes_there {
                item.verdict = UndoVerdict::Keep(format!(
                    "before the run it logged to `{bucket}`, which no longer exists or may belong to another account by now: \
                     choose a destination with `init`, or turn the log off"
                ));
            }
        }
        self
    }

    /// Returns the undo without the items that a later run changed or depends on. If the later run is undone, returns
    /// all items.
    #[must_use]
    pub(crate) fn beside(mut self, later: &Receipt) -> Self {
        if later.undone.is_some() {
            return self;
        }
        for item in &mut self.items {
            if item.slot().is_none() {
                item.keep_if_used_by(later);
                continue;
            }
            let why = match &item.verdict {
                UndoVerdict::ChangedSince { values } => later.left(&values.1).then_some("changed it"),
                UndoVerdict::Restore { values } => {
                    let counts = later.left(&values.0) || later.counts_on(&values.0, &values.1);
                    counts.then_some("depends on it")
                }
                UndoVerdict::AsBefore
                | UndoVerdict::Delete
                | UndoVerdict::Missing
                | UndoVerdict::NeededBy(_)
                | UndoVerdict::InUse(_)
                | UndoVerdict::Keep(_)
                | UndoVerdict::Undone
                | UndoVerdict::Unreadable(_)
                | UndoVerdict::WithBucket => None,
            };
            let Some(why) = why else { continue };
            item.verdict = UndoVerdict::NeededBy(later.undo_first(why));
        }
        self
    }

    /// Returns the undo for a bucket whose tags can only be set with another API, so that the user must restore the
    /// tags.
    #[must_use]
    pub(crate) fn without_tags(mut self, bucket: &BucketName) -> Self {
        for item in &mut self.items {
            if item.restores_tags() {
                item.verdict = UndoVerdict::Keep(format!(
                    "attribute-based access control is on for `{bucket}`, so S3 rejects PutBucketTagging: \
                     change the tags with `aws s3control tag-resource` and `untag-resource`"
                ));
            }
        }
        self
    }

    /// Returns whether the undo restores a bucket's tags.
    pub(crate) fn restores_tags(&self) -> bool {
        self.items.iter().any(UndoItem::restores_tags)
    }

    /// Leaves an item as it is for good; `why` is the reason.
    pub(crate) fn leave(&mut self, left: &UndoItem, why: &str) {
        for item in self.items.iter_mut().filter(|item| item.change == left.change) {
            item.verdict = UndoVerdict::Keep(why.to_owned());
        }
    }

    /// Leaves an item as it is for now; `why` is the reason.
    pub(crate) fn keep(&mut self, kept: &UndoItem, why: &str) {
        for item in self.items.iter_mut().filter(|item| item.change == kept.change) {
            item.verdict = UndoVerdict::NeededBy(why.to_owned());
        }
    }

    /// Leaves the source of a log as it is for now; `why` is the reason.
    pub(crate) fn keep_source(&mut self, log: &Attachment, why: &str) {
        let reverts = |item: &&mut UndoItem| match item.slot() {
            Some(Slot::Source(slot)) => slot.is_of(log) && item.is_written(),
            Some(_) | None => false,
        };
        for item in self.items.iter_mut().filter(reverts) {
            item.verdict = UndoVerdict::NeededBy(why.to_owned());
        }
    }

    /// Returns the undo without the items that remove something that logs may need; `why` is the reason.
    #[must_use]
    pub(crate) fn all_needed(self, why: &str) -> Self {
        self.each_needed(UndoItem::withdraws, why)
    }

    /// Leaves the sources whose logs would go back to a bucket that neither AWS nor `judged` checks.
    pub(crate) fn keep_unjudged(&mut self, judged: &[&Attachment], why: &str) {
        let is_judged = |item: &UndoItem| match item.slot() {
            Some(Slot::Source(slot)) => judged.iter().any(|log| slot.is_of(log)),
            Some(_) | None => false,
        };
        for item in self.items.iter_mut().filter(|item| item.sends_back_unchecked() && !is_judged(item)) {
            item.verdict = UndoVerdict::NeededBy(why.to_owned());
        }
    }

    /// Returns the undo without any writes; `why` is the reason.
    #[must_use]
    pub(crate) fn all_kept(self, why: &str) -> Self {
        self.each_needed(UndoItem::is_written, why)
    }

    fn each_needed(mut self, is: fn(&UndoItem) -> bool, why: &str) -> Self {
        for item in self.items.iter_mut().filter(|item| is(item)) {
            item.verdict = UndoVerdict::NeededBy(why.to_owned());
        }
        self
    }

    /// Returns the items that remove something that logs may need, at the destination or for a key.
    pub(crate) fn withdrawals(&self) -> impl Iterator<Item = &UndoItem> {
        self.items.iter().filter(|item| item.withdraws())
    }

    /// Returns whether another undo of the run has the same writes and the same warnings.
    pub(crate) fn is_the_same_to_approve(&self, other: &Self) -> bool {
        let warnings = |undo: &Self| undo.doubts.iter().chain(&undo.blocked).cloned().collect::<BTreeSet<String>>();
        self.writes().eq(other.writes()) && warnings(self) == warnings(other)
    }

    /// Returns the log as it is after the undo. If the source's setting is restored, the log goes to its destination
    /// from before the run.
    pub(crate) fn redirected(&self, log: &Attachment) -> Attachment {
        let restored = self.items.iter().find_map(|item| match item.restored() {
            Some(Setting::Source(slot, value)) if slot.is_of(log) => value.redirects(log),
            Some(_) | None => None,
        });
        restored.unwrap_or_else(|| log.clone())
    }

    /// Returns whether the undo points a source back at the bucket that the source logged to before the run.
    pub(crate) fn sends_back(&self) -> bool {
        self.items.iter().any(UndoItem::sends_back)
    }

    /// Returns the items that write something.
    pub(crate) fn writes(&self) -> impl Iterator<Item = &UndoItem> {
        self.items.iter().filter(|item| item.is_written())
    }

    /// Returns whether repeating the undo later may restore more, because something is still needed or could not be
    /// read.
    pub(crate) fn waits(&self) -> bool {
        self.items.iter().any(|item| matches!(item.verdict, UndoVerdict::NeededBy(_) | UndoVerdict::Unreadable(_)))
    }

    /// Returns the items that should be restored but can't be.
    pub(crate) fn leftovers(&self) -> impl Iterator<Item = &UndoItem> {
        self.items.iter().filter(|item| {
            let UndoItem { verdict, .. } = item;
            matches!(
                verdict,
                UndoVerdict::ChangedSince { .. }
                    | UndoVerdict::NeededBy(_)
                    | UndoVerdict::InUse(_)
                    | UndoVerdict::Unreadable(_)
            )
        })
    }
}

impl UndoItem {
    /// Returns whether the undo writes something for the item.
    fn is_written(&self) -> bool {
        matches!(self.verdict, UndoVerdict::Restore { .. } | UndoVerdict::Delete)
    }

    /// Returns whether the item removes something that may be needed by logs to the destination or under a key.
    pub fn withdraws(&self) -> bool {
        let admits = || self.slot().is_some_and(Slot::admits);
        self.verdict == UndoVerdict::Delete || matches!(self.verdict, UndoVerdict::Restore { .. }) && admits()
    }

    /// If the item stays because something needs it, returns the reason.
    pub fn needed_by(&self) -> Option<&str> {
        if let UndoVerdict::NeededBy(why) = &self.verdict { Some(why) } else { None }
    }

    /// Returns the value to restore.
    pub(super) fn restored(&self) -> Option<&Setting> {
        if let UndoVerdict::Restore { values } = &self.verdict { Some(&values.1) } else { None }
    }

    /// Returns whether it deletes the log that the run created for a source.
    pub fn deletes_a_log(&self) -> bool {
        let is_resource = matches!(self.slot(), Some(Slot::Source(slot)) if slot.is_resource());
        is_resource && matches!(self.restored(), Some(Setting::Source(_, value)) if value.is_none())
    }

    /// Returns whether it points a source back at the bucket that the source logged to before the run.
    fn sends_back(&self) -> bool {
        matches!(self.restored(), Some(Setting::Source(_, value)) if !value.targets().is_empty())
    }

    /// Returns whether it does so with a call that does not check the bucket. The calls of load balancers and flow logs do.
    pub fn sends_back_unchecked(&self) -> bool {
        let is_checked = matches!(self.slot(), Some(Slot::Source(slot)) if slot.is_checked_by_aws());
        self.sends_back() && !is_checked
    }

    fn restores_tags(&self) -> bool {
        matches!(self.restored(), Some(Setting::BucketTags(..)))
    }

    /// Returns whether the item reverts this entry.
    pub(super) fn reverts(&self, entry: &ReceiptEntry) -> bool {
        match (&entry.change, &self.change) {
            (RecordedChange::Setting { slot, .. }, RecordedChange::Setting { slot: of, .. }) => slot == of,
            (one, other) => one == other,
        }
    }

    /// Keeps a bucket that the run created while a later run uses it.
    fn keep_if_used_by(&mut self, later: &Receipt) {
        let RecordedChange::MadeBucket { bucket, .. } = &self.change else { return };
        // Failed steps are left out. If a failed step turned a log on anyway, that log keeps the bucket.
        let wrote = |entry: &ReceiptEntry| matches!(entry.outcome, StepOutcome::Done | StepOutcome::Begun);
        let uses = later.bucket == *bucket && later.entries.iter().any(wrote);
        if uses && matches!(self.verdict, UndoVerdict::Delete | UndoVerdict::InUse(_)) {
            self.verdict = UndoVerdict::NeededBy(later.undo_first("depends on it"));
        }
    }
}

impl Receipt {
    /// Explains why an earlier run can't be undone before this one: this one `does` something.
    pub fn undo_first(&self, does: &str) -> String {
        format!("the later run {} {does}; undo that run first", self.run)
    }

    /// Returns whether the run left this value in a setting.
    fn left(&self, now: &Setting) -> bool {
        self.entries.iter().any(|entry| match (&entry.change, entry.outcome) {
            (_, StepOutcome::NotDone | StepOutcome::Undone) => false,
            (RecordedChange::Setting { after: Some(after), .. }, _) => now.is(after),
            (_, _) => false,
        })
    }

    /// Returns whether a source of the run needs this value, or the run requested something that the undo would remove.
    /// The requests of a run do not count if all of its steps failed or were not tried.
    fn counts_on(&self, now: &Setting, after: &Setting) -> bool {
        let was_refused = self.ended.is_some()
            && self.entries.iter().all(|entry| matches!(entry.outcome, StepOutcome::Failed | StepOutcome::NotDone));
        let asked_for = self.asked_for.iter().filter(|_| !was_refused);
        self.attachments.iter().chain(asked_for).any(|held| held.counts_on(now, after))
    }

    /// Returns whether a log goes to the bucket because of the run.
    pub fn attaches(&self, log: &Attachment, bucket: &BucketName) -> bool {
        let here = |setting: &Setting| {
            let Setting::Source(slot, value) = setting else { return false };
            slot.is_of(log) && value.sends(log, bucket.as_str())
        };
        self.attachments.iter().any(|attached| here(&attached.0))
            || self.entries.iter().any(|entry| match (&entry.change, entry.outcome) {
                (_, StepOutcome::NotDone | StepOutcome::Undone) => false,
                (RecordedChange::Setting { after: Some(after), .. }, _) => here(after),
                (_, _) => false,
            })
    }

    /// Returns whether undoing the run would point a log back at the bucket.
    pub fn sends_back_to(&self, bucket: &BucketName) -> bool {
        self.undone.is_none()
            && self.entries.iter().filter(|entry| entry.is_open()).any(|entry| match &entry.change {
                RecordedChange::Setting { before: Some(Setting::Source(_, before)), .. } => {
                    before.targets().contains(&bucket.as_str())
                }
                RecordedChange::BlockedPublicAccess { .. }
                | RecordedChange::MadeAlias { .. }
                | RecordedChange::MadeBucket { .. }
                | RecordedChange::MadeKey { .. }
                | RecordedChange::RotatedKey
                | RecordedChange::Setting { .. } => false,
            })
    }

    /// Returns the buckets that sources logged to before the run, without the run's own destination.
    pub fn former_buckets(&self) -> BTreeSet<String> {
        let former = self.entries.iter().filter_map(|entry| match &entry.change {
            RecordedChange::Setting { before: Some(Setting::Source(_, before)), .. } => Some(before.targets()),
            RecordedChange::BlockedPublicAccess { .. }
            | RecordedChange::MadeAlias { .. }
            | RecordedChange::MadeBucket { .. }
            | RecordedChange::MadeKey { .. }
            | RecordedChange::RotatedKey
            | RecordedChange::Setting { .. } => None,
        });
        let is_other = |name: &&str| *name != self.bucket.as_str();
        former.flatten().filter(is_other).map(str::to_owned).collect()
    }

    /// Records what an undo reverted, so that no later undo reverts it again.
    pub fn mark_undone(&mut self, item: &UndoItem) {
        for entry in self.entries.iter_mut().filter(|entry| item.reverts(entry)) {
            entry.outcome = StepOutcome::Undone;
        }
        if item.is_of_policy(&self.bucket) {
            self.forget_endangered_policy();
        }
    }

    /// Returns whether the run may have carried out a step that no undo has reverted yet.
    pub fn may_have_written(&self, item: &UndoItem) -> bool {
        self.entries.iter().any(|entry| entry.is_open() && item.reverts(entry))
    }
}
