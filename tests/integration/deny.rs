//! Deny statements that block a log service: the run reports them and stops. It exempts the service only from a
//! statement that the user names.

use sandbox::BucketSeed;
use serde_json::{Value, json};

use crate::account::Account;

#[test]
fn a_deny_that_blocks_the_service_is_named_with_its_narrowed_form() {
    let account = Account::seeded();
    let before = account.sandbox.state();
    let ran = account.run("init s3-access --source app-data --bucket strict-logs --yes --fix").ends(7);
    let ran = ran
        .says("DenyUnencryptedUploads")
        .says("s3:x-amz-server-side-encryption")
        .says("--exempt DenyUnencryptedUploads");
    ran.says(r#""aws:PrincipalServiceName": "logging.s3.amazonaws.com""#);
    assert_eq!(account.sandbox.state(), before);
}

#[test]
fn exempting_one_of_two_denies_is_not_enough() {
    let account = Account::seeded();
    let words = "init s3-access --source app-data --bucket strict-logs --yes --fix --exempt DenyUnencryptedUploads";
    account.run(words).ends(7).says("DenyMissingEncryptionHeader");
    assert!(account.writes().is_empty());
    account.run(&format!("{words} --exempt DenyMissingEncryptionHeader")).ends(0);
    let policy = account.policy("strict-logs");
    let statements = policy["Statement"].as_array().unwrap();
    assert_eq!(
        statements[0]["Condition"]["StringNotEquals"],
        json!({
            "s3:x-amz-server-side-encryption": "AES256",
            "aws:PrincipalServiceName": "logging.s3.amazonaws.com",
        })
    );
    assert_eq!(statements[0]["Principal"], "*", "everyone else stays denied");
    let again = account.run(&format!("{words} --exempt DenyMissingEncryptionHeader")).ends(0);
    drop(again);
    assert!(account.writes().is_empty(), "an exemption that is there is not made twice");
}

#[test]
fn an_exemption_is_a_replacing_step_that_names_the_narrowed_statements() {
    let account = Account::seeded();
    let words = "init nlb --source edge --bucket strict-logs --exempt DenyUnencryptedUploads \
                 --exempt DenyMissingEncryptionHeader";
    account
        .run(&format!("{words} --yes"))
        .ends(7)
        .says("~ exempt `delivery.logs.amazonaws.com` from `DenyUnencryptedUploads`, `DenyMissingEncryptionHeader`")
        .says("add `--fix` to approve");
    assert!(account.writes().is_empty());
    // A dry run shows the plan and the consent it needs.
    let dry = "init nlb --source edge --bucket strict-logs --dry-run";
    account
        .run(dry)
        .ends(0)
        .says("~ exempt `delivery.logs.amazonaws.com` from `DenyUnencryptedUploads`")
        .says("--exempt DenyUnencryptedUploads --exempt DenyMissingEncryptionHeader --fix --yes");
    let document = account.run(&format!("{dry} --detailed-exitcode --output json")).ends(3).json();
    assert_eq!(document["verdict"], "needs-exempt");
    assert_eq!(
        document["approval"],
        json!(["--exempt DenyUnencryptedUploads", "--exempt DenyMissingEncryptionHeader", "--fix", "--yes"])
    );
    assert!(account.writes().is_empty());
}

#[test]
fn a_statement_without_a_sid_is_named_by_its_position() {
    let account = Account::seeded();
    let policy = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Deny", "NotPrincipal": { "AWS": "arn:aws:iam::111122223333:role/Admin" }, "Action": "s3:PutObject",
          "Resource": "arn:aws:s3:::hard-logs/*" } ] });
    account.wait(account.sandbox.put_bucket(BucketSeed::new("hard-logs").policy(&policy.to_string())));
    account.run("init s3-access --source app-data --bucket hard-logs --yes").ends(7).says("--exempt 1");
    account.run("init s3-access --source app-data --bucket hard-logs --yes --fix --exempt 1").ends(0);
    let statement = &account.policy("hard-logs")["Statement"][0];
    assert_eq!(statement["Condition"]["StringNotEquals"]["aws:PrincipalServiceName"], "logging.s3.amazonaws.com");
    assert_eq!(statement["NotPrincipal"], policy["Statement"][0]["NotPrincipal"]);
}

#[test]
fn an_exemption_that_matches_no_statement_is_refused() {
    let account = Account::seeded();
    account
        .run("init alb --source web --bucket strict-logs --yes --exempt NoSuch")
        .ends(2)
        .says("no Deny statement `NoSuch`");
    account
        .run("init alb --source web --bucket strict-logs --yes --exempt AuditorReads")
        .ends(2)
        .says("no Deny statement");
}

#[test]
fn an_uncertain_deny_causes_a_warning_and_the_run_continues() {
    let account = Account::seeded();
    let policy: Value = json!({ "Version": "2012-10-17", "Statement": { "Sid": "OnlyOurNetwork", "Effect": "Deny", "Principal": "*",
        "Action": "s3:PutObject", "Resource": "arn:aws:s3:::net-logs/*",
        "Condition": { "NotIpAddressIfExists": { "aws:SourceIp": "10.0.0.0/8" } } } });
    account.wait(account.sandbox.put_bucket(BucketSeed::new("net-logs").policy(&policy.to_string())));
    let ran = account.run("init s3-access --source app-data --bucket net-logs --dry-run --output json").ends(0);
    let findings = ran.json()["plan"]["findings"].clone();
    let uncertain = findings
        .as_array()
        .unwrap()
        .iter()
        .find(|finding| finding["id"] == "policy-deny-likely")
        .expect("a warning")
        .clone();
    assert_eq!(uncertain["severity"], "warning");
    assert!(uncertain["what"].as_str().unwrap().contains("OnlyOurNetwork"), "{uncertain}");
}

#[test]
fn a_prefix_that_needs_policy_variables_is_refused_for_a_policy_without_them() {
    let account = Account::seeded();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("old-logs").policy(r#"{"Statement":[]}"#)));
    account.run("init s3-access --source app-data --bucket old-logs --prefix p*/ --yes").ends(5).says("2012-10-17");
    account.run("init s3-access --source app-data --bucket old-logs --prefix p/ --yes").ends(0);
}

#[test]
fn for_two_statements_with_the_same_sid_the_position_is_suggested() {
    let account = Account::seeded();
    let deny = |action: &str| json!({ "Sid": "X", "Effect": "Deny", "Principal": "*", "Action": action, "Resource": "arn:aws:s3:::twin-logs/*" });
    let policy = json!({ "Version": "2012-10-17", "Statement": [deny("s3:DeleteObject"), deny("s3:PutObject")] });
    account.wait(account.sandbox.put_bucket(BucketSeed::new("twin-logs").policy(&policy.to_string())));
    account.run("init s3-access --source app-data --bucket twin-logs --yes").ends(7).says("--exempt 2");
}
