//! Rare rules for buckets and sources, each reported before it causes harm.

use sandbox::{BucketSeed, Effect, Fault, KeySeed, LoadBalancerSeed, When};
use serde_json::{Value, json};

use crate::account::Account;

fn denied(operation: &str) -> Fault {
    Fault { when: When::Operation(operation.to_owned()), effect: Effect::access_denied() }
}

fn log_to(account: &Account, source: &str, target: &str) {
    let logging = format!(
        "<BucketLoggingStatus xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LoggingEnabled><TargetBucket>{target}</TargetBucket><TargetPrefix></TargetPrefix></LoggingEnabled></BucketLoggingStatus>"
    );
    account.sandbox.set_setting(source, "logging", Some(&logging));
}

/// Allows the log delivery service to write to the bucket.
fn let_logs_in(account: &Account, bucket: &str) {
    let policy = json!({ "Version": "2012-10-17", "Statement": [{
        "Sid": "Logs", "Effect": "Allow", "Principal": { "Service": "logging.s3.amazonaws.com" },
        "Action": "s3:PutObject", "Resource": format!("arn:aws:s3:::{bucket}/*"),
    }] });
    account.sandbox.set_policy(bucket, Some(&policy.to_string()));
}

#[test]
fn a_prefix_with_an_empty_folder_name_causes_a_warning() {
    let account = Account::seeded();
    for (prefix, said) in [
        ("/", "prefix `/` begins with `/`"),
        ("/logs/", "prefix `/logs/` begins with `/`"),
        ("//", "prefix `//` begins with `/`"),
        ("team//web/", "prefix `team//web/` contains `//`"),
    ] {
        let init = format!("init s3-access --source app-data --bucket shared-logs --prefix {prefix} --dry-run");
        account.run(&init).ends(0).says(said).says("a folder with an empty name");
    }
    for prefix in ["logs/", "team/web/"] {
        let init = format!("init s3-access --source app-data --bucket shared-logs --prefix {prefix} --dry-run");
        account.run(&init).ends(0).omits("an empty name");
    }
}

#[test]
fn an_acl_that_allows_logs_is_enough_for_both_init_and_check() {
    let account = Account::seeded();
    let acl = BucketSeed::new("acl-logs").owned("ObjectWriter").acl("log-delivery-write");
    account.wait(account.sandbox.put_bucket(acl));
    log_to(&account, "app-data", "acl-logs");
    account.run("check s3-access --source app-data").ends(0).says("permitted");
    account.run("init s3-access --source app-data --bucket acl-logs --yes").ends(0);
    assert_eq!(account.writes(), Vec::<String>::new());
    // Another source is attached, and the bucket stays as it is.
    account.run("init s3-access --source app-images --bucket acl-logs --yes").ends(0);
    assert_eq!(account.writes(), ["PutBucketLogging"]);
    // If the ACL can't be read, `init` says so.
    account.sandbox.inject(denied("GetBucketAcl"));
    account
        .run("init s3-access --source app-data --bucket acl-logs --dry-run")
        .ends(0)
        .says("an ACL that could not be read");
    // If ACLs are disabled, an ACL allows no one.
    account.sandbox.clear_faults();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("off-logs").owned("BucketOwnerEnforced")));
    account.run("init s3-access --source app-data --bucket off-logs --yes --fix").ends(0);
    assert_eq!(account.writes(), ["PutBucketPolicy", "PutBucketLogging"]);
}

/// A bucket whose policy denies everyone.
fn with_locked() -> Account {
    let account = Account::seeded();
    let policy = json!({ "Version": "2012-10-17", "Statement": [{
        "Sid": "Nobody", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": ["arn:aws:s3:::locked-logs", "arn:aws:s3:::locked-logs/*"],
    }] });
    account.wait(account.sandbox.put_bucket(BucketSeed::new("locked-logs").policy(&policy.to_string())));
    account
}

#[test]
fn a_bucket_of_this_account_that_denies_access_is_reported_as_such() {
    let own = "`locked-logs` belongs to account 111122223333 and denies these credentials";
    let account = with_locked();
    account
        .run("init alb --source web --bucket locked-logs --yes")
        .ends(5)
        .says(own)
        .says("aws s3api delete-bucket-policy --bucket locked-logs")
        .omits("bucket names are global");
    account.run("init s3-access --source locked-logs --bucket shared-logs --yes").ends(1).says("belongs to account");
    for words in [
        "init alb --source web --bucket locked-logs --yes",
        "init s3-access --source locked-logs --bucket shared-logs --yes",
        "check s3-access --source locked-logs",
    ] {
        let ran = account.run(words);
        let network = ran.stderr.find("the bucket policy may allow only one network (a VPC endpoint").expect(words);
        let delete = ran.stderr.find("as a last resort, if the policy locks everyone out").expect(words);
        assert!(network < delete && ran.stderr.find("delete-bucket-policy") > Some(delete), "{words}: {ran:?}");
    }
    // It is unknown whether `locked-logs` logs to the bucket, which is reported in one line.
    let ran = account.run("check --bucket shared-logs --output json").ends(0);
    let document = ran.json();
    let lines: Vec<&str> = document["unknown"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|line| line.as_str())
        .filter(|line| line.contains("locked-logs"))
        .collect();
    assert_eq!(
        lines,
        [
            "bucket `locked-logs` might also log here: it can't be read (`s3:GetInventoryConfiguration`, `s3:ListBucket` denied)"
        ]
    );
    log_to(&account, "app-data", "locked-logs");
    account.run("check s3-access --source app-data").says(own);
    // Without a listing, nothing shows who owns the bucket.
    account.sandbox.inject(denied("ListBuckets"));
    account.run("init alb --source web --bucket locked-logs --yes").ends(5).says("bucket names are global").omits(own);
    // Another account's bucket.
    let account = Account::seeded();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("their-logs").of("444455556666")));
    account.run("init alb --source web --bucket their-logs --yes").ends(5).says("bucket names are global");
}

#[test]
fn a_classic_load_balancer_is_called_that_in_messages() {
    let account = Account::seeded();
    let arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/old-web";
    for words in [
        format!("init alb --source {arn} --bucket demo-logs --yes"),
        format!("init nlb --source {arn} --bucket demo-logs --yes"),
        format!("check alb --source {arn}"),
    ] {
        account.run(&words).ends(2).says("is a Classic Load Balancer, but `");
    }
}

#[test]
fn a_load_balancer_of_another_type_is_a_usage_error_for_every_command() {
    let account = Account::seeded();
    for words in [
        "init nlb --source web --bucket demo-logs --yes",
        "init nlb --source web --bucket demo-logs --dry-run",
        "init alb --source edge --bucket demo-logs --yes",
        "init alb --source edge --source web --bucket demo-logs --yes",
        "check nlb --source web",
        "check alb --source edge",
    ] {
        account.run(words).ends(2).says(" Load Balancer, but `");
        assert!(account.writes().is_empty(), "{words}");
        if words.starts_with("init") && words.ends_with("--yes") {
            let document = account.run(&format!("{words} --output json")).ends(2).json();
            assert_eq!(document["verdict"], "other-type", "{words}: {document:#}");
        }
    }
}

#[test]
fn an_endless_logging_loop_fails_a_run() {
    let to_itself = || {
        let account = Account::seeded();
        let_logs_in(&account, "app-images");
        log_to(&account, "app-images", "app-images");
        account
    };
    let of_two = || {
        let account = Account::seeded();
        for (source, target) in [("app-images", "app-data"), ("app-data", "app-images")] {
            let_logs_in(&account, target);
            log_to(&account, source, target);
        }
        account
    };
    for (account, said) in
        [(to_itself(), "`app-images` logs to itself"), (of_two(), "`app-images` and `app-data` log to each other")]
    {
        account.run("check s3-access --source app-images").ends(3).says(said).says("endlessly");
        let scan = "scan --regions us-east-1 --name app-images --producer s3-access";
        account.run(scan).ends(3).says(said);
        account.run(&format!("{scan} --fail-on dead")).ends(0).says(said);
        account.run(&format!("{scan} --fail-on loop")).ends(3);
        account.run(&format!("{scan} --output csv")).ends(3).says("log-loop");
        let sarif = account.run(&format!("{scan} --output sarif")).ends(3).json();
        let results = sarif["runs"][0]["results"].as_array().unwrap();
        assert_eq!(results.len(), 1, "{results:#?}");
        assert_eq!((&results[0]["ruleId"], &results[0]["level"]), (&json!("log-loop"), &json!("warning")));
        let rule = &sarif["runs"][0]["tool"]["driver"]["rules"][0]["properties"];
        assert_eq!(rule["tags"][1], "external/cwe/cwe-400", "{rule:#}");
        assert!(results[0]["message"]["text"].as_str().unwrap().contains(said), "{results:#?}");
        let found = account.run("check s3-access --source app-images --output json").ends(3).json();
        assert_ne!(found["logs"][0]["health"], "dead", "{found:#}");
    }
    // A longer loop is found if all its buckets are known.
    let account = Account::seeded();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("third-logs")));
    let round = [("app-images", "app-data"), ("app-data", "third-logs"), ("third-logs", "app-images")];
    for (source, target) in round {
        let_logs_in(&account, target);
        log_to(&account, source, target);
    }
    let said = "`app-images` logs to `app-data`, which logs to `third-logs`, which logs to `app-images`";
    let scan = "scan --regions us-east-1 --producer s3-access";
    account.run(scan).ends(3).says(said).says("endlessly");
    account.run(&format!("{scan} --fail-on dead")).ends(0).says(said);
    account.run("check s3-access --bucket app-data").ends(3).says(said);
    let sarif = account.run(&format!("{scan} --output sarif")).ends(3).json();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 3, "{results:#?}");
    assert!(results.iter().all(|result| result["ruleId"] == "log-loop"), "{results:#?}");
    // A dead log breaks the loop, and a bucket that only logs into the loop is not reported.
    account.sandbox.set_policy("third-logs", None);
    account.run(scan).omits("access logs form a loop");
    let_logs_in(&account, "third-logs");
    // One source is enough to find the loop, and a new loop is refused.
    account.run("check s3-access --source app-images").ends(3).says(said);
    account.run(&format!("{scan} --name app-images")).ends(3).says(said);
    account.sandbox.set_setting("third-logs", "logging", None);
    account.run("init s3-access --source third-logs --bucket app-images --yes").ends(5).says("access logs form a loop");
    // A bucket that logs elsewhere makes no loop.
    let account = Account::seeded();
    let_logs_in(&account, "app-data");
    log_to(&account, "app-images", "app-data");
    log_to(&account, "app-data", "shared-logs");
    account.run("check s3-access --source app-images").ends(0).omits("endlessly");
}

#[test]
fn a_loop_of_two_buckets_is_refused_before_it_is_created() {
    let account = Account::seeded();
    log_to(&account, "shared-logs", "app-data");
    account
        .run("init s3-access --source app-data --bucket shared-logs --prefix s3/ --yes --fix")
        .ends(5)
        .says("`app-data` and `shared-logs` log to each other")
        .says("name a bucket whose own access logs don't lead to `app-data`");
    assert!(account.writes().is_empty(), "{:?}", account.writes());
    // The loop is also refused if the run has another source outside it.
    account
        .run("init s3-access --source app-images --source app-data --bucket shared-logs --prefix s3/ --dry-run")
        .ends(5)
        .says("log to each other");
    account.run("init s3-access --source app-images --bucket shared-logs --prefix s3/ --dry-run").ends(0);
    // An existing loop is kept and reported.
    log_to(&account, "app-data", "shared-logs");
    account
        .run("init s3-access --source app-data --bucket shared-logs --dry-run")
        .ends(0)
        .says("`app-data` and `shared-logs` log to each other");
}

#[test]
fn scanners_that_want_access_logging_on_a_log_bucket_get_a_suppression() {
    let account = Account::seeded();
    for producer in ["alb", "nlb", "s3-access"] {
        let ran = account.run(&format!("check {producer} --bucket old-alb-logs --suppressions")).ends(0);
        for rule in ["CKV_AWS_18", "s3_bucket_server_access_logging_enabled", "AVD-AWS-0089", "AwsSolutions-S1", "S3.9"]
        {
            assert!(ran.stdout.contains(rule), "{producer} {rule}: {}", ran.stdout);
        }
        assert_eq!(ran.stdout.contains("CKV_AWS_145"), producer != "nlb", "{}", ran.stdout);
        assert_eq!(ran.stdout.matches("Mutelist:").count(), 1, "a second undoes the first: {}", ran.stdout);
    }
    account.run("check inventory --bucket old-alb-logs --suppressions").ends(2);
    let document: Value =
        account.run("check s3-access --bucket old-alb-logs --suppressions --output json").ends(0).json();
    assert_eq!(document["suppressions"].as_array().unwrap().len(), 8);
}

#[test]
fn a_control_tower_bucket_is_reported_as_such_before_it_denies_a_change() {
    let account = Account::seeded();
    for bucket in ["aws-controltower-logs-111122223333-us-east-1", "aws-controltower-config-111122223333"] {
        account.wait(account.sandbox.put_bucket(BucketSeed::new(bucket)));
        account
            .run(&format!("init alb --source web --bucket {bucket} --dry-run"))
            .ends(0)
            .says("is an AWS Control Tower bucket")
            .says("AWSControlTowerExecution");
    }
    // Changing the logging of such a bucket is also forbidden.
    account
        .run("init s3-access --source aws-controltower-config-111122223333 --bucket shared-logs --prefix s3/ --dry-run")
        .ends(0)
        .says("is an AWS Control Tower bucket");
    account.wait(account.sandbox.put_bucket(BucketSeed::new("my-aws-controltower-logs")));
    account
        .run("init alb --source web --bucket my-aws-controltower-logs --dry-run")
        .ends(0)
        .omits("an AWS Control Tower bucket");
}

#[test]
fn a_load_balancer_from_a_kubernetes_controller_is_configured_in_its_manifest() {
    let account = Account::seeded();
    let put = |seed: LoadBalancerSeed| account.wait(account.sandbox.put_load_balancer(seed));
    put(LoadBalancerSeed::application("k8s-shop")
        .tagged("elbv2.k8s.aws/cluster", "prod")
        .tagged("ingress.k8s.aws/stack", "shop/web"));
    put(LoadBalancerSeed::network("k8s-edge", "TLS").tagged("service.k8s.aws/stack", "shop/edge"));
    put(LoadBalancerSeed::application("auto").tagged("eks:eks-cluster-name", "prod"));
    put(LoadBalancerSeed::application("express").tagged("AmazonECSManaged", "true"));
    account
        .run("init alb --source k8s-shop --bucket demo-logs --prefix alb --dry-run")
        .ends(0)
        .says("`k8s-shop` is created from `shop/web` by a load balancer controller of the cluster `prod`")
        .says("alb.ingress.kubernetes.io/load-balancer-attributes")
        .says("access_logs.s3.bucket=demo-logs,access_logs.s3.enabled=true,access_logs.s3.prefix=alb");
    account
        .run("init nlb --source k8s-edge --bucket demo-logs --dry-run")
        .says("service.beta.kubernetes.io/aws-load-balancer-attributes");
    account.run("init alb --source auto --bucket demo-logs --dry-run").ends(0).says("of the cluster `prod`");
    account.run("init alb --source express --bucket demo-logs --dry-run").ends(0).says("is managed by Amazon ECS");
    account.run("init alb --source web --bucket demo-logs --dry-run").ends(0).omits("load balancer controller");
    let found = account.run("init alb --source k8s-shop --bucket demo-logs --dry-run --output json").ends(0).json();
    let findings = found["plan"]["findings"].as_array().unwrap();
    assert!(findings.iter().any(|finding| finding["template"]["tool"] == "kubernetes"), "{findings:#?}");
}

fn tags(count: usize) -> String {
    let tag = |n: usize| format!("<Tag><Key>k{n}</Key><Value>v</Value></Tag>");
    format!("<Tagging><TagSet>{}</TagSet></Tagging>", (0..count).map(tag).collect::<String>())
}

#[test]
fn a_fifty_first_tag_is_refused_before_anything_is_changed() {
    let account = Account::seeded();
    let bucket = |count| BucketSeed::new("tagged-logs").setting("tagging", &tags(count));
    account.wait(account.sandbox.put_bucket(bucket(49)));
    account.run("init alb --source web --bucket tagged-logs --tag a=b --dry-run").ends(0);
    account
        .run("init alb --source web --bucket tagged-logs --tag a=b --tag c=d --yes")
        .ends(5)
        .says("51 tags; the limit is 50");
    assert_eq!(account.writes(), Vec::<String>::new());
    account.wait(account.sandbox.put_bucket(bucket(50)));
    account.run("init alb --source web --bucket tagged-logs --tag k1=w --dry-run").ends(0);
    // A new bucket also has the tag of its run.
    let many: Vec<String> = (0..50).map(|n| format!("--tag t{n}=v")).collect();
    account
        .run(&format!("init alb --source web --bucket demo-logs {} --yes", many.join(" ")))
        .ends(5)
        .says("51 tags; the limit is 50");
    account.run(&format!("init alb --source web --bucket demo-logs {} --yes", many[1..].join(" "))).ends(0);
}

#[test]
fn tagging_a_bucket_with_abac_needs_another_api_call() {
    let account = Account::seeded();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("abac-logs").setting("tagging", &tags(1))));
    account.sandbox.set_setting("abac-logs", "abac", Some("<AbacStatus><Status>Enabled</Status></AbacStatus>"));
    account
        .run("init alb --source web --bucket abac-logs --tag team=web --yes")
        .ends(5)
        .says("attribute-based access control (ABAC) is on for")
        .says("aws s3control tag-resource --account-id 111122223333 --region us-east-1 --resource-arn arn:aws:s3:::abac-logs")
        .says("\"Key\":\"team\"");
    assert_eq!(account.writes(), Vec::<String>::new());
    // Existing tags make no difference.
    account.run("init alb --source web --bucket abac-logs --tag k0=v --yes").ends(0);
    // If the ABAC status can't be read, the message about the refused tags mentions ABAC.
    account.sandbox.inject(denied("GetBucketAbac"));
    account
        .run("init alb --source web --bucket abac-logs --tag team=web --yes")
        .ends(1)
        .says("could not tell whether the bucket has attribute-based access control")
        .says("aws s3control tag-resource");
}

#[test]
fn a_statement_that_block_public_access_would_reject_is_named_before_any_write() {
    let account = Account::seeded();
    let public = json!({ "Version": "2012-10-17", "Statement": [{
        "Sid": "Website", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::www-logs/site/*",
    }] });
    let block = "<PublicAccessBlockConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><BlockPublicPolicy>true</BlockPublicPolicy></PublicAccessBlockConfiguration>";
    let bucket = BucketSeed::new("www-logs").policy(&public.to_string()).setting("publicAccessBlock", block);
    account.wait(account.sandbox.put_bucket(bucket));
    for mode in ["--dry-run", "--yes"] {
        account
            .run(&format!("init alb --source web --bucket www-logs {mode}"))
            .ends(5)
            .says("`www-logs` has `BlockPublicPolicy` on, and statement `Website` of its policy allows public access")
            .says("remove statement `Website` from the bucket policy");
    }
    assert_eq!(account.writes(), Vec::<String>::new());
    // If Block Public Access can't be read, the message about the refused policy names it.
    account.sandbox.inject(denied("GetPublicAccessBlock"));
    account
        .run("init alb --source web --bucket www-logs --yes")
        .ends(1)
        .says("Block Public Access is unknown")
        .says("Block Public Access rejects a policy with a public statement");
    // S3 accepts a policy that is not public.
    account.sandbox.set_policy("www-logs", Some(&public.to_string().replace("\"*\"", "{\"AWS\":\"111122223333\"}")));
    account.run("init alb --source web --bucket www-logs --yes").ends(0);
}

#[test]
fn a_default_encryption_with_a_failing_key_is_not_weakened_unless_requested() {
    let account = Account::seeded();
    account.run("init nlb --source edge --bucket edge-logs --kms-key create --yes").ends(0);
    let key = account.bucket("edge-logs").encryption.key.unwrap();
    let init = "init nlb --source edge --bucket edge-logs";
    for (state, command) in [("Disabled", "aws kms enable-key"), ("PendingDeletion", "aws kms cancel-key-deletion")] {
        account.sandbox.set_key_state(&key, state);
        let said = format!("`{key}`, the default encryption key of `edge-logs`, is in state {state}");
        account.run(&format!("{init} --yes --fix")).ends(5).says(&said).says(command);
        assert_eq!(account.bucket("edge-logs").encryption.key.as_deref(), Some(key.as_str()));
    }
    for (name, why) in [
        ("arn:aws:kms:us-east-1:111122223333:key/00000000-0000-4000-8000-000000000000", "does not exist"),
        (&key.replace("us-east-1", "us-west-2"), "is in us-west-2, but the bucket is in us-east-1"),
    ] {
        account.sandbox.set_encryption("edge-logs", sandbox::Encryption::kms(Some(name)));
        let said = format!("`{name}`, the default encryption key of `edge-logs`, {why}");
        account.run("check nlb --source edge").ends(3).says(&said);
        account.run(&format!("{init} --yes --fix")).ends(5).says(&said);
    }
    account.run(&format!("{init} --encryption sse-s3 --yes --fix --wait 0")).ends(0);
    assert_eq!(account.bucket("edge-logs").encryption.key, None);
}

#[test]
fn an_exceeded_quota_is_reported() {
    for (operation, code, message, words, said, exit) in [
        (
            "CreateBucket",
            "TooManyBuckets",
            "You have attempted to create more buckets than allowed",
            "init alb --source web --bucket demo-logs --yes",
            "--quota-code L-DC2B2D3D",
            1,
        ),
        (
            "PutBucketInventoryConfiguration",
            "TooManyConfigurations",
            "You are attempting to create a new configuration but have already reached the 1,000-configuration limit.",
            "init inventory --source app-data --bucket shared-logs --prefix inv --yes",
            "--inventory-id",
            6,
        ),
    ] {
        let account = Account::seeded();
        let effect = Effect::status(400, code, message);
        account.sandbox.inject(Fault { when: When::Operation(operation.to_owned()), effect });
        account.run(words).ends(exit).says(code).says(said);
    }
}

#[test]
fn if_bucket_creation_is_denied_an_account_regional_name_is_suggested() {
    for message in [
        "User: arn:aws:sts::111122223333:assumed-role/Operator/session is not authorized to perform: s3:CreateBucket on resource: \"arn:aws:s3:::demo-logs\" with an explicit deny in a service control policy",
        "Access Denied",
    ] {
        let account = Account::seeded();
        let effect = Effect::status(403, "AccessDenied", message);
        account.sandbox.inject(Fault { when: When::Operation("CreateBucket".to_owned()), effect });
        account
            .run("init alb --source web --bucket demo-logs --yes")
            .ends(1)
            .says("use `--bucket demo-logs-111122223333-us-east-1-an`");
        // If the name already has this form, the message does not suggest it.
        account
            .run("init alb --source web --bucket demo-111122223333-us-east-1-an --yes")
            .ends(1)
            .omits("account-regional bucket names");
    }
}

#[test]
fn account_regional_names_are_not_offered_in_regions_without_them() {
    let account = Account::seeded();
    for region in ["me-south-1", "me-central-1"] {
        account.sandbox.set_region("111122223333", region, "ENABLED");
        let seed = LoadBalancerSeed::application("far").within(region);
        let arn = account.wait(account.sandbox.put_load_balancer(seed));
        account
            .run(&format!("init alb --source {arn} --bucket demo-111122223333-{region}-an --yes"))
            .ends(5)
            .says(&format!("which {region} does not support"));
        account.wait(account.sandbox.put_bucket(BucketSeed::new("their-logs").of("444455556666").within(region)));
        account
            .run(&format!("init alb --source {arn} --bucket their-logs --yes"))
            .ends(5)
            .says("choose another name")
            .omits("-an`");
    }
}

#[test]
fn a_key_policy_that_might_be_too_long_is_left_for_kms_to_reject() {
    let account = Account::seeded();
    let root = json!({ "Sid": "Root", "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:root" },
        "Action": "kms:*", "Resource": "*" });
    let filler = json!({ "Sid": "x".repeat(32_300), "Effect": "Allow",
        "Principal": { "AWS": "arn:aws:iam::111122223333:root" }, "Action": "kms:DescribeKey", "Resource": "*" });
    let policy = json!({ "Version": "2012-10-17", "Statement": [root, filler] });
    let key = account.wait(account.sandbox.put_key(KeySeed { policy: Some(policy.to_string()), ..KeySeed::new() }));
    let init = format!("init nlb --source edge --bucket demo-logs --kms-key {key}");
    account.run(&format!("{init} --dry-run")).ends(0).says("(documented limit: 32768)");
    account
        .run(&format!("{init} --yes"))
        .ends(1)
        .says("LimitExceededException")
        .says("remove statements that are no longer needed");
    assert!(!account.writes().contains(&"CreateBucket".to_owned()), "{:?}", account.writes());
}

#[test]
fn a_refused_destination_is_recognized_by_its_other_error_codes() {
    let message = "Access Denied for bucket: old-alb-logs. Please check S3bucket permission";
    for code in ["InvalidConfigurationRequest", "ValidationError", "InvalidConfigurationRequestException"] {
        let account = Account::seeded();
        account.run("init alb --source legacy-web --bucket demo-logs --fix --yes").ends(0);
        let effect = Effect::status(400, code, message);
        account.sandbox.inject(Fault { when: When::Operation("ModifyLoadBalancerAttributes".to_owned()), effect });
        account.run("undo latest --yes").says("before the run, the log went to a bucket that AWS can't write to");
    }
}

/// A policy that allows access logs on this resource, with or without a version.
fn access_grant(version: Option<&str>, resource: &str) -> String {
    let mut policy = json!({ "Statement": [{
        "Sid": "Theirs", "Effect": "Allow", "Principal": { "Service": "logging.s3.amazonaws.com" },
        "Action": "s3:PutObject", "Resource": format!("arn:aws:s3:::old-logs/{resource}"),
    }] });
    if let Some(version) = version {
        policy["Version"] = json!(version);
    }
    policy.to_string()
}

#[test]
fn the_policy_version_determines_the_meaning_of_a_dollar_sign() {
    const NEW: Option<&str> = Some("2012-10-17");
    const OLD: Option<&str> = Some("2008-10-17");
    for (prefix, version, resource, is_let_in) in [
        ("${x}/", None, "${x}/*", true),
        ("${x}/", OLD, "${x}/*", true),
        ("${x}/", NEW, "${x}/*", false),
        ("${x}/", NEW, "${$}{x}/*", true),
        ("${x}/", None, "${$}{x}/*", false),
        ("${aws:SourceAccount}/", None, "${aws:SourceAccount}/*", true),
        ("${aws:SourceAccount}/", NEW, "${aws:SourceAccount}/*", false),
        ("111122223333/", NEW, "${aws:SourceAccount}/*", true),
        ("111122223333/", OLD, "${aws:SourceAccount}/*", false),
        ("a$b/", None, "a$b/*", true),
        ("a$b/", NEW, "a$b/*", true),
        ("a*b/", None, "a${*}b/*", false),
        ("a*b/", NEW, "a${*}b/*", true),
    ] {
        let account = Account::seeded();
        let seed = BucketSeed::new("old-logs").policy(&access_grant(version, resource));
        account.wait(account.sandbox.put_bucket(seed));
        let logging = format!(
            "<BucketLoggingStatus xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LoggingEnabled><TargetBucket>old-logs</TargetBucket><TargetPrefix>{prefix}</TargetPrefix></LoggingEnabled></BucketLoggingStatus>"
        );
        account.sandbox.set_setting("app-data", "logging", Some(&logging));
        let name = format!("{prefix} by {resource} in {version:?}");
        let found = account.run("check s3-access --source app-data --output json").json();
        let health = found["logs"][0]["health"].as_str().unwrap().to_owned();
        // A condition key that AWS does not document makes the state unknown.
        let is_right = if is_let_in {
            health == "permitted" || health == "pending"
        } else {
            health == "dead" || health == "unknown"
        };
        assert!(is_right, "{name}: {found:#}");
        // The simulated service, with its own evaluator, agrees.
        account.wait(account.sandbox.deliver());
        assert_eq!(!account.bucket("old-logs").objects.is_empty(), is_let_in, "{name}");
    }
}

#[test]
fn a_grant_in_a_policy_of_any_version_means_the_literal_prefix() {
    for version in [None, Some("2008-10-17"), Some("2012-10-17")] {
        for prefix in ["a$b/", "${x}/", "a*b/", "what?/", "${aws:SourceAccount}/", "pl$in"] {
            let account = Account::seeded();
            let seed = BucketSeed::new("old-logs").policy(&access_grant(version, "elsewhere/*"));
            account.wait(account.sandbox.put_bucket(seed));
            let args =
                ["init", "s3-access", "--source", "app-data", "--bucket", "old-logs", "--prefix", prefix, "--yes"];
            if version != Some("2012-10-17") && prefix.contains(['*', '?']) {
                // Policies of these versions can't escape `*` and `?`.
                account.run_args(&args.map(str::to_owned)).ends(5).says("2012-10-17");
                assert_eq!(account.writes(), Vec::<String>::new(), "{prefix} in {version:?}");
                continue;
            }
            account.run_args(&args.map(str::to_owned)).ends(0);
            let after = account.policy("old-logs");
            let name = format!("{prefix} in {version:?}: {after}");
            assert_eq!(after.get("Version").and_then(Value::as_str), version, "{name}");
            let grant = after["Statement"][1].to_string();
            if version != Some("2012-10-17") && !prefix.starts_with("${") {
                assert!(!grant.contains("${"), "{name}");
            }
            account.wait(account.sandbox.deliver());
            let prefix_of = |key: &String| key.starts_with(prefix);
            assert!(account.bucket("old-logs").objects.keys().any(prefix_of), "{name}");
            // The repeated command has nothing left to do.
            account.run_args(&args.map(str::to_owned)).ends(0);
            assert_eq!(account.writes(), Vec::<String>::new(), "{name}");
        }
    }
}
