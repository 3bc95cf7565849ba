//! Finds a blocked legacy account, which wrote a Region's logs before the service had a principal. The bucket policy
//! allows only this account, but a Deny blocks it, or Block Public Access blocks it because the policy is public. An
//! exemption in the Deny does not help. A statement for the service's principal avoids both blocks.

use std::collections::BTreeMap;

use crate::iam::{Document, Effect, StatementVerdict, Truth, evaluate};
use crate::plan::plan_context::PlanContext;
use crate::plan::{StoppedLegacy, Sureness};

use super::way_in::{Way, WayIn, restriction, ways_in};

/// Returns the Deny statements and the restriction that block the legacy account. For each of these sources, only this
/// account must have a grant, and it must be blocked. Otherwise returns `None`.
pub(super) fn stopped_legacy(
    context: &PlanContext<'_>,
    document: &Document,
    sources: &[usize],
) -> Option<StoppedLegacy> {
    let mut denying: BTreeMap<usize, StatementVerdict> = BTreeMap::new();
    let (mut public, mut sureness) = (None, Sureness::Certain);
    for source in sources {
        let ways = ways_in(context, *source);
        let is_alone = ways.iter().all(|way| way.way == Way::LegacyAccount || way.is_granted(document) == Truth::False);
        let way = ways.iter().find(|way| way.way == Way::LegacyAccount && is_alone)?;
        if way.is_granted(document) != Truth::True {
            return None;
        }
        let sure = match (way.is_open(document), way.is_likely_open(document)) {
            (Truth::False, _) => Sureness::Certain,
            (Truth::Unknown, Truth::False) => Sureness::VeryLikely,
            (Truth::True | Truth::Unknown, _) => return None,
        };
        if sure == Sureness::VeryLikely {
            sureness = sure;
        }
        if way.is_restricted(document) == Truth::True {
            public = restriction(&ways, document);
        }
        denying.extend(denies(way, document, sure).map(|verdict| (verdict.index, verdict)));
    }
    (!denying.is_empty() || public.is_some()).then(|| StoppedLegacy {
        producer: context.producer(),
        account: (context.facts().legacy_account)(context.destination.region.as_str()).unwrap_or_default(),
        sources: context.names(sources),
        denies: denying.into_values().collect(),
        public,
        sureness,
    })
}

/// Returns the Deny statements that match a request of the account. Their verdicts use only the known values of the
/// request, not the likely values.
fn denies(way: &WayIn, document: &Document, sureness: Sureness) -> impl Iterator<Item = StatementVerdict> {
    way.probes.iter().flat_map(move |probe| {
        let judged = probe.judged(document).statements;
        let struck = match sureness {
            Sureness::Certain => judged.clone(),
            Sureness::VeryLikely => evaluate(document, &probe.likely()).statements,
        };
        let applies = |verdict: &StatementVerdict| verdict.effect == Some(Effect::Deny) && verdict.truth == Truth::True;
        judged.into_iter().zip(struck).filter(move |(_, struck)| applies(struck)).map(|(judged, _)| judged)
    })
}
