//! What may be carried out: a plan becomes [`Approved`] by consent, and only so.

use crate::request::Consent;

use super::{Change, Finding, Plan, PlannedStep};

/// A plan whose every step the user agreed to. Only [`Plan::approve`] makes one.
#[derive(Debug)]
pub struct Approved<'a> {
    plan: &'a Plan,
}

/// Why a plan may not be carried out.
#[derive(Debug)]
pub enum Refusal<'a> {
    /// It could never deliver, for these reasons.
    NeverDelivers(Vec<&'a Finding>),
    /// These steps replace something, and `--fix` was not said.
    NeedsFix(Vec<&'a PlannedStep>),
    /// Nobody said `--yes`.
    NeedsYes,
}

impl Plan {
    /// Everything that carrying out the plan takes, beside what is agreed to already.
    pub fn full_consent(&self, given: &Consent) -> Consent {
        let replaces = given.replaces || self.steps.iter().any(|step| step.change == Change::Replaces);
        Consent { adds: true, replaces, exempts: given.exempts.clone() }
    }

    /// The plan as one that may be carried out, or why it may not.
    pub fn approve(&self, consent: &Consent) -> Result<Approved<'_>, Refusal<'_>> {
        let never: Vec<&Finding> = self.findings.iter().filter(|finding| finding.refuses()).collect();
        if !never.is_empty() {
            return Err(Refusal::NeverDelivers(never));
        }
        let replacing: Vec<&PlannedStep> = self.steps.iter().filter(|step| step.change == Change::Replaces).collect();
        if !replacing.is_empty() && !consent.replaces {
            return Err(Refusal::NeedsFix(replacing));
        }
        if !self.steps.is_empty() && !consent.adds {
            return Err(Refusal::NeedsYes);
        }
        Ok(Approved { plan: self })
    }
}

impl<'a> Approved<'a> {
    /// The plan.
    pub fn plan(&self) -> &'a Plan {
        self.plan
    }
}
