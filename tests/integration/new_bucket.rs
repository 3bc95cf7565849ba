//! Every producer with a new bucket, and a second run that changes nothing.

use crate::account::Account;
use crate::tables::each_case;

#[test]
fn an_alb_logs_to_a_new_bucket_and_delivery_is_proven() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket demo-logs --yes").ends(0).says("proven");
    let bucket = account.bucket("demo-logs");
    assert_eq!(bucket.region, "us-east-1");
    assert_eq!(bucket.ownership.as_deref(), Some("BucketOwnerEnforced"));
    assert!(bucket.public_access_block.values().all(|on| *on) && bucket.public_access_block.len() == 4);
    assert_eq!(bucket.encryption.algorithm, "AES256");
    assert_eq!(bucket.encryption.blocked.unwrap(), ["SSE-C"]);
    assert!(bucket.tags["logbucket"].starts_with("run-"), "{:?}", bucket.tags);
    assert_eq!(account.sids("demo-logs"), ["LogbucketAlb", "LogbucketTlsOnly"]);
    assert_eq!(bucket.objects.keys().collect::<Vec<_>>(), ["AWSLogs/111122223333/ELBAccessLogTestFile"]);
    let attributes = account.sandbox.load_balancer("web").unwrap();
    assert_eq!(attributes["access_logs.s3.enabled"], "true");
    assert_eq!(attributes["access_logs.s3.bucket"], "demo-logs");
    assert_eq!(attributes["access_logs.s3.prefix"], "");
}

#[test]
fn all_three_logs_of_an_alb_are_turned_on_in_one_call() {
    let account = Account::seeded();
    let ran = account.run(
        "init alb --source web --log-type access --log-type connection --log-type health-check --bucket demo-logs --prefix team/web --yes",
    );
    ran.ends(0).says("proven");
    let keys: Vec<String> = account.bucket("demo-logs").objects.into_keys().collect();
    assert_eq!(
        keys,
        ["ELBAccessLogTestFile", "ELBConnectionLogTestFile", "ELBHealthCheckLogTestFile"]
            .map(|file| format!("team/web/AWSLogs/111122223333/{file}"))
    );
    let attaches = account.writes().into_iter().filter(|operation| operation == "ModifyLoadBalancerAttributes").count();
    assert_eq!(attaches, 1);
}

#[test]
fn an_nlb_with_a_new_key_logs_to_a_new_bucket() {
    let account = Account::seeded();
    account.run("init nlb --source edge --bucket nlb-logs --kms-key create --yes").ends(0).says("pending");
    let key = account
        .sandbox
        .keys()
        .into_iter()
        .find(|key| key.aliases.contains(&"alias/logbucket-nlb-logs".to_owned()))
        .unwrap();
    let bucket = account.bucket("nlb-logs");
    assert_eq!(bucket.encryption.key.as_deref(), Some(key.arn.as_str()));
    assert!(key.policy.contains("arn:aws:iam::111122223333:root"), "{}", key.policy);
    account.wait(account.sandbox.deliver());
    let bucket = account.bucket("nlb-logs");
    let log = bucket.objects.iter().find(|(name, _)| name.contains("/elasticloadbalancing/")).expect("a log");
    assert!(log.1.readable && log.1.key.as_deref() == Some(key.arn.as_str()), "{log:?}");
}

#[test]
fn s3_access_logs_of_two_buckets_share_one_statement() {
    let account = Account::seeded();
    account
        .run("init s3-access --source app-data --source app-images --bucket s3-logs --prefix s3/ --yes")
        .ends(0)
        .says("pending");
    assert_eq!(account.sids("s3-logs"), ["LogbucketS3Access", "LogbucketTlsOnly"]);
    let logging = account.bucket("app-data").logging.unwrap();
    assert_eq!((logging.target.as_str(), logging.prefix.as_str()), ("s3-logs", "s3/"));
    assert_eq!(logging.partition.as_deref(), Some("EventTime"));
    account.wait(account.sandbox.deliver());
    let keys: Vec<String> = account.bucket("s3-logs").objects.into_keys().collect();
    for source in ["app-data", "app-images"] {
        assert!(keys.iter().any(|key| key.starts_with(&format!("s3/111122223333/us-east-1/{source}/"))), "{keys:?}");
    }
}

#[test]
fn an_inventory_with_a_report_key_can_be_read() {
    let account = Account::seeded();
    let words = "init inventory --source app-data --bucket inv-logs --prefix inv --report-kms-key create --format parquet --yes";
    account.run(words).ends(0).says("pending");
    let bucket = account.bucket("inv-logs");
    assert_eq!(bucket.encryption.algorithm, "AES256", "the bucket's default stays SSE-S3");
    let inventory = &account.bucket("app-data").inventories["logbucket"];
    assert!(inventory.contains("Parquet") && inventory.contains("<AccountId>111122223333</AccountId>"), "{inventory}");
    account.wait(account.sandbox.deliver());
    let bucket = account.bucket("inv-logs");
    let report = bucket.objects.iter().find(|(key, _)| key.starts_with("inv/app-data/logbucket/")).expect("a report");
    assert!(report.1.readable && report.1.algorithm == "aws:kms", "{report:?}");
}

#[test]
fn a_second_run_writes_nothing_but_the_test_object() {
    let cases = [
        "init alb --source web --bucket demo-logs --log-type access --log-type connection --yes",
        "init nlb --source edge --bucket demo-logs --kms-key create --yes",
        "init s3-access --source app-data --bucket demo-logs --prefix s3/ --yes",
        "init inventory --source app-data --bucket demo-logs --report-kms-key create --expire-days 30 --tag owner=me --yes",
    ];
    each_case(cases, |words| {
        let account = Account::seeded();
        account.run(words).ends(0);
        let before = account.sandbox.state();
        account.run(words).ends(0);
        assert_eq!(account.writes(), Vec::<String>::new(), "{words}");
        assert_eq!(account.sandbox.state(), before, "{words}");
    });
}

#[test]
fn a_bucket_in_another_region_gets_its_location_constraint() {
    let account = Account::seeded();
    let balancer = sandbox::LoadBalancerSeed::application("west-web").within("us-west-2");
    let arn = account.wait(account.sandbox.put_load_balancer(balancer));
    // The ARN's Region overrides the flag's Region.
    account.run(&format!("init alb --source {arn} --bucket west-demo --region us-east-1 --yes")).ends(0).says("proven");
    assert_eq!(account.bucket("west-demo").region, "us-west-2");
}

#[test]
fn a_bucket_with_an_account_regional_name_is_created_in_that_namespace() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket demo-111122223333-us-east-1-an --yes").ends(0).says("proven");
    account
        .run("init alb --source web --bucket demo-444455556666-us-east-1-an --yes")
        .ends(5)
        .says("reserved for account 444455556666");
    account.run("init alb --source web --bucket demo-111122223333-eu-west-1-an --yes").ends(5).says("in eu-west-1");
    assert_eq!(account.writes(), Vec::<String>::new());
}

#[test]
fn retention_and_tags_are_set_as_requested() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket demo-logs --prefix prod --expire-days 30 --tag owner=me --tag env=a=b --yes").ends(0);
    let bucket = account.bucket("demo-logs");
    let lifecycle = bucket.lifecycle.unwrap();
    assert!(
        lifecycle.contains("<Prefix>prod/AWSLogs/111122223333/elasticloadbalancing/</Prefix>")
            && lifecycle.contains("<Days>30</Days>"),
        "{lifecycle}"
    );
    assert_eq!(bucket.tags["owner"], "me");
    assert_eq!(bucket.tags["env"], "a=b");
}

#[test]
fn every_bucket_call_names_the_expected_owner() {
    let cases = [
        "init alb --source web --bucket demo-logs --yes",
        "init s3-access --source app-data --bucket shared-logs --prefix s3/ --expire-days 9 --fix --yes",
        "init inventory --source app-data --bucket kms-logs --yes",
    ];
    each_case(cases, |words| {
        let account = Account::seeded();
        account.run(words).ends(0);
        for request in account.sandbox.requests() {
            if request.service == "s3" && !["CreateBucket", "ListBuckets"].contains(&request.operation.as_str()) {
                assert_eq!(request.expected_owner.as_deref(), Some("111122223333"), "{request:?}");
            }
        }
    });
}
