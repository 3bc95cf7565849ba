//! What `scan` found, as one HTML page to pass around: nothing is loaded from elsewhere, nothing runs.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::health::{Health, Report, Told};
use crate::plan::Finding;
use crate::ui::check_text::word;
use crate::ui::clean::clean;
use crate::ui::vended;
use crate::ui::words::{self, counted};

use super::text::{counts, ignored};

const STYLE: &str = include_str!("page.css");

/// No script, no picture, no address of others, whatever a name in the account looks like.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// What the words mean, the worst first, as the page and its counts have them.
const MEANINGS: [(&str, &str); 6] = [
    ("dead", "turned on, and nothing arrives"),
    ("cannot know", "something that matters could not be looked at"),
    ("pending", "nothing stands in its way, and its next object is not there yet"),
    (
        "permitted",
        "the policies of bucket and key let it in; what it delivered was not looked for, and service control (SCP), resource control (RCP) and VPC endpoint policies are not checked",
    ),
    ("delivering", "its newest object is as young as it should be"),
    ("off", "not turned on"),
];

/// The page.
pub(crate) fn page(report: &Report) -> String {
    let counts = counts(report);
    let account = report.caller.account.to_string();
    let of = |is: fn(&Health) -> bool| {
        let logs = report.logs.iter().filter(move |told| is(&told.diagnosis.health));
        logs.collect::<Vec<_>>()
    };
    let dead = of(|health| *health == Health::Dead);
    let unknown = of(|health| matches!(health, Health::CannotKnow(_)));
    let on = of(|health| matches!(health, Health::Delivering | Health::Pending(_) | Health::Permitted));
    let off = of(|health| *health == Health::Off);
    let regions = counted(u32::try_from(report.regions.len()).unwrap_or(u32::MAX), "Region");
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { "Log delivery in account " (account) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { "Log delivery in account " (account) }
                    p { (regions) ", as of " (report.at) ", seen by " code { (clean(&report.caller.arn)) } }
                    ul.counts {
                        @for (name, meaning) in MEANINGS {
                            @if let Some(count) = counts.get(name) {
                                li title=(meaning) { b { (count) } " " (state(name)) }
                            }
                        }
                    }
                }
                main {
                    @if let Some(ignored) = ignored(report) {
                        p { "Ignored: " (ignored) }
                    }
                    @if !report.unread.is_empty() {
                        section.partial {
                            h2 { "This report is not whole" }
                            ul { @for unread in &report.unread { li { (sentence(unread)) } } }
                        }
                    }
                    @for what in vended::not_checked(report) { p { "Not checked: " (sentence(&what)) } }
                    @if report.logs.is_empty() { p { "Nothing that could log was found." } }
                    (section("Dead: turned on, and nothing arrives", &dead))
                    (section("Not known: something could not be looked at", &unknown))
                    @if !on.is_empty() {
                        section {
                            h2 { "On, and nothing stands in the way" }
                            (table(&on))
                        }
                    }
                    @if !off.is_empty() {
                        details {
                            summary { (counted(u32::try_from(off.len()).unwrap_or(u32::MAX), "log")) " that could be on, and off" }
                            (table(&off))
                        }
                    }
                }
                footer {
                    h2 { "What the words mean" }
                    dl { @for (name, meaning) in MEANINGS { dt { (state(name)) } dd { (meaning) } } }
                    p { "Made by logbucket " (env!("CARGO_PKG_VERSION")) ", which changed nothing." }
                }
            }
        }
    };
    page.into_string()
}

/// A state: its word, and a colour that says no more than the word.
fn state(name: &str) -> Markup {
    html! { span class={ "state " (name.replace(' ', "-")) } { (name) } }
}

fn section(title: &str, logs: &[&Told]) -> Markup {
    html! {
        @if !logs.is_empty() {
            section {
                h2 { (title) }
                @for told in logs { (log(told)) }
            }
        }
    }
}

/// A log with all that is known of it.
fn log(told: &Told) -> Markup {
    let diagnosis = &told.diagnosis;
    let mut findings = diagnosis.findings.iter();
    let cause = findings.next();
    html! {
        article {
            h3 { (state(word(&diagnosis.health))) " " (sentence(&diagnosis.attachment.title())) }
            p.place { (diagnosis.attachment.source.region()) @if let Some(place) = place(told) { " to " code { (place) } } }
            @match (cause, &diagnosis.health) {
                (Some(cause), _) => (finding(cause)),
                (None, Health::CannotKnow(unknown)) => { @for what in unknown { p { (sentence(what)) } } },
                (None, Health::Dead | Health::Delivering | Health::Off | Health::Pending(_) | Health::Permitted) => {},
            }
            @if let Some(newest) = &diagnosis.newest { p { "Newest: " (sentence(newest)) } }
            @if let Some(cure) = &diagnosis.cure {
                @match words::command(&cure.request) {
                    Ok(command) => { p { "This cures it:" } pre { code { (command.as_str()) } } },
                    Err(why) => { p { "Cure: " (sentence(&why.to_string())) } },
                }
                @for name in &cure.request.consent.exempts {
                    p { "It adds an exception to Deny statement " code { (clean(name)) } "; everybody else stays denied." }
                }
                @if !cure.beside.is_empty() {
                    p { "It would replace more than that, so look at its plan: " (sentence(&cure.beside.join("; "))) }
                }
            } @else if let Some(hint) = cause.and_then(Finding::hint) { p { "What to do: " (sentence(hint)) } }
            @if findings.len() > 0 {
                details {
                    summary { "Also" }
                    @for other in findings { (finding(other)) }
                }
            }
        }
    }
}

fn finding(finding: &Finding) -> Markup {
    html! {
        p { strong { (sentence(&finding.what)) } br; (sentence(&finding.why)) " " a href=(finding.page) rel="noreferrer" { "AWS's page" } " " code.id { (finding.id.as_str()) } }
    }
}

/// What is to be known of a log that arrives all the same.
fn finding_in_short(finding: &Finding) -> Markup {
    html! { (sentence(&finding.what)) " " a href=(finding.page) rel="noreferrer" { "AWS's page" } " " code.id { (finding.id.as_str()) } }
}

/// A sentence of others: what stands between backticks is a name.
fn sentence(text: &str) -> Markup {
    let text = clean(text);
    let parts: Vec<&str> = text.split('`').collect();
    // A backtick that is alone is itself.
    if parts.len().is_multiple_of(2) {
        return html! { (text) };
    }
    html! { @for (index, part) in parts.iter().enumerate() { @if index % 2 == 1 { code { (part) } } @else { (part) } } }
}

/// Logs in a line each.
fn table(logs: &[&Told]) -> Markup {
    let has_newest = logs.iter().any(|told| told.diagnosis.newest.is_some());
    let has_place = logs.iter().any(|told| place(told).is_some());
    html! {
        div.wide {
            table {
                thead { tr { th { "State" } th { "Log" } th { "Region" } @if has_place { th { "Destination" } } @if has_newest { th { "Newest" } } } }
                tbody {
                    @for told in logs {
                        tr {
                            td { (state(word(&told.diagnosis.health))) }
                            td {
                                (sentence(&told.diagnosis.attachment.title()))
                                @if let Health::Pending(until) = &told.diagnosis.health { br; "the next is there when " (until) }
                                @if let Some(source) = &told.diagnosis.vended { br; (sentence(&vended::sentence(source))) }
                                @for remark in &told.diagnosis.findings { br; (finding_in_short(remark)) }
                            }
                            td { (told.diagnosis.attachment.source.region()) }
                            @if has_place { td { @if let Some(place) = place(told) { code { (place) } } } }
                            @if has_newest { td { @if let Some(newest) = &told.diagnosis.newest { (sentence(newest)) } } }
                        }
                    }
                }
            }
        }
    }
}

fn place(told: &Told) -> Option<String> {
    let target = told.diagnosis.attachment.target.present()?;
    Some(clean(&format!("s3://{}/{}", target.bucket, target.prefix)))
}
