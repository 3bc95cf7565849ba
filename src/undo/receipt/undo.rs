//! What an undo does: each step of a run judged by what is there now, the last first.
//!
//! Nothing is restored that is not as the run left it, nothing that an earlier undo took back already, and nothing that a
//! later run counts on.

use std::collections::BTreeSet;

use crate::model::{BucketName, Denial};
use crate::plan::{Setting, Slot};
use crate::producer::Attachment;

use super::chain::Chain;
use super::{Change, Entry, Look, Outcome, Receipt, created_bucket};

/// What is to be done about a step.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// It is as the run left it: what was there before is restored.
    Restore {
        /// What is there, and what was.
        values: Box<(Setting, Setting)>,
    },
    /// The bucket that the run created is empty and only the run's: it is deleted.
    Delete,
    /// It is as it was before the run.
    AsBefore,
    /// An earlier undo took it back.
    Undone,
    /// Somebody changed it since: it is left alone.
    Moved {
        /// What the run left, where that is known, and what is there.
        values: Box<(Option<Setting>, Setting)>,
    },
    /// What was changed is not there any more.
    Gone,
    /// It may not be looked at, so that it is left alone.
    Unseen(Denial),
    /// The bucket that the run created is somebody's by now: these of its settings were changed since.
    Shared(Vec<&'static str>),
    /// It stays, for this reason.
    Stays(String),
    /// It would be restored, but logs or a later run need it as it is, for this reason.
    Needed(String),
    /// It belongs to a bucket that the run created, and goes or stays with it.
    WithBucket,
}

/// A step with what is to be done about it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Item {
    /// What it changed.
    pub change: Change,
    /// What is to be done.
    pub verdict: Verdict,
}

/// An undo: the items in the order in which they are carried out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Undo {
    /// The items.
    pub items: Vec<Item>,
    /// What could not be read and may need what is taken away: sources that the bucket may let in today.
    pub doubts: Vec<String>,
    /// What AWS will refuse to restore, and why.
    pub blocked: Vec<String>,
}

const KEY: &str = "what was encrypted with it could not be read without it, so a key is neither deleted nor turned off";

impl Undo {
    /// Judges a run by what was found, one look for each entry of the receipt.
    pub fn new(receipt: &Receipt, looks: Vec<Look>) -> Self {
        let mut items: Vec<Item> = Vec::new();
        for (at, (entry, look)) in receipt.entries.iter().zip(looks).enumerate().rev() {
            let (earlier, later) = receipt.entries.split_at(at);
            let was_tried = |other: &&Entry| other.outcome != Outcome::NotDone && other.is_of_same(entry);
            if later.iter().skip(1).any(|other| was_tried(&other)) {
                continue;
            }
            let mut change = entry.change.clone();
            let verdict = match (&mut change, entry.outcome) {
                (_, Outcome::Undone) => Verdict::Undone,
                (Change::Setting { .. } | Change::MadeBucket { .. } | Change::RotatedKey, Outcome::NotDone)
                | (Change::MadeKey { key: None }, _) => Verdict::AsBefore,
                (Change::Setting { before, .. }, _) => {
                    let chain = Chain::new(entry, earlier.iter().rev().filter(was_tried));
                    *before = chain.before.cloned();
                    chain.verdict(look)
                }
                (Change::MadeBucket { bucket, tags, .. }, _) => match look {
                    Look::Bucket(found) => created_bucket::verdict(receipt, bucket, tags, &found, &items),
                    Look::Denied(denial) => Verdict::Unseen(denial),
                    Look::Gone | Look::Nothing | Look::Setting(_) => Verdict::AsBefore,
                },
                (Change::MadeKey { key: Some(_) }, _) => Verdict::Stays(KEY.to_owned()),
                (Change::RotatedKey, _) => Verdict::Stays("the key stays, and its rotation with it".to_owned()),
                (Change::MadeAlias { .. }, _) => Verdict::Stays("it names a key that stays".to_owned()),
                (Change::BlockedPublicAccess { bucket }, _) if receipt.has_made(bucket) => Verdict::WithBucket,
                (Change::BlockedPublicAccess { .. }, _) => {
                    Verdict::Stays("public access is not opened again".to_owned())
                }
            };
            items.push(Item { change, verdict });
        }
        Self { items, doubts: Vec::new(), blocked: Vec::new() }
    }

    /// The same where the destination was deleted and created again since: nothing in it is the run's.
    #[must_use]
    pub fn of_another_bucket(mut self, bucket: &BucketName) -> Self {
        for item in &mut self.items {
            let is_in_it = item.slot().and_then(Slot::destination) == Some(bucket);
            if is_in_it && matches!(item.verdict, Verdict::Restore { .. } | Verdict::Moved { .. } | Verdict::WithBucket)
            {
                item.verdict = Verdict::Gone;
            }
        }
        self
    }

    /// The same where a source bucket was deleted and created again since: its log is somebody's.
    #[must_use]
    pub fn of_another_source(mut self, source: &str) -> Self {
        for item in &mut self.items {
            let is_of_it = matches!(item.slot(), Some(Slot::Source(slot)) if slot.source() == source);
            if is_of_it && matches!(item.verdict, Verdict::Restore { .. } | Verdict::Moved { .. }) {
                item.verdict = Verdict::Gone;
            }
        }
        self
    }

    /// The same beside a later run that is not undone: what that run wrote since, or counts on, is its own.
    #[must_use]
    pub fn beside(mut self, later: &Receipt) -> Self {
        if later.undone.is_some() {
            return self;
        }
        for item in &mut self.items {
            let Some(slot) = item.slot() else {
                item.is_needed_by(later);
                continue;
            };
            let why = match &item.verdict {
                Verdict::Moved { values } => later.left(slot, &values.1).then_some("changed it"),
                Verdict::Restore { values } => {
                    let counts = later.left(slot, &values.0) || later.counts_on(slot, &values.0, &values.1);
                    counts.then_some("counts on it")
                }
                Verdict::AsBefore
                | Verdict::Delete
                | Verdict::Gone
                | Verdict::Needed(_)
                | Verdict::Shared(_)
                | Verdict::Stays(_)
                | Verdict::Undone
                | Verdict::Unseen(_)
                | Verdict::WithBucket => None,
            };
            let Some(why) = why else { continue };
            item.verdict = Verdict::Needed(format!("the later run {} {why}: undo that one first", later.run));
        }
        self
    }

    /// The same where S3 takes the tags of the bucket by another API alone: they are a person's to restore.
    #[must_use]
    pub fn without_tags(mut self, bucket: &BucketName) -> Self {
        for item in &mut self.items {
            if item.restores_tags() {
                item.verdict = Verdict::Stays(format!(
                    "attribute-based access control is on for `{bucket}`, so S3 rejects PutBucketTagging: change them with \
                     `aws s3control tag-resource` and `untag-resource`"
                ));
            }
        }
        self
    }

    /// Whether the tags of a bucket are to be restored.
    pub fn restores_tags(&self) -> bool {
        self.items.iter().any(Item::restores_tags)
    }

    /// The same, but the item is left as it is, for this reason.
    pub fn keep(&mut self, kept: &Item, why: &str) {
        for item in self.items.iter_mut().filter(|item| item.change == kept.change) {
            item.verdict = Verdict::Needed(why.to_owned());
        }
    }

    /// The same, but nothing is taken away, for this reason.
    #[must_use]
    pub fn all_needed(mut self, why: &str) -> Self {
        for item in self.items.iter_mut().filter(|item| item.withdraws()) {
            item.verdict = Verdict::Needed(why.to_owned());
        }
        self
    }

    /// The same, but nothing is written at all, for this reason.
    #[must_use]
    pub fn all_kept(mut self, why: &str) -> Self {
        for item in &mut self.items {
            if matches!(item.verdict, Verdict::Restore { .. } | Verdict::Delete) {
                item.verdict = Verdict::Needed(why.to_owned());
            }
        }
        self
    }

    /// The items that take away what logs to the destination, or under a key, may need.
    pub fn withdrawals(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| item.withdraws())
    }

    /// Whether another undo of the same run would write the same, with nothing else to be said of it.
    pub fn is_the_same_to_approve(&self, other: &Self) -> bool {
        let said = |undo: &Self| undo.doubts.iter().chain(&undo.blocked).cloned().collect::<BTreeSet<String>>();
        self.writes().eq(other.writes()) && said(self) == said(other)
    }

    /// A log as it is once the undo is done: where its source's setting is restored, it goes where it went before the run.
    pub fn redirected(&self, log: &Attachment) -> Attachment {
        let restored = self.items.iter().find_map(|item| match (item.slot(), item.restored()) {
            (Some(Slot::Source(slot)), Some(Setting::Source(value))) if slot.is_of(log) => value.redirects(log),
            (_, _) => None,
        });
        restored.unwrap_or_else(|| log.clone())
    }

    /// Whether a source is sent back to a bucket that it logged to before the run.
    pub fn sends_back(&self) -> bool {
        let sends = |value: &Setting| matches!(value, Setting::Source(value) if !value.targets().is_empty());
        self.items.iter().filter_map(Item::restored).any(sends)
    }

    /// What is to be written.
    pub fn writes(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| matches!(item.verdict, Verdict::Restore { .. } | Verdict::Delete))
    }

    /// Whether the same undo may do more another day: others need what is left, or it could not be read.
    pub fn waits(&self) -> bool {
        self.items.iter().any(|item| matches!(item.verdict, Verdict::Needed(_) | Verdict::Unseen(_)))
    }

    /// What should be restored and can't be.
    pub fn leftovers(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| {
            let Item { verdict, .. } = item;
            matches!(verdict, Verdict::Moved { .. } | Verdict::Needed(_) | Verdict::Shared(_) | Verdict::Unseen(_))
        })
    }
}

impl Item {
    /// Whether it takes away what logs to the destination, or under a key, may need.
    pub fn withdraws(&self) -> bool {
        let admits = || self.slot().is_some_and(Slot::admits);
        self.verdict == Verdict::Delete || matches!(self.verdict, Verdict::Restore { .. }) && admits()
    }

    /// What needs it, where that keeps it as it is.
    pub fn needed_by(&self) -> Option<&str> {
        if let Verdict::Needed(why) = &self.verdict { Some(why) } else { None }
    }

    /// The value that is to be restored.
    fn restored(&self) -> Option<&Setting> {
        if let Verdict::Restore { values } = &self.verdict { Some(&values.1) } else { None }
    }

    /// Whether the tags of a bucket are to be restored.
    fn restores_tags(&self) -> bool {
        matches!(self.restored(), Some(Setting::Tags(_)))
    }

    /// Whether it is about what an entry changed.
    fn is_of(&self, entry: &Entry) -> bool {
        match (&entry.change, &self.change) {
            (Change::Setting { slot, .. }, Change::Setting { slot: of, .. }) => slot == of,
            (one, other) => one == other,
        }
    }

    /// A bucket that the run created stays while a later run uses it.
    fn is_needed_by(&mut self, later: &Receipt) {
        let Change::MadeBucket { bucket, .. } = &self.change else { return };
        // A log that was turned on although its run was told otherwise keeps the bucket by itself.
        let wrote = |entry: &Entry| matches!(entry.outcome, Outcome::Done | Outcome::Planned);
        let uses = later.bucket == *bucket && later.entries.iter().any(wrote);
        if uses && matches!(self.verdict, Verdict::Delete | Verdict::Shared(_)) {
            let why = format!("the later run {} counts on it: undo that one first", later.run);
            self.verdict = Verdict::Needed(why);
        }
    }
}

impl Receipt {
    /// Whether the run left this value in a setting.
    fn left(&self, slot: &Slot, now: &Setting) -> bool {
        self.entries.iter().any(|entry| match (&entry.change, entry.outcome) {
            (_, Outcome::NotDone | Outcome::Undone) => false,
            (Change::Setting { slot: of, after: Some(after), .. }, _) => of == slot && now.is(after),
            (_, _) => false,
        })
    }

    /// Whether a source logs by the run where this value sends it, or the run was asked for what would be gone. A run that AWS
    /// refused whole left nothing that counts on anything else.
    fn counts_on(&self, slot: &Slot, now: &Setting, after: &Setting) -> bool {
        let was_refused = self.entries.iter().all(|entry| matches!(entry.outcome, Outcome::Failed | Outcome::NotDone));
        let asked_for = self.asked_for.iter().filter(|_| !was_refused);
        self.attachments.iter().chain(asked_for).any(|held| held.counts_on(slot, now, after))
    }

    /// Whether a log goes to the bucket by the run.
    pub fn attaches(&self, log: &Attachment, bucket: &BucketName) -> bool {
        let here = |slot: &Slot, value: &Setting| match (slot, value) {
            (Slot::Source(slot), Setting::Source(value)) => slot.is_of(log) && value.sends(log, bucket.as_str()),
            (_, _) => false,
        };
        self.attachments.iter().any(|attached| here(&attached.slot, &attached.value))
            || self.entries.iter().any(|entry| match (&entry.change, entry.outcome) {
                (_, Outcome::NotDone | Outcome::Undone) => false,
                (Change::Setting { slot, after: Some(after), .. }, _) => here(slot, after),
                (_, _) => false,
            })
    }

    /// Whether an undo of the run would send a log back to the bucket, where it went before.
    pub fn sends_back_to(&self, bucket: &BucketName) -> bool {
        self.undone.is_none()
            && self.entries.iter().filter(|entry| entry.is_open()).any(|entry| match &entry.change {
                Change::Setting { before: Some(Setting::Source(before)), .. } => {
                    before.targets().contains(&bucket.as_str())
                }
                Change::BlockedPublicAccess { .. }
                | Change::MadeAlias { .. }
                | Change::MadeBucket { .. }
                | Change::MadeKey { .. }
                | Change::RotatedKey
                | Change::Setting { .. } => false,
            })
    }

    /// Remembers what an undo took back, so that no later one takes it for the run's.
    pub fn takes_back(&mut self, item: &Item) {
        for entry in self.entries.iter_mut().filter(|entry| item.is_of(entry)) {
            entry.outcome = Outcome::Undone;
        }
    }

    /// Whether the run may have carried out a step that no undo took back yet.
    pub fn may_have_written(&self, item: &Item) -> bool {
        self.entries.iter().any(|entry| entry.is_open() && item.is_of(entry))
    }
}
