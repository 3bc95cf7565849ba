//! What several of these tests start with.

use std::path::PathBuf;

use sandbox::{BucketSeed, Encryption};
use serde_json::Value;

use super::undone_buckets::TAGGED;
use crate::account::Account;

/// Someone's bucket, with a tag and SSE-KMS.
pub(super) fn theirs(region: &str) -> BucketSeed {
    BucketSeed::new("demo-logs").within(region).setting("tagging", TAGGED).encrypted(Encryption::kms(None))
}

pub(super) fn receipts(account: &Account) -> PathBuf {
    account.home().join(".local/state/logbucket/receipts")
}

pub(super) fn runs(account: &Account) -> Vec<Value> {
    account.run("undo --output json").ends(0).json()["runs"].as_array().unwrap().clone()
}

pub(super) fn newest(account: &Account) -> String {
    runs(account)[0]["run"].as_str().unwrap().to_owned()
}
