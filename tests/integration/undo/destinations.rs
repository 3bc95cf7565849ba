//! Former destinations that a log can't go back to.

use std::time::Duration;

use sandbox::{BucketSeed, LoadBalancerSeed, seed};
use serde_json::json;

use super::unreadable::deny;
use crate::account::Account;
use crate::tables::each_case;

#[test]
fn a_log_stays_if_it_would_go_back_where_it_cannot_arrive() {
    let cases = [("s3-access --source app-data", "s3/"), ("inventory --source app-data", "inventory")];
    each_case(cases, |(words, service)| {
        let account = Account::seeded();
        account.wait(account.sandbox.put_bucket(BucketSeed::new("old-logs")));
        account.run(&format!("init {words} --bucket old-logs --prefix {service} --yes")).ends(0);
        account.run(&format!("init {words} --bucket new-logs --prefix {service} --fix --yes")).ends(0);
        account.sandbox.set_policy("old-logs", None);
        let left = account.sandbox.state();
        account.run("undo latest --dry-run").ends(6).says("where it can't arrive");
        account.run("undo latest --yes").ends(6).says("fix that bucket or turn the log off yourself first");
        assert_eq!(account.sandbox.state(), left, "{words}");
        // The same applies if the policy can no longer be read.
        let account = Account::seeded();
        account.wait(account.sandbox.put_bucket(BucketSeed::new("old-logs")));
        account.run(&format!("init {words} --bucket old-logs --prefix {service} --yes")).ends(0);
        account.run(&format!("init {words} --bucket new-logs --prefix {service} --fix --yes")).ends(0);
        deny(&account, "s3:GetBucketPolicy", "arn:aws:s3:::old-logs");
        account.run("undo latest --yes").ends(6).says("where it might not arrive").says("s3:GetBucketPolicy");
        assert!(account.sandbox.bucket("new-logs").is_some(), "{words}");
        // A list of other logs that can't be read only keeps what those logs may need.
        deny(&account, "elasticloadbalancing:DescribeLoadBalancers", "*");
        account.run("undo latest --yes").ends(6).says("restored  ");
        assert!(account.sandbox.bucket("new-logs").is_some(), "{words}");
        // If the log already could not arrive in the old bucket before the run, the undo still points it back.
        let account = Account::seeded();
        account.wait(account.sandbox.put_bucket(BucketSeed::new("old-logs")));
        account.run(&format!("init {words} --bucket old-logs --prefix {service} --yes")).ends(0);
        account.sandbox.set_policy("old-logs", None);
        account.run(&format!("init {words} --bucket new-logs --prefix {service} --fix --yes")).ends(0);
        account.run("undo latest --yes").ends(0).says("where it can't arrive");
        assert!(account.sandbox.bucket("new-logs").is_none(), "{words}");
    });
}

#[test]
fn a_log_is_not_restored_to_a_bucket_that_another_account_took_over() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket old-logs --yes").ends(0);
    account.run("init alb --source web --bucket new-logs --fix --yes").ends(0);
    account.wait(account.sandbox.empty_bucket("old-logs"));
    account.sandbox.drop_bucket("old-logs");
    account.sandbox.pass(Duration::from_mins(1));
    account.wait(account.sandbox.put_bucket(BucketSeed::new("old-logs").of(seed::OTHER_ACCOUNT)));
    account.run("undo latest --yes").says("may belong to another account by now");
    assert_eq!(account.sandbox.load_balancer("web").unwrap()["access_logs.s3.bucket"], "new-logs");
    assert!(account.policy("new-logs").to_string().contains("LogbucketAlb"), "the log needs its grant");
}

#[test]
fn a_log_is_not_restored_to_a_bucket_of_unknown_owner() {
    for denied_at_the_run in [false, true] {
        let account = Account::seeded();
        account.run("init nlb --source edge --bucket old-logs --yes").ends(0);
        if denied_at_the_run {
            deny(&account, "s3:ListAllMyBuckets", "*");
        }
        account.run("init nlb --source edge --bucket new-logs --fix --yes");
        account.wait(account.sandbox.empty_bucket("old-logs"));
        account.sandbox.drop_bucket("old-logs");
        account.wait(account.sandbox.put_bucket(BucketSeed::new("old-logs").of(seed::OTHER_ACCOUNT)));
        deny(&account, "s3:ListAllMyBuckets", "*");
        account.run("undo latest --yes").says("may belong to another account by now");
        assert_eq!(account.sandbox.load_balancer("edge").unwrap()["access_logs.s3.bucket"], "new-logs");
        assert!(account.sandbox.bucket("new-logs").is_some());
    }
}

#[test]
fn a_log_is_restored_to_a_bucket_that_another_account_owned_before_the_run() {
    let account = Account::seeded();
    let open = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": { "Service": "delivery.logs.amazonaws.com" },
        "Action": ["s3:PutObject", "s3:GetBucketAcl"],
        "Resource": ["arn:aws:s3:::central-logs", "arn:aws:s3:::central-logs/*"],
    }]});
    let theirs = BucketSeed::new("central-logs").of(seed::OTHER_ACCOUNT).policy(&open.to_string());
    account.wait(account.sandbox.put_bucket(theirs));
    let balancer = LoadBalancerSeed::network("n2", "TLS").logging("access_logs", "central-logs", "");
    account.wait(account.sandbox.put_load_balancer(balancer));
    account.run("init nlb --source n2 --bucket new-logs --fix --yes").ends(0);
    account.run("undo latest --yes").ends(0).says("make sure it is still the bucket you mean");
    assert_eq!(account.sandbox.load_balancer("n2").unwrap()["access_logs.s3.bucket"], "central-logs");
}

#[test]
fn a_log_is_not_restored_to_another_accounts_bucket_that_no_longer_exists() {
    let account = Account::seeded();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("central-logs").of(seed::OTHER_ACCOUNT)));
    let balancer = LoadBalancerSeed::network("n2", "TLS").logging("access_logs", "central-logs", "");
    account.wait(account.sandbox.put_load_balancer(balancer));
    account.run("init nlb --source n2 --bucket new-logs --fix --yes").ends(0);
    account.sandbox.drop_bucket("central-logs");
    account.run("undo latest --yes").says("which no longer exists or may belong to another account by now");
    assert_eq!(account.sandbox.load_balancer("n2").unwrap()["access_logs.s3.bucket"], "new-logs");
}

#[test]
fn a_run_can_be_undone_after_another_account_took_its_destination() {
    let account = Account::seeded();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("plain-logs")));
    account.run("init alb --source web --bucket plain-logs --yes").ends(0);
    account.wait(account.sandbox.empty_bucket("plain-logs"));
    account.sandbox.drop_bucket("plain-logs");
    account.wait(account.sandbox.put_bucket(BucketSeed::new("plain-logs").of(seed::OTHER_ACCOUNT)));
    account.run("undo latest --yes").ends(0);
    assert_eq!(account.sandbox.load_balancer("web").unwrap()["access_logs.s3.enabled"], "false");
    account.run("undo latest --yes").says("nothing");
}
