//! Load balancers and buckets that a template describes: the warnings, and what to put into the template.

use sandbox::{BucketSeed, Effect, Fault, LoadBalancerSeed, When};
use serde_json::{Value, json};

use crate::account::{Account, Ran};
use crate::tables::each_case;
use crate::terminal::{Key, Terminal};

const STACK: [(&str, &str); 3] = [
    ("aws:cloudformation:stack-name", "front"),
    ("aws:cloudformation:stack-id", "arn:aws:cloudformation:us-east-1:111122223333:stack/front/0a1b2c3d"),
    ("aws:cloudformation:logical-id", "Marked"),
];
const TERRAFORM: [(&str, &str); 2] = [("Name", "marked"), ("ManagedBy", "Terraform")];

fn tagging(tags: &[(&str, &str)]) -> String {
    let text = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let tag =
        |(key, value): &(&str, &str)| format!("<Tag><Key>{}</Key><Value>{}</Value></Tag>", text(key), text(value));
    format!("<Tagging><TagSet>{}</TagSet></Tagging>", tags.iter().map(tag).collect::<String>())
}

/// The seeded account with two load balancers (`marked`, `marked-net`) and a bucket (`marked-logs`) with these tags.
fn account(tags: &[(&str, &str)]) -> Account {
    let account = Account::seeded();
    let tagged = |seed: LoadBalancerSeed| tags.iter().fold(seed, |seed, (key, value)| seed.tagged(key, value));
    account.wait(account.sandbox.put_load_balancer(tagged(LoadBalancerSeed::application("marked"))));
    account.wait(account.sandbox.put_load_balancer(tagged(LoadBalancerSeed::network("marked-net", "TLS"))));
    account.wait(account.sandbox.put_bucket(BucketSeed::new("marked-logs").setting("tagging", &tagging(tags))));
    account
}

/// The subject and the template of each `managed-by-template` finding.
#[track_caller]
fn templates(ran: &Ran) -> Vec<(String, Value)> {
    let document = ran.json();
    let findings = document["plan"]["findings"].as_array().unwrap();
    let found = findings.iter().filter(|finding| finding["id"] == "managed-by-template");
    found.map(|finding| (finding["subject"].as_str().unwrap().to_owned(), finding["template"].clone())).collect()
}

#[test]
fn for_each_producer_the_stacks_of_source_and_destination_are_reported() {
    let cases = [
        ("alb --source marked", "marked", "LoadBalancerAttributes"),
        ("nlb --source marked-net", "marked-net", "LoadBalancerAttributes"),
        ("s3-access --source marked-logs", "marked-logs", "LoggingConfiguration"),
        ("inventory --source marked-logs", "marked-logs", "InventoryConfigurations"),
    ];
    each_case(cases, |(words, source, property)| {
        let account = account(&STACK);
        let ran = account.run(&format!("init {words} --bucket new-logs --dry-run --output json")).ends(0);
        let found = templates(&ran);
        let [(subject, template)] = &found[..] else { panic!("{words}: {found:?}") };
        assert_eq!(subject, source, "{words}");
        let said = json!([template["tool"], template["stack"], template["resource"]]);
        assert_eq!(said, json!(["cloudformation", "front", "Marked"]), "{words}");
        let snippet = template["snippet"].as_str().unwrap();
        assert!(snippet.contains("\nMarked:\n") || snippet.starts_with("Marked:\n"), "{snippet}");
        assert!(snippet.contains(property), "{snippet}");
        // A bucket that does not exist yet belongs to no stack.
        account.run(&format!("init {words} --bucket shared-logs --dry-run --output json")).ends(0);
    });
    let ran = account(&STACK).run("init alb --source web --bucket marked-logs --dry-run --output json").ends(0);
    let found = templates(&ran);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, "marked-logs");
    assert!(found[0].1["snippet"].as_str().unwrap().contains("AWS::S3::BucketPolicy"), "{found:?}");
}

#[test]
fn for_each_producer_apparent_terraform_resources_are_reported() {
    let cases = [
        ("alb --source marked --log-type access,connection,health-check", "health_check_logs {"),
        ("nlb --source marked-net", "access_logs {"),
        ("s3-access --source marked-logs", "resource \"aws_s3_bucket_logging\""),
        ("inventory --source marked-logs", "resource \"aws_s3_bucket_inventory\""),
    ];
    each_case(cases, |(words, block)| {
        let account = account(&TERRAFORM);
        let ran = account.run(&format!("init {words} --bucket new-logs --dry-run --output json")).ends(0);
        let found = templates(&ran);
        assert_eq!(found.len(), 1, "{words}: {found:?}");
        assert_eq!(found[0].1["tool"], "terraform");
        assert!(found[0].1["stack"].is_null() && found[0].1["resource"].is_null());
        assert!(found[0].1["snippet"].as_str().unwrap().contains(block), "{found:?}");
    });
}

#[test]
fn the_text_output_names_the_stack_and_shows_what_to_write() {
    let of_stack = account(&STACK);
    let stack = of_stack.run("init alb --source marked --bucket marked-logs --prefix team --dry-run").ends(0);
    let of_terraform = account(&TERRAFORM);
    let words = "init s3-access --source marked-logs --bucket new-logs --prefix s3/ --dry-run";
    let terraform = of_terraform.run(words).ends(0);
    insta::assert_snapshot!("cloudformation", stack.stdout);
    insta::assert_snapshot!("terraform", terraform.stdout);
}

#[test]
fn the_warning_does_not_stop_a_run_and_disappears_with_the_steps() {
    let account = account(&STACK);
    let words = "init alb --source marked --bucket marked-logs --yes";
    account.run(words).ends(0).says("proven").says("managed-by-template");
    let again = account.run(words).ends(0).says("nothing to change");
    assert!(!again.stdout.contains("managed-by-template"), "{}", again.stdout);
}

#[test]
fn untagged_resources_cause_no_warning() {
    each_case([&[][..], &[("Name", "terraform-state"), ("team", "cloudformation")]], |tags| {
        let account = account(tags);
        for words in ["alb --source marked --bucket marked-logs", "s3-access --source marked-logs --bucket new-logs"] {
            let ran = account.run(&format!("init {words} --dry-run --output json")).ends(0);
            assert_eq!(templates(&ran), [], "{words}");
        }
    });
}

#[test]
fn denied_tags_neither_cause_a_warning_nor_stop_a_run() {
    let cases = [
        ("alb --source marked --bucket new-logs", "DescribeTags"),
        ("s3-access --source marked-logs --bucket new-logs", "GetBucketTagging"),
        ("inventory --source marked-logs --bucket new-logs", "GetBucketTagging"),
    ];
    each_case(cases, |(words, operation)| {
        for effect in [Effect::access_denied(), Effect::status(500, "InternalError", "try again")] {
            let account = account(&STACK);
            account.sandbox.inject(Fault { when: When::Operation(operation.to_owned()), effect });
            let ran = account.run(&format!("init {words} --yes --output json")).ends(0);
            assert_eq!(templates(&ran), [], "{words}");
        }
    });
}

#[test]
fn tags_are_always_shown_as_plain_text() {
    let tags =
        [("aws:cloudformation:stack-name", "a\"b${c}\n\u{9b}31md"), ("aws:cloudformation:logical-id", "x: {y}\nz")];
    let text = account(&tags).run("init alb --source marked --bucket marked-logs --dry-run").ends(0).stdout;
    assert!(!text.contains(['\u{1b}', '\u{9b}']) && text.contains("\\u{9b}31md"), "{text}");
    assert!(text.contains("\"x: {y}\\nz\":\n"), "{text}");
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Own","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::marked-logs/${aws:username}/%{a}/\u001b[31m\"*"}]}"#;
    let account = account(&[("Terraform", "\u{9b}31m${file(\"/etc/passwd\")}")]);
    account.sandbox.set_policy("marked-logs", Some(policy));
    let text = account.run("init alb --source web --bucket marked-logs --dry-run").ends(0).stdout;
    assert!(!text.contains(['\u{1b}', '\u{9b}']), "{text}");
    assert!(text.contains(r#""arn:aws:s3:::marked-logs/$${aws:username}/%%{a}/\u001B[31m\"*""#), "{text}");
}

#[test]
fn the_wizard_shows_the_stack_before_it_asks() {
    let account = account(&STACK);
    let words = "init s3-access --source marked-logs --bucket new-logs";
    let terminal = Terminal::start_at(&account, words, 100, 80, &[]);
    terminal.shows("what now?").shows("of the CloudFormation stack `front`").shows("LoggingConfiguration:");
    terminal.press(Key::Enter);
    terminal.wait_for_end().exited_with(0);
}

#[test]
fn a_buckets_stack_is_not_a_cause_of_missing_logs() {
    let account = account(&STACK);
    account.run("init alb --source marked --bucket marked-logs --yes").ends(0);
    account.sandbox.set_policy("marked-logs", None);
    let ran = account.run("check alb --source marked --output json").ends(3);
    assert!(!ran.stdout.contains("managed-by-template"), "{}", ran.stdout);
    let ran = account.run("scan --output json");
    assert!(!ran.stdout.contains("managed-by-template"), "{}", ran.stdout);
}
