//! `permissions`: the printed policy is enough for `init` and contains nothing unnecessary. The table and the calls
//! agree.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use logbucket::internals::permission::CALLS;
use logbucket::internals::producer::Producer;
use sandbox::wire::Request;
use sandbox::{BucketSeed, LoadBalancerSeed, Recorded};
use serde_json::{Value, json};

use crate::account::{Account, Ran};

const PLACE: &str = "--account 111122223333 --region us-east-1";

/// Block Public Access that accepts public policies.
const PUBLIC_ALLOWED: &str = "<PublicAccessBlockConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>false</BlockPublicPolicy><RestrictPublicBuckets>false</RestrictPublicBuckets></PublicAccessBlockConfiguration>";

/// A run of `init`. `permissions` gets the same flags, except `rest`.
struct Run {
    producer: &'static str,
    named: &'static str,
    key: &'static str,
    rest: &'static str,
}

const fn run(producer: &'static str, named: &'static str, key: &'static str, rest: &'static str) -> Run {
    Run { producer, named, key, rest }
}

/// Runs that together make every call.
const RUNS: [Run; 16] = [
    run("alb", "--source web --bucket demo-logs --prefix team/alb", "", "--expire-days 9 --tag a=b"),
    run("alb", "--source web --bucket shared-logs", "", "--expire-days 9 --tag a=b --wait 1 --fix"),
    run("alb", "--source web --bucket managed-kms-logs", "", "--fix"),
    run("alb", "--source of-a-stack --bucket shared-logs", "", ""),
    run("alb", "--source web --bucket versioned-logs", "", ""),
    run("alb", "--source web --bucket public-logs", "", ""),
    run("alb", "--source in-doubt --bucket doubtful-logs", "", ""),
    run("nlb", "--source edge --bucket demo-logs", "--no-kms-key", "--wait 1"),
    run("nlb", "--source edge --bucket demo-logs", "--kms-key create", ""),
    run("nlb", "--source edge --bucket kms-logs", "--kms-key alias/kms-logs", ""),
    run("s3-access", "--source app-data,app-images --bucket demo-logs --prefix s3/", "", "--wait 1"),
    run("s3-access", "--source app-data --bucket paying-logs --prefix prod", "", "--fix"),
    run("s3-access", "--source app-data --bucket logged-logs", "", "--fix"),
    run("s3-access", "--source app-data --bucket acl-logs", "", ""),
    run("inventory", "--source app-data --bucket demo-logs --prefix inv", "--no-kms-key", ""),
    run("inventory", "--source app-data --bucket demo-logs", "--kms-key create", ""),
];

impl Run {
    fn name(&self) -> String {
        format!("{} {} {}", self.producer, self.named, self.key)
    }

    fn policy(&self) -> Value {
        let Self { producer, named, key, .. } = self;
        printed(&format!("permissions init --producer {producer} {named} {key} {PLACE}"))
    }

    /// Carries out the run in its own account, whose operator has only these permissions.
    fn carried_out(&self, policy: &Value) -> (Account, Ran) {
        let account = Account::seeded();
        prepare(&account);
        account.sandbox.allow_only(policy);
        let key = match (self.producer, self.key) {
            (_, "" | "--no-kms-key") => String::new(),
            ("inventory", key) => key.replace("--kms-key", "--report-kms-key"),
            (_, key) => key.to_owned(),
        };
        let wait = if self.rest.contains("--wait") { "" } else { "--wait 0" };
        let words = format!("init {} {} {key} {} {wait} --yes --output json", self.producer, self.named, self.rest);
        let ran = account.run(&words);
        (account, ran)
    }
}

/// Adds what the seeded account lacks: a Requester Pays bucket, a bucket that logs, a versioned bucket, a load balancer
/// of a stack, and a log that only AWS's test file shows to be allowed. Also gives the caller's role a path.
fn prepare(account: &Account) {
    account.sandbox.set_role_path(sandbox::seed::ACCOUNT, "/ops/");
    let of_stack = LoadBalancerSeed::application("of-a-stack").tagged("aws:cloudformation:stack-name", "front");
    account.wait(account.sandbox.put_load_balancer(of_stack));
    let doubtful = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::doubtful-logs/*",
        "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
        "Condition": {"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}
    }]});
    account.wait(account.sandbox.put_bucket(BucketSeed::new("doubtful-logs").policy(&doubtful.to_string())));
    let in_doubt = LoadBalancerSeed::application("in-doubt").logging("access_logs", "doubtful-logs", "");
    account.wait(account.sandbox.put_load_balancer(in_doubt));
    let test_file = format!("AWSLogs/{}/ELBAccessLogTestFile", sandbox::seed::ACCOUNT);
    let long_ago = SystemTime::now() - Duration::from_hours(30);
    account.wait(account.sandbox.upload("doubtful-logs", &test_file, b"Enable AccessLog for ELB", long_ago));
    let pays = "<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>";
    account.wait(account.sandbox.put_bucket(BucketSeed::new("paying-logs").setting("requestPayment", pays)));
    account.wait(account.sandbox.put_bucket(BucketSeed::new("versioned-logs")));
    let public = json!({"Version": "2012-10-17", "Statement": [{
        "Sid": "Website", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::public-logs/site/*"
    }]});
    let open = BucketSeed::new("public-logs").policy(&public.to_string()).setting("publicAccessBlock", PUBLIC_ALLOWED);
    account.wait(account.sandbox.put_bucket(open));
    let acl = BucketSeed::new("acl-logs").owned("ObjectWriter").acl("log-delivery-write");
    account.wait(account.sandbox.put_bucket(acl));
    let logging = "<BucketLoggingStatus><LoggingEnabled><TargetBucket>shared-logs</TargetBucket><TargetPrefix>own/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>";
    account.wait(account.sandbox.put_bucket(BucketSeed::new("logged-logs").setting("logging", logging)));
    let credential = "AWS4-HMAC-SHA256 Credential=AKIA111122223333TEST/20260101/us-east-1/s3/aws4_request";
    let headers = [("authorization".parse().unwrap(), credential.parse().unwrap())].into_iter().collect();
    let body = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    account.wait(account.sandbox.answer(Request::new("PUT", "/versioned-logs?versioning", headers, body.into())));
}

/// The JSON that the program prints without AWS calls.
#[track_caller]
fn printed(words: &str) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_logbucket"));
    let output = command.env_clear().args(words.split_whitespace()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{words}: {output:?}");
    assert!(output.stderr.is_empty(), "{words}: {output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn actions(policy: &Value) -> BTreeSet<String> {
    let statements = policy["Statement"].as_array().unwrap().iter();
    let actions = statements.flat_map(|statement| statement["Action"].as_array().unwrap());
    actions.map(|action| action.as_str().unwrap().to_owned()).collect()
}

/// The policy without an action, wherever it appears.
fn without(policy: &Value, action: &str) -> Value {
    let mut policy = policy.clone();
    for statement in policy["Statement"].as_array_mut().unwrap() {
        statement["Action"].as_array_mut().unwrap().retain(|other| other != action);
    }
    policy
}

/// Returns whether a request follows the access log of the destination `logged-logs`. A grant for the buckets that it
/// may lead to would be too broad, and `init` works without these reads.
fn follows_the_log(request: &Recorded) -> bool {
    request.operation == "GetBucketLogging" && request.resource == "shared-logs"
}

/// Asserts that no call of the last run was denied, and that each call is in the table.
#[track_caller]
fn all_are_granted(account: &Account, name: &str) {
    for request in account.sandbox.requests() {
        let denied = request.error.as_ref().is_some_and(|error| error.starts_with("AccessDenied"));
        let is_refused = (denied || request.status == 403) && !follows_the_log(&request);
        assert!(!is_refused, "{name}: {request:?}");
        let api = format!("{}:{}", request.service, request.operation);
        let known = api == "sts:GetCallerIdentity" || CALLS.iter().any(|call| call.api == api);
        assert!(known, "{api} is not in the table");
    }
}

/// The parts of a run's result that a missing permission can change.
fn outcome(ran: &Ran) -> Value {
    let document = ran.json();
    let findings = document["plan"]["findings"].as_array().cloned().unwrap_or_default();
    let ids: Vec<&Value> = findings.iter().map(|finding| &finding["id"]).collect();
    let (test, delivery) = (&document["test_object"], &document["delivery"]);
    json!([
        ran.code,
        document["preflight"]["status"],
        ids,
        test["status"],
        test["removed"],
        delivery["status"],
        delivery["note"]
    ])
}

#[test]
fn the_printed_policy_is_enough_for_init_and_contains_no_unneeded_action() {
    let mut runs: Vec<(&Run, Value, Value, BTreeSet<String>)> = Vec::new();
    for run in &RUNS {
        let policy = run.policy();
        let (account, ran) = run.carried_out(&policy);
        assert_eq!(ran.code, 0, "{}: {}{}", run.name(), ran.stdout, ran.stderr);
        all_are_granted(&account, &run.name());
        let full = outcome(&ran);
        assert_eq!(outcome(&run.carried_out(&policy).1), full, "{}", run.name());
        runs.push((run, policy, full, account.sandbox.asked_actions()));
    }
    let granted: BTreeSet<String> = runs.iter().flat_map(|(_, policy, ..)| actions(policy)).collect();
    assert!(granted.len() >= 40, "{granted:?}");
    let is_missed = |action: &str| {
        runs.iter().any(|(run, policy, full, asked)| {
            asked.contains(action) && outcome(&run.carried_out(&without(policy, action)).1) != *full
        })
    };
    // The bucket's creation date only matters if someone recreates the bucket or the run is undone. Keys are only
    // searched if no receipt contains the ARN.
    let of_mishaps = ["kms:ListKeys", "kms:ListResourceTags", "s3:ListAllMyBuckets"];
    let is_needless = |action: &String| !of_mishaps.contains(&action.as_str()) && !is_missed(action);
    let needless: Vec<String> = granted.into_iter().filter(is_needless).collect();
    assert!(needless.is_empty(), "no run misses {needless:?}");
}

#[test]
fn the_policy_of_a_dry_run_is_enough_for_one_and_changes_nothing() {
    for run in &RUNS {
        let Run { producer, named, key, rest } = run;
        let policy = printed(&format!("permissions init --producer {producer} {named} {key} {PLACE} --dry-run"));
        let verbs = ["Decrypt", "Describe", "Get", "List", "Lookup", "Simulate"];
        for action in actions(&policy) {
            let (_, name) = action.split_once(':').unwrap();
            assert!(verbs.iter().any(|verb| name.starts_with(verb)), "{action}");
        }
        let account = Account::seeded();
        prepare(&account);
        account.sandbox.allow_only(&policy);
        let key =
            if *producer == "inventory" { key.replace("--kms-key", "--report-kms-key") } else { (*key).to_owned() };
        let key = if key.starts_with("--no") { String::new() } else { key };
        account.run(&format!("init {producer} {named} {key} {rest} --yes --dry-run")).ends(0);
        let requests = account.sandbox.requests();
        assert!(requests.iter().all(|request| request.status != 403 || follows_the_log(request)), "{}", run.name());
    }
}

#[test]
fn a_policy_printed_without_arguments_is_enough_for_every_run() {
    let policy = printed("permissions");
    for run in &RUNS {
        let ran = run.carried_out(&policy).1;
        assert_eq!(ran.code, 0, "{}: {}", run.name(), ran.stderr);
    }
}

#[test]
fn a_policy_for_a_producer_without_key_support_contains_no_key_permissions() {
    let run = run("s3-access", "--source app-data --bucket kms-logs", "", "--fix");
    let policy = run.policy();
    assert!(!policy.to_string().contains("kms:"), "{policy}");
    let (account, ran) = run.carried_out(&policy);
    ran.ends(0);
    let refused: Vec<String> = account
        .sandbox
        .requests()
        .into_iter()
        .filter(|request| request.error.as_deref() == Some("AccessDeniedException"))
        .map(|request| request.operation)
        .collect();
    assert_eq!(refused, ["DescribeKey"]);
}

#[test]
fn a_flag_of_none_of_the_named_producers_is_a_usage_error() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_logbucket"));
    let words = "permissions --producer alb --kms-key create";
    let output = command.env_clear().args(words.split_whitespace()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(stderr, "error: `--kms-key` is for nlb and inventory, not for `alb`\n");
}

#[test]
fn printed_policies_are_as_narrow_as_the_given_names_allow() {
    let mut all = Vec::new();
    for words in [
        "permissions init --producer alb --source web --bucket acme-logs --prefix a/b --account 111122223333 --region eu-west-1",
        "permissions init --producer nlb --kms-key create --bucket acme.logs --account 111122223333 --region cn-north-1",
        "permissions --producer s3-access,inventory --no-kms-key --dry-run",
        "permissions --wizard",
    ] {
        let text = serde_json::to_string_pretty(&printed(words)).unwrap();
        all.push(format!("$ logbucket {words}\n{text}\n"));
    }
    insta::assert_snapshot!("permissions", all.join("\n"));
}

#[test]
fn json_says_which_call_needs_what() {
    let document = printed("permissions init --producer alb --dry-run --output json");
    assert_eq!(document["schema"], "logbucket.permissions/1");
    assert_eq!(document["job"], "init-dry-run");
    assert_eq!(document["producers"], json!(["alb"]));
    assert_eq!(document["policy"], printed("permissions init --producer alb --dry-run"));
    let calls = document["calls"].as_array().unwrap();
    assert!(calls.contains(&json!({ "api": "s3:GetBucketEncryption", "actions": ["s3:GetEncryptionConfiguration"] })));
    assert!(calls.contains(&json!({ "api": "s3:HeadObject", "actions": ["s3:GetObject", "s3:ListBucket"] })));
}

/// The flags of `check`, the same for `permissions`, and the setup.
const CHECKS: [(&str, &str, &str); 5] = [
    (
        "check alb --source web",
        "--producer alb --source web --bucket web-logs",
        "init alb --source web --bucket web-logs",
    ),
    (
        "check nlb --source edge",
        "--producer nlb --source edge --bucket edge-logs",
        "init nlb --source edge --bucket edge-logs --kms-key create",
    ),
    (
        "check s3-access --source app-data",
        "--producer s3-access --source app-data --bucket data-logs",
        "init s3-access --source app-data --bucket data-logs --prefix s3/",
    ),
    (
        "check inventory --source app-data",
        "--producer inventory --source app-data --bucket inv-logs",
        "init inventory --source app-data --bucket inv-logs --report-kms-key create",
    ),
    ("check --bucket web-logs", "", "init alb --source web --bucket web-logs"),
];

#[test]
fn the_policy_of_scan_is_enough_for_the_whole_account() {
    for (flag, exit) in [("", 3), ("--newest", 3), ("--tag team", 0)] {
        let policy = printed("permissions scan");
        let account = Account::seeded();
        account.run("init nlb --source edge --bucket edge-logs --kms-key create --yes").ends(0);
        account.run("init s3-access --source app-data --bucket data-logs --prefix s3/ --yes").ends(0);
        account.run("init inventory --source app-data --bucket inv-logs --report-kms-key create --yes").ends(0);
        account.wait(account.sandbox.deliver());
        let tagged = LoadBalancerSeed::application("tagged").tagged("team", "web");
        account.wait(account.sandbox.put_load_balancer(tagged));
        account.sandbox.allow_only(&policy);
        let document = account.run(&format!("scan {flag} --output json")).ends(exit).json();
        assert_eq!(document["unknown"].as_array().unwrap().len(), 0, "{document:#}");
        assert!(document["counts"]["unknown"].is_null(), "{document:#}");
        for request in account.sandbox.requests() {
            assert!(request.status != 403, "{request:?}");
            let api = format!("{}:{}", request.service, request.operation);
            let known = api == "sts:GetCallerIdentity" || CALLS.iter().any(|call| call.api == api);
            assert!(known, "{api} is not in the table");
        }
    }
}

#[test]
fn the_policy_of_check_is_enough_and_only_reads() {
    for (check, named, init) in CHECKS {
        let policy = printed(&format!("permissions check {named} {PLACE}"));
        for action in actions(&policy) {
            let (_, name) = action.split_once(':').unwrap();
            let reads = ["Decrypt", "Describe", "Get", "List", "Lookup"].iter().any(|verb| name.starts_with(verb));
            assert!(reads, "{action}");
        }
        for breaks in [false, true] {
            let account = Account::seeded();
            account.run(&format!("{init} --yes --wait 0")).ends(0);
            account.wait(account.sandbox.deliver());
            if breaks {
                let bucket = init.split("--bucket ").nth(1).unwrap().split(' ').next().unwrap();
                account.sandbox.set_policy(bucket, None);
            }
            account.sandbox.allow_only(&policy);
            account.run(check).ends(if breaks { 3 } else { 0 });
            all_are_granted(&account, check);
        }
    }
}

/// A policy that denies everyone except through one VPC endpoint.
fn locked(bucket: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"OneWayIn","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::{bucket}","arn:aws:s3:::{bucket}/*"],"Condition":{{"StringNotEquals":{{"aws:SourceVpce":"vpce-1"}}}}}}]}}"#
    )
}

#[test]
fn the_check_policy_shows_a_locked_out_caller_the_bucket_owner() {
    for (check, named, init) in CHECKS {
        let policy = printed(&format!("permissions check {named} {PLACE}"));
        let account = Account::seeded();
        account.run(&format!("{init} --yes --wait 0")).ends(0);
        let bucket = init.split("--bucket ").nth(1).unwrap().split(' ').next().unwrap();
        account.sandbox.set_policy(bucket, Some(&locked(bucket)));
        account.sandbox.allow_only(&policy);
        account.run(check).says("belongs to account 111122223333 and denies these credentials");
        let listed = account.sandbox.requests().into_iter().filter(|request| request.operation == "ListBuckets");
        assert!(listed.clone().count() > 0, "{check}");
        assert!(listed.into_iter().all(|request| request.status == 200), "{check}");
    }
}

#[test]
fn the_printed_policy_is_enough_to_undo_each_run() {
    for run in &RUNS {
        let (account, ran) = run.carried_out(&run.policy());
        assert_eq!(ran.code, 0, "{}", run.name());
        let Run { producer, named, key, .. } = run;
        let policy = printed(&format!("permissions undo --producer {producer} {named} {key} {PLACE}"));
        account.sandbox.allow_only(&policy);
        account.run("undo latest --yes --output json");
        all_are_granted(&account, &run.name());
    }
}

#[test]
fn check_rejects_the_flags_of_init() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_logbucket"));
    let output = command.env_clear().args(["permissions", "check", "--wizard"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

/// The code of `src/aws`, without its tests.
fn code_of_aws() -> String {
    code_within(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/aws"))
}

fn code_within(folder: &Path) -> String {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let code = |path: PathBuf| {
        if path.is_dir() {
            return code_within(&path);
        }
        fs::read_to_string(path).unwrap().split("#[cfg(test)]").next().unwrap().to_owned()
    };
    entries.map(code).collect()
}

/// Returns the literals of the form `service:Action`.
fn literals(code: &str) -> BTreeSet<String> {
    const SERVICES: [&str; 9] =
        ["s3", "kms", "elasticloadbalancing", "ec2", "account", "cloudtrail", "iam", "logs", "sts"];
    let quoted = code.lines().flat_map(|line| line.split('"').skip(1).step_by(2));
    let is_action = |text: &&str| {
        let action = text.split_once(':').filter(|(service, _)| SERVICES.contains(service));
        action.is_some_and(|(_, name)| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric()))
    };
    quoted.filter(is_action).map(str::to_owned).collect()
}

/// `PutBucketEncryption` is `put_bucket_encryption`, as the SDK writes it.
fn method(api: &str) -> String {
    let (_, name) = api.split_once(':').unwrap();
    let mut method = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !method.is_empty() {
            method.push('_');
        }
        method.push(letter.to_ascii_lowercase());
    }
    method
}

#[test]
fn the_table_has_every_action_that_an_error_names_and_no_unused_call() {
    let code = code_of_aws();
    let granted: BTreeSet<&str> = CALLS.iter().flat_map(|call| call.actions).map(|(action, _)| *action).collect();
    let named = literals(&code);
    // `GetCallerIdentity` needs no permission. If a profile requires a role, the SDK assumes the role.
    for action in named.iter().filter(|action| !action.starts_with("sts:")) {
        assert!(granted.contains(action.as_str()), "`{action}` of src/aws is not in the table");
    }
    // No error names these actions: they belong to a call with another name, or only serve to show the account's alias.
    let beside = [
        "ec2:CreateTags",
        "iam:ListAccountAliases",
        "kms:Decrypt",
        "kms:GenerateDataKey",
        "kms:TagResource",
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:PutBucketOwnershipControls",
        "s3:TagResource",
    ];
    let unnamed: Vec<&str> = granted.iter().copied().filter(|action| !named.contains(*action)).collect();
    assert_eq!(unnamed, beside);
    for call in CALLS {
        let name = method(call.api);
        // EC2's client takes the name of the operation.
        let operation = format!("\"{}\"", call.api.split_once(':').unwrap().1);
        let called = [format!(".{name}("), format!(" {name},"), operation].iter().any(|form| code.contains(form));
        assert!(called, "{} is never called", call.api);
    }
}

#[test]
fn every_write_of_a_plan_is_in_the_table() {
    let code = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/plan/step.rs")).unwrap();
    let (_, names) = code.split_once("pub fn api(&self)").unwrap();
    let (names, _) = names.split_once("\n    }\n").unwrap();
    let attaching = Producer::ALL.map(|producer| producer.facts().attachment.api.to_owned());
    let is_known = |api: &String| CALLS.iter().any(|call| call.api == api);
    let found: BTreeMap<String, bool> =
        literals(names).into_iter().chain(attaching).map(|api| (api.clone(), is_known(&api))).collect();
    assert_eq!(found.len(), 15);
    assert!(found.values().all(|known| *known), "{found:?}");
}
