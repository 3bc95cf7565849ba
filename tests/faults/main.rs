//! The two fault campaigns. The first one runs the program with every fault at every request, until the program
//! converges. The second one makes random runs, undos and changes by others, until every run is undone.
//!
//! Each case of the first campaign runs a command in a fresh account with a fault, then repeats the command without the
//! fault until there is nothing to do. The result must equal the result of an undisturbed run. On the way, nothing that
//! belongs to others may be lost, and nothing may exist twice. The second campaign is [`undo`].
//!
//! `cargo test` runs a sample of each campaign. `just faults` runs every case and writes the tables in
//! docs/reliability.md.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod case;
mod crew;
mod fault;
mod judge;
mod outcome;
mod program;
mod report;
mod subject;
mod trial;
mod undo;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use case::Case;
use crew::{Crew, Job};
use outcome::Outcome;

/// `all` runs every case, `write` also updates docs/reliability.md, and any other value names a case.
const SCOPE: &str = "LOGBUCKET_FAULTS";

/// Lets only one campaign run at a time. Each campaign uses every core, and redirects standard output while it runs the
/// program in this process.
static TURN: Mutex<()> = Mutex::new(());

#[test]
fn the_program_converges_after_any_fault_at_any_request() {
    if crew::serve_job(|words, folder| trial::run_case(&Case::parse(words), folder)) {
        return;
    }
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let scope = std::env::var(SCOPE).unwrap_or_default();
    let folder = tempfile::tempdir().unwrap();
    let references: BTreeMap<&str, trial::Reference> =
        subject::ALL.iter().map(|subject| (subject.name, trial::Reference::of(subject, folder.path()))).collect();
    let all = case::every(&references);
    let cases: Vec<Case> = match scope.as_str() {
        "all" | "write" => all,
        "" => case::sample(&all),
        words => all.into_iter().filter(|case| words.split(',').all(|word| case.to_string().contains(word))).collect(),
    };
    let jobs: Vec<Job> = cases.iter().map(|case| Job { words: case.to_string(), bound: trial::bound(case) }).collect();
    // Most processes spend most of their time waiting.
    let crew =
        Crew { test: "the_program_converges_after_any_fault_at_any_request", folder: folder.path(), per_core: 8 };
    let outcomes = crew.work(&jobs).into_iter().map(|outcome| outcome.unwrap_or_else(Outcome::never));
    let results: Vec<(Case, Outcome)> = cases.iter().copied().zip(outcomes).collect();
    let table = report::table(&results);
    report::show(&table, &results);
    if scope == "write" {
        report::write("faults", &table);
    }
    let wrong: Vec<String> = results.iter().filter_map(|(case, result)| result.wrong(case)).collect();
    assert!(wrong.is_empty(), "{} of {} cases went wrong:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    let disturbed = results.iter().filter(|(_, result)| result.disturbed).count();
    assert!(disturbed * 2 > results.len(), "only {disturbed} of {} runs were disturbed", results.len());
}

#[test]
fn an_undo_only_reverts_its_own_run_and_every_run_can_be_finished() {
    if crew::serve_job(|words, _| undo::run_case(words)) {
        return;
    }
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let scope = std::env::var(SCOPE).unwrap_or_default();
    undo::campaign("an_undo_only_reverts_its_own_run_and_every_run_can_be_finished", &scope);
}
