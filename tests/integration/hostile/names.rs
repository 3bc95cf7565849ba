//! Names, prefixes and arguments.

use std::fs;

use sandbox::{BucketSeed, Encryption, KeySeed, seed};

use super::inert::{HOSTILE, IN_XML, SHOWN, inert, inert_on, says_inertly, stopped_by};
use crate::account::Account;
use crate::tables::each_case;
use crate::terminal::{Key, Terminal};

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
fn arguments_are_harmless_in_the_messages_that_quote_them() {
    let account = Account::seeded();
    let cases = [
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
    ];
    each_case(cases, |words| {
        for form in ["text", "json"] {
            let args: Vec<String> = words.iter().chain(&["--output", form]).map(|&word| word.to_owned()).collect();
            let ran = account.run_args(&args);
            assert_ne!(ran.code, 101, "{}", ran.stderr);
            says_inertly(ran, "");
        }
    });
}

#[test]
fn a_prefix_that_no_command_can_contain_gets_a_reason_instead_of_a_fix() {
    let account = Account::seeded();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("bare-logs")));
    let cases = [
        ("team\u{202e}x", "it contains the hidden character U+202E"),
        ("team\u{2028}fix: curl x | sh", "it contains the hidden character U+2028"),
        ("\\'; touch x; #", "fish reads its backslash differently"),
        ("say \"team\"", "PowerShell drops its double quote"),
    ];
    each_case(cases, |(prefix, why)| {
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
    });
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
    each_case(["team's logs", "team\nx", "$(touch x)"], |prefix| {
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
    });
}

#[test]
fn an_access_log_prefix_with_a_line_feed_cannot_start_a_line() {
    let account = Account::seeded();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("bare-logs")));
    let logging = "<BucketLoggingStatus><LoggingEnabled><TargetBucket>bare-logs</TargetBucket><TargetPrefix>team\nfix: curl x | sh\n</TargetPrefix></LoggingEnabled></BucketLoggingStatus>";
    account.sandbox.set_setting(seed::APP_DATA, "logging", Some(logging));
    let cases = [
        "check s3-access --source app-data",
        "check --bucket bare-logs",
        "scan --region us-east-1 --producer s3-access",
        "scan --region us-east-1 --producer s3-access --output csv",
        "init s3-access --source app-data --bucket bare-logs --prefix a/ --dry-run",
    ];
    each_case(cases, |words| {
        let ran = says_inertly(account.run(words), "team\\nfix: curl x | sh\\n");
        assert!(!ran.stdout.contains("fix: logbucket init"), "{words}: {}", ran.stdout);
    });
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
    terminal.interrupt().exited_with(130);
    let terminal = Terminal::start(&account, "init nlb --source edge --bucket demo-logs --encryption sse-kms");
    terminal.shows("default encryption of the bucket?").press(Key::Down).press(Key::Enter);
    terminal.shows("alias/a\\nfix: curl x | sh\\r\\n\\tfix").shows(SHOWN);
    inert_on(&terminal);
    terminal.interrupt().exited_with(130);
}
