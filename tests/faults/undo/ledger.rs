//! Who wrote what: the runs with the account before and after each, and the writer of each value.
//!
//! Kept from snapshots alone. Neither receipts nor plans of the program are looked at.

use std::collections::{BTreeMap, BTreeSet};

use super::snapshot::{Slot, Snapshot, changed};
use super::step::{Init, Producer, User};

/// Who wrote a value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Writer {
    /// It was there from the beginning, or somebody set it at the console.
    Colleague,
    /// A run, by its place in the ledger.
    Run(usize),
}

/// How an undo ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum End {
    /// With 0.
    Whole,
    /// With what somebody else has changed since, and nothing else, left.
    AllButTheirs,
    /// With something left that it may still do.
    Waiting,
}

/// A run that has a name, and with it a receipt.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) user: User,
    pub(crate) name: String,
    pub(crate) asked: Init,
    /// The account before and after it, and who had written what was there before.
    pub(crate) before: Snapshot,
    pub(crate) left: Snapshot,
    pub(crate) writers: BTreeMap<Slot, Writer>,
    /// What an undo of it has put back.
    pub(crate) restored: BTreeSet<Slot>,
    /// An undo of it ended with 0.
    pub(crate) undone: bool,
    /// An undo of it did all that it will ever do: what is left is somebody else's by now.
    pub(crate) over: bool,
}

impl Run {
    /// Whether it wrote a slot.
    pub(crate) fn wrote(&self, slot: &Slot) -> bool {
        self.before.get(slot) != self.left.get(slot)
    }

    /// Whether a slot is as it left it, and none of its undos has been there.
    pub(crate) fn still_has(&self, slot: &Slot, now: &Snapshot) -> bool {
        self.wrote(slot) && !self.restored.contains(slot) && now.get(slot) == self.left.get(slot)
    }

    /// Whether it made the bucket of this name.
    pub(crate) fn made(&self, bucket: &str) -> bool {
        let slot = Slot::Bucket(bucket.to_owned());
        self.left.contains_key(&slot) && self.wrote(&slot)
    }

    /// Whether what it was asked for is a log that is as it left it, whoever turned it on first.
    pub(crate) fn holds(&self, slot: &Slot, now: &Snapshot) -> bool {
        let asked = &self.asked;
        let (source, is_asked) = match (slot, asked.producer) {
            (Slot::Log(source, log), Producer::Alb | Producer::Nlb) => {
                let types = if asked.log_types.is_empty() { &["access"][..] } else { asked.log_types };
                (source, types.iter().any(|word| *log == format!("{}_logs", word.replace('-', "_"))))
            }
            (Slot::Logging(source), Producer::S3Access) => (source, true),
            (Slot::Inventory(source, id), Producer::Inventory) => {
                (source, id == asked.inventory.unwrap_or("logbucket"))
            }
            (_, _) => return false,
        };
        let is_asked = is_asked && asked.sources.contains(&source.as_str());
        let is_over = if self.wrote(slot) { self.restored.contains(slot) } else { self.over };
        is_asked && !is_over && self.left.contains_key(slot) && now.get(slot) == self.left.get(slot)
    }
}

/// The runs and the writers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) runs: Vec<Run>,
    writers: BTreeMap<Slot, Writer>,
}

impl Ledger {
    /// Who wrote what is in a slot, or took away what was.
    pub(crate) fn writer(&self, slot: &Slot) -> Writer {
        self.writers.get(slot).copied().unwrap_or(Writer::Colleague)
    }

    /// Whether what is in a slot is by a run, of that user if one is named.
    pub(crate) fn is_by_run(&self, slot: &Slot, user: Option<User>) -> bool {
        match self.writer(slot) {
            Writer::Colleague => false,
            Writer::Run(run) => user.is_none_or(|user| self.runs[run].user == user),
        }
    }

    /// The places of a user's runs, the oldest first.
    pub(crate) fn of(&self, user: User) -> Vec<usize> {
        (0..self.runs.len()).filter(|place| self.runs[*place].user == user).collect()
    }

    pub(crate) fn place(&self, user: User, name: &str) -> Option<usize> {
        self.of(user).into_iter().find(|place| self.runs[*place].name == name)
    }

    /// Somebody changed something at the console.
    pub(crate) fn changed(&mut self, before: &Snapshot, after: &Snapshot) {
        self.writers.extend(changed(before, after).into_iter().map(|slot| (slot, Writer::Colleague)));
    }

    /// A run is over. Without a name it has no receipt, and is nobody's to undo.
    pub(crate) fn ran(&mut self, user: User, name: Option<&str>, asked: &Init, before: Snapshot, after: Snapshot) {
        let writer = name.map_or(Writer::Colleague, |_| Writer::Run(self.runs.len()));
        let writers = self.writers.clone();
        self.writers.extend(changed(&before, &after).into_iter().map(|slot| (slot, writer)));
        if let Some(name) = name {
            self.runs.push(Run {
                user,
                name: name.to_owned(),
                asked: asked.clone(),
                before,
                left: after,
                writers,
                restored: BTreeSet::new(),
                undone: false,
                over: false,
            });
        }
    }

    /// A run was undone, as far as it was: what is put back is its writer's again.
    pub(crate) fn undid(&mut self, place: usize, before: &Snapshot, after: &Snapshot, end: End) {
        let run = &mut self.runs[place];
        for slot in changed(before, after) {
            let writer = run.writers.get(&slot).copied().unwrap_or(Writer::Colleague);
            run.restored.insert(slot.clone());
            self.writers.insert(slot, writer);
        }
        run.undone |= end == End::Whole;
        run.over |= end != End::Waiting;
    }
}
