//! What fits on the screen, and is harmless there.

use super::questions::{DESTINATION, LOGS, NOW, OPTIONS, PREFIX, PRODUCER, REPORTS};
use crate::account::Account;
use crate::tables::each_case;
use crate::terminal::{Key, Terminal};

#[test]
fn a_narrow_terminal_cuts_off_no_line() {
    let account = Account::seeded();
    let terminal = Terminal::start_at(&account, "init", 60, 200, &[]);
    terminal.logs_web().takes(DESTINATION).takes(OPTIONS).goes_to(NOW, "explain").shows("why:").goes_to(NOW, "apply");
    let ended = terminal.wait_for_end().exited_with(0).says("delivery: proven");
    // A list or a line that wrapped would leave parts behind when it is redrawn.
    each_case(["which service will log?", "another Region", "more options?", "what now?", "❯", "›"], |left| {
        assert!(!ended.screen.contains(left), "`{left}` is left on\n{}", ended.screen);
    });
    let terminal = Terminal::start_at(&account, "init inventory --source app-data", 60, 200, &[]);
    terminal.finds(DESTINATION, "shared", "shared-logs").takes(REPORTS).takes("report frequency?");
    terminal.goes_to(OPTIONS, "key prefix").shows(PREFIX).types(&"long/".repeat(20));
    terminal.types("\x15inv").press(Key::Enter).goes_to(OPTIONS, "report columns");
    terminal.shows("extra report columns?").press(Key::Space).press(Key::Space).press(Key::Down).press(Key::Enter);
    terminal.takes(OPTIONS).goes_to(NOW, "quit");
    let ended = terminal.wait_for_end().exited_with(0).says("--prefix inv");
    each_case(["extra report columns", "long/", "key prefix (blank", "❯", "›"], |left| {
        assert!(!ended.screen.contains(left), "`{left}` is left on\n{}", ended.screen);
    });
}

#[test]
fn color_and_non_ascii_characters_can_be_turned_off() {
    let account = Account::seeded();
    let plain = [("NO_COLOR", "1"), ("LANG", "C")];
    let terminal = Terminal::start_at(&account, "init", 100, 80, &plain);
    terminal.shows(PRODUCER).shows("> ALB logs").press(Key::Enter).shows(LOGS).shows("> [x] access");
    let screen = terminal.screen();
    assert!(screen.is_ascii(), "{screen}");
    let formatted = terminal.formatted().concat();
    for colour in ["\x1b[3", "\x1b[9"] {
        assert!(!formatted.contains(colour), "{formatted:?}");
    }
    terminal.interrupt().exited_with(130);
}

#[test]
fn a_name_with_escape_codes_is_escaped() {
    let account = Account::seeded();
    let policy = account.bucket("strict-logs").policy.unwrap();
    account.sandbox.set_policy("strict-logs", Some(&policy.replace("DenyUnencryptedUploads", "Deny\\u001b[2JAll")));
    let terminal = Terminal::start(&account, "init nlb --source edge --bucket strict-logs");
    terminal.shows(NOW).shows("Deny\\u{1b}[2JAll");
    terminal.goes_to(NOW, "quit");
    terminal.wait_for_end().exited_with(7);
}
