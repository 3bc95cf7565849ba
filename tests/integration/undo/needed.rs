//! What an undo keeps because a later run or another service needs it.

use http::HeaderMap;
use sandbox::sandbox::Outcome;
use sandbox::wire::Request;
use sandbox::{BucketSeed, DeliverySeed, Effect, Encryption, Fault, LoadBalancerSeed, When};
use serde_json::Value;

use crate::account::Account;
use crate::tables::each_case;

fn runs(account: &Account) -> Vec<Value> {
    account.run("undo --output json").ends(0).json()["runs"].as_array().unwrap().clone()
}

#[test]
fn a_bucket_that_the_run_created_is_kept_if_others_depend_on_it() {
    let account = Account::seeded();
    account.run("init s3-access --source app-data --bucket demo-logs --prefix s3/ --yes").ends(0);
    account.run("init s3-access --source app-images --bucket demo-logs --prefix s3/ --yes").ends(0);
    let first = runs(&account).last().unwrap()["run"].as_str().unwrap().to_owned();
    account.run(&format!("undo {first} --yes")).ends(6).says("depends on it; undo that run first");
    assert!(account.sandbox.bucket("demo-logs").is_some());
    // If the runs are undone one after another, each undo starts from the state that the previous undo left.
    account.run("undo latest --yes").ends(0);
    account.run(&format!("undo {first} --yes")).ends(0);
    assert!(account.sandbox.bucket("demo-logs").is_none());
}

#[test]
fn settings_that_a_later_run_depends_on_are_kept() {
    let cases = [
        (
            "init inventory --source app-data --bucket new-inventory --inventory-id one --yes",
            "init inventory --source app-data --bucket new-inventory --inventory-id two --yes",
        ),
        (
            "init alb --source web --bucket kms-logs --fix --yes",
            "init alb --source legacy-web --bucket kms-logs --fix --yes",
        ),
    ];
    each_case(cases, |(first, second)| {
        let account = Account::seeded();
        account.run(first).ends(0);
        let run = runs(&account)[0]["run"].as_str().unwrap().to_owned();
        account.run(second).ends(0);
        let bucket = second.split(' ').find(|word| ["new-inventory", "kms-logs"].contains(word)).unwrap();
        let before = account.bucket(bucket);
        account.run(&format!("undo {run} --yes")).ends(6).says("depends on it; undo that run first");
        let after = account.bucket(bucket);
        assert_eq!((after.policy, after.encryption), (before.policy, before.encryption));
    });
}

#[test]
fn a_rule_or_tag_that_a_later_run_also_requested_is_kept() {
    for words in ["--expire-days 90", "--tag team=web"] {
        let account = Account::seeded();
        let init = |source: &str| {
            format!("init s3-access --source {source} --bucket shared-logs --prefix s3/ --yes --fix {words}")
        };
        account.run(&init("app-data")).ends(0);
        let run = runs(&account)[0]["run"].as_str().unwrap().to_owned();
        account.run(&init("app-images")).ends(0);
        let later = runs(&account)[0]["run"].as_str().unwrap().to_owned();
        let asked_for = |account: &Account| {
            let bucket = account.bucket("shared-logs");
            (bucket.lifecycle, bucket.tags)
        };
        let before = asked_for(&account);
        let why = format!("the later run {later} depends on it; undo that run first");
        account.run(&format!("undo {run} --yes")).ends(6).says(&why);
        assert_eq!(asked_for(&account), before, "{words}");
        account.run(&format!("undo {later} --yes")).ends(0);
        account.run(&format!("undo {run} --yes")).ends(0);
        assert_ne!(asked_for(&account), before, "{words}");
    }
}

#[test]
fn deliveries_of_vended_logs_keep_the_bucket_and_their_grant() {
    // A bucket that the run created, and a bucket whose policy the run changed.
    each_case([("demo-logs", "goes there"), ("shared-logs", "needs it")], |(bucket, needed)| {
        let account = Account::seeded();
        account.run(&format!("init nlb --source edge --bucket {bucket} --yes --fix")).ends(0);
        let arn = "arn:aws:cloudfront::111122223333:distribution/EXAMPLE";
        account
            .sandbox
            .put_delivery(DeliverySeed::new("pages", arn, "ACCESS_LOGS").to(&format!("arn:aws:s3:::{bucket}")));
        account.wait(account.sandbox.empty_bucket(bucket));
        let policy = account.bucket(bucket).policy;
        account
            .run("undo latest --yes")
            .ends(6)
            .says(&format!("the CloudWatch vended log (delivery source `pages`) {needed}"));
        assert_eq!(account.bucket(bucket).policy, policy);
    });
}

#[test]
fn objects_of_another_service_keep_the_encryption_that_it_needs() {
    let allow = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"delivery.logs.amazonaws.com"},"Action":["s3:PutObject","s3:GetBucketAcl"],"Resource":["arn:aws:s3:::kx-logs","arn:aws:s3:::kx-logs/*"]}]}"#;
    let folders = [
        "AWSLogs/111122223333",
        "AWSLogs/aws-account-id=111122223333",
        "flow/AWSLogs/111122223333",
        "AWSLogs/444455556666",
    ];
    each_case(folders, |folder| {
        let account = Account::seeded();
        let encryption = account.bucket("kms-logs").encryption;
        account.wait(account.sandbox.put_bucket(BucketSeed::new("kx-logs").policy(allow).encrypted(encryption)));
        account.run("init alb --source web --bucket kx-logs --fix --yes").ends(0);
        let object = format!("{folder}/vpcflowlogs/us-east-1/2026/11/26/x.log.gz");
        account.wait(account.sandbox.put_object("kx-logs", &object, b"x"));
        account.run("undo latest --yes").ends(6).says("vpcflowlogs/` needs it");
        assert_eq!(account.bucket("kx-logs").encryption.algorithm, "AES256", "{folder}");
    });
}

#[test]
fn an_expired_grant_to_another_service_does_not_prevent_an_undo() {
    let cases = [
        (r#"{"DateLessThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}"#, false),
        (r#"{"DateGreaterThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}"#, true),
    ];
    each_case(cases, |(condition, is_needed)| {
        let allow = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":"delivery.logs.amazonaws.com"}},"Action":["s3:PutObject","s3:GetBucketAcl"],"Resource":["arn:aws:s3:::kx-logs","arn:aws:s3:::kx-logs/*"],"Condition":{condition}}}]}}"#
        );
        let account = Account::seeded();
        let encryption = account.bucket("kms-logs").encryption;
        account.wait(account.sandbox.put_bucket(BucketSeed::new("kx-logs").policy(&allow).encrypted(encryption)));
        account.run("init alb --source web --bucket kx-logs --fix --yes").ends(0);
        let object = "AWSLogs/111122223333/vpcflowlogs/us-east-1/2019/11/26/x.log.gz";
        account.wait(account.sandbox.put_object("kx-logs", object, b"x"));
        account.run("undo latest --yes").ends(if is_needed { 6 } else { 0 });
        let algorithm = if is_needed { "AES256" } else { "aws:kms" };
        assert_eq!(account.bucket("kx-logs").encryption.algorithm, algorithm, "{condition}");
    });
}

/// Adds a bucket that no load balancer logs to, with a key whose policy a run extends.
fn another_bucket_under_the_key(account: &Account) -> String {
    account.run("init nlb --source edge --bucket va-logs --kms-key alias/kms-logs --fix --yes").ends(0);
    let run = account.bucket("va-logs");
    let policy = run.policy.unwrap().replace("va-logs", "vb-logs");
    account.wait(account.sandbox.put_bucket(BucketSeed::new("vb-logs").policy(&policy).encrypted(run.encryption)));
    account.sandbox.keys().into_iter().find(|key| key.policy.contains("LogbucketNlb")).unwrap().arn
}

#[test]
fn a_key_policy_that_another_buckets_logs_need_is_kept() {
    each_case(["vended", "flow", "flow under an alias"], |by| {
        let account = Account::seeded();
        let key = another_bucket_under_the_key(&account);
        if by == "vended" {
            let arn = "arn:aws:cloudfront::111122223333:distribution/EXAMPLE";
            account.sandbox.put_delivery(DeliverySeed::new("pages", arn, "ACCESS_LOGS").to("arn:aws:s3:::vb-logs"));
        } else {
            let object = "AWSLogs/111122223333/vpcflowlogs/us-east-1/x.log.gz";
            account.wait(account.sandbox.put_object("vb-logs", object, b"x"));
        }
        if by == "flow under an alias" {
            account.sandbox.set_encryption("vb-logs", Encryption::kms(Some("alias/kms-logs")));
        }
        account.run("undo latest --yes").ends(6).says("needs it");
        let policy = account.sandbox.keys().into_iter().find(|of| of.arn == key).unwrap().policy;
        assert!(policy.contains("LogbucketNlb"), "{by}");
    });
}

#[test]
fn an_unreadable_receipt_of_a_later_run_keeps_everything_it_might_depend_on() {
    let account = Account::seeded();
    account.run("init alb --source web --log-type access --bucket x-logs --yes").ends(0);
    let run = runs(&account)[0]["run"].as_str().unwrap().to_owned();
    account.run("init alb --source web --log-type access --log-type connection --bucket x-logs --yes").ends(0);
    let folder = account.home().join(".local/state/logbucket/receipts");
    let newest = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let newest = newest.filter(|path| path.extension().is_some_and(|ending| ending == "json")).max().unwrap();
    std::fs::write(&newest, "[]").unwrap();
    account.run(&format!("undo {run} --yes")).ends(6).says("could not tell whether a later run needs it");
    assert_eq!(account.sandbox.load_balancer("web").unwrap()["access_logs.s3.enabled"], "true");
}

#[test]
fn a_log_that_its_own_source_blocks_still_keeps_its_grant() {
    let account = Account::seeded();
    account.run("init nlb --source edge --bucket shared-logs --yes --fix").ends(0);
    let mut balancer = LoadBalancerSeed::network("n2", "TLS").logging("access_logs", "shared-logs", "");
    balancer.listeners.clear();
    account.wait(account.sandbox.put_load_balancer(balancer));
    let policy = account.policy("shared-logs");
    account.run("undo latest --yes").ends(6).says("`n2` needs it");
    assert_eq!(account.policy("shared-logs"), policy);
}

#[test]
fn if_vended_logs_cannot_be_read_nothing_is_removed() {
    let account = Account::seeded();
    account.run("init nlb --source edge --bucket shared-logs --yes --fix").ends(0);
    let policy = account.policy("shared-logs");
    let when = When::Operation("DescribeDeliveryDestinations".to_owned());
    account.sandbox.inject(Fault { when, effect: Effect::slow_down() });
    account.run("undo latest --yes").ends(6).says("could not tell whether other logs need it");
    assert_eq!(account.policy("shared-logs"), policy);
    account.sandbox.clear_faults();
    account.run("undo latest --yes").ends(0);
}

#[test]
fn a_different_cloudwatch_logs_endpoint_is_refused() {
    let account = Account::seeded();
    account.run("init nlb --source edge --bucket shared-logs --yes --fix").ends(0);
    let mut command = account.command();
    command.env("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "http://127.0.0.1:9").args(["undo", "latest", "--yes"]);
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("the run was made against"), "{text}");
}

#[test]
fn the_log_of_a_recreated_source_belongs_to_others() {
    let account = Account::seeded();
    account.run("init s3-access --source app-data --bucket shared-logs --prefix s3/ --yes --fix").ends(0);
    let logging = account.sandbox.state()["buckets"]["app-data"]["settings"]["logging"].as_str().unwrap().to_owned();
    account.sandbox.drop_bucket("app-data");
    account.sandbox.pass(std::time::Duration::from_mins(1));
    account.wait(account.sandbox.put_bucket(BucketSeed::new("app-data").setting("logging", &logging)));
    account.run("undo latest --yes").says("where `app-data` logs: the resource with this setting no longer exists");
    assert!(account.bucket("app-data").logging.is_some());
}

#[test]
fn a_bucket_with_an_unfinished_upload_is_not_deleted() {
    let account = Account::seeded();
    account.run("init s3-access --source app-data --bucket demo-logs --prefix s3/ --yes").ends(0);
    let credential = "AWS4-HMAC-SHA256 Credential=AKIA111122223333TEST/20260101/us-east-1/s3/aws4_request";
    let headers: HeaderMap = [("authorization".parse().unwrap(), credential.parse().unwrap())].into_iter().collect();
    let begun =
        account.wait(account.sandbox.answer(Request::new("POST", "/demo-logs/backup.tar?uploads", headers, "".into())));
    assert!(matches!(&begun, Outcome::Reply(reply) if reply.status == 200), "{begun:?}");
    account.run("undo latest --yes").ends(6).says("changed by someone since: unfinished uploads");
    assert!(account.sandbox.bucket("demo-logs").is_some());
}
