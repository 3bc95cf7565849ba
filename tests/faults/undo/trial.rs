//! A sequence from its beginning to its end, each step judged by the account before and after it.

use std::collections::BTreeSet;
use std::time::Duration;

use sandbox::Arrival;

use crate::program::Ran;

use super::ledger::{End, Ledger};
use super::report::Tally;
use super::scene::Scene;
use super::sequence::Sequence;
use super::snapshot::{Slot, Snapshot, changed};
use super::step::{Init, Step, User, Which};
use super::{console, oracle};

/// The exit codes of a run that says that it changed nothing.
const CHANGED_NOTHING: [u8; 4] = [1, 2, 5, 7];

/// A sequence that goes on.
pub(crate) struct Trial {
    pub(crate) scene: Scene,
    pub(crate) ledger: Ledger,
    pub(crate) tally: Tally,
    /// The runs that `undo latest` came to while a way out was looked for.
    pub(crate) reached: BTreeSet<usize>,
}

/// How an undo ended.
pub(crate) struct Undone {
    pub(crate) code: u8,
    /// Which run it was of, by its place in the ledger, where it says so.
    pub(crate) place: Option<usize>,
    /// The verdicts on its changes.
    pub(crate) verdicts: Vec<String>,
    pub(crate) changed: bool,
    /// The run before it, where it says how to undo that.
    pub(crate) before: Option<String>,
    pub(crate) told: String,
}

impl Trial {
    /// Tries a sequence, to the end in which every run is undone.
    pub(crate) fn of(sequence: &Sequence) -> Tally {
        let mut trial = Self {
            scene: Scene::set(sequence.world),
            ledger: Ledger::default(),
            tally: Tally::default(),
            reached: BTreeSet::new(),
        };
        for step in &sequence.steps {
            trial.scene.sandbox.pass(Duration::from_secs(2));
            trial.tally.story.push(step.to_string());
            trial.takes(step);
        }
        trial.finds_a_way_out(sequence.number);
        trial.tally
    }

    fn takes(&mut self, step: &Step) {
        match step {
            Step::Init(user, init) => self.init(*user, init),
            Step::Undo { user, which, dry } => self.undo(*user, *which, *dry),
            Step::Change(change) => {
                let before = self.scene.snapshot();
                console::change(&self.scene, change);
                let after = self.scene.snapshot();
                self.tally.changes += usize::from(before != after);
                self.ledger.changed(&before, &after);
            }
        }
    }

    fn init(&mut self, user: User, init: &Init) {
        let code = self.runs(user, init);
        // A run that stopped part way is finished by the same command.
        if matches!(code, 1 | 6) {
            self.runs(user, init);
        }
    }

    fn runs(&mut self, user: User, init: &Init) -> u8 {
        let (before, alive) = self.looks();
        let ran = self.scene.run(user, &init.words());
        let (after, still) = self.looks();
        self.tally.runs += 1;
        let name = ran.document["run"].as_str();
        self.tells(&ran, &before, &after);
        self.tally.foreign.extend(oracle::of_run(&self.ledger, user, init, &before, &after));
        // Who agrees to replace something was told whom else it affects.
        if !init.fix {
            self.mourns(&alive, &still, &before, &after);
        }
        self.ledger.ran(user, name, init, before, after);
        ran.code
    }

    fn undo(&mut self, user: User, which: Which, dry: bool) {
        let of_user = self.ledger.of(user);
        let Some(nth) = (match which {
            Which::Latest => of_user.len().checked_sub(1),
            Which::Nth(nth) => nth.checked_rem(of_user.len()),
        }) else {
            return;
        };
        let name = match which {
            Which::Latest => "latest".to_owned(),
            Which::Nth(_) => self.ledger.runs[of_user[nth]].name.clone(),
        };
        if dry {
            let before = self.scene.snapshot();
            let ran = self.scene.run(user, &format!("undo {name} --dry-run"));
            let after = self.scene.snapshot();
            self.tells(&ran, &before, &after);
            let wrong = changed(&before, &after).into_iter().map(|slot| format!("a dry run changed {slot}"));
            self.tally.foreign.extend(wrong);
        } else {
            self.undoes(user, &name);
        }
    }

    /// Undoes a run, by its name or `latest`.
    pub(crate) fn undoes(&mut self, user: User, name: &str) -> Undone {
        let (before, alive) = self.looks();
        let ran = self.scene.run(user, &format!("undo {name} --yes"));
        let (after, still) = self.looks();
        self.tally.undos += 1;
        self.tally.alive += alive.len();
        self.tells(&ran, &before, &after);
        let changes = ran.document["changes"].as_array().cloned().unwrap_or_default();
        let verdicts = changes.iter().map(|change| change["verdict"].as_str().unwrap_or_default().to_owned());
        let verdicts: Vec<String> = verdicts.collect();
        let waits = verdicts.iter().any(|verdict| ["needed", "not-seen"].contains(&verdict.as_str()));
        let end = match ran.code {
            0 => End::Whole,
            6 if !waits && ran.document["error"].is_null() => End::AllButTheirs,
            _ => End::Waiting,
        };
        let named = ran.document["run"]["run"].as_str().unwrap_or(name);
        let place = self.ledger.place(user, named);
        if let Some(place) = place {
            self.tally.foreign.extend(oracle::of_undo(&self.ledger, place, &before, &after));
            let gone = |slot: &&Slot| matches!(slot, Slot::Bucket(_)) && !after.contains_key(slot);
            let slots = changed(&before, &after);
            self.tally.deleted += slots.iter().filter(gone).count();
            self.tally.restored += slots.len();
            self.ledger.undid(place, &before, &after, end);
        } else {
            let slots = changed(&before, &after).into_iter();
            self.tally.foreign.extend(slots.map(|slot| format!("an undo of no run changed {slot}")));
        }
        self.mourns(&alive, &still, &before, &after);
        let named = ran.stderr.split("the run before it is `").nth(1);
        Undone {
            code: ran.code,
            place,
            verdicts,
            changed: before != after,
            before: named.and_then(|rest| rest.split('`').next()).map(str::to_owned),
            told: ran.told(),
        }
    }

    /// The account, and the logs that arrive in it and can be read.
    fn looks(&self) -> (Snapshot, BTreeSet<Arrival>) {
        let arrivals = self.scene.wait(self.scene.sandbox.arrivals());
        (self.scene.snapshot(), arrivals.into_iter().filter(|arrival| arrival.readable).collect())
    }

    /// Keeps what a run said, and whether it was so.
    fn tells(&mut self, ran: &Ran, before: &Snapshot, after: &Snapshot) {
        self.tally.story.push(format!("  exit {} {}", ran.code, ran.gist()));
        if CHANGED_NOTHING.contains(&ran.code) {
            let slots = changed(before, after).into_iter();
            self.tally.untrue.extend(slots.map(|slot| format!("exit {}, and {slot} is not as before", ran.code)));
        }
    }

    /// The logs that arrived before a step and don't after it, where the step did not turn them off or point them elsewhere: that
    /// is judged as a change of its own.
    fn mourns(&mut self, before: &BTreeSet<Arrival>, after: &BTreeSet<Arrival>, was: &Snapshot, is: &Snapshot) {
        for dead in before.difference(after) {
            let source = dead.source.clone();
            let slot = if dead.log.ends_with("_logs") {
                Slot::Log(source, dead.log.clone())
            } else if dead.log == "vended" {
                Slot::Vended(source)
            } else if dead.log == "logging" {
                Slot::Logging(source)
            } else {
                Slot::Inventory(source, dead.log.clone())
            };
            if was.get(&slot) == is.get(&slot) {
                self.tally
                    .died
                    .push(format!("{} of {} to {} does not arrive any more", dead.log, dead.source, dead.bucket));
            }
        }
    }
}
