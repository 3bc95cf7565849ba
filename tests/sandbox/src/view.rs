//! The world as plain data, for assertions. Read-only; [`crate::arrange`] sets worlds up.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::ec2::Ec2;
use crate::ec2::flow_log::FlowLog;
use crate::elb::attributes::with_defaults;
use crate::elb::balancer::CLASSIC;
use crate::s3::bucket::{Bucket, Encryption, Object};
use crate::sandbox::Sandbox;
use crate::xml::Node;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketView {
    pub name: String,
    pub account: String,
    pub region: String,
    pub created: String,
    /// Byte for byte.
    pub policy: Option<String>,
    pub encryption: Encryption,
    /// The four flags of Block Public Access, if configured.
    pub public_access_block: BTreeMap<String, bool>,
    /// Such as `BucketOwnerEnforced`.
    pub ownership: Option<String>,
    /// As XML.
    pub lifecycle: Option<String>,
    pub tags: BTreeMap<String, String>,
    pub logging: Option<LoggingView>,
    /// As XML, by ID.
    pub inventories: BTreeMap<String, String>,
    pub object_lock: bool,
    pub requester_pays: bool,
    /// By key.
    pub objects: BTreeMap<String, Object>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggingView {
    pub target: String,
    pub prefix: String,
    /// `EventTime` or `DeliveryTime`, if keys are partitioned.
    pub partition: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyView {
    pub arn: String,
    /// Such as `Enabled`.
    pub state: String,
    /// `CUSTOMER` or `AWS`.
    pub manager: String,
    /// Byte for byte.
    pub policy: String,
    pub aliases: Vec<String>,
    pub tags: BTreeMap<String, String>,
    /// Whether yearly rotation is on.
    pub rotates: bool,
}

impl Sandbox {
    /// Returns a bucket, if it exists.
    pub fn bucket(&self, name: &str) -> Option<BucketView> {
        self.world().buckets.get(name).map(view)
    }

    /// Returns the names of all buckets of all accounts.
    pub fn buckets(&self) -> Vec<String> {
        self.world().buckets.keys().cloned().collect()
    }

    /// Returns a load balancer's attributes, by name or ARN. Unset attributes have their defaults.
    pub fn load_balancer(&self, named: &str) -> Option<BTreeMap<String, String>> {
        let world = self.world();
        let (arn, set) = world.attributes.iter().find(|(arn, _)| arn.as_str() == named || name(arn) == named)?;
        let kind = match arn.split('/').collect::<Vec<_>>().as_slice() {
            [_, "net", ..] => "network",
            [_, "gwy", ..] => "gateway",
            [_, _] => CLASSIC,
            _ => "application",
        };
        Some(with_defaults(kind, set))
    }

    pub fn load_balancer_arn(&self, name: &str) -> Option<String> {
        self.world().attributes.keys().find(|arn| self::name(arn) == name).cloned()
    }

    /// Returns all keys of all accounts.
    pub fn keys(&self) -> Vec<KeyView> {
        let world = self.world();
        world
            .keys
            .values()
            .map(|key| KeyView {
                arn: key.arn.clone(),
                state: key.state.clone(),
                manager: key.manager.clone(),
                policy: key.policy.clone(),
                aliases: world
                    .aliases
                    .iter()
                    .filter(|(_, target)| **target == key.arn)
                    .filter_map(|(alias, _)| alias.rsplit(':').next().map(str::to_owned))
                    .collect(),
                tags: key.tags.clone(),
                rotates: key.rotates,
            })
            .collect()
    }

    /// Returns the whole world as JSON without times, to see whether anything changed.
    pub fn state(&self) -> Value {
        let world = self.world();
        let buckets: BTreeMap<&String, Value> = world
            .buckets
            .iter()
            .map(|(name, bucket)| {
                let objects: BTreeMap<&String, Value> = bucket
                    .objects
                    .iter()
                    .map(|(key, object)| (key, json!({ "algorithm": object.algorithm, "key": object.key, "bucket_key": object.bucket_key, "readable": object.readable, "writer": object.writer })))
                    .collect();
                let encryption = &bucket.encryption;
                let value = json!({
                    "account": bucket.account, "region": bucket.region, "policy": bucket.policy, "settings": bucket.settings, "inventories": bucket.inventories, "objects": objects,
                    "encryption": { "algorithm": encryption.algorithm, "key": encryption.key, "bucket_key": encryption.bucket_key, "blocked": encryption.blocked },
                });
                (name, value)
            })
            .collect();
        let keys: BTreeMap<&String, Value> =
            world.keys.iter().map(|(arn, key)| (arn, json!({ "state": key.state, "policy": key.policy, "tags": key.tags, "description": key.description }))).collect();
        json!({ "buckets": buckets, "load_balancers": world.attributes, "keys": keys, "aliases": world.aliases, "flow_logs": flow_logs(&world.ec2) })
    }
}

/// Returns the flow logs as JSON by ID, without times and statuses.
fn flow_logs(ec2: &Ec2) -> BTreeMap<&String, Value> {
    let of = |one: &FlowLog| {
        json!({
            "account": one.account, "region": one.region, "resource": one.resource, "traffic": one.traffic, "destination": one.destination, "format": one.format,
            "interval": one.interval, "file_format": one.file_format, "hive": one.hive, "per_hour": one.per_hour, "tags": one.tags,
        })
    };
    ec2.flow_logs.iter().map(|(id, one)| (id, of(one))).collect()
}

fn view(bucket: &Bucket) -> BucketView {
    let flags = |node: Node| node.children.iter().map(|flag| (flag.name.clone(), flag.text.trim() == "true")).collect();
    let tags = |node: Node| {
        let set = node.child("TagSet").map(|set| set.children.clone()).unwrap_or_default();
        let text = |tag: &Node, name: &str| tag.text_at(&[name]).unwrap_or_default().to_owned();
        set.iter().map(|tag| (text(tag, "Key"), text(tag, "Value"))).collect()
    };
    BucketView {
        name: bucket.name.clone(),
        account: bucket.account.clone(),
        region: bucket.region.clone(),
        created: bucket.created.clone(),
        policy: bucket.policy.clone(),
        encryption: bucket.encryption.clone(),
        public_access_block: bucket.setting("publicAccessBlock").map(flags).unwrap_or_default(),
        ownership: bucket
            .setting("ownershipControls")
            .and_then(|node| node.text_at(&["Rule", "ObjectOwnership"]).map(str::to_owned)),
        lifecycle: bucket.settings.get("lifecycle").cloned(),
        tags: bucket.setting("tagging").map(tags).unwrap_or_default(),
        logging: bucket.setting("logging").and_then(|node| logging(&node)),
        inventories: bucket.inventories.clone(),
        object_lock: bucket.object_lock(),
        requester_pays: bucket.requester_pays(),
        objects: bucket.objects.clone(),
    }
}

fn logging(node: &Node) -> Option<LoggingView> {
    let enabled = node.child("LoggingEnabled")?;
    let format = enabled.at(&["TargetObjectKeyFormat", "PartitionedPrefix"]);
    Some(LoggingView {
        target: enabled.text_at(&["TargetBucket"])?.to_owned(),
        prefix: enabled.child("TargetPrefix").map(|node| node.text.clone()).unwrap_or_default(),
        partition: format.map(|format| format.text_at(&["PartitionDateSource"]).unwrap_or("EventTime").to_owned()),
    })
}

/// Returns the name in a load balancer's ARN. A Classic one's ARN has no type and no ID.
fn name(arn: &str) -> &str {
    let mut parts = arn.split('/').skip(1);
    let first = parts.next().unwrap_or_default();
    parts.next().unwrap_or(first)
}
