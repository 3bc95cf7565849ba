//! Scans of some Regions, log types, names or tags.

use std::collections::BTreeSet;

use sandbox::{BucketSeed, Effect, Fault, LoadBalancerSeed, When};

use super::account::states;
use crate::account::Account;
use crate::tables::each_case;

#[test]
fn a_scan_can_be_limited_by_region_producer_and_name() {
    let account = Account::seeded();
    let names = |words: &str| -> Vec<String> {
        let document = account.run(&format!("scan {words} --output json")).json();
        states(&document).into_keys().collect()
    };
    assert_eq!(names("--producer nlb"), ["nlb edge access", "nlb tcp-only access"]);
    assert_eq!(
        names("--producer s3-access --name app-*"),
        ["s3-access app-data", "s3-access app-images", "s3-access app-kms-data"]
    );
    assert_eq!(names("--producer alb --name *web --name x").len(), 6);
    assert_eq!(names("--regions us-west-2 --producer s3-access"), ["s3-access west-logs"]);
    assert!(names("--regions eu-west-1").is_empty());
    account.run("scan --regions eu-west-1").ends(0).says("1 Region of account 111122223333: no sources");
}

#[test]
fn duplicate_arguments_count_once_and_mistyped_ones_are_refused() {
    let account = Account::seeded();
    let document = account.run("scan --regions us-east-1,us-east-1 --output json").ends(3).json();
    assert_eq!(document["regions"].as_array().unwrap().len(), 1, "{document:#}");
    assert_eq!(document["counts"]["dead"], 1, "{document:#}");
    let alone = account.run("scan --region us-east-1 --output json").ends(3).json();
    assert_eq!(alone, document, "`--region` narrows, too");
    account
        .run("scan --regions us-esat-1")
        .ends(2)
        .says("Region `us-esat-1` is not enabled for this account")
        .says("did you mean `us-east-1`?");
    account.run("scan --name WEB").ends(2).says("no load balancer, bucket, VPC or transit gateway matches `WEB`");
    account.run("scan --regions eusc-de-east-1").ends(2).says("European Sovereign Cloud");
}

#[test]
fn a_scan_can_be_limited_by_tag() {
    let account = Account::seeded();
    let tagged = |name: &str, team: &str| LoadBalancerSeed::application(name).tagged("team", team);
    account.wait(account.sandbox.put_load_balancer(tagged("one", "web")));
    account.wait(account.sandbox.put_load_balancer(tagged("two", "data")));
    let tags = "<Tagging><TagSet><Tag><Key>team</Key><Value>web</Value></Tag><Tag><Key>stage</Key><Value>prod</Value></Tag></TagSet></Tagging>";
    account.wait(account.sandbox.put_bucket(BucketSeed::new("web-data").setting("tagging", tags)));
    let names = |words: &str| -> BTreeSet<String> {
        let document = account.run(&format!("scan {words} --output json")).ends(0).json();
        let logs = document["logs"].as_array().unwrap().iter();
        logs.map(|log| log["source"].as_str().unwrap().to_owned()).collect()
    };
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(names("--tag team=web"), set(&["one", "web-data"]));
    assert_eq!(names("--tag team"), set(&["one", "two", "web-data"]));
    assert_eq!(names("--tag team=web --tag team=data --producer alb"), set(&["one", "two"]));
    assert_eq!(names("--tag team=web --tag stage"), set(&["web-data"]));
    assert_eq!(names("--tag team=web --name o*"), set(&["one"]));
    let asked = account.sandbox.requests();
    let count = |operation: &str| asked.iter().filter(|request| request.operation == operation).count();
    assert_eq!(count("DescribeLoadBalancerAttributes"), 1, "only of what is asked about");
    account
        .run("scan --tag team=none")
        .ends(2)
        .says("no load balancer, bucket, VPC or transit gateway has the tags team=none");
    account.run("scan --tag =x").ends(2).says("`KEY` or `KEY=VALUE` is expected");
    let cases = [("DescribeTags", "elasticloadbalancing:DescribeTags"), ("GetBucketTagging", "s3:GetBucketTagging")];
    each_case(cases, |(operation, action)| {
        let account = Account::seeded();
        let effect = Effect::access_denied();
        account.sandbox.inject(Fault { when: When::Operation(operation.to_owned()), effect });
        let ran = account.run("scan --tag team --output json").ends(1);
        assert!(ran.json()["unknown"].to_string().contains(action), "{operation}: {}", ran.stdout);
    });
}
