//! S3 access logs with simple keys: all sources that log under one prefix lie side by side, and only the records tell whose a log
//! is. They are listed once for all of these sources, from the newest end, and no further than a bound.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::model::{Denial, Moment, Seen, Unread};
use crate::producer::{Layout, source_of_record};
use crate::state::{Found, Newest};

use super::error::AwsError;
use super::newest::{DAYS, Logs, opened};

/// Listings of one prefix, a page of 1,000 keys each.
const LISTS: usize = 40;

/// Logs of one prefix that are opened, and how many more for each source of the run.
const READS: (usize, usize) = (200, 10);

/// Logs that are opened at once.
const AT_ONCE: usize = 10;

/// How far a look goes back: first, and at least.
const SPANS: (i64, i64) = (HOUR, 60);

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;

/// A page with fewer keys than this is followed by a wider look.
const FEW: usize = 200;

/// A bucket and a prefix in it.
type Prefix = (String, String);

/// What is known of the prefixes that several sources log under.
#[derive(Debug)]
pub struct SharedLooks {
    reads: usize,
    walks: Mutex<BTreeMap<Prefix, Arc<tokio::sync::Mutex<Walk>>>>,
}

/// The way from the newest log under a prefix to older ones.
#[derive(Debug)]
struct Walk {
    logs: Logs,
    prefix: String,
    now: Moment,
    /// All from there on was listed.
    edge: Moment,
    /// How far the next look goes back.
    span: i64,
    /// Listed and not opened yet, the newest last.
    unopened: Vec<String>,
    lists: usize,
    reads: usize,
    most_reads: usize,
    /// The newest log of each source.
    found: BTreeMap<String, Found>,
    /// A log that could not be opened: it may be anybody's.
    unread: Option<Denial>,
    end: Option<End>,
}

/// Why a walk went no further.
#[derive(Clone, Debug)]
enum End {
    /// There is nothing older that would say anything of today.
    Bottom,
    /// It was bounded.
    Bound,
    /// The prefix may not be listed.
    Denied(Denial),
}

impl SharedLooks {
    /// For a run that looks for the logs of so many sources.
    pub fn new(sources: usize) -> Self {
        Self { reads: READS.0 + READS.1.saturating_mul(sources), walks: Mutex::default() }
    }

    /// The newest log of a source under a prefix.
    pub(super) async fn newest(&self, logs: Logs, prefix: &str, source: &str, now: Moment) -> Result<Newest, AwsError> {
        let walk = {
            let mut walks = self.walks.lock().unwrap_or_else(PoisonError::into_inner);
            let key = (logs.bucket.to_string(), prefix.to_owned());
            Arc::clone(walks.entry(key).or_insert_with(|| {
                Arc::new(tokio::sync::Mutex::new(Walk::new(logs, prefix.to_owned(), now, self.reads)))
            }))
        };
        walk.lock().await.newest(source).await
    }
}

impl Walk {
    fn new(logs: Logs, prefix: String, now: Moment, most_reads: usize) -> Self {
        Self {
            logs,
            prefix,
            now,
            // Tomorrow's by another clock.
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
            "none of the {} newest logs that were read under `s3://{}/{}` is of `{source}`: not looked further",
            self.reads, self.logs.bucket, self.prefix
        )
    }

    /// Opens the newest that are not opened yet.
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
                // Whose it is can't be told, so that it is neither this one's nor not.
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

    /// Lists what lies between the edge and a time before it; where that is more than a page, the time is brought nearer.
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
