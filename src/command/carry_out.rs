//! Applies an approved plan, checks that the changes last, and looks for proof of delivery.

use std::convert::Infallible;

use crate::aws::{Aws, BucketMark, Situation, WriteError};
use crate::exit::Exit;
use crate::model::{Moment, RunToken};
use crate::plan::{ApprovedPlan, Finding, Plan, Step, StepKind};
use crate::poll::Interruption;
use crate::producer::Producer;
use crate::request::Request;
use crate::run::apply::{AppliedPlan, ApplyOptions, Note, PlanEvent, RunStopReason, StoppedPlan, Tokens, apply};
use crate::run::await_logs::{EvidenceSearch, gather};
use crate::run::delivery_verdict::Delivery;
use crate::run::verify::{FinishedRun, Verification, verify};
use crate::state::Observed;
use crate::ui::{InitEvent, Progress, Reporter, RunSummary, cause_text, sentences};
use crate::undo::receipts::Lock;

use super::error::{CommandError, ReportedExit};
use super::former::former_destinations;
use super::origin::{attached_at, own_keys, stale_tokens};
use super::permission_check::preflight;
use super::record::{Record, RunMarks};

/// The maximum number of times that a plan is applied if concurrent changes overwrite it.
const ROUNDS: usize = 3;

/// What to do if AWS overwrote the bucket policy. The receipt has the former one.
const POLICY_LOST: &str = "undo this run to restore the policy; then run the same command again";

#[derive(Clone, Copy, Debug)]
pub(super) struct RunContext<'a> {
    pub(super) aws: &'a Aws,
    pub(super) request: &'a Request,
    pub(super) ctrl_c: &'a Interruption,
    pub(super) reporter: Reporter,
}

/// The results of applying a plan.
struct Round {
    applied: AppliedPlan,
    delivery: Delivery,
    settled: Verification,
}

/// What is known before a plan is applied.
#[derive(Clone, Copy)]
struct Start<'a> {
    /// The state that the plan was made from.
    observed: &'a Observed,
    tokens: Tokens<'a>,
    record: Option<&'a Record>,
    /// The findings of the run's first plan, which the user has seen.
    known: &'a [Finding],
    /// How often a plan may be applied after this one.
    rounds_left: usize,
}

enum RoundEnd {
    /// The whole plan was applied.
    Whole(Box<Round>),
    /// A concurrent change overwrote the plan's settings before the sources were attached. Contains the new state and
    /// the new plan.
    Overwritten(Box<(Observed, Plan)>),
}

impl RunContext<'_> {
    /// Applies the approved plan, looks for proof, and returns the exit code. The plan was made from `observed`. The
    /// lock is kept until everything is written.
    pub(super) async fn carry_out(
        self,
        observed: &Observed,
        approved: &ApprovedPlan<'_>,
        lock: Option<Lock>,
    ) -> Result<Exit, CommandError> {
        let plan = approved.plan();
        let created = created_at(observed);
        let both = async {
            tokio::join!(
                preflight(self.aws, plan, observed, self.request, self.reporter),
                self.aws.known_buckets(plan, &observed.sources),
                Box::pin(former_destinations(self.aws, self.request, plan, observed))
            )
        };
        let (said, buckets, former) = tokio::select! {
            both = Box::pin(both) => both,
            () = self.ctrl_c.wanted() => return Err(CommandError::interrupted()),
        };
        let said = match said {
            Ok(said) => said,
            Err(ReportedExit(exit)) => return Ok(exit),
        };
        let token = RunToken::new(fastrand::u64(..));
        let stale = stale_tokens(&plan.destination.bucket, self.request.receipt_dir.as_deref());
        let tokens = Tokens { own: &token, stale: &stale, created };
        let marks = RunMarks { token: token.clone(), endpoint: self.aws.endpoint(), created, buckets, former };
        let record = Record::begin(plan, self.request, marks)
            .map_err(|error| CommandError::failed(format!("nothing changed: {error}")).hinted(error.hint()))?;
        let run = RunSummary { plan, request: self.request, run: record.as_ref().map(Record::run), preflight: &said };
        let (record, known) = (record.as_ref(), plan.findings.as_slice());
        let start = Start { observed, tokens, record, known, rounds_left: ROUNDS - 1 };
        let mut ended = match self.round(approved, start, &run, lock).await {
            Ok(ended) => ended,
            Err(ReportedExit(exit)) => return Ok(exit),
        };
        for rounds_left in (0..ROUNDS - 1).rev() {
            let Some(next) = self.to_reapply(&ended) else { break };
            let (observed, plan) = *next;
            // The user approved replacing the former values, not the current ones.
            if plan.steps.iter().any(|planned| planned.change == StepKind::Replaces) {
                break;
            }
            let Ok(approved) = plan.approve(&self.request.consent) else { break };
            if let Some(Err(error)) = record.map(|record| record.replan(&plan)) {
                self.reporter.remark(&format!("overwritten settings are not reapplied: {error}"));
                break;
            }
            self.reporter.say(InitEvent::Replanned(&plan));
            let run = RunSummary { plan: &plan, ..run.clone() };
            let tokens = Tokens { created: created_at(&observed), ..tokens };
            let start = Start { observed: &observed, tokens, rounds_left, ..start };
            ended = match self.round(&approved, start, &run, None).await {
                Ok(ended) => ended,
                Err(ReportedExit(exit)) => return Ok(exit),
            };
        }
        Ok(self.report(&run, &ended, record))
    }

    /// Returns the plan to apply after a concurrent change, so that both changes are kept.
    fn to_reapply(self, ended: &RoundEnd) -> Option<Box<(Observed, Plan)>> {
        if self.ctrl_c.is_wanted() {
            return None;
        }
        match ended {
            RoundEnd::Overwritten(next) => Some(next.clone()),
            RoundEnd::Whole(round) => match &round.settled {
                Verification::Overwritten(next) => Some(next.clone()),
                Verification::Blocked { .. }
                | Verification::Reverted(_)
                | Verification::Stable
                | Verification::Unverified(_) => None,
            },
        }
    }

    /// Reports the result and returns the exit code.
    fn report(self, run: &RunSummary<'_>, ended: &RoundEnd, record: Option<&Record>) -> Exit {
        let lost = record.filter(|record| record.is_lost());
        if lost.is_some() {
            self.reporter.say(InitEvent::ReceiptLost);
        }
        let run = &RunSummary { run: run.run.clone().filter(|_| lost.is_none()), ..run.clone() };
        let round = match ended {
            RoundEnd::Whole(round) => round,
            RoundEnd::Overwritten(next) => {
                let steps: Vec<_> = next.1.steps.iter().map(|planned| &planned.step).collect();
                let exit = Exit::PartWay;
                self.reporter.say(InitEvent::Overwritten { run, steps: &steps, exit });
                return exit;
            }
        };
        let Round { applied, delivery, settled } = &**round;
        let exit = match (settled, delivery) {
            _ if self.ctrl_c.is_wanted() => Exit::Interrupted,
            (Verification::Blocked { .. } | Verification::Reverted(_) | Verification::Overwritten(_), _) => {
                Exit::PartWay
            }
            _ if lost.is_some() => Exit::PartWay,
            (_, Delivery::Failed(_)) => Exit::NotProven,
            (_, Delivery::Permitted { .. } | Delivery::Proven(_) | Delivery::Verified { .. }) => Exit::Done,
        };
        self.reporter.say(InitEvent::Done { run, test: &applied.test, delivery, settled, exit });
        exit
    }

    /// Applies one plan and checks that its changes last.
    async fn round(
        self,
        approved: &ApprovedPlan<'_>,
        start: Start<'_>,
        run: &RunSummary<'_>,
        lock: Option<Lock>,
    ) -> Result<RoundEnd, ReportedExit> {
        let Self { aws, request, ctrl_c, reporter } = self;
        let Start { observed, tokens, record, known: _, rounds_left } = start;
        let plan = approved.plan();
        let progress = reporter.progress(plan);
        let watch = |event: PlanEvent<'_>| progress.event(&event);
        let note = |note: Note<'_>| record.map_or(Ok(()), |record| record.notes(plan, note));
        let terms = ApplyOptions { wait: request.wait, interruption: ctrl_c, tokens };
        let applied = tokio::select! {
            applied = apply(aws, approved, terms, &watch, &note) => applied,
            never = acknowledged(ctrl_c, reporter) => match never {},
            () = ctrl_c.insisted() => {
                reporter.say(InitEvent::Abandoned(&progress.under_way()));
                reporter.say(InitEvent::Left(run));
                return Err(ReportedExit(Exit::Interrupted));
            }
        };
        let kept = match &applied {
            Ok(_) => record.map_or(Ok(()), |record| record.is_done(plan)),
            Err(stopped) => record.map_or(Ok(()), |record| record.is_stopped(plan, stopped)),
        };
        // If the receipt can't be updated, `undo` can still tell from the settings which steps were done.
        if let Err(error) = kept {
            reporter.say(InitEvent::ReceiptOutdated(&error));
        }
        drop(lock);
        let applied = match applied {
            Ok(applied) => applied,
            Err(stopped) => {
                if rounds_left > 0
                    && is_overwritten(&stopped.why)
                    && let Ok(now) = Box::pin(aws.observe_again(request, plan, &self.with_own_keys(observed))).await
                {
                    let next = crate::plan::plan(request, &now);
                    return Ok(RoundEnd::Overwritten(Box::new((now, next))));
                }
                let exit = exit_of(&stopped);
                let situation = aws.destination.situation().within(&plan.destination.owner, &plan.destination.region);
                let hint = match &stopped.why {
                    RunStopReason::Write(WriteError::PolicyLost { .. }) if run.run.is_some() => POLICY_LOST.to_owned(),
                    why @ (RunStopReason::Interrupted
                    | RunStopReason::Receipt(_)
                    | RunStopReason::Test(_)
                    | RunStopReason::Write(_)) => hint_of(why, (plan, request.kind.producer()), &situation),
                };
                // If the first round failed before any change, there is nothing to undo.
                let changed_nothing = exit == Exit::Failed && rounds_left == ROUNDS - 1;
                let is_lost = record.is_some_and(Record::is_lost);
                if is_lost && !changed_nothing {
                    reporter.say(InitEvent::ReceiptLost);
                }
                let run = if changed_nothing || is_lost { &RunSummary { run: None, ..run.clone() } } else { run };
                reporter.say(InitEvent::Stopped { run, stopped: &stopped, hint: &hint, exit });
                return Err(ReportedExit(exit));
            }
        };
        let (delivery, settled) = self.prove(plan, start, &applied, &progress).await;
        Ok(RoundEnd::Whole(Box::new(Round { applied, delivery, settled })))
    }

    /// Adds the keys that this run has created since `observed` was read.
    fn with_own_keys(self, observed: &Observed) -> Observed {
        Observed { own_keys: own_keys(self.request), ..observed.clone() }
    }

    /// Looks for the log service's own object and checks that the changes last, both at the same time.
    async fn prove(
        self,
        plan: &Plan,
        Start { observed, tokens, known, .. }: Start<'_>,
        applied: &AppliedPlan,
        progress: &Progress,
    ) -> (Delivery, Verification) {
        let Self { aws, request, ctrl_c, .. } = self;
        progress.searches();
        let expected = plan.expected_of_producer.resolved(applied.key.as_ref());
        let attached = attached_at(&plan.attachments, observed, request.receipt_dir.as_deref());
        let search = EvidenceSearch { plan, test: &applied.test, expected: &expected, attached, wait: request.wait };
        let gathered = Box::pin(gather(aws, ctrl_c, search));
        let token = plan.steps.iter().any(|planned| matches!(planned.step, Step::CreateBucket { .. }));
        let mark = BucketMark { created: applied.created, token: token.then_some(tokens.own) };
        let before = &self.with_own_keys(observed);
        let settled = Box::pin(verify(aws, ctrl_c, FinishedRun { request, plan, before, known, mark }));
        let (gathered, settled) = tokio::select! {
            both = async { tokio::join!(gathered, settled) } => both,
            // Both futures only read, so they can be dropped.
            () = ctrl_c.wanted() => (Ok(Delivery::interrupted()), Verification::interrupted()),
        };
        let delivery = gathered.unwrap_or_else(|error| {
            Delivery::not_seen(format!("could not look for the log service's own object: {error}"))
        });
        // A blocker stops the log, or may stop it.
        let delivery = match (delivery, settled.blockers()) {
            (Delivery::Permitted { .. }, blockers @ [_, ..]) => {
                Delivery::Failed(blockers.iter().map(cause_text).collect::<Vec<_>>().join("; "))
            }
            (delivery, _) => delivery,
        };
        progress.searched(&delivery);
        (delivery, settled)
    }
}

/// Returns the creation time of the destination as S3 reports it, if it exists.
fn created_at(observed: &Observed) -> Option<Moment> {
    observed.destination.bucket().and_then(|bucket| bucket.created)
}

/// Reports Ctrl-C while the current step finishes; never returns.
async fn acknowledged(ctrl_c: &Interruption, reporter: Reporter) -> Infallible {
    ctrl_c.wanted().await;
    reporter.say(InitEvent::Stopping);
    std::future::pending().await
}

/// Returns the exit code. A write whose response was lost may have been applied. A plan that is out of date must be
/// made again.
fn exit_of(stopped: &StoppedPlan<'_>) -> Exit {
    let lost = matches!(&stopped.why, RunStopReason::Write(error) if error.may_have_been_done());
    match &stopped.why {
        RunStopReason::Interrupted => Exit::Interrupted,
        RunStopReason::Write(
            WriteError::Appeared { .. }
            | WriteError::Moved { .. }
            | WriteError::Overwritten { .. }
            | WriteError::PolicyLost { .. },
        ) => Exit::PartWay,
        RunStopReason::Receipt(_) | RunStopReason::Test(_) | RunStopReason::Write(_)
            if stopped.done.is_empty() && !lost && !stopped.test_object_stays =>
        {
            Exit::Failed
        }
        RunStopReason::Receipt(_) | RunStopReason::Test(_) | RunStopReason::Write(_) => Exit::PartWay,
    }
}

/// Explains what may block a service that the readable policies allow.
fn unexplained((plan, producer): (&Plan, Producer)) -> String {
    let (principal, bucket) = (producer.facts().principal, &plan.destination.bucket);
    let describe = |found: &Finding| {
        let what = sentences(found).what;
        match found.offer() {
            Some(name) => format!("{what} (`--exempt {name}` with `--fix` exempts the service)"),
            None => what,
        }
    };
    let doubts: Vec<String> = plan.findings.iter().filter(|found| found.is_doubt()).map(describe).collect();
    if !doubts.is_empty() {
        return format!("possible cause, which the plan could not verify: {}", doubts.join("; "));
    }
    format!(
        "the bucket policy allows `{principal}`, so a policy that logbucket can't read might block it: ask your organization's \
         administrators whether a resource control policy (RCP) denies this service `s3:PutObject` on `{bucket}`; RCPs also apply to \
         services (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html). The \
         organization's other policies and settings, such as SCPs, were not checked either"
    )
}

fn is_overwritten(why: &RunStopReason) -> bool {
    matches!(why, RunStopReason::Write(error) if matches!(error.last(), WriteError::Overwritten { .. }))
}

/// Returns the error's own hint, then the advice to run the same command again. The command continues where this run
/// stopped.
fn hint_of(why: &RunStopReason, of: (&Plan, Producer), situation: &Situation) -> String {
    let own = match why {
        RunStopReason::Write(error) if error.is_refused_access() => Some(unexplained(of)),
        // The same command would try to create a bucket with the same name.
        RunStopReason::Write(error) if why.is_of_a_taken_name() => return error.hint(situation).unwrap_or_default(),
        RunStopReason::Write(error) => error.hint(situation),
        RunStopReason::Test(_) => Some("resolve the error from S3".to_owned()),
        RunStopReason::Receipt(error) => Some(error.hint().to_owned()),
        RunStopReason::Interrupted => None,
    };
    let again = "run the same command again; it continues where this one stopped";
    own.map_or_else(|| again.to_owned(), |own| format!("{own}; then {again}"))
}
