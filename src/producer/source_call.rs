//! Calls that attach sources, according to the event history.

use super::{Attachment, LoadBalancerType, Log, Source};

/// A recorded call.
#[derive(Clone, Copy, Debug)]
pub struct SourceCall<'a> {
    /// The operation.
    pub operation: &'a str,
    /// The call's resource: a bucket, a load balancer's ARN, the name of a Classic Load Balancer, or the ID
    /// of a network.
    pub subject: &'a str,
    /// The load balancer attributes that the call set.
    pub attributes: &'a [(String, String)],
    /// The destination bucket and prefix.
    pub place: Option<&'a (String, String)>,
}

/// The effect of a call on a log, even if it failed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Turned {
    /// The call turned the log on. For a bucket, the call pointed the log at its current destination.
    On,
    /// The call turned the log off.
    Off,
    /// The call changed another setting of the log.
    Otherwise,
}

impl Attachment {
    /// Returns the call's effect on this log. `None` if the call was about another log or destination.
    pub fn turned_by(&self, call: &SourceCall<'_>) -> Option<Turned> {
        if call.operation != self.facts().attachment.operation() {
            return None;
        }
        match (&self.source, &self.log) {
            (Source::LoadBalancer(balancer), Log::LoadBalancer(log)) => {
                let stem = format!("{}.", log.attribute_stem());
                // A call about a Classic Load Balancer contains the name. Other calls contain the ARN.
                let is_named = balancer.kind == LoadBalancerType::Classic && call.subject == balancer.name;
                let is_of_it = (is_named || call.subject == balancer.arn.to_string())
                    && call.attributes.iter().any(|(key, _)| key.starts_with(&stem));
                let enabled = format!("{stem}enabled");
                let says = |value: &str| call.attributes.iter().any(|(key, of)| *key == enabled && of == value);
                is_of_it.then(|| match (says("true"), says("false")) {
                    (true, _) => Turned::On,
                    (false, true) => Turned::Off,
                    (false, false) => Turned::Otherwise,
                })
            }
            (Source::Bucket(bucket), Log::Inventory(_) | Log::Requests) => {
                let target = self.target.present()?;
                let sends = |(to, prefix): &(String, String)| *to == target.bucket && *prefix == target.prefix;
                (call.subject == bucket.name.as_str() && call.place.is_some_and(sends)).then_some(Turned::On)
            }
            (Source::Network(network), Log::Flow(_)) => {
                let target = self.target.present()?;
                let sends = |(to, prefix): &(String, String)| *to == target.bucket && *prefix == target.prefix;
                (call.subject == network.id.as_str() && call.place.is_some_and(sends)).then_some(Turned::On)
            }
            (Source::LoadBalancer(_), Log::Flow(_) | Log::Inventory(_) | Log::Requests)
            | (Source::Bucket(_), Log::Flow(_) | Log::LoadBalancer(_))
            | (Source::Network(_), Log::Inventory(_) | Log::LoadBalancer(_) | Log::Requests) => None,
        }
    }
}
