//! Do the sources have the producer's type, and are they in the run's Region and account?

use std::ffi::OsStr;

use crate::model::Seen;
use crate::plan::world::World;
use crate::plan::{Finding, FindingId, Fix, Severity};
use crate::producer::{ListenerFacts, LoadBalancerType, Producer, Source};
use crate::request::shell_word;

const ATTRIBUTES: &str =
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html";
const HEAD: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html";

pub(super) fn check(world: &World<'_>) -> Vec<Finding> {
    let of_sources = world.observed.sources.iter().flat_map(|source| of_source(world, source));
    region_not_used(world).into_iter().chain(of_sources).collect()
}

/// A bucket has a Region, and an ARN contains one, so `--region` has no effect.
fn region_not_used(world: &World<'_>) -> Option<Finding> {
    let (named, there) = (world.request.region.as_ref()?, &world.observed.region);
    (named != there).then(|| Finding {
        id: FindingId::RegionNotUsed,
        severity: Severity::Warning,
        subject: named.to_string(),
        what: format!("the sources are in {there}, so `--region {named}` is ignored"),
        why: "a bucket or an ARN has its own Region; the flag only applies to load balancers given by name".to_owned(),
        page: HEAD,
        fix: Fix::Nothing,
    })
}

fn of_source(world: &World<'_>, source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let refuse = |id, what: String, why: &str, page, hint: String| Finding {
        id,
        severity: Severity::Error,
        subject: source.name().to_owned(),
        what,
        why: why.to_owned(),
        page,
        fix: Fix::Impossible(hint),
    };
    if source.region() != &world.place.region {
        findings.push(refuse(
            FindingId::SourceOtherRegion,
            format!("`{}` is in {}, but the first source is in {}", source.name(), source.region(), world.place.region),
            "a destination must be in the Region of every source that writes to it",
            ATTRIBUTES,
            format!("run `init` for `{}` with a bucket in {}", source.name(), source.region()),
        ));
    }
    let account = source.account(&world.place.source_account);
    if *account != world.place.source_account {
        findings.push(refuse(
            FindingId::SourceOtherAccount,
            format!(
                "`{}` belongs to account {account}, but your credentials are for {}",
                source.name(),
                world.place.source_account
            ),
            &format!("only its own account can configure a {}", source.noun()),
            ATTRIBUTES,
            format!("use credentials of account {account}"),
        ));
    }
    findings.extend(other_type(world.producer(), source));
    findings.extend(listener(world.producer(), source));
    findings
}

/// Returns a finding if a source can't write logs to any destination.
pub fn unusable(producer: Producer, source: &Source) -> Option<Finding> {
    let found = other_type(producer, source).or_else(|| listener(producer, source));
    found.filter(Finding::refuses)
}

fn other_type(producer: Producer, source: &Source) -> Option<Finding> {
    let own = source.kind().load_balancer()?;
    let wanted = producer.facts().source.load_balancer().filter(|wanted| *wanted != own)?;
    Some(Finding {
        id: FindingId::SourceOtherType,
        severity: Severity::Error,
        subject: source.name().to_owned(),
        what: format!("`{}` is {}, but `{producer}` is for {}", source.name(), own.title(), wanted.title()),
        why: "each type of load balancer has its own logs".to_owned(),
        page: ATTRIBUTES,
        fix: Fix::Impossible(other_type_hint(source.name(), own)),
    })
}

fn other_type_hint(name: &str, own: LoadBalancerType) -> String {
    let name = shell_word(OsStr::new(name)).unwrap_or_else(|_| "NAME".to_owned());
    match own.producer() {
        Some(producer) => format!("use `{producer} --source {name}`"),
        None => "Gateway Load Balancers have no access logs; VPC Flow Logs show their traffic".to_owned(),
    }
}

/// Some logs are only written if a listener has a certain protocol. Turning the logs on succeeds even if no listener
/// has this protocol.
fn listener(producer: Producer, source: &Source) -> Option<Finding> {
    let ListenerFacts { protocol: wanted, refusal } = producer.facts().listener?;
    if producer.facts().source != source.kind() {
        return None;
    }
    let name = source.name();
    let finding = |severity, what: String, fix| Finding {
        id: FindingId::ListenerNotTls,
        severity,
        subject: name.to_owned(),
        what,
        why: refusal.why.to_owned(),
        page: refusal.page,
        fix,
    };
    match source.listener_protocols()? {
        Seen::Present(protocols) if protocols.iter().any(|protocol| protocol == wanted) => None,
        Seen::Present(protocols) if protocols.is_empty() => Some(finding(
            Severity::Error,
            format!("`{name}` has no listener"),
            Fix::Impossible(format!("add a {wanted} listener, then run again")),
        )),
        Seen::Present(protocols) => Some(finding(
            Severity::Error,
            format!("`{name}` listens on {} only", protocols.join(", ")),
            Fix::Impossible(format!("add a {wanted} listener, then run again; VPC Flow Logs show other traffic")),
        )),
        Seen::Absent => None,
        Seen::Denied(denial) => Some(finding(
            Severity::Warning,
            format!("could not tell whether `{name}` has a {wanted} listener: {denial}"),
            Fix::Nothing,
        )),
    }
}
