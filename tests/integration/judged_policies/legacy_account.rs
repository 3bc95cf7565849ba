//! ALB logs that only the legacy account may write: the plan names what blocks that account, and a statement for the
//! service's principal fixes the log.

use sandbox::{BucketSeed, LoadBalancerSeed};
use serde_json::{Value, json};

use crate::account::Account;
use crate::check::{assert_fixed, assert_health};

const WEB: &str = "alb --source x --log-type access";

fn old() -> Value {
    json!({"Sid": "Old", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::127311923021:root"},
        "Action": "s3:PutObject", "Resource": "arn:aws:s3:::web-logs/AWSLogs/111122223333/*"})
}

fn guard(condition: &Value) -> Value {
    json!({"Sid": "Guard", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::web-logs/*", "Condition": condition})
}

/// An ALB whose log is on, and a bucket with these statements.
fn account(statements: &[Value]) -> Account {
    let account = Account::seeded();
    let policy = json!({"Version": "2012-10-17", "Statement": statements});
    account.wait(account.sandbox.put_bucket(BucketSeed::new("web-logs").policy(&policy.to_string())));
    let balancer = LoadBalancerSeed::application("x").logging("access_logs", "web-logs", "");
    account.wait(account.sandbox.put_load_balancer(balancer));
    account
}

#[test]
fn a_denied_legacy_account_is_dead_and_fixed_by_a_statement_for_the_service() {
    let elb = json!({"Service": "logdelivery.elasticloadbalancing.amazonaws.com"});
    let not_the_service = json!({"Sid": "Guard", "Effect": "Deny", "NotPrincipal": elb, "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::web-logs/*"});
    for deny in [guard(&json!({"Bool": {"aws:PrincipalIsAWSService": "false"}})), not_the_service] {
        let account = account(&[old(), deny]);
        let found = assert_health(&account, WEB, "dead", "policy-deny");
        let what = found["findings"][0]["what"].as_str().unwrap();
        assert!(what.contains("127311923021") && what.contains("`Guard`") && !what.contains("ACL"), "{what}");
        account.run("scan --name x").ends(3);
        assert_fixed(&account, WEB, &found);
        let after = account.policy("web-logs");
        assert_eq!(after["Statement"][0], old(), "nothing but a statement is added");
        assert_eq!(after["Statement"][2]["Principal"], elb);
    }
}

#[test]
fn an_organizations_perimeter_very_likely_blocks_the_account_and_init_avoids_it() {
    let account = account(&[
        old(),
        guard(&json!({"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1234567890"},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}})),
    ]);
    account
        .run("init alb --source x --bucket web-logs --log-type access --dry-run")
        .ends(0)
        .says("account `127311923021`")
        .says("is very likely denied by statement 2 `Guard`");
    // AWS writes an ALB's test file when the log is turned on. If there is none, AWS could not write it.
    let found = assert_health(&account, WEB, "dead", "policy-deny-likely");
    assert_fixed(&account, WEB, &found);
}

#[test]
fn a_public_policy_makes_the_account_uncertain_if_the_bucket_restricts_nothing() {
    let site = json!({"Sid": "Site", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::web-logs/public/*"});
    let account = account(&[old(), site]);
    account.sandbox.set_setting("web-logs", "publicAccessBlock", None);
    let found = assert_health(&account, WEB, "unknown", "");
    let doubt = found["unknown"][0].as_str().unwrap();
    assert!(doubt.contains("RestrictPublicBuckets") && doubt.contains("`Site`"), "{doubt}");
    assert!(doubt.contains("`RestrictPublicBuckets` of the account or organization (not read)"), "{doubt}");
    // With all four flags on, S3 also rejects a new policy with the public statement, so a person must decide.
    account.sandbox.set_setting("web-logs", "publicAccessBlock", Some(&RESTRICTED.replace("false", "true")));
    let found = assert_health(&account, WEB, "dead", "policy-grant");
    assert!(found["fix"].is_null(), "{found:#}");
    assert!(found["findings"][0]["hint"].as_str().unwrap().contains("remove statement `Site`"), "{found:#}");
}

/// A Block Public Access configuration that rejects no policy, but blocks other accounts from a bucket with a public
/// policy.
const RESTRICTED: &str = "<PublicAccessBlockConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>false</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>";

#[test]
fn a_restricted_public_policy_blocks_the_account_and_a_service_statement_fixes_it() {
    for everyone in [json!("*"), json!({"AWS": "*"})] {
        let site = json!({"Sid": "Site", "Effect": "Allow", "Principal": everyone, "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::web-logs/public/*"});
        let account = account(&[old(), site]);
        account.sandbox.set_setting("web-logs", "publicAccessBlock", Some(RESTRICTED));
        let found = assert_health(&account, WEB, "dead", "policy-grant");
        let what = found["findings"][0]["what"].as_str().unwrap();
        assert!(what.contains("127311923021") && what.contains("the bucket's `RestrictPublicBuckets`"), "{what}");
        account.run("scan --name x").ends(3);
        assert_fixed(&account, WEB, &found);
        account.wait(account.sandbox.deliver());
        assert_health(&account, WEB, "delivering", "");
    }
}

#[test]
fn a_restricted_public_policy_does_not_affect_the_service() {
    let mut grant = old();
    grant["Principal"] = json!({"Service": "logdelivery.elasticloadbalancing.amazonaws.com"});
    let site = json!({"Sid": "Site", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::web-logs/public/*"});
    let account = account(&[grant, site]);
    account.sandbox.set_setting("web-logs", "publicAccessBlock", Some(RESTRICTED));
    assert_health(&account, WEB, "pending", "");
}

#[test]
fn a_deny_for_networks_outside_aws_is_only_a_remark() {
    let mut grant = old();
    grant["Principal"] = json!({"Service": "logdelivery.elasticloadbalancing.amazonaws.com"});
    let account = account(&[grant, guard(&json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}))]);
    let found = assert_health(&account, WEB, "pending", "");
    assert_eq!(found["findings"][0]["id"], "policy-deny-unlikely", "{found:#}");
}

#[test]
fn a_log_with_an_expired_grant_is_dead() {
    let mut grant = old();
    grant["Principal"] = json!({"Service": "logdelivery.elasticloadbalancing.amazonaws.com"});
    grant["Condition"] = json!({"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}});
    let account = account(&[grant]);
    let found = assert_health(&account, WEB, "dead", "policy-grant");
    assert!(found["findings"][0]["what"].as_str().unwrap().contains("closest match: statement 1 `Old`"), "{found:#}");
    assert_fixed(&account, WEB, &found);
}
