//! Verdicts of the real program on difficult policies, based on logs, AWS's documentation and the closest statement.

use sandbox::{Encryption, Event, KeySeed};
use serde_json::{Value, json};

use crate::account::Account;
use crate::check::{assert_fixed, assert_health};
use crate::judged_policies::Log::{self, Alb, Inventory, Nlb, S3Access};
use crate::judged_policies::{
    HEADER, configure_inventory, deny_uploads_if, deny_uploads_to, finding_texts, minutes_ago, no_condition,
};
use crate::tables::each_case;

/// A grant for uploads only.
fn uploads(log: Log) -> Value {
    let mut grant = log.grant(&["*"], &no_condition());
    grant["Action"] = json!("s3:PutObject");
    grant
}

/// An account in which a log arrived ten minutes ago. The bucket's statements were set this many minutes ago.
fn with_a_log(log: Log, statements: &[Value], minutes: u64) -> Account {
    let account = log.account_with(&[log.grant(&["*"], &no_condition())]);
    account.wait(account.sandbox.deliver_at(minutes_ago(10)));
    let policy = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    account.sandbox.set_policy("b-logs", Some(&policy));
    account.sandbox.plant_event(Event::on_bucket("PutBucketPolicy", "b-logs", minutes_ago(minutes)).by("carol"));
    account
}

fn init(log: Log) -> String {
    format!("init {} --bucket b-logs --dry-run --detailed-exitcode", log.words())
}

#[test]
fn a_delivered_log_overrides_a_denial_that_aws_does_not_document() {
    let key = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let denied = |log: Log, condition: Value| {
        (log, vec![log.grant(&["*"], &no_condition()), deny_uploads_if(&condition)], "policy-deny")
    };
    let cases = [
        (Nlb, vec![uploads(Nlb)], "policy-grant"),
        denied(Nlb, json!({"StringNotEquals": {HEADER: "AES256"}})),
        denied(Nlb, json!({"StringNotEquals": {"s3:RequestObjectTag/team": "logs"}})),
        denied(S3Access, json!({"Null": {HEADER: "true"}})),
        denied(S3Access, json!({"StringNotEqualsIfExists": {format!("{HEADER}-aws-kms-key-id"): key}})),
    ];
    each_case(cases, |(log, statements, cause)| {
        let account = with_a_log(log, &statements, 60);
        let found = assert_health(&account, log.words(), "delivering", "");
        assert!(found["evidence"].as_str().unwrap().contains("so the policy allows the service"), "{found:#}");
        account.run(&init(log)).ends(0).says("nothing to change");
        let account = with_a_log(log, &statements, 5);
        assert_health(&account, log.words(), "dead", cause);
        assert_ne!(account.run(&init(log)).code, 0);
        // If nothing has arrived, every permission that AWS's pages grant is needed.
        assert_health(&log.account_with(&statements), log.words(), "dead", cause);
    });
}

#[test]
fn a_delivered_log_does_not_override_a_denial_that_aws_documents() {
    let mut other = uploads(Nlb);
    other["Principal"] = json!({"Service": "cloudtrail.amazonaws.com"});
    let cases = [
        (Nlb, vec![other], "policy-grant"),
        (Nlb, vec![Nlb.grant(&["*"], &json!({"StringEquals": {"aws:SourceAccount": "999999999999"}}))], "policy-grant"),
        (
            S3Access,
            vec![
                S3Access.grant(&["*"], &no_condition()),
                deny_uploads_if(&json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}})),
            ],
            "policy-deny",
        ),
    ];
    each_case(cases, |(log, statements, cause)| {
        assert_health(&with_a_log(log, &statements, 60), log.words(), "dead", cause);
    });
}

#[test]
fn an_enabled_log_is_delivered_even_if_its_test_file_is_denied() {
    let logs = Alb.grant(&["AWSLogs/111122223333/elasticloadbalancing/*"], &no_condition());
    let all = || Alb.grant(&["*"], &no_condition());
    let cases = [
        (vec![logs], "policy-grant"),
        (vec![all(), deny_uploads_to("*TestFile")], "policy-deny"),
        (vec![all(), deny_uploads_to("AWSLogs/*/ELBAccessLogTestFile")], "policy-deny"),
    ];
    each_case(cases, |(statements, cause)| {
        let account = Alb.account_with(&statements);
        let found = assert_health(&account, Alb.words(), "pending", "");
        let warning = &found["findings"][0];
        assert_eq!(warning["id"], "policy-test-file", "{found:#}");
        assert!(warning["why"].as_str().unwrap().contains("AWS will refuse to turn it on again"), "{found:#}");
        account.run(&init(Alb)).ends(0).says("the test file of `x`").says("nothing to change");
        account.wait(account.sandbox.deliver());
        assert_health(&account, Alb.words(), "delivering", "");
        // AWS would refuse to enable another log.
        let off = "init alb --source web --bucket b-logs --log-type access --dry-run --detailed-exitcode --output json";
        let document = account.run(off).json();
        let ids = document["plan"]["findings"].to_string();
        assert!(ids.contains(&format!("\"{cause}\"")) && !ids.contains("policy-test-file"), "{document:#}");
    });
}

/// The inventory's configuration as it is stored.
fn inventory(account: &Account) -> String {
    account.bucket("app-data").inventories["logbucket"].clone()
}

#[test]
fn the_default_key_gets_its_missing_grant_and_reports_keep_the_key() {
    let root = json!({"Sid": "Root", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        "Action": "kms:*", "Resource": "*"});
    let theirs = |change: Value| {
        let mut grant = json!({"Sid": "Reports", "Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"},
            "Action": "kms:GenerateDataKey", "Resource": "*"});
        grant.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        json!({"Version": "2012-10-17", "Statement": [root, grant]}).to_string()
    };
    let policies = [
        None,
        Some(theirs(json!({"Action": "kms:Encrypt"}))),
        Some(theirs(json!({"Principal": {"Service": "logging.s3.amazonaws.com"}}))),
    ];
    each_case(policies, |policy| {
        for bucket_key in [true, false] {
            let account = Inventory.account_with(&[Inventory.grant(&["*"], &no_condition())]);
            let key = account.wait(account.sandbox.put_key(KeySeed { policy: policy.clone(), ..KeySeed::new() }));
            let default = Encryption { bucket_key, ..Encryption::kms(Some(&key)) };
            account.sandbox.set_encryption("b-logs", default.clone());
            configure_inventory(&account, "");
            let before = inventory(&account);
            let found = assert_health(&account, Inventory.words(), "dead", "key-policy");
            assert!(
                finding_texts(&found).contains("does not allow `s3.amazonaws.com` to call `kms:GenerateDataKey`"),
                "{found:#}"
            );
            account.run(&init(Inventory)).ends(3).says("1. + allow the log service to use the key").omits("SSE-S3");
            assert_fixed(&account, Inventory.words(), &found);
            assert_eq!(inventory(&account), before);
            assert_eq!(account.bucket("b-logs").encryption, default);
        }
    });
}

#[test]
fn for_a_policy_that_requires_encryption_the_inventory_names_one() {
    let grant = || Inventory.grant(&["*"], &no_condition());
    let by_header = Inventory.grant(&["*"], &json!({"StringEquals": {HEADER: "AES256"}}));
    let cases = [
        (vec![grant(), deny_uploads_if(&json!({"StringNotEquals": {HEADER: "AES256"}}))], "policy-deny"),
        (vec![grant(), deny_uploads_if(&json!({"Null": {HEADER: "true"}}))], "policy-deny"),
        (vec![by_header], "policy-grant"),
    ];
    each_case(cases, |(statements, cause)| {
        let account = Inventory.account_with(&statements);
        configure_inventory(&account, "");
        let policy = account.policy("b-logs");
        let found = assert_health(&account, Inventory.words(), "dead", cause);
        let page = found["findings"][0]["page"].as_str().unwrap();
        assert!(page.ends_with("/configure-inventory.html"), "{found:#}");
        account.run(&init(Inventory)).ends(3).says("encrypted by SSE-S3").omits("exempt");
        assert_fixed(&account, Inventory.words(), &found);
        assert!(inventory(&account).contains("SSE-S3") && account.policy("b-logs") == policy);
        // A report that arrived after the policy last changed shows that reports are allowed anyway.
        let account = with_a_log(Inventory, &statements, 60);
        configure_inventory(&account, "");
        assert_health(&account, Inventory.words(), "delivering", "");
        account.run(&init(Inventory)).ends(0).says("nothing to change");
    });
    // Here the grant is missing, too.
    let account = Inventory.account_with(&[deny_uploads_if(&json!({"Null": {HEADER: "true"}}))]);
    configure_inventory(&account, "");
    let found = assert_health(&account, Inventory.words(), "dead", "policy-deny");
    assert_fixed(&account, Inventory.words(), &found);
    assert!(inventory(&account).contains("SSE-S3"), "{}", inventory(&account));
}

#[test]
fn for_a_policy_that_requires_the_default_key_the_inventory_names_it() {
    let account = Inventory.account_with(&[Inventory.grant(&["*"], &no_condition())]);
    let grant = json!({"Sid": "Reports", "Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "kms:GenerateDataKey", "Resource": "*"});
    let root = json!({"Sid": "Root", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        "Action": "kms:*", "Resource": "*"});
    let policy = json!({"Version": "2012-10-17", "Statement": [root, grant]}).to_string();
    let key = account.wait(account.sandbox.put_key(KeySeed { policy: Some(policy), ..KeySeed::new() }));
    account.sandbox.set_encryption("b-logs", Encryption::kms(Some(&key)));
    configure_inventory(&account, "");
    assert_health(&account, Inventory.words(), "pending", "");
    let header = format!("{HEADER}-aws-kms-key-id");
    let asks = |key: &str| {
        let statements =
            [Inventory.grant(&["*"], &no_condition()), deny_uploads_if(&json!({"ArnNotEquals": {&header: key}}))];
        json!({"Version": "2012-10-17", "Statement": statements}).to_string()
    };
    account.sandbox.set_policy("b-logs", Some(&asks(&key)));
    let found = assert_health(&account, Inventory.words(), "dead", "policy-deny");
    assert_fixed(&account, Inventory.words(), &found);
    assert!(inventory(&account).contains(&key), "{}", inventory(&account));
    // The policy requires another key than the configuration names.
    let other = key.replace("arn:aws:kms:us-east-1:111122223333", "arn:aws:kms:us-east-1:444455556666");
    account.sandbox.set_policy("b-logs", Some(&asks(&other)));
    let found = assert_health(&account, Inventory.words(), "dead", "policy-deny");
    assert!(found["fix"].as_str().unwrap().contains("--exempt Guard"), "{found:#}");
}

#[test]
fn reports_under_the_aws_managed_key_are_dead_and_get_sse_s3() {
    for name in ["alias/aws/s3", "arn:aws:kms:us-east-1:111122223333:alias/aws/s3"] {
        let account = Inventory.account_with(&[Inventory.grant(&["*"], &no_condition())]);
        configure_inventory(&account, &format!("<Encryption><SSE-KMS><KeyId>{name}</KeyId></SSE-KMS></Encryption>"));
        let found = assert_health(&account, Inventory.words(), "dead", "key-unusable");
        assert!(
            finding_texts(&found).contains(name) && finding_texts(&found).contains("the AWS managed key"),
            "{found:#}"
        );
        account.run(&init(Inventory)).ends(3).says("encrypted by SSE-S3");
        assert_fixed(&account, Inventory.words(), &found);
        assert!(inventory(&account).contains("SSE-S3"), "{}", inventory(&account));
    }
}

#[test]
fn a_report_key_that_is_not_named_by_its_arn_causes_a_warning() {
    let grant = json!({"Sid": "Reports", "Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "kms:GenerateDataKey", "Resource": "*"});
    let root = json!({"Sid": "Root", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        "Action": "kms:*", "Resource": "*"});
    let policy = json!({"Version": "2012-10-17", "Statement": [root, grant]}).to_string();
    let account = Inventory.account_with(&[Inventory.grant(&["*"], &no_condition())]);
    let seed = KeySeed { policy: Some(policy), alias: Some("alias/reports".to_owned()), ..KeySeed::new() };
    let key = account.wait(account.sandbox.put_key(seed));
    let cases = [
        ("alias/reports", true),
        ("arn:aws:kms:us-east-1:111122223333:alias/reports", true),
        (key.rsplit('/').next().unwrap(), true),
        (key.as_str(), false),
    ];
    each_case(cases, |(name, is_warned)| {
        configure_inventory(&account, &format!("<Encryption><SSE-KMS><KeyId>{name}</KeyId></SSE-KMS></Encryption>"));
        let found = assert_health(&account, Inventory.words(), "pending", "");
        let warned = found["findings"]
            .as_array()
            .is_some_and(|found| found.iter().any(|one| one["id"] == "encryption-key-not-arn"));
        assert_eq!(warned, is_warned, "{name}: {found:#}");
        account.run(&init(Inventory)).ends(0).says("nothing to change");
    });
}

#[test]
fn a_string_operator_that_takes_wildcards_literally_is_explained() {
    let by = |operator: &str, arn: &str| Nlb.grant(&["*"], &json!({operator: {"aws:SourceArn": arn}}));
    for arn in ["arn:aws:logs:us-east-1:111122223333:*", "arn:aws:logs:*:111122223333:*"] {
        let found = Nlb.assert_health(&[by("StringEquals", arn)], "dead", "policy-grant");
        assert!(finding_texts(&found).contains("(`StringEquals` takes `*` literally)"), "{found:#}");
        Nlb.assert_health(&[by("StringLike", arn)], "pending", "");
    }
    Nlb.assert_health(&[by("StringEquals", "arn:aws:logs:us-east-1:111122223333:delivery-source:n")], "unknown", "");
}
