//! The logs of the account, on or off, and what could not be looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures_util::stream::{StreamExt as _, TryStreamExt as _};

use crate::aws::{Aws, AwsError, Cause, Listed, ObserveError};
use crate::command::at_once::as_they_end;
use crate::health::Ignored;
use crate::model::{BucketName, Region, Seen};
use crate::producer::{Attachment, Producer, SourceBucket};
use crate::state::Identity;
use crate::ui::Count;

use super::regions::{Chosen, Regions};
use super::scope::Scope;
use super::so_far::SoFar;

/// Regions looked into at once: each has quotas of its own.
const REGIONS_AT_ONCE: usize = 8;

/// Load balancers of a Region read at once. AWS documents a bucket of 200 reads that refills at 50 a second (and on the same page
/// of 40 and 10 for all calls): a Region of some hundreds is throttled in the end, and then read at its pace
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html>).
const BALANCERS_AT_ONCE: usize = 10;

/// Buckets read at once, two requests each: as many as the pace of the run lets through.
const BUCKETS_AT_ONCE: usize = 32;

const BALANCERS: &str = "load balancers";
const BUCKETS: &str = "buckets";

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The logs.
    pub(super) attachments: Vec<Arc<Attachment>>,
    /// What could not be looked at.
    pub(super) unread: BTreeSet<String>,
    /// Regions that know nothing of these credentials.
    pub(super) closed: BTreeSet<Region>,
    /// Whether anything could be listed.
    pub(super) answered: bool,
    /// The sources that were to be ignored.
    pub(super) ignored: Ignored,
}

impl Found {
    fn add(&mut self, other: Self) {
        self.attachments.extend(other.attachments);
        self.unread.extend(other.unread);
        self.closed.extend(other.closed);
        self.answered |= other.answered;
        self.ignored.add(other.ignored);
    }
}

/// Everything of the account that can log. An error is one that lies with the caller; any other is the trouble of one part.
pub(super) async fn found(
    aws: &Aws,
    caller: &Identity,
    home: &Region,
    regions: &Regions,
    scope: &Scope,
    count: &Count,
    so_far: &SoFar,
) -> Result<Found, ObserveError> {
    let look = Look { aws, caller, home, regions, scope, count, so_far };
    let (balancers, buckets) = tokio::join!(Box::pin(look.balancers()), Box::pin(look.buckets()));
    let mut found = balancers?;
    found.add(buckets?);
    Ok(found)
}

/// What everything is looked at with.
struct Look<'a> {
    aws: &'a Aws,
    caller: &'a Identity,
    home: &'a Region,
    regions: &'a Regions,
    scope: &'a Scope,
    count: &'a Count,
    so_far: &'a SoFar,
}

impl Look<'_> {
    async fn balancers(&self) -> Result<Found, AwsError> {
        let mut found = Found::default();
        if !(self.scope.has(Producer::Alb) || self.scope.has(Producer::Nlb)) {
            return Ok(found);
        }
        let look = |region| async move { (region, Box::pin(self.balancers_of(region)).await) };
        let mut looks = Box::pin(as_they_end(&self.regions.all, REGIONS_AT_ONCE, look));
        let mut unread = Unread::default();
        while let Some((region, outcome)) = looks.next().await {
            match outcome {
                Ok(Seen::Present((logs, ignored))) => {
                    found.answered = true;
                    found.attachments.extend(logs);
                    found.ignored.add(ignored);
                }
                Ok(Seen::Absent) => {}
                Ok(Seen::Denied(denial)) => unread.add(region, denial.to_string(), denial.to_string()),
                Err(error) if error.cause.is_of_the_caller() => return Err(error),
                Err(error) if error.cause == Cause::BadKey => drop(found.closed.insert(region.clone())),
                Err(error) => unread.add(region, error.to_string(), error.kind()),
            }
        }
        found.unread.extend(unread.lines());
        Ok(found)
    }

    /// The logs of the load balancers of a Region that are asked about.
    async fn balancers_of(&self, region: &Region) -> Result<Seen<(Vec<Arc<Attachment>>, Ignored)>, AwsError> {
        let mut listed = match self.aws.listed_load_balancers(region).await? {
            Seen::Present(listed) => listed,
            Seen::Absent => return Ok(Seen::Absent),
            Seen::Denied(denial) => return Ok(Seen::Denied(denial)),
        };
        let mut ignored = Ignored::default();
        listed.retain(|balancer| {
            let producer = balancer.kind.producer();
            producer.is_some_and(|producer| self.scope.has(producer))
                && self.scope.by_name(&balancer.name).counted(&mut ignored)
        });
        if self.scope.asks_tags() {
            let tags = match self.aws.load_balancer_tags(region, &listed).await? {
                Seen::Present(tags) => tags,
                Seen::Absent => BTreeMap::new(),
                Seen::Denied(denial) => return Ok(Seen::Denied(denial)),
            };
            let none = BTreeMap::new();
            listed.retain(|balancer| {
                self.scope.by_tags(tags.get(&balancer.arn.to_string()).unwrap_or(&none)).counted(&mut ignored)
            });
        }
        self.count.expects(BALANCERS, listed.len());
        let read = |balancer| async {
            let read = self.aws.attached(region, balancer).await?;
            self.count.did(BALANCERS);
            let logs = read.as_ref().map(Attachment::of_every_log).unwrap_or_default();
            Ok::<_, AwsError>(logs.into_iter().map(|log| self.so_far.found(log)).collect::<Vec<_>>())
        };
        let mut reads = Box::pin(as_they_end(listed, BALANCERS_AT_ONCE, read));
        let mut found = Vec::new();
        while let Some(logs) = reads.try_next().await? {
            found.extend(logs);
        }
        Ok(Seen::Present((found, ignored)))
    }

    async fn buckets(&self) -> Result<Found, ObserveError> {
        let mut found = Found::default();
        if !(self.scope.has(Producer::S3Access) || self.scope.has(Producer::Inventory)) {
            return Ok(found);
        }
        let listed = match self.aws.located_buckets(self.home).await {
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
        buckets.retain(|(name, _)| self.scope.by_name(name.as_str()).counted(&mut found.ignored));
        old.retain(|name| self.scope.by_name(name).counted(&mut found.ignored));
        found
            .unread
            .extend(old.iter().map(|name| format!("bucket `{name}`: its name has the form of old, which is not read")));
        let inside = |region: &Region| self.regions.all.contains(region);
        let outside = |name: &BucketName, region: &Region| {
            (self.regions.chosen == Chosen::Every)
                .then(|| format!("bucket `{name}`: it is in {region}, which was not looked into"))
        };
        self.count.expects(BUCKETS, buckets.len());
        let read = |(name, region): (BucketName, Option<Region>)| async move {
            let mut of_bucket = match region {
                Some(region) if !inside(&region) => OfBucket::unread(outside(&name, &region)),
                region => Box::pin(self.of_bucket(&name, region)).await?,
            };
            self.count.did(BUCKETS);
            of_bucket.logs.retain(|log| inside(log.source.region()));
            Ok::<_, ObserveError>(of_bucket)
        };
        let mut reads = Box::pin(as_they_end(buckets, BUCKETS_AT_ONCE, read));
        while let Some(OfBucket { logs, unread, ignored }) = reads.try_next().await? {
            found.attachments.extend(logs.into_iter().map(|log| self.so_far.found(log)));
            found.unread.extend(unread);
            found.ignored.add(ignored);
        }
        Ok(found)
    }

    /// A bucket's logs, and what could not be looked at; where a listing did not say where it is, it is asked for.
    async fn of_bucket(&self, name: &BucketName, region: Option<Region>) -> Result<OfBucket, ObserveError> {
        let Self { aws, caller, home, scope, .. } = *self;
        let bucket = match region {
            Some(region) => SourceBucket { name: name.clone(), region, logging: Seen::Absent, inventory: Seen::Absent },
            None => match aws.source_located(home, name, caller).await {
                Ok(bucket) => bucket,
                // Deleted since it was listed.
                Err(ObserveError::NoBucket { .. }) => return Ok(OfBucket::default()),
                Err(ObserveError::Aws(error)) if error.cause.is_of_the_caller() => return Err(error.into()),
                Err(error) => return Ok(OfBucket::unread([format!("bucket `{name}`: {error}")])),
            },
        };
        if scope.asks_tags() {
            let tags = match aws.bucket_tags(&bucket.region, name, &caller.account).await {
                Ok(Seen::Present(tags)) => tags,
                Ok(Seen::Absent) => BTreeMap::new(),
                Ok(Seen::Denied(denial)) => return Ok(OfBucket::unread([format!("bucket `{name}`: {denial}")])),
                Err(error) if error.cause.is_of_the_caller() => return Err(error.into()),
                Err(error) if error.is("NoSuchBucket") => return Ok(OfBucket::default()),
                Err(error) => return Ok(OfBucket::unread([format!("bucket `{name}`: {error}")])),
            };
            let mut ignored = Ignored::default();
            if !scope.by_tags(&tags).counted(&mut ignored) {
                return Ok(OfBucket { ignored, ..OfBucket::default() });
            }
        }
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
        let mut of_bucket = OfBucket::default();
        for read in [logging, inventories] {
            match read {
                Ok(read) => of_bucket.logs.extend(read),
                Err(error) if error.cause.is_of_the_caller() => return Err(error.into()),
                Err(error) if error.is("NoSuchBucket") => {}
                Err(error) => of_bucket.unread.push(format!("bucket `{name}`: {error}")),
            }
        }
        Ok(of_bucket)
    }
}

/// What was found of a bucket.
#[derive(Debug, Default)]
struct OfBucket {
    logs: Vec<Attachment>,
    unread: Vec<String>,
    ignored: Ignored,
}

impl OfBucket {
    fn unread(unread: impl IntoIterator<Item = String>) -> Self {
        Self { unread: unread.into_iter().collect(), ..Self::default() }
    }
}

/// Regions whose load balancers could not be read: one line for all that have the same reason.
#[derive(Debug, Default)]
struct Unread(BTreeMap<String, (BTreeSet<Region>, String)>);

impl Unread {
    /// A Region with what is to be said of it; `reason` is the same for all that fail alike.
    fn add(&mut self, region: &Region, said: String, reason: String) {
        self.0.entry(reason).or_insert_with(|| (BTreeSet::new(), said)).0.insert(region.clone());
    }

    fn lines(self) -> impl Iterator<Item = String> {
        self.0.into_values().map(|(regions, said)| {
            let names: Vec<&str> = regions.iter().map(Region::as_str).collect();
            match names.as_slice() {
                [one] => format!("load balancers in {one}: {said}"),
                several => {
                    format!("load balancers in {} Regions ({}): {said}", several.len(), several.join(", "))
                }
            }
        })
    }
}
