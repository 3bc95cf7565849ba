//! Every read is denied in turn: "could not read" is never treated as "not there".

use sandbox::{Effect, Fault, When, seed};
use serde_json::Value;

use crate::account::Account;
use crate::tables::each_case;

/// Returns the operations that a dry run calls, except `GetCallerIdentity`, which every run requires.
fn reads(words: &str) -> Vec<String> {
    let account = Account::seeded();
    account.run(&format!("{words} --dry-run"));
    let requests = account.sandbox.requests().into_iter();
    let mut operations: Vec<String> = requests.map(|request| request.operation).collect();
    operations.sort();
    operations.dedup();
    operations.retain(|operation| operation != "GetCallerIdentity");
    operations
}

#[test]
fn a_denied_read_is_reported_and_never_ends_in_silent_success() {
    let cases = [
        "init alb --source web --bucket shared-logs --prefix alb --expire-days 9 --tag a=b --fix",
        "init nlb --source edge --bucket kms-logs",
        "init s3-access --source app-data --bucket shared-logs --prefix s3/",
        "init inventory --source app-data --bucket shared-logs --prefix inv",
    ];
    each_case(cases, |words| {
        for operation in reads(words) {
            let account = Account::seeded();
            let before = account.sandbox.state();
            account.sandbox.inject(Fault { when: When::Operation(operation.clone()), effect: Effect::access_denied() });
            let ran = account.run(&format!("{words} --yes --wait 0 --output json"));
            let all = format!("{}{}", ran.stdout, ran.stderr);
            let name = format!("{words} without {operation}: {all}");
            let result: Value = ran.json();
            if ran.code == 0 {
                let findings = result["plan"]["findings"].as_array().unwrap();
                let said = findings.iter().any(|finding| {
                    finding["severity"] == "warning" && finding["what"].as_str().unwrap().contains("could not read")
                });
                // No message is needed about a lifecycle, tags or a test file that no one asked about, nor about others
                // who may manage a source. A bucket's creation date only confirms that it is still the same bucket.
                let needless = [
                    "DescribeTags",
                    "GetBucketLifecycleConfiguration",
                    "GetBucketLogging",
                    "HeadObject",
                    "ListBuckets",
                ];
                // An inventory's configuration names its own encryption.
                let is_no_matter = operation == "GetBucketEncryption" && words.contains("inventory");
                let not_asked = operation == "SimulatePrincipalPolicy" && result["preflight"]["status"] == "not-asked";
                assert!(said || not_asked || is_no_matter || needless.contains(&operation.as_str()), "{name}");
            } else {
                assert!(matches!(ran.code, 1 | 4 | 5 | 6), "{name}");
            }
            // Nothing was overwritten without reading it first.
            let policy = account.bucket(seed::SHARED_LOGS).policy.unwrap();
            assert!(policy.contains("Audit reads"), "{name}");
            if ran.code == 5 || ran.code == 1 {
                assert_eq!(account.sandbox.state(), before, "{name}");
            }
        }
    });
}
