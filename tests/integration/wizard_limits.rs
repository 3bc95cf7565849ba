//! What the wizard does where something can't be had: it says so at once, and the answers so far stay.

use sandbox::{Effect, Fault, When, seed};

use crate::account::Account;
use crate::terminal::{Key, Terminal};
use crate::wizard::{DESTINATION, ENCRYPTION, EXPIRY, LOGS, MORE, NAME, NOW, PRODUCER, pointed};

#[test]
fn an_exemption_approved_for_one_bucket_does_not_apply_to_another() {
    let account = Account::seeded();
    let policy = account.bucket("strict-logs").policy.unwrap();
    account.sandbox.set_policy(seed::SHARED_LOGS, Some(&policy.replace("strict-logs", seed::SHARED_LOGS)));
    let terminal = Terminal::start(&account, "init nlb --source edge --bucket strict-logs --encryption sse-s3");
    terminal.goes_to(NOW, "exempt the log service from `DenyUnencryptedUploads`");
    terminal.shows("type `DenyUnencryptedUploads` to confirm").types(seed::DENY_UNENCRYPTED).press(Key::Enter);
    terminal.goes_to(NOW, "change an answer").goes_to("which answer?", "destination");
    terminal.finds(DESTINATION, "shared", "shared-logs").takes(ENCRYPTION);
    // The other bucket's statement of the same name is asked for anew.
    terminal.goes_to(NOW, "exempt the log service from `DenyUnencryptedUploads`");
    terminal.waits_until("the name to be asked for", |screen| screen.contains("to confirm ›")).press(Key::Esc);
    terminal.waits_until("the question to go", |screen| !screen.contains("to confirm ›"));
    terminal.goes_to(NOW, "quit");
    let ended = terminal.ended().with(7);
    assert!(!ended.screen.contains("--exempt DenyUnencryptedUploads --"), "{}", ended.screen);
}

#[test]
fn a_bucket_that_refuses_this_caller_is_listed_as_not_known() {
    let account = Account::seeded();
    account.sandbox.inject(Fault { when: When::Operation("HeadBucket".to_owned()), effect: Effect::access_denied() });
    let terminal = Terminal::start(&account, "init s3-access");
    terminal.shows("which bucket?").shows("log setting unknown");
    terminal.interrupted().with(130);
}

#[test]
fn the_list_of_regions_begins_with_the_one_of_today() {
    let account = Account::seeded();
    let terminal = Terminal::start_at(&account, "init", 100, 24, &[]);
    terminal.goes_to(PRODUCER, "another Region").shows("Region (type to search ");
    terminal.waits_until("a cursor", |screen| pointed(screen).is_some_and(|line| line.contains("us-east-1")));
    terminal.interrupted().with(130);
}

#[test]
fn a_suggested_name_gives_way_to_what_is_typed() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init alb --source web --log-type access");
    terminal.takes(DESTINATION).shows(NAME).shows("111122223333-us-east-1-alb-logs").types("Bad_Name");
    terminal.press(Key::Enter).shows("lower-case letters").types("\x15typed-logs").press(Key::Enter);
    terminal.shows("✔ destination: typed-logs (new)");
    terminal.interrupted().with(130);
}

#[test]
fn a_name_that_must_exist_and_does_not_makes_no_bucket() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init alb --source web --log-type access");
    terminal.finds(DESTINATION, "enter a bucket", "enter a bucket name").shows("name of the bucket");
    terminal.types("shraed-logs").press(Key::Enter).shows("bucket `shraed-logs` does not exist").press(Key::Esc);
    terminal.shows(DESTINATION);
    terminal.interrupted().with(130);
}

#[test]
fn a_bucket_that_a_flag_names_and_that_can_t_be_used_is_told_before_any_other_question() {
    let account = Account::seeded();
    for (bucket, why) in [("west-logs", "`west-logs` is in us-west-2"), ("other-account-logs", "is taken")] {
        let words = format!("init alb --log-type access --bucket {bucket}");
        let terminal = Terminal::start(&account, &words);
        terminal.finds("which Application Load Balancer?", "web", "web").takes(MORE).shows(why).shows(DESTINATION);
        terminal.interrupted().with(130);
    }
}

#[test]
fn a_name_that_is_typed_is_chosen_beside_those_of_the_list() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init alb --log-type access");
    terminal.finds("which Application Load Balancer?", "legacy", "legacy-web").shows(MORE);
    terminal.finds(MORE, "enter a", "enter a name").shows("name or ARN").press(Key::Esc).shows(MORE);
    terminal.finds(MORE, "enter a", "enter a name").shows("name or ARN").types("web").press(Key::Enter);
    terminal.takes(MORE).shows("✔ sources: legacy-web, web");
    terminal.interrupted().with(130);
}

#[test]
fn a_load_balancer_that_would_stay_silent_is_not_taken() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init nlb");
    terminal.finds("which Network Load Balancer?", "tcp", "tcp-only").shows("✘ `tcp-only` listens on TCP only");
    terminal.finds("which Network Load Balancer?", "edge", "edge").takes(MORE).shows(DESTINATION);
    terminal.interrupted().with(130);
    let terminal = Terminal::start(&account, "init nlb --source tcp-only");
    terminal.shows("✘ `tcp-only` listens on TCP only").shows("which Network Load Balancer?");
    terminal.interrupted().with(130);
}

#[test]
fn a_source_that_a_flag_names_wrongly_is_asked_for_again() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init alb --source wbe --log-type access");
    terminal.shows("did you mean `web`?").finds("which Application Load Balancer?", "web", "web").takes(MORE);
    terminal.shows(DESTINATION);
    terminal.interrupted().with(130);
}

#[test]
fn a_key_that_may_not_be_looked_at_can_be_chosen_all_the_same() {
    let account = Account::seeded();
    account.sandbox.inject(Fault { when: When::Operation("DescribeKey".to_owned()), effect: Effect::access_denied() });
    let terminal = Terminal::start(&account, "init nlb --source edge --bucket edge-logs --encryption sse-kms");
    terminal.goes_to(ENCRYPTION, "SSE-KMS, an existing key").shows("which key?");
    terminal.shows(seed::KMS_LOGS_ALIAS).shows("unknown state: `kms:DescribeKey`");
    let screen = terminal.screen();
    assert!(!screen.contains("alias/aws/s3"), "{screen}");
    terminal.interrupted().with(130);
}

#[test]
fn load_balancers_that_may_never_be_listed_leave_the_answers_and_the_permission_on_the_screen() {
    let account = Account::seeded();
    let operation = "DescribeLoadBalancers".to_owned();
    account.sandbox.inject(Fault { when: When::Operation(operation), effect: Effect::access_denied() });
    let terminal = Terminal::start(&account, "init alb --log-type access");
    terminal.shows("couldn't list the Application Load Balancers").shows("name or ARN").types("web");
    terminal.press(Key::Enter).shows("have this added to the caller's policy").shows("name or ARN");
    terminal.interrupted().with(130);
}

#[test]
fn a_look_that_fails_at_the_end_loses_no_answer() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init alb --source web --log-type access");
    terminal.takes(DESTINATION).takes(NAME).takes(ENCRYPTION).takes("key prefix (blank for none)").shows(EXPIRY);
    account.sandbox.inject(Fault {
        when: When::Operation("DescribeLoadBalancerAttributes".to_owned()),
        effect: Effect::status(400, "InvalidAction", "odd"),
    });
    terminal.goes_to(EXPIRY, "30 days");
    terminal.ended().with(1).says("the answers so far, as a command:").says("--expire-days 30");
}

#[test]
fn a_plan_whose_output_goes_elsewhere_is_shown_where_it_is_asked_about() {
    let account = Account::seeded();
    let terminal = Terminal::start_through_shell(&account, "init alb --source web --bucket demo-logs > plan.txt");
    terminal.shows("create bucket `demo-logs`").shows(NOW);
    terminal.interrupted().with(130);
}

#[test]
fn ctrl_c_is_heard_while_a_step_waits_for_its_answer() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init alb --source web --bucket demo-logs");
    terminal.shows(NOW);
    account.sandbox.set_latency(std::time::Duration::from_secs(3));
    terminal.goes_to(NOW, "apply").shows("[1/5] create bucket").press(Key::CtrlC);
    terminal.shows("interrupted: finishing the current step first");
    account.sandbox.set_latency(std::time::Duration::ZERO);
    terminal.ended().with(130).says("repeat: logbucket init alb --source web --bucket demo-logs --yes");
}

#[test]
fn a_second_ctrl_c_leaves_at_once_and_says_what_is_not_known() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init alb --source web --bucket demo-logs");
    terminal.shows(NOW);
    account.sandbox.set_latency(std::time::Duration::from_secs(20));
    terminal.goes_to(NOW, "apply").shows("[1/5] create bucket").press(Key::CtrlC);
    terminal.shows("press Ctrl-C again to quit at once").press(Key::CtrlC);
    let ended = terminal.ended().with(130).says("stopped during [1/5] create bucket `demo-logs`");
    assert!(
        ended.screen.contains("repeat: logbucket init alb --source web --bucket demo-logs --yes"),
        "{}",
        ended.screen
    );
    account.sandbox.set_latency(std::time::Duration::ZERO);
    account.run("init alb --source web --bucket demo-logs --yes").ends(0).says("delivery: proven");
}

#[test]
fn a_search_that_finds_nothing_says_so_and_esc_clears_it() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init s3-access");
    terminal.shows("which bucket?").types("zzzz").shows("no match").shows("❯ enter a name or an ARN");
    terminal.press(Key::Esc).waits_until("the whole list", |screen| screen.contains("app-images"));
    terminal.finds("which bucket?", "app-da", "app-data").shows(MORE);
    terminal.finds(MORE, "app-im", "app-images").shows("app-data, app-images");
    // Back takes out the last one, and then leads to the question before.
    terminal.press(Key::Esc).waits_until("one source", |screen| !screen.contains("app-data, app-images"));
    terminal.takes(MORE).shows("✔ source: app-data");
    terminal.interrupted().with(130);
}

#[test]
fn ctrl_c_while_the_test_object_waits_is_an_interruption_and_no_verdict() {
    let account = Account::seeded();
    account.sandbox.inject(Fault {
        when: When::Operation("PutObject".to_owned()),
        effect: Effect::status(400, "KMS.DisabledException", "the key is disabled"),
    });
    let terminal = Terminal::start(&account, "init alb --source web --bucket demo-logs --yes");
    terminal.shows("test object waiting for changes to propagate").press(Key::CtrlC);
    let ended = terminal.ended().with(130).says("interrupted").says("repeat: logbucket init alb");
    assert!(!ended.screen.contains("resolve the error from S3"), "{}", ended.screen);
}

#[test]
fn the_account_is_shown_also_where_the_flags_say_it_all() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init alb --source web --bucket demo-logs");
    terminal.shows("account 111122223333 (acme-prod) in us-east-1").shows("credentials: keys in the environment");
    terminal.shows(NOW);
    let asked = account.sandbox.requests().iter().filter(|request| request.operation == "GetCallerIdentity").count();
    assert_eq!(asked, 1, "the AWS identity is read once");
    terminal.interrupted().with(130);
}

#[test]
fn an_answer_to_be_changed_shows_what_it_is() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init alb --source web --bucket demo-logs --prefix team --expire-days 90");
    terminal.goes_to(NOW, "change an answer").shows("which answer?").shows("after 90 days").shows("team");
    terminal.goes_to("which answer?", "expire logs").shows("❯ 90 days").press(Key::Esc);
    terminal.goes_to(NOW, "change an answer").goes_to("which answer?", "logs").shows(LOGS).press(Key::Esc);
    terminal.goes_to(NOW, "quit");
    terminal.ended().with(0).says("--prefix team --expire-days 90");
}
