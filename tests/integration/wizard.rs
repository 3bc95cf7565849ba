//! The wizard as a person on a terminal sees it, and the state of the account afterwards.

use sandbox::{Effect, Fault, When, seed};

use crate::account::Account;
use crate::cases::Log;
use crate::terminal::{Key, Terminal};

pub(crate) const PRODUCER: &str = "which service will log?";
pub(crate) const LOGS: &str = "which logs?";
pub(crate) const ALBS: &str = "which Application Load Balancers?";
pub(crate) const NLBS: &str = "which Network Load Balancers?";
pub(crate) const BUCKETS: &str = "which buckets?";
pub(crate) const DESTINATION: &str = "destination in us-east-1?";
pub(crate) const ENCRYPTION: &str = "default encryption of the bucket?";
pub(crate) const REPORTS: &str = "encryption of the reports?";
pub(crate) const OPTIONS: &str = "more options?";
pub(crate) const EXPIRY: &str = "expire logs after?";
pub(crate) const PREFIX: &str = "key prefix (blank for none)";
pub(crate) const NOW: &str = "what now?";

impl Terminal {
    /// Chooses the entry under the cursor in the list with this question.
    #[track_caller]
    pub(crate) fn takes(&self, question: &str) -> &Self {
        self.shows(question).press(Key::Enter)
    }

    /// Searches the list with this question, and chooses the first match.
    #[track_caller]
    pub(crate) fn finds(&self, question: &str, search: &str, found: &str) -> &Self {
        self.shows(question).types(search).shows(&format!("❯ {found}")).press(Key::Enter)
    }

    /// Searches a list of checkboxes, and continues with the first match.
    #[track_caller]
    pub(crate) fn selects(&self, question: &str, search: &str, found: &str) -> &Self {
        self.shows(question).types(search).shows(&format!("❯ ○ {found}")).press(Key::Enter)
    }

    /// Searches a list of checkboxes, checks the first match, and clears the search.
    #[track_caller]
    pub(crate) fn checks(&self, question: &str, search: &str, found: &str) -> &Self {
        self.shows(question).types(search).shows(&format!("❯ ○ {found}")).press(Key::Space);
        self.shows(&format!("❯ ◉ {found}")).clears_search()
    }

    /// Clears the search and waits, because the program would read Esc and a key right after it as one escape code.
    #[track_caller]
    pub(crate) fn clears_search(&self) -> &Self {
        let is_empty = |screen: &str| screen.lines().any(|line| line.trim_end() == "  search ›");
        self.press(Key::Esc).waits_until("an empty search", is_empty)
    }

    /// Moves the cursor to an entry in the list with this question, and chooses that entry.
    #[track_caller]
    pub(crate) fn goes_to(&self, question: &str, entry: &str) -> &Self {
        self.shows(question);
        for _ in 0..20 {
            self.waits_until("a list with a cursor", |screen| pointed(screen).is_some());
            let before = pointed(&self.screen()).unwrap_or_default();
            if before.trim_start_matches("❯ ").starts_with(entry) {
                return self.press(Key::Enter);
            }
            let moved = |screen: &str| pointed(screen).is_some_and(|now| now != before);
            self.press(Key::Down).waits_until("the cursor to move", moved);
        }
        panic!("`{entry}` is not in\n{}", self.screen());
    }

    /// Answers everything up to the destination for the ALB `web`.
    #[track_caller]
    pub(crate) fn logs_web(&self) -> &Self {
        self.takes(PRODUCER).takes(LOGS).selects(ALBS, "web", "web")
    }
}

/// The line with the cursor of a list.
pub(crate) fn pointed(screen: &str) -> Option<String> {
    screen.lines().rfind(|line| line.starts_with('❯')).map(str::to_owned)
}

/// Asserts that the bucket is in the same state as after the equivalent command with flags.
#[track_caller]
fn same_as(account: &Account, bucket: &str, words: &str) {
    let other = Account::seeded();
    other.run(words).ends(0);
    let (one, other) = (account.bucket(bucket), other.bucket(bucket));
    assert_eq!(one.policy, other.policy);
    assert_eq!(format!("{:?}", one.encryption), format!("{:?}", other.encryption));
}

#[test]
fn an_alb_is_set_up_from_scratch_and_proven() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init");
    terminal.shows("account 111122223333 (acme-prod) in us-east-1, as Operator/session");
    terminal.shows("credentials: keys in the environment").shows("requests, connections, health checks");
    terminal.logs_web().shows("✔ source: web").takes(DESTINATION);
    // Only one encryption works, so the wizard does not ask for it.
    terminal.shows("✔ default encryption: SSE-S3").takes(OPTIONS);
    terminal.goes_to(NOW, "apply");
    let ended = terminal.ended().with(0).says("delivery: proven");
    ended
        .says("repeat: logbucket init alb --source web --bucket 111122223333-us-east-1-alb-logs")
        .says("check later: logbucket check alb --source web");
    same_as(
        &account,
        "111122223333-us-east-1-alb-logs",
        "init alb --source web --bucket 111122223333-us-east-1-alb-logs --encryption sse-s3 --yes",
    );
}

#[test]
fn an_nlb_gets_a_new_customer_managed_key() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init");
    terminal.goes_to(PRODUCER, "NLB access logs");
    terminal.shows("no TLS listener: no logs").selects(NLBS, "edge", "edge");
    terminal.takes(DESTINATION).goes_to(ENCRYPTION, "SSE-KMS, a new key");
    terminal.goes_to(OPTIONS, "expiry").goes_to(EXPIRY, "90 days").takes(OPTIONS);
    terminal.shows("create a customer managed key").shows("turn on yearly automatic rotation").goes_to(NOW, "apply");
    terminal.ended().with(0).says("delivery: pending").says("--kms-key create --expire-days 90");
    let bucket = account.bucket("111122223333-us-east-1-nlb-logs");
    assert!(format!("{:?}", bucket.encryption).contains("arn:aws:kms:us-east-1:111122223333:key/"));
    assert_eq!(account.sids("111122223333-us-east-1-nlb-logs")[..2], ["LogbucketNlbBucket", "LogbucketNlbObjects"]);
}

#[test]
fn an_nlb_uses_an_existing_key() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init nlb --source edge --bucket edge-logs --encryption sse-kms");
    terminal.goes_to(ENCRYPTION, "SSE-KMS, an existing key");
    terminal.finds("which key of us-east-1?", "kms-logs", seed::KMS_LOGS_ALIAS);
    terminal.takes(OPTIONS).shows("allow the log service to use the key");
    terminal.goes_to(NOW, "apply");
    terminal.ended().with(0).says("--kms-key arn:aws:kms:us-east-1:111122223333:key/");
    assert!(format!("{:?}", account.bucket("edge-logs").encryption).contains("key/"));
}

#[test]
fn the_printed_policy_allows_the_wizards_listings() {
    let account = Account::seeded();
    let place = "--account 111122223333 --region us-east-1";
    let policy = account.run(&format!("permissions --wizard {place}")).ends(0).json();
    account.sandbox.allow_only(&policy);
    account.sandbox.forget_requests();
    let terminal = Terminal::start(&account, "init");
    terminal.logs_web().shows(DESTINATION);
    terminal.interrupted().with(130);
    let terminal = Terminal::start(&account, "init nlb --source edge --bucket edge-logs --encryption sse-kms");
    terminal.goes_to(ENCRYPTION, "SSE-KMS, an existing key").shows("which key of us-east-1?").shows("kms-logs");
    terminal.interrupted().with(130);
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
    for action in ["iam:ListAccountAliases", "s3:ListAllMyBuckets", "kms:ListAliases", "kms:ListKeys"] {
        assert!(asked.contains(action), "{action}");
    }
}

#[test]
fn several_buckets_log_to_one_destination() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init");
    terminal.goes_to(PRODUCER, "S3 server access logs");
    terminal.checks(BUCKETS, "app-da", "app-data").checks(BUCKETS, "app-im", "app-images");
    terminal.shows("2 selected").press(Key::Enter);
    terminal.shows("✔ sources: app-data, app-images").takes(DESTINATION).goes_to(OPTIONS, "key prefix");
    terminal.shows("key prefix, ending with `/`").types("s3/").press(Key::Enter);
    terminal.goes_to(OPTIONS, "date in log paths").goes_to("date in log paths?", "by delivery time");
    terminal.shows("delivery time").takes(OPTIONS).goes_to(NOW, "apply");
    let ended = terminal.ended().with(0).says("delivery: pending");
    ended.says("--prefix s3/").says("--partition delivery");
    for source in [seed::APP_DATA, seed::APP_IMAGES] {
        let logging = format!("{:?}", account.bucket(source).logging);
        assert!(logging.contains("111122223333-us-east-1-s3-access-logs") && logging.contains("s3/"), "{logging}");
    }
}

#[test]
fn an_inventory_has_its_own_questions() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init inventory");
    terminal.selects(BUCKETS, "app-data", "app-data").takes(DESTINATION);
    terminal.goes_to(REPORTS, "SSE-KMS, a new key").goes_to("report frequency?", "weekly");
    terminal.shows(OPTIONS).shows("csv").goes_to(OPTIONS, "report format").goes_to("report format?", "parquet");
    terminal.goes_to(OPTIONS, "report columns");
    terminal.shows("extra report columns?").press(Key::Space).press(Key::Enter);
    terminal.shows("✔ report columns: LastModifiedDate, StorageClass, EncryptionStatus");
    terminal.takes(OPTIONS).goes_to(NOW, "apply");
    let ended = terminal.ended().with(0).says("delivery: pending");
    ended.says("--format parquet --frequency weekly").says("--report-kms-key create");
    let inventories = format!("{:?}", account.bucket(seed::APP_DATA).inventories);
    assert!(inventories.contains("Parquet") && !inventories.contains("Size"), "{inventories}");
}

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
    terminal.ended().with(0).says("--source legacy-web --bucket my-new-logs");
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
    terminal.ended().with(0).says("--prefix team/web");
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
    terminal.ended().with(0).says("logbucket init nlb --source edge");
    assert!(account.writes().is_empty());
}

#[test]
fn explain_gives_the_reasons_and_returns_to_the_plan() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init alb --source web --bucket kms-logs");
    terminal.shows("ALB logs only support SSE-S3").goes_to(NOW, "explain");
    terminal.shows("why:").shows("\"Service\": \"logdelivery.elasticloadbalancing.amazonaws.com\"");
    terminal.goes_to(NOW, "quit");
    terminal.ended().with(0);
    assert!(account.writes().is_empty());
}

#[test]
fn a_comparison_of_the_encryptions_can_be_shown() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init nlb --source edge --bucket edge-logs --encryption sse-kms");
    terminal.goes_to(ENCRYPTION, "compare").shows("audit trail of key use").shows("1 USD per key per month");
    terminal.shows(ENCRYPTION).press(Key::Esc);
    terminal.interrupted().with(130);
}

#[test]
fn a_replacing_step_is_confirmed_by_typing_a_name() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init alb --source web --bucket kms-logs");
    terminal.goes_to(NOW, "apply").shows("type `kms-logs` to confirm").types("yes").press(Key::Enter);
    terminal
        .shows("`yes` doesn't match `kms-logs`: not confirmed")
        .goes_to(NOW, "apply")
        .shows("type `kms-logs` to confirm");
    assert!(account.writes().is_empty());
    terminal.types("kms-logs").press(Key::Enter);
    terminal.ended().with(0).says("delivery: proven").says("--fix --yes");
    assert!(format!("{:?}", account.bucket(seed::KMS_LOGS).encryption).contains("AES256"));
}

#[test]
fn narrowing_a_deny_by_name_makes_a_new_plan() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init nlb --source edge --bucket strict-logs");
    terminal.goes_to(NOW, "exempt the log service from `DenyUnencryptedUploads`");
    terminal.shows("type `DenyUnencryptedUploads` to confirm").types(seed::DENY_UNENCRYPTED).press(Key::Enter);
    terminal.goes_to(NOW, "exempt the log service from `DenyMissingEncryptionHeader`");
    terminal
        .shows("type `DenyMissingEncryptionHeader` to confirm")
        .types("DenyMissingEncryptionHeader")
        .press(Key::Enter);
    terminal.goes_to(NOW, "apply");
    terminal.ended().with(0).says("delivery: pending");
    assert_eq!(
        account.sids("strict-logs")[..3],
        ["DenyUnencryptedUploads", "DenyMissingEncryptionHeader", "AuditorReads"]
    );
}

#[test]
fn a_saved_command_does_what_was_planned() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init alb --source web --bucket kms-logs");
    terminal.goes_to(NOW, "save as a command");
    let ended = terminal.ended().with(0).says("nothing changed");
    assert!(account.writes().is_empty());
    let command = ended.screen.lines().find_map(|line| line.strip_prefix("logbucket ")).expect("a command").to_owned();
    assert_eq!(command.trim(), "init alb --source web --bucket kms-logs --fix --yes");
    account.run(&command).ends(0).says("delivery: proven");
}

#[test]
fn existing_buckets_show_the_changes_that_they_need() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init nlb --source edge --encryption sse-s3");
    terminal.shows(DESTINATION).shows("2 changes, 1 overwrites settings");
    terminal.shows("needs an exemption from DenyUnencryptedUploads");
    terminal.finds(DESTINATION, "shared", "shared-logs").shows("✔ destination: shared-logs (1 change)");
    terminal.interrupted().with(130);
}

#[test]
fn a_bucket_that_cannot_work_is_shown_with_the_reason_and_not_accepted() {
    let account = Account::seeded();
    let lock = "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>";
    account.sandbox.set_setting(seed::SHARED_LOGS, "object-lock", Some(lock));
    let terminal = Terminal::start_at(&account, "init s3-access --source app-data", 160, 60, &[]);
    terminal.shows(DESTINATION).shows("can't work: `shared-logs` has Object Lock");
    // The cursor moves up from the first entry to the last.
    terminal.press(Key::Up).shows("❯ shared-logs").press(Key::Enter);
    terminal.shows("✘ `shared-logs` can't work").finds(DESTINATION, "app-im", "app-images").shows(OPTIONS);
    terminal.interrupted().with(130);
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
    terminal.interrupted().with(130);
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
    terminal.interrupted().with(130);
}

#[test]
fn without_a_region_the_first_question_is_the_region() {
    let account = Account::seeded();
    let terminal = Terminal::start_at(&account, "init", 100, 60, &[("AWS_REGION", "")]);
    terminal
        .shows("no Region is configured")
        .finds("Region? (type to search", "us-east-1", "us-east-1")
        .shows(PRODUCER);
    terminal.interrupted().with(130);
}

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
    for (words, prompt) in prompts {
        let terminal = Terminal::start(&account, words);
        terminal.shows(prompt);
        terminal.interrupted().with(130).says("interrupted, nothing changed");
    }
    let terminal = Terminal::start(&account, "init alb --source web --log-type access");
    terminal.takes(DESTINATION).shows(OPTIONS);
    terminal.interrupted().with(130).says("interrupted, nothing changed");
    assert!(account.writes().is_empty());
}

#[test]
fn a_terminated_process_restores_the_terminal() {
    let account = Account::seeded();
    for prompt in [PRODUCER, DESTINATION] {
        let words = if prompt == PRODUCER { "init" } else { "init alb --source web --log-type access" };
        let terminal = Terminal::start(&account, words);
        terminal.shows(prompt);
        terminal.terminated().with(130).says("interrupted, nothing changed");
    }
    assert!(account.writes().is_empty());
}

#[test]
fn ctrl_c_while_applying_finishes_the_step_and_lists_what_was_done() {
    let account = Account::seeded();
    account.sandbox.set_latency(std::time::Duration::from_millis(150));
    let terminal = Terminal::start(&account, "init alb --source web --bucket demo-logs");
    terminal.goes_to(NOW, "apply").shows("ok  [1/");
    let ended = terminal.interrupted().with(130);
    assert!(ended.screen.contains("done") && ended.screen.contains("not done"), "{}", ended.screen);
    assert!(account.sandbox.bucket("demo-logs").is_some());
    account.sandbox.set_latency(std::time::Duration::ZERO);
    account.run("init alb --source web --bucket demo-logs --yes").ends(0).says("delivery: proven");
}

#[test]
fn a_narrow_terminal_cuts_off_no_line() {
    let account = Account::seeded();
    let terminal = Terminal::start_at(&account, "init", 60, 200, &[]);
    terminal.logs_web().takes(DESTINATION).takes(OPTIONS).goes_to(NOW, "explain").shows("why:").goes_to(NOW, "apply");
    let ended = terminal.ended().with(0).says("delivery: proven");
    // A list or a line that wrapped would leave parts behind when it is redrawn.
    for left in ["which service will log?", "another Region", "more options?", "what now?", "❯", "›"] {
        assert!(!ended.screen.contains(left), "`{left}` is left on\n{}", ended.screen);
    }
    let terminal = Terminal::start_at(&account, "init inventory --source app-data", 60, 200, &[]);
    terminal.finds(DESTINATION, "shared", "shared-logs").takes(REPORTS).takes("report frequency?");
    terminal.goes_to(OPTIONS, "key prefix").shows(PREFIX).types(&"long/".repeat(20));
    terminal.types("\x15inv").press(Key::Enter).goes_to(OPTIONS, "report columns");
    terminal.shows("extra report columns?").press(Key::Space).press(Key::Space).press(Key::Down).press(Key::Enter);
    terminal.takes(OPTIONS).goes_to(NOW, "quit");
    let ended = terminal.ended().with(0).says("--prefix inv");
    for left in ["extra report columns", "long/", "key prefix (blank", "❯", "›"] {
        assert!(!ended.screen.contains(left), "`{left}` is left on\n{}", ended.screen);
    }
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
    terminal.interrupted().with(130);
}

#[test]
fn an_encryption_that_the_producer_does_not_support_is_reported_and_chosen_again() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init --encryption sse-kms --source web --bucket demo-logs");
    terminal.takes(PRODUCER).takes(LOGS).shows("✔ default encryption: SSE-S3");
    terminal.shows("SSE-KMS doesn't work with this log service").takes(OPTIONS).goes_to(NOW, "quit");
    terminal.ended().with(0).says("--encryption sse-s3");
}

#[test]
fn a_name_with_escape_codes_is_escaped() {
    let account = Account::seeded();
    let policy = account.bucket("strict-logs").policy.unwrap();
    account.sandbox.set_policy("strict-logs", Some(&policy.replace("DenyUnencryptedUploads", "Deny\\u001b[2JAll")));
    let terminal = Terminal::start(&account, "init nlb --source edge --bucket strict-logs");
    terminal.shows(NOW).shows("Deny\\u{1b}[2JAll");
    terminal.goes_to(NOW, "quit");
    terminal.ended().with(7);
}

#[test]
fn a_bucket_given_by_flag_keeps_its_encryption_by_default() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init nlb --bucket kms-logs");
    terminal.selects(NLBS, "edge", "edge");
    terminal.shows(ENCRYPTION).shows("❯ keep it if it works").press(Key::Enter);
    terminal.takes(OPTIONS).shows(NOW).goes_to(NOW, "quit");
    let ended = terminal.ended().with(0);
    assert!(!ended.screen.contains("replace the default encryption"), "{}", ended.screen);
}

#[test]
fn an_unlisted_region_can_be_typed_and_esc_leaves_the_question_unchanged() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init");
    terminal.goes_to(PRODUCER, "another Region").shows("Region? (type to search").types("eu-north-7");
    terminal.shows("❯ use eu-north-7").clears_search().press(Key::Esc);
    terminal.shows(PRODUCER).shows("now us-east-1");
    terminal.interrupted().with(130);
}

#[test]
fn without_questions_every_missing_flag_is_reported() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init --no-input");
    terminal.ended().with(2).says("missing `PRODUCER`, `--source`, `--bucket`");
}

#[test]
fn a_dry_run_asks_for_what_is_missing_and_stops_at_the_plan() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init alb --source web --log-type access --dry-run");
    terminal.takes(DESTINATION).takes(OPTIONS);
    terminal.ended().with(0).says("no changes made");
    assert!(account.writes().is_empty());
}

#[test]
fn yes_asks_for_what_is_missing_and_then_continues() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init alb --source web --log-type access --yes");
    terminal.takes(DESTINATION).takes(OPTIONS);
    terminal.ended().with(0).says("delivery: proven");
}

#[test]
fn a_flag_of_another_producer_is_rejected_as_soon_as_the_producer_is_known() {
    let account = Account::seeded();
    let terminal =
        Terminal::start(&account, "init --partition event --bucket demo-logs --source web --prefix p --expire-days 3");
    terminal.takes(PRODUCER);
    terminal.ended().with(2).says("`--partition` is for s3-access, not for `alb`");
}

#[test]
fn with_an_unusable_default_key_another_encryption_can_be_chosen() {
    let account = Account::seeded();
    account.run("init nlb --source edge --bucket edge-logs --kms-key create --yes").ends(0);
    let key = account.bucket("edge-logs").encryption.key.unwrap();
    account.sandbox.set_key_state(&key, "Disabled");
    let terminal = Terminal::start(&account, "init nlb --source edge");
    terminal.finds(DESTINATION, "edge-logs", "edge-logs");
    terminal.shows("✘ keep it if it works").shows("is in state Disabled").goes_to(ENCRYPTION, "SSE-S3");
    terminal.takes(OPTIONS).goes_to(NOW, "apply");
    terminal.shows("type `edge-logs` to confirm").types("edge-logs").press(Key::Enter);
    terminal.ended().with(0).says("--encryption sse-s3");
    assert_eq!(account.bucket("edge-logs").encryption.algorithm, "AES256");
}

#[test]
fn a_listed_destination_has_the_same_verdict_as_in_check() {
    let by_account = serde_json::json!({"StringEquals": {"aws:SourceAccount": "111122223333"}});
    let account = Log::Alb.at(&[Log::Alb.grant(&["*"], &by_account)]);
    account.wait(account.sandbox.deliver());
    account.run("check alb --source x --log-type access").ends(0).says("delivering");
    let terminal = Terminal::start(&account, "init alb --source x --log-type access");
    terminal.shows(DESTINATION).types("b-logs").shows("ready");
    terminal.interrupted().with(130);
}
