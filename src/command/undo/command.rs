//! Finds the run to undo from the command line.

use crate::aws::Connect;
use crate::cli::{Global, UndoArgs};
use crate::command::CommandError;
use crate::command::interruption::listen;
use crate::command::look::connected;
use crate::exit::Exit;
use crate::ui::{Reporter, UndoEvent};
use crate::undo::receipt::RunIdError;
use crate::undo::receipts::{Latest, Receipts};

use super::job::Job;

/// Means the newest run that is not undone.
const LATEST: &str = "latest";

/// Runs `undo` and returns its exit code.
pub async fn undo(args: UndoArgs, global: &Global, connect: Connect, reporter: Reporter) -> Result<Exit, CommandError> {
    let receipts = Receipts::at(args.receipt_dir.as_deref())?;
    let Some(name) = &args.run else {
        let (folder, kept, exit) = (receipts.folder(), &receipts.list()?, Exit::Done);
        reporter.say(UndoEvent::Runs { folder, kept, exit });
        return Ok(exit);
    };
    let Some(Latest { receipt, before }) = named(&receipts, name)? else {
        let (folder, kept, exit) = (receipts.folder(), &receipts.list()?, Exit::Done);
        reporter.say(UndoEvent::NothingLeft { folder, kept, exit });
        return Ok(exit);
    };
    let ctrl_c = listen().await;
    let aws = connected(connect, Some(&receipt.region), global).await;
    let job = Job { aws, receipts, receipt, before, ctrl_c: &ctrl_c, reporter };
    tokio::select! {
        exit = Box::pin(job.run(&args, global)) => exit,
        () = ctrl_c.insisted() => {
            let hint = "run the same command again; it continues from the current state";
            let what = "interrupted: the last step may or may not have been applied";
            Err(CommandError::new(Exit::Interrupted, what).hinted(hint))
        }
    }
}

/// Returns the receipt of the named run. `None` for `latest` if all runs are undone.
fn named(receipts: &Receipts, name: &str) -> Result<Option<Latest>, CommandError> {
    if name == LATEST {
        return Ok(receipts.latest()?);
    }
    let run = name.parse().map_err(|error: RunIdError| CommandError::new(Exit::Usage, error.to_string()))?;
    Ok(Some(Latest { receipt: receipts.open(&run)?, before: None }))
}
