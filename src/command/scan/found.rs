//! Finds the logs of the account, on or off, and what could not be read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures_util::future::join_all;
use futures_util::stream::{StreamExt as _, TryStreamExt as _};

use crate::aws::{Aws, AwsError, BucketListing, ErrorCause, ObserveError};
use crate::command::at_once::as_they_end;
use crate::health::Ignored;
use crate::model::{BucketName, Region, Seen};
use crate::producer::{AccountList, Attachment, RegionList, SourceBucket, SourceList};
use crate::state::Identity;
use crate::ui::Count;

use super::partial_report::PartialReport;
use super::regions::{RegionChoice, Regions};
use super::scope::ScanScope;

/// The number of Regions read at once. Each Region has its own quotas.
const REGIONS_AT_ONCE: usize = 8;

#[derive(Debug, Default)]
pub(super) struct FoundSources {
    pub(super) attachments: Vec<Arc<Attachment>>,
    /// What could not be read.
    pub(super) unread: BTreeSet<String>,
    /// Regions where the credentials are not valid.
    pub(super) closed: BTreeSet<Region>,
    /// Whether any listing succeeded.
    pub(super) answered: bool,
    /// The ignored sources.
    pub(super) ignored: Ignored,
}

impl FoundSources {
    fn add(&mut self, other: Self) {
        self.attachments.extend(other.attachments);
        self.unread.extend(other.unread);
        self.closed.extend(other.closed);
        self.answered |= other.answered;
        self.ignored.add(other.ignored);
    }
}

/// A search for everything in the account that can log.
pub(super) struct SourceSearch<'a> {
    pub(super) aws: &'a Aws,
    pub(super) caller: &'a Identity,
    pub(super) home: &'a Region,
    pub(super) regions: &'a Regions,
    pub(super) scope: &'a ScanScope,
    pub(super) count: &'a Count,
    pub(super) so_far: &'a PartialReport,
}

impl SourceSearch<'_> {
    /// Returns what was found. Fails only if the caller's credentials fail. Any other error affects only one part of
    /// the results.
    pub(super) async fn found(&self) -> Result<FoundSources, ObserveError> {
        let scope = self.scope;
        let lists = SourceList::ALL.into_iter().filter(|list| scope.producers().iter().any(|one| list.holds(*one)));
        let looks = lists.map(|list| Box::pin(self.list(list)));
        let mut found = FoundSources::default();
        for part in join_all(looks).await {
            found.add(part?);
        }
        Ok(found)
    }

    async fn list(&self, list: SourceList) -> Result<FoundSources, ObserveError> {
        match list {
            SourceList::OfRegion(list) => Ok(Box::pin(self.logs_of_regions(list)).await?),
            SourceList::OfAccount(list) => Box::pin(self.logs_of_account(list)).await,
        }
    }

    async fn logs_of_regions(&self, list: RegionList) -> Result<FoundSources, AwsError> {
        let mut found = FoundSources::default();
        let look = |region| async move { (region, Box::pin(self.logs_of_region(list, region)).await) };
        let mut looks = Box::pin(as_they_end(&self.regions.all, REGIONS_AT_ONCE, look));
        let mut unread = UnreadRegions::default();
        while let Some((region, outcome)) = looks.next().await {
            match outcome {
                Ok(Seen::Present((logs, ignored))) => {
                    found.answered = true;
                    found.attachments.extend(logs);
                    found.ignored.add(ignored);
                }
                Ok(Seen::Absent) => {}
                Ok(Seen::Denied(denial)) => unread.add(region, denial.to_string(), denial.to_string()),
                Err(error) if error.cause.is_credential_error() => return Err(error),
                Err(error) if error.cause == ErrorCause::BadKey => drop(found.closed.insert(region.clone())),
                Err(error) => unread.add(region, error.to_string(), error.kind()),
            }
        }
        found.unread.extend(unread.lines(list.plural()));
        Ok(found)
    }

    /// Returns the logs of the selected sources in one list of a Region.
    async fn logs_of_region(
        &self,
        list: RegionList,
        region: &Region,
    ) -> Result<Seen<(Vec<Arc<Attachment>>, Ignored)>, AwsError> {
        let Self { aws, caller, scope, .. } = *self;
        let mut listed = match aws.listed_in(list, region, caller).await? {
            Seen::Present(listed) => listed,
            Seen::Absent => return Ok(Seen::Absent),
            Seen::Denied(denial) => return Ok(Seen::Denied(denial)),
        };
        let mut ignored = Ignored::default();
        listed.retain(|source| {
            source.producers().iter().any(|producer| scope.producers().contains(producer))
                && scope.by_name(source.name()).counted(&mut ignored)
        });
        if scope.asks_tags() {
            let tags = match aws.tags_in(list, region, &listed).await? {
                Seen::Present(tags) => tags,
                Seen::Absent => BTreeMap::new(),
                Seen::Denied(denial) => return Ok(Seen::Denied(denial)),
            };
            let none = BTreeMap::new();
            listed.retain(|source| scope.by_tags(tags.get(&source.arn()).unwrap_or(&none)).counted(&mut ignored));
        }
        self.count.expects(list.plural(), listed.len());
        let read = |source| async move {
            let reads = aws.logs_of(&source, caller, scope.producers()).await;
            self.count.did(list.plural());
            let logs = reads.into_iter().collect::<Result<Vec<_>, AwsError>>()?;
            Ok::<_, AwsError>(logs.into_iter().flatten().map(|log| self.so_far.found(log)).collect::<Vec<_>>())
        };
        let mut reads = Box::pin(as_they_end(listed, list.at_once(), read));
        let mut found = Vec::new();
        while let Some(logs) = reads.try_next().await? {
            found.extend(logs);
        }
        Ok(Seen::Present((found, ignored)))
    }

    async fn logs_of_account(&self, list: AccountList) -> Result<FoundSources, ObserveError> {
        let mut found = FoundSources::default();
        let (plural, noun) = (list.plural(), list.noun());
        let listed = match self.aws.listed_by_account(list, self.home).await {
            Ok(Seen::Present(listed)) => {
                found.answered = true;
                listed
            }
            Ok(Seen::Absent) => BucketListing::default(),
            Ok(Seen::Denied(denial)) => {
                found.unread.insert(format!("{plural}: {denial}"));
                BucketListing::default()
            }
            Err(error) if error.cause.is_credential_error() => return Err(error.into()),
            Err(error) => {
                found.unread.insert(format!("{plural}: {error}"));
                BucketListing::default()
            }
        };
        let BucketListing { mut buckets, mut old } = listed;
        buckets.retain(|(name, _)| self.scope.by_name(name.as_str()).counted(&mut found.ignored));
        old.retain(|name| self.scope.by_name(name).counted(&mut found.ignored));
        found.unread.extend(
            old.iter().map(|name| {
                format!("{noun} `{name}`: its name has a form that S3 no longer allows, so it was skipped")
            }),
        );
        let inside = |region: &Region| self.regions.all.contains(region);
        let outside = |name: &BucketName, region: &Region| {
            (self.regions.chosen == RegionChoice::Every)
                .then(|| format!("{noun} `{name}`: it is in {region}, which was not scanned"))
        };
        self.count.expects(plural, buckets.len());
        let read = |(name, region): (BucketName, Option<Region>)| async move {
            let mut of_bucket = match region {
                Some(region) if !inside(&region) => OfBucket::unread(outside(&name, &region)),
                region => Box::pin(self.logs_of_bucket(&name, region)).await?,
            };
            self.count.did(plural);
            of_bucket.logs.retain(|log| inside(log.source.region()));
            Ok::<_, ObserveError>(of_bucket)
        };
        let mut reads = Box::pin(as_they_end(buckets, list.at_once(), read));
        while let Some(OfBucket { logs, unread, ignored }) = reads.try_next().await? {
            found.attachments.extend(logs.into_iter().map(|log| self.so_far.found(log)));
            found.unread.extend(unread);
            found.ignored.add(ignored);
        }
        Ok(found)
    }

    /// Returns a bucket's logs and the reads that failed. Looks up the bucket's Region if the listing did not name it.
    async fn logs_of_bucket(&self, name: &BucketName, region: Option<Region>) -> Result<OfBucket, ObserveError> {
        let Self { aws, caller, home, scope, .. } = *self;
        let bucket = match region {
            Some(region) => SourceBucket::located(name.clone(), region),
            None => match aws.source_located(home, name, caller).await {
                Ok(bucket) => bucket,
                // The bucket was deleted since it was listed.
                Err(ObserveError::NoBucket { .. }) => return Ok(OfBucket::default()),
                Err(ObserveError::Aws(error)) if error.cause.is_credential_error() => return Err(error.into()),
                Err(error) => return Ok(OfBucket::unread([format!("bucket `{name}`: {error}")])),
            },
        };
        if scope.asks_tags() {
            let tags = match aws.bucket_tags(&bucket.region, name, &caller.account).await {
                Ok(Seen::Present(tags)) => tags,
                Ok(Seen::Absent) => BTreeMap::new(),
                Ok(Seen::Denied(denial)) => return Ok(OfBucket::unread([format!("bucket `{name}`: {denial}")])),
                Err(error) if error.cause.is_credential_error() => return Err(error.into()),
                Err(error) if error.is("NoSuchBucket") => return Ok(OfBucket::default()),
                Err(error) => return Ok(OfBucket::unread([format!("bucket `{name}`: {error}")])),
            };
            let mut ignored = Ignored::default();
            if !scope.by_tags(&tags).counted(&mut ignored) {
                return Ok(OfBucket { ignored, ..OfBucket::default() });
            }
        }
        let mut of_bucket = OfBucket::default();
        for read in aws.logs_of(&bucket.into(), caller, scope.producers()).await {
            match read {
                Ok(read) => of_bucket.logs.extend(read),
                Err(error) if error.cause.is_credential_error() => return Err(error.into()),
                Err(error) => of_bucket.unread.push(format!("bucket `{name}`: {error}")),
            }
        }
        Ok(of_bucket)
    }
}

/// The results for one bucket.
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

/// Regions whose sources could not be read, grouped by reason.
#[derive(Debug, Default)]
struct UnreadRegions(BTreeMap<String, (BTreeSet<Region>, String)>);

impl UnreadRegions {
    /// Adds a Region. Regions with the same `reason` are reported together, with the text `said`.
    fn add(&mut self, region: &Region, said: String, reason: String) {
        self.0.entry(reason).or_insert_with(|| (BTreeSet::new(), said)).0.insert(region.clone());
    }

    /// Returns one line per reason; `sources` describes the sources that could not be read.
    fn lines(self, sources: &str) -> impl Iterator<Item = String> {
        self.0.into_values().map(move |(regions, said)| {
            let names: Vec<&str> = regions.iter().map(Region::as_str).collect();
            match names.as_slice() {
                [one] => format!("{sources} in {one}: {said}"),
                several => {
                    format!("{sources} in {} Regions ({}): {said}", several.len(), several.join(", "))
                }
            }
        })
    }
}
