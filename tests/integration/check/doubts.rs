//! `check` reports what is unknown: no alarm without a cause, and no all-clear without evidence.

use std::time::{Duration, SystemTime};

use sandbox::{BucketSeed, Effect, Encryption, Event, Fault, KeySeed, When};
use serde_json::{Value, json};

use crate::account::Account;
use crate::check::{assert_fixed, assert_health, with_web};
use crate::judged_policies::Log;
use crate::tables::each_case;

const WEB: &str = "alb --source web --log-type access";
const DATA: &str = "s3-access --source app-data";
const REPORT: &str = "inventory --source app-data";

fn denied(account: &Account, operation: &str) {
    account.sandbox.inject(Fault { when: When::Operation(operation.to_owned()), effect: Effect::access_denied() });
}

/// An inventory configuration as S3 stores it. The destination also contains `encryption`, and the configuration also
/// contains `beside`.
fn configuration(id: &str, bucket: &str, encryption: &str, beside: &str) -> String {
    format!(
        "<InventoryConfiguration><Destination><S3BucketDestination><Bucket>arn:aws:s3:::{bucket}</Bucket><Format>CSV</Format>{encryption}</S3BucketDestination></Destination><IsEnabled>true</IsEnabled>{beside}<Id>{id}</Id><IncludedObjectVersions>Current</IncludedObjectVersions><Schedule><Frequency>Daily</Frequency></Schedule></InventoryConfiguration>"
    )
}

#[test]
fn a_grant_on_an_undocumented_condition_key_is_not_blamed_if_a_recent_log_exists() {
    let by_account = json!({"StringEquals": {"aws:SourceAccount": "111122223333"}});
    let account = Log::Alb.account_with(&[Log::Alb.grant(&["*"], &by_account)]);
    account.wait(account.sandbox.deliver());
    assert_health(&account, Log::Alb.words(), "delivering", "");
    let policy = account.policy("b-logs").to_string();
    account.sandbox.drop_bucket("b-logs");
    account.wait(account.sandbox.put_bucket(BucketSeed::new("b-logs").policy(&policy)));
    let found = assert_health(&account, Log::Alb.words(), "unknown", "");
    let doubt = found["unknown"][0].as_str().unwrap();
    assert!(doubt.contains("depends on statement 1 `Theirs`: `StringEquals aws:SourceAccount`"), "{found:#}");
}

#[test]
fn an_unreadable_acl_might_contain_the_grant() {
    let account = Account::seeded();
    let logging = "<BucketLoggingStatus><LoggingEnabled><TargetBucket>acl-logs</TargetBucket><TargetPrefix>old/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>";
    let bucket = BucketSeed::new("acl-logs").owned("ObjectWriter").acl("log-delivery-write");
    account.wait(account.sandbox.put_bucket(bucket));
    account.sandbox.set_setting("app-data", "logging", Some(logging));
    denied(&account, "GetBucketAcl");
    assert_health(&account, DATA, "unknown", "");
    account.wait(account.sandbox.deliver());
    assert_health(&account, DATA, "delivering", "");
}

/// `app-data` logs to `acl-logs`, whose ACL allows the log delivery group and whose policy is this statement.
fn with_acl_and(statement: &Value) -> Account {
    let account = Account::seeded();
    let logging = "<BucketLoggingStatus><LoggingEnabled><TargetBucket>acl-logs</TargetBucket><TargetPrefix>old/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>";
    let policy = json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string();
    let bucket = BucketSeed::new("acl-logs").owned("ObjectWriter").acl("log-delivery-write").policy(&policy);
    account.wait(account.sandbox.put_bucket(bucket));
    account.sandbox.set_setting("app-data", "logging", Some(logging));
    account
}

/// If an ACL allows the logs, AWS writes them with "the S3 log delivery account".
#[test]
fn a_deny_that_exempts_only_the_service_principal_might_block_an_acl_grant() {
    let resource = "arn:aws:s3:::acl-logs/*";
    let spares = [
        json!({ "Effect": "Deny", "NotPrincipal": { "Service": "logging.s3.amazonaws.com" }, "Action": "s3:PutObject",
            "Resource": resource }),
        json!({ "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": resource,
            "Condition": { "StringNotEquals": { "aws:PrincipalServiceName": "logging.s3.amazonaws.com" } } }),
        json!({ "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": resource,
            "Condition": { "BoolIfExists": { "aws:PrincipalIsAWSService": "false" } } }),
    ];
    each_case(spares, |statement| {
        let account = with_acl_and(&statement);
        let found = assert_health(&account, DATA, "unknown", "");
        assert!(found["unknown"].to_string().contains("only the bucket's ACL allows"), "{found:#}");
        account.run("init s3-access --source app-data --bucket acl-logs --prefix old/ --yes --wait 0").ends(0);
        assert_eq!(account.writes(), ["PutBucketPolicy"]);
        assert_health(&account, DATA, "pending", "");
    });
    let others = [
        json!({ "Effect": "Deny", "Principal": { "AWS": "arn:aws:iam::111122223333:role/dev" }, "Action": "s3:PutObject",
            "Resource": resource }),
        json!({ "Effect": "Deny", "Principal": { "Service": "delivery.logs.amazonaws.com" }, "Action": "s3:PutObject",
            "Resource": resource }),
    ];
    each_case(others, |statement| {
        assert_health(&with_acl_and(&statement), DATA, "pending", "");
    });
    let everyone = json!({ "Effect": "Deny", "NotPrincipal": { "AWS": "arn:aws:iam::111122223333:root" },
        "Action": "s3:PutObject", "Resource": resource });
    assert_health(&with_acl_and(&everyone), DATA, "dead", "policy-deny");
}

#[test]
fn an_unreadable_key_policy_might_allow_reports() {
    let account = Account::seeded();
    account.run("init inventory --source app-data --bucket inv-logs --yes").ends(0);
    let key = account.wait(account.sandbox.put_key(KeySeed::new()));
    account.sandbox.set_encryption("inv-logs", Encryption::kms(Some(&key)));
    account.sandbox.set_inventory("app-data", "logbucket", &configuration("logbucket", "inv-logs", "", ""));
    denied(&account, "GetKeyPolicy");
    let found = assert_health(&account, REPORT, "unknown", "");
    assert!(found["unknown"].to_string().contains("kms:GetKeyPolicy"), "{found:#}");
}

#[test]
fn an_unreadable_object_from_before_the_fix_is_not_a_cause_afterwards() {
    let account = Account::seeded();
    account.run("init s3-access --source app-data --bucket data-logs --prefix s3/ --yes").ends(0);
    account.sandbox.set_encryption("data-logs", Encryption::kms(None));
    account.wait(account.sandbox.deliver_at(SystemTime::now() - Duration::from_hours(30)));
    let found = assert_health(&account, DATA, "dead", "encryption-not-writable");
    assert_fixed(&account, DATA, &found);
    let found = assert_health(&account, DATA, "pending", "");
    assert_eq!(found["findings"][0]["id"], "object-unreadable", "{found:#}");
}

#[test]
fn unreadable_sources_that_might_log_to_the_bucket_are_reported() {
    let cases = [
        ("DescribeLoadBalancers", "elasticloadbalancing:DescribeLoadBalancers"),
        ("DescribeLoadBalancerAttributes", "elasticloadbalancing:DescribeLoadBalancerAttributes"),
        ("GetBucketLogging", "s3:GetBucketLogging"),
        ("ListBucketInventoryConfigurations", "s3:GetInventoryConfiguration"),
        ("ListBuckets", "s3:ListAllMyBuckets"),
    ];
    each_case(cases, |(operation, action)| {
        let account = with_web();
        denied(&account, operation);
        let document = account.run("check --bucket web-logs --output json").ends(0).json();
        assert!(document["unknown"].to_string().contains(action), "{operation}: {document:#}");
    });
}

#[test]
fn check_of_a_deleted_or_foreign_bucket_still_shows_which_sources_log_to_it() {
    let account = with_web();
    account.sandbox.drop_bucket("web-logs");
    let ran = account.run("check --bucket web-logs --output json").ends(3);
    assert_eq!(ran.json()["logs"][0]["findings"][0]["id"], "destination-absent", "{}", ran.stdout);
    account.wait(account.sandbox.put_bucket(BucketSeed::new("web-logs").of("444455556666")));
    let ran = account.run("check --bucket web-logs --output json").ends(1);
    assert_eq!(ran.json()["logs"][0]["health"], "unknown", "{}", ran.stdout);
}

#[test]
fn an_inventory_id_that_only_another_bucket_has_is_reported_as_off() {
    let account = Account::seeded();
    account.run("init inventory --source app-data --bucket inv-logs --inventory-id daily --yes").ends(0);
    assert_health(&account, &format!("{REPORT} --inventory-id daily"), "pending", "");
    let both =
        account.run(&format!("check {REPORT} --source app-images --inventory-id daily --output json")).ends(0).json();
    let of = |name: &str| both["logs"].as_array().unwrap().iter().find(|log| log["source"] == name).unwrap().clone();
    assert_eq!(
        (&of("app-data")["health"], &of("app-images")["health"]),
        (&"pending".into(), &"off".into()),
        "{both:#}"
    );
    assert_eq!(of("app-images")["inventory_id"], "daily");
    denied(&account, "ListBucketInventoryConfigurations");
    assert_health(&account, &format!("{REPORT} --inventory-id daily"), "unknown", "");
}

#[test]
fn a_log_file_that_cannot_be_opened_is_not_attributed_to_a_source() {
    let account = Account::seeded();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("mixed-logs")));
    account.run("init s3-access --source app-images --source app-data --bucket mixed-logs --prefix s3/ --yes").ends(0);
    let logging = "<BucketLoggingStatus><LoggingEnabled><TargetBucket>mixed-logs</TargetBucket><TargetPrefix>s3/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>";
    account.sandbox.set_setting("app-data", "logging", Some(logging));
    account.wait(account.sandbox.deliver());
    assert_health(&account, DATA, "delivering", "");
    denied(&account, "GetObject");
    assert_health(&account, DATA, "unknown", "");
}

#[test]
fn an_archived_object_proves_delivery_and_is_not_an_error() {
    let account = with_web();
    account.sandbox.inject(Fault {
        when: When::Operation("GetObject".to_owned()),
        effect: Effect::status(403, "InvalidObjectState", "The operation is not valid for the object's storage class"),
    });
    let found = assert_health(&account, WEB, "delivering", "");
    assert_eq!(found["findings"][0]["id"], "object-unreadable", "{found:#}");
}

#[test]
fn an_unexpected_error_for_one_log_does_not_affect_the_others() {
    let account = Account::seeded();
    account.run("init alb --source web --source legacy-web --bucket web-logs --yes --fix").ends(0);
    account.sandbox.inject(Fault {
        when: When::OperationTimes("ListObjectsV2".to_owned(), 1),
        effect: Effect::status(400, "OddError", "odd"),
    });
    let document = account.run("check alb --source web --source legacy-web --log-type access --output json").json();
    let states: Vec<&Value> = document["logs"].as_array().unwrap().iter().map(|log| &log["health"]).collect();
    assert_eq!(states.len(), 2, "{document:#}");
    assert!(states.contains(&&json!("unknown")), "{document:#}");
    assert!(states.iter().any(|state| **state != "unknown"), "{document:#}");
}

#[test]
fn an_inventory_with_the_wrong_bucket_owner_is_dead() {
    let account = Account::seeded();
    account.run("init inventory --source app-data --bucket inv-logs --inventory-id daily --yes").ends(0);
    let theirs = configuration("daily", "inv-logs", "<AccountId>444455556666</AccountId>", "");
    account.sandbox.set_inventory("app-data", "daily", &theirs);
    let found = assert_health(&account, REPORT, "dead", "attachment-inventory");
    assert_fixed(&account, REPORT, &found);
}

#[test]
fn reports_without_an_encryption_are_denied_by_a_policy_that_requires_a_header() {
    let account = Account::seeded();
    account.run("init inventory --source app-data --bucket inv-logs --yes").ends(0);
    let mut policy = account.policy("inv-logs");
    policy["Statement"].as_array_mut().unwrap().push(json!({
        "Sid": "HeaderWanted", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::inv-logs/*",
        "Condition": {"Null": {"s3:x-amz-server-side-encryption": "true"}}
    }));
    account.sandbox.set_policy("inv-logs", Some(&policy.to_string()));
    assert_health(&account, REPORT, "pending", "");
    account.sandbox.set_inventory("app-data", "logbucket", &configuration("logbucket", "inv-logs", "", ""));
    let found = assert_health(&account, REPORT, "dead", "policy-deny");
    assert!(found["findings"][0]["what"].as_str().unwrap().contains("HeaderWanted"), "{found:#}");
    assert_fixed(&account, REPORT, &found);
}

#[test]
fn a_prefix_that_breaks_only_an_undocumented_rule_is_searched_as_is() {
    let account = Account::seeded();
    let policy = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
        "Action": "s3:PutObject", "Resource": "arn:aws:s3:::web-logs/env=prod/AWSLogs/111122223333/*"
    }]});
    account.wait(account.sandbox.put_bucket(BucketSeed::new("web-logs").policy(&policy.to_string())));
    let attributes = [
        ("access_logs.s3.enabled", "true"),
        ("access_logs.s3.bucket", "web-logs"),
        ("access_logs.s3.prefix", "env=prod"),
    ];
    account.sandbox.set_attributes("web", &attributes);
    account.wait(account.sandbox.deliver());
    let found = assert_health(&account, WEB, "delivering", "");
    assert!(found["evidence"].as_str().unwrap().contains("env=prod/"), "{found:#}");
    assert_eq!(found["findings"][0]["id"], "prefix-illegal", "{found:#}");
}

#[test]
fn a_failing_key_is_the_cause_and_is_not_replaced() {
    let account = Account::seeded();
    account.run("init nlb --source edge --bucket edge-logs --kms-key create --yes").ends(0);
    let key = account.bucket("edge-logs").encryption.key.unwrap();
    let cases = [("Disabled", "aws kms enable-key"), ("PendingDeletion", "aws kms cancel-key-deletion")];
    each_case(cases, |(state, help)| {
        account.sandbox.set_key_state(&key, state);
        account.sandbox.plant_event(
            Event::on_key("DisableKey", &key, SystemTime::now()).by("mallory").asking(json!({"keyId": key.clone()})),
        );
        let found = assert_health(&account, "nlb --source edge", "dead", "key-unusable");
        assert!(found["findings"][0]["hint"].as_str().unwrap().contains(help), "{found:#}");
        assert!(found["fix"].is_null(), "{found:#}");
        assert!(found["history"].as_str().unwrap().contains("`mallory` called DisableKey"), "{found:#}");
    });
    account.sandbox.set_key_state(&key, "Enabled");
    assert_health(&account, "nlb --source edge", "pending", "");
}

#[test]
fn a_statement_that_almost_allows_the_service_is_named_with_what_is_missing() {
    let account = with_web();
    let text = account.bucket("web-logs").policy.unwrap();
    account.sandbox.set_policy("web-logs", Some(&text.replace("web-logs/AWSLogs", "web-logs/other/AWSLogs")));
    let found = assert_health(&account, WEB, "dead", "policy-grant");
    let what = found["findings"][0]["what"].as_str().unwrap();
    assert!(what.contains("closest match: statement 1 `LogbucketAlb`") && what.contains("Resource"), "{what}");
    account.sandbox.set_policy("web-logs", None);
    let found = assert_health(&account, WEB, "dead", "policy-grant");
    assert!(found["findings"][0]["what"].as_str().unwrap().ends_with("it has no statements"), "{found:#}");
}

#[test]
fn conflicting_check_arguments_are_a_usage_error() {
    let account = Account::seeded();
    account.run("check nlb --source web").ends(2).says("`web` is an Application Load Balancer");
    account.run("check alb --source web --suppressions").ends(2).says("`--suppressions` requires a bucket");
    account.run("check nlb --bucket shared-logs --log-type access").ends(2).says("`--log-type` is for alb");
    account.run("check --bucket no-such-bucket-xyz").ends(2).says("bucket `no-such-bucket-xyz` does not exist");
    account.run("check --bucket shraed-logs").ends(2).says("did you mean `shared-logs`?");
    let twice = account.run("check alb --source web --source web --log-type access --output json").ends(0).json();
    assert_eq!(twice["logs"].as_array().unwrap().len(), 1);
}

#[test]
fn check_and_init_agree_on_reports_under_a_default_key_that_fails() {
    let account = Account::seeded();
    account.run("init inventory --source app-data --bucket inv-logs --yes").ends(0);
    let key = account.wait(account.sandbox.put_key(KeySeed::new()));
    let gone = "arn:aws:kms:us-east-1:111122223333:key/00000000-0000-4000-8000-000000000000".to_owned();
    let cases = [
        (&key, "Disabled", "is in state Disabled"),
        (&key, "PendingDeletion", "is in state PendingDeletion"),
        (&gone, "", "does not exist"),
    ];
    each_case(cases, |(name, state, said)| {
        if !state.is_empty() {
            account.sandbox.set_key_state(&key, state);
        }
        account.sandbox.set_encryption("inv-logs", Encryption::kms(Some(name)));
        account.sandbox.set_inventory("app-data", "logbucket", &configuration("logbucket", "inv-logs", "", ""));
        let found = assert_health(&account, REPORT, "dead", "key-unusable");
        let what = found["findings"][0]["what"].as_str().unwrap();
        assert!(what.contains(said) && what.contains("names no encryption of its own"), "{what}");
        let plan = account.run("init inventory --source app-data --bucket inv-logs --dry-run --output json").ends(0);
        let findings = plan.json()["plan"]["findings"].to_string();
        assert!(findings.contains("key-unusable") && findings.contains(said), "{findings}");
        assert_fixed(&account, REPORT, &found);
        assert_eq!(account.bucket("inv-logs").encryption.key.as_deref(), Some(name.as_str()), "the default is others'");
    });
}
