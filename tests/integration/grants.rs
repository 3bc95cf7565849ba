//! The grants allow exactly the requested sources, according to an evaluator that is not the program's own.

use sandbox::policy::{Asked, Verdict, judge};
use serde_json::Value;

use crate::account::Account;

/// A request: its service, account, source, action and key.
struct Ask<'a> {
    service: &'a str,
    account: &'a str,
    source: &'a str,
    action: &'a str,
    key: &'a str,
}

const ALB: &str = "logdelivery.elasticloadbalancing.amazonaws.com";
const NLB: &str = "delivery.logs.amazonaws.com";
const S3: &str = "logging.s3.amazonaws.com";
const INVENTORY: &str = "s3.amazonaws.com";
const OWN: &str = "111122223333";
const OTHER: &str = "444455556666";
const LOGS: &str = "arn:aws:logs:us-east-1:111122223333:delivery";
const BALANCER: &str = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/web/1";
const DATA: &str = "arn:aws:s3:::app-data";

fn allowed(policy: &Value, ask: &Ask<'_>) -> bool {
    let resource = if ask.key.is_empty() {
        "arn:aws:s3:::acme-logs".to_owned()
    } else {
        format!("arn:aws:s3:::acme-logs/{}", ask.key)
    };
    let mut asked = Asked::by_service(ask.service, ask.action, &resource)
        .with("aws:SecureTransport", "true")
        .with("aws:PrincipalIsAWSService", "true")
        .with("aws:PrincipalServiceName", ask.service)
        .with("aws:SourceAccount", ask.account)
        .with("aws:SourceArn", ask.source);
    if ask.action == "s3:PutObject" && (ask.service == NLB || ask.service == INVENTORY) {
        asked = asked.with("s3:x-amz-acl", "bucket-owner-full-control");
    }
    judge(policy, &asked) == Verdict::Allow
}

#[test]
fn the_four_grants_allow_exactly_the_requested_sources() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket acme-logs --prefix prod --yes").ends(0);
    account.run("init nlb --source edge --bucket acme-logs --prefix prod --yes").ends(0);
    account.run("init s3-access --source app-data --bucket acme-logs --prefix prod/ --yes").ends(0);
    account.run("init inventory --source app-data --bucket acme-logs --prefix prod --yes").ends(0);
    let policy = account.policy("acme-logs");
    let put = "s3:PutObject";
    let elb = "prod/AWSLogs/111122223333/elasticloadbalancing/us-east-1/2026/01/01/x.log.gz";
    let ask = |service, account, source, action, key| Ask { service, account, source, action, key };
    let legitimate = [
        ask(ALB, OWN, BALANCER, put, "prod/AWSLogs/111122223333/ELBAccessLogTestFile"),
        ask(ALB, OWN, BALANCER, put, elb),
        ask(NLB, OWN, LOGS, put, elb),
        ask(NLB, OWN, LOGS, "s3:GetBucketAcl", ""),
        ask(NLB, OWN, LOGS, "s3:ListBucket", ""),
        ask(S3, OWN, DATA, put, "prod/111122223333/us-east-1/app-data/2026/01/01/x"),
        ask(S3, OWN, DATA, put, "prod/2026-01-01-00-00-00-0123456789ABCDEF"),
        ask(INVENTORY, OWN, DATA, put, "prod/app-data/logbucket/2026-01-01T01-00Z/manifest.json"),
        ask(INVENTORY, OWN, DATA, put, "prod/app-data/logbucket/data/x.csv.gz"),
    ];
    for one in &legitimate {
        assert!(allowed(&policy, one), "{} {} {}", one.service, one.action, one.key);
    }
    let mut refused = vec![
        // Another account's folder, a sibling prefix, and a missing prefix.
        ask(ALB, OWN, BALANCER, put, "prod/AWSLogs/444455556666/x"),
        ask(ALB, OWN, BALANCER, put, "production/AWSLogs/111122223333/x"),
        ask(ALB, OWN, BALANCER, put, "AWSLogs/111122223333/x"),
        ask(NLB, OWN, LOGS, put, "prod/AWSLogs/444455556666/x"),
        ask(NLB, OWN, LOGS, put, "production/AWSLogs/111122223333/x"),
        ask(S3, OWN, DATA, put, "production/2026"),
        ask(S3, OWN, DATA, put, "AWSLogs/111122223333/x"),
        ask(INVENTORY, OWN, DATA, put, "prod/app-data-two/logbucket/x"),
        ask(INVENTORY, OWN, DATA, put, "production/app-data/x"),
        ask(INVENTORY, OWN, DATA, put, "prod/other/x"),
        // Another account, even for a source with the right name, or another Region.
        ask(NLB, OTHER, LOGS, put, elb),
        ask(NLB, OTHER, "arn:aws:logs:us-east-1:444455556666:x", put, elb),
        ask(NLB, OWN, "arn:aws:logs:eu-west-1:111122223333:x", put, elb),
        ask(NLB, OTHER, LOGS, "s3:GetBucketAcl", ""),
        ask(S3, OTHER, DATA, put, "prod/2026"),
        ask(INVENTORY, OTHER, DATA, put, "prod/app-data/x"),
        // Another source.
        ask(S3, OWN, "arn:aws:s3:::app-data-two", put, "prod/2026"),
        ask(INVENTORY, OWN, "arn:aws:s3:::app-images", put, "prod/app-data/x"),
    ];
    for service in [ALB, NLB, S3, INVENTORY] {
        let source = if service == NLB { LOGS } else { DATA };
        for action in ["s3:GetObject", "s3:DeleteObject", "s3:PutObjectAcl"] {
            refused.push(ask(service, OWN, source, action, elb));
        }
        refused.push(ask(service, OWN, source, "s3:PutBucketPolicy", ""));
    }
    // Another service for each destination.
    for key in [elb, "prod/app-data/logbucket/x"] {
        refused.push(ask("cloudtrail.amazonaws.com", OWN, DATA, put, key));
        refused.push(ask("elasticloadbalancing.amazonaws.com", OWN, BALANCER, put, key));
    }
    for one in &refused {
        assert!(!allowed(&policy, one), "{} {} {} {}", one.service, one.account, one.action, one.key);
    }
}

#[test]
fn a_prefix_without_a_slash_keeps_siblings_out_of_the_grant() {
    let account = Account::seeded();
    account
        .run("init s3-access --source app-data --bucket acme-logs --prefix prod --yes")
        .ends(0)
        .says("does not end with `/`");
    let policy = account.policy("acme-logs");
    let put = |key| Ask { service: S3, account: OWN, source: DATA, action: "s3:PutObject", key };
    assert!(allowed(&policy, &put("prod111122223333/us-east-1/app-data/2026/01/01/x")));
    assert!(!allowed(&policy, &put("production/x")));
    assert!(!allowed(&policy, &put("prod/x")));
    account.wait(account.sandbox.deliver());
    assert!(account.bucket("acme-logs").objects.keys().any(|key| key.starts_with("prod111122223333/")));
}
