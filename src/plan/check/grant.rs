//! The missing grant: the existing statement that comes closest, and the step that adds the grant.

use crate::iam::{Decision, Document, Effect, PolicyAnswer, StatementElement, StatementVerdict, Truth};
use crate::plan::plan_context::PlanContext;
use crate::plan::{Doubts, Finding, Fix, GrantFinding, MissingGrant, Nearest, Partly, PlannedStep, Withheld};
use crate::producer::{Probe, ProbePurpose};

use super::way_in::{Way, WayIn, lacking_permission, restriction, ways_in};

/// The maximum number of elements that fail in a close statement, not counting the principal.
const NEAR: usize = 2;

/// The maximum number of close statements that are shown.
pub(super) const MOST_NEAR: usize = 3;

/// Returns the access that the first source lacks.
fn withheld(context: &PlanContext<'_>, document: &Document, sources: &[usize]) -> Withheld {
    let ways = sources.first().map(|source| ways_in(context, *source)).unwrap_or_default();
    let Some(own) = ways.first() else { return Withheld::All };
    let is_missing = |probe: &&Probe| probe.judged(document).answer == PolicyAnswer::ImplicitlyDenied;
    let all: Vec<&Probe> = own.left_out().chain(&own.probes).collect();
    let missing: Vec<&Probe> = all.iter().copied().filter(is_missing).collect();
    let mut files: Vec<&'static str> = Vec::new();
    for file in missing.iter().filter_map(|probe| probe.part) {
        if !files.contains(&file) {
            files.push(file);
        }
    }
    if missing.len() == all.len() {
        Withheld::All
    } else if !files.is_empty() {
        Withheld::Files(files)
    } else if !missing.is_empty() && are_files_allowed(context, document, sources) {
        Withheld::Actions(missing.iter().map(|probe| probe.request.action.clone()).collect())
    } else {
        Withheld::All
    }
}

/// Returns whether the first source's files are all allowed. If so, the missing requests are other requests that AWS's
/// pages grant.
fn are_files_allowed(context: &PlanContext<'_>, document: &Document, sources: &[usize]) -> bool {
    let ways = sources.first().map(|source| ways_in(context, *source)).unwrap_or_default();
    let Some(own) = ways.first() else { return false };
    own.probes
        .iter()
        .all(|probe| probe.need == ProbePurpose::Granted || probe.judged(document).answer == PolicyAnswer::Allowed)
}

/// Returns the doubts about a bucket policy that may allow the first source, and about an ACL that may do so.
fn doubts(ways: &[WayIn], document: &Document) -> Doubts {
    let verdicts = ways
        .iter()
        .filter(|way| way.way != Way::Acl)
        .flat_map(|way| way.probes.iter().flat_map(|probe| probe.judged(document).statements));
    let (statements, public) = (in_doubt(verdicts), restriction(ways, document));
    let only_acl = ways.iter().any(|way| way.way == Way::Acl) && statements.is_empty() && public.is_none();
    Doubts { statements, public, only_acl }
}

/// Returns the statements in doubt.
pub(super) fn in_doubt(verdicts: impl Iterator<Item = StatementVerdict>) -> Vec<StatementVerdict> {
    // A statement with an unknown effect is in doubt even if it certainly matches the request.
    let is_open = |verdict: &StatementVerdict| {
        verdict.truth == Truth::Unknown || (verdict.effect.is_none() && verdict.truth == Truth::True)
    };
    let mut doubts: Vec<StatementVerdict> = verdicts.filter(is_open).collect();
    doubts.dedup_by_key(|verdict| verdict.to_string());
    doubts.truncate(MOST_NEAR);
    doubts
}

/// Returns whether a statement is close. If its principal fails, its conditions may fail too, but its action and
/// resource must match. A wrong principal is the most common mistake, and the conditions often fit the wrong principal.
/// A statement for another action on another resource is about something else.
fn is_near(verdict: &StatementVerdict) -> bool {
    let fails = |of: fn(&StatementElement) -> bool| verdict.because.iter().filter(|reason| of(&reason.element)).count();
    let principals = fails(|element| matches!(element, StatementElement::Principal { .. }));
    let conditions = fails(|element| matches!(element, StatementElement::Condition { .. }));
    let actions = fails(|element| matches!(element, StatementElement::Action { .. }));
    let resources = fails(|element| matches!(element, StatementElement::Resource { .. }));
    let others = verdict.because.len() - principals;
    let is_of_the_kind = if principals > 0 { others == conditions } else { actions == 0 || resources == 0 };
    is_of_the_kind && others <= NEAR
}

/// Returns the nearly matching Allow statements with the fewest failing elements.
pub(super) fn fewest_failing(verdicts: impl Iterator<Item = StatementVerdict>) -> Vec<StatementVerdict> {
    let allows = |verdict: &StatementVerdict| verdict.effect == Some(Effect::Allow) && verdict.truth != Truth::True;
    let mut near: Vec<StatementVerdict> = verdicts.filter(allows).filter(is_near).collect();
    let fewest = near.iter().map(|verdict| verdict.because.len()).min();
    near.retain(|verdict| Some(verdict.because.len()) == fewest);
    near
}

/// Adds logbucket's own statement, although an existing statement may be enough.
pub(super) fn perhaps_put(
    context: &PlanContext<'_>,
    document: &Document,
    sources: &[usize],
    step: PlannedStep,
) -> Finding {
    let ways = sources.first().map(|source| ways_in(context, *source)).unwrap_or_default();
    let (producer, names) = (context.producer(), context.names(sources));
    if let Some(way) = ways.iter().find(|way| way.way == Way::Acl && way.is_granted(document) == Truth::True) {
        let verdicts = way.probes.iter().flat_map(|probe| probe.judged(document).statements);
        let denies = in_doubt(verdicts.filter(|verdict| verdict.effect != Some(Effect::Allow)));
        return finding(context, GrantFinding::ByAclOnly { producer, sources: names, denies }, step);
    }
    let doubts = doubts(&ways, document);
    if ways.iter().all(|way| way.is_likely_open(document) == Truth::False) {
        return finding(context, GrantFinding::VeryLikelyMissing { producer, sources: names, doubts }, step);
    }
    let decisions: Vec<Decision> =
        ways.iter().flat_map(|way| way.probes.iter().map(|probe| probe.judged(document))).collect();
    let partly = why_in_doubt(decisions.iter().flat_map(Decision::deciding));
    let may_be_by_acl = ways.iter().any(|way| way.way == Way::Acl);
    finding(context, GrantFinding::Uncertain { producer, sources: names, doubts, may_be_by_acl, partly }, step)
}

fn finding(context: &PlanContext<'_>, kind: GrantFinding, step: PlannedStep) -> Finding {
    Finding::new(context.destination.bucket.as_str(), kind, Fix::Steps(vec![step]))
}

/// Returns the reason why statements are in doubt: they cover only some files, or depend on the time. Returns `None` if
/// the doubt is due to a gap in AWS's documentation.
pub(super) fn why_in_doubt<'a>(mut verdicts: impl Iterator<Item = &'a StatementVerdict>) -> Option<Partly> {
    verdicts.find_map(|verdict| {
        let partly = verdict.because.iter().find(|reason| reason.differs_between_requests())?;
        Some(match partly.element {
            StatementElement::Resource { .. } => Partly::SomeFiles,
            StatementElement::Action { .. }
            | StatementElement::Condition { .. }
            | StatementElement::Oddity(_)
            | StatementElement::Principal { .. } => Partly::SomeTimes,
        })
    })
}

/// Returns the Allow statements that come closest to allowing the first source, with the failing elements. A reader
/// looks for these statements first.
fn nearest(context: &PlanContext<'_>, document: &Document, sources: &[usize]) -> Nearest {
    if document.statements().is_empty() {
        return Nearest::NoStatements;
    }
    let Some(source) = sources.first() else { return Nearest::Statements(Vec::new()) };
    let ways = ways_in(context, *source);
    let names_accounts = |verdict: &StatementVerdict| {
        let raw = document.raw_statements().get(verdict.index);
        raw.is_some_and(|raw| raw.pointer("/Principal/AWS").is_some_and(|names| names.as_str() != Some("*")))
    };
    let has_legacy = ways.iter().any(|way| way.way == Way::LegacyAccount);
    let failing = ways.iter().filter(|way| way.way != Way::Acl).flat_map(|way| {
        // For an allowed request, no close statement is needed.
        let decisions = way.probes.iter().map(|probe| probe.judged(document));
        let verdicts =
            decisions.filter(|decision| decision.answer != PolicyAnswer::Allowed).flat_map(|own| own.statements);
        // A statement that names accounts is compared with the legacy account, if the Region has one. Any other
        // statement is compared with the service.
        let fits = |verdict: &StatementVerdict| match way.way {
            Way::LegacyAccount => names_accounts(verdict),
            Way::Policy | Way::Acl => !(has_legacy && names_accounts(verdict)),
        };
        verdicts.filter(fits).collect::<Vec<_>>()
    });
    let mut near = fewest_failing(failing);
    near.dedup_by_key(|verdict| verdict.to_string());
    near.truncate(MOST_NEAR);
    Nearest::Statements(near)
}

pub(super) fn put(context: &PlanContext<'_>, document: &Document, sources: &[usize], step: PlannedStep) -> Finding {
    let (producer, names) = (context.producer(), context.names(sources));
    let kind = match (names.is_empty(), context.bucket().is_some()) {
        (false, true) => GrantFinding::Missing(MissingGrant {
            producer,
            sources: names,
            withheld: withheld(context, document, sources),
            nearest: nearest(context, document, sources),
            acl_lacks: lacking_permission(context),
            are_files_allowed: are_files_allowed(context, document, sources),
        }),
        (false, false) => GrantFinding::NewBucket { producer, sources: names },
        (true, _) if context.is_unfinished() => GrantFinding::Unfinished,
        (true, _) => GrantFinding::OnlyExempts,
    };
    finding(context, kind, step)
}
