//! Aliases of keys.
//!
//! Names only; what a key is, is in [`crate::kms::key`].

use serde_json::{Value, json};

use crate::dispatch::Caller;
use crate::kms::error::{Refusal, not_found, refuse};
use crate::kms::key::find;
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

/// `DeleteAlias`.
pub fn delete(world: &mut World, caller: &Caller, name: &str) -> Result<Value, Refusal> {
    let alias = arn(caller, name);
    world
        .aliases
        .remove(&alias)
        .map(|_| Value::Null)
        .ok_or_else(|| refuse("NotFoundException", &format!("Alias {alias} is not found.")))
}

/// `ListAliases`, of all keys or one.
pub fn list(world: &World, caller: &Caller, key: Option<&str>) -> Result<Value, Refusal> {
    let only = match key {
        Some(named) => {
            Some(find(world, &caller.account, &caller.region, named).ok_or_else(|| not_found(named))?.arn.clone())
        }
        None => None,
    };
    let start = arn(caller, "");
    let all: Vec<Value> = world
        .aliases
        .iter()
        .filter(|(alias, target)| alias.starts_with(&start) && only.as_ref().is_none_or(|only| only == *target))
        .filter_map(|(alias, target)| {
            let key = world.keys.get(target)?;
            Some(json!({ "AliasArn": alias, "AliasName": alias.strip_prefix(&start)?, "TargetKeyId": key.id, "CreationDate": key.created, "LastUpdatedDate": key.created }))
        })
        .collect();
    Ok(json!({ "Aliases": all, "Truncated": false }))
}
