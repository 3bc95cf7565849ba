//! The results of the cases as a table by fault.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use crate::case::Case;
use crate::fault;
use crate::outcome::Outcome;

const END: &str = "<!-- end -->";

/// Returns the table with a row of totals.
pub(crate) fn table(results: &[(Case, Outcome)]) -> String {
    let mut table =
        "| fault | runs | disturbed | converged | foreign statements lost | duplicates | hangs |\n".to_owned();
    table.push_str("|---|---|---|---|---|---|---|\n");
    let mut rows: Vec<&str> = fault::ALL.iter().map(|fault| fault.row).collect();
    rows.dedup();
    for row in rows {
        let of_row = results.iter().filter(|(case, _)| case.fault.row == row).map(|(_, outcome)| outcome);
        let _ = writeln!(table, "| {row} | {} |", sums(&of_row.collect::<Vec<_>>()).join(" | "));
    }
    let all: Vec<&Outcome> = results.iter().map(|(_, outcome)| outcome).collect();
    let _ = writeln!(table, "| **total** | {} |", sums(&all).map(|sum| format!("**{sum}**")).join(" | "));
    table
}

fn sums(outcomes: &[&Outcome]) -> [String; 6] {
    let count = |is: fn(&Outcome) -> bool| outcomes.iter().filter(|outcome| is(outcome)).count();
    [
        outcomes.len(),
        count(|outcome| outcome.disturbed),
        count(|outcome| outcome.converged),
        outcomes.iter().map(|outcome| outcome.lost).sum(),
        outcomes.iter().map(|outcome| outcome.duplicates).sum(),
        outcomes.iter().map(|outcome| outcome.hangs).sum(),
    ]
    .map(|sum| sum.to_string())
}

/// Prints the table and further facts.
pub(crate) fn show(table: &str, results: &[(Case, Outcome)]) {
    let unfinished: Vec<String> = results
        .iter()
        .filter(|(_, outcome)| outcome.unfinished)
        .map(|(case, outcome)| format!("{case}:\n{}", outcome.details()))
        .collect();
    let mut out = std::io::stdout();
    let _ = writeln!(out, "\n{table}\nsucceeded although incomplete: {}\n{}", unfinished.len(), unfinished.join("\n"));
}

/// Replaces the table of this name on its page.
pub(crate) fn write(name: &str, table: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reliability.md");
    let text = fs::read_to_string(&path).unwrap();
    let begin = format!("<!-- table: {name} -->\n");
    let (before, rest) = text.split_once(&begin).unwrap_or_else(|| panic!("the page has no table {name}"));
    let (_, after) = rest.split_once(END).expect("the table ends");
    fs::write(path, format!("{before}{begin}{table}{END}{after}")).unwrap();
}
