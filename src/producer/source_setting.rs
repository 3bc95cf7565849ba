//! The value of a source's log setting.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::Seen;

use super::{
    Attachment, ClassicLog, FlowLog, FlowLogSettings, InventoryConfiguration, LoadBalancer, Log, Logging, Network,
    Prefix, Source, SourceBucket, SourceSlot,
};

/// The value of a [`SourceSlot`].
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceSetting {
    /// Attributes of a load balancer.
    Attributes(BTreeMap<String, String>),
    /// A Classic Load Balancer's access log.
    ClassicLog(ClassicLog),
    /// A bucket's server access logging. `None` means off.
    Logging(Option<Logging>),
    /// A bucket's inventory configuration, if any.
    Inventory(Option<InventoryConfiguration>),
    /// A flow log, if there is one.
    FlowLog(Option<FlowLogSettings>),
}

impl SourceSetting {
    /// Returns whether a slot can have this value.
    pub fn is_of(&self, slot: &SourceSlot) -> bool {
        match (self, slot) {
            (Self::Attributes(_), SourceSlot::LoadBalancer { .. })
            | (Self::ClassicLog(_), SourceSlot::ClassicLog { .. })
            | (Self::Logging(_), SourceSlot::BucketLogging { .. })
            | (Self::Inventory(_), SourceSlot::Inventory { .. }) => true,
            (Self::FlowLog(log), SourceSlot::FlowLog { bucket, prefix, traffic, .. }) => log
                .as_ref()
                .is_none_or(|log| log.bucket == bucket.as_str() && log.prefix == *prefix && log.traffic == *traffic),
            (
                Self::Attributes(_) | Self::ClassicLog(_) | Self::FlowLog(_) | Self::Logging(_) | Self::Inventory(_),
                _,
            ) => false,
        }
    }

    /// Returns whether two values are of the same kind of setting.
    pub fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    /// Returns whether nothing is set.
    pub fn is_none(&self) -> bool {
        match self {
            Self::Logging(logging) => logging.is_none(),
            Self::Inventory(inventory) => inventory.is_none(),
            Self::FlowLog(log) => log.is_none(),
            Self::Attributes(_) | Self::ClassicLog(_) => false,
        }
    }

    /// Returns the buckets that the source logs to.
    pub fn targets(&self) -> Vec<&str> {
        match self {
            Self::Attributes(attributes) => {
                let is_on = |stem: &str| attributes.get(&format!("{stem}.enabled")).is_some_and(|on| on == "true");
                let of_log = |(key, value)| -> Option<&str> {
                    let (key, value): (&String, &String) = (key, value);
                    key.strip_suffix(".bucket").is_some_and(is_on).then_some(value.as_str())
                };
                attributes.iter().filter_map(of_log).collect()
            }
            Self::ClassicLog(log) => log.enabled.then_some(log.bucket.as_str()).into_iter().collect(),
            Self::FlowLog(log) => log.iter().map(|log| log.bucket.as_str()).collect(),
            Self::Logging(logging) => logging.iter().map(|logging| logging.bucket.as_str()).collect(),
            Self::Inventory(inventory) => {
                let on = inventory.iter().filter(|inventory| inventory.enabled);
                on.filter_map(|inventory| inventory.bucket_arn.rsplit(':').next()).collect()
            }
        }
    }

    /// Returns whether this value sends a log to the bucket.
    pub fn sends(&self, log: &Attachment, bucket: &str) -> bool {
        match (self, &log.log) {
            (Self::Attributes(attributes), Log::LoadBalancer(kind)) => {
                let of = |name: &str| attributes.get(&format!("{}.{name}", kind.attribute_stem())).map(String::as_str);
                of("enabled") == Some("true") && of("bucket") == Some(bucket)
            }
            (value, _) => value.targets().contains(&bucket),
        }
    }

    /// Returns the prefix of the source's logs.
    pub fn prefix(&self) -> Option<Prefix> {
        match self {
            Self::Logging(logging) => logging.as_ref().map(|logging| Prefix::as_stored(&logging.prefix)),
            Self::Inventory(inventory) => inventory.as_ref().map(|inventory| Prefix::as_stored(&inventory.prefix)),
            Self::ClassicLog(log) => Some(Prefix::as_stored(&log.prefix)),
            Self::FlowLog(log) => log.as_ref().map(|log| Prefix::as_stored(&log.prefix)),
            Self::Attributes(attributes) => {
                let of = attributes.iter().find(|(key, _)| key.ends_with(".prefix"));
                of.map(|(_, prefix)| Prefix::as_stored(prefix))
            }
        }
    }

    /// Returns the log as it would be with this value.
    pub fn redirects(&self, log: &Attachment) -> Option<Attachment> {
        let logs = match (self, &log.source, &log.log) {
            (Self::Attributes(restored), Source::LoadBalancer(balancer), Log::LoadBalancer(kind)) => {
                let mut balancer = balancer.clone();
                if let Seen::Present(attributes) = &mut balancer.attributes {
                    attributes.extend(restored.clone());
                }
                Attachment::for_load_balancer(&balancer, &[*kind])
            }
            (Self::ClassicLog(log), Source::LoadBalancer(balancer), Log::LoadBalancer(kind)) => {
                let attributes = Seen::Present(log.to_attributes());
                Attachment::for_load_balancer(&LoadBalancer { attributes, ..balancer.clone() }, &[*kind])
            }
            (Self::Logging(logging), Source::Bucket(bucket), Log::Requests) => {
                let logging = logging.clone().map_or(Seen::Absent, Seen::Present);
                vec![Attachment::for_access_log(&SourceBucket { logging, ..bucket.clone() })]
            }
            (Self::Inventory(inventory), Source::Bucket(bucket), Log::Inventory(Some(id))) => {
                let listed = inventory.iter().map(|inventory| (id.clone(), inventory.clone())).collect();
                Attachment::for_inventories(bucket, &Seen::Present(listed))
            }
            (Self::FlowLog(settings), Source::Network(network), Log::Flow(Some(id))) => {
                let log = |settings: FlowLogSettings| FlowLog { id: id.clone(), settings, created: None, status: None };
                let flow_logs = Seen::Present(settings.iter().cloned().map(log).collect());
                Attachment::for_flow_logs(&Network { flow_logs, ..network.clone() })
            }
            (_, _, _) => Vec::new(),
        };
        logs.into_iter().next()
    }

    /// Returns whether two values mean the same to AWS.
    pub fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Attributes(one), Self::Attributes(other)) => said(one) == said(other),
            (Self::ClassicLog(one), Self::ClassicLog(other)) => one.is(other),
            (Self::Logging(one), Self::Logging(other)) => {
                let plain = |of: &Option<Logging>| of.clone().map(|of| Logging { format_is_said: true, ..of });
                plain(one) == plain(other)
            }
            (Self::Inventory(Some(one)), Self::Inventory(Some(other))) => is_same_inventory(one, other),
            (Self::Inventory(one), Self::Inventory(other)) => one == other,
            (Self::FlowLog(Some(one)), Self::FlowLog(Some(other))) => one.is(other),
            (Self::FlowLog(one), Self::FlowLog(other)) => one.is_none() && other.is_none(),
            (
                Self::Attributes(_) | Self::ClassicLog(_) | Self::FlowLog(_) | Self::Logging(_) | Self::Inventory(_),
                _,
            ) => false,
        }
    }

    /// Returns whether two values are equal, including parts that have no effect while a log is off.
    pub fn is_to_the_letter(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Attributes(one), Self::Attributes(other)) => named(one) == named(other),
            (Self::ClassicLog(one), Self::ClassicLog(other)) => {
                (&one.bucket, &one.prefix) == (&other.bucket, &other.prefix) && one.is(other)
            }
            (Self::FlowLog(Some(one)), Self::FlowLog(Some(other))) => {
                (&one.id, &one.tags) == (&other.id, &other.tags) && one.is(other)
            }
            (one, other) => one.is(other),
        }
    }

    /// Returns whether this is what a run left: any setting with this value, but only the very resource that the run
    /// left. A run's resource has the run's `tag`, a key and its value.
    pub fn is_same_resource(&self, left: &Self, tag: Option<(&str, &str)>) -> bool {
        match (self, left) {
            (Self::FlowLog(Some(now)), Self::FlowLog(Some(left))) => now.is_same_resource(left, tag),
            (_, _) => true,
        }
    }

    /// Returns the tags of a resource that the value stands for.
    pub fn tags(&self) -> Option<&BTreeMap<String, String>> {
        match self {
            Self::FlowLog(log) => log.as_ref().map(|log| &log.tags),
            Self::Attributes(_) | Self::ClassicLog(_) | Self::Inventory(_) | Self::Logging(_) => None,
        }
    }

    /// Returns the ID of the resource that the value stands for, if it is known.
    pub fn resource_id(&self) -> Option<&str> {
        match self {
            Self::FlowLog(log) => log.as_ref()?.id.as_deref(),
            Self::Attributes(_) | Self::ClassicLog(_) | Self::Inventory(_) | Self::Logging(_) => None,
        }
    }

    /// Returns the value with a tag, if it stands for a resource.
    #[must_use]
    pub fn tagged(mut self, key: &str, value: &str) -> Self {
        if let Self::FlowLog(Some(log)) = &mut self {
            log.tags.insert(key.to_owned(), value.to_owned());
        }
        self
    }

    /// Returns the value with the ID of the resource that it stands for.
    #[must_use]
    pub fn with_resource_id(mut self, id: &str) -> Self {
        if let Self::FlowLog(Some(log)) = &mut self {
            log.id = Some(id.to_owned());
        }
        self
    }

    /// Returns whether `after` keeps everything that is in effect.
    pub fn is_left_by(&self, after: Option<&Self>) -> bool {
        match (self, after) {
            (before, _) if before.is_none() => true,
            (_, None) => false,
            (Self::Attributes(before), Some(Self::Attributes(after))) => {
                in_force(before).iter().all(|(key, value)| after.get(key) == Some(value))
            }
            (Self::ClassicLog(before), Some(_)) if !before.enabled => true,
            (before, Some(after)) => before.is(after),
        }
    }

    /// Returns whether `now` has the same slot and the same value. A source that logs with this value then depends on
    /// `now`. For a load balancer, only the attributes that both values contain are compared.
    pub fn counts_on(&self, slot: &SourceSlot, now: (&SourceSlot, &Self)) -> bool {
        match (slot, self, now) {
            (
                SourceSlot::LoadBalancer { arn, .. },
                Self::Attributes(held),
                (SourceSlot::LoadBalancer { arn: other, .. }, Self::Attributes(now)),
            ) => {
                let shared = |of: &BTreeMap<String, String>, by: &BTreeMap<String, String>| {
                    let these = of.iter().filter(|(key, _)| by.contains_key(*key));
                    these.map(|(key, value)| (key.clone(), value.clone())).collect::<BTreeMap<_, _>>()
                };
                let (held, now) = (shared(held, now), shared(now, held));
                arn == other && !held.is_empty() && Self::Attributes(held).is(&Self::Attributes(now))
            }
            (held, value, (slot, now)) => held == slot && value.is(now),
        }
    }

    /// Returns whether a load balancer's log had no bucket. AWS does not accept an empty bucket name, so undo turns the
    /// log off and keeps the last bucket.
    pub fn has_no_bucket(&self) -> bool {
        let attributes = match self {
            Self::Attributes(attributes) => attributes,
            Self::ClassicLog(log) => return log.bucket.is_empty(),
            Self::FlowLog(_) | Self::Inventory(_) | Self::Logging(_) => return false,
        };
        attributes.iter().any(|(key, value)| key.ends_with(".bucket") && value.is_empty())
    }
}

/// Returns the attributes that have a value.
fn named(attributes: &BTreeMap<String, String>) -> BTreeMap<&str, &str> {
    let named = attributes.iter().filter(|(_, value)| !value.is_empty());
    named.map(|(key, value)| (key.as_str(), value.as_str())).collect()
}

/// Returns the attributes that have an effect. The bucket and prefix of a log that is off have no effect.
fn said(attributes: &BTreeMap<String, String>) -> BTreeMap<&str, &str> {
    let is_off = |key: &str| {
        let stem = key.strip_suffix(".bucket").or_else(|| key.strip_suffix(".prefix"));
        let on = stem.and_then(|stem| attributes.get(&format!("{stem}.enabled")));
        stem.is_some() && on.is_some_and(|on| on != "true")
    };
    let speaking = attributes.iter().filter(|(key, value)| !value.is_empty() && !is_off(key));
    speaking.map(|(key, value)| (key.as_str(), value.as_str())).collect()
}

/// Returns the attributes of logs that are on.
fn in_force(attributes: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let is_on = |key: &str| {
        let stem = key.rsplit_once('.').map_or(key, |(stem, _)| stem);
        attributes.get(&format!("{stem}.enabled")).is_some_and(|on| on == "true")
    };
    attributes.iter().filter(|(key, _)| is_on(key)).map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// Returns whether two configurations are equal, apart from the order of columns.
fn is_same_inventory(one: &InventoryConfiguration, other: &InventoryConfiguration) -> bool {
    let sorted = |of: &InventoryConfiguration| {
        let mut of = of.clone();
        of.fields.sort_unstable();
        of
    };
    sorted(one) == sorted(other)
}
