//! Plans and results for people.

use std::fmt::Write as _;

use crate::apply::Stopped;
use crate::plan::{Change, Cure, Finding, Plan, PlannedStep, Refusal, Severity};
use crate::proof::{Delivery, TestVerdict};
use crate::request::Request;

use super::clean::clean;
use super::describe;

const BOLD: anstyle::Style = anstyle::Style::new().bold();
const RED: anstyle::Style = anstyle::AnsiColor::Red.on_default().bold();
const YELLOW: anstyle::Style = anstyle::AnsiColor::Yellow.on_default();
const GREEN: anstyle::Style = anstyle::AnsiColor::Green.on_default();
const DIM: anstyle::Style = anstyle::Style::new().dimmed();

fn painted(style: anstyle::Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// The whole plan.
pub(super) fn plan(plan: &Plan, request: &Request) -> String {
    let mut text = String::new();
    let names: Vec<String> = plan.writers.iter().map(|writer| format!("`{}`", writer.name)).collect();
    let place = &plan.place;
    // Writing to a String can't fail.
    let _ = writeln!(text, "account {} in {}, as {}", plan.caller.account, place.region, clean(&plan.caller.arn));
    let _ = writeln!(
        text,
        "{} of {} to s3://{}/{} ({})",
        request.kind.producer().title(),
        shortened(&names),
        place.bucket,
        clean(place.prefix.as_str()),
        plan.destination
    );
    // What is only wanted stands beside the step that makes it.
    let mut findings = plan.findings.iter().filter(|finding| finding.severity != Severity::Wanted).peekable();
    if findings.peek().is_some() {
        let _ = writeln!(text, "\n{}", painted(BOLD, "found"));
        findings.for_each(|found| text.push_str(&finding(found)));
    }
    if plan.steps.is_empty() {
        let _ = writeln!(text, "\nnothing to change");
        return text;
    }
    let _ = writeln!(text, "\n{}", painted(BOLD, "plan"));
    for (number, planned) in plan.steps.iter().enumerate() {
        text.push_str(&step(number + 1, plan, planned));
    }
    text
}

fn shortened(names: &[String]) -> String {
    match names.len() {
        0..=4 => names.join(", "),
        many => format!("{} and {} more", names.iter().take(3).cloned().collect::<Vec<_>>().join(", "), many - 3),
    }
}

fn finding(finding: &Finding) -> String {
    let (style, word) = match (finding.refuses(), finding.severity) {
        (true, _) => (RED, "refuses"),
        (false, Severity::Stops) => (RED, "stops  "),
        (false, Severity::Warns | Severity::Wanted) => (YELLOW, "warns  "),
    };
    let mut text = format!("  {} {}\n", painted(style, word), clean(&finding.what));
    let _ = writeln!(text, "          {}", clean(&finding.why));
    let _ = writeln!(text, "          {} [{}]", painted(DIM, finding.page), finding.id.as_str());
    if let Cure::Impossible(hint) = &finding.cure {
        let _ = writeln!(text, "          hint: {}", clean(hint).replace('\n', "\n            "));
    }
    text
}

fn step(number: usize, plan: &Plan, planned: &PlannedStep) -> String {
    let (style, sign) = match planned.change {
        Change::Adds => (GREEN, "+"),
        Change::Replaces => (YELLOW, "~"),
    };
    let mut text = format!("  {number:>2}. {} {}\n", painted(style, sign), clean(&describe::line(&planned.step)));
    for detail in describe::details(&planned.step) {
        let style = match detail.chars().next() {
            Some('+') => GREEN,
            Some('-') => RED,
            _ => DIM,
        };
        let _ = writeln!(text, "        {}", painted(style, &clean(&detail)));
    }
    let brings = |finding: &&Finding| finding.steps().contains(planned);
    let shares = |finding: &&Finding| match &finding.cure {
        Cure::SharedWith(id) => plan.findings.iter().any(|other| other.id == *id && brings(&other)),
        Cure::Impossible(_) | Cure::Nothing | Cure::Steps(_) => false,
    };
    for why in plan.findings.iter().filter(|finding| brings(finding) || shares(finding)) {
        let _ = writeln!(text, "        why:  {}", clean(&why.what));
    }
    let _ = writeln!(text, "        risk: {}", clean(&planned.risk));
    text
}

/// Why a plan may not be carried out: a message, and a hint.
pub(super) fn refusal(refusal: &Refusal<'_>) -> (String, String) {
    match refusal {
        Refusal::NeverDelivers(findings) => {
            let what: Vec<String> = findings.iter().map(|finding| clean(&finding.what)).collect();
            let hints: Vec<String> = findings
                .iter()
                .filter_map(|finding| match &finding.cure {
                    // What follows the first line stands with the finding.
                    Cure::Impossible(hint) => hint.lines().next().map(|line| clean(line.trim_end_matches(':'))),
                    Cure::Nothing | Cure::SharedWith(_) | Cure::Steps(_) => None,
                })
                .collect();
            (format!("refused, nothing was changed: {}", what.join("; ")), hints.join("; "))
        }
        Refusal::NeedsFix(steps) => {
            let what: Vec<String> = steps
                .iter()
                .map(|step| format!("{} ({})", clean(&describe::line(&step.step)), clean(&step.risk)))
                .collect();
            (
                format!("refused, nothing was changed: the plan replaces what is there: {}", what.join("; ")),
                "`--yes --fix` agrees to it".to_owned(),
            )
        }
        Refusal::NeedsYes => ("the plan was not carried out".to_owned(), "`--yes` agrees to it".to_owned()),
    }
}

/// The result of a run that was carried out.
pub(super) fn result(plan: &Plan, request: &Request, test: &TestVerdict, delivery: &Delivery) -> String {
    let mut lines = String::new();
    let place = &plan.place;
    let _ = match test {
        TestVerdict::Right(object) => {
            let algorithm = object.algorithm.as_deref().unwrap_or("an encryption that S3 did not name");
            let left = if object.removed {
                String::new()
            } else {
                format!(", and could not be removed again: s3://{}/{} is left", place.bucket, clean(&object.key))
            };
            writeln!(lines, "test object: written and read back, encrypted with {algorithm}{left}")
        }
        TestVerdict::Unsaid(why) | TestVerdict::Wrong(why) => writeln!(lines, "test object: {}", clean(why)),
    };
    let _ = match delivery {
        Delivery::Proven(keys) => {
            let keys: Vec<String> = keys.iter().map(|key| format!("s3://{}/{}", place.bucket, clean(key))).collect();
            writeln!(lines, "delivery: {} - the service itself wrote {}", painted(GREEN, "proven"), keys.join(", "))
        }
        Delivery::Permitted { until, note } => {
            let note = note.as_ref().map(|note| format!("; {}", clean(note))).unwrap_or_default();
            writeln!(
                lines,
                "delivery: {} - permitted, and the first log is there when {until}{note}",
                painted(YELLOW, "pending")
            )
        }
        Delivery::Failed(cause) => writeln!(lines, "delivery: {} - {}", painted(RED, "failed"), clean(cause)),
    };
    let _ = writeln!(lines, "again: {}", command(request));
    lines
}

/// The command line that repeats a request.
pub(super) fn command(request: &Request) -> String {
    let plain =
        |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "-_./:=,@+".contains(c));
    let quoted = |word: String| if plain(&word) { word } else { format!("'{}'", clean(&word).replace('\'', "'\\''")) };
    let words: Vec<String> = request.to_args().into_iter().map(quoted).collect();
    format!("logbucket {}", words.join(" "))
}

/// What was done and what was not, of a run that stopped.
pub(super) fn stopped(stopped: &Stopped<'_>) -> String {
    let mut text = String::new();
    for step in &stopped.done {
        let _ = writeln!(text, "  {} {}", painted(GREEN, "done    "), clean(&describe::line(step)));
    }
    for step in &stopped.failed {
        let _ = writeln!(text, "  {} {}", painted(RED, "failed  "), clean(&describe::line(step)));
    }
    for step in &stopped.left {
        let _ = writeln!(text, "  {} {}", painted(DIM, "not done"), clean(&describe::line(step)));
    }
    text
}
