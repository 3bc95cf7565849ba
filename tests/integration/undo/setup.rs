//! An account in use, and its state before and after.

use serde_json::Value;

use crate::account::Account;

/// The account's state without objects and AWS managed keys. Nothing deletes objects, and AWS creates its keys when
/// needed.
pub(super) fn settings(account: &Account) -> Value {
    let mut state = account.sandbox.state();
    for bucket in state["buckets"].as_object_mut().unwrap().values_mut() {
        bucket.as_object_mut().unwrap().remove("objects");
        // A deleted setting equals one that never existed.
        bucket["settings"].as_object_mut().unwrap().retain(|_, setting| !is_empty(setting));
    }
    // The order of elements does not matter.
    for bucket in state["buckets"].as_object_mut().unwrap().values_mut() {
        for configuration in bucket["inventories"].as_object_mut().unwrap().values_mut() {
            let mut parts: Vec<&str> = configuration.as_str().unwrap().split('<').collect();
            parts.sort_unstable();
            *configuration = parts.concat().into();
        }
    }
    for key in account.sandbox.keys().iter().filter(|key| key.manager == "AWS") {
        state["keys"].as_object_mut().unwrap().remove(&key.arn);
        state["aliases"].as_object_mut().unwrap().retain(|_, target| target != &key.arn);
    }
    let off = |value: &Value| value.as_str().is_some_and(|value| value.is_empty() || value == "false");
    for attributes in state["load_balancers"].as_object_mut().unwrap().values_mut() {
        // AWS keeps the bucket name of a log that is off.
        let all = attributes.clone();
        let speaks = |key: &str| match key.rsplit_once('.') {
            Some((stem, "bucket" | "prefix")) => all[format!("{stem}.enabled")] == "true",
            _ => true,
        };
        attributes.as_object_mut().unwrap().retain(|key, value| !off(value) && speaks(key));
    }
    state
}

pub(super) fn is_empty(setting: &Value) -> bool {
    let text = setting.as_str().unwrap_or_default();
    setting.is_null() || (text.contains("BucketLoggingStatus") && !text.contains("LoggingEnabled"))
}

/// The policies as JSON: formatting does not matter.
pub(super) fn with_parsed_policies(mut state: Value) -> Value {
    let parse = |policy: &mut Value| {
        if let Some(text) = policy.as_str() {
            *policy = serde_json::from_str(text).unwrap();
        }
    };
    state["buckets"].as_object_mut().unwrap().values_mut().for_each(|bucket| parse(&mut bucket["policy"]));
    state["keys"].as_object_mut().unwrap().values_mut().for_each(|key| parse(&mut key["policy"]));
    state
}

const RULES: &str = "<LifecycleConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Rule><ID>theirs</ID><Filter><And><Prefix>trail/</Prefix><Tag><Key>a</Key><Value>b</Value></Tag></And></Filter><Status>Enabled</Status><Transition><Days>30</Days><StorageClass>GLACIER</StorageClass></Transition><NoncurrentVersionExpiration><NoncurrentDays>9</NoncurrentDays></NoncurrentVersionExpiration></Rule></LifecycleConfiguration>";

pub(super) const TAGS: &str = "<Tagging xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><TagSet><Tag><Key>team</Key><Value>data</Value></Tag></TagSet></Tagging>";

pub(super) const ELSEWHERE: &str = "<BucketLoggingStatus xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LoggingEnabled><TargetBucket>strict-logs</TargetBucket><TargetPrefix>theirs/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>";

pub(super) const INVENTORY: &str = "<InventoryConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Id>logbucket</Id><IsEnabled>false</IsEnabled><Filter><Prefix>photos/</Prefix></Filter><Destination><S3BucketDestination><AccountId>111122223333</AccountId><Bucket>arn:aws:s3:::strict-logs</Bucket><Format>ORC</Format><Prefix>inv</Prefix></S3BucketDestination></Destination><Schedule><Frequency>Weekly</Frequency></Schedule><IncludedObjectVersions>All</IncludedObjectVersions><OptionalFields><Field>ETag</Field></OptionalFields></InventoryConfiguration>";

/// An account with someone's values for everything that a run can replace.
pub(super) fn account_in_use() -> Account {
    let account = Account::seeded();
    account.sandbox.set_setting("shared-logs", "lifecycle", Some(RULES));
    account.sandbox.set_setting("shared-logs", "tagging", Some(TAGS));
    account.sandbox.set_setting("app-data", "logging", Some(ELSEWHERE));
    account.sandbox.set_inventory("app-data", "logbucket", INVENTORY);
    account.sandbox.set_attributes(
        "web",
        &[("access_logs.s3.enabled", "true"), ("access_logs.s3.bucket", "old-alb-logs"), ("access_logs.s3.prefix", "")],
    );
    account.sandbox.set_attributes("edge", &[("access_logs.s3.bucket", "strict-logs")]);
    account
}

pub(super) const RUNS: [&str; 8] = [
    "init alb --source web --bucket kms-logs --prefix p --fix --yes --expire-days 9 --tag a=b",
    "init alb --source web --bucket shared-logs --prefix alb --log-type access,connection --fix --yes --expire-days 9 --tag a=b",
    "init nlb --source edge --bucket kms-logs --fix --yes",
    "init nlb --source edge --bucket shared-logs --kms-key alias/kms-logs --fix --yes --tag team=ops",
    "init s3-access --source app-data --source app-images --bucket shared-logs --prefix s3/ --fix --yes --expire-days 30",
    "init s3-access --source app-data --bucket kms-logs --prefix s3/ --fix --yes",
    "init inventory --source app-data --bucket managed-kms-logs --fix --yes",
    "init inventory --source app-data --bucket shared-logs --report-kms-key alias/kms-logs --format parquet --fix --yes",
];

/// The runs, the newest first.
pub(super) fn runs(account: &Account) -> Vec<Value> {
    account.run("undo --output json").ends(0).json()["runs"].as_array().unwrap().clone()
}
