//! Other people's statements in a bucket policy that AWS overwrites when it creates a flow log.

use std::time::Duration;

use sandbox::{Behind, BucketSeed, Effect, Fault, FlowLogSeed, NetworkSeed, PolicyChange, When};
use serde_json::Value;

use super::undo::{CREATE, killed_at};
use super::{INIT, VPC, account, attached, flow_log, theirs};
use crate::account::Account;
use crate::killed::LONG;

/// An account with a bucket of other people, whose policy AWS overwrites with each flow log.
fn theirs_too() -> Account {
    let account = account();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("flow-logs").policy(&theirs())));
    account.sandbox.set_policy_change(PolicyChange::AlwaysOverwrites);
    account
}

/// The same, but the policy already allows the flow logs of another network.
fn allowed_already() -> Account {
    let account = theirs_too();
    let other = account.sandbox.put_network(NetworkSeed::vpc("other"));
    account.run(&INIT.replace(VPC, &other)).ends(0);
    account
}

fn policy(account: &Account) -> Value {
    account.policy("flow-logs")
}

#[test]
fn the_undo_of_a_killed_run_restores_the_policy_that_aws_overwrote() {
    for set in [theirs_too, allowed_already] {
        let before = policy(&set());
        let killed = set();
        killed_at(&killed, INIT, CREATE, Effect::Held(LONG));
        assert_eq!(killed.sids("flow-logs"), ["AWSLogDeliveryWrite", "AWSLogDeliveryAclCheck"]);
        killed.run(&INIT.replace("--yes", "--dry-run")).ends(0).says("which could not restore it: `undo ");
        let undone = killed.run("undo latest --yes");
        assert_eq!(policy(&killed), before, "{undone:?}");
        undone.ends(0);
    }
}

#[test]
fn the_undo_of_a_killed_run_deletes_its_bucket_although_aws_overwrote_the_policy() {
    let killed = account();
    killed.sandbox.set_policy_change(PolicyChange::AlwaysOverwrites);
    killed_at(&killed, INIT, CREATE, Effect::Held(LONG));
    assert_eq!(killed.sids("flow-logs"), ["AWSLogDeliveryWrite", "AWSLogDeliveryAclCheck"]);
    // The test object may still be there.
    killed.wait(killed.sandbox.empty_bucket("flow-logs"));
    killed.run("undo latest --yes").ends(0);
    assert!(killed.sandbox.bucket("flow-logs").is_none() && killed.sandbox.flow_logs().is_empty());
}

#[test]
fn a_statement_that_someone_added_after_a_kill_stays() {
    let killed = allowed_already();
    killed_at(&killed, INIT, CREATE, Effect::Held(LONG));
    let mut now = policy(&killed);
    let mut new: Value = serde_json::from_str::<Value>(&theirs()).unwrap()["Statement"][0].clone();
    new["Sid"] = "New".into();
    now["Statement"].as_array_mut().unwrap().push(new);
    killed.sandbox.set_policy("flow-logs", Some(&now.to_string()));
    killed.run("undo latest --yes");
    assert_eq!(killed.sids("flow-logs"), ["Theirs", "LogbucketNlbBucket", "LogbucketVpcFlow", "New"]);
}

#[test]
fn an_undo_that_is_killed_restores_the_policy_that_aws_overwrote_when_it_is_repeated() {
    let changed = || {
        let account = allowed_already();
        account.sandbox.put_flow_log(FlowLogSeed::new(VPC, "arn:aws:s3:::flow-logs"));
        account.run(&format!("{INIT} --aggregation 60 --fix")).ends(0);
        account
    };
    let undo = "undo latest --yes";
    let undisturbed = changed();
    undisturbed.run(undo).ends(0);
    let killed = changed();
    killed_at(&killed, undo, CREATE, Effect::Held(LONG));
    assert_eq!(killed.sids("flow-logs"), ["AWSLogDeliveryWrite", "AWSLogDeliveryAclCheck"]);
    killed.run(undo).ends(0);
    assert_eq!(policy(&killed), policy(&undisturbed));
}

#[test]
fn a_run_that_could_not_restore_the_policy_says_how_to_do_so() {
    let account = allowed_already();
    let before = policy(&account);
    let fault = Fault { when: When::Operation("PutBucketPolicy".to_owned()), effect: Effect::internal_error() };
    account.sandbox.inject(fault);
    let ran = account.run(INIT).ends(6);
    account.sandbox.clear_faults();
    let run = ran.stdout.split("undo: logbucket undo ").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    ran.says("undo this run to restore the policy")
        .says("AWS may have overwritten the policy of bucket `flow-logs`")
        .says("Theirs");
    account.run(&format!("undo {run} --yes")).ends(0);
    assert_eq!(policy(&account), before);
    // It is not restored twice.
    let awss = account.policy("flow-logs").to_string().replace("Theirs", "AWSLogDeliveryWrite");
    account.sandbox.set_policy("flow-logs", Some(&awss));
    account.run(&format!("undo {run} --yes")).ends(0);
    assert_eq!(policy(&account).to_string(), awss);
}

#[test]
fn a_run_that_ended_well_leaves_later_changes_of_the_policy_to_their_owner() {
    let account = allowed_already();
    account.run(INIT).ends(0);
    let awss = account.policy("flow-logs").to_string().replace("Theirs", "AWSLogDeliveryWrite");
    account.sandbox.set_policy("flow-logs", Some(&awss));
    account.run("undo latest --yes").ends(0);
    assert_eq!(policy(&account).to_string(), awss);
}

#[test]
fn a_read_that_lags_does_not_hide_that_aws_overwrote_the_policy() {
    for behind in [Behind::Reads(1), Behind::For(Duration::from_millis(400))] {
        let account = allowed_already();
        account.sandbox.set_lag(Some(behind));
        account.run(INIT).ends(0).says("AWS overwrote the policy of bucket `flow-logs` in this step");
        assert_eq!(account.sids("flow-logs"), ["Theirs", "LogbucketNlbBucket", "LogbucketVpcFlow"], "{behind:?}");
    }
}

#[test]
fn the_policy_is_restored_if_aws_overwrites_it_while_a_flow_log_is_created_again() {
    let account = attached();
    account.sandbox.drop_flow_log(&flow_log(&account).id);
    let former = account.sandbox.put_flow_log(FlowLogSeed::new(VPC, "arn:aws:s3:::flow-logs").tagged("team", "net"));
    account.sandbox.set_policy_change(PolicyChange::AlwaysOverwrites);
    let before = policy(&account);
    account.sandbox.inject(Fault {
        when: When::OperationTimes(CREATE.to_owned(), 1),
        effect: Effect::status(400, "FlowLogsLimitExceeded", "too many"),
    });
    let ran = account.run(&format!("{INIT} --format parquet --fix")).ends(1);
    ran.says("logbucket created the deleted one again").says("AWS overwrote the policy of bucket `flow-logs`");
    assert_ne!(flow_log(&account).id, former);
    assert_eq!(policy(&account), before);
}
