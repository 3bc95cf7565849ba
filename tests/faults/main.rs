//! The campaign: the program under every fault, at every request, until it converges.
//!
//! For each case a fresh account, a fault, a run, then the same command without the fault until it has nothing to do. What then
//! is there must be what an undisturbed run leaves behind, nothing of others may be lost on the way, and nothing be there twice.
//!
//! `cargo test` takes a sample; `just faults` takes every case, and tells by a table.

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

use std::collections::BTreeMap;

use case::Case;

/// `all` takes every case, `write` puts their table into the README too, anything else is told by [`only`].
const SCOPE: &str = "LOGBUCKET_FAULTS";

#[test]
fn the_program_converges_after_any_fault_at_any_request() {
    if crew::serves() {
        return;
    }
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
    let results = crew::work(&cases, folder.path());
    let table = report::table(&results);
    report::show(&table, &results);
    if scope == "write" {
        report::write(&table);
    }
    let wrong: Vec<String> = results.iter().filter_map(|(case, result)| result.wrong(case)).collect();
    assert!(wrong.is_empty(), "{} of {} cases went wrong:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    let disturbed = results.iter().filter(|(_, result)| result.disturbed).count();
    assert!(disturbed * 2 > results.len(), "only {disturbed} of {} runs were disturbed", results.len());
}
