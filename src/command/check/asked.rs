//! What is asked about: the logs of sources that are named.

use std::collections::BTreeSet;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::aws::{Aws, ObserveError, usual_region};
use crate::cli::CheckArgs;
use crate::health::Report;
use crate::model::{Region, Seen, near};
use crate::plan::{FindingId, unusable_source};
use crate::producer::{Attachment, InventoryId, Kind, Log, LogType, Producer, Source, SourceBucket, SourceName};
use crate::request::{Draft, Incomplete};
use crate::state::Identity;

use super::diagnosed::now;
use super::unasked::Unasked;

/// Sources read at once.
pub(super) const AT_ONCE: usize = 8;

/// What the named sources log, on or off.
pub(super) async fn of_sources(
    aws: &Aws,
    draft: &Draft,
    args: &CheckArgs,
) -> Result<(Vec<Attachment>, Report), Unasked> {
    let missing: Vec<_> = draft.missing().into_iter().filter(|question| question.is_about_sources()).collect();
    let (Some(producer), true) = (draft.producer, missing.is_empty()) else {
        return Err(Unasked::Usage(Incomplete::Missing(missing)));
    };
    let mut names: Vec<SourceName> = Vec::new();
    for text in &draft.sources {
        let name = SourceName::parse(producer, text).map_err(|error| Unasked::Usage(error.into()))?;
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let home = home(aws, &names)?;
    let caller = aws.caller(&home).await?;
    let attachments = match producer {
        Producer::Alb | Producer::Nlb => {
            let kind = if producer == Producer::Nlb { Kind::Nlb } else { Kind::Alb(LogType::ALL.into()) };
            let side = aws.source_side(&home, &names, &caller, &kind).await?;
            for source in &side.sources {
                let other = unusable_source(producer, source).filter(|why| why.id == FindingId::SourceOtherType);
                if let Some(why) = other {
                    return Err(Unasked::OtherType(Box::new(why)));
                }
            }
            let logs: Vec<LogType> = match (producer, draft.choices.log_types.is_empty()) {
                (Producer::Alb, true) => LogType::ALL.to_vec(),
                (Producer::Alb, false) => draft.choices.log_types.iter().copied().collect(),
                (Producer::Inventory | Producer::Nlb | Producer::S3Access, _) => vec![LogType::Access],
            };
            side.sources.iter().flat_map(|source| of_balancer(source, &logs)).collect()
        }
        Producer::S3Access => {
            let side = aws.source_side(&home, &names, &caller, &Kind::S3Access(None)).await?;
            side.sources.iter().filter_map(access_log).collect()
        }
        Producer::Inventory => {
            let buckets = names.iter().filter_map(|name| match name {
                SourceName::Bucket(name) => Some(name),
                SourceName::LoadBalancer(_) | SourceName::LoadBalancerArn(_) => None,
            });
            let read = buckets.map(|name| async {
                let bucket = aws.source_located(&home, name, &caller).await?;
                inventories(aws, &caller, bucket).await
            });
            let read: Vec<_> = read.collect();
            let read: Vec<Vec<Attachment>> = stream::iter(read).buffered(AT_ONCE).try_collect().await?;
            match &args.inventory_id {
                Some(id) => of_id(read, id)?,
                None => read.into_iter().flatten().collect(),
            }
        }
    };
    Ok((attachments, Report::of(caller, now())))
}

/// Where the run is: by an ARN, by configuration, or anywhere, since buckets are found by name.
pub(super) fn home(aws: &Aws, names: &[SourceName]) -> Result<Region, Unasked> {
    let by_arn = names.iter().find_map(|name| match name {
        SourceName::LoadBalancerArn(arn) => arn.region.parse().ok(),
        SourceName::Bucket(_) | SourceName::LoadBalancer(_) => None,
    });
    let configured = aws.source.region().map_err(ObserveError::BadRegion)?;
    let of_buckets = names.iter().all(|name| matches!(name, SourceName::Bucket(_)));
    let usual = || usual_region().ok().filter(|_| of_buckets);
    Ok(by_arn.or(configured).or_else(usual).ok_or(ObserveError::NoRegion)?)
}

fn of_balancer(source: &Source, logs: &[LogType]) -> Vec<Attachment> {
    match source {
        Source::LoadBalancer(balancer) => Attachment::of_load_balancer(balancer, logs),
        Source::Bucket(_) => Vec::new(),
    }
}

pub(super) fn access_log(source: &Source) -> Option<Attachment> {
    match source {
        Source::Bucket(bucket) => Some(Attachment::of_access_log(bucket)),
        Source::LoadBalancer(_) => None,
    }
}

pub(super) async fn inventories(
    aws: &Aws,
    caller: &Identity,
    bucket: SourceBucket,
) -> Result<Vec<Attachment>, ObserveError> {
    let listed = aws.inventories(&bucket.region, &bucket.name, &caller.account).await?;
    Ok(Attachment::of_inventories(&bucket, &listed))
}

/// The inventory of the id that is asked for, of each bucket: off where a bucket has none of it and another has, and not known where
/// they can't be listed. An id that no bucket has was mistyped.
fn of_id(buckets: Vec<Vec<Attachment>>, id: &InventoryId) -> Result<Vec<Attachment>, ObserveError> {
    let id = id.to_string();
    let wanted = Log::Inventory(Some(id.clone()));
    let all = || buckets.iter().flatten();
    let is_open = all().any(|one| one.log == wanted || matches!(one.target, Seen::Denied(_)));
    if let (false, Some(Attachment { source: Source::Bucket(bucket), .. })) = (is_open, all().next()) {
        let ids = all().filter_map(|one| match &one.log {
            Log::Inventory(Some(other)) => Some(other.clone()),
            Log::Inventory(None) | Log::LoadBalancer(_) | Log::Requests => None,
        });
        let others: Vec<String> = ids.collect::<BTreeSet<_>>().into_iter().collect();
        let near = near(&id, others.iter().cloned(), 3);
        return Err(ObserveError::NoInventory { bucket: bucket.name.clone(), id, near, others });
    }
    let of_bucket = |attachments: Vec<Attachment>| {
        let found = attachments.iter().find(|one| one.log == wanted).cloned();
        found.or_else(|| attachments.into_iter().next().map(|any| of_none(any, wanted.clone())))
    };
    Ok(buckets.into_iter().filter_map(of_bucket).collect())
}

fn of_none(any: Attachment, log: Log) -> Attachment {
    let target = match any.target {
        Seen::Denied(denial) => Seen::Denied(denial),
        Seen::Absent | Seen::Present(_) => Seen::Absent,
    };
    Attachment { log, target, ..any }
}
