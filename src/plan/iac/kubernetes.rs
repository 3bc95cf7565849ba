//! Translates a source's setting into an annotation of the Kubernetes object from which a controller creates the
//! source.

use serde_json::json;

use crate::plan::Step;

use super::yaml;

/// Returns the annotation with the values that the steps set.
pub(super) fn snippet(steps: &[&Step]) -> String {
    let lines = steps.iter().filter_map(|step| {
        let Step::SetSource(step) = step else { return None };
        let (name, value) = step.annotation()?;
        let mut lines = vec!["# in addition to attributes that the annotation already names".to_owned()];
        lines.extend(yaml::lines(&json!({ "metadata": { "annotations": { name: value } } })));
        Some(lines.join("\n"))
    });
    lines.collect::<Vec<_>>().join("\n")
}
