//! Responses of AWS in undocumented forms: they lead to an error or *unknown*, never to a crash, and nothing is written
//! because of them.

use sandbox::{Effect, Fault, When, seed};

use crate::account::Account;
use crate::tables::each_case;

/// XML with other content, without content, or with numbers that are too large.
const SETTINGS: [(&str, &str); 12] = [
    ("lifecycle", "<Nonsense/>"),
    ("lifecycle", "<LifecycleConfiguration><Rule/></LifecycleConfiguration>"),
    (
        "lifecycle",
        "<LifecycleConfiguration><Rule><Status>Perhaps</Status><Expiration><Days>99999999999999999999</Days></Expiration></Rule></LifecycleConfiguration>",
    ),
    (
        "lifecycle",
        "<LifecycleConfiguration><Rule><Status>Enabled</Status><Expiration><Date>never</Date><Days>-7</Days></Expiration></Rule></LifecycleConfiguration>",
    ),
    ("tagging", "{\"TagSet\": []}"),
    ("tagging", "<Tagging><TagSet><Tag/><Tag><Key/></Tag></TagSet></Tagging>"),
    (
        "publicAccessBlock",
        "<PublicAccessBlockConfiguration><BlockPublicAcls>perhaps</BlockPublicAcls></PublicAccessBlockConfiguration>",
    ),
    (
        "ownershipControls",
        "<OwnershipControls><Rule><ObjectOwnership>Everybody</ObjectOwnership></Rule></OwnershipControls>",
    ),
    ("ownershipControls", "<OwnershipControls/>"),
    (
        "object-lock",
        "<ObjectLockConfiguration><ObjectLockEnabled/><Rule><DefaultRetention><Days>x</Days></DefaultRetention></Rule></ObjectLockConfiguration>",
    ),
    ("requestPayment", "<RequestPaymentConfiguration><Payer>Nobody</Payer></RequestPaymentConfiguration>"),
    ("logging", "<BucketLoggingStatus><LoggingEnabled/></BucketLoggingStatus>"),
];

const COMMANDS: [&str; 3] = [
    "init s3-access --source app-data --bucket shared-logs --dry-run",
    "check --bucket shared-logs",
    "scan --region us-east-1 --producer s3-access --output json",
];

#[track_caller]
fn ends_well(account: &Account, words: &str, what: &str) {
    let ran = account.run(words);
    assert!(
        (0..=5).contains(&ran.code),
        "{words} after {what} ended with {}\n{}\n{}",
        ran.code,
        ran.stdout,
        ran.stderr
    );
    assert!(account.writes().is_empty(), "{words} after {what}");
}

#[test]
fn a_malformed_setting_never_crashes_a_run() {
    each_case(SETTINGS, |(setting, xml)| {
        let account = Account::seeded();
        account.sandbox.set_setting(seed::SHARED_LOGS, setting, Some(xml));
        account.sandbox.set_setting(seed::APP_DATA, setting, Some(xml));
        for words in COMMANDS {
            ends_well(&account, words, xml);
        }
    });
}

#[test]
fn deeply_nested_xml_never_crashes_a_run() {
    let account = Account::seeded();
    let deep = format!("<Tagging>{}{}</Tagging>", "<a>".repeat(20_000), "</a>".repeat(20_000));
    account.sandbox.set_setting(seed::SHARED_LOGS, "tagging", Some(&deep));
    each_case(COMMANDS, |words| {
        ends_well(&account, words, "deep XML");
    });
}

#[test]
fn a_malformed_inventory_never_crashes_a_run() {
    let cases = [
        "<InventoryConfiguration/>",
        "<InventoryConfiguration><Id>x</Id><IsEnabled>perhaps</IsEnabled></InventoryConfiguration>",
        "<InventoryConfiguration><Id>x</Id><IsEnabled>true</IsEnabled><Destination><S3BucketDestination><Bucket>no arn</Bucket><Format>XLS</Format></S3BucketDestination></Destination><Schedule><Frequency>Hourly</Frequency></Schedule></InventoryConfiguration>",
    ];
    each_case(cases, |xml| {
        let account = Account::seeded();
        account.sandbox.set_inventory(seed::APP_DATA, "x", xml);
        for words in [
            "init inventory --source app-data --bucket shared-logs --dry-run",
            "check inventory --source app-data",
            "scan --region us-east-1 --producer inventory --output json",
        ] {
            ends_well(&account, words, xml);
        }
    });
}

#[test]
fn malformed_attributes_never_crash_a_run() {
    let cases = [
        ("", "true", ""),
        ("shared-logs", "TRUE", "/"),
        ("Not A Bucket", "true", "//"),
        ("arn:aws:s3:::shared-logs", "true", "AWSLogs"),
        ("shared-logs", "", "a/../b"),
    ];
    each_case(cases, |(bucket, enabled, prefix)| {
        let account = Account::seeded();
        let of =
            [("access_logs.s3.enabled", enabled), ("access_logs.s3.bucket", bucket), ("access_logs.s3.prefix", prefix)];
        account.sandbox.set_attributes("web", &of);
        for words in [
            "init alb --source web --log-type access --bucket shared-logs --dry-run",
            "check alb --source web --log-type access",
            "scan --region us-east-1 --producer alb --output json",
        ] {
            ends_well(&account, words, bucket);
        }
    });
}

#[test]
fn a_key_in_an_unknown_state_never_crashes_a_run() {
    let account = Account::seeded();
    let key = account.bucket(seed::KMS_LOGS).encryption.key.unwrap();
    each_case(["", "Dreaming", "\u{202e}"], |state| {
        account.sandbox.set_key_state(&key, state);
        ends_well(&account, "init nlb --source edge --bucket kms-logs --dry-run", state);
        ends_well(&account, "check --bucket kms-logs", state);
    });
}

#[test]
fn an_error_with_an_odd_status_or_code_is_still_an_error() {
    let cases = ["GetBucketPolicy", "GetBucketEncryption", "DescribeLoadBalancers", "GetCallerIdentity"];
    each_case(cases, |operation| {
        for (status, code) in [(418, "Teapot"), (404, ""), (301, "PermanentRedirect"), (200, "Fine"), (599, "<&>")] {
            let account = Account::seeded();
            let effect = Effect::status(status, code, "");
            account.sandbox.inject(Fault { when: When::Operation(operation.to_owned()), effect });
            ends_well(
                &account,
                "init alb --source web --bucket shared-logs --dry-run",
                &format!("{status} of {operation}"),
            );
        }
    });
}
