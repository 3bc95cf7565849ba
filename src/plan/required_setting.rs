//! The settings that a plan's request asks for, including those that are already set. The undo of an earlier run must
//! keep them.

use serde::{Deserialize, Serialize};

use super::{Mismatch, Setting, Slot, StoredValue};

/// A setting that a run depends on.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(into = "SlotValue", try_from = "SlotValue")]
pub struct RequiredSetting(pub Setting);

#[derive(Deserialize, Serialize)]
struct SlotValue {
    slot: Slot,
    value: StoredValue,
}

impl From<RequiredSetting> for SlotValue {
    fn from(RequiredSetting(setting): RequiredSetting) -> Self {
        Self { slot: setting.slot(), value: setting.into() }
    }
}

impl TryFrom<SlotValue> for RequiredSetting {
    type Error = Mismatch;

    fn try_from(SlotValue { slot, value }: SlotValue) -> Result<Self, Mismatch> {
        slot.with(value).map(Self)
    }
}

impl RequiredSetting {
    /// Returns whether the slot now has the required value, so a change to `after` would remove the value. For tags and
    /// lifecycle rules, only the requested tags and rules are compared. For a load balancer, only the attributes in
    /// both slots are compared.
    pub fn counts_on(&self, now: &Setting, after: &Setting) -> bool {
        match (&self.0, now, after) {
            (Setting::BucketTags(of, asked), Setting::BucketTags(bucket, now), Setting::BucketTags(_, after)) => {
                of == bucket
                    && asked.iter().any(|(key, value)| now.get(key) == Some(value) && after.get(key) != Some(value))
            }
            (
                Setting::LifecycleRules { bucket: of, rules: asked, .. },
                Setting::LifecycleRules { bucket, rules: now, .. },
                Setting::LifecycleRules { rules: after, .. },
            ) => of == bucket && asked.iter().any(|rule| now.contains(rule) && !after.contains(rule)),
            (Setting::Source(held, value), Setting::Source(slot, now), _) => value.counts_on(held, (slot, now)),
            (held, now, _) => held.is(now),
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

    fn load_balancer(of: &[(&str, &str)]) -> Setting {
        let arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/web/1".parse().unwrap();
        let values = attributes(of);
        let attributes = values.keys().cloned().collect();
        let slot = SourceSlot::LoadBalancer { arn, name: "web".to_owned(), attributes };
        Setting::Source(slot, SourceSetting::Attributes(values))
    }

    #[test]
    fn a_run_that_enables_two_logs_depends_on_both() {
        let access = [("access_logs.s3.enabled", "true"), ("access_logs.s3.bucket", "logs")];
        let both = [&access[..], &[("connection_logs.s3.enabled", "true")]].concat();
        let held = RequiredSetting(load_balancer(&both));
        let off = load_balancer(&[]);
        assert!(held.counts_on(&load_balancer(&access), &off));
        let elsewhere = load_balancer(&[("access_logs.s3.enabled", "true"), ("access_logs.s3.bucket", "other")]);
        assert!(!held.counts_on(&elsewhere, &off));
        assert!(!held.counts_on(&load_balancer(&[("health_check_logs.s3.enabled", "true")]), &off));
    }

    #[test]
    fn a_run_depends_on_the_bucket_logging_value_that_it_set() {
        let none = |bucket: &str| {
            let (bucket, region) = (bucket.parse().unwrap(), "us-east-1".parse().unwrap());
            Setting::Source(SourceSlot::BucketLogging { bucket, region }, SourceSetting::Logging(None))
        };
        let (data, images) = (none("app-data"), none("app-images"));
        assert!(RequiredSetting(data.clone()).counts_on(&data, &data));
        assert!(!RequiredSetting(data).counts_on(&images, &images));
    }
}
