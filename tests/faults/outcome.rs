//! What came of a case.

use sandbox::Sandbox;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::case::Case;
use crate::judge;
use crate::program::Ran;

/// The exit codes that a disturbed run may have: never one of wrong usage, and never that of a crash.
const CODES: [u8; 5] = [0, 1, 4, 5, 6];

/// What came of a case.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Outcome {
    /// The fault showed: the run failed, or made other requests than usually.
    pub(crate) disturbed: bool,
    /// In the end all was as after an undisturbed run, and the command said that there was nothing to do.
    pub(crate) converged: bool,
    /// The first run ended well although not all was done.
    pub(crate) unfinished: bool,
    /// Statements of others that were lost at any time.
    pub(crate) lost: usize,
    /// Things that were there twice at any time.
    pub(crate) duplicates: usize,
    /// Runs that took longer than they may, or never ended.
    pub(crate) hangs: usize,
    /// What was said that was not so.
    pub(crate) untrue: usize,
    /// What happened, to be read where something went wrong.
    pub(crate) story: Vec<String>,
}

impl Outcome {
    /// What a run left behind, and what it said.
    pub(crate) fn looked(&mut self, case: &Case, sandbox: &Sandbox, before: &Value, ran: &Ran) {
        let after = judge::settled(sandbox);
        self.lost = self.lost.max(judge::lost(before, &after));
        self.duplicates = self.duplicates.max(judge::duplicates(before, &after));
        self.untrue += judge::untrue(sandbox, ran) + usize::from(!CODES.contains(&ran.code));
        self.hangs += usize::from(ran.took > case.fault.bound());
        self.story.push(ran.told());
    }

    /// Nobody came back.
    pub(crate) fn never(story: &str) -> Self {
        Self { disturbed: true, hangs: 1, story: vec![story.to_owned()], ..Self::default() }
    }

    /// What went wrong, in words; nothing where all is well.
    pub(crate) fn wrong(&self, case: &Case) -> Option<String> {
        let each = [
            (!self.converged, "does not converge"),
            (self.lost > 0, "loses statements of others"),
            (self.duplicates > 0, "leaves something twice"),
            (self.hangs > 0, "hangs"),
            (self.untrue > 0, "says what is not so"),
        ];
        let said: Vec<&str> = each.into_iter().filter(|(wrong, _)| *wrong).map(|(_, what)| what).collect();
        (!said.is_empty()).then(|| format!("{case} {}:\n{}", said.join(", "), self.told()))
    }

    /// The story, a line for each run.
    pub(crate) fn told(&self) -> String {
        self.story.iter().map(|line| format!("  {}", line.replace('\n', "\n    "))).collect::<Vec<_>>().join("\n")
    }
}
