//! A policy is evaluated for every key that a service writes, and for each way in. Allowing one key of many is not
//! enough, and an unknown result is neither allowed nor denied.

use serde_json::{Value, json};

use super::fixture::{World, bare, in_order};
use super::policies::{deny, no_condition, policy_lines};
use crate::producer::Producer;

fn allow(producer: Producer, resources: &[&str], condition: &Value) -> Value {
    let mut resources: Vec<String> = resources.iter().map(|key| format!("arn:aws:s3:::acme-logs/{key}")).collect();
    resources.push("arn:aws:s3:::acme-logs".to_owned());
    json!({ "Sid": "Theirs", "Effect": "Allow", "Principal": { "Service": producer.facts().principal },
        "Action": ["s3:PutObject", "s3:GetBucketAcl"], "Resource": resources, "Condition": condition })
}

fn with(producer: Producer, statements: &Value) -> World {
    let mut world = in_order(producer);
    world.policy(statements);
    world
}

const OPEN: [&str; 0] = [];
const MISSING: [&str; 1] = ["policy-grant error: adds s3:PutBucketPolicy"];
const UNTESTED: [&str; 1] = ["policy-test-file warning: nothing"];
const DOUBTED: [&str; 1] = ["policy-grant warning: adds s3:PutBucketPolicy"];

#[test]
fn a_grant_for_some_object_keys_does_not_cover_the_others() {
    let folder = "AWSLogs/111122223333";
    let logs = format!("{folder}/elasticloadbalancing/us-east-1");
    let cases: [(Producer, &[&str], &[&str]); 17] = [
        (Producer::Alb, &[&format!("{folder}/ELBAccessLogTestFile")], &MISSING),
        (Producer::Alb, &[&format!("{folder}/elasticloadbalancing/*")], &UNTESTED),
        (Producer::Alb, &[&format!("{folder}/ELBAccessLogTestFile"), &format!("{logs}/*.log.gz")], &OPEN),
        (Producer::Alb, &[&format!("{folder}/*")], &OPEN),
        (Producer::Alb, &[&format!("{folder}/ELB*"), &format!("{logs}/2026/*")], &DOUBTED),
        (Producer::Nlb, &[&format!("{logs}/2027/01/*")], &DOUBTED),
        // The observation is in January 2027, so a grant for an earlier month allows nothing any more.
        (Producer::Nlb, &[&format!("{logs}/2026/01/*")], &MISSING),
        (Producer::Alb, &[&format!("{folder}/ELB*"), &format!("{logs}/2025/*")], &MISSING),
        (Producer::Nlb, &[&format!("{logs}/????/??/??/*.log.gz")], &OPEN),
        (Producer::Nlb, &[&format!("{folder}/*.csv")], &MISSING),
        (Producer::S3Access, &["*2027-01*"], &DOUBTED),
        (Producer::S3Access, &["*2026-01*"], &MISSING),
        (Producer::S3Access, &["*-????????????????"], &DOUBTED),
        (Producer::Inventory, &["*/manifest.json"], &MISSING),
        (Producer::Inventory, &["*/manifest.*", "*/data/*", "*/symlink.txt"], &OPEN),
        (Producer::Inventory, &["*/manifest.*", "*/data/*"], &MISSING),
        (Producer::Inventory, &["app-data/*"], &OPEN),
    ];
    for (producer, resources, expected) in cases {
        let world = with(producer, &json!([allow(producer, resources, &no_condition())]));
        assert_eq!(policy_lines(&world), expected, "{producer} {resources:?}");
    }
    let world =
        with(Producer::Alb, &json!([allow(Producer::Alb, &["AWSLogs/*/ELBAccessLogTestFile"], &no_condition())]));
    let what = world.finding("policy-grant").what();
    assert!(
        what.contains("allow `logdelivery.elasticloadbalancing.amazonaws.com` to write its logs for `web`"),
        "{what}"
    );
    let keys = "AWSLogs/111122223333/elasticloadbalancing/us-east-1/YYYY/MM/DD/111122223333_elasticloadbalancing_us-east-1_app.web.";
    assert!(what.contains(keys), "no invented key, but the form of all: {what}");
}

#[test]
fn a_test_file_is_needed_only_for_a_log_that_will_be_enabled() {
    let logs = allow(Producer::Alb, &["AWSLogs/111122223333/elasticloadbalancing/*"], &no_condition());
    let mut guard = deny("Guard", &no_condition());
    guard["Resource"] = json!("arn:aws:s3:::acme-logs/*TestFile");
    for (statements, off) in [
        (json!([logs]), MISSING),
        (json!([allow(Producer::Alb, &["*"], &no_condition()), guard]), ["policy-deny error: exempt Guard"]),
    ] {
        let on = with(Producer::Alb, &statements);
        assert_eq!(policy_lines(&on), UNTESTED);
        let what = on.finding("policy-test-file").what();
        assert!(what.contains("the test file of `web`: statement ") && what.contains("ELBAccessLogTestFile"), "{what}");
        let mut world = bare(Producer::Alb);
        world.policy(&statements);
        assert_eq!(policy_lines(&world), off);
        // The log is on, but does not go to the requested bucket.
        let mut moved = with(Producer::Alb, &statements);
        moved.attribute("access_logs.s3.bucket", "other-logs");
        assert_eq!(policy_lines(&moved), off);
    }
}

#[test]
fn a_deny_for_some_object_keys_blocks_only_those() {
    let reported = |producer: Producer, key: &str| {
        let mut guard = deny("Guard", &no_condition());
        guard["Resource"] = json!(format!("arn:aws:s3:::acme-logs/{key}"));
        let world = with(producer, &json!([allow(producer, &["*"], &no_condition()), guard]));
        let what =
            world.plan().findings.iter().find(|found| found.what().contains("Guard")).map(|found| found.what().clone());
        (policy_lines(&world), what.unwrap_or_default())
    };
    for (producer, key, part) in [
        (Producer::Alb, "*.log.gz", "(its logs)"),
        (Producer::Alb, "*/elasticloadbalancing/*", "(its logs)"),
        (Producer::Inventory, "*/data/*", "(its reports' data)"),
        (Producer::Inventory, "*.checksum", "(its manifests' checksums)"),
    ] {
        let (lines, what) = reported(producer, key);
        assert_eq!(lines, ["policy-deny error: exempt Guard"], "{producer} {key}");
        assert!(what.contains(part), "{key}: {what}");
    }
    for (producer, key) in [
        (Producer::Nlb, "*/2027/03/*"),
        (Producer::S3Access, "*2027-01*"),
        (Producer::Alb, "*/us-east-1/2030/*"),
        (Producer::Alb, "*/us-east-1/2026/*"),
        (Producer::Inventory, "*2027-01-01T*"),
    ] {
        let (lines, what) = reported(producer, key);
        assert_eq!(lines, ["policy-uncertain warning: nothing"], "{producer} {key}");
        assert!(
            what.contains(&format!("`Resource` = \"arn:aws:s3:::acme-logs/{key}\" matches only some of")),
            "{key}: {what}"
        );
    }
    for (producer, key) in [
        (Producer::Alb, "*/eu-west-1/*"),
        (Producer::Nlb, "*.csv"),
        (Producer::S3Access, "other/*"),
        (Producer::Inventory, "*.parquet"),
        // A month that ended more than a month ago is past.
        (Producer::Nlb, "*/2026/01/*"),
        (Producer::Alb, "*/us-east-1/2025/*"),
        (Producer::S3Access, "*2026-01-*"),
        (Producer::Inventory, "*/logbucket/2026-11-*"),
    ] {
        assert_eq!(reported(producer, key).0, OPEN, "{producer} {key}");
    }
}

/// Deny statements from AWS's guides and from real log buckets. None matches a log service.
#[test]
fn headers_known_to_be_sent_or_not_sent_leave_no_doubt() {
    for producer in Producer::ALL {
        for condition in [
            json!({ "NumericLessThan": { "s3:TlsVersion": "1.2" } }),
            json!({ "Null": { "s3:x-amz-server-side-encryption-customer-algorithm": "false" } }),
            json!({ "Bool": { "aws:SecureTransport": "false" } }),
            json!({ "StringEquals": { "s3:signatureversion": "AWS2" } }),
            json!({ "StringNotEquals": { "s3:ResourceAccount": "111122223333" } }),
            json!({ "StringNotEquals": { "aws:PrincipalOrgID": "o-1" }, "Bool": { "aws:PrincipalIsAWSService": "false" } }),
            json!({ "Bool": { "aws:ViaAWSService": "true" } }),
            json!({ "StringLike": { "aws:PrincipalTag/team": "*" } }),
            json!({ "StringEquals": { "s3:x-amz-storage-class": "GLACIER" } }),
            json!({ "Null": { "s3:RequestObjectTag/class": "false" } }),
            json!({ "BoolIfExists": { "aws:MultiFactorAuthPresent": "true" } , "Null": {"aws:MultiFactorAuthPresent": "false"} }),
        ] {
            let world = with(producer, &json!([allow(producer, &["*"], &no_condition()), deny("Guard", &condition)]));
            assert_eq!(policy_lines(&world), OPEN, "{producer} {condition}");
        }
        for condition in [
            json!({ "NumericLessThan": { "s3:TlsVersion": "1.3" } }),
            json!({ "StringNotEquals": { "aws:SourceOrgID": "o-1" } }),
            json!({ "IpAddress": { "aws:SourceIp": "52.0.0.0/8" } }),
        ] {
            let world = with(producer, &json!([allow(producer, &["*"], &no_condition()), deny("Guard", &condition)]));
            assert_eq!(policy_lines(&world), ["policy-uncertain warning: nothing"], "{producer} {condition}");
        }
        let world = with(
            producer,
            &json!([
                allow(producer, &["*"], &no_condition()),
                deny("Guard", &json!({ "NumericLessThan": { "s3:TlsVersion": "1.4" } }))
            ]),
        );
        assert_eq!(policy_lines(&world), ["policy-deny error: exempt Guard"], "{producer}");
    }
}

#[test]
fn only_the_start_of_an_nlb_s_source_arn_is_known() {
    let reported = |pattern: &str| {
        let condition = json!({ "ArnLike": { "aws:SourceArn": pattern } });
        policy_lines(&with(Producer::Nlb, &json!([allow(Producer::Nlb, &["*"], &condition)])))
    };
    assert_eq!(reported("arn:aws:logs:us-east-1:111122223333:*"), OPEN);
    assert_eq!(reported("arn:aws:logs:*:111122223333:*"), OPEN);
    for unsure in
        ["arn:aws:logs:us-east-1:111122223333:delivery*", "arn:aws:logs:us-east-1:111122223333:delivery-source:*"]
    {
        assert_eq!(reported(unsure), DOUBTED, "{unsure}");
    }
    assert_eq!(reported("arn:aws:logs:us-east-1:999999999999:*"), MISSING);
}

#[test]
fn an_uncertain_grant_to_the_legacy_account_does_not_count_as_denied() {
    let old = json!({ "Sid": "Old", "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::127311923021:root" },
        "Action": "s3:PutObject", "Resource": "arn:aws:s3:::acme-logs/*" });
    let reported = |condition: Value| {
        let world = with(Producer::Alb, &json!([old, deny("Guard", &condition)]));
        let mut lines = policy_lines(&world);
        lines.sort();
        lines
    };
    assert_eq!(reported(json!({ "NumericLessThan": { "s3:TlsVersion": "1.2" } })), OPEN);
    // A Deny that may block the service is only a doubt.
    for (doubt, expected) in [
        (json!({ "StringNotEquals": { "aws:UserAgent": "web" } }), "policy-uncertain warning: nothing"),
        (json!({ "IpAddress": { "aws:SourceIp": "10.0.0.0/8" } }), "policy-deny-unlikely warning: nothing"),
        (json!({ "StringEquals": { "aws:PrincipalOrgID": "o-1" } }), "policy-deny-unlikely warning: nothing"),
    ] {
        assert_eq!(reported(doubt.clone()), [expected], "{doubt}");
    }
}

#[test]
fn the_closest_statement_is_shown_with_the_element_that_fails() {
    let nearest = |producer: Producer, statement: Value| {
        let what = with(producer, &json!([statement])).finding("policy-grant").what();
        what.split_once("; closest match: ").map_or_else(|| panic!("{what}"), |(_, nearest)| nearest.to_owned())
    };
    let of_account = |account: &str, key: &str| {
        json!({ "Sid": "Old", "Effect": "Allow", "Principal": { "AWS": format!("arn:aws:iam::{account}:root") },
            "Action": "s3:PutObject", "Resource": format!("arn:aws:s3:::acme-logs/{key}") })
    };
    let wrong_account = nearest(Producer::Alb, of_account("999999999999", "*"));
    assert!(wrong_account.contains("127311923021") && wrong_account.contains("`Principal`"), "{wrong_account}");
    let wrong_prefix = nearest(Producer::Alb, of_account("127311923021", "prod/AWSLogs/*"));
    assert!(
        wrong_prefix.starts_with(
            "statement 1 `Old`: `Resource` = \"arn:aws:s3:::acme-logs/prod/AWSLogs/*\", and the request is for "
        ),
        "{wrong_prefix}"
    );
    let mut org = allow(Producer::Nlb, &["*"], &json!({ "StringEquals": { "aws:PrincipalOrgPaths": "o-1/r-1/" } }));
    org["Action"] = json!("s3:PutObject");
    let acl = json!({ "Sid": "Acl", "Effect": "Allow", "Principal": { "Service": "delivery.logs.amazonaws.com" },
        "Action": "s3:GetBucketAcl", "Resource": "arn:aws:s3:::acme-logs" });
    let what = with(Producer::Nlb, &json!([acl, org])).finding("policy-grant").what();
    assert!(what.contains("closest match: statement 2 `Theirs`: `StringEquals aws:PrincipalOrgPaths`"), "{what}");
    assert!(!what.contains("`Acl`"), "what matches is not near: {what}");
    let doubt = |producer: Producer, key: &str| {
        let condition = json!({ "StringEquals": { key: "x" } });
        with(producer, &json!([allow(producer, &["*"], &condition)])).finding("policy-grant").what()
    };
    for (producer, key) in [
        (Producer::Nlb, "aws:SourceOrgID"),
        (Producer::Inventory, "aws:SourceOrgID"),
        (Producer::S3Access, "aws:UserAgent"),
    ] {
        let what = doubt(producer, key);
        assert!(what.contains(&format!("depends on statement 1 `Theirs`: `StringEquals {key}` = \"x\"")), "{what}");
    }
}

#[test]
fn a_variable_with_an_unknown_value_is_named() {
    for (producer, key) in
        [(Producer::Alb, "aws:SourceAccount"), (Producer::Alb, "aws:SourceOrgID"), (Producer::Nlb, "aws:UserAgent")]
    {
        let world = with(producer, &json!([allow(producer, &[&format!("AWSLogs/${{{key}}}/*")], &no_condition())]));
        let what = world.finding("policy-grant").what();
        assert!(what.contains(&format!("for `{key}` is unknown")) && what.contains(&format!("${{{key}}}")), "{what}");
    }
}
