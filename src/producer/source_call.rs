//! Calls that attach sources, as the event history reports them.

use super::{Attachment, LoadBalancerType, Log, Source};

/// A call, as recorded in its request.
#[derive(Clone, Copy, Debug)]
pub struct SourceCall<'a> {
    /// The operation.
    pub operation: &'a str,
    /// Its resource: a bucket, a load balancer's ARN, or the name of a Classic Load Balancer.
    pub subject: &'a str,
    /// The load balancer attributes that it set.
    pub attributes: &'a [(String, String)],
    /// The destination bucket and prefix.
    pub place: Option<&'a (String, String)>,
}

/// The effect of a call on a log, even if it failed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Turned {
    /// It turned it on, or pointed it at its current destination if the event history shows that.
    On,
    /// It turned it off.
    Off,
    /// It changed something else.
    Otherwise,
}

impl Attachment {
    /// Returns the effect on this log. `None` if the call was about another log or destination.
    pub fn turned_by(&self, call: &SourceCall<'_>) -> Option<Turned> {
        if call.operation != self.facts().attachment.operation() {
            return None;
        }
        match (&self.source, &self.log) {
            (Source::LoadBalancer(balancer), Log::LoadBalancer(log)) => {
                let stem = format!("{}.", log.attribute_stem());
                // Calls about Classic Load Balancers contain their name, all others the ARN.
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
            (Source::LoadBalancer(_), Log::Inventory(_) | Log::Requests)
            | (Source::Bucket(_), Log::LoadBalancer(_)) => None,
        }
    }
}
