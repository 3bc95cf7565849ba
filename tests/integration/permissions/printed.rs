//! What `permissions` prints.

use std::process::Command;

use serde_json::json;

use super::runs::print_policy;

use crate::tables::each_case;

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
    let cases = [
        (
            "alb_with_every_name",
            "permissions init --producer alb --source web --bucket acme-logs --prefix a/b --account 111122223333 --region eu-west-1",
        ),
        (
            "nlb_with_a_new_key",
            "permissions init --producer nlb --kms-key create --bucket acme.logs --account 111122223333 --region cn-north-1",
        ),
        ("dry_run_of_two_producers", "permissions --producer s3-access,inventory --no-kms-key --dry-run"),
        ("wizard", "permissions --wizard"),
    ];
    each_case(cases, |(name, words)| {
        let policy = print_policy(words);
        assert_eq!(policy["Version"], "2012-10-17");
        assert_eq!(policy.as_object().unwrap().len(), 2, "{policy}");
        // A snapshot is a screen or two long.
        for (nth, statements) in policy["Statement"].as_array().unwrap().chunks(6).enumerate() {
            let text = serde_json::to_string_pretty(statements).unwrap();
            insta::assert_snapshot!(format!("{name}_{}", nth + 1), format!("$ logbucket {words}\n{text}\n"));
        }
    });
}

#[test]
fn json_says_which_call_needs_what() {
    let document = print_policy("permissions init --producer alb --dry-run --output json");
    assert_eq!(document["schema"], "logbucket.permissions/1");
    assert_eq!(document["job"], "init-dry-run");
    assert_eq!(document["producers"], json!(["alb"]));
    assert_eq!(document["policy"], print_policy("permissions init --producer alb --dry-run"));
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
