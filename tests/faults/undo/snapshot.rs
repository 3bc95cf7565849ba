//! The account in its smallest parts: each statement, tag, rule, setting, log and object separately.
//!
//! A snapshot is made from the sandbox's state and normalized: values that AWS treats alike are equal. This module
//! shares nothing with the program.

use std::collections::BTreeMap;
use std::fmt;

use sandbox::Sandbox;
use sandbox::xml::{self, Node};
use serde_json::Value;

/// The place of a value.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Slot {
    /// A bucket itself. Its value is its creation date.
    Bucket(String),
    /// A bucket setting as a whole.
    Setting(String, String),
    Tag(String, String),
    Rule(String, String),
    /// A statement of a bucket policy or key policy, by its Sid, or by its text if it has no Sid.
    Statement(String, String),
    /// The fields of a policy outside its statements.
    Envelope(String),
    Object(String, String),
    /// The destination of a bucket's access log.
    Logging(String),
    Inventory(String, String),
    /// The destination of a load balancer's log: name and kind of log.
    Log(String, String),
    /// A flow log: its network, and its destination with the traffic. Only its tags show who created it, because a flow log
    /// that is created again has another ID.
    FlowLog(String, String),
    /// The destination of a delivery source of vended logs.
    Vended(String),
    /// Another attribute of a load balancer.
    Attribute(String, String),
    /// A key. Its value is its state.
    Key(String),
    KeyTag(String, String),
    Alias(String),
}

/// The existing values. A missing slot has no value.
pub(crate) type Snapshot = BTreeMap<Slot, String>;

impl Slot {
    /// Returns the bucket whose deletion also deletes this value.
    pub(crate) fn bucket(&self) -> Option<&str> {
        match self {
            Self::Bucket(bucket)
            | Self::Setting(bucket, _)
            | Self::Tag(bucket, _)
            | Self::Rule(bucket, _)
            | Self::Object(bucket, _)
            | Self::Logging(bucket)
            | Self::Inventory(bucket, _) => Some(bucket),
            Self::Statement(owner, _) | Self::Envelope(owner) if !owner.starts_with("arn:") => Some(owner),
            Self::Statement(..)
            | Self::Envelope(_)
            | Self::Log(..)
            | Self::FlowLog(..)
            | Self::Vended(_)
            | Self::Attribute(..)
            | Self::Key(_)
            | Self::KeyTag(..)
            | Self::Alias(_) => None,
        }
    }

    /// Returns whether the slot's value is a log's destination.
    pub(crate) fn attaches(&self) -> bool {
        matches!(self, Self::Logging(_) | Self::Inventory(..) | Self::Log(..) | Self::FlowLog(..) | Self::Vended(_))
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bucket(bucket) => write!(f, "bucket {bucket}"),
            Self::Setting(bucket, name) => write!(f, "{name} of {bucket}"),
            Self::Tag(owner, key) | Self::KeyTag(owner, key) => write!(f, "tag {key} of {owner}"),
            Self::Rule(bucket, id) => write!(f, "lifecycle rule {id} of {bucket}"),
            Self::Statement(owner, sid) => write!(f, "statement {sid} of {owner}"),
            Self::Envelope(owner) => write!(f, "policy of {owner} outside its statements"),
            Self::Object(bucket, key) => write!(f, "object {bucket}/{key}"),
            Self::Logging(bucket) => write!(f, "access log of {bucket}"),
            Self::Inventory(bucket, id) => write!(f, "inventory {id} of {bucket}"),
            Self::Log(balancer, log) => write!(f, "{log} of {balancer}"),
            Self::FlowLog(network, place) => write!(f, "flow log of {network} to {place}"),
            Self::Vended(name) => write!(f, "delivery source {name}"),
            Self::Attribute(balancer, name) => write!(f, "attribute {name} of {balancer}"),
            Self::Key(arn) => write!(f, "key {arn}"),
            Self::Alias(alias) => write!(f, "alias {alias}"),
        }
    }
}

/// Returns whether this value, a log's destination, points at a bucket.
pub(crate) fn points_at(value: &str, bucket: &str) -> bool {
    value.split_once(' ').is_some_and(|(target, _)| target == bucket)
}

/// Returns the slots whose values differ.
pub(crate) fn changed(before: &Snapshot, after: &Snapshot) -> Vec<Slot> {
    let mut slots: Vec<Slot> = before.keys().chain(after.keys()).cloned().collect();
    slots.sort_unstable();
    slots.dedup();
    slots.retain(|slot| before.get(slot) != after.get(slot));
    slots
}

/// Takes a snapshot of the account.
pub(crate) fn snapshot(sandbox: &Sandbox) -> Snapshot {
    let state = sandbox.state();
    let mut all = Snapshot::new();
    for (name, bucket) in fields(&state["buckets"]) {
        of_bucket(sandbox, name, bucket, &mut all);
    }
    for (arn, attributes) in fields(&state["load_balancers"]) {
        // A Classic Load Balancer's ARN has no type and no ID.
        let name = arn.split('/').nth(2).or_else(|| arn.split('/').nth(1)).unwrap_or_default();
        of_balancer(name, attributes, &mut all);
    }
    for one in sandbox.flow_logs() {
        let settings =
            [one.format, one.file_format, one.interval.to_string(), format!("{} {}", one.hive, one.per_hour)];
        let tags: Vec<String> = one.tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let place = flow_log_place(&one.destination, one.traffic.as_deref());
        let bucket = bucket_of(&one.destination);
        let value = format!("{bucket} {} tagged {}", settings.join(" "), tags.join(","));
        all.insert(Slot::FlowLog(one.resource, place), value);
    }
    for delivery in sandbox.deliveries() {
        let bucket = delivery.destination.as_deref().and_then(|arn| arn.rsplit(':').next()).unwrap_or_default();
        all.insert(Slot::Vended(delivery.name), format!("{bucket} vended"));
    }
    let own: Vec<String> =
        sandbox.keys().into_iter().filter(|key| key.manager == "CUSTOMER").map(|key| key.arn).collect();
    for (arn, key) in fields(&state["keys"]).filter(|(arn, _)| own.contains(arn)) {
        all.insert(Slot::Key(arn.clone()), text(&key["state"]));
        all.extend(fields(&key["tags"]).map(|(name, value)| (Slot::KeyTag(arn.clone(), name.clone()), text(value))));
        of_policy(arn, &text(&key["policy"]), &mut all);
    }
    for (alias, key) in fields(&state["aliases"]).filter(|(_, key)| own.contains(&text(key))) {
        all.insert(Slot::Alias(alias.clone()), text(key));
    }
    all
}

/// Returns the place of a flow log in its network. AWS allows one flow log for each.
pub(crate) fn flow_log_place(destination: &str, traffic: Option<&str>) -> String {
    format!("{destination} {}", traffic.unwrap_or_default())
}

fn bucket_of(destination: &str) -> &str {
    destination.rsplit(':').next().and_then(|path| path.split('/').next()).unwrap_or_default()
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn of_bucket(sandbox: &Sandbox, name: &str, bucket: &Value, all: &mut Snapshot) {
    let own = || name.to_owned();
    let view = sandbox.bucket(name).expect("a bucket of the state is there");
    all.insert(Slot::Bucket(own()), view.created);
    for (key, object) in view.objects {
        all.insert(Slot::Object(own(), key), format!("{} by {}", object.etag, object.writer));
    }
    of_policy(name, bucket["policy"].as_str().unwrap_or_default(), all);
    let encryption = &bucket["encryption"];
    let key = if encryption["algorithm"] == "AES256" {
        String::new()
    } else {
        format!(" {} {}", encryption["key"], encryption["bucket_key"])
    };
    let encryption = format!("{}{key} blocked {}", encryption["algorithm"], encryption["blocked"]);
    all.insert(Slot::Setting(own(), "encryption".to_owned()), encryption);
    for (id, inventory) in fields(&bucket["inventories"]) {
        let node = xml::parse(text(inventory).as_bytes()).unwrap_or_default();
        let target = node.text_at(&["Destination", "S3BucketDestination", "Bucket"]).unwrap_or_default();
        let target = target.rsplit(':').next().unwrap_or_default();
        let off = if node.text_at(&["IsEnabled"]) == Some("true") { "" } else { "off:" };
        all.insert(Slot::Inventory(own(), id.clone()), format!("{off}{target} {}", one_form(&node)));
    }
    for (parameter, setting) in fields(&bucket["settings"]) {
        let node = xml::parse(text(setting).as_bytes()).unwrap_or_default();
        of_setting(name, parameter, &node, all);
    }
}

fn of_setting(bucket: &str, parameter: &str, node: &Node, all: &mut Snapshot) {
    let own = || bucket.to_owned();
    let at = |node: &Node, name: &str| node.text_at(&[name]).unwrap_or_default().to_owned();
    match parameter {
        "tagging" => {
            let tags = node.child("TagSet").into_iter().flat_map(|set| set.all("Tag"));
            all.extend(tags.map(|tag| (Slot::Tag(own(), at(tag, "Key")), at(tag, "Value"))));
        }
        "lifecycle" => {
            all.extend(node.all("Rule").map(|rule| (Slot::Rule(own(), at(rule, "ID")), one_form(rule))));
        }
        "logging" => {
            if let Some(enabled) = node.child("LoggingEnabled") {
                let value = format!("{} {}", at(enabled, "TargetBucket"), one_form(enabled));
                all.insert(Slot::Logging(own()), value);
            }
        }
        "requestPayment" if at(node, "Payer") != "Requester" => {}
        // An empty setting equals a missing one.
        _ if node.children.is_empty() && node.text.trim().is_empty() => {}
        _ => {
            all.insert(Slot::Setting(own(), parameter.to_owned()), one_form(node));
        }
    }
}

/// Normalizes XML: removes white space, order, and defaults that can be omitted.
fn one_form(node: &Node) -> String {
    let mut inside: Vec<String> = node
        .children
        .iter()
        .filter(|child| {
            let empty = child.children.is_empty() && child.text.trim().is_empty();
            !(empty && matches!(child.name.as_str(), "Prefix" | "OptionalFields"))
        })
        .filter(|child| !(child.name == "TargetObjectKeyFormat" && child.child("SimplePrefix").is_some()))
        .map(one_form)
        .collect();
    inside.sort_unstable();
    format!("{}({}{})", node.name, node.text.trim(), inside.join(","))
}

fn of_policy(owner: &str, policy: &str, all: &mut Snapshot) {
    let policy: Value = serde_json::from_str(policy).unwrap_or_default();
    let of_policy = &policy["Statement"];
    let one = || of_policy.is_object().then(|| vec![of_policy.clone()]);
    let statements = of_policy.as_array().cloned().or_else(one).unwrap_or_default();
    if statements.is_empty() {
        return;
    }
    all.insert(Slot::Envelope(owner.to_owned()), format!("{} {}", policy["Version"], policy["Id"]));
    for statement in statements {
        let value = canonical(&statement).to_string();
        let name = statement["Sid"].as_str().map_or_else(|| value.clone(), str::to_owned);
        // Duplicates get separate names.
        let names = (0..).map(|nth| if nth == 0 { name.clone() } else { format!("{name} again {nth}") });
        let mut slots = names.map(|name| Slot::Statement(owner.to_owned(), name));
        let slot = slots.find(|slot| !all.contains_key(slot)).expect("there are names without end");
        all.insert(slot, value);
    }
}

/// Normalizes a statement.
fn canonical(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let sorted: BTreeMap<&String, Value> =
                fields.iter().map(|(name, value)| (name, canonical(value))).collect();
            sorted.into_iter().map(|(name, value)| (name.clone(), value)).collect()
        }
        Value::Array(list) => {
            let mut list: Vec<Value> = list.iter().map(canonical).collect();
            list.sort_by_key(ToString::to_string);
            if list.len() == 1 { list.swap_remove(0) } else { Value::Array(list) }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

fn of_balancer(name: &str, attributes: &Value, all: &mut Snapshot) {
    let at = |key: &str| attributes[key].as_str().unwrap_or_default();
    for (key, value) in fields(attributes) {
        match key.split_once(".s3.") {
            Some((log, "enabled")) if value == "true" => {
                let of_log = |name: &str| at(&format!("{log}.s3.{name}"));
                let (bucket, prefix, interval) = (of_log("bucket"), of_log("prefix"), of_log("emit_interval"));
                let target = format!("{bucket} {prefix} {interval}").trim_end_matches(' ').to_owned();
                all.insert(Slot::Log(name.to_owned(), log.to_owned()), target);
            }
            // If a log is off, AWS keeps its bucket and prefix, but they have no effect.
            Some(_) => {}
            None => {
                all.insert(Slot::Attribute(name.to_owned(), key.clone()), text(value));
            }
        }
    }
}
