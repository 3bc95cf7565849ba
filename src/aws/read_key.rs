//! Finds KMS keys by any of their names, or by an earlier run's receipts.

use std::collections::BTreeMap;

use aws_sdk_kms::Client;
use aws_sdk_kms::types::{KeyListEntry, KeyManagerType, Tag};
use futures_util::stream::{self, StreamExt as _};

use crate::model::{AccountId, BucketName, Denial, KeyArn, Region, RunToken, Seen, Unread};
use crate::plan::TARGET_TAG;
use crate::state::{Key, KeyManager, KeyOrigin, OwnKeys};

use super::error::AwsError;
use super::listing::{Listing, Next};
use super::outcome::seen;
use super::session::Session;

/// The number of tag reads in flight, well under the 10 calls a second that AWS allows for `ListResourceTags`
/// (<https://docs.aws.amazon.com/kms/latest/developerguide/throttling.html>).
const AT_ONCE: usize = 5;

/// Reads a key by ARN, id or alias.
pub(super) async fn by_name(
    session: &Session,
    region: &Region,
    owner: &AccountId,
    name: &str,
) -> Result<Seen<Key>, AwsError> {
    let own_region = name.split(':').nth(3).and_then(|region| region.parse().ok());
    let client = session.kms(own_region.as_ref().unwrap_or(region));
    with_policy(&client, owner, described(&client, name).await?).await
}

/// Returns the key with the bucket's own alias, no matter who created the key. Without such a key, returns a key that
/// an earlier run left without an alias.
pub(super) async fn created_for(
    session: &Session,
    region: &Region,
    owner: &AccountId,
    bucket: &BucketName,
    own: &OwnKeys,
) -> Result<Seen<Key>, AwsError> {
    let client = session.kms(region);
    let found = match described(&client, &bucket.key_alias()).await? {
        Seen::Present(key) => {
            let origin = origin_of(&client, &key, own).await?;
            Seen::Present(Key { origin, ..key })
        }
        denied @ Seen::Denied(_) => denied,
        Seen::Absent => without_alias(&client, region, own).await?,
    };
    with_policy(&client, owner, found).await
}

/// Returns who created a key. A key whose tags can't be read is not ours: our key policies leave this permission to
/// IAM.
async fn origin_of(client: &Client, key: &Key, own: &OwnKeys) -> Result<KeyOrigin, AwsError> {
    let is_own = own.created.contains(&key.arn)
        || !own.tokens.is_empty() && matches!(is_marked(client, key.arn.id(), &own.tokens).await?, Seen::Present(()));
    Ok(if is_own { KeyOrigin::OwnRun } else { KeyOrigin::Unknown })
}

/// Finds an earlier run's key that has no alias yet: by its ARN, or by the run's token if the run never learned the
/// ARN.
async fn without_alias(client: &Client, region: &Region, own: &OwnKeys) -> Result<Seen<Key>, AwsError> {
    let of_run = |key: Key| Key { own_alias: false, origin: KeyOrigin::OwnRun, ..key };
    for arn in own.created.iter().filter(|arn| arn.arn().region == region.as_str()) {
        match described(client, &arn.to_string()).await?.map(of_run) {
            Seen::Present(key) if key.state != "PendingDeletion" => return Ok(Seen::Present(key)),
            Seen::Present(_) | Seen::Absent => {}
            denied @ Seen::Denied(_) => return Ok(denied),
        }
    }
    if own.tokens.is_empty() {
        return Ok(Seen::Absent);
    }
    let ids: Vec<String> = match listed(client).await? {
        Seen::Present(keys) => keys.into_iter().filter_map(|key| key.key_id).collect(),
        Seen::Absent => Vec::new(),
        Seen::Denied(denial) => return Ok(Seen::Denied(denial)),
    };
    let marks = stream::iter(ids).map(|id| async move { (is_marked(client, &id, &own.tokens).await, id) });
    let marks: Vec<(Result<Seen<()>, AwsError>, String)> = marks.buffered(AT_ONCE).collect().await;
    let (mut readable, mut denied) = (false, None);
    for (mark, id) in marks {
        match mark? {
            Seen::Present(()) => {
                let found = described(client, &id).await?.map(of_run);
                if found.present().is_some_and(|key| key.state != "PendingDeletion") {
                    return Ok(found);
                }
            }
            Seen::Absent => readable = true,
            Seen::Denied(denial) => denied = Some(denial),
        }
    }
    // If only some keys refuse the caller, they are not ours, because our key policies leave access to IAM. If all keys
    // refuse, the refusal comes from IAM.
    match denied {
        Some(denial) if !readable => Ok(Seen::Denied(denial)),
        _ => Ok(Seen::Absent),
    }
}

/// Lists the keys of a Region, in pages of 1,000. A Region has up to 100,000 keys
/// (<https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html>), besides AWS's own keys.
pub(super) async fn listed(client: &Client) -> Result<Seen<Vec<KeyListEntry>>, AwsError> {
    let listing = Listing { action: "kms:ListKeys", resource: "*", absent: &[], pages: 200 };
    let mut keys = Vec::new();
    let ask = |marker| client.list_keys().limit(1000).set_marker(marker).send();
    let read = listing.read(ask, |page| {
        keys.extend(page.keys.unwrap_or_default());
        Next::by_flag(Some(page.truncated), page.next_marker)
    });
    let read = read.await?;
    Ok(read.map(|()| keys))
}

/// Returns one alias for each key that has any, by the key's id, in pages of 100. A key may have 50 aliases
/// (<https://docs.aws.amazon.com/kms/latest/APIReference/API_ListAliases.html>).
pub(super) async fn aliases(client: &Client) -> Result<Seen<BTreeMap<String, String>>, AwsError> {
    let listing = Listing { action: "kms:ListAliases", resource: "*", absent: &[], pages: 1_000 };
    let mut names = BTreeMap::new();
    let ask = |marker| client.list_aliases().limit(100).set_marker(marker).send();
    let read = listing.read(ask, |page| {
        let aliases = page.aliases.unwrap_or_default().into_iter();
        names.extend(aliases.filter_map(|alias| Some((alias.target_key_id?, alias.alias_name?))));
        Next::by_flag(Some(page.truncated), page.next_marker)
    });
    let read = read.await?;
    Ok(read.map(|()| names))
}

/// Returns whether a key carries the token of one of these runs.
async fn is_marked(client: &Client, id: &str, tokens: &[RunToken]) -> Result<Seen<()>, AwsError> {
    let tags = client.list_resource_tags().key_id(id).send().await;
    let tags = seen("kms:ListResourceTags", id, &["NotFoundException"], tags)?;
    Ok(match tags {
        Seen::Present(answer) => {
            let is_token = |value: &str| tokens.iter().any(|token| token.as_str() == value);
            let marked = |tag: &Tag| tag.tag_key() == TARGET_TAG && is_token(tag.tag_value());
            if answer.tags().iter().any(marked) { Seen::Present(()) } else { Seen::Absent }
        }
        Seen::Absent => Seen::Absent,
        Seen::Denied(denial) => Seen::Denied(denial),
    })
}

/// Adds a key's policy.
async fn with_policy(client: &Client, owner: &AccountId, key: Seen<Key>) -> Result<Seen<Key>, AwsError> {
    match key {
        Seen::Present(key) => {
            let policy = key_policy(client, owner, &key.arn).await?;
            Ok(Seen::Present(Key { policy, ..key }))
        }
        Seen::Absent | Seen::Denied(_) => Ok(key),
    }
}

/// Reads a key by ARN, id or alias, without its policy.
pub(super) async fn described(client: &Client, name: &str) -> Result<Seen<Key>, AwsError> {
    let answer = client.describe_key().key_id(name).send().await;
    let metadata = match seen("kms:DescribeKey", name, &["NotFoundException"], answer)? {
        Seen::Present(answer) => answer.key_metadata,
        Seen::Absent => return Ok(Seen::Absent),
        Seen::Denied(denial) => return Ok(Seen::Denied(denial)),
    };
    let Some((metadata, arn)) = metadata.and_then(|metadata| {
        let arn = metadata.arn()?.parse().ok()?;
        Some((metadata, arn))
    }) else {
        return Ok(Seen::Absent);
    };
    let arn: KeyArn = arn;
    let word = |text: Option<&str>| text.unwrap_or("unknown").to_owned();
    Ok(Seen::Present(Key {
        manager: match metadata.key_manager() {
            Some(KeyManagerType::Aws) => KeyManager::Aws,
            _ => KeyManager::Customer,
        },
        state: word(metadata.key_state().map(aws_sdk_kms::types::KeyState::as_str)),
        spec: word(metadata.key_spec().map(aws_sdk_kms::types::KeySpec::as_str)),
        usage: word(metadata.key_usage().map(aws_sdk_kms::types::KeyUsageType::as_str)),
        policy: Seen::Absent,
        own_alias: true,
        origin: KeyOrigin::Unknown,
        arn,
    }))
}

/// Reads a key's policy, which only the key's own account can do
/// (<https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html>, "Cross-account use: No").
pub(super) async fn key_policy(client: &Client, owner: &AccountId, arn: &KeyArn) -> Result<Seen<String>, AwsError> {
    const ACTION: &str = "kms:GetKeyPolicy";
    if arn.arn().account != owner.as_str() {
        return Ok(Seen::Denied(Denial {
            action: ACTION,
            resource: format!("{arn} (of account {})", arn.arn().account),
            why: Unread::Elsewhere,
        }));
    }
    let answer = client.get_key_policy().key_id(arn.to_string()).policy_name("default").send().await;
    let answer = seen(ACTION, &arn.to_string(), &["NotFoundException"], answer)?;
    Ok(match answer {
        Seen::Present(answer) => answer.policy.map_or(Seen::Absent, Seen::Present),
        Seen::Absent => Seen::Absent,
        Seen::Denied(denial) => Seen::Denied(denial),
    })
}
