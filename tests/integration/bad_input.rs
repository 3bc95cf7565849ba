//! Bad input: a clear error, and no unnecessary call.

use sandbox::LoadBalancerSeed;

use crate::account::Account;
use crate::tables::each_case;

#[test]
fn obviously_invalid_input_is_rejected_without_a_call() {
    let account = Account::seeded();
    let cases = [
        ("init alb --source web --bucket Bad_Name --yes", 2, "bucket name"),
        ("init alb --source web --bucket 192.168.0.1 --yes", 2, "IP address"),
        ("init alb --source web --bucket demo-logs --prefix /lead --yes", 2, "must not begin with `/`"),
        ("init nlb --source edge --bucket demo-logs --prefix trail/ --yes", 2, "must not end with `/`"),
        ("init alb --source web --bucket demo-logs --prefix a/AWSLogs --yes", 2, "AWSLogs"),
        ("init inventory --source app-data --bucket demo-logs --prefix inv/ --yes", 2, "must not end with `/`"),
        ("init s3-access --source demo-logs --bucket demo-logs --yes", 5, "can't log to itself"),
        ("init alb --source web --bucket demo-logs --kms-key create --yes", 5, "what works: `--encryption sse-s3`"),
        (
            "init s3-access --source app-data --bucket demo-logs --encryption sse-kms --kms-key alias/x --yes",
            5,
            "sse-s3",
        ),
        ("init inventory --source app-data --bucket demo-logs --kms-key create --yes", 5, "--report-kms-key"),
        ("init nlb --source edge --bucket demo-logs --kms-key alias/aws/s3 --yes", 2, "AWS managed key"),
        ("init nlb --source edge --bucket demo-logs --encryption sse-kms --yes", 2, "--kms-key"),
        ("init nlb --source edge --bucket demo-logs --format csv --yes", 2, "`--format` is for inventory"),
        ("init alb --source web --bucket demo-logs --tag aws:x=y --yes", 2, "belong to AWS"),
        ("init alb --source web --bucket demo-logs --tag a=b --tag a=c --yes", 2, "gives `a` two values, `b` and `c`"),
        ("init alb --source web --tag a=b --tag c=d --tag a= --yes", 2, "gives `a` two values, `b` and ``"),
        ("scan --report -", 2, "for a file named `-`, use `--report ./-`"),
        ("scan --report=- --output json", 2, "standard output is used for the printed results"),
        ("init alb --source web --bucket demo-logs --tag a=<x> --yes", 2, "letters, digits, spaces"),
        ("init alb --source web --bucket demo-logs --encryption sse-kms --yes", 5, "what works: `--encryption sse-s3`"),
        ("init alb --source web --bucket demo-logs --prefix a//b --yes", 2, "folders must have names"),
        ("init alb --source web --bucket demo-logs --prefix a/../b --yes", 2, "folders must have names"),
        ("init alb --source web --bucket demo-logs --endpoint-url nonsense --yes", 2, "http://HOST:PORT"),
        ("init alb --source web --bucket demo-logs --expire-days 0 --yes", 2, "expire-days"),
        ("init inventory --source app-data --bucket demo-logs --fields Colour --yes", 2, "LifecycleExpirationDate"),
        ("init alb --source web --bucket demo-logs --detailed-exitcode", 2, "--dry-run"),
        ("init cloudfront --source x --bucket demo-logs", 2, "inventory"),
        ("init", 2, "`PRODUCER`, `--source`, `--bucket`"),
    ];
    each_case(cases, |(words, code, says)| {
        account.run(words).ends(code).says(says);
        assert!(account.sandbox.requests().is_empty(), "{words}: {:?}", account.sandbox.requests());
    });
    let long = "p".repeat(769);
    account.run(&format!("init alb --source web --bucket demo-logs --prefix {long} --yes")).ends(2).says("768 bytes");
    assert!(account.sandbox.requests().is_empty());
}

#[test]
fn an_arn_of_another_type_is_rejected_without_a_call() {
    let account = Account::seeded();
    let arn = account.sandbox.load_balancer_arn("web").unwrap();
    account.run(&format!("init nlb --source {arn} --bucket demo-logs --yes")).ends(2).says("Application Load Balancer");
    assert!(account.sandbox.requests().is_empty());
}

#[test]
fn input_that_only_aws_can_reject_changes_nothing() {
    let account = Account::seeded();
    let before = account.sandbox.state();
    let cases = [
        ("init alb --source nobody --bucket demo-logs --yes", 2, "there is no load balancer `nobody` in us-east-1"),
        (
            "init alb --source web --source nobody --bucket demo-logs --yes",
            2,
            "there is no load balancer `nobody` in us-east-1",
        ),
        ("init s3-access --source nobody-has-it --bucket demo-logs --yes", 2, "bucket `nobody-has-it` does not exist"),
        ("init nlb --source web --bucket demo-logs --yes", 2, "an Application Load Balancer"),
        ("init nlb --source tcp-only --bucket demo-logs --yes", 5, "TLS"),
        ("init alb --source web --bucket west-logs --yes", 5, "is in us-west-2"),
        ("init s3-access --source app-data --bucket west-logs --yes", 5, "is in us-west-2"),
        ("init alb --source web --bucket other-account-logs --yes", 5, "can't access it"),
        ("init inventory --source other-account-logs --bucket demo-logs --yes", 1, "belongs to another account"),
        (
            "init nlb --source edge --bucket demo-logs --kms-key alias/nowhere --yes",
            2,
            "key `alias/nowhere` does not exist",
        ),
    ];
    each_case(cases, |(words, code, says)| {
        account.run(words).ends(code).says(says);
        assert!(!account.sandbox.requests().iter().any(|request| request.mutating), "{words}");
    });
    assert_eq!(account.sandbox.state(), before);
}

#[test]
fn another_accounts_load_balancer_is_reported_as_such() {
    let account = Account::seeded();
    let arn = account.wait(
        account.sandbox.put_load_balancer(LoadBalancerSeed::application("theirs").of(sandbox::seed::OTHER_ACCOUNT)),
    );
    account
        .run(&format!("init alb --source {arn} --bucket demo-logs --yes"))
        .ends(5)
        .says("belongs to account 444455556666");
}
