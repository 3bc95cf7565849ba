//! A step replaces if and only if it overwrites an existing value. The test's oracle splits settings into single values
//! and shares no code with the plan.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::fixture::{
    Changing, KEY, OTHER_KEY, World, bare, closed_key, denied, in_order, new, open_key, sse_kms, tags,
};
use super::policies::{deny, no_condition, open_question};
use super::settings::rule;
use crate::model::{BucketEncryption, KeyChoice, Seen, StorageClass, TransitionAfter};
use crate::plan::{Plan, Setting, Step, StepKind};
use crate::producer::{InventoryEncryption, Logging, Producer, Source, SourceSetting};
use crate::request::Expiry;
use crate::state::{BucketState, Payer};

/// Changes to existing settings and to the request.
const CHANGES: [(&str, Changing); 29] = [
    ("a grant", World::grant),
    ("someone's statement", |world| {
        world.statement(deny("Other", &json!({ "Bool": { "aws:SecureTransport": "false" } })));
    }),
    ("a Deny", |world| world.statement(deny("Guard", &no_condition()))),
    ("another Deny", |world| world.statement(deny("Guard2", &no_condition()))),
    ("a Deny that may strike", |world| world.statement(deny("Perhaps", &open_question()))),
    ("one exempted", |world| world.draft.consent.exempts.push("Guard".to_owned())),
    ("the other exempted", |world| world.draft.consent.exempts.push("Guard2".to_owned())),
    ("SSE-KMS", |world| world.bucket().encryption = Seen::Present(sse_kms(Some(OTHER_KEY)))),
    ("the AWS managed key", |world| world.bucket().encryption = Seen::Present(sse_kms(None))),
    ("SSE-S3 with a Bucket Key", |world| {
        world.bucket().encryption = Seen::Present(BucketEncryption { bucket_key: true, ..BucketEncryption::sse_s3() });
    }),
    ("no encryption of its own", |world| world.bucket().encryption = Seen::Absent),
    ("a key asked for", |world| {
        if world.draft.producer == Some(Producer::Nlb) {
            world.draft.encryption = None;
            world.draft.kms_key = Some(KEY.parse().unwrap());
            world.observed.default_key = Seen::Present(open_key(Producer::Nlb, world));
        }
    }),
    ("a closed key asked for", |world| {
        if world.draft.producer == Some(Producer::Nlb) {
            world.draft.encryption = None;
            world.draft.kms_key = Some(KEY.parse().unwrap());
            world.observed.default_key = Seen::Present(closed_key());
        }
    }),
    ("SSE-S3 asked for", |world| {
        if world.draft.kms_key.is_none() {
            world.draft.encryption = Some(crate::model::EncryptionKind::SseS3);
        }
    }),
    ("a payer", |world| world.bucket().payer = Seen::Present(Payer::Requester)),
    ("expiry", |world| world.draft.expiry = Expiry::Chosen(Some(60))),
    ("a transition", |world| {
        world.draft.transition = Some(TransitionAfter { days: 30, class: StorageClass::GlacierIr });
    }),
    ("reports' own key", |world| {
        if let Some(Source::Bucket(bucket)) = world.observed.sources.first_mut()
            && let Seen::Present(inventory) = &mut bucket.inventory
        {
            inventory.encryption = InventoryEncryption::SseKms(KEY.to_owned());
            world.observed.report_key = Seen::Present(open_key(Producer::Inventory, world));
        }
    }),
    ("a report key asked for", |world| {
        if world.draft.producer == Some(Producer::Inventory) {
            world.draft.choices.report_kms_key = Some(KEY.parse().unwrap());
            world.observed.report_key = Seen::Present(open_key(Producer::Inventory, world));
        }
    }),
    ("a report key to be created", |world| {
        if world.draft.producer == Some(Producer::Inventory) {
            world.draft.choices.report_kms_key = Some(KeyChoice::Create);
            world.observed.report_key = Seen::Absent;
        }
    }),
    ("an unreadable encryption", |world| world.bucket().encryption = denied("s3:GetEncryptionConfiguration")),
    ("an unreadable lifecycle", |world| world.bucket().lifecycle = denied("s3:GetLifecycleConfiguration")),
    ("unreadable tags", |world| world.bucket().tags = denied("s3:GetBucketTagging")),
    ("a tag", |world| world.draft.tags = vec!["team=web".parse().unwrap()]),
    ("tags", |world| world.bucket().tags = Seen::Present(tags(&[("team", "data"), ("x", "y")]))),
    ("other tags", |world| world.bucket().tags = Seen::Present(tags(&[("x", "y")]))),
    ("a run that stopped", |world| {
        let policy = world.bucket().policy.clone();
        world.make_unfinished();
        world.bucket().policy = policy;
    }),
    ("another place", elsewhere),
    ("rules", |world| {
        let folders = ["AWSLogs/111122223333/", "app-data/", "else/"];
        world.bucket().lifecycle = Seen::Present(folders.map(|folder| rule(folder, 9)).to_vec());
    }),
];

/// The source logs to a destination other than the requested one.
fn elsewhere(world: &mut World) {
    for source in &mut world.observed.sources {
        super::fixture::attach(source);
        match source {
            Source::LoadBalancer(balancer) => {
                let Seen::Present(attributes) = &mut balancer.attributes else { continue };
                attributes.insert("access_logs.s3.bucket".to_owned(), "old-logs".to_owned());
            }
            Source::Bucket(bucket) => {
                if let Seen::Present(logging) = &mut bucket.logging {
                    *logging = Logging { bucket: "old-logs".to_owned(), ..logging.clone() };
                }
                if let Seen::Present(inventory) = &mut bucket.inventory {
                    inventory.prefix = "old".to_owned();
                }
            }
            Source::Network(network) => {
                let Seen::Present(logs) = &mut network.flow_logs else { continue };
                for log in logs {
                    log.settings.prefix = "old".to_owned();
                }
            }
        }
    }
}

/// Returns the single values in a setting. logbucket's statements are split by source, because adding a source leaves
/// the rest unchanged.
fn values(setting: &Setting) -> BTreeSet<String> {
    match setting {
        Setting::BucketPolicy(_, None)
        | Setting::Source(
            _,
            SourceSetting::Logging(None) | SourceSetting::Inventory(None) | SourceSetting::FlowLog(None),
        )
        | Setting::BucketEncryption(_, None)
        | Setting::Payer(_, Payer::BucketOwner) => BTreeSet::new(),
        Setting::BucketPolicy(_, Some(text)) | Setting::KeyPolicy(_, text) => {
            let policy: Value = serde_json::from_str(text).unwrap();
            policy["Statement"].as_array().into_iter().flatten().flat_map(statement).collect()
        }
        Setting::BucketTags(_, tags) => tags.iter().map(|(key, value)| format!("{key}={value}")).collect(),
        Setting::Source(_, SourceSetting::Attributes(attributes)) => {
            let of = |stem: &str, name: &str| attributes.get(&format!("{stem}.{name}")).cloned().unwrap_or_default();
            let stems: BTreeSet<&str> =
                attributes.keys().filter_map(|key| key.rsplit_once('.')).map(|(stem, _)| stem).collect();
            let on = stems.into_iter().filter(|stem| of(stem, "enabled") == "true");
            on.map(|stem| format!("{stem} {} {}", of(stem, "bucket"), of(stem, "prefix"))).collect()
        }
        Setting::Source(_, SourceSetting::ClassicLog(of)) => {
            let value = || format!("{} {} {}", of.bucket, of.prefix, of.minutes());
            of.enabled.then(value).into_iter().collect()
        }
        Setting::BucketEncryption(_, Some(of)) => BTreeSet::from([format!("{of:?}")]),
        Setting::LifecycleRules { rules, .. } => rules.iter().map(|rule| format!("{rule:?}")).collect(),
        Setting::Source(_, SourceSetting::Logging(Some(of))) => BTreeSet::from([format!("{of:?}")]),
        Setting::Source(_, SourceSetting::Inventory(Some(of))) => BTreeSet::from([format!("{of:?}")]),
        Setting::Source(_, SourceSetting::FlowLog(Some(of))) => BTreeSet::from([format!("{of:?}")]),
        Setting::Payer(_, Payer::Requester) => BTreeSet::from(["requester".to_owned()]),
    }
}

fn statement(statement: &Value) -> Vec<String> {
    let ours = statement["Sid"].as_str().is_some_and(|sid| sid.starts_with("Logbucket"));
    let sources = statement.pointer("/Condition/ArnLike/aws:SourceArn").and_then(Value::as_array);
    match sources.filter(|_| ours) {
        Some(sources) => sources.iter().map(|source| format!("{} {source}", statement["Sid"])).collect(),
        None if ours => {
            let source = statement.pointer("/Condition/ArnLike/aws:SourceArn").cloned().unwrap_or_default();
            vec![format!("{} {source}", statement["Sid"])]
        }
        None => vec![statement.to_string()],
    }
}

/// Returns whether the encryption is still S3's default for the bucket of an unfinished run.
fn is_as_created(world: &World, step: &Step) -> bool {
    if !matches!(step, Step::PutBucketEncryption { .. }) {
        return false;
    }
    let BucketState::Bucket(bucket) = &world.observed.destination else { return true };
    let given = match &bucket.encryption {
        Seen::Present(of) => of.algorithm == "AES256" && of.key.is_none() && !of.bucket_key,
        Seen::Absent => true,
        Seen::Denied(_) => false,
    };
    let unfinished =
        world.observed.origin == crate::state::BucketOrigin::UnfinishedRun && bucket.policy == Seen::Absent;
    unfinished && given
}

/// Returns whether the step makes S3 delete objects in a bucket that is in use.
fn deletes_logs(world: &World, step: &Step) -> bool {
    let Step::PutExpiration { rules, .. } = step else { return false };
    let BucketState::Bucket(bucket) = &world.observed.destination else { return false };
    let unfinished =
        world.observed.origin == crate::state::BucketOrigin::UnfinishedRun && bucket.policy == Seen::Absent;
    !unfinished && rules.iter().any(|rule| rule.days.is_some())
}

/// Returns the steps that remove existing values that this run did not write.
fn overwriting(world: &World, plan: &Plan) -> Vec<String> {
    let steps = plan.steps.iter().map(|planned| &planned.step);
    let overwrites = steps.filter(|step| {
        let Some(overwrite) = step.overwrites(None) else { return false };
        if deletes_logs(world, step) {
            return true;
        }
        if is_as_created(world, step) {
            return false;
        }
        let before = overwrite.before;
        // The new value names a key that does not exist yet.
        let Some(after) = overwrite.after else { return !values(&before).is_empty() };
        // A bucket without a default encryption setting has SSE-S3.
        let before = if let Setting::BucketEncryption(bucket, None) = before {
            Setting::BucketEncryption(bucket, Some(BucketEncryption::sse_s3()))
        } else {
            before
        };
        !values(&before).is_subset(&values(&after))
    });
    overwrites.map(|step| step.api().to_owned()).collect()
}

fn replacing(plan: &Plan) -> Vec<String> {
    let replacing = plan.steps.iter().filter(|planned| planned.change == StepKind::Replaces);
    replacing.map(|planned| planned.step.api().to_owned()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_step_counts_as_replacing_only_if_it_removes_a_value_from_outside_this_run(
        producer in 0_usize..Producer::ALL.len(), base in 0_usize..3, chosen in proptest::collection::vec(0_usize..CHANGES.len(), 0..7),
    ) {
        let producer = Producer::ALL[producer];
        let mut world = match base {
            0 => bare(producer),
            1 => in_order(producer),
            _ => new(producer),
        };
        let there = matches!(world.observed.destination, BucketState::Bucket(_));
        let mut names = Vec::new();
        for (name, change) in chosen.iter().map(|at| CHANGES[*at]) {
            let asks = [
                "a key asked for",
                "SSE-S3 asked for",
                "expiry",
                "a transition",
                "a report key asked for",
                "a report key to be created",
                "a tag",
                "one exempted",
                "another place",
            ];
            if (there || asks.contains(&name)) && !names.contains(&name) {
                change(&mut world);
                names.push(name);
            }
        }
        if world.draft.clone().complete().is_err() {
            return Ok(());
        }
        let plan = world.plan();
        prop_assert_eq!(replacing(&plan), overwriting(&world, &plan), "{} {:?}: {:?}", producer, names, world.reported());
        for planned in plan.steps.iter().filter(|planned| planned.change == StepKind::Replaces) {
            prop_assert!(planned.risk.as_ref().is_some_and(|risk| !risk.text().is_empty()), "{:?}", planned);
            let found = plan.findings.iter().any(|finding| finding.is_fixed_by(planned, &plan.findings));
            prop_assert!(found, "without a finding: {:?}", planned);
        }
    }
}

#[test]
fn a_later_change_to_our_own_bucket_is_replaced_as_on_any_other_bucket() {
    let cases: [(&str, Changing, &str); 3] = [
        ("another key", |world| world.bucket().encryption = Seen::Present(sse_kms(Some(OTHER_KEY))), "replaces"),
        ("the AWS managed key", |world| world.bucket().encryption = Seen::Present(sse_kms(None)), "replaces"),
        ("what S3 gave it", |_| {}, "adds"),
    ];
    for (name, change, verb) in cases {
        let mut world = bare(Producer::Nlb);
        world.draft.kms_key = Some(KEY.parse().unwrap());
        world.observed.default_key = Seen::Present(open_key(Producer::Nlb, &world));
        world.make_unfinished();
        change(&mut world);
        let reported = world.reported();
        let put = format!("{verb} s3:PutBucketEncryption");
        assert!(reported.iter().any(|line| line.ends_with(&put)), "{name}: {reported:?}");
    }
}

#[test]
fn an_exemption_names_the_service_and_the_statements() {
    let mut world = in_order(Producer::Alb);
    world.statement(deny("Guard", &no_condition()));
    world.statement(deny("Guard2", &no_condition()));
    world.draft.consent.exempts = vec!["Guard".to_owned(), "Guard2".to_owned()];
    let Step::PutBucketPolicy { exempted: Some(exempted), .. } = world.step("s3:PutBucketPolicy") else { panic!() };
    assert_eq!(exempted.service, "logdelivery.elasticloadbalancing.amazonaws.com");
    assert_eq!(exempted.statements, ["Guard", "Guard2"]);
    let planned = world.plan().steps.into_iter().find(|planned| planned.change == StepKind::Replaces).unwrap();
    let risk = planned.risk.unwrap().text();
    assert!(risk.starts_with("`Guard`, `Guard2` no longer apply to `logdelivery"), "{risk}");
}
