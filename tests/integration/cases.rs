//! Policies from the field, each with its effect on a log service. The real program judges them for a source that
//! already logs to the bucket.

use std::time::{Duration, SystemTime};

use sandbox::{BucketSeed, LoadBalancerSeed};
use serde_json::{Value, json};

use crate::account::Account;
use crate::check::{is, is_fixed};
use crate::tables::each_case;

/// The condition key for the encryption header of an upload.
pub(crate) const HEADER: &str = "s3:x-amz-server-side-encryption";

/// A kind of source that logs to the bucket.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Log {
    Alb,
    Nlb,
    S3Access,
    Inventory,
}

use Log::{Alb, Inventory, Nlb, S3Access};

const EVERY: [Log; 4] = [Alb, Nlb, S3Access, Inventory];

impl Log {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Alb => "alb --source x --log-type access",
            Nlb => "nlb --source n",
            S3Access => "s3-access --source app-data",
            Inventory => "inventory --source app-data",
        }
    }

    pub(crate) fn principal(self) -> Value {
        json!({"Service": match self {
            Alb => "logdelivery.elasticloadbalancing.amazonaws.com",
            Nlb => "delivery.logs.amazonaws.com",
            S3Access => "logging.s3.amazonaws.com",
            Inventory => "s3.amazonaws.com",
        }})
    }

    /// A grant for these keys of the bucket.
    pub(crate) fn grant(self, keys: &[&str], condition: &Value) -> Value {
        let mut resources: Vec<String> = keys.iter().map(|key| format!("arn:aws:s3:::b-logs/{key}")).collect();
        resources.push("arn:aws:s3:::b-logs".to_owned());
        json!({"Sid": "Theirs", "Effect": "Allow", "Principal": self.principal(), "Action": ["s3:PutObject", "s3:GetBucketAcl"],
            "Resource": resources, "Condition": condition})
    }

    /// An account in which a source of this kind logs to a bucket with these statements.
    pub(crate) fn at(self, statements: &[Value]) -> Account {
        let account = Account::seeded();
        let policy = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        account.wait(account.sandbox.put_bucket(BucketSeed::new("b-logs").policy(&policy)));
        match self {
            Alb => {
                let balancer = LoadBalancerSeed::application("x").logging("access_logs", "b-logs", "");
                account.wait(account.sandbox.put_load_balancer(balancer));
            }
            Nlb => {
                let balancer = LoadBalancerSeed::network("n", "TLS").logging("access_logs", "b-logs", "");
                account.wait(account.sandbox.put_load_balancer(balancer));
            }
            S3Access => {
                let logging = "<BucketLoggingStatus xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LoggingEnabled><TargetBucket>b-logs</TargetBucket><TargetPrefix></TargetPrefix></LoggingEnabled></BucketLoggingStatus>";
                account.sandbox.set_setting("app-data", "logging", Some(logging));
            }
            Inventory => configured(&account, "<Encryption><SSE-S3></SSE-S3></Encryption>"),
        }
        account
    }

    /// Returns the report of `check` on these statements, which must have this state and cause.
    #[track_caller]
    pub(crate) fn is(self, statements: &[Value], health: &str, cause: &str) -> Value {
        is(&self.at(statements), self.words(), health, cause)
    }
}

pub(crate) fn configured(account: &Account, encryption: &str) {
    let xml = format!(
        "<InventoryConfiguration><Destination><S3BucketDestination><Bucket>arn:aws:s3:::b-logs</Bucket><Format>CSV</Format>{encryption}</S3BucketDestination></Destination><IsEnabled>true</IsEnabled><Id>logbucket</Id><IncludedObjectVersions>Current</IncludedObjectVersions><Schedule><Frequency>Daily</Frequency></Schedule></InventoryConfiguration>"
    );
    account.sandbox.set_inventory("app-data", "logbucket", &xml);
}

pub(crate) fn deny(condition: &Value) -> Value {
    json!({"Sid": "Guard", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": ["arn:aws:s3:::b-logs", "arn:aws:s3:::b-logs/*"], "Condition": condition})
}

/// A Deny for uploads only, which locks no one out.
pub(crate) fn upload_guard(condition: &Value) -> Value {
    let mut guard = deny(condition);
    guard["Action"] = json!("s3:PutObject");
    guard
}

pub(crate) fn minutes_ago(minutes: u64) -> SystemTime {
    SystemTime::now() - Duration::from_mins(minutes)
}

pub(crate) fn deny_of(keys: &str) -> Value {
    json!({"Sid": "Guard", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
        "Resource": format!("arn:aws:s3:::b-logs/{keys}")})
}

pub(crate) fn old(condition: &Value) -> Value {
    json!({"Sid": "Old", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::127311923021:root"},
        "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b-logs/*", "Condition": condition})
}

pub(crate) fn anything() -> Value {
    json!({})
}

pub(crate) fn what(found: &Value) -> String {
    let told = found["findings"].as_array().into_iter().flatten().map(|finding| finding["what"].to_string());
    told.chain([found["unknown"].to_string()]).collect()
}

#[test]
fn a_deny_of_old_tls_or_sse_c_does_not_affect_log_services_or_the_legacy_account() {
    let cases = [
        json!({"NumericLessThan": {"s3:TlsVersion": "1.2"}}),
        json!({"Null": {"s3:x-amz-server-side-encryption-customer-algorithm": "false"}}),
        json!({"Bool": {"aws:SecureTransport": "false"}}),
        json!({"StringEquals": {"s3:signatureversion": "AWS2"}}),
    ];
    each_case(cases, |guard| {
        for log in EVERY {
            log.is(&[log.grant(&["*"], &anything()), deny(&guard)], "pending", "");
        }
        let account = Alb.at(&[old(&anything()), deny(&guard)]);
        is(&account, Alb.words(), "pending", "");
        account.run("scan --name x --regions us-east-1").ends(0);
        account.run("init alb --source x --bucket b-logs --log-type access --yes --wait 0");
        assert!(account.writes().is_empty(), "{guard}: {:?}", account.writes());
    });
}

#[test]
fn a_request_with_its_own_encryption_does_not_depend_on_the_default() {
    use sandbox::{Encryption, KeySeed};
    let key = || Some(KeySeed::new());
    // A key that allows no one, AWS's own key, and dual-layer encryption.
    each_case([(key(), "aws:kms"), (None, "aws:kms"), (None, "aws:kms:dsse")], |(seed, algorithm)| {
        let account = Inventory.at(&[Inventory.grant(&["*"], &anything())]);
        let arn = seed.map(|seed| account.wait(account.sandbox.put_key(seed)));
        let default = Encryption { algorithm: algorithm.to_owned(), ..Encryption::kms(arn.as_deref()) };
        account.sandbox.set_encryption("b-logs", default);
        is(&account, Inventory.words(), "pending", "");
        account.run("init inventory --source app-data --bucket b-logs --yes --fix --wait 0").ends(0);
        assert!(account.writes().is_empty(), "{algorithm}: {:?}", account.writes());
    });
}

#[test]
fn a_diagnosis_names_the_statement_and_the_element_that_fails() {
    let paths = json!({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1a2b3c4d5e/r-1/*"}});
    let mut write = Nlb.grant(&["*"], &paths);
    write["Action"] = json!("s3:PutObject");
    write["Sid"] = json!("AWSLogDeliveryWrite");
    let mut acl = Nlb.grant(&[], &anything());
    acl["Sid"] = json!("AWSLogDeliveryAclCheck");
    acl["Action"] = json!("s3:GetBucketAcl");
    let told = what(&Nlb.is(&[acl, write], "dead", "policy-grant"));
    assert!(
        told.contains("closest match: statement 2 `AWSLogDeliveryWrite`") && told.contains("PrincipalOrgPaths"),
        "{told}"
    );
    // A wrong account, and the right account with a wrong prefix.
    let mut wrong = old(&anything());
    wrong["Principal"] = json!({"AWS": "arn:aws:iam::999999999999:root"});
    let told = what(&Alb.is(&[wrong], "dead", "policy-grant"));
    assert!(told.contains("closest match: statement 1 `Old`") && told.contains("127311923021"), "{told}");
    let mut elsewhere = old(&anything());
    elsewhere["Resource"] = json!("arn:aws:s3:::b-logs/prod/AWSLogs/*");
    let told = what(&Alb.is(&[elsewhere], "dead", "policy-grant"));
    assert!(told.contains("closest match: statement 1 `Old`: `Resource` = "), "{told}");
}

#[test]
fn an_uncertain_verdict_names_the_statement_and_the_condition_key() {
    let cases = [
        (Nlb, "aws:SourceOrgID"),
        (S3Access, "aws:SourceOrgID"),
        (Inventory, "aws:SourceOrgID"),
        (Alb, "aws:SourceAccount"),
        (Alb, "aws:UserAgent"),
    ];
    each_case(cases, |(log, key)| {
        let value = if key == "aws:SourceAccount" { "111122223333" } else { "x" };
        let told = what(&log.is(&[log.grant(&["*"], &json!({"StringEquals": {key: value}}))], "unknown", ""));
        assert!(told.contains("statement 1 `Theirs`") && told.contains(key), "{log:?}: {told}");
    });
    // The condition key as a variable in a resource.
    each_case([(Alb, "aws:SourceAccount"), (Nlb, "aws:SourceOrgID"), (S3Access, "aws:UserAgent")], |(log, key)| {
        let told = what(&log.is(
            &[log.grant(&[&format!("${{{key}}}*"), &format!("AWSLogs/${{{key}}}/*")], &anything())],
            "unknown",
            "",
        ));
        assert!(
            told.contains("statement 1 `Theirs`") && told.contains(&format!("`{key}` is unknown")),
            "{log:?}: {told}"
        );
    });
}

#[test]
fn an_announced_region_is_accepted() {
    let account = Account::seeded();
    for region in ["me-west-1", "sa-west-1"] {
        let said = format!("policy alb --bucket demo-logs --account 111122223333 --region {region}");
        account.run(&said).ends(0);
    }
    account.run("policy alb --bucket demo-logs --account 111122223333 --region mars-1").ends(2);
}

const FOLDER: &str = "AWSLogs/111122223333";
const LOGS: &str = "AWSLogs/111122223333/elasticloadbalancing";

#[test]
fn a_grant_for_only_some_object_keys_is_not_enough() {
    let grants: [(Log, &[&str]); 4] = [
        (Alb, &[&format!("{FOLDER}/ELBAccessLogTestFile")]),
        (Nlb, &[&format!("{LOGS}/us-east-1/2025/*")]),
        (S3Access, &["2025-*"]),
        (Inventory, &["app-data/logbucket/*/manifest.json"]),
    ];
    each_case(grants, |(log, keys)| {
        log.is(&[log.grant(keys, &anything())], "dead", "policy-grant");
    });
    // A grant for the years 2000 to 2099 does not cover all future logs.
    each_case([(Nlb, format!("{LOGS}/us-east-1/20*")), (S3Access, "20*".to_owned())], |(log, keys)| {
        let told = what(&log.is(&[log.grant(&[&keys], &anything())], "unknown", ""));
        assert!(told.contains("`Resource` = ") && told.contains(" matches only some of "), "{told}");
    });
}

#[test]
fn a_deny_for_some_object_keys_names_them_and_one_for_past_keys_is_ignored() {
    let cases = [
        (Alb, "*/elasticloadbalancing/*", "its logs"),
        (Alb, "*.log.gz", "its logs"),
        (Inventory, "*/data/*", "its reports' data"),
        (Inventory, "*.checksum", "its manifests' checksums"),
    ];
    each_case(cases, |(log, keys, part)| {
        let told = what(&log.is(&[log.grant(&["*"], &anything()), deny_of(keys)], "dead", "policy-deny"));
        assert!(told.contains(part), "{told}");
    });
    let cases = [
        (Alb, "*/us-east-1/2025/*"),
        (Nlb, "*/2026/01/*"),
        (S3Access, "*2026-01*"),
        (S3Access, "2024-*"),
        (Inventory, "*/logbucket/2025-12-*"),
    ];
    each_case(cases, |(log, keys)| {
        log.is(&[log.grant(&["*"], &anything()), deny_of(keys)], "pending", "");
    });
    let cases = [(Nlb, "*/2099/01/*"), (S3Access, "*2099-01*"), (Inventory, "*/logbucket/2099-01-*")];
    each_case(cases, |(log, keys)| {
        let told = what(&log.is(&[log.grant(&["*"], &anything()), deny_of(keys)], "unknown", ""));
        assert!(told.contains(keys) && told.contains("statement 2 `Guard`"), "{told}");
    });
}

#[test]
fn a_report_without_its_own_encryption_is_blocked_by_a_policy_that_requires_one() {
    let cases = [
        json!({"StringNotEqualsIfExists": {HEADER: "aws:kms"}}),
        json!({"StringNotEquals": {HEADER: "AES256"}}),
        json!({"Null": {HEADER: "true"}}),
    ];
    each_case(cases, |condition| {
        let account = Inventory.at(&[Inventory.grant(&["*"], &anything()), upload_guard(&condition)]);
        configured(&account, "");
        let found = is(&account, Inventory.words(), "dead", "policy-deny");
        assert!(what(&found).contains("`Guard`") && what(&found).contains(HEADER), "{found:#}");
        is_fixed(&account, Inventory.words(), &found);
    });
}

#[test]
fn only_the_start_of_an_nlb_s_source_arn_is_known() {
    let by = |arn: &str| Nlb.grant(&["*"], &json!({"ArnLike": {"aws:SourceArn": arn}}));
    Nlb.is(&[by("arn:aws:logs:us-east-1:111122223333:*")], "pending", "");
    each_case(["delivery*", "delivery-source:*", "delivery-destination:*"], |suffix| {
        let told = what(&Nlb.is(&[by(&format!("arn:aws:logs:us-east-1:111122223333:{suffix}"))], "unknown", ""));
        assert!(told.contains("aws:SourceArn"), "{told}");
    });
    Nlb.is(&[by("arn:aws:logs:us-east-1:999999999999:*")], "dead", "policy-grant");
}

#[test]
fn in_a_policy_without_a_version_a_variable_is_plain_text() {
    let account = Alb.at(&[]);
    let mut grant = Alb.grant(&["AWSLogs/${aws:PrincipalAccount}/*"], &anything());
    for resource in ["arn:aws:s3:::b-logs/AWSLogs/${aws:PrincipalAccount}/*", "arn:aws:s3:::b-logs/${*}AWSLogs/*"] {
        grant["Resource"] = json!(resource);
        account.sandbox.set_policy("b-logs", Some(&json!({"Statement": [grant]}).to_string()));
        is(&account, Alb.words(), "dead", "policy-grant");
    }
    grant["Resource"] = json!("arn:aws:s3:::b-logs/AWSLogs/111122223333/*");
    account.sandbox.set_policy("b-logs", Some(&json!({"Statement": [grant]}).to_string()));
    is(&account, Alb.words(), "pending", "");
}
