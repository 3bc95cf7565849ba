//! One undo, from the looks to the end.

use std::time::Duration;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::aws::{Aws, AwsError, ObserveError};
use crate::cli::{Global, UndoArgs};
use crate::command::CommandError;
use crate::command::lock::locked;
use crate::command::record::now;
use crate::exit::Exit;
use crate::model::{Partition, Seen};
use crate::poll::{Interruption, Look as Looked, Pauses, Polled, poll, silently};
use crate::run::put_back::{Ended, StopReason, Undone, put_back};
use crate::run::retry::SETTLING;
use crate::state::Identity;
use crate::ui::{Choice, Reporter, Unanswered, UndoEvent};
use crate::undo::receipt::{Change, Item, Look, Receipt, RunId, Undo, Verdict};
use crate::undo::receipts::{Lock, Receipts};

use super::dependents::Question;

/// Settings looked at at once.
const AT_ONCE: usize = 16;

/// The pauses between two looks at what was restored.
const PAUSES: Pauses = Pauses::every(Duration::from_secs(1));

/// How far an undo came.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Progress {
    /// To its end.
    Whole,
    /// It stopped before.
    Stopped,
}

/// What an undo is to do, and what that was judged with.
struct Judged {
    undo: Undo,
    /// The receipts of this user's later runs.
    later: Vec<Receipt>,
    caller: Identity,
}

/// An undo that goes on.
pub(super) struct Job<'a> {
    pub(super) aws: Aws,
    pub(super) receipts: Receipts,
    pub(super) receipt: Receipt,
    /// The run before it that no undo has tried yet, where `latest` named this one.
    pub(super) before: Option<RunId>,
    pub(super) ctrl_c: &'a Interruption,
    pub(super) reporter: Reporter,
}

/// In seconds.
const AN_HOUR: i64 = 60 * 60;

impl Job<'_> {
    /// Runs it and says how it ended.
    pub(super) async fn run(mut self, args: &UndoArgs, global: &Global) -> Result<Exit, CommandError> {
        // Somebody who is still asked keeps nobody waiting.
        let mut lock = if args.yes { self.locked(args).await? } else { None };
        let mut judged = self.judged().await?;
        let undo = &judged.undo;
        if args.dry_run {
            // As the undo itself would end, where all goes well.
            let exit = if undo.blocked.is_empty() { self.ends(undo) } else { Exit::PartWay };
            self.reporter.say(UndoEvent::Previewed { receipt: &self.receipt, undo, exit });
            if undo.writes().next().is_some() {
                self.reporter
                    .remark("no changes were made; run again without `--dry-run` and with `--yes` to make them");
            }
            return Ok(exit);
        }
        loop {
            let undo = &judged.undo;
            if undo.writes().next().is_none() {
                let exit = self.ends(undo);
                self.reporter.say(UndoEvent::Previewed { receipt: &self.receipt, undo, exit });
                self.remembers(undo, &[], Progress::Whole);
                self.names_the_run_before(exit);
                return Ok(exit);
            }
            if args.yes {
                self.reporter.say(UndoEvent::Begins { receipt: &self.receipt, undo });
                break;
            }
            if let Some(exit) = self.is_left(undo, global)? {
                return Ok(exit);
            }
            // Whoever was asked took their time: what they approved is judged again, now that no other run writes.
            lock = self.locked(args).await?;
            let now = self.judged().await?;
            let is_approved = now.undo.is_the_same_to_approve(undo);
            judged = now;
            if is_approved {
                break;
            }
            drop(lock.take());
            self.reporter.remark("it changed while you were asked: this is the undo now");
        }
        let exit = self.carries_out(&judged).await;
        drop(lock);
        Ok(exit)
    }

    /// Waits for other runs on the bucket, and reads the receipt again: the run itself may have gone on until now.
    async fn locked(&mut self, args: &UndoArgs) -> Result<Option<Lock>, CommandError> {
        let lock = locked(self.ctrl_c, args.receipt_dir.as_deref(), &self.receipt.bucket, self.reporter).await?;
        self.receipt = self.receipts.open(&self.receipt.run)?;
        Ok(lock)
    }

    /// Asks on a terminal; says how it ends where nobody agreed.
    fn is_left(&self, undo: &Undo, global: &Global) -> Result<Option<Exit>, CommandError> {
        let receipt = &self.receipt;
        let Some(prompt) = (!global.no_input).then(|| self.reporter.prompt()).flatten() else {
            let (error, hint) = ("nothing changed: the undo is not approved yet", "add `--yes` to approve");
            self.reporter.say(UndoEvent::Refused { receipt, undo, error, hint, exit: Exit::NotApproved });
            return Ok(Some(Exit::NotApproved));
        };
        self.reporter.say(UndoEvent::Asked { receipt, undo });
        let choices = vec![Choice::new("put it back", "", true), Choice::new("quit", "change nothing", false)];
        match prompt.choose("what now?", choices, 1) {
            Ok(true) => Ok(None),
            Ok(false) | Err(Unanswered::Back) => {
                prompt.say("nothing was changed");
                Ok(Some(Exit::Done))
            }
            Err(Unanswered::Interrupted) => Err(CommandError::interrupted()),
            Err(Unanswered::Ended(why)) => {
                let what = format!("the terminal can't be read any more: {why}");
                let hint = "nothing was changed; `--yes` needs no terminal".to_owned();
                Err(CommandError::new(Exit::Failed, what).hinted(hint))
            }
        }
    }

    /// How an undo ends where all goes well. Who was told already that somebody has changed the rest needs no second alarm.
    fn ends(&self, undo: &Undo) -> Exit {
        if self.receipt.undone.is_some() { still(undo) } else { of(undo) }
    }

    async fn carries_out(&mut self, judged: &Judged) -> Exit {
        let reporter = self.reporter;
        let Judged { undo, later, caller } = judged;
        let watch = |item: &Item, ended: &Ended| reporter.say(UndoEvent::Restored { item, ended });
        let needed = async |item: &Item| match self.question(later, caller).without_what_is_needed(undo.clone()).await {
            Ok(now) => {
                let item = now.items.iter().find(|other| other.change == item.change)?;
                // What could be read when it was approved, and can't be any more, is no reason to take something away.
                let news = || now.doubts.iter().find(|doubt| !undo.doubts.contains(doubt));
                item.needed_by().or_else(|| news().map(String::as_str)).map(str::to_owned)
            }
            Err(error) => Some(format!("could not tell whether other logs need it: {error}")),
        };
        let undone = put_back(&self.aws, &self.receipt, undo, self.ctrl_c, &needed, &watch).await;
        let undo = &undone.carried_out();
        let ends = self.ends(undo);
        if let Some(why) = &undone.why {
            self.remembers(undo, &undone.items, Progress::Stopped);
            let exit = exit_of(&undone, why);
            let hint = self.hint_of(why);
            let hint = Some(hint.as_str());
            reporter.say(UndoEvent::Done { receipt: &self.receipt, undone: &undone, hint, exit });
            self.names_the_run_before(exit);
            return exit;
        }
        let settled = self.settled(&undone).await;
        let exit = settled.err().unwrap_or(ends);
        reporter.say(UndoEvent::Done { receipt: &self.receipt, undone: &undone, hint: None, exit });
        // What did not stay is judged again by the next undo.
        if settled.is_ok() {
            self.remembers(undo, &undone.items, Progress::Whole);
            self.names_the_run_before(exit);
        }
        exit
    }

    /// Says how to undo the run before this one, where `latest` named this one and will name it again.
    fn names_the_run_before(&self, exit: Exit) {
        if let (Some(before), Exit::Failed | Exit::PartWay) = (&self.before, exit) {
            self.reporter.remark(&format!(
                "`latest` means this run until its undo ends with 0; the run before it is `{before}`"
            ));
        }
    }

    /// Whether what was restored stays; an error says how the undo ends where it does not, or nobody can tell.
    async fn settled(&self, undone: &Undone<'_>) -> Result<(), Exit> {
        if self.ctrl_c.is_wanted() {
            return Err(Exit::Interrupted);
        }
        let done = |item: &Item| {
            undone.items.iter().any(|(first, ended)| first.change == item.change && *ended == Ended::Done)
        };
        let look = async || {
            let again = match self.looks(self.receipt.region.partition()).await {
                Ok(looks) => Undo::new(&self.receipt, looks),
                Err(error) => return Looked::Over(Err(error)),
            };
            let is_left =
                |item: &Item| matches!(item.verdict, Verdict::Restore { .. } | Verdict::Delete | Verdict::Moved { .. });
            let left: Vec<Item> = again.items.into_iter().filter(|item| done(item) && is_left(item)).collect();
            let is_moved = left.iter().any(|item| matches!(item.verdict, Verdict::Moved { .. }));
            match left.as_slice() {
                [] => Looked::Over(Ok(Vec::new())),
                _ if is_moved => Looked::Over(Ok(left)),
                // A read may lag behind what was written.
                _ => Looked::NotYet { seen: left, at_most: SETTLING },
            }
        };
        let left = match poll(self.ctrl_c, PAUSES, look, silently).await {
            Polled::Over(Ok(left)) | Polled::TimedOut(left) => left,
            Polled::Over(Err(error)) => {
                self.reporter.remark(&format!("could not check that it stays so: {error}"));
                return Ok(());
            }
            Polled::Interrupted(_) => return Err(Exit::Interrupted),
        };
        if left.is_empty() {
            return Ok(());
        }
        self.reporter.say(UndoEvent::Reverted(&left));
        Err(Exit::PartWay)
    }

    /// What is there now, judged; account and endpoint must be the run's.
    async fn judged(&self) -> Result<Judged, CommandError> {
        let both = async {
            let caller = self.aws.caller(&self.receipt.region).await?;
            if let Some(disagreement) = self.disagreement(&caller) {
                return Ok::<_, ObserveError>(Err(disagreement));
            }
            let (undo, later) = self.found_needed(&caller).await?;
            Ok(Ok(Judged { undo, later, caller }))
        };
        let judged = tokio::select! {
            judged = both => judged,
            () = self.ctrl_c.wanted() => return Err(CommandError::interrupted()),
        };
        judged.map_err(|error| CommandError::of_look(&error, &self.aws.source.situation()))?
    }

    /// What is to be done, without what later runs and other logs need; with the later runs.
    async fn found_needed(&self, caller: &Identity) -> Result<(Undo, Vec<Receipt>), ObserveError> {
        let undo = self.found(caller).await?;
        let mut later = Vec::new();
        for kept in self.receipts.since(&self.receipt.run).unwrap_or_else(|error| vec![Err(error)]) {
            match kept {
                Ok(run) if run.account == self.receipt.account && run.endpoint == self.receipt.endpoint => {
                    later.push(run);
                }
                Ok(_) => {}
                Err(error) => {
                    let why = format!("could not tell whether a later run needs it: {error}");
                    return Ok((undo.all_kept(&why), later));
                }
            }
        }
        let undo = later.iter().fold(undo, Undo::beside);
        Ok((self.question(&later, caller).without_what_is_needed(undo).await?, later))
    }

    fn question<'a>(&'a self, later: &'a [Receipt], caller: &'a Identity) -> Question<'a> {
        Question { aws: &self.aws, receipt: &self.receipt, later, caller, now: crate::command::check::now() }
    }

    /// What is to be done by what is there, whoever needs it.
    async fn found(&self, caller: &Identity) -> Result<Undo, AwsError> {
        let bucket = &self.receipt.bucket;
        let (looks, created, others) = tokio::join!(
            self.looks(caller.partition),
            self.aws.bucket_created(bucket, caller.partition),
            self.aws.created_again(&self.receipt.sources_created, caller.partition)
        );
        let undo = Undo::new(&self.receipt, looks?);
        let undo = others.iter().fold(undo, |undo, source| undo.of_another_source(source));
        let Receipt { account, region, .. } = &self.receipt;
        let undo = if undo.restores_tags() && self.aws.decides_by_tags(bucket, account, region).await {
            undo.without_tags(bucket)
        } else {
            undo
        };
        // Who may not list buckets any more goes by the values alone; a bucket is then not deleted.
        Ok(match (self.receipt.created, created?) {
            (Some(then), Seen::Present(now)) if then != now => undo.of_another_bucket(bucket),
            (_, _) => undo,
        })
    }

    /// Why these credentials, or this endpoint, are not those of the run, and what to do.
    fn disagreement(&self, caller: &Identity) -> Option<CommandError> {
        let error = |what: String, hint: String| CommandError::new(Exit::Failed, what).hinted(hint);
        let Receipt { account, partition, endpoint, .. } = &self.receipt;
        if caller.account != *account {
            let what =
                format!("the run was made in account {account}, and these credentials are of {}", caller.account);
            return Some(error(what, "use credentials of that account, with `--profile NAME`".to_owned()));
        }
        if partition.as_ref().is_some_and(|of| of != caller.partition.as_str()) {
            let what = format!("the run was made in another partition than `{}`", caller.partition);
            return Some(error(what, "use credentials of that partition, with `--profile NAME`".to_owned()));
        }
        let named = |of: &Option<String>| of.as_ref().map_or_else(|| "AWS itself".to_owned(), |url| format!("`{url}`"));
        let here = self.aws.endpoint();
        // The first form of receipts did not say.
        (partition.is_some() && here != *endpoint).then(|| {
            let hint = match endpoint {
                Some(each) if each.contains(", ") => format!("ask the same endpoints as the run: {each}"),
                Some(url) => format!("add `--endpoint-url {url}`"),
                None => "leave `--endpoint-url` out, and unset `AWS_ENDPOINT_URL`".to_owned(),
            };
            error(format!("the run was made at {}, and this is {}", named(endpoint), named(&here)), hint)
        })
    }

    /// A look for each entry. What belongs to a bucket that the run created is read with the bucket.
    async fn looks(&self, partition: Partition) -> Result<Vec<Look>, AwsError> {
        let Receipt { account, region, entries, .. } = &self.receipt;
        let created = entries.iter().find(|entry| entry.is_open() && matches!(entry.change, Change::MadeBucket { .. }));
        let bucket = match created {
            Some(entry) => Some(self.aws.look(&entry.change, account, region, partition).await?),
            None => None,
        };
        let looks = entries.iter().map(|entry| async {
            match (&bucket, &entry.change) {
                (_, _) if !entry.is_open() => Ok(Look::Nothing),
                (Some(found), Change::MadeBucket { .. }) => Ok(found.clone()),
                (Some(found), Change::Setting { slot, .. }) if slot.destination() == Some(&self.receipt.bucket) => {
                    Ok(found.within(slot))
                }
                (_, change) => self.aws.look(change, account, region, partition).await,
            }
        });
        let looks: Vec<_> = looks.collect();
        stream::iter(looks).buffered(AT_ONCE).try_collect().await
    }

    /// Remembers what is over: what was restored, and what went with a bucket. The run itself is undone where nothing is left
    /// that the same undo could still do, but for what somebody else has changed.
    ///
    /// A setting that seems to be as before a run of the last hour may be a read that lags behind it: that is only believed by an
    /// undo that finds nothing to write. S3's configurations "have an eventual consistency model", without a figure
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel>).
    fn remembers(&mut self, undo: &Undo, items: &[(&Item, Ended)], progress: Progress) {
        let ends = self.ends(undo);
        let before = self.receipt.clone();
        let ended = |item: &Item| items.iter().find(|(of, _)| *of == item).map(|(_, ended)| ended);
        let is_deleted =
            undo.items.iter().any(|item| item.verdict == Verdict::Delete && ended(item) == Some(&Ended::Done));
        let wrote = items.iter().any(|(_, ended)| *ended == Ended::Done);
        let is_recent = now().0 - before.began.0 < AN_HOUR;
        let is_doubtful = |item: &Item| {
            let seems_over = matches!(item.verdict, Verdict::AsBefore | Verdict::Gone);
            seems_over && wrote && is_recent && before.may_have_written(item)
        };
        for item in &undo.items {
            let over = match &item.verdict {
                Verdict::AsBefore | Verdict::Gone => !is_doubtful(item),
                Verdict::WithBucket => is_deleted,
                Verdict::Restore { .. } | Verdict::Delete => ended(item) == Some(&Ended::Done),
                Verdict::Moved { .. }
                | Verdict::Needed(_)
                | Verdict::Shared(_)
                | Verdict::Stays(_)
                | Verdict::Undone
                | Verdict::Unseen(_) => false,
            };
            if over {
                self.receipt.takes_back(item);
            }
        }
        match progress {
            // What may only be a read that lags is for the same undo at once.
            Progress::Whole if undo.items.iter().any(is_doubtful) => {}
            Progress::Whole if !undo.waits() => {
                self.receipt.undone.get_or_insert(now());
                if ends == Exit::Done {
                    self.receipt.closed.get_or_insert(now());
                }
            }
            Progress::Whole => {
                self.receipt.partly_undone.get_or_insert(now());
            }
            Progress::Stopped => {}
        }
        if self.receipt == before {
            return;
        }
        if let Err(error) = self.receipts.keep(&self.receipt) {
            self.reporter.remark(&format!("the receipt does not say what was undone: {error}"));
        }
    }

    fn hint_of(&self, why: &StopReason) -> String {
        let situation = self.aws.destination.situation().within(&self.receipt.account, &self.receipt.region);
        let own = match why {
            StopReason::Write(error) if error.is_refused_destination() => {
                return "the log went to a bucket before the run that AWS can't write to: fix that bucket, or turn the log off \
                    yourself; then undo the run again"
                    .to_owned();
            }
            StopReason::Write(error) => error.hint(&situation),
            StopReason::Interrupted => None,
        };
        let again = "run the same command again: it looks at what is there and goes on";
        own.map_or_else(|| again.to_owned(), |own| format!("{own}; then {again}"))
    }
}

/// How an undo ends that was told before what it leaves: what it could not read, or others need, is still to be done.
fn still(undo: &Undo) -> Exit {
    if undo.waits() { Exit::PartWay } else { Exit::Done }
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
