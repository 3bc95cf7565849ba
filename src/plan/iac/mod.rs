//! Resources that a template describes: by which tags they are known, and what is to stand in the template for a change to
//! stay.
//!
//! `marks` reads tags, `cloudformation` and `terraform` say steps in the words of each, `yaml` and `hcl` write that down so
//! that no name or policy can be more than text. What to make of it is for `check/template.rs`; nothing here knows a finding.

mod cloudformation;
mod hcl;
mod kubernetes;
mod marks;
mod quoted;
mod terraform;
#[cfg(test)]
mod tests;
mod yaml;

pub use marks::Tool;
pub(super) use marks::{Mark, mark};

use std::collections::BTreeMap;

use super::Step;

/// What is to be written into the template for these steps, all of them on the one resource.
pub(super) fn snippet(mark: &Mark, steps: &[&Step]) -> String {
    match mark.tool {
        Tool::CloudFormation => cloudformation::snippet(mark.resource.as_deref(), steps),
        Tool::Kubernetes => kubernetes::snippet(steps),
        Tool::Terraform => terraform::snippet(steps),
    }
}

/// The tags that a step adds or changes.
fn new_tags(before: &BTreeMap<String, String>, all: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let is_there = |key: &String, value: &String| before.get(key) == Some(value);
    all.clone().into_iter().filter(|(key, value)| !is_there(key, value)).collect()
}
