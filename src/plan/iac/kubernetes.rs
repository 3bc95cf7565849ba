//! The attributes of a load balancer as an annotation of the object that a controller makes it from.
//!
//! <https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#load-balancer-attributes> and
//! `guide/service/annotations` there. The annotation holds all attributes in one text.

use crate::producer::{NewSetting, SourceStep};
use serde_json::json;

use crate::plan::Step;

use super::yaml;

/// The annotation that says what the steps set.
pub(super) fn snippet(steps: &[&Step]) -> String {
    let lines = steps.iter().filter_map(|step| {
        let Step::SetSource(SourceStep { slot, after: NewSetting::Attributes(attributes), .. }) = step else {
            return None;
        };
        let is_network = slot.load_balancer()?.resource.starts_with("loadbalancer/net/");
        let name = if is_network {
            "service.beta.kubernetes.io/aws-load-balancer-attributes"
        } else {
            "alb.ingress.kubernetes.io/load-balancer-attributes"
        };
        let pairs: Vec<String> = attributes.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let mut lines = vec!["# beside the attributes that the annotation may name already".to_owned()];
        lines.extend(yaml::lines(&json!({ "metadata": { "annotations": { name: pairs.join(",") } } })));
        Some(lines.join("\n"))
    });
    lines.collect::<Vec<_>>().join("\n")
}
