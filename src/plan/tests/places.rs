//! The contents of a plan: destination, sources, proof, test object and the needed consent.

use std::collections::BTreeMap;

use super::fixture::{KEY, bare, closed_key, denied, in_order, new, sse_kms, with_key};
use crate::model::{KeyArn, Seen};
use crate::plan::{ExpectedKey, Finding, Refusal, Severity, Step, StepKind};
use crate::producer::{KeyFormat, LogType, PartitionDate, Producer};
use crate::request::{Consent, Expiry};
use crate::state::{ObjectLock, ObjectStamp};

fn consent(adds: bool, replaces: bool) -> Consent {
    Consent { adds, replaces, exempts: Vec::new() }
}

#[test]
fn a_plan_includes_the_request_and_the_current_state() {
    let mut world = in_order(Producer::S3Access);
    let stamp = Seen::Present(ObjectStamp { last_modified: 7, etag: "e".to_owned() });
    world.observed.test_files = BTreeMap::from([(LogType::Access, stamp)]);
    world.draft.prefix = Some("logs/".to_owned());
    let plan = world.plan();
    assert_eq!(plan.caller, world.observed.caller);
    assert_eq!(plan.test_files, world.observed.test_files);
    assert_eq!((plan.destination.bucket.as_str(), plan.destination.prefix.as_str()), ("acme-logs", "logs/"));
    assert_eq!(plan.destination.region.as_str(), "us-east-1");
    let log_sources: Vec<(&str, &str)> =
        plan.log_sources.iter().map(|one| (one.name.as_str(), one.arn.as_str())).collect();
    assert_eq!(log_sources, [("app-data", "arn:aws:s3:::app-data")]);
    let balancer = in_order(Producer::Alb).plan();
    assert!(balancer.log_sources[0].arn.ends_with(":loadbalancer/app/web/50dc6c495c0c9188"));
    assert_eq!(balancer.destination.key_format, KeyFormat::Simple);
    assert_eq!(plan.destination.key_format, KeyFormat::Partitioned(PartitionDate::Event));
}

#[test]
fn the_key_format_follows_existing_logs_first_those_to_the_same_destination() {
    let format = |bucket: &str, prefix: &str| {
        let mut world = in_order(Producer::S3Access);
        world.logging().key_format = KeyFormat::Simple;
        world.logging().bucket = bucket.to_owned();
        world.logging().prefix = prefix.to_owned();
        world.plan().destination.key_format
    };
    assert_eq!(format("acme-logs", ""), KeyFormat::Simple);
    assert_eq!(format("theirs", ""), KeyFormat::Simple);
    assert_eq!(format("acme-logs", "x/"), KeyFormat::Simple);
    let mut off = in_order(Producer::S3Access);
    off.source_bucket().logging = Seen::Absent;
    assert_eq!(off.plan().destination.key_format, KeyFormat::Partitioned(PartitionDate::Event));
    // If only one of two sources already logs to the destination, this source decides the key format.
    let mut two = in_order(Producer::S3Access);
    two.logging().key_format = KeyFormat::Partitioned(PartitionDate::Delivery);
    let mut elsewhere = two.observed.sources[0].clone();
    if let crate::producer::Source::Bucket(bucket) = &mut elsewhere {
        bucket.logging = bucket.logging.clone().map(|logging| crate::producer::Logging {
            bucket: "theirs".to_owned(),
            key_format: KeyFormat::Simple,
            ..logging
        });
    }
    two.observed.sources.insert(0, elsewhere);
    assert_eq!(two.plan().destination.key_format, KeyFormat::Partitioned(PartitionDate::Delivery));
}

#[test]
fn no_test_object_is_written_if_it_could_not_be_deleted() {
    let mut world = in_order(Producer::Alb);
    assert_eq!(world.plan().test_object, Ok("logbucket-test-".to_owned()));
    world.draft.prefix = Some("web".to_owned());
    assert_eq!(world.plan().test_object, Ok("web/logbucket-test-".to_owned()));
    world.bucket().object_lock = Seen::Present(ObjectLock { default_retention: None });
    assert!(world.plan().test_object.is_ok());
    world.bucket().object_lock = Seen::Present(ObjectLock { default_retention: Some("GOVERNANCE 1 day".to_owned()) });
    assert_eq!(world.plan().test_object, Err("Object Lock would keep it".to_owned()));
    world.bucket().object_lock = denied("s3:GetBucketObjectLockConfiguration");
    assert!(world.plan().test_object.unwrap_err().starts_with("Object Lock might keep it: "));
    assert!(new(Producer::Alb).plan().test_object.is_ok());
}

#[test]
fn steps_are_in_dependency_order_and_findings_worst_first() {
    for producer in Producer::ALL {
        let mut world = bare(producer);
        world.draft.tags = vec!["team=web".parse().unwrap()];
        world.draft.expiry = Expiry::Chosen(Some(30));
        world.bucket().encryption = Seen::Present(sse_kms(None));
        world.bucket().payer = Seen::Present(crate::state::Payer::Requester);
        let plan = world.plan();
        assert!(plan.steps.is_sorted_by_key(|planned| planned.step.rank()), "{producer}");
        assert!(plan.findings.is_sorted_by_key(Finding::severity), "{producer}");
        assert_eq!(plan.findings[0].severity(), Severity::Error);
        let attaching: Vec<bool> = plan.steps.iter().map(|planned| planned.step.attaches()).collect();
        assert_eq!(attaching.iter().filter(|attaches| **attaches).count(), 1, "{producer}");
        assert_eq!(attaching.last(), Some(&true), "{producer}");
        let mut of_findings: Vec<&Step> =
            plan.findings.iter().flat_map(Finding::steps).map(|planned| &planned.step).collect();
        of_findings.sort_by_key(|step| step.rank());
        let steps: Vec<&Step> = plan.steps.iter().map(|planned| &planned.step).collect();
        assert_eq!(of_findings.len(), steps.len());
        assert!(steps.iter().all(|step| of_findings.contains(step)));
    }
}

#[test]
fn a_step_is_named_after_the_resource_that_it_changes() {
    let subject = |world: &super::fixture::World, api: &str| world.step(api).subject().to_owned();
    let mut fresh = new(Producer::Nlb);
    fresh.draft.kms_key = Some("create".parse().unwrap());
    for (api, expected) in [
        ("kms:CreateKey", "acme-logs"),
        ("kms:CreateAlias", "alias/logbucket-acme-logs"),
        ("s3:CreateBucket", "acme-logs"),
        ("s3:PutPublicAccessBlock", "acme-logs"),
        ("s3:PutBucketEncryption", "acme-logs"),
        ("s3:PutBucketPolicy", "acme-logs"),
        ("elasticloadbalancing:ModifyLoadBalancerAttributes", "edge"),
    ] {
        assert_eq!(subject(&fresh, api), expected, "{api}");
    }
    let mut closed = with_key(Producer::Nlb);
    closed.observed.default_key = Seen::Present(closed_key());
    assert_eq!(subject(&closed, "kms:PutKeyPolicy"), "1234abcd-12ab-34cd-56ef-1234567890ab");
    assert_eq!(subject(&bare(Producer::S3Access), "s3:PutBucketLogging"), "app-data");
    assert_eq!(subject(&bare(Producer::Inventory), "s3:PutBucketInventoryConfiguration"), "app-data");
}

#[test]
fn a_plan_is_approved_only_with_all_the_consent_that_it_needs() {
    let outcome = |world: &super::fixture::World, given: &Consent| {
        let plan = world.plan();
        match plan.approve(given) {
            Ok(approved) => {
                assert_eq!(*approved.plan(), plan);
                "approved"
            }
            Err(Refusal::NeverDelivers(findings)) => {
                assert!(!findings.is_empty() && findings.iter().all(|finding| finding.refuses()));
                "never"
            }
            Err(Refusal::NeedsFix(steps)) => {
                assert!(!steps.is_empty() && steps.iter().all(|step| step.change == StepKind::Replaces));
                "fix"
            }
            Err(Refusal::NeedsExempt(findings)) => {
                assert!(!findings.is_empty() && findings.iter().all(|finding| finding.exemption().is_some()));
                "exempt"
            }
            Err(Refusal::NotFound(findings)) => {
                assert!(!findings.is_empty() && findings.iter().all(|finding| finding.names_nothing()));
                "not found"
            }
            Err(Refusal::NeedsYes) => "yes",
        }
    };
    let nothing = in_order(Producer::Alb);
    let adds = bare(Producer::Alb);
    let mut replaces = in_order(Producer::Alb);
    replaces.bucket().encryption = Seen::Present(sse_kms(None));
    let mut never = in_order(Producer::Alb);
    never.bucket().policy = denied("s3:GetBucketPolicy");
    for (world, given, expected) in [
        (&nothing, consent(false, false), "approved"),
        (&adds, consent(false, false), "yes"),
        (&adds, consent(true, false), "approved"),
        (&adds, consent(false, true), "yes"),
        (&replaces, consent(true, false), "fix"),
        (&replaces, consent(false, true), "yes"),
        (&replaces, consent(true, true), "approved"),
        (&never, consent(true, true), "never"),
    ] {
        assert_eq!(outcome(world, &given), expected, "{given:?}");
    }
    let exempts = Consent { exempts: vec!["Guard".to_owned()], ..Consent::default() };
    assert_eq!(adds.plan().full_consent(&exempts), Consent { adds: true, replaces: false, ..exempts.clone() });
    assert_eq!(replaces.plan().full_consent(&exempts), Consent { adds: true, replaces: true, ..exempts.clone() });
    let agreed = Consent { replaces: true, ..Consent::default() };
    assert!(adds.plan().full_consent(&agreed).replaces);
}

#[test]
fn a_finding_knows_which_step_fixes_it() {
    let mut world = in_order(Producer::Alb);
    world.draft.consent.exempts = vec!["Guard".to_owned()];
    world.statement(serde_json::json!({ "Sid": "Guard", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
        "Resource": "*" }));
    world.bucket().payer = Seen::Present(crate::state::Payer::Requester);
    world.draft.tags = vec!["team=web".parse().unwrap()];
    let plan = world.plan();
    let fixed = |id: &str, api: &str| {
        let finding = plan.findings.iter().find(|finding| finding.id().as_str() == id).unwrap();
        let step = plan.steps.iter().find(|planned| planned.step.api() == api).unwrap();
        finding.is_fixed_by(step, &plan.findings)
    };
    assert!(fixed("policy-deny", "s3:PutBucketPolicy"));
    assert!(fixed("policy-grant", "s3:PutBucketPolicy"));
    assert!(fixed("tags", "s3:PutBucketTagging"));
    assert!(!fixed("policy-deny", "s3:PutBucketTagging"));
    assert!(!fixed("tags", "s3:PutBucketPolicy"));
    assert!(!fixed("requester-pays", "s3:PutBucketPolicy"));
}

#[test]
fn only_some_findings_are_about_a_source_or_name_an_exemption() {
    let mut world = in_order(Producer::Nlb);
    world.balancer().listener_protocols = Seen::Present(Vec::new());
    world.balancer().account = "444455556666".parse().unwrap();
    world.statement(serde_json::json!({ "Sid": "Guard", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
        "Resource": "*" }));
    let plan = world.plan();
    let of = |id: &str| plan.findings.iter().find(|finding| finding.id().as_str() == id).unwrap();
    assert!(of("listener-not-tls").is_about_a_source());
    assert!(of("source-other-account").is_about_a_source());
    assert!(!of("policy-deny").is_about_a_source());
    assert_eq!(of("policy-deny").exemption(), Some("Guard"));
    assert!(of("policy-deny").refuses());
    assert_eq!(of("policy-deny").hint(), None);
    assert_eq!(of("listener-not-tls").exemption(), None);
    assert!(of("listener-not-tls").hint().is_some());
}

#[test]
fn a_created_key_is_known_as_soon_as_it_exists() {
    let made: KeyArn = KEY.parse().unwrap();
    let known = ExpectedKey::Known(KEY.to_owned());
    assert_eq!(ExpectedKey::Created.resolved(Some(&made)), known);
    assert_eq!(ExpectedKey::Created.resolved(None), ExpectedKey::Unknown);
    for other in [ExpectedKey::None, ExpectedKey::Unknown, ExpectedKey::Known("k".to_owned())] {
        assert_eq!(other.resolved(Some(&made)), other);
        assert_eq!(other.resolved(None), other);
    }
    assert_eq!(with_key(Producer::Nlb).plan().expected_key, known);
}
