//! Keys of reports that can't be read.

use sandbox::{Effect, Fault, When};

use crate::account::Account;
use crate::check::assert_health;
use crate::tables::each_case;

/// `check` calls the log delivering, and these runs of `init` plan nothing.
#[track_caller]
fn assert_left_alone(account: &Account, words: &str, inits: &[String]) {
    assert_health(account, words, "delivering", "");
    for init in inits {
        account.run(&format!("{init} --dry-run --detailed-exitcode")).ends(0).says("nothing to change");
    }
}

#[test]
fn an_unreadable_report_key_is_kept_however_it_is_named() {
    each_case([vec!["DescribeKey"], vec!["GetKeyPolicy"], vec!["DescribeKey", "GetKeyPolicy"]], |operations| {
        let account = Account::seeded();
        account.run("init inventory --source app-data --bucket inv-logs --report-kms-key create --yes").ends(0);
        account.wait(account.sandbox.deliver());
        let key = account.sandbox.keys().into_iter().find(|key| key.policy.contains("LogbucketInventory")).unwrap();
        let id = key.arn.rsplit('/').next().unwrap().to_owned();
        for operation in operations {
            let when = When::Operation(operation.to_owned());
            account.sandbox.inject(Fault { when, effect: Effect::access_denied() });
        }
        let init = "init inventory --source app-data --bucket inv-logs";
        let inits = [String::new(), format!(" --report-kms-key {}", key.arn), format!(" --report-kms-key {id}")];
        let inits = inits.map(|more| format!("{init}{more}"));
        assert_left_alone(&account, "inventory --source app-data", &inits);
    });
}

#[test]
fn a_newly_requested_unreadable_report_key_must_be_given_by_arn() {
    let account = Account::seeded();
    account.run("init inventory --source app-data --bucket inv-logs --report-kms-key create --yes").ends(0);
    let key = account.wait(account.sandbox.put_key(sandbox::KeySeed::new()));
    let when = When::Operation("DescribeKey".to_owned());
    account.sandbox.inject(Fault { when, effect: Effect::access_denied() });
    let init = format!("init inventory --source app-data --bucket inv-logs --report-kms-key {key}");
    account.run(&format!("{init} --dry-run")).ends(0).says("kms:DescribeKey").says("needs this statement");
    let id = key.rsplit('/').next().unwrap();
    account.run(&format!("{} --dry-run", init.replace(&key, id))).ends(5).says("kms:DescribeKey");
}
