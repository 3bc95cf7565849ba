//! Runs a sequence and judges each step by the account before and after it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use sandbox::Arrival;

use crate::program::Ran;

use super::ledger::{Effect, End, Ledger};
use super::report::Tally;
use super::scene::Scene;
use super::sequence::Sequence;
use super::snapshot::{Slot, Snapshot, changed, flow_log_place};
use super::step::{Init, Step, User, Which};
use super::{console, oracle};

/// The exit codes that claim that nothing changed.
const CHANGED_NOTHING: [u8; 4] = [1, 2, 5, 7];

/// A running sequence.
pub(crate) struct Trial {
    pub(crate) scene: Scene,
    pub(crate) ledger: Ledger,
    pub(crate) tally: Tally,
    /// The runs that `undo latest` reached while finishing all runs.
    pub(crate) reached: BTreeSet<usize>,
}

/// The result of an undo.
pub(crate) struct Undone {
    pub(crate) code: u8,
    /// The index of the undone run in the ledger, if known.
    pub(crate) place: Option<usize>,
    /// The verdicts on its changes.
    pub(crate) verdicts: Vec<String>,
    pub(crate) changed: bool,
    /// The previous run, if the undo says how to undo it.
    pub(crate) before: Option<String>,
    pub(crate) details: String,
}

impl Trial {
    /// Runs a sequence until every run is undone.
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
        trial.finish_all_runs(sequence.number);
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
        // The same command finishes a run that stopped partway.
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
        // With `--fix`, the plan warned the user about the logs that a replacement affects.
        if !init.fix {
            self.record_dead_logs(&alive, &still, &before, &after);
        }
        self.ledger.ran(user, name, init, Effect { before, after });
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

    /// Undoes a run by its ID or `latest`.
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
        let waits = verdicts.iter().any(|verdict| ["needed", "unreadable"].contains(&verdict.as_str()));
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
        self.record_dead_logs(&alive, &still, &before, &after);
        let named = ran.stderr.split("the run before it is `").nth(1);
        Undone {
            code: ran.code,
            place,
            verdicts,
            changed: before != after,
            before: named.and_then(|rest| rest.split('`').next()).map(str::to_owned),
            details: ran.details(),
        }
    }

    /// Returns the account's state, and the logs that arrive and are readable.
    fn looks(&self) -> (Snapshot, BTreeSet<Arrival>) {
        let arrivals = self.scene.wait(self.scene.sandbox.arrivals());
        let places: BTreeMap<String, String> = self
            .scene
            .sandbox
            .flow_logs()
            .into_iter()
            .map(|log| {
                let place = flow_log_place(&log.destination, log.traffic.as_deref());
                (log.id, place)
            })
            .collect();
        // A flow log that is created again has another ID.
        let named =
            |arrival: Arrival| Arrival { log: places.get(&arrival.log).cloned().unwrap_or(arrival.log), ..arrival };
        let readable = arrivals.into_iter().filter(|arrival| arrival.readable);
        (self.scene.snapshot(), readable.map(named).collect())
    }

    /// Records a run's output and its false claims.
    fn tells(&mut self, ran: &Ran, before: &Snapshot, after: &Snapshot) {
        self.tally.story.push(format!("  exit {} {}", ran.code, ran.summary()));
        if CHANGED_NOTHING.contains(&ran.code) {
            let slots = changed(before, after).into_iter();
            self.tally.untrue.extend(slots.map(|slot| format!("exit {}, and {slot} is not as before", ran.code)));
        }
    }

    /// Records the logs that arrived before a step but not after it. Ignores logs that the step turned off or pointed
    /// elsewhere, because the oracle judges such changes.
    fn record_dead_logs(
        &mut self,
        before: &BTreeSet<Arrival>,
        after: &BTreeSet<Arrival>,
        was: &Snapshot,
        is: &Snapshot,
    ) {
        for dead in before.difference(after) {
            let source = dead.source.clone();
            let slot = if dead.log.starts_with("arn:") {
                Slot::FlowLog(source, dead.log.clone())
            } else if dead.log.ends_with("_logs") {
                Slot::Log(source, dead.log.clone())
            } else if dead.log == "vended" {
                Slot::Vended(source)
            } else if dead.log == "logging" {
                Slot::Logging(source)
            } else {
                Slot::Inventory(source, dead.log.clone())
            };
            if was.get(&slot) == is.get(&slot) {
                self.tally.died.push(format!("{} of {} to {} no longer arrives", dead.log, dead.source, dead.bucket));
            }
        }
    }
}
