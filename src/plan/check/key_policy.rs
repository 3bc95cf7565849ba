//! Does the policy of a customer managed key allow the service? If not, which element fails?

use std::collections::BTreeSet;

use crate::iam::{Decision, Document, Effect, PolicyAnswer, StatementVerdict, Truth, evaluate};
use crate::plan::granting_policy::{GrantingPolicy, KEY_POLICY_LIMIT, granted, kept_out};
use crate::plan::plan_context::PlanContext;
use crate::plan::{Finding, Fix, Hint, KeyPolicyFinding, PlannedStep, Risk, Step, TooLong, UnreadKey};
use crate::producer::{Probe, Producer};
use crate::state::{Key, Shown};

use super::grant::{MOST_NEAR, fewest_failing, in_doubt};
use super::key::{probes, statement, stays, unread_unless_proven};

pub(super) fn check(context: &PlanContext<'_>, key: &Key, text: &str) -> Vec<Finding> {
    let (probes, perhaps): (Vec<_>, Vec<_>) = probes(context, key)
        .into_iter()
        .partition(|(_, probe)| context.producer().certainly_asks(&probe.request.action));
    let Some(grant) = context.producer().facts().key_grant else { return Vec::new() };
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => {
            let unread = UnreadKey::NotUnderstood { error: error.to_string(), needed: statement(context) };
            return vec![unread_unless_proven(context, key.arn.to_string(), unread, Fix::Impossible(Hint::OfKind))];
        }
    };
    let out = kept_out(&document, &probes);
    if out.is_empty() {
        return narrow(context, key, &document, &perhaps).into_iter().collect();
    }
    // A request that depends on an unknown condition may still work.
    let perhaps = |(_, probe): &(usize, Probe)| {
        let decision = evaluate(&document, &probe.request);
        decision.answer == PolicyAnswer::Allowed
            || (decision.answer == PolicyAnswer::Unknown && decision.allow_possible)
    };
    let may_be_in = probes.iter().all(perhaps);
    let is_same_for_all =
        || !probes.iter().any(|(_, probe)| evaluate(&document, &probe.request).differs_between_requests());
    if may_be_in
        && stays(context)
        && is_same_for_all()
        && out.iter().all(|index| context.observed.shown.get(index) >= Some(&Shown::Log))
    {
        return Vec::new();
    }
    let producer = context.producer();
    let finding = |kind: KeyPolicyFinding, fix: Fix| Finding::new(key.arn.to_string(), kind, fix);
    let without_grant = out.iter().filter(|source| !is_granted(&document, &probes, **source));
    let names = context.names(&without_grant.copied().collect::<Vec<_>>());
    // KMS decides whether a policy is too long, because AWS does not document how it counts.
    let (after, too_long) = if names.is_empty() {
        // A doubtful Deny is not a reason to grant something again.
        (document.clone(), None)
    } else {
        match granted(&document, &[grant], &context.destination, names, KEY_POLICY_LIMIT) {
            GrantingPolicy::Exactly(after) | GrantingPolicy::Widened(after) => (after, None),
            GrantingPolicy::TooLarge { size, document } => (document, Some(TooLong { size, limit: KEY_POLICY_LIMIT })),
        }
    };
    let blocked_services = if may_be_in {
        KeyPolicyFinding::Uncertain { producer, by: doubts(&document, &probes), too_long }
    } else {
        let (actions, nearest) = (not_allowed(&document, &probes), nearest(&document, &probes));
        KeyPolicyFinding::NotAllowed { producer, actions, nearest, too_long }
    };
    let blocked = probes.iter().find_map(|(_, probe)| {
        let decision = evaluate(&after, &probe.request);
        (decision.answer != PolicyAnswer::Allowed).then_some((probe, decision))
    });
    if let Some((probe, decision)) = blocked {
        if decision.answer != PolicyAnswer::Unknown {
            let by = decision.deciding().into_iter().cloned().collect();
            let kind = KeyPolicyFinding::Denied { producer, request: probe.what.clone(), by };
            return vec![finding(kind, Fix::Impossible(Hint::OfKind))];
        }
        let doubt = finding(denied_perhaps(producer, &after, probe, &decision), Fix::Nothing);
        // logbucket's statement already exists. Writing it again would change nothing, and every later run would write
        // it again.
        if after == document {
            return vec![doubt];
        }
        return vec![doubt, finding(blocked_services, put(key, text, &after))];
    }
    vec![finding(blocked_services, put(key, text, &after))]
}

/// Returns whether statements certainly grant every request of a source, even if something denies them.
fn is_granted(document: &Document, probes: &[(usize, Probe)], source: usize) -> bool {
    let allows = |verdict: &StatementVerdict| verdict.effect == Some(Effect::Allow) && verdict.truth == Truth::True;
    let mut own = probes.iter().filter(|(of, _)| *of == source);
    own.all(|(_, probe)| probe.judged(document).statements.iter().any(allows))
}

/// Returns a finding for a Deny that may block a granted request. If the Deny matches the values that AWS services very
/// likely send, the finding says so.
fn denied_perhaps(producer: Producer, document: &Document, probe: &Probe, decision: &Decision) -> KeyPolicyFinding {
    let in_doubt: Vec<&StatementVerdict> =
        decision.deciding().into_iter().filter(|verdict| verdict.effect != Some(Effect::Allow)).collect();
    let likely = evaluate(document, &probe.likely()).statements;
    let applies = |verdict: &&StatementVerdict| {
        let same = likely.iter().find(|likely| likely.index == verdict.index);
        same.is_some_and(|likely| likely.effect == Some(Effect::Deny) && likely.truth == Truth::True)
    };
    let struck: Vec<StatementVerdict> = in_doubt.iter().copied().filter(applies).cloned().collect();
    let request = probe.what.clone();
    if struck.is_empty() {
        let by = in_doubt.into_iter().cloned().collect();
        return KeyPolicyFinding::PerhapsDenied { producer, request, by };
    }
    KeyPolicyFinding::VeryLikelyDenied { request, by: struck }
}

/// For requests that no statement certainly allows, returns the statements that may allow them.
fn doubts(document: &Document, probes: &[(usize, Probe)]) -> Vec<StatementVerdict> {
    let verdicts = probes.iter().flat_map(|(_, probe)| {
        let decision = evaluate(document, &probe.request);
        let is_in_doubt = decision.answer != PolicyAnswer::Allowed;
        decision.statements.into_iter().filter(move |_| is_in_doubt)
    });
    in_doubt(verdicts)
}

/// Returns the Allow statement that comes closest to the missing grant, with the failing elements and their values. A
/// statement for another service is only shown if no close statement is for this service.
fn nearest(document: &Document, probes: &[(usize, Probe)]) -> Vec<StatementVerdict> {
    let mut failing: Vec<StatementVerdict> = Vec::new();
    for (_, probe) in probes {
        let decision = evaluate(document, &probe.request);
        if decision.answer != PolicyAnswer::Allowed && !decision.allow_possible {
            failing.extend(decision.statements);
        }
    }
    let raw = |verdict: &StatementVerdict| document.raw_statements().get(verdict.index);
    let names_a_service =
        |verdict: &StatementVerdict| raw(verdict).is_some_and(|raw| raw.pointer("/Principal/Service").is_some());
    let (others, own): (Vec<_>, Vec<_>) = failing.into_iter().partition(StatementVerdict::is_about_the_principal);
    let mut near = fewest_failing(own.into_iter());
    if near.is_empty() {
        near = fewest_failing(others.into_iter().filter(names_a_service));
    }
    // Several requests may have the same nearest statement.
    let mut seen = BTreeSet::new();
    near.retain(|verdict| seen.insert(verdict.to_string()));
    near.truncate(MOST_NEAR);
    near
}

/// Returns the actions that the document does not allow.
fn not_allowed(document: &Document, probes: &[(usize, Probe)]) -> Vec<String> {
    let is_missing = |probe: &&Probe| {
        let decision = evaluate(document, &probe.request);
        decision.answer != PolicyAnswer::Allowed && !decision.allow_possible
    };
    let missing = probes.iter().map(|(_, probe)| probe).filter(is_missing);
    let mut actions: Vec<String> = missing.map(|probe| probe.request.action.clone()).collect();
    actions.dedup();
    actions
}

/// Returns a finding if the document allows the requests that are certainly needed, but less than AWS's page on these
/// logs grants. Logs probably still arrive, so `init` leaves the policy as it is.
fn narrow(context: &PlanContext<'_>, key: &Key, document: &Document, perhaps: &[(usize, Probe)]) -> Option<Finding> {
    let actions = not_allowed(document, perhaps);
    if actions.is_empty() {
        return None;
    }
    let kind = KeyPolicyFinding::Narrow { producer: context.producer(), actions };
    Some(Finding::new(key.arn.to_string(), kind, Fix::Nothing))
}

fn put(key: &Key, before: &str, after: &Document) -> Fix {
    let step = Step::PutKeyPolicy { key: key.arn.clone(), before: before.to_owned(), after: after.to_text() };
    Fix::Steps(vec![PlannedStep::sets(step, Risk::KeyPolicy)])
}
