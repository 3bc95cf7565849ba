//! Asking IAM, before anything is changed, whether the caller may make every change of the plan.

use crate::aws::{Aws, Simulation};
use crate::exit::Exit;
use crate::plan::Plan;
use crate::preflight::{self, Outcome, Said};
use crate::request::{Preflight, Request};
use crate::state::Observed;
use crate::ui::Printer;

/// What IAM said; where the caller may not make a change, that is told, and how the run ends.
pub(super) async fn preflight(
    aws: &Aws,
    plan: &Plan,
    observed: &Observed,
    request: &Request,
    printer: Printer,
) -> Result<Said, Exit> {
    if plan.steps.is_empty() {
        return Ok(Said::NothingToAsk);
    }
    if request.preflight == Preflight::Skipped {
        return Ok(Said::NotAsked("`--no-preflight`".to_owned()));
    }
    let needs = preflight::needs(plan, request.kind.producer()).into_iter().collect();
    let answers = match aws.source.simulate(&plan.caller, needs).await {
        Simulation::Answered(answers) => answers,
        Simulation::Unanswered(why) => {
            printer.preflight_is_silent(&why);
            return Ok(Said::NotAsked(why));
        }
    };
    let outcome = Outcome::of(answers, observed);
    if !outcome.missing.is_empty() || !outcome.denied.is_empty() {
        printer.may_not(&outcome, Exit::Failed);
        return Err(Exit::Failed);
    }
    if outcome.unknown.is_empty() {
        return Ok(Said::Allowed);
    }
    printer.preflight_is_unsure(&outcome.unknown);
    Ok(Said::Unknown(outcome.unknown))
}
