//! The wizard on plain terminals and with screen readers: numbered lists, and nothing is redrawn.

use crate::account::Account;
use crate::tables::each_case;
use crate::terminal::{Key, Terminal};
use crate::wizard::{ALBS, BUCKETS, DESTINATION, NOW, OPTIONS, PRODUCER, REPORTS};

impl Terminal {
    /// Answers a question on a plain screen. First waits until the text after the question ends with `asked`.
    #[track_caller]
    pub(crate) fn enters(&self, question: &str, asked: &str, answer: &str) -> &Self {
        let is_asked =
            |screen: &str| screen.rsplit(question).next().is_some_and(|behind| behind.trim_end().ends_with(asked));
        self.shows(question).waits_until(asked, is_asked).types(answer).press(Key::Enter)
    }

    /// Answers with the number of an entry.
    #[track_caller]
    pub(crate) fn enters_number_of(&self, question: &str, entry: &str) -> &Self {
        self.shows(question).shows(entry);
        let screen = self.screen();
        let list = screen.rsplit(question).next().unwrap_or_default();
        let line = list.lines().find(|line| line.contains(entry)).unwrap_or_else(|| panic!("{screen}"));
        let number =
            line.split_whitespace().find(|word| word.parse::<usize>().is_ok()).unwrap_or_else(|| panic!("{line}"));
        self.enters(question, ":", number)
    }
}

#[test]
fn plain_terminals_get_numbered_choices_and_nothing_is_redrawn() {
    each_case([("TERM", "dumb"), ("ACCESSIBLE", "1")], |variable| {
        let account = Account::seeded();
        let terminal = Terminal::start_at(&account, "init", 100, 200, &[variable]);
        terminal.enters(PRODUCER, "]:", "").enters("which logs?", "]:", "7").enters("no match for `7`", "]:", "1");
        terminal.enters(ALBS, "]:", "web").enters(DESTINATION, "]:", "my-own-logs");
        terminal.enters("no match; Enter takes `create my-own-logs`", "]:", "").enters(OPTIONS, "]:", "2");
        terminal.enters("key prefix (blank for none)", ":", "x/\u{7f}\u{7f}").enters("✔ key prefix: none", "]:", "");
        terminal.enters_number_of(NOW, "apply");
        let sent = terminal.sent();
        assert!(!sent.contains('\u{1b}'), "{variable:?}: {sent:?}");
        let ended = terminal.wait_for_end().exited_with(0).says("delivery: proven");
        ended.says("repeat: logbucket init alb --source web --bucket my-own-logs");
    });
}

#[test]
fn regions_keys_and_columns_are_chosen_by_number_on_plain_terminals() {
    let account = Account::seeded();
    account.run("init inventory --source app-data --bucket keyed --report-kms-key create --yes").ends(0);
    let terminal = Terminal::start_at(&account, "init", 80, 400, &[("ACCESSIBLE", "1")]);
    terminal.enters_number_of(PRODUCER, "another Region").enters("Region?", "]:", "us-east-1");
    terminal.enters_number_of(PRODUCER, "S3 Inventory").enters(BUCKETS, "]:", "app-images");
    terminal.enters(DESTINATION, "]:", "plain-logs").enters("Enter takes `create plain-logs`", "]:", "");
    terminal.enters_number_of(REPORTS, "SSE-KMS, an existing key").enters(
        "which key of us-east-1?",
        "]:",
        "logbucket-keyed",
    );
    terminal.enters("report frequency?", "]:", "").enters_number_of(OPTIONS, "report columns");
    terminal.enters("extra report columns?", "]:", "ETag");
    terminal.enters("✔ report columns: ETag", "]:", "").enters_number_of(NOW, "apply");
    assert!(!terminal.sent().contains('\u{1b}'), "{:?}", terminal.sent());
    terminal.wait_for_end().exited_with(0).says("--fields ETag");
}

#[test]
fn esc_goes_back_and_ctrl_c_quits_in_numbered_prompts() {
    let account = Account::seeded();
    let terminal = Terminal::start_at(&account, "init", 100, 200, &[("TERM", "dumb")]);
    terminal.shows(PRODUCER).shows("[1]:").press(Key::Enter);
    terminal.shows("which logs?").press(Key::Esc);
    terminal.waits_until("the question before", |screen| screen.matches(PRODUCER).count() == 2);
    terminal.interrupt().exited_with(130);
    assert!(account.writes().is_empty());
}
