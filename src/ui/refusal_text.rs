//! Why a plan can't be applied, and what to do: a message and a hint, for text and JSON.
//!
//! The plan on standard output has the details.

use crate::plan::{Finding, Plan, Refusal};
use crate::request::Consent;

use super::finding::sentences;
use super::words;

/// Returns the message and the hint.
pub(super) fn refusal(plan: &Plan, consent: &Consent, refusal: &Refusal<'_>) -> (String, String) {
    let approve = || format!("add {} to approve", words::approvals(&plan.missing_approvals(consent)));
    match refusal {
        Refusal::NeverDelivers(findings) => {
            let exempt = (!plan.exemptions().is_empty()).then(approve);
            let hints = exempt.into_iter().chain([hints(findings)]).collect::<Vec<_>>().join("; ");
            (format!("refused, {}", blocked(findings)), hints)
        }
        Refusal::NotFound(findings) => (blocked(findings), hints(findings)),
        Refusal::NeedsExempt(findings) => (blocked(findings), format!("{}: everyone else stays denied", approve())),
        Refusal::NeedsFix(steps) => {
            let replacing = |index: &usize| plan.steps.get(*index).is_some_and(|step| steps.contains(&step));
            let numbers: Vec<usize> = (0..plan.steps.len()).filter(replacing).map(|index| index + 1).collect();
            let verb = if numbers.len() == 1 { "overwrites" } else { "overwrite" };
            (format!("nothing changed: {} {verb} existing settings", words::steps(&numbers)), approve())
        }
        Refusal::NeedsYes => ("nothing changed: the plan is not approved yet".to_owned(), approve()),
    }
}

fn blocked(findings: &[&Finding]) -> String {
    if let [only] = findings {
        return format!("nothing changed: {}", sentences(only).what);
    }
    let mut ids: Vec<String> = findings.iter().map(|finding| format!("[{}]", finding.id().as_str())).collect();
    ids.dedup();
    format!("nothing changed: blocked by {} findings: {}", findings.len(), words::listed(&ids))
}

/// Joins the hints of the findings.
fn hints(findings: &[&Finding]) -> String {
    let mut hints: Vec<String> = findings.iter().filter_map(|finding| sentences(finding).hint).collect();
    hints.dedup();
    hints.join("; ")
}
