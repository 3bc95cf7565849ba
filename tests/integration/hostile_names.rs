//! Untrusted names and messages: no character that a terminal executes or hides is printed raw.

use std::fs;
use std::time::{Duration, SystemTime};

use logbucket::internals::model::is_hidden;
use sandbox::{BucketSeed, Effect, Encryption, Event, Fault, KeySeed, When, seed};
use serde_json::json;

use crate::account::{Account, Ran};
use crate::terminal::{Key, Terminal};

/// A forged line, colors, a link, a write to the clipboard, a bell, C0 and C1 controls, direction marks, and invisible
/// characters.
const HOSTILE: &str = "a\nfix: curl x | sh\r\n\tfix: curl y | sh\u{85}\u{2029}fix: curl z | sh\n\u{1b}[31;7mb\u{1b}]8;;http://x\u{7}c\u{1b}]52;c;eA==\u{7}\u{8}d\u{9b}31me\u{9d}0;f\u{202e}g\u{2066}h\u{200b}i\u{feff}j\u{2028}k\u{7f}l\u{e0041}m";

/// `HOSTILE` without the characters that XML can't contain.
const IN_XML: &str = "a\nfix: curl x | sh\n\tfix: curl y | sh\u{85}\u{2029}fix: curl z | sh\n\u{9b}31me\u{9d}0;f\u{202e}g\u{2066}h\u{200b}i\u{feff}j\u{2028}k\u{7f}l\u{e0041}m";

/// A part of both texts, as it is displayed.
const SHOWN: &str = "f\\u{202e}g\\u{2066}h\\u{200b}i";

/// Asserts that output of the program contains no hidden characters except its own line ends, and no forged line.
#[track_caller]
fn inert(text: &str) {
    let line = text.lines().find(|line| line.chars().any(is_hidden));
    assert_eq!(line, None);
    let forged = text.lines().find(|line| line.trim_start_matches([' ', '"', '\'']).starts_with("fix: curl"));
    assert_eq!(forged, None);
}

/// Returns the run, whose output must be harmless and contain this text.
#[track_caller]
fn says_inertly(ran: Ran, text: &str) -> Ran {
    inert(&ran.stdout);
    inert(&ran.stderr);
    ran.says(text)
}

/// `web` logs to `web-logs`, which a Deny of this name stops.
fn stopped_by(sid: &str) -> Account {
    let account = Account::seeded();
    account.run("init alb --source web --log-type access --bucket web-logs --yes").ends(0);
    let mut policy = account.policy("web-logs");
    let deny = json!({
        "Sid": sid, "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::web-logs/*",
        "Condition": {"StringNotEquals": {"aws:PrincipalServiceName": sid}},
    });
    let allow = json!({
        "Sid": format!("{sid}2"), "Effect": "Allow", "Principal": {"AWS": [sid]}, "Action": [sid, "s3:GetObject"],
        "Resource": format!("arn:aws:s3:::web-logs/{sid}"), "Condition": {"StringLike": {sid: [sid]}},
    });
    policy["Statement"].as_array_mut().unwrap().extend([deny, allow]);
    account.sandbox.set_policy("web-logs", Some(&policy.to_string()));
    account
}

#[test]
fn text_from_a_bucket_policy_is_harmless_in_every_output_format() {
    let account = stopped_by(HOSTILE);
    let init = "init alb --source web --log-type access --bucket web-logs";
    for words in [
        format!("{init} --dry-run"),
        format!("{init} --dry-run -v"),
        format!("{init} --dry-run -vv"),
        "check alb --source web --log-type access".to_owned(),
        "scan --producer alb --region us-east-1".to_owned(),
        "scan --producer alb --region us-east-1 -vv".to_owned(),
        "scan --producer alb --region us-east-1 --output csv".to_owned(),
    ] {
        says_inertly(account.run(&words), SHOWN);
    }
    // JSON escapes the same name in its own way.
    for words in [
        format!("{init} --dry-run --output json"),
        "check alb --source web --log-type access --output json".to_owned(),
        "scan --producer alb --region us-east-1 --output json".to_owned(),
        "scan --producer alb --region us-east-1 --output sarif".to_owned(),
    ] {
        let ran = says_inertly(account.run(&words), "");
        let said = ran.json().to_string();
        assert!(
            said.contains(json!(HOSTILE).to_string().trim_matches('"')) || said.contains("f\\\\u{202e}g"),
            "{words}: {said}"
        );
    }
    says_inertly(account.run(&format!("{init} --yes --fix --exempt 3")), "no longer applies");
}

#[test]
fn the_html_page_of_a_scan_contains_no_hidden_characters() {
    let account = stopped_by(&format!("{HOSTILE}<b>&\"'"));
    hostile_events(&account);
    let file = account.home().join("report.html");
    account.run(&format!("scan --producer alb --region us-east-1 --report {}", file.display()));
    let page = fs::read_to_string(&file).unwrap();
    inert(&page);
    assert!(page.contains(SHOWN) && !page.contains("<b>&"), "{page}");
}

/// Refused and accepted changes by someone with a hostile name.
fn hostile_events(account: &Account) {
    let at = SystemTime::now() - Duration::from_hours(5);
    account.sandbox.plant_event(Event::on_bucket("PutBucketPolicy", "web-logs", at).by(HOSTILE));
    let arn = account.sandbox.load_balancer_arn("web").unwrap();
    let asked = json!({"loadBalancerArn": arn, "attributes": [{"key": format!("access_logs.{HOSTILE}")}, {"key": "access_logs.s3.enabled"}]});
    let refused = Event::on_load_balancer("ModifyLoadBalancerAttributes", &arn, at).by(HOSTILE).asking(asked);
    account.sandbox.plant_event(refused.refused(HOSTILE, HOSTILE));
}

#[test]
fn text_from_events_is_harmless() {
    let account = Account::seeded();
    hostile_events(&account);
    let ran = account.run("check alb --source web --log-type access");
    says_inertly(ran, SHOWN).says("AWS refused");
    let account = Account::seeded();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("bare-logs")));
    account
        .sandbox
        .set_attributes("web", &[("access_logs.s3.enabled", "true"), ("access_logs.s3.bucket", "bare-logs")]);
    let at = SystemTime::now() - Duration::from_hours(5);
    account.sandbox.plant_event(Event::on_bucket("DeleteBucketPolicy", "bare-logs", at).by(HOSTILE));
    says_inertly(account.run("check alb --source web --log-type access"), SHOWN);
    let ran = account.run("check alb --source web --log-type access --output json");
    says_inertly(ran, "called DeleteBucketPolicy");
}

#[test]
fn names_from_settings_are_harmless_wherever_they_are_shown() {
    let account = Account::seeded();
    let tags = format!("<Tagging><TagSet><Tag><Key>{IN_XML}</Key><Value>{IN_XML}</Value></Tag></TagSet></Tagging>");
    let rule = format!(
        "<LifecycleConfiguration><Rule><ID>{IN_XML}</ID><Status>Enabled</Status><Filter><Prefix></Prefix></Filter><Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>"
    );
    let logging = format!(
        "<BucketLoggingStatus><LoggingEnabled><TargetBucket>shared-logs</TargetBucket><TargetPrefix>{IN_XML}/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>"
    );
    let inventory = format!(
        "<InventoryConfiguration><Destination><S3BucketDestination><Bucket>arn:aws:s3:::shared-logs</Bucket><Format>CSV</Format><Prefix>{IN_XML}</Prefix></S3BucketDestination></Destination><IsEnabled>true</IsEnabled><Id>{IN_XML}</Id><IncludedObjectVersions>Current</IncludedObjectVersions><Schedule><Frequency>Daily</Frequency></Schedule></InventoryConfiguration>"
    );
    account.sandbox.set_setting(seed::SHARED_LOGS, "tagging", Some(&tags));
    account.sandbox.set_setting(seed::SHARED_LOGS, "lifecycle", Some(&rule));
    account.sandbox.set_setting(seed::APP_DATA, "logging", Some(&logging));
    account.sandbox.set_setting(seed::SHARED_LOGS, "logging", Some(&logging));
    account.sandbox.set_inventory(seed::APP_DATA, IN_XML, &inventory);
    account.sandbox.set_attributes(
        "web",
        &[
            ("access_logs.s3.enabled", "true"),
            ("access_logs.s3.bucket", "shared-logs"),
            ("access_logs.s3.prefix", IN_XML),
        ],
    );
    account.sandbox.set_attributes("legacy-web", &[("access_logs.s3.bucket", IN_XML)]);
    says_inertly(account.run("init inventory --source app-data --bucket shared-logs --dry-run"), "");
    for words in [
        "init alb --source web --log-type access --bucket shared-logs --tag team=x --expire-days 3 --dry-run -vv",
        "init s3-access --source app-data --bucket shared-logs --tag team=x --dry-run",
        "check alb --source web",
        "check s3-access --source app-data",
        "check inventory --source app-data",
        "check --bucket shared-logs",
        "scan --region us-east-1 --newest",
        "scan --region us-east-1 --output csv",
    ] {
        says_inertly(account.run(words), SHOWN);
        says_inertly(account.run(&format!("{} --output json", words.replace(" --output csv", ""))), "");
    }
    says_inertly(account.run("scan --region us-east-1 --output sarif"), "");
    let file = account.home().join("report.html");
    says_inertly(account.run(&format!("scan --region us-east-1 --newest --report {}", file.display())), SHOWN);
    inert(&fs::read_to_string(&file).unwrap());
}

#[test]
fn text_from_aws_errors_is_harmless() {
    for (operation, message) in [
        ("GetBucketPolicy", IN_XML),
        ("HeadBucket", IN_XML),
        ("DescribeLoadBalancers", IN_XML),
        ("GetCallerIdentity", IN_XML),
        ("DescribeKey", HOSTILE),
        ("GetKeyPolicy", HOSTILE),
        ("PutBucketPolicy", IN_XML),
    ] {
        let account = Account::seeded();
        for code in [message, "AccessDenied"] {
            let effect = Effect::status(403, code, message);
            account.sandbox.inject(Fault { when: When::Operation(operation.to_owned()), effect });
            let to = if message == HOSTILE {
                "nlb --source edge --bucket kms-logs"
            } else {
                "alb --source web --bucket demo-logs"
            };
            for words in [
                format!("init {to} --yes --wait 0"),
                format!("init {to} --dry-run -vv --output json"),
                "scan --region us-east-1 --producer alb".to_owned(),
            ] {
                says_inertly(account.run(&words), "");
            }
        }
    }
}

#[test]
fn arguments_are_harmless_in_the_messages_that_quote_them() {
    let account = Account::seeded();
    for words in [
        vec![HOSTILE],
        vec!["init", HOSTILE],
        vec!["init", "alb", "--source", HOSTILE, "--bucket", HOSTILE],
        vec!["init", "alb", "--source", HOSTILE, "--bucket", "demo-logs", "--dry-run"],
        vec!["init", "alb", "--source", "web", "--bucket", "demo-logs", "--prefix", HOSTILE, "--dry-run"],
        vec!["init", "alb", "--source", "web", "--bucket", "demo-logs", "--tag", HOSTILE],
        vec!["init", "nlb", "--source", "edge", "--bucket", "demo-logs", "--kms-key", HOSTILE, "--dry-run"],
        vec!["init", "nlb", "--source", "edge", "--bucket", "demo-logs", "--region", HOSTILE],
        vec!["init", "nlb", "--source", "edge", "--bucket", "demo-logs", "--profile", HOSTILE],
        vec!["init", "nlb", "--source", "edge", "--bucket", "demo-logs", "--endpoint-url", HOSTILE],
        vec!["check", "alb", "--source", "web", HOSTILE],
        vec!["scan", "--name", HOSTILE],
        vec!["scan", "--region", "us-east-1", "--tag", HOSTILE],
        vec!["scan", "--report", HOSTILE],
        vec!["policy", "alb", "--bucket", HOSTILE],
    ] {
        for form in ["text", "json"] {
            let args: Vec<String> = words.iter().chain(&["--output", form]).map(|&word| word.to_owned()).collect();
            let ran = account.run_args(&args);
            assert_ne!(ran.code, 101, "{}", ran.stderr);
            says_inertly(ran, "");
        }
    }
}

#[test]
fn a_prefix_that_no_command_can_contain_gets_a_reason_instead_of_a_fix() {
    let account = Account::seeded();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("bare-logs")));
    for (prefix, why) in [
        ("team\u{202e}x", "it contains the hidden character U+202E"),
        ("team\u{2028}fix: curl x | sh", "it contains the hidden character U+2028"),
        ("\\'; touch x; #", "fish reads its backslash differently"),
        ("say \"team\"", "PowerShell drops its double quote"),
    ] {
        let logging = format!(
            "<BucketLoggingStatus><LoggingEnabled><TargetBucket>bare-logs</TargetBucket><TargetPrefix>{prefix}</TargetPrefix></LoggingEnabled></BucketLoggingStatus>"
        );
        account.sandbox.set_setting(seed::APP_DATA, "logging", Some(&logging));
        let why = format!("can't print a command: shells read the value of `--prefix` differently: {why}");
        for words in [
            "check s3-access --source app-data",
            "check --bucket bare-logs",
            "scan --region us-east-1 --producer s3-access",
            "scan --region us-east-1 --producer s3-access --output csv",
        ] {
            let ran = says_inertly(account.run(words), &why);
            assert!(!ran.stdout.contains("logbucket init"), "{words}: {}", ran.stdout);
        }
        let json = account.run("check s3-access --source app-data --output json").json();
        assert_eq!(json["logs"][0]["no_command"], why);
        assert_eq!(json["logs"][0].get("fix"), None);
    }
    // A prefix that a command can contain is printed completely.
    let logging = "<BucketLoggingStatus><LoggingEnabled><TargetBucket>bare-logs</TargetBucket><TargetPrefix>it's $HOME/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>";
    account.sandbox.set_setting(seed::APP_DATA, "logging", Some(logging));
    let ran = account.run("check s3-access --source app-data");
    ran.says("fix: logbucket init s3-access --source app-data --bucket bare-logs --prefix it\"'s \"'$HOME/' --yes");
}

#[test]
fn a_fix_neither_drops_nor_changes_a_prefix_that_init_would_refuse() {
    let account = Account::seeded();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("bare-logs")));
    for prefix in ["team's logs", "team\nx", "$(touch x)"] {
        account.sandbox.set_attributes(
            "web",
            &[
                ("access_logs.s3.enabled", "true"),
                ("access_logs.s3.bucket", "bare-logs"),
                ("access_logs.s3.prefix", prefix),
            ],
        );
        let ran = says_inertly(account.run("check alb --source web --log-type access"), "dead");
        let ran = ran.says("choose another one with `logbucket init alb --prefix PREFIX`");
        assert!(!ran.stdout.contains("fix: logbucket"), "{}", ran.stdout);
    }
}

#[test]
fn text_from_a_receipt_cannot_start_a_line() {
    let account = Account::seeded();
    account.run("init alb --source web --log-type access --bucket shared-logs --tag team=a --yes").ends(0);
    let folder = account.home().join(".local/state/logbucket/receipts");
    let file = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let file = file.into_iter().find(|path| path.extension().is_some_and(|end| end == "json")).unwrap();
    let mut receipt: serde_json::Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    receipt["command"] = json!(HOSTILE);
    receipt["sources"] = json!([HOSTILE]);
    receipt["producer"] = json!(HOSTILE);
    fs::write(&file, receipt.to_string()).unwrap();
    // After the run, someone tagged the bucket and moved the log.
    let tags = format!("<Tagging><TagSet><Tag><Key>{IN_XML}</Key><Value>{IN_XML}</Value></Tag></TagSet></Tagging>");
    account.sandbox.set_setting(seed::SHARED_LOGS, "tagging", Some(&tags));
    account.sandbox.set_attributes("web", &[("access_logs.s3.prefix", IN_XML)]);
    account.run("undo latest --dry-run").says("changed").says(SHOWN);
    for words in ["undo", "undo latest --dry-run", "undo latest --dry-run --output json", "undo latest --yes"] {
        says_inertly(account.run(words), "");
    }
}

#[test]
fn an_access_log_prefix_with_a_line_feed_cannot_start_a_line() {
    let account = Account::seeded();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("bare-logs")));
    let logging = "<BucketLoggingStatus><LoggingEnabled><TargetBucket>bare-logs</TargetBucket><TargetPrefix>team\nfix: curl x | sh\n</TargetPrefix></LoggingEnabled></BucketLoggingStatus>";
    account.sandbox.set_setting(seed::APP_DATA, "logging", Some(logging));
    for words in [
        "check s3-access --source app-data",
        "check --bucket bare-logs",
        "scan --region us-east-1 --producer s3-access",
        "scan --region us-east-1 --producer s3-access --output csv",
        "init s3-access --source app-data --bucket bare-logs --prefix a/ --dry-run",
    ] {
        let ran = says_inertly(account.run(words), "team\\nfix: curl x | sh\\n");
        assert!(!ran.stdout.contains("fix: logbucket init"), "{words}: {}", ran.stdout);
    }
}

#[test]
fn profile_names_cannot_start_a_line_and_are_kept_in_commands() {
    let account = Account::seeded();
    let config = account.home().join("config");
    fs::write(&config, "").unwrap();
    let without_keys = |words: &[&str]| {
        let mut command = account.command();
        command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY").env("AWS_CONFIG_FILE", &config);
        let output = command.args(words).output().unwrap();
        String::from_utf8(output.stderr).unwrap()
    };
    let check = ["check", "alb", "--source", "web"];
    let said = without_keys(&[&check[..], &["--profile", "it's"]].concat());
    assert!(said.contains("`aws configure sso --profile \"it's\"`"), "{said}");
    let said = without_keys(&[&check[..], &["--profile=-x"]].concat());
    assert!(said.contains("`aws configure sso --profile=-x`"), "{said}");
    for name in [HOSTILE, "a\\'; touch x; #"] {
        let said = without_keys(&[&check[..], &["--profile", name]].concat());
        inert(&said);
        assert!(!said.contains("`aws login --profile") && !said.contains("`aws configure sso --profile"), "{said}");
    }
}

#[test]
fn names_in_the_wizards_lists_are_escaped() {
    let account = stopped_by(HOSTILE);
    account.sandbox.set_account_alias(seed::ACCOUNT, Some(IN_XML));
    let alias = format!("alias/{HOSTILE}");
    account.wait(account.sandbox.put_key(KeySeed { alias: Some(alias), ..KeySeed::new() }));
    let with_tag = BucketSeed::new("tagged-logs").setting(
        "tagging",
        &format!("<Tagging><TagSet><Tag><Key>logbucket</Key><Value>{IN_XML}</Value></Tag></TagSet></Tagging>"),
    );
    account.wait(account.sandbox.put_bucket(with_tag.encrypted(Encryption::of_new_bucket())));
    let terminal = Terminal::start(&account, "init alb --source web --log-type access --bucket web-logs");
    terminal.shows("what now?").shows("\\u{9b}31m").shows(SHOWN);
    inert_on(&terminal);
    terminal.interrupted().with(130);
    let terminal = Terminal::start(&account, "init nlb --source edge --bucket demo-logs --encryption sse-kms");
    terminal.shows("default encryption of the bucket?").press(Key::Down).press(Key::Enter);
    terminal.shows("alias/a\\nfix: curl x | sh\\r\\n\\tfix").shows(SHOWN);
    inert_on(&terminal);
    terminal.interrupted().with(130);
}

/// Terminal output may contain the program's own codes, but none from names.
#[track_caller]
fn inert_on(terminal: &Terminal) {
    let sent = terminal.sent();
    for code in ["\u{1b}[31;7m", "\u{1b}]", "\u{7}"] {
        assert!(!sent.contains(code), "{code:?} is in {sent:?}");
    }
    let screen = terminal.screen();
    assert!(!screen.lines().any(|line| line.trim_start().starts_with("fix: curl")), "{screen}");
    let own = |c: char| matches!(c, '\u{1b}' | '\r' | '\n' | '\u{8}');
    let hidden = sent.chars().find(|c| is_hidden(*c) && !own(*c));
    assert_eq!(hidden, None, "{sent:?}");
}
