//! Finds the newest object that a source's log service could have written, from today backwards, day by day and within
//! limits. A log bucket is never listed whole.

use aws_sdk_s3::Client;

use crate::model::{AccountId, BucketName, Moment, Seen};
use crate::producer::{Days, Destination, FileName, Layout};
use crate::state::{FoundObject, Newest};

use super::connect::Aws;
use super::error::AwsError;
use super::listing::{Listing, Next};
use super::objects;
use super::shared_searches::SharedSearches;

/// How many days are searched, from today backwards: an older object proves nothing about a service that writes daily.
pub(super) const DAYS: i64 = 8;

/// The most pages of 1,000 keys to read per folder. A load balancer with 60 nodes writes about 17,000 files a day.
const PAGES: usize = 20;

/// How many of the newest candidates are opened to check that they belong to the source.
const OPENED: usize = 5;

/// A load balancer writes every 5 minutes, so its files of the last hour are listed first.
const LATELY: i64 = 60 * 60;

const DAY: i64 = 24 * 60 * 60;

#[derive(Clone, Debug)]
pub(super) struct LogBucket {
    pub(super) client: Client,
    pub(super) bucket: BucketName,
    pub(super) owner: AccountId,
}

/// A range of keys to list: the keys that have a prefix and follow a given key.
struct KeyRange {
    prefix: String,
    after: Option<String>,
}

#[derive(Debug, Default)]
pub(super) struct ObjectListing {
    /// The keys in order, each with the time of its object's last change in seconds.
    pub(super) objects: Vec<(i64, String)>,
    /// Whether more objects follow.
    pub(super) more: bool,
}

#[derive(Debug, Default)]
struct Candidates {
    /// The newest objects, latest first.
    newest: Vec<(i64, String)>,
    /// Whether a listing stopped at its page limit.
    cut: bool,
}

impl Aws {
    /// Returns the newest object that a source's log service could have written.
    pub async fn newest(
        &self,
        destination: &Destination,
        layout: &Layout,
        shared: &SharedSearches,
        now: Moment,
    ) -> Result<Newest, AwsError> {
        self.newest_of_days(destination, layout, shared, LastDays { now, days: DAYS }).await
    }

    /// Like [`Self::newest`], but finds only an object written at or after a moment by S3's clock.
    pub async fn newest_since(
        &self,
        destination: &Destination,
        layout: &Layout,
        since: Moment,
        now: Moment,
    ) -> Result<Newest, AwsError> {
        let days = since.until(now) / DAY + 2;
        let newest = self.newest_of_days(destination, layout, &SharedSearches::new(1), LastDays { now, days }).await?;
        let is_older = newest.found().is_some_and(|found| found.stamp.last_modified < since.0);
        Ok(if is_older { Newest::None } else { newest })
    }

    async fn newest_of_days(
        &self,
        destination: &Destination,
        layout: &Layout,
        shared: &SharedSearches,
        last: LastDays,
    ) -> Result<Newest, AwsError> {
        let client = self.destination.s3(&destination.region);
        let logs = LogBucket { client, bucket: destination.bucket.clone(), owner: destination.owner.clone() };
        match layout {
            Layout::Daily { folder, days, names } => Box::pin(logs.by_day(layout, (folder, *days), names, last)).await,
            Layout::Dated { prefix, source } => Box::pin(shared.newest(logs, prefix, source, last.now)).await,
            Layout::Reports { folder, .. } => Box::pin(logs.last_report(layout, folder, last.now)).await,
        }
    }
}

/// The last days up to a moment.
#[derive(Clone, Copy)]
struct LastDays {
    now: Moment,
    days: i64,
}

/// The keys to list.
struct KeyListing<'a> {
    prefix: &'a str,
    delimiter: Option<&'a str>,
    /// The key before the first one.
    after: Option<String>,
    /// The maximum number of pages.
    pages: usize,
}

impl<'a> KeyListing<'a> {
    fn under(prefix: &'a str) -> Self {
        Self { prefix, delimiter: None, after: None, pages: PAGES }
    }
}

impl LogBucket {
    /// Returns the newest object of the last day that has any. Tomorrow is searched too, since clocks differ.
    async fn by_day(
        &self,
        layout: &Layout,
        (folder, of): (&str, Days),
        names: &FileName,
        LastDays { now, days }: LastDays,
    ) -> Result<Newest, AwsError> {
        let prefixes = |ago: i64| {
            let folder = format!("{folder}{}", of.folder(now, ago));
            names.beginnings().into_iter().map(move |name| format!("{folder}{name}"))
        };
        let whole = |ago: i64| prefixes(ago).map(|prefix| KeyRange { prefix, after: None });
        let lately = Moment(now.0 - LATELY);
        let since = |prefix: String| {
            let stamp: String = lately.stamp().chars().take("20261124T2200".len()).collect();
            KeyRange { after: Some(format!("{prefix}_{stamp}")), prefix }
        };
        let begins_today = lately.folder_of_days_ago(0) == now.folder_of_days_ago(0);
        let mut looks: Vec<Vec<KeyRange>> = Vec::new();
        if names.are_in_order() {
            let first = i64::from(!begins_today);
            let part = prefixes(first).map(since).chain((-1..first).flat_map(whole));
            looks.push(part.collect());
        }
        // A live log has objects on one of these first days. The older days are searched only if no object is found.
        looks.push((-1..2.min(days)).flat_map(whole).collect());
        looks.push((2..days).flat_map(whole).collect());
        let mut cut = false;
        for parts in looks {
            let found = match self.candidates(layout, parts).await? {
                Seen::Present(found) => found,
                Seen::Absent => continue,
                Seen::Denied(denial) => return Ok(Newest::Denied(denial)),
            };
            cut |= found.cut;
            match self.first_own(layout, found.newest).await? {
                Newest::None => {}
                known @ (Newest::Found(_) | Newest::Denied(_) | Newest::NotFurther(_)) => return Ok(known),
            }
        }
        Ok(if cut { self.not_further(folder) } else { Newest::None })
    }

    /// Returns the manifest of the last report.
    async fn last_report(&self, layout: &Layout, folder: &str, now: Moment) -> Result<Newest, AwsError> {
        // A report's folder is named by its time; `data/` and `hive/` sort after it.
        let lately: String = Moment(now.0 - 20 * DAY).dashed().chars().take("2026-11-24".len()).collect();
        for after in [Some(format!("{folder}{lately}")), None] {
            let mut reports: Vec<String> = Vec::new();
            let mut cut = false;
            let read = self.read(KeyListing { delimiter: Some("/"), after, ..KeyListing::under(folder) }, |page| {
                let folders = page.common_prefixes.unwrap_or_default().into_iter().filter_map(|common| common.prefix);
                reports.extend(folders.filter(|name| {
                    name.strip_prefix(folder).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
                }));
                cut = page.is_truncated == Some(true);
            });
            match read.await? {
                Seen::Present(()) => {}
                Seen::Absent => return Ok(Newest::None),
                Seen::Denied(denial) => return Ok(Newest::Denied(denial)),
            }
            reports.sort_unstable();
            let newest = reports.into_iter().rev().take(OPENED).map(|name| (0, format!("{name}manifest.json")));
            match self.first_own(layout, newest.collect()).await? {
                Newest::None if cut => return Ok(self.not_further(folder)),
                Newest::None => {}
                known @ (Newest::Found(_) | Newest::Denied(_) | Newest::NotFurther(_)) => return Ok(known),
            }
        }
        Ok(Newest::None)
    }

    /// Returns the first object that belongs to the source. If an object's content can't be read, its name decides.
    async fn first_own(&self, layout: &Layout, candidates: Vec<(i64, String)>) -> Result<Newest, AwsError> {
        let all = candidates.len();
        let mut foreign = 0;
        for (_, key) in candidates {
            let found = if layout.is_told_by_content() {
                objects::opened(&self.client, &self.bucket, &self.owner, &key).await?
            } else {
                objects::find(&self.client, &self.bucket, &self.owner, &key).await?.map(|found| (found, String::new()))
            };
            match found {
                Seen::Present((found, text)) => {
                    let own = found.unreadable.is_some() || layout.is_told_by(&text);
                    if own && layout.can_hold(&key, Moment(found.stamp.last_modified)) {
                        return Ok(Newest::Found(found));
                    }
                    foreign += 1;
                }
                Seen::Absent => {}
                Seen::Denied(denial) => return Ok(Newest::Denied(denial)),
            }
        }
        Ok(if all >= OPENED && foreign == all { self.not_further(layout.folder()) } else { Newest::None })
    }

    fn not_further(&self, folder: &str) -> Newest {
        Newest::NotFurther(format!(
            "the newest objects under `s3://{}/{folder}` don't belong to this log, or there are too many to list; the search stopped there",
            self.bucket
        ))
    }

    /// Returns the newest objects that the service could have written, from some ranges of keys.
    async fn candidates(&self, layout: &Layout, parts: Vec<KeyRange>) -> Result<Seen<Candidates>, AwsError> {
        let looks = parts.into_iter().map(|part| self.newest_of(layout, part));
        let mut all = Candidates::default();
        for found in futures_util::future::join_all(looks).await {
            match found? {
                Seen::Present(found) => {
                    all.newest.extend(found.newest);
                    all.cut |= found.cut;
                }
                Seen::Absent => {}
                Seen::Denied(denial) => return Ok(Seen::Denied(denial)),
            }
        }
        keep_newest(&mut all.newest);
        Ok(Seen::Present(all))
    }

    async fn newest_of(&self, layout: &Layout, part: KeyRange) -> Result<Seen<Candidates>, AwsError> {
        let mut found = Candidates::default();
        let KeyRange { prefix, after } = part;
        let read = self.read(KeyListing { after, ..KeyListing::under(&prefix) }, |page| {
            found.cut = page.is_truncated == Some(true);
            found.newest.extend(objects_of(page).filter(|(time, key)| layout.can_hold(key, Moment(*time))));
            keep_newest(&mut found.newest);
        });
        let read = read.await?;
        Ok(read.map(|()| found))
    }

    /// Returns one page of the keys that have a prefix and follow a given key.
    pub(super) async fn page(&self, prefix: &str, after: String) -> Result<Seen<ObjectListing>, AwsError> {
        let mut listed = ObjectListing::default();
        let read = self.read(KeyListing { after: Some(after), pages: 1, ..KeyListing::under(prefix) }, |page| {
            listed.more = page.is_truncated == Some(true);
            listed.objects.extend(objects_of(page));
        });
        let read = read.await?;
        Ok(read.map(|()| listed))
    }

    /// Reads the first pages of a listing and hands them to `take`. The last page says whether more pages follow.
    async fn read(&self, keys: KeyListing<'_>, mut take: impl FnMut(ObjectPage)) -> Result<Seen<()>, AwsError> {
        let KeyListing { prefix, delimiter, after, pages: most } = keys;
        let listing =
            Listing { action: "s3:ListBucket", resource: self.bucket.as_str(), absent: &["NoSuchBucket"], pages: most };
        let request = self
            .client
            .list_objects_v2()
            .bucket(self.bucket.as_str())
            .prefix(prefix)
            .set_delimiter(delimiter.map(str::to_owned))
            .set_start_after(after)
            .expected_bucket_owner(self.owner.as_str());
        let ask = |token| request.clone().set_continuation_token(token).send();
        let mut pages = 0;
        let read = listing.read(ask, |page| {
            pages += 1;
            let next = Next::by_flag(page.is_truncated, page.next_continuation_token.clone());
            take(page);
            if pages == most && matches!(next, Next::At(_)) { Next::End } else { next }
        });
        read.await
    }
}

type ObjectPage = aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;

fn objects_of(page: ObjectPage) -> impl Iterator<Item = (i64, String)> {
    let objects = page.contents.unwrap_or_default().into_iter();
    objects.filter_map(|object| Some((object.last_modified.map_or(0, |time| time.secs()), object.key?)))
}

/// Keeps the newest objects, as many as may be opened, newest first.
fn keep_newest(objects: &mut Vec<(i64, String)>) {
    objects.sort_unstable_by(|one, other| other.cmp(one));
    objects.truncate(OPENED);
}

/// Reads an object whose key does not name its source, with the beginning of its content.
pub(super) async fn opened(logs: &LogBucket, key: &str) -> Result<Seen<(FoundObject, String)>, AwsError> {
    objects::opened(&logs.client, &logs.bucket, &logs.owner, key).await
}
