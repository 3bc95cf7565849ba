//! Where text goes: data to standard output, talk to standard error.

use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde::Serialize;

use crate::apply::{Event, Stopped};
use crate::aws::Call;
use crate::exit::Exit;
use crate::plan::{Plan, Refusal};
use crate::proof::{Delivery, TestVerdict};
use crate::request::Request;

use super::clean::clean;
use super::document::{ErrorDocument, PlanDocument, ResultDocument};
use super::{describe, human};

/// What is printed, and what is left out.
#[derive(Clone, Copy, Debug)]
pub struct Printer {
    /// One JSON document on standard output in place of text.
    pub json: bool,
    /// No progress.
    pub quiet: bool,
}

/// Whether standard output, of which a process has one, took less than was written to it.
static LOST: AtomicBool = AtomicBool::new(false);

const HINT: anstyle::Style = anstyle::AnsiColor::Cyan.on_default();
const ERROR: anstyle::Style = anstyle::AnsiColor::Red.on_default().bold();

impl Printer {
    /// Text that is data as it stands: help that was asked for, a completion script, a manual page.
    pub fn raw(self, text: &str) {
        data(text);
    }

    /// Help for a command line that asks for nothing.
    pub fn help_unasked(self, text: &str) {
        talk(text.trim_end());
    }

    /// A dry run's plan, or one that was not agreed to.
    pub fn plan(self, plan: &Plan, request: &Request, refusal: Option<&Refusal<'_>>, exit: Exit) {
        if self.json {
            data(&document(&PlanDocument::new(plan, request, refusal, exit)));
        } else {
            data(&human::plan(plan, request));
        }
        if let Some(refusal) = refusal {
            let (message, hint) = human::refusal(refusal);
            talk_error(&message, Some(&hint));
        }
    }

    /// The plan of a run that goes on to carry it out: JSON says it with the result.
    pub fn plan_before_apply(self, plan: &Plan, request: &Request) {
        if !self.json && !self.quiet && !plan.steps.is_empty() {
            data(&human::plan(plan, request));
        }
    }

    /// What a dry run did not do.
    pub fn dry_run_is_over(self, plan: &Plan, request: &Request) {
        if !self.quiet && !plan.steps.is_empty() {
            let with = if request.consent.adds { "" } else { " and with `--yes`" };
            talk(&format!("no changes were made; run again without `--dry-run`{with} to make them"));
        }
    }

    /// A step, a wait.
    pub fn progress(self, event: &Event<'_>) {
        if self.quiet {
            return;
        }
        match event {
            Event::Begins(step) => talk(&format!("... {}", clean(&describe::line(step)))),
            Event::Done(step) => talk(&format!("ok  {}", clean(&describe::line(step)))),
            Event::Waits { why, waited, at_most } => {
                talk(&format!(
                    "    waits for the change to spread ({} of at most {}): {}",
                    seconds(*waited),
                    seconds(*at_most),
                    clean(why)
                ));
            }
            Event::Tests => talk("... write, read and remove a test object"),
        }
    }

    /// The producer's own object is waited for.
    pub fn waits_for_proof(self) {
        if !self.quiet {
            talk("... look for the producer's own object");
        }
    }

    /// A run that was carried out.
    pub fn result(self, plan: &Plan, request: &Request, test: &TestVerdict, delivery: &Delivery, exit: Exit) {
        if self.json {
            data(&document(&ResultDocument::done(plan, request, test, delivery, exit)));
        } else {
            data(&human::result(plan, request, test, delivery));
        }
    }

    /// A run that stopped part way.
    pub fn stopped(self, plan: &Plan, request: &Request, stopped: &Stopped<'_>, hint: Option<&str>, exit: Exit) {
        if self.json {
            data(&document(&ResultDocument::stopped(plan, request, stopped, exit)));
        } else {
            data(&human::stopped(stopped));
        }
        talk_error(&clean(&stopped.why.to_string()), hint);
    }

    /// An error before anything was changed; each line of the hint is one.
    pub fn error(self, message: &str, hint: Option<&str>, exit: Exit) {
        if self.json {
            data(&document(&ErrorDocument::new(message, hint, exit)));
        }
        talk_error(&clean(message), hint.map(clean).as_deref());
    }
}

/// A call to AWS, for `--verbose`.
pub(crate) fn call(call: &Call) {
    let status = call.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    let code = call.code.as_deref().map(|code| format!(" {}", clean(code))).unwrap_or_default();
    let (at, took) = (call.at.as_secs_f64(), call.took.as_millis());
    talk(&format!("{at:>6.2}s aws {} {status}{code} ({took} ms)", clean(&call.name)));
}

/// Whether something that had to be on standard output could not be written there.
pub(crate) fn output_was_lost() -> bool {
    LOST.load(Ordering::Relaxed)
}

fn seconds(duration: Duration) -> String {
    format!("{} s", duration.as_secs())
}

fn document(document: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    text
}

/// A reader that went away (`| head`) is no error of ours; a full disk is told, and fails the run.
fn data(text: &str) {
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            LOST.store(true, Ordering::Relaxed);
            let hint = "make room, or send standard output elsewhere";
            talk_error(&format!("standard output can't be written: {error}"), Some(hint));
        }
        Ok(()) | Err(_) => {}
    }
}

fn talk(line: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{line}");
}

fn talk_error(message: &str, hint: Option<&str>) {
    talk(&format!("{ERROR}error:{ERROR:#} {message}"));
    for hint in hint.into_iter().flat_map(str::lines) {
        talk(&format!("{HINT}hint:{HINT:#} {hint}"));
    }
}
