//! Every cell of the encryption table, applied to a log that was already on: `check` reports what AWS documents.

use sandbox::{Encryption, KeySeed};
use serde_json::json;

use crate::account::Account;
use crate::check::assert_fixed;

/// The producers, each with its arguments for `init` and `check`.
const LOGS: [(&str, &str, &str); 5] = [
    ("alb", "init alb --source web --log-type access --bucket cell-logs --yes", "alb --source web --log-type access"),
    ("clb", "init clb --source old-web --bucket cell-logs --yes", "clb --source old-web"),
    ("nlb", "init nlb --source edge --bucket cell-logs --yes", "nlb --source edge"),
    (
        "s3-access",
        "init s3-access --source app-data --bucket cell-logs --prefix s3/ --yes",
        "s3-access --source app-data",
    ),
    ("inventory", "init inventory --source app-data --bucket cell-logs --yes", "inventory --source app-data"),
];

/// A report that uses the bucket's default encryption.
const INHERITS: &str = "<InventoryConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Id>logbucket</Id><IsEnabled>true</IsEnabled><Destination><S3BucketDestination><Bucket>arn:aws:s3:::cell-logs</Bucket><Format>CSV</Format></S3BucketDestination></Destination><Schedule><Frequency>Daily</Frequency></Schedule><IncludedObjectVersions>Current</IncludedObjectVersions></InventoryConfiguration>";

/// The default encryptions; the last two use a key that allows no log service, and one that allows all.
const ENCRYPTIONS: [&str; 5] = ["SSE-S3", "AWS managed key", "DSSE-KMS", "shut key", "open key"];

/// The expected result of a cell: `None` if logs arrive, or the cause.
fn expected(producer: &str, encryption: &str) -> Option<&'static str> {
    match (producer, encryption) {
        (_, "SSE-S3") | ("nlb" | "inventory", "open key") => None,
        ("nlb" | "inventory", "shut key") => Some("key-policy"),
        // According to AWS, no key policy helps here, so the fix is another encryption.
        _ => Some("encryption-not-writable"),
    }
}

fn planted(account: &Account, encryption: &str) -> Encryption {
    let open = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:root" }, "Action": "kms:*", "Resource": "*" },
        { "Effect": "Allow", "Resource": "*", "Action": ["kms:GenerateDataKey*", "kms:Decrypt", "kms:Encrypt", "kms:DescribeKey"],
          "Principal": { "Service": ["delivery.logs.amazonaws.com", "s3.amazonaws.com", "logging.s3.amazonaws.com",
              "logdelivery.elasticloadbalancing.amazonaws.com"] } },
    ]});
    let key = |policy: Option<String>| account.wait(account.sandbox.put_key(KeySeed { policy, ..KeySeed::new() }));
    match encryption {
        "SSE-S3" => Encryption::of_new_bucket(),
        "AWS managed key" => Encryption::kms(None),
        "DSSE-KMS" => Encryption { algorithm: "aws:kms:dsse".to_owned(), ..Encryption::kms(Some(&key(None))) },
        "shut key" => Encryption::kms(Some(&key(None))),
        _ => Encryption::kms(Some(&key(Some(open.to_string())))),
    }
}

#[test]
fn every_cell_has_the_documented_cause_and_a_fix_that_works() {
    for (producer, init, log) in LOGS {
        for encryption in ENCRYPTIONS {
            let account = Account::with_classic();
            account.run(&format!("{init} --wait 0")).ends(0);
            if producer == "inventory" {
                account.sandbox.set_inventory("app-data", "logbucket", INHERITS);
            }
            account.sandbox.set_encryption("cell-logs", planted(&account, encryption));
            let cell = format!("{producer} under {encryption}");
            let found = account.run(&format!("check {log} --output json")).json()["logs"][0].clone();
            let Some(cause) = expected(producer, encryption) else {
                assert!(["pending", "delivering"].contains(&found["health"].as_str().unwrap()), "{cell}: {found:#}");
                continue;
            };
            if (producer, encryption) == ("s3-access", "open key") {
                // AWS does not support this, but logs were seen to arrive if the key allows the service. The state is
                // unknown.
                account.run(&format!("check {log}")).ends(1);
                assert_eq!(found["health"], "unknown", "{cell}: {found:#}");
                assert_eq!(found["findings"][0]["id"], cause, "{cell}: {found:#}");
                continue;
            }
            assert_eq!(found["health"], "dead", "{cell}: {found:#}");
            assert_eq!(found["findings"][0]["id"], cause, "{cell}: {found:#}");
            assert_fixed(&account, log, &found);
            account.wait(account.sandbox.deliver());
            let arrived = account.run(&format!("check {log} --output json")).ends(0).json()["logs"][0].clone();
            assert_eq!(arrived["health"], "delivering", "{cell}: {arrived:#}");
        }
    }
}
