//! What an undo does: each step of a run judged by what is there now, the last first.
//!
//! Nothing is put back that is not as the run left it.

use crate::model::BucketName;
use crate::plan::Setting;
use crate::state::Denial;

use super::{Change, Entry, Outcome, Receipt};

/// What was found where a step had changed something.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Look {
    /// What a setting is.
    Setting(Setting),
    /// What it belongs to is gone.
    Gone,
    /// A bucket that is empty.
    Empty,
    /// A bucket that holds objects.
    Holds,
    /// It may not be looked at.
    Denied(Denial),
    /// Nothing was looked for.
    Nothing,
}

/// What is to be done about a step.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// It is as the run left it: what was there before is put back.
    Restore {
        /// What is there, and what was.
        values: Box<(Setting, Setting)>,
    },
    /// The bucket that the run made is empty: it is deleted.
    Delete,
    /// It is as it was before the run.
    AsBefore,
    /// Somebody changed it since: it is left alone.
    Moved {
        /// What the run left, where that is known, and what is there.
        values: Box<(Option<Setting>, Setting)>,
    },
    /// What was changed is not there any more.
    Gone,
    /// It may not be looked at, so that it is left alone.
    Unseen(Denial),
    /// It stays, for this reason.
    Stays(String),
    /// It would be put back, but somebody's logs need it as it is, for this reason.
    Needed(String),
    /// It belongs to a bucket that the run made, and goes or stays with it.
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

impl Item {
    /// Whether somebody changed what belongs to a bucket that the run made, or what it pointed there.
    fn was_changed_by_others(&self, bucket: &BucketName) -> bool {
        let Change::Setting { slot, before, .. } = &self.change else { return false };
        let is_its_own = slot.destination() == Some(bucket);
        let moved = matches!(self.verdict, Verdict::Moved { .. } | Verdict::Unseen(_));
        // What the run found there later, in a bucket that it had made, is another's.
        let found = before.as_ref().is_some_and(|before| !before.is_of_a_new_bucket());
        (moved && (slot.attaches() || is_its_own)) || (found && is_its_own)
    }

    /// Whether somebody changed where a source logs to, and it still logs to this bucket.
    fn still_logs_to(&self, bucket: &BucketName) -> bool {
        match (&self.change, &self.verdict) {
            (Change::Setting { slot, .. }, Verdict::Moved { values }) => slot.attaches() && values.1.logs_to(bucket),
            (_, _) => false,
        }
    }
}

/// An undo: the items in the order in which they are carried out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Undo {
    /// The items.
    pub items: Vec<Item>,
}

impl Undo {
    /// Judges a run by what was found, one look for each entry of the receipt.
    pub fn of(receipt: &Receipt, looks: Vec<Look>) -> Self {
        let mut items: Vec<Item> = Vec::new();
        for (at, (entry, look)) in receipt.entries.iter().zip(looks).enumerate().rev() {
            let (earlier, later) = receipt.entries.split_at(at);
            let was_tried = |other: &&Entry| other.outcome != Outcome::NotDone && other.is_of_same(entry);
            if later.iter().skip(1).any(|other| was_tried(&other)) {
                continue;
            }
            let mut change = entry.change.clone();
            let verdict = match &mut change {
                Change::Setting { .. } | Change::MadeBucket { .. } if entry.outcome == Outcome::NotDone => {
                    Verdict::AsBefore
                }
                Change::Setting { before, .. } => {
                    let chain = Chain::of(entry, earlier.iter().rev().filter(was_tried));
                    *before = chain.before.cloned();
                    chain.verdict(look)
                }
                Change::MadeBucket { bucket, .. } => of_bucket(bucket, &items, look),
                Change::MadeKey { key: None } => Verdict::AsBefore,
                Change::MadeKey { key: Some(_) } => Verdict::Stays(KEY.to_owned()),
                Change::MadeAlias { .. } => Verdict::Stays("it names a key that stays".to_owned()),
                Change::BlockedPublicAccess { bucket } if receipt.has_made(bucket) => Verdict::WithBucket,
                Change::BlockedPublicAccess { .. } => Verdict::Stays("public access is not opened again".to_owned()),
            };
            items.push(Item { change, verdict });
        }
        let undo = Self { items };
        let moved = undo.items.iter().find(|item| item.still_logs_to(&receipt.bucket));
        match moved {
            Some(_) => undo.needed("what logs there was changed since, and still logs there"),
            None => undo,
        }
    }

    /// The same, but what logs to the destination need is left as it is, for this reason.
    #[must_use]
    pub fn needed(mut self, why: &str) -> Self {
        for item in &mut self.items {
            let is_of_destination = match &item.change {
                Change::Setting { slot, .. } => slot.admits(),
                Change::MadeBucket { .. } => true,
                Change::BlockedPublicAccess { .. } | Change::MadeAlias { .. } | Change::MadeKey { .. } => false,
            };
            if is_of_destination && matches!(item.verdict, Verdict::Restore { .. } | Verdict::Delete) {
                item.verdict = Verdict::Needed(why.to_owned());
            }
        }
        self
    }

    /// The same, but what is as a later run left it is said to be that run's.
    #[must_use]
    pub fn after(mut self, later: &Receipt) -> Self {
        for item in &mut self.items {
            let Verdict::Moved { values } = &item.verdict else { continue };
            let is_of_later = |entry: &Entry| match (&entry.change, &item.change) {
                (Change::Setting { slot, after: Some(after), .. }, Change::Setting { slot: same, .. }) => {
                    entry.outcome != Outcome::NotDone && slot == same && values.1.is(after)
                }
                (_, _) => false,
            };
            if later.entries.iter().any(is_of_later) {
                item.verdict = Verdict::Needed(format!("the later run {} changed it: undo that one first", later.run));
            }
        }
        self
    }

    /// Whether it takes anything away that logs to the destination may need.
    pub fn takes_away(&self) -> bool {
        let needed = self.clone().needed("");
        needed.items.iter().any(|item| matches!(item.verdict, Verdict::Needed(_)))
    }

    /// Whether it deletes a bucket.
    pub fn deletes(&self) -> bool {
        self.items.iter().any(|item| item.verdict == Verdict::Delete)
    }

    /// What is to be written.
    pub fn writes(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| matches!(item.verdict, Verdict::Restore { .. } | Verdict::Delete))
    }

    /// What should be put back and can't be.
    pub fn leftovers(&self) -> impl Iterator<Item = &Item> {
        self.items
            .iter()
            .filter(|item| matches!(item.verdict, Verdict::Moved { .. } | Verdict::Unseen(_) | Verdict::Needed(_)))
    }
}

const KEY: &str = "what was encrypted with it could not be read without it, so a key is neither deleted nor turned off";

/// What a run wrote to one setting: once, or again where its plan was made anew.
struct Chain<'a> {
    /// What was there before all of it; nothing on a bucket that the run made.
    before: Option<&'a Setting>,
    /// What it left, the last first; nothing where that depends on a key that was never made.
    after: Vec<Option<&'a Setting>>,
}

impl<'a> Chain<'a> {
    /// The last entry and the earlier ones, the latest first, back to where somebody else wrote in between: what the run left before
    /// that was gone by then.
    fn of(last: &'a Entry, earlier: impl Iterator<Item = &'a Entry>) -> Self {
        let mut chain = Self { before: None, after: Vec::new() };
        for entry in std::iter::once(last).chain(earlier) {
            let Change::Setting { before, after, .. } = &entry.change else { break };
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

    fn verdict(&self, look: Look) -> Verdict {
        let now = match look {
            Look::Setting(now) => now,
            Look::Denied(denial) => return Verdict::Unseen(denial),
            Look::Gone | Look::Empty | Look::Holds | Look::Nothing => return Verdict::Gone,
        };
        let is_left = self.after.iter().flatten().any(|left| now.is(left));
        let left = || self.after.first().copied().flatten().cloned();
        match self.before {
            Some(before) if now.is(before) => Verdict::AsBefore,
            Some(before) if is_left => Verdict::Restore { values: Box::new((now, before.clone())) },
            None if is_left || now.is_of_a_new_bucket() && left().is_some() => Verdict::WithBucket,
            // Where the step names a key that was never made, it was never carried out: what is there is another's.
            Some(_) | None => Verdict::Moved { values: Box::new((left(), now)) },
        }
    }
}

/// A bucket that the run made goes only if nobody put anything into it, nobody changed it, and nothing logs to it that the run
/// pointed there.
fn of_bucket(bucket: &BucketName, later: &[Item], look: Look) -> Verdict {
    match look {
        Look::Gone | Look::Setting(_) | Look::Nothing => Verdict::AsBefore,
        Look::Holds => {
            let why = "it holds objects, and no object is ever deleted; its settings stay with it";
            Verdict::Stays(format!("{why}. Once it is empty, the same undo deletes it"))
        }
        Look::Denied(denial) => Verdict::Unseen(denial),
        Look::Empty => {
            if later.iter().any(|item| item.was_changed_by_others(bucket)) {
                Verdict::Stays("somebody else changed it, or what logs to it".to_owned())
            } else {
                Verdict::Delete
            }
        }
    }
}
