//! `check` and `init` agree: what a diagnosis calls permitted, a plan for the same answers leaves alone; what it calls dead,
//! the plan mends, or the diagnosis says why none can.

mod worlds;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

use crate::model::{Moment, Seen};
use crate::plan::{Effect, Setting, Slot, Step, plan};
use crate::producer::Source;
use crate::state::Destination;

use super::diagnosis::{Diagnosis, Health, diagnose};
use super::evidence::Evidence;
use worlds::{Dice, KEY, World, bucket, question, world};

const WORLDS: u32 = 10_000;
const NOW: Moment = Moment(1_800_000_000);

/// The world after the steps.
fn after(world: &World, steps: &[&Step]) -> World {
    let mut world = world.clone();
    for step in steps {
        match step.effect(None) {
            Effect::MakesBucket(..) => {
                let mut dice = Dice([].iter());
                world.looked.destination = Destination::Bucket(Box::new(bucket(&mut dice, &world.attachment)));
                world.looked.default_key = Seen::Absent;
            }
            Effect::BlocksPublicAccess(_) | Effect::MakesAlias(_) | Effect::MakesKey | Effect::RotatesKey => {}
            Effect::Sets(overwrite) => set(&mut world, &overwrite.slot, overwrite.after),
        }
    }
    world
}

fn set(world: &mut World, slot: &Slot, after: Option<Setting>) {
    let bucket = match &mut world.looked.destination {
        Destination::Bucket(bucket) => Some(bucket),
        Destination::Absent | Destination::LockedOut | Destination::OtherRegion(_) | Destination::Refused => None,
    };
    match (slot, after, bucket) {
        (Slot::KeyPolicy { key }, Some(Setting::Policy(Some(after))), _) => {
            for known in [&mut world.looked.default_key, &mut world.looked.report_key] {
                if let Seen::Present(known) = known
                    && known.arn == *key
                {
                    known.policy = Seen::Present(after.clone());
                }
            }
        }
        (Slot::BucketPolicy { .. }, Some(Setting::Policy(Some(after))), Some(bucket)) => {
            bucket.policy = Seen::Present(after);
        }
        (Slot::BucketEncryption { .. }, Some(Setting::Encryption(Some(after))), Some(bucket)) => {
            bucket.encryption = Seen::Present(after);
        }
        (Slot::Payer { .. }, Some(Setting::Payer(after)), Some(bucket)) => bucket.payer = Seen::Present(after),
        (Slot::BucketLogging { bucket: of, .. }, Some(Setting::Logging(after)), Some(bucket)) if *of == bucket.name => {
            bucket.logging = after.map_or(Seen::Absent, Seen::Present);
        }
        (Slot::Inventory { .. }, Some(Setting::Inventory(Some(after))), _) => {
            if after.own_key() == Some(KEY) {
                world.looked.report_key = world.looked.default_key.clone();
            }
            if let Seen::Present(target) = &mut world.attachment.target {
                target.prefix.clone_from(&after.prefix);
                target.inventory = Some(after);
            }
        }
        (Slot::LoadBalancer { .. }, Some(Setting::Attributes(after)), _) => {
            if let Source::LoadBalancer(balancer) = &mut world.attachment.source
                && let Seen::Present(attributes) = &mut balancer.attributes
            {
                attributes.extend(after);
            }
        }
        (slot, after, _) => std::panic::panic_any(format!("{slot:?} is set to {after:?}")),
    }
}

fn diagnosis(world: &World) -> Diagnosis {
    let attachment = Arc::new(world.attachment.clone());
    diagnose(&attachment, Some(&world.looked), &Evidence::NotSought, NOW)
}

/// What is wrong with the agreement of check and init about a world.
fn disagreement(world: &World, diagnosis: &Diagnosis) -> Option<String> {
    match &diagnosis.health {
        Health::Permitted | Health::Delivering | Health::Pending(_) => {
            let (request, observed) = question(world)?;
            let planned = plan(&request, &observed);
            let steps: Vec<&str> = planned.steps.iter().map(|planned| planned.step.api()).collect();
            (!steps.is_empty()).then(|| format!("permitted, and the plan has {steps:?}"))
        }
        Health::Dead => {
            let Some(cured) = &diagnosis.cure else {
                let says_why = diagnosis.findings.iter().any(|found| found.hint().is_some());
                return (!says_why).then(|| format!("dead without a cure or a reason: {:#?}", diagnosis.findings));
            };
            let (_, observed) = question(world)?;
            let planned = plan(&cured.request, &observed);
            if planned.steps.is_empty() {
                return Some("dead, and the cure has no step".to_owned());
            }
            let steps: Vec<&Step> = planned.steps.iter().map(|planned| &planned.step).collect();
            let mended = self::diagnosis(&after(world, &steps));
            let apis: Vec<&str> = steps.iter().map(|step| step.api()).collect();
            (mended.health == Health::Dead).then(|| format!("still dead after {apis:?}: {:#?}", mended.findings))
        }
        Health::CannotKnow(_) | Health::Off => None,
    }
}

/// How often each verdict is met among so many worlds, the same each time for a seed.
fn tried(worlds: u32, seed: u8) -> BTreeMap<&'static str, u32> {
    let config = Config { cases: worlds, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]));
    let verdicts = RefCell::new(BTreeMap::new());
    let result = runner.run(&prop::collection::vec(any::<u16>(), 64), |choices| {
        let world = world(&mut Dice(choices.iter()));
        let diagnosis = diagnosis(&world);
        let verdict = match diagnosis.health {
            Health::Dead => "dead",
            Health::Permitted => "permitted",
            Health::CannotKnow(_) => "cannot know",
            Health::Delivering | Health::Off | Health::Pending(_) => "other",
        };
        *verdicts.borrow_mut().entry(verdict).or_default() += 1;
        match disagreement(&world, &diagnosis) {
            None => Ok(()),
            Some(what) => Err(TestCaseError::fail(format!("{what}\nin {world:#?}"))),
        }
    });
    if let Err(error) = result {
        std::panic::panic_any(error.to_string());
    }
    verdicts.into_inner()
}

#[test]
fn check_and_init_agree() {
    let halves = std::thread::scope(|scope| {
        [1, 2].map(|seed| scope.spawn(move || tried(WORLDS / 2, seed))).map(|half| half.join().unwrap())
    });
    // Each verdict is met often enough to mean something.
    for verdict in ["dead", "permitted", "cannot know"] {
        let met: u32 = halves.iter().filter_map(|seen| seen.get(verdict)).sum();
        assert!(met > WORLDS / 20, "{verdict}: {halves:?}");
    }
}
