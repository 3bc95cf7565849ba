//! The plan, and what to do with it. The harmless answer is the one under the cursor.

use crate::plan::{Change, Plan, PlannedStep, Step};
use crate::producer::Topic;
use crate::request::{Consent, Interview, Request};
use crate::ui::{Choice, Depth, InitEvent, Prompt, Reporter, Start, Unanswered, step_line};

use super::halt::Halt;

/// What was decided.
#[derive(Debug)]
pub(super) enum Reviewed {
    /// Carry it out, with this consent.
    Apply(Consent),
    /// Ask again about this.
    Change(Topic),
    /// Narrow this Deny statement, and plan again.
    Exempt(String),
    /// Do nothing.
    Leave,
}

#[derive(Clone, Debug)]
enum Action {
    Apply,
    Exempt(String),
    Explain,
    Change,
    Save,
    Quit,
}

/// Shows the plan and asks until something is decided.
pub(super) fn review(
    prompt: &Prompt,
    reporter: Reporter,
    plan: &Plan,
    request: &Request,
    interview: &Interview,
) -> Result<Reviewed, Halt> {
    reporter.say(InitEvent::Asked { plan, request, depth: Depth::Brief });
    loop {
        let actions = actions(plan, request);
        let harmless = actions.len().saturating_sub(1);
        let reviewed = match prompt.choose("what now?", actions, harmless) {
            Err(Unanswered::Back) => None,
            Err(unanswered) => return Err(unanswered.into()),
            Ok(Action::Apply) => agreed(prompt, plan, request)?.map(Reviewed::Apply),
            Ok(Action::Exempt(name)) => exempted(prompt, request, name)?.map(Reviewed::Exempt),
            Ok(Action::Explain) => {
                reporter.say(InitEvent::Asked { plan, request, depth: Depth::Explained });
                None
            }
            Ok(Action::Change) => changed(prompt, interview)?.map(Reviewed::Change),
            Ok(Action::Save) => {
                prompt.say("nothing was changed; this command makes the changes, and agrees to them:");
                let request = Request { consent: plan.full_consent(&request.consent), ..request.clone() };
                reporter.say(InitEvent::Command(&request));
                Some(Reviewed::Leave)
            }
            Ok(Action::Quit) => {
                prompt.say("nothing was changed; this command shows the plan again:");
                reporter.say(InitEvent::Command(request));
                Some(Reviewed::Leave)
            }
        };
        if let Some(reviewed) = reviewed {
            return Ok(reviewed);
        }
    }
}

fn actions(plan: &Plan, request: &Request) -> Vec<Choice<Action>> {
    let mut actions = Vec::new();
    let refused = plan.approve(&plan.full_consent(&request.consent)).is_err();
    if !refused {
        let replacing = replacing(plan).count();
        let note = match replacing {
            0 => String::new(),
            1 => "1 step replaces something: you type the name of what".to_owned(),
            several => format!("{several} steps replace something: you type the name of what, for each"),
        };
        actions.push(Choice::new("apply", note, Action::Apply));
    }
    for name in plan.exemptions() {
        let label = format!("except the log service from `{name}`");
        actions.push(Choice::new(label, "the Deny stays for everybody else", Action::Exempt(name.to_owned())));
    }
    actions.push(Choice::new("explain", "each change in full, why, and AWS's page", Action::Explain));
    actions.push(Choice::new("change an answer", "", Action::Change));
    if !refused {
        actions.push(Choice::new("save as a command", "print it, and change nothing", Action::Save));
    }
    actions.push(Choice::new("quit", "change nothing", Action::Quit));
    actions
}

fn replacing(plan: &Plan) -> impl Iterator<Item = &PlannedStep> {
    plan.steps.iter().filter(|step| step.change == Change::Replaces && !is_named(step))
}

/// Whether all that a step replaces are Deny statements, each of which was named already.
fn is_named(planned: &PlannedStep) -> bool {
    matches!(&planned.step, Step::PutBucketPolicy { exempted: Some(_), .. })
}

/// Each step that replaces something, by the name of what it is done to.
fn agreed(prompt: &Prompt, plan: &Plan, request: &Request) -> Result<Option<Consent>, Halt> {
    if !request.consent.replaces {
        for planned in replacing(plan) {
            let line = step_line(&planned.step);
            if !by_name(prompt, &line, planned.risk.as_deref(), planned.step.subject())? {
                return Ok(None);
            }
        }
    }
    Ok(Some(plan.full_consent(&request.consent)))
}

fn exempted(prompt: &Prompt, request: &Request, name: String) -> Result<Option<String>, Halt> {
    let service = request.kind.producer().facts().principal;
    let line = format!("statement `{name}` of the bucket policy no longer stops `{service}`");
    Ok(by_name(prompt, &line, None, &name)?.then_some(name))
}

/// Whether the name was typed, which agrees; anything else, and nothing, does not.
fn by_name(prompt: &Prompt, line: &str, risk: Option<&str>, name: &str) -> Result<bool, Halt> {
    prompt.say(line);
    if let Some(risk) = risk {
        prompt.say(&format!("risk: {risk}"));
    }
    match prompt.text(&format!("type `{name}` to agree"), Start::Text(""), |_| Ok(())) {
        Ok(typed) if typed == name => Ok(true),
        Ok(typed) => {
            prompt.problem(&format!("`{typed}` is not `{name}`: not agreed to, and nothing was changed"), None);
            Ok(false)
        }
        Err(Unanswered::Back) => Ok(false),
        Err(unanswered) => Err(unanswered.into()),
    }
}

fn changed(prompt: &Prompt, interview: &Interview) -> Result<Option<Topic>, Halt> {
    let choice = |topic: &Topic| {
        let answer = topic.answer(interview.draft());
        Choice::new(topic.title(), if answer.is_empty() { "as usual".to_owned() } else { answer }, *topic)
    };
    let choices = interview.topics().iter().map(choice).collect();
    match prompt.choose("which answer?", choices, 0) {
        Ok(topic) => Ok(Some(topic)),
        Err(Unanswered::Back) => Ok(None),
        Err(unanswered) => Err(unanswered.into()),
    }
}
