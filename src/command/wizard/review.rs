//! Shows the plan and asks what to do with it. The cursor starts at the answer that changes nothing.

use crate::model::listed;
use crate::plan::{Finding, Plan, PlannedStep, Risk, Step, StepKind};
use crate::producer::Topic;
use crate::request::{Consent, Request};
use crate::ui::{
    Audience, Choice, Depth, InitEvent, Prompt, PromptError, Reporter, risk_text, step_line, totals_above,
};

use super::wizard_exit::WizardExit;

const NOW: &str = "what now?";

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
    /// Exempt the service from these Deny statements and plan again.
    Exempt(Vec<String>),
    /// Ask the question before the plan again.
    Back,
    /// Change nothing.
    Leave,
}

#[derive(Clone, Debug)]
enum ReviewAction {
    Apply,
    Exempt(Vec<String>),
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
    let mut depth = Depth::Brief;
    reporter.say(InitEvent::Asked { plan, request, depth });
    loop {
        let actions = actions(plan, request);
        let harmless = actions.len().saturating_sub(1);
        let totals = totals_above(prompt, plan, request, depth);
        let question = totals.map_or_else(|| NOW.to_owned(), |totals| format!("{totals}; {NOW}"));
        let reviewed = match prompt.choose(&question, actions, harmless) {
            Err(PromptError::Back) if answers.can_go_back => Some(ReviewResult::Back),
            Err(PromptError::Back) => {
                prompt
                    .problem("no question was asked before this one", Some("`change an answer` asks for any of them"));
                None
            }
            Err(unanswered) => return Err(unanswered.into()),
            Ok(ReviewAction::Apply) => approved(prompt, plan, request)?.map(ReviewResult::Apply),
            Ok(ReviewAction::Exempt(names)) => exempted(prompt, request, names)?.map(ReviewResult::Exempt),
            Ok(ReviewAction::Explain) => {
                depth = Depth::Explained;
                reporter.say(InitEvent::Asked { plan, request, depth });
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

/// Asks whether to verify delivery although nothing is to be changed: a test object is a change, too.
pub(super) fn wants_proof(
    prompt: &Prompt,
    reporter: Reporter,
    plan: &Plan,
    request: &Request,
) -> Result<bool, WizardExit> {
    reporter.say(InitEvent::Asked { plan, request, depth: Depth::Brief });
    let (with, note) = match plan.test_object {
        Ok(_) => (" with a test object", "write a test object, then look for logs"),
        Err(_) => ("", "look for logs"),
    };
    let choices = vec![Choice::new("yes", note, true), Choice::new("no", "change nothing", false)];
    Ok(prompt.choose(&format!("everything is set up; verify delivery{with}?"), choices, 1)?)
}

fn actions(plan: &Plan, request: &Request) -> Vec<Choice<ReviewAction>> {
    let mut actions = Vec::new();
    let refused = plan.approve(&plan.full_consent(&request.consent)).is_err();
    if !refused {
        let replacing = replacing(plan).count();
        let note = match replacing {
            0 => String::new(),
            1 => "1 step overwrites settings; you'll confirm it by name".to_owned(),
            several => format!("{several} steps overwrite settings; you'll confirm each by name"),
        };
        actions.push(Choice::new("apply", note, ReviewAction::Apply));
    }
    actions.extend(exemptions(plan));
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

/// Returns whether a step replaces only Deny statements. The user has already confirmed their exemption.
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

/// Returns the exemptions to offer: from all statements that block the service, and from each one.
fn exemptions(plan: &Plan) -> Vec<Choice<ReviewAction>> {
    let names: Vec<String> = plan.exemptions().into_iter().map(str::to_owned).collect();
    let all = match names.len() {
        0 | 1 => None,
        2 => Some("both statements".to_owned()),
        count => Some(format!("all {count} statements")),
    };
    let note = "everyone else stays denied";
    let all = all.map(|all| {
        Choice::new(format!("exempt the log service from {all}"), note, ReviewAction::Exempt(names.clone()))
    });
    // An exemption that is only offered removes a doubt.
    let offers = plan.findings.iter().filter_map(Finding::offer).map(str::to_owned);
    let offers = offers.filter(|name| !names.contains(name));
    let single: Vec<String> = names.iter().cloned().chain(offers).collect();
    let single = single.into_iter().map(|name| {
        Choice::new(format!("exempt the log service from `{name}`"), note, ReviewAction::Exempt(vec![name]))
    });
    all.into_iter().chain(single).collect()
}

/// Asks the user to confirm the exemption, by typing the statement's name. For several statements, the name is the
/// bucket's.
fn exempted(prompt: &Prompt, request: &Request, names: Vec<String>) -> Result<Option<Vec<String>>, WizardExit> {
    let service = request.kind.producer().facts().principal;
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let noun = if names.len() == 1 { "statement" } else { "statements" };
    let line = format!("{noun} {} of the bucket policy will no longer block `{service}`", listed(&quoted));
    let typed = match names.as_slice() {
        [name] => name.as_str(),
        _ => request.bucket.as_str(),
    };
    Ok(confirmed_by_name(prompt, &line, None, typed)?.then_some(names))
}

/// Returns whether the user confirmed by typing the name.
fn confirmed_by_name(prompt: &Prompt, line: &str, risk: Option<&Risk>, name: &str) -> Result<bool, WizardExit> {
    Prompt::say(line);
    if let Some(risk) = risk {
        Prompt::say(&format!("risk: {}", risk_text(risk, Audience::Wizard)));
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
