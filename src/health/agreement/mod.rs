//! Property test: `check` and `init` agree. If a diagnosis says permitted, a plan for the same state changes nothing.
//! If it says dead, the plan fixes the log, or the diagnosis says why no plan can. The service's objects settle a doubt
//! in both `check` and `init`, and never hide a certain refusal.

mod worlds;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

use crate::model::{Encryption, Moment, Seen};
use crate::plan::{Finding, FindingId, Plan, Setting, Step, StepEffect, Weight, plan};
use crate::producer::{Source, SourceSetting, SourceSlot};
use crate::request::Request;
use crate::state::{BucketState, Observed};

use super::diagnosis::{Diagnosis, Health, diagnose};
use super::evidence::{Evidence, shown};
use super::last_change::LastChange;
use super::relevance::weight;
use worlds::{Dice, KEY, LogWorld, bucket, question, world};

/// Findings about unreadable settings. Each finding has two case names: the first without a proof, the second with a
/// log that proves delivery.
const UNREAD: [(FindingId, &str, &str); 3] = [
    (FindingId::PolicyUnreadable, "policy unread", "policy unread, proven"),
    (FindingId::EncryptionUnreadable, "encryption unread", "encryption unread, proven"),
    (FindingId::KeyPolicyUnreadable, "key unread", "key unread, proven"),
];

const WORLDS: u32 = 10_000;
const NOW: Moment = Moment(1_800_000_000);

/// Returns the world after the steps.
fn after(world: &LogWorld, steps: &[&Step]) -> LogWorld {
    let mut world = world.clone();
    for step in steps {
        match step.effect(None) {
            StepEffect::MakesBucket(..) => {
                let mut dice = Dice([].iter());
                world.state.destination = BucketState::Bucket(Box::new(bucket(&mut dice, &world.attachment)));
                world.state.default_key = Seen::Absent;
            }
            StepEffect::BlocksPublicAccess(_)
            | StepEffect::MakesAlias(_)
            | StepEffect::MakesKey
            | StepEffect::RotatesKey => {}
            StepEffect::Sets(overwrite) => set(&mut world, overwrite.after.unwrap()),
        }
    }
    // The next delivery ends AWS's report of a failed one.
    if let Source::Network(network) = &mut world.attachment.source
        && let Seen::Present(logs) = &mut network.flow_logs
    {
        for log in logs {
            log.status = None;
        }
    }
    world
}

fn set(world: &mut LogWorld, after: Setting) {
    let bucket = match &mut world.state.destination {
        BucketState::Bucket(bucket) => Some(bucket),
        BucketState::Absent | BucketState::LockedOut | BucketState::OtherRegion(_) | BucketState::Refused => None,
    };
    match (after, bucket) {
        (Setting::KeyPolicy(key, after), _) => {
            for known in [&mut world.state.default_key, &mut world.state.report_key] {
                if let Seen::Present(known) = known
                    && known.arn == key
                {
                    known.policy = Seen::Present(after.clone());
                }
            }
        }
        (Setting::BucketPolicy(_, Some(after)), Some(bucket)) => bucket.policy = Seen::Present(after),
        (Setting::BucketEncryption(_, Some(after)), Some(bucket)) => bucket.encryption = Seen::Present(after),
        (Setting::Payer(_, after), Some(bucket)) => bucket.payer = Seen::Present(after),
        (
            Setting::Source(SourceSlot::BucketLogging { bucket: of, .. }, SourceSetting::Logging(after)),
            Some(bucket),
        ) if of == bucket.name => {
            bucket.logging = after.map_or(Seen::Absent, Seen::Present);
        }
        (Setting::Source(SourceSlot::Inventory { .. }, SourceSetting::Inventory(Some(after))), _) => {
            if after.own_key() == Some(KEY) {
                world.state.report_key = world.state.default_key.clone();
            }
            if let Seen::Present(target) = &mut world.attachment.target {
                target.prefix.clone_from(&after.prefix);
                target.inventory = Some(after);
            }
        }
        (Setting::Source(SourceSlot::LoadBalancer { .. }, SourceSetting::Attributes(after)), _) => {
            if let Source::LoadBalancer(balancer) = &mut world.attachment.source
                && let Seen::Present(attributes) = &mut balancer.attributes
            {
                attributes.extend(after);
            }
        }
        (Setting::Source(SourceSlot::ClassicLog { .. }, SourceSetting::ClassicLog(after)), _) => {
            if let Source::LoadBalancer(balancer) = &mut world.attachment.source {
                balancer.attributes = Seen::Present(after.to_attributes());
            }
        }
        (after, _) => std::panic::panic_any(format!("set to {after:?}")),
    }
}

fn diagnosis(world: &LogWorld, evidence: &Evidence) -> Diagnosis {
    let attachment = Arc::new(world.attachment.clone());
    diagnose(&attachment, Some(&world.state), evidence, NOW)
}

/// How `init` plans.
type Planning = fn(&Request, &Observed) -> Plan;

/// Returns the plan of `init` for the log's current configuration. The plan takes delivered objects into account.
fn planned(world: &LogWorld, by_settings: &Diagnosis, plan: Planning) -> Option<Plan> {
    let (request, mut observed) = question(world)?;
    if let Evidence::Searched(searched) = &world.evidence
        && by_settings.may_be_settled()
    {
        observed.shown.extend(shown(&world.attachment, &world.state, searched, NOW).map(|shown| (0, shown)));
    }
    Some(plan(&request, &observed))
}

/// Returns two answers: whether the newest log is newer than the last change to the setting in doubt, and whether AWS's
/// test file is.
fn came_since(world: &LogWorld) -> (bool, bool) {
    let Evidence::Searched(searched) = &world.evidence else { return (false, false) };
    let since = |written: i64| match searched.change {
        LastChange::At(Moment(change)) => written >= change,
        LastChange::NotInHistory => written > NOW.0 - 90 * 24 * 60 * 60,
        LastChange::Unseen => false,
        LastChange::NotKnown => written >= NOW.0 - world.attachment.fresh_for(),
    };
    let log = searched.newest.found().is_some_and(|found| since(found.stamp.last_modified));
    (log, searched.test_file.as_ref().is_some_and(|found| since(found.stamp.last_modified)))
}

/// Returns whether a recent log is encrypted with the bucket's default key. The key must be set by its ARN.
fn came_by_default(world: &LogWorld) -> bool {
    let Evidence::Searched(searched) = &world.evidence else { return false };
    let (Some(newest), Some(bucket)) = (searched.newest.found(), world.state.destination.bucket()) else {
        return false;
    };
    let is_default = bucket.encryption.present().is_some_and(|default| {
        let by_key = default.key.as_deref().is_some_and(|key| key.starts_with("arn:")) && newest.kms_key == default.key;
        by_key && newest.algorithm.as_ref() == Some(&default.algorithm)
    });
    let is_there = match &world.state.default_key {
        Seen::Present(key) => key.state == "Enabled",
        Seen::Denied(_) => true,
        Seen::Absent => false,
    };
    is_default && is_there && came_since(world).0 && newest.stamp.last_modified >= NOW.0 - world.attachment.fresh_for()
}

/// Returns the first mistake in a diagnosis that took objects into account. `by_settings` is the diagnosis without
/// objects.
fn misjudged_evidence(world: &LogWorld, by_settings: &Diagnosis, diagnosis: &Diagnosis) -> Option<String> {
    let Evidence::Searched(searched) = &world.evidence else { return None };
    let is_in_doubt = |diagnosis: &Diagnosis| diagnosis.findings.iter().any(Finding::is_doubt);
    let (log, test_file) = came_since(world);
    // An object whose encryption is unknown can't contradict the settings.
    let is_unmarked = searched.newest.found().is_some_and(|found| found.algorithm.is_none());
    // One log says nothing about a statement that matches only some of the requests.
    let is_partial = diagnosis.findings.iter().any(|found| found.is_doubt() && found.what().contains("only some of"));
    // A certain refusal is never settled.
    if log && is_unmarked && diagnosis.health != Health::Dead && is_in_doubt(diagnosis) && !is_partial {
        return Some(format!("a log came since the last change, and is in doubt: {:#?}", diagnosis.findings));
    }
    if !log && !test_file && is_in_doubt(by_settings) && !is_in_doubt(diagnosis) {
        return Some("nothing came since the last change, and nothing is in doubt any more".to_owned());
    }
    if is_partial && diagnosis.health == Health::Delivering {
        return Some("delivering, and a statement may match other files".to_owned());
    }
    // A recent log contradicts AWS's report of a failed delivery.
    let is_recent = searched
        .newest
        .found()
        .is_some_and(|found| Moment(found.stamp.last_modified).until(NOW) <= world.attachment.fresh_for());
    let is_lifted = by_settings.health == Health::Dead && diagnosis.health != Health::Dead;
    let is_unsettled = by_settings.findings.iter().any(|found| {
        let weight = weight(found, &world.attachment, world.state.destination.bucket());
        let is_settled = (found.id() == FindingId::EncryptionNotWritable && came_by_default(world))
            || (by_settings.inferred.contains(&found.id()) && log)
            || (found.id() == FindingId::DeliveryFailed && is_recent);
        weight == Weight::Stops && !is_settled
    });
    (is_lifted && is_unsettled).then(|| format!("a certain refusal is gone: {:#?}", by_settings.findings))
}

/// Returns the disagreement between `check` and `init` about a world, if any.
fn disagreement(world: &LogWorld, by_settings: &Diagnosis, diagnosis: &Diagnosis, plan: Planning) -> Option<String> {
    match &diagnosis.health {
        Health::Permitted | Health::Delivering | Health::Pending(_) => {
            let planned = planned(world, by_settings, plan)?;
            let steps: Vec<&str> = planned.steps.iter().map(|planned| planned.step.api()).collect();
            let refusals: Vec<&Finding> = planned.findings.iter().filter(|found| found.refuses()).collect();
            let acts = !steps.is_empty() || !refusals.is_empty();
            acts.then(|| format!("permitted, and the plan has {steps:?} and is refused for {refusals:#?}"))
        }
        Health::Dead => {
            let Some(fixed) = &diagnosis.fix else {
                let says_why = diagnosis.findings.iter().any(Finding::never_delivers);
                return (!says_why).then(|| format!("dead without a fix or a reason: {:#?}", diagnosis.findings));
            };
            let (_, observed) = question(world)?;
            let planned = plan(&fixed.request, &observed);
            if planned.steps.is_empty() {
                return Some("dead, and the fix has no step".to_owned());
            }
            let steps: Vec<&Step> = planned.steps.iter().map(|planned| &planned.step).collect();
            let repaired = after(world, &steps);
            let then = self::diagnosis(&repaired, &Evidence::NotSearched);
            let apis: Vec<&str> = steps.iter().map(|step| step.api()).collect();
            // A log that arrived settles an inferred cause, both before and after the fix.
            let (log, _) = came_since(world);
            let bucket = repaired.state.destination.bucket();
            let blocks = |found: &&Finding| weight(found, &repaired.attachment, bucket) == Weight::Stops;
            let is_settled =
                log && then.findings.iter().filter(blocks).all(|found| then.inferred.contains(&found.id()));
            let is_dead = then.health == Health::Dead && !is_settled;
            if is_dead {
                return Some(format!("still dead after {apis:?}: {:#?}", then.findings));
            }
            // If a doubt remains, the plan must name it.
            let is_named = |found: &&Finding| planned.findings.iter().any(|named| named.id() == found.id());
            let hides = |found: &&Finding| weight(found, &repaired.attachment, bucket) == Weight::Hides;
            let unnamed: Vec<&Finding> = then.findings.iter().filter(hides).filter(|found| !is_named(found)).collect();
            let is_unnamed = matches!(then.health, Health::Unknown(_)) && !unnamed.is_empty();
            is_unnamed.then(|| format!("in doubt after {apis:?}, and the plan does not say so: {unnamed:#?}"))
        }
        Health::Unknown(_) | Health::Off => None,
    }
}

/// Counts each verdict over `worlds` random worlds. The same seed gives the same worlds. The error is the first
/// disagreement.
fn tried(worlds: u32, seed: u8, plan: Planning) -> Result<BTreeMap<&'static str, u32>, String> {
    let config = Config { cases: worlds, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]));
    let verdicts = RefCell::new(BTreeMap::new());
    let result = runner.run(&prop::collection::vec(any::<u16>(), 80), |choices| {
        let world = world(&mut Dice(choices.iter()));
        let by_settings = diagnosis(&world, &Evidence::NotSearched);
        let diagnosis = match &world.evidence {
            Evidence::NotSearched => by_settings.clone(),
            searched @ Evidence::Searched(_) => diagnosis(&world, searched),
        };
        let verdict = match diagnosis.health {
            Health::Dead => "dead",
            // Pending means permitted, after a search for objects.
            Health::Permitted | Health::Pending(_) => "permitted",
            Health::Unknown(_) => "unknown",
            Health::Delivering => "delivering",
            Health::Off => "off",
        };
        if by_settings.is_doubtful(&world.state) && matches!(diagnosis.health, Health::Delivering | Health::Pending(_))
        {
            *verdicts.borrow_mut().entry("settled").or_default() += 1;
        }
        *verdicts.borrow_mut().entry(verdict).or_default() += 1;
        for (id, open, proven) in UNREAD {
            let says = |diagnosis: &Diagnosis, id| diagnosis.findings.iter().any(|found| found.id() == id);
            let is_proven = says(&diagnosis, FindingId::UnreadButProven) && !says(&diagnosis, id);
            if says(&by_settings, id) && diagnosis.health != Health::Dead {
                *verdicts.borrow_mut().entry(if is_proven { proven } else { open }).or_default() += 1;
            }
        }
        let wrong = misjudged_evidence(&world, &by_settings, &diagnosis);
        match wrong.or_else(|| disagreement(&world, &by_settings, &diagnosis, plan)) {
            None => Ok(()),
            Some(what) => Err(TestCaseError::fail(format!("{what}\nin {world:#?}"))),
        }
    });
    result.map_err(|error| error.to_string())?;
    Ok(verdicts.into_inner())
}

#[test]
fn check_and_init_agree() {
    let halves = std::thread::scope(|scope| {
        [1, 2].map(|seed| scope.spawn(move || tried(WORLDS / 2, seed, plan))).map(|half| half.join().unwrap().unwrap())
    });
    // Each verdict occurs often enough for the test to mean something.
    for (verdict, enough) in [
        ("dead", WORLDS / 20),
        ("permitted", WORLDS / 20),
        ("unknown", WORLDS / 20),
        ("delivering", WORLDS / 50),
        ("settled", WORLDS / 200),
        ("policy unread", WORLDS / 200),
        ("policy unread, proven", WORLDS / 200),
        ("encryption unread", WORLDS / 200),
        ("encryption unread, proven", WORLDS / 500),
        ("key unread", WORLDS / 1000),
        ("key unread, proven", WORLDS / 1000),
    ] {
        let met: u32 = halves.iter().filter_map(|seen| seen.get(verdict)).sum();
        assert!(met > enough, "{verdict}: {halves:?}");
    }
}

/// Plans without changing a policy.
fn without_policies(request: &Request, observed: &Observed) -> Plan {
    let mut plan = plan(request, observed);
    plan.steps.retain(|planned| !matches!(planned.step, Step::PutBucketPolicy { .. } | Step::PutKeyPolicy { .. }));
    plan
}

/// Plans as if no log had arrived.
fn without_objects(request: &Request, observed: &Observed) -> Plan {
    plan(request, &Observed { shown: BTreeMap::new(), ..observed.clone() })
}

/// Plans as if the bucket had no policy.
fn without_the_bucket_policy(request: &Request, observed: &Observed) -> Plan {
    let mut observed = observed.clone();
    if let BucketState::Bucket(bucket) = &mut observed.destination {
        bucket.policy = Seen::Absent;
    }
    plan(request, &observed)
}

/// Plans to replace any default encryption with SSE-S3.
fn with_sse_s3(request: &Request, observed: &Observed) -> Plan {
    plan(&Request { encryption: Encryption::SseS3, ..request.clone() }, observed)
}

#[test]
fn an_init_that_plans_differently_from_check_is_found() {
    let broken: [(&str, Planning, &str); 4] = [
        ("changes no policy", without_policies, "dead"),
        ("ignores delivered objects", without_objects, "permitted, and the plan has"),
        ("ignores the bucket policy", without_the_bucket_policy, "permitted, and the plan has"),
        ("always asks for SSE-S3", with_sse_s3, "permitted, and the plan has"),
    ];
    for (name, plan, disagreement) in broken {
        let found = tried(WORLDS / 10, 1, plan);
        assert!(found.as_ref().is_err_and(|found| found.contains(disagreement)), "{name}: {found:?}");
    }
}
