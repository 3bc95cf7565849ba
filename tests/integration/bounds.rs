//! Endless responses and listings: each has a limit, and the run says which limit it reached.

use logbucket::internals::aws::{Aws, Callbacks, Connect, ErrorCause, ObserveError};
use logbucket::internals::producer::Kind;
use sandbox::{Effect, Fault, Sandbox, When, seed};

use crate::account::{Account, Ran};
use crate::tables::each_case;

/// Every listing, each with a command that reads it.
const LISTINGS: [(&str, &str); 11] = [
    ("ListBuckets", "scan --region us-east-1 --producer s3-access"),
    ("ListBuckets", "check --bucket shared-logs"),
    ("ListRegions", "scan --producer alb"),
    ("DescribeLoadBalancers", "scan --region us-east-1 --producer alb"),
    ("DescribeLoadBalancers", "check --bucket shared-logs"),
    ("DescribeListeners", "init nlb --source edge --bucket shared-logs --dry-run"),
    ("ListBucketInventoryConfigurations", "check inventory --source app-data"),
    ("ListBucketInventoryConfigurations", "scan --region us-east-1 --producer inventory"),
    ("SimulatePrincipalPolicy", "init nlb --source edge --bucket new-logs --yes"),
    ("LookupEvents", "check alb --source legacy-web --log-type access"),
    ("ListObjectsV2", "check alb --source web --log-type access"),
];

/// An account in which the commands need every listing.
fn account() -> Account {
    let account = Account::seeded();
    account.run("init alb --source web --bucket web-logs --yes").ends(0);
    let dead = [("access_logs.s3.enabled", "true"), ("access_logs.s3.bucket", "gone-logs")];
    account.sandbox.set_attributes("legacy-web", &dead);
    account
}

fn run_with_fault(operation: &str, words: &str, effect: Effect) -> (Account, Ran) {
    let account = account();
    account.sandbox.inject(Fault { when: When::Operation(operation.to_owned()), effect });
    let ran = account.run(words);
    (account, ran)
}

fn count_calls(account: &Account, operation: &str) -> usize {
    account.sandbox.requests().iter().filter(|request| request.operation == operation).count()
}

#[test]
fn a_listing_with_repeating_pages_is_stopped_and_reported() {
    each_case(LISTINGS, |(operation, words)| {
        for tokens in [1, 3] {
            let (account, ran) = run_with_fault(operation, words, Effect::EndlessPages(tokens));
            let times = count_calls(&account, operation);
            assert!((2..=60).contains(&times), "{operation}: {times} times by `{words}`\n{}{}", ran.stdout, ran.stderr);
            let all = format!("{} {}", ran.stdout, ran.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
            // Only four pages of the event history are read, and that is reported.
            let few = operation == "LookupEvents" && tokens == 3;
            let said = if few { "only the newest events" } else { "goes in circles" };
            assert!(all.contains(said), "{operation} by `{words}`: {all}");
        }
    });
}

#[test]
fn an_endless_listing_is_stopped_at_the_page_limit() {
    let cases = [
        ("ListBucketInventoryConfigurations", "check inventory --source app-data", 20),
        ("DescribeLoadBalancers", "scan --region us-east-1 --producer alb", 100),
        ("ListRegions", "scan --producer alb", 10),
    ];
    each_case(cases, |(operation, words, bound)| {
        let (account, ran) = run_with_fault(operation, words, Effect::EndlessPages(usize::MAX));
        assert_eq!(count_calls(&account, operation), bound, "{}{}", ran.stdout, ran.stderr);
        ran.says(&format!("did not end within {bound}"));
    });
}

#[test]
fn an_endless_response_is_cut_off_at_the_size_limit_and_not_retried() {
    let cases = [
        ("GetCallerIdentity", "check --bucket shared-logs"),
        ("GetBucketPolicy", "init alb --source web --bucket shared-logs --dry-run"),
        ("DescribeLoadBalancers", "init alb --source web --bucket shared-logs --dry-run"),
    ];
    each_case(cases, |(operation, words)| {
        let (account, ran) = run_with_fault(operation, words, Effect::EndlessBody);
        assert_eq!(count_calls(&account, operation), 1, "{operation}");
        ran.ends(1).says("larger than 8 MiB").says("hint: AWS never sends such a response");
    });
}

#[test]
fn an_endless_error_response_is_cut_off_at_the_size_limit() {
    let account = account();
    let operation = || When::Operation("GetBucketPolicy".to_owned());
    account.sandbox.inject(Fault { when: operation(), effect: Effect::status(400, "Odd", "odd") });
    account.sandbox.inject(Fault { when: operation(), effect: Effect::EndlessBody });
    account.run("init alb --source web --bucket shared-logs --dry-run").ends(1).says("larger than 8 MiB");
    assert_eq!(count_calls(&account, "GetBucketPolicy"), 1);
}

#[test]
fn a_write_with_an_endless_response_is_reported_as_possibly_applied() {
    let account = Account::seeded();
    let when = When::Operation("PutPublicAccessBlock".to_owned());
    account.sandbox.inject(Fault { when, effect: Effect::EndlessBody });
    account.run("init alb --source web --bucket new-logs --yes").ends(6).says("larger than 8 MiB");
}

#[test]
fn only_the_first_part_of_an_object_is_read() {
    let account = account();
    account.wait(account.sandbox.deliver());
    account.sandbox.inject(Fault { when: When::Operation("GetObject".to_owned()), effect: Effect::EndlessBody });
    account.run("check alb --source web --log-type access").ends(0).says("delivering");
    account.run("init s3-access --source app-data --bucket data-logs --prefix s3/ --yes").ends(0);
    let logging = "<BucketLoggingStatus><LoggingEnabled><TargetBucket>data-logs</TargetBucket><TargetPrefix>s3/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>";
    account.sandbox.set_setting("app-data", "logging", Some(logging));
    account.wait(account.sandbox.deliver());
    account.run("check s3-access --source app-data").ends(0).says("delivering");
}

#[tokio::test]
async fn endless_lists_in_the_wizard_are_stopped_too() {
    for operation in ["ListBuckets", "ListKeys", "ListAliases", "DescribeLoadBalancers", "DescribeListeners"] {
        let sandbox = Sandbox::seeded().await;
        let when = When::Operation(operation.to_owned());
        sandbox.inject(Fault { when, effect: Effect::EndlessPages(2) });
        let connect = Connect::Through(Box::new(sandbox.sdk_config()));
        let aws = Aws::connect(connect, None, None, None, Callbacks::default()).await;
        let region = seed::REGION.parse().unwrap();
        let caller = aws.caller(&region).await.unwrap();
        let error = match operation {
            "ListBuckets" => aws.bucket_names(&region).await.err(),
            "DescribeLoadBalancers" | "DescribeListeners" => {
                match aws.sources_to_choose(&region, &caller, &Kind::Nlb).await {
                    Err(ObserveError::Aws(error)) => Some(error),
                    other => panic!("{operation}: {other:?}"),
                }
            }
            _ => aws.keys(&region).await.err(),
        };
        let error = error.unwrap_or_else(|| panic!("{operation} ended as if it were whole"));
        assert_eq!(error.cause, ErrorCause::Endless, "{operation}: {error}");
    }
}
