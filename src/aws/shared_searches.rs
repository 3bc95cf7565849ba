//! Finds S3 access logs with simple keys. Sources with the same prefix write their logs side by side, and only the
//! records in a log identify its source. The logs are listed once for all sources, newest first and within limits.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::model::{Denial, Moment, Seen, Unread};
use crate::producer::{Layout, source_of_record};
use crate::state::{FoundObject, Newest};

use super::error::AwsError;
use super::newest::{DAYS, LogBucket, opened};

/// The most listings of one prefix, a page of 1,000 keys each.
const LISTS: usize = 40;

/// How many logs of one prefix are opened, and how many more for each source of the run.
const READS: (usize, usize) = (200, 10);

/// The number of logs opened in parallel.
const AT_ONCE: usize = 10;

/// The time span of a listing in seconds: the first span, and the shortest span.
const SPANS: (i64, i64) = (HOUR, 60);

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;

/// After a page with fewer keys than this, the next listing goes back further.
const FEW: usize = 200;

type BucketPrefix = (String, String);

/// The search state of prefixes that several sources share.
#[derive(Debug)]
pub struct SharedSearches {
    reads: usize,
    walks: Mutex<BTreeMap<BucketPrefix, Arc<tokio::sync::Mutex<LogWalk>>>>,
}

/// The search from the newest log under a prefix to older logs.
#[derive(Debug)]
struct LogWalk {
    logs: LogBucket,
    prefix: String,
    now: Moment,
    /// All logs from this moment on have been listed.
    edge: Moment,
    /// How far the next listing goes back.
    span: i64,
    /// Logs that are listed but not opened yet, newest last.
    unopened: Vec<String>,
    lists: usize,
    reads: usize,
    most_reads: usize,
    /// The newest log of each source.
    found: BTreeMap<String, FoundObject>,
    /// A log that could not be opened; it may belong to any source.
    unread: Option<Denial>,
    end: Option<End>,
}

/// Why a search ended.
#[derive(Clone, Debug)]
enum End {
    /// Older logs would say nothing about today.
    Bottom,
    /// The search reached a limit.
    Bound,
    /// The prefix can't be listed.
    Denied(Denial),
}

impl SharedSearches {
    /// Creates the state for a run that searches the logs of this many sources.
    pub fn new(sources: usize) -> Self {
        Self { reads: READS.0 + READS.1.saturating_mul(sources), walks: Mutex::default() }
    }

    /// Returns the newest log of a source under a prefix.
    pub(super) async fn newest(
        &self,
        logs: LogBucket,
        prefix: &str,
        source: &str,
        now: Moment,
    ) -> Result<Newest, AwsError> {
        let walk = {
            let mut walks = self.walks.lock().unwrap_or_else(PoisonError::into_inner);
            let key = (logs.bucket.to_string(), prefix.to_owned());
            Arc::clone(walks.entry(key).or_insert_with(|| {
                Arc::new(tokio::sync::Mutex::new(LogWalk::new(logs, prefix.to_owned(), now, self.reads)))
            }))
        };
        walk.lock().await.newest(source).await
    }
}

impl LogWalk {
    fn new(logs: LogBucket, prefix: String, now: Moment, most_reads: usize) -> Self {
        Self {
            logs,
            prefix,
            now,
            // Start a day ahead, since clocks differ.
            edge: Moment(now.0 + DAY),
            span: SPANS.0,
            unopened: Vec::new(),
            lists: 0,
            reads: 0,
            most_reads,
            found: BTreeMap::new(),
            unread: None,
            end: None,
        }
    }

    async fn newest(&mut self, source: &str) -> Result<Newest, AwsError> {
        loop {
            if let Some(found) = self.found.get(source) {
                return Ok(Newest::Found(found.clone()));
            }
            if !self.unopened.is_empty() && self.reads < self.most_reads {
                self.open_some().await?;
                continue;
            }
            if !self.unopened.is_empty() {
                self.end = Some(End::Bound);
            }
            match &self.end {
                Some(End::Bound) => return Ok(Newest::NotFurther(self.not_further(source))),
                Some(End::Denied(denial)) => return Ok(Newest::Denied(denial.clone())),
                Some(End::Bottom) => return Ok(self.unread.clone().map_or(Newest::None, Newest::Denied)),
                None => self.list_older().await?,
            }
        }
    }

    fn not_further(&self, source: &str) -> String {
        format!(
            "none of the {} newest logs read under `s3://{}/{}` belongs to `{source}`; the search stopped there",
            self.reads, self.logs.bucket, self.prefix
        )
    }

    /// Opens the newest logs that are not opened yet.
    async fn open_some(&mut self) -> Result<(), AwsError> {
        let many = AT_ONCE.min(self.unopened.len()).min(self.most_reads - self.reads);
        let keys: Vec<String> = self.unopened.split_off(self.unopened.len() - many).into_iter().rev().collect();
        self.reads += many;
        let logs = &self.logs;
        let reads = keys.iter().map(|key| opened(logs, key));
        for (key, read) in keys.iter().zip(futures_util::future::join_all(reads).await) {
            match read? {
                Seen::Present((found, text)) if found.unreadable.is_none() => {
                    if let Some(source) = source_of_record(&text) {
                        self.found.entry(source.to_owned()).or_insert(found);
                    }
                }
                // The log's source is unknown, so the log may belong to the searched source.
                Seen::Present((found, _)) => {
                    let resource = format!("{}/{key}", self.logs.bucket);
                    self.unread = Some(Denial {
                        action: "s3:GetObject",
                        resource,
                        why: found.unreadable.map_or(Unread::Denied, Unread::Failed),
                    });
                }
                Seen::Denied(denial) => self.unread = Some(denial),
                Seen::Absent => {}
            }
        }
        Ok(())
    }

    /// Lists the logs between the edge and an earlier time. If they fill more than a page, chooses a later time.
    async fn list_older(&mut self) -> Result<(), AwsError> {
        let bottom = self.now.0 - DAYS * DAY;
        let from = Moment((self.edge.0.min(self.now.0) - self.span).max(bottom));
        let (low, high) = (from.dashed(), self.edge.dashed());
        let shared: String = low.chars().zip(high.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect();
        let (under, until) = (format!("{}{shared}", self.prefix), format!("{}{high}", self.prefix));
        let layout = Layout::Dated { prefix: self.prefix.clone(), source: String::new() };
        let mut after = format!("{}{low}", self.prefix);
        loop {
            if self.lists == LISTS {
                self.end = Some(End::Bound);
                return Ok(());
            }
            self.lists += 1;
            let page = match self.logs.page(&under, after).await? {
                Seen::Present(page) => page,
                Seen::Absent => {
                    self.end = Some(End::Bottom);
                    return Ok(());
                }
                Seen::Denied(denial) => {
                    self.end = Some(End::Denied(denial));
                    return Ok(());
                }
            };
            let last = page.objects.last().map(|(_, key)| key.clone()).filter(|last| page.more && *last < until);
            let too_many = last.is_some() && self.span > SPANS.1;
            if too_many {
                self.unopened.clear();
                self.span = (self.span / 8).max(SPANS.1);
                return Ok(());
            }
            let own =
                page.objects.into_iter().filter(|(time, key)| *key < until && layout.can_hold(key, Moment(*time)));
            self.unopened.extend(own.map(|(_, key)| key));
            let Some(last) = last else { break };
            after = last;
        }
        if self.unopened.len() < FEW {
            self.span = self.span.saturating_mul(8).min(DAYS * DAY);
        }
        self.edge = from;
        if from.0 <= bottom {
            self.end = Some(End::Bottom);
        }
        Ok(())
    }
}
