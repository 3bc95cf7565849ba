//! KMS keys: found by any of their names, or by the mark of an earlier run.

use std::collections::BTreeMap;

use aws_sdk_kms::Client;
use aws_sdk_kms::types::{KeyListEntry, KeyManagerType, Tag};
use futures_util::stream::{self, StreamExt as _};

use crate::model::{AccountId, BucketName, Denial, Region, Seen, Unread};
use crate::plan::TARGET_TAG;
use crate::state::{Key, KeyManager};

use super::error::AwsError;
use super::listing::{Listing, Next};
use super::outcome::seen;
use super::session::Session;

/// Reads of tags under way at once, well under the 10 a second that AWS allows for `ListResourceTags`
/// (<https://docs.aws.amazon.com/kms/latest/developerguide/throttling.html>).
const AT_ONCE: usize = 5;

/// A key by any name: ARN, id, alias.
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

/// The key that an earlier run made for a bucket: by its alias, else by the tag that `CreateKey` gave it.
pub(super) async fn made_for(
    session: &Session,
    region: &Region,
    owner: &AccountId,
    bucket: &BucketName,
) -> Result<Seen<Key>, AwsError> {
    let client = session.kms(region);
    match described(&client, &bucket.key_alias()).await? {
        Seen::Absent => {}
        found @ (Seen::Present(_) | Seen::Denied(_)) => return with_policy(&client, owner, found).await,
    }
    let ids: Vec<String> = match listed(&client).await? {
        Seen::Present(keys) => keys.into_iter().filter_map(|key| key.key_id).collect(),
        Seen::Absent => Vec::new(),
        Seen::Denied(denial) => return Ok(Seen::Denied(denial)),
    };
    let client = &client;
    let marks = stream::iter(ids).map(|id| async move { (is_marked(client, &id, bucket).await, id) });
    let marks: Vec<(Result<Seen<()>, AwsError>, String)> = marks.buffered(AT_ONCE).collect().await;
    let (mut readable, mut denied) = (false, None);
    for (mark, id) in marks {
        match mark? {
            Seen::Present(()) => {
                let found = described(client, &id).await?.map(|key| Key { own_alias: false, ..key });
                if found.present().is_some_and(|key| key.state != "PendingDeletion") {
                    return with_policy(client, owner, found).await;
                }
            }
            Seen::Absent => readable = true,
            Seen::Denied(denial) => denied = Some(denial),
        }
    }
    // One key that keeps this caller out is not ours: ours leaves it to IAM. If all do, IAM keeps the caller out.
    match denied {
        Some(denial) if !readable => Ok(Seen::Denied(denial)),
        _ => Ok(Seen::Absent),
    }
}

/// The keys of a Region, in pages of 1,000: up to 100,000
/// (<https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html>), AWS's own not counted.
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

/// An alias of each key that has one, by the key's id, in pages of 100; a key may have 50
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

/// Whether a key carries the mark.
async fn is_marked(client: &Client, id: &str, bucket: &BucketName) -> Result<Seen<()>, AwsError> {
    let tags = client.list_resource_tags().key_id(id).send().await;
    let tags = seen("kms:ListResourceTags", id, &["NotFoundException"], tags)?;
    Ok(match tags {
        Seen::Present(answer) => {
            let marked = |tag: &Tag| tag.tag_key() == TARGET_TAG && tag.tag_value() == bucket.as_str();
            if answer.tags().iter().any(marked) { Seen::Present(()) } else { Seen::Absent }
        }
        Seen::Absent => Seen::Absent,
        Seen::Denied(denial) => Seen::Denied(denial),
    })
}

/// A key with its policy.
async fn with_policy(client: &Client, owner: &AccountId, key: Seen<Key>) -> Result<Seen<Key>, AwsError> {
    match key {
        Seen::Present(key) => {
            let policy = key_policy(client, owner, &key.arn).await?;
            Ok(Seen::Present(Key { policy, ..key }))
        }
        Seen::Absent | Seen::Denied(_) => Ok(key),
    }
}

/// A key by any name, without its policy.
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
    let arn: crate::model::KeyArn = arn;
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
        arn,
    }))
}

/// A key's policy. Only the key's own account can read it
/// (<https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html>, "Cross-account use: No").
pub(super) async fn key_policy(
    client: &Client,
    owner: &AccountId,
    arn: &crate::model::KeyArn,
) -> Result<Seen<String>, AwsError> {
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
