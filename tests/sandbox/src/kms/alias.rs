//! Aliases of keys.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::dispatch::Caller;
use crate::kms::error::{Refusal, not_found, refuse};
use crate::kms::key::find;
use crate::kms::page::{Limits, page};
use crate::world::World;

fn arn(caller: &Caller, name: &str) -> String {
    format!("arn:aws:kms:{}:{}:{name}", caller.region, caller.account)
}

/// `CreateAlias` (`new`) and `UpdateAlias`.
pub fn put(world: &mut World, caller: &Caller, name: &str, target: &str, new: bool) -> Result<Value, Refusal> {
    let letters = |letter: char| letter.is_ascii_alphanumeric() || "/_-".contains(letter);
    let Some(short) = name.strip_prefix("alias/").filter(|short| !short.is_empty() && short.chars().all(letters))
    else {
        return Err(refuse(
            "ValidationException",
            "Alias must start with the prefix \"alias/\". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html",
        ));
    };
    if short.starts_with("aws/") {
        return Err(refuse("NotAuthorizedException", ""));
    }
    let alias = arn(caller, name);
    match (world.aliases.contains_key(&alias), new) {
        (true, true) => {
            return Err(refuse("AlreadyExistsException", &format!("An alias with the name {alias} already exists")));
        }
        (false, false) => {
            return Err(refuse("NotFoundException", &format!("Alias {alias} is not found.")));
        }
        (true | false, true | false) => {}
    }
    let key = find(world, &caller.account, &caller.region, target)
        .filter(|key| key.account == caller.account)
        .ok_or_else(|| not_found(target))?;
    if key.state == "PendingDeletion" {
        return Err(refuse("KMSInvalidStateException", &format!("{} is pending deletion.", key.arn)));
    }
    let key = key.arn.clone();
    world.aliases.insert(alias, key);
    Ok(Value::Null)
}

pub fn delete(world: &mut World, caller: &Caller, name: &str) -> Result<Value, Refusal> {
    let alias = arn(caller, name);
    world
        .aliases
        .remove(&alias)
        .map(|_| Value::Null)
        .ok_or_else(|| refuse("NotFoundException", &format!("Alias {alias} is not found.")))
}

/// `ListAliases`, for all keys or for one key. KMS API: `Limit` up to 100, default 50.
///
/// `KeyId` is the ID or ARN of the caller's own key. `alias/aws/s3` exists without a key until S3 needs one.
pub fn list(world: &World, caller: &Caller, body: &Value) -> Result<Value, Refusal> {
    let only = body.get("KeyId").and_then(Value::as_str).map(|named| own(world, caller, named)).transpose()?;
    let start = arn(caller, "");
    let mut all: BTreeMap<String, Value> = world
        .aliases
        .iter()
        .filter(|(_, target)| only.as_ref().is_none_or(|only| only == *target))
        .filter_map(|(alias, target)| {
            let (key, name) = (world.keys.get(target)?, alias.strip_prefix(&start)?);
            Some((name.to_owned(), json!({ "AliasArn": alias, "AliasName": name, "TargetKeyId": key.id, "CreationDate": key.created, "LastUpdatedDate": key.created })))
        })
        .collect();
    if only.is_none() {
        let name = "alias/aws/s3";
        all.entry(name.to_owned()).or_insert_with(|| json!({ "AliasArn": arn(caller, name), "AliasName": name }));
    }
    page(body, "Aliases", Limits { most: 100, usual: 50 }, all.into_iter().collect())
}

/// Returns the ARN of the caller's key with this ID or ARN.
fn own(world: &World, caller: &Caller, named: &str) -> Result<String, Refusal> {
    if named.contains("alias/") {
        return Err(refuse("NotFoundException", &format!("Invalid keyId '{named}'")));
    }
    find(world, &caller.account, &caller.region, named)
        .filter(|key| key.account == caller.account && key.region == caller.region)
        .map(|key| key.arn.clone())
        .ok_or_else(|| not_found(named))
}
