//! What the wizard takes from an answer, and what it does not: defaults, verdicts, and changed answers.

use sandbox::{Effect, Fault, When, seed};

use crate::account::Account;
use crate::terminal::{Key, Terminal};
use crate::wizard::{ALBS, DESTINATION, ENCRYPTION, EXPIRY, NOW, OPTIONS};

/// Sets up the ALB `web` with the new bucket `my-alb-new`, up to the question about options.
fn with_new_bucket(account: &Account) -> Terminal {
    let terminal = Terminal::start(account, "init alb --source web --log-type access");
    terminal.finds(DESTINATION, "my-alb-new", "create my-alb-new").shows(OPTIONS);
    terminal
}

#[test]
fn the_default_expiry_of_a_new_bucket_does_not_follow_to_an_existing_one() {
    let account = Account::seeded();
    let terminal = with_new_bucket(&account);
    terminal
        .shows("after 365 days")
        .takes(OPTIONS)
        .shows("lifecycle rule on `my-alb-new`")
        .goes_to(NOW, "change an answer");
    terminal.goes_to("which answer?", "destination").finds(DESTINATION, "shared", "shared-logs");
    terminal.shows("s3://shared-logs/").shows("✔ destination: shared-logs").shows(NOW);
    let plan = terminal.screen().rsplit("✔ destination: shared-logs").next().unwrap().to_owned();
    assert!(!plan.contains("expire"), "{plan}");
    terminal.goes_to(NOW, "change an answer").shows("never").press(Key::Esc).goes_to(NOW, "apply");
    terminal.wait_for_end().exited_with(0);
    assert!(account.bucket(seed::SHARED_LOGS).lifecycle.is_none());
}

#[test]
fn the_default_expiry_of_a_new_bucket_does_not_change_the_verdicts_on_others() {
    let account = Account::seeded();
    let verdict = |terminal: &Terminal| {
        terminal.shows(DESTINATION).shows("shared-logs");
        let screen = terminal.screen();
        screen.lines().find(|line| line.contains("shared-logs")).map(|line| line.trim().to_owned())
    };
    let before = Terminal::start(&account, "init alb --source web --log-type access");
    let expected = verdict(&before);
    before.interrupt().exited_with(130);
    let terminal = with_new_bucket(&account);
    terminal.press(Key::Esc);
    assert_eq!(verdict(&terminal), expected);
    terminal.interrupt().exited_with(130);
}

#[test]
fn a_chosen_expiry_is_kept_and_confirmed_for_an_existing_bucket() {
    let account = Account::seeded();
    let terminal = with_new_bucket(&account);
    terminal.goes_to(OPTIONS, "expiry").goes_to(EXPIRY, "90 days").takes(OPTIONS).goes_to(NOW, "change an answer");
    terminal.goes_to("which answer?", "destination").finds(DESTINATION, "shared", "shared-logs");
    terminal.shows("s3://shared-logs/").shows("risk:").goes_to(NOW, "apply").shows("type `shared-logs` to confirm");
    assert!(account.writes().is_empty());
    terminal.interrupt().exited_with(130);
}

#[test]
fn a_verdict_says_what_is_overwritten_at_every_width() {
    let account = Account::seeded();
    for columns in [60, 80, 120] {
        let terminal = Terminal::start_at(&account, "init alb --source web --log-type access", columns, 60, &[]);
        terminal.shows(DESTINATION).shows("overwrites its encryption (SSE-KMS");
        let line = |name: &str| {
            let screen = terminal.screen();
            screen.lines().find(|line| line.trim().starts_with(name)).unwrap().trim().to_owned()
        };
        assert!(line(seed::SHARED_LOGS).contains("adds a policy") || line(seed::SHARED_LOGS).contains("extends"));
        // A Deny that may block the service counts.
        assert!(line("strict-logs").contains("may be denied by `"), "{}", line("strict-logs"));
        terminal.interrupt().exited_with(130);
    }
}

#[test]
fn buckets_without_logs_stand_below_a_line() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init alb --source web --log-type access");
    terminal.shows(DESTINATION).shows("not used for logs");
    let screen = terminal.screen();
    let (above, below) = screen.split_once("not used for logs").unwrap();
    assert!(above.contains("shared-logs") && below.contains("app-data") && !above.contains("app-data"), "{screen}");
    // The cursor skips the line, and a search hides it.
    terminal.types("app-d").shows("❯ app-data");
    assert!(!terminal.screen().contains("not used for logs"), "{}", terminal.screen());
    terminal.interrupt().exited_with(130);
}

#[test]
fn an_unreadable_policy_is_the_verdict() {
    let account = Account::seeded();
    account
        .sandbox
        .inject(Fault { when: When::Operation("GetBucketPolicy".to_owned()), effect: Effect::access_denied() });
    let terminal = Terminal::start(&account, "init alb --source web --log-type access");
    terminal.shows(DESTINATION).shows("not usable").shows("could not read its policy");
    terminal
        .finds(DESTINATION, "shared", "shared-logs")
        .shows("✘ `shared-logs` can't work")
        .shows("s3:GetBucketPolicy");
    terminal.interrupt().exited_with(130);
}

#[test]
fn the_answer_about_encryption_says_what_happens() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init nlb --source edge --bucket kms-logs");
    terminal.goes_to(NOW, "change an answer").shows("keep SSE-KMS (").press(Key::Esc);
    terminal.interrupt().exited_with(130);
    let terminal = Terminal::start(&account, "init alb --source web --bucket kms-logs");
    terminal.goes_to(NOW, "change an answer").shows("change to SSE-S3 (required)").press(Key::Esc);
    terminal.goes_to(NOW, "change an answer").goes_to("which answer?", "default encryption");
    // The encryptions that can't work are listed, and say why when chosen.
    terminal.shows("❯ change to SSE-S3 (required)").shows("not supported").goes_to(ENCRYPTION, "DSSE-KMS");
    terminal.shows("✘").shows(ENCRYPTION);
    terminal.interrupt().exited_with(130);
}

#[test]
fn dead_sources_are_marked_and_form_a_group() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init alb --log-type access");
    terminal.shows(ALBS).shows("all that are dead (1)").shows("access log to old-alb-logs - dead");
    terminal.interrupt().exited_with(130);
    let terminal = Terminal::start(&account, "check");
    terminal.shows("check which sources").shows("all that are dead (").shows("ALB: access log to old-alb-logs - dead");
    terminal.press(Key::Esc);
    terminal.wait_for_end().exited_with(130).says("nothing checked");
    assert!(account.writes().is_empty());
}

#[test]
fn the_lists_of_sources_read_each_destination_once() {
    for words in ["init alb --log-type access", "check"] {
        let account = Account::seeded();
        let terminal = Terminal::start(&account, words);
        terminal.shows("legacy-web");
        terminal.interrupt().exited_with(130);
        let mut policies: Vec<String> = account
            .sandbox
            .requests()
            .into_iter()
            .filter(|request| request.operation == "GetBucketPolicy")
            .map(|request| request.resource)
            .collect();
        let all = policies.len();
        policies.sort();
        policies.dedup();
        assert_eq!((policies.len(), policies.contains(&"old-alb-logs".to_owned())), (all, true), "{words}");
    }
}
