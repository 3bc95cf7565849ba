//! A Classic Load Balancer's log setting: a single structure instead of attributes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::producer::LogType;

use super::EmitInterval;

/// A log setting, which AWS calls `AccessLog`
/// (<https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_AccessLog.html>). A missing value is
/// an empty string.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ClassicLog {
    pub enabled: bool,
    pub bucket: String,
    pub prefix: String,
    /// The interval in minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emit_interval: Option<u32>,
}

/// The attribute that only Classic Load Balancers have.
const INTERVAL: &str = "emit_interval";

impl ClassicLog {
    /// Reads the setting from attributes. logbucket keeps the log settings of all load balancers in this form.
    pub fn from_attributes(attributes: &BTreeMap<String, String>) -> Self {
        let value = |name: &str| attributes.get(&key(name)).cloned().unwrap_or_default();
        Self {
            enabled: value("enabled") == "true",
            bucket: value("bucket"),
            prefix: value("prefix"),
            emit_interval: value(INTERVAL).parse().ok(),
        }
    }

    /// Returns the setting as attributes.
    pub fn to_attributes(&self) -> BTreeMap<String, String> {
        let interval = self.emit_interval.map(|minutes| (key(INTERVAL), minutes.to_string()));
        let attributes =
            [("enabled", self.enabled.to_string()), ("bucket", self.bucket.clone()), ("prefix", self.prefix.clone())];
        attributes.into_iter().map(|(name, value)| (key(name), value)).chain(interval).collect()
    }

    /// Returns the interval in minutes. The default is 60.
    pub fn minutes(&self) -> u32 {
        self.emit_interval.unwrap_or(EmitInterval::Sixty.minutes())
    }

    /// Returns whether two settings mean the same to AWS. A log that is off goes nowhere, whatever bucket it names.
    pub fn is(&self, other: &Self) -> bool {
        match (self.enabled, other.enabled) {
            (true, true) => self.goes_where(other) && self.minutes() == other.minutes(),
            (one, other) => one == other,
        }
    }

    pub(super) fn goes_where(&self, other: &Self) -> bool {
        self.bucket == other.bucket && self.prefix == other.prefix
    }
}

fn key(name: &str) -> String {
    format!("{}.{name}", LogType::Access.attribute_stem())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(bucket: &str, emit_interval: Option<u32>) -> ClassicLog {
        ClassicLog { enabled: true, bucket: bucket.to_owned(), prefix: "team".to_owned(), emit_interval }
    }

    #[test]
    fn a_log_survives_conversion_to_attributes_and_back() {
        for log in [log("logs", Some(5)), log("logs", None), ClassicLog::default()] {
            assert_eq!(ClassicLog::from_attributes(&log.to_attributes()), log);
        }
    }

    #[test]
    fn a_missing_interval_means_an_hour_and_a_disabled_log_ignores_its_settings() {
        assert!(log("logs", None).is(&log("logs", Some(60))));
        assert!(!log("logs", None).is(&log("logs", Some(5))));
        assert!(!log("logs", None).is(&log("others", None)));
        let off = |bucket| ClassicLog { enabled: false, ..log(bucket, Some(5)) };
        assert!(off("logs").is(&off("others")));
        assert!(!off("logs").is(&log("logs", Some(5))));
    }
}
