//! What the wizard says: hints name something on the screen, and Esc and typed text do what a person expects.

use sandbox::seed;

use crate::account::Account;
use crate::terminal::{Key, Terminal};
use crate::wizard::{ALBS, DESTINATION, NLBS, NOW, PRODUCER};

#[test]
fn hints_in_the_wizard_name_no_flags() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init nlb --source edge --bucket strict-logs");
    terminal.shows(NOW).shows("`exempt the log service` below");
    let screen = terminal.screen();
    assert!(!screen.contains("--") && !screen.contains("\"Statement\""), "{screen}");
    terminal.goes_to(NOW, "explain").shows("\"Sid\": \"DenyUnencryptedUploads\"");
    assert!(!terminal.screen().contains("--exempt"), "{}", terminal.screen());
    terminal.goes_to(NOW, "quit");
    terminal.wait_for_end().exited_with(7);
    // The same finding names the flag in the output of a command.
    account.run("init nlb --source edge --bucket strict-logs").says("--exempt DenyUnencryptedUploads");
}

#[test]
fn two_blocking_statements_are_exempted_at_once() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init nlb --source edge --bucket strict-logs");
    terminal.goes_to(NOW, "exempt the log service from both statements");
    terminal.shows("`DenyUnencryptedUploads` and `DenyMissingEncryptionHeader`").shows("type `strict-logs` to confirm");
    terminal.types("strict-logs").press(Key::Enter).shows("Plan:").goes_to(NOW, "apply");
    terminal.wait_for_end().exited_with(0).says("--exempt DenyUnencryptedUploads --exempt DenyMissingEncryptionHeader");
}

#[test]
fn a_search_that_was_left_is_there_again() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init alb --source web");
    terminal.takes("which logs?").shows(DESTINATION).types("my-typed-logs").shows("❯ create my-typed-logs");
    terminal.clears_search().press(Key::Esc).takes("which logs?");
    terminal.shows("search › my-typed-logs").shows("❯ create my-typed-logs").press(Key::Enter);
    terminal.shows("✔ destination: my-typed-logs (new)");
    terminal.interrupt().exited_with(130);
}

#[test]
fn esc_in_the_plan_of_an_undo_returns_to_the_runs() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket one-logs --yes").ends(0);
    let terminal = Terminal::start(&account, "undo");
    terminal.takes("undo which run?").shows("undo of 1-").shows(NOW).press(Key::Esc);
    terminal.goes_to("undo which run?", "quit");
    terminal.wait_for_end().exited_with(0);
    // If the run was named, there is no list to return to.
    let terminal = Terminal::start(&account, "undo 1");
    terminal.shows(NOW).press(Key::Esc);
    terminal.wait_for_end().exited_with(0).says("nothing changed");
}

#[test]
fn a_part_of_a_name_can_still_be_a_new_name_on_plain_terminals() {
    let account = Account::seeded();
    let words = "init alb --source web --log-type access";
    for (answer, chosen) in [("", "✔ destination: shared-logs ("), ("new", "✔ destination: shared (new)")] {
        let terminal = Terminal::start_at(&account, words, 100, 80, &[("ACCESSIBLE", "1")]);
        terminal.enters(DESTINATION, "]:", "shared").shows("create shared");
        if answer.is_empty() {
            terminal.press(Key::Enter);
        } else {
            let screen = terminal.screen();
            let line = screen.lines().rfind(|line| line.trim_end().ends_with("create shared")).unwrap();
            terminal.enters(DESTINATION, "]:", line.split_whitespace().next().unwrap());
        }
        terminal.shows(chosen);
        terminal.interrupt().exited_with(130);
    }
}

#[test]
fn the_question_says_what_enter_takes() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init nlb");
    terminal.shows(NLBS).shows("Enter takes `edge`").types("tcp").shows("❯ ○ tcp-only");
    assert!(!terminal.screen().contains("Enter takes"), "{}", terminal.screen());
    terminal.press(Key::Enter).shows("listens on TCP only");
    terminal.interrupt().exited_with(130);
}

#[test]
fn nothing_to_change_is_asked_about_before_a_test_object_is_written() {
    let account = Account::seeded();
    let words = "init alb --source web --bucket shared-logs";
    account.run(&format!("{words} --yes")).ends(0);
    let tests = || {
        let requests = account.sandbox.requests().into_iter();
        requests.filter(|request| request.operation == "PutObject" && request.mutating).count()
    };
    let before = tests();
    let question = "everything is set up; verify delivery with a test object?";
    let terminal = Terminal::start(&account, words);
    terminal.goes_to(question, "no");
    terminal.wait_for_end().exited_with(0).says("nothing changed");
    assert_eq!(tests(), before);
    let terminal = Terminal::start(&account, words);
    terminal.goes_to(question, "yes");
    terminal.wait_for_end().exited_with(0).says("delivery: ");
    assert!(tests() > before);
}

#[test]
fn going_back_leaves_one_line() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init");
    terminal.logs_web().shows(DESTINATION).press(Key::Esc).shows(ALBS).press(Key::Esc).shows("which logs?");
    terminal.press(Key::Esc).shows(PRODUCER);
    assert_eq!(terminal.screen().matches("back; ").count(), 1, "{}", terminal.screen());
    terminal.interrupt().exited_with(130);
}

#[test]
fn explain_says_each_reason_once() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init alb --source web --bucket kms-logs");
    terminal.goes_to(NOW, "explain").shows("why:");
    let screen = terminal.screen();
    let explained = screen.rsplit("Plan:").next().unwrap();
    assert_eq!(explained.matches("the bucket policy does not allow").count(), 1, "{screen}");
    assert!(!explained.contains("findings"), "{screen}");
    terminal.interrupt().exited_with(130);
}

#[test]
fn a_default_is_offered_once() {
    let account = Account::seeded();
    let terminal =
        Terminal::start(&account, &format!("init inventory --source {} --bucket shared-logs", seed::APP_DATA));
    terminal.goes_to(NOW, "change an answer").goes_to("which answer?", "report frequency");
    terminal.shows("report frequency?").shows("daily (default)").shows("weekly");
    let asked = terminal.screen().rsplit("report frequency?").next().unwrap().to_owned();
    assert_eq!(asked.matches("daily").count(), 1, "{asked}");
    terminal.interrupt().exited_with(130);
}

#[test]
fn a_prefix_that_is_no_folder_is_kept_only_on_request() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init s3-access --source app-data --bucket shared-logs");
    terminal.goes_to(NOW, "change an answer").goes_to("which answer?", "key prefix");
    terminal.shows("key prefix, ending with `/`").types("team").press(Key::Enter).shows("does not end with `/`");
    terminal.press(Key::Enter).shows("✔ key prefix: team");
    terminal.interrupt().exited_with(130);
}

#[test]
fn a_plan_that_is_longer_than_the_screen_ends_with_its_totals() {
    let account = Account::seeded();
    let words = "init alb --source web --bucket kms-logs";
    let terminal = Terminal::start_at(&account, words, 80, 24, &[]);
    terminal.shows("to replace (~); what now?").shows("you'll confirm it by name");
    terminal.interrupt().exited_with(130);
    let terminal = Terminal::start_at(&account, words, 80, 100, &[]);
    terminal.shows("what now?");
    assert!(!terminal.screen().contains("; what now?"), "{}", terminal.screen());
    assert_eq!(terminal.screen().matches("account 111122223333").count(), 1, "{}", terminal.screen());
    terminal.interrupt().exited_with(130);
}
