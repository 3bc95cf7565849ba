//! Asks IAM, before anything is changed, whether the caller may make every change in the plan.

use crate::aws::{Aws, Simulation};
use crate::exit::Exit;
use crate::plan::Plan;
use crate::plan::preflight::{self, PreflightAnswer, PreflightResult};
use crate::request::{Preflight, Request};
use crate::state::Observed;
use crate::ui::{InitEvent, Reporter};

use super::error::ReportedExit;

#[derive(Debug)]
pub(super) enum PreflightVerdict {
    /// No known reason stops the caller.
    Goes(PreflightAnswer),
    /// The caller lacks these permissions.
    Missing(PreflightResult),
}

/// Asks IAM, and reports what could not be checked.
pub(super) async fn asked(
    aws: &Aws,
    plan: &Plan,
    observed: &Observed,
    request: &Request,
    reporter: Reporter,
) -> PreflightVerdict {
    if plan.steps.is_empty() {
        return PreflightVerdict::Goes(PreflightAnswer::NothingToAsk);
    }
    if request.preflight == Preflight::Skipped {
        return PreflightVerdict::Goes(PreflightAnswer::NotAsked("`--no-preflight`".to_owned()));
    }
    let needs = preflight::needs(plan, request.kind.producer()).into_iter().collect();
    let answers = match aws.source.simulate(&plan.caller, needs).await {
        Simulation::Answered(answers) => answers,
        Simulation::Unanswered(why) => {
            reporter.say(InitEvent::PreflightSilent(&why));
            return PreflightVerdict::Goes(PreflightAnswer::NotAsked(why));
        }
    };
    let outcome = PreflightResult::from_answers(answers, observed);
    if !outcome.lacking().is_empty() {
        return PreflightVerdict::Missing(outcome);
    }
    if outcome.unknown.is_empty() {
        return PreflightVerdict::Goes(PreflightAnswer::Allowed);
    }
    reporter.say(InitEvent::PreflightUnsure(&outcome.unknown));
    PreflightVerdict::Goes(PreflightAnswer::Unknown(outcome.unknown))
}

/// Returns IAM's answer. If the caller lacks permissions, reports them.
pub(super) async fn preflight(
    aws: &Aws,
    plan: &Plan,
    observed: &Observed,
    request: &Request,
    reporter: Reporter,
) -> Result<PreflightAnswer, ReportedExit> {
    match asked(aws, plan, observed, request, reporter).await {
        PreflightVerdict::Goes(said) => Ok(said),
        PreflightVerdict::Missing(outcome) => {
            let exit = Exit::Failed;
            reporter.say(InitEvent::NotPermitted { plan, request, outcome: &outcome, exit });
            Err(ReportedExit(exit))
        }
    }
}
