//! A run in short: what was planned and asked for, and by which name it can be undone.

use crate::plan::preflight::{Outcome, Said};
use crate::plan::{Approval, Finding, Plan, Refusal};
use crate::request::{CommandLine, Request, Unprintable};
use crate::run::proof::Delivery;
use crate::undo::receipt::RunId;

use super::words;

/// A run.
#[derive(Clone, Debug)]
pub struct RunSummary<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The request.
    pub request: &'a Request,
    /// Its receipt; nothing where nothing was to be changed.
    pub run: Option<RunId>,
    /// What IAM said beforehand.
    pub preflight: &'a Said,
}

/// A plan that is shown and not carried out.
#[derive(Debug)]
pub struct Preview<'a> {
    /// The consent that applying it still takes.
    pub missing: Vec<Approval>,
    /// What the caller may not do of it, as far as that was asked.
    pub lacking: Option<Outcome>,
    /// Why it may not be carried out.
    pub refused: Option<&'a Refusal<'a>>,
}

impl<'a> Preview<'a> {
    /// A plan that may not be carried out as it is.
    pub(super) fn refused(plan: &Plan, request: &Request, refusal: &'a Refusal<'a>) -> Self {
        let missing = plan.missing_approvals(&request.consent);
        Self { missing, lacking: None, refused: Some(refusal) }
    }
}

impl RunSummary<'_> {
    /// The command that puts back what it replaced.
    pub(super) fn undo_command(&self) -> Option<Result<CommandLine, Unprintable>> {
        let run = self.run.as_ref()?;
        Some(words::logbucket(&self.request.to_undo_args(run.as_str())))
    }

    /// The command that repeats it, with the exemptions that are still offered and the consent that they take.
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

    /// The Deny statements that very likely stop the service, by the names that `--exempt` takes; none where its own object came.
    pub(super) fn offers(&self, delivery: Option<&Delivery>) -> Vec<String> {
        if matches!(delivery, Some(Delivery::Proven(_) | Delivery::Verified { .. })) {
            return Vec::new();
        }
        let mut names: Vec<String> = self.plan.findings.iter().filter_map(Finding::offer).map(str::to_owned).collect();
        names.dedup();
        names
    }
}
