//! A plan as Markdown: what it does, the steps, and the findings.

use std::fmt::Write as _;

use crate::plan::{Finding, Plan, PlannedStep, Severity};
use crate::request::Request;
use crate::ui::audience::Audience;
use crate::ui::clean::clean;
use crate::ui::finding::{Sentences, sentences};
use crate::ui::plan_text::{counts, fixed_by, found, sign, subject};
use crate::ui::risk::risk_text;
use crate::ui::{describe, details};

use super::inline::{inline, row};

/// Formats the whole plan. The steps of a blocked plan are left out, since they won't be applied.
pub(in crate::ui) fn plan(plan: &Plan, request: &Request) -> String {
    let mut text = format!("**{}** ({})\n\n", inline(&subject(plan, request)), inline(&plan.destination_text));
    if !plan.is_blocked() {
        let counts: Vec<String> = counts(plan).map(|(_, text)| text).collect();
        let counts = if counts.is_empty() { "nothing to change".to_owned() } else { counts.join(", ") };
        let _ = writeln!(text, "Plan: {counts}\n");
        text.extend(plan.steps.iter().enumerate().map(|(index, planned)| step(index + 1, planned)));
    }
    let found = found(plan);
    if !found.is_empty() {
        text.push_str("\n| severity | finding | why | what to do |\n|---|---|---|---|\n");
        text.extend(found.into_iter().map(|finding| finding_row(finding, plan)));
    }
    text
}

fn step(number: usize, planned: &PlannedStep) -> String {
    let mut text = format!("{number}. `{}` {}", sign(planned.change), inline(&describe::line(&planned.step)));
    if let Some(risk) = &planned.risk {
        // A backslash at the end breaks the line.
        let _ = write!(text, "\\\n   **risk:** {}", inline(&risk_text(risk, Audience::CommandLine)));
    }
    text.push('\n');
    let details = details::details(&planned.step);
    if !details.is_empty() {
        text.push_str("\n   ```diff\n");
        // A line can't end the block: it begins with a sign of the diff.
        text.extend(details.iter().map(|line| format!("   {}\n", clean(line))));
        text.push_str("   ```\n");
    }
    text
}

fn finding_row(finding: &Finding, plan: &Plan) -> String {
    let Sentences { what, why, hint } = sentences(finding);
    let severity = match finding.severity() {
        _ if finding.refuses() => "error",
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    };
    let what = format!("{} [{}]({})", inline(&what), finding.id().as_str(), finding.page());
    let to_do = hint.or_else(|| fixed_by(finding, plan)).unwrap_or_default();
    row(&[severity.to_owned(), what, inline(&why), inline(&to_do)])
}
