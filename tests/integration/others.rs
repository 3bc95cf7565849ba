//! What belongs to others stays: buckets, settings and objects that no run created, and logs that a run does not know
//! about.

use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::path::PathBuf;
use std::time::Duration;
use std::{fs, thread};

use sandbox::{BucketSeed, Effect, Encryption, Fault, LoadBalancerSeed, When};
use serde_json::{Value, json};

use crate::account::Account;
use crate::terminal::Terminal;
use crate::wizard::NOW;

const TAGGED: &str = "<Tagging xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><TagSet><Tag><Key>team</Key><Value>data</Value></Tag></TagSet></Tagging>";

/// Someone's bucket, with a tag and SSE-KMS.
fn theirs(region: &str) -> BucketSeed {
    BucketSeed::new("demo-logs").within(region).setting("tagging", TAGGED).encrypted(Encryption::kms(None))
}

fn receipts(account: &Account) -> PathBuf {
    account.home().join(".local/state/logbucket/receipts")
}

fn runs(account: &Account) -> Vec<Value> {
    account.run("undo --output json").ends(0).json()["runs"].as_array().unwrap().clone()
}

fn newest(account: &Account) -> String {
    runs(account)[0]["run"].as_str().unwrap().to_owned()
}

#[test]
fn a_bucket_that_appears_during_the_plan_review_is_left_unchanged() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init s3-access --source app-data --bucket demo-logs");
    terminal.shows(NOW);
    account.wait(account.sandbox.put_bucket(theirs("us-east-1")));
    let before = account.bucket("demo-logs");
    account.sandbox.forget_requests();
    terminal.goes_to(NOW, "apply");
    terminal.ended().with(6).says("bucket `demo-logs` changed since the plan was made");
    assert!(account.writes().is_empty(), "{:?}", account.writes());
    account.run("undo latest --yes").ends(0);
    assert_eq!(account.bucket("demo-logs"), before, "an undo leaves it, too");
}

/// Someone creates the bucket right before S3 gets the run's own call.
fn overtaken(region: &str, source: &str) {
    let account = Account::seeded();
    account.sandbox.inject(Fault {
        when: When::Operation("CreateBucket".to_owned()),
        effect: Effect::Delay(Duration::from_millis(1500)),
    });
    account.sandbox.forget_requests();
    let words = format!("init s3-access --source {source} --bucket demo-logs --region {region} --yes");
    let before = thread::scope(|scope| {
        let program = scope.spawn(|| {
            let mut command = account.command();
            command.args(words.split(' ')).output().unwrap()
        });
        // The receipt exists as soon as the run is about to write.
        while !fs::read_dir(receipts(&account))
            .is_ok_and(|files| files.flatten().any(|file| !file.file_name().to_string_lossy().starts_with('.')))
        {
            thread::yield_now();
        }
        account.wait(account.sandbox.put_bucket(theirs(region)));
        let before = account.bucket("demo-logs");
        let output = program.join().unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(6), "{text}");
        assert!(text.contains("changed since the plan was made"), "{text}");
        before
    });
    assert_eq!(account.bucket("demo-logs"), before, "{region}");
    account.run("undo latest --yes").ends(0);
    assert_eq!(account.bucket("demo-logs"), before, "{region}");
}

#[test]
fn a_bucket_that_appears_right_before_the_call_is_recognized_by_the_missing_token() {
    overtaken("us-east-1", "app-data");
}

#[test]
fn a_bucket_that_s3_reports_as_already_existing_is_left_unchanged_too() {
    let account = Account::seeded();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("west-data").within("us-west-2")));
    let terminal = Terminal::start(&account, "init s3-access --source west-data --bucket demo-logs");
    terminal.shows(NOW);
    account.wait(account.sandbox.put_bucket(theirs("us-west-2")));
    let before = account.bucket("demo-logs");
    terminal.goes_to(NOW, "apply");
    terminal.ended().with(6).says("changed since the plan was made");
    assert_eq!(account.bucket("demo-logs"), before);
}

#[test]
fn no_tag_alone_makes_a_bucket_ours() {
    for value in ["no", "destination", "run-3f9c2a71d0b84e55"] {
        let account = Account::seeded();
        let tags = TAGGED
            .replace("<Key>team</Key><Value>data</Value>", &format!("<Key>logbucket</Key><Value>{value}</Value>"));
        let open = "<PublicAccessBlockConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><BlockPublicAcls>false</BlockPublicAcls><IgnorePublicAcls>false</IgnorePublicAcls><BlockPublicPolicy>false</BlockPublicPolicy><RestrictPublicBuckets>false</RestrictPublicBuckets></PublicAccessBlockConfiguration>";
        let bucket = BucketSeed::new("demo-logs").setting("tagging", &tags).setting("publicAccessBlock", open);
        account.wait(account.sandbox.put_bucket(bucket));
        let before = account.bucket("demo-logs");
        account.run("init alb --source web --bucket demo-logs --prefix shared --expire-days 9 --fix --yes").ends(0);
        let after = account.bucket("demo-logs");
        assert_eq!(after.public_access_block, before.public_access_block, "{value}");
        assert_eq!(account.sids("demo-logs"), ["LogbucketAlb"], "plain HTTP stays open: {value}");
        let rules = after.lifecycle.unwrap();
        assert!(rules.contains("<Prefix>shared/AWSLogs/111122223333/elasticloadbalancing/</Prefix>"), "{rules}");
        account.run("init nlb --source edge --bucket demo-logs --kms-key alias/kms-logs --yes").ends(7);
    }
}

#[test]
fn another_users_object_named_like_the_test_object_is_kept() {
    let account = Account::seeded();
    for key in ["logbucket-test-object", "logbucket-test-", "logbucket-test-run-0000000000000000"] {
        account.wait(account.sandbox.put_object("shared-logs", key, b"theirs"));
    }
    let before = account.bucket("shared-logs").objects;
    account.run("init alb --source web --bucket shared-logs --yes").ends(0);
    let after = account.bucket("shared-logs").objects;
    for (key, object) in before {
        assert_eq!(after.get(&key), Some(&object), "{key}");
    }
    assert!(!after.keys().any(|key| key.contains("logbucket-test-run-") && !key.ends_with("0000")), "{after:?}");
}

/// A colleague's load balancer that logs to the bucket.
fn colleague(account: &Account, name: &str, bucket: &str) {
    let balancer = LoadBalancerSeed::application(name).logging("access_logs", bucket, "");
    account.wait(account.sandbox.put_load_balancer(balancer));
}

#[test]
fn a_grant_that_another_users_load_balancer_needs_is_kept() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket shared-logs --yes").ends(0);
    colleague(&account, "other", "shared-logs");
    let policy = account.policy("shared-logs");
    account.run("undo latest --yes").ends(6).says("access log of load balancer `other` needs it");
    assert_eq!(account.policy("shared-logs"), policy);
    assert_eq!(account.sandbox.load_balancer("web").unwrap()["access_logs.s3.enabled"], "false");
    // Once no one needs the grant, the same undo removes it.
    account.sandbox.set_attributes("other", &[("access_logs.s3.enabled", "false")]);
    account.run("undo latest --yes").ends(0);
    assert!(!account.sids("shared-logs").contains(&"LogbucketAlb".to_owned()));
}

#[test]
fn an_encryption_that_another_users_load_balancer_needs_is_kept() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket kms-logs --fix --yes").ends(0);
    colleague(&account, "other", "kms-logs");
    account.run("undo latest --yes").ends(6).says("needs it");
    assert_eq!(account.bucket("kms-logs").encryption.algorithm, "AES256");
}

#[test]
fn a_grant_that_another_service_needs_for_delivery_is_kept() {
    for (service, policy) in [("vpcflowlogs", None), ("CloudFront", Some("flow/"))] {
        let account = Account::seeded();
        let prefix = policy.map(|prefix| format!("--prefix {}", prefix.trim_end_matches('/'))).unwrap_or_default();
        account.run(&format!("init nlb --source edge --bucket shared-logs {prefix} --yes")).ends(0);
        let before = account.policy("shared-logs");
        let key = format!("{}AWSLogs/111122223333/{service}/us-east-1/2026/11/26/x.log.gz", policy.unwrap_or_default());
        account.wait(account.sandbox.put_object("shared-logs", &key, b"x"));
        account.run("undo latest --yes").ends(6).says(&format!("{service}/` needs it"));
        assert_eq!(account.policy("shared-logs"), before);
    }
    // Only ALBs use the grant for ALBs.
    let account = Account::seeded();
    account.run("init alb --source web --bucket shared-logs --yes").ends(0);
    account.wait(account.sandbox.put_object("shared-logs", "AWSLogs/111122223333/vpcflowlogs/x.log.gz", b"x"));
    account.run("undo latest --yes").ends(0);
}

#[test]
fn a_dead_log_in_another_bucket_does_not_keep_the_policy() {
    let account = Account::seeded();
    account.run("init nlb --source edge --bucket kms-logs --fix --yes").ends(0);
    let policy = json!({"Version": "2012-10-17", "Statement": []}).to_string();
    account.wait(
        account.sandbox.put_bucket(
            BucketSeed::new("their-logs").policy(&policy).encrypted(Encryption::kms(Some("alias/kms-logs"))),
        ),
    );
    let theirs = LoadBalancerSeed::network("theirs", "TLS").logging("access_logs", "their-logs", "");
    account.wait(account.sandbox.put_load_balancer(theirs));
    let ran = account.run("undo latest --yes");
    assert!(!ran.stdout.contains("needed  the policy of `kms-logs`"), "{ran:?}");
}

#[test]
fn a_bucket_that_the_undo_of_a_later_run_needs_is_not_deleted() {
    for words in ["alb --source web --log-type access", "s3-access --source app-data", "inventory --source app-data"] {
        let account = Account::seeded();
        account.run(&format!("init {words} --bucket first-logs --fix --wait 0 --yes"));
        let first = newest(&account);
        account.run(&format!("init {words} --bucket later-logs --fix --wait 0 --yes"));
        account.wait(account.sandbox.empty_bucket("first-logs"));
        account.run(&format!("undo {first} --yes")).ends(6).says("undo that run first");
        assert!(account.sandbox.bucket("first-logs").is_some(), "{words}");
        account.wait(account.sandbox.empty_bucket("later-logs"));
        account.run("undo latest --yes").ends(0);
        assert!(account.sandbox.bucket("later-logs").is_none(), "{words}");
        account.wait(account.sandbox.empty_bucket("first-logs"));
        account.run(&format!("undo {first} --yes")).ends(0);
        assert!(account.sandbox.bucket("first-logs").is_none(), "{words}");
    }
}

#[test]
fn a_log_with_its_own_grant_does_not_prevent_an_undo() {
    let account = Account::seeded();
    let own = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Theirs","Effect":"Allow","Principal":{"Service":"logdelivery.elasticloadbalancing.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::shared-logs/theirs/*"}]}"#;
    account.sandbox.set_policy("shared-logs", Some(own));
    let balancer = LoadBalancerSeed::application("other").logging("access_logs", "shared-logs", "theirs");
    account.wait(account.sandbox.put_load_balancer(balancer));
    account.run("init alb --source web --bucket shared-logs --yes").ends(0);
    account.run("undo latest --yes").ends(0);
    assert_eq!(account.sids("shared-logs"), ["Theirs"]);
}

#[test]
fn a_key_that_two_runs_share_keeps_the_other_runs_grant() {
    let account = Account::seeded();
    account.run("init nlb --source edge --bucket kms-logs --fix --yes").ends(0);
    let first = newest(&account);
    account.wait(account.sandbox.put_load_balancer(LoadBalancerSeed::network("other", "TLS")));
    account.run("init nlb --source other --bucket more-logs --kms-key alias/kms-logs --yes").ends(0);
    let policy = |account: &Account| {
        let key = account.sandbox.keys().into_iter().find(|key| key.aliases.contains(&"alias/kms-logs".to_owned()));
        key.unwrap().policy
    };
    let before = policy(&account);
    account.run(&format!("undo {first} --yes")).ends(6);
    assert_eq!(policy(&account), before);
    account.run("undo latest --yes").ends(0);
    account.run(&format!("undo {first} --yes")).ends(0);
}

#[test]
fn a_created_bucket_that_another_user_adopted_is_kept() {
    let xml = |name: &str, inside: &str| {
        format!("<{name} xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{inside}</{name}>")
    };
    let settings = [
        ("versioning", xml("VersioningConfiguration", "<Status>Enabled</Status>"), "versioning"),
        (
            "cors",
            xml(
                "CORSConfiguration",
                "<CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule>",
            ),
            "CORS",
        ),
        (
            "website",
            xml("WebsiteConfiguration", "<IndexDocument><Suffix>index.html</Suffix></IndexDocument>"),
            "website",
        ),
        (
            "notification",
            xml("NotificationConfiguration", "<EventBridgeConfiguration></EventBridgeConfiguration>"),
            "notifications",
        ),
        ("requestPayment", xml("RequestPaymentConfiguration", "<Payer>Requester</Payer>"), "Requester Pays"),
        (
            "lifecycle",
            xml(
                "LifecycleConfiguration",
                "<Rule><ID>theirs</ID><Filter><Prefix>x/</Prefix></Filter><Status>Enabled</Status><Expiration><Days>9</Days></Expiration></Rule>",
            ),
            "lifecycle rules",
        ),
        (
            "ownershipControls",
            xml("OwnershipControls", "<Rule><ObjectOwnership>BucketOwnerPreferred</ObjectOwnership></Rule>"),
            "object ownership",
        ),
        (
            "logging",
            xml(
                "BucketLoggingStatus",
                "<LoggingEnabled><TargetBucket>strict-logs</TargetBucket><TargetPrefix>x/</TargetPrefix></LoggingEnabled>",
            ),
            "server access logging",
        ),
        ("tagging", TAGGED.to_owned(), "tags"),
        (
            "analytics",
            xml(
                "ListBucketAnalyticsConfigurationResult",
                "<AnalyticsConfiguration><Id>a</Id></AnalyticsConfiguration>",
            ),
            "analytics",
        ),
        (
            "metrics",
            xml("ListMetricsConfigurationsResult", "<MetricsConfiguration><Id>all</Id></MetricsConfiguration>"),
            "request metrics",
        ),
        (
            "intelligent-tiering",
            xml(
                "ListBucketIntelligentTieringConfigurationsOutput",
                "<IntelligentTieringConfiguration><Id>cold</Id></IntelligentTieringConfiguration>",
            ),
            "Intelligent-Tiering",
        ),
        (
            "metadataConfiguration",
            xml(
                "GetBucketMetadataConfigurationResult",
                "<MetadataConfigurationResult><DestinationResult><TableBucketType>aws</TableBucketType></DestinationResult></MetadataConfigurationResult>",
            ),
            "S3 Metadata",
        ),
        ("abac", xml("AbacStatus", "<Status>Enabled</Status>"), "bucket ABAC"),
    ];
    let set = settings.into_iter().map(|(parameter, value, noun)| (parameter, Some(value), noun));
    let removed = [("publicAccessBlock", "Block Public Access"), ("ownershipControls", "object ownership")];
    let removed = removed.into_iter().map(|(parameter, noun)| (parameter, None, noun));
    for (parameter, value, noun) in set.chain(removed) {
        let account = Account::seeded();
        account.run("init s3-access --source app-data --bucket demo-logs --prefix s3/ --yes").ends(0);
        account.sandbox.set_setting("demo-logs", parameter, value.as_deref());
        account.run("undo latest --yes").ends(6).says(&format!("changed by someone since: {noun}"));
        assert!(account.sandbox.bucket("demo-logs").is_some(), "{noun}");
        // The change was reported, and the undo has nothing left to do.
        account.run("undo latest --yes").ends(0);
    }
}

#[test]
fn a_setting_whose_response_is_an_object_listing_counts_as_absent() {
    let account = Account::seeded();
    account.run("init s3-access --source app-data --bucket demo-logs --prefix s3/ --yes").ends(0);
    for parameter in ["analytics", "metrics", "intelligent-tiering", "metadataConfiguration"] {
        let listing = "<ListBucketResult><Name>demo-logs</Name><IsTruncated>false</IsTruncated></ListBucketResult>";
        account.sandbox.set_setting("demo-logs", parameter, Some(listing));
    }
    account.run("undo latest --yes").ends(0);
    assert!(account.sandbox.bucket("demo-logs").is_none());
}

#[test]
fn a_bucket_that_was_created_again_is_not_deleted() {
    let account = Account::seeded();
    account.run("init s3-access --source app-data --bucket demo-logs --prefix s3/ --yes").ends(0);
    let tags = format!(
        "<Tagging xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><TagSet><Tag><Key>logbucket</Key><Value>{}</Value></Tag></TagSet></Tagging>",
        "run-3f9c2a71d0b84e55"
    );
    account.sandbox.drop_bucket("demo-logs");
    account.wait(account.sandbox.put_bucket(BucketSeed::new("demo-logs").setting("tagging", &tags)));
    account.run("undo latest --yes").says("someone created another one with its name");
    assert!(account.sandbox.bucket("demo-logs").is_some());
}

#[test]
fn another_inventory_of_the_same_source_prevents_the_deletion_of_the_bucket() {
    let account = Account::seeded();
    account.run("init inventory --source app-data --bucket demo-logs --inventory-id one --yes").ends(0);
    let other = "<InventoryConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Id>two</Id><IsEnabled>true</IsEnabled><Destination><S3BucketDestination><Bucket>arn:aws:s3:::demo-logs</Bucket><Format>CSV</Format></S3BucketDestination></Destination><Schedule><Frequency>Daily</Frequency></Schedule><IncludedObjectVersions>All</IncludedObjectVersions></InventoryConfiguration>";
    account.sandbox.set_inventory("app-data", "two", other);
    account.run("undo latest --yes").ends(6).says("inventory `two` of bucket `app-data` goes there");
    assert!(account.sandbox.bucket("demo-logs").is_some());
}

#[test]
fn a_run_can_be_undone_only_once() {
    let account = Account::seeded();
    let words = "init alb --source web --bucket shared-logs --yes";
    account.run(words).ends(0);
    let first = newest(&account);
    account.run("undo latest --yes").ends(0);
    // AWS does not have to write its test file again.
    account.run(&format!("{words} --wait 0")).ends(0);
    account.run(&format!("undo {first} --yes")).ends(0).says("nothing to restore");
    assert_eq!(account.sandbox.load_balancer("web").unwrap()["access_logs.s3.enabled"], "true");
    assert!(account.writes().is_empty());
}

#[test]
fn a_log_that_a_later_run_also_requested_stays_on() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket shared-logs --log-type access --yes").ends(0);
    let first = newest(&account);
    account.run("init alb --source web --bucket shared-logs --log-type access --log-type connection --yes").ends(0);
    account.run(&format!("undo {first} --yes")).ends(6).says("undo that run first");
    assert_eq!(account.sandbox.load_balancer("web").unwrap()["access_logs.s3.enabled"], "true");
    account.run("undo latest --yes").ends(0);
    account.run(&format!("undo {first} --yes")).ends(0);
    assert_eq!(account.sandbox.load_balancer("web").unwrap()["access_logs.s3.enabled"], "false");
}

#[test]
fn a_run_is_undone_only_at_the_endpoint_it_was_made_against() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket shared-logs --yes").ends(0);
    let elsewhere = Account::seeded();
    let url = elsewhere.url();
    let ran = account.run(&format!("undo latest --yes --endpoint-url {url}")).ends(1);
    ran.says("the run was made against `http://").says("add `--endpoint-url http://");
    assert!(elsewhere.sandbox.requests().iter().all(|request| !request.mutating));
    assert!(runs(&account)[0]["undone"].is_null());
    // If only a single service had another endpoint, the undo would also find nothing to restore, or no log that
    // depends on a value.
    for service in ["ELASTIC_LOAD_BALANCING_V2", "KMS", "S3"] {
        let ran = account.run_with("undo latest --yes", &[(&format!("AWS_ENDPOINT_URL_{service}"), &url)]).ends(1);
        ran.says("the run was made against").says("Elastic Load Balancing v2 http");
        assert!(elsewhere.sandbox.requests().iter().all(|request| !request.mutating), "{service}");
    }
    account.run("undo latest --yes").ends(0);
}

#[test]
fn receipts_are_not_read_through_another_users_folder_or_link() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let account = Account::seeded();
    let others = account.home().join("others");
    fs::create_dir(&others).unwrap();
    chown(&others, Some(65534), Some(65534)).unwrap();
    let link = account.home().join("link");
    symlink(account.home(), &link).unwrap();
    std::os::unix::fs::lchown(&link, Some(65534), Some(65534)).unwrap();
    let open = account.home().join("open");
    fs::create_dir(&open).unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).unwrap();
    for (folder, why) in [
        (others.join("receipts"), "where other users can replace it"),
        (link.join("receipts"), "behind another user's symbolic link"),
        (open.join("receipts"), "where other users can replace it"),
    ] {
        let words = format!("init alb --source web --bucket shared-logs --yes --receipt-dir {}", folder.display());
        account.run(&words).ends(1).says(why);
        assert!(account.writes().is_empty());
        assert!(!folder.exists(), "nothing is made there");
    }
    // A symbolic link is refused, whatever its path ends with.
    let own = account.home().join("own");
    fs::create_dir(&own).unwrap();
    let foreign = account.home().join("foreign");
    symlink(&own, &foreign).unwrap();
    std::os::unix::fs::lchown(&foreign, Some(65534), Some(65534)).unwrap();
    for end in ["", "/", "/.", "//", "/./"] {
        let words = format!("undo latest --yes --receipt-dir {}{end}", foreign.display());
        account.run(&words).ends(1).says("is a symbolic link");
    }
    // The user's own folder is safe in a folder where others can write but can't rename.
    fs::set_permissions(&open, fs::Permissions::from_mode(0o1777)).unwrap();
    let words =
        format!("init alb --source web --bucket shared-logs --yes --receipt-dir {}", open.join("receipts").display());
    account.run(&words).ends(0);
}

#[test]
fn a_pipe_or_endless_file_among_the_receipts_is_refused() {
    let account = Account::seeded();
    let folder = account.home().join("runs");
    fs::create_dir(&folder).unwrap();
    let mkfifo = |name: &str| {
        assert!(std::process::Command::new("mkfifo").arg(folder.join(name)).status().unwrap().success());
    };
    mkfifo(".lock-shared-logs");
    mkfifo(".lock-runs");
    let words = format!("init alb --source web --bucket shared-logs --yes --receipt-dir {}", folder.display());
    // A run that gets no lock continues and says so.
    account.run(&words).ends(0).says(".lock-shared-logs is not a regular file");
    let receipt = fs::read_dir(&folder).unwrap().flatten().find(|file| file.path().extension().is_some()).unwrap();
    fs::OpenOptions::new().write(true).open(receipt.path()).unwrap().set_len(3 << 30).unwrap();
    account.run(&format!("undo --receipt-dir {}", folder.display())).says("larger than 64 MiB");
}

#[test]
fn the_newest_run_has_the_highest_number_whatever_the_clock_said() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket shared-logs --yes").ends(0);
    let name = newest(&account);
    let later_by_clock = name.replacen("1-2026", "1-2099", 1);
    let file = |name: &str| receipts(&account).join(format!("{name}.json"));
    let text = fs::read_to_string(file(&name)).unwrap().replace(&name, &later_by_clock);
    fs::write(file(&later_by_clock), text).unwrap();
    fs::set_permissions(file(&later_by_clock), fs::Permissions::from_mode(0o600)).unwrap();
    fs::remove_file(file(&name)).unwrap();
    account.run("init nlb --source edge --bucket shared-logs --yes").ends(0);
    assert!(newest(&account).starts_with("2-2026"), "{}", newest(&account));
    account.run("undo latest --dry-run").ends(0).says("undo of 2-2026");
}

#[test]
fn a_receipt_that_another_user_could_have_written_is_not_used() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket shared-logs --yes").ends(0);
    let folder = receipts(&account);
    let file = folder.join(format!("{}.json", newest(&account)));
    for mode in [0o620, 0o602] {
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        account.run("undo latest --yes").ends(1).says("can be written to by other users");
    }
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    for mode in [0o770, 0o1777] {
        fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
        account.run("undo latest --yes").ends(1).says("can be written to by other users");
    }
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    let elsewhere = account.home().join("elsewhere");
    fs::rename(&folder, &elsewhere).unwrap();
    symlink(&elsewhere, &folder).unwrap();
    account.run("undo latest --yes").ends(1).says("is a symbolic link");
    fs::remove_file(&folder).unwrap();
    fs::rename(&elsewhere, &folder).unwrap();
    let target = account.home().join("planted.json");
    fs::rename(&file, &target).unwrap();
    symlink(&target, &file).unwrap();
    account.run("undo latest --yes").ends(1).says("is a symbolic link");
    fs::remove_file(&file).unwrap();
    fs::rename(&target, &file).unwrap();
    // Only root can change a file's owner.
    for path in [&file, &folder] {
        if chown(path, Some(12_345), None).is_ok() {
            account.run("undo latest --yes").ends(1).says("belongs to another user");
            chown(path, Some(0), None).unwrap();
        }
    }
    assert!(account.writes().is_empty());
    account.run("undo latest --yes").ends(0);
}

/// S3 accepts a bucket's lifecycle rules only as a whole, and without a condition. The run detects a change that
/// someone makes to their rules during the write, and writes that change again.
#[test]
fn a_lifecycle_rule_that_others_add_during_the_write_is_kept() {
    let rule = |id: &str, days: u32| {
        format!(
            "<Rule><ID>{id}</ID><Status>Enabled</Status><Filter><Prefix>{id}/</Prefix></Filter><Expiration><Days>{days}</Days></Expiration></Rule>"
        )
    };
    let rules = |rules: &[String]| {
        format!(
            "<LifecycleConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{}</LifecycleConfiguration>",
            rules.concat()
        )
    };
    let (kept, edited, added) = (rule("kept", 90), rule("edited", 30), rule("added", 7));
    let before = rules(&[kept.clone(), edited.clone(), rule("removed", 5)]);
    let meanwhile = rules(&[kept.clone(), rule("edited", 60), added.clone()]);
    for undoes in [false, true] {
        let account = Account::seeded();
        account.sandbox.set_setting("shared-logs", "lifecycle", Some(&before));
        let init = "init alb --source web --bucket shared-logs --expire-days 9 --fix --yes";
        if undoes {
            account.run(init).ends(0);
        }
        account.sandbox.inject(Fault {
            when: When::Operation("PutBucketLifecycleConfiguration".to_owned()),
            effect: Effect::Delay(Duration::from_millis(800)),
        });
        account.sandbox.forget_requests();
        let words = if undoes { "undo latest --yes" } else { init };
        thread::scope(|scope| {
            let program = scope.spawn(|| {
                let mut command = account.command();
                command.args(words.split(' ')).output().unwrap()
            });
            let is_put = |request: &sandbox::Recorded| request.operation == "PutBucketLifecycleConfiguration";
            while !account.sandbox.requests().iter().any(is_put) {
                thread::yield_now();
            }
            let text = if undoes {
                let own = account.bucket("shared-logs").lifecycle.unwrap();
                let own =
                    own.split_inclusive("</Rule>").find(|rule| rule.contains("<ID>logbucket")).unwrap().to_owned();
                rules(&[kept.clone(), rule("edited", 60), added.clone(), own])
            } else {
                meanwhile.clone()
            };
            account.sandbox.set_setting("shared-logs", "lifecycle", Some(&text));
            let output = program.join().unwrap();
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(0), "{text}");
        });
        let after = account.bucket("shared-logs").lifecycle.unwrap();
        for (part, there) in [
            ("<ID>kept<", true),
            ("<Days>60<", true),
            ("<ID>added<", true),
            ("<ID>removed<", false),
            ("<Days>9<", !undoes),
        ] {
            assert_eq!(after.contains(part), there, "{part}: {after}");
        }
    }
}
