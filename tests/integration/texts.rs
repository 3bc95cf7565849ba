//! The complete text that a person reads: plans and results of every kind.

use sandbox::{Effect, Fault, When};

use crate::account::{Account, Ran};
use crate::terminal::{Key, Terminal};

/// Both streams, labeled.
fn said(ran: &Ran) -> String {
    let stdout = without_times(&ran.stdout);
    format!("--- standard output\n{stdout}--- standard error, exit {}\n{}", ran.code, by_number(&ran.stderr))
}

/// Replaces the time in the names of runs.
fn without_times(text: &str) -> String {
    let is_time = |part: &str| part.len() == 16 && part.ends_with('Z') && part.starts_with("20");
    let word = |word: &str| {
        let parts = word.split('-').map(|part| if is_time(part) { "SECOND" } else { part });
        parts.collect::<Vec<_>>().join("-")
    };
    let text = text.split(' ').map(word).collect::<Vec<_>>().join(" ");
    match text.split_once("verified at ").and_then(|(before, rest)| Some((before, rest.split_once(" UTC")?))) {
        Some((before, (_, after))) => format!("{before}verified at TIME UTC{after}"),
        None => text,
    }
}

/// Attachments run in parallel with each other and with the removal of the test object. Sorts each group of `ok` lines
/// by step, with the test object before the attachments.
fn by_number(text: &str) -> String {
    let place = |line: &&str| match line.strip_prefix("ok  [").and_then(|line| line.split_once('/')) {
        Some((number, rest)) if ["] send ", "] list "].iter().any(|verb| rest.contains(verb)) => {
            (2, number.parse().ok())
        }
        Some((number, _)) => (0, number.parse::<u32>().ok()),
        None => (1, None),
    };
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let runs = lines.chunk_by(|one, other| one.starts_with("ok  ") == other.starts_with("ok  "));
    let sorted = runs.flat_map(|run| {
        let mut run = run.to_vec();
        if run.iter().all(|line| line.starts_with("ok  ")) {
            run.sort_by_key(place);
        }
        run
    });
    sorted.collect()
}

/// Returns what a dry run says, and then the same command with `--yes`.
fn dry_then_done(words: &str) -> [String; 2] {
    let account = Account::seeded();
    ["--dry-run", "--yes"].map(|flag| said(&account.run(&format!("{words} {flag}"))))
}

#[test]
fn an_alb_with_two_logs_on_a_new_bucket() {
    let [dry, done] = dry_then_done("init alb --source web --log-type access,connection --bucket demo-logs");
    insta::assert_snapshot!("alb_dry", dry);
    insta::assert_snapshot!("alb_done", done);
}

#[test]
fn an_nlb_with_a_new_key() {
    let [dry, done] = dry_then_done("init nlb --source edge --bucket demo-logs --kms-key create");
    let (key, bucket) = dry.split_at(dry.find("   4. + create bucket").unwrap());
    insta::assert_snapshot!("nlb_dry_key", key);
    insta::assert_snapshot!("nlb_dry_bucket", bucket);
    insta::assert_snapshot!("nlb_done", done);
}

#[test]
fn two_buckets_that_log_to_a_third() {
    let words = "init s3-access --source app-data --source app-images --bucket demo-logs --prefix s3/ --expire-days 90";
    let [dry, done] = dry_then_done(words);
    insta::assert_snapshot!("s3_access_dry", dry);
    insta::assert_snapshot!("s3_access_done", done);
}

#[test]
fn an_inventory_with_a_key_for_its_reports() {
    let [dry, done] = dry_then_done("init inventory --source app-data --bucket demo-logs --report-kms-key create");
    insta::assert_snapshot!("inventory_dry", dry);
    insta::assert_snapshot!("inventory_done", done);
}

#[test]
fn a_plan_that_replaces_needs_fix() {
    insta::assert_snapshot!(said(&Account::seeded().run("init alb --source web --bucket kms-logs --yes")));
}

#[test]
fn a_plan_without_yes_is_shown_and_not_applied() {
    insta::assert_snapshot!(said(&Account::seeded().run("init alb --source web --bucket shared-logs")));
}

#[test]
fn another_owners_deny_blocks_the_run() {
    insta::assert_snapshot!(said(&Account::seeded().run("init nlb --source edge --bucket strict-logs --yes")));
}

#[test]
fn an_nlb_without_a_tls_listener_blocks_the_run() {
    insta::assert_snapshot!(said(&Account::seeded().run("init nlb --source tcp-only --bucket demo-logs --yes")));
}

#[test]
fn an_unreadable_setting_is_a_warning() {
    let account = Account::seeded();
    let effect = Effect::access_denied();
    account.sandbox.inject(Fault { when: When::Operation("GetBucketOwnershipControls".to_owned()), effect });
    insta::assert_snapshot!(said(&account.run("init alb --source web --bucket shared-logs --dry-run")));
}

#[test]
fn a_second_run_has_nothing_to_change() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket demo-logs --yes").ends(0);
    insta::assert_snapshot!(said(&account.run("init alb --source web --bucket demo-logs --yes")));
}

#[test]
fn a_moved_log_shows_its_previous_destination() {
    insta::assert_snapshot!(said(&Account::seeded().run("init alb --source legacy-web --bucket demo-logs --dry-run")));
}

#[test]
fn a_run_that_stops_partway_lists_completed_and_remaining_steps() {
    let account = Account::seeded();
    let effect = Effect::status(400, "MalformedPolicy", "Action does not apply to any resource(s) in statement");
    account.sandbox.inject(Fault { when: When::Operation("PutBucketPolicy".to_owned()), effect });
    insta::assert_snapshot!(said(&account.run("init alb --source web --bucket demo-logs --yes")));
}

#[test]
fn a_plan_is_wrapped_to_the_terminal_but_not_in_a_file() {
    for columns in [60_u16, 80] {
        let account = Account::seeded();
        let words = "init alb --source web --bucket managed-kms-logs";
        let terminal = Terminal::start_at(&account, words, columns, 80, &[]);
        terminal.shows("what now?").shows("❯ quit");
        // A line that the terminal itself wrapped is a single long line in the terminal's contents.
        let fits = |line: &str| line.chars().count() <= usize::from(columns) || line.contains("https://");
        assert!(terminal.screen().lines().all(fits), "{}", terminal.screen());
        terminal.press(Key::Enter);
        terminal.wait_for_end().exited_with(0);
        let plain = account.run(words).ends(7);
        assert!(plain.stdout.lines().any(|line| line.len() > 100), "{}", plain.stdout);
    }
}
