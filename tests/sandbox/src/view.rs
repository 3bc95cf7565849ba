//! The world as plain data, for assertions.
//!
//! Only reading; arranging a world is in [`crate::arrange`].

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::elb::attributes::with_defaults;
use crate::s3::bucket::{Bucket, Encryption, Object};
use crate::sandbox::Sandbox;
use crate::xml::Node;

/// A bucket as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketView {
    /// Its name.
    pub name: String,
    /// Its owner.
    pub account: String,
    /// Its Region.
    pub region: String,
    /// When it was created.
    pub created: String,
    /// Its policy, byte for byte.
    pub policy: Option<String>,
    /// Its default encryption.
    pub encryption: Encryption,
    /// The four flags of Block Public Access, where the bucket has such a configuration.
    pub public_access_block: BTreeMap<String, bool>,
    /// Such as `BucketOwnerEnforced`.
    pub ownership: Option<String>,
    /// Its lifecycle configuration, as XML.
    pub lifecycle: Option<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Where its access is logged to.
    pub logging: Option<LoggingView>,
    /// Its inventory configurations, as XML, by id.
    pub inventories: BTreeMap<String, String>,
    /// Whether Object Lock is enabled.
    pub object_lock: bool,
    /// Whether the requester pays.
    pub requester_pays: bool,
    /// Its objects by key.
    pub objects: BTreeMap<String, Object>,
}

/// Where a bucket's access is logged to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggingView {
    /// The target bucket.
    pub target: String,
    /// The prefix.
    pub prefix: String,
    /// `EventTime` or `DeliveryTime`, where keys are partitioned.
    pub partition: Option<String>,
}

/// A key as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyView {
    /// Its ARN.
    pub arn: String,
    /// Such as `Enabled`.
    pub state: String,
    /// `CUSTOMER` or `AWS`.
    pub manager: String,
    /// Its policy, byte for byte.
    pub policy: String,
    /// Its aliases' names.
    pub aliases: Vec<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Whether it rotates once a year.
    pub rotates: bool,
}

impl Sandbox {
    /// A bucket, where it exists.
    pub fn bucket(&self, name: &str) -> Option<BucketView> {
        self.world().buckets.get(name).map(view)
    }

    /// The names of all buckets, of every account.
    pub fn buckets(&self) -> Vec<String> {
        self.world().buckets.keys().cloned().collect()
    }

    /// The attributes of a load balancer, by name or ARN, with the defaults of those that were never set.
    pub fn load_balancer(&self, named: &str) -> Option<BTreeMap<String, String>> {
        let world = self.world();
        let (arn, set) =
            world.attributes.iter().find(|(arn, _)| arn.as_str() == named || arn.split('/').nth(2) == Some(named))?;
        let kind = match arn.split('/').nth(1) {
            Some("net") => "network",
            Some("gwy") => "gateway",
            _ => "application",
        };
        Some(with_defaults(kind, set))
    }

    /// The ARN of a load balancer.
    pub fn load_balancer_arn(&self, name: &str) -> Option<String> {
        self.world().attributes.keys().find(|arn| arn.split('/').nth(2) == Some(name)).cloned()
    }

    /// All keys, of every account, by ARN.
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

    /// The whole world as JSON, to see whether anything changed; without times.
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
        json!({ "buckets": buckets, "load_balancers": world.attributes, "keys": keys, "aliases": world.aliases })
    }
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
