//! The missing grant: the existing statement that comes closest, and the step that adds the grant.

use crate::iam::{Answer, Decision, Document, Effect, Element, Truth, Verdict};
use crate::plan::world::World;
use crate::plan::{Finding, FindingId, Fix, PlannedStep, Severity};
use crate::producer::{Need, Probe};

use super::policy::finding;
use super::way_in::{Way, WayIn, lacking_permission, restriction, ways_in};

const ACLS: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html";

const PERIMETERS: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html";

/// The maximum number of elements that fail in a close statement, not counting the principal.
const NEAR: usize = 2;

/// The maximum number of close statements that are shown.
pub(super) const MOST_NEAR: usize = 3;

fn names(world: &World<'_>, sources: &[usize]) -> Vec<String> {
    sources.iter().filter_map(|index| world.writers.get(*index)).map(|writer| writer.name.clone()).collect()
}

/// Returns the missing access for the first source as the end of a phrase, such as " to write its test file". Returns
/// an empty text if all access is missing.
fn missing(world: &World<'_>, document: &Document, sources: &[usize]) -> String {
    let ways = sources.first().map(|source| ways_in(world, *source)).unwrap_or_default();
    let Some(own) = ways.first() else { return String::new() };
    let is_missing = |probe: &&Probe| probe.judged(document).answer == Answer::ImplicitlyDenied;
    let all: Vec<&Probe> = own.left_out().chain(&own.probes).collect();
    let missing: Vec<&Probe> = all.iter().copied().filter(is_missing).collect();
    let mut parts: Vec<&str> = Vec::new();
    for part in missing.iter().filter_map(|probe| probe.part) {
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    let only: Vec<String> = missing
        .iter()
        .filter(|probe| probe.part.is_none())
        .map(|probe| format!("`{}`", probe.request.action))
        .collect();
    match (missing.len() == all.len(), parts.as_slice(), only.as_slice()) {
        (true, _, _) | (_, [], []) => String::new(),
        (false, [], only) if are_files_allowed(world, document, sources) => format!(" to call {}", only.join(", ")),
        (false, [], _) => String::new(),
        (false, parts, _) => format!(" to write {}", parts.join(", ")),
    }
}

/// Returns whether the first source's files are all allowed. If so, the missing requests are other requests that AWS's
/// pages grant.
fn are_files_allowed(world: &World<'_>, document: &Document, sources: &[usize]) -> bool {
    let ways = sources.first().map(|source| ways_in(world, *source)).unwrap_or_default();
    let Some(own) = ways.first() else { return false };
    own.probes.iter().all(|probe| probe.need == Need::Granted || probe.judged(document).answer == Answer::Allowed)
}

/// Returns the doubts about a bucket policy that may allow the first source, and about an ACL that may do so.
fn doubts(ways: &[WayIn], document: &Document) -> String {
    let verdicts = ways
        .iter()
        .filter(|way| way.way != Way::Acl)
        .flat_map(|way| way.probes.iter().flat_map(|probe| probe.judged(document).statements));
    let mut doubts = in_doubt(verdicts);
    doubts.extend(restriction(ways, document));
    if ways.iter().any(|way| way.way == Way::Acl) && doubts.is_empty() {
        doubts.push("an ACL that could not be read".to_owned());
    }
    doubts.join("; ")
}

/// Returns the statements in doubt, as text.
pub(super) fn in_doubt(verdicts: impl Iterator<Item = Verdict>) -> Vec<String> {
    // A statement with an unknown effect is in doubt even if it certainly matches the request.
    let is_open = |verdict: &Verdict| {
        verdict.truth == Truth::Unknown || (verdict.effect.is_none() && verdict.truth == Truth::True)
    };
    let mut doubts: Vec<String> = verdicts.filter(is_open).map(|verdict| verdict.to_string()).collect();
    doubts.dedup();
    doubts.truncate(MOST_NEAR);
    doubts
}

/// Returns whether a statement is close. If its principal fails, its conditions may fail too, but its action and
/// resource must match. A wrong principal is the most common mistake, and the conditions often fit the wrong principal.
/// A statement for another action on another resource is about something else.
fn is_near(verdict: &Verdict) -> bool {
    let fails = |of: fn(&Element) -> bool| verdict.because.iter().filter(|reason| of(&reason.element)).count();
    let principals = fails(|element| matches!(element, Element::Principal { .. }));
    let conditions = fails(|element| matches!(element, Element::Condition { .. }));
    let actions = fails(|element| matches!(element, Element::Action { .. }));
    let resources = fails(|element| matches!(element, Element::Resource { .. }));
    let others = verdict.because.len() - principals;
    let is_of_the_kind = if principals > 0 { others == conditions } else { actions == 0 || resources == 0 };
    is_of_the_kind && others <= NEAR
}

/// Returns the nearly matching Allow statements with the fewest failing elements.
pub(super) fn fewest_failing(verdicts: impl Iterator<Item = Verdict>) -> Vec<Verdict> {
    let allows = |verdict: &Verdict| verdict.effect == Some(Effect::Allow) && verdict.truth != Truth::True;
    let mut near: Vec<Verdict> = verdicts.filter(allows).filter(is_near).collect();
    let fewest = near.iter().map(|verdict| verdict.because.len()).min();
    near.retain(|verdict| Some(verdict.because.len()) == fewest);
    near
}

/// Adds logbucket's own statement, although an existing statement may be enough.
pub(super) fn perhaps_put(world: &World<'_>, document: &Document, sources: &[usize], step: PlannedStep) -> Finding {
    let ways = sources.first().map(|source| ways_in(world, *source)).unwrap_or_default();
    let (or_acl, or_unread) = if ways.iter().any(|way| way.way == Way::Acl) {
        (" or the bucket's ACL", ", or the ACL could not be read")
    } else {
        ("", "")
    };
    let (service, names) = (world.producer().facts().principal, listed(&names(world, sources)));
    if let Some(way) = ways.iter().find(|way| way.way == Way::Acl && way.is_granted(document) == Truth::True) {
        let verdicts = way.probes.iter().flat_map(|probe| probe.judged(document).statements);
        let denies = in_doubt(verdicts.filter(|verdict| verdict.effect != Some(Effect::Allow))).join("; ");
        let what = format!(
            "only the bucket's ACL allows `{service}` to write logs for {names}, and the bucket policy may deny it: \
             {denies}"
        );
        let why = "AWS writes such logs from its own log delivery account; AWS does not document whether a policy applies to \
                   that account or to the service principal; a grant in the policy removes the doubt";
        let found = finding(world, FindingId::PolicyGrant, Severity::Warning, what, why, Fix::Steps(vec![step]));
        return Finding { page: ACLS, ..found };
    }
    let doubts = doubts(&ways, document);
    if ways.iter().all(|way| way.is_likely_open(document) == Truth::False) {
        let what = format!("the bucket policy very likely does not allow `{service}` for {names}: {doubts}");
        let why = "log services write from AWS's own network, not as a principal of any account";
        let found = finding(world, FindingId::PolicyGrant, Severity::Warning, what, why, Fix::Steps(vec![step]));
        return Finding { page: PERIMETERS, ..found };
    }
    let what = format!(
        "could not tell whether the bucket policy{or_acl} allows `{service}` for {names}: it depends on {doubts}"
    );
    let decisions: Vec<Decision> =
        ways.iter().flat_map(|way| way.probes.iter().map(|probe| probe.judged(document))).collect();
    let partly = why_in_doubt(decisions.iter().flat_map(Decision::deciding));
    let why = if restriction(&ways, document).is_some() {
        "a statement that allows the service principal does not depend on Block Public Access".to_owned()
    } else if let Some(partly) = partly {
        partly.to_owned()
    } else {
        format!("AWS does not document everything the service sends{or_unread}")
    };
    finding(world, FindingId::PolicyGrant, Severity::Warning, what, &why, Fix::Steps(vec![step]))
}

/// Returns the reason why statements are in doubt: they cover only some files, or depend on the time. Returns `None` if
/// the doubt is due to a gap in AWS's documentation.
pub(super) fn why_in_doubt<'a>(mut verdicts: impl Iterator<Item = &'a Verdict>) -> Option<&'static str> {
    verdicts.find_map(|verdict| {
        let partly = verdict.because.iter().find(|reason| reason.differs_between_requests())?;
        Some(match partly.element {
            Element::Resource { .. } => {
                "the statement covers only some of the files that the service writes, so one delivered file proves \
                 nothing about the others"
            }
            Element::Action { .. } | Element::Condition { .. } | Element::Oddity(_) | Element::Principal { .. } => {
                "the statement's result changes over time, so a file delivered today proves nothing about later ones"
            }
        })
    })
}

/// Returns the Allow statements that come closest to allowing the first source, with the failing elements. A reader
/// looks for these statements first.
fn nearest(world: &World<'_>, document: &Document, sources: &[usize]) -> String {
    if document.statements().is_empty() {
        return "; it has no statements".to_owned();
    }
    let Some(source) = sources.first() else { return String::new() };
    let ways = ways_in(world, *source);
    let names_accounts = |verdict: &Verdict| {
        let raw = document.raw_statements().get(verdict.index);
        raw.is_some_and(|raw| raw.pointer("/Principal/AWS").is_some_and(|names| names.as_str() != Some("*")))
    };
    let has_legacy = ways.iter().any(|way| way.way == Way::LegacyAccount);
    let failing = ways.iter().filter(|way| way.way != Way::Acl).flat_map(|way| {
        // For an allowed request, no close statement is needed.
        let decisions = way.probes.iter().map(|probe| probe.judged(document));
        let verdicts = decisions.filter(|decision| decision.answer != Answer::Allowed).flat_map(|own| own.statements);
        // A statement that names accounts is compared with the legacy account, if the Region has one. Any other
        // statement is compared with the service.
        let fits = |verdict: &Verdict| match way.way {
            Way::LegacyAccount => names_accounts(verdict),
            Way::Policy | Way::Acl => !(has_legacy && names_accounts(verdict)),
        };
        verdicts.filter(fits).collect::<Vec<_>>()
    });
    let near = fewest_failing(failing);
    if near.is_empty() {
        return String::new();
    }
    let mut told: Vec<String> = near.iter().map(ToString::to_string).collect();
    told.dedup();
    told.truncate(MOST_NEAR);
    format!("; closest match: {}", told.join("; "))
}

pub(super) fn put(world: &World<'_>, document: &Document, sources: &[usize], step: PlannedStep) -> Finding {
    let names = names(world, sources);
    let service = world.producer().facts().principal;
    let lacking = lacking_permission(world).filter(|_| !names.is_empty());
    let by_acl = lacking.map(|lacking| format!("; the bucket's ACL lacks `{lacking}` for the log delivery group"));
    let (severity, what) = match (names.is_empty(), world.bucket().is_some()) {
        (false, true) => (
            Severity::Error,
            format!(
                "the bucket policy does not allow `{service}`{} for {}{}{}",
                missing(world, document, sources),
                listed(&names),
                nearest(world, document, sources),
                by_acl.unwrap_or_default()
            ),
        ),
        (false, false) => {
            (Severity::Info, format!("a new bucket has no policy; it must allow `{service}` for {}", listed(&names)))
        }
        (true, _) if world.is_unfinished() => {
            (Severity::Info, "an earlier run created this bucket and stopped before it denied plain HTTP".to_owned())
        }
        (true, _) => (Severity::Info, "the plan exempts the service from a Deny statement".to_owned()),
    };
    let why = if are_files_allowed(world, document, sources) && !names.is_empty() && world.bucket().is_some() {
        "the service may write its files without this grant, but AWS's documented policy contains it; AWS does not say whether logs arrive without it"
    } else if lacking.is_some() {
        "an ACL must grant the group both `WRITE` and `READ_ACP`; a bucket policy can allow the service without either"
    } else {
        "only the bucket policy can grant a service access"
    };
    let found = finding(world, FindingId::PolicyGrant, severity, what, why, Fix::Steps(vec![step]));
    if lacking.is_some() { Finding { page: ACLS, ..found } } else { found }
}

/// Joins names. The first few are shown, and the rest are counted.
pub(in crate::plan) fn listed(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(5).map(|name| format!("`{name}`")).collect();
    match names.len().saturating_sub(5) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
