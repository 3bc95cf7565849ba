//! Slots: their names, their effect on a log service, and their possible values.

use crate::producer::{SourceSetting, SourceSlot};
use std::collections::BTreeMap;

use super::fixture::{ACCOUNT, KEY};
use super::settings::rule;
use crate::model::{BucketEncryption, BucketName};
use crate::plan::{Slot, StoredValue};
use crate::state::Payer;

fn bucket() -> BucketName {
    "acme-logs".parse().unwrap()
}

/// A slot of each kind, by a short name. The source is the bucket `app-data` or the load balancer `web`.
fn slots() -> Vec<(&'static str, Slot)> {
    let (source, region): (BucketName, _) = ("app-data".parse().unwrap(), "us-east-1".parse().unwrap());
    let arn = format!("arn:aws:elasticloadbalancing:us-east-1:{ACCOUNT}:loadbalancer/app/web/50dc6c495c0c9188");
    let balancer = Slot::Source(SourceSlot::LoadBalancer {
        arn: arn.parse().unwrap(),
        name: "web".to_owned(),
        attributes: vec!["access_logs.s3.enabled".to_owned()],
    });
    let inventory = Slot::Source(SourceSlot::Inventory {
        bucket: source.clone(),
        region: "us-east-1".parse().unwrap(),
        id: "all".parse().unwrap(),
    });
    vec![
        ("encryption", Slot::BucketEncryption { bucket: bucket() }),
        ("logging", Slot::Source(SourceSlot::BucketLogging { bucket: source, region })),
        ("policy", Slot::BucketPolicy { bucket: bucket() }),
        ("tags", Slot::BucketTags { bucket: bucket() }),
        ("inventory", inventory),
        ("key", Slot::KeyPolicy { key: KEY.parse().unwrap() }),
        ("rules", Slot::LifecycleRules { bucket: bucket(), ids: vec![rule("a/", 1).id, rule("b/", 1).id] }),
        ("balancer", balancer),
        ("payer", Slot::Payer { bucket: bucket() }),
    ]
}

fn named(of: impl Fn(&Slot) -> bool) -> Vec<&'static str> {
    slots().into_iter().filter(|(_, slot)| of(slot)).map(|(name, _)| name).collect()
}

#[test]
fn a_slot_knows_its_destination_and_its_role() {
    assert_eq!(named(Slot::attaches), ["logging", "inventory", "balancer"]);
    assert_eq!(named(Slot::admits), ["encryption", "policy", "key", "payer"]);
    let of_destination = ["encryption", "policy", "tags", "rules", "payer"];
    assert_eq!(named(|slot| slot.destination() == Some(&bucket())), of_destination);
    assert_eq!(named(|slot| slot.destination().is_some()), of_destination);
}

#[test]
fn a_slot_has_a_name_that_fits_into_a_sentence() {
    let titles: Vec<String> = slots().iter().map(|(_, slot)| slot.title()).collect();
    assert_eq!(
        titles,
        [
            "the default encryption of `acme-logs`",
            "where `app-data` logs",
            "the policy of `acme-logs`",
            "the tags of `acme-logs`",
            "the inventory `all` of `app-data`",
            &format!("the policy of `{KEY}`"),
            "the lifecycle rules of `acme-logs`",
            "where `web` logs",
            "who pays for requests to `acme-logs`",
        ]
    );
}

#[test]
fn a_slot_accepts_only_stored_values_of_its_own_kind() {
    let rules = |prefixes: &[&str]| StoredValue::Expiration(prefixes.iter().map(|prefix| rule(prefix, 1)).collect());
    let cases: [(StoredValue, &[&str]); 12] = [
        (StoredValue::Policy(Some("{}".to_owned())), &["policy", "key"]),
        // A key always has a policy.
        (StoredValue::Policy(None), &["policy"]),
        (StoredValue::Tags(BTreeMap::new()), &["tags"]),
        (StoredValue::Source(SourceSetting::Attributes(BTreeMap::new())), &["balancer"]),
        (StoredValue::Encryption(None), &["encryption"]),
        (StoredValue::Encryption(Some(BucketEncryption::sse_s3())), &["encryption"]),
        (StoredValue::Source(SourceSetting::Logging(None)), &["logging"]),
        (StoredValue::Source(SourceSetting::Inventory(None)), &["inventory"]),
        (StoredValue::Payer(Payer::BucketOwner), &["payer"]),
        (rules(&[]), &["rules"]),
        (rules(&["b/"]), &["rules"]),
        // One of the rules does not belong to the slot.
        (rules(&["a/", "else/"]), &[]),
    ];
    for (value, expected) in cases {
        assert_eq!(named(|slot| slot.with(value.clone()).is_ok()), expected, "{value:?}");
        for (name, slot) in slots().into_iter().filter(|(name, _)| expected.contains(name)) {
            let setting = slot.with(value.clone()).unwrap();
            assert_eq!(setting.slot(), slot, "{name}");
            assert_eq!(slot.with(StoredValue::from(setting.clone())), Ok(setting), "{name}");
        }
    }
}
