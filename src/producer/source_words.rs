//! What a source's setting says: in a sentence, and setting by setting.

use std::collections::BTreeMap;

use super::{NewSetting, SourceSetting, SourceStep, clb, inventory, load_balancer, s3_access};

/// Settings by name, in the words of AWS's API or command line; an empty value is as good as none.
pub(super) type Pairs = BTreeMap<String, String>;

/// Settings by name.
pub(super) fn pairs<const N: usize>(of: [(&str, String); N]) -> Pairs {
    of.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

impl SourceSetting {
    /// What it says; nothing where it is off.
    pub fn said(&self) -> BTreeMap<String, String> {
        match self {
            Self::Attributes(attributes) => attributes.clone(),
            Self::ClassicLog(log) => clb::said(log),
            Self::Logging(logging) => logging.as_ref().map(s3_access::said).unwrap_or_default(),
            Self::Inventory(inventory) => inventory.as_ref().map(inventory::said).unwrap_or_default(),
        }
    }
}

impl NewSetting {
    /// What it will say.
    pub fn said(&self) -> BTreeMap<String, String> {
        match self {
            Self::Attributes(attributes) => attributes.clone(),
            Self::ClassicLog(log) => clb::said(log),
            Self::Logging(logging) => s3_access::said(logging),
            Self::Inventory(inventory) => inventory::new_said(inventory),
        }
    }
}

impl SourceStep {
    /// What it does, in a line.
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
        }
    }
}
