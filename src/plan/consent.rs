//! Approval: the user's consent turns a plan into [`ApprovedPlan`], and only an approved plan can be carried out.

use crate::request::Consent;

use super::{Finding, Plan, PlannedStep, StepKind};

/// A plan with every step approved by the user. Only [`Plan::approve`] creates one.
#[derive(Debug)]
pub struct ApprovedPlan<'a> {
    plan: &'a Plan,
}

/// Why a plan must not be carried out.
#[derive(Debug)]
pub enum Refusal<'a> {
    /// Logs could never arrive because of these findings.
    NeverDelivers(Vec<&'a Finding>),
    /// The request names a key or a statement that does not exist, or a source of the wrong type.
    NotFound(Vec<&'a Finding>),
    /// These Deny statements block the service, and `--exempt` does not name them.
    NeedsExempt(Vec<&'a Finding>),
    /// These steps replace something, and `--fix` was not given.
    NeedsFix(Vec<&'a PlannedStep>),
    /// `--yes` was not given.
    NeedsYes,
}

/// An approval that a plan still lacks.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Approval {
    /// `--exempt` with the name of this Deny statement.
    Exempt(String),
    Fix,
    Yes,
}

impl Plan {
    /// Returns whether a finding blocks the plan, so that no step is applied.
    pub(crate) fn is_blocked(&self) -> bool {
        self.findings.iter().any(Finding::refuses)
    }

    /// Returns the full consent that the plan needs, including the consent that is already given.
    pub fn full_consent(&self, given: &Consent) -> Consent {
        let replaces = given.replaces || self.steps.iter().any(|step| step.change == StepKind::Replaces);
        Consent { adds: true, replaces, exempts: given.exempts.clone() }
    }

    /// Approves the plan with this consent, or returns why it must not be carried out.
    pub fn approve(&self, consent: &Consent) -> Result<ApprovedPlan<'_>, Refusal<'_>> {
        let (not_found, never): (Vec<&Finding>, Vec<&Finding>) = self
            .findings
            .iter()
            .filter(|finding| finding.never_delivers())
            .partition(|finding| finding.names_nothing());
        if !never.is_empty() {
            return Err(Refusal::NeverDelivers(never));
        }
        if !not_found.is_empty() {
            return Err(Refusal::NotFound(not_found));
        }
        let denied: Vec<&Finding> = self.findings.iter().filter(|finding| finding.exemption().is_some()).collect();
        if !denied.is_empty() {
            return Err(Refusal::NeedsExempt(denied));
        }
        let replacing: Vec<&PlannedStep> = self.steps.iter().filter(|step| step.change == StepKind::Replaces).collect();
        if !replacing.is_empty() && !consent.replaces {
            return Err(Refusal::NeedsFix(replacing));
        }
        if !self.steps.is_empty() && !consent.adds {
            return Err(Refusal::NeedsYes);
        }
        Ok(ApprovedPlan { plan: self })
    }

    /// Returns the statements that `--exempt` must name, each once.
    pub fn exemptions(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.findings.iter().filter_map(Finding::exemption).collect();
        let mut seen = std::collections::BTreeSet::new();
        names.retain(|name| seen.insert(*name));
        names
    }

    /// Returns the approvals that are still missing. An exemption replaces someone's statement, so it also needs
    /// `--fix`.
    pub fn missing_approvals(&self, consent: &Consent) -> Vec<Approval> {
        let exempts = self.exemptions();
        let replaces = !exempts.is_empty() || self.steps.iter().any(|step| step.change == StepKind::Replaces);
        let changes = replaces || !self.steps.is_empty();
        let fix = (replaces && !consent.replaces).then_some(Approval::Fix);
        let yes = (changes && !consent.adds).then_some(Approval::Yes);
        exempts.into_iter().map(|name| Approval::Exempt(name.to_owned())).chain(fix).chain(yes).collect()
    }
}

impl<'a> ApprovedPlan<'a> {
    pub fn plan(&self) -> &'a Plan {
        self.plan
    }
}
