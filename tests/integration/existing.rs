//! Existing buckets: correct buckets stay as they are, and in other buckets, only the broken settings are fixed.

use sandbox::{BucketSeed, Encryption, KeySeed, LoadBalancerSeed};
use serde_json::Value;

use crate::account::Account;
use crate::tables::each_case;

#[test]
fn a_shared_bucket_gets_our_statement_and_keeps_all_others() {
    let account = Account::seeded();
    let before: Value = account.policy("shared-logs");
    account.run("init alb --source web --bucket shared-logs --prefix alb --yes").ends(0).says("proven");
    let after = account.policy("shared-logs");
    let (before, after) = (before.as_object().unwrap(), after.as_object().unwrap());
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>(), "fields and their order");
    let (old, new) = (before["Statement"].as_array().unwrap(), after["Statement"].as_array().unwrap());
    assert_eq!(old[..], new[..old.len()]);
    assert_eq!(new.len(), old.len() + 1);
    assert_eq!(account.sids("shared-logs").last().unwrap(), "LogbucketAlb");
    assert_eq!(account.writes(), ["PutBucketPolicy", "ModifyLoadBalancerAttributes"]);
}

#[test]
fn a_plain_bucket_gets_only_what_is_needed() {
    let account = Account::seeded();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("plain-logs")));
    account.run("init s3-access --source app-data --bucket plain-logs --yes").ends(0);
    assert_eq!(account.sids("plain-logs"), ["LogbucketS3Access"]);
    assert_eq!(account.writes(), ["PutBucketPolicy", "PutBucketLogging"]);
}

#[test]
fn a_broken_bucket_is_refused_without_fix_and_repaired_with_it() {
    let cases = [
        ("init alb --source web --bucket managed-kms-logs --yes", "aws/s3"),
        ("init nlb --source edge --bucket managed-kms-logs --yes", "aws/s3"),
        ("init s3-access --source app-data --bucket kms-logs --yes", "customer managed key"),
        ("init alb --source web --bucket kms-logs --yes", "customer managed key"),
    ];
    each_case(cases, |(words, kind)| {
        let account = Account::seeded();
        let before = account.sandbox.state();
        account.run(words).ends(7).says(kind).says("--fix");
        assert_eq!(account.sandbox.state(), before, "{words}");
        assert!(!account.sandbox.requests().iter().any(|request| request.mutating), "{words}");
        account.run(&format!("{words} --fix")).ends(0);
        let bucket = words.split_whitespace().nth(5).unwrap();
        assert_eq!(account.bucket(bucket).encryption.algorithm, "AES256", "{words}");
        account.wait(account.sandbox.deliver());
        assert!(account.bucket(bucket).objects.values().all(|object| object.readable), "{words}");
        account.run(words).ends(0);
        assert_eq!(account.writes(), Vec::<String>::new(), "{words}");
    });
}

#[test]
fn blocked_encryption_types_are_kept_when_the_encryption_changes() {
    let account = Account::seeded();
    let encryption = Encryption { blocked: Some(vec!["SSE-C".to_owned()]), ..Encryption::kms(None) };
    account.wait(account.sandbox.put_bucket(BucketSeed::new("kms-demo").encrypted(encryption)));
    account.run("init alb --source web --bucket kms-demo --yes --fix").ends(0);
    assert_eq!(account.bucket("kms-demo").encryption.blocked.unwrap(), ["SSE-C"]);
}

#[test]
fn an_nlb_keeps_the_customer_key_and_adds_one_statement_to_its_policy() {
    let account = Account::seeded();
    let arn = account.bucket("kms-logs").encryption.key.unwrap();
    let policy = |account: &Account| -> Value {
        let key = account.sandbox.keys().into_iter().find(|key| key.arn == arn).unwrap();
        serde_json::from_str(&key.policy).unwrap()
    };
    let before = policy(&account);
    account.run("init nlb --source edge --bucket kms-logs --yes").ends(0).says("pending");
    let after = policy(&account);
    let (old, new) = (before["Statement"].as_array().unwrap(), after["Statement"].as_array().unwrap());
    assert_eq!(old[..], new[..old.len()]);
    assert_eq!(new.len(), old.len() + 1);
    assert_eq!(account.bucket("kms-logs").encryption.key.unwrap(), arn);
    account.wait(account.sandbox.deliver());
    assert!(account.bucket("kms-logs").objects.iter().any(|(key, object)| key.contains("AWSLogs") && object.readable));
}

#[test]
fn with_fix_a_key_alias_is_replaced_by_the_key_arn() {
    let account = Account::seeded();
    let arn = account.wait(account.sandbox.put_key(KeySeed { alias: Some("alias/mine".to_owned()), ..KeySeed::new() }));
    let encryption = Encryption::kms(Some("alias/mine"));
    account.wait(account.sandbox.put_bucket(BucketSeed::new("alias-logs").encrypted(encryption)));
    account.run("init nlb --source edge --bucket alias-logs --yes").ends(7).says("full ARN");
    account.run("init nlb --source edge --bucket alias-logs --yes --fix").ends(0);
    assert_eq!(account.bucket("alias-logs").encryption.key.as_deref(), Some(arn.as_str()));
}

#[test]
fn a_dead_alb_is_fixed_and_attached_again_so_that_aws_checks_it() {
    let account = Account::seeded();
    account.run("init alb --source legacy-web --bucket old-alb-logs --yes").ends(7).says("SSE-KMS");
    account.run("init alb --source legacy-web --bucket old-alb-logs --yes --fix").ends(0);
    assert_eq!(account.writes(), ["PutBucketEncryption", "ModifyLoadBalancerAttributes"]);
    account.wait(account.sandbox.deliver());
    assert!(
        account.bucket("old-alb-logs").objects.values().any(|object| object.readable && object.algorithm == "AES256")
    );
}

#[test]
fn an_attachment_to_another_bucket_is_replaced_only_with_fix() {
    let account = Account::seeded();
    account.wait(account.sandbox.put_load_balancer(LoadBalancerSeed::application("other").logging(
        "access_logs",
        "shared-logs",
        "x",
    )));
    account.run("init alb --source other --bucket demo-logs --yes").ends(7).says("shared-logs/x");
    assert!(account.sandbox.bucket("demo-logs").is_none());
    account.run("init alb --source other --bucket demo-logs --yes --fix").ends(0).says("proven");
    account.run("init s3-access --source app-data --bucket s3-one --yes").ends(0);
    account.run("init s3-access --source app-data --bucket s3-two --yes").ends(7).says("s3-one");
    account.run("init s3-access --source app-data --bucket s3-two --yes --fix").ends(0);
    assert_eq!(account.bucket("app-data").logging.unwrap().target, "s3-two");
}

#[test]
fn settings_that_block_s3_access_logs_are_named() {
    let account = Account::seeded();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("locked-logs").locked()));
    account.run("init s3-access --source app-data --bucket locked-logs --yes --fix").ends(5).says("Object Lock");
    let pays = "<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>";
    account.wait(account.sandbox.put_bucket(BucketSeed::new("paying-logs").setting("requestPayment", pays)));
    account.run("init s3-access --source app-data --bucket paying-logs --yes").ends(7).says("Requester Pays");
    account.run("init s3-access --source app-data --bucket paying-logs --yes --fix").ends(0);
    assert!(!account.bucket("paying-logs").requester_pays);
    account.run("init s3-access --source app-images --bucket plain-target --yes").ends(0);
    // AWS advises against access logs of a destination, but they work. The log belongs to someone else, so it stays.
    account
        .run("init s3-access --source app-data --bucket app-images --yes --fix")
        .ends(0)
        .says("itself writes access logs to `plain-target`");
    assert_eq!(account.bucket("app-images").logging.unwrap().target, "plain-target");
}

#[test]
fn lifecycle_rules_and_tags_of_others_are_kept() {
    let account = Account::seeded();
    let rules = "<LifecycleConfiguration><Rule><ID>theirs</ID><Filter><And><Prefix>tmp/</Prefix><Tag><Key>a</Key><Value>b</Value></Tag></And></Filter><Status>Enabled</Status><NoncurrentVersionExpiration><NoncurrentDays>7</NoncurrentDays><NewerNoncurrentVersions>3</NewerNoncurrentVersions></NoncurrentVersionExpiration></Rule></LifecycleConfiguration>";
    let tags = "<Tagging><TagSet><Tag><Key>team</Key><Value>core</Value></Tag></TagSet></Tagging>";
    account.wait(
        account.sandbox.put_bucket(BucketSeed::new("ruled-logs").setting("lifecycle", rules).setting("tagging", tags)),
    );
    account.run("init alb --source web --bucket ruled-logs --expire-days 90 --tag owner=me --fix --yes").ends(0);
    let bucket = account.bucket("ruled-logs");
    let lifecycle = bucket.lifecycle.unwrap();
    let cases = [
        "theirs",
        "<NewerNoncurrentVersions>3</NewerNoncurrentVersions>",
        "<Key>a</Key>",
        "<Days>90</Days>",
        "AWSLogs/111122223333/",
    ];
    each_case(cases, |kept| {
        assert!(lifecycle.contains(kept), "{kept} is not in {lifecycle}");
    });
    assert_eq!(bucket.tags["team"], "core");
    assert_eq!(bucket.tags["owner"], "me");
    account.run("init alb --source web --bucket ruled-logs --tag team=other --yes").ends(7).says("team");
    account.run("init alb --source web --bucket ruled-logs --expire-days 9 --yes").ends(7).says("--fix");
}

#[test]
fn aws_system_tags_are_included_when_a_tag_is_added() {
    let account = Account::seeded();
    let tags =
        "<Tagging><TagSet><Tag><Key>aws:cloudformation:stack-name</Key><Value>front</Value></Tag></TagSet></Tagging>";
    account.wait(account.sandbox.put_bucket(BucketSeed::new("stack-logs").setting("tagging", tags)));
    account.run("init alb --source web --bucket stack-logs --tag team=core --yes").ends(0);
    let tags = account.bucket("stack-logs").tags;
    let tags: Vec<(&str, &str)> = tags.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!(tags, [("aws:cloudformation:stack-name", "front"), ("team", "core")]);
}

#[test]
fn a_rule_on_a_shared_bucket_expires_only_the_producers_folder() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket shared-logs --prefix team --expire-days 9 --fix --yes").ends(0);
    let lifecycle = account.bucket("shared-logs").lifecycle.unwrap();
    assert!(lifecycle.contains("<Prefix>team/AWSLogs/111122223333/elasticloadbalancing/</Prefix>"), "{lifecycle}");
}

#[test]
fn an_inventory_that_uses_the_default_encryption_is_left_alone() {
    let account = Account::seeded();
    account.run("init inventory --source app-data --bucket inv-logs --yes").ends(0);
    let xml = account.bucket("app-data").inventories["logbucket"].clone();
    let (before, rest) = xml.split_once("<Encryption>").unwrap();
    let (_, after) = rest.split_once("</Encryption>").unwrap();
    account.sandbox.set_inventory("app-data", "logbucket", &format!("{before}{after}"));
    account.run("init inventory --source app-data --bucket inv-logs --yes").ends(0);
    assert!(account.writes().is_empty());
}

#[test]
fn a_disabled_key_is_named_as_the_cause() {
    let account = Account::seeded();
    let arn = account.bucket("kms-logs").encryption.key.unwrap();
    account.sandbox.set_key_state(&arn, "Disabled");
    let ran = account.run("init nlb --source edge --bucket kms-logs --yes");
    ran.ends(5).says("is in state Disabled").says("aws kms enable-key");
}

#[test]
fn no_steps_are_planned_for_an_unusable_bucket() {
    let account = Account::seeded();
    for bucket in ["west-logs", "other-account-logs"] {
        let plan =
            account.run(&format!("init alb --source web --bucket {bucket} --dry-run --output json")).ends(5).json();
        let steps = plan["plan"]["steps"].as_array().unwrap().clone();
        assert!(
            steps.iter().all(|step| step["api"] == "elasticloadbalancing:ModifyLoadBalancerAttributes"),
            "{steps:?}"
        );
    }
}

#[test]
fn a_log_with_a_fixed_destination_is_attached_to_it_again() {
    let account = Account::seeded();
    let again = "send the access log of load balancer `legacy-web` to s3://old-alb-logs/ again; AWS may then re-check the bucket (not documented)";
    account.run("init alb --source legacy-web --bucket old-alb-logs --fix --dry-run").ends(0).says(again);
    let ran = account.run("init alb --source web --bucket new-logs --dry-run").ends(0);
    assert!(!ran.stdout.contains("again; AWS"), "{}", ran.stdout);
}

/// An inventory of `app-data` that differs from the defaults in everything that flags can set.
fn odd_inventory(account: &Account, id: &str, bucket: &str, enabled: bool) {
    let xml = format!(
        "<InventoryConfiguration><Destination><S3BucketDestination><Bucket>arn:aws:s3:::{bucket}</Bucket><Format>Parquet</Format><Prefix>team</Prefix></S3BucketDestination></Destination><IsEnabled>{enabled}</IsEnabled><Id>{id}</Id><IncludedObjectVersions>All</IncludedObjectVersions><OptionalFields><Field>ETag</Field></OptionalFields><Schedule><Frequency>Weekly</Frequency></Schedule></InventoryConfiguration>"
    );
    account.sandbox.set_inventory("app-data", id, &xml);
}

fn inventory_of(account: &Account) -> String {
    format!("{:?}", account.bucket("app-data").inventories)
}

#[test]
fn inventory_settings_that_were_not_requested_are_kept() {
    let account = Account::seeded();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("inv-logs")));
    odd_inventory(&account, "logbucket", "inv-logs", true);
    let before = inventory_of(&account);
    account.run("init inventory --source app-data --bucket inv-logs --yes").ends(0);
    assert_eq!(account.writes(), ["PutBucketPolicy"]);
    assert_eq!(inventory_of(&account), before);
    // Each flag changes only its own setting.
    account.run("init inventory --source app-data --bucket inv-logs --frequency daily --yes --fix").ends(0);
    let after = inventory_of(&account);
    assert!(after.contains("Daily") && after.contains("Parquet") && after.contains("ETag"), "{after}");
    assert!(after.contains("All") && after.contains("team") && !after.contains("Size"), "{after}");
    // An inventory that is off is turned on, and its other settings stay unchanged.
    odd_inventory(&account, "weekly", "inv-logs", false);
    account.run("init inventory --source app-data --bucket inv-logs --inventory-id weekly --yes --fix").ends(0);
    let after = account.bucket("app-data").inventories;
    let weekly = format!("{:?}", after.get("weekly"));
    assert!(weekly.contains("Weekly") && weekly.contains("Parquet") && weekly.contains("ETag"), "{weekly}");
    // A new inventory has the defaults.
    account.run("init inventory --source app-images --bucket inv-logs --prefix i --yes").ends(0);
    let new = format!("{:?}", account.bucket("app-images").inventories);
    assert!(new.contains("CSV") && new.contains("Daily") && new.contains("Size"), "{new}");
}

#[test]
fn a_prefix_is_kept_unless_another_is_requested() {
    let cases = [
        ("alb --source web --bucket demo-logs --prefix team", "alb --source web --bucket demo-logs"),
        ("nlb --source edge --bucket demo-logs --prefix team", "nlb --source edge --bucket demo-logs"),
        (
            "s3-access --source app-data --bucket demo-logs --prefix team/",
            "s3-access --source app-data --bucket demo-logs",
        ),
        (
            "inventory --source app-data --bucket demo-logs --prefix team",
            "inventory --source app-data --bucket demo-logs",
        ),
    ];
    each_case(cases, |(attach, again)| {
        let account = Account::seeded();
        account.run(&format!("init {attach} --yes --wait 0")).says("team");
        account.run(&format!("init {again} --yes --wait 0")).says("team");
        assert!(account.writes().is_empty(), "{again}: {:?}", account.writes());
        // Logs move to the bucket's root only if the user requests that.
        account.run(&format!("init {again} --prefix= --dry-run")).ends(0).says("team");
    });
}

#[test]
fn changing_only_the_prefix_keeps_the_simple_key_format() {
    let account = Account::seeded();
    let status = "<BucketLoggingStatus xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LoggingEnabled><TargetBucket>shared-logs</TargetBucket><TargetPrefix>one/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>";
    account.sandbox.set_setting("app-data", "logging", Some(status));
    account.run("init s3-access --source app-data --bucket shared-logs --prefix other/ --yes --fix --wait 0");
    let logging = format!("{:?}", account.bucket("app-data").logging);
    assert!(logging.contains("other/") && !logging.contains("Partitioned"), "{logging}");
    account.run("init s3-access --source app-data --bucket shared-logs --partition delivery --yes --fix --wait 0");
    let logging = format!("{:?}", account.bucket("app-data").logging);
    assert!(logging.contains("other/") && logging.contains("DeliveryTime"), "{logging}");
}
