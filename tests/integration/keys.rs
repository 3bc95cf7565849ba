//! Customer managed keys: a run finds its keys again, evaluates existing keys, and allows only the one service.

use logbucket::internals::model::Seen;
use logbucket::internals::plan::{FindingId, Plan, Step, plan};
use logbucket::internals::producer::Producer;
use logbucket::internals::state::Observed;
use sandbox::{Effect, Fault, KeySeed, LoadBalancerSeed, When};

use crate::account::Account;
use crate::tables::each_case;
use crate::worlds::{DEFAULT_KEY_POLICY, KEY, bucket, key, observed, request, sse_kms};

/// The number of keys that runs have created.
fn keys_of(account: &Account) -> usize {
    account
        .sandbox
        .keys()
        .iter()
        .filter(|key| key.tags.get("logbucket").is_some_and(|tag| tag.starts_with("run-")))
        .count()
}

#[test]
fn an_unusable_key_is_refused_with_the_reason() {
    let account = Account::seeded();
    let put = |seed: KeySeed| account.wait(account.sandbox.put_key(seed));
    let disabled = put(KeySeed { state: "Disabled".to_owned(), ..KeySeed::new() });
    let doomed = put(KeySeed { state: "PendingDeletion".to_owned(), ..KeySeed::new() });
    let asymmetric = put(KeySeed { spec: "RSA_2048".to_owned(), ..KeySeed::new() });
    let west = put(KeySeed { region: "us-west-2".to_owned(), ..KeySeed::new() });
    let cases = [
        (disabled, "state Disabled"),
        (doomed, "state PendingDeletion"),
        (asymmetric, "RSA_2048"),
        (west, "is in us-west-2"),
    ];
    each_case(cases, |(arn, says)| {
        account
            .run(&format!("init nlb --source edge --bucket demo-logs --kms-key {arn} --yes --fix"))
            .ends(5)
            .says(says);
        assert!(account.sandbox.bucket("demo-logs").is_none(), "{says}");
    });
}

#[test]
fn a_key_given_by_id_alias_or_arn_is_written_as_its_full_arn() {
    let account = Account::seeded();
    let arn =
        account.wait(account.sandbox.put_key(KeySeed { alias: Some("alias/team/logs".to_owned()), ..KeySeed::new() }));
    let id = arn.rsplit('/').next().unwrap().to_owned();
    for (number, name) in
        [arn.as_str(), id.as_str(), "alias/team/logs", "arn:aws:kms:us-east-1:111122223333:alias/team/logs"]
            .iter()
            .enumerate()
    {
        let bucket = format!("key-logs-{number}");
        account.wait(account.sandbox.put_load_balancer(LoadBalancerSeed::network(&format!("nlb-{number}"), "TLS")));
        account.run(&format!("init nlb --source nlb-{number} --bucket {bucket} --kms-key {name} --yes")).ends(0);
        assert_eq!(account.bucket(&bucket).encryption.key.as_deref(), Some(arn.as_str()), "{name}");
    }
    let key = account.sandbox.keys().into_iter().find(|key| key.arn == arn).unwrap();
    assert_eq!(key.policy.matches("LogbucketNlb").count(), 1, "one statement serves all: {}", key.policy);
}

#[test]
fn a_failure_between_creating_and_using_a_key_never_creates_a_second_one() {
    each_case(["CreateAlias", "CreateBucket", "PutBucketEncryption", "PutBucketPolicy"], |operation| {
        let account = Account::seeded();
        account.sandbox.inject(Fault { when: When::Operation(operation.to_owned()), effect: Effect::access_denied() });
        account.run("init nlb --source edge --bucket demo-logs --kms-key create --yes").ends(6).says("not done");
        assert_eq!(keys_of(&account), 1, "{operation}");
        account.sandbox.clear_faults();
        account.run("init nlb --source edge --bucket demo-logs --kms-key create --yes").ends(0);
        assert_eq!(keys_of(&account), 1, "{operation}");
        let key = account.sandbox.keys().into_iter().find(|key| key.tags.contains_key("logbucket")).unwrap();
        assert_eq!(key.aliases, ["alias/logbucket-demo-logs"]);
        assert_eq!(account.bucket("demo-logs").encryption.key.as_deref(), Some(key.arn.as_str()));
    });
}

#[test]
fn without_permission_to_find_an_earlier_runs_key_no_second_one_is_created() {
    for operation in ["ListKeys", "ListResourceTags"] {
        let account = Account::seeded();
        let fail = |operation: &str| {
            account.sandbox.inject(Fault {
                when: When::Operation(operation.to_owned()),
                effect: Effect::status(400, "AccessDeniedException", "no"),
            });
        };
        // The response to `CreateKey` is lost, so the run does not know the key's ARN.
        account
            .sandbox
            .inject(Fault { when: When::OperationTimes("CreateKey".to_owned(), 1), effect: Effect::ResetAfter });
        account.run("init nlb --source edge --bucket demo-logs --kms-key create --yes").ends(6);
        fail(operation);
        account
            .run("init nlb --source edge --bucket demo-logs --kms-key create --yes")
            .ends(5)
            .says(&format!("kms:{operation}"));
        assert_eq!(keys_of(&account), 1, "{operation}");
    }
}

#[test]
fn a_bucket_with_a_dotted_name_gets_a_key_with_an_alias() {
    let account = Account::seeded();
    account.run("init nlb --source edge --bucket my.nlb.logs --kms-key create --yes").ends(0);
    assert!(account.sandbox.keys().iter().any(|key| key.aliases.contains(&"alias/logbucket-my_nlb_logs".to_owned())));
    account.run("init nlb --source edge --bucket my.nlb.logs --kms-key create --yes").ends(0);
    assert!(account.writes().is_empty());
}

#[test]
fn an_undescribable_default_key_is_a_warning_and_one_named_by_alias_is_refused() {
    let account = Account::seeded();
    account.sandbox.inject(Fault {
        when: When::Operation("DescribeKey".to_owned()),
        effect: Effect::status(400, "AccessDeniedException", "no"),
    });
    let dry = account.run("init nlb --source edge --bucket kms-logs --dry-run").ends(0);
    dry.says("kms:DescribeKey").says("warning");
    account.wait(
        account
            .sandbox
            .put_bucket(sandbox::BucketSeed::new("alias-logs").encrypted(sandbox::Encryption::kms(Some("alias/mine")))),
    );
    account.run("init nlb --source edge --bucket alias-logs --yes").ends(5).says("full ARN");
}

#[test]
fn an_inventory_with_its_own_key_leaves_the_default_key_alone() {
    let account = Account::seeded();
    account.run("init nlb --source edge --bucket nlb-logs --kms-key create --yes").ends(0);
    let key = account.bucket("nlb-logs").encryption.key;
    account
        .run("init inventory --source app-data --bucket nlb-logs --prefix inv --report-kms-key create --yes")
        .ends(0);
    assert_eq!(account.bucket("nlb-logs").encryption.key, key);
    account.wait(account.sandbox.deliver());
    let bucket = account.bucket("nlb-logs");
    assert!(bucket.objects.iter().any(|(name, object)| name.starts_with("inv/app-data/") && object.readable));
}

#[test]
fn a_key_is_found_and_not_created_again_after_a_lost_response() {
    let account = Account::seeded();
    account.sandbox.inject(Fault { when: When::OperationTimes("CreateKey".to_owned(), 1), effect: Effect::ResetAfter });
    // The SDK's client must not retry this call, because a retry would create a second key.
    account
        .run("init nlb --source edge --bucket demo-logs --kms-key create --yes")
        .ends(6)
        .says("run the same command again");
    account.run("init nlb --source edge --bucket demo-logs --kms-key create --yes").ends(0);
    assert_eq!(keys_of(&account), 1);
}

#[test]
fn a_key_policy_with_our_statement_that_stays_uncertain_is_not_written_again() {
    let request = request(Producer::Nlb, |_| {});
    let planned = |policy: &str| {
        let observed = observed(&request, bucket(sse_kms(Some(KEY)), None));
        plan(&request, &Observed { default_key: Seen::Present(key(policy)), ..observed })
    };
    let written = |plan: &Plan| {
        plan.steps.iter().find_map(|step| {
            let Step::PutKeyPolicy { after, .. } = &step.step else { return None };
            Some(after.clone())
        })
    };
    // An element that AWS does not know puts every statement in doubt, including ours.
    let doubtful = DEFAULT_KEY_POLICY.replacen('{', r#"{"Extra":1,"#, 1);
    let once = written(&planned(&doubtful)).expect("a statement of ours");
    let again = planned(&once);
    assert_eq!(written(&again), None);
    assert!(again.findings.iter().any(|finding| finding.id() == FindingId::KeyPolicy), "{:?}", again.findings);
}

#[test]
fn rotation_is_enabled_even_if_the_run_that_created_the_key_stopped_early() {
    let account = Account::seeded();
    let words = "init nlb --source edge --bucket demo-logs --kms-key create --yes";
    account.sandbox.inject(Fault {
        when: When::OperationTimes("EnableKeyRotation".to_owned(), 1),
        effect: Effect::access_denied(),
    });
    account.run(words).ends(6).says("kms:EnableKeyRotation");
    account.run(words).ends(0);
    assert_eq!(account.writes()[..2], ["EnableKeyRotation", "CreateAlias"]);
    let made = account.sandbox.keys().into_iter().find(|key| key.tags.contains_key("logbucket")).unwrap();
    assert!(made.rotates, "{made:?}");
    let account = Account::seeded();
    account.run(&words.replace("--yes", "--dry-run")).ends(0).says("turn on yearly automatic rotation of the new key");
    account.run(words).ends(0);
    assert_eq!(account.writes()[..3], ["CreateKey", "EnableKeyRotation", "CreateAlias"]);
    account
        .run("undo latest --dry-run")
        .ends(0)
        .says("the rotation of the key: the key stays, and so does its rotation");
}
