//! The bucket policy: grants, added statements, exemptions, and the statements that stay.

use serde_json::{Value, json};

use super::fixture::{World, attach, bare, denied, each, in_order, new, source, tags};
use crate::model::Seen;
use crate::plan::{FindingId, Step};
use crate::producer::{KeyFormat, LogType, Producer};
use crate::state::{LogDeliveryAcl, Ownership};

pub(super) fn deny(sid: &str, condition: &Value) -> Value {
    json!({ "Sid": sid, "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "*",
        "Condition": condition })
}

pub(super) fn no_condition() -> Value {
    json!({})
}

/// A condition on a key that AWS does not document for any log service.
pub(super) fn open_question() -> Value {
    json!({ "StringEquals": { "aws:UserAgent": "web" } })
}

pub(super) fn allow(producer: Producer, condition: &Value) -> Value {
    json!({ "Sid": "Theirs", "Effect": "Allow", "Principal": { "Service": producer.facts().principal },
        "Action": ["s3:PutObject", "s3:GetBucketAcl"], "Resource": ["arn:aws:s3:::acme-logs", "arn:aws:s3:::acme-logs/*"],
        "Condition": condition })
}

pub(super) fn policy_lines(world: &World) -> Vec<String> {
    world.reported().into_iter().filter(|line| line.starts_with("policy-")).collect()
}

#[test]
fn a_policy_without_a_grant_gets_one_and_keeps_its_statements() {
    for producer in Producer::ALL {
        let mut world = in_order(producer);
        let theirs = json!({ "Sid": "Readers", "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:root" },
            "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-logs/*" });
        world.policy(&json!([theirs]));
        assert_eq!(policy_lines(&world), ["policy-grant error: adds s3:PutBucketPolicy"], "{producer}");
        let Step::PutBucketPolicy { before, .. } = world.step("s3:PutBucketPolicy") else { panic!() };
        assert_eq!(before.as_ref(), world.bucket().policy.present(), "{producer}");
        let after = world.written_policy();
        assert_eq!(after.raw_statements()[0], theirs);
        let ours = after.raw_statements()[1..].iter().all(|one| one["Sid"].as_str().unwrap().starts_with("Logbucket"));
        assert!(ours && after.raw_statements().len() > 1, "{producer}: {}", after.to_text());
        world.bucket().policy = Seen::Present(after.to_text());
        assert_eq!(policy_lines(&world), Vec::<String>::new(), "{producer}");
    }
}

#[test]
fn a_new_buckets_policy_allows_the_service_and_denies_plain_http() {
    let sids = |world: &World| {
        let policy = world.written_policy();
        let sids = policy.raw_statements().iter().map(|one| one["Sid"].as_str().unwrap().to_owned());
        sids.collect::<Vec<_>>()
    };
    let mut world = new(Producer::Nlb);
    assert_eq!(policy_lines(&world), ["policy-grant info: adds s3:PutBucketPolicy"]);
    assert_eq!(sids(&world), ["LogbucketNlbBucket", "LogbucketNlbObjects", "LogbucketTlsOnly"]);
    let Step::PutBucketPolicy { bucket, before, .. } = world.step("s3:PutBucketPolicy") else { panic!() };
    assert_eq!((bucket.as_str(), before), ("acme-logs", None));
    // An existing bucket only gets the Deny for plain HTTP if a receipt shows that a run stopped before it added the
    // Deny. A tag is not enough.
    world = in_order(Producer::Nlb);
    world.bucket().tags = Seen::Present(tags(&[("logbucket", "run-3f9c2a71d0b84e55")]));
    assert!(policy_lines(&world).is_empty(), "{:?}", world.reported());
    world = bare(Producer::Nlb);
    assert_eq!(sids(&world), ["LogbucketNlbBucket", "LogbucketNlbObjects"]);
    world.make_unfinished();
    assert_eq!(policy_lines(&world), ["policy-grant error: adds s3:PutBucketPolicy"]);
    assert_eq!(sids(&world), ["LogbucketNlbBucket", "LogbucketNlbObjects", "LogbucketTlsOnly"]);
}

#[test]
fn an_exemption_says_who_stays_denied() {
    let mut world = in_order(Producer::Nlb);
    world.statement(deny("Guard", &no_condition()));
    world.draft.consent.exempts = vec!["Guard".to_owned()];
    let risk = |world: &World| world.finding("policy-grant").steps()[0].risk.as_ref().unwrap().text();
    let narrowed = "`Guard` no longer applies to `delivery.logs.amazonaws.com`; everyone else stays denied";
    assert_eq!(risk(&world), narrowed);
}

#[test]
fn a_policy_that_already_allows_the_service_is_left_alone() {
    for producer in Producer::ALL {
        let with = |condition: &Value| {
            let mut world = in_order(producer);
            world.policy(&json!([allow(producer, condition)]));
            policy_lines(&world)
        };
        assert_eq!(with(&no_condition()), Vec::<String>::new(), "{producer}");
        assert_eq!(with(&open_question()), ["policy-grant warning: adds s3:PutBucketPolicy"], "{producer}");
        let never = json!({ "StringEquals": { "aws:PrincipalServiceName": "other.amazonaws.com" } });
        assert_eq!(with(&never), ["policy-grant error: adds s3:PutBucketPolicy"], "{producer}");
    }
    // The NLB log service makes two requests, and allowing only one request is not enough.
    let mut world = in_order(Producer::Nlb);
    let mut half = allow(Producer::Nlb, &no_condition());
    half["Action"] = json!("s3:PutObject");
    world.policy(&json!([half]));
    assert_eq!(policy_lines(&world), ["policy-grant error: adds s3:PutBucketPolicy"]);
    let mut perhaps = allow(Producer::Nlb, &open_question());
    perhaps["Action"] = json!("s3:PutObject");
    world.policy(&json!([perhaps]));
    assert_eq!(policy_lines(&world), ["policy-grant error: adds s3:PutBucketPolicy"]);
}

#[test]
fn only_the_sources_without_a_grant_get_one() {
    let mut world = in_order(Producer::S3Access);
    for name in ["b-2", "c-3"] {
        let mut second = source(Producer::S3Access, name);
        attach(&mut second);
        world.draft.sources.push(name.to_owned());
        world.observed.sources.push(second);
    }
    let theirs = json!({ "Sid": "Theirs", "Effect": "Allow", "Principal": { "Service": "logging.s3.amazonaws.com" },
        "Action": "s3:PutObject", "Resource": "arn:aws:s3:::acme-logs/*",
        "Condition": { "ArnLike": { "aws:SourceArn": "arn:aws:s3:::b-2" } } });
    world.policy(&json!([theirs]));
    assert_eq!(policy_lines(&world), ["policy-grant error: adds s3:PutBucketPolicy"]);
    let sources = json!(["arn:aws:s3:::app-data", "arn:aws:s3:::c-3"]);
    assert_eq!(world.written_policy().raw_statements()[1]["Condition"]["ArnLike"]["aws:SourceArn"], sources);
    let what = world.finding("policy-grant").what();
    assert!(what.starts_with("the bucket policy does not allow `logging.s3.amazonaws.com` for `app-data`, `c-3`;"));
    assert!(what.contains("; closest match: statement 1 `Theirs`: "), "{what}");
    // If one source may be allowed and another is not, a grant is missing.
    let mut unsure = theirs.clone();
    unsure["Condition"] = json!({ "ArnLike": { "aws:SourceArn": "arn:aws:s3:::app-data" },
        "StringEquals": { "aws:UserAgent": "web" } });
    world.policy(&json!([theirs, unsure]));
    assert_eq!(policy_lines(&world), ["policy-grant error: adds s3:PutBucketPolicy"]);
    unsure["Condition"] = open_question();
    world.policy(&json!([theirs, unsure]));
    assert_eq!(policy_lines(&world), ["policy-grant warning: adds s3:PutBucketPolicy"]);
    assert!(
        world.finding("policy-grant").what().contains(" for `app-data`, `c-3`: it depends on statement 2 `Theirs`: ")
    );
    world.policy(&json!([]));
    assert!(world.finding("policy-grant").what().ends_with("; it has no statements"));
}

#[test]
fn the_closest_statements_allow_the_first_source_something() {
    let mut world = in_order(Producer::S3Access);
    let theirs = |sid: &str, effect: &str, source: &str| {
        json!({ "Sid": sid, "Effect": effect, "Principal": { "Service": "logging.s3.amazonaws.com" },
            "Action": "s3:PutObject", "Resource": "arn:aws:s3:::acme-logs/*",
            "Condition": { "ArnLike": { "aws:SourceArn": source } } })
    };
    let (near, other) = (theirs("Near", "Allow", "arn:aws:s3:::b-2"), theirs("Other", "Deny", "arn:aws:s3:::c-3"));
    world.policy(&json!([near, other]));
    let what = world.finding("policy-grant").what();
    assert!(what.contains("; closest match: statement 1 `Near`: "), "{what}");
    assert!(!what.contains("Other"), "{what}");
    world.policy(&json!([other]));
    assert!(world.finding("policy-grant").what().ends_with(" for `app-data`"));
}

#[test]
fn many_sources_are_counted_in_messages_and_covered_by_account_in_policies() {
    let many = |count: usize| {
        let mut world = bare(Producer::S3Access);
        world.draft.sources = (1..=count).map(|number| format!("{}-{number:04}", "source".repeat(9))).collect();
        let sources = world.draft.sources.iter().map(|name| source(Producer::S3Access, name));
        world.observed.sources = sources.collect();
        world
    };
    let what = many(7).finding("policy-grant").what();
    assert!(what.contains("-0005` and 2 more"), "{what}");
    assert!(!many(5).finding("policy-grant").what().contains("more"));
    assert_eq!(policy_lines(&many(100)), ["policy-grant error: adds s3:PutBucketPolicy"]);
    let wide = many(300);
    assert_eq!(policy_lines(&wide), ["policy-grant error: adds s3:PutBucketPolicy", "policy-widened warning: nothing"]);
    assert!(wide.finding("policy-widened").what().starts_with("naming 300 sources one by one"));
    let policy = wide.written_policy();
    let condition = &policy.raw_statements()[0]["Condition"];
    assert_eq!(condition["ArnLike"]["aws:SourceArn"], "arn:aws:s3:::*");
    assert_eq!(condition["StringEquals"]["aws:SourceAccount"], "111122223333");
    // The statement for S3 access logs does not fit even if it names only the account. The statement for ALB logs names
    // no sources, so it can't be shortened.
    for producer in [Producer::S3Access, Producer::Alb] {
        let mut full = bare(producer);
        full.policy(&json!([{ "Sid": "x".repeat(20 * 1024 - 150), "Effect": "Allow", "Principal": "*",
            "Action": "s3:GetObject", "Resource": "*" }]));
        assert_eq!(policy_lines(&full), ["policy-too-large error: refused"], "{producer}");
        assert!(full.finding("policy-too-large").what().ends_with("bytes; the limit is 20480"));
    }
}

#[test]
fn a_policy_that_cannot_be_read_or_understood_is_not_touched() {
    each(
        &in_order(Producer::Alb),
        &[
            (
                "not to be seen",
                |world| world.bucket().policy = denied("s3:GetBucketPolicy"),
                &["policy-unreadable error: refused"],
            ),
            (
                "no policy",
                |world| world.bucket().policy = Seen::Present("[]".to_owned()),
                &["policy-unreadable error: refused"],
            ),
        ],
    );
}

#[test]
fn a_grant_works_in_a_policy_of_either_version() {
    // Without `Version` 2012-10-17, `${...}` is plain text.
    for (version, prefix, resource) in
        [("2012-10-17", "a*b/", "a${*}b/*"), ("2008-10-17", "a$b/", "a$b/*"), ("2008-10-17", "${x}/", "${x}/*")]
    {
        let mut world = bare(Producer::S3Access);
        world.draft.prefix = Some(prefix.to_owned());
        world.bucket().policy = Seen::Present(format!(r#"{{"Version":"{version}","Statement":[]}}"#));
        assert_eq!(policy_lines(&world), ["policy-grant error: adds s3:PutBucketPolicy"], "{version} {prefix}");
        let written = world.written_policy();
        assert_eq!(written.value()["Version"], version);
        let named = &written.raw_statements()[0]["Resource"];
        assert_eq!(named, &format!("arn:aws:s3:::acme-logs/{resource}"), "{version} {prefix}");
        // The written policy is enough and stays as it is.
        world.bucket().policy = Seen::Present(written.to_text());
        assert_eq!(policy_lines(&world), Vec::<String>::new(), "{version} {prefix}");
    }
}

#[test]
fn a_grant_that_would_have_no_effect_is_refused() {
    // Without `Version` 2012-10-17, `${*}` is plain text, so a prefix with `*` or `?` can't be granted.
    for prefix in ["a*b/", "why?/"] {
        let mut world = bare(Producer::S3Access);
        world.draft.prefix = Some(prefix.to_owned());
        assert_eq!(policy_lines(&world), ["policy-grant error: adds s3:PutBucketPolicy"]);
        world.bucket().policy = Seen::Present(r#"{"Version":"2008-10-17","Statement":[]}"#.to_owned());
        let reported = policy_lines(&world);
        assert_eq!(reported, ["policy-grant error: refused", "policy-grant error: adds s3:PutBucketPolicy"]);
        let hint = world.finding("policy-grant").hint().unwrap();
        assert!(hint.contains("2012-10-17"), "{hint}");
        // An additional Deny that may block the service adds no doubt, because nothing allows the service.
        world.statement(deny("Guard", &open_question()));
        assert_eq!(policy_lines(&world), reported);
    }
}

#[test]
fn a_log_delivery_acl_allows_s3_access_logs_if_acls_are_enabled() {
    let grants = |write, read_acp| Seen::Present(LogDeliveryAcl { write, read_acp });
    let reported = |producer, acl: Seen<LogDeliveryAcl>, ownership: Seen<Ownership>, guard: Option<Value>| {
        let mut world = in_order(producer);
        world.bucket().policy = Seen::Absent;
        world.bucket().log_delivery_acl = acl;
        world.bucket().ownership = ownership;
        if let Some(guard) = guard {
            world.statement(guard);
        }
        policy_lines(&world)
    };
    let preferred = || Seen::Present(Ownership::BucketOwnerPreferred);
    let enforced = || Seen::Present(Ownership::BucketOwnerEnforced);
    let unread = || denied("s3:GetBucketAcl");
    let none = Vec::<String>::new();
    let missing = ["policy-grant error: adds s3:PutBucketPolicy"];
    let doubtful = ["policy-grant warning: adds s3:PutBucketPolicy"];
    let access = Producer::S3Access;
    assert_eq!(reported(access, grants(true, true), preferred(), None), none);
    assert_eq!(reported(access, grants(true, true), Seen::Absent, None), none);
    assert_eq!(reported(access, grants(true, false), preferred(), None), missing);
    assert_eq!(reported(access, grants(false, true), preferred(), None), missing);
    assert_eq!(reported(access, Seen::Absent, preferred(), None), missing);
    assert_eq!(reported(access, grants(true, true), enforced(), None), missing);
    assert_eq!(reported(access, unread(), enforced(), None), missing);
    assert_eq!(reported(access, unread(), preferred(), None), doubtful);
    assert_eq!(reported(access, grants(true, true), denied("s3:GetBucketOwnershipControls"), None), doubtful);
    assert_eq!(reported(access, Seen::Absent, denied("s3:GetBucketOwnershipControls"), None), missing);
    assert_eq!(reported(Producer::Inventory, grants(true, true), preferred(), None), missing);
    // A Deny overrides the ACL, and a Deny that may block the service leaves the answer unknown.
    let guard = || Some(deny("Guard", &no_condition()));
    assert_eq!(reported(access, grants(true, true), preferred(), guard()), ["policy-deny error: exempt Guard"]);
    let perhaps = || Some(deny("Guard", &open_question()));
    assert_eq!(reported(access, grants(true, true), preferred(), perhaps()), ["policy-uncertain warning: nothing"]);
}

#[test]
fn an_acl_with_only_one_of_two_log_delivery_grants_names_the_missing_one() {
    for (write, read_acp, lacking) in [(true, false, "READ_ACP"), (false, true, "WRITE")] {
        let mut world = in_order(Producer::S3Access);
        world.bucket().policy = Seen::Absent;
        world.bucket().log_delivery_acl = Seen::Present(LogDeliveryAcl { write, read_acp });
        world.bucket().ownership = Seen::Present(Ownership::BucketOwnerPreferred);
        let found = world.finding("policy-grant");
        let expected = format!("; the bucket's ACL lacks `{lacking}` for the log delivery group");
        assert!(found.what().ends_with(&expected), "{}", found.what());
        assert!(found.page().ends_with("/enable-server-access-logging.html"), "{}", found.page());
        // With ACLs disabled, the other permission would not help.
        world.bucket().ownership = Seen::Present(Ownership::BucketOwnerEnforced);
        assert!(!world.finding("policy-grant").what().contains("ACL"), "{}", world.finding("policy-grant").what());
    }
}

#[test]
fn the_legacy_account_allows_only_load_balancer_logs() {
    let old = json!({ "Sid": "Old", "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::127311923021:root" },
        "Action": ["s3:PutObject", "s3:GetBucketAcl"], "Resource": ["arn:aws:s3:::acme-logs", "arn:aws:s3:::acme-logs/*"] });
    for producer in Producer::ALL {
        let mut world = in_order(producer);
        world.policy(&json!([old]));
        assert_eq!(policy_lines(&world).is_empty(), matches!(producer, Producer::Alb | Producer::Clb), "{producer}");
    }
    let mut world = in_order(Producer::Alb);
    world.policy(&json!([old, deny("Guard", &no_condition())]));
    assert!(policy_lines(&world).contains(&"policy-deny error: exempt Guard".to_owned()));
    // This Region never had such an account.
    let mut world = in_order(Producer::Alb);
    world.policy(&json!([old]));
    world.observed.region = "il-central-1".parse().unwrap();
    assert!(!policy_lines(&world).is_empty());
}

#[test]
fn a_policy_that_requires_a_header_is_judged_by_what_the_inventory_sends() {
    let guard = deny("Guard", &json!({ "StringNotEquals": { "s3:x-amz-server-side-encryption": "AES256" } }));
    let reported = |encryption| {
        let mut world = in_order(Producer::Inventory);
        world.statement(guard.clone());
        world.inventory().encryption = encryption;
        policy_lines(&world)
    };
    assert_eq!(reported(crate::producer::InventoryEncryption::SseS3), Vec::<String>::new());
    // The plan makes the configuration name SSE-S3.
    assert_eq!(
        reported(crate::producer::InventoryEncryption::BucketDefault),
        ["policy-deny error: with attachment-inventory"]
    );
    // Requests for S3 access logs carry no such header, whatever encryption an inventory of the bucket names.
    let mut world = in_order(Producer::S3Access);
    world.statement(deny("Guard", &json!({ "Null": { "s3:x-amz-server-side-encryption": "true" } })));
    assert_eq!(policy_lines(&world), ["policy-deny error: exempt Guard"]);
    world.logging().key_format = KeyFormat::Simple;
    assert_eq!(policy_lines(&world), ["policy-deny error: exempt Guard"]);
}

/// A grant for the access logs of the fixture's ALB, with this condition.
fn alb_grant(condition: &Value) -> Value {
    json!({ "Sid": "Logs", "Effect": "Allow", "Principal": { "Service": "logdelivery.elasticloadbalancing.amazonaws.com" },
        "Action": "s3:PutObject", "Resource": "arn:aws:s3:::acme-logs/AWSLogs/111122223333/*", "Condition": condition })
}

const BALANCERS: &str = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/*";

#[test]
fn the_grant_in_awss_alb_documentation_is_enough() {
    for condition in [
        json!({ "ArnLike": { "aws:SourceArn": BALANCERS } }),
        json!({ "ArnLike": { "aws:SourceArn": ["arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/*", BALANCERS] } }),
        json!({ "ArnLikeIfExists": { "aws:SourceArn": BALANCERS } }),
    ] {
        let mut world = in_order(Producer::Alb);
        world.policy(&json!([alb_grant(&condition)]));
        assert_eq!(policy_lines(&world), Vec::<String>::new(), "{condition}");
        // No second grant is added if a Deny may match.
        world.policy(&json!([
            alb_grant(&condition),
            deny("Guard", &json!({ "StringEquals": { "aws:UserAgent": "theirs" } }))
        ]));
        assert_eq!(policy_lines(&world), ["policy-uncertain warning: nothing"], "{condition}");
    }
}

#[test]
fn a_grant_on_a_condition_key_not_documented_for_albs_is_uncertain() {
    for (condition, logs) in [
        (json!({ "ArnLike": { "aws:SourceArn": BALANCERS } }), LogType::Connection),
        (json!({ "ArnLike": { "aws:SourceArn": BALANCERS } }), LogType::HealthCheck),
        (json!({ "ArnNotLike": { "aws:SourceArn": BALANCERS } }), LogType::Access),
        (json!({ "Null": { "aws:SourceArn": "true" } }), LogType::Access),
        (json!({ "StringEquals": { "s3:x-amz-server-side-encryption": "AES256" } }), LogType::Access),
        (json!({ "Null": { "s3:x-amz-server-side-encryption": "true" } }), LogType::Access),
    ] {
        let mut world = in_order(Producer::Alb);
        world.draft.choices.log_types = [logs].into();
        world.policy(&json!([alb_grant(&condition)]));
        let lines = policy_lines(&world);
        assert!(!lines.is_empty(), "{condition} {logs:?} is called open");
        assert!(lines.iter().all(|line| !line.contains(" error: ")), "{condition} {logs:?}: {lines:?}");
    }
}

#[test]
fn a_deny_on_a_condition_key_not_documented_for_albs_is_uncertain_and_named() {
    for (condition, key) in [
        (json!({ "ArnNotLike": { "aws:SourceArn": BALANCERS } }), "aws:SourceArn"),
        (json!({ "Null": { "aws:SourceArn": "true" } }), "aws:SourceArn"),
        (json!({ "Null": { "aws:SourceArn": "false" } }), "aws:SourceArn"),
        (json!({ "Null": { "s3:x-amz-server-side-encryption": "true" } }), "s3:x-amz-server-side-encryption"),
        (
            json!({ "StringNotEquals": { "s3:x-amz-server-side-encryption": "AES256" } }),
            "s3:x-amz-server-side-encryption",
        ),
        (
            json!({ "StringNotEqualsIfExists": { "s3:x-amz-server-side-encryption": "AES256" } }),
            "s3:x-amz-server-side-encryption",
        ),
    ] {
        let mut world = in_order(Producer::Alb);
        world.statement(deny("Guard", &condition));
        assert_eq!(policy_lines(&world), ["policy-uncertain warning: nothing"], "{condition}");
        let plan = world.plan();
        let found = plan.findings.iter().find(|finding| finding.id() == FindingId::PolicyUncertain).unwrap();
        assert!(found.what().contains("`Guard`") && found.what().contains(key), "{}", found.what());
    }
}

#[test]
fn a_deny_that_applies_whatever_an_alb_sends_is_certain() {
    for condition in [
        json!({ "StringNotEquals": { "s3:x-amz-server-side-encryption": "aws:kms" } }),
        json!({ "Null": { "s3:x-amz-server-side-encryption-aws-kms-key-id": "true" } }),
        json!({ "ArnNotLike": { "aws:SourceArn": "arn:aws:elasticloadbalancing:*:999999999999:loadbalancer/*" } }),
    ] {
        let mut world = in_order(Producer::Alb);
        world.statement(deny("Guard", &condition));
        assert_eq!(policy_lines(&world), ["policy-deny error: exempt Guard"], "{condition}");
    }
}
