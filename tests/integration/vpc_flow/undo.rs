//! Which flow log is a run's own, so that its undo deletes no other.

use std::process::Stdio;
use std::time::Duration;

use sandbox::{Effect, Fault, FlowLogSeed, NetworkSeed, When};

use super::{INIT, VPC, account, attached, flow_log};
use crate::account::Account;
use crate::killed::LONG;
use crate::meanwhile::during;

/// The operation during which runs are killed.
pub(crate) const CREATE: &str = "CreateFlowLogs";

/// Kills the program during its first request of this operation, before or after the request is carried out.
#[track_caller]
pub(crate) fn killed_at(account: &Account, words: &str, operation: &str, effect: Effect) {
    account.sandbox.forget_requests();
    account.sandbox.inject(Fault { when: When::OperationTimes(operation.to_owned(), 1), effect });
    let mut command = account.command();
    command.args(words.split_whitespace()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    while !account.sandbox.requests().iter().any(|request| request.operation == operation) {
        assert!(child.try_wait().unwrap().is_none(), "{words} never asked {operation}");
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    account.sandbox.clear_faults();
}

/// The flow log that a run creates with [`INIT`], created by someone else.
fn identical() -> FlowLogSeed {
    FlowLogSeed::new(VPC, "arn:aws:s3:::flow-logs")
}

#[test]
fn an_identical_flow_log_that_someone_created_since_stays() {
    let account = attached();
    account.sandbox.drop_flow_log(&flow_log(&account).id);
    let theirs = account.sandbox.put_flow_log(identical());
    account.run("undo latest --yes").ends(6).says("left as is").says(&theirs);
    assert_eq!(flow_log(&account).id, theirs);
}

#[test]
fn a_run_that_was_killed_right_after_it_created_a_flow_log_can_be_undone() {
    let killed = account();
    killed_at(&killed, INIT, CREATE, Effect::Held(LONG));
    assert_eq!(killed.sandbox.flow_logs().len(), 1);
    killed.run("undo latest --yes").ends(0);
    assert!(killed.sandbox.flow_logs().is_empty());
}

#[test]
fn a_killed_run_does_not_own_an_identical_flow_log() {
    for effect in [Effect::Delay(LONG), Effect::Held(LONG)] {
        let killed = account();
        killed_at(&killed, INIT, CREATE, effect);
        for one in killed.sandbox.flow_logs() {
            killed.sandbox.drop_flow_log(&one.id);
        }
        let theirs = killed.sandbox.put_flow_log(identical());
        killed.run("undo latest --yes").ends(6).says("left as is");
        assert_eq!(flow_log(&killed).id, theirs);
    }
}

#[test]
fn a_failed_run_does_not_own_an_identical_flow_log() {
    let account = account();
    // Nothing is done, but the run can't tell.
    let effect = Effect::ResetBefore;
    account.sandbox.inject(Fault { when: When::Operation(CREATE.to_owned()), effect });
    account.run(INIT).ends(6);
    account.sandbox.clear_faults();
    let theirs = account.sandbox.put_flow_log(identical());
    account.run("undo latest --yes").ends(6).says("left as is");
    assert_eq!(flow_log(&account).id, theirs);
}

#[test]
fn a_lost_answer_does_not_hide_which_flow_log_is_the_runs_own() {
    let account = account();
    let when = When::OperationTimes(CREATE.to_owned(), 1);
    account.sandbox.inject(Fault { when, effect: Effect::ResetAfter });
    account.run(INIT).ends(0);
    account.sandbox.clear_faults();
    account.run("undo latest --yes").ends(0);
    assert!(account.sandbox.flow_logs().is_empty());
}

#[test]
fn a_flow_log_that_an_undo_created_again_is_still_the_first_runs_own() {
    let account = attached();
    let first = flow_log(&account);
    account.run(&format!("{INIT} --aggregation 60 --fix")).ends(0);
    account.run("undo latest --yes").ends(0);
    assert_ne!(flow_log(&account).id, first.id);
    assert_eq!(flow_log(&account).interval, first.interval);
    account.run("undo latest --yes").ends(0);
    assert!(account.sandbox.flow_logs().is_empty());
}

#[test]
fn a_flow_log_that_someone_created_since_the_plan_is_not_deleted() {
    let account = attached();
    let words = format!("{INIT} --aggregation 60 --fix");
    let ran = during(&account, &words, "SimulatePrincipalPolicy", |account| {
        account.sandbox.drop_flow_log(&flow_log(account).id);
        account.sandbox.put_flow_log(identical());
    });
    ran.ends(6).says("changed since the plan was made");
    assert_eq!(flow_log(&account).interval, 600);
}

#[test]
fn a_failed_step_creates_only_the_flow_log_again_that_it_replaces() {
    let account = account();
    let other = account.sandbox.put_network(NetworkSeed::vpc("other"));
    let both = format!("{INIT} --source {other}");
    account.run(&both).ends(0);
    // The flow log of the first network moves. The new one of the second network is refused.
    account.sandbox.inject(Fault {
        when: When::Beyond { operation: CREATE.to_owned(), burst: 1, per_second: 0 },
        effect: Effect::status(400, "FlowLogsLimitExceeded", "too many"),
    });
    account.run(&format!("{both} --prefix net --fix")).ends(6).omits("deleted one again").omits("could not create");
    let logs = account.sandbox.flow_logs();
    assert_eq!(logs.len(), 2, "{logs:?}");
}
