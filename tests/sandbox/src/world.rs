//! What the simulated AWS is made of: buckets, keys, the attributes of load balancers.
//!
//! Plain data behind one lock; the rules that change it are with each service.

use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime};

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

use crate::kms::key::Key;
use crate::logs::DeliverySeed;
use crate::s3::bucket::Bucket;
use crate::trail::Trail;

/// Everything that the layer in front of the simulated services knows.
#[derive(Debug, Default)]
pub struct World {
    /// Buckets by name: names are unique across accounts and Regions.
    pub buckets: BTreeMap<String, Bucket>,
    /// Load balancers' attributes by ARN, only those that were set.
    pub attributes: BTreeMap<String, BTreeMap<String, String>>,
    /// Keys by ARN.
    pub keys: BTreeMap<String, Key>,
    /// Keys' ARNs by the ARN of their alias.
    pub aliases: BTreeMap<String, String>,
    /// Accounts' aliases by account.
    pub account_aliases: BTreeMap<String, String>,
    /// The paths of the roles of accounts' operators, where they are not `/`.
    pub role_paths: BTreeMap<String, String>,
    /// The status of accounts' Regions, by account and Region, where it was set.
    pub regions: BTreeMap<(String, String), String>,
    /// The delivery sources of `CloudWatch` vended logs.
    pub deliveries: Vec<DeliverySeed>,
    /// The event history.
    pub trail: Trail,
    /// What is not seen yet by those who deliver.
    pub spreading: Spreading,
    /// The last number given to something that needs one of its own.
    pub serial: u64,
    /// How far the time at which buckets are created is ahead of the clock.
    pub ahead: Duration,
}

/// A bucket policy that takes its time to be seen by those who deliver.
#[derive(Debug, Default)]
pub struct Spreading {
    /// How many more attachments are refused.
    pub refusals: usize,
    /// How long attachments are refused.
    pub time: Duration,
    /// When a bucket policy was last written, since refusals were asked for.
    pub written: Option<Instant>,
}

impl Spreading {
    /// A bucket policy is written.
    pub fn begins(&mut self) {
        self.written = Some(Instant::now());
    }

    /// Whether an attachment is refused; it is counted.
    pub fn refuses(&mut self) -> bool {
        let Some(written) = self.written else { return false };
        let counted = self.refusals > 0;
        self.refusals = self.refusals.saturating_sub(1);
        counted || written.elapsed() < self.time
    }
}

impl World {
    /// A number that was not given before.
    pub fn number(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// The creation date of a bucket that is created now.
    pub fn creation_date(&self) -> String {
        DateTime::from(SystemTime::now() + self.ahead).fmt(Format::DateTime).unwrap_or_default()
    }
}

/// Now, as AWS writes it in XML.
#[must_use]
pub fn now() -> String {
    DateTime::from(SystemTime::now()).fmt(Format::DateTime).unwrap_or_default()
}

/// A time as AWS writes it, without fractions of a second.
#[must_use]
pub fn stamp(time: SystemTime) -> String {
    DateTime::from_secs(DateTime::from(time).secs()).fmt(Format::DateTime).unwrap_or_default()
}

/// A time, cut into `(year, month, day, hour, minute, second)` as text.
#[must_use]
pub fn clock(time: SystemTime) -> [String; 6] {
    let text = stamp(time);
    let mut parts = text.split(['-', 'T', ':', 'Z']).map(str::to_owned);
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}
