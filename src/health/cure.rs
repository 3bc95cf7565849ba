//! The run of `init` that mends what is dead, or why there is none.

use crate::plan::{Change, Cure, Finding, FindingId, Step, Weight, plan};
use crate::request::{Consent, Request};
use crate::state::Observed;

/// A run of `init` that mends something.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Cured {
    /// What `init` is to be asked, and agreed to; no agreement where it would replace more than what is wrong.
    pub request: Request,
    /// What it would replace beside: to be looked at before it is agreed to.
    pub beside: Vec<String>,
}

/// The run that mends a dead log by this request, if any; else the cause says what a person can do. What only a person can mend
/// is no matter for a command that would go around it.
pub(super) fn mending(
    request: &Result<Request, String>,
    observed: &Observed,
    weighed: &mut [(Weight, Finding)],
) -> Option<Box<Cured>> {
    let stops = |id: FindingId| weighed.iter().any(|(weight, found)| *weight == Weight::Stops && found.id == id);
    let hints = weighed.iter().any(|(_, found)| found.hint().is_some());
    let (_, cause) = weighed.first()?;
    if cause.hint().is_some() {
        return None;
    }
    let cured = request.as_ref().ok().and_then(|request| cure(request, observed, stops));
    let why_not = match (request, &cured) {
        (Err(why), _) => Some(why.clone()),
        (Ok(request), None) if !hints => why_not(request, observed),
        (Ok(_), _) => None,
    };
    if let (Some(why), Some((_, cause))) = (why_not, weighed.first_mut()) {
        cause.cure = Cure::Impossible(why);
    }
    cured.map(Box::new)
}

/// What stops every run that would mend something, and what a person can do about it.
fn why_not(request: &Request, observed: &Observed) -> Option<String> {
    let planned = plan(request, observed);
    let found = planned.findings.into_iter().find(|finding| finding.hint().is_some())?;
    Some(format!("{}: {}", found.what, found.hint().unwrap_or_default()))
}

/// The run that mends what is dead, with the consent that it takes; nothing where no run of `init` can. `stops` tells the
/// findings that are to be mended.
fn cure(request: &Request, observed: &Observed, stops: impl Fn(FindingId) -> bool) -> Option<Cured> {
    let mut request = request.clone();
    // Each statement that is narrowed may uncover another; a policy has no more than some hundred.
    for _ in 0..100 {
        let planned = plan(&request, observed);
        let named: Vec<&str> = planned
            .findings
            .iter()
            .filter_map(|finding| finding.exemption().or_else(|| finding.offer().filter(|_| stops(finding.id))))
            .collect();
        let new: Vec<String> = named
            .into_iter()
            .filter(|name| !request.consent.exempts.iter().any(|known| known == name))
            .map(str::to_owned)
            .collect();
        if new.is_empty() {
            let consent = planned.full_consent(&request.consent);
            if planned.steps.is_empty() || planned.approve(&consent).is_err() {
                return None;
            }
            let shares = |id: FindingId| {
                let shared =
                    |found: &Finding| stops(found.id) && matches!(found.cure, Cure::SharedWith(with) if with == id);
                planned.findings.iter().any(shared)
            };
            let mends = |finding: &Finding| {
                stops(finding.id) || finding.id == FindingId::AttachmentLogging || shares(finding.id)
            };
            // A Deny that is narrowed is part of what stops the logs.
            let exempts = |step: &Step| matches!(step, Step::PutBucketPolicy { exempted: Some(_), .. });
            let replaces = |finding: &&Finding| {
                finding.steps().iter().any(|step| step.change == Change::Replaces && !exempts(&step.step))
            };
            let beside: Vec<String> = planned
                .findings
                .iter()
                .filter(replaces)
                .filter(|finding| !mends(finding))
                .map(|finding| finding.what.clone())
                .collect();
            let consent = if beside.is_empty() {
                consent
            } else {
                Consent { exempts: request.consent.exempts.clone(), ..Consent::default() }
            };
            return Some(Cured { request: Request { consent, ..request }, beside });
        }
        request.consent.exempts.extend(new);
    }
    None
}
