//! The newest object of a source's own, found day by day: a bucket of logs is never listed whole.

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::types::CommonPrefix;

use crate::model::{AccountId, BucketName, Moment};
use crate::producer::{Layout, Place};
use crate::state::{Denial, Found, Seen};

use super::connect::Aws;
use super::error::AwsError;
use super::objects;
use super::outcome::seen;

/// The days that are looked through, today's first: older than that is no sign of life for any producer that writes daily.
const DAYS: i64 = 8;

/// Objects without a source in their key that are read to find one of the source's.
const READ: usize = 10;

/// A bucket of logs, and who owns it.
struct Logs<'a> {
    client: Client,
    bucket: &'a BucketName,
    owner: &'a AccountId,
}

impl Aws {
    /// The newest object of a source, read. `source` is the name that the records of simple keys are searched for.
    pub async fn newest(
        &self,
        place: &Place,
        layout: &Layout,
        source: &str,
        now: Moment,
    ) -> Result<Seen<Found>, AwsError> {
        let client = self.destination.s3(&place.region);
        let logs = Logs { client, bucket: &place.bucket, owner: &place.owner };
        let found = match layout {
            Layout::Daily { folder, begins, contains } => {
                let prefix = |day: i64| format!("{folder}{}/{begins}", now.folder_of_days_ago(day));
                logs.by_day(prefix, contains).await?
            }
            Layout::Dated { prefix } => return logs.of_source(prefix, source, now).await,
            Layout::Reports { folder } => logs.last_report(folder).await?,
        };
        match found {
            Seen::Present(key) => objects::find(&logs.client, logs.bucket, logs.owner, &key).await,
            Seen::Absent => Ok(Seen::Absent),
            Seen::Denied(denial) => Ok(Seen::Denied(denial)),
        }
    }
}

impl Logs<'_> {
    /// The key of the youngest object of the last day that has any. A day may be tomorrow's by another clock.
    async fn by_day(&self, prefix: impl Fn(i64) -> String, contains: &str) -> Result<Seen<String>, AwsError> {
        // Of a log that is alive the first days tell; the others are asked for together.
        for days in [-1..2, 2..DAYS] {
            let looks = days.map(|day| {
                let prefix = prefix(day);
                async move { self.listed(&prefix).await }
            });
            for listed in futures_util::future::join_all(looks).await {
                match listed? {
                    Seen::Present(objects) => {
                        let own = objects.into_iter().filter(|(_, key)| key.contains(contains));
                        if let Some((_, key)) = own.max() {
                            return Ok(Seen::Present(key));
                        }
                    }
                    Seen::Absent => {}
                    Seen::Denied(denial) => return Ok(Seen::Denied(denial)),
                }
            }
        }
        Ok(Seen::Absent)
    }

    /// The youngest object whose records are the source's: simple keys say nothing of their source.
    ///
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html>: owner, bucket, time, ... in each record.
    async fn of_source(&self, prefix: &str, source: &str, now: Moment) -> Result<Seen<Found>, AwsError> {
        let mut unread = None;
        for day in -1..DAYS {
            let dated = format!("{prefix}{}-", now.folder_of_days_ago(day).replace('/', "-"));
            let mut objects = match self.listed(&dated).await? {
                Seen::Present(objects) => objects,
                Seen::Absent => continue,
                Seen::Denied(denial) => return Ok(Seen::Denied(denial)),
            };
            objects.sort_unstable();
            for (_, key) in objects.iter().rev().take(READ) {
                match objects::opened(&self.client, self.bucket, self.owner, key).await? {
                    Seen::Present((found, text)) if found.unreadable.is_none() => {
                        if text.split_whitespace().nth(1) == Some(source) {
                            return Ok(Seen::Present(found));
                        }
                    }
                    // Whose it is can't be told, so that it is neither this one's nor not.
                    Seen::Present(_) => {
                        let resource = format!("{}/{key}", self.bucket);
                        unread = Some(Denial { action: "s3:GetObject", resource });
                    }
                    Seen::Denied(denial) => unread = Some(denial),
                    Seen::Absent => {}
                }
            }
        }
        Ok(unread.map_or(Seen::Absent, Seen::Denied))
    }

    /// The manifest of the last report.
    async fn last_report(&self, folder: &str) -> Result<Seen<String>, AwsError> {
        let pages = self
            .client
            .list_objects_v2()
            .bucket(self.bucket.as_str())
            .prefix(folder)
            .delimiter("/")
            .expected_bucket_owner(self.owner.as_str())
            .into_paginator();
        let pages: Result<Vec<_>, _> = pages.send().collect().await;
        Ok(match seen("s3:ListBucket", self.bucket.as_str(), &["NoSuchBucket"], pages)? {
            Seen::Present(pages) => {
                let folders =
                    pages.iter().flat_map(ListObjectsV2Output::common_prefixes).filter_map(CommonPrefix::prefix);
                // A report's folder begins with its year; `data/` and `hive/` are of all reports.
                let dated = folders.filter(|name| {
                    name.strip_prefix(folder).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
                });
                dated.max().map_or(Seen::Absent, |last| Seen::Present(format!("{last}manifest.json")))
            }
            Seen::Absent => Seen::Absent,
            Seen::Denied(denial) => Seen::Denied(denial),
        })
    }

    /// The objects under a prefix, with the second of their last change.
    async fn listed(&self, prefix: &str) -> Result<Seen<Vec<(i64, String)>>, AwsError> {
        let pages = self
            .client
            .list_objects_v2()
            .bucket(self.bucket.as_str())
            .prefix(prefix)
            .expected_bucket_owner(self.owner.as_str())
            .into_paginator();
        let objects: Result<Vec<_>, _> = pages.send().collect().await;
        let pages = seen("s3:ListBucket", self.bucket.as_str(), &["NoSuchBucket"], objects)?;
        Ok(pages.map(|pages| {
            let objects = pages.into_iter().flat_map(|page| page.contents.unwrap_or_default());
            objects
                .filter_map(|object| Some((object.last_modified.map_or(0, |time| time.secs()), object.key?)))
                .collect()
        }))
    }
}
