//! Rules of buckets and sources that are seldom met, each said before it hurts.

use sandbox::{BucketSeed, Effect, Fault, When};
use serde_json::{Value, json};

use crate::account::Account;

fn denied(operation: &str) -> Fault {
    Fault { when: When::Operation(operation.to_owned()), effect: Effect::access_denied() }
}

fn log_to(account: &Account, source: &str, target: &str) {
    let logging = format!(
        "<BucketLoggingStatus xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LoggingEnabled><TargetBucket>{target}</TargetBucket><TargetPrefix></TargetPrefix></LoggingEnabled></BucketLoggingStatus>"
    );
    account.sandbox.set_setting(source, "logging", Some(&logging));
}

/// The log delivery service may write to the bucket.
fn let_logs_in(account: &Account, bucket: &str) {
    let policy = json!({ "Version": "2012-10-17", "Statement": [{
        "Sid": "Logs", "Effect": "Allow", "Principal": { "Service": "logging.s3.amazonaws.com" },
        "Action": "s3:PutObject", "Resource": format!("arn:aws:s3:::{bucket}/*"),
    }] });
    account.sandbox.set_policy(bucket, Some(&policy.to_string()));
}

#[test]
fn a_folder_without_a_name_is_worth_a_word() {
    let account = Account::seeded();
    for (prefix, said) in [
        ("/", "prefix `/` begins with `/`"),
        ("/logs/", "prefix `/logs/` begins with `/`"),
        ("//", "prefix `//` begins with `/`"),
        ("team//web/", "prefix `team//web/` contains `//`"),
    ] {
        let init = format!("init s3-access --source app-data --bucket shared-logs --prefix {prefix} --dry-run");
        account.run(&init).ends(0).says(said).says("a folder without a name");
    }
    for prefix in ["logs/", "team/web/"] {
        let init = format!("init s3-access --source app-data --bucket shared-logs --prefix {prefix} --dry-run");
        account.run(&init).ends(0).omits("without a name");
    }
}

#[test]
fn an_acl_that_lets_logs_in_is_enough_for_init_as_it_is_for_check() {
    let account = Account::seeded();
    let acl = BucketSeed::new("acl-logs").owned("ObjectWriter").acl("log-delivery-write");
    account.wait(account.sandbox.put_bucket(acl));
    log_to(&account, "app-data", "acl-logs");
    account.run("check s3-access --source app-data").ends(0).says("permitted");
    account.run("init s3-access --source app-data --bucket acl-logs --yes").ends(0);
    assert_eq!(account.writes(), Vec::<String>::new());
    // A source more is attached, and the bucket stays as it is.
    account.run("init s3-access --source app-images --bucket acl-logs --yes").ends(0);
    assert_eq!(account.writes(), ["PutBucketLogging"]);
    // An ACL that can't be read is no reason to leave it to chance.
    account.sandbox.inject(denied("GetBucketAcl"));
    account
        .run("init s3-access --source app-data --bucket acl-logs --dry-run")
        .ends(0)
        .says("an ACL that could not be read");
    // One that has no meaning, since ACLs are disabled, lets nobody in.
    account.sandbox.clear_faults();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("off-logs").owned("BucketOwnerEnforced")));
    account.run("init s3-access --source app-data --bucket off-logs --yes --fix").ends(0);
    assert_eq!(account.writes(), ["PutBucketPolicy", "PutBucketLogging"]);
}

/// A bucket whose policy keeps everybody out.
fn with_locked() -> Account {
    let account = Account::seeded();
    let policy = json!({ "Version": "2012-10-17", "Statement": [{
        "Sid": "Nobody", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": ["arn:aws:s3:::locked-logs", "arn:aws:s3:::locked-logs/*"],
    }] });
    account.wait(account.sandbox.put_bucket(BucketSeed::new("locked-logs").policy(&policy.to_string())));
    account
}

#[test]
fn a_bucket_of_ones_own_that_refuses_is_called_ones_own() {
    let own = "`locked-logs` is a bucket of account 111122223333, and refuses these credentials";
    let account = with_locked();
    account
        .run("init alb --source web --bucket locked-logs --yes")
        .ends(5)
        .says(own)
        .says("aws s3api delete-bucket-policy --bucket locked-logs")
        .omits("bucket names are shared");
    account.run("init s3-access --source locked-logs --bucket shared-logs --yes").ends(1).says("is one of account");
    log_to(&account, "app-data", "locked-logs");
    account.run("check s3-access --source app-data").says(own);
    // Nobody says whose it is.
    account.sandbox.inject(denied("ListBuckets"));
    account.run("init alb --source web --bucket locked-logs --yes").ends(5).says("bucket names are shared").omits(own);
    // Another's.
    let account = Account::seeded();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("their-logs").of("444455556666")));
    account.run("init alb --source web --bucket their-logs --yes").ends(5).says("bucket names are shared");
}

#[test]
fn a_classic_load_balancer_is_called_by_its_name() {
    let account = Account::seeded();
    let arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/old-web";
    for words in [
        format!("init alb --source {arn} --bucket demo-logs --yes"),
        format!("init nlb --source {arn} --bucket demo-logs --yes"),
        format!("check alb --source {arn}"),
    ] {
        account.run(&words).ends(2).says("is a Classic Load Balancer, which is not supported yet");
    }
}

#[test]
fn logs_that_are_logged_again_without_end_fail_a_run() {
    let to_itself = || {
        let account = Account::seeded();
        let_logs_in(&account, "app-images");
        log_to(&account, "app-images", "app-images");
        account
    };
    let of_two = || {
        let account = Account::seeded();
        for (source, target) in [("app-images", "app-data"), ("app-data", "app-images")] {
            let_logs_in(&account, target);
            log_to(&account, source, target);
        }
        account
    };
    for (account, said) in
        [(to_itself(), "`app-images` logs to itself"), (of_two(), "`app-images` and `app-data` log to each other")]
    {
        account.run("check s3-access --source app-images").ends(3).says(said).says("without end");
        let scan = "scan --regions us-east-1 --name app-images --producer s3-access";
        account.run(scan).ends(3).says(said);
        account.run(&format!("{scan} --fail-on dead")).ends(0).says(said);
        account.run(&format!("{scan} --fail-on loop")).ends(3);
        account.run(&format!("{scan} --output csv")).ends(3).says("log-loop");
        let sarif = account.run(&format!("{scan} --output sarif")).ends(3).json();
        let results = sarif["runs"][0]["results"].as_array().unwrap();
        assert_eq!(results.len(), 1, "{results:#?}");
        assert_eq!((&results[0]["ruleId"], &results[0]["level"]), (&json!("log-loop"), &json!("warning")));
        assert!(results[0]["message"]["text"].as_str().unwrap().contains(said), "{results:#?}");
        let found = account.run("check s3-access --source app-images --output json").ends(3).json();
        assert_ne!(found["logs"][0]["health"], "dead", "{found:#}");
    }
    // One that logs elsewhere makes no loop.
    let account = Account::seeded();
    let_logs_in(&account, "app-data");
    log_to(&account, "app-images", "app-data");
    log_to(&account, "app-data", "shared-logs");
    account.run("check s3-access --source app-images").ends(0).omits("without end");
}

#[test]
fn a_second_bucket_of_a_loop_is_named_before_it_is_made() {
    let account = Account::seeded();
    log_to(&account, "shared-logs", "app-data");
    account
        .run("init s3-access --source app-data --bucket shared-logs --prefix s3/ --dry-run")
        .ends(0)
        .says("`app-data` and `shared-logs` log to each other");
}

#[test]
fn scanners_that_want_the_log_of_a_log_bucket_get_an_exception() {
    let account = Account::seeded();
    for producer in ["alb", "nlb", "s3-access"] {
        let ran = account.run(&format!("check {producer} --bucket old-alb-logs --suppressions")).ends(0);
        for rule in ["CKV_AWS_18", "s3_bucket_server_access_logging_enabled", "AVD-AWS-0089", "AwsSolutions-S1", "S3.9"]
        {
            assert!(ran.stdout.contains(rule), "{producer} {rule}: {}", ran.stdout);
        }
        assert_eq!(ran.stdout.contains("CKV_AWS_145"), producer != "nlb", "{}", ran.stdout);
        assert_eq!(ran.stdout.matches("Mutelist:").count(), 1, "a second undoes the first: {}", ran.stdout);
    }
    account.run("check inventory --bucket old-alb-logs --suppressions").ends(2);
    let document: Value =
        account.run("check s3-access --bucket old-alb-logs --suppressions --output json").ends(0).json();
    assert_eq!(document["suppressions"].as_array().unwrap().len(), 8);
}
