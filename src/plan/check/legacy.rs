//! Finds a blocked legacy account, which wrote a Region's logs before the service had a principal. The bucket policy
//! allows only this account, but a Deny blocks it, or Block Public Access blocks it because the policy is public. An
//! exemption in the Deny does not help. A statement for the service's principal avoids both blocks.

use std::collections::BTreeMap;

use crate::iam::{Document, Effect, Truth, Verdict, evaluate};
use crate::plan::world::World;
use crate::plan::{Finding, FindingId, Fix, PlannedStep, Severity};

use super::grant::listed;
use super::policy::finding;
use super::way_in::{Way, WayIn, restriction, ways_in};

const LEGACY_POLICY: &str =
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html";

const PUBLIC_ACCESS: &str =
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html";

/// What blocks the account.
#[derive(Debug)]
pub(super) struct StoppedLegacy {
    /// The Deny statements by their index.
    denies: BTreeMap<usize, Verdict>,
    /// Why the public policy makes S3 block the account, as text.
    restriction: Option<String>,
    sureness: Sureness,
    names: Vec<String>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Sureness {
    Certain,
    /// Based on the values that a request from AWS very likely carries.
    VeryLikely,
}

/// Returns the Deny statements and the restriction that block the legacy account. For each of these sources, only this
/// account must have a grant, and it must be blocked. Otherwise returns `None`.
pub(super) fn stopped_legacy(world: &World<'_>, document: &Document, sources: &[usize]) -> Option<StoppedLegacy> {
    let mut stopped =
        StoppedLegacy { denies: BTreeMap::new(), restriction: None, sureness: Sureness::Certain, names: Vec::new() };
    for source in sources {
        let ways = ways_in(world, *source);
        let is_alone = ways.iter().all(|way| way.way == Way::LegacyAccount || way.is_granted(document) == Truth::False);
        let way = ways.iter().find(|way| way.way == Way::LegacyAccount && is_alone)?;
        if way.is_granted(document) != Truth::True {
            return None;
        }
        let sureness = match (way.is_open(document), way.is_likely_open(document)) {
            (Truth::False, _) => Sureness::Certain,
            (Truth::Unknown, Truth::False) => Sureness::VeryLikely,
            (Truth::True | Truth::Unknown, _) => return None,
        };
        if sureness == Sureness::VeryLikely {
            stopped.sureness = sureness;
        }
        if way.is_restricted(document) == Truth::True {
            stopped.restriction = restriction(&ways, document);
        }
        stopped.denies.extend(denies(way, document, sureness).map(|verdict| (verdict.index, verdict)));
        stopped.names.extend(world.writers.get(*source).map(|writer| writer.name.clone()));
    }
    (!stopped.denies.is_empty() || stopped.restriction.is_some()).then_some(stopped)
}

/// Returns the Deny statements that match a request of the account. Their verdicts use only the known values of the
/// request, not the likely values.
fn denies(way: &WayIn, document: &Document, sureness: Sureness) -> impl Iterator<Item = Verdict> {
    way.probes.iter().flat_map(move |probe| {
        let judged = probe.judged(document).statements;
        let struck = match sureness {
            Sureness::Certain => judged.clone(),
            Sureness::VeryLikely => evaluate(document, &probe.likely()).statements,
        };
        let applies = |verdict: &Verdict| verdict.effect == Some(Effect::Deny) && verdict.truth == Truth::True;
        judged.into_iter().zip(struck).filter(move |(_, struck)| applies(struck)).map(|(judged, _)| judged)
    })
}

impl StoppedLegacy {
    /// Returns the finding. The step fixes it by allowing the service's principal.
    pub(super) fn passed_by(&self, world: &World<'_>, step: PlannedStep) -> Finding {
        let account = (world.facts().legacy_account)(world.place.region.as_str()).unwrap_or_default();
        let denies = self.denies.values().map(ToString::to_string);
        let by: Vec<String> = self.restriction.iter().cloned().chain(denies).collect();
        let is_only_restricted = self.denies.is_empty();
        let (id, severity, is_denied, of_aws) = match self.sureness {
            Sureness::Certain if is_only_restricted => (FindingId::PolicyGrant, Severity::Error, "is blocked", ""),
            Sureness::Certain => (FindingId::PolicyDeny, Severity::Error, "is denied", ""),
            Sureness::VeryLikely => (
                FindingId::PolicyDenyLikely,
                Severity::Warning,
                "is very likely denied",
                "the account belongs to AWS, not to your organization, and writes from AWS's network; ",
            ),
        };
        let what = format!(
            "the bucket policy allows only the Elastic Load Balancing account `{account}` to write logs for {}, and this access {is_denied} by {}",
            listed(&self.names),
            by.join("; ")
        );
        let rule = if is_only_restricted {
            "S3 then limits access to a bucket with a public policy to the bucket owner's account and service \
             principals"
        } else {
            "a Deny wins over every grant"
        };
        let why =
            format!("{rule}; {of_aws}AWS recommends allowing `{}` instead of the account", world.facts().principal);
        let mut found = finding(world, id, severity, what, &why, Fix::Steps(vec![step]));
        found.page = if is_only_restricted { PUBLIC_ACCESS } else { LEGACY_POLICY };
        found
    }
}
