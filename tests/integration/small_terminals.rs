//! Terminals of every size, even if it changes while a question is open: nothing panics, hangs or loops forever.

use crate::account::Account;
use crate::tables::each_case;
use crate::terminal::{Key, Terminal};
use crate::wizard::{PRODUCER, pointed};

/// Columns and rows: room for only a cursor, a line or a column, small parts of a split window, and a huge terminal.
const SIZES: [(u16, u16); 9] = [(1, 1), (80, 1), (80, 2), (1, 24), (2, 2), (20, 3), (20, 24), (3, 60), (400, 200)];

/// The Home key, which [`Key`] does not have.
const HOME: &str = "\u{1b}[H";

#[test]
fn a_list_takes_keys_and_ctrl_c_at_every_size() {
    let account = Account::seeded();
    each_case(SIZES, |(columns, rows)| {
        let words = "init alb --source web --log-type access --bucket demo-logs";
        let terminal = Terminal::start_at(&account, words, columns, rows, &[]);
        // However little room there is, the cursor is drawn.
        terminal.waits_until("a cursor to be sent", |_| terminal.sent().contains('❯'));
        for _ in 0..7 {
            let before = terminal.sent().len();
            terminal.press(Key::Down).waits_for_bytes_after(before);
        }
        let sent = terminal.sent();
        terminal.interrupt().exited_with(130);
        assert!(!sent.contains("panicked"), "{columns}x{rows}: {sent}");
    });
}

#[test]
fn a_list_stays_usable_when_the_terminal_shrinks_to_nothing_and_grows_again() {
    let account = Account::seeded();
    let terminal = Terminal::start_at(&account, "init", 80, 24, &[]);
    terminal.shows(PRODUCER);
    for (columns, rows) in SIZES {
        terminal.resize(columns, rows);
        let before = terminal.sent().len();
        terminal.press(Key::Down).waits_for_bytes_after(before);
    }
    terminal.resize(80, 24);
    // The Home key leads back to the first entry.
    terminal.types(HOME).shows(PRODUCER);
    terminal.waits_until("the first entry", |screen| pointed(screen).is_some_and(|line| line.contains("ALB")));
    assert!(!terminal.sent().contains("panicked"), "{}", terminal.sent());
    terminal.interrupt().exited_with(130);
}

#[test]
fn searches_texts_and_multiple_answers_survive_a_one_row_terminal() {
    let account = Account::seeded();
    let cases = [
        ("init alb --log-type access", "which Application Load Balancers?"),
        ("init alb --source web", "which logs?"),
        ("init alb --source web --log-type access", "destination in us-east-1?"),
    ];
    each_case(cases, |(words, question)| {
        let terminal = Terminal::start_at(&account, words, 100, 24, &[]);
        terminal.shows(question);
        for (columns, rows) in SIZES {
            terminal.resize(columns, rows);
            for key in ["w", HOME, "\u{7f}", " "] {
                let before = terminal.sent().len();
                terminal.types(key).waits_for_bytes_after(before);
            }
        }
        assert!(!terminal.sent().contains("panicked"), "{}", terminal.sent());
        terminal.interrupt().exited_with(130);
    });
}

#[test]
fn a_run_finishes_on_a_terminal_of_twenty_columns_and_two_rows() {
    each_case([(20, 2), (20, 24), (1, 1)], |(columns, rows)| {
        let account = Account::seeded();
        let words = "init alb --source web --log-type access --bucket demo-logs --yes";
        let terminal = Terminal::start_at(&account, words, columns, rows, &[]);
        let ended = terminal.wait_for_end().exited_with(0);
        assert!(!ended.screen.contains("panicked"), "{}", ended.screen);
        account.bucket("demo-logs");
    });
}

#[test]
fn at_twenty_columns_lists_and_texts_are_drawn_in_place_and_can_be_answered() {
    let account = Account::seeded();
    let terminal = Terminal::start_at(&account, "init alb --source web --log-type access", 20, 24, &[]);
    terminal.shows("destination in").shows("❯ create").press(Key::Down).press(Key::Up).press(Key::Enter);
    terminal.goes_to("more options?", "key prefix");
    terminal.waits_until("a text field", |screen| screen.contains("type ›") && pointed(screen).is_none());
    terminal.types("\u{15}a-name-that-is-longer-than-twenty-columns").shows("ty-columns");
    for _ in 0..20 {
        terminal.types("\u{7f}");
    }
    terminal.waits_until("a shorter name", |screen| screen.contains("-is-longer"));
    let screen = terminal.screen();
    assert_eq!(screen.matches("longer").count(), 1, "the text is drawn in one place:\n{screen}");
    terminal.interrupt().exited_with(130);
}
