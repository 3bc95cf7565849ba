//! `check` of buckets' logs: access logs and inventories have their own causes.

use std::time::{Duration, SystemTime};

use sandbox::{BucketSeed, Effect, Encryption, Fault, When, seed};

use crate::account::Account;
use crate::check::{assert_fixed, assert_health};
use crate::tables::each_case;

const DATA: &str = "s3-access --source app-data";

fn with_data() -> Account {
    let account = Account::seeded();
    account.run("init s3-access --source app-data --bucket data-logs --prefix s3/ --yes").ends(0);
    account.wait(account.sandbox.deliver());
    account
}

#[test]
fn s3_access_logs_have_their_own_causes() {
    let account = with_data();
    assert_health(&account, DATA, "delivering", "");
    account.sandbox.set_policy("data-logs", None);
    let found = assert_health(&account, DATA, "dead", "policy-grant");
    assert_fixed(&account, DATA, &found);
    for encryption in [Encryption::kms(None), Encryption::kms(Some(seed::KMS_LOGS_ALIAS))] {
        let account = with_data();
        account.sandbox.set_encryption("data-logs", encryption);
        let found = assert_health(&account, DATA, "dead", "encryption-not-writable");
        assert_fixed(&account, DATA, &found);
    }
    let account = with_data();
    let requester = "<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>";
    account.sandbox.set_setting("data-logs", "requestPayment", Some(requester));
    let found = assert_health(&account, DATA, "dead", "requester-pays");
    assert_fixed(&account, DATA, &found);
    let lock = "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>";
    account.sandbox.set_setting("data-logs", "object-lock", Some(lock));
    let found = assert_health(&account, DATA, "dead", "object-lock");
    assert!(found["fix"].is_null() && found["findings"][0]["hint"].is_string(), "{found:#}");
}

#[test]
fn objects_encrypted_with_a_foreign_key_are_shown_as_evidence_below_the_cause() {
    let account = with_data();
    account.sandbox.set_encryption("data-logs", Encryption::kms(None));
    account.wait(account.sandbox.deliver_at(SystemTime::now() + Duration::from_mins(1)));
    let found = assert_health(&account, DATA, "dead", "encryption-not-writable");
    let ids: Vec<&str> = found["findings"].as_array().unwrap().iter().filter_map(|one| one["id"].as_str()).collect();
    assert!(ids.contains(&"object-unreadable"), "{found:#}");
}

#[test]
fn an_acl_grant_counts_if_acls_are_enabled() {
    let account = Account::seeded();
    let bucket = |ownership: &str| BucketSeed::new("acl-logs").owned(ownership).acl("log-delivery-write");
    let logging = "<BucketLoggingStatus><LoggingEnabled><TargetBucket>acl-logs</TargetBucket><TargetPrefix>old/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>";
    account.wait(account.sandbox.put_bucket(bucket("BucketOwnerPreferred")));
    account.sandbox.set_setting("app-data", "logging", Some(logging));
    assert_health(&account, DATA, "pending", "");
    account.wait(account.sandbox.deliver());
    let found = assert_health(&account, DATA, "delivering", "");
    assert!(found["evidence"].as_str().unwrap().contains("old/20"), "{found:#}");
    // Simple keys don't name a source, so another source's log proves nothing.
    assert_health(&account, "s3-access --source app-images", "off", "");
    account.sandbox.drop_bucket("acl-logs");
    account.wait(account.sandbox.put_bucket(bucket("BucketOwnerEnforced")));
    let found = assert_health(&account, DATA, "dead", "policy-grant");
    assert_fixed(&account, DATA, &found);
}

#[test]
fn logs_with_simple_keys_are_distinguished_by_their_records() {
    let account = Account::seeded();
    let logging = |prefix: &str| {
        format!(
            "<BucketLoggingStatus><LoggingEnabled><TargetBucket>mixed-logs</TargetBucket><TargetPrefix>{prefix}</TargetPrefix></LoggingEnabled></BucketLoggingStatus>"
        )
    };
    account.wait(account.sandbox.put_bucket(BucketSeed::new("mixed-logs")));
    account.run("init s3-access --source app-images --source app-data --bucket mixed-logs --prefix s3/ --yes").ends(0);
    for source in ["app-data", "app-images"] {
        account.sandbox.set_setting(source, "logging", Some(&logging("s3/")));
    }
    let now = SystemTime::now();
    let key = format!("s3/{}-0123456789ABCDEF", moment(now).dashed());
    let record = b"79a59df900b949e5 app-images [24/Nov/2026:10:00:00 +0000] 192.0.2.3 - X REST.GET.OBJECT k";
    account.wait(account.sandbox.put_object_at("mixed-logs", &key, record, now));
    assert_health(&account, "s3-access --source app-images", "delivering", "");
    assert_health(&account, DATA, "pending", "");
}

fn moment(time: SystemTime) -> logbucket::internals::model::Moment {
    let seconds = time.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    logbucket::internals::model::Moment(i64::try_from(seconds).unwrap())
}

const REPORT: &str = "inventory --source app-data";

#[test]
fn an_inventory_is_judged_by_its_own_encryption_or_else_the_default_encryption() {
    let account = Account::seeded();
    account.run("init inventory --source app-data --bucket inv-logs --report-kms-key create --yes").ends(0);
    account.wait(account.sandbox.deliver());
    assert_health(&account, REPORT, "delivering", "");
    let key = account.sandbox.keys().into_iter().find(|key| key.policy.contains("LogbucketInventory")).unwrap();
    account.sandbox.set_key_policy(&key.arn, &key.policy.replace("s3.amazonaws.com", "delivery.logs.amazonaws.com"));
    let found = assert_health(&account, REPORT, "dead", "key-policy");
    assert_fixed(&account, REPORT, &found);

    let account = Account::seeded();
    account.run("init inventory --source app-data --bucket inv-logs --yes").ends(0);
    // The configuration itself names SSE-S3, so the bucket's default does not matter.
    account.sandbox.set_encryption("inv-logs", Encryption::kms(None));
    assert_health(&account, REPORT, "pending", "");
    // `init` also changes nothing, and a fix for another problem keeps the bucket's default encryption.
    account.run("init inventory --source app-data --bucket inv-logs --yes").ends(0);
    assert_eq!(account.writes(), Vec::<String>::new());
    account.sandbox.set_policy("inv-logs", None);
    let found = assert_health(&account, REPORT, "dead", "policy-grant");
    assert!(!found["fix"].as_str().unwrap().contains("--fix"), "{found:#}");
    assert_fixed(&account, REPORT, &found);
    assert_eq!(account.bucket("inv-logs").encryption.algorithm, "aws:kms");
}

#[test]
fn a_new_inventory_does_not_change_the_default_encryption_and_offers_its_key() {
    for bucket in ["kms-logs", "managed-kms-logs"] {
        let account = Account::seeded();
        let before = account.bucket(bucket).encryption;
        let words = format!("init inventory --source app-data --bucket {bucket}");
        account.run(&format!("{words} --dry-run")).ends(0).says("--report-kms-key");
        account.run(&format!("{words} --yes --wait 0")).ends(0);
        assert_eq!(account.bucket(bucket).encryption, before, "{bucket}");
        account.wait(account.sandbox.deliver());
        assert_health(&account, REPORT, "delivering", "");
        account.run(&format!("{words} --yes --wait 0")).ends(0);
        assert_eq!(account.writes(), Vec::<String>::new(), "{bucket}");
    }
}

#[test]
fn reports_that_cannot_use_the_default_encryption_get_sse_s3_of_their_own() {
    let account = Account::seeded();
    account.run("init inventory --source app-data --bucket inv-logs --yes").ends(0);
    account.sandbox.set_encryption("inv-logs", Encryption::kms(None));
    let silent = "<InventoryConfiguration><Destination><S3BucketDestination><Bucket>arn:aws:s3:::inv-logs</Bucket><Format>CSV</Format></S3BucketDestination></Destination><Filter><Prefix>photos/</Prefix></Filter><IsEnabled>true</IsEnabled><Id>logbucket</Id><IncludedObjectVersions>Current</IncludedObjectVersions><Schedule><Frequency>Daily</Frequency></Schedule></InventoryConfiguration>";
    account.sandbox.set_inventory("app-data", "logbucket", silent);
    let found = assert_health(&account, REPORT, "dead", "encryption-not-writable");
    assert_fixed(&account, REPORT, &found);
    assert_eq!(account.bucket("inv-logs").encryption.algorithm, "aws:kms", "the default is others', too");
}

#[test]
fn the_key_of_current_reports_is_kept_by_default() {
    let account = Account::seeded();
    account.run("init inventory --source app-data --bucket inv-logs --report-kms-key create --yes").ends(0);
    account.run("init inventory --source app-data --bucket inv-logs --yes --wait 0").ends(0);
    assert_eq!(account.writes(), Vec::<String>::new());
}

#[test]
fn the_bucket_owner_sees_which_other_accounts_cannot_be_checked() {
    let account = Account::seeded();
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Theirs","Effect":"Allow","Principal":{"Service":"logging.s3.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::central-logs/*","Condition":{"StringEquals":{"aws:SourceAccount":"444455556666"}}}]}"#;
    account.wait(account.sandbox.put_bucket(BucketSeed::new("central-logs").policy(policy)));
    let ran = account
        .run("check --bucket central-logs")
        .ends(0)
        .says("none of the logs that could be read in account 111122223333 go to this bucket")
        .says("the bucket policy allows logs from account 444455556666");
    assert!(!ran.stdout.contains("no log of account 111122223333 goes to this bucket"), "{}", ran.stdout);
    let document = account.run("check --bucket central-logs --output json").ends(0).json();
    assert!(document["unknown"].to_string().contains("444455556666"), "{document:#}");
    // Other accounts may log to a bucket even if its policy names none of them, and even if this account logs to it,
    // too.
    account.wait(account.sandbox.put_bucket(BucketSeed::new("bare-logs")));
    account
        .run("check --bucket bare-logs")
        .ends(0)
        .says("account 111122223333 can't see the sources of other accounts");
    account.run("init s3-access --source app-data --bucket central-logs --prefix s3/ --yes --wait 0").ends(0);
    account.run("check --bucket central-logs").says("the bucket policy allows logs from account 444455556666");
}

#[test]
fn another_accounts_bucket_is_reported_as_such() {
    let account = Account::seeded();
    account
        .run("check --bucket other-account-logs")
        .says("bucket `other-account-logs` does not belong to account 111122223333")
        .says("only its owner can see whether it accepts logs");
    // A source of this account that logs to the other account's bucket is still found.
    let logging = "<BucketLoggingStatus><LoggingEnabled><TargetBucket>other-account-logs</TargetBucket><TargetPrefix>x/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>";
    account.wait(account.sandbox.put_bucket(BucketSeed::new("abroad").setting("logging", logging)));
    let document = account.run("check --bucket other-account-logs --output json").json();
    assert_eq!(document["logs"][0]["source"], "abroad", "{document:#}");
    // A caller who may not list buckets gets S3's answer.
    account.sandbox.inject(Fault { when: When::Operation("ListBuckets".to_owned()), effect: Effect::access_denied() });
    account
        .run("check --bucket other-account-logs")
        .says("belongs to another account, or these credentials aren't allowed to read it");
}

#[test]
fn an_undecided_statement_is_named_with_its_condition_key() {
    let account = Account::seeded();
    let policy = r#"{"Version":"2012-10-17","Statement":[
        {"Sid":"OurOrganization","Effect":"Allow","Principal":{"Service":"logdelivery.elasticloadbalancing.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::open-logs/*","Condition":{"StringEquals":{"aws:SourceOrgID":"o-a1b2c3d4e5"}}},
        {"Sid":"Plain","Effect":"Allow","Principal":{"Service":"logging.s3.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::open-logs/*"},
        {"Sid":"OurAgent","Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::open-logs/*","Condition":{"StringNotLike":{"aws:UserAgent":"aws-*"}}},
        {"Sid":"Odd","Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::open-logs/*","Condition":{"NumericLessThan":{"aws:SourceArn":"5"}}}
    ]}"#;
    account.wait(account.sandbox.put_bucket(BucketSeed::new("open-logs").policy(policy)));
    let document = account.run("check --bucket open-logs --output json").ends(0).json();
    let doubts = |producer: &str| {
        let all = document["admissions"].as_array().unwrap();
        let one = all.iter().find(|one| one["producer"] == producer).unwrap();
        one["doubts"].as_array().unwrap().iter().map(|doubt| doubt.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (alb, s3) = (doubts("alb"), doubts("s3-access"));
    assert_eq!((alb.len(), s3.len()), (3, 2), "{document:#}");
    assert!(alb[0].contains("`OurOrganization`: `StringEquals aws:SourceOrgID` = \"o-a1b2c3d4e5\""), "{alb:#?}");
    assert!(s3[0].contains("`OurAgent`: `StringNotLike aws:UserAgent`"), "{s3:#?}");
    assert!(s3[1].contains("the key holds an ARN, not a number; AWS doesn't document"), "{s3:#?}");
    account
        .run("check --bucket open-logs")
        .says("uncertain: statement 1 `OurOrganization`: `StringEquals aws:SourceOrgID`")
        .says("uncertain: statement 3 `OurAgent`: `StringNotLike aws:UserAgent`");
}

#[test]
fn an_organization_wide_grant_is_reported_as_allowing_unseen_logs() {
    let cases = [
        (r#"{"StringEquals":{"aws:SourceOrgID":"o-1a2b3c4d5e"}}"#, "every account of organization `o-1a2b3c4d5e`"),
        (r#"{"ForAnyValue:StringLike":{"aws:SourceOrgPaths":"o-1a2b3c4d5e/r-1/*"}}"#, "organization `o-1a2b3c4d5e`"),
        (
            r#"{"StringEquals":{"aws:SourceOrgID":["o-1a2b3c4d5e","o-2"],"aws:SourceAccount":"444455556666"}}"#,
            "organization `o-1a2b3c4d5e` and of 1 more, and of accounts 444455556666",
        ),
    ];
    each_case(cases, |(condition, said)| {
        let account = Account::seeded();
        let policy = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"Theirs","Effect":"Allow","Principal":{{"Service":"logging.s3.amazonaws.com"}},"Action":"s3:PutObject","Resource":"arn:aws:s3:::central-logs/*","Condition":{condition}}}]}}"#
        );
        account.wait(account.sandbox.put_bucket(BucketSeed::new("central-logs").policy(&policy)));
        account.run("check --bucket central-logs").says(said).says("account 111122223333 can't see their sources");
        let document = account.run("check --bucket central-logs --output json").json();
        assert!(document["unknown"].to_string().contains("o-1a2b3c4d5e"), "{document:#}");
    });
}
