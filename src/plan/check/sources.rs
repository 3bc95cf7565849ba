//! Do the sources have the producer's type, and are they in the run's Region and account?

use crate::model::Seen;
use crate::plan::plan_context::PlanContext;
use crate::plan::{Finding, Fix, Hint, SourceFinding};
use crate::producer::{ListenerFacts, Producer, Source};

pub(super) fn check(context: &PlanContext<'_>) -> Vec<Finding> {
    let of_sources = context.observed.sources.iter().flat_map(|source| source_findings(context, source));
    region_not_used(context).into_iter().chain(of_sources).collect()
}

/// A bucket has a Region, and an ARN contains one, so `--region` has no effect.
fn region_not_used(context: &PlanContext<'_>) -> Option<Finding> {
    let (named, there) = (context.request.region.as_ref()?, &context.observed.region);
    let kind = SourceFinding::RegionNotUsed { of_sources: there.clone() };
    (named != there).then(|| Finding::new(named.to_string(), kind, Fix::Nothing))
}

fn source_findings(context: &PlanContext<'_>, source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let refuse = |kind: SourceFinding| Finding::new(source.name(), kind, Fix::Impossible(Hint::OfKind));
    let (region, of_first) = (source.region().clone(), context.destination.region.clone());
    if region != of_first {
        findings.push(refuse(SourceFinding::OtherRegion { region, of_first }));
    }
    let (account, of_caller) =
        (source.account(&context.destination.source_account), &context.destination.source_account);
    if account != of_caller {
        let (account, of_caller, noun) = (account.clone(), of_caller.clone(), source.noun());
        findings.push(refuse(SourceFinding::OtherAccount { account, of_caller, noun }));
    }
    findings.extend(other_type(context.producer(), source));
    findings.extend(listener(context.producer(), source));
    findings
}

/// Returns a finding if a source can't write logs to any destination.
pub(crate) fn unusable(producer: Producer, source: &Source) -> Option<Finding> {
    let found = other_type(producer, source).or_else(|| listener(producer, source));
    found.filter(Finding::refuses)
}

fn other_type(producer: Producer, source: &Source) -> Option<Finding> {
    let own = source.kind().load_balancer()?;
    let wanted = producer.facts().source.load_balancer().filter(|wanted| *wanted != own)?;
    let kind = SourceFinding::OtherType { producer, wanted, own };
    Some(Finding::new(source.name(), kind, Fix::Impossible(Hint::OfKind)))
}

/// Some logs are only written if a listener has a certain protocol. Turning the logs on succeeds even if no listener
/// has this protocol.
fn listener(producer: Producer, source: &Source) -> Option<Finding> {
    let ListenerFacts { protocol: wanted, refusal } = producer.facts().listener?;
    if producer.facts().source != source.kind() {
        return None;
    }
    let refuse = |kind: SourceFinding| Finding::new(source.name(), kind, Fix::Impossible(Hint::OfKind));
    match source.listener_protocols()? {
        Seen::Present(protocols) if protocols.iter().any(|protocol| protocol == wanted) => None,
        Seen::Present(protocols) if protocols.is_empty() => Some(refuse(SourceFinding::NoListener { wanted, refusal })),
        Seen::Present(protocols) => {
            Some(refuse(SourceFinding::OtherListeners { wanted, refusal, protocols: protocols.clone() }))
        }
        Seen::Absent => None,
        Seen::Denied(denial) => {
            let kind = SourceFinding::ListenersUnreadable { wanted, refusal, denial: denial.clone() };
            Some(Finding::new(source.name(), kind, Fix::Nothing))
        }
    }
}
