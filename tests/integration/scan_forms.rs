//! The forms of a scan for machines and for readers elsewhere: SARIF, and the page of `--report`.

use std::fs;

use sandbox::{Effect, Fault, When};
use serde_json::Value;
use serde_sarif::sarif::{ResultKind, ResultLevel, Sarif};

use crate::account::Account;

/// An account with something dead for two reasons, something that can't be known, something healthy and much that is off.
fn mixed() -> Account {
    let account = Account::seeded();
    account.run("init nlb --source edge --bucket edge-logs --kms-key create --yes").ends(0);
    account.run("init s3-access --source app-data --bucket data-logs --prefix s3/ --yes").ends(0);
    account.run("init alb --source web --bucket web-logs --yes").ends(0);
    account.sandbox.set_policy("web-logs", None);
    account.run("init inventory --source app-images --bucket inventory-logs --yes").ends(0);
    account.sandbox.set_policy("inventory-logs", None);
    account
}

/// The denial of what the NLB's log depends on.
fn denied() -> Fault {
    Fault { when: When::Operation("GetKeyPolicy".to_owned()), effect: Effect::access_denied() }
}

#[test]
fn sarif_has_a_failure_for_what_is_dead_and_an_open_question_for_what_is_not_known() {
    let account = mixed();
    account.sandbox.inject(denied());
    let ran = account.run("scan --regions us-east-1 --output sarif").ends(3);
    let document: Sarif = serde_json::from_str(&ran.stdout).unwrap();
    let [run] = document.runs.as_slice() else { panic!("{} runs", document.runs.len()) };
    let rules = run.tool.driver.rules.as_ref().unwrap();
    let results = run.results.as_ref().unwrap();
    for result in results {
        let rule = &rules[usize::try_from(result.rule_index.unwrap()).unwrap()];
        assert_eq!(Some(&rule.id), result.rule_id.as_ref());
        let (kind, level) = (result.kind.as_ref().unwrap(), result.level.as_ref().unwrap());
        let fails = *kind == ResultKind::Fail && *level == ResultLevel::Error;
        let open = *kind == ResultKind::Open && *level == ResultLevel::None;
        assert!(fails || open, "{result:?}");
        let [location] = result.locations.as_ref().unwrap().as_slice() else { panic!("{result:?}") };
        let [resource] = location.logical_locations.as_ref().unwrap().as_slice() else { panic!("{result:?}") };
        assert!(resource.fully_qualified_name.as_ref().unwrap().starts_with("arn:aws:"), "{resource:?}");
    }
    let prints: std::collections::BTreeSet<_> = results.iter().map(|result| &result.partial_fingerprints).collect();
    assert_eq!(prints.len(), results.len(), "a fingerprint tells results apart");
    assert_eq!(results.iter().filter(|result| result.kind == Some(ResultKind::Fail)).count(), 3, "{}", ran.stdout);
    assert_eq!(results.iter().filter(|result| result.kind == Some(ResultKind::Open)).count(), 1, "{}", ran.stdout);
    let about_web = |result: &&serde_sarif::sarif::Result| result.message.text.as_ref().unwrap().contains("`web`");
    let grant = results.iter().find(about_web).unwrap();
    assert_eq!(grant.rule_id.as_deref(), Some("policy-grant"));
    let text = grant.message.text.as_ref().unwrap();
    assert!(text.starts_with("dead: access log of load balancer `web` to s3://web-logs/"), "{text}");
    assert!(text.contains("Cure: `logbucket init alb --source web"), "{text}");
    let [invocation] = run.invocations.as_ref().unwrap().as_slice() else { panic!("{run:?}") };
    assert_eq!((invocation.exit_code, invocation.execution_successful), (Some(3), true));
}

#[test]
fn sarif_says_what_could_not_be_looked_at_and_that_all_is_well_where_it_is() {
    let account = Account::seeded();
    account
        .sandbox
        .inject(Fault { when: When::Operation("DescribeLoadBalancers".to_owned()), effect: Effect::access_denied() });
    let ran = account.run("scan --regions us-east-1 --producer alb,s3-access --output sarif").ends(0);
    let run = serde_json::from_str::<Value>(&ran.stdout).unwrap()["runs"][0].clone();
    assert_eq!(run["results"], Value::Array(Vec::new()));
    let told = &run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
    assert!(told.as_str().unwrap().contains("elasticloadbalancing:DescribeLoadBalancers"), "{told}");
    account.run("check alb --source web --output sarif").ends(2).says("`--output sarif` is for `scan`");
}

#[test]
fn the_whole_text_has_the_worst_first() {
    let account = mixed();
    account.sandbox.inject(denied());
    let ran = account.run("scan --regions us-east-1 --name web,edge,app-*").ends(3);
    insta::assert_snapshot!(format!("{}--- standard error\n{}", ran.stdout, ran.stderr));
}

#[test]
fn the_whole_sarif_of_a_small_account() {
    let account = Account::seeded();
    let ran = account.run("scan --regions us-east-1 --producer alb --output sarif").ends(3);
    let text = ran.stdout.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    insta::assert_snapshot!(text);
}

/// A page with what differs from run to run made alike.
fn alike(page: &str) -> String {
    let (before, rest) = page.split_once("as of ").unwrap();
    let (_, behind) = rest.split_once(" UTC").unwrap();
    let (head, style) = before.split_once("<style>").unwrap();
    let (_, before) = style.split_once("</style>").unwrap();
    format!("{head}{before}as of NOW{behind}").replace(env!("CARGO_PKG_VERSION"), "VERSION").replace("><", ">\n<")
}

#[test]
fn the_page_is_whole_by_itself_and_says_what_the_text_says() {
    let account = mixed();
    account.sandbox.inject(denied());
    let file = account.home().join("report.html");
    let words = format!("scan --regions us-east-1 --name web,edge,app-* --report {}", file.display());
    let ran = account.run(&words).ends(3).says("note: the report is in");
    let page = fs::read_to_string(&file).unwrap();
    let lower = page.to_lowercase();
    for loaded in ["<script", "<img", "<link", "<iframe", "src=", "@import", "url(", " onerror", "javascript:"] {
        assert!(!lower.contains(loaded), "{loaded}");
    }
    for line in ran.stdout.lines().filter(|line| line.trim_start().starts_with("cure: ")) {
        let command = line.trim_start().trim_start_matches("cure: ");
        assert!(page.contains(command), "{command}");
    }
    insta::assert_snapshot!(alike(&page));
}

#[test]
fn names_of_others_are_text_in_the_page_and_nothing_else() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket web-logs --yes").ends(0);
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Sid":"<img src=x onerror=alert(1)>","Effect":"Deny",
        "Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::web-logs/*"}]}"#;
    account.sandbox.set_policy("web-logs", Some(policy));
    let file = account.home().join("report.html");
    account.run(&format!("scan --producer alb --report {}", file.display())).ends(3);
    let page = fs::read_to_string(&file).unwrap();
    assert!(page.contains("&lt;img src=x onerror=alert(1)&gt;"), "{page}");
    assert!(!page.contains("<img"), "{page}");
}

#[test]
fn a_report_that_can_t_be_written_ends_the_run_before_anything_is_asked() {
    let account = Account::seeded();
    let nowhere = account.home().join("none/report.html");
    for path in [nowhere.as_path(), account.home()] {
        account.run(&format!("scan --report {}", path.display())).ends(1).says("can't be written");
        assert!(account.sandbox.requests().is_empty());
    }
}

#[test]
fn a_report_that_is_there_stays_until_a_new_one_is_whole() {
    let account = Account::seeded();
    let file = account.home().join("report.html");
    fs::write(&file, "old").unwrap();
    account.run(&format!("scan --regions us-esat-1 --report {}", file.display())).ends(1);
    assert_eq!(fs::read_to_string(&file).unwrap(), "old");
    account.run(&format!("scan --producer nlb --quiet --report {}", file.display())).ends(0);
    assert!(fs::read_to_string(&file).unwrap().starts_with("<!DOCTYPE html>"));
    let left: Vec<_> = fs::read_dir(account.home()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["report.html"], "nothing else is left behind");
}
