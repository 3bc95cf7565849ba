//! Deny statements that block the service. Each is reported, and the service is exempted if the user approves it.

use serde_json::{Value, json};

use super::fixture::{World, attach, bare, each, in_order, source};
use super::policies::{deny, no_condition, open_question, policy_lines};
use crate::iam::Document;
use crate::model::Seen;
use crate::plan::Fix;
use crate::producer::Producer;

#[test]
fn a_deny_that_blocks_the_service_is_shown_with_its_narrower_version() {
    for producer in Producer::ALL {
        let mut world = in_order(producer);
        world.statement(deny("Guard", &no_condition()));
        assert_eq!(policy_lines(&world), ["policy-deny error: exempt Guard"], "{producer}");
        let finding = world.finding("policy-deny");
        let Fix::Exemption { narrowed, .. } = &finding.fix else { panic!() };
        let narrowed: Value = serde_json::from_str(narrowed).unwrap();
        let service = producer.facts().principal;
        assert_eq!(narrowed["Condition"]["StringNotEquals"]["aws:PrincipalServiceName"], service);
        let what = finding.what();
        assert!(what.starts_with(&format!("`s3:PutObject` by `{service}` for `")), "{what}");
        assert!(what.contains(" is denied by statement "), "{what}");
    }
    each(
        &in_order(Producer::Alb),
        &[
            (
                "of another action",
                |world| {
                    let mut other = deny("Guard", &no_condition());
                    other["Action"] = json!("s3:DeleteObject");
                    world.statement(other);
                },
                &[],
            ),
            (
                "perhaps",
                |world| world.statement(deny("Guard", &open_question())),
                &["policy-uncertain warning: nothing"],
            ),
            // Two statements with the same Sid are named by their positions.
            (
                "two of one name",
                |world| {
                    world.statement(deny("Guard", &no_condition()));
                    let mut other = deny("Guard", &no_condition());
                    other["Action"] = json!("s3:DeleteObject");
                    world.statement(other);
                },
                &["policy-deny error: exempt 2"],
            ),
            (
                "no name",
                |world| {
                    let mut nameless = deny("Guard", &no_condition());
                    nameless.as_object_mut().unwrap().remove("Sid");
                    world.statement(nameless);
                },
                &["policy-deny error: exempt 2"],
            ),
            (
                "one that spares no one yet",
                |world| {
                    world.statement(deny("Guard", &json!({ "StringNotEquals": { "aws:PrincipalServiceName": [] } })));
                },
                &["policy-deny error: exempt Guard"],
            ),
            (
                "one that can't be narrowed",
                |world| {
                    world.statement(deny("Guard", &json!({ "StringNotEquals": { "aws:PrincipalServiceName": [1] } })));
                },
                &["policy-deny error: refused"],
            ),
        ],
    );
    let mut world = in_order(Producer::Alb);
    world.statement(deny("Guard", &open_question()));
    let what = world.finding("policy-uncertain").what();
    assert!(what.starts_with(
        "could not tell whether `logdelivery.elasticloadbalancing.amazonaws.com` may call `s3:PutObject` for `web`: "
    ));
}

#[test]
fn a_deny_is_reported_once_for_all_the_sources_that_it_blocks() {
    let mut world = in_order(Producer::S3Access);
    let mut second = source(Producer::S3Access, "b-2");
    attach(&mut second);
    world.draft.sources.push("b-2".to_owned());
    world.observed.sources.push(second);
    world.bucket().policy = Seen::Absent;
    world.grant();
    world.statement(deny("Guard", &no_condition()));
    assert_eq!(policy_lines(&world), ["policy-deny error: exempt Guard"]);
    assert!(world.finding("policy-deny").what().contains(" for `app-data`, `b-2` is denied by "));
    // The NLB log service makes two requests for a source, but the source is named once.
    let mut world = in_order(Producer::Nlb);
    let mut both = deny("Guard", &no_condition());
    both["Action"] = json!("s3:*");
    world.statement(both);
    assert!(world.finding("policy-deny").what().contains(" for `edge` is denied by "));
}

#[test]
fn an_exemption_narrows_only_the_named_deny() {
    let service = Producer::Alb.facts().principal;
    let narrowed = |world: &World, index: usize| {
        let policy = world.written_policy();
        policy.raw_statements()[index]["Condition"]["StringNotEquals"]["aws:PrincipalServiceName"].clone()
    };
    let mut base = in_order(Producer::Alb);
    base.statement(deny("Guard", &no_condition()));
    for name in ["Guard", "2"] {
        let mut world = base.clone();
        world.draft.consent.exempts = vec![name.to_owned()];
        assert_eq!(
            policy_lines(&world),
            ["policy-deny error: with policy-grant", "policy-grant info: replaces s3:PutBucketPolicy"],
            "{name}"
        );
        assert_eq!(narrowed(&world, 1), service);
        let granted = Document::parse(world.bucket().policy.present().unwrap()).unwrap();
        assert_eq!(world.written_policy().raw_statements()[0], granted.raw_statements()[0]);
        assert_eq!(world.written_policy().raw_statements().len(), 2);
        assert!(world.finding("policy-deny").page().ends_with("#condition-keys-principalservicename"));
    }
    // None of these is a Deny. Each is an unknown Sid, an Allow, or a position that does not exist.
    for name in ["Other", "LogbucketAlb", "1", "0", "3"] {
        let mut world = base.clone();
        world.draft.consent.exempts = vec![name.to_owned()];
        assert_eq!(policy_lines(&world), ["policy-exempt-unknown error: refused"], "{name}");
    }
    // A Deny that blocks no one stays as it is.
    let mut idle = in_order(Producer::Alb);
    let mut other = deny("Idle", &no_condition());
    other["Action"] = json!("s3:DeleteObject");
    idle.statement(other);
    idle.draft.consent.exempts = vec!["Idle".to_owned()];
    assert_eq!(policy_lines(&idle), Vec::<String>::new());
    // A Deny that may block the service also gets an exemption.
    let mut perhaps = in_order(Producer::Alb);
    perhaps.statement(deny("Guard", &open_question()));
    perhaps.draft.consent.exempts = vec!["Guard".to_owned()];
    assert_eq!(narrowed(&perhaps, 1), service);
    // A Deny with a condition that can't be extended gets no exemption.
    let mut odd = in_order(Producer::Alb);
    let mut statement = deny("Guard", &no_condition());
    statement["Condition"] = json!({ "StringNotEquals": "x" });
    odd.statement(statement);
    assert_eq!(policy_lines(&odd), ["policy-uncertain warning: nothing"]);
    odd.draft.consent.exempts = vec!["Guard".to_owned()];
    assert_eq!(policy_lines(&odd), ["policy-deny error: refused"]);
    // A missing grant is added in the same write.
    let mut world = bare(Producer::Alb);
    world.statement(deny("Guard", &no_condition()));
    world.draft.consent.exempts = vec!["Guard".to_owned()];
    assert_eq!(
        policy_lines(&world),
        ["policy-deny error: with policy-grant", "policy-grant error: replaces s3:PutBucketPolicy"]
    );
    assert_eq!(narrowed(&world, 0), service);
    assert_eq!(world.written_policy().raw_statements()[1]["Sid"], "LogbucketAlb");
}

#[test]
fn a_sid_that_cannot_be_typed_is_replaced_by_the_statements_position() {
    for (sid, shown) in [
        ("", "2"),
        ("-guard", "2"),
        ("--", "2"),
        ("gu\u{200b}ard", "2"),
        ("gu\nard", "2"),
        ("guard-", "guard-"),
        ("my guard", "my guard"),
    ] {
        let mut world = in_order(Producer::Alb);
        world.statement(deny(sid, &no_condition()));
        assert_eq!(policy_lines(&world), [format!("policy-deny error: exempt {shown}")], "{sid:?}");
        world.draft.consent.exempts = vec![shown.to_owned()];
        let reported = policy_lines(&world);
        assert_eq!(reported.last().unwrap(), "policy-grant info: replaces s3:PutBucketPolicy", "{sid:?}");
        let what = world.finding("policy-grant").what();
        assert_eq!(what, "the plan exempts the service from a Deny statement");
    }
}
