//! A source's setting as text: in one line, and setting by setting.

use std::collections::BTreeMap;

use super::{NewSetting, SourceSetting, SourceStep, clb, inventory, load_balancer, s3_access, vpc_flow};

/// Settings by their name in AWS's API or CLI. An empty value means that the setting is not set.
pub(super) type SettingPairs = BTreeMap<String, String>;

/// Builds settings by name.
pub(super) fn pairs<const N: usize>(of: [(&str, String); N]) -> SettingPairs {
    of.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

impl SourceSetting {
    /// Returns the settings by name. Empty if nothing is set.
    pub fn said(&self) -> BTreeMap<String, String> {
        match self {
            Self::Attributes(attributes) => attributes.clone(),
            Self::ClassicLog(log) => clb::said(log),
            Self::Logging(logging) => logging.as_ref().map(s3_access::said).unwrap_or_default(),
            Self::Inventory(inventory) => inventory.as_ref().map(inventory::said).unwrap_or_default(),
            Self::FlowLog(log) => log.as_ref().map(vpc_flow::said).unwrap_or_default(),
        }
    }
}

impl NewSetting {
    /// Returns the new settings by name.
    pub fn said(&self) -> BTreeMap<String, String> {
        match self {
            Self::Attributes(attributes) => attributes.clone(),
            Self::ClassicLog(log) => clb::said(log),
            Self::Logging(logging) => s3_access::said(logging),
            Self::Inventory(inventory) => inventory::new_said(inventory),
            Self::FlowLog(log) => log.settings.as_ref().map(vpc_flow::said).unwrap_or_default(),
        }
    }
}

impl SourceStep {
    /// Describes the step in one line.
    pub fn line(&self) -> String {
        let name = self.slot.source();
        match (&self.after, &self.before) {
            (NewSetting::Attributes(attributes), SourceSetting::Attributes(before)) => {
                load_balancer::line(name, before, attributes)
            }
            (NewSetting::Attributes(attributes), _) => load_balancer::line(name, &BTreeMap::new(), attributes),
            (NewSetting::ClassicLog(log), SourceSetting::ClassicLog(before)) => clb::line(name, Some(before), log),
            (NewSetting::ClassicLog(log), _) => clb::line(name, None, log),
            (NewSetting::Logging(logging), _) => s3_access::line(name, logging),
            (NewSetting::Inventory(inventory), _) => inventory::line(name, inventory),
            (NewSetting::FlowLog(after), SourceSetting::FlowLog(before)) => {
                vpc_flow::line(name, before.as_ref(), after.settings.as_ref())
            }
            (NewSetting::FlowLog(after), _) => vpc_flow::line(name, None, after.settings.as_ref()),
        }
    }
}
