//! How to attach a load balancer: set three attributes for each log.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Seen;
use crate::producer::attaching::{Attaching, Goal, Renewal, Write};
use crate::producer::facts::{AttachedAs, AttachmentFacts, DestinationJudged};
use crate::producer::{Destination, NewSetting, Source, SourceSlot, SourceStep, destination_in_words};

use super::{LoadBalancer, LogAttachment, LogType};

/// The call that attaches a load balancer.
pub(in crate::producer) const ATTACHMENT: AttachmentFacts = AttachmentFacts {
    api: "elasticloadbalancing:ModifyLoadBalancerAttributes",
    page: "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyLoadBalancerAttributes.html",
    form: AttachedAs::Log,
    destination_judged: DestinationJudged::InTheCall,
};

/// Returns the attributes that send a log to a destination.
fn attributes(log: LogType, destination: &Destination) -> [(String, String); 3] {
    let stem = log.attribute_stem();
    [
        (format!("{stem}.enabled"), "true".to_owned()),
        (format!("{stem}.bucket"), destination.bucket.to_string()),
        (format!("{stem}.prefix"), destination.prefix.to_string()),
    ]
}

/// Returns a load balancer's setting for these logs, with the new value.
pub(in crate::producer) fn attached(
    balancer: &LoadBalancer,
    logs: &[LogType],
    destination: &Destination,
) -> (SourceSlot, NewSetting) {
    let value: BTreeMap<String, String> = logs.iter().flat_map(|log| attributes(*log, destination)).collect();
    let keys = value.keys().cloned().collect();
    let (arn, name) = (balancer.arn.clone(), balancer.name.clone());
    (SourceSlot::LoadBalancer { arn, name, attributes: keys }, NewSetting::Attributes(value))
}

/// Returns how to attach these logs. AWS does not document the effect of sending unchanged attributes: it may check the
/// destination again and write a new test file.
pub(in crate::producer) fn attaching(balancer: &LoadBalancer, logs: &[LogType], goal: &Goal<'_>) -> Attaching {
    let today = match &balancer.attributes {
        Seen::Present(today) => today,
        Seen::Denied(denial) => return Attaching::Unseen(denial.clone()),
        Seen::Absent => return Attaching::Nothing,
    };
    let mut wanted = BTreeMap::new();
    let mut states = Vec::new();
    let mut elsewhere = Vec::new();
    for log in logs {
        let Some(now) = balancer.attachment(*log) else { return Attaching::Nothing };
        let here = now.goes_to(goal.destination);
        if !(now.enabled && here) || goal.renewal == Renewal::ToBeJudged {
            wanted.extend(attributes(*log, goal.destination));
        }
        let there = destination_in_words(&now.bucket, &now.prefix);
        let state = match (now.enabled, here) {
            (false, _) => "is off".to_owned(),
            (true, true) => "goes there already".to_owned(),
            (true, false) => format!("goes to `{there}`"),
        };
        states.push(format!("the {} log {state}", log.as_str()));
        if now.enabled && !here && !elsewhere.contains(&there) {
            elsewhere.push(there);
        }
    }
    if wanted.is_empty() {
        return Attaching::Nothing;
    }
    let name = &balancer.name;
    // Unchanged attributes are not reported. AWS keeps attributes that are not sent.
    let is_same = wanted.iter().all(|(key, value)| today.get(key) == Some(value));
    let what = if is_same {
        format!(
            "`{name}` already logs here; sending the same attributes again may make AWS check the changed bucket (not documented)"
        )
    } else {
        format!("`{name}`: {}", states.join(", "))
    };
    let step = SourceStep::for_load_balancer(balancer.arn.clone(), name.clone(), today, wanted);
    let risk = format!("new logs no longer go to `{}`; existing ones stay there", elsewhere.join("` and `"));
    Attaching::Write(Write { what, steps: vec![step], risk, refusal: None })
}

/// Returns the logs that are off or go elsewhere for at least one load balancer. AWS writes a test file when a log is
/// turned on.
pub(in crate::producer) fn fresh(logs: &[LogType], sources: &[Source], destination: &Destination) -> BTreeSet<LogType> {
    let is_fresh = |now: LogAttachment| !(now.enabled && now.goes_to(destination));
    let of_source = |source: &Source, log: LogType| match source {
        Source::LoadBalancer(balancer) => balancer.attachment(log).is_some_and(is_fresh),
        Source::Bucket(_) | Source::Network(_) => false,
    };
    logs.iter().copied().filter(|log| sources.iter().any(|source| of_source(source, *log))).collect()
}

impl LogAttachment {
    /// Returns whether the log names this destination, even if the log is off.
    fn goes_to(&self, destination: &Destination) -> bool {
        self.bucket == destination.bucket.as_str() && self.prefix == destination.prefix.as_str()
    }
}
