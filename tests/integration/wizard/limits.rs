//! Limits of the wizard: if something is not possible, the wizard says so at once and keeps the answers so far.

use sandbox::{Effect, Fault, When, seed};

use crate::account::Account;
use crate::tables::each_case;
use crate::terminal::{Key, Terminal};
use crate::wizard::{ALBS, BUCKETS, DESTINATION, ENCRYPTION, EXPIRY, LOGS, NLBS, NOW, OPTIONS, PRODUCER, pointed};

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
    // The other bucket has a statement with the same name, so the wizard asks to confirm that exemption too.
    terminal.goes_to(NOW, "exempt the log service from `DenyUnencryptedUploads`");
    terminal.waits_until("the name to be asked for", |screen| screen.contains("to confirm ›")).press(Key::Esc);
    terminal.waits_until("the question to go", |screen| !screen.contains("to confirm ›"));
    terminal.goes_to(NOW, "quit");
    let ended = terminal.wait_for_end().exited_with(7);
    assert!(!ended.screen.contains("--exempt DenyUnencryptedUploads --"), "{}", ended.screen);
}

#[test]
fn a_bucket_that_denies_this_caller_is_listed_as_unknown() {
    let account = Account::seeded();
    account.sandbox.inject(Fault { when: When::Operation("HeadBucket".to_owned()), effect: Effect::access_denied() });
    let terminal = Terminal::start(&account, "init s3-access");
    terminal.shows(BUCKETS).shows("log setting unknown");
    terminal.interrupt().exited_with(130);
}

#[test]
fn the_list_of_regions_begins_with_the_current_one() {
    let account = Account::seeded();
    let terminal = Terminal::start_at(&account, "init", 100, 24, &[]);
    terminal.goes_to(PRODUCER, "another Region").shows("Region? (type to search");
    terminal.waits_until("a cursor", |screen| pointed(screen).is_some_and(|line| line.contains("us-east-1")));
    terminal.interrupt().exited_with(130);
}

#[test]
fn typed_text_replaces_a_suggested_name() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init alb --source web --log-type access");
    terminal.shows(DESTINATION).shows("❯ create 111122223333-us-east-1-alb-logs").types("Bad_Name");
    terminal.shows("❯ create Bad_Name").press(Key::Enter).shows("lower-case letters").types("\x15typed-logs");
    terminal.shows("❯ create typed-logs").press(Key::Enter);
    terminal.shows("✔ destination: typed-logs (new)");
    terminal.interrupt().exited_with(130);
}

#[test]
fn a_taken_name_remains_editable_and_the_error_disappears_with_the_next_answer() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init alb --source web --log-type access");
    terminal.finds(DESTINATION, "other-account-logs", "create other-account-logs").shows("is taken by a bucket");
    terminal.shows("search › other-account-logs").types("-2").shows("❯ create other-account-logs-2");
    terminal.press(Key::Enter).shows("✔ destination: other-account-logs-2 (new)");
    assert!(!terminal.screen().contains("is taken"), "{}", terminal.screen());
    terminal.interrupt().exited_with(130);
}

#[test]
fn an_unusable_bucket_given_by_flag_is_reported_before_any_other_question() {
    let account = Account::seeded();
    each_case([("west-logs", "`west-logs` is in us-west-2"), ("other-account-logs", "is taken")], |(bucket, why)| {
        let words = format!("init alb --log-type access --bucket {bucket}");
        let terminal = Terminal::start(&account, &words);
        terminal.selects(ALBS, "web", "web").shows(why).shows(DESTINATION);
        terminal.interrupt().exited_with(130);
    });
}

#[test]
fn a_typed_name_can_be_chosen_together_with_listed_ones() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init s3-access");
    terminal.checks(BUCKETS, "app-da", "app-data").types("west-logs").shows("❯ look up west-logs").press(Key::Enter);
    terminal.shows("✘ that is in us-west-2").shows("search › west-logs").clears_search().types("app-im");
    terminal.shows("❯ ○ app-images").press(Key::Space).press(Key::Enter).shows("✔ sources: app-data, app-images");
    terminal.interrupt().exited_with(130);
}

#[test]
fn a_load_balancer_that_would_never_log_is_not_accepted() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init nlb");
    terminal.selects(NLBS, "tcp", "tcp-only").shows("✘ `tcp-only` listens on TCP only").press(Key::Esc);
    terminal.waits_until("the error to go", |screen| !screen.contains("listens on TCP only"));
    terminal.selects(NLBS, "edge", "edge").shows(DESTINATION);
    terminal.interrupt().exited_with(130);
    let terminal = Terminal::start(&account, "init nlb --source tcp-only");
    terminal.shows("✘ `tcp-only` listens on TCP only").shows(NLBS);
    terminal.interrupt().exited_with(130);
}

#[test]
fn a_wrong_source_given_by_flag_is_asked_for_again() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init alb --source wbe --log-type access");
    terminal.shows("did you mean `web`?").selects(ALBS, "web", "web");
    terminal.shows(DESTINATION);
    terminal.interrupt().exited_with(130);
}

#[test]
fn a_key_that_cannot_be_described_can_still_be_chosen() {
    let account = Account::seeded();
    account.sandbox.inject(Fault { when: When::Operation("DescribeKey".to_owned()), effect: Effect::access_denied() });
    let terminal = Terminal::start(&account, "init nlb --source edge --bucket edge-logs --encryption sse-kms");
    terminal.goes_to(ENCRYPTION, "SSE-KMS, an existing key").shows("which key of us-east-1?");
    terminal.shows(seed::KMS_LOGS_ALIAS).shows("unknown state: `kms:DescribeKey`");
    let screen = terminal.screen();
    assert!(!screen.contains("alias/aws/s3"), "{screen}");
    terminal.interrupt().exited_with(130);
}

#[test]
fn if_load_balancers_cannot_be_listed_the_permission_and_typed_name_stay_on_screen() {
    let account = Account::seeded();
    let operation = "DescribeLoadBalancers".to_owned();
    account.sandbox.inject(Fault { when: When::Operation(operation), effect: Effect::access_denied() });
    let terminal = Terminal::start(&account, "init alb --log-type access");
    terminal.shows("couldn't list the Application Load Balancers").shows("type a name or an ARN").types("web");
    terminal.press(Key::Enter).shows("have this added to the caller's policy").shows("search › web");
    terminal.interrupt().exited_with(130);
}

#[test]
fn a_read_that_fails_at_the_end_loses_no_answers() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init alb --source web --log-type access");
    terminal.takes(DESTINATION).goes_to(OPTIONS, "expiry").goes_to(EXPIRY, "30 days").shows(OPTIONS);
    account.sandbox.inject(Fault {
        when: When::Operation("DescribeLoadBalancerAttributes".to_owned()),
        effect: Effect::status(400, "InvalidAction", "odd"),
    });
    terminal.takes(OPTIONS);
    terminal.wait_for_end().exited_with(1).says("the answers so far, as a command:").says("--expire-days 30");
}

#[test]
fn with_redirected_output_the_plan_is_shown_on_the_terminal() {
    let account = Account::seeded();
    let terminal = Terminal::start_through_shell(&account, "init alb --source web --bucket demo-logs > plan.txt");
    terminal.shows("create bucket `demo-logs`").shows(NOW);
    terminal.interrupt().exited_with(130);
}

#[test]
fn ctrl_c_works_while_a_step_waits_for_its_response() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init alb --source web --bucket demo-logs");
    terminal.shows(NOW);
    account.sandbox.set_latency(std::time::Duration::from_secs(3));
    terminal.goes_to(NOW, "apply").shows("[1/5] create bucket").press(Key::CtrlC);
    terminal.shows("interrupted: finishing the current step first");
    account.sandbox.set_latency(std::time::Duration::ZERO);
    terminal.wait_for_end().exited_with(130).says("repeat: logbucket init alb --source web --bucket demo-logs --yes");
}

#[test]
fn a_second_ctrl_c_quits_at_once_and_says_what_is_unknown() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init alb --source web --bucket demo-logs");
    terminal.shows(NOW);
    account.sandbox.set_latency(std::time::Duration::from_secs(20));
    terminal.goes_to(NOW, "apply").shows("[1/5] create bucket").press(Key::CtrlC);
    terminal.shows("press Ctrl-C again to quit at once").press(Key::CtrlC);
    let ended = terminal.wait_for_end().exited_with(130).says("stopped during [1/5] create bucket `demo-logs`");
    assert!(
        ended.screen.contains("repeat: logbucket init alb --source web --bucket demo-logs --yes"),
        "{}",
        ended.screen
    );
    account.sandbox.set_latency(std::time::Duration::ZERO);
    account.run("init alb --source web --bucket demo-logs --yes").ends(0).says("delivery: proven");
}

#[test]
fn a_search_without_a_match_offers_to_look_up_the_name_and_esc_clears_it() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init s3-access");
    terminal.shows(BUCKETS).types("zzzz").shows("❯ look up zzzz").press(Key::Enter);
    terminal.shows("✘ bucket `zzzz` does not exist").shows("check the name, or select a bucket below");
    terminal.press(Key::Esc).waits_until("the whole list", |screen| screen.contains("app-images"));
    terminal.selects(BUCKETS, "app-da", "app-data").shows("✔ source: app-data");
    terminal.interrupt().exited_with(130);
}

#[test]
fn one_key_selects_all_sources_that_are_off() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init alb --log-type access");
    terminal.shows(ALBS).shows("all that are off").shows("❯ ○ ").press(Key::Up).shows("❯ all that are off");
    terminal.press(Key::Space).shows("◉ web").shows("○ legacy-web").press(Key::Enter).shows("✔ source");
    assert!(!terminal.screen().contains("legacy-web"), "{}", terminal.screen());
    terminal.interrupt().exited_with(130);
}

#[test]
fn every_screen_of_an_alb_and_an_inventory_fits_60_80_and_120_columns() {
    let account = Account::seeded();
    each_case([60, 80, 120], |columns| {
        for (words, questions) in [
            ("init", &[PRODUCER, LOGS, ALBS, DESTINATION, OPTIONS][..]),
            ("init inventory", &[BUCKETS, DESTINATION, "encryption of the reports?", "report frequency?", OPTIONS]),
        ] {
            let terminal = Terminal::start_at(&account, words, columns, 24, &[]);
            for question in questions {
                terminal.shows(question).waits_until("a cursor", |screen| pointed(screen).is_some());
                let screen = terminal.screen();
                let is_whole = |line: &str| line.chars().count() < usize::from(columns);
                let asked: Vec<&str> = screen.lines().skip_while(|line| !line.starts_with('?')).collect();
                assert!(asked.iter().all(|line| is_whole(line)), "{columns}\n{screen}");
                let searches = [ALBS, BUCKETS, DESTINATION].contains(question);
                assert!(!searches || screen.contains("  search ›"), "{columns}\n{screen}");
                terminal.press(Key::Enter).waits_until("the next", |screen| !screen.contains(question));
            }
            // An ALB has five screens. An inventory has six, including the screen about the service.
            terminal.shows(NOW).shows("expire").press(Key::Esc).shows(OPTIONS).shows("after 365 days");
            terminal.interrupt().exited_with(130);
        }
    });
}

#[test]
fn options_show_their_values_and_expiry_can_be_never() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init inventory --source app-data");
    terminal.takes(DESTINATION).takes("encryption of the reports?").takes("report frequency?").shows(OPTIONS);
    terminal
        .shows("none")
        .shows("csv")
        .shows("current")
        .shows("EncryptionStatus, LastModifiedDate")
        .shows("after 365 days");
    terminal.goes_to(OPTIONS, "expiry").shows("❯ 365 days").shows("about 0.28 USD");
    terminal.goes_to(EXPIRY, "never").takes(OPTIONS).goes_to(NOW, "change an answer").shows("which answer?");
    terminal.shows("daily").shows("never").shows("SSE-S3").press(Key::Esc).goes_to(NOW, "quit");
    let ended = terminal.wait_for_end().exited_with(0);
    assert!(!ended.screen.contains("--expire-days"), "{}", ended.screen);
}

#[test]
fn ctrl_c_during_the_test_object_is_an_interruption_and_not_a_verdict() {
    let account = Account::seeded();
    account.sandbox.inject(Fault {
        when: When::Operation("PutObject".to_owned()),
        effect: Effect::status(400, "KMS.DisabledException", "the key is disabled"),
    });
    let terminal = Terminal::start(&account, "init alb --source web --bucket demo-logs --yes");
    terminal.shows("test object waiting for changes to propagate").press(Key::CtrlC);
    let ended = terminal.wait_for_end().exited_with(130).says("interrupted").says("repeat: logbucket init alb");
    assert!(!ended.screen.contains("resolve the error from S3"), "{}", ended.screen);
}

#[test]
fn the_account_is_shown_even_if_the_flags_are_complete() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init alb --source web --bucket demo-logs");
    terminal.shows("account 111122223333 (acme-prod) in us-east-1").shows("credentials: keys in the environment");
    terminal.shows(NOW);
    let asked = account.sandbox.requests().iter().filter(|request| request.operation == "GetCallerIdentity").count();
    assert_eq!(asked, 1, "the AWS identity is read once");
    terminal.interrupt().exited_with(130);
}

#[test]
fn an_answer_to_be_changed_shows_its_current_value() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init alb --source web --bucket demo-logs --prefix team --expire-days 90");
    terminal.goes_to(NOW, "change an answer").shows("which answer?").shows("after 90 days").shows("team");
    terminal.goes_to("which answer?", "expiry").shows("❯ 90 days").press(Key::Esc);
    terminal.goes_to(NOW, "change an answer").goes_to("which answer?", "logs").shows(LOGS).press(Key::Esc);
    terminal.goes_to(NOW, "quit");
    terminal.wait_for_end().exited_with(0).says("--prefix team --expire-days 90");
}
