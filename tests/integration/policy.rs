//! `policy` prints the policies that `init` writes for the same destination. Makes no AWS calls.

use std::process::{Command, Output};

use serde_json::Value;

use crate::account::Account;
use crate::tables::each_case;

const PLACE: &str = "--bucket demo-logs --account 111122223333 --region us-east-1";

fn run(words: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_logbucket"));
    command.env_clear().args(words.split_whitespace()).output().unwrap()
}

/// Standard output and standard error of a run with this exit code.
#[track_caller]
fn said(words: &str, code: i32) -> (String, String) {
    let Output { status, stdout, stderr } = run(words);
    let (stdout, stderr) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
    assert_eq!(status.code(), Some(code), "{words}: {stdout}{stderr}");
    (stdout, stderr)
}

#[track_caller]
fn json(words: &str) -> Value {
    serde_json::from_str(&said(words, 0).0).unwrap()
}

#[test]
fn each_producers_policies_are_printed_ready_to_use() {
    let cases = [
        ("alb", "alb --prefix team/alb"),
        ("nlb", "nlb --kms-key create"),
        ("nlb_key", "nlb --kms-key create --for key"),
        ("s3_access", "s3-access --source app-data --source app-images --prefix s3/"),
        (
            "inventory_key",
            "inventory --source app-data --for key \
             --kms-key arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        ),
        ("inventory", "inventory --source app-data --prefix inv"),
    ];
    each_case(cases, |(name, words)| {
        let (stdout, stderr) = said(&format!("policy {words} {PLACE}"), 0);
        assert!(serde_json::from_str::<Value>(&stdout).is_ok(), "{stdout}");
        insta::assert_snapshot!(name, format!("$ logbucket policy {words} ...\n{stdout}{stderr}"));
    });
}

#[test]
fn the_printed_policies_are_the_ones_that_init_writes() {
    let cases = [
        ("alb --source web", "alb"),
        ("alb --source web --prefix team/alb", "alb --prefix team/alb"),
        ("nlb --source edge", "nlb --source edge"),
        ("s3-access --source app-data --source app-images --prefix s3/", ""),
        ("s3-access --source app-data --prefix prod", ""),
        ("inventory --source app-data --prefix inv", ""),
    ];
    each_case(cases, |(init, policy)| {
        let account = Account::seeded();
        account.run(&format!("init {init} --bucket demo-logs --yes --wait 0"));
        let policy = if policy.is_empty() { init } else { policy };
        assert_eq!(json(&format!("policy {policy} {PLACE}")), account.policy("demo-logs"), "{init}");
    });
    let cases = [
        ("nlb --source edge --kms-key create", "nlb --kms-key create"),
        ("inventory --source app-data --report-kms-key create", "inventory --source app-data --kms-key create"),
    ];
    each_case(cases, |(init, policy)| {
        let account = Account::seeded();
        account.run(&format!("init {init} --bucket demo-logs --yes --wait 0"));
        let key = account
            .sandbox
            .keys()
            .into_iter()
            .find(|key| key.aliases.contains(&"alias/logbucket-demo-logs".to_owned()))
            .unwrap();
        let written: Value = serde_json::from_str(&key.policy).unwrap();
        assert_eq!(json(&format!("policy {policy} {PLACE} --for key")), written, "{init}");
        let both = json(&format!("policy {policy} {PLACE} --output json"));
        assert_eq!(both["schema"], "logbucket.policy/1");
        assert_eq!(both["bucket_policy"], account.policy("demo-logs"), "{init}");
        assert_eq!(both["key_policy"], written, "{init}");
    });
}

#[test]
fn an_unknown_region_is_reported_and_one_in_an_unsupported_partition_is_refused() {
    let policy = "policy nlb --bucket acme-logs --account 111122223333 --region";
    let (out, talk) = said(&format!("{policy} us-esat-1"), 0);
    assert!(out.contains("us-esat-1"), "{out}");
    assert!(talk.contains("did you mean `us-east-1`?"), "{talk}");
    assert_eq!(said(&format!("{policy} eu-west-3"), 0).1, "");
    assert!(said(&format!("{policy} eusc-de-east-1"), 2).1.contains("European Sovereign Cloud"));
}

#[test]
fn the_region_determines_the_partition() {
    each_case([("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn")], |(region, partition)| {
        let words = format!("policy nlb --bucket demo-logs --account 111122223333 --region {region} --kms-key create");
        for text in [said(&words, 0).0, said(&format!("{words} --for key"), 0).0] {
            assert!(text.contains(&format!("arn:{partition}:logs:{region}:111122223333:*")), "{text}");
            assert!(!text.contains("arn:aws:"), "{text}");
        }
    });
}

#[test]
fn a_load_balancers_arn_determines_account_and_region() {
    let arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/net/edge/50dc6c495c0c9188";
    assert_eq!(json(&format!("policy nlb --source {arn} --bucket demo-logs")), json(&format!("policy nlb {PLACE}")));
}

#[test]
fn a_key_that_the_service_cannot_use_is_refused() {
    let (stdout, stderr) = said(&format!("policy alb --kms-key create {PLACE}"), 5);
    assert!(stdout.is_empty(), "{stdout}");
    insta::assert_snapshot!("refused_key", stderr);
}

#[test]
fn impossible_names_are_a_usage_error() {
    let cases = [
        ("policy alb --prefix /alb", "error: prefix `/alb` can't be used for alb: it must not begin with `/`\n"),
        ("policy s3-access --source App", "error: `App` is not a valid bucket name: "),
        ("policy nlb --source arn:aws:s3:::app", "error: `arn:aws:s3:::app` is not the ARN of a load balancer\n"),
    ];
    each_case(cases, |(words, error)| {
        let (stdout, stderr) = said(&format!("{words} {PLACE}"), 2);
        assert!(stdout.is_empty() && stderr.starts_with(error), "{words}: {stderr}");
    });
}

#[test]
fn sources_that_do_not_fit_are_allowed_by_account_and_a_note_says_so() {
    let sources: Vec<String> = (0..300).map(|n| format!("--source application-data-bucket-number-{n:04}")).collect();
    let (stdout, stderr) = said(&format!("policy inventory {} {PLACE}", sources.join(" ")), 0);
    let policy: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(policy["Statement"][0]["Condition"]["ArnLike"]["aws:SourceArn"], "arn:aws:s3:::*");
    assert_eq!(policy["Statement"][0]["Condition"]["StringEquals"]["aws:SourceAccount"], "111122223333");
    assert!(stderr.starts_with("note: too many sources for one policy"), "{stderr}");
    assert!(said(&format!("policy inventory {} {PLACE} -q", sources.join(" ")), 0).1.is_empty());
}
