//! The checks after every run: nothing that belongs to others is lost, nothing exists twice, and nothing unproven is
//! called proven.

use std::collections::BTreeMap;

use sandbox::Sandbox;
use serde_json::{Map, Value};

use crate::program::Ran;

/// Returns the account's state without the keys that AWS creates on first use and without the run's token, which
/// differs in each run.
pub(crate) fn settled(sandbox: &Sandbox) -> Value {
    let mut state = sandbox.state();
    for bucket in state["buckets"].as_object_mut().unwrap().values_mut() {
        if let Some(tags) = bucket["settings"]["tagging"].as_str() {
            bucket["settings"]["tagging"] = without_token(tags).into();
        }
    }
    for key in state["keys"].as_object_mut().unwrap().values_mut() {
        if let Some(tag) = key["tags"].get_mut("logbucket") {
            *tag = "run-TOKEN".into();
        }
    }
    for key in sandbox.keys().iter().filter(|key| key.manager == "AWS") {
        state["keys"].as_object_mut().unwrap().remove(&key.arn);
        state["aliases"].as_object_mut().unwrap().retain(|_, target| target != &key.arn);
    }
    state["flow_logs"] = flow_logs(state["flow_logs"].as_object().unwrap());
    state
}

/// Returns the flow logs by ID, except those that the program created: such a flow log that is created again has another
/// ID.
fn flow_logs(by_id: &Map<String, Value>) -> Value {
    let is_own = |(_, one): &(&String, &Value)| !one["tags"]["logbucket"].is_null();
    let (own, theirs): (Vec<_>, Vec<_>) = by_id.iter().partition(is_own);
    let mut own: Vec<Value> = own.into_iter().map(|(_, one)| one.clone()).collect();
    for one in &mut own {
        one["tags"]["logbucket"] = "run-TOKEN".into();
    }
    own.sort_by_key(ToString::to_string);
    let numbered = own.into_iter().enumerate().map(|(nth, one)| (format!("flow log {nth}"), one));
    numbered.chain(theirs.into_iter().map(|(id, one)| (id.clone(), one.clone()))).collect()
}

/// Replaces every token with the same word.
fn without_token(tags: &str) -> String {
    let mut parts = tags.split("<Value>run-");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + "<Value>run-TOKEN" + part.split_once('<').map_or("", |(_, rest)| rest))
}

/// Returns the statements of every bucket policy and key policy, by owner.
pub(crate) fn statements(state: &Value) -> BTreeMap<String, Vec<Value>> {
    let of = |kind: &str| state[kind].as_object().unwrap().clone();
    let policies = of("buckets").into_iter().chain(of("keys"));
    policies
        .filter_map(|(name, owner)| {
            let policy: Value = serde_json::from_str(owner["policy"].as_str()?).ok()?;
            Some((name, policy["Statement"].as_array().cloned().unwrap_or_default()))
        })
        .collect()
}

/// Counts the earlier statements and other people's flow logs that are gone.
pub(crate) fn lost(before: &Value, now: &Value) -> usize {
    let after = statements(now);
    let gone = |(name, statements): (String, Vec<Value>)| {
        let kept = after.get(&name).cloned().unwrap_or_default();
        statements.into_iter().filter(|statement| !kept.contains(statement)).count()
    };
    let of_others = before["flow_logs"].as_object().unwrap().keys().filter(|id| id.starts_with("fl-"));
    let flow_logs = of_others.filter(|id| now["flow_logs"][id.as_str()].is_null()).count();
    flow_logs + statements(before).into_iter().map(gone).sum::<usize>()
}

/// Returns the first value that differs from before. Objects may stay, and equivalent empty values may differ.
pub(crate) fn as_before(before: &Value, after: &Value) -> Option<String> {
    let text = |state: &Value, kind: &str, name: &str| {
        let mut one = state[kind][name].clone();
        if let Some(fields) = one.as_object_mut() {
            fields.remove("objects");
            fields.retain(|_, value| *value != "" && *value != "false");
            // AWS keeps the bucket name of a log that is off.
            for log in ["access_logs.s3", "connection_logs.s3", "health_check_logs.s3"] {
                if !fields.contains_key(&format!("{log}.enabled")) {
                    fields.retain(|key, _| !key.starts_with(log));
                }
            }
        }
        one
    };
    let count = |state: &Value| state["flow_logs"].as_object().unwrap().len();
    if count(before) != count(after) {
        return Some(format!("{} instead of {}", after["flow_logs"], before["flow_logs"]));
    }
    let named = ["buckets", "keys", "load_balancers", "aliases", "flow_logs"].into_iter();
    let mut all = named.flat_map(|kind| before[kind].as_object().unwrap().keys().map(move |name| (kind, name)));
    let (kind, name) = all.find(|(kind, name)| text(before, kind, name) != text(after, kind, name))?;
    Some(format!("{kind} {name}: {} instead of {}", text(after, kind, name), text(before, kind, name)))
}

/// Counts new duplicates: our statements, keys and aliases, lifecycle rules, inventories.
pub(crate) fn duplicates(before: &Value, after: &Value) -> usize {
    twice(after).saturating_sub(twice(before))
}

fn twice(state: &Value) -> usize {
    let mut all: Vec<String> = Vec::new();
    for (name, statements) in statements(state) {
        for statement in statements {
            let mut unnamed = statement.clone();
            let sid = unnamed.as_object_mut().and_then(|fields| fields.remove("Sid"));
            all.extend(sid.map(|sid| format!("{name} Sid {sid}")));
            all.push(format!("{name} statement {unnamed}"));
        }
    }
    let of = |kind: &str| state[kind].as_object().unwrap().clone();
    for (arn, key) in of("keys") {
        all.extend(key["tags"]["logbucket"].as_str().map(|target| format!("key for {target}")));
        all.extend(of("aliases").values().filter(|target| **target == arn).map(|_| format!("alias of {arn}")));
    }
    for (name, bucket) in of("buckets") {
        let lifecycle = bucket["settings"]["lifecycle"].as_str().unwrap_or_default();
        let rules = lifecycle.split("<Rule>").skip(1);
        for rule in rules {
            let id = rule.split("<ID>").nth(1).and_then(|rest| rest.split("</ID>").next()).unwrap_or_default();
            all.push(format!("{name} rule {id}"));
            all.push(format!("{name} rule {}", rule.replace(&format!("<ID>{id}</ID>"), "")));
        }
        for (id, inventory) in bucket["inventories"].as_object().unwrap() {
            let text = inventory.as_str().unwrap_or_default();
            all.push(format!("{name} inventory {}", text.replace(&format!("<Id>{id}</Id>"), "")));
        }
    }
    for flow_log in of("flow_logs").values() {
        let field = |name: &str| flow_log[name].as_str().unwrap_or_default().to_owned();
        let [resource, destination, traffic] = ["resource", "destination", "traffic"].map(field);
        all.push(format!("flow log of {resource} to {destination}: {traffic}"));
    }
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    count - all.len()
}

/// Counts the objects that a run called proven although no service wrote them during the run.
pub(crate) fn untrue(sandbox: &Sandbox, ran: &Ran) -> usize {
    let delivery = &ran.document["delivery"];
    if delivery["status"] != "proven" {
        return 0;
    }
    let bucket = sandbox.bucket(ran.document["plan"]["bucket"].as_str().unwrap_or_default());
    let objects = bucket.map(|bucket| bucket.objects).unwrap_or_default();
    let claimed = delivery["objects"].as_array().unwrap();
    let written = |key: &&Value| {
        let object = key.as_str().and_then(|key| objects.get(key));
        object.is_some_and(|object| object.writer.ends_with(".amazonaws.com") && object.modified >= ran.began)
    };
    claimed.len().max(1) - claimed.iter().filter(written).count()
}
