//! Access logs that lead back to their own bucket.

use sandbox::BucketSeed;
use serde_json::json;

use super::setup::log_to;
use crate::account::Account;

/// Allows the log delivery service to write to the bucket.
fn allow_logs(account: &Account, bucket: &str) {
    let policy = json!({ "Version": "2012-10-17", "Statement": [{
        "Sid": "Logs", "Effect": "Allow", "Principal": { "Service": "logging.s3.amazonaws.com" },
        "Action": "s3:PutObject", "Resource": format!("arn:aws:s3:::{bucket}/*"),
    }] });
    account.sandbox.set_policy(bucket, Some(&policy.to_string()));
}

#[test]
fn an_endless_logging_loop_fails_a_run() {
    let to_itself = || {
        let account = Account::seeded();
        allow_logs(&account, "app-images");
        log_to(&account, "app-images", "app-images");
        account
    };
    let of_two = || {
        let account = Account::seeded();
        for (source, target) in [("app-images", "app-data"), ("app-data", "app-images")] {
            allow_logs(&account, target);
            log_to(&account, source, target);
        }
        account
    };
    for (account, said) in
        [(to_itself(), "`app-images` logs to itself"), (of_two(), "`app-images` and `app-data` log to each other")]
    {
        account.run("check s3-access --source app-images").ends(3).says(said).says("endlessly");
        let scan = "scan --regions us-east-1 --name app-images --producer s3-access";
        account.run(scan).ends(3).says(said);
        account.run(&format!("{scan} --fail-on dead")).ends(0).says(said);
        account.run(&format!("{scan} --fail-on loop")).ends(3);
        account.run(&format!("{scan} --output csv")).ends(3).says("log-loop");
        let sarif = account.run(&format!("{scan} --output sarif")).ends(3).json();
        let results = sarif["runs"][0]["results"].as_array().unwrap();
        assert_eq!(results.len(), 1, "{results:#?}");
        assert_eq!((&results[0]["ruleId"], &results[0]["level"]), (&json!("log-loop"), &json!("warning")));
        let rule = &sarif["runs"][0]["tool"]["driver"]["rules"][0]["properties"];
        assert_eq!(rule["tags"][1], "external/cwe/cwe-400", "{rule:#}");
        assert!(results[0]["message"]["text"].as_str().unwrap().contains(said), "{results:#?}");
        let found = account.run("check s3-access --source app-images --output json").ends(3).json();
        assert_ne!(found["logs"][0]["health"], "dead", "{found:#}");
    }
    // A longer loop is found if all its buckets are known.
    let account = Account::seeded();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("third-logs")));
    let round = [("app-images", "app-data"), ("app-data", "third-logs"), ("third-logs", "app-images")];
    for (source, target) in round {
        allow_logs(&account, target);
        log_to(&account, source, target);
    }
    let said = "`app-images` logs to `app-data`, which logs to `third-logs`, which logs to `app-images`";
    let scan = "scan --regions us-east-1 --producer s3-access";
    account.run(scan).ends(3).says(said).says("endlessly");
    account.run(&format!("{scan} --fail-on dead")).ends(0).says(said);
    account.run("check s3-access --bucket app-data").ends(3).says(said);
    let sarif = account.run(&format!("{scan} --output sarif")).ends(3).json();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 3, "{results:#?}");
    assert!(results.iter().all(|result| result["ruleId"] == "log-loop"), "{results:#?}");
    // A dead log breaks the loop, and a bucket that only logs into the loop is not reported.
    account.sandbox.set_policy("third-logs", None);
    account.run(scan).omits("access logs form a loop");
    allow_logs(&account, "third-logs");
    // One source is enough to find the loop, and a new loop is refused.
    account.run("check s3-access --source app-images").ends(3).says(said);
    account.run(&format!("{scan} --name app-images")).ends(3).says(said);
    account.sandbox.set_setting("third-logs", "logging", None);
    account.run("init s3-access --source third-logs --bucket app-images --yes").ends(5).says("access logs form a loop");
    // A bucket that logs elsewhere makes no loop.
    let account = Account::seeded();
    allow_logs(&account, "app-data");
    log_to(&account, "app-images", "app-data");
    log_to(&account, "app-data", "shared-logs");
    account.run("check s3-access --source app-images").ends(0).omits("endlessly");
}

#[test]
fn a_loop_of_two_buckets_is_refused_before_it_is_created() {
    let account = Account::seeded();
    log_to(&account, "shared-logs", "app-data");
    account
        .run("init s3-access --source app-data --bucket shared-logs --prefix s3/ --yes --fix")
        .ends(5)
        .says("`app-data` and `shared-logs` log to each other")
        .says("name a bucket whose own access logs don't lead to `app-data`");
    assert!(account.writes().is_empty(), "{:?}", account.writes());
    // The loop is also refused if the run has another source outside it.
    account
        .run("init s3-access --source app-images --source app-data --bucket shared-logs --prefix s3/ --dry-run")
        .ends(5)
        .says("log to each other");
    account.run("init s3-access --source app-images --bucket shared-logs --prefix s3/ --dry-run").ends(0);
    // An existing loop is kept and reported.
    log_to(&account, "app-data", "shared-logs");
    account
        .run("init s3-access --source app-data --bucket shared-logs --dry-run")
        .ends(0)
        .says("`app-data` and `shared-logs` log to each other");
}
