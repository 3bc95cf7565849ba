//! The results of the sequences as a table by theme.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::sequence::{THEMES, Theme};

/// The result of a sequence.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Tally {
    /// Runs, undos that should change something, and console changes that changed something.
    pub(crate) runs: usize,
    pub(crate) undos: usize,
    pub(crate) changes: usize,
    /// Values that undos restored, buckets that undos deleted, and logs that arrived before undos.
    pub(crate) restored: usize,
    pub(crate) deleted: usize,
    pub(crate) alive: usize,
    /// The things of other people that a run or an undo changed or deleted, as text.
    pub(crate) foreign: Vec<String>,
    /// Each log that arrived before an undo but not after it.
    pub(crate) died: Vec<String>,
    /// Each run that can't be finished.
    pub(crate) stuck: Vec<String>,
    /// Each exit code with a false claim.
    pub(crate) untrue: Vec<String>,
    /// What happened, one line per step.
    pub(crate) story: Vec<String>,
    /// The fewest steps that fail in the same way, if the campaign searched for them.
    pub(crate) least: Option<String>,
}

impl Tally {
    /// The result of a sequence whose process returned none.
    pub(crate) fn never(story: &str) -> Self {
        Self { stuck: vec![story.to_owned()], ..Self::default() }
    }

    /// Returns everything that went wrong, as text.
    pub(crate) fn wrong(&self) -> impl Iterator<Item = &String> {
        self.foreign.iter().chain(&self.died).chain(&self.stuck).chain(&self.untrue)
    }

    /// Returns the ways in which the sequence went wrong, without details.
    pub(crate) fn kinds(&self) -> [bool; 4] {
        [&self.foreign, &self.died, &self.stuck, &self.untrue].map(|of| !of.is_empty())
    }

    /// Returns the details of a failure.
    pub(crate) fn details(&self, number: u64) -> String {
        let least = self.least.as_ref().unwrap_or(&number.to_string()).clone();
        let mut text = format!("sequence {number} (LOGBUCKET_UNDO_SEED={least}):\n");
        for wrong in self.wrong() {
            let _ = writeln!(text, "  WRONG {wrong}");
        }
        for line in &self.story {
            let _ = writeln!(text, "    {line}");
        }
        text
    }
}

/// Returns the table with a row of totals.
pub(crate) fn table(results: &[(Theme, Tally)]) -> String {
    let mut table = "| sequences of `init`, `undo` and changes by others | sequences | runs | undos | changes by others | others' things deleted or changed | logs broken by an undo | runs that can't be finished |\n".to_owned();
    table.push_str("|---|---|---|---|---|---|---|---|\n");
    for (theme, row) in THEMES {
        let of_row: Vec<&Tally> = results.iter().filter(|(of, _)| *of == theme).map(|(_, tally)| tally).collect();
        let _ = writeln!(table, "| {row} | {} |", sums(&of_row).join(" | "));
    }
    let all: Vec<&Tally> = results.iter().map(|(_, tally)| tally).collect();
    let _ = writeln!(table, "| **total** | {} |", sums(&all).map(|sum| format!("**{sum}**")).join(" | "));
    table
}

fn sums(of: &[&Tally]) -> [String; 7] {
    let sum = |count: fn(&Tally) -> usize| of.iter().map(|tally| count(tally)).sum::<usize>();
    [
        of.len(),
        sum(|tally| tally.runs),
        sum(|tally| tally.undos),
        sum(|tally| tally.changes),
        sum(|tally| tally.foreign.len()),
        sum(|tally| tally.died.len()),
        sum(|tally| tally.stuck.len()),
    ]
    .map(|sum| sum.to_string())
}
