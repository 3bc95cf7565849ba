//! What several of these tests start with.

use std::path::PathBuf;

use sandbox::{BucketSeed, Encryption};
use serde_json::Value;

use crate::account::Account;

pub(super) const TAGGED: &str = "<Tagging xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><TagSet><Tag><Key>team</Key><Value>data</Value></Tag></TagSet></Tagging>";

/// Someone's bucket, with a tag and SSE-KMS.
pub(super) fn their_bucket(region: &str) -> BucketSeed {
    BucketSeed::new("demo-logs").within(region).setting("tagging", TAGGED).encrypted(Encryption::kms(None))
}

pub(super) fn receipt_folder(account: &Account) -> PathBuf {
    account.home().join(".local/state/logbucket/receipts")
}

pub(super) fn runs(account: &Account) -> Vec<Value> {
    account.run("undo --output json").ends(0).json()["runs"].as_array().unwrap().clone()
}

pub(super) fn newest_run(account: &Account) -> String {
    runs(account)[0]["run"].as_str().unwrap().to_owned()
}
