//! What happened, as data: a command hands it over and does not know in which form it is said.

use std::path::Path;

use crate::exit::Exit;
use crate::health::Report;
use crate::model::{Region, ReportPath};
use crate::permission::Scope;
use crate::plan::preflight::{Need, Outcome};
use crate::plan::{Plan, Policies, Refusal, Step, Written};
use crate::request::Request;
use crate::run::apply::Stopped;
use crate::run::proof::{Delivery, TestVerdict};
use crate::run::put_back::{Ended, Undone};
use crate::run::settle::Settled;
use crate::ui::plan_text::Depth;
use crate::ui::run_summary::{Preview, RunSummary};
use crate::undo::receipt::{Item, Receipt, Undo};
use crate::undo::receipts::{Kept, ReceiptError};

/// What a command has to say.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event<'a> {
    /// Something was asked for that needs no AWS.
    Offline(OfflineEvent<'a>),
    /// Logs were judged.
    Health(HealthEvent<'a>),
    /// The same in a form that one command alone has.
    Export(Export<'a>),
    /// A plan was made, or carried out.
    Init(InitEvent<'a>),
    /// A run was undone, or is to be.
    Undo(UndoEvent<'a>),
    /// Nothing was done, for this reason.
    Failed(Failure<'a>),
    /// What a reader of the data should know.
    Remark(&'a str),
}

/// Why nothing was done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failure<'a> {
    /// What is wrong.
    pub(crate) message: &'a str,
    /// What to do about it.
    pub(crate) hints: &'a [String],
    /// How the program ends.
    pub(crate) exit: Exit,
    /// The help text, where the command line asked for nothing.
    pub(crate) help: Option<&'a str>,
}

/// What needs no AWS.
#[derive(Clone, Copy, Debug)]
pub(crate) enum OfflineEvent<'a> {
    /// Text that is data as it stands: help that was asked for, a completion script, a manual page.
    Text(&'a str),
    /// Which encryption works for which producer.
    Matrix,
    /// The policies of a destination.
    Policies { policies: &'a Policies, shown: ShownPolicy<'a> },
    /// The policy that a caller needs.
    Permissions(&'a Scope),
    /// A Region that no list of known ones has: there are new ones, and there are slips.
    UnknownRegion { region: &'a Region, meant: &'a str },
}

/// Which policy is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ShownPolicy<'a> {
    /// This one, by name or since there is no other.
    Named(&'a Written),
    /// This one, and nobody said that the key needs one, too.
    First(&'a Written),
}

impl<'a> ShownPolicy<'a> {
    pub(super) fn policy(self) -> &'a Written {
        match self {
            Self::Named(policy) | Self::First(policy) => policy,
        }
    }
}

/// What `check` and `scan` found.
#[derive(Clone, Copy, Debug)]
pub(crate) enum HealthEvent<'a> {
    /// What `check` found.
    Checked { report: &'a Report, exit: Exit },
    /// What `scan` found.
    Scanned { report: &'a Report, exit: Exit },
    /// Why what was found is not all, or is no judgement.
    Halted { message: &'a str, hint: Option<&'a str> },
    /// The page for `--report` was written.
    PageWritten(&'a Path),
}

/// What one command says in a form of its own, whatever the reporter.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Export<'a> {
    /// The matrix as a table for a document.
    MatrixMarkdown,
    /// A scan as a table for spreadsheets.
    ScanCsv(&'a Report),
    /// A scan for those who gather findings; `path` stands for the file that a finding is about.
    ScanSarif { report: &'a Report, exit: Exit, path: &'a ReportPath },
}

/// A plan and its run.
#[derive(Clone, Copy, Debug)]
pub(crate) enum InitEvent<'a> {
    /// A plan was not approved, or never can be.
    Refused { plan: &'a Plan, request: &'a Request, refusal: &'a Refusal<'a>, exit: Exit },
    /// A dry run's plan, and what applying it takes.
    Previewed { plan: &'a Plan, request: &'a Request, preview: &'a Preview<'a>, exit: Exit },
    /// A plan is about to be carried out.
    Begins { plan: &'a Plan, request: &'a Request },
    /// A plan that is asked about next.
    Asked { plan: &'a Plan, request: &'a Request, depth: Depth },
    /// The command that repeats a request.
    Command(&'a Request),
    /// IAM was not asked, or did not say, for this reason.
    PreflightSilent(&'a str),
    /// IAM can't tell of some changes.
    PreflightUnsure(&'a [(Need, Vec<String>)]),
    /// The caller may not make some changes, and none is made.
    NotPermitted { plan: &'a Plan, request: &'a Request, outcome: &'a Outcome, exit: Exit },
    /// Ctrl-C was heard; the step under way is finished.
    Stopping,
    /// Ctrl-C was heard again, while these were under way.
    Abandoned(&'a [String]),
    /// A run was left so.
    Left(&'a RunSummary<'a>),
    /// What somebody else wrote over is made again, by this plan.
    Replanned(&'a Plan),
    /// The receipt of a run that is over could not be brought up to date.
    ReceiptOutdated(&'a ReceiptError),
    /// A run is over, and its receipt is not there any more.
    ReceiptLost,
    /// A run was carried out.
    Done { run: &'a RunSummary<'a>, test: &'a TestVerdict, delivery: &'a Delivery, settled: &'a Settled, exit: Exit },
    /// A run stopped part way.
    Stopped { run: &'a RunSummary<'a>, stopped: &'a Stopped<'a>, hint: &'a str, exit: Exit },
    /// A run gave up since somebody else wrote over it again and again.
    Overwritten { run: &'a RunSummary<'a>, steps: &'a [&'a Step], exit: Exit },
}

/// An undo.
#[derive(Clone, Copy, Debug)]
pub(crate) enum UndoEvent<'a> {
    /// The runs that can be undone.
    Runs { folder: &'a Path, kept: &'a [Kept], exit: Exit },
    /// Every run is undone.
    NothingLeft { folder: &'a Path, kept: &'a [Kept], exit: Exit },
    /// An undo is about to be carried out.
    Begins { receipt: &'a Receipt, undo: &'a Undo },
    /// An undo that is asked about next.
    Asked { receipt: &'a Receipt, undo: &'a Undo },
    /// A dry run, or one that has nothing to do.
    Previewed { receipt: &'a Receipt, undo: &'a Undo, exit: Exit },
    /// Nobody approved it.
    Refused { receipt: &'a Receipt, undo: &'a Undo, error: &'a str, hint: &'a str, exit: Exit },
    /// One change was restored, or not.
    Restored { item: &'a Item, ended: &'a Ended },
    /// These were restored and are otherwise again.
    Reverted(&'a [Item]),
    /// It was carried out, or stopped.
    Done { receipt: &'a Receipt, undone: &'a Undone<'a>, hint: Option<&'a str>, exit: Exit },
}

impl<'a> From<OfflineEvent<'a>> for Event<'a> {
    fn from(event: OfflineEvent<'a>) -> Self {
        Self::Offline(event)
    }
}

impl<'a> From<HealthEvent<'a>> for Event<'a> {
    fn from(event: HealthEvent<'a>) -> Self {
        Self::Health(event)
    }
}

impl<'a> From<InitEvent<'a>> for Event<'a> {
    fn from(event: InitEvent<'a>) -> Self {
        Self::Init(event)
    }
}

impl<'a> From<UndoEvent<'a>> for Event<'a> {
    fn from(event: UndoEvent<'a>) -> Self {
        Self::Undo(event)
    }
}

impl<'a> From<Export<'a>> for Event<'a> {
    fn from(export: Export<'a>) -> Self {
        Self::Export(export)
    }
}

impl<'a> From<Failure<'a>> for Event<'a> {
    fn from(failure: Failure<'a>) -> Self {
        Self::Failed(failure)
    }
}
