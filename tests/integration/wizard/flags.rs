//! Flags that answer questions, and permissions that are missing for the lists.

use sandbox::{Effect, Fault, When};

use super::questions::{DESTINATION, ENCRYPTION, OPTIONS, PRODUCER};
use crate::account::Account;
use crate::tables::each_case;
use crate::terminal::{Key, Terminal};

#[test]
fn the_printed_policy_allows_the_wizards_listings() {
    let account = Account::seeded();
    let place = "--account 111122223333 --region us-east-1";
    let policy = account.run(&format!("permissions --wizard {place}")).ends(0).json();
    account.sandbox.allow_only(&policy);
    account.sandbox.forget_requests();
    let terminal = Terminal::start(&account, "init");
    terminal.logs_web().shows(DESTINATION);
    terminal.interrupt().exited_with(130);
    let terminal = Terminal::start(&account, "init nlb --source edge --bucket edge-logs --encryption sse-kms");
    terminal.goes_to(ENCRYPTION, "SSE-KMS, an existing key").shows("which key of us-east-1?").shows("kms-logs");
    terminal.interrupt().exited_with(130);
    // For a bucket that belongs to someone else, only the name is known.
    let refused: Vec<String> = account
        .sandbox
        .requests()
        .into_iter()
        .filter(|request| request.error.as_ref().is_some_and(|error| error.starts_with("AccessDenied")))
        .map(|request| format!("{} {}", request.operation, request.resource))
        .collect();
    assert!(refused.is_empty(), "{refused:?}");
    let asked = account.sandbox.asked_actions();
    each_case(["iam:ListAccountAliases", "s3:ListAllMyBuckets", "kms:ListAliases", "kms:ListKeys"], |action| {
        assert!(asked.contains(action), "{action}");
    });
}

#[test]
fn after_a_denied_listing_a_name_can_be_typed_and_the_permission_is_named() {
    let account = Account::seeded();
    account.sandbox.inject(Fault {
        when: When::OperationTimes("DescribeLoadBalancers".to_owned(), 1),
        effect: Effect::access_denied(),
    });
    let terminal = Terminal::start(&account, "init alb --log-type access");
    terminal.shows("couldn't list the Application Load Balancers");
    terminal.shows("elasticloadbalancing:DescribeLoadBalancers").shows("type a name or an ARN");
    terminal.types("weeb").shows("❯ look up weeb").press(Key::Enter).shows("did you mean `web`?");
    // The typed text is still there.
    terminal.types("\x7f\x7f\x7feb").shows("❯ look up web").press(Key::Enter).shows("✔ source: web").shows(DESTINATION);
    assert!(!terminal.screen().contains("did you mean"), "{}", terminal.screen());
    terminal.interrupt().exited_with(130);
}

#[test]
fn without_questions_every_missing_flag_is_reported() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init --no-input");
    terminal.wait_for_end().exited_with(2).says("missing `PRODUCER`, `--source`, `--bucket`");
}

#[test]
fn a_dry_run_asks_for_what_is_missing_and_stops_at_the_plan() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init alb --source web --log-type access --dry-run");
    terminal.takes(DESTINATION).takes(OPTIONS);
    terminal.wait_for_end().exited_with(0).says("no changes made");
    assert!(account.writes().is_empty());
}

#[test]
fn yes_asks_for_what_is_missing_and_then_continues() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init alb --source web --log-type access --yes");
    terminal.takes(DESTINATION).takes(OPTIONS);
    terminal.wait_for_end().exited_with(0).says("delivery: proven");
}

#[test]
fn a_flag_of_another_producer_is_rejected_as_soon_as_the_producer_is_known() {
    let account = Account::seeded();
    let terminal =
        Terminal::start(&account, "init --partition event --bucket demo-logs --source web --prefix p --expire-days 3");
    terminal.takes(PRODUCER);
    terminal.wait_for_end().exited_with(2).says("`--partition` is for s3-access, not for `alb`");
}
