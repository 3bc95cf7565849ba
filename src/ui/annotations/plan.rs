//! A plan: findings are annotations, errors only if they block the run, because the plan's steps fix the others.

use crate::plan::{Finding, Plan, Severity};
use crate::request::Request;
use crate::ui::audience::Audience;
use crate::ui::describe;
use crate::ui::finding::{Sentences, sentences};
use crate::ui::plan_text::{counts, fixed_by, found, sign, subject};
use crate::ui::risk::risk_text;

use super::command::{Annotation, Level, lines, plain};

/// Formats the whole plan. The steps of a blocked plan are left out, since they won't be applied.
pub(in crate::ui) fn plan(plan: &Plan, request: &Request) -> String {
    let subject = subject(plan, request);
    let mut annotations: Vec<Annotation> = found(plan).into_iter().map(|finding| annotation(finding, plan)).collect();
    let mut text = plain(&format!("{subject} ({})", plan.destination_text));
    if !plan.is_blocked() {
        let counts: Vec<String> = counts(plan).map(|(_, text)| text).collect();
        let counts = if counts.is_empty() { "nothing to change".to_owned() } else { counts.join(", ") };
        let message = format!("Plan: {counts}");
        text.push_str(&plain(&message));
        for (index, planned) in plan.steps.iter().enumerate() {
            let line = describe::line(&planned.step);
            text.push_str(&plain(&format!("{:>4}. {} {line}", index + 1, sign(planned.change))));
            annotations.extend(planned.risk.as_ref().map(|risk| Annotation {
                level: Level::Warning,
                title: format!("risk of step {}", index + 1),
                message: format!("{line}; {}", risk_text(risk, Audience::CommandLine)),
            }));
        }
        if !plan.steps.is_empty() {
            annotations.push(Annotation { level: Level::Notice, title: message, message: subject });
        }
    }
    text + &lines(&annotations)
}

fn annotation(finding: &Finding, plan: &Plan) -> Annotation {
    let Sentences { what, why, hint } = sentences(finding);
    let level = match finding.severity() {
        _ if finding.refuses() => Level::Error,
        Severity::Error | Severity::Warning => Level::Warning,
        Severity::Info => Level::Notice,
    };
    let to_do = hint.map(|hint| format!("hint: {hint}")).or_else(|| fixed_by(finding, plan));
    let page = format!("{} [{}]", finding.page(), finding.id().as_str());
    let parts = [Some(why), to_do, Some(page)];
    Annotation { level, title: what, message: parts.into_iter().flatten().collect::<Vec<_>>().join("; ") }
}
