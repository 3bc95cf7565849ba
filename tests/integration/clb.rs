//! Classic Load Balancers, from the first run to the last undo.

use std::time::{Duration, SystemTime};

use sandbox::{BucketSeed, Encryption, Event, KeySeed, LoadBalancerSeed};
use serde_json::{Value, json};

use crate::account::Account;
use crate::check::{assert_fixed, assert_health};
use crate::tables::each_case;

const CHECK: &str = "clb --source old-web";

/// The settings of `old-web`'s access log in AWS.
fn log(account: &Account) -> [String; 4] {
    let all = account.sandbox.load_balancer("old-web").unwrap();
    ["enabled", "bucket", "prefix", "emit_interval"]
        .map(|name| all.get(&format!("access_logs.s3.{name}")).cloned().unwrap_or_default())
}

fn attached() -> Account {
    let account = Account::with_classic();
    account.run("init clb --source old-web --bucket clb-logs --yes").ends(0).says("proven");
    account
}

#[test]
fn a_run_turns_the_log_on_and_a_test_file_proves_it() {
    let account = Account::with_classic();
    let ran = account.run("init clb --source old-web --bucket clb-logs --prefix team/old --expire-days 30 --yes");
    ran.ends(0).says("proven").says("every 60 minutes");
    assert_eq!(log(&account), ["true", "clb-logs", "team/old", "60"]);
    assert_eq!(account.sids("clb-logs"), ["LogbucketClb", "LogbucketTlsOnly"]);
    let resource = &account.policy("clb-logs")["Statement"][0]["Resource"];
    assert_eq!(*resource, "arn:aws:s3:::clb-logs/team/old/AWSLogs/111122223333/*");
    let keys: Vec<String> = account.bucket("clb-logs").objects.into_keys().collect();
    assert_eq!(keys, ["team/old/AWSLogs/111122223333/ELBAccessLogTestFile"]);
    let lifecycle = account.bucket("clb-logs").lifecycle.unwrap();
    assert!(lifecycle.contains("team/old/AWSLogs/111122223333/elasticloadbalancing/"), "{lifecycle}");
    account.run("init clb --source old-web --bucket clb-logs --prefix team/old --expire-days 30 --yes").ends(0);
    assert_eq!(account.writes(), Vec::<String>::new());
}

#[test]
fn an_arn_in_another_region_sets_the_region() {
    let account = Account::seeded();
    let seed = LoadBalancerSeed::classic("far-web").within("eu-west-1");
    let arn = account.wait(account.sandbox.put_load_balancer(seed));
    assert_eq!(arn, "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/far-web");
    account.run(&format!("init clb --source {arn} --bucket far-logs --yes")).ends(0).says("proven");
    assert_eq!(account.bucket("far-logs").region, "eu-west-1");
    let foreign = arn.replace("111122223333", "444455556666");
    account.run(&format!("init clb --source {foreign} --bucket far-logs --yes")).ends(5).says("444455556666");
}

#[test]
fn an_interval_is_kept_unless_another_is_requested() {
    let account = Account::with_classic();
    account.run("init clb --source old-web --bucket clb-logs --emit-interval 5 --yes").ends(0);
    assert_eq!(log(&account)[3], "5");
    account.run("init clb --source old-web --bucket clb-logs --yes").ends(0);
    assert_eq!(account.writes(), Vec::<String>::new());
    let words = "init clb --source old-web --bucket clb-logs --emit-interval 60";
    account.run(&format!("{words} --yes")).ends(7).says("instead of every 5");
    assert_eq!(log(&account)[3], "5");
    account.run(&format!("{words} --yes --fix")).ends(0);
    assert_eq!(log(&account), ["true", "clb-logs", "", "60"]);
    // A log that moves to another destination keeps its interval.
    account.run("init clb --source old-web --bucket clb-logs --emit-interval 5 --yes --fix").ends(0);
    account.run("init clb --source old-web --bucket more-logs --yes --fix").ends(0);
    assert_eq!(log(&account), ["true", "more-logs", "", "5"]);
    for wrong in ["--emit-interval 30", "--emit-interval"] {
        account.run(&format!("init clb --source old-web --bucket clb-logs {wrong} --yes")).ends(2);
    }
    let other = account.run("init alb --source web --bucket web-logs --emit-interval 5 --yes").ends(2);
    other.says("`--emit-interval` is for clb, not for `alb`");
}

#[test]
fn moving_a_log_from_another_bucket_requires_confirmation_by_name() {
    let account = Account::with_classic();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("their-logs")));
    account.sandbox.set_attributes(
        "old-web",
        &[("access_logs.s3.enabled", "true"), ("access_logs.s3.bucket", "their-logs"), ("access_logs.s3.prefix", "x")],
    );
    let words = "init clb --source old-web --bucket clb-logs";
    account
        .run(&format!("{words} --yes"))
        .ends(7)
        .says("new logs no longer go to `their-logs/x`; existing ones stay there");
    assert_eq!(log(&account)[1], "their-logs");
    account.run(&format!("{words} --yes --fix")).ends(0);
    assert_eq!(log(&account), ["true", "clb-logs", "", "60"]);
}

#[test]
fn each_type_of_load_balancer_has_its_own_logs() {
    let account = Account::with_classic();
    let arn = account.sandbox.load_balancer_arn("old-web").unwrap();
    for producer in ["alb", "nlb"] {
        let ran = account.run(&format!("init {producer} --source {arn} --bucket demo-logs --dry-run"));
        ran.ends(2).says(&format!("`{arn}` is a Classic Load Balancer"));
        let ran = account.run(&format!("init {producer} --source old-web --bucket demo-logs --dry-run"));
        ran.ends(2).says("there is no load balancer `old-web`");
    }
    let web = account.sandbox.load_balancer_arn("web").unwrap();
    account
        .run(&format!("init clb --source {web} --bucket demo-logs --dry-run"))
        .ends(2)
        .says("is an Application Load Balancer, but `clb` is for another type");
    let ran = account.run("init clb --source web --bucket demo-logs --dry-run").ends(2);
    ran.says("there is no load balancer `web`");
    let ran = account.run("init clb --source nothing-like-it --bucket demo-logs --dry-run").ends(2);
    ran.says("aws elb describe-load-balancers").says("LoadBalancerDescriptions[].LoadBalancerName");
    account.run("init clb --source old-wob --bucket demo-logs --dry-run").ends(2).says("did you mean `old-web`?");
}

#[test]
fn a_policy_for_the_legacy_account_is_enough() {
    let account = Account::with_classic();
    let policy = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::127311923021:root" },
        "Action": "s3:PutObject", "Resource": "arn:aws:s3:::clb-logs/AWSLogs/111122223333/*",
    }] });
    account.wait(account.sandbox.put_bucket(BucketSeed::new("clb-logs").policy(&policy.to_string())));
    account.run("init clb --source old-web --bucket clb-logs --yes").ends(0).says("proven");
    assert_eq!(account.sids("clb-logs"), ["-"]);
}

#[test]
fn a_grant_for_albs_also_allows_clb_logs() {
    let account = Account::with_classic();
    account.run("init alb --source web --bucket elb-logs --yes").ends(0);
    account.run("init clb --source old-web --bucket elb-logs --yes --wait 1").ends(0);
    assert_eq!(account.sids("elb-logs"), ["LogbucketAlb", "LogbucketTlsOnly"]);
    account.wait(account.sandbox.deliver());
    assert_health(&account, CHECK, "delivering", "");
    assert_health(&account, "alb --source web --log-type access", "delivering", "");
}

#[test]
fn a_key_never_works() {
    let account = Account::with_classic();
    account.run("init clb --source old-web --bucket kms-logs --yes").ends(7).says("--fix");
    account
        .run("init clb --source old-web --bucket demo-logs --kms-key create --dry-run")
        .ends(5)
        .says("https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/enable-access-logs.html");
}

#[test]
fn a_delivering_log_is_reported_with_its_newest_file() {
    let account = attached();
    assert_health(&account, CHECK, "pending", "");
    account.wait(account.sandbox.deliver());
    let found = assert_health(&account, CHECK, "delivering", "");
    assert!(found["evidence"].as_str().unwrap().contains("_old-web_"), "{found:#}");
    // A log of another load balancer with a similar name is no evidence for `old-web`.
    let other = Account::with_classic();
    other.wait(other.sandbox.put_load_balancer(LoadBalancerSeed::classic("old-web-2")));
    for name in ["old-web", "old-web-2"] {
        other.run(&format!("init clb --source {name} --bucket clb-logs --yes --wait 1")).ends(0);
    }
    other.wait(other.sandbox.deliver());
    let found = assert_health(&other, CHECK, "delivering", "");
    assert!(found["evidence"].as_str().unwrap().contains("_old-web_"), "{found:#}");
}

#[test]
fn a_dead_log_is_reported_with_its_cause_and_fixed() {
    let account = attached();
    account.wait(account.sandbox.deliver_at(SystemTime::now() - Duration::from_hours(30)));
    let key = account.wait(account.sandbox.put_key(KeySeed::new()));
    account.sandbox.set_encryption("clb-logs", Encryption::kms(Some(&key)));
    let found = assert_health(&account, CHECK, "dead", "encryption-not-writable");
    assert_fixed(&account, CHECK, &found);

    let account = attached();
    account.sandbox.set_policy("clb-logs", None);
    let found = assert_health(&account, CHECK, "dead", "policy-grant");
    assert_fixed(&account, CHECK, &found);
}

#[test]
fn check_says_that_aws_refused_to_turn_it_on() {
    let account = Account::with_classic();
    let client = aws_sdk_elasticloadbalancing::Client::new(&account.sandbox.sdk_config());
    let log = aws_sdk_elasticloadbalancing::types::AccessLog::builder().enabled(true).s3_bucket_name("shared-logs");
    let attributes =
        aws_sdk_elasticloadbalancing::types::LoadBalancerAttributes::builder().access_log(log.build()).build();
    let request = client.modify_load_balancer_attributes().load_balancer_name("old-web");
    account.wait(request.load_balancer_attributes(attributes).send()).unwrap_err();
    let found = assert_health(&account, CHECK, "off", "");
    assert!(found.to_string().contains("AWS refused"), "{found:#}");
    // A call about another load balancer does not matter.
    let account = Account::with_classic();
    let other = Event::new("elasticloadbalancing.amazonaws.com", "ModifyLoadBalancerAttributes", SystemTime::now())
        .asking(
            json!({ "loadBalancerName": "other-web", "loadBalancerAttributes": { "accessLog": { "enabled": true } } }),
        )
        .refused("InvalidConfigurationRequest", "no");
    account.sandbox.plant_event(other);
    assert!(!assert_health(&account, CHECK, "off", "").to_string().contains("AWS refused"));
}

#[test]
fn a_scan_lists_classic_load_balancers_with_the_others() {
    let account = attached();
    let logs = |words: &str| -> Vec<Value> {
        let document = account.run(&format!("scan {words} --regions us-east-1 --output json")).json();
        let logs = document["logs"].as_array().unwrap().clone();
        logs.into_iter().filter(|log| log["producer"] == "clb").collect()
    };
    let found = logs("");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((&found[0]["source"], &found[0]["log_type"]), (&json!("old-web"), &json!("access")), "{:#}", found[0]);
    assert_eq!(logs("--producer clb"), found);
    assert_eq!(logs("--producer alb"), Vec::<Value>::new());
    let asked = account.sandbox.requests();
    account.run("scan --producer alb --regions us-east-1").ends(3);
    let of_classic = |resource: &str| resource.ends_with("loadbalancer/old-web");
    assert!(!account.sandbox.requests().iter().any(|request| of_classic(&request.resource)), "{asked:?}");
    // A tag selects Classic Load Balancers, too.
    account.wait(account.sandbox.put_load_balancer(LoadBalancerSeed::classic("tagged").tagged("team", "old")));
    let tagged = logs("--tag team=old");
    assert_eq!(tagged.iter().map(|log| &log["source"]).collect::<Vec<_>>(), ["tagged"]);
}

#[test]
fn check_of_a_bucket_includes_classic_load_balancers() {
    let account = attached();
    account.run("check --bucket clb-logs").ends(0).says("access log of load balancer `old-web`");
}

#[test]
fn an_undo_restores_the_previous_setting() {
    let account = Account::with_classic();
    account.run("init clb --source old-web --bucket clb-logs --emit-interval 5 --yes").ends(0);
    account.run("init clb --source old-web --bucket more-logs --prefix x --emit-interval 60 --yes --fix").ends(0);
    assert_eq!(log(&account), ["true", "more-logs", "x", "60"]);
    account.run("undo latest --yes").ends(0);
    assert_eq!(log(&account), ["true", "clb-logs", "", "5"]);
    assert!(account.sandbox.bucket("more-logs").is_some_and(|bucket| !bucket.objects.is_empty()));
    let runs = account.run("undo --output json").json();
    let first = runs["runs"].as_array().unwrap().last().unwrap()["run"].as_str().unwrap().to_owned();
    account.run(&format!("undo {first} --yes"));
    assert_eq!(log(&account)[0], "false");
}

#[test]
fn an_undo_keeps_a_setting_that_was_changed_since_the_run() {
    let account = attached();
    account.sandbox.set_attributes("old-web", &[("access_logs.s3.emit_interval", "5")]);
    let before = account.sandbox.state();
    account.run("undo latest --yes").says("changed where `old-web` logs: changed by someone since; left as is");
    assert_eq!(account.sandbox.load_balancer("old-web").unwrap()["access_logs.s3.enabled"], "true");
    assert_eq!(account.sandbox.state()["load_balancers"], before["load_balancers"]);
}

#[test]
fn offline_commands_support_clb() {
    let account = Account::seeded();
    let policy = account.run("policy clb --bucket clb-logs --account 111122223333 --region us-east-1").ends(0).json();
    assert_eq!(policy["Statement"][0]["Sid"], "LogbucketClb");
    let matrix = account.run("matrix --output json").ends(0).json();
    assert!(matrix.to_string().contains("\"clb\""), "{matrix:#}");
    let words =
        "permissions init --producer clb --source old-web --bucket clb-logs --account 111122223333 --region us-east-1";
    let permissions = account.run(words).ends(0).json().to_string();
    assert!(
        permissions.contains("arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/old-web\""),
        "{permissions}"
    );
    let any = account.run("permissions init --producer clb").ends(0).json().to_string();
    assert!(any.contains(":loadbalancer/*\""), "{any}");
}

#[test]
fn the_printed_permissions_are_enough() {
    let account = Account::with_classic();
    let words =
        "permissions init --producer clb --source old-web --bucket clb-logs --account 111122223333 --region us-east-1";
    let policy = account.run(words).ends(0).json();
    account.sandbox.allow_only(&policy);
    account.run("init clb --source old-web --bucket clb-logs --yes").ends(0).says("proven");
}

#[test]
fn a_load_balancer_in_a_stack_is_reported_with_its_snippet() {
    let account = Account::seeded();
    let seed = LoadBalancerSeed::classic("old-web")
        .tagged("aws:cloudformation:stack-name", "web")
        .tagged("aws:cloudformation:logical-id", "OldBalancer");
    account.wait(account.sandbox.put_load_balancer(seed));
    let ran = account.run("init clb --source old-web --bucket clb-logs --prefix x --emit-interval 5 --dry-run").ends(0);
    ran.says("`OldBalancer` of the CloudFormation stack `web`").says("AccessLoggingPolicy").says("EmitInterval: 5");
    let terraform = LoadBalancerSeed::classic("new-web").tagged("ManagedBy", "terraform");
    account.wait(account.sandbox.put_load_balancer(terraform));
    let ran = account.run("init clb --source new-web --bucket clb-logs --prefix x --dry-run").ends(0);
    ran.says("resource \"aws_elb\" \"new-web\"").says("bucket_prefix").says("interval");
}

/// No AWS page has a rule for the prefix of a Classic Load Balancer, so a log that AWS accepted is not called dead.
#[test]
fn a_prefix_that_other_load_balancers_forbid_is_reported_but_not_as_dead() {
    let cases = [("team/", "pending"), ("AWSLogs-of/team", "delivering"), ("env=prod", "delivering")];
    each_case(cases, |(prefix, health)| {
        let account = attached();
        account.sandbox.set_attributes("old-web", &[("access_logs.s3.prefix", prefix)]);
        let whole = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": { "Service": "logdelivery.elasticloadbalancing.amazonaws.com" },
            "Action": "s3:PutObject", "Resource": "arn:aws:s3:::clb-logs/*",
        }] });
        account.sandbox.set_policy("clb-logs", Some(&whole.to_string()));
        account.wait(account.sandbox.deliver());
        let found = assert_health(&account, CHECK, health, "");
        assert_eq!(found["findings"][0]["id"], "prefix-illegal", "{found:#}");
        let page = found["findings"][0]["page"].as_str().unwrap();
        assert!(page.contains("/classic/"), "{page}");
    });
    let account = Account::with_classic();
    account.run("init clb --source old-web --bucket clb-logs --prefix team/ --dry-run").ends(2);
}

/// A receipt with endpoints, as written by older versions that knew only one load balancer API.
#[test]
fn a_receipt_without_a_clb_endpoint_is_usable_if_the_endpoints_are_unchanged() {
    let account = Account::seeded();
    let other = ("AWS_ENDPOINT_URL_KMS", "http://127.0.0.1:9");
    account.run_with("init alb --source web --bucket shared-logs --yes", &[other]).ends(0);
    let files = std::fs::read_dir(account.home().join(".local/state/logbucket/receipts")).unwrap();
    let file = files.map(|file| file.unwrap().path()).find(|file| file.extension().is_some_and(|end| end == "json"));
    let receipt: Value = serde_json::from_str(&std::fs::read_to_string(file.unwrap()).unwrap()).unwrap();
    let url = account.url();
    let each = [("S3", &*url), ("Elastic Load Balancing v2", &*url), ("KMS", other.1), ("CloudWatch Logs", &*url)];
    let each = each.map(|(service, url)| format!("{service} {url}")).join(", ");
    assert_eq!(receipt["endpoint"], *each);
    let elsewhere = ("AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING", "http://127.0.0.1:9");
    let refused = account.run_with("undo latest --yes", &[other, elsewhere]).ends(1);
    refused.says("the run was made against").says("Elastic Load Balancing http://127.0.0.1:9");
    assert_eq!(account.sandbox.load_balancer("web").unwrap()["access_logs.s3.enabled"], "true");
    account.run_with("undo latest --yes", &[other]).ends(0);
    assert_eq!(account.sandbox.load_balancer("web").unwrap()["access_logs.s3.enabled"], "false");
}
