//! A source's setting as an annotation of the object that a controller in a Kubernetes cluster makes the source from.

use serde_json::json;

use crate::plan::Step;

use super::yaml;

/// The annotation that says what the steps set.
pub(super) fn snippet(steps: &[&Step]) -> String {
    let lines = steps.iter().filter_map(|step| {
        let Step::SetSource(step) = step else { return None };
        let (name, value) = step.annotation()?;
        let mut lines = vec!["# beside the attributes that the annotation may name already".to_owned()];
        lines.extend(yaml::lines(&json!({ "metadata": { "annotations": { name: value } } })));
        Some(lines.join("\n"))
    });
    lines.collect::<Vec<_>>().join("\n")
}
