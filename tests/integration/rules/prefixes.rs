//! Prefixes with empty folders, and with characters that have a meaning in policies.

use sandbox::BucketSeed;
use serde_json::{Value, json};

use crate::account::Account;
use crate::tables::each_case;

#[test]
fn a_prefix_with_an_empty_folder_name_causes_a_warning() {
    let account = Account::seeded();
    let cases = [
        ("/", "prefix `/` begins with `/`"),
        ("/logs/", "prefix `/logs/` begins with `/`"),
        ("//", "prefix `//` begins with `/`"),
        ("team//web/", "prefix `team//web/` contains `//`"),
    ];
    each_case(cases, |(prefix, said)| {
        let init = format!("init s3-access --source app-data --bucket shared-logs --prefix {prefix} --dry-run");
        account.run(&init).ends(0).says(said).says("a folder with an empty name");
    });
    for prefix in ["logs/", "team/web/"] {
        let init = format!("init s3-access --source app-data --bucket shared-logs --prefix {prefix} --dry-run");
        account.run(&init).ends(0).omits("an empty name");
    }
}

/// A policy that allows access logs on this resource, with or without a version.
fn access_grant(version: Option<&str>, resource: &str) -> String {
    let mut policy = json!({ "Statement": [{
        "Sid": "Theirs", "Effect": "Allow", "Principal": { "Service": "logging.s3.amazonaws.com" },
        "Action": "s3:PutObject", "Resource": format!("arn:aws:s3:::old-logs/{resource}"),
    }] });
    if let Some(version) = version {
        policy["Version"] = json!(version);
    }
    policy.to_string()
}

#[test]
fn the_policy_version_determines_the_meaning_of_a_dollar_sign() {
    const NEW: Option<&str> = Some("2012-10-17");
    const OLD: Option<&str> = Some("2008-10-17");
    let cases = [
        ("${x}/", None, "${x}/*", true),
        ("${x}/", OLD, "${x}/*", true),
        ("${x}/", NEW, "${x}/*", false),
        ("${x}/", NEW, "${$}{x}/*", true),
        ("${x}/", None, "${$}{x}/*", false),
        ("${aws:SourceAccount}/", None, "${aws:SourceAccount}/*", true),
        ("${aws:SourceAccount}/", NEW, "${aws:SourceAccount}/*", false),
        ("111122223333/", NEW, "${aws:SourceAccount}/*", true),
        ("111122223333/", OLD, "${aws:SourceAccount}/*", false),
        ("a$b/", None, "a$b/*", true),
        ("a$b/", NEW, "a$b/*", true),
        ("a*b/", None, "a${*}b/*", false),
        ("a*b/", NEW, "a${*}b/*", true),
    ];
    each_case(cases, |(prefix, version, resource, is_allowed)| {
        let account = Account::seeded();
        let seed = BucketSeed::new("old-logs").policy(&access_grant(version, resource));
        account.wait(account.sandbox.put_bucket(seed));
        let logging = format!(
            "<BucketLoggingStatus xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LoggingEnabled><TargetBucket>old-logs</TargetBucket><TargetPrefix>{prefix}</TargetPrefix></LoggingEnabled></BucketLoggingStatus>"
        );
        account.sandbox.set_setting("app-data", "logging", Some(&logging));
        let name = format!("{prefix} by {resource} in {version:?}");
        let found = account.run("check s3-access --source app-data --output json").json();
        let health = found["logs"][0]["health"].as_str().unwrap().to_owned();
        // A condition key that AWS does not document makes the state unknown.
        let is_right = if is_allowed {
            health == "permitted" || health == "pending"
        } else {
            health == "dead" || health == "unknown"
        };
        assert!(is_right, "{name}: {found:#}");
        // The simulated service, with its own evaluator, agrees.
        account.wait(account.sandbox.deliver());
        assert_eq!(!account.bucket("old-logs").objects.is_empty(), is_allowed, "{name}");
    });
}

#[test]
fn a_grant_in_a_policy_of_any_version_means_the_literal_prefix() {
    for version in [None, Some("2008-10-17"), Some("2012-10-17")] {
        for prefix in ["a$b/", "${x}/", "a*b/", "what?/", "${aws:SourceAccount}/", "pl$in"] {
            let account = Account::seeded();
            let seed = BucketSeed::new("old-logs").policy(&access_grant(version, "elsewhere/*"));
            account.wait(account.sandbox.put_bucket(seed));
            let args =
                ["init", "s3-access", "--source", "app-data", "--bucket", "old-logs", "--prefix", prefix, "--yes"];
            if version != Some("2012-10-17") && prefix.contains(['*', '?']) {
                // Policies of these versions can't escape `*` and `?`.
                account.run_args(&args.map(str::to_owned)).ends(5).says("2012-10-17");
                assert_eq!(account.writes(), Vec::<String>::new(), "{prefix} in {version:?}");
                continue;
            }
            account.run_args(&args.map(str::to_owned)).ends(0);
            let after = account.policy("old-logs");
            let name = format!("{prefix} in {version:?}: {after}");
            assert_eq!(after.get("Version").and_then(Value::as_str), version, "{name}");
            let grant = after["Statement"][1].to_string();
            if version != Some("2012-10-17") && !prefix.starts_with("${") {
                assert!(!grant.contains("${"), "{name}");
            }
            account.wait(account.sandbox.deliver());
            let prefix_of = |key: &String| key.starts_with(prefix);
            assert!(account.bucket("old-logs").objects.keys().any(prefix_of), "{name}");
            // The repeated command has nothing left to do.
            account.run_args(&args.map(str::to_owned)).ends(0);
            assert_eq!(account.writes(), Vec::<String>::new(), "{name}");
        }
    }
}
