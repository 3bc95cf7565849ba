//! Nothing is changed without consent, and a dry run shows the same plan.

use crate::account::Account;
use crate::tables::each_case;

const EVERY_PRODUCER: [&str; 5] = [
    "init alb --source web --bucket demo-logs",
    "init nlb --source edge --bucket demo-logs --kms-key create",
    "init clb --source old-web --bucket demo-logs --emit-interval 5",
    "init s3-access --source app-data --bucket shared-logs --prefix s3/",
    "init inventory --source app-data --bucket kms-logs",
];

#[test]
fn a_dry_run_writes_nothing_and_lists_the_exact_steps() {
    each_case(EVERY_PRODUCER, |words| {
        let account = Account::with_classic();
        let before = account.sandbox.state();
        let dry = account.run(&format!("{words} --dry-run --output json")).ends(0).json();
        assert!(!account.sandbox.requests().iter().any(|request| request.mutating), "{words}");
        assert_eq!(account.sandbox.state(), before, "{words}");
        let done = account.run(&format!("{words} --yes --output json")).ends(0).json();
        assert_eq!(dry["plan"]["steps"], done["plan"]["steps"], "{words}");
        assert_eq!(dry["schema"], "logbucket.plan/1");
        assert_eq!(done["schema"], "logbucket.result/1");
        let apis: Vec<&str> =
            done["done"].as_array().unwrap().iter().map(|step| step["api"].as_str().unwrap()).collect();
        let planned: Vec<&str> =
            dry["plan"]["steps"].as_array().unwrap().iter().map(|step| step["api"].as_str().unwrap()).collect();
        assert_eq!(apis, planned, "{words}");
        for step in dry["plan"]["steps"].as_array().unwrap() {
            assert!(!step["because"].as_array().unwrap().is_empty(), "{step}");
            assert!(step["change"] == "add" || step["risk"].is_string(), "what is replaced has a risk: {step}");
        }
    });
}

#[test]
fn without_yes_the_plan_is_shown_and_nothing_is_done() {
    each_case(EVERY_PRODUCER, |words| {
        let account = Account::with_classic();
        let before = account.sandbox.state();
        account.run(words).ends(7).says("plan").says("add `--yes` to approve");
        assert_eq!(account.sandbox.state(), before, "{words}");
    });
}

#[test]
fn a_dry_run_reports_pending_changes_and_refusals_by_its_exit_code() {
    let account = Account::seeded();
    let words = "init alb --source web --bucket demo-logs --dry-run --detailed-exitcode";
    account.run(words).ends(3).says("no changes made");
    account.run("init alb --source web --bucket demo-logs --yes").ends(0);
    account.run(words).ends(0).says("nothing to change");
    account.run("init alb --source web --bucket kms-logs --dry-run").ends(0).says("with `--fix --yes`");
    account.run("init nlb --source tcp-only --bucket demo-logs --dry-run").ends(5).says("TLS");
}

#[test]
fn a_missing_resource_is_a_usage_error_and_a_missing_approval_has_its_own_exit_code() {
    let account = Account::seeded();
    let cases = [
        ("init alb --source nobody --bucket demo-logs --yes", "there is no load balancer `nobody`"),
        (
            "init s3-access --source no-such-bucket-xyz --bucket demo-logs --yes",
            "bucket `no-such-bucket-xyz` does not exist",
        ),
        (
            "init nlb --source edge --bucket demo-logs --kms-key alias/nothing --yes",
            "key `alias/nothing` does not exist",
        ),
        ("init nlb --source edge --bucket demo-logs --kms-key alias/nothing --dry-run", "does not exist"),
        ("init alb --source web --bucket strict-logs --exempt Nobody --dry-run", "no Deny statement `Nobody`"),
        ("check nlb --source nobody", "there is no load balancer `nobody`"),
        ("check --bucket no-such-bucket-xyz", "bucket `no-such-bucket-xyz` does not exist"),
        ("scan --name nobody-*", "no load balancer, bucket, VPC or transit gateway matches"),
        ("undo 000001-20260101T000000Z-alb-x --yes", "no receipt for run"),
        ("scan --profile nobody", "there is no profile `nobody`"),
    ];
    each_case(cases, |(words, says)| {
        let ran = account.run(words).ends(2).says(says);
        drop(ran);
        assert!(account.writes().is_empty(), "{words}");
    });
    let cases = [
        ("init alb --source web --bucket demo-logs", "`--yes`"),
        ("init alb --source web --bucket kms-logs", "`--fix --yes`"),
        ("init alb --source web --bucket kms-logs --yes", "`--fix`"),
        ("init nlb --source edge --bucket strict-logs --yes", "--exempt DenyMissingEncryptionHeader --fix`"),
    ];
    each_case(cases, |(words, flags)| {
        account.run(words).ends(7).says(flags);
        let document = account.run(&format!("{words} --output json")).ends(7).json();
        assert_eq!(document["exit_code"], 7, "{words}");
        assert!(account.writes().is_empty(), "{words}");
    });
}

#[test]
fn a_wrong_profile_in_the_environment_is_named() {
    let account = Account::seeded();
    let ran = account.run_with("check alb --source web", &[("AWS_PROFILE", "prdo")]);
    ran.ends(2).says("there is no profile `prdo` in the AWS configuration (AWS_PROFILE)");
    let aws = account.home().join(".aws");
    std::fs::create_dir(&aws).unwrap();
    std::fs::write(aws.join("config"), "[profile prod]\nregion=us-east-1\n").unwrap();
    let ran = account.run_with("check alb --source web", &[("AWS_PROFILE", "prdo")]);
    ran.ends(2).says("did you mean `prod`?");
    let ran = account.run_with("check alb --source web", &[("AWS_PROFILE", "default")]);
    assert_ne!(ran.code, 2, "{}", ran.stderr);
}

#[test]
fn an_error_is_also_a_single_json_document() {
    let account = Account::seeded();
    let error = account.run("init alb --source nobody --bucket demo-logs --output json").ends(2).json();
    assert_eq!(error["schema"], "logbucket.error/1");
    assert_eq!(error["exit_code"], 2);
    let cases =
        ["init bogus --output json", "init alb --bucket Bad_Name --output=json", "--output json init alb --nonsense"];
    each_case(cases, |words| {
        assert_eq!(account.run(words).ends(2).json()["schema"], "logbucket.error/1", "{words}");
    });
    let refused = account.run("init alb --source web --bucket kms-logs --yes --output json").ends(7).json();
    assert_eq!(
        (refused["schema"].as_str(), refused["verdict"].as_str()),
        (Some("logbucket.plan/1"), Some("needs-fix"))
    );
}

#[test]
fn ctrl_c_finishes_the_step_in_flight_and_lists_what_was_done() {
    let account = Account::seeded();
    account.sandbox.attach_refusals(1000);
    let mut command = account.command();
    let command = command.args("init alb --source web --bucket demo-logs --yes".split(' '));
    let child = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    while !account.sandbox.requests().iter().any(|request| request.operation == "ModifyLoadBalancerAttributes") {
        std::thread::yield_now();
    }
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(stdout.contains("done     add a bucket policy to `demo-logs`"), "{stdout}");
    assert!(stdout.contains("failed   send the access log"), "{stdout}");
    account.sandbox.attach_refusals(0);
    account.run("init alb --source web --bucket demo-logs --yes").ends(0);
}

#[test]
fn quiet_prints_only_the_outcome_and_verbose_prints_each_call() {
    let account = Account::seeded();
    let quiet = account.run("init alb --source web --bucket demo-logs --yes --quiet").ends(0);
    assert_eq!(quiet.stderr, "");
    let verbose = account.run("init alb --source web --bucket demo-logs --yes --verbose").ends(0);
    assert!(verbose.stderr.contains("aws S3 GetBucketPolicy 200"), "{}", verbose.stderr);
    assert!(!verbose.stderr.contains(sandbox::account::SECRET_ACCESS_KEY));
}

#[test]
fn a_profile_flag_takes_precedence_over_keys_in_the_environment() {
    let account = Account::seeded();
    let theirs = sandbox::account::access_key_id(sandbox::seed::OTHER_ACCOUNT);
    let aws = account.home().join(".aws");
    std::fs::create_dir(&aws).unwrap();
    std::fs::write(aws.join("credentials"), format!("[other]\naws_access_key_id={theirs}\naws_secret_access_key=x\n"))
        .unwrap();
    let words = "init s3-access --source other-account-logs --bucket demo-logs --dry-run --output json";
    let plan = account.run(&format!("{words} --profile other")).ends(0).json();
    assert_eq!(plan["plan"]["account"], sandbox::seed::OTHER_ACCOUNT);
    account.run(&format!("{words} --profile nope")).ends(2).says("nope");
}
