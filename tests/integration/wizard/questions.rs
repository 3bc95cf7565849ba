//! The questions, and how a test answers them.

use crate::terminal::{Key, Terminal};

pub(crate) const PRODUCER: &str = "which service will log?";
pub(crate) const LOGS: &str = "which logs?";
pub(crate) const ALBS: &str = "which Application Load Balancers?";
pub(crate) const NLBS: &str = "which Network Load Balancers?";
pub(crate) const BUCKETS: &str = "which buckets?";
pub(crate) const DESTINATION: &str = "destination in us-east-1?";
pub(crate) const ENCRYPTION: &str = "default encryption of the bucket?";
pub(crate) const REPORTS: &str = "encryption of the reports?";
pub(crate) const OPTIONS: &str = "more options?";
pub(crate) const EXPIRY: &str = "expire logs after?";
pub(crate) const PREFIX: &str = "key prefix (blank for none)";
pub(crate) const NOW: &str = "what now?";

impl Terminal {
    /// Chooses the entry under the cursor in the list with this question.
    #[track_caller]
    pub(crate) fn takes(&self, question: &str) -> &Self {
        self.shows(question).press(Key::Enter)
    }

    /// Searches the list with this question, and chooses the first match.
    #[track_caller]
    pub(crate) fn finds(&self, question: &str, search: &str, found: &str) -> &Self {
        self.shows(question).types(search).shows(&format!("❯ {found}")).press(Key::Enter)
    }

    /// Searches a list of checkboxes, and continues with the first match.
    #[track_caller]
    pub(crate) fn selects(&self, question: &str, search: &str, found: &str) -> &Self {
        self.shows(question).types(search).shows(&format!("❯ ○ {found}")).press(Key::Enter)
    }

    /// Searches a list of checkboxes, checks the first match, and clears the search.
    #[track_caller]
    pub(crate) fn checks(&self, question: &str, search: &str, found: &str) -> &Self {
        self.shows(question).types(search).shows(&format!("❯ ○ {found}")).press(Key::Space);
        self.shows(&format!("❯ ◉ {found}")).clears_search()
    }

    /// Clears the search and waits, because the program would read Esc and a key right after it as one escape code.
    #[track_caller]
    pub(crate) fn clears_search(&self) -> &Self {
        let is_empty = |screen: &str| screen.lines().any(|line| line.trim_end() == "  search ›");
        self.press(Key::Esc).waits_until("an empty search", is_empty)
    }

    /// Moves the cursor to an entry in the list with this question, and chooses that entry.
    #[track_caller]
    pub(crate) fn goes_to(&self, question: &str, entry: &str) -> &Self {
        self.shows(question);
        for _ in 0..20 {
            self.waits_until("a list with a cursor", |screen| pointed(screen).is_some());
            let before = pointed(&self.screen()).unwrap_or_default();
            if before.trim_start_matches("❯ ").starts_with(entry) {
                return self.press(Key::Enter);
            }
            let moved = |screen: &str| pointed(screen).is_some_and(|now| now != before);
            self.press(Key::Down).waits_until("the cursor to move", moved);
        }
        panic!("`{entry}` is not in\n{}", self.screen());
    }

    /// Answers everything up to the destination for the ALB `web`.
    #[track_caller]
    pub(crate) fn logs_web(&self) -> &Self {
        self.takes(PRODUCER).takes(LOGS).selects(ALBS, "web", "web")
    }
}

/// The line with the cursor of a list.
pub(crate) fn pointed(screen: &str) -> Option<String> {
    screen.lines().rfind(|line| line.starts_with('❯')).map(str::to_owned)
}
