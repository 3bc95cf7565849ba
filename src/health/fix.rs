//! Finds the `init` run that fixes a dead log, or the reason why there is none.

use crate::plan::{Finding, FindingId, Fix, Hint, Step, StepKind, Weight, plan};
use crate::request::{Consent, Request};
use crate::state::Observed;

/// A run of `init` that fixes something.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FixRun {
    /// The request for `init`. It includes approval, except if the run would also replace other settings.
    pub request: Request,
    /// The findings about other settings that the run would replace. Someone must check them before approving.
    pub beside: Vec<Finding>,
}

/// Returns the run that fixes a dead log, if any. Otherwise adds a hint for the user to the cause. If the cause already
/// has a hint, returns nothing: only the user can fix it, and no command should work around it.
pub(super) fn find_fix(
    request: &Result<Request, Hint>,
    observed: &Observed,
    weighed: &mut [(Weight, Finding)],
) -> Option<Box<FixRun>> {
    let stops = |id: FindingId| weighed.iter().any(|(weight, found)| *weight == Weight::Stops && found.id() == id);
    let hints = weighed.iter().any(|(_, found)| found.never_delivers());
    let (_, cause) = weighed.first()?;
    if cause.never_delivers() {
        return None;
    }
    let tried = request.as_ref().map_err(Clone::clone).map(|request| fix_run(request, observed, stops));
    let why_not = match tried {
        Ok(Ok(fixed)) => return Some(Box::new(fixed)),
        Ok(Err(tried)) if !hints => why_not(&tried, observed),
        Ok(Err(_)) => None,
        Err(why) => Some(why),
    };
    if let (Some(why), Some((_, cause))) = (why_not, weighed.first_mut()) {
        cause.fix = Fix::Impossible(why);
    }
    None
}

/// Returns the finding that blocks the fix, with the hint for the user.
fn why_not(request: &Request, observed: &Observed) -> Option<Hint> {
    let planned = plan(request, observed);
    let found = planned.findings.into_iter().find(Finding::never_delivers)?;
    Some(Hint::First(Box::new(found)))
}

/// Returns the run that fixes the log, with the approval that it needs. If no run of `init` can fix it, returns the
/// last request that was tried. `stops` selects the findings to fix.
fn fix_run(request: &Request, observed: &Observed, stops: impl Fn(FindingId) -> bool) -> Result<FixRun, Box<Request>> {
    let mut request = request.clone();
    // After one Deny statement exempts the service, another Deny statement may still block the service. A policy has at
    // most a few hundred statements.
    for _ in 0..100 {
        let planned = plan(&request, observed);
        let named: Vec<&str> = planned
            .findings
            .iter()
            .filter_map(|finding| finding.exemption().or_else(|| finding.offer().filter(|_| stops(finding.id()))))
            .collect();
        let new: Vec<String> = named
            .into_iter()
            .filter(|name| !request.consent.exempts.iter().any(|known| known == name))
            .map(str::to_owned)
            .collect();
        if new.is_empty() {
            let consent = planned.full_consent(&request.consent);
            if planned.steps.is_empty() || planned.approve(&consent).is_err() {
                return Err(Box::new(request));
            }
            let shares = |id: FindingId| {
                let shared =
                    |found: &Finding| stops(found.id()) && matches!(found.fix, Fix::SharedWith(with) if with == id);
                planned.findings.iter().any(shared)
            };
            let fixes = |finding: &Finding| {
                stops(finding.id()) || finding.id() == FindingId::AttachmentLogging || shares(finding.id())
            };
            // Exempting the service from a Deny is part of the fix.
            let exempts = |step: &Step| matches!(step, Step::PutBucketPolicy { exempted: Some(_), .. });
            let replaces = |finding: &&Finding| {
                finding.steps().iter().any(|step| step.change == StepKind::Replaces && !exempts(&step.step))
            };
            let beside: Vec<Finding> =
                planned.findings.iter().filter(replaces).filter(|finding| !fixes(finding)).cloned().collect();
            let consent = if beside.is_empty() {
                consent
            } else {
                Consent { exempts: request.consent.exempts.clone(), ..Consent::default() }
            };
            return Ok(FixRun { request: Request { consent, ..request }, beside });
        }
        request.consent.exempts.extend(new);
    }
    Err(Box::new(request))
}
