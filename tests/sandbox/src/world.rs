//! The state of the simulated AWS: buckets, keys, load balancers' attributes.
//!
//! Plain data behind one lock. Each service's module has the rules for changing its part of the state.

use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime};

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

use crate::acm::Certificate;
use crate::ec2::Ec2;
use crate::kms::key::Key;
use crate::logs::{DeliveryDestination, DeliverySeed};
use crate::s3::bucket::Bucket;
use crate::trail::Trail;

/// Everything that the layer in front of the simulated services stores.
#[derive(Debug, Default)]
pub struct World {
    /// By name: bucket names are unique across accounts and Regions.
    pub buckets: BTreeMap<String, Bucket>,
    /// Load balancers' attributes by ARN. Contains only attributes that were set.
    pub attributes: BTreeMap<String, BTreeMap<String, String>>,
    /// By ARN.
    pub keys: BTreeMap<String, Key>,
    /// Keys' ARNs by alias ARN.
    pub aliases: BTreeMap<String, String>,
    /// By account.
    pub account_aliases: BTreeMap<String, String>,
    /// The paths of the operators' roles, by account, if not `/`.
    pub role_paths: BTreeMap<String, String>,
    /// The Regions' status by account and Region, if it was set.
    pub regions: BTreeMap<(String, String), String>,
    /// Imported certificates, by ARN.
    pub certificates: BTreeMap<String, Certificate>,
    pub deliveries: Vec<DeliverySeed>,
    /// The delivery destinations that requests made.
    pub delivery_destinations: Vec<DeliveryDestination>,
    pub ec2: Ec2,
    pub trail: Trail,
    /// Changes that log services don't see yet.
    pub spreading: Spreading,
    /// The last serial number given out.
    pub serial: u64,
    /// How far bucket creation dates are ahead of the clock.
    pub ahead: Duration,
}

/// A bucket policy that propagates slowly to log services.
#[derive(Debug, Default)]
pub struct Spreading {
    /// How many more attachments are refused.
    pub refusals: usize,
    /// How long attachments are refused.
    pub time: Duration,
    /// When a bucket policy was last written while refusals are active.
    pub written: Option<Instant>,
}

impl Spreading {
    /// Records a write of a bucket policy.
    pub fn begins(&mut self) {
        self.written = Some(Instant::now());
    }

    /// Counts an attachment and returns whether it is refused.
    pub fn refuses(&mut self) -> bool {
        let Some(written) = self.written else { return false };
        let counted = self.refusals > 0;
        self.refusals = self.refusals.saturating_sub(1);
        counted || written.elapsed() < self.time
    }
}

impl World {
    /// Returns an unused number.
    pub fn number(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// Returns the creation date for a bucket created now.
    pub fn creation_date(&self) -> String {
        DateTime::from(SystemTime::now() + self.ahead).fmt(Format::DateTime).unwrap_or_default()
    }
}

/// Returns the current time as AWS writes it in XML.
#[must_use]
pub fn now() -> String {
    DateTime::from(SystemTime::now()).fmt(Format::DateTime).unwrap_or_default()
}

/// Formats a time as AWS does, without fractions of a second.
#[must_use]
pub fn stamp(time: SystemTime) -> String {
    DateTime::from_secs(DateTime::from(time).secs()).fmt(Format::DateTime).unwrap_or_default()
}

/// Splits a time into `(year, month, day, hour, minute, second)` as text.
#[must_use]
pub fn clock(time: SystemTime) -> [String; 6] {
    let text = stamp(time);
    let mut parts = text.split(['-', 'T', ':', 'Z']).map(str::to_owned);
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}
