//! The printed policy is enough for `check` and `scan`, and only reads.

use logbucket::internals::permission::CALLS;
use sandbox::LoadBalancerSeed;

use super::runs::{PLACE, actions, assert_all_granted, print_policy};
use crate::account::Account;
use crate::tables::each_case;

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
    each_case([("", 3), ("--newest", 3), ("--tag team", 0)], |(flag, exit)| {
        let policy = print_policy("permissions scan");
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
    });
}

#[test]
fn the_policy_of_check_is_enough_and_only_reads() {
    each_case(CHECKS, |(check, named, init)| {
        let policy = print_policy(&format!("permissions check {named} {PLACE}"));
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
            assert_all_granted(&account, check);
        }
    });
}

/// A policy that denies everyone except through one VPC endpoint.
fn locked(bucket: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"OneWayIn","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::{bucket}","arn:aws:s3:::{bucket}/*"],"Condition":{{"StringNotEquals":{{"aws:SourceVpce":"vpce-1"}}}}}}]}}"#
    )
}

#[test]
fn the_check_policy_shows_a_locked_out_caller_the_bucket_owner() {
    each_case(CHECKS, |(check, named, init)| {
        let policy = print_policy(&format!("permissions check {named} {PLACE}"));
        let account = Account::seeded();
        account.run(&format!("{init} --yes --wait 0")).ends(0);
        let bucket = init.split("--bucket ").nth(1).unwrap().split(' ').next().unwrap();
        account.sandbox.set_policy(bucket, Some(&locked(bucket)));
        account.sandbox.allow_only(&policy);
        account.run(check).says("belongs to account 111122223333 and denies these credentials");
        let listed = account.sandbox.requests().into_iter().filter(|request| request.operation == "ListBuckets");
        assert!(listed.clone().count() > 0, "{check}");
        assert!(listed.into_iter().all(|request| request.status == 200), "{check}");
    });
}
