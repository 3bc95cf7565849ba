//! Runs that together make every call, with only the permissions that were printed.

use std::collections::BTreeSet;
use std::process::Command;
use std::time::{Duration, SystemTime};

use logbucket::internals::permission::CALLS;
use sandbox::wire::Request;
use sandbox::{BucketSeed, LoadBalancerSeed, Recorded};
use serde_json::{Value, json};

use crate::account::{Account, Ran};

pub(super) const PLACE: &str = "--account 111122223333 --region us-east-1";

/// Block Public Access that accepts public policies.
const PUBLIC_ALLOWED: &str = "<PublicAccessBlockConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>false</BlockPublicPolicy><RestrictPublicBuckets>false</RestrictPublicBuckets></PublicAccessBlockConfiguration>";

/// A run of `init`. `permissions` gets the same flags, except `rest`.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) producer: &'static str,
    pub(super) named: &'static str,
    pub(super) key: &'static str,
    pub(super) rest: &'static str,
}

pub(super) const fn run(producer: &'static str, named: &'static str, key: &'static str, rest: &'static str) -> Run {
    Run { producer, named, key, rest }
}

/// Runs that together make every call.
pub(super) const RUNS: [Run; 16] = [
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
    pub(super) fn name(&self) -> String {
        format!("{} {} {}", self.producer, self.named, self.key)
    }

    pub(super) fn policy(&self) -> Value {
        let Self { producer, named, key, .. } = self;
        print_policy(&format!("permissions init --producer {producer} {named} {key} {PLACE}"))
    }

    /// Carries out the run in its own account, whose operator has only these permissions.
    pub(super) fn carried_out(&self, policy: &Value) -> (Account, Ran) {
        let account = Account::seeded();
        add_what_is_missing(&account);
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
pub(super) fn add_what_is_missing(account: &Account) {
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
pub(super) fn print_policy(words: &str) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_logbucket"));
    let output = command.env_clear().args(words.split_whitespace()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{words}: {output:?}");
    assert!(output.stderr.is_empty(), "{words}: {output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

pub(super) fn actions(policy: &Value) -> BTreeSet<String> {
    let statements = policy["Statement"].as_array().unwrap().iter();
    let actions = statements.flat_map(|statement| statement["Action"].as_array().unwrap());
    actions.map(|action| action.as_str().unwrap().to_owned()).collect()
}

/// Returns whether a request follows the access log of the destination `logged-logs`. A grant for the buckets that it
/// may lead to would be too broad, and `init` works without these reads.
pub(super) fn follows_the_log(request: &Recorded) -> bool {
    request.operation == "GetBucketLogging" && request.resource == "shared-logs"
}

/// Asserts that no call of the last run was denied, and that each call is in the table.
#[track_caller]
pub(super) fn assert_all_granted(account: &Account, name: &str) {
    for request in account.sandbox.requests() {
        let denied = request.error.as_ref().is_some_and(|error| error.starts_with("AccessDenied"));
        let is_refused = (denied || request.status == 403) && !follows_the_log(&request);
        assert!(!is_refused, "{name}: {request:?}");
        let api = format!("{}:{}", request.service, request.operation);
        let known = api == "sts:GetCallerIdentity" || CALLS.iter().any(|call| call.api == api);
        assert!(known, "{api} is not in the table");
    }
}
