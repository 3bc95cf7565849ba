//! Going back, changing the Region, and asking for an explanation.

use super::questions::{ALBS, DESTINATION, ENCRYPTION, LOGS, NLBS, NOW, OPTIONS, PREFIX, PRODUCER};
use crate::account::Account;
use crate::terminal::{Key, Terminal};

#[test]
fn esc_goes_back_one_question_and_shows_the_previous_answer() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init");
    terminal.shows(PRODUCER).press(Key::Esc).shows("✘ this is the first question").press(Key::Enter);
    terminal.takes(LOGS).selects(ALBS, "legacy", "legacy-web").finds(DESTINATION, "my-new-logs", "create my-new-logs");
    terminal.takes(OPTIONS).shows(NOW).press(Key::Esc);
    // The error disappears once the question is answered. On the way back, the wizard does not ask for the only
    // encryption.
    assert!(!terminal.screen().contains("this is the first question"), "{}", terminal.screen());
    terminal.shows(OPTIONS).press(Key::Esc).shows(DESTINATION).shows("❯ create my-new-logs").press(Key::Esc);
    terminal.shows(ALBS).shows("◉ legacy-web").press(Key::Esc).shows(LOGS).shows("❯ ◉ access").press(Key::Esc);
    terminal.shows(PRODUCER).press(Key::Enter).takes(LOGS).takes(ALBS).takes(DESTINATION).takes(OPTIONS);
    terminal.shows("create bucket `my-new-logs`").goes_to(NOW, "quit");
    terminal.wait_for_end().exited_with(0).says("--source legacy-web --bucket my-new-logs");
    assert!(account.writes().is_empty());
}

#[test]
fn esc_returns_from_a_text_to_its_list_and_from_a_list_to_the_previous_question() {
    let account = Account::seeded();
    let terminal =
        Terminal::start(&account, "init alb --source web --bucket demo-logs --encryption sse-s3 --log-type access");
    // The flags answer every question. An answer can still be changed, and the change can be taken back.
    terminal.goes_to(NOW, "change an answer").goes_to("which answer?", "key prefix");
    terminal.shows(PREFIX).types("no").press(Key::Esc);
    terminal.goes_to(NOW, "change an answer").goes_to("which answer?", "key prefix");
    terminal.shows(PREFIX).types("team/web").press(Key::Enter);
    terminal.shows("s3://demo-logs/team/web").goes_to(NOW, "quit");
    terminal.wait_for_end().exited_with(0).says("--prefix team/web");
    assert!(account.writes().is_empty());
}

#[test]
fn choosing_another_producer_asks_every_question_again() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init alb --source web --bucket demo-logs");
    terminal.goes_to(NOW, "change an answer").goes_to("which answer?", "service");
    terminal.goes_to(PRODUCER, "NLB access logs").selects(NLBS, "edge", "edge");
    terminal.takes(DESTINATION).takes(ENCRYPTION).takes(OPTIONS);
    terminal.shows("NLB access log of `edge`").goes_to(NOW, "quit");
    terminal.wait_for_end().exited_with(0).says("logbucket init nlb --source edge");
    assert!(account.writes().is_empty());
}

#[test]
fn explain_gives_the_reasons_and_returns_to_the_plan() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init alb --source web --bucket kms-logs");
    terminal.shows("ALB logs only support SSE-S3").goes_to(NOW, "explain");
    terminal.shows("why:").shows("\"Service\": \"logdelivery.elasticloadbalancing.amazonaws.com\"");
    terminal.goes_to(NOW, "quit");
    terminal.wait_for_end().exited_with(0);
    assert!(account.writes().is_empty());
}

#[test]
fn a_comparison_of_the_encryptions_can_be_shown() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init nlb --source edge --bucket edge-logs --encryption sse-kms");
    terminal.goes_to(ENCRYPTION, "compare").shows("audit trail of key use").shows("1 USD per key per month");
    terminal.shows(ENCRYPTION).press(Key::Esc);
    terminal.interrupt().exited_with(130);
}

#[test]
fn the_region_can_be_changed_from_any_list() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init");
    terminal.goes_to(PRODUCER, "another Region").finds("Region? (type to search", "us-west-2", "us-west-2");
    terminal.shows("account 111122223333 (acme-prod) in us-west-2").takes(PRODUCER).takes(LOGS);
    terminal.shows("has no Application Load Balancers in us-west-2").goes_to(ALBS, "another Region");
    terminal.finds("Region? (type to search", "us-east-1", "us-east-1");
    terminal.selects(ALBS, "web", "web").shows(DESTINATION);
    terminal.interrupt().exited_with(130);
}

#[test]
fn without_a_region_the_first_question_is_the_region() {
    let account = Account::seeded();
    let terminal = Terminal::start_at(&account, "init", 100, 60, &[("AWS_REGION", "")]);
    terminal
        .shows("no Region is configured")
        .finds("Region? (type to search", "us-east-1", "us-east-1")
        .shows(PRODUCER);
    terminal.interrupt().exited_with(130);
}

#[test]
fn an_unlisted_region_can_be_typed_and_esc_leaves_the_question_unchanged() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init");
    terminal.goes_to(PRODUCER, "another Region").shows("Region? (type to search").types("eu-north-7");
    terminal.shows("❯ use eu-north-7").clears_search().press(Key::Esc);
    terminal.shows(PRODUCER).shows("now us-east-1");
    terminal.interrupt().exited_with(130);
}
