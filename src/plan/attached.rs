//! Where a source logs to by a plan, whether the plan writes that or finds it so.

use serde::{Deserialize, Serialize};

use super::{Setting, Slot};

/// A source's setting that says where it logs, with its value.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Attached {
    /// The setting.
    pub slot: Slot,
    /// Its value.
    pub value: Setting,
}

impl Attached {
    /// Whether it counts on a setting being as it is now: the same log of the same source, with the same value. Of a load
    /// balancer only the attributes count that both name.
    pub fn counts_on(&self, slot: &Slot, now: &Setting) -> bool {
        match (&self.slot, &self.value, slot, now) {
            (Slot::Source(held), Setting::Source(value), Slot::Source(slot), Setting::Source(now)) => {
                value.counts_on(held, (slot, now))
            }
            (held, value, slot, now) => held == slot && value.is(now),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::producer::{SourceSetting, SourceSlot};

    fn attributes(of: &[(&str, &str)]) -> BTreeMap<String, String> {
        of.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    fn load_balancer(of: &[(&str, &str)]) -> (Slot, Setting) {
        let arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/web/1".parse().unwrap();
        let values = attributes(of);
        let slot = Slot::Source(SourceSlot::LoadBalancer {
            arn,
            name: "web".to_owned(),
            attributes: values.keys().cloned().collect(),
        });
        (slot, Setting::Source(SourceSetting::Attributes(values)))
    }

    #[test]
    fn a_run_of_two_logs_counts_on_each_of_them() {
        let access = [("access_logs.s3.enabled", "true"), ("access_logs.s3.bucket", "logs")];
        let both = [&access[..], &[("connection_logs.s3.enabled", "true")]].concat();
        let (slot, value) = load_balancer(&both);
        let held = Attached { slot, value };
        let (slot, now) = load_balancer(&access);
        assert!(held.counts_on(&slot, &now));
        let (slot, elsewhere) =
            load_balancer(&[("access_logs.s3.enabled", "true"), ("access_logs.s3.bucket", "other")]);
        assert!(!held.counts_on(&slot, &elsewhere));
        let (slot, other_log) = load_balancer(&[("health_check_logs.s3.enabled", "true")]);
        assert!(!held.counts_on(&slot, &other_log));
    }

    #[test]
    fn a_buckets_log_counts_on_its_own_value() {
        let slot = Slot::Source(SourceSlot::BucketLogging {
            bucket: "app-data".parse().unwrap(),
            region: "us-east-1".parse().unwrap(),
        });
        let held = Attached { slot: slot.clone(), value: Setting::Source(SourceSetting::Logging(None)) };
        assert!(held.counts_on(&slot, &Setting::Source(SourceSetting::Logging(None))));
        let other = Slot::Source(SourceSlot::BucketLogging {
            bucket: "app-images".parse().unwrap(),
            region: "us-east-1".parse().unwrap(),
        });
        assert!(!held.counts_on(&other, &Setting::Source(SourceSetting::Logging(None))));
    }
}
