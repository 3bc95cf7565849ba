//! The writer of each value, and each run with the account before and after it.
//!
//! Uses snapshots only, not the program's receipts or plans.

use std::collections::{BTreeMap, BTreeSet};

use super::snapshot::{Slot, Snapshot, changed, flow_log_place};
use super::step::{Init, Producer, User};

/// The writer of a value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Writer {
    /// The value existed from the start, or a colleague set it in the console.
    Colleague,
    /// A run, by its index in the ledger.
    Run(usize),
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum End {
    /// The undo ended with 0.
    Whole,
    /// Only values that someone else changed are left.
    AllButTheirs,
    /// The undo may still have something left to do.
    Waiting,
}

/// A run that has an ID, and therefore a receipt.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) user: User,
    pub(crate) name: String,
    pub(crate) asked: Init,
    /// The account before and after the run, and the earlier writers.
    pub(crate) before: Snapshot,
    pub(crate) left: Snapshot,
    pub(crate) writers: BTreeMap<Slot, Writer>,
    /// The slots that its undos have restored.
    pub(crate) restored: BTreeSet<Slot>,
    /// Whether one of its undos ended with 0.
    pub(crate) undone: bool,
    /// Whether one of its undos did everything that an undo can do. The rest belongs to someone else.
    pub(crate) over: bool,
}

impl Run {
    /// Returns whether the run wrote a slot.
    pub(crate) fn wrote(&self, slot: &Slot) -> bool {
        self.before.get(slot) != self.left.get(slot)
    }

    /// Returns whether a slot is as the run left it and no undo of the run has changed it.
    pub(crate) fn still_has(&self, slot: &Slot, now: &Snapshot) -> bool {
        self.wrote(slot) && !self.restored.contains(slot) && now.get(slot) == self.left.get(slot)
    }

    /// Returns whether the run created this bucket.
    pub(crate) fn made(&self, bucket: &str) -> bool {
        let slot = Slot::Bucket(bucket.to_owned());
        self.left.contains_key(&slot) && self.wrote(&slot)
    }

    /// Returns whether the slot is a log that the run was asked for, and that is still as the run left it. It does not
    /// matter who enabled the log first.
    pub(crate) fn holds(&self, slot: &Slot, now: &Snapshot) -> bool {
        let asked = &self.asked;
        let (source, is_asked) = match (slot, asked.producer) {
            (Slot::Log(source, log), Producer::Alb | Producer::Clb | Producer::Nlb) => {
                let types = if asked.log_types.is_empty() { &["access"][..] } else { asked.log_types };
                (source, types.iter().any(|word| *log == format!("{}_logs", word.replace('-', "_"))))
            }
            (Slot::Logging(source), Producer::S3Access) => (source, true),
            (Slot::Inventory(source, id), Producer::Inventory) => {
                (source, id == asked.inventory.unwrap_or("logbucket"))
            }
            (Slot::FlowLog(source, place), Producer::VpcFlow) => {
                let folder = if asked.prefix.is_empty() { String::new() } else { format!("/{}/", asked.prefix) };
                (source, *place == flow_log_place(&format!("arn:aws:s3:::{}{folder}", asked.bucket), Some("ALL")))
            }
            (_, _) => return false,
        };
        let is_asked = is_asked && asked.sources.contains(&source.as_str());
        let is_over = if self.wrote(slot) { self.restored.contains(slot) } else { self.over };
        is_asked && !is_over && self.left.contains_key(slot) && now.get(slot) == self.left.get(slot)
    }
}

/// The account before and after a run.
pub(crate) struct Effect {
    pub(crate) before: Snapshot,
    pub(crate) after: Snapshot,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) runs: Vec<Run>,
    writers: BTreeMap<Slot, Writer>,
}

impl Ledger {
    /// Returns who wrote or removed the value in a slot.
    pub(crate) fn writer(&self, slot: &Slot) -> Writer {
        self.writers.get(slot).copied().unwrap_or(Writer::Colleague)
    }

    /// Returns whether a run wrote the value in a slot. If a user is given, only that user's runs count.
    pub(crate) fn is_by_run(&self, slot: &Slot, user: Option<User>) -> bool {
        match self.writer(slot) {
            Writer::Colleague => false,
            Writer::Run(run) => user.is_none_or(|user| self.runs[run].user == user),
        }
    }

    /// Returns the indexes of a user's runs, the oldest first.
    pub(crate) fn of(&self, user: User) -> Vec<usize> {
        (0..self.runs.len()).filter(|place| self.runs[*place].user == user).collect()
    }

    pub(crate) fn place(&self, user: User, name: &str) -> Option<usize> {
        self.of(user).into_iter().find(|place| self.runs[*place].name == name)
    }

    /// Records a change in the console.
    pub(crate) fn changed(&mut self, before: &Snapshot, after: &Snapshot) {
        self.writers.extend(changed(before, after).into_iter().map(|slot| (slot, Writer::Colleague)));
    }

    /// Records a run. A run without an ID has no receipt, so no one can undo it.
    pub(crate) fn ran(&mut self, user: User, name: Option<&str>, asked: &Init, effect: Effect) {
        let Effect { before, after } = effect;
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

    /// Records an undo. Each restored value belongs to its earlier writer again.
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
