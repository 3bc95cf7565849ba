//! The parts of a run that its output needs, such as the plan, the request and the run's name for `undo`.

use crate::plan::preflight::{PreflightAnswer, PreflightResult};
use crate::plan::{Approval, Finding, Plan, Refusal};
use crate::request::{CommandLine, Request, Unprintable};
use crate::run::delivery_verdict::Delivery;
use crate::undo::receipt::RunId;

use super::words;

#[derive(Clone, Debug)]
pub(crate) struct RunSummary<'a> {
    pub plan: &'a Plan,
    pub request: &'a Request,
    /// The name of the run's receipt; `None` if there was nothing to change.
    pub run: Option<RunId>,
    /// The result of the permission check before the run.
    pub preflight: &'a PreflightAnswer,
}

/// A plan that is shown but not applied.
#[derive(Debug)]
pub(crate) struct Preview<'a> {
    /// The approvals that are still missing.
    pub missing: Vec<Approval>,
    /// The changes that the caller may not make, if permissions were checked.
    pub lacking: Option<PreflightResult>,
    /// Why the plan must not be applied.
    pub refused: Option<&'a Refusal<'a>>,
}

impl<'a> Preview<'a> {
    /// A plan that must not be applied as it is.
    pub(super) fn refused(plan: &Plan, request: &Request, refusal: &'a Refusal<'a>) -> Self {
        let missing = plan.missing_approvals(&request.consent);
        Self { missing, lacking: None, refused: Some(refusal) }
    }
}

impl RunSummary<'_> {
    /// Returns the command that restores what the run replaced.
    pub(super) fn undo_command(&self) -> Option<Result<CommandLine, Unprintable>> {
        let run = self.run.as_ref()?;
        Some(words::logbucket(&self.request.to_undo_args(run.as_str())))
    }

    /// Returns the command that repeats the run, with the exemptions that are still offered and the approval they need.
    pub(super) fn command(&self, delivery: Option<&Delivery>) -> Result<CommandLine, Unprintable> {
        let offers = self.offers(delivery);
        if offers.is_empty() {
            return words::command(self.request);
        }
        let mut again = self.request.clone();
        again.consent.exempts.extend(offers);
        again.consent.replaces = true;
        words::command(&again)
    }

    /// Returns the Deny statements that very likely block the service, by the names that `--exempt` takes. If the
    /// service's own object arrived, returns none.
    pub(super) fn offers(&self, delivery: Option<&Delivery>) -> Vec<String> {
        if matches!(delivery, Some(Delivery::Proven(_) | Delivery::Verified { .. })) {
            return Vec::new();
        }
        let mut names: Vec<String> = self.plan.findings.iter().filter_map(Finding::offer).map(str::to_owned).collect();
        names.dedup();
        names
    }
}
