//! A scan's output for tools and for sharing: SARIF, and the page of `--report`.

use std::fs;
use std::path::Path;

use sandbox::{Effect, Fault, When};
use serde_json::Value;
use serde_sarif::sarif::{ResultKind, ResultLevel, Sarif};

use crate::account::Account;
use crate::tables::each_case;

/// An account with logs that are dead for two reasons, one that is unknown, one that is healthy and many that are off.
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

/// A fault that denies reading the key policy of the NLB's destination.
fn denied() -> Fault {
    Fault { when: When::Operation("GetKeyPolicy".to_owned()), effect: Effect::access_denied() }
}

#[test]
fn sarif_has_a_failure_for_each_dead_log_and_an_open_result_for_each_unknown_one() {
    let account = mixed();
    account.sandbox.inject(denied());
    let ran = account.run("scan --regions us-east-1 --output sarif").ends(3);
    let document: Sarif = serde_json::from_str(&ran.stdout).unwrap();
    let [run] = document.runs.as_slice() else { panic!("{} runs", document.runs.len()) };
    let rules = run.tool.driver.rules.as_ref().unwrap();
    let results = run.results.as_ref().unwrap();
    each_case(results, |result| {
        let rule = &rules[usize::try_from(result.rule_index.unwrap()).unwrap()];
        assert_eq!(Some(&rule.id), result.rule_id.as_ref());
        let (kind, level) = (result.kind.as_ref().unwrap(), result.level.as_ref().unwrap());
        let fails = *kind == ResultKind::Fail && *level == ResultLevel::Error;
        let open = *kind == ResultKind::Open && *level == ResultLevel::None;
        assert!(fails || open, "{result:?}");
        let [location] = result.locations.as_ref().unwrap().as_slice() else { panic!("{result:?}") };
        let [resource] = location.logical_locations.as_ref().unwrap().as_slice() else { panic!("{result:?}") };
        assert!(resource.fully_qualified_name.as_ref().unwrap().starts_with("arn:aws:"), "{resource:?}");
    });
    let prints: std::collections::BTreeSet<_> = results.iter().map(|result| &result.partial_fingerprints).collect();
    assert_eq!(prints.len(), results.len(), "a fingerprint tells results apart");
    assert_eq!(results.iter().filter(|result| result.kind == Some(ResultKind::Fail)).count(), 3, "{}", ran.stdout);
    assert_eq!(results.iter().filter(|result| result.kind == Some(ResultKind::Open)).count(), 1, "{}", ran.stdout);
    let about_web = |result: &&serde_sarif::sarif::Result| result.message.text.as_ref().unwrap().contains("`web`");
    let grant = results.iter().find(about_web).unwrap();
    assert_eq!(grant.rule_id.as_deref(), Some("policy-grant"));
    let text = grant.message.text.as_ref().unwrap();
    assert!(text.starts_with("dead: access log of load balancer `web` to s3://web-logs/"), "{text}");
    assert!(text.contains("Fix: `logbucket init alb --source web"), "{text}");
    let [invocation] = run.invocations.as_ref().unwrap().as_slice() else { panic!("{run:?}") };
    assert_eq!((invocation.exit_code, invocation.execution_successful), (Some(3), true));
}

#[test]
fn sarif_reports_unreadable_parts_and_exists_only_for_scan() {
    let account = Account::seeded();
    account
        .sandbox
        .inject(Fault { when: When::Operation("DescribeLoadBalancers".to_owned()), effect: Effect::access_denied() });
    let ran = account.run("scan --regions us-east-1 --producer alb,s3-access --output sarif").ends(0);
    let run = serde_json::from_str::<Value>(&ran.stdout).unwrap()["runs"][0].clone();
    assert_eq!(run["results"], Value::Array(Vec::new()));
    let said = &run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
    assert!(said.as_str().unwrap().contains("elasticloadbalancing:DescribeLoadBalancers"), "{said}");
    account
        .run("check alb --source web --output sarif")
        .ends(2)
        .says("does not support `--output sarif`; only `scan` does");
}

#[test]
fn the_text_output_lists_the_worst_first() {
    let account = mixed();
    account.sandbox.inject(denied());
    let ran = account.run("scan --regions us-east-1 --name web,edge,app-*").ends(3);
    insta::assert_snapshot!(format!("{}--- standard error\n{}", ran.stdout, ran.stderr));
}

#[test]
fn the_complete_sarif_of_a_small_account_matches_its_snapshot() {
    let account = Account::seeded();
    let ran = account.run("scan --regions us-east-1 --producer alb --output sarif").ends(3);
    let text = ran.stdout.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    insta::assert_snapshot!(text);
}

/// A page without the parts that differ between runs.
fn alike(page: &str) -> String {
    let (before, rest) = page.split_once("as of ").unwrap();
    let (_, behind) = rest.split_once(" UTC").unwrap();
    let (head, style) = before.split_once("<style>").unwrap();
    let (_, before) = style.split_once("</style>").unwrap();
    format!("{head}{before}as of NOW{behind}").replace(env!("CARGO_PKG_VERSION"), "VERSION").replace("><", ">\n<")
}

#[test]
fn the_page_is_self_contained_and_matches_the_text() {
    let account = mixed();
    account.sandbox.inject(denied());
    let file = account.home().join("report.html");
    let words = format!("scan --regions us-east-1 --name web,edge,app-* --report {}", file.display());
    let ran = account.run(&words).ends(3).says("note: report written to");
    let page = fs::read_to_string(&file).unwrap();
    let lower = page.to_lowercase();
    let cases = ["<script", "<img", "<link", "<iframe", "src=", "@import", "url(", " onerror", "javascript:"];
    each_case(cases, |loaded| {
        assert!(!lower.contains(loaded), "{loaded}");
    });
    for line in ran.stdout.lines().filter(|line| line.trim_start().starts_with("fix: ")) {
        let command = line.trim_start().trim_start_matches("fix: ");
        assert!(page.contains(command), "{command}");
    }
    let page = alike(&page);
    let (findings, rest) = page.split_once("<section>\n<h2>On, with no known blocker</h2>").unwrap();
    let (others, legend) = rest.split_once("<footer>").unwrap();
    insta::assert_snapshot!("page_findings", findings);
    insta::assert_snapshot!("page_other_logs", others);
    insta::assert_snapshot!("page_legend", legend);
}

#[test]
fn untrusted_names_are_plain_text_in_the_page() {
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
fn an_unwritable_report_path_ends_the_run_before_any_call() {
    let account = Account::seeded();
    let nowhere = account.home().join("none/report.html");
    let file = account.home().join("file");
    fs::write(&file, "").unwrap();
    let folder = |path: &Path| path.parent().unwrap().display().to_string();
    let cases = [
        (
            nowhere.clone(),
            format!("the folder `{}` does not exist", folder(&nowhere)),
            "create that folder first, or name a file in a folder that exists",
        ),
        (
            file.join("report.html"),
            format!("`{}` is not a folder", file.display()),
            "name a file in an existing folder",
        ),
        #[cfg(target_os = "linux")]
        (
            "/proc/x.html".into(),
            "can't create files in the folder `/proc`".to_owned(),
            "name a file in an existing folder",
        ),
        #[cfg(target_os = "linux")]
        (
            "/proc/sys/x.html".into(),
            "can't create files in the folder `/proc/sys`".to_owned(),
            "name a file in an existing folder",
        ),
        (account.home().to_owned(), "it exists but is not a file".to_owned(), "name a file in an existing folder"),
    ];
    each_case(cases, |(path, why, hint)| {
        let ran = account.run(&format!("scan --report {}", path.display())).ends(1);
        ran.says(&format!("error: `{}` can't be written: {why}\n", path.display())).says(&format!("hint: {hint}"));
        assert!(account.sandbox.requests().is_empty());
    });
}

#[test]
fn an_existing_report_is_kept_until_the_new_one_is_complete() {
    let account = Account::seeded();
    let file = account.home().join("report.html");
    fs::write(&file, "old").unwrap();
    account.run(&format!("scan --regions us-esat-1 --report {}", file.display())).ends(2);
    assert_eq!(fs::read_to_string(&file).unwrap(), "old");
    account.run(&format!("scan --producer nlb --quiet --report {}", file.display())).ends(0);
    assert!(fs::read_to_string(&file).unwrap().starts_with("<!DOCTYPE html>"));
    let left: Vec<_> = fs::read_dir(account.home()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["report.html"], "nothing else is left behind");
}

/// Returns the rules for SARIF in GitHub's code scanning that a document breaks
/// (<https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>).
fn broken_rules_of_github(document: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    let mut must = |is_so: bool, rule: &str| {
        if !is_so {
            broken.push(rule.to_owned());
        }
    };
    let text = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    must(document["version"] == "2.1.0", "`version` is 2.1.0");
    must(text(&document["$schema"]), "`$schema` is there");
    let runs = list(&document["runs"]);
    must((1..=20).contains(&runs.len()), "1 to 20 runs");
    for run in &runs {
        let driver = &run["tool"]["driver"];
        must(text(&driver["name"]), "the tool has a name");
        let rules = list(&driver["rules"]);
        must(rules.len() <= 25_000, "at most 25,000 rules");
        for rule in &rules {
            must(text(&rule["id"]), "a rule has an id");
            for field in ["shortDescription", "fullDescription"] {
                let text = rule[field]["text"].as_str().unwrap_or_default();
                must((1..=1024).contains(&text.chars().count()), "descriptions have 1 to 1024 characters");
            }
            must(text(&rule["help"]["text"]), "a rule has a help text");
            let tags = list(&rule["properties"]["tags"]);
            must(
                tags.len() <= 20 && tags.iter().any(|tag| tag == "security"),
                "at most 20 tags, `security` among them",
            );
            let severity = rule["properties"]["security-severity"].as_str().and_then(|text| text.parse::<f64>().ok());
            must(severity.is_some_and(|number| number > 0.0 && number <= 10.0), "the severity is a number up to 10");
        }
        let results = list(&run["results"]);
        must(results.len() <= 25_000, "at most 25,000 results");
        for result in &results {
            must(rules.iter().any(|rule| rule["id"] == result["ruleId"]), "a result names a rule");
            must(text(&result["message"]["text"]), "a result has a message");
            let level = result["level"].as_str().unwrap_or("warning");
            must(["none", "note", "warning", "error"].contains(&level), "a level is one of four");
            must(text(&result["partialFingerprints"]["primaryLocationLineHash"]), "a result has GitHub's fingerprint");
            let locations = list(&result["locations"]);
            must((1..=1000).contains(&locations.len()), "a result has 1 to 1,000 locations");
            for location in &locations {
                let physical = &location["physicalLocation"];
                let uri = physical["artifactLocation"]["uri"].as_str().unwrap_or_default();
                let relative = !uri.is_empty() && !uri.starts_with('/') && !uri.contains([':', '\\', ' ']);
                must(relative && uri.split('/').all(|part| !["", ".", ".."].contains(&part)), "a path is relative");
                must(physical["region"]["startLine"].as_u64().is_some_and(|line| line >= 1), "a location has a line");
            }
        }
    }
    broken
}

#[test]
fn sarif_meets_githubs_documented_requirements_for_code_scanning() {
    let account = mixed();
    account.sandbox.inject(denied());
    let ran = account.run("scan --regions us-east-1 --output sarif").ends(3);
    let document = ran.json();
    assert_eq!(broken_rules_of_github(&document), Vec::<String>::new(), "{}", ran.stdout);
    let results = document["runs"][0]["results"].as_array().unwrap();
    let uri = |result: &Value| {
        let location = &result["locations"][0]["physicalLocation"]["artifactLocation"];
        location["uri"].as_str().unwrap().to_owned()
    };
    let uris: Vec<String> = results.iter().map(uri).collect();
    assert!(uris.contains(&"aws/111122223333/us-east-1/alb/web".to_owned()), "{uris:?}");
    assert!(uris.contains(&"aws/111122223333/us-east-1/inventory/app-images".to_owned()), "{uris:?}");
    // A repeated result is recognized, even if the cause is worded differently.
    let prints = |document: &Value| {
        let results = document["runs"][0]["results"].as_array().unwrap();
        results.iter().map(|result| result["partialFingerprints"].clone()).collect::<Vec<_>>()
    };
    let again = account.run("scan --regions us-east-1 --output sarif").ends(3).json();
    assert_eq!(prints(&again), prints(&document));
    // With another path, the result names another file but is still the same alert.
    let own =
        account.run("scan --regions us-east-1 --output sarif --sarif-path infra/{account}/logs.tf").ends(3).json();
    assert_eq!(broken_rules_of_github(&own), Vec::<String>::new());
    let results = own["runs"][0]["results"].as_array().unwrap();
    assert!(results.iter().all(|result| uri(result) == "infra/111122223333/logs.tf"), "{own}");
    assert_eq!(prints(&own), prints(&document));
}

#[test]
fn a_sarif_path_outside_the_repository_or_without_sarif_output_is_refused() {
    let account = Account::seeded();
    each_case(["/etc/x", "../x", "a//b", "file:///x", "{name}"], |path| {
        let args = ["scan", "--output", "sarif", "--sarif-path", path].map(str::to_owned);
        account.run_args(&args).ends(2).says(&format!("`{path}` is not a path within a repository"));
    });
    account
        .run("scan --sarif-path a/b")
        .ends(2)
        .says("`--sarif-path` only applies to SARIF output")
        .says("add `--output sarif`");
}

#[test]
fn each_log_has_the_account_region_and_arn_of_its_source() {
    let account = mixed();
    for words in ["scan --regions us-east-1 --output json", "check alb --source web --output json"] {
        let ran = account.run(words);
        let document = ran.json();
        let logs = document["logs"].as_array().unwrap();
        assert!(!logs.is_empty());
        for log in logs {
            let (name, arn) = (log["source"].as_str().unwrap(), log["source_arn"].as_str().unwrap());
            assert_eq!(log["account"], "111122223333", "{log}");
            assert_eq!(log["region"], "us-east-1", "{log}");
            let of_balancer = arn.starts_with("arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/");
            assert!(of_balancer && arn.contains(name) || arn == format!("arn:aws:s3:::{name}"), "{log}");
        }
    }
    let ran = account.run("scan --regions us-east-1 --output csv").ends(3);
    let mut reader = csv::Reader::from_reader(ran.stdout.as_bytes());
    let headers = reader.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let (account, region, source, arn) = (column("account"), column("region"), column("source"), column("source_arn"));
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert!(rows.len() > 3);
    each_case(rows, |row| {
        assert_eq!((&row[account], &row[region]), ("111122223333", "us-east-1"), "{row:?}");
        assert!(row[arn].starts_with("arn:aws:") && row[arn].contains(&row[source]), "{row:?}");
    });
}
