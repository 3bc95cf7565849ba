//! Several sources in one run: one plan, one destination, all or nothing.

use sandbox::{BucketSeed, LoadBalancerSeed};

use crate::account::Account;
use crate::tables::each_case;

#[test]
fn a_single_source_that_can_never_deliver_stops_the_whole_run() {
    let account = Account::seeded();
    let before = account.sandbox.state();
    account
        .run("init nlb --source edge --source tcp-only --bucket demo-logs --yes")
        .ends(5)
        .says("`tcp-only` listens on TCP only");
    assert_eq!(account.sandbox.state(), before);
    account.wait(account.sandbox.put_bucket(BucketSeed::new("far-data").within("eu-west-1")));
    account
        .run("init s3-access --source app-data --source far-data --bucket demo-logs --yes")
        .ends(5)
        .says("`far-data` is in eu-west-1");
    assert!(account.sandbox.bucket("demo-logs").is_none());
}

#[test]
fn an_ignored_region_flag_is_reported() {
    let account = Account::seeded();
    let ran = account.run("init s3-access --source app-data --bucket demo-logs --region eu-west-1 --dry-run").ends(0);
    ran.says("the sources are in us-east-1, so `--region eu-west-1` is ignored");
    let ran = account.run("init s3-access --source app-data --bucket demo-logs --region us-east-1 --dry-run").ends(0);
    assert!(!ran.stdout.contains("does not count"), "{}", ran.stdout);
}

#[test]
fn hundreds_of_sources_fit_one_policy() {
    let account = Account::seeded();
    let names: Vec<String> =
        (0..300).map(|number| format!("source-bucket-with-a-name-as-long-as-a-name-can-ever-be-{number:04}")).collect();
    for name in &names {
        account.wait(account.sandbox.put_bucket(BucketSeed::new(name)));
    }
    let sources = |names: &[String]| names.iter().map(|name| format!("--source {name}")).collect::<Vec<_>>().join(" ");
    let few =
        account.run(&format!("init s3-access {} --bucket few-logs --prefix s3/ --yes", sources(&names[..200]))).ends(0);
    assert!(!few.stdout.contains("would exceed"), "{}", few.stdout);
    let policy = account.bucket("few-logs").policy.unwrap();
    assert!(
        policy.len() <= 20 * 1024 && policy.contains("-0199") && !policy.contains("arn:aws:s3:::*"),
        "{}",
        policy.len()
    );

    let ran = account.run(&format!("init s3-access {} --bucket many-logs --prefix s3/ --yes --fix", sources(&names)));
    ran.ends(0).says("covers every bucket of account 111122223333");
    let statement = &account.policy("many-logs")["Statement"][0];
    assert_eq!(statement["Condition"]["ArnLike"]["aws:SourceArn"], "arn:aws:s3:::*");
    assert_eq!(statement["Condition"]["StringEquals"]["aws:SourceAccount"], "111122223333");
    assert!(names.iter().all(|name| account.bucket(name).logging.is_some()));
}

#[test]
fn sources_of_later_runs_are_added_to_the_statement_of_the_first() {
    let account = Account::seeded();
    account.run("init inventory --source app-data --bucket inv-logs --prefix inv --yes").ends(0);
    account.run("init inventory --source app-images --bucket inv-logs --prefix inv --yes").ends(0);
    assert_eq!(account.sids("inv-logs"), ["LogbucketInventory", "LogbucketTlsOnly"]);
    account
        .run("init inventory --source app-data --bucket inv-logs --prefix other --inventory-id second --yes")
        .ends(0);
    assert_eq!(account.sids("inv-logs"), ["LogbucketInventory", "LogbucketTlsOnly", "LogbucketInventory2"]);
    account.run("init inventory --source app-data --bucket inv-logs --prefix inv --yes").ends(0);
    assert_eq!(account.writes(), Vec::<String>::new());
}

#[test]
fn two_load_balancers_of_one_account_need_one_statement() {
    let account = Account::seeded();
    account.wait(account.sandbox.put_load_balancer(LoadBalancerSeed::application("web-two")));
    account.run("init alb --source web --source web-two --bucket demo-logs --yes").ends(0).says("proven");
    assert_eq!(account.sids("demo-logs"), ["LogbucketAlb", "LogbucketTlsOnly"]);
}

#[test]
fn all_producers_on_one_bucket_need_a_policy_below_two_and_a_half_kilobytes() {
    let account = Account::with_classic();
    account.run("init clb --source old-web --bucket acme-logs --prefix clb --yes").ends(0);
    account.run("init alb --source web --bucket acme-logs --prefix alb --yes").ends(0);
    account.run("init nlb --source edge --bucket acme-logs --prefix nlb --yes").ends(0);
    account.run("init s3-access --source app-data --bucket acme-logs --prefix s3/ --yes").ends(0);
    account.run("init inventory --source app-data --bucket acme-logs --prefix inv --yes").ends(0);
    let size = account.bucket("acme-logs").policy.unwrap().len();
    assert!(size < 2560, "{size} bytes");
    account.wait(account.sandbox.deliver());
    let keys: Vec<String> = account.bucket("acme-logs").objects.into_keys().collect();
    each_case(["alb/AWSLogs/", "clb/AWSLogs/", "nlb/AWSLogs/", "s3/111122223333/", "inv/app-data/"], |folder| {
        assert!(keys.iter().any(|key| key.starts_with(folder)), "nothing under {folder}: {keys:?}");
    });
}

#[test]
fn a_source_list_that_just_fits_is_kept_until_it_grows() {
    let account = Account::seeded();
    let names: Vec<String> =
        (0..270).map(|number| format!("source-bucket-with-a-name-as-long-as-a-name-can-ever-be-{number:04}")).collect();
    for name in &names {
        account.wait(account.sandbox.put_bucket(BucketSeed::new(name)));
    }
    let run = |count: usize| {
        let sources: Vec<String> = names[..count].iter().map(|name| format!("--source {name}")).collect();
        account.run(&format!("init s3-access {} --bucket many-logs --prefix s3/ --yes --quiet", sources.join(" ")))
    };
    // The policy's size shows how many names fit. Each further name adds this many bytes.
    let each = names[0].len() + "\"arn:aws:s3:::\",".len();
    run(100).ends(0);
    let size = account.bucket("many-logs").policy.unwrap().len();
    let most = 100 + (20 * 1024 - size) / each;
    run(most).ends(0);
    let full = account.bucket("many-logs").policy.unwrap();
    assert!(full.len() <= 20 * 1024 && full.len() + each > 20 * 1024 && !full.contains(":::*"), "{} bytes", full.len());
    run(most).ends(0);
    assert!(account.writes().is_empty());
    run(most + 1).ends(0);
    let widened = account.bucket("many-logs").policy.unwrap();
    assert!(widened.contains("arn:aws:s3:::*") && widened.len() < 2048, "{widened}");
}

#[test]
fn a_load_balancer_named_twice_is_attached_once() {
    let account = Account::seeded();
    let arn = account.sandbox.load_balancer_arn("web").unwrap();
    account.run(&format!("init alb --source web --source {arn} --bucket demo-logs --yes")).ends(0);
    assert_eq!(account.writes().iter().filter(|operation| *operation == "ModifyLoadBalancerAttributes").count(), 1);
}
