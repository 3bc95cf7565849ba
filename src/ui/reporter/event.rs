//! Events that commands report, whatever the output format.

use std::path::Path;

use crate::exit::Exit;
use crate::health::Report;
use crate::model::{Region, ReportPath};
use crate::permission::PermissionScope;
use crate::plan::preflight::{NeededPermission, PreflightResult};
use crate::plan::{FindingId, FittedPolicy, Plan, Policies, Refusal, Step};
use crate::producer::Producer;
use crate::request::Request;
use crate::run::apply::StoppedPlan;
use crate::run::delivery_verdict::{Delivery, TestVerdict};
use crate::run::restore::{RestoreOutcome, UndoResult};
use crate::run::verify::Verification;
use crate::ui::plan_text::Depth;
use crate::ui::run_summary::{Preview, RunSummary};
use crate::undo::receipt::{Receipt, Undo, UndoItem};
use crate::undo::receipts::{ReceiptError, ReceiptFile};

/// An event to report.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ReportEvent<'a> {
    /// The output of a command that makes no AWS calls.
    Offline(OfflineEvent<'a>),
    /// The results of `check` and `scan`.
    Health(HealthEvent<'a>),
    /// Output in a format that only one command has.
    Export(Export<'a>),
    /// A plan, or its result.
    Init(InitEvent<'a>),
    /// An undo, or its result.
    Undo(UndoEvent<'a>),
    /// The command failed and did nothing.
    Failed(Failure<'a>),
    /// A note.
    Remark(&'a str),
}

/// An error of a command that did nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failure<'a> {
    pub(crate) message: &'a str,
    pub(crate) hints: &'a [String],
    pub(crate) exit: Exit,
    /// The help text, if the command line was empty.
    pub(crate) help: Option<&'a str>,
}

/// Output that needs no AWS calls.
#[derive(Clone, Copy, Debug)]
pub(crate) enum OfflineEvent<'a> {
    /// Text printed as it is: requested help, a completion script, a manual page.
    Text(&'a str),
    /// The page about a finding, or the list of findings.
    Explanation(Option<FindingId>),
    /// The requested services; an empty list means all.
    Matrix(&'a [Producer]),
    Policies {
        policies: &'a Policies,
        shown: ShownPolicy<'a>,
    },
    Permissions(&'a PermissionScope),
    /// A Region that is not in the list of known ones: it may be new, or a typo.
    UnknownRegion {
        region: &'a Region,
        meant: &'a str,
    },
}

/// The policy to show.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ShownPolicy<'a> {
    /// The policy that was requested, or the only policy.
    Named(&'a FittedPolicy),
    /// The bucket policy, which is the default. The key needs a policy too.
    First(&'a FittedPolicy),
}

impl<'a> ShownPolicy<'a> {
    pub(super) fn policy(self) -> &'a FittedPolicy {
        match self {
            Self::Named(policy) | Self::First(policy) => policy,
        }
    }
}

/// The results of `check` and `scan`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum HealthEvent<'a> {
    Checked {
        report: &'a Report,
        exit: Exit,
    },
    Scanned {
        report: &'a Report,
        exit: Exit,
    },
    /// Why the results are incomplete, or why no log could be judged.
    Halted {
        message: &'a str,
        hint: Option<&'a str>,
    },
    PageWritten(&'a Path),
}

/// Output in a format of a single command, whatever the reporter.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Export<'a> {
    ScanCsv(&'a Report),
    /// `path` is used as the file of a finding.
    ScanSarif {
        report: &'a Report,
        exit: Exit,
        path: &'a ReportPath,
    },
}

/// Events of `init`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum InitEvent<'a> {
    /// A plan was not approved, or must not be applied.
    Refused {
        plan: &'a Plan,
        request: &'a Request,
        refusal: &'a Refusal<'a>,
        exit: Exit,
    },
    /// A dry run's plan, and what is needed to apply it.
    Previewed {
        plan: &'a Plan,
        request: &'a Request,
        preview: &'a Preview<'a>,
        exit: Exit,
    },
    /// A plan is about to be applied.
    Begins {
        plan: &'a Plan,
        request: &'a Request,
    },
    /// A plan to approve in the following prompt.
    Asked {
        plan: &'a Plan,
        request: &'a Request,
        depth: Depth,
    },
    /// Prints the command that repeats a request.
    Command(&'a Request),
    /// Permissions could not be checked in advance.
    PreflightSilent(&'a str),
    /// Some permissions could not be checked in advance.
    PreflightUnsure(&'a [(NeededPermission, Vec<String>)]),
    /// The caller lacks permissions, and nothing is changed.
    NotPermitted {
        plan: &'a Plan,
        request: &'a Request,
        outcome: &'a PreflightResult,
        exit: Exit,
    },
    /// Ctrl-C was pressed; the current step is finished first.
    Stopping,
    /// Ctrl-C was pressed again during these steps.
    Abandoned(&'a [String]),
    /// The run was abandoned.
    Left(&'a RunSummary<'a>),
    /// A concurrent change overwrote settings; this plan reapplies them.
    Replanned(&'a Plan),
    /// The receipt of a finished run could not be updated.
    ReceiptOutdated(&'a ReceiptError),
    /// A run is over, and its receipt is gone.
    ReceiptLost,
    /// A run was applied.
    Done {
        run: &'a RunSummary<'a>,
        test: &'a TestVerdict,
        delivery: &'a Delivery,
        settled: &'a Verification,
        exit: Exit,
    },
    Stopped {
        run: &'a RunSummary<'a>,
        stopped: &'a StoppedPlan<'a>,
        hint: &'a str,
        exit: Exit,
    },
    /// A run gave up because its changes were overwritten repeatedly.
    Overwritten {
        run: &'a RunSummary<'a>,
        steps: &'a [&'a Step],
        exit: Exit,
    },
}

/// Events of `undo`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum UndoEvent<'a> {
    /// The runs that can be undone.
    Runs { folder: &'a Path, kept: &'a [ReceiptFile], exit: Exit },
    /// There is no run to undo: every run is undone.
    NothingLeft { folder: &'a Path, kept: &'a [ReceiptFile], exit: Exit },
    /// An undo is about to be applied.
    Begins { receipt: &'a Receipt, undo: &'a Undo },
    /// An undo to approve in the following prompt.
    Asked { receipt: &'a Receipt, undo: &'a Undo },
    /// A dry run, or an undo that has nothing to do.
    Previewed { receipt: &'a Receipt, undo: &'a Undo, exit: Exit },
    /// The undo was not approved.
    Refused { receipt: &'a Receipt, undo: &'a Undo, error: &'a str, hint: &'a str, exit: Exit },
    /// One change was restored, or could not be restored.
    Restored { item: &'a UndoItem, ended: &'a RestoreOutcome },
    /// These changes were restored, but someone has changed the settings again since.
    Reverted(&'a [UndoItem]),
    /// The undo is done, or stopped.
    Done { receipt: &'a Receipt, undone: &'a UndoResult<'a>, hint: Option<&'a str>, exit: Exit },
}

impl<'a> From<OfflineEvent<'a>> for ReportEvent<'a> {
    fn from(event: OfflineEvent<'a>) -> Self {
        Self::Offline(event)
    }
}

impl<'a> From<HealthEvent<'a>> for ReportEvent<'a> {
    fn from(event: HealthEvent<'a>) -> Self {
        Self::Health(event)
    }
}

impl<'a> From<InitEvent<'a>> for ReportEvent<'a> {
    fn from(event: InitEvent<'a>) -> Self {
        Self::Init(event)
    }
}

impl<'a> From<UndoEvent<'a>> for ReportEvent<'a> {
    fn from(event: UndoEvent<'a>) -> Self {
        Self::Undo(event)
    }
}

impl<'a> From<Export<'a>> for ReportEvent<'a> {
    fn from(export: Export<'a>) -> Self {
        Self::Export(export)
    }
}

impl<'a> From<Failure<'a>> for ReportEvent<'a> {
    fn from(failure: Failure<'a>) -> Self {
        Self::Failed(failure)
    }
}
