//! Buckets that deny access, belong to Control Tower, or allow logs in an unusual way.

use sandbox::BucketSeed;
use serde_json::{Value, json};

use super::setup::{denied, log_to};
use crate::account::Account;
use crate::tables::each_case;

#[test]
fn an_acl_that_allows_logs_is_enough_for_both_init_and_check() {
    let account = Account::seeded();
    let acl = BucketSeed::new("acl-logs").owned("ObjectWriter").acl("log-delivery-write");
    account.wait(account.sandbox.put_bucket(acl));
    log_to(&account, "app-data", "acl-logs");
    account.run("check s3-access --source app-data").ends(0).says("permitted");
    account.run("init s3-access --source app-data --bucket acl-logs --yes").ends(0);
    assert_eq!(account.writes(), Vec::<String>::new());
    // Another source is attached, and the bucket stays as it is.
    account.run("init s3-access --source app-images --bucket acl-logs --yes").ends(0);
    assert_eq!(account.writes(), ["PutBucketLogging"]);
    // If the ACL can't be read, `init` says so.
    account.sandbox.inject(denied("GetBucketAcl"));
    account
        .run("init s3-access --source app-data --bucket acl-logs --dry-run")
        .ends(0)
        .says("an ACL that could not be read");
    // If ACLs are disabled, an ACL allows no one.
    account.sandbox.clear_faults();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("off-logs").owned("BucketOwnerEnforced")));
    account.run("init s3-access --source app-data --bucket off-logs --yes --fix").ends(0);
    assert_eq!(account.writes(), ["PutBucketPolicy", "PutBucketLogging"]);
}

/// A bucket whose policy denies everyone.
fn account_with_locked_bucket() -> Account {
    let account = Account::seeded();
    let policy = json!({ "Version": "2012-10-17", "Statement": [{
        "Sid": "Nobody", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": ["arn:aws:s3:::locked-logs", "arn:aws:s3:::locked-logs/*"],
    }] });
    account.wait(account.sandbox.put_bucket(BucketSeed::new("locked-logs").policy(&policy.to_string())));
    account
}

#[test]
fn a_bucket_of_this_account_that_denies_access_is_reported_as_such() {
    let own = "`locked-logs` belongs to account 111122223333 and denies these credentials";
    let account = account_with_locked_bucket();
    account
        .run("init alb --source web --bucket locked-logs --yes")
        .ends(5)
        .says(own)
        .says("aws s3api delete-bucket-policy --bucket locked-logs")
        .omits("bucket names are global");
    account.run("init s3-access --source locked-logs --bucket shared-logs --yes").ends(1).says("belongs to account");
    let cases = [
        "init alb --source web --bucket locked-logs --yes",
        "init s3-access --source locked-logs --bucket shared-logs --yes",
        "check s3-access --source locked-logs",
    ];
    each_case(cases, |words| {
        let ran = account.run(words);
        let network = ran.stderr.find("the bucket policy may allow only one network (a VPC endpoint").expect(words);
        let delete = ran.stderr.find("as a last resort, if the policy locks everyone out").expect(words);
        assert!(network < delete && ran.stderr.find("delete-bucket-policy") > Some(delete), "{words}: {ran:?}");
    });
    // It is unknown whether `locked-logs` logs to the bucket, which is reported in one line.
    let ran = account.run("check --bucket shared-logs --output json").ends(0);
    let document = ran.json();
    let lines: Vec<&str> = document["unknown"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|line| line.as_str())
        .filter(|line| line.contains("locked-logs"))
        .collect();
    assert_eq!(
        lines,
        [
            "bucket `locked-logs` might also log here: it can't be read (`s3:GetInventoryConfiguration`, `s3:ListBucket` denied)"
        ]
    );
    log_to(&account, "app-data", "locked-logs");
    account.run("check s3-access --source app-data").says(own);
    // Without a listing, nothing shows who owns the bucket.
    account.sandbox.inject(denied("ListBuckets"));
    account.run("init alb --source web --bucket locked-logs --yes").ends(5).says("bucket names are global").omits(own);
    // Another account's bucket.
    let account = Account::seeded();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("their-logs").of("444455556666")));
    account.run("init alb --source web --bucket their-logs --yes").ends(5).says("bucket names are global");
}

#[test]
fn scanners_that_want_access_logging_on_a_log_bucket_get_a_suppression() {
    let account = Account::seeded();
    each_case(["alb", "nlb", "s3-access"], |producer| {
        let ran = account.run(&format!("check {producer} --bucket old-alb-logs --suppressions")).ends(0);
        for rule in ["CKV_AWS_18", "s3_bucket_server_access_logging_enabled", "AVD-AWS-0089", "AwsSolutions-S1", "S3.9"]
        {
            assert!(ran.stdout.contains(rule), "{producer} {rule}: {}", ran.stdout);
        }
        assert_eq!(ran.stdout.contains("CKV_AWS_145"), producer != "nlb", "{}", ran.stdout);
        assert_eq!(ran.stdout.matches("Mutelist:").count(), 1, "a second undoes the first: {}", ran.stdout);
    });
    account.run("check inventory --bucket old-alb-logs --suppressions").ends(2);
    let document: Value =
        account.run("check s3-access --bucket old-alb-logs --suppressions --output json").ends(0).json();
    assert_eq!(document["suppressions"].as_array().unwrap().len(), 8);
}

#[test]
fn a_control_tower_bucket_is_reported_as_such_before_it_denies_a_change() {
    let account = Account::seeded();
    for bucket in ["aws-controltower-logs-111122223333-us-east-1", "aws-controltower-config-111122223333"] {
        account.wait(account.sandbox.put_bucket(BucketSeed::new(bucket)));
        account
            .run(&format!("init alb --source web --bucket {bucket} --dry-run"))
            .ends(0)
            .says("is an AWS Control Tower bucket")
            .says("AWSControlTowerExecution");
    }
    // Changing the logging of such a bucket is also forbidden.
    account
        .run("init s3-access --source aws-controltower-config-111122223333 --bucket shared-logs --prefix s3/ --dry-run")
        .ends(0)
        .says("is an AWS Control Tower bucket");
    account.wait(account.sandbox.put_bucket(BucketSeed::new("my-aws-controltower-logs")));
    account
        .run("init alb --source web --bucket my-aws-controltower-logs --dry-run")
        .ends(0)
        .omits("an AWS Control Tower bucket");
}

#[test]
fn a_statement_that_block_public_access_would_reject_is_named_before_any_write() {
    let account = Account::seeded();
    let public = json!({ "Version": "2012-10-17", "Statement": [{
        "Sid": "Website", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::www-logs/site/*",
    }] });
    let block = "<PublicAccessBlockConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><BlockPublicPolicy>true</BlockPublicPolicy></PublicAccessBlockConfiguration>";
    let bucket = BucketSeed::new("www-logs").policy(&public.to_string()).setting("publicAccessBlock", block);
    account.wait(account.sandbox.put_bucket(bucket));
    for mode in ["--dry-run", "--yes"] {
        account
            .run(&format!("init alb --source web --bucket www-logs {mode}"))
            .ends(5)
            .says("`www-logs` has `BlockPublicPolicy` on, and statement `Website` of its policy allows public access")
            .says("remove statement `Website` from the bucket policy");
    }
    assert_eq!(account.writes(), Vec::<String>::new());
    // If Block Public Access can't be read, the message about the refused policy names it.
    account.sandbox.inject(denied("GetPublicAccessBlock"));
    account
        .run("init alb --source web --bucket www-logs --yes")
        .ends(1)
        .says("Block Public Access is unknown")
        .says("Block Public Access rejects a policy with a public statement");
    // S3 accepts a policy that is not public.
    account.sandbox.set_policy("www-logs", Some(&public.to_string().replace("\"*\"", "{\"AWS\":\"111122223333\"}")));
    account.run("init alb --source web --bucket www-logs --yes").ends(0);
}
