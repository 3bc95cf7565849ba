//! The undo campaign: random sequences of runs, undos and changes by others. Each step is judged by what it may change.
//!
//! A sequence runs in a small account: two users with their own receipts, a colleague in the console, shared buckets
//! and keys. After each step, every part of the account is compared with its state before the step. Three things are
//! counted:
//!
//! 1. **Other people's things that a run or an undo deleted or changed.** [`oracle`] decides which changes are allowed.
//!    It knows the writer of each value from snapshots only ([`ledger`]) and shares nothing with the program.
//! 2. **Logs that died.** The sandbox's log services decide whether a log arrives. A log that arrived before an undo
//!    must arrive after it. The only exception is a log that the undone run had set up, and that the undo turned off or
//!    pointed elsewhere. The same rule applies to a run without `--fix`.
//! 3. **Runs that can't be finished**, as defined in [`way_out`].
//!
//! The campaign also checks every exit code that claims that nothing changed.
//!
//! A sequence depends only on its number, except for names and times. `LOGBUCKET_UNDO_SEED=12 cargo test --test faults
//! undo` runs sequence 12 and prints what happened. If the sequence fails, the campaign searches for the fewest steps
//! that fail in the same way. `LOGBUCKET_UNDO_SEED=12:0,3` runs only steps 0 and 3.

mod console;
mod ledger;
mod oracle;
mod oracle_tests;
mod report;
mod scene;
mod sequence;
mod snapshot;
mod step;
mod trial;
mod way_out;

use std::fmt;
use std::io::Write as _;
use std::time::Duration;

use crate::crew::{Crew, Job};

use report::Tally;
use sequence::{Named, Sequence, Theme};
use trial::Trial;

/// The number of sequences in the whole campaign, and in the sample.
const ALL: u64 = 5000;
const SAMPLE: u64 = 96;

/// The sequences to run, separated by `;`.
const SEED: &str = "LOGBUCKET_UNDO_SEED";

/// How many failures are printed in full.
const MAX_PRINTED: usize = 12;

/// The time limit for a sequence, and for the search for the fewest steps.
const BOUND: Duration = Duration::from_mins(3);

/// Runs a sequence by its name. With `least:` before the name, searches for the fewest steps that fail in the same way.
pub(crate) fn run_case(words: &str) -> Tally {
    match words.strip_prefix("least:") {
        Some(words) => least(&Named::parse(words)),
        None => Trial::of(&Named::parse(words).sequence()),
    }
}

/// Returns the tally of the sequence, cut down to the fewest steps that still fail in the same ways.
fn least(named: &Named) -> Tally {
    let whole = Trial::of(&named.sequence());
    let steps = Sequence::of(named.number).steps.len();
    let mut kept = named.kept.clone().unwrap_or_else(|| (0..steps).collect());
    let mut found = Tally { least: Some(named.to_string()), ..whole };
    let mut at = kept.len();
    while at > 0 {
        at -= 1;
        let mut fewer = kept.clone();
        fewer.remove(at);
        let named = Named { number: named.number, kept: Some(fewer.clone()) };
        let tally = Trial::of(&named.sequence());
        let same = tally.kinds() == found.kinds();
        if same && !fewer.is_empty() {
            found = Tally { least: Some(named.to_string()), ..tally };
            kept = fewer;
        }
    }
    found
}

/// Runs sequences in processes that run the test with this name.
pub(crate) fn campaign(test: &str, scope: &str) {
    let asked = std::env::var(SEED).unwrap_or_default();
    let names: Vec<Named> = match (asked.as_str(), scope) {
        ("", "all" | "write") => numbered(ALL),
        ("", "") => numbered(SAMPLE),
        // Only cases of the other campaign were requested.
        ("", _) => return,
        (asked, _) => asked.split(';').map(Named::parse).collect(),
    };
    let folder = tempfile::tempdir().unwrap();
    let crew = Crew { test, folder: folder.path(), per_core: 2 };
    let jobs = |names: &[Named], before: &str| -> Vec<Job> {
        names.iter().map(|name| Job { words: format!("{before}{name}"), bound: BOUND }).collect()
    };
    let outcomes = crew.work(&jobs(&names, "")).into_iter().map(|outcome| outcome.unwrap_or_else(Tally::never));
    let results: Vec<(Theme, Tally)> = names.iter().map(|name| Sequence::of(name.number).theme).zip(outcomes).collect();
    let table = report::table(&results);
    let firsts = names.iter().zip(&results).filter_map(|(name, (_, tally))| Some((name, tally.wrong().next()?)));
    let wrong: Vec<(&Named, &String)> = firsts.collect();
    let mut out = std::io::stdout();
    let sums = Sums::of(&results);
    let _ = writeln!(out, "\n{table}\n{sums}");
    if !asked.is_empty() {
        for (name, (_, tally)) in names.iter().zip(&results) {
            let _ = writeln!(out, "{}", tally.details(name.number));
        }
    }
    let fewest: Vec<Named> = wrong.iter().take(MAX_PRINTED).map(|(name, _)| (*name).clone()).collect();
    let details: Vec<String> = crew
        .work::<Tally>(&jobs(&fewest, "least:"))
        .into_iter()
        .zip(&fewest)
        .map(|(tally, name)| tally.unwrap_or_else(Tally::never).details(name.number))
        .collect();
    let all: Vec<String> = wrong.iter().map(|(name, first)| format!("{name}: {first}")).collect();
    assert!(
        wrong.is_empty(),
        "{} of {} sequences went wrong:\n{}\nEach with what went wrong first:\n{}",
        wrong.len(),
        names.len(),
        details.join("\n"),
        all.join("\n")
    );
    assert!(!asked.is_empty() || sums.are_enough_for(results.len()), "{} sequences are idle: {sums}", results.len());
    if scope == "write" {
        crate::report::write("undo", &table);
    }
}

/// Returns this many sequences, a sample of all themes.
fn numbered(count: u64) -> Vec<Named> {
    (0..count).map(|number| Named { number, kept: None }).collect()
}

/// The totals of all sequences.
struct Sums {
    restored: usize,
    deleted: usize,
    alive: usize,
    changes: usize,
}

impl Sums {
    fn of(results: &[(Theme, Tally)]) -> Self {
        let sum = |count: fn(&Tally) -> usize| results.iter().map(|(_, tally)| count(tally)).sum::<usize>();
        Self {
            restored: sum(|tally| tally.restored),
            deleted: sum(|tally| tally.deleted),
            alive: sum(|tally| tally.alive),
            changes: sum(|tally| tally.changes),
        }
    }

    /// Returns whether the sequences test enough: undos restore values, delete buckets, and meet logs that arrive.
    fn are_enough_for(&self, sequences: usize) -> bool {
        self.restored > sequences * 2
            && self.deleted > sequences / 8
            && self.alive > sequences
            && self.changes > sequences / 2
    }
}

impl fmt::Display for Sums {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { restored, deleted, alive, changes } = self;
        write!(f, "undos restored {restored} values, deleted {deleted} buckets and met {alive} logs that arrived; ")?;
        write!(f, "{changes} changes by others")
    }
}
