//! The report of `scan` as one HTML page. It loads nothing and runs no script.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::health::{Health, LogReport, Report};
use crate::plan::Finding;
use crate::ui::check_text::word;
use crate::ui::clean::clean;
use crate::ui::finding::{Sentences, cause_text, sentences};
use crate::ui::vended;
use crate::ui::words::{self, counted};

use super::text::{counts, ignored};

const STYLE: &str = include_str!("page.css");

/// Blocks scripts, images and content from other origins, whatever the names in the account contain.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// The meaning of each state, the worst first.
const MEANINGS: [(&str, &str); 6] = [
    ("dead", "logging is on, but nothing arrives"),
    ("unknown", "something that matters could not be read"),
    ("pending", "no known blocker, but its next object has not been seen yet"),
    (
        "permitted",
        "the bucket policy and the key policy allow it; its objects were not looked for, and service control (SCP), resource control (RCP) and VPC endpoint policies and the organization's settings are not checked",
    ),
    ("delivering", "a recent log was found"),
    ("off", "logging is off"),
];

pub(crate) fn page(report: &Report) -> String {
    let counts = counts(report);
    let account = report.caller.account.to_string();
    let of = |is: fn(&Health) -> bool| {
        let logs = report.logs.iter().filter(move |entry| is(&entry.diagnosis.health));
        logs.collect::<Vec<_>>()
    };
    let dead = of(|health| *health == Health::Dead);
    let unknown = of(|health| matches!(health, Health::Unknown(_)));
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
                            h2 { "This report is incomplete" }
                            ul { @for unread in &report.unread { li { (sentence(unread)) } } }
                        }
                    }
                    @for what in vended::not_checked(report) { p { "Not checked: " (sentence(&what)) } }
                    @if report.logs.is_empty() { p { "No sources found." } }
                    (section("Dead: logging is on, but nothing arrives", &dead))
                    (section("Unknown: something could not be read", &unknown))
                    @if !on.is_empty() {
                        section {
                            h2 { "On, with no known blocker" }
                            (table(&on))
                        }
                    }
                    @if !off.is_empty() {
                        details {
                            summary { (counted(u32::try_from(off.len()).unwrap_or(u32::MAX), "log")) " off" }
                            (table(&off))
                        }
                    }
                }
                footer {
                    h2 { "What the states mean" }
                    dl { @for (name, meaning) in MEANINGS { dt { (state(name)) } dd { (meaning) } } }
                    p { "Created by logbucket " (env!("CARGO_PKG_VERSION")) ". The scan changed nothing." }
                }
            }
        }
    };
    page.into_string()
}

/// Shows a state, colored.
fn state(name: &str) -> Markup {
    html! { span class={ "state " (name.replace(' ', "-")) } { (name) } }
}

fn section(title: &str, logs: &[&LogReport]) -> Markup {
    html! {
        @if !logs.is_empty() {
            section {
                h2 { (title) }
                @for entry in logs { (log(entry)) }
            }
        }
    }
}

/// Shows a log in full.
fn log(entry: &LogReport) -> Markup {
    let diagnosis = &entry.diagnosis;
    let mut findings = diagnosis.findings.iter();
    let cause = findings.next();
    html! {
        article {
            h3 { (state(word(&diagnosis.health))) " " (sentence(&diagnosis.attachment.title())) }
            p.place { (diagnosis.attachment.source.region()) @if let Some(place) = place(entry) { " to " code { (place) } } }
            @match (cause, &diagnosis.health) {
                (Some(cause), _) => (finding(cause)),
                (None, Health::Unknown(causes)) => { @for cause in causes { p { (sentence(&cause_text(cause))) } } },
                (None, Health::Dead | Health::Delivering | Health::Off | Health::Pending(_) | Health::Permitted) => {},
            }
            @if let Some(newest) = &diagnosis.newest { p { "Newest object: " (sentence(newest)) } }
            @if let Some(fix) = &diagnosis.fix {
                @match words::command(&fix.request) {
                    Ok(command) => { p { "Fix:" } pre { code { (command.as_str()) } } },
                    Err(why) => { p { "Fix: " (sentence(&why.to_string())) } },
                }
                @for name in &fix.request.consent.exempts {
                    p { "It also exempts the log service from Deny statement " code { (clean(name)) } "; everyone else stays denied." }
                }
                @if !fix.beside.is_empty() {
                    p { "It also replaces other settings, so review its plan: " (sentence(&fix.beside.iter().map(|found| sentences(found).what).collect::<Vec<_>>().join("; "))) }
                }
            } @else if let Some(hint) = cause.and_then(|cause| sentences(cause).hint) { p { "What to do: " (sentence(&hint)) } }
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
    let Sentences { what, why, .. } = sentences(finding);
    html! {
        p { strong { (sentence(&what)) } br; (sentence(&why)) " " (links(finding)) }
    }
}

/// Links AWS's page, and the page about findings with this ID.
fn links(finding: &Finding) -> Markup {
    let id = finding.id();
    html! { a href=(finding.page()) rel="noreferrer" { "AWS documentation" } " " a.id href=(id.help()) rel="noreferrer" { code { (id.as_str()) } } }
}

/// Shows a finding about a log that arrives anyway.
fn finding_in_short(finding: &Finding) -> Markup {
    html! { (sentence(&sentences(finding).what)) " " (links(finding)) }
}

/// Shows untrusted text, with names in backticks as code.
fn sentence(text: &str) -> Markup {
    let text = clean(text);
    let parts: Vec<&str> = text.split('`').collect();
    // With an unpaired backtick, the text stays as it is.
    if parts.len().is_multiple_of(2) {
        return html! { (text) };
    }
    html! { @for (index, part) in parts.iter().enumerate() { @if index % 2 == 1 { code { (part) } } @else { (part) } } }
}

/// Lists logs, one per row.
fn table(logs: &[&LogReport]) -> Markup {
    let has_newest = logs.iter().any(|entry| entry.diagnosis.newest.is_some());
    let has_place = logs.iter().any(|entry| place(entry).is_some());
    html! {
        div.wide {
            table {
                thead { tr { th { "State" } th { "Log" } th { "Region" } @if has_place { th { "Destination" } } @if has_newest { th { "Newest object" } } } }
                tbody {
                    @for entry in logs {
                        tr {
                            td { (state(word(&entry.diagnosis.health))) }
                            td {
                                (sentence(&entry.diagnosis.attachment.title()))
                                @if let Health::Pending(until) = &entry.diagnosis.health { br; "expect the next log " (until) }
                                @if let Some(source) = &entry.diagnosis.vended { br; (sentence(&vended::sentence(source))) }
                                @for remark in &entry.diagnosis.findings { br; (finding_in_short(remark)) }
                            }
                            td { (entry.diagnosis.attachment.source.region()) }
                            @if has_place { td { @if let Some(place) = place(entry) { code { (place) } } } }
                            @if has_newest { td { @if let Some(newest) = &entry.diagnosis.newest { (sentence(newest)) } } }
                        }
                    }
                }
            }
        }
    }
}

fn place(entry: &LogReport) -> Option<String> {
    let target = entry.diagnosis.attachment.target.present()?;
    Some(clean(&format!("s3://{}/{}", target.bucket, target.prefix)))
}
