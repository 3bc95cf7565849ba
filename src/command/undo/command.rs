//! From the words of the command line to the run that is undone.

use crate::aws::Connect;
use crate::cli::{Global, OutputFormat, UndoArgs};
use crate::command::interruption::CtrlC;
use crate::command::look::connected;
use crate::exit::Exit;
use crate::ui::Printer;
use crate::undo::receipt::RunIdError;
use crate::undo::receipts::{Latest, ReceiptError, Receipts};

use super::job::Job;

/// The word for the newest run that is not undone.
const LATEST: &str = "latest";

/// Runs `undo` and says how it ended.
pub async fn undo(args: UndoArgs, global: &Global, connect: Connect) -> Exit {
    let printer =
        Printer { json: global.output == OutputFormat::Json, quiet: global.quiet, verbose: global.verbose > 0 };
    let receipts = match Receipts::at(args.receipt_dir.as_deref()) {
        Ok(receipts) => receipts,
        Err(error) => return unreadable(printer, &error),
    };
    let Some(name) = &args.run else {
        return match receipts.list() {
            Ok(kept) => {
                printer.runs(receipts.folder(), &kept, Exit::Done);
                Exit::Done
            }
            Err(error) => unreadable(printer, &error),
        };
    };
    let Latest { receipt, before } = match named(&receipts, name, printer) {
        Ok(named) => named,
        Err(exit) => return exit,
    };
    let ctrl_c = CtrlC::listen().await;
    let aws = connected(connect, Some(&receipt.region), global).await;
    let job = Job { aws, receipts, receipt, before, ctrl_c: &ctrl_c, printer };
    tokio::select! {
        exit = Box::pin(job.run(&args, global)) => exit,
        () = ctrl_c.pressed_times(2) => {
            let hint = "run the same command again: it looks at what is there and goes on";
            printer.error("interrupted: the last step may or may not have been done", Some(hint), Exit::Interrupted);
            Exit::Interrupted
        }
    }
}

/// The receipt of the run that is named; an error says how the command ends without one.
fn named(receipts: &Receipts, name: &str, printer: Printer) -> Result<Latest, Exit> {
    if name == LATEST {
        return match receipts.latest() {
            Ok(Some(latest)) => Ok(latest),
            Ok(None) => match receipts.list() {
                Ok(kept) => {
                    printer.nothing_to_undo(receipts.folder(), &kept, Exit::Done);
                    Err(Exit::Done)
                }
                Err(error) => Err(unreadable(printer, &error)),
            },
            Err(error) => Err(unreadable(printer, &error)),
        };
    }
    let run = name.parse().map_err(|error: RunIdError| {
        printer.error(&error.to_string(), None, Exit::Usage);
        Exit::Usage
    })?;
    let receipt = receipts.open(&run).map_err(|error| unreadable(printer, &error))?;
    Ok(Latest { receipt, before: None })
}

pub(super) fn unreadable(printer: Printer, error: &ReceiptError) -> Exit {
    let exit = match error {
        ReceiptError::NoRun { .. } | ReceiptError::NoRuns { .. } => Exit::Usage,
        ReceiptError::Distrusted { .. }
        | ReceiptError::Folder { .. }
        | ReceiptError::NoFolder
        | ReceiptError::Read { .. }
        | ReceiptError::Unreadable { .. }
        | ReceiptError::Write { .. } => Exit::Failed,
    };
    printer.error(&error.to_string(), Some(error.hint()), exit);
    exit
}
