//! Resources that a template describes: their tags, and the snippets that the template must contain so that a change
//! lasts.
//!
//! `marks` reads tags. `cloudformation`, `terraform` and `kubernetes` translate steps. `yaml` and `hcl` format the
//! result and escape all names and policies. `check/template.rs` turns the result into findings.

mod cloudformation;
mod hcl;
mod kubernetes;
mod marks;
mod quoted;
mod terraform;
#[cfg(test)]
mod tests;
mod yaml;

pub(super) use marks::mark;
pub(crate) use marks::{TemplateMark, TemplateTool};

use std::collections::BTreeMap;

use super::Step;

/// Returns the snippet that the template must contain for these steps, which all change one resource.
pub(super) fn snippet(mark: &TemplateMark, steps: &[&Step]) -> String {
    match mark.tool {
        TemplateTool::CloudFormation => cloudformation::snippet(mark.resource.as_deref(), steps),
        TemplateTool::Kubernetes => kubernetes::snippet(steps),
        TemplateTool::Terraform => terraform::snippet(steps),
    }
}

/// Returns the tags that a step adds or changes.
fn new_tags(before: &BTreeMap<String, String>, all: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let is_there = |key: &String, value: &String| before.get(key) == Some(value);
    all.clone().into_iter().filter(|(key, value)| !is_there(key, value)).collect()
}
