//! Finds the run to undo from the command line.

use crate::aws::Connect;
use crate::cli::{Global, UndoArgs};
use crate::command::interruption::listen;
use crate::command::look::connected;
use crate::command::{CommandError, ErrorKind};
use crate::exit::Exit;
use crate::ui::{Choice, Prompt, PromptError, Reporter, UndoEvent};
use crate::undo::receipt::Receipt;
use crate::undo::receipts::{Latest, ReceiptError, Receipts};

use super::job::{JobEnd, UndoJob};

/// Means the newest run that is not undone.
const LATEST: &str = "latest";

/// Runs `undo` and returns its exit code.
pub(crate) async fn undo(
    args: UndoArgs,
    global: &Global,
    connect: Connect,
    reporter: Reporter,
) -> Result<Exit, CommandError> {
    let receipts = Receipts::at(args.receipt_dir.as_deref())?;
    loop {
        let name = match &args.run {
            Some(name) => Some(name.clone()),
            None => (!global.no_input).then(|| asked(&receipts, reporter)).transpose()?.flatten(),
        };
        let Some(name) = &name else {
            let (folder, kept, exit) = (receipts.folder(), &receipts.list()?, Exit::Done);
            reporter.say(UndoEvent::Runs { folder, kept, exit });
            return Ok(exit);
        };
        let Some(latest) = named(&receipts, name)? else {
            let (folder, kept, exit) = (receipts.folder(), &receipts.list()?, Exit::Done);
            reporter.say(UndoEvent::NothingLeft { folder, kept, exit });
            return Ok(exit);
        };
        match Box::pin(undone(latest, &receipts, (&args, global), connect.clone(), reporter)).await? {
            JobEnd::Exit(exit) => return Ok(exit),
            // Back to the list of runs.
            JobEnd::Back if args.run.is_none() => {}
            JobEnd::Back => {
                Prompt::say("nothing changed");
                return Ok(Exit::Done);
            }
        }
    }
}

/// Undoes one run.
async fn undone(
    Latest { receipt, before }: Latest,
    receipts: &Receipts,
    (args, global): (&UndoArgs, &Global),
    connect: Connect,
    reporter: Reporter,
) -> Result<JobEnd, CommandError> {
    let ctrl_c = listen().await;
    let aws = connected(connect, Some(&receipt.region), global).await;
    let job = UndoJob { aws, receipts: receipts.clone(), receipt, before, ctrl_c: &ctrl_c, reporter };
    tokio::select! {
        end = Box::pin(job.run(args, global)) => end,
        () = ctrl_c.insisted() => {
            let hint = "run the same command again; it continues from the current state";
            let what = "interrupted: the last step may or may not have been applied";
            Err(CommandError::new(ErrorKind::Interrupted, what).hinted(hint))
        }
    }
}

/// Asks for one of the runs that are not undone. Returns `None` if there is no terminal, if every run is undone, or if
/// the user quits.
fn asked(receipts: &Receipts, reporter: Reporter) -> Result<Option<String>, CommandError> {
    let open: Vec<Receipt> = receipts.list()?.into_iter().flatten().filter(|run| run.closed.is_none()).collect();
    let Some(prompt) = (!open.is_empty()).then(|| reporter.prompt()).flatten() else { return Ok(None) };
    let choice = |run: &Receipt| {
        let note = format!("{}, account {}", run.began, run.account);
        Choice::new(run.run.as_str(), note, Some(run.run.to_string()))
    };
    let quit = Choice::new("quit", "list all runs and change nothing", None);
    let choices = open.iter().map(choice).chain([quit]).collect();
    match prompt.choose("undo which run?", choices, 0) {
        Ok(name) => Ok(name),
        Err(PromptError::Back) => Ok(None),
        Err(PromptError::Interrupted) => Err(CommandError::interrupted()),
        Err(PromptError::Ended(why)) => {
            Err(CommandError::no_terminal(&why).hinted("name the run: `logbucket undo RUN`"))
        }
    }
}

/// Returns the receipt of the named run. For `latest`, returns `None` if all runs are undone.
fn named(receipts: &Receipts, name: &str) -> Result<Option<Latest>, CommandError> {
    if name == LATEST {
        return Ok(receipts.latest()?);
    }
    let run = name.parse()?;
    let receipt = match receipts.open(&run) {
        Err(error @ ReceiptError::NoRun { .. }) => numbered(receipts, name)?.ok_or(error)?,
        opened => opened?,
    };
    Ok(Some(Latest { receipt, before: None }))
}

/// Finds a run by its number instead of its full name.
fn numbered(receipts: &Receipts, name: &str) -> Result<Option<Receipt>, ReceiptError> {
    let Some(number) = name.parse::<u64>().ok().filter(|number| *number > 0) else { return Ok(None) };
    Ok(receipts.list()?.into_iter().flatten().find(|receipt| receipt.run.sequence() == number))
}
