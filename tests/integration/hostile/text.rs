//! Text of policies, events, errors and receipts.

use std::fs;
use std::time::{Duration, SystemTime};

use sandbox::{BucketSeed, Effect, Event, Fault, When, seed};
use serde_json::json;

use super::inert::{HOSTILE, IN_XML, SHOWN, inert, says_inertly, stopped_by};
use crate::account::Account;
use crate::tables::each_case;

#[test]
fn text_from_a_bucket_policy_is_harmless_in_every_output_format() {
    let account = stopped_by(HOSTILE);
    let init = "init alb --source web --log-type access --bucket web-logs";
    for words in [
        format!("{init} --dry-run"),
        format!("{init} --dry-run -v"),
        format!("{init} --dry-run -vv"),
        "check alb --source web --log-type access".to_owned(),
        "scan --producer alb --region us-east-1".to_owned(),
        "scan --producer alb --region us-east-1 -vv".to_owned(),
        "scan --producer alb --region us-east-1 --output csv".to_owned(),
    ] {
        says_inertly(account.run(&words), SHOWN);
    }
    // JSON escapes the same name in its own way.
    let cases = [
        format!("{init} --dry-run --output json"),
        "check alb --source web --log-type access --output json".to_owned(),
        "scan --producer alb --region us-east-1 --output json".to_owned(),
        "scan --producer alb --region us-east-1 --output sarif".to_owned(),
    ];
    each_case(cases, |words| {
        let ran = says_inertly(account.run(&words), "");
        let said = ran.json().to_string();
        assert!(
            said.contains(json!(HOSTILE).to_string().trim_matches('"')) || said.contains("f\\\\u{202e}g"),
            "{words}: {said}"
        );
    });
    says_inertly(account.run(&format!("{init} --yes --fix --exempt 3")), "no longer applies");
}

#[test]
fn the_html_page_of_a_scan_contains_no_hidden_characters() {
    let account = stopped_by(&format!("{HOSTILE}<b>&\"'"));
    hostile_events(&account);
    let file = account.home().join("report.html");
    account.run(&format!("scan --producer alb --region us-east-1 --report {}", file.display()));
    let page = fs::read_to_string(&file).unwrap();
    inert(&page);
    assert!(page.contains(SHOWN) && !page.contains("<b>&"), "{page}");
}

/// Refused and accepted changes by someone with a hostile name.
fn hostile_events(account: &Account) {
    let at = SystemTime::now() - Duration::from_hours(5);
    account.sandbox.plant_event(Event::on_bucket("PutBucketPolicy", "web-logs", at).by(HOSTILE));
    let arn = account.sandbox.load_balancer_arn("web").unwrap();
    let asked = json!({"loadBalancerArn": arn, "attributes": [{"key": format!("access_logs.{HOSTILE}")}, {"key": "access_logs.s3.enabled"}]});
    let refused = Event::on_load_balancer("ModifyLoadBalancerAttributes", &arn, at).by(HOSTILE).asking(asked);
    account.sandbox.plant_event(refused.refused(HOSTILE, HOSTILE));
}

#[test]
fn text_from_events_is_harmless() {
    let account = Account::seeded();
    hostile_events(&account);
    let ran = account.run("check alb --source web --log-type access");
    says_inertly(ran, SHOWN).says("AWS refused");
    let account = Account::seeded();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("bare-logs")));
    account
        .sandbox
        .set_attributes("web", &[("access_logs.s3.enabled", "true"), ("access_logs.s3.bucket", "bare-logs")]);
    let at = SystemTime::now() - Duration::from_hours(5);
    account.sandbox.plant_event(Event::on_bucket("DeleteBucketPolicy", "bare-logs", at).by(HOSTILE));
    says_inertly(account.run("check alb --source web --log-type access"), SHOWN);
    let ran = account.run("check alb --source web --log-type access --output json");
    says_inertly(ran, "called DeleteBucketPolicy");
}

#[test]
fn text_from_aws_errors_is_harmless() {
    let cases = [
        ("GetBucketPolicy", IN_XML),
        ("HeadBucket", IN_XML),
        ("DescribeLoadBalancers", IN_XML),
        ("GetCallerIdentity", IN_XML),
        ("DescribeKey", HOSTILE),
        ("GetKeyPolicy", HOSTILE),
        ("PutBucketPolicy", IN_XML),
    ];
    each_case(cases, |(operation, message)| {
        let account = Account::seeded();
        for code in [message, "AccessDenied"] {
            let effect = Effect::status(403, code, message);
            account.sandbox.inject(Fault { when: When::Operation(operation.to_owned()), effect });
            let to = if message == HOSTILE {
                "nlb --source edge --bucket kms-logs"
            } else {
                "alb --source web --bucket demo-logs"
            };
            for words in [
                format!("init {to} --yes --wait 0"),
                format!("init {to} --dry-run -vv --output json"),
                "scan --region us-east-1 --producer alb".to_owned(),
            ] {
                says_inertly(account.run(&words), "");
            }
        }
    });
}

#[test]
fn text_from_a_receipt_cannot_start_a_line() {
    let account = Account::seeded();
    account.run("init alb --source web --log-type access --bucket shared-logs --tag team=a --yes").ends(0);
    let folder = account.home().join(".local/state/logbucket/receipts");
    let file = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let file = file.into_iter().find(|path| path.extension().is_some_and(|end| end == "json")).unwrap();
    let mut receipt: serde_json::Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    receipt["command"] = json!(HOSTILE);
    receipt["sources"] = json!([HOSTILE]);
    receipt["producer"] = json!(HOSTILE);
    fs::write(&file, receipt.to_string()).unwrap();
    // After the run, someone tagged the bucket and moved the log.
    let tags = format!("<Tagging><TagSet><Tag><Key>{IN_XML}</Key><Value>{IN_XML}</Value></Tag></TagSet></Tagging>");
    account.sandbox.set_setting(seed::SHARED_LOGS, "tagging", Some(&tags));
    account.sandbox.set_attributes("web", &[("access_logs.s3.prefix", IN_XML)]);
    account.run("undo latest --dry-run").says("changed").says(SHOWN);
    for words in ["undo", "undo latest --dry-run", "undo latest --dry-run --output json", "undo latest --yes"] {
        says_inertly(account.run(words), "");
    }
}
