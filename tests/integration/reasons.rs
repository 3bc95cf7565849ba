//! Each step gives its own reason and describes its change.

use std::collections::{BTreeMap, BTreeSet};

use sandbox::BucketSeed;
use serde_json::Value;

use crate::account::Account;
use crate::tables::each_case;

/// The API calls of all steps.
const APIS: [&str; 14] = [
    "elasticloadbalancing:ModifyLoadBalancerAttributes",
    "kms:CreateAlias",
    "kms:CreateKey",
    "kms:EnableKeyRotation",
    "kms:PutKeyPolicy",
    "s3:CreateBucket",
    "s3:PutBucketEncryption",
    "s3:PutBucketInventoryConfiguration",
    "s3:PutBucketLifecycleConfiguration",
    "s3:PutBucketLogging",
    "s3:PutBucketPolicy",
    "s3:PutBucketRequestPayment",
    "s3:PutBucketTagging",
    "s3:PutPublicAccessBlock",
];

/// The steps of a dry run.
fn steps(account: &Account, words: &str) -> Vec<Value> {
    let document = account.run(&format!("{words} --dry-run --output json")).json();
    document["plan"]["steps"].as_array().unwrap_or_else(|| panic!("{words}: {document:#}")).clone()
}

fn whys(step: &Value) -> Vec<String> {
    let reasons = step["reasons"].as_array().unwrap_or_else(|| panic!("{step:#}"));
    reasons.iter().map(|reason| reason["why"].as_str().unwrap().to_owned()).collect()
}

fn prepared() -> Account {
    let account = Account::seeded();
    let pays = "<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>";
    account.wait(account.sandbox.put_bucket(BucketSeed::new("paying-logs").setting("requestPayment", pays)));
    account
}

#[test]
fn every_kind_of_step_has_its_own_reason_and_a_diff() {
    let account = prepared();
    let mut seen = BTreeSet::new();
    let cases = [
        "init alb --source web --bucket demo-logs --tag team=a --expire-days 9",
        "init alb --source web --bucket shared-logs --tag team=a --expire-days 9",
        "init alb --source web --bucket kms-logs",
        "init nlb --source edge --bucket demo-logs --kms-key create",
        "init nlb --source edge --bucket shared-logs --kms-key create",
        "init nlb --source edge --bucket kms-logs --kms-key alias/kms-logs",
        "init s3-access --source app-data --bucket paying-logs --prefix s3/",
        "init inventory --source app-data --bucket demo-logs --report-kms-key create",
    ];
    each_case(cases, |words| {
        let mut said: BTreeMap<String, String> = BTreeMap::new();
        for step in steps(&account, words) {
            let api = step["api"].as_str().unwrap().to_owned();
            assert!(step["diff"].as_array().is_some_and(|diff| !diff.is_empty()), "{words}: no diff of {step:#}");
            let whys = whys(&step);
            assert!(!whys.is_empty(), "{words}: no reason for {step:#}");
            for why in whys {
                if let Some(other) = said.insert(why.clone(), api.clone()) {
                    panic!("{words}: {other} and {api} both say: {why}");
                }
            }
            seen.insert(api);
        }
    });
    assert_eq!(seen.iter().map(String::as_str).collect::<Vec<_>>(), APIS);
}

#[test]
fn a_new_key_is_explained_with_the_settings_that_are_on_and_off() {
    let account = prepared();
    for bucket in ["demo-logs", "shared-logs"] {
        let words = format!("init nlb --source edge --bucket {bucket} --kms-key create");
        let steps = steps(&account, &words);
        let of = |api: &str| steps.iter().find(|step| step["api"] == api).unwrap_or_else(|| panic!("{steps:#?}"));
        let encryption = of("s3:PutBucketEncryption");
        let why = whys(encryption).join("\n");
        assert!(!why.contains("S3-managed keys"), "{bucket}: {why}");
        assert!(why.contains("full ARN") && why.contains("Bucket Key stays off"), "{bucket}: {why}");
        let diff = encryption["diff"].to_string();
        assert!(diff.contains("bucket key = off") && diff.contains("blocked = SSE-C"), "{bucket}: {diff}");
        assert!(of("kms:EnableKeyRotation")["diff"].to_string().contains("every 365 days"));
    }
}

#[test]
fn explanations_describe_the_requested_settings_and_not_the_current_ones() {
    let account = prepared();
    // A working key is replaced on request.
    let steps = steps(&account, "init nlb --source edge --bucket kms-logs --encryption sse-s3");
    let encryption = steps.iter().find(|step| step["api"] == "s3:PutBucketEncryption").unwrap();
    let why = whys(encryption).join("\n");
    assert!(!why.contains("Bucket Key stays off"), "{why}");
    let alb = self::steps(&account, "init alb --source web --bucket demo-logs");
    let of = |api: &str| whys(alb.iter().find(|step| step["api"] == api).unwrap()).join("\n");
    assert!(of("s3:PutPublicAccessBlock").contains("public"), "{alb:#?}");
    assert!(!of("s3:PutPublicAccessBlock").contains("Region"), "{alb:#?}");
    assert!(of("s3:PutBucketEncryption").contains("SSE-C"), "{alb:#?}");
}
