//! What `permissions` prints.

use std::process::Command;

use serde_json::json;

use super::runs::printed;

#[test]
fn a_flag_of_none_of_the_named_producers_is_a_usage_error() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_logbucket"));
    let words = "permissions --producer alb --kms-key create";
    let output = command.env_clear().args(words.split_whitespace()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(stderr, "error: `--kms-key` is for nlb and inventory, not for `alb`\n");
}

#[test]
fn printed_policies_are_as_narrow_as_the_given_names_allow() {
    let mut all = Vec::new();
    for words in [
        "permissions init --producer alb --source web --bucket acme-logs --prefix a/b --account 111122223333 --region eu-west-1",
        "permissions init --producer nlb --kms-key create --bucket acme.logs --account 111122223333 --region cn-north-1",
        "permissions --producer s3-access,inventory --no-kms-key --dry-run",
        "permissions --wizard",
    ] {
        let text = serde_json::to_string_pretty(&printed(words)).unwrap();
        all.push(format!("$ logbucket {words}\n{text}\n"));
    }
    insta::assert_snapshot!("permissions", all.join("\n"));
}

#[test]
fn json_says_which_call_needs_what() {
    let document = printed("permissions init --producer alb --dry-run --output json");
    assert_eq!(document["schema"], "logbucket.permissions/1");
    assert_eq!(document["job"], "init-dry-run");
    assert_eq!(document["producers"], json!(["alb"]));
    assert_eq!(document["policy"], printed("permissions init --producer alb --dry-run"));
    let calls = document["calls"].as_array().unwrap();
    assert!(calls.contains(&json!({ "api": "s3:GetBucketEncryption", "actions": ["s3:GetEncryptionConfiguration"] })));
    assert!(calls.contains(&json!({ "api": "s3:HeadObject", "actions": ["s3:GetObject", "s3:ListBucket"] })));
}

#[test]
fn check_rejects_the_flags_of_init() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_logbucket"));
    let output = command.env_clear().args(["permissions", "check", "--wizard"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}
