//! Does the bucket policy allow the service, and which Deny blocks it?

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;

use serde_json::Value;

use crate::iam::{Document, Effect, NarrowError, PolicyAnswer, StatementVerdict, Truth, evaluate, exempt_service};
use crate::model::Seen;
use crate::plan::granting_policy::{BUCKET_POLICY_LIMIT, GrantingPolicy, granted};
use crate::plan::plan_context::PlanContext;
use crate::plan::{
    BlockedRequests, Finding, FindingId, FindingKind, Fix, GrantFinding, Hint, ManualReason, PlannedStep,
    PolicyFinding, Risk, ServiceExemption, Step,
};
use crate::producer::{Probe, Template};
use crate::request::shell_word;
use crate::state::Shown;

use super::grant::{perhaps_put, put, why_in_doubt};
use super::legacy::stopped_legacy;
use super::test_file;
use super::way_in::{Way, WayIn, documented, is_allowed, ways_in};

pub(super) fn check(context: &PlanContext<'_>) -> Vec<Finding> {
    let (text, document) = match present(context) {
        Ok(present) => present,
        // The policy needs no change, because logs arrive and `--exempt` names no statement.
        Err(finding) if context.has_logs_of_each() && context.request.consent.exempts.is_empty() => {
            return vec![finding.proven(context.names_of_sources())];
        }
        Err(finding) => return vec![*finding],
    };
    let (narrowed, names, mut findings) = exempted(context, &document);
    if findings.iter().any(Finding::refuses) {
        return findings;
    }
    let sources = sources_without_a_grant(context, &narrowed);
    let after = match with_grants(context, &narrowed, &sources) {
        Ok(after) => after,
        Err(finding) => {
            findings.push(*finding);
            return findings;
        }
    };
    if let Wide::Account = after.wide {
        findings.push(widened(context, sources.len()));
    }
    let after = after.document;
    findings.extend(kept_out(context, &after));
    findings.extend(test_file::check(context, &after));
    if after != document {
        let service = context.producer().facts().principal.to_owned();
        let risk = Risk::Exempts { service: service.clone(), statements: names.clone() };
        let exempts = !names.is_empty();
        let exempted = exempts.then_some(ServiceExemption { service, statements: names });
        let (bucket, after) = (context.destination.bucket.clone(), after.to_text());
        let step = PlannedStep::sets(Step::PutBucketPolicy { bucket, before: text, after, exempted }, risk);
        let doubtful = !sources.is_empty() && sources.iter().all(|source| may_be_allowed(context, &narrowed, *source));
        let stopped = stopped_legacy(context, &narrowed, &sources).filter(|_| !exempts);
        findings.push(match stopped {
            Some(stopped) => {
                let kind = GrantFinding::StoppedLegacy(stopped);
                Finding::new(context.destination.bucket.as_str(), kind, Fix::Steps(vec![step]))
            }
            None if doubtful => perhaps_put(context, &narrowed, &sources, step),
            None => put(context, &narrowed, &sources, step),
        });
    }
    findings
}

/// Returns the policy's text and document. A new bucket has no text.
fn present(context: &PlanContext<'_>) -> Result<(Option<String>, Document), Box<Finding>> {
    let unreadable = |kind: PolicyFinding| Box::new(refused(context, kind));
    match context.bucket().map(|bucket| &bucket.policy) {
        None | Some(Seen::Absent) => Ok((None, Document::empty())),
        Some(Seen::Present(text)) => match Document::parse(text) {
            Ok(document) => Ok((Some(text.clone()), document)),
            Err(error) => Err(unreadable(PolicyFinding::NotUnderstood { error: error.to_string() })),
        },
        Some(Seen::Denied(denial)) => Err(unreadable(PolicyFinding::Unreadable(denial.clone()))),
    }
}

fn finding(context: &PlanContext<'_>, kind: impl Into<FindingKind>, fix: Fix) -> Finding {
    Finding::new(context.destination.bucket.as_str(), kind, fix)
}

/// Returns a finding that only a person can fix.
fn refused(context: &PlanContext<'_>, kind: impl Into<FindingKind>) -> Finding {
    finding(context, kind, Fix::Impossible(Hint::OfKind))
}

/// Returns the document that exempts the service from the blocking Deny statements that `--exempt` names, with the
/// names and findings of these statements.
fn exempted(context: &PlanContext<'_>, document: &Document) -> (Document, Vec<String>, Vec<Finding>) {
    let mut narrowed = document.clone();
    let (mut names, mut findings) = (Vec::new(), Vec::new());
    let service = context.producer().facts().principal;
    if context.request.consent.exempts.is_empty() {
        return (narrowed, names, findings);
    }
    let stopping = stopping_denies(context, document);
    for name in &context.request.consent.exempts {
        let Some(index) = position(document, name) else {
            findings.push(refused(context, PolicyFinding::NoSuchDeny { name: name.clone() }));
            continue;
        };
        if !stopping.contains(&index) {
            continue;
        }
        let raw = narrowed.raw_statements().get(index).cloned().unwrap_or_default();
        match exempt_service(&raw, service) {
            Ok(statement) => {
                narrowed = narrowed.with_statement_replaced(index, statement);
                names.push(name.clone());
                let statements = document.statements();
                let sid = statements.get(index).and_then(|statement| statement.sid()).filter(|sid| sid != name);
                let (producer, sid) = (context.producer(), sid.map(str::to_owned));
                let kind = PolicyFinding::Exempted { producer, name: name.clone(), sid };
                findings.push(finding(context, kind, Fix::SharedWith(FindingId::PolicyGrant)));
            }
            Err(error) => {
                findings.push(refused(context, PolicyFinding::NotExemptable { name: name.clone(), error }));
            }
        }
    }
    (narrowed, names, findings)
}

/// Returns the index of the Deny statement with this Sid, or at this position counted from 1.
fn position(document: &Document, name: &str) -> Option<usize> {
    let statements = document.statements();
    let deny = |index: usize| statements.get(index).is_some_and(|statement| statement.effect() == Some(Effect::Deny));
    let by_sid = statements.iter().position(|statement| statement.sid() == Some(name));
    let by_sid = by_sid.filter(|index| deny(*index));
    let by_place = || name.parse::<usize>().ok().and_then(|place| place.checked_sub(1));
    by_sid.or_else(by_place).filter(|index| deny(*index))
}

/// Returns the Deny statements that block or may block any request of the service.
fn stopping_denies(context: &PlanContext<'_>, document: &Document) -> BTreeSet<usize> {
    let denies = |probe: &Probe| {
        let decision = probe.judged(document);
        decision
            .statements
            .into_iter()
            .filter(|verdict| verdict.effect == Some(Effect::Deny) && verdict.truth != Truth::False)
    };
    let probes = (0..context.log_sources.len()).flat_map(|source| context.bucket_probes(source));
    probes.flat_map(|probe| denies(&probe)).map(|verdict| verdict.index).collect()
}

/// Returns the sources for which no way certainly grants access. A Deny against the service does not matter here. An
/// exemption applies only to the service. If one is requested, the legacy account only counts if it is certainly
/// allowed.
fn sources_without_a_grant(context: &PlanContext<'_>, document: &Document) -> Vec<usize> {
    let narrows = !context.request.consent.exempts.is_empty();
    let serves = |ways: &[WayIn], way: &WayIn| {
        let is_left_behind = || way.way == Way::LegacyAccount && narrows && way.is_open(document) != Truth::True;
        way.serves(ways, document) == Truth::True && !is_left_behind()
    };
    let is_allowed = |source: &usize| {
        let ways = ways_in(context, *source);
        ways.iter().any(|way| serves(&ways, way)) || is_settled(context, document, *source)
    };
    (0..context.log_sources.len()).filter(|source| !is_allowed(source)).collect()
}

/// Returns whether delivered objects show that an uncertain document allows a source. A log also disproves a refusal
/// that follows only from undocumented assumptions.
fn is_settled(context: &PlanContext<'_>, document: &Document, source: usize) -> bool {
    let Some(shown) = context.observed.shown.get(&source) else { return false };
    let ways = ways_in(context, source);
    let is_open = is_allowed(&ways, document) == Truth::Unknown;
    let ways = if is_open { ways } else { documented(&ways) };
    let perhaps = || ways.iter().filter(|way| way.is_open(document) != Truth::False);
    // One file says nothing about a statement that applies to other files or at another time.
    if perhaps().next().is_none() || perhaps().any(|way| way.differs_between_requests(document)) {
        return false;
    }
    match shown {
        Shown::Log | Shown::LogByDefault => true,
        // A test file says nothing about a statement for other files.
        Shown::TestFile => is_open && ways.iter().all(|way| way.leaves_open_what_its_test_file_has_settled(document)),
    }
}

/// Returns whether a source may be allowed although nothing certainly allows it. The cause is a statement with
/// conditions on undocumented values, or an ACL that could not be read.
fn may_be_allowed(context: &PlanContext<'_>, document: &Document, source: usize) -> bool {
    let ways = ways_in(context, source);
    ways.iter().any(|way| way.serves(&ways, document) != Truth::False)
}

struct After {
    document: Document,
    wide: Wide,
}

enum Wide {
    Sources,
    Account,
}

/// Returns the document that allows the sources. On a bucket that logbucket created, it also denies plain HTTP.
fn with_grants(context: &PlanContext<'_>, document: &Document, sources: &[usize]) -> Result<After, Box<Finding>> {
    let names = context.names(sources);
    let mut templates = if names.is_empty() { Vec::new() } else { context.producer().facts().bucket_grants.to_vec() };
    if context.bucket().is_none() || context.is_unfinished() {
        templates.push(Template::TlsOnly);
    }
    match granted(document, &templates, &context.destination, names, BUCKET_POLICY_LIMIT) {
        GrantingPolicy::Exactly(document) => Ok(After { document, wide: Wide::Sources }),
        GrantingPolicy::Widened(document) => Ok(After { document, wide: Wide::Account }),
        GrantingPolicy::TooLarge { size, .. } => {
            Err(Box::new(refused(context, PolicyFinding::TooLarge { size, limit: BUCKET_POLICY_LIMIT })))
        }
    }
}

fn widened(context: &PlanContext<'_>, sources: usize) -> Finding {
    let account = context.destination.source_account.clone();
    finding(context, PolicyFinding::Widened { sources, limit: BUCKET_POLICY_LIMIT, account }, Fix::Nothing)
}

/// Returns findings for everything that still blocks the service once the grants exist.
fn kept_out(context: &PlanContext<'_>, after: &Document) -> Vec<Finding> {
    let mut certain = Stoppers::new();
    let mut likely = Stoppers::new();
    let mut unlikely = Stoppers::new();
    let mut uncertain = Stoppers::new();
    let mut unheard = Vec::new();
    for source in 0..context.log_sources.len() {
        let ways = ways_in(context, source);
        let is_shut = match is_allowed(&ways, after) {
            Truth::True => continue,
            Truth::False | Truth::Unknown if is_settled(context, after, source) => continue,
            Truth::False => true,
            Truth::Unknown => false,
        };
        let by = |truth: Truth| ways.iter().find(|way| way.is_granted(after) == truth);
        let Some(way) = by(Truth::True).or_else(|| by(Truth::Unknown)).or(ways.first()) else { continue };
        let is_granted = way.is_granted(after);
        let name = context.log_sources.get(source).map(|log_source| log_source.name.clone()).unwrap_or_default();
        for probe in &way.probes {
            let decision = probe.judged(after);
            if decision.answer == PolicyAnswer::Allowed {
                continue;
            }
            let no_grant = decision.answer == PolicyAnswer::ImplicitlyDenied
                || (decision.answer == PolicyAnswer::Unknown && !decision.allow_possible);
            if no_grant && way.way != Way::Acl {
                // logbucket's own grant does not help. For example, `${*}` is plain text in a policy without `Version`
                // 2012-10-17.
                unheard.push(refused(context, GrantFinding::NotEnough { request: probe.what.clone() }));
                continue;
            }
            let certainly = is_shut && decision.answer == PolicyAnswer::ExplicitlyDenied;
            let matching = likely_matches(after, probe);
            // A doubtful grant does not matter if another grant is certain.
            let is_idle = |verdict: &&StatementVerdict| {
                is_granted == Truth::True && verdict.effect == Some(Effect::Allow) && !certainly
            };
            for verdict in decision.deciding().into_iter().filter(|verdict| !is_idle(verdict)) {
                let into = match matching.get(&verdict.index) {
                    _ if certainly => &mut certain,
                    Some(Truth::True) => &mut likely,
                    Some(Truth::False) => &mut unlikely,
                    Some(Truth::Unknown) | None => &mut uncertain,
                };
                let stopper = into.entry(verdict.index).or_insert_with(|| Stopper {
                    verdict: verdict.clone(),
                    names: Vec::new(),
                    by: probe.request.principal.to_string(),
                    action: probe.request.action.clone(),
                    parts: Vec::new(),
                    of: way.left_out().chain(&way.probes).filter(|probe| probe.part.is_some()).count(),
                });
                if !stopper.names.contains(&name) {
                    stopper.names.push(name.clone());
                }
                stopper.parts.extend(probe.part.filter(|part| !stopper.parts.contains(part)));
            }
        }
        // Also report the other requests that these statements block.
        for probe in way.left_out() {
            for verdict in probe.judged(after).deciding() {
                for into in [&mut certain, &mut likely, &mut unlikely, &mut uncertain] {
                    if let Some(stopper) = into.get_mut(&verdict.index) {
                        stopper.parts.extend(probe.part.filter(|part| !stopper.parts.contains(part)));
                    }
                }
            }
        }
    }
    let producer = context.producer();
    let denied = certain.into_values().map(|stopper| denied(context, after, stopper.blocked()));
    let very_likely = likely.into_values().map(|stopper| very_likely_denied(context, after, stopper.blocked()));
    let doubted = uncertain.into_values().map(|stopper| {
        let partly = why_in_doubt(std::iter::once(&stopper.verdict));
        finding(context, PolicyFinding::Uncertain { producer, blocked: stopper.blocked(), partly }, Fix::Nothing)
    });
    let spared = unlikely.into_values().map(|stopper| {
        let principal = stopper.by.clone();
        finding(context, PolicyFinding::VeryLikelySpared { principal, blocked: stopper.blocked() }, Fix::Nothing)
    });
    unheard.into_iter().take(1).chain(denied).chain(very_likely).chain(doubted).chain(spared).collect()
}

/// Returns whether each Deny statement matches a request with the values that an AWS service very likely sends.
fn likely_matches(document: &Document, probe: &Probe) -> BTreeMap<usize, Truth> {
    let statements = evaluate(document, &probe.likely()).statements;
    let denies = statements.iter().filter(|verdict| verdict.effect == Some(Effect::Deny));
    denies.map(|verdict| (verdict.index, verdict.truth)).collect()
}

/// A statement that blocks or may block a service, and the blocked requests.
struct Stopper {
    verdict: StatementVerdict,
    names: Vec<String>,
    /// The principal of the request.
    by: String,
    action: String,
    /// The types of files that the service can't write.
    parts: Vec<&'static str>,
    of: usize,
}

/// Statements by their index.
type Stoppers = BTreeMap<usize, Stopper>;

impl Stopper {
    fn blocked(self) -> BlockedRequests {
        let is_partial = self.parts.len() < self.of;
        let files = if is_partial { self.parts } else { Vec::new() };
        BlockedRequests { by: self.verdict, sources: self.names, action: self.action, files }
    }
}

fn very_likely_denied(context: &PlanContext<'_>, after: &Document, blocked: BlockedRequests) -> Finding {
    let name = name(after, &blocked.by).filter(|_| exempted_by(context, after, &blocked.by).is_ok());
    let kind = PolicyFinding::VeryLikelyDenied { producer: context.producer(), blocked };
    finding(context, kind, name.map_or(Fix::Nothing, Fix::Offer))
}

fn denied(context: &PlanContext<'_>, after: &Document, blocked: BlockedRequests) -> Finding {
    let (by_hand, fix) = match (exempted_by(context, after, &blocked.by), name(after, &blocked.by)) {
        (Ok(narrowed), Some(name)) => (None, Fix::Exemption { name, narrowed: format!("{narrowed:#}") }),
        (Ok(_), None) => (Some(ManualReason::AmbiguousName), Fix::Impossible(Hint::OfKind)),
        (Err(error), _) => (Some(ManualReason::NotExemptable(error)), Fix::Impossible(Hint::OfKind)),
    };
    finding(context, PolicyFinding::Denied { producer: context.producer(), blocked, by_hand }, fix)
}

/// Returns a statement with the exemption for the service.
fn exempted_by(
    context: &PlanContext<'_>,
    document: &Document,
    verdict: &StatementVerdict,
) -> Result<Value, NarrowError> {
    let raw = document.raw_statements().get(verdict.index).cloned().unwrap_or_default();
    exempt_service(&raw, context.facts().principal)
}

/// Returns the name that `--exempt` takes for a Deny. This is the Sid, if it is unique and can be typed as shown.
/// Otherwise it is the position, counted from 1. Returns `None` if the position, read as a Sid, names another Deny.
fn name(document: &Document, verdict: &StatementVerdict) -> Option<String> {
    let statements = document.statements();
    let shared = |sid: &str| statements.iter().filter(|other| other.sid() == Some(sid)).count() > 1;
    let typed = |sid: &str| !sid.is_empty() && !sid.starts_with('-') && shell_word(OsStr::new(sid)).is_ok();
    let sid = verdict.sid.clone().filter(|sid| typed(sid) && !shared(sid));
    let name = sid.unwrap_or_else(|| (verdict.index + 1).to_string());
    (position(document, &name) == Some(verdict.index)).then_some(name)
}
