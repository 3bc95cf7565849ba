//! Sources that are missing, denied or in another Region.

use sandbox::LoadBalancerSeed;

use super::report::{WEB, assert_health};
use crate::account::Account;
use crate::tables::each_case;

#[test]
fn an_unknown_inventory_id_is_an_error_that_lists_the_existing_ids() {
    let account = Account::seeded();
    account.run("init inventory --source app-data --bucket inv-logs --inventory-id nightly --yes").ends(0);
    account
        .run("check inventory --source app-data --inventory-id nigthly")
        .ends(2)
        .says("bucket `app-data` has no inventory `nigthly`")
        .says("did you mean `nightly`?");
    account
        .run("check inventory --source app-data --inventory-id other")
        .ends(2)
        .says("bucket `app-data` has no inventory `other`")
        .says("choose an existing one with `--inventory-id`: nightly");
    account
        .run("check inventory --source app-images --inventory-id nightly --fail-on off")
        .ends(2)
        .says("`app-images` has no inventories; `logbucket init inventory` sets one up");
}

#[test]
fn a_denied_read_is_reported_but_is_not_a_failure() {
    let cases = [
        ("GetBucketPolicy", "s3:GetBucketPolicy"),
        ("ListObjectsV2", "s3:ListBucket"),
        ("DescribeLoadBalancerAttributes", "elasticloadbalancing:DescribeLoadBalancerAttributes"),
    ];
    each_case(cases, |(operation, action)| {
        let account = Account::seeded();
        account.run("init alb --source web --bucket web-logs --yes").ends(0);
        account.sandbox.inject(sandbox::Fault {
            when: sandbox::When::Operation(operation.to_owned()),
            effect: sandbox::Effect::access_denied(),
        });
        let found = assert_health(&account, WEB, "unknown", "");
        assert!(found["unknown"].to_string().contains(action), "{operation}: {found:#}");
    });
}

#[test]
fn a_missing_source_is_an_error_with_similar_names() {
    let account = Account::seeded();
    account.run("check alb --source weeb").ends(2).says("did you mean `web`?");
    account.run("check alb").ends(2).says("missing `--source`").says("or use only `--bucket`");
    account
        .run("check")
        .ends(2)
        .says("missing `PRODUCER`, `--source`")
        .says("or use only `--bucket`, to see which sources log to it");
    account.run("check nlb --source edge --inventory-id x").ends(2).says("`--inventory-id` is for inventory");
}

#[test]
fn for_a_load_balancers_three_logs_the_bucket_is_read_once() {
    let account = Account::seeded();
    let words =
        "init alb --source web --bucket web-logs --log-type access --log-type connection --log-type health-check";
    account.run(&format!("{words} --yes")).ends(0);
    account.run("check alb --source web").ends(0);
    let reads = account.sandbox.requests();
    let count = |operation: &str| reads.iter().filter(|request| request.operation == operation).count();
    assert_eq!((count("GetBucketPolicy"), count("HeadBucket"), count("GetCallerIdentity")), (1, 1, 1));
    assert!(account.sandbox.requests().iter().all(|request| !request.mutating));
}

#[test]
fn a_load_balancer_is_looked_up_in_the_region_of_its_arn() {
    let account = Account::seeded();
    let seed = LoadBalancerSeed::application("far").within("eu-west-1").logging("access_logs", "far-logs", "");
    let arn = account.wait(account.sandbox.put_load_balancer(seed));
    let found = assert_health(&account, &format!("alb --source {arn} --log-type access"), "dead", "destination-absent");
    assert_eq!(found["region"], "eu-west-1");
    assert!(found["fix"].as_str().unwrap().contains("--region eu-west-1"), "{found:#}");
}
