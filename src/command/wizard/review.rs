//! Shows the plan and asks what to do with it. The cursor starts at the answer that changes nothing.

use crate::plan::{Plan, PlannedStep, Risk, Step, StepKind};
use crate::producer::Topic;
use crate::request::{Consent, Request};
use crate::ui::{Choice, Depth, InitEvent, Prompt, PromptError, Reporter, risk_text, step_line};

use super::wizard_exit::WizardExit;

/// The answers so far.
pub(super) struct Answers {
    /// Each answer with its effective value.
    pub(super) each: Vec<(Topic, String)>,
    /// Whether a question was asked before the plan.
    pub(super) can_go_back: bool,
}

#[derive(Debug)]
pub(super) enum ReviewResult {
    /// Apply the plan with this approval.
    Apply(Consent),
    /// Ask this question again.
    Change(Topic),
    /// Exempt the service from this Deny statement and plan again.
    Exempt(String),
    /// Ask the question before the plan again.
    Back,
    /// Change nothing.
    Leave,
}

#[derive(Clone, Debug)]
enum ReviewAction {
    Apply,
    Exempt(String),
    Explain,
    Change,
    Save,
    Quit,
}

/// Shows the plan and asks until the user decides.
pub(super) fn review(
    prompt: &Prompt,
    reporter: Reporter,
    plan: &Plan,
    request: &Request,
    answers: &Answers,
) -> Result<ReviewResult, WizardExit> {
    reporter.say(InitEvent::Asked { plan, request, depth: Depth::Brief });
    loop {
        let actions = actions(plan, request);
        let harmless = actions.len().saturating_sub(1);
        let reviewed = match prompt.choose("what now?", actions, harmless) {
            Err(PromptError::Back) if answers.can_go_back => Some(ReviewResult::Back),
            Err(PromptError::Back) => {
                prompt
                    .problem("no question was asked before this one", Some("`change an answer` asks for any of them"));
                None
            }
            Err(unanswered) => return Err(unanswered.into()),
            Ok(ReviewAction::Apply) => approved(prompt, plan, request)?.map(ReviewResult::Apply),
            Ok(ReviewAction::Exempt(name)) => exempted(prompt, request, name)?.map(ReviewResult::Exempt),
            Ok(ReviewAction::Explain) => {
                reporter.say(InitEvent::Asked { plan, request, depth: Depth::Explained });
                None
            }
            Ok(ReviewAction::Change) => changed(prompt, answers)?.map(ReviewResult::Change),
            Ok(ReviewAction::Save) => {
                Prompt::say("nothing changed; this command approves and makes the changes:");
                let request = Request { consent: plan.full_consent(&request.consent), ..request.clone() };
                reporter.say(InitEvent::Command(&request));
                Some(ReviewResult::Leave)
            }
            Ok(ReviewAction::Quit) => {
                Prompt::say("nothing changed; this command shows the plan again:");
                reporter.say(InitEvent::Command(request));
                Some(ReviewResult::Leave)
            }
        };
        if let Some(reviewed) = reviewed {
            return Ok(reviewed);
        }
    }
}

fn actions(plan: &Plan, request: &Request) -> Vec<Choice<ReviewAction>> {
    let mut actions = Vec::new();
    let refused = plan.approve(&plan.full_consent(&request.consent)).is_err();
    if !refused {
        let replacing = replacing(plan).count();
        let note = match replacing {
            0 => String::new(),
            1 => {
                "1 step overwrites settings; to confirm it, you'll type the name of the resource it changes".to_owned()
            }
            several => format!(
                "{several} steps overwrite settings; to confirm each, you'll type the name of the resource it changes"
            ),
        };
        actions.push(Choice::new("apply", note, ReviewAction::Apply));
    }
    for name in plan.exemptions() {
        let label = format!("exempt the log service from `{name}`");
        actions.push(Choice::new(label, "everyone else stays denied", ReviewAction::Exempt(name.to_owned())));
    }
    actions.push(Choice::new("explain", "each change in full, with its reason and AWS page", ReviewAction::Explain));
    actions.push(Choice::new("change an answer", "", ReviewAction::Change));
    if !refused {
        actions.push(Choice::new("save as a command", "print the command and change nothing", ReviewAction::Save));
    }
    actions.push(Choice::new("quit", "change nothing", ReviewAction::Quit));
    actions
}

fn replacing(plan: &Plan) -> impl Iterator<Item = &PlannedStep> {
    plan.steps.iter().filter(|step| step.change == StepKind::Replaces && !is_confirmed(step))
}

/// Returns whether a step replaces only Deny statements. The user has already confirmed each of them by name.
fn is_confirmed(planned: &PlannedStep) -> bool {
    matches!(&planned.step, Step::PutBucketPolicy { exempted: Some(_), .. })
}

/// Asks the user to confirm each step that replaces something, by typing the name of its subject.
fn approved(prompt: &Prompt, plan: &Plan, request: &Request) -> Result<Option<Consent>, WizardExit> {
    if !request.consent.replaces {
        for planned in replacing(plan) {
            let line = step_line(&planned.step);
            if !confirmed_by_name(prompt, &line, planned.risk.as_ref(), planned.step.subject())? {
                return Ok(None);
            }
        }
    }
    Ok(Some(plan.full_consent(&request.consent)))
}

fn exempted(prompt: &Prompt, request: &Request, name: String) -> Result<Option<String>, WizardExit> {
    let service = request.kind.producer().facts().principal;
    let line = format!("statement `{name}` of the bucket policy will no longer block `{service}`");
    Ok(confirmed_by_name(prompt, &line, None, &name)?.then_some(name))
}

/// Returns whether the user confirmed by typing the name.
fn confirmed_by_name(prompt: &Prompt, line: &str, risk: Option<&Risk>, name: &str) -> Result<bool, WizardExit> {
    Prompt::say(line);
    if let Some(risk) = risk {
        Prompt::say(&format!("risk: {}", risk_text(risk)));
    }
    match prompt.text(&format!("type `{name}` to confirm"), "", |_| Ok(())) {
        Ok(typed) if typed == name => Ok(true),
        Ok(typed) => {
            prompt.problem(&format!("`{typed}` doesn't match `{name}`: not confirmed, nothing changed"), None);
            Ok(false)
        }
        Err(PromptError::Back) => Ok(false),
        Err(unanswered) => Err(unanswered.into()),
    }
}

fn changed(prompt: &Prompt, answers: &Answers) -> Result<Option<Topic>, WizardExit> {
    let choices =
        answers.each.iter().map(|(topic, answer)| Choice::new(topic.title(), answer.as_str(), *topic)).collect();
    match prompt.choose("which answer?", choices, 0) {
        Ok(topic) => Ok(Some(topic)),
        Err(PromptError::Back) => Ok(None),
        Err(unanswered) => Err(unanswered.into()),
    }
}
