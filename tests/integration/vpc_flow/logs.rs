//! VPC flow logs, from the first run to the last undo.

use std::time::{Duration, SystemTime};

use sandbox::{BucketSeed, Effect, Encryption, Fault, FlowLog, FlowLogSeed, NetworkSeed, PolicyChange, When, seed};
use serde_json::{Value, json};

use crate::account::Account;
use crate::check::assert_health;

pub(crate) const VPC: &str = "vpc-0a1b2c3d4e5f60718";
const CHECK: &str = "vpc-flow --source vpc-0a1b2c3d4e5f60718";
pub(crate) const INIT: &str = "init vpc-flow --source vpc-0a1b2c3d4e5f60718 --bucket flow-logs --yes";

/// The seeded account with a VPC.
pub(crate) fn account() -> Account {
    let account = Account::seeded();
    seed::plant_vpc(&account.sandbox);
    account
}

/// An account in which the VPC's flow log was created by a run.
pub(crate) fn attached() -> Account {
    let account = account();
    account.run(INIT).ends(0);
    account
}

/// The only flow log.
#[track_caller]
pub(crate) fn flow_log(account: &Account) -> FlowLog {
    let mut logs = account.sandbox.flow_logs();
    assert_eq!(logs.len(), 1, "{logs:?}");
    logs.swap_remove(0)
}

/// The flags that name these sources.
pub(crate) fn flags(sources: impl IntoIterator<Item = String>) -> String {
    sources.into_iter().fold(String::new(), |all, id| all + " --source " + &id)
}

/// A policy with a statement that other tools wrote.
pub(crate) fn theirs() -> String {
    json!({ "Version": "2012-10-17", "Statement": [{
        "Sid": "Theirs", "Effect": "Deny", "Principal": "*", "Action": "s3:DeleteBucket",
        "Resource": "arn:aws:s3:::flow-logs",
    }] })
    .to_string()
}

#[test]
fn a_run_creates_a_flow_log_with_the_defaults() {
    let account = account();
    account.run(INIT).ends(0).says("about 15 minutes after the first traffic");
    let log = flow_log(&account);
    assert_eq!((log.resource.as_str(), log.destination.as_str()), (VPC, "arn:aws:s3:::flow-logs"));
    assert_eq!((log.traffic.as_deref(), log.interval, log.file_format.as_str()), (Some("ALL"), 600, "plain-text"));
    assert!(!log.hive && !log.per_hour, "{log:?}");
    // The run's own statements allow the service, so AWS adds none.
    assert_eq!(account.sids("flow-logs"), ["LogbucketNlbBucket", "LogbucketVpcFlow", "LogbucketTlsOnly"]);
    account.wait(account.sandbox.deliver());
    assert_health(&account, CHECK, "delivering", "");
    account.run(INIT).ends(0);
    assert_eq!(account.writes(), Vec::<String>::new());
}

#[test]
fn flags_choose_traffic_format_folders_and_interval() {
    let account = account();
    let flags = "--prefix team/net --traffic reject --format parquet --aggregation 60 --hourly --hive";
    account.run(&format!("{INIT} {flags}")).ends(0);
    let log = flow_log(&account);
    assert_eq!(log.destination, "arn:aws:s3:::flow-logs/team/net/");
    assert_eq!((log.traffic.as_deref(), log.interval, log.file_format.as_str()), (Some("REJECT"), 60, "parquet"));
    assert!(log.hive && log.per_hour, "{log:?}");
    let policy = account.policy("flow-logs").to_string();
    assert!(policy.contains("flow-logs/team/net/AWSLogs/aws-account-id=111122223333/*"), "{policy}");
    account.wait(account.sandbox.deliver());
    let found = assert_health(&account, CHECK, "delivering", "");
    assert!(found["evidence"].as_str().unwrap().contains("/hour="), "{found:#}");
    account.run(&format!("{INIT} {flags}")).ends(0);
    assert_eq!(account.writes(), Vec::<String>::new());
    for wrong in ["--traffic some", "--format orc", "--aggregation 300", "--hive=maybe"] {
        account.run(&format!("{INIT} {wrong}")).ends(2);
    }
    let other = account.run("init nlb --source edge --bucket flow-logs --traffic all --dry-run").ends(2);
    other.says("`--traffic` is for vpc-flow, not for `nlb`");
}

#[test]
fn every_kind_of_network_can_log() {
    let account = account();
    let put = |seed| account.sandbox.put_network(seed);
    let subnet = put(NetworkSeed::subnet("a", VPC));
    let interface = put(NetworkSeed::network_interface("i", &subnet));
    let gateway = put(NetworkSeed::transit_gateway("hub"));
    let sources = flags([subnet.clone(), interface.clone(), gateway.clone()]);
    account.run(&format!("{INIT}{sources}")).ends(0);
    let logs = account.sandbox.flow_logs();
    let mut logged: Vec<&str> = logs.iter().map(|log| log.resource.as_str()).collect();
    logged.sort_unstable();
    let mut all = vec![VPC, &subnet, &interface, &gateway];
    all.sort_unstable();
    assert_eq!(logged, all);
    let of_gateway = logs.iter().find(|log| log.resource == gateway).unwrap();
    assert_eq!((of_gateway.traffic.as_deref(), of_gateway.interval), (None, 60));
    account.wait(account.sandbox.deliver());
    for id in [&subnet, &interface, &gateway] {
        assert_health(&account, &format!("vpc-flow --source {id}"), "delivering", "");
    }
    account.run(&format!("{INIT}{sources}")).ends(0);
    assert_eq!(account.writes(), Vec::<String>::new());
}

#[test]
fn an_arn_in_another_region_sets_the_region() {
    let account = Account::seeded();
    let id = account.sandbox.put_network(NetworkSeed::vpc("far").within("eu-west-1"));
    let arn = format!("arn:aws:ec2:eu-west-1:111122223333:vpc/{id}");
    account.run(&format!("init vpc-flow --source {arn} --bucket far-logs --yes")).ends(0);
    assert_eq!(account.bucket("far-logs").region, "eu-west-1");
    assert_eq!(flow_log(&account).region, "eu-west-1");
    account.run(&format!("check vpc-flow --source {arn}")).ends(0);
}

#[test]
fn an_unknown_network_is_an_error_with_a_way_out() {
    let account = account();
    let near = "init vpc-flow --source vpc-0a1b2c3d4e5f60719 --bucket flow-logs --dry-run";
    account.run(near).ends(2).says("does not exist").says(&format!("did you mean `{VPC}`?"));
    let far = "init vpc-flow --source subnet-0123456789abcdef0 --bucket flow-logs --dry-run";
    account.run(far).ends(2).says("aws ec2 describe-vpcs");
    for wrong in ["main", "i-0123456789abcdef0", "arn:aws:ec2:us-east-1:111122223333:instance/i-0123456789abcdef0"] {
        account.run(&format!("init vpc-flow --source {wrong} --bucket flow-logs --dry-run")).ends(2);
    }
    account.run(&format!("{INIT} --prefix AWSLogs")).ends(2);
    assert!(account.sandbox.flow_logs().is_empty());
}

#[test]
fn a_changed_flow_log_is_deleted_and_created_again_with_its_fields_and_tags() {
    let account = attached();
    let theirs = FlowLogSeed {
        format: Some("${version} ${vpc-id} ${flow-direction}".to_owned()),
        ..FlowLogSeed::new(VPC, "arn:aws:s3:::flow-logs").tagged("team", "net")
    };
    account.sandbox.drop_flow_log(&flow_log(&account).id);
    let old = account.sandbox.put_flow_log(theirs);
    let words = format!("{INIT} --aggregation 60");
    let asked = account.run(&words).ends(7);
    asked
        .says("traffic between the two calls is not recorded")
        .says("aggregated for up to 1 minute")
        .says("add `--fix`");
    assert_eq!(flow_log(&account).id, old);
    account.run(&format!("{words} --fix")).ends(0);
    let new = flow_log(&account);
    assert_ne!(new.id, old);
    assert_eq!((new.interval, new.format.as_str()), (60, "${version} ${vpc-id} ${flow-direction}"));
    assert_eq!(new.tags.get("team").map(String::as_str), Some("net"));
    // The undo restores the former flow log.
    account.run("undo latest --yes").ends(0);
    let restored = flow_log(&account);
    assert_eq!((restored.interval, restored.tags.get("team").map(String::as_str)), (600, Some("net")));
}

#[test]
fn other_flow_logs_of_a_network_stay() {
    let account = account();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("their-logs")));
    let theirs = account.sandbox.put_flow_log(FlowLogSeed::new(VPC, "arn:aws:s3:::their-logs"));
    let rejected = FlowLogSeed::new(VPC, "arn:aws:s3:::flow-logs").of_traffic("REJECT");
    account.wait(account.sandbox.put_bucket(BucketSeed::new("flow-logs")));
    let rejected = account.sandbox.put_flow_log(rejected);
    account.run(&format!("{INIT} --traffic accept")).ends(0);
    let logs = account.sandbox.flow_logs();
    assert_eq!(logs.len(), 3, "{logs:?}");
    for id in [theirs, rejected] {
        assert!(logs.iter().any(|log| log.id == id), "{logs:?}");
    }
}

#[test]
fn statements_that_aws_overwrites_are_written_again() {
    for change in [PolicyChange::AlwaysOverwrites, PolicyChange::OverwritesIfMissing, PolicyChange::AppendsIfMissing] {
        let account = account();
        account.wait(account.sandbox.put_bucket(BucketSeed::new("flow-logs").policy(&theirs())));
        account.sandbox.set_policy_change(change);
        let ran = account.run(INIT).ends(0);
        if change == PolicyChange::AlwaysOverwrites {
            ran.says("AWS overwrote the policy of bucket `flow-logs` in this step");
        } else {
            ran.omits("AWS overwrote");
        }
        assert_eq!(account.sids("flow-logs"), ["Theirs", "LogbucketNlbBucket", "LogbucketVpcFlow"], "{change:?}");
        account.wait(account.sandbox.deliver());
        assert_health(&account, CHECK, "delivering", "");
    }
}

#[test]
fn several_networks_keep_a_policy_that_aws_overwrites_each_time() {
    let account = account();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("flow-logs").policy(&theirs())));
    account.sandbox.set_policy_change(PolicyChange::AlwaysOverwrites);
    let more = (0..4).map(|nth| account.sandbox.put_network(NetworkSeed::vpc(&format!("v{nth}"))));
    let more = flags(more);
    account.run(&format!("{INIT}{more}")).ends(0);
    assert_eq!(account.sandbox.flow_logs().len(), 5);
    assert_eq!(account.sids("flow-logs"), ["Theirs", "LogbucketNlbBucket", "LogbucketVpcFlow"]);
}

#[test]
fn a_customer_key_works_and_an_aws_managed_key_does_not() {
    let account = account();
    account.run(&format!("{INIT} --kms-key create")).ends(0);
    account.wait(account.sandbox.deliver());
    assert_health(&account, CHECK, "delivering", "");
    account.wait(account.sandbox.put_bucket(BucketSeed::new("managed-logs").encrypted(Encryption::kms(None))));
    account.run("init vpc-flow --source vpc-0a1b2c3d4e5f60718 --bucket managed-logs --yes").ends(7).says("--fix");
}

#[test]
fn a_dead_flow_log_is_reported_with_its_cause_and_fixed() {
    let account = attached();
    account.wait(account.sandbox.deliver_at(SystemTime::now() - Duration::from_hours(30)));
    account.sandbox.set_policy("flow-logs", None);
    account.wait(account.sandbox.deliver());
    let found = assert_health(&account, CHECK, "dead", "policy-grant");
    assert!(found.to_string().contains("failed: Access error"), "{found:#}");
    let fix = found["fix"].as_str().unwrap().strip_prefix("logbucket ").unwrap().to_owned();
    account.run(&format!("{fix} --wait 0")).ends(0);
    account.wait(account.sandbox.deliver());
    assert_health(&account, CHECK, "delivering", "");
}

#[test]
fn awss_own_report_of_a_failed_delivery_is_believed() {
    let account = attached();
    // The policy was wrong during the delivery, and is right again.
    let policy = account.bucket("flow-logs").policy;
    account.sandbox.set_policy("flow-logs", None);
    account.wait(account.sandbox.deliver());
    account.sandbox.set_policy("flow-logs", policy.as_deref());
    let found = assert_health(&account, CHECK, "dead", "delivery-failed");
    let said = found["findings"][0].to_string();
    assert!(said.contains("Access error") && said.contains("RCP"), "{found:#}");
    // The run has nothing to change, and says what AWS reports.
    account.run(INIT).ends(0).says("failed: Access error");
    assert_eq!(account.writes(), Vec::<String>::new());
    account.wait(account.sandbox.deliver());
    assert_health(&account, CHECK, "delivering", "");
}

#[test]
fn a_run_that_waits_sees_the_delivery_fail_or_arrive() {
    let account = account();
    account.sandbox.set_policy_change(PolicyChange::AppendsIfMissing);
    account.run(&format!("{INIT} --wait 1")).ends(0).says("0 of 1 sources logged within 1 s");
    account.wait(account.sandbox.deliver());
    account.run(INIT).ends(0).says("verified at");
}

#[test]
fn a_scan_lists_networks_with_and_without_flow_logs() {
    let account = attached();
    account.sandbox.put_network(NetworkSeed::vpc("quiet"));
    let scanned = |words: &str| -> Vec<Value> {
        let document = account.run(&format!("scan {words} --regions us-east-1 --output json")).json();
        let logs = document["logs"].as_array().unwrap().clone();
        logs.into_iter().filter(|log| log["producer"] == "vpc-flow").collect()
    };
    let all = scanned("");
    let health: Vec<(&Value, &Value)> = all.iter().map(|log| (&log["source"], &log["health"])).collect();
    assert!(health.contains(&(&json!(VPC), &json!("permitted"))), "{health:?}");
    assert_eq!(health.iter().filter(|(_, health)| **health == "off").count(), 1, "{health:?}");
    assert_eq!(scanned("--producer vpc-flow"), all);
    assert_eq!(scanned("--producer alb"), Vec::<Value>::new());
    account.run("check --bucket flow-logs").ends(0).says(VPC);
}

#[test]
fn an_undo_deletes_the_flow_log_of_the_run_and_no_other() {
    let account = attached();
    let other = account.sandbox.put_flow_log(FlowLogSeed::new(VPC, "arn:aws:s3:::flow-logs/other/"));
    let undone = account.run("undo latest --yes").ends(6);
    undone.says("delete the flow log").says(&format!("flow log `{other}` of `{VPC}` goes there"));
    assert_eq!(flow_log(&account).id, other);
    // A flow log that somebody has replaced since is theirs.
    let account = attached();
    account.sandbox.drop_flow_log(&flow_log(&account).id);
    let theirs = account.sandbox.put_flow_log(FlowLogSeed::new(VPC, "arn:aws:s3:::flow-logs").parquet());
    account.run("undo latest --yes").says("left as is");
    assert_eq!(flow_log(&account).id, theirs);
}

#[test]
fn offline_commands_support_flow_logs() {
    let account = account();
    let policy = account.run("policy vpc-flow --bucket flow-logs --account 111122223333 --region us-east-1").ends(0);
    assert_eq!(policy.json()["Statement"][1]["Sid"], "LogbucketVpcFlow");
    let words = "policy vpc-flow --bucket flow-logs --account 111122223333 --region us-east-1 --hive";
    account.run(words).ends(0).says("AWSLogs/aws-account-id=111122223333/*");
    account.run(&words.replace("vpc-flow", "nlb")).ends(2).says("`--hive` is for vpc-flow, not for `nlb`");
    assert!(account.run("matrix --output json").ends(0).json().to_string().contains("\"vpc-flow\""));
    let words = format!(
        "permissions init --producer vpc-flow --source {VPC} --bucket flow-logs --account 111122223333 --region us-east-1"
    );
    let permissions = account.run(&words).ends(0).json();
    assert!(permissions.to_string().contains(&format!("arn:aws:ec2:us-east-1:111122223333:vpc/{VPC}\"")));
    account.sandbox.allow_only(&permissions);
    account.run(INIT).ends(0);
    let words = words.replace("permissions init", "permissions undo");
    let permissions = account.run(&words).json();
    account.sandbox.allow_only(&permissions);
    account.run("undo latest --yes").ends(0);
    assert!(account.sandbox.flow_logs().is_empty());
}

#[test]
fn a_network_in_a_stack_is_reported_with_its_snippet() {
    let account = Account::seeded();
    let seed = NetworkSeed::vpc("main").with_id(VPC).tagged("aws:cloudformation:stack-name", "net");
    account.sandbox.put_network(seed.tagged("aws:cloudformation:logical-id", "Main"));
    let ran = account.run(&INIT.replace("--yes", "--hive --dry-run")).ends(0);
    ran.says("AWS::EC2::FlowLog").says("HiveCompatiblePartitions: true").says(VPC);
    let account = Account::seeded();
    account.sandbox.put_network(NetworkSeed::vpc("main").with_id(VPC).tagged("ManagedBy", "terraform"));
    account.run(&INIT.replace("--yes", "--dry-run")).ends(0).says("aws_flow_log").says("max_aggregation_interval");
}

#[test]
fn a_flow_log_in_a_stack_is_reported_before_it_is_replaced() {
    let account = account();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("flow-logs")));
    let seed = FlowLogSeed::new(VPC, "arn:aws:s3:::flow-logs").tagged("aws:cloudformation:stack-name", "net");
    let seed = seed.tagged("aws:cloudformation:logical-id", "MainFlowLog").tagged("team", "net");
    account.sandbox.put_flow_log(seed);
    let ran = account.run(&format!("{INIT} --aggregation 60 --fix").replace("--yes", "--dry-run")).ends(0);
    ran.says("stack `net`").says("MainFlowLog:").says("MaxAggregationInterval: 60").says("Key: team");
    // Nothing is replaced.
    account.run(&INIT.replace("--yes", "--dry-run")).ends(0).omits("stack `net`");
}

#[test]
fn networks_whose_flow_logs_use_different_folders_are_set_up_separately() {
    let account = account();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("flow-logs")));
    let hive = account.sandbox.put_network(NetworkSeed::vpc("hive"));
    account.sandbox.put_flow_log(FlowLogSeed::new(VPC, "arn:aws:s3:::flow-logs"));
    account.sandbox.put_flow_log(FlowLogSeed { hive: true, ..FlowLogSeed::new(&hive, "arn:aws:s3:::flow-logs") });
    let words = format!("{INIT} --source {hive} --aggregation 60");
    let refused = account.run(&format!("{words} --fix")).ends(5);
    refused
        .says("Hive-compatible")
        .says(&format!("vpc-flow --source {VPC} --bucket flow-logs"))
        .says(&format!("vpc-flow --source {hive} --bucket flow-logs"));
    assert_eq!(account.writes(), Vec::<String>::new());
    // A flag decides for all.
    account.run(&format!("{words} --hive --fix")).ends(0);
    assert!(account.sandbox.flow_logs().iter().all(|log| log.hive && log.interval == 60));
}

#[test]
fn a_flow_log_without_permission_to_read_it_is_unknown() {
    let account = attached();
    let everything = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "*", "Resource": "*" },
        { "Effect": "Deny", "Action": "ec2:DescribeFlowLogs", "Resource": "*" },
    ] });
    account.sandbox.allow_only(&everything);
    assert_health(&account, CHECK, "unknown", "");
    account.run(INIT).ends(5).says("ec2:DescribeFlowLogs");
    assert_eq!(account.writes(), Vec::<String>::new());
}

#[test]
fn a_flow_log_that_cannot_be_replaced_is_created_again() {
    let account = attached();
    account.sandbox.drop_flow_log(&flow_log(&account).id);
    let seed = FlowLogSeed {
        format: Some("${version} ${vpc-id}".to_owned()),
        ..FlowLogSeed::new(VPC, "arn:aws:s3:::flow-logs")
    };
    account.sandbox.put_flow_log(seed.tagged("team", "net"));
    // The first call to create one is refused, and the second is not.
    account.sandbox.inject(Fault {
        when: When::OperationTimes("CreateFlowLogs".to_owned(), 1),
        effect: Effect::status(400, "FlowLogsLimitExceeded", "too many"),
    });
    let ran = account.run(&format!("{INIT} --format parquet --fix")).ends(1);
    ran.says("the next step failed, so logbucket created the deleted one again");
    let kept = flow_log(&account);
    assert_eq!((kept.format.as_str(), kept.file_format.as_str()), ("${version} ${vpc-id}", "plain-text"));
    assert_eq!(kept.tags.get("team").map(String::as_str), Some("net"));
    account.run(&format!("{INIT} --format parquet --fix")).ends(0);
    assert_eq!(
        (flow_log(&account).format.as_str(), flow_log(&account).file_format.as_str()),
        ("${version} ${vpc-id}", "parquet")
    );
}

#[test]
fn a_flow_log_moves_to_a_folder_only_if_it_is_the_only_one_of_the_bucket() {
    let account = attached();
    let old = flow_log(&account).id;
    account.run(&format!("{INIT} --prefix net")).ends(7).says("created in its new place");
    account.run(&format!("{INIT} --prefix net --fix")).ends(0);
    assert_ne!(flow_log(&account).id, old);
    let second = account.sandbox.put_flow_log(FlowLogSeed::new(VPC, "arn:aws:s3:::flow-logs/sec/"));
    account.run(&format!("{INIT} --prefix audit")).ends(0);
    assert_eq!(account.sandbox.flow_logs().len(), 3);
    assert!(account.sandbox.flow_logs().iter().any(|log| log.id == second));
}

#[test]
fn a_transit_gateway_refuses_what_it_does_not_have() {
    let account = account();
    let gateway = account.sandbox.put_network(NetworkSeed::transit_gateway("hub"));
    let words = format!("init vpc-flow --source {gateway} --bucket flow-logs --dry-run");
    account.run(&format!("{words} --traffic reject")).ends(2).says("`--traffic` is not possible for");
    account.run(&format!("{words} --aggregation 600")).ends(2).says("`--aggregation` is not possible for");
    account.run(&format!("{words} --traffic all --aggregation 60")).ends(0);
}

#[test]
fn a_bucket_in_another_region_is_uncertain_and_not_dead() {
    let account = account();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("central-logs").within("eu-west-1")));
    account.sandbox.put_flow_log(FlowLogSeed::new(VPC, "arn:aws:s3:::central-logs"));
    let found = assert_health(&account, CHECK, "unknown", "");
    assert!(found.to_string().contains("AWS doesn't document whether it delivers there"), "{found:#}");
    account.run("init vpc-flow --source vpc-0a1b2c3d4e5f60718 --bucket central-logs --yes").ends(5);
}

#[test]
fn networks_of_other_accounts_are_not_listed_as_off() {
    let account = account();
    let shared = account.sandbox.put_network(NetworkSeed::vpc("shared").of("444455556666"));
    let scanned = account.run("scan --producer vpc-flow --regions us-east-1 --output json").json();
    assert!(!scanned.to_string().contains(&shared), "{scanned:#}");
}
