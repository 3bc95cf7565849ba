//! Markdown and annotations of GitHub Actions: the results of `check` and `scan`, and the plan of a dry run.

use std::collections::BTreeSet;

use pulldown_cmark::{Event, Options, Parser, Tag};
use sandbox::{Effect, Fault, When};
use serde_json::json;

use crate::account::Account;

/// Returns the names of the elements in a Markdown text, and all text outside code.
#[expect(clippy::wildcard_enum_match_arm, reason = "the parser may add events")]
fn parsed(markdown: &str) -> (BTreeSet<String>, String) {
    let mut elements = BTreeSet::new();
    let mut text = String::new();
    for event in Parser::new_ext(markdown, Options::all()) {
        match event {
            Event::Start(tag) => {
                let name = format!("{tag:?}");
                elements.insert(name.split([' ', '(']).next().unwrap().to_owned());
                if let Tag::Link { dest_url, .. } = tag {
                    assert!(dest_url.starts_with("https://docs.aws.amazon.com/"), "{dest_url}");
                }
            }
            Event::Html(html) | Event::InlineHtml(html) => assert_eq!(html.as_ref(), "<br>"),
            Event::Text(part) => text.push_str(&part),
            _ => {}
        }
    }
    (elements, text)
}

#[test]
fn a_scan_is_a_markdown_table_with_the_cause_and_the_fix_of_each_dead_log() {
    let account = Account::seeded();
    let ran = account.run("scan --regions us-east-1 --output markdown").ends(3);
    insta::assert_snapshot!("scan_markdown", ran.stdout);
    let (elements, text) = parsed(&ran.stdout);
    assert!(elements.contains("Table"), "{elements:?}");
    assert!(text.contains("1 dead"), "{text}");
}

#[test]
fn a_check_is_a_markdown_table_of_the_requested_log() {
    let account = Account::seeded();
    let ran = account.run("check alb --source legacy-web --output markdown").ends(3);
    assert!(ran.stdout.contains("| dead |"), "{}", ran.stdout);
    assert!(ran.stdout.contains("`logbucket init alb --source legacy-web"), "{}", ran.stdout);
}

#[test]
fn the_plan_of_a_dry_run_is_markdown_with_its_changes_as_a_diff() {
    let account = Account::seeded();
    let ran = account.run("init alb --source web --bucket kms-logs --dry-run --output markdown").ends(0);
    insta::assert_snapshot!("plan_markdown", ran.stdout);
    let (elements, _) = parsed(&ran.stdout);
    assert!(elements.is_superset(&["CodeBlock", "List", "Table"].map(str::to_owned).into()), "{elements:?}");
}

#[test]
fn a_blocked_plan_has_no_steps_in_any_format() {
    let account = Account::seeded();
    for format in ["markdown", "github"] {
        let words = format!("init alb --source tcp-only --bucket logs-of-tcp --dry-run --output {format}");
        let ran = account.run(&words).ends(2);
        assert!(!ran.stdout.contains("Plan:"), "{}", ran.stdout);
    }
}

#[test]
fn dead_logs_are_error_annotations_and_doubts_are_warnings() {
    let account = Account::seeded();
    let denied = Fault { when: When::Operation("GetBucketPolicy".to_owned()), effect: Effect::access_denied() };
    account.run("init nlb --source edge --bucket edge-logs --kms-key create --yes").ends(0);
    account.sandbox.inject(denied);
    let ran = account.run("scan --regions us-east-1 --output github").ends(3);
    insta::assert_snapshot!("scan_annotations", ran.stdout);
    let starting = |start: &str| ran.stdout.lines().filter(|line| line.starts_with(start)).count();
    assert!(starting("::error title=dead%3A ") >= 1, "{}", ran.stdout);
    assert!(starting("::warning title=unknown%3A ") >= 1, "{}", ran.stdout);
}

#[test]
fn a_healthy_account_has_no_annotation() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket web-logs --yes").ends(0);
    let ran = account.run("check alb --source web --output github").ends(0);
    assert!(!ran.stdout.contains("::"), "{}", ran.stdout);
    assert!(ran.stdout.contains("pending") || ran.stdout.contains("delivering"), "{}", ran.stdout);
}

#[test]
fn a_plan_is_a_notice_and_its_risks_are_warnings() {
    let account = Account::seeded();
    let ran = account.run("init alb --source web --bucket kms-logs --dry-run --output github").ends(0);
    insta::assert_snapshot!("plan_annotations", ran.stdout);
    assert!(ran.stdout.contains("::notice title=Plan%3A "), "{}", ran.stdout);
}

/// Markdown, HTML, a link, a mention, a workflow command and the end of a table's cell.
const MARKUP: &str =
    "x` | <b>bold</b> [link](http://evil.example) **b** @alice ![i](http://evil.example/i) ::error::no";

#[test]
fn a_statement_name_adds_no_markup_and_no_workflow_command() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket web-logs --yes").ends(0);
    for name in [MARKUP.to_owned(), MARKUP.replace('`', ""), format!("{MARKUP}`"), format!("\n::error::a%0A{MARKUP}")] {
        let mut policy = account.policy("web-logs");
        let deny = json!({
            "Sid": name, "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
            "Resource": "arn:aws:s3:::web-logs/*",
        });
        policy["Statement"].as_array_mut().unwrap().retain(|statement| statement["Effect"] != "Deny");
        policy["Statement"].as_array_mut().unwrap().push(deny);
        account.sandbox.set_policy("web-logs", Some(&policy.to_string()));
        let ran = account.run("check alb --source web --output markdown").ends(3);
        let (elements, _) = parsed(&ran.stdout);
        let allowed = ["Link", "List", "Item", "Paragraph", "Strong", "Table", "TableCell", "TableHead", "TableRow"]
            .map(str::to_owned);
        assert!(elements.is_subset(&allowed.into()), "{elements:?}\n{}", ran.stdout);
        let columns: BTreeSet<usize> = ran
            .stdout
            .lines()
            .filter(|line| line.starts_with('|'))
            .map(|line| line.replace("\\|", "").matches('|').count())
            .collect();
        assert_eq!(columns.len(), 1, "{}", ran.stdout);
        let ran = account.run("check alb --source web --output github").ends(3);
        let commands: Vec<&str> = ran.stdout.lines().filter(|line| line.trim_start().starts_with("::")).collect();
        assert!(commands.iter().all(|line| line.starts_with("::error title=dead%3A ")), "{commands:?}");
    }
}

#[test]
fn a_format_is_refused_where_a_command_does_not_have_it() {
    let account = Account::seeded();
    account
        .run("undo --output markdown")
        .ends(2)
        .says("`undo` does not support `--output markdown`; only `matrix`, `scan`, `check` and `init --dry-run` do")
        .says("use `--output text` or `--output json`");
    account
        .run("matrix --output github")
        .ends(2)
        .says("only `scan`, `check` and `init --dry-run` do")
        .says("use `--output text`, `--output json` or `--output markdown`");
    account
        .run("init alb --source web --bucket web-logs --yes --output github")
        .ends(2)
        .says("`init` supports `--output github` only with `--dry-run`");
}
