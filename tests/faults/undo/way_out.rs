//! Checks that every run can be finished by following the program's own advice.
//!
//! After a sequence, every run that is not yet undone is undone again, the newest first, for both users (*undo that run
//! first*). This repeats as long as it changes anything. Then every bucket is emptied, and everything is undone again
//! (*once it is empty, the same undo deletes it*). Then every log that is still on is turned off, and everything is
//! undone once more. This covers *X goes there*, and the logs that AWS refuses to point back.
//!
//! By then, each undo must have ended with 0, or must keep ending with 6. In that case, no one may *need* anything, and
//! another undo must end the same way and change nothing. A bucket must be deleted if it is empty and as its run left
//! it, and no log goes there.
//!
//! Half of the sequences name the runs, and the other half use `latest`. If others need a run, `latest` keeps meaning
//! that run, and its undo says how to undo the previous run. In this way, every run that is not undone must be reached.

use super::snapshot::Slot;
use super::step::{USERS, User};
use super::trial::Trial;
use super::{console, oracle};

/// The verdict that someone's logs need the value. The next constant has all other verdicts.
const NEEDED: &str = "needed";
const OTHERS: [&str; 9] =
    ["restore", "delete", "as-before", "changed-since", "missing", "unreadable", "kept", "undone", "with-bucket"];

/// The maximum number of times that all runs are undone again. A pass that changes nothing is the last.
const PASSES: usize = 4;

type Act = fn(&Trial);

/// The stages. Each begins with an action, after which everything is undone again.
const STAGES: [(&str, Act); 3] = [
    ("and again", |_| {}),
    ("and again, with every bucket emptied", |trial| {
        for bucket in trial.scene.sandbox.buckets() {
            trial.scene.wait(trial.scene.sandbox.empty_bucket(&bucket));
        }
    }),
    ("and again, with every log turned off", |trial| console::turn_all_off(&trial.scene)),
];

impl Trial {
    /// Undoes every run as described above, and records the runs that could not be finished.
    pub(crate) fn finish_all_runs(&mut self, number: u64) {
        let by_latest = (number / 8) % 2 == 1;
        for (details, act) in STAGES {
            if self.open().is_empty() {
                break;
            }
            self.tally.story.push(details.to_owned());
            let before = self.scene.snapshot();
            act(self);
            let after = self.scene.snapshot();
            self.ledger.changed(&before, &after);
            for _ in 0..PASSES {
                let changed = if by_latest { self.undo_latest() } else { self.undo_named() };
                if !changed {
                    break;
                }
            }
        }
        for place in self.open() {
            self.is_finished(place);
            if by_latest && !self.ledger.runs[place].undone && !self.reached.contains(&place) {
                let name = &self.ledger.runs[place].name;
                self.tally.stuck.push(format!("`undo latest` never reaches {name}"));
            }
        }
        let now = self.scene.snapshot();
        for run in &self.ledger.runs {
            if oracle::may_be_deleted(run, run.asked.bucket, &now) {
                let bucket = run.asked.bucket;
                self.tally
                    .stuck
                    .push(format!("the bucket {bucket} is as {} left it, and no undo deletes it", run.name));
            }
        }
    }

    /// Returns the unfinished runs, the newest first. A run is unfinished if no undo of it has ended with 0, or if the
    /// bucket that it created still exists.
    fn open(&self) -> Vec<usize> {
        let now = self.scene.snapshot();
        let is_open = |place: &usize| {
            let run = &self.ledger.runs[*place];
            let bucket = Slot::Bucket(run.asked.bucket.to_owned());
            let is_there = run.made(run.asked.bucket) && now.get(&bucket) == run.left.get(&bucket);
            !run.undone || is_there
        };
        (0..self.ledger.runs.len()).rev().filter(is_open).collect()
    }

    /// Undoes each unfinished run by its ID. If a later run needs an unfinished run, the later run is undone first.
    /// Returns whether anything changed.
    fn undo_named(&mut self) -> bool {
        let open = self.open();
        let (changed, needed) = self.undo_these(&open);
        if needed.is_empty() {
            return changed;
        }
        // Finished runs are undone again first. Their undo may have reported a value as needed because it was unsure
        // about what it read.
        let later: Vec<usize> = (0..self.ledger.runs.len()).rev().filter(|place| !open.contains(place)).collect();
        let (first, _) = self.undo_these(&later);
        let (then, _) = self.undo_these(&needed);
        changed || first || then
    }

    /// Undoes these runs. Returns whether anything changed, and the runs with a value that is needed.
    fn undo_these(&mut self, places: &[usize]) -> (bool, Vec<usize>) {
        let (mut changed, mut needed) = (false, Vec::new());
        for place in places {
            let (user, name) = self.named(*place);
            let was = self.ledger.runs[*place].undone;
            let undone = self.undoes(user, &name);
            changed |= undone.changed || !was && undone.code == 0;
            if undone.verdicts.iter().any(|verdict| verdict == NEEDED) {
                needed.push(*place);
            }
        }
        (changed, needed)
    }

    /// Undoes each user's latest run, then each previous run that an undo names, until no other run is reached. Runs
    /// that were reached earlier are undone by their IDs: *the same undo* removes what is left of them, such as a
    /// bucket that was not empty. Returns whether anything changed.
    fn undo_latest(&mut self) -> bool {
        let mut changed = false;
        let was_reached = |place: &usize| self.ledger.runs[*place].undone || self.reached.contains(place);
        for place in self.open().into_iter().filter(was_reached).collect::<Vec<_>>() {
            let (user, name) = self.named(place);
            changed |= self.undoes(user, &name).changed;
        }
        for user in USERS {
            let runs = self.ledger.of(user);
            for _ in &runs {
                if runs.iter().all(|place| self.ledger.runs[*place].undone) {
                    break;
                }
                let undone = self.undoes(user, "latest");
                let mut went_on = undone.changed || undone.place.is_some_and(|place| self.reached.insert(place));
                if undone.code == 6 {
                    let again = self.undoes(user, "latest");
                    if again.place != undone.place {
                        self.tally.foreign.push("the same `undo latest` reached another run".to_owned());
                    }
                }
                if let Some(before) = undone.before {
                    let undone = self.undoes(user, &before);
                    went_on |= undone.changed || undone.place.is_some_and(|place| self.reached.insert(place));
                }
                changed |= went_on;
                if !went_on {
                    break;
                }
            }
        }
        changed
    }

    /// Undoes a run twice more: the first undo must finish it, and the second must end the same way.
    fn is_finished(&mut self, place: usize) {
        let (user, name) = self.named(place);
        let first = self.undoes(user, &name);
        if self.open().iter().all(|open| *open != place) {
            return;
        }
        let second = self.undoes(user, &name);
        let unknown = second.verdicts.iter().find(|verdict| **verdict != NEEDED && !OTHERS.contains(&verdict.as_str()));
        assert_eq!(unknown, None, "an unknown verdict");
        let mut why = Vec::new();
        if !matches!(second.code, 0 | 6) {
            why.push(format!("ends with {}: {}", second.code, second.details));
        }
        if second.verdicts.iter().any(|verdict| verdict == NEEDED) {
            why.push("says that it is needed, but nobody needs it".to_owned());
        }
        if second.changed || second.code != first.code {
            why.push(format!("ends with {} once, and with {} when repeated", first.code, second.code));
        }
        self.tally.stuck.extend(why.into_iter().map(|why| format!("the undo of {name} {why}")));
    }

    fn named(&self, place: usize) -> (User, String) {
        let run = &self.ledger.runs[place];
        (run.user, run.name.clone())
    }
}
