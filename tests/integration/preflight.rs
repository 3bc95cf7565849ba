//! Permissions are checked before anything is changed. All missing permissions are reported together, and unknown
//! permissions block nothing.

use sandbox::{Effect, Fault, When, seed};
use serde_json::{Value, json};

use crate::account::Account;
use crate::tables::each_case;

/// A policy that allows everything but these actions.
fn all_but(actions: &[&str]) -> Value {
    let every = [
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeLoadBalancerAttributes",
        "elasticloadbalancing:DescribeListeners",
        "elasticloadbalancing:DescribeTags",
        "elasticloadbalancing:ModifyLoadBalancerAttributes",
        "iam:SimulatePrincipalPolicy",
        "iam:GetRole",
        "kms:*",
        "s3:CreateBucket",
        "s3:DeleteObject",
        "s3:Get*",
        "s3:List*",
        "s3:PutBucketLogging",
        "s3:PutBucketOwnershipControls",
        "s3:PutBucketPolicy",
        "s3:PutBucketPublicAccessBlock",
        "s3:PutBucketTagging",
        "s3:PutEncryptionConfiguration",
        "s3:PutInventoryConfiguration",
        "s3:PutLifecycleConfiguration",
        "s3:PutObject",
        "s3:TagResource",
    ];
    let allowed: Vec<&str> = every.into_iter().filter(|action| !actions.contains(action)).collect();
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": allowed, "Resource": "*" }] })
}

#[test]
fn all_missing_permissions_are_reported_at_once_and_nothing_is_changed() {
    let account = Account::seeded();
    account.sandbox.allow_only(&all_but(&[
        "s3:PutBucketPolicy",
        "s3:PutEncryptionConfiguration",
        "elasticloadbalancing:ModifyLoadBalancerAttributes",
    ]));
    let ran = account.run("init alb --source web --bucket kms-logs --fix --yes").ends(1);
    assert!(account.writes().is_empty());
    let arn = account.sandbox.load_balancer_arn("web").unwrap();
    ran.says("nothing changed: the caller lacks 3 permissions that the plan needs:")
        .says("logbucket permissions init --producer alb --source web --bucket kms-logs --account 111122223333 --region us-east-1")
        .says(&format!("`elasticloadbalancing:ModifyLoadBalancerAttributes` on `{arn}`"))
        .says("`s3:PutBucketPolicy` on `arn:aws:s3:::kms-logs`")
        .says(r#"{"Effect":"Allow","Action":["s3:PutBucketPolicy","s3:PutEncryptionConfiguration"],"Resource":["arn:aws:s3:::kms-logs"]}"#)
        .says("`--no-preflight` skips this check");
    let listed = account.run("undo --output json").ends(0).json();
    assert_eq!(listed["runs"], json!([]), "no receipt of a run that changed nothing");
}

#[test]
fn each_producers_missing_write_permission_is_found() {
    let cases = [
        ("init s3-access --source app-data --bucket demo-logs --prefix s3/ --yes", "s3:PutBucketLogging"),
        ("init inventory --source app-data --bucket demo-logs --yes", "s3:PutInventoryConfiguration"),
        ("init alb --source web --bucket demo-logs --yes", "s3:CreateBucket"),
        ("init alb --source web --bucket shared-logs --expire-days 3 --fix --yes", "s3:PutLifecycleConfiguration"),
        ("init alb --source web --bucket demo-logs --yes", "s3:TagResource"),
    ];
    each_case(cases, |(words, action)| {
        let account = Account::seeded();
        account.sandbox.allow_only(&all_but(&[action]));
        account.run(words).ends(1).says("lacks 1 permission").says(action);
        assert!(account.writes().is_empty(), "{words}");
    });
}

#[test]
fn a_caller_with_all_permissions_sees_no_message() {
    let account = Account::seeded();
    account.sandbox.allow_only(&all_but(&[]));
    let json =
        account.run("init nlb --source edge --bucket demo-logs --kms-key create --yes --output json").ends(0).json();
    assert_eq!(json["preflight"], json!({ "status": "allowed" }), "{json:#}");
}

#[test]
fn if_simulation_is_denied_the_run_says_so_and_continues() {
    let account = Account::seeded();
    account.sandbox.allow_only(&all_but(&["iam:SimulatePrincipalPolicy"]));
    let ran = account.run("init alb --source web --bucket demo-logs --yes").ends(0);
    ran.says("couldn't be checked in advance: `iam:SimulatePrincipalPolicy` is not allowed");
    account.sandbox.allow_only(&all_but(&["iam:SimulatePrincipalPolicy", "s3:PutBucketPolicy"]));
    account.run("init alb --source web --bucket demo-logs --prefix p --fix --yes");
}

#[test]
fn an_iam_failure_does_not_stop_the_run() {
    let account = Account::seeded();
    let fault = Fault {
        when: When::Operation("SimulatePrincipalPolicy".to_owned()),
        effect: Effect::status(400, "Unheard", "no"),
    };
    account.sandbox.inject(fault);
    account
        .run("init alb --source web --bucket demo-logs --yes")
        .ends(0)
        .says("couldn't be checked in advance")
        .says("Unheard");
}

#[test]
fn actions_that_cannot_be_simulated_together_are_simulated_one_by_one() {
    let account = Account::seeded();
    account.sandbox.allow_only(&all_but(&["s3:PutBucketPolicy"]));
    let message = "Invalid Input Actions: [a] and [b] require different authorization information";
    account.sandbox.inject(Fault {
        when: When::OperationTimes("SimulatePrincipalPolicy".to_owned(), 1),
        effect: Effect::status(400, "InvalidInput", message),
    });
    account.run("init alb --source web --bucket demo-logs --yes").ends(1).says("lacks 1 permission");
    assert!(account.writes().is_empty());
}

#[test]
fn with_the_check_disabled_iam_is_not_called() {
    let account = Account::seeded();
    account.sandbox.allow_only(&all_but(&["s3:PutBucketPolicy"]));
    let ran = account.run("init alb --source web --bucket kms-logs --fix --yes --no-preflight").ends(6);
    ran.says("s3:PutBucketPolicy");
    assert!(account.sandbox.requests().iter().all(|request| request.operation != "SimulatePrincipalPolicy"));
}

#[test]
fn a_role_with_a_path_is_found_by_its_name() {
    let account = Account::seeded();
    account.sandbox.set_role_path(seed::ACCOUNT, "/ops/");
    account.sandbox.allow_only(&all_but(&["s3:PutBucketPolicy"]));
    account.run("init alb --source web --bucket shared-logs --yes").ends(1).says("lacks 1 permission");
    let operations: Vec<String> = account.sandbox.requests().into_iter().map(|request| request.operation).collect();
    assert!(operations.contains(&"GetRole".to_owned()), "{operations:?}");
}

#[test]
fn a_bucket_policy_that_allows_the_caller_is_enough() {
    let account = Account::seeded();
    let policy = |principal: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":"s3:Put*","Resource":"arn:aws:s3:::kms-logs"}}]}}"#
        )
    };
    let missing = all_but(&["s3:PutBucketPolicy", "s3:PutEncryptionConfiguration"]);
    account.sandbox.set_policy("kms-logs", Some(&policy("arn:aws:iam::111122223333:role/Operator")));
    account.sandbox.allow_only(&missing);
    let words = "init alb --source web --bucket kms-logs --fix --yes --output json";
    let asked = account.run(words).json();
    assert_eq!(asked["preflight"]["status"], "allowed", "{asked:#}");
    // If the bucket policy names the account instead of the role, the account's own policies still decide.
    let account = Account::seeded();
    account.sandbox.set_policy("kms-logs", Some(&policy("arn:aws:iam::111122223333:root")));
    account.sandbox.allow_only(&missing);
    account.run(words).ends(1).says("lacks 2 permissions");
}

#[test]
fn a_dry_run_lists_what_the_run_would_lack() {
    let account = Account::seeded();
    account.sandbox.allow_only(&all_but(&["s3:PutBucketPolicy", "s3:PutEncryptionConfiguration"]));
    let words = "init alb --source web --bucket kms-logs --dry-run";
    let ran = account.run(words).ends(0).says("Plan: ").says("lacks 2 permissions");
    let list = "  `s3:PutBucketPolicy` on `arn:aws:s3:::kms-logs`\n  `s3:PutEncryptionConfiguration` on `arn:aws:s3:::kms-logs`\n";
    assert!(ran.stderr.contains(list), "{}", ran.stderr);
    account.run(&format!("{words} --detailed-exitcode")).ends(3).says("lacks 2 permissions");
    let document = account.run(&format!("{words} --output json")).ends(0).json();
    assert_eq!(document["verdict"], "not-permitted");
    assert!(document["hint"].as_str().unwrap().contains("logbucket permissions init"), "{document:#}");
    assert_eq!(document["missing_permissions"].as_array().unwrap().len(), 2, "{document:#}");
    account.run(&format!("{words} --no-preflight")).ends(0);
    assert!(account.writes().is_empty());
}

#[test]
fn a_run_without_changes_does_not_call_iam() {
    let account = Account::seeded();
    let asked = || account.sandbox.requests().iter().any(|request| request.operation == "SimulatePrincipalPolicy");
    account.run("init alb --source web --bucket shared-logs --dry-run").ends(0);
    assert!(asked());
    account.run("init alb --source web --bucket shared-logs --yes").ends(0);
    assert!(asked());
    account.run("init alb --source web --bucket shared-logs --yes").ends(0);
    assert!(!asked());
}

/// A policy that allows everything except these actions on these resources.
fn everything_but(denied: &[(&str, &str)]) -> Value {
    let deny = |(action, resource): &(&str, &str)| json!({ "Effect": "Deny", "Action": action, "Resource": resource });
    let allow = json!({ "Effect": "Allow", "Action": "*", "Resource": "*" });
    let statements: Vec<Value> = [allow].into_iter().chain(denied.iter().map(deny)).collect();
    json!({ "Statement": statements })
}

#[test]
fn a_call_that_an_scp_denies_is_blamed_on_the_scp() {
    let account = Account::seeded();
    account.sandbox.set_service_control_policy(&everything_but(&[("s3:PutBucketPolicy", "*")]));
    each_case([("--fix --yes", 1), ("--dry-run", 0)], |(mode, code)| {
        let ran = account.run(&format!("init alb --source web --bucket kms-logs {mode}")).ends(code);
        let ran = ran
            .says("lacks 1 permission")
            .says("a service control policy (SCP) blocks `s3:PutBucketPolicy` on `arn:aws:s3:::kms-logs`")
            .says("ask your organization's administrators");
        assert!(!ran.stderr.contains("grant it") && !ran.stderr.contains("logbucket permissions"), "{}", ran.stderr);
    });
    assert!(account.writes().is_empty());
}

#[test]
fn a_call_that_a_permissions_boundary_denies_is_blamed_on_the_boundary() {
    let account = Account::seeded();
    account.sandbox.set_boundary(&everything_but(&[("s3:PutEncryptionConfiguration", "*")]));
    account.sandbox.allow_only(&all_but(&["s3:PutBucketPolicy"]));
    let ran = account.run("init alb --source web --bucket kms-logs --fix --yes").ends(1);
    let ran = ran
        .says("lacks 2 permissions")
        .says("the caller's permissions boundary blocks `s3:PutEncryptionConfiguration` on `arn:aws:s3:::kms-logs`")
        .says(r#"grant it: {"Effect":"Allow","Action":["s3:PutBucketPolicy"],"Resource":["arn:aws:s3:::kms-logs"]}"#);
    assert!(!ran.stderr.contains("service control"), "{}", ran.stderr);
    assert!(account.writes().is_empty());
    let document = account.run("init alb --source web --bucket kms-logs --fix --yes --output json").ends(1).json();
    assert_eq!(document["missing_permissions"].as_array().unwrap().len(), 2, "{document:#}");
    assert!(document["hint"].as_str().unwrap().contains("permissions boundary"), "{document:#}");
}

#[test]
fn an_scp_on_other_resources_is_not_blamed() {
    // IAM reports a single decision of the organization for several resources together.
    let account = Account::seeded();
    let other = "arn:aws:elasticloadbalancing:*";
    account.sandbox.set_service_control_policy(&everything_but(&[("s3:PutBucketPolicy", other)]));
    account.sandbox.allow_only(&all_but(&["s3:PutBucketPolicy"]));
    let ran = account.run("init alb --source web --bucket kms-logs --fix --yes").ends(1);
    let ran = ran.says("lacks 1 permission").says("grant it: ");
    assert!(!ran.stderr.contains("service control"), "{}", ran.stderr);
}

#[test]
fn a_write_denied_by_an_scp_or_boundary_is_blamed_on_it() {
    for kind in ["boundary", "organization"] {
        let account = Account::seeded();
        let only = json!({ "Statement": [{ "Effect": "Allow", "Action": ["elasticloadbalancing:*", "s3:Get*", "s3:List*"], "Resource": "*" }] });
        let expected = if kind == "boundary" {
            account.sandbox.set_boundary(&only);
            "no permissions boundary allows this call"
        } else {
            account.sandbox.set_service_control_policy(&only);
            "no service control policy allows this call"
        };
        let ran = account.run("init alb --source web --bucket kms-logs --fix --yes --no-preflight").ends(1);
        let ran = ran.says(expected);
        assert!(!ran.stderr.contains("\"Effect\""), "{}", ran.stderr);
    }
}
