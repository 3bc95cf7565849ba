//! The logs of the account, on or off, and what could not be looked at.

use std::collections::BTreeSet;

use futures_util::stream::{self, StreamExt as _};

use crate::aws::{Aws, AwsError, Cause, ObserveError};
use crate::model::{BucketName, LogType, Producer, Region};
use crate::state::{Attachment, Identity, LoadBalancer, LoadBalancerType, Seen, SourceBucket};

use super::regions::Regions;
use super::scope::Scope;

/// Regions looked into at once: each has quotas of its own.
const REGIONS_AT_ONCE: usize = 8;

/// Buckets read at once, two requests each. S3 documents no quota for these reads, and slows down who asks too much.
const BUCKETS_AT_ONCE: usize = 16;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The logs.
    pub(super) attachments: Vec<Attachment>,
    /// What could not be looked at.
    pub(super) unread: BTreeSet<String>,
}

impl Found {
    fn add(&mut self, other: Self) {
        self.attachments.extend(other.attachments);
        self.unread.extend(other.unread);
    }
}

/// Everything of the account that can log.
pub(super) async fn found(
    aws: &Aws,
    caller: &Identity,
    home: &Region,
    regions: &Regions,
    scope: &Scope,
) -> Result<Found, AwsError> {
    let (balancers, buckets) = tokio::join!(
        Box::pin(balancers(aws, regions, home, scope)),
        Box::pin(buckets(aws, caller, home, regions, scope))
    );
    let mut found = balancers?;
    found.add(buckets?);
    Ok(found)
}

async fn balancers(aws: &Aws, regions: &Regions, home: &Region, scope: &Scope) -> Result<Found, AwsError> {
    let mut found = Found::default();
    if !(scope.has(Producer::Alb) || scope.has(Producer::Nlb)) {
        return Ok(found);
    }
    let wanted =
        |balancer: &LoadBalancer| scope.names(&balancer.name) && producer_of(balancer).is_some_and(|of| scope.has(of));
    let looks =
        regions.all.iter().map(|region| async move { (region, aws.logging_load_balancers(region, &wanted).await) });
    let looks: Vec<_> = looks.collect();
    let looks: Vec<_> = stream::iter(looks).buffered(REGIONS_AT_ONCE).collect().await;
    for (region, outcome) in looks {
        match outcome {
            Ok(Seen::Present(balancers)) => {
                found.attachments.extend(balancers.iter().flat_map(|balancer| {
                    let logs = if balancer.kind == LoadBalancerType::Network {
                        &[LogType::Access][..]
                    } else {
                        &LogType::ALL[..]
                    };
                    Attachment::of_load_balancer(balancer, logs)
                }));
            }
            Ok(Seen::Absent) => {}
            Ok(Seen::Denied(denial)) => drop(found.unread.insert(format!("load balancers in {region}: {denial}"))),
            // A Region that is not enabled knows no credentials.
            Err(error) if regions.guessed && region != home && error.cause == Cause::BadKey => {}
            Err(error) => drop(found.unread.insert(format!("load balancers in {region}: {error}"))),
        }
    }
    Ok(found)
}

fn producer_of(balancer: &LoadBalancer) -> Option<Producer> {
    match balancer.kind {
        LoadBalancerType::Application => Some(Producer::Alb),
        LoadBalancerType::Network => Some(Producer::Nlb),
        LoadBalancerType::Gateway => None,
    }
}

async fn buckets(
    aws: &Aws,
    caller: &Identity,
    home: &Region,
    regions: &Regions,
    scope: &Scope,
) -> Result<Found, AwsError> {
    let mut found = Found::default();
    if !(scope.has(Producer::S3Access) || scope.has(Producer::Inventory)) {
        return Ok(found);
    }
    let listed = match aws.located_buckets(home).await? {
        Seen::Present(listed) => listed,
        Seen::Absent => Vec::new(),
        Seen::Denied(denial) => {
            found.unread.insert(format!("buckets: {denial}"));
            Vec::new()
        }
    };
    let listed = listed.into_iter().filter(|(name, region)| {
        scope.names(name.as_str()) && region.as_ref().is_none_or(|region| regions.all.contains(region))
    });
    let reads = listed.map(|(name, region)| async move {
        let outcome = Box::pin(of_bucket(aws, caller, home, &name, region, scope)).await;
        (name, outcome)
    });
    let reads: Vec<_> = reads.collect();
    let reads: Vec<_> = stream::iter(reads).buffered(BUCKETS_AT_ONCE).collect().await;
    for (name, outcome) in reads {
        match outcome {
            Ok(attachments) => {
                let here = attachments.into_iter().filter(|log| regions.all.contains(log.source.region()));
                found.attachments.extend(here);
            }
            // Deleted since it was listed.
            Err(ObserveError::NoBucket { .. }) => {}
            Err(error) => drop(found.unread.insert(format!("bucket `{name}`: {error}"))),
        }
    }
    Ok(found)
}

/// A bucket's logs; where a listing did not say where it is, it is asked for.
async fn of_bucket(
    aws: &Aws,
    caller: &Identity,
    home: &Region,
    name: &BucketName,
    region: Option<Region>,
    scope: &Scope,
) -> Result<Vec<Attachment>, ObserveError> {
    let bucket = match region {
        Some(region) => SourceBucket { name: name.clone(), region, logging: Seen::Absent, inventory: Seen::Absent },
        None => aws.inventory_source(home, name, caller).await?,
    };
    let logging = async {
        if scope.has(Producer::S3Access) {
            let logging = aws.logging(&bucket.region, name, &caller.account).await?;
            Ok::<_, ObserveError>(Some(Attachment::of_access_log(&SourceBucket { logging, ..bucket.clone() })))
        } else {
            Ok(None)
        }
    };
    let inventories = async {
        if scope.has(Producer::Inventory) {
            let listed = aws.inventories(&bucket.region, name, &caller.account).await?;
            Ok::<_, ObserveError>(Attachment::of_inventories(&bucket, &listed))
        } else {
            Ok(Vec::new())
        }
    };
    let (logging, inventories) = tokio::join!(logging, inventories);
    Ok(logging?.into_iter().chain(inventories?).collect())
}
