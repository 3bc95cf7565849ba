//! Policies that no one would write: the program doesn't crash or hang, loses nothing that belongs to others, and
//! refuses what it doesn't understand.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use logbucket::internals::model::BucketEncryption;
use logbucket::internals::plan::{PlannedStep, Step, plan};
use logbucket::internals::producer::Producer;
use sandbox::{BucketSeed, LoadBalancerSeed, seed};
use serde_json::{Value, json};

use crate::account::{Account, Ran};
use crate::tables::each_case;
use crate::worlds::{bucket, observed, request};

/// How long a run on a simulated AWS may take, on a busy machine too.
const PATIENCE: Duration = Duration::from_mins(1);

/// Every policy of the corpus, by its file's name.
fn policies() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/policy");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let named = files.filter_map(|path| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let text = String::from_utf8(fs::read(&path).unwrap()).ok()?;
        // An empty file means that there is no policy.
        (name.starts_with("hostile") && !text.is_empty()).then_some((name, text))
    });
    let mut named: Vec<_> = named.collect();
    named.sort();
    assert!(named.len() > 50, "only {} hostile policies", named.len());
    named
}

/// A run that must end in time, with one of the program's exit codes.
#[track_caller]
fn ends_well(account: &Account, words: &str) -> Ran {
    let began = Instant::now();
    let ran = account.run(words);
    assert!(
        (0..=5).contains(&ran.code) || ran.code == 7,
        "{words} ended with {}\n{}\n{}",
        ran.code,
        ran.stdout,
        ran.stderr
    );
    assert!(began.elapsed() < PATIENCE, "{words} took {:?}", began.elapsed());
    ran
}

/// The statements of a policy as text.
fn statements(policy: &str) -> Vec<String> {
    let policy: Value = serde_json::from_str(policy).unwrap();
    match policy.get("Statement") {
        Some(Value::Array(list)) => list.iter().map(Value::to_string).collect(),
        Some(single) => vec![single.to_string()],
        None => Vec::new(),
    }
}

fn key_policy(account: &Account, arn: &str) -> String {
    account.sandbox.keys().into_iter().find(|key| key.arn == arn).expect("a key").policy
}

/// A policy with this many statements.
fn of_statements(count: usize) -> String {
    let statement =
        |n: usize| format!(r#"{{"Effect":"Deny","Principal":{{"AWS":"444455556666"}},"Action":"s3:Get{n}"}}"#);
    let list: Vec<String> = (0..count).map(statement).collect();
    format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, list.join(","))
}

#[test]
fn a_hostile_bucket_policy_is_handled_safely_and_only_extended_or_left_alone() {
    let account = Account::seeded();
    for (name, policy) in policies() {
        account.sandbox.set_policy(seed::SHARED_LOGS, Some(&policy));
        ends_well(&account, "init s3-access --source app-data --bucket shared-logs --yes --fix --wait 0");
        let after = account.bucket(seed::SHARED_LOGS).policy.unwrap();
        if after != policy {
            let (before, after) = (statements(&policy), statements(&after));
            assert_eq!(before[..], after[..before.len()], "{name}");
        }
    }
}

#[test]
fn check_and_scan_finish_on_hostile_policies() {
    let account = Account::seeded();
    let policies = policies();
    for (number, (_, policy)) in policies.iter().enumerate() {
        let bucket = format!("hostile-{number}");
        account.wait(account.sandbox.put_bucket(BucketSeed::new(&bucket).policy(policy)));
        let balancer = LoadBalancerSeed::application(&format!("web-{number}")).logging("access_logs", &bucket, "p");
        account.wait(account.sandbox.put_load_balancer(balancer));
    }
    let ran = ends_well(&account, "scan --region us-east-1 --producer alb --output json");
    let logs = ran.json()["logs"].as_array().unwrap().clone();
    for (number, (name, _)) in policies.iter().enumerate() {
        let log = logs.iter().find(|log| log["source"] == format!("web-{number}") && log["log_type"] == "access");
        let health = log.unwrap()["health"].as_str().unwrap();
        assert!(["dead", "unknown", "permitted"].contains(&health), "{name}: {health}");
    }
    each_case(["text", "csv", "sarif"], |form| {
        ends_well(&account, &format!("scan --region us-east-1 --producer alb --output {form}"));
    });
    ends_well(&account, "check alb --bucket hostile-7");
    assert!(account.writes().is_empty());
}

#[test]
fn an_unparseable_policy_is_refused_with_the_reason_and_never_replaced() {
    let deep = "[".repeat(10_000);
    let nested = format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
    let cases = [
        ("{\"Statement\": [", "is not JSON"),
        (deep.as_str(), "is not JSON"),
        (nested.as_str(), "is not JSON"),
        ("{\"Statement\": []} {}", "is not JSON"),
        ("{\"Statement\": [{\"Sid\": \"a\u{1b}[31m\"}]}", "is not JSON"),
        (r#"{"Statement": [{"Sid": "\ud800"}]}"#, "is not JSON"),
        ("[]", "not a JSON object"),
        ("\"Statement\"", "not a JSON object"),
        (r#"{"Statement": [], "Statement": []}"#, "repeats the key `Statement`"),
        (r#"{"Statement": [{"Effect": "Allow", "\u0045ffect": "Deny"}]}"#, "repeats the key `Effect`"),
        (
            r#"{"Statement": [{"Notes": {"$serde_json::private::Number": "1"}}]}"#,
            "a name that logbucket can't read safely",
        ),
    ];
    each_case(cases, |(policy, reason)| {
        let account = Account::seeded();
        account.sandbox.set_policy(seed::SHARED_LOGS, Some(policy));
        let ran = account.run("init nlb --source edge --bucket shared-logs --yes --fix").ends(5).says(reason);
        assert!(ran.stderr.len() < 2_000, "the whole policy is repeated: {}", ran.stderr);
        assert!(account.writes().is_empty(), "{reason}: {:?}", account.writes());
        assert_eq!(account.bucket(seed::SHARED_LOGS).policy.as_deref(), Some(policy));
    });
}

#[test]
fn a_hostile_key_policy_is_only_extended_or_left_alone() {
    let account = Account::seeded();
    let key = account.bucket(seed::KMS_LOGS).encryption.key.unwrap();
    // The fuzz targets only plan changes of these policies. This test also writes some of them.
    for (name, policy) in policies().into_iter().step_by(4) {
        account.sandbox.set_key_policy(&key, &policy);
        ends_well(&account, "init nlb --source edge --bucket kms-logs --yes --fix --wait 0");
        let after = key_policy(&account, &key);
        if after != policy {
            let (before, after) = (statements(&policy), statements(&after));
            assert_eq!(before[..], after[..before.len()], "{name}");
        }
    }
}

#[test]
fn numbers_of_any_size_are_written_back_unchanged() {
    // The sandbox's evaluator can't read such numbers, so the test only makes a plan and does not write the policy.
    let foreign = r#"{"Sid":"Numbers","Effect":"Deny","Principal":{"AWS":"444455556666"},"Action":"s3:*","Resource":"*","Condition":{"NumericLessThan":{"s3:signatureAge":[123456789012345678901234567890,0.1000,1e+999999999,-0,9007199254740993]}}}"#;
    let policy = format!(r#"{{"Version":"2012-10-17","Statement":{foreign}}}"#);
    let request = request(Producer::Nlb, |_| {});
    let plan = plan(&request, &observed(&request, bucket(BucketEncryption::sse_s3(), Some(&policy))));
    let keeps =
        |step: &PlannedStep| matches!(&step.step, Step::PutBucketPolicy { after, .. } if after.contains(foreign));
    assert!(plan.steps.iter().any(keeps), "{:?}", plan.steps);
}

#[test]
fn three_hundred_statements_are_judged_and_kept_in_order() {
    let account = Account::seeded();
    let policy = of_statements(230);
    assert!(policy.len() < 18_000, "{}", policy.len());
    account.sandbox.set_policy(seed::SHARED_LOGS, Some(&policy));
    ends_well(&account, "init nlb --source edge --bucket shared-logs --yes --wait 0");
    let after = account.bucket(seed::SHARED_LOGS).policy.unwrap();
    assert_eq!(statements(&after)[..230], statements(&policy));
    let large = of_statements(300);
    account.sandbox.set_policy(seed::SHARED_LOGS, Some(&large));
    account
        .run("init alb --source web --log-type access --bucket shared-logs --yes")
        .ends(5)
        .says("the limit is 20480");
    assert_eq!(account.bucket(seed::SHARED_LOGS).policy, Some(large));
}

#[test]
fn hundreds_of_denies_that_block_the_service_are_all_named_and_none_is_changed() {
    let account = Account::seeded();
    let mut policy = r#"{"Version":"2012-10-17","Statement":["#.to_owned();
    for n in 0..230 {
        write!(policy, r#"{{"Effect":"Deny","Principal":"*","Action":"s3:Put*","Resource":"*","Sid":"{n}"}},"#)
            .unwrap();
    }
    let policy = format!("{}]}}", policy.trim_end_matches(','));
    account.run("init alb --source web --log-type access --bucket web-logs --yes").ends(0);
    account.sandbox.set_policy("web-logs", Some(&policy));
    let ran = ends_well(&account, "check alb --source web --log-type access --output json").ends(3);
    assert_eq!(ran.json()["logs"][0]["health"], "dead");
    ends_well(&account, "init alb --source web --log-type access --bucket web-logs --yes --fix").ends(7);
    assert_eq!(account.bucket("web-logs").policy, Some(policy));
}

#[test]
fn the_cost_of_many_uncertain_conditions_grows_linearly() {
    let account = Account::seeded();
    let keys = [
        "s3:x-amz-acl",
        "aws:SourceArn",
        "aws:SourceAccount",
        "aws:SourceOrgID",
        "aws:SourceOrgPaths",
        "s3:x-amz-server-side-encryption",
    ];
    let unsure: Value =
        keys.iter().map(|key| ((*key).to_owned(), json!("x"))).collect::<serde_json::Map<_, _>>().into();
    let statement = json!({"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": keys.map(|key| format!("${{{key}}}")), "Condition": {"StringEquals": unsure}});
    let policy = json!({"Version": "2012-10-17", "Statement": vec![statement; 40]}).to_string();
    assert!(policy.len() < 20_480, "{}", policy.len());
    account.sandbox.set_policy(seed::SHARED_LOGS, Some(&policy));
    for words in ["init alb --source web --bucket shared-logs", "init inventory --source app-data --bucket shared-logs"]
    {
        ends_well(&account, &format!("{words} --dry-run"));
    }
}

#[test]
fn a_deny_can_be_narrowed_only_by_the_name_that_was_shown() {
    let account = Account::seeded();
    let deny = |sid: &str| json!({"Sid": sid, "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::shared-logs/*"});
    // The second statement has no Sid, and its number `2` is the Sid of the first statement.
    let mut unnamed = deny("");
    unnamed.as_object_mut().unwrap().remove("Sid");
    let policy = json!({"Version": "2012-10-17", "Statement": [deny("2"), unnamed, deny("-x"), deny("a\u{1b}[2Jb"), deny("\u{202e}"), deny("")]});
    account.sandbox.set_policy(seed::SHARED_LOGS, Some(&policy.to_string()));
    let words = "init alb --source web --log-type access --bucket shared-logs";
    let ran = account.run(&format!("{words} --yes")).ends(5);
    for hint in ["--exempt 2 --exempt 3 --exempt 4 --exempt 5 --exempt 6", "`2` is the Sid of another statement"] {
        assert!(ran.stderr.contains(hint), "{}", ran.stderr);
    }
    let narrowed = "--exempt 2 --exempt 3 --exempt 4 --exempt 5 --exempt 6";
    account.run(&format!("{words} --yes {narrowed}")).ends(5).says("change it by hand");
    assert_eq!(account.bucket(seed::SHARED_LOGS).policy, Some(policy.to_string()));
}
