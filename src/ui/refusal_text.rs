//! Why a plan may not be carried out, and the way out: a message and a hint, for people and in JSON.
//!
//! They stand on standard error and name what the plan on standard output tells in full.

use crate::plan::{Cure, Finding, Plan, Refusal};

use super::words;

/// The message, and the hint.
pub(super) fn refusal(plan: &Plan, refusal: &Refusal<'_>) -> (String, String) {
    match refusal {
        Refusal::NeverDelivers(findings) => (blocked(findings), way_out(findings)),
        Refusal::NeedsFix(steps) => {
            let replacing = |index: &usize| plan.steps.get(*index).is_some_and(|step| steps.contains(&step));
            let numbers: Vec<usize> = (0..plan.steps.len()).filter(replacing).map(|index| index + 1).collect();
            let verb = if numbers.len() == 1 { "replaces" } else { "replace" };
            (
                format!("refused, nothing was changed: {} {verb} what is there", words::steps(&numbers)),
                "`--yes --fix` agrees to it".to_owned(),
            )
        }
        Refusal::NeedsYes => {
            ("nothing was changed: nobody agreed to the plan yet".to_owned(), "`--yes` agrees to it".to_owned())
        }
    }
}

fn blocked(findings: &[&Finding]) -> String {
    if let [only] = findings {
        return format!("refused, nothing was changed: {}", only.what);
    }
    let mut ids: Vec<String> = findings.iter().map(|finding| format!("[{}]", finding.id.as_str())).collect();
    ids.dedup();
    format!("refused, nothing was changed: blocked by {} findings: {}", findings.len(), words::listed(&ids))
}

/// All exemptions as words of one command, and what else a person can do.
fn way_out(findings: &[&Finding]) -> String {
    let mut exemptions = Vec::new();
    let mut hints: Vec<String> = Vec::new();
    for finding in findings {
        match &finding.cure {
            Cure::Exemption { name, .. } => exemptions.push(name),
            Cure::Impossible(hint) => hints.push(hint.clone()),
            Cure::InTemplate(_) | Cure::Nothing | Cure::SharedWith(_) | Cure::Steps(_) => {}
        }
    }
    if !exemptions.is_empty() {
        hints.insert(0, format!("add {}: everybody else stays denied", words::exempts(&exemptions)));
    }
    hints.dedup();
    hints.join("; ")
}
