//! The settings that a plan's request asks for, including those that are already set. The undo of an earlier run must
//! keep them.

use serde::{Deserialize, Serialize};

use super::{Setting, Slot};

/// A setting that a run depends on, with its value.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Held {
    pub slot: Slot,
    pub value: Setting,
}

impl Held {
    /// Returns whether the slot now has the required value, so a change to `after` would remove the value. For tags and
    /// lifecycle rules, only the requested tags and rules are compared. For a load balancer, only the attributes in
    /// both slots are compared.
    pub fn counts_on(&self, slot: &Slot, now: &Setting, after: &Setting) -> bool {
        match (&self.value, now, after) {
            (Setting::Tags(asked), Setting::Tags(now), Setting::Tags(after)) => {
                self.slot == *slot
                    && asked.iter().any(|(key, value)| now.get(key) == Some(value) && after.get(key) != Some(value))
            }
            (Setting::Expiration(asked), Setting::Expiration(now), Setting::Expiration(after)) => {
                self.slot.destination() == slot.destination()
                    && asked.iter().any(|rule| now.contains(rule) && !after.contains(rule))
            }
            (_, _, _) => self.is_as_it_is(slot, now),
        }
    }

    fn is_as_it_is(&self, slot: &Slot, now: &Setting) -> bool {
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
    fn a_run_that_enables_two_logs_depends_on_both() {
        let access = [("access_logs.s3.enabled", "true"), ("access_logs.s3.bucket", "logs")];
        let both = [&access[..], &[("connection_logs.s3.enabled", "true")]].concat();
        let (slot, value) = load_balancer(&both);
        let held = Held { slot, value };
        let off = Setting::Source(SourceSetting::Attributes(BTreeMap::new()));
        let (slot, now) = load_balancer(&access);
        assert!(held.counts_on(&slot, &now, &off));
        let (slot, elsewhere) =
            load_balancer(&[("access_logs.s3.enabled", "true"), ("access_logs.s3.bucket", "other")]);
        assert!(!held.counts_on(&slot, &elsewhere, &off));
        let (slot, other_log) = load_balancer(&[("health_check_logs.s3.enabled", "true")]);
        assert!(!held.counts_on(&slot, &other_log, &off));
    }

    #[test]
    fn a_run_depends_on_the_bucket_logging_value_that_it_set() {
        let slot = Slot::Source(SourceSlot::BucketLogging {
            bucket: "app-data".parse().unwrap(),
            region: "us-east-1".parse().unwrap(),
        });
        let held = Held { slot: slot.clone(), value: Setting::Source(SourceSetting::Logging(None)) };
        let none = Setting::Source(SourceSetting::Logging(None));
        assert!(held.counts_on(&slot, &none, &none));
        let other = Slot::Source(SourceSlot::BucketLogging {
            bucket: "app-images".parse().unwrap(),
            region: "us-east-1".parse().unwrap(),
        });
        assert!(!held.counts_on(&other, &none, &none));
    }
}
