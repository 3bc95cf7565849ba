//! `undo`: what a run replaced is put back, where it is still as the run left it.

use std::time::{Duration, Instant};

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::aws::{Aws, AwsError, Connect, ObserveError};
use crate::cli::{Global, OutputFormat, UndoArgs};
use crate::exit::Exit;
use crate::patience::{Interruption as _, SETTLING, pause};
use crate::put_back::{Ended, StopReason, Undone, put_back};
use crate::receipt::{Change, Item, Look, Outcome, Receipt, RunIdError, Undo, Verdict};
use crate::receipts::{Kept, Lock, ReceiptError, Receipts};
use crate::state::Identity;
use crate::ui::{Choice, Printer, Prompt, Unanswered};

use super::check::logs_of_region;
use super::interruption::CtrlC;
use super::lock::{Busy, locked};
use super::look::connected;
use super::record::now;

/// Settings looked at at once.
const AT_ONCE: usize = 16;

/// The word for the newest run.
const LATEST: &str = "latest";

/// An undo that goes on.
struct Job<'a> {
    aws: Aws,
    receipts: Receipts,
    receipt: Receipt,
    ctrl_c: &'a CtrlC,
    printer: Printer,
}

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
    let kept = if name == LATEST {
        receipts.newest()
    } else {
        match name.parse() {
            Ok(run) => receipts.open(&run),
            Err(error) => {
                let error: RunIdError = error;
                printer.error(&error.to_string(), None, Exit::Usage);
                return Exit::Usage;
            }
        }
    };
    let receipt = match kept {
        Ok(receipt) => receipt,
        Err(error) => return unreadable(printer, &error),
    };
    let ctrl_c = CtrlC::listen().await;
    let aws = connected(connect, Some(&receipt.region), global).await;
    let job = Job { aws, receipts, receipt, ctrl_c: &ctrl_c, printer };
    tokio::select! {
        exit = Box::pin(job.run(&args, global)) => exit,
        () = ctrl_c.pressed_times(2) => {
            let hint = "run the same command again: it looks at what is there and goes on";
            printer.error("interrupted: whether the last step was done is not known", Some(hint), Exit::Interrupted);
            Exit::Interrupted
        }
    }
}

fn unreadable(printer: Printer, error: &ReceiptError) -> Exit {
    printer.error(&error.to_string(), Some(error.hint()), Exit::Failed);
    Exit::Failed
}

impl Job<'_> {
    async fn run(mut self, args: &UndoArgs, global: &Global) -> Exit {
        // Somebody who is still asked keeps nobody waiting.
        let mut lock = None;
        if args.yes {
            lock = match self.locked(args).await {
                Ok(lock) => lock,
                Err(exit) => return exit,
            };
        }
        let undo = match self.judged().await {
            Ok(undo) => undo,
            Err(exit) => return exit,
        };
        if args.dry_run {
            self.printer.undo(&self.receipt, &undo, Exit::Done);
            if undo.writes().next().is_some() {
                self.printer
                    .remark("no changes were made; run again without `--dry-run` and with `--yes` to make them");
            }
            return Exit::Done;
        }
        if undo.writes().next().is_none() {
            let exit = of(&undo);
            self.printer.undo(&self.receipt, &undo, exit);
            self.marks_undone(exit);
            return exit;
        }
        if args.yes {
            self.printer.undo_before_apply(&self.receipt, &undo);
        } else if let Some(exit) = self.is_left(&undo, global) {
            return exit;
        } else {
            lock = match self.locked(args).await {
                Ok(lock) => lock,
                Err(exit) => return exit,
            };
        }
        let exit = self.carries_out(&undo).await;
        drop(lock);
        exit
    }

    /// Waits for other runs on the bucket, and reads the receipt again: the run itself may have gone on until now.
    async fn locked(&mut self, args: &UndoArgs) -> Result<Option<Lock>, Exit> {
        let lock = tokio::select! {
            lock = locked(args.receipt_dir.as_deref(), &self.receipt.bucket, self.printer) => lock,
            () = self.ctrl_c.pressed() => {
                self.printer.error("interrupted, nothing was changed", None, Exit::Interrupted);
                return Err(Exit::Interrupted);
            }
        };
        let lock = lock.map_err(|busy| {
            self.printer.error(&busy.to_string(), Some(Busy::HINT), Exit::Failed);
            Exit::Failed
        })?;
        match self.receipts.open(&self.receipt.run) {
            Ok(receipt) => {
                self.receipt = receipt;
                Ok(lock)
            }
            Err(error) => Err(unreadable(self.printer, &error)),
        }
    }

    /// Asks on a terminal; says how it ends where nobody agreed.
    fn is_left(&self, undo: &Undo, global: &Global) -> Option<Exit> {
        let may_ask = !self.printer.json && !global.no_input;
        let Some(prompt) = may_ask.then(Prompt::on_terminal).flatten() else {
            let error = "nothing was changed: nobody agreed to the undo yet";
            self.printer.undo_refused(&self.receipt, undo, error, "`--yes` agrees to it", Exit::Usage);
            return Some(Exit::Usage);
        };
        self.printer.undo_to_decide(&self.receipt, undo);
        let choices = vec![Choice::new("put it back", "", true), Choice::new("quit", "change nothing", false)];
        match prompt.choose("what now?", choices, 1) {
            Ok(true) => None,
            Ok(false) | Err(Unanswered::Back) => {
                prompt.say("nothing was changed");
                Some(Exit::Done)
            }
            Err(Unanswered::Interrupted) => {
                self.printer.error("interrupted, nothing was changed", None, Exit::Interrupted);
                Some(Exit::Interrupted)
            }
            Err(Unanswered::Ended(why)) => {
                let hint = "nothing was changed; `--yes` needs no terminal";
                self.printer.error(&format!("the terminal can't be read any more: {why}"), Some(hint), Exit::Failed);
                Some(Exit::Failed)
            }
        }
    }

    async fn carries_out(&mut self, undo: &Undo) -> Exit {
        let printer = self.printer;
        let watch = |item: &Item, ended: Ended| printer.put_back(item, ended);
        let undone = put_back(&self.aws, &self.receipt, undo, self.ctrl_c, &watch).await;
        if let Some(why) = &undone.why {
            let exit = exit_of(&undone, why);
            let hint = self.hint_of(why);
            printer.undone(&self.receipt, &undone, Some(&hint), exit);
            return exit;
        }
        let exit = self.settled(undo, &undone).await;
        printer.undone(&self.receipt, &undone, None, exit);
        self.marks_undone(exit);
        exit
    }

    /// Whether what was put back stays, and nothing is left that somebody changed.
    async fn settled(&self, undo: &Undo, undone: &Undone<'_>) -> Exit {
        if self.ctrl_c.is_wanted() {
            return Exit::Interrupted;
        }
        let started = Instant::now();
        loop {
            let again = match self.looks().await {
                Ok(looks) => Undo::of(&self.receipt, looks),
                Err(error) => {
                    self.printer.remark(&format!("whether it stays so was not looked at: {error}"));
                    return of(undo);
                }
            };
            let done = |item: &&Item| {
                let same = |(first, ended): &(&Item, Ended)| first.change == item.change && *ended == Ended::Done;
                undone.items.iter().any(same)
            };
            let left = |item: &&Item| {
                matches!(item.verdict, Verdict::Restore { .. } | Verdict::Delete | Verdict::Moved { .. })
            };
            let stays: Vec<&Item> = again.items.iter().filter(done).filter(left).collect();
            let moved = stays.iter().any(|item| matches!(item.verdict, Verdict::Moved { .. }));
            match stays.as_slice() {
                [] => return of(undo),
                stays if moved || started.elapsed() > SETTLING => return self.did_not_stay(stays),
                // A read may lag behind what was written.
                _ => drop(pause(self.ctrl_c, Duration::from_secs(1)).await),
            }
            if self.ctrl_c.is_wanted() {
                return Exit::Interrupted;
            }
        }
    }

    fn did_not_stay(&self, items: &[&Item]) -> Exit {
        self.printer.did_not_stay(items);
        Exit::PartWay
    }

    /// What is there now, judged; the account must be the run's.
    async fn judged(&self) -> Result<Undo, Exit> {
        let both = async {
            let caller = self.aws.caller(&self.receipt.region).await?;
            if caller.account == self.receipt.account {
                Ok::<_, AwsError>((caller, self.looks().await?))
            } else {
                Ok((caller, Vec::new()))
            }
        };
        let looked = tokio::select! {
            looked = both => looked,
            () = self.ctrl_c.pressed() => {
                self.printer.error("interrupted, nothing was changed", None, Exit::Interrupted);
                return Err(Exit::Interrupted);
            }
        };
        let (caller, looks) = looked.map_err(|error| {
            let hint = error.hint(&self.aws.source.situation());
            self.printer.error(&error.to_string(), hint.as_deref(), Exit::Failed);
            Exit::Failed
        })?;
        if caller.account != self.receipt.account {
            let what = format!(
                "the run was made in account {}, and these credentials are of {}",
                self.receipt.account, caller.account
            );
            let hint = "use credentials of that account, with `--profile NAME`";
            self.printer.error(&what, Some(hint), Exit::Failed);
            return Err(Exit::Failed);
        }
        let later = self.receipts.since(&self.receipt.run, &self.receipt.bucket);
        let later = later.unwrap_or_else(|error| vec![Err(error)]);
        let undo = later.iter().flatten().fold(Undo::of(&self.receipt, looks), Undo::after);
        if !undo.takes_away() {
            return Ok(undo);
        }
        match self.needed_by(&caller, &undo, &later).await {
            Ok(Some(why)) => Ok(undo.needed(&why)),
            Ok(None) => Ok(undo),
            Err(error) => {
                let hint = error.hint(&self.aws.source.situation());
                self.printer.error(&error.to_string(), hint.as_deref(), Exit::Failed);
                Err(Exit::Failed)
            }
        }
    }

    /// Why logs of others need what this undo would take away: a later run's, and, before a bucket is deleted, anybody's.
    async fn needed_by(&self, caller: &Identity, undo: &Undo, later: &[Kept]) -> Result<Option<String>, ObserveError> {
        for later in later {
            let later = match later {
                Ok(later) => later,
                Err(error) => return Ok(Some(format!("whether a later run counts on it is not known: {error}"))),
            };
            let same = later.bucket == self.receipt.bucket && later.account == self.receipt.account;
            if same && self.still_attaches(later).await? {
                return Ok(Some(format!("the later run {} counts on it: undo that one first", later.run)));
            }
        }
        if !undo.deletes() {
            return Ok(None);
        }
        let (logs, unread) = logs_of_region(&self.aws, &self.receipt.region, caller).await?;
        let others = logs.into_iter().filter(|log| {
            let here = log.target.present().is_some_and(|target| target.bucket == self.receipt.bucket.as_str());
            here && !self.receipt.sources.iter().any(|own| own == log.source.name())
        });
        let others: Vec<String> = others.map(|log| log.title()).collect();
        Ok(match (others.as_slice(), unread.first()) {
            ([], None) => None,
            ([], Some(unread)) => Some(format!("whether anybody else logs there is not known: {unread}")),
            (others, _) => Some(format!("{} goes there", others.join(", "))),
        })
    }

    /// Whether a source still logs to the destination as a run left it.
    async fn still_attaches(&self, run: &Receipt) -> Result<bool, AwsError> {
        for entry in &run.entries {
            let Change::Setting { slot, after: Some(after), .. } = &entry.change else { continue };
            if !slot.attaches() || entry.outcome == Outcome::NotDone {
                continue;
            }
            if let Look::Setting(now) = self.aws.look(&entry.change, &run.account, &run.region).await?
                && now.is(after)
                && now.logs_to(&run.bucket)
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn looks(&self) -> Result<Vec<Look>, AwsError> {
        let Receipt { account, region, entries, .. } = &self.receipt;
        let looks: Vec<_> = entries.iter().map(|entry| self.aws.look(&entry.change, account, region)).collect();
        stream::iter(looks).buffered(AT_ONCE).try_collect().await
    }

    /// The list of runs says which are undone.
    fn marks_undone(&mut self, exit: Exit) {
        if exit != Exit::Done || self.receipt.undone.is_some() {
            return;
        }
        self.receipt.undone = Some(now());
        if let Err(error) = self.receipts.keep(&self.receipt) {
            self.printer.remark(&format!("the list of runs does not say that this one is undone: {error}"));
        }
    }

    fn hint_of(&self, why: &StopReason) -> String {
        let situation = self.aws.destination.situation().within(&self.receipt.account, &self.receipt.region);
        let own = match why {
            StopReason::Write(error) if error.is_refused_destination() => {
                return "AWS points no source at a bucket that it can't write to, as it was before the run: mend that bucket, or \
                    turn the log off yourself; then run the same command again"
                    .to_owned();
            }
            StopReason::Write(error) => error.hint(&situation),
            StopReason::Interrupted => None,
        };
        let again = "run the same command again: it looks at what is there and goes on";
        own.map_or_else(|| again.to_owned(), |own| format!("{own}; then {again}"))
    }
}

/// What somebody changed since is no success.
fn of(undo: &Undo) -> Exit {
    if undo.leftovers().next().is_some() { Exit::PartWay } else { Exit::Done }
}

fn exit_of(undone: &Undone<'_>, why: &StopReason) -> Exit {
    let nothing_done = !undone.items.iter().any(|(_, ended)| *ended == Ended::Done);
    match why {
        StopReason::Interrupted => Exit::Interrupted,
        StopReason::Write(error) if nothing_done && !error.may_have_been_done() => Exit::Failed,
        StopReason::Write(_) => Exit::PartWay,
    }
}
