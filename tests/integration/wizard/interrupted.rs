//! Ctrl-C and SIGTERM.

use super::questions::{DESTINATION, ENCRYPTION, LOGS, NLBS, NOW, OPTIONS, PRODUCER};
use crate::account::Account;
use crate::tables::each_case;
use crate::terminal::Terminal;

#[test]
fn ctrl_c_in_any_prompt_changes_nothing_and_restores_the_cursor() {
    let account = Account::seeded();
    let prompts: [(&str, &str); 5] = [
        ("init", PRODUCER),
        ("init alb", LOGS),
        ("init nlb", NLBS),
        ("init nlb --source edge --bucket edge-logs --encryption sse-kms", ENCRYPTION),
        ("init alb --source web --bucket demo-logs", NOW),
    ];
    each_case(prompts, |(words, prompt)| {
        let terminal = Terminal::start(&account, words);
        terminal.shows(prompt);
        terminal.interrupt().exited_with(130).says("interrupted, nothing changed");
    });
    let terminal = Terminal::start(&account, "init alb --source web --log-type access");
    terminal.takes(DESTINATION).shows(OPTIONS);
    terminal.interrupt().exited_with(130).says("interrupted, nothing changed");
    assert!(account.writes().is_empty());
}

#[test]
fn a_terminated_process_restores_the_terminal() {
    let account = Account::seeded();
    for prompt in [PRODUCER, DESTINATION] {
        let words = if prompt == PRODUCER { "init" } else { "init alb --source web --log-type access" };
        let terminal = Terminal::start(&account, words);
        terminal.shows(prompt);
        terminal.terminate().exited_with(130).says("interrupted, nothing changed");
    }
    assert!(account.writes().is_empty());
}

#[test]
fn ctrl_c_while_applying_finishes_the_step_and_lists_what_was_done() {
    let account = Account::seeded();
    account.sandbox.set_latency(std::time::Duration::from_millis(150));
    let terminal = Terminal::start(&account, "init alb --source web --bucket demo-logs");
    terminal.goes_to(NOW, "apply").shows("ok  [1/");
    let ended = terminal.interrupt().exited_with(130);
    assert!(ended.screen.contains("done") && ended.screen.contains("not done"), "{}", ended.screen);
    assert!(account.sandbox.bucket("demo-logs").is_some());
    account.sandbox.set_latency(std::time::Duration::ZERO);
    account.run("init alb --source web --bucket demo-logs --yes").ends(0).says("delivery: proven");
}
