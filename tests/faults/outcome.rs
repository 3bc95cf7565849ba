//! The result of a case.

use sandbox::Sandbox;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::case::Case;
use crate::judge;
use crate::program::Ran;

/// The allowed exit codes of a disturbed run: no usage error and no crash.
const CODES: [u8; 5] = [0, 1, 4, 5, 6];

/// The result of a case.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Outcome {
    /// Whether the run failed or made other requests than usual.
    pub(crate) disturbed: bool,
    /// Whether the final state equals the state after an undisturbed run, and the command had nothing left to do.
    pub(crate) converged: bool,
    /// Whether the first run reported success although it was incomplete.
    pub(crate) unfinished: bool,
    /// How many of other people's statements were lost at any time.
    pub(crate) lost: usize,
    /// How many things existed twice at any time.
    pub(crate) duplicates: usize,
    /// How many runs took too long or never ended.
    pub(crate) hangs: usize,
    /// How many claims were false.
    pub(crate) untrue: usize,
    /// What happened, for debugging.
    pub(crate) story: Vec<String>,
}

impl Outcome {
    /// Records the state after a run, and what the run printed.
    pub(crate) fn record(&mut self, case: &Case, sandbox: &Sandbox, before: &Value, ran: &Ran) {
        let after = judge::settled(sandbox);
        self.lost = self.lost.max(judge::lost(before, &after));
        self.duplicates = self.duplicates.max(judge::duplicates(before, &after));
        self.untrue += judge::untrue(sandbox, ran) + usize::from(!CODES.contains(&ran.code));
        self.hangs += usize::from(ran.took > case.fault.bound());
        self.story.push(ran.details());
    }

    /// The outcome of a case whose process returned no result.
    pub(crate) fn never(story: &str) -> Self {
        Self { disturbed: true, hangs: 1, story: vec![story.to_owned()], ..Self::default() }
    }

    /// Returns what went wrong, if anything.
    pub(crate) fn wrong(&self, case: &Case) -> Option<String> {
        let each = [
            (!self.converged, "does not converge"),
            (self.lost > 0, "loses statements of others"),
            (self.duplicates > 0, "leaves duplicates"),
            (self.hangs > 0, "hangs"),
            (self.untrue > 0, "makes a false claim"),
        ];
        let problems: Vec<&str> = each.into_iter().filter(|(wrong, _)| *wrong).map(|(_, what)| what).collect();
        (!problems.is_empty()).then(|| format!("{case} {}:\n{}", problems.join(", "), self.details()))
    }

    /// Returns the story, one line per run.
    pub(crate) fn details(&self) -> String {
        self.story.iter().map(|line| format!("  {}", line.replace('\n', "\n    "))).collect::<Vec<_>>().join("\n")
    }
}
