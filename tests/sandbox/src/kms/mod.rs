//! KMS: keys, their policies, aliases and tags. Cryptography is left to `winterbaume-kms`.

pub mod alias;
pub mod error;
pub mod key;
pub mod page;
pub mod policy;

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use winterbaume_core::StatefulService as _;
use winterbaume_kms::views::{KeyView, KmsStateView};

use crate::account::ACCOUNT;
use crate::dispatch::Caller;
use crate::kms::error::{Refusal, not_found, refuse};
use crate::kms::key::{Key, find, managed};
use crate::kms::page::Limits;
use crate::policy::{Asked, Verdict, judge};
use crate::sandbox::Sandbox;
use crate::services::state_account;
use crate::wire::{Reply, Request};
use crate::world::{self, World};

/// Returns the operation, such as `CreateKey`.
pub fn operation(request: &Request) -> String {
    request
        .header("x-amz-target")
        .and_then(|target| target.rsplit_once('.'))
        .map(|(_, name)| name.to_owned())
        .unwrap_or_default()
}

/// Returns the key or alias in the request, as the client wrote it.
pub fn resource(request: &Request) -> String {
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    ["AliasName", "KeyId", "TargetKeyId"]
        .iter()
        .find_map(|name| body.get(name).and_then(Value::as_str))
        .unwrap_or_default()
        .to_owned()
}

pub async fn handle(sandbox: &Sandbox, request: &Request, caller: &Caller) -> Reply {
    let Ok(body) = serde_json::from_slice::<Value>(&request.body) else {
        return refuse("SerializationException", "The request is not well-formed JSON").reply();
    };
    let name = operation(request);
    if name == "CreateKey" {
        return match create(sandbox, caller, &body).await {
            Ok(value) => Reply::json(200, &value),
            Err(refusal) => refusal.reply(),
        };
    }
    let answer = answer(&mut sandbox.world(), caller, &name, &body);
    match answer {
        Some(Ok(Value::Null)) => Reply::json(200, &json!({})),
        Some(Ok(value)) => Reply::json(200, &value),
        Some(Err(refusal)) => refusal.reply(),
        None => sandbox.services().kms(request, &caller.account, &caller.region).await,
    }
}

fn text<'a>(body: &'a Value, name: &str) -> Option<&'a str> {
    body.get(name).and_then(Value::as_str)
}

async fn create(sandbox: &Sandbox, caller: &Caller, body: &Value) -> Result<Value, Refusal> {
    let number = sandbox.world().number();
    let mut key = Key::new(number, &caller.account, &caller.region);
    if let Some(policy) = text(body, "Policy") {
        policy::check(
            policy,
            &caller.account,
            &key.arn,
            body.get("BypassPolicyLockoutSafetyCheck") == Some(&Value::Bool(true)),
        )?;
        policy.clone_into(&mut key.policy);
    }
    key.description = text(body, "Description").unwrap_or_default().to_owned();
    key.spec = text(body, "KeySpec").unwrap_or("SYMMETRIC_DEFAULT").to_owned();
    key.usage = text(body, "KeyUsage").unwrap_or("ENCRYPT_DECRYPT").to_owned();
    tag(&mut key, body);
    let metadata = key.metadata();
    add(sandbox, key).await;
    Ok(json!({ "KeyMetadata": metadata }))
}

/// Adds a key to the world and to the service that does the cryptography.
pub async fn add(sandbox: &Sandbox, key: Key) {
    let view = KeyView {
        key_id: key.id.clone(),
        arn: key.arn.replace(&key.account, state_account()),
        account_id: ACCOUNT.to_owned(),
        region: key.region.clone(),
        description: key.description.clone(),
        key_spec: key.spec.clone(),
        key_usage: key.usage.clone(),
        key_state: "Enabled".to_owned(),
        creation_date: world::now(),
        enabled: true,
        origin: "AWS_KMS".to_owned(),
        key_manager: key.manager.clone(),
        deletion_date: None,
        key_rotation_enabled: false,
        key_material: vec![7; 32],
        public_key_der: None,
        tags: HashMap::new(),
        multi_region: false,
    };
    let views = KmsStateView { keys: HashMap::from([(key.id.clone(), view)]), ..KmsStateView::default() };
    let _ = sandbox.services().keys(&key.account).merge(state_account(), &key.region, views).await;
    sandbox.world().keys.insert(key.arn.clone(), key);
}

fn tag(key: &mut Key, body: &Value) {
    for tag in body.get("Tags").and_then(Value::as_array).into_iter().flatten() {
        key.tags.insert(
            text(tag, "TagKey").unwrap_or_default().to_owned(),
            text(tag, "TagValue").unwrap_or_default().to_owned(),
        );
    }
}

/// Answers the simulated key operations. Returns `None` for other operations.
fn answer(world: &mut World, caller: &Caller, name: &str, body: &Value) -> Option<Result<Value, Refusal>> {
    let named = text(body, "KeyId").unwrap_or_default();
    Some(match name {
        "ListKeys" => list(world, caller, body),
        "ListAliases" => alias::list(world, caller, body),
        "CreateAlias" => alias::put(
            world,
            caller,
            text(body, "AliasName").unwrap_or_default(),
            text(body, "TargetKeyId").unwrap_or_default(),
            true,
        ),
        "UpdateAlias" => alias::put(
            world,
            caller,
            text(body, "AliasName").unwrap_or_default(),
            text(body, "TargetKeyId").unwrap_or_default(),
            false,
        ),
        "DeleteAlias" => alias::delete(world, caller, text(body, "AliasName").unwrap_or_default()),
        "DescribeKey" => {
            if named.ends_with("alias/aws/s3") {
                managed(world, &caller.account, &caller.region);
            }
            known(world, caller, name, named).map(|key| json!({ "KeyMetadata": key.metadata() }))
        }
        "GetKeyPolicy" => {
            known(world, caller, name, named).map(|key| json!({ "Policy": key.policy, "PolicyName": "default" }))
        }
        "ListKeyPolicies" => {
            known(world, caller, name, named).map(|_| json!({ "PolicyNames": ["default"], "Truncated": false }))
        }
        "ListResourceTags" => known(world, caller, name, named).map(|key| {
            let tags: Vec<Value> =
                key.tags.iter().map(|(name, value)| json!({ "TagKey": name, "TagValue": value })).collect();
            json!({ "Tags": tags, "Truncated": false })
        }),
        "PutKeyPolicy" => put_policy(world, caller, named, body),
        "TagResource"
        | "UntagResource"
        | "EnableKey"
        | "EnableKeyRotation"
        | "DisableKey"
        | "ScheduleKeyDeletion"
        | "CancelKeyDeletion"
        | "UpdateKeyDescription" => change(world, caller, name, named, body),
        _ => return None,
    })
}

/// `ListKeys`. KMS API: `Limit` up to 1000, default 100.
fn list(world: &World, caller: &Caller, body: &Value) -> Result<Value, Refusal> {
    let own = world.keys.values().filter(|key| key.account == caller.account && key.region == caller.region);
    let keys = own.map(|key| (key.id.clone(), json!({ "KeyId": key.id, "KeyArn": key.arn }))).collect();
    page::page(body, "Keys", Limits { most: 1000, usual: 100 }, keys)
}

/// Returns the key if the caller may know about it: a key of the caller's account, or a key whose policy allows that
/// account.
fn known(world: &World, caller: &Caller, operation: &str, named: &str) -> Result<Key, Refusal> {
    let key = find(world, &caller.account, &caller.region, named)
        .filter(|key| key.region == caller.region)
        .ok_or_else(|| not_found(named))?;
    if key.account == caller.account {
        return Ok(key.clone());
    }
    let asked = Asked {
        kind: "AWS".to_owned(),
        principal: format!("arn:aws:iam::{}:root", caller.account),
        action: format!("kms:{operation}"),
        resource: key.arn.clone(),
        context: std::collections::BTreeMap::new(),
    };
    let policy = serde_json::from_str(&key.policy).unwrap_or(Value::Object(Map::new()));
    if judge(&policy, &asked) == Verdict::Allow { Ok(key.clone()) } else { Err(denied(operation)) }
}

fn denied(operation: &str) -> Refusal {
    refuse(
        "AccessDeniedException",
        &format!(
            "User is not authorized to perform: kms:{operation} on this resource because no resource-based policy allows the kms:{operation} action"
        ),
    )
}

/// Returns a key of the caller's account that customers can change.
fn own<'a>(world: &'a mut World, caller: &Caller, operation: &str, named: &str) -> Result<&'a mut Key, Refusal> {
    let key = known(world, caller, operation, named)?;
    if key.account != caller.account || key.manager == "AWS" {
        return Err(denied(operation));
    }
    world.keys.get_mut(&key.arn).ok_or_else(|| not_found(named))
}

/// `PutKeyPolicy`, which "cannot be performed on a KMS key in a different account" and replaces the whole policy.
fn put_policy(world: &mut World, caller: &Caller, named: &str, body: &Value) -> Result<Value, Refusal> {
    let key = own(world, caller, "PutKeyPolicy", named)?;
    let policy = text(body, "Policy").unwrap_or_default();
    policy::check(
        policy,
        &caller.account,
        &key.arn,
        body.get("BypassPolicyLockoutSafetyCheck") == Some(&Value::Bool(true)),
    )?;
    if key.state == "PendingDeletion" {
        return Err(refuse("KMSInvalidStateException", &format!("{} is pending deletion.", key.arn)));
    }
    policy.clone_into(&mut key.policy);
    Ok(Value::Null)
}

fn change(world: &mut World, caller: &Caller, name: &str, named: &str, body: &Value) -> Result<Value, Refusal> {
    let key = own(world, caller, name, named)?;
    let pending = key.state == "PendingDeletion";
    if pending && name != "CancelKeyDeletion" {
        return Err(refuse("KMSInvalidStateException", &format!("{} is pending deletion.", key.arn)));
    }
    // KMS API: `EnableKeyRotation` only accepts enabled "symmetric encryption KMS keys".
    if name == "EnableKeyRotation" && key.spec != "SYMMETRIC_DEFAULT" {
        return Err(refuse("UnsupportedOperationException", &format!("{} is asymmetric.", key.arn)));
    }
    if name == "EnableKeyRotation" && key.state != "Enabled" {
        return Err(refuse("DisabledException", &format!("{} is disabled.", key.arn)));
    }
    match name {
        "TagResource" => tag(key, body),
        "UntagResource" => key.tags.retain(|name, _| {
            !body.get("TagKeys").and_then(Value::as_array).is_some_and(|gone| gone.iter().any(|gone| gone == name))
        }),
        "EnableKey" => "Enabled".clone_into(&mut key.state),
        "EnableKeyRotation" => key.rotates = true,
        "DisableKey" | "CancelKeyDeletion" => "Disabled".clone_into(&mut key.state),
        "ScheduleKeyDeletion" => {
            "PendingDeletion".clone_into(&mut key.state);
            return Ok(
                json!({ "KeyId": key.arn, "KeyState": key.state, "DeletionDate": key.created + 30 * 86_400, "PendingWindowInDays": 30 }),
            );
        }
        _ => text(body, "Description").unwrap_or_default().clone_into(&mut key.description),
    }
    Ok(if name == "CancelKeyDeletion" { json!({ "KeyId": key.arn }) } else { Value::Null })
}
