//! What counts as proof: the service's own object, newer than the attachment, and readable.

use std::process::{Child, Stdio};
use std::time::Duration;

use sandbox::{BucketSeed, Effect, Fault, When};
use serde_json::{Value, json};

use crate::account::Account;
use crate::tables::each_case;

/// A run that is currently waiting for the producer's logs.
fn start_and_wait_for_a_listing(account: &Account, words: &str) -> Child {
    let mut command = account.command();
    let command = command.args(words.split(' ')).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    while !account.sandbox.requests().iter().any(|request| request.operation.starts_with("ListObjects")) {
        assert!(child.try_wait().unwrap().is_none(), "it ended without looking");
        std::thread::yield_now();
    }
    child
}

/// The final output of a run.
fn final_document(child: Child) -> Value {
    serde_json::from_slice(&child.wait_with_output().unwrap().stdout).unwrap()
}

const REFUSED: &str = "Access Denied for bucket: shared-logs. Please check S3bucket permission";

#[test]
fn a_repeated_run_waits_for_the_first_runs_policy_to_propagate() {
    let account = Account::seeded();
    account.sandbox.refuse_attaching_for(Duration::from_secs(3));
    account.run("init alb --source web --bucket shared-logs --wait 0 --yes").ends(6);
    let ran = account.run("init alb --source web --bucket shared-logs --wait 20 --yes").ends(0);
    ran.says("delivery: proven");
    assert!(account.writes().len() > 1, "it was refused at first");
}

#[test]
fn an_unexplained_denial_names_the_policies_that_cannot_be_read() {
    let account = Account::seeded();
    let when = When::Operation("ModifyLoadBalancerAttributes".to_owned());
    for code in ["InvalidConfigurationRequest", "ValidationError"] {
        account.sandbox.inject(Fault { when: when.clone(), effect: Effect::status(400, code, REFUSED) });
        let ran = account.run("init alb --source web --bucket shared-logs --wait 0 --yes");
        ran.says("resource control policy (RCP)").says("logdelivery.elasticloadbalancing.amazonaws.com");
    }
    // A statement that the plan could read but not evaluate is a more likely cause, so it comes first.
    let mut policy = account.policy("shared-logs");
    policy["Statement"].as_array_mut().unwrap().push(json!({
        "Sid": "OurNetwork", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::shared-logs/*",
        "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}}
    }));
    account.sandbox.set_policy("shared-logs", Some(&policy.to_string()));
    account.run("init alb --source web --bucket shared-logs --wait 0 --yes").says("possible cause").says("OurNetwork");
}

#[test]
fn an_rcp_that_denies_the_test_object_is_reported_to_apply_to_the_service_too() {
    let account = Account::seeded();
    let message = "User: arn:aws:iam::111122223333:user/x is not authorized to perform: s3:PutObject on resource: \
                   \"arn:aws:s3:::shared-logs/x\" with an explicit deny in a resource control policy";
    let when = When::Operation("PutObject".to_owned());
    account.sandbox.inject(Fault { when, effect: Effect::status(403, "AccessDenied", message) });
    account.run("init alb --source web --bucket shared-logs --yes").says("applies to the service too");
}

#[test]
fn a_destination_that_has_not_propagated_yet_is_retried() {
    let account = Account::seeded();
    account.sandbox.attach_refusals(2);
    account
        .run("init alb --source web --bucket demo-logs --yes")
        .ends(0)
        .says("waiting for changes to propagate")
        .says("proven");
    let attaches = account.writes().into_iter().filter(|operation| operation == "ModifyLoadBalancerAttributes").count();
    assert_eq!(attaches, 3);
}

#[test]
fn a_second_run_without_changes_uses_the_proof_of_the_first() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket demo-logs --yes").ends(0).says("proven");
    let again = account.run("init alb --source web --bucket demo-logs --yes").ends(0);
    again.says("unchanged - verified at ").says("ELBAccessLogTestFile");
    assert!(account.writes().is_empty());
    let cases = [
        ("init nlb --source edge --bucket nlb-logs --yes", "elasticloadbalancing"),
        ("init inventory --source app-data --bucket inv-logs --prefix inv --yes", "manifest.json"),
        ("init s3-access --source app-images --bucket s3-logs --prefix s3/ --yes", "s3/111122223333/"),
    ];
    each_case(cases, |(words, key)| {
        account.run(words).ends(0);
        assert_eq!(account.run(&format!("{words} --output json")).ends(0).json()["delivery"]["status"], "pending");
        account.wait(account.sandbox.deliver());
        let delivery = account.run(&format!("{words} --output json")).ends(0).json()["delivery"].clone();
        assert_eq!(delivery["status"], "verified", "{words}: {delivery}");
        assert!(delivery["objects"][0].as_str().unwrap().contains(key), "{words}: {delivery}");
        assert!(delivery["at"].as_str().unwrap().ends_with('Z'), "{delivery}");
    });
}

#[test]
fn a_test_file_older_than_the_attachment_never_counts_as_proof() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket demo-logs --yes").ends(0).says("proven");
    let key = "AWSLogs/111122223333/ELBAccessLogTestFile";
    let an_hour_ago = std::time::SystemTime::now() - Duration::from_hours(1);
    account.wait(account.sandbox.put_object_at("demo-logs", key, b"x", an_hour_ago));
    let again = account.run("init alb --source web --bucket demo-logs --yes").ends(0);
    assert!(!again.stdout.contains("verified"), "{}", again.stdout);
    assert!(again.stdout.contains("pending"), "{}", again.stdout);
}

#[test]
fn a_test_file_that_never_arrives_is_a_failure() {
    let account = Account::seeded();
    // The file is written but not visible to the reader.
    account.sandbox.inject(Fault {
        when: When::Operation("GetObject".to_owned()),
        effect: Effect::status(404, "NoSuchKey", "The specified key does not exist."),
    });
    let ran = account.run("init alb --source web --bucket demo-logs --wait 1 --yes --output json").ends(4);
    let result = ran.json();
    assert_eq!(result["delivery"]["status"], "failed");
    assert!(result["delivery"]["cause"].as_str().unwrap().contains("did not arrive"), "{result}");
}

#[test]
fn waiting_for_s3_access_logs_ends_with_the_first_of_them() {
    let account = Account::seeded();
    let child = start_and_wait_for_a_listing(
        &account,
        "init s3-access --source app-data --bucket s3-logs --prefix s3/ --wait 60 --output json --yes",
    );
    account.wait(account.sandbox.deliver());
    let result = final_document(child);
    assert_eq!(result["delivery"]["status"], "proven", "{result}");
}

#[test]
fn a_caller_without_write_access_to_objects_can_still_set_up_the_service() {
    let account = Account::seeded();
    account.sandbox.inject(Fault { when: When::Operation("PutObject".to_owned()), effect: Effect::access_denied() });
    let ran = account.run("init alb --source web --bucket demo-logs --yes --output json").ends(0);
    let result = ran.json();
    assert_eq!(result["test_object"]["status"], "unproven");
    assert_eq!(result["delivery"]["status"], "proven");
}

#[test]
fn the_test_object_leaves_nothing_behind() {
    let account = Account::seeded();
    let versioned = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    account.wait(account.sandbox.put_bucket(BucketSeed::new("kept-logs").setting("versioning", versioned)));
    account.run("init s3-access --source app-data --bucket kept-logs --yes").ends(0);
    assert!(account.bucket("kept-logs").objects.is_empty());
}

#[test]
fn without_permission_to_look_for_the_test_file_there_is_neither_proof_nor_failure() {
    let account = Account::seeded();
    for operation in ["GetObject", "HeadObject"] {
        account.sandbox.inject(Fault { when: When::Operation(operation.to_owned()), effect: Effect::access_denied() });
    }
    let result = account.run("init alb --source web --bucket demo-logs --wait 1 --yes --output json").ends(0).json();
    assert_eq!(result["delivery"]["status"], "pending");
    assert!(result["delivery"]["note"].as_str().unwrap().contains("s3:GetObject"), "{result}");
}

#[test]
fn a_log_that_was_already_on_needs_no_new_test_file() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket demo-logs --yes").ends(0).says("proven");
    account.wait(
        account.sandbox.put_bucket(BucketSeed::new("demo-logs").policy(&account.bucket("demo-logs").policy.unwrap())),
    );
    // The access log's file is gone, as if an expiry rule had deleted it. Only the connection log is new.
    let words = "init alb --source web --bucket demo-logs --log-type access --log-type connection --wait 1 --yes";
    account.run(words).ends(0).says("ELBConnectionLogTestFile");
}

#[test]
fn a_change_irrelevant_to_the_service_does_not_attach_again() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket demo-logs --yes").ends(0);
    account.run("init alb --source web --bucket demo-logs --tag owner=me --expire-days 9 --fix --yes").ends(0);
    assert_eq!(account.writes(), ["PutBucketTagging", "PutBucketLifecycleConfiguration"]);
}

#[test]
fn another_load_balancers_log_proves_nothing() {
    let account = Account::seeded();
    let child =
        start_and_wait_for_a_listing(&account, "init nlb --source edge --bucket nlb-logs --wait 5 --output json --yes");
    let key = "AWSLogs/111122223333/elasticloadbalancing/us-east-1/2026/01/01/111122223333_elasticloadbalancing_us-east-1_app.web.50dc_x.log.gz";
    account.wait(account.sandbox.put_object("nlb-logs", key, b"x"));
    let result = final_document(child);
    assert_eq!(result["delivery"]["status"], "pending", "{result}");
}

#[test]
fn a_report_with_its_own_key_is_also_accepted_on_a_second_run() {
    let account = Account::seeded();
    let words = "init inventory --source app-data --bucket inv-logs --prefix inv --report-kms-key create --yes";
    account.run(words).ends(0);
    let child = start_and_wait_for_a_listing(&account, &format!("{words} --wait 60 --output json"));
    account.wait(account.sandbox.deliver());
    let result = final_document(child);
    // The object may have arrived before the check or during the wait.
    assert!(["proven", "verified"].map(Value::from).contains(&result["delivery"]["status"]), "{result}");
}
