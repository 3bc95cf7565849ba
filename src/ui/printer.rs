//! Where text goes, and in which form: text or one JSON document on standard output, talk on standard error.

use std::path::Path;

use serde::Serialize;

use crate::aws::{Call, CredentialWait};
use crate::exit::Exit;
use crate::health::Report;
use crate::model::{Region, ReportPath};
use crate::permission::{Scope, policy};
use crate::plan::preflight::{Need, Outcome};
use crate::plan::{Plan, Policies, Refusal, Step, Written};
use crate::request::Request;
use crate::run::apply::Stopped;
use crate::run::proof::{Delivery, TestVerdict};
use crate::run::put_back::{Ended, Undone};
use crate::run::settle::Settled;
use crate::undo::receipt::{Item, Receipt, Undo};
use crate::undo::receipts::{Kept, ReceiptError};

use super::check_document::CheckDocument;
use super::clean::{clean, clean_json};
use super::document::{ErrorDocument, PlanDocument, ResultDocument};
use super::matrix::{self, MatrixDocument};
use super::permissions::PermissionsDocument;
use super::plan_text::{self, Depth};
use super::policies::{PolicyDocument, caution};
use super::progress::{Count, Manner, Progress};
use super::refusal_text::refusal;
use super::scan::{self, SarifDocument, ScanDocument};
use super::sdk_trace::withheld;
use super::style::{BAD, CAUTION, painted};
use super::talk::{
    data, data_width, note_change, talk, talk_error, talk_hints, talk_lines, talk_list, talk_width, talk_wrapped,
};
use super::told::{Preview, Told};
use super::{check_text, describe, preflight_text, result_text, undo, vended, words};

/// What is printed, and what is left out.
#[derive(Clone, Copy, Debug)]
pub struct Printer {
    /// One JSON document on standard output in place of text.
    pub json: bool,
    /// No progress.
    pub quiet: bool,
    /// Lines about calls stand between those of progress.
    pub verbose: bool,
}

impl Printer {
    /// Text that is data as it stands: help that was asked for, a completion script, a manual page.
    pub fn raw(self, text: &str) {
        data(text);
    }

    /// Which encryption works for which producer.
    pub fn matrix(self) {
        if self.json {
            data(&document(&MatrixDocument::new()));
        } else {
            data(&matrix::text(data_width()));
        }
    }

    /// The same as a table for a document.
    pub fn matrix_as_markdown(self) {
        data(&matrix::markdown());
    }

    /// One of the policies as text, or all as JSON.
    pub fn policy(self, policies: &Policies, chosen: &Written) {
        if self.json {
            data(&document(&PolicyDocument::new(policies)));
        } else {
            data(&document(chosen.document().value()));
        }
        if let Some(caution) = caution(chosen) {
            self.note(caution);
        }
    }

    /// The bucket's policy as text, and that the key has one too; or both as JSON.
    pub fn first_policy(self, policies: &Policies) {
        self.policy(policies, &policies.bucket);
        if !self.json {
            self.note("the key needs a policy of its own: `--for key` prints it");
        }
    }

    /// The policy that a caller needs; JSON says which call needs what.
    pub fn permissions(self, scope: &Scope) {
        let policy = policy(scope);
        if self.json {
            data(&document(&PermissionsDocument::new(scope, &policy)));
        } else {
            data(&document(policy.value()));
        }
    }

    /// What a reader of the data should know.
    fn note(self, text: &str) {
        if !self.quiet {
            talk_wrapped("note: ", 2, text);
        }
    }

    /// Help for a command line that asks for nothing.
    pub fn help_unasked(self, text: &str) {
        talk_lines(text.trim_end());
    }

    /// A plan that was not approved, or never can be.
    pub fn plan(self, plan: &Plan, request: &Request, refused: &Refusal<'_>, exit: Exit) {
        let missing = plan.missing_approvals(&request.consent);
        self.plan_with(plan, request, &Preview { missing, lacking: None, refused: Some(refused) }, exit);
    }

    fn plan_with(self, plan: &Plan, request: &Request, preview: &Preview<'_>, exit: Exit) {
        if self.json {
            data(&document(&PlanDocument::new(plan, request, preview, exit)));
        } else {
            self.show(plan, request, Depth::Changes);
        }
        if let Some(refused) = preview.refused {
            let (message, hint) = refusal(plan, &request.consent, refused);
            talk_error(&clean(&message), Some(&clean(&hint)));
        }
        if let Some(lacking) = &preview.lacking {
            let lacking = preflight_text::lacking(plan, request, lacking);
            let word = painted(CAUTION, "warning:");
            talk_list(&word, &lacking.warning(), &lacking.permissions, &lacking.hints);
        }
    }

    /// The plan as text, to be looked at before it is decided on; nothing where JSON was asked for.
    pub fn show(self, plan: &Plan, request: &Request, depth: Depth) {
        if !self.json {
            data(&plan_text::plan(plan, request, depth, data_width()));
        }
    }

    /// The plan as text, where the question stands that asks about it: output that goes elsewhere would leave the user to
    /// agree to what was never seen.
    pub fn show_to_decide(self, plan: &Plan, request: &Request, depth: Depth) {
        match data_width() {
            Some(width) => data(&plan_text::plan(plan, request, depth, Some(width))),
            None => talk_lines(plan_text::plan(plan, request, depth, talk_width()).trim_end()),
        }
    }

    /// The plan of a run that goes on to carry it out: JSON says it with the result.
    pub fn plan_before_apply(self, plan: &Plan, request: &Request) {
        if !self.quiet {
            self.show(plan, request, Depth::Brief);
        }
    }

    /// The command that repeats a request, as data; or why there is none.
    pub fn command(self, request: &Request) {
        match words::command(request) {
            Ok(command) => data(&format!("{command}\n")),
            Err(why) => self.note(&why.to_string()),
        }
    }

    /// The progress of carrying out a plan.
    pub fn progress(self, plan: &Plan) -> Progress {
        Progress::of(plan, Manner::of(self))
    }

    /// The count of what is looked up, such as "every log of the account", while it goes on.
    pub fn counts(self, what: &'static str) -> Count {
        Count::of(what, Manner::of(self))
    }

    /// What `check` found.
    pub fn check(self, report: &Report, exit: Exit) {
        if self.json {
            data(&document(&CheckDocument::new(report, exit)));
        } else {
            data(&check_text::check(report, data_width()));
        }
        vended::note_unanswered(self, report);
    }

    /// What `scan` found.
    pub fn scan(self, report: &Report, exit: Exit) {
        if self.json {
            data(&document(&ScanDocument::new(report, exit)));
        } else {
            data(&scan::text(report, data_width()));
        }
        vended::note_unanswered(self, report);
    }

    /// What `scan` found, as a table for spreadsheets; what could not be looked at is told beside.
    pub fn scan_as_csv(self, report: &Report) {
        data(&scan::csv(report));
        if let Some(ignored) = scan::ignored(report) {
            talk_wrapped("ignored     ", 12, &ignored);
        }
        for unread in &report.unread {
            talk_wrapped("not known   ", 12, &clean(unread));
        }
        for what in vended::not_checked(report) {
            talk_wrapped("not checked ", 12, &clean(&what));
        }
    }

    /// What of it is wrong, in the form of those who gather findings; what could not be looked at is part of it.
    pub fn scan_as_sarif(self, report: &Report, exit: Exit, path: &ReportPath) {
        data(&document(&SarifDocument::new(report, exit, path)));
    }

    /// What `scan` found, as an HTML page.
    pub fn scan_as_page(self, report: &Report) -> String {
        scan::page(report)
    }

    /// Where a page was written.
    pub fn page_is_written(self, path: &Path) {
        self.note(&format!("the report is in `{}`", clean(&path.display().to_string())));
    }

    /// Why a report that is printed is not whole.
    pub fn halted(self, message: &str, hint: Option<&str>) {
        talk_error(&clean(message), hint.map(clean).as_deref());
    }

    /// A Region that no list of known ones has: there are new ones, and there are slips.
    pub fn unknown_region(self, region: &Region, meant: &str) {
        talk_wrapped("warning: ", 9, &format!("`{region}` is no Region that is known; did you mean `{meant}`?"));
    }

    /// Ctrl-C was heard.
    pub fn stopping(self) {
        talk_wrapped("", 0, "interrupted: the step in flight is finished first; Ctrl-C again leaves at once");
    }

    /// A run was left while a step was under way.
    pub fn left(self, under_way: &[String], told: &Told<'_>) {
        for label in under_way {
            talk_wrapped("", 4, &format!("left: {label}: whether it was done is not known"));
        }
        let hint = "run the same command again: it goes on where this one stopped";
        let exit = Exit::Interrupted;
        if self.json {
            data(&document(&ErrorDocument::new("interrupted", Some(hint), exit)));
        } else {
            data(&result_text::ways(told, data_width()));
        }
        talk_error("interrupted", Some(hint));
    }

    /// A dry run's plan, and what applying it takes.
    pub fn dry_run(self, plan: &Plan, request: &Request, preview: &Preview<'_>, exit: Exit) {
        self.plan_with(plan, request, preview, exit);
        if preview.refused.is_none() && !self.quiet && !plan.steps.is_empty() {
            let with = match preview.missing.as_slice() {
                [] => String::new(),
                missing => format!(" and with {}", words::approvals(missing)),
            };
            talk_wrapped("", 0, &format!("no changes made; to apply, run again without `--dry-run`{with}"));
        }
    }

    /// A run that was carried out.
    pub fn result(self, told: &Told<'_>, test: &TestVerdict, delivery: &Delivery, settled: &Settled, exit: Exit) {
        if self.json {
            data(&document(&ResultDocument::done(told, test, delivery, settled, exit)));
        } else {
            data(&result_text::result(told, test, delivery, data_width()));
        }
        let fallen: Vec<String> = settled.fallen().into_iter().map(describe::line).collect();
        if !fallen.is_empty() {
            let what = format!("this did not stay as it was left: {}", clean(&fallen.join("; ")));
            talk_error(&what, Some("look with `--dry-run` at who changes it, and run the same command again"));
        }
        if let Settled::Unseen(why) = settled {
            self.note(&format!("whether it stays so was not looked at: {}", clean(why)));
        }
    }

    /// A run that stopped part way.
    pub fn stopped(self, told: &Told<'_>, stopped: &Stopped<'_>, hint: Option<&str>, exit: Exit) {
        if self.json {
            data(&document(&ResultDocument::stopped(told, stopped, hint, exit)));
        } else {
            data(&result_text::stopped(told, stopped, data_width()));
        }
        talk_error(&clean(&stopped.why.to_string()), hint.map(clean).as_deref());
    }

    /// A run that gave up since somebody else wrote over it again and again; `steps` are to be done.
    pub fn overwritten(self, told: &Told<'_>, steps: &[&Step], exit: Exit) {
        let lines: Vec<String> = steps.iter().map(|step| describe::line(step)).collect();
        let what = format!("somebody else writes over what this run writes; this is to be done: {}", lines.join("; "));
        let hint = "find out who writes there, and run the same command again";
        if self.json {
            data(&document(&ErrorDocument::new(&what, Some(hint), exit)));
        } else {
            data(&result_text::ways(told, data_width()));
        }
        talk_error(&clean(&what), Some(hint));
    }

    /// What somebody else wrote over is made again.
    pub fn makes_again(self, plan: &Plan) {
        let steps: Vec<String> = plan.steps.iter().map(|planned| clean(&describe::line(&planned.step))).collect();
        self.note(&format!("somebody else wrote at the same moment, so that this is made again: {}", steps.join("; ")));
    }

    /// The receipt of a run that is over could not be brought up to date.
    pub fn receipt_is_old(self, error: &ReceiptError) {
        self.note(&format!("the receipt does not say how the run ended, and `undo` goes by what it finds: {error}"));
    }

    /// IAM was not asked, or did not say.
    pub fn preflight_is_silent(self, why: &str) {
        self.note(&format!("whether you may make every change is not known beforehand: {}", clean(why)));
    }

    /// IAM can't tell of some changes.
    pub fn preflight_is_unsure(self, unknown: &[(Need, Vec<String>)]) {
        self.note(&format!("{} is not known beforehand", clean(&preflight_text::unsure(unknown))));
    }

    /// The caller may not make some changes, and none is made.
    pub fn may_not(self, plan: &Plan, request: &Request, outcome: &Outcome, exit: Exit) {
        let lacking = preflight_text::lacking(plan, request, outcome);
        if self.json {
            data(&document(&ErrorDocument::of_lacking(&lacking, exit)));
        }
        talk_list(&painted(BAD, "error:"), &lacking.refusal(), &lacking.permissions, &lacking.hints);
    }

    /// The runs that can be undone.
    pub fn runs(self, folder: &Path, kept: &[Kept], exit: Exit) {
        if self.json {
            data(&document(&undo::RunsDocument::new(folder, kept, exit)));
        } else {
            data(&undo::runs(folder, kept, data_width()));
        }
    }

    /// Every run is undone.
    pub fn nothing_to_undo(self, folder: &Path, kept: &[Kept], exit: Exit) {
        if self.json {
            data(&document(&undo::RunsDocument::new(folder, kept, exit)));
        } else {
            let folder = clean(&folder.display().to_string());
            data(&format!("nothing to put back: every run in {folder} is undone\n"));
        }
    }

    /// What an undo will put back, and what not; JSON says it with the result. `--quiet` hides progress, never what stays.
    pub fn undo_before_apply(self, receipt: &Receipt, undo: &Undo) {
        match (self.json, self.quiet) {
            (true, _) => {}
            (false, false) => data(&undo::preview(receipt, undo, data_width())),
            (false, true) => data(&undo::left(undo, data_width())),
        }
    }

    /// The same, where a question follows.
    pub fn undo_to_decide(self, receipt: &Receipt, undo: &Undo) {
        match data_width() {
            Some(width) => data(&undo::preview(receipt, undo, Some(width))),
            None => talk_lines(undo::preview(receipt, undo, talk_width()).trim_end()),
        }
    }

    /// A dry run of an undo, or one that was not agreed to.
    pub fn undo(self, receipt: &Receipt, undo: &Undo, exit: Exit) {
        if self.json {
            data(&document(&undo::UndoDocument::new(receipt, undo, exit)));
        } else {
            data(&undo::preview(receipt, undo, data_width()));
        }
    }

    /// An undo that nobody agreed to.
    pub fn undo_refused(self, receipt: &Receipt, undo: &Undo, error: &str, hint: &str, exit: Exit) {
        if self.json {
            data(&document(&undo::UndoDocument::refused(receipt, undo, error, hint, exit)));
        } else {
            data(&undo::preview(receipt, undo, data_width()));
        }
        talk_error(error, Some(hint));
    }

    /// An undo that was carried out, or stopped; `hint` is what to do about what stopped it.
    pub fn undone(self, receipt: &Receipt, undone: &Undone<'_>, hint: Option<&str>, exit: Exit) {
        if self.json {
            data(&document(&undo::UndoDocument::done(receipt, undone, hint, exit)));
        } else {
            data(&undo::result(undone, data_width()));
        }
        if let Some(why) = &undone.why {
            talk_error(&clean(&why.to_string()), hint.map(clean).as_deref());
        }
    }

    /// A line of an undo that goes on.
    pub fn put_back(self, item: &Item, ended: Ended) {
        if ended == Ended::Done {
            note_change();
        }
        if !self.quiet {
            undo::tell(item, ended);
        }
    }

    /// What was put back and is not there any more.
    pub fn did_not_stay(self, items: &[&Item]) {
        let subjects: Vec<String> = items.iter().map(|item| undo::subject(&item.change)).collect();
        let what = format!("this did not stay as it was put back: {}", clean(&words::listed(&subjects)));
        talk_error(&what, Some("look with `--dry-run` at what is there, and run the same command again"));
    }

    /// What else should be known of an undo.
    pub fn remark(self, text: &str) {
        self.note(&clean(text));
    }

    /// An error before anything was changed, with what to do about it.
    pub fn error(self, message: &str, hints: &[String], exit: Exit) {
        if self.json {
            data(&document(&ErrorDocument::with_hints(message, hints, exit)));
        }
        let hints: Vec<String> = hints.iter().map(|hint| clean(hint)).collect();
        talk_hints(&clean(message), hints.iter().map(String::as_str));
    }
}

/// A call to AWS, for `--verbose`.
pub(crate) fn call(call: &Call) {
    let status = call.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    let code = call.code.as_deref().map(|code| format!(" {}", clean(code))).unwrap_or_default();
    let (at, took) = (call.at.as_secs_f64(), call.took.as_millis());
    talk(&format!("{at:>6.2}s aws {} {status}{code} ({took} ms)", clean(&call.name)));
}

/// An internal error, where standard output has something else already.
pub(crate) fn panicked(message: &str, hints: &[String]) {
    talk_hints(&clean(&withheld(message)), hints.iter().map(String::as_str));
}

/// Credentials that are late.
pub(crate) fn credential_wait(wait: &CredentialWait<'_>) {
    let source = match wait.process {
        Some(profile) => format!("the `credential_process` of profile `{}`", clean(profile)),
        None => "credentials".to_owned(),
    };
    let seconds = wait.at_most.as_secs();
    talk_wrapped("note: ", 2, &format!("still waiting for {source}; logbucket gives up after {seconds} seconds"));
}

fn document(document: &impl Serialize) -> String {
    let mut text = clean_json(&serde_json::to_string_pretty(document).unwrap_or_default());
    text.push('\n');
    text
}
