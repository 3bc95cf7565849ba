//! Does the policy of a customer managed key allow the service? If not, which element fails?

use crate::iam::{Answer, Decision, Document, Effect, Truth, Verdict, evaluate};
use crate::plan::grants::{Granted, KEY_POLICY_LIMIT, granted, kept_out};
use crate::plan::world::World;
use crate::plan::{Finding, FindingId, Fix, PlannedStep, Severity, Step};
use crate::producer::Probe;
use crate::state::{Key, Shown};

use super::grant::{MOST_NEAR, fewest_failing, in_doubt};
use super::key::{probes, statement, stays, unread};

const PERIMETERS: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html";

pub(super) fn check(world: &World<'_>, key: &Key, text: &str) -> Vec<Finding> {
    let (probes, perhaps): (Vec<_>, Vec<_>) =
        probes(world, key).into_iter().partition(|(_, probe)| world.producer().certainly_asks(&probe.request.action));
    let Some(grant) = world.producer().facts().key_grant else { return Vec::new() };
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => {
            let hint = format!("add this statement to the key policy by hand: {}", statement(world));
            return vec![unread(world, key.arn.to_string(), &error.to_string(), Fix::Impossible(hint))];
        }
    };
    let out = kept_out(&document, &probes);
    if out.is_empty() {
        return narrow(world, key, &document, &perhaps).into_iter().collect();
    }
    // A request that depends on an unknown condition may still work.
    let perhaps = |(_, probe): &(usize, Probe)| {
        let decision = evaluate(&document, &probe.request);
        decision.answer == Answer::Allowed || (decision.answer == Answer::Unknown && decision.allow_possible)
    };
    let may_be_in = probes.iter().all(perhaps);
    let is_same_for_all =
        || !probes.iter().any(|(_, probe)| evaluate(&document, &probe.request).differs_between_requests());
    if may_be_in
        && stays(world)
        && is_same_for_all()
        && out.iter().all(|index| world.observed.shown.get(index) >= Some(&Shown::Log))
    {
        return Vec::new();
    }
    let severity = if may_be_in { Severity::Warning } else { Severity::Error };
    let finding = |what: String, fix: Fix| Finding {
        id: FindingId::KeyPolicy,
        severity,
        subject: key.arn.to_string(),
        what,
        why: format!("the key policy itself must allow `{}`", world.producer().facts().principal),
        page: world.facts().key_page,
        fix,
    };
    let without_grant = out.iter().filter(|source| !is_granted(&document, &probes, **source));
    let names: Vec<String> =
        without_grant.filter_map(|index| world.writers.get(*index)).map(|writer| writer.name.clone()).collect();
    // KMS decides whether a policy is too long, because AWS does not document how it counts.
    let (after, length) = if names.is_empty() {
        // A doubtful Deny is not a reason to grant something again.
        (document.clone(), String::new())
    } else {
        match granted(&document, &[grant], &world.place, names, KEY_POLICY_LIMIT) {
            Granted::Exactly(after) | Granted::Widened(after) => (after, String::new()),
            Granted::TooLarge { size, document } => {
                (document, format!("; with the grant it has {size} bytes (documented limit: {KEY_POLICY_LIMIT})"))
            }
        }
    };
    let principal = world.producer().facts().principal;
    let shut_out = if may_be_in {
        let doubts = doubts(&document, &probes);
        format!("could not tell whether the key policy of `{}` allows `{principal}`: {doubts}{length}", key.arn)
    } else {
        let (missing, nearest) = (not_allowed(&document, &probes), nearest(&document, &probes));
        format!("the policy of key `{}` does not allow `{principal}` to call {missing}{nearest}{length}", key.arn)
    };
    let blocked = probes.iter().find_map(|(_, probe)| {
        let decision = evaluate(&after, &probe.request);
        (decision.answer != Answer::Allowed).then_some((probe, decision))
    });
    if let Some((probe, decision)) = blocked {
        let what = &probe.what;
        if decision.answer != Answer::Unknown {
            let statements: Vec<String> = decision.deciding().iter().map(ToString::to_string).collect();
            let hint = "change that statement of the key policy by hand: logbucket does not change Deny statements of key policies".to_owned();
            return vec![finding(format!("{what} is blocked by {}", statements.join("; ")), Fix::Impossible(hint))];
        }
        let doubt = Finding { severity: Severity::Warning, ..finding(String::new(), Fix::Nothing) };
        let doubt = denied_perhaps(doubt, &after, probe, &decision);
        // logbucket's statement already exists. Writing it again would change nothing, and every later run would write
        // it again.
        if after == document {
            return vec![doubt];
        }
        return vec![doubt, finding(shut_out, put(key, text, &after))];
    }
    vec![finding(shut_out, put(key, text, &after))]
}

/// Returns whether statements certainly grant every request of a source, even if something denies them.
fn is_granted(document: &Document, probes: &[(usize, Probe)], source: usize) -> bool {
    let allows = |verdict: &Verdict| verdict.effect == Some(Effect::Allow) && verdict.truth == Truth::True;
    let mut own = probes.iter().filter(|(of, _)| *of == source);
    own.all(|(_, probe)| probe.judged(document).statements.iter().any(allows))
}

/// Returns a finding for a Deny that may block a granted request. If the Deny matches the values that AWS services very
/// likely send, the finding says so.
fn denied_perhaps(doubt: Finding, document: &Document, probe: &Probe, decision: &Decision) -> Finding {
    let told = |verdicts: &[&Verdict]| verdicts.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    let in_doubt: Vec<&Verdict> =
        decision.deciding().into_iter().filter(|verdict| verdict.effect != Some(Effect::Allow)).collect();
    let likely = evaluate(document, &probe.likely()).statements;
    let applies = |verdict: &&Verdict| {
        let same = likely.iter().find(|likely| likely.index == verdict.index);
        same.is_some_and(|likely| likely.effect == Some(Effect::Deny) && likely.truth == Truth::True)
    };
    let struck: Vec<&Verdict> = in_doubt.iter().copied().filter(applies).collect();
    if struck.is_empty() {
        return Finding {
            what: format!("could not tell whether {} is allowed: it depends on {}", probe.what, told(&in_doubt)),
            ..doubt
        };
    }
    Finding {
        what: format!("{} is very likely denied by {}", probe.what, told(&struck)),
        why: "S3 calls KMS for log services from AWS's own network, not as a principal of any account; exempt AWS services in the \
              statement (`aws:PrincipalIsAWSService`)"
            .to_owned(),
        page: PERIMETERS,
        ..doubt
    }
}

/// For requests that no statement certainly allows, returns the statements that may allow them. The text names the
/// unknown part of each statement.
fn doubts(document: &Document, probes: &[(usize, Probe)]) -> String {
    let verdicts = probes.iter().flat_map(|(_, probe)| {
        let decision = evaluate(document, &probe.request);
        let is_in_doubt = decision.answer != Answer::Allowed;
        decision.statements.into_iter().filter(move |_| is_in_doubt)
    });
    format!("it depends on {}", in_doubt(verdicts).join("; "))
}

/// Returns the Allow statement that comes closest to the missing grant, with the failing elements and their values. A
/// statement for another service is only shown if no close statement is for this service.
fn nearest(document: &Document, probes: &[(usize, Probe)]) -> String {
    let mut failing: Vec<Verdict> = Vec::new();
    for (_, probe) in probes {
        let decision = evaluate(document, &probe.request);
        if decision.answer != Answer::Allowed && !decision.allow_possible {
            failing.extend(decision.statements);
        }
    }
    let raw = |verdict: &Verdict| document.raw_statements().get(verdict.index);
    let names_a_service =
        |verdict: &Verdict| raw(verdict).is_some_and(|raw| raw.pointer("/Principal/Service").is_some());
    let (others, own): (Vec<_>, Vec<_>) = failing.into_iter().partition(Verdict::is_about_the_principal);
    let mut near = fewest_failing(own.into_iter());
    if near.is_empty() {
        near = fewest_failing(others.into_iter().filter(names_a_service));
    }
    let mut told: Vec<String> = Vec::new();
    for line in near.iter().map(ToString::to_string) {
        if !told.contains(&line) {
            told.push(line);
        }
    }
    told.truncate(MOST_NEAR);
    if told.is_empty() { String::new() } else { format!("; closest match: {}", told.join("; ")) }
}

/// Returns the actions that the document does not allow.
fn not_allowed(document: &Document, probes: &[(usize, Probe)]) -> String {
    let is_missing = |probe: &&Probe| {
        let decision = evaluate(document, &probe.request);
        decision.answer != Answer::Allowed && !decision.allow_possible
    };
    let mut actions: Vec<String> = probes
        .iter()
        .map(|(_, probe)| probe)
        .filter(is_missing)
        .map(|probe| format!("`{}`", probe.request.action))
        .collect();
    actions.dedup();
    actions.join(", ")
}

/// Returns a finding if the document allows the requests that are certainly needed, but less than AWS's page on these
/// logs grants. Logs probably still arrive, so `init` leaves the policy as it is.
fn narrow(world: &World<'_>, key: &Key, document: &Document, perhaps: &[(usize, Probe)]) -> Option<Finding> {
    let missing = not_allowed(document, perhaps);
    (!missing.is_empty()).then(|| Finding {
        id: FindingId::KeyPolicyNarrow,
        severity: Severity::Warning,
        subject: key.arn.to_string(),
        what: format!(
            "the policy of key `{}` does not allow `{}` to call {missing}; the policy on AWS's page about these logs does",
            key.arn,
            world.producer().facts().principal
        ),
        why: "AWS does not say whether the service makes this call; policies on other AWS pages grant less".to_owned(),
        page: world.facts().key_page,
        fix: Fix::Nothing,
    })
}

fn put(key: &Key, before: &str, after: &Document) -> Fix {
    let step = Step::PutKeyPolicy { key: key.arn.clone(), before: before.to_owned(), after: after.to_text() };
    Fix::Steps(vec![PlannedStep::sets(step, "anyone who relies on the current key policy is affected")])
}
