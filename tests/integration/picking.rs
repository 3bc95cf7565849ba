//! `check` and `undo` without arguments let a person on a terminal choose; names and numbers alone are enough.

use sandbox::seed;

use crate::account::Account;
use crate::tables::each_case;
use crate::terminal::{Key, Terminal};

const CHECK: &str = "check which sources in us-east-1?";
const UNDO: &str = "undo which run?";

#[test]
fn check_asks_for_sources_at_every_width() {
    let account = Account::seeded();
    each_case([60, 80, 120], |columns| {
        let terminal = Terminal::start_at(&account, "check", columns, 60, &[]);
        terminal.selects(CHECK, "legacy-web", "legacy-web");
        let ended = terminal.wait_for_end();
        assert!(ended.screen.contains("`legacy-web`"), "{}", ended.screen);
        assert!(!ended.screen.contains("search ›"), "{}", ended.screen);
    });
    assert!(account.writes().is_empty());
}

#[test]
fn check_of_a_log_service_asks_only_for_its_sources() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "check nlb");
    terminal.shows(CHECK).shows("edge");
    assert!(!terminal.screen().contains("app-data"), "{}", terminal.screen());
    terminal.press(Key::Esc);
    terminal.wait_for_end().exited_with(130);
}

#[test]
fn check_asks_by_number_on_a_plain_terminal() {
    each_case([("TERM", "dumb"), ("ACCESSIBLE", "1")], |variable| {
        let account = Account::seeded();
        let terminal = Terminal::start_at(&account, "check", 100, 80, &[variable]);
        terminal.shows(CHECK).shows("]:").types("legacy-web").press(Key::Enter);
        assert!(!terminal.sent().contains('\u{1b}'), "{variable:?}: {:?}", terminal.sent());
        terminal.wait_for_end().says("`legacy-web`");
    });
}

#[test]
fn a_name_alone_finds_its_source() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket web-logs --yes").ends(0);
    let logs = |words: &str| {
        let document = account.run(words).json();
        let logs = document["logs"].as_array().unwrap().iter();
        let mut logs: Vec<String> =
            logs.map(|log| format!("{} {} {}", log["producer"], log["log_type"], log["health"])).collect();
        logs.sort();
        logs
    };
    assert_eq!(logs("check web --output json"), logs("check alb --source web --output json"));
    // A bucket has an access log and inventories.
    let document = account.run(&format!("check {} --output json", seed::APP_DATA)).json();
    let producers: Vec<&str> =
        document["logs"].as_array().unwrap().iter().map(|log| log["producer"].as_str().unwrap()).collect();
    assert!(producers.contains(&"s3-access") && producers.contains(&"inventory"), "{producers:?}");
}

#[test]
fn an_unknown_name_is_reported_with_a_suggestion() {
    let account = Account::seeded();
    account
        .run("check wbe")
        .ends(1)
        .says("no load balancer, bucket, VPC or transit gateway `wbe` in us-east-1")
        .says("did you mean `web`?");
    account.run("check albb").ends(1).says("did you mean `alb`?");
    account.run("check web --bucket demo-logs").ends(2).says("`web` is not a log service");
}

#[test]
fn undo_asks_for_a_run_and_accepts_its_number_alone() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket one-logs --yes").ends(0);
    account.run("init nlb --source edge --bucket two-logs --yes").ends(0);
    each_case([60, 80, 120], |columns| {
        let terminal = Terminal::start_at(&account, "undo", columns, 60, &[]);
        terminal.shows(UNDO).shows("❯ 2-").press(Key::Down).shows("❯ 1-").press(Key::Enter);
        terminal.shows("undo of 1-").goes_to("what now?", "quit");
        terminal.wait_for_end().exited_with(0);
    });
    let terminal = Terminal::start_at(&account, "undo", 100, 60, &[("ACCESSIBLE", "1")]);
    terminal.shows(UNDO).shows("[1]:").types("2").press(Key::Enter).shows("undo of 1-");
    terminal.interrupt().exited_with(130);
    account.run("undo 1 --yes").ends(0).says("restored");
    let terminal = Terminal::start(&account, "undo");
    terminal.shows(UNDO).shows("❯ 2-").press(Key::Esc);
    let ended = terminal.wait_for_end().exited_with(0);
    assert!(ended.screen.contains("one-logs"), "quitting lists all runs:\n{}", ended.screen);
}

#[test]
fn shells_complete_regions() {
    let account = Account::seeded();
    account.run("completions bash").ends(0).says("eu-central-1");
}
