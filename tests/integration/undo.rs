//! An undo restores what a run replaced, but only what is still as the run left it.

use sandbox::{Effect, Encryption, Fault, LoadBalancerSeed, When, seed};
use serde_json::Value;

use crate::account::{Account, Ran};
use crate::terminal::Terminal;

/// The account's state without objects and AWS managed keys. Nothing deletes objects, and AWS creates its keys when
/// needed.
fn settings(account: &Account) -> Value {
    let mut state = account.sandbox.state();
    for bucket in state["buckets"].as_object_mut().unwrap().values_mut() {
        bucket.as_object_mut().unwrap().remove("objects");
        // A deleted setting equals one that never existed.
        bucket["settings"].as_object_mut().unwrap().retain(|_, setting| !is_empty(setting));
    }
    // The order of elements does not matter.
    for bucket in state["buckets"].as_object_mut().unwrap().values_mut() {
        for configuration in bucket["inventories"].as_object_mut().unwrap().values_mut() {
            let mut parts: Vec<&str> = configuration.as_str().unwrap().split('<').collect();
            parts.sort_unstable();
            *configuration = parts.concat().into();
        }
    }
    for key in account.sandbox.keys().iter().filter(|key| key.manager == "AWS") {
        state["keys"].as_object_mut().unwrap().remove(&key.arn);
        state["aliases"].as_object_mut().unwrap().retain(|_, target| target != &key.arn);
    }
    let off = |value: &Value| value.as_str().is_some_and(|value| value.is_empty() || value == "false");
    for attributes in state["load_balancers"].as_object_mut().unwrap().values_mut() {
        // AWS keeps the bucket name of a log that is off.
        let all = attributes.clone();
        let speaks = |key: &str| match key.rsplit_once('.') {
            Some((stem, "bucket" | "prefix")) => all[format!("{stem}.enabled")] == "true",
            _ => true,
        };
        attributes.as_object_mut().unwrap().retain(|key, value| !off(value) && speaks(key));
    }
    state
}

fn is_empty(setting: &Value) -> bool {
    let text = setting.as_str().unwrap_or_default();
    setting.is_null() || (text.contains("BucketLoggingStatus") && !text.contains("LoggingEnabled"))
}

/// The policies as JSON: formatting does not matter.
fn parsed(mut state: Value) -> Value {
    let parse = |policy: &mut Value| {
        if let Some(text) = policy.as_str() {
            *policy = serde_json::from_str(text).unwrap();
        }
    };
    state["buckets"].as_object_mut().unwrap().values_mut().for_each(|bucket| parse(&mut bucket["policy"]));
    state["keys"].as_object_mut().unwrap().values_mut().for_each(|key| parse(&mut key["policy"]));
    state
}

const RULES: &str = "<LifecycleConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Rule><ID>theirs</ID><Filter><And><Prefix>trail/</Prefix><Tag><Key>a</Key><Value>b</Value></Tag></And></Filter><Status>Enabled</Status><Transition><Days>30</Days><StorageClass>GLACIER</StorageClass></Transition><NoncurrentVersionExpiration><NoncurrentDays>9</NoncurrentDays></NoncurrentVersionExpiration></Rule></LifecycleConfiguration>";

const TAGS: &str = "<Tagging xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><TagSet><Tag><Key>team</Key><Value>data</Value></Tag></TagSet></Tagging>";

const ELSEWHERE: &str = "<BucketLoggingStatus xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LoggingEnabled><TargetBucket>strict-logs</TargetBucket><TargetPrefix>theirs/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>";

const INVENTORY: &str = "<InventoryConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Id>logbucket</Id><IsEnabled>false</IsEnabled><Filter><Prefix>photos/</Prefix></Filter><Destination><S3BucketDestination><AccountId>111122223333</AccountId><Bucket>arn:aws:s3:::strict-logs</Bucket><Format>ORC</Format><Prefix>inv</Prefix></S3BucketDestination></Destination><Schedule><Frequency>Weekly</Frequency></Schedule><IncludedObjectVersions>All</IncludedObjectVersions><OptionalFields><Field>ETag</Field></OptionalFields></InventoryConfiguration>";

/// An account with someone's values for everything that a run can replace.
fn lived_in() -> Account {
    let account = Account::seeded();
    account.sandbox.set_setting("shared-logs", "lifecycle", Some(RULES));
    account.sandbox.set_setting("shared-logs", "tagging", Some(TAGS));
    account.sandbox.set_setting("app-data", "logging", Some(ELSEWHERE));
    account.sandbox.set_inventory("app-data", "logbucket", INVENTORY);
    account.sandbox.set_attributes(
        "web",
        &[("access_logs.s3.enabled", "true"), ("access_logs.s3.bucket", "old-alb-logs"), ("access_logs.s3.prefix", "")],
    );
    account.sandbox.set_attributes("edge", &[("access_logs.s3.bucket", "strict-logs")]);
    account
}

const RUNS: [&str; 8] = [
    "init alb --source web --bucket kms-logs --prefix p --fix --yes --expire-days 9 --tag a=b",
    "init alb --source web --bucket shared-logs --prefix alb --log-type access,connection --fix --yes --expire-days 9 --tag a=b",
    "init nlb --source edge --bucket kms-logs --fix --yes",
    "init nlb --source edge --bucket shared-logs --kms-key alias/kms-logs --fix --yes --tag team=ops",
    "init s3-access --source app-data --source app-images --bucket shared-logs --prefix s3/ --fix --yes --expire-days 30",
    "init s3-access --source app-data --bucket kms-logs --prefix s3/ --fix --yes",
    "init inventory --source app-data --bucket managed-kms-logs --fix --yes",
    "init inventory --source app-data --bucket shared-logs --report-kms-key alias/kms-logs --format parquet --fix --yes",
];

#[test]
fn replaced_settings_are_restored_for_every_producer() {
    for words in RUNS {
        let account = lived_in();
        let before = settings(&account);
        let ran = account.run(words).ends(0);
        assert_ne!(parsed(settings(&account)), parsed(before.clone()), "{words}");
        assert!(ran.stdout.contains("\nundo: logbucket undo 1-20"), "{}", ran.stdout);
        // The load balancer's former destination is dead: AWS refuses to point a log there again.
        if words.contains("alb") {
            account.sandbox.set_encryption("old-alb-logs", Encryption::of_new_bucket());
            account.run("undo latest --yes").ends(0);
            let old =
                account.sandbox.keys().into_iter().find(|key| key.aliases.contains(&seed::OLD_LOGS_ALIAS.to_owned()));
            account.sandbox.set_encryption("old-alb-logs", Encryption::kms(Some(&old.unwrap().arn)));
        } else {
            account.run("undo latest --yes").ends(0);
        }
        assert_eq!(parsed(settings(&account)), parsed(before), "{words}");
        account.run("undo latest --yes").ends(0).says("nothing to restore");
        assert!(account.writes().is_empty());
    }
}

#[test]
fn a_setting_changed_since_the_run_is_kept_and_reported() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket kms-logs --fix --yes").ends(0);
    let theirs = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Theirs","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::kms-logs/*"}]}"#;
    account.sandbox.set_policy("kms-logs", Some(theirs));
    let ran = account.run("undo latest --yes").ends(6);
    ran.says("the policy of `kms-logs`: changed by someone since").says("\"Sid\": \"Theirs\"");
    assert_eq!(account.bucket("kms-logs").policy.unwrap(), theirs);
    assert_eq!(account.bucket("kms-logs").encryption.algorithm, "aws:kms");
    assert_eq!(account.sandbox.load_balancer("web").unwrap()["access_logs.s3.enabled"], "false");
    // Another undo of this run could do nothing more. `latest` no longer means this run, and undoing it by its ID
    // raises no alarm.
    account.run("undo latest --yes").ends(0).says("nothing to restore");
    let run = runs(&account)[0]["run"].as_str().unwrap().to_owned();
    account.run(&format!("undo {run} --yes")).ends(0).says("changed by someone since");
    assert!(account.writes().is_empty());
}

#[test]
fn a_quiet_undo_still_says_what_is_kept_and_why() {
    let account = Account::seeded();
    let theirs = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Theirs","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::kms-logs/*"}]}"#;
    account.run("init alb --source web --bucket kms-logs --fix --yes --wait 0").ends(0);
    account.sandbox.set_policy("kms-logs", Some(theirs));
    let ran = account.run("undo latest --yes --quiet").ends(6).omits("undo of").omits("restore the");
    ran.says("the policy of `kms-logs`: changed by someone since").says("\"Sid\": \"Theirs\"");
    account.run("init alb --source web --bucket demo-logs --yes --wait 0").ends(0);
    account.run("undo latest --yes --quiet").ends(0).says("stays   the bucket `demo-logs`: it contains objects");
    // If the undo keeps nothing, its output has no line about kept things.
    account.run("init inventory --source app-data --bucket inv-logs --yes --wait 0").ends(0);
    let ran = account.run("undo latest --yes --quiet").ends(0);
    assert!(ran.stdout.starts_with("restored") && !ran.stdout.contains("stays"), "{ran:?}");
    // The output also names the values that a later run needs.
    let account = Account::seeded();
    account.run("init alb --source web --bucket kms-logs --fix --yes --wait 0").ends(0);
    let run = runs(&account)[0]["run"].as_str().unwrap().to_owned();
    account.run("init alb --source legacy-web --bucket kms-logs --fix --yes --wait 0").ends(0);
    account.run(&format!("undo {run} --yes -q")).ends(6).says("needed ").says("depends on it; undo that run first");
}

/// A change that someone makes after a run.
type Changing = fn(&Account);

#[test]
fn every_setting_changed_since_the_run_is_left_alone() {
    let changes: [(&str, Changing, &str); 5] = [
        (
            RUNS[0],
            |account| account.sandbox.set_encryption("kms-logs", Encryption::kms(None)),
            "the default encryption",
        ),
        (
            RUNS[1],
            |account| account.sandbox.set_attributes("web", &[("access_logs.s3.prefix", "x")]),
            "where `web` logs",
        ),
        (RUNS[1], |account| account.sandbox.set_setting("shared-logs", "tagging", Some(TAGS)), ""),
        (RUNS[4], |account| account.sandbox.set_setting("app-data", "logging", Some(ELSEWHERE)), ""),
        (
            RUNS[6],
            |account| {
                let other = INVENTORY.replace("photos/", "films/");
                account.sandbox.set_inventory("app-data", "logbucket", &other);
            },
            "the inventory `logbucket` of `app-data`",
        ),
    ];
    for (words, change, moved) in changes {
        let account = lived_in();
        account.run(words).ends(0);
        change(&account);
        account.sandbox.set_encryption("old-alb-logs", Encryption::of_new_bucket());
        let state = account.sandbox.state();
        let ran = account.run("undo latest --dry-run").ends(if moved.is_empty() { 0 } else { 6 });
        assert_eq!(account.sandbox.state(), state, "{words}");
        // A setting that someone has already restored has its value from before the run, so it is not reported.
        if moved.is_empty() {
            assert!(!ran.stdout.contains("changed by someone since"), "{}", ran.stdout);
        } else {
            ran.says(moved).says("changed by someone since");
        }
    }
}

#[test]
fn a_bucket_that_the_run_created_is_deleted_only_if_it_is_empty() {
    let account = Account::seeded();
    account.run("init s3-access --source app-data --bucket demo-logs --prefix s3/ --yes").ends(0);
    account.run("undo latest --yes").ends(0).says("delete the bucket `demo-logs` (empty)");
    assert!(account.sandbox.bucket("demo-logs").is_none());

    account.run("init alb --source web --bucket demo-logs --yes").ends(0);
    let made = account.bucket("demo-logs");
    account
        .run("undo latest --yes")
        .ends(0)
        .says("the bucket `demo-logs`: it contains objects, which logbucket never deletes");
    assert_eq!(account.bucket("demo-logs"), made);
    assert_eq!(account.sandbox.load_balancer("web").unwrap()["access_logs.s3.enabled"], "false");
}

#[test]
fn a_bucket_that_others_log_to_is_not_deleted() {
    let account = Account::seeded();
    account.run("init s3-access --source app-data --bucket demo-logs --prefix s3/ --yes").ends(0);
    let logging = "<BucketLoggingStatus xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LoggingEnabled><TargetBucket>demo-logs</TargetBucket><TargetPrefix>by-hand/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>";
    account.sandbox.set_setting("app-images", "logging", Some(logging));
    account.run("undo latest --yes").ends(6).says("access log of bucket `app-images` goes there");
    assert!(account.sandbox.bucket("demo-logs").is_some());
}

#[test]
fn a_changed_log_with_the_same_destination_keeps_what_it_needs() {
    let account = Account::seeded();
    account.run("init s3-access --source app-data --bucket shared-logs --prefix s3/ --yes").ends(0);
    let policy = account.bucket("shared-logs").policy;
    let logging = "<BucketLoggingStatus xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LoggingEnabled><TargetBucket>shared-logs</TargetBucket><TargetPrefix>s3/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>";
    account.sandbox.set_setting("app-data", "logging", Some(logging));
    account.run("undo latest --yes").ends(6).says("access log of bucket `app-data` needs it");
    assert_eq!(account.bucket("shared-logs").policy, policy);
}

#[test]
fn a_source_that_aws_refuses_to_restore_is_reported_with_the_options() {
    let account = Account::seeded();
    account.run("init alb --source legacy-web --bucket demo-logs --fix --yes").ends(0);
    account.run("undo latest --yes").ends(1).says("or turn the log off yourself");
    account.sandbox.set_attributes("legacy-web", &[("access_logs.s3.enabled", "false")]);
    account.run("undo latest --yes").ends(6).says("where `legacy-web` logs: changed by someone since");
}

#[test]
fn a_key_that_the_run_created_is_kept_unchanged() {
    let account = Account::seeded();
    account.run("init nlb --source edge --bucket demo-logs --kms-key create --yes").ends(0);
    let keys = account.sandbox.keys();
    account.run("undo latest --yes").ends(0).says("undo never deletes or disables a key");
    assert_eq!(account.sandbox.keys(), keys);
    assert!(account.sandbox.bucket("demo-logs").is_none());
}

/// The runs, the newest first.
fn runs(account: &Account) -> Vec<Value> {
    account.run("undo --output json").ends(0).json()["runs"].as_array().unwrap().clone()
}

#[test]
fn runs_are_listed_newest_first_with_their_outcomes() {
    let account = Account::seeded();
    account.run("undo").ends(0).says("no receipts in ");
    account.run("init alb --source web --bucket shared-logs --prefix one --yes").ends(0);
    account.run("init alb --source web --bucket shared-logs --prefix two --fix --yes").ends(0);
    let listed = runs(&account);
    assert_eq!(listed.len(), 2);
    assert!(listed[0]["command"].as_str().unwrap().contains("--prefix two"), "{listed:#?}");
    account.run("undo latest --yes").ends(0);
    assert!(runs(&account)[0]["undone"].is_string());
    account.run("undo").ends(0).says("undone 20").says("--prefix one");
    assert!(account.writes().is_empty());
    account.run("init alb --source web --bucket shared-logs --prefix one --yes").ends(0).says("nothing to change");
    assert_eq!(runs(&account).len(), 2, "a run that changes nothing has no receipt");
}

#[test]
fn an_undo_without_consent_changes_nothing() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket kms-logs --fix --yes").ends(0);
    let state = account.sandbox.state();
    account.run("undo latest").ends(7).says("add `--yes` to approve");
    assert_eq!(account.run("undo latest --output json").ends(7).json()["exit_code"], 7);
    assert_eq!(account.sandbox.state(), state);
    let terminal = Terminal::start(&account, "undo latest");
    terminal.goes_to("what now?", "quit");
    terminal.ended().with(0).says("nothing changed");
    assert_eq!(account.sandbox.state(), state);
    let terminal = Terminal::start(&account, "undo latest");
    terminal.goes_to("what now?", "restore");
    terminal.ended().with(0).says("restored");
    assert_eq!(account.bucket("kms-logs").encryption.algorithm, "aws:kms");
}

#[test]
fn a_missing_run_is_reported_and_a_path_as_its_name_is_rejected() {
    let account = Account::seeded();
    account.run("undo latest --yes").ends(2).says("no runs have a receipt in `");
    account.run("undo 20260101T000000Z-alb-x --yes").ends(2).says("no receipt for run");
    for name in ["../../etc/passwd", "/etc/passwd", "a/b", "..", ".hidden"] {
        account.run(&format!("undo {name} --yes")).ends(2).says("is not a run ID");
    }
    account.run("undo --yes").ends(2).says("missing `RUN`");
}

#[test]
fn with_another_accounts_credentials_nothing_is_undone() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket kms-logs --fix --yes").ends(0);
    let other = [("AWS_ACCESS_KEY_ID", sandbox::account::access_key_id(seed::OTHER_ACCOUNT))];
    let other: Vec<(&str, &str)> = other.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let ran = account.run_with("undo latest --yes", &other).ends(1);
    ran.says("the run was made in account 111122223333, but your credentials are for account 444455556666");
    assert!(account.writes().is_empty());
}

#[test]
fn an_undo_that_stops_partway_can_be_resumed() {
    let account = Account::seeded();
    let before = settings(&account);
    account.run("init alb --source web --bucket kms-logs --fix --yes").ends(0);
    account
        .sandbox
        .inject(Fault { when: When::Operation("DeleteBucketPolicy".to_owned()), effect: Effect::access_denied() });
    let ran: Ran = account.run("undo latest --yes --output json").ends(6);
    let json = ran.json();
    assert_eq!(json["changes"][0]["outcome"], "restored", "{json:#}");
    assert_eq!(json["changes"][1]["outcome"], "failed", "{json:#}");
    assert_eq!(json["changes"][2]["outcome"], "not-done", "{json:#}");
    ran.says("s3:DeleteBucketPolicy");
    account.sandbox.clear_faults();
    account.run("undo latest --yes").ends(0);
    assert_eq!(settings(&account), before);
}

#[test]
fn requester_pays_is_restored() {
    let account = Account::seeded();
    let requester = "<RequestPaymentConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Payer>Requester</Payer></RequestPaymentConfiguration>";
    account.sandbox.set_setting("shared-logs", "requestPayment", Some(requester));
    account.run("init s3-access --source app-data --bucket shared-logs --prefix s3/ --fix --yes").ends(0);
    assert!(!account.bucket("shared-logs").requester_pays);
    account.run("undo latest --yes").ends(0).says("+ payer = Requester");
    assert!(account.bucket("shared-logs").requester_pays);
}

#[test]
fn a_deleted_source_does_not_prevent_an_undo() {
    let account = Account::seeded();
    account.run("init s3-access --source app-data --bucket shared-logs --prefix s3/ --yes").ends(0);
    account.sandbox.drop_bucket("app-data");
    account
        .run("undo latest --yes")
        .ends(0)
        .says("where `app-data` logs: the resource with this setting no longer exists");
    assert!(!account.sids("shared-logs").contains(&"LogbucketS3Access".to_owned()));
}

#[test]
fn a_bucket_that_turns_out_not_to_be_empty_is_kept() {
    let account = Account::seeded();
    account.run("init s3-access --source app-data --bucket demo-logs --prefix s3/ --yes").ends(0);
    account.sandbox.inject(Fault {
        when: When::Operation("DeleteBucket".to_owned()),
        effect: Effect::status(409, "BucketNotEmpty", "The bucket you tried to delete is not empty"),
    });
    account.run("undo latest --yes").ends(0).says("not empty");
}

#[test]
fn once_emptied_a_bucket_is_deleted_by_repeating_the_undo() {
    for (words, bucket) in [
        ("init alb --source web --bucket demo-logs --expire-days 30 --yes", "demo-logs"),
        ("init nlb --source edge --bucket demo-logs --kms-key create --tag team=web --yes", "demo-logs"),
        ("init inventory --source app-data --bucket demo-logs --prefix inv --yes", "demo-logs"),
    ] {
        let account = Account::seeded();
        account.run(words).ends(0);
        account.wait(account.sandbox.deliver());
        let run = runs(&account)[0]["run"].as_str().unwrap().to_owned();
        account
            .run(&format!("undo {run} --yes"))
            .ends(0)
            .says(&format!("Once it is empty, an undo of `{run}` deletes it"));
        account.wait(account.sandbox.empty_bucket(bucket));
        account.run(&format!("undo {run} --dry-run")).ends(0).says("delete the bucket `demo-logs`");
        account.run(&format!("undo {run} --yes")).ends(0);
        assert!(account.sandbox.bucket(bucket).is_none(), "{words}");
    }
}

#[test]
fn an_unreadable_source_blocks_only_the_undo_of_settings_it_might_need() {
    for action in ["s3:GetBucketLogging", "s3:GetInventoryConfiguration"] {
        let account = Account::seeded();
        account.run("init alb --source web --bucket demo-logs --yes").ends(0);
        account.wait(account.sandbox.empty_bucket("demo-logs"));
        let closed = serde_json::json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Deny", "Principal": "*", "Action": action, "Resource": "arn:aws:s3:::app-images" }] });
        account.sandbox.set_policy("app-images", Some(&closed.to_string()));
        account.run("undo latest --yes").ends(0);
        assert!(account.sandbox.bucket("demo-logs").is_none(), "{action}");
    }
    // The bucket's policy may allow a load balancer, so the bucket stays until that load balancer's setting can be
    // read.
    let account = Account::seeded();
    account.run("init alb --source web --bucket demo-logs --yes").ends(0);
    let run = runs(&account)[0]["run"].as_str().unwrap().to_owned();
    account.run(&format!("undo {run} --yes")).ends(0);
    account.wait(account.sandbox.empty_bucket("demo-logs"));
    account.sandbox.inject(Fault {
        when: When::Operation("DescribeLoadBalancerAttributes".to_owned()),
        effect: Effect::access_denied(),
    });
    account
        .run(&format!("undo {run} --yes"))
        .ends(6)
        .says("could not tell whether the")
        .says("elasticloadbalancing:DescribeLoadBalancerAttributes");
    assert!(account.sandbox.bucket("demo-logs").is_some());
    account.sandbox.clear_faults();
    account.run(&format!("undo {run} --yes")).ends(0);
    assert!(account.sandbox.bucket("demo-logs").is_none());
}

#[test]
fn latest_keeps_meaning_a_run_whose_undo_is_incomplete() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket shared-logs --prefix first --yes").ends(0);
    account.run("init s3-access --source app-data --bucket demo-logs --prefix s3/ --yes").ends(0);
    let logging = "<BucketLoggingStatus xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LoggingEnabled><TargetBucket>demo-logs</TargetBucket><TargetPrefix>by-hand/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>";
    account.sandbox.set_setting("app-images", "logging", Some(logging));
    let kept = runs(&account);
    let [newest, before] = [0, 1].map(|at| kept[at]["run"].as_str().unwrap().to_owned());
    // The same command never undoes another run, however often it is given.
    for words in ["undo latest --dry-run", "undo latest --yes", "undo latest --yes", "undo latest --dry-run"] {
        account.run(words).ends(6).says("access log of bucket `app-images` goes there");
        assert_eq!(account.sandbox.load_balancer("web").unwrap()["access_logs.s3.enabled"], "true", "{words}");
    }
    account.run("undo latest --yes").ends(6).says(&format!("the run before it is `{before}`"));
    account.run("undo").says("partly undone");
    account.run(&format!("undo {before} --yes")).ends(0).says("where `web` logs");
    assert_eq!(account.sandbox.load_balancer("web").unwrap()["access_logs.s3.enabled"], "false");
    // The same undo checks the bucket again, and deletes it once nothing logs there.
    account.run("undo latest --yes").ends(6).says(&newest);
    account.sandbox.set_setting("app-images", "logging", None);
    account.run("undo latest --yes").ends(0);
    assert!(account.sandbox.bucket("demo-logs").is_none());
}

#[test]
fn an_undo_reports_that_a_restored_log_would_not_arrive() {
    for (words, source) in
        [("alb --source other --log-type access", "other"), ("s3-access --source app-images", "app-images")]
    {
        let account = Account::seeded();
        let balancer = LoadBalancerSeed::application("other").logging("access_logs", "kms-logs", "");
        account.wait(account.sandbox.put_load_balancer(balancer));
        let logging = "<BucketLoggingStatus xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LoggingEnabled><TargetBucket>kms-logs</TargetBucket><TargetPrefix></TargetPrefix></LoggingEnabled></BucketLoggingStatus>";
        account.sandbox.set_setting("app-images", "logging", Some(logging));
        account.run(&format!("init {words} --bucket demo-logs --fix --wait 0 --yes"));
        // AWS refuses to point a load balancer back to `kms-logs`. S3 does not check this.
        let exit = if source == "other" { 6 } else { 0 };
        let dry = account.run("undo latest --dry-run").ends(exit);
        dry.says(&format!("`{source}` would go back to `kms-logs`, where it can't arrive"));
    }
}

#[test]
fn tags_that_only_another_api_can_restore_are_left_to_the_user() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket shared-logs --tag owner=b --yes").ends(0);
    account.sandbox.set_setting("shared-logs", "abac", Some("<AbacStatus><Status>Enabled</Status></AbacStatus>"));
    for words in ["undo latest --dry-run", "undo latest --yes"] {
        account.run(words).ends(0).says("the tags of `shared-logs`: attribute-based access control is on");
    }
    assert!(!account.sids("shared-logs").contains(&"LogbucketAlb".to_owned()));
    account.run("undo latest --yes").ends(0).says("nothing to restore");
}

#[test]
fn a_run_that_aws_denied_does_not_prevent_the_undo_of_another() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket demo-logs --yes").ends(0);
    let first = runs(&account)[0]["run"].as_str().unwrap().to_owned();
    account.wait(account.sandbox.put_load_balancer(LoadBalancerSeed::application("other")));
    account.sandbox.inject(Fault {
        when: When::Operation("ModifyLoadBalancerAttributes".to_owned()),
        effect: Effect::access_denied(),
    });
    account.run("init alb --source other --bucket demo-logs --yes").ends(1);
    account.sandbox.clear_faults();
    account.wait(account.sandbox.empty_bucket("demo-logs"));
    account.run(&format!("undo {first} --yes")).ends(0);
    assert!(account.sandbox.bucket("demo-logs").is_none());
}

#[test]
fn a_setting_that_others_set_and_the_run_never_reached_keeps_its_bucket() {
    let theirs = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Theirs","Effect":"Allow","Principal":{"Service":"delivery.logs.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::demo-logs/*"}]}"#;
    for is_used in [true, false] {
        let account = Account::seeded();
        let when = When::Operation("PutPublicAccessBlock".to_owned());
        account.sandbox.inject(Fault { when, effect: Effect::access_denied() });
        account.run("init alb --source web --bucket demo-logs --yes").ends(6);
        account.sandbox.clear_faults();
        if is_used {
            account.sandbox.set_policy("demo-logs", Some(theirs));
        }
        let ran = account.run("undo latest --yes").ends(if is_used { 6 } else { 0 });
        assert_eq!(account.sandbox.bucket("demo-logs").is_some(), is_used, "{ran:?}");
    }
}

#[test]
fn latest_means_the_same_run_until_its_undo_exits_with_0() {
    let account = Account::seeded();
    account.run("init s3-access --source app-data --bucket one-logs --yes").ends(0);
    account.run("init s3-access --source app-images --bucket two-logs --yes").ends(0);
    let logging = "<BucketLoggingStatus xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LoggingEnabled><TargetBucket>two-logs</TargetBucket><TargetPrefix>theirs/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>";
    account.sandbox.set_setting("app-images", "logging", Some(logging));
    let first = runs(&account)[1]["run"].as_str().unwrap().to_owned();
    let told = format!("the run before it is `{first}`");
    let is_on = || account.sandbox.state()["buckets"]["app-data"]["settings"].to_string().contains("one-logs");
    // Someone else's change stays, so the undo is not a success and `latest` still means the same run.
    account.run("undo latest --yes").ends(6).says("changed by someone since").says(&told);
    let again = account.run("undo latest --yes");
    assert!(again.stdout.contains("two-logs") && is_on(), "{again:?}");
    // After a refusal by AWS, `latest` also means the same run.
    account.sandbox.set_setting("app-images", "logging", None);
    account.run("undo latest --yes");
    assert!(is_on());
}

#[test]
fn a_log_that_another_user_turns_on_after_a_refusal_stays_on() {
    for sources in [&["web"][..], &["web", "other"]] {
        let account = Account::seeded();
        account.wait(account.sandbox.put_load_balancer(LoadBalancerSeed::application("other")));
        let (theirs, named) = (tempfile::tempdir().unwrap(), sources.join(","));
        let when = When::Operation("ModifyLoadBalancerAttributes".to_owned());
        account.sandbox.inject(Fault { when, effect: Effect::access_denied() });
        account.run(&format!("init alb --source {named} --bucket demo-logs --yes")).ends(6);
        account.sandbox.clear_faults();
        let folder = theirs.path().display();
        account.run(&format!("init alb --source {named} --bucket demo-logs --receipt-dir {folder} --yes")).ends(0);
        account.run("undo latest --yes");
        for source in sources {
            assert_eq!(account.sandbox.load_balancer(source).unwrap()["access_logs.s3.enabled"], "true", "{sources:?}");
        }
    }
}
