//! Statements from the field, each with its effect on a log service.

use serde_json::json;

use super::log::Log::{self, Alb, Inventory, Nlb, S3Access};
use super::log::{
    EVERY, HEADER, configure_inventory, deny_if, deny_uploads_if, deny_uploads_to, finding_texts, legacy_grant,
    no_condition,
};
use crate::account::Account;
use crate::check::{assert_fixed, assert_health};
use crate::tables::each_case;

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
            log.assert_health(&[log.grant(&["*"], &no_condition()), deny_if(&guard)], "pending", "");
        }
        let account = Alb.account_with(&[legacy_grant(&no_condition()), deny_if(&guard)]);
        assert_health(&account, Alb.words(), "pending", "");
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
        let account = Inventory.account_with(&[Inventory.grant(&["*"], &no_condition())]);
        let arn = seed.map(|seed| account.wait(account.sandbox.put_key(seed)));
        let default = Encryption { algorithm: algorithm.to_owned(), ..Encryption::kms(arn.as_deref()) };
        account.sandbox.set_encryption("b-logs", default);
        assert_health(&account, Inventory.words(), "pending", "");
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
    let mut acl = Nlb.grant(&[], &no_condition());
    acl["Sid"] = json!("AWSLogDeliveryAclCheck");
    acl["Action"] = json!("s3:GetBucketAcl");
    let said = finding_texts(&Nlb.assert_health(&[acl, write], "dead", "policy-grant"));
    assert!(
        said.contains("closest match: statement 2 `AWSLogDeliveryWrite`") && said.contains("PrincipalOrgPaths"),
        "{said}"
    );
    // A wrong account, and the right account with a wrong prefix.
    let mut wrong = legacy_grant(&no_condition());
    wrong["Principal"] = json!({"AWS": "arn:aws:iam::999999999999:root"});
    let said = finding_texts(&Alb.assert_health(&[wrong], "dead", "policy-grant"));
    assert!(said.contains("closest match: statement 1 `Old`") && said.contains("127311923021"), "{said}");
    let mut elsewhere = legacy_grant(&no_condition());
    elsewhere["Resource"] = json!("arn:aws:s3:::b-logs/prod/AWSLogs/*");
    let said = finding_texts(&Alb.assert_health(&[elsewhere], "dead", "policy-grant"));
    assert!(said.contains("closest match: statement 1 `Old`: `Resource` = "), "{said}");
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
        let said = finding_texts(&log.assert_health(
            &[log.grant(&["*"], &json!({"StringEquals": {key: value}}))],
            "unknown",
            "",
        ));
        assert!(said.contains("statement 1 `Theirs`") && said.contains(key), "{log:?}: {said}");
    });
    // The condition key as a variable in a resource.
    each_case([(Alb, "aws:SourceAccount"), (Nlb, "aws:SourceOrgID"), (S3Access, "aws:UserAgent")], |(log, key)| {
        let said = finding_texts(&log.assert_health(
            &[log.grant(&[&format!("${{{key}}}*"), &format!("AWSLogs/${{{key}}}/*")], &no_condition())],
            "unknown",
            "",
        ));
        assert!(
            said.contains("statement 1 `Theirs`") && said.contains(&format!("`{key}` is unknown")),
            "{log:?}: {said}"
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
        log.assert_health(&[log.grant(keys, &no_condition())], "dead", "policy-grant");
    });
    // A grant for the years 2000 to 2099 does not cover all future logs.
    each_case([(Nlb, format!("{LOGS}/us-east-1/20*")), (S3Access, "20*".to_owned())], |(log, keys)| {
        let said = finding_texts(&log.assert_health(&[log.grant(&[&keys], &no_condition())], "unknown", ""));
        assert!(said.contains("`Resource` = ") && said.contains(" matches only some of "), "{said}");
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
        let said = finding_texts(&log.assert_health(
            &[log.grant(&["*"], &no_condition()), deny_uploads_to(keys)],
            "dead",
            "policy-deny",
        ));
        assert!(said.contains(part), "{said}");
    });
    let cases = [
        (Alb, "*/us-east-1/2025/*"),
        (Nlb, "*/2026/01/*"),
        (S3Access, "*2026-01*"),
        (S3Access, "2024-*"),
        (Inventory, "*/logbucket/2025-12-*"),
    ];
    each_case(cases, |(log, keys)| {
        log.assert_health(&[log.grant(&["*"], &no_condition()), deny_uploads_to(keys)], "pending", "");
    });
    let cases = [(Nlb, "*/2099/01/*"), (S3Access, "*2099-01*"), (Inventory, "*/logbucket/2099-01-*")];
    each_case(cases, |(log, keys)| {
        let said = finding_texts(&log.assert_health(
            &[log.grant(&["*"], &no_condition()), deny_uploads_to(keys)],
            "unknown",
            "",
        ));
        assert!(said.contains(keys) && said.contains("statement 2 `Guard`"), "{said}");
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
        let account = Inventory.account_with(&[Inventory.grant(&["*"], &no_condition()), deny_uploads_if(&condition)]);
        configure_inventory(&account, "");
        let found = assert_health(&account, Inventory.words(), "dead", "policy-deny");
        assert!(finding_texts(&found).contains("`Guard`") && finding_texts(&found).contains(HEADER), "{found:#}");
        assert_fixed(&account, Inventory.words(), &found);
    });
}

#[test]
fn only_the_start_of_an_nlb_s_source_arn_is_known() {
    let by = |arn: &str| Nlb.grant(&["*"], &json!({"ArnLike": {"aws:SourceArn": arn}}));
    Nlb.assert_health(&[by("arn:aws:logs:us-east-1:111122223333:*")], "pending", "");
    each_case(["delivery*", "delivery-source:*", "delivery-destination:*"], |suffix| {
        let said = finding_texts(&Nlb.assert_health(
            &[by(&format!("arn:aws:logs:us-east-1:111122223333:{suffix}"))],
            "unknown",
            "",
        ));
        assert!(said.contains("aws:SourceArn"), "{said}");
    });
    Nlb.assert_health(&[by("arn:aws:logs:us-east-1:999999999999:*")], "dead", "policy-grant");
}

#[test]
fn in_a_policy_without_a_version_a_variable_is_plain_text() {
    let account = Alb.account_with(&[]);
    let mut grant = Alb.grant(&["AWSLogs/${aws:PrincipalAccount}/*"], &no_condition());
    for resource in ["arn:aws:s3:::b-logs/AWSLogs/${aws:PrincipalAccount}/*", "arn:aws:s3:::b-logs/${*}AWSLogs/*"] {
        grant["Resource"] = json!(resource);
        account.sandbox.set_policy("b-logs", Some(&json!({"Statement": [grant]}).to_string()));
        assert_health(&account, Alb.words(), "dead", "policy-grant");
    }
    grant["Resource"] = json!("arn:aws:s3:::b-logs/AWSLogs/111122223333/*");
    account.sandbox.set_policy("b-logs", Some(&json!({"Statement": [grant]}).to_string()));
    assert_health(&account, Alb.words(), "pending", "");
}
