//! Calls that attach sources, as the event history tells of them.

use super::{Attachment, LoadBalancerType, Log, Source};

/// A call, as its request named things.
#[derive(Clone, Copy, Debug)]
pub struct SourceCall<'a> {
    /// The operation.
    pub operation: &'a str,
    /// What it was about: a bucket, a load balancer's ARN, or the name of a Classic Load Balancer.
    pub subject: &'a str,
    /// The load balancer attributes that it named, with their values.
    pub attributes: &'a [(String, String)],
    /// The bucket and the prefix that it sent logs to.
    pub place: Option<&'a (String, String)>,
}

/// What a call did, or would have done, to a log.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Turned {
    /// It turned it on; or sent it where it goes today, where the event history says that.
    On,
    /// It turned it off.
    Off,
    /// It changed something else of it.
    Otherwise,
}

impl Attachment {
    /// What a call did to this log; nothing where it was about another one, or sent it elsewhere.
    pub fn turned_by(&self, call: &SourceCall<'_>) -> Option<Turned> {
        if call.operation != self.facts().attachment.operation() {
            return None;
        }
        match (&self.source, &self.log) {
            (Source::LoadBalancer(balancer), Log::LoadBalancer(log)) => {
                let stem = format!("{}.", log.attribute_stem());
                // Calls about Classic Load Balancers name them, all others have the ARN.
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
