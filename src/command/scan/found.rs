//! The logs of the account, on or off, and what could not be looked at.

use std::collections::BTreeSet;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::aws::{Aws, AwsError, Cause, Listed, ObserveError};
use crate::model::{BucketName, Producer, Region};
use crate::state::{Attachment, Identity, LoadBalancer, Seen, SourceBucket};

use super::regions::{Chosen, Regions};
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
    /// Regions that know nothing of these credentials.
    pub(super) closed: BTreeSet<Region>,
    /// Whether anything could be listed.
    pub(super) answered: bool,
}

impl Found {
    fn add(&mut self, other: Self) {
        self.attachments.extend(other.attachments);
        self.unread.extend(other.unread);
        self.closed.extend(other.closed);
        self.answered |= other.answered;
    }
}

/// Everything of the account that can log. An error is one that lies with the caller; any other is the trouble of one part.
pub(super) async fn found(
    aws: &Aws,
    caller: &Identity,
    home: &Region,
    regions: &Regions,
    scope: &Scope,
) -> Result<Found, ObserveError> {
    let (balancers, buckets) =
        tokio::join!(Box::pin(balancers(aws, regions, scope)), Box::pin(buckets(aws, caller, home, regions, scope)));
    let mut found = balancers?;
    found.add(buckets?);
    Ok(found)
}

async fn balancers(aws: &Aws, regions: &Regions, scope: &Scope) -> Result<Found, AwsError> {
    let mut found = Found::default();
    if !(scope.has(Producer::Alb) || scope.has(Producer::Nlb)) {
        return Ok(found);
    }
    let wanted = |balancer: &LoadBalancer| {
        scope.names(&balancer.name) && balancer.kind.producer().is_some_and(|producer| scope.has(producer))
    };
    let looks =
        regions.all.iter().map(|region| async move { (region, aws.logging_load_balancers(region, &wanted).await) });
    let looks: Vec<_> = looks.collect();
    let looks: Vec<_> = stream::iter(looks).buffered(REGIONS_AT_ONCE).collect().await;
    for (region, outcome) in looks {
        match outcome {
            Ok(Seen::Present(balancers)) => {
                found.answered = true;
                found.attachments.extend(balancers.iter().flat_map(Attachment::of_every_log));
            }
            Ok(Seen::Absent) => {}
            Ok(Seen::Denied(denial)) => drop(found.unread.insert(format!("load balancers in {region}: {denial}"))),
            Err(error) if error.cause.is_of_the_caller() => return Err(error),
            Err(error) if error.cause == Cause::BadKey => drop(found.closed.insert(region.clone())),
            Err(error) => drop(found.unread.insert(format!("load balancers in {region}: {error}"))),
        }
    }
    Ok(found)
}

async fn buckets(
    aws: &Aws,
    caller: &Identity,
    home: &Region,
    regions: &Regions,
    scope: &Scope,
) -> Result<Found, ObserveError> {
    let mut found = Found::default();
    if !(scope.has(Producer::S3Access) || scope.has(Producer::Inventory)) {
        return Ok(found);
    }
    let listed = match aws.located_buckets(home).await {
        Ok(Seen::Present(listed)) => {
            found.answered = true;
            listed
        }
        Ok(Seen::Absent) => Listed::default(),
        Ok(Seen::Denied(denial)) => {
            found.unread.insert(format!("buckets: {denial}"));
            Listed::default()
        }
        Err(error) if error.cause.is_of_the_caller() => return Err(error.into()),
        Err(error) => {
            found.unread.insert(format!("buckets: {error}"));
            Listed::default()
        }
    };
    let Listed { mut buckets, mut old } = listed;
    buckets.retain(|(name, _)| scope.names(name.as_str()));
    old.retain(|name| scope.names(name));
    found
        .unread
        .extend(old.iter().map(|name| format!("bucket `{name}`: its name has the form of old, which is not read")));
    let inside = |region: &Region| regions.all.contains(region);
    let outside = |name: &BucketName, region: &Region| {
        (regions.chosen == Chosen::Every)
            .then(|| format!("bucket `{name}`: it is in {region}, which was not looked into"))
    };
    let reads = buckets.into_iter().map(|(name, region)| async move {
        match region {
            Some(region) if !inside(&region) => Ok((Vec::new(), Vec::from_iter(outside(&name, &region)))),
            region => Box::pin(of_bucket(aws, caller, home, &name, region, scope)).await,
        }
    });
    let reads: Vec<_> = reads.collect();
    let reads: Vec<_> = stream::iter(reads).buffered(BUCKETS_AT_ONCE).try_collect().await?;
    for (attachments, unread) in reads {
        found.attachments.extend(attachments.into_iter().filter(|log| inside(log.source.region())));
        found.unread.extend(unread);
    }
    Ok(found)
}

/// A bucket's logs, and what could not be looked at; where a listing did not say where it is, it is asked for.
async fn of_bucket(
    aws: &Aws,
    caller: &Identity,
    home: &Region,
    name: &BucketName,
    region: Option<Region>,
    scope: &Scope,
) -> Result<(Vec<Attachment>, Vec<String>), ObserveError> {
    let bucket = match region {
        Some(region) => SourceBucket { name: name.clone(), region, logging: Seen::Absent, inventory: Seen::Absent },
        None => match aws.source_located(home, name, caller).await {
            Ok(bucket) => bucket,
            // Deleted since it was listed.
            Err(ObserveError::NoBucket { .. }) => return Ok((Vec::new(), Vec::new())),
            Err(ObserveError::Aws(error)) if error.cause.is_of_the_caller() => return Err(error.into()),
            Err(error) => return Ok((Vec::new(), vec![format!("bucket `{name}`: {error}")])),
        },
    };
    let logging = async {
        if !scope.has(Producer::S3Access) {
            return Ok(Vec::new());
        }
        let logging = aws.logging(&bucket.region, name, &caller.account).await?;
        Ok::<_, AwsError>(vec![Attachment::of_access_log(&SourceBucket { logging, ..bucket.clone() })])
    };
    let inventories = async {
        if !scope.has(Producer::Inventory) {
            return Ok(Vec::new());
        }
        let listed = aws.inventories(&bucket.region, name, &caller.account).await?;
        Ok::<_, AwsError>(Attachment::of_inventories(&bucket, &listed))
    };
    let (logging, inventories) = tokio::join!(logging, inventories);
    let (mut attachments, mut unread) = (Vec::new(), Vec::new());
    for read in [logging, inventories] {
        match read {
            Ok(read) => attachments.extend(read),
            Err(error) if error.cause.is_of_the_caller() => return Err(error.into()),
            Err(error) if error.is("NoSuchBucket") => {}
            Err(error) => unread.push(format!("bucket `{name}`: {error}")),
        }
    }
    Ok((attachments, unread))
}
