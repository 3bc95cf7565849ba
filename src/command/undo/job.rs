//! Carries out one undo.

use std::cell::RefCell;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::aws::{Aws, AwsError, BucketIdentity, ObserveError};
use crate::cli::{Global, UndoArgs};
use crate::command::CommandError;
use crate::command::lock::locked;
use crate::command::record::now;
use crate::exit::Exit;
use crate::model::{Partition, Seen};
use crate::poll::{Interruption, Pauses, PollEnd, PollResult, poll, silently};
use crate::run::restore::{RestoreOutcome, Restorer, UndoResult, UndoStopReason};
use crate::run::retry::SETTLING;
use crate::state::Identity;
use crate::ui::{Choice, Prompt, PromptError, Reporter, UndoEvent};
use crate::undo::receipt::{CurrentState, Receipt, RecordedChange, RunId, Undo, UndoItem, UndoVerdict};
use crate::undo::receipts::{Lock, Receipts};

use super::dependents::UndoContext;

/// How many settings to read at once.
const AT_ONCE: usize = 16;

/// The pauses between two checks of the restored settings.
const PAUSES: Pauses = Pauses::every(Duration::from_secs(1));

/// How far an undo got.
#[derive(Clone, Copy, Eq, PartialEq)]
enum UndoProgress {
    Whole,
    /// It ended early.
    Stopped,
}

/// An undo and the context it was planned with.
struct PlannedUndo {
    undo: Undo,
    /// The receipts of this user's later runs.
    later: Vec<Receipt>,
    caller: Identity,
}

/// How a run of `undo` ended.
#[derive(Clone, Copy, Debug)]
pub(super) enum JobEnd {
    Exit(Exit),
    /// The user went back from the plan.
    Back,
}

/// The receipt could not be written. The user has already been warned.
#[derive(Clone, Copy, Debug)]
struct Unrecorded;

/// A running undo.
pub(super) struct UndoJob<'a> {
    pub(super) aws: Aws,
    pub(super) receipts: Receipts,
    pub(super) receipt: Receipt,
    /// The earlier run that no undo has tried yet, if `latest` named this run.
    pub(super) before: Option<RunId>,
    pub(super) ctrl_c: &'a Interruption,
    pub(super) reporter: Reporter,
}

/// What to do if the receipt can't be written.
const WRITABLE: &str = "make the folder of receipts writable";

/// In seconds.
const AN_HOUR: i64 = 60 * 60;

impl UndoJob<'_> {
    /// Runs the undo.
    pub(super) async fn run(mut self, args: &UndoArgs, global: &Global) -> Result<JobEnd, CommandError> {
        // Don't hold the lock while the user is being asked.
        let mut lock = if args.yes { self.locked(args).await? } else { None };
        let mut judged = self.judged().await?;
        let undo = &judged.undo;
        if args.dry_run {
            // The exit code of the undo if all goes well.
            let exit = if undo.blocked.is_empty() { self.exit_if_successful(undo) } else { Exit::PartWay };
            self.reporter.say(UndoEvent::Previewed { receipt: &self.receipt, undo, exit });
            if undo.writes().next().is_some() {
                self.reporter
                    .remark("no changes were made; run again without `--dry-run` and with `--yes` to make them");
            }
            return Ok(JobEnd::Exit(exit));
        }
        loop {
            let undo = &judged.undo;
            if undo.writes().next().is_none() {
                let exit = self.exit_if_successful(undo);
                self.reporter.say(UndoEvent::Previewed { receipt: &self.receipt, undo, exit });
                // Nothing was restored, so nothing is lost if this can't be recorded.
                let _ = self.record(undo, &[], UndoProgress::Whole);
                self.suggest_previous_run(exit);
                return Ok(JobEnd::Exit(exit));
            }
            if args.yes {
                self.reporter.say(UndoEvent::Begins { receipt: &self.receipt, undo });
                break;
            }
            if let Some(end) = self.ask_approval(undo, global)? {
                return Ok(end);
            }
            // Time has passed since the question. Plan again, now that no other run can write.
            lock = self.locked(args).await?;
            let now = self.judged().await?;
            let is_approved = now.undo.is_the_same_to_approve(undo);
            judged = now;
            if is_approved {
                break;
            }
            drop(lock.take());
            self.reporter.remark("settings changed while you were deciding; here is the updated undo");
        }
        // Check first that the receipt can be written. Without a record of this undo, a later undo could mistake a
        // value that someone sets meanwhile for the run's value.
        self.receipts
            .keep(&self.receipt)
            .map_err(|error| CommandError::failed(format!("nothing changed: {error}")).hinted(WRITABLE))?;
        let exit = self.carry_out(&judged).await;
        drop(lock);
        Ok(JobEnd::Exit(exit))
    }

    /// Waits for other runs on the bucket, then reads the receipt again, because the run itself may have continued.
    async fn locked(&mut self, args: &UndoArgs) -> Result<Option<Lock>, CommandError> {
        let lock = locked(self.ctrl_c, args.receipt_dir.as_deref(), &self.receipt.bucket, self.reporter).await?;
        self.receipt = self.receipts.open(&self.receipt.run)?;
        Ok(lock)
    }

    /// Asks for approval on a terminal. Returns how the run ends if the undo is not approved.
    fn ask_approval(&self, undo: &Undo, global: &Global) -> Result<Option<JobEnd>, CommandError> {
        let receipt = &self.receipt;
        let Some(prompt) = (!global.no_input).then(|| self.reporter.prompt()).flatten() else {
            let (error, hint) = ("nothing changed: the undo is not approved yet", "add `--yes` to approve");
            self.reporter.say(UndoEvent::Refused { receipt, undo, error, hint, exit: Exit::NotApproved });
            return Ok(Some(JobEnd::Exit(Exit::NotApproved)));
        };
        self.reporter.say(UndoEvent::Asked { receipt, undo });
        let choices = vec![Choice::new("restore", "", true), Choice::new("quit", "change nothing", false)];
        match prompt.choose("what now?", choices, 1) {
            Ok(true) => Ok(None),
            Ok(false) => {
                Prompt::say("nothing changed");
                Ok(Some(JobEnd::Exit(Exit::Done)))
            }
            Err(PromptError::Back) => Ok(Some(JobEnd::Back)),
            Err(PromptError::Interrupted) => Err(CommandError::interrupted()),
            Err(PromptError::Ended(why)) => {
                let hint = "nothing changed; use `--yes` to run without a terminal";
                Err(CommandError::no_terminal(&why).hinted(hint))
            }
        }
    }

    /// Returns the exit code of an undo if all goes well. Changes by someone else are reported as a failure only once.
    fn exit_if_successful(&self, undo: &Undo) -> Exit {
        if self.receipt.undone.is_some() { exit_of_repeated(undo) } else { exit_of_first(undo) }
    }

    async fn carry_out(&mut self, judged: &PlannedUndo) -> Exit {
        let reporter = self.reporter;
        let PlannedUndo { undo, later, caller } = judged;
        // Record each restored setting at once. Otherwise, if this undo is killed, the next one could mistake a value
        // that someone sets meanwhile for the run's value.
        let recorded = RefCell::new(self.receipt.clone());
        let watch = |item: &UndoItem, ended: &RestoreOutcome| {
            let mut recorded_so_far = Ok(());
            if *ended == RestoreOutcome::Done && matches!(item.verdict, UndoVerdict::Restore { .. }) {
                let mut receipt = recorded.borrow_mut();
                receipt.mark_undone(item);
                recorded_so_far = self.receipts.keep(&receipt);
            }
            reporter.say(UndoEvent::Restored { item, ended });
            recorded_so_far
        };
        let needed =
            async |item: &UndoItem| match self.question(later, caller).without_what_is_needed(undo.clone()).await {
                Ok(now) => {
                    let item = now.items.iter().find(|other| other.change == item.change)?;
                    // If a new doubt has come up since the approval, the setting stays as it is.
                    let news = || now.doubts.iter().find(|doubt| !undo.doubts.contains(doubt));
                    item.needed_by().or_else(|| news().map(String::as_str)).map(str::to_owned)
                }
                Err(error) => Some(format!("could not tell whether other logs need it: {error}")),
            };
        let note = |item: &UndoItem, policy: String| {
            let mut receipt = recorded.borrow_mut();
            receipt.endangers(item, &policy);
            self.receipts.keep(&receipt)
        };
        let restorer = Restorer { aws: &self.aws, receipt: &self.receipt, interruption: self.ctrl_c };
        let undone = restorer.restore(undo, &needed, &note, &watch).await;
        let undo = &undone.carried_out();
        let ends = self.exit_if_successful(undo);
        if let Some(why) = &undone.why {
            self.receipt.take_endangered_policy(&recorded.into_inner());
            // This undo ends with an error anyway.
            let _ = self.record(undo, &undone.items, UndoProgress::Stopped);
            let exit = exit_of(&undone, why);
            let hint = self.hint_for(why);
            let hint = Some(hint.as_str());
            reporter.say(UndoEvent::Done { receipt: &self.receipt, undone: &undone, hint, exit });
            self.suggest_previous_run(exit);
            return exit;
        }
        let unsettled = self.unsettled(&undone).await;
        let recorded = match unsettled {
            None => self.record(undo, &undone.items, UndoProgress::Whole),
            // Settings that changed again are left to the next undo.
            Some(_) => self.keep_receipt(),
        };
        let unrecorded = recorded.is_err().then_some(Exit::PartWay);
        let exit = unsettled.or(unrecorded).unwrap_or(ends);
        reporter.say(UndoEvent::Done { receipt: &self.receipt, undone: &undone, hint: None, exit });
        if unsettled.is_none() {
            self.suggest_previous_run(exit);
        }
        exit
    }

    /// Names the run before this one if the user asked for `latest` and `latest` would mean this run again next time.
    fn suggest_previous_run(&self, exit: Exit) {
        if let (Some(before), Exit::Failed | Exit::PartWay) = (&self.before, exit) {
            self.reporter.remark(&format!(
                "`latest` means this run until its undo exits with 0; the run before it is `{before}`"
            ));
        }
    }

    /// Checks that the restored settings persist. If they don't, or if the user interrupts the check, returns the exit
    /// code.
    async fn unsettled(&self, undone: &UndoResult<'_>) -> Option<Exit> {
        if self.ctrl_c.is_wanted() {
            return Some(Exit::Interrupted);
        }
        let done = |item: &UndoItem| {
            undone.items.iter().any(|(first, ended)| first.change == item.change && *ended == RestoreOutcome::Done)
        };
        let look = async || {
            let again = match self.looks(self.receipt.region.partition()).await {
                Ok(looks) => Undo::new(&self.receipt, looks),
                Err(error) => return PollResult::Over(Err(error)),
            };
            let is_left = |item: &UndoItem| {
                matches!(
                    item.verdict,
                    UndoVerdict::Restore { .. } | UndoVerdict::Delete | UndoVerdict::ChangedSince { .. }
                )
            };
            let is_as_written =
                |item: &UndoItem| undone.items.iter().any(|(first, _)| first.restored_what_is_there(item));
            let left = again.items.into_iter().filter(|item| done(item) && is_left(item) && !is_as_written(item));
            let left: Vec<UndoItem> = left.collect();
            let is_moved = left.iter().any(|item| matches!(item.verdict, UndoVerdict::ChangedSince { .. }));
            match left.as_slice() {
                [] => PollResult::Over(Ok(Vec::new())),
                _ if is_moved => PollResult::Over(Ok(left)),
                // A read may lag behind the write.
                _ => PollResult::NotYet { seen: left, at_most: SETTLING },
            }
        };
        let left = match poll(self.ctrl_c, PAUSES, look, silently).await {
            PollEnd::Over(Ok(left)) | PollEnd::TimedOut(left) => left,
            PollEnd::Over(Err(error)) => {
                self.reporter.remark(&format!("could not check that the changes persist: {error}"));
                return None;
            }
            PollEnd::Interrupted(_) => return Some(Exit::Interrupted),
        };
        if left.is_empty() {
            return None;
        }
        self.reporter.say(UndoEvent::Reverted(&left));
        Some(Exit::PartWay)
    }

    /// Plans the undo from the current state. Account and endpoint must be the run's.
    async fn judged(&self) -> Result<PlannedUndo, CommandError> {
        let both = async {
            let caller = self.aws.caller(&self.receipt.region).await?;
            if let Some(disagreement) = self.disagreement(&caller) {
                return Ok::<_, ObserveError>(Err(disagreement));
            }
            let (undo, later) = self.plan_with_dependents(&caller).await?;
            Ok(Ok(PlannedUndo { undo, later, caller }))
        };
        let judged = tokio::select! {
            judged = both => judged,
            () = self.ctrl_c.wanted() => return Err(CommandError::interrupted()),
        };
        judged.map_err(|error| CommandError::from_observe_error(&error, &self.aws.source.situation()))?
    }

    /// Plans the undo, but leaves out the changes to settings that later runs or other logs need. Also returns the
    /// later runs.
    async fn plan_with_dependents(&self, caller: &Identity) -> Result<(Undo, Vec<Receipt>), ObserveError> {
        let undo = self.plan(caller).await?;
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

    fn question<'a>(&'a self, later: &'a [Receipt], caller: &'a Identity) -> UndoContext<'a> {
        UndoContext { aws: &self.aws, receipt: &self.receipt, later, caller, now: crate::command::check::now() }
    }

    /// Plans the undo from the current state only, without checking what else needs the settings.
    async fn plan(&self, caller: &Identity) -> Result<Undo, AwsError> {
        let bucket = &self.receipt.bucket;
        let Receipt { account, region, buckets_created, buckets_foreign, .. } = &self.receipt;
        let names = buckets_created.keys().cloned().chain(self.receipt.former_buckets()).collect();
        let (looks, created, recognized) = tokio::join!(
            self.looks(caller.partition),
            self.aws.bucket_created(bucket, caller.partition),
            self.aws.recognized(names, (buckets_created, buckets_foreign), (region, account))
        );
        let undo = Undo::new(&self.receipt, looks?);
        let undo = match self.receipt.endangered_policy() {
            Some(endangered) => {
                let look = self.aws.look(&endangered, account, region, caller.partition).await?;
                undo.with_lost_policy(&endangered, look)
            }
            None => undo,
        };
        let undo = recognized.iter().fold(undo, |undo, (name, recognized)| match recognized {
            BucketIdentity::Lost => undo.without_replaced_source(name).without_replaced_former_bucket(name),
            // No log is sent to a bucket that may be another account's.
            BucketIdentity::Unknown => undo.without_replaced_former_bucket(name),
            BucketIdentity::Same => undo,
        });
        let undo = if undo.restores_tags() && self.aws.decides_by_tags(bucket, account, region).await {
            undo.without_tags(bucket)
        } else {
            undo
        };
        // Without permission to list buckets, only values are compared, and no bucket is deleted.
        Ok(match (self.receipt.created, created?) {
            (Some(then), Seen::Present(now)) if then != now => undo.without_replaced_bucket(bucket),
            (_, Seen::Absent) => undo.without_lost_bucket(bucket),
            (_, _) => undo,
        })
    }

    /// Returns an error if account, partition or endpoint are not the run's.
    fn disagreement(&self, caller: &Identity) -> Option<CommandError> {
        let error = |what: String, hint: String| CommandError::failed(what).hinted(hint);
        let Receipt { account, partition, endpoint, .. } = &self.receipt;
        if caller.account != *account {
            let what = format!(
                "the run was made in account {account}, but your credentials are for account {}",
                caller.account
            );
            return Some(error(what, "use credentials for that account with `--profile NAME`".to_owned()));
        }
        if partition.as_ref().is_some_and(|of| of != caller.partition.as_str()) {
            let what = format!("the run was not made in partition `{}`", caller.partition);
            return Some(error(what, "use credentials for the run's partition with `--profile NAME`".to_owned()));
        }
        let named = |of: &Option<String>| of.as_ref().map_or_else(|| "AWS".to_owned(), |url| format!("`{url}`"));
        let here = self.aws.endpoint();
        // Receipts in the first schema don't contain the endpoint.
        (partition.is_some() && here != *endpoint).then(|| {
            let hint = match endpoint {
                Some(each) if each.contains(", ") => format!("use the same endpoints as the run: {each}"),
                Some(url) => format!("add `--endpoint-url {url}`"),
                None => "omit `--endpoint-url` and unset `AWS_ENDPOINT_URL`".to_owned(),
            };
            error(format!("the run was made against {}, but this command uses {}", named(endpoint), named(&here)), hint)
        })
    }

    /// Reads the current state for each entry. Settings of a bucket that the run created are read with the bucket.
    async fn looks(&self, partition: Partition) -> Result<Vec<CurrentState>, AwsError> {
        let Receipt { account, region, entries, .. } = &self.receipt;
        let created =
            entries.iter().find(|entry| entry.is_open() && matches!(entry.change, RecordedChange::MadeBucket { .. }));
        let bucket = match created {
            Some(entry) => Some(self.aws.look(&entry.change, account, region, partition).await?),
            None => None,
        };
        let looks = entries.iter().map(|entry| async {
            match (&bucket, &entry.change) {
                (_, _) if !entry.is_open() => Ok(CurrentState::Nothing),
                (Some(found), RecordedChange::MadeBucket { .. }) => Ok(found.clone()),
                (Some(found), RecordedChange::Setting { slot, .. })
                    if slot.destination() == Some(&self.receipt.bucket) =>
                {
                    Ok(found.within(slot))
                }
                (_, change) => self.aws.look(change, account, region, partition).await,
            }
        });
        let looks: Vec<_> = looks.collect();
        stream::iter(looks).buffered(AT_ONCE).try_collect().await
    }

    /// Records the finished changes in the receipt: restored settings, and settings deleted with their bucket. The run
    /// is marked as undone if repeating the undo could restore nothing more. Settings that someone else changed don't
    /// count.
    ///
    /// Within an hour of the run, a setting that seems to have its earlier value may come from a read that lags behind.
    /// Such a value is trusted only if the undo finds nothing to write. According to AWS, bucket configurations "have
    /// an eventual consistency model"; AWS gives no figure
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel>).
    fn record(
        &mut self,
        undo: &Undo,
        items: &[(&UndoItem, RestoreOutcome)],
        progress: UndoProgress,
    ) -> Result<(), Unrecorded> {
        let ends = self.exit_if_successful(undo);
        let before = self.receipt.clone();
        let ended = |item: &UndoItem| items.iter().find(|(of, _)| *of == item).map(|(_, ended)| ended);
        let is_deleted = undo
            .items
            .iter()
            .any(|item| item.verdict == UndoVerdict::Delete && ended(item) == Some(&RestoreOutcome::Done));
        let wrote = items.iter().any(|(_, ended)| *ended == RestoreOutcome::Done);
        let is_recent = now().0 - before.began.0 < AN_HOUR;
        let is_doubtful = |item: &UndoItem| {
            let seems_over = matches!(item.verdict, UndoVerdict::AsBefore | UndoVerdict::Missing);
            seems_over && wrote && is_recent && before.may_have_written(item)
        };
        for item in &undo.items {
            let over = match &item.verdict {
                UndoVerdict::AsBefore | UndoVerdict::Missing => !is_doubtful(item),
                UndoVerdict::WithBucket => is_deleted,
                UndoVerdict::Restore { .. } | UndoVerdict::Delete => ended(item) == Some(&RestoreOutcome::Done),
                UndoVerdict::ChangedSince { .. }
                | UndoVerdict::NeededBy(_)
                | UndoVerdict::InUse(_)
                | UndoVerdict::Keep(_)
                | UndoVerdict::Undone
                | UndoVerdict::Unreadable(_) => false,
            };
            if over {
                self.receipt.mark_undone(item);
            }
        }
        // Soon after the run, a policy that seems intact may come from a read that lags behind.
        if progress == UndoProgress::Whole && !is_recent {
            self.receipt.forget_settled_policy(undo);
        }
        match progress {
            // A read may lag behind. The run stays open, so the same undo can be repeated at once.
            UndoProgress::Whole if undo.items.iter().any(is_doubtful) => {}
            UndoProgress::Whole if !undo.waits() => {
                self.receipt.undone.get_or_insert(now());
                if ends == Exit::Done {
                    self.receipt.closed.get_or_insert(now());
                }
            }
            UndoProgress::Whole => {
                self.receipt.partly_undone.get_or_insert(now());
            }
            UndoProgress::Stopped => {}
        }
        if self.receipt == before { Ok(()) } else { self.keep_receipt() }
    }

    /// Writes the receipt. If that fails, prints why.
    fn keep_receipt(&self) -> Result<(), Unrecorded> {
        self.receipts.keep(&self.receipt).map_err(|error| {
            self.reporter.remark(&format!("could not record the undo in the receipt: {error}"));
            Unrecorded
        })
    }

    fn hint_for(&self, why: &UndoStopReason) -> String {
        let situation = self.aws.destination.situation().within(&self.receipt.account, &self.receipt.region);
        let own = match why {
            UndoStopReason::Write(error) if error.is_refused_destination() => {
                return "before the run, the log went to a bucket that AWS can't write to: fix that bucket or turn \
                    the log off yourself, then undo the run again"
                    .to_owned();
            }
            UndoStopReason::Write(error) => error.hint(&situation),
            UndoStopReason::Receipt(_) => Some(WRITABLE.to_owned()),
            UndoStopReason::Interrupted => None,
        };
        let again = "run the same command again; it continues from the current state";
        own.map_or_else(|| again.to_owned(), |own| format!("{own}; then {again}"))
    }
}

/// Returns the exit code of a repeated undo: only settings that could not be read or are still needed count as
/// incomplete.
fn exit_of_repeated(undo: &Undo) -> Exit {
    if undo.waits() { Exit::PartWay } else { Exit::Done }
}

/// Returns the exit code of a first undo: changes by someone else count as incomplete.
fn exit_of_first(undo: &Undo) -> Exit {
    if undo.leftovers().next().is_some() { Exit::PartWay } else { Exit::Done }
}

fn exit_of(undone: &UndoResult<'_>, why: &UndoStopReason) -> Exit {
    let nothing_done = !undone.items.iter().any(|(_, ended)| *ended == RestoreOutcome::Done);
    match why {
        UndoStopReason::Interrupted => Exit::Interrupted,
        UndoStopReason::Write(error) if nothing_done && !error.may_have_been_done() => Exit::Failed,
        UndoStopReason::Receipt(_) | UndoStopReason::Write(_) => Exit::PartWay,
    }
}
