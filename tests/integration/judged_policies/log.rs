//! A log to a bucket with someone's policy, and the statements of such policies.

use std::time::{Duration, SystemTime};

use sandbox::{BucketSeed, LoadBalancerSeed};
use serde_json::{Value, json};

use crate::account::Account;
use crate::check::assert_health;

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

pub(super) const EVERY: [Log; 4] = [Alb, Nlb, S3Access, Inventory];

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
    pub(crate) fn account_with(self, statements: &[Value]) -> Account {
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
            Inventory => configure_inventory(&account, "<Encryption><SSE-S3></SSE-S3></Encryption>"),
        }
        account
    }

    /// Asserts that `check` reports this state and cause under these statements, and returns the report.
    #[track_caller]
    pub(crate) fn assert_health(self, statements: &[Value], health: &str, cause: &str) -> Value {
        assert_health(&self.account_with(statements), self.words(), health, cause)
    }
}

pub(crate) fn configure_inventory(account: &Account, encryption: &str) {
    let xml = format!(
        "<InventoryConfiguration><Destination><S3BucketDestination><Bucket>arn:aws:s3:::b-logs</Bucket><Format>CSV</Format>{encryption}</S3BucketDestination></Destination><IsEnabled>true</IsEnabled><Id>logbucket</Id><IncludedObjectVersions>Current</IncludedObjectVersions><Schedule><Frequency>Daily</Frequency></Schedule></InventoryConfiguration>"
    );
    account.sandbox.set_inventory("app-data", "logbucket", &xml);
}

pub(crate) fn deny_if(condition: &Value) -> Value {
    json!({"Sid": "Guard", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": ["arn:aws:s3:::b-logs", "arn:aws:s3:::b-logs/*"], "Condition": condition})
}

/// A Deny for uploads only, which locks no one out.
pub(crate) fn deny_uploads_if(condition: &Value) -> Value {
    let mut guard = deny_if(condition);
    guard["Action"] = json!("s3:PutObject");
    guard
}

pub(crate) fn minutes_ago(minutes: u64) -> SystemTime {
    SystemTime::now() - Duration::from_mins(minutes)
}

pub(crate) fn deny_uploads_to(keys: &str) -> Value {
    json!({"Sid": "Guard", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
        "Resource": format!("arn:aws:s3:::b-logs/{keys}")})
}

pub(crate) fn legacy_grant(condition: &Value) -> Value {
    json!({"Sid": "Old", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::127311923021:root"},
        "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b-logs/*", "Condition": condition})
}

pub(crate) fn no_condition() -> Value {
    json!({})
}

pub(crate) fn finding_texts(found: &Value) -> String {
    let said = found["findings"].as_array().into_iter().flatten().map(|finding| finding["what"].to_string());
    said.chain([found["unknown"].to_string()]).collect()
}
