//! The table of calls and the code agree.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use logbucket::internals::permission::CALLS;
use logbucket::internals::producer::Producer;

/// The code of `src/aws`, without its tests.
fn code_of_aws() -> String {
    code_within(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/aws"))
}

fn code_within(folder: &Path) -> String {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let code = |path: PathBuf| {
        if path.is_dir() {
            return code_within(&path);
        }
        fs::read_to_string(path).unwrap().split("#[cfg(test)]").next().unwrap().to_owned()
    };
    entries.map(code).collect()
}

/// Returns the literals of the form `service:Action`.
fn literals(code: &str) -> BTreeSet<String> {
    const SERVICES: [&str; 9] =
        ["s3", "kms", "elasticloadbalancing", "ec2", "account", "cloudtrail", "iam", "logs", "sts"];
    let quoted = code.lines().flat_map(|line| line.split('"').skip(1).step_by(2));
    let is_action = |text: &&str| {
        let action = text.split_once(':').filter(|(service, _)| SERVICES.contains(service));
        action.is_some_and(|(_, name)| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric()))
    };
    quoted.filter(is_action).map(str::to_owned).collect()
}

/// `PutBucketEncryption` is `put_bucket_encryption`, as the SDK writes it.
fn method(api: &str) -> String {
    let (_, name) = api.split_once(':').unwrap();
    let mut method = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !method.is_empty() {
            method.push('_');
        }
        method.push(letter.to_ascii_lowercase());
    }
    method
}

#[test]
fn the_table_has_every_action_that_an_error_names_and_no_unused_call() {
    let code = code_of_aws();
    let granted: BTreeSet<&str> = CALLS.iter().flat_map(|call| call.actions).map(|(action, _)| *action).collect();
    let named = literals(&code);
    // `GetCallerIdentity` needs no permission. If a profile requires a role, the SDK assumes the role.
    for action in named.iter().filter(|action| !action.starts_with("sts:")) {
        assert!(granted.contains(action.as_str()), "`{action}` of src/aws is not in the table");
    }
    // No error names these actions: they belong to a call with another name, or only serve to show the account's alias.
    let beside = [
        "ec2:CreateTags",
        "iam:ListAccountAliases",
        "kms:Decrypt",
        "kms:GenerateDataKey",
        "kms:TagResource",
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:PutBucketOwnershipControls",
        "s3:TagResource",
    ];
    let unnamed: Vec<&str> = granted.iter().copied().filter(|action| !named.contains(*action)).collect();
    assert_eq!(unnamed, beside);
    for call in CALLS {
        let name = method(call.api);
        // EC2's client takes the name of the operation.
        let operation = format!("\"{}\"", call.api.split_once(':').unwrap().1);
        let called = [format!(".{name}("), format!(" {name},"), operation].iter().any(|form| code.contains(form));
        assert!(called, "{} is never called", call.api);
    }
}

#[test]
fn every_write_of_a_plan_is_in_the_table() {
    let code = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/plan/step.rs")).unwrap();
    let (_, names) = code.split_once("pub fn api(&self)").unwrap();
    let (names, _) = names.split_once("\n    }\n").unwrap();
    let attaching = Producer::ALL.map(|producer| producer.facts().attachment.api.to_owned());
    let is_known = |api: &String| CALLS.iter().any(|call| call.api == api);
    let found: BTreeMap<String, bool> =
        literals(names).into_iter().chain(attaching).map(|api| (api.clone(), is_known(&api))).collect();
    assert_eq!(found.len(), 15);
    assert!(found.values().all(|known| *known), "{found:?}");
}
