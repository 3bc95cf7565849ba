//! A plan as text: account and destination, the steps in three levels of detail, and the findings.

use dialoguer::console::strip_ansi_codes;

use crate::plan::{Finding, Fix, InTemplate, Plan, PlannedStep, Severity, StepKind, TemplateTool};
use crate::request::Request;

use super::audience::Audience;
use super::clean::{clean, clean_json};
use super::finding::{Sentences, sentences_for};
use super::prompt::Prompt;
use super::risk::risk_text;
use super::step_reason::{StepReason, reasons};
use super::streams::stderr_width;
use super::style::{ASIDE, BAD, CAUTION, GONE, GOOD, HEADING, Style, diff_style, painted};
use super::wrap::Sheet;
use super::{describe, details, explanation, words};

/// How much of a plan is shown.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Depth {
    /// One line for each step, and its risk if it has one.
    Brief,
    /// Also what each step changes.
    Changes,
    /// Also the reasons for each step, with the AWS page.
    Explained,
}

/// How a plan is shown, and to whom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    pub(crate) depth: Depth,
    pub(crate) audience: Audience,
}

/// The columns before the text of a finding, and of a step.
const FINDING: usize = 11;
const STEP: usize = 8;

/// Formats the whole plan. The steps of a blocked plan are left out, since they won't be applied.
pub(super) fn plan(plan: &Plan, request: &Request, view: View, width: Option<usize>) -> String {
    let mut sheet = Sheet::new(width);
    header(&mut sheet, plan, request, view);
    let blocked = plan.is_blocked();
    // If every step has its reasons, a finding that steps fix is one of them.
    let is_a_reason = |found: &&Finding| {
        let is_fixed = || plan.steps.iter().any(|step| found.is_fixed_by(step, &plan.findings));
        view.depth == Depth::Explained && !blocked && !found.refuses() && is_fixed()
    };
    let mut found = found(plan);
    found.retain(|found| !is_a_reason(found));
    if !blocked {
        sheet.line("");
        steps(&mut sheet, plan, view);
    }
    if !found.is_empty() {
        sheet.line("");
        sheet.line(&painted(HEADING, "findings"));
        for found in found {
            finding(&mut sheet, found, plan, view);
        }
        sheet.line(explanation::HOW_TO);
    }
    sheet.into_text()
}

/// Returns the findings to show, the worst first. Those of the lowest severity are only reasons of their steps.
pub(super) fn found(plan: &Plan) -> Vec<&Finding> {
    let mut found: Vec<&Finding> =
        plan.findings.iter().filter(|found| found.refuses() || found.severity() != Severity::Info).collect();
    found.sort_by_key(|found| (!found.refuses(), found.severity()));
    found
}

fn steps(sheet: &mut Sheet, plan: &Plan, view: View) {
    if plan.steps.is_empty() {
        sheet.line("nothing to change");
        return;
    }
    sheet.line(&totals(plan));
    for number in 1..=plan.steps.len() {
        step(sheet, number, plan, view);
    }
}

/// Returns how many steps add and replace, if the plan is so long that its first lines are no longer on the screen.
pub(crate) fn totals_above(prompt: &Prompt, plan: &Plan, request: &Request, depth: Depth) -> Option<String> {
    let view = View { depth, audience: Audience::Wizard };
    let lines = self::plan(plan, request, view, stderr_width()).lines().count();
    (!plan.steps.is_empty() && !prompt.has_room_for(lines)).then(|| strip_ansi_codes(&totals(plan)).into_owned())
}

/// Returns how many steps add and replace.
fn totals(plan: &Plan) -> String {
    let counts: Vec<String> =
        counts(plan).map(|(change, text)| format!("{text} ({})", painted(style(change), sign(change)))).collect();
    format!("{} {}", painted(HEADING, "Plan:"), counts.join(", "))
}

/// Returns how many steps add something and how many replace something, such as "2 to add", without those of zero.
pub(super) fn counts(plan: &Plan) -> impl Iterator<Item = (StepKind, String)> {
    let of = |change: StepKind| plan.steps.iter().filter(|planned| planned.change == change).count();
    let counts =
        [(StepKind::Adds, of(StepKind::Adds), "to add"), (StepKind::Replaces, of(StepKind::Replaces), "to replace")];
    counts
        .into_iter()
        .filter(|(_, count, _)| *count > 0)
        .map(|(change, count, what)| (change, format!("{count} {what}")))
}

/// Returns the sign of a step's change.
pub(super) fn sign(change: StepKind) -> &'static str {
    match change {
        StepKind::Adds => "+",
        StepKind::Replaces => "~",
    }
}

fn style(change: StepKind) -> Style {
    match change {
        StepKind::Adds => GOOD,
        StepKind::Replaces => CAUTION,
    }
}

fn header(sheet: &mut Sheet, plan: &Plan, request: &Request, view: View) {
    let (caller, destination) = (&plan.caller, &plan.destination);
    // The wizard has shown the account already.
    if view.audience == Audience::CommandLine {
        sheet.paragraph(
            "",
            2,
            &format!("account {} in {}, as {}", caller.account, destination.region, clean(caller.short_arn())),
        );
    }
    sheet.paragraph("", 2, &format!("{} ({})", subject(plan, request), plan.destination_text));
}

/// Returns which sources log to which destination, such as ``ALB access log of `web` to s3://acme-logs/``.
pub(super) fn subject(plan: &Plan, request: &Request) -> String {
    let destination = &plan.destination;
    let names: Vec<String> = plan.log_sources.iter().map(|log_source| format!("`{}`", log_source.name)).collect();
    let to = format!("s3://{}/{}", destination.bucket, clean(destination.prefix.as_str()));
    format!("{} of {} to {to}", request.kind.title(), words::shortened(&names))
}

fn finding(sheet: &mut Sheet, finding: &Finding, plan: &Plan, view: View) {
    let blocked = plan.findings.iter().any(Finding::refuses);
    let (style, word) = match (finding.refuses(), finding.severity()) {
        (true, _) => (BAD, "error  "),
        (false, Severity::Error) => (GONE, "error  "),
        (false, Severity::Warning) => (CAUTION, "warning"),
        (false, Severity::Info) => (ASIDE, "info   "),
    };
    let indent = " ".repeat(FINDING);
    let Sentences { what, why, hint } = sentences_for(finding, view.audience);
    sheet.paragraph(&format!("  {}  ", painted(style, word)), FINDING, &clean(&what));
    sheet.paragraph(&indent, FINDING, &clean(&why));
    if let Some(hint) = hint {
        sheet.paragraph(&indent, FINDING + 2, &format!("hint: {}", clean(&hint)));
    }
    match &finding.fix {
        Fix::Exemption { name, narrowed } => {
            let exempt = view.audience.pick(words::exempt(name), "`exempt the log service` below".to_owned());
            // The wizard's short form leaves the statement out.
            let is_shown = view.audience == Audience::CommandLine || view.depth > Depth::Brief;
            let colon = if is_shown { ":" } else { "" };
            let hint = format!("hint: {exempt} exempts this service only; everyone else stays denied{colon}");
            sheet.paragraph(&indent, FINDING + 2, &hint);
            for line in clean_json(narrowed).lines().filter(|_| is_shown) {
                sheet.line(&format!("{indent}  {line}"));
            }
        }
        // A change that won't be made needs no template either.
        Fix::InTemplate(template) if !blocked => in_template(sheet, template),
        Fix::Impossible(_) | Fix::InTemplate(_) | Fix::Nothing | Fix::Offer(_) | Fix::SharedWith(_) | Fix::Steps(_) => {
            if let Some(text) = fixed_by(finding, plan) {
                sheet.paragraph(&indent, FINDING, &text);
            }
        }
    }
    sheet.paragraph(&indent, FINDING, &painted(ASIDE, &format!("{} [{}]", finding.page(), finding.id().as_str())));
}

fn in_template(sheet: &mut Sheet, template: &InTemplate) {
    let whose = match (template.tool, &template.stack) {
        (TemplateTool::CloudFormation, Some(stack)) => format!("the template of the stack `{stack}`"),
        (TemplateTool::CloudFormation, None) => "the stack's template".to_owned(),
        (TemplateTool::Kubernetes, _) => "the manifest of its Ingress or Service".to_owned(),
        (TemplateTool::Terraform, _) => "its Terraform configuration".to_owned(),
    };
    let cdk = if template.by_cdk { " (with the CDK, set its properties on the construct)" } else { "" };
    let indent = " ".repeat(FINDING);
    let hint = format!(
        "hint: to make the change last, put this into {whose}{cdk}, either instead of this plan or in addition to it:"
    );
    sheet.paragraph(&indent, FINDING + 2, &clean(&hint));
    // Names in the snippet are quoted, so all its line ends come from the program.
    for line in template.snippet.lines() {
        sheet.line(&format!("{indent}  {line}"));
    }
}

/// Names the steps that fix a finding.
pub(super) fn fixed_by(finding: &Finding, plan: &Plan) -> Option<String> {
    let fixes = |planned: &PlannedStep| finding.is_fixed_by(planned, &plan.findings);
    let numbers: Vec<usize> =
        plan.steps.iter().enumerate().filter(|(_, planned)| fixes(planned)).map(|(index, _)| index + 1).collect();
    (!numbers.is_empty()).then(|| {
        if plan.is_blocked() {
            "will be fixed once the blockers are resolved".to_owned()
        } else {
            format!("fixed by {}", words::steps(&numbers))
        }
    })
}

fn step(sheet: &mut Sheet, number: usize, plan: &Plan, view: View) {
    let Some(planned) = number.checked_sub(1).and_then(|index| plan.steps.get(index)) else { return };
    let first = format!("  {number:>2}. {} ", painted(style(planned.change), sign(planned.change)));
    sheet.paragraph(&first, STEP, &clean(&describe::line(&planned.step)));
    let indent = " ".repeat(STEP);
    if let Some(risk) = &planned.risk {
        sheet.paragraph(
            &format!("{indent}{} ", painted(CAUTION, "risk:")),
            STEP + 6,
            &clean(&risk_text(risk, view.audience)),
        );
    }
    if view.depth >= Depth::Explained {
        for StepReason { why, page } in reasons(plan, planned, view.audience) {
            sheet.paragraph(&indent, STEP + 6, &format!("why:  {}", clean(&why)));
            sheet.paragraph(&" ".repeat(STEP + 6), STEP + 6, &painted(ASIDE, page));
        }
    }
    if view.depth >= Depth::Changes {
        for detail in details::details(&planned.step) {
            sheet.line(&format!("{indent}{}", painted(diff_style(&detail), &clean(&detail))));
        }
    }
}
