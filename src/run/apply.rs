//! Carries out a plan and makes no decisions.
//!
//! Steps run one after another, since S3 refuses parallel changes to a bucket. Attachments change different resources,
//! so a few run at a time (`attach`).

use std::cell::Cell;
use std::time::Duration;

use crate::aws::{Aws, AwsError, BucketMark, CreatedResource, OnBehalf, TestLeft, Tries, WriteError};
use crate::model::{BucketName, KeyArn, Moment, RunToken, Seen};
use crate::plan::{ApprovedPlan, Overwrite, Plan, PlannedStep, Step};
use crate::poll::{Interruption, Pauses, PollEnd, PollResult, Waiting, poll};
use crate::run::delivery_verdict::{self, TestVerdict};
use crate::run::retry::{self, SETTLING};
use crate::state::TestObject;
use crate::undo::receipts::ReceiptError;

/// How long to retry a refused attachment after the destination was changed. In the field, 30 seconds were too few and
/// 60 were enough (<https://github.com/hashicorp/terraform-provider-aws/issues/12010>); three minutes leave room.
const PROPAGATION: Duration = Duration::from_mins(3);

/// The pause between two attempts with the test object.
const TEST_PAUSES: Pauses = Pauses::every(Duration::from_secs(2));

/// Progress of a plan.
#[derive(Clone, Debug)]
pub(crate) enum PlanEvent<'a> {
    Begins(Task<'a>),
    Ends(Task<'a>, Ending),
    /// During a step, AWS overwrote the policy of this bucket, and logbucket restored it.
    RestoredPolicy(&'a Step, &'a BucketName),
    /// A resource that a step deleted was created again, because the next step failed; or that failed, too.
    Recreated(&'a Step, &'a Result<(), WriteError>),
    /// The task was refused for now and will be retried.
    Waits {
        task: Task<'a>,
        /// AWS's reason.
        why: String,
        /// How long the task has waited, and the limit.
        waiting: Waiting,
    },
}

/// A unit of work.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Task<'a> {
    Step(&'a Step),
    /// Writing, reading and removing the test object.
    Test,
}

/// A change to record for a later undo before the run continues.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Note<'a> {
    /// These steps are about to be carried out. If a value is already present before this note, someone else set it.
    Begins {
        steps: &'a [&'a Step],
        /// The bucket policy that AWS may overwrite in these steps.
        policy: Option<&'a str>,
    },
    /// The resource that a step created.
    Wrote(&'a Step, &'a CreatedResource),
}

/// How a task ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Ending {
    Done,
    Failed,
    /// The result is unclear.
    Open,
}

/// The result of a plan.
#[derive(Debug)]
pub(crate) struct AppliedPlan {
    /// The verdict of the test object.
    pub test: TestVerdict,
    /// The key that the plan created.
    pub key: Option<KeyArn>,
    /// The destination's creation date according to S3.
    pub created: Option<Moment>,
}

/// The tokens in the names of test objects, and the creation date that distinguishes the destination from another
/// bucket with the same name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tokens<'a> {
    /// The token of this run.
    pub own: &'a RunToken,
    /// The tokens of this user's earlier runs on the bucket, which may have left test objects.
    pub stale: &'a [RunToken],
    /// The destination's creation date according to S3, if it exists.
    pub created: Option<Moment>,
}

/// A plan that stopped before its end.
#[derive(Debug)]
pub(crate) struct StoppedPlan<'a> {
    pub done: Vec<&'a Step>,
    /// The steps that failed: several if attachments ran in parallel, none if the test object stopped the run.
    pub failed: Vec<&'a Step>,
    /// The failed steps that AWS may have applied anyway.
    pub unsure: Vec<&'a Step>,
    /// The steps that were not tried.
    pub left: Vec<&'a Step>,
    /// Whether the bucket may still contain the test object.
    pub test_object_stays: bool,
    /// The reason: the first failure if several steps failed.
    pub why: RunStopReason,
}

/// Why a plan stopped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunStopReason {
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The test object showed that nothing could be delivered.
    #[error("the test object failed: {0}")]
    Test(String),
    /// A change could not be recorded in the receipt for a later undo.
    #[error("{0}; the run stopped, because undo could not restore further changes")]
    Receipt(#[from] ReceiptError),
    #[error("interrupted")]
    Interrupted,
}

impl RunStopReason {
    /// Returns whether the bucket's name belongs to another account.
    pub(crate) fn is_of_a_taken_name(&self) -> bool {
        matches!(self, Self::Write(WriteError::Aws(error)) if error.is_taken_name())
    }
}

/// The options for applying a plan.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ApplyOptions<'a> {
    /// The longest wait, in seconds, for changes to propagate.
    pub wait: Option<u64>,
    pub interruption: &'a Interruption,
    pub tokens: Tokens<'a>,
}

/// Carries out an approved plan. `watch` is called for each step. `note` is called before each step and for each
/// resource that a step creates; if `note` fails, the run stops.
pub(crate) async fn apply<'a>(
    aws: &Aws,
    approved: &ApprovedPlan<'a>,
    ApplyOptions { wait, interruption, tokens }: ApplyOptions<'_>,
    watch: &impl Fn(PlanEvent<'_>),
    note: &impl Fn(Note<'_>) -> Result<(), ReceiptError>,
) -> Result<AppliedPlan, StoppedPlan<'a>> {
    let plan = approved.plan();
    let work = Work {
        aws,
        plan,
        token: tokens.own,
        propagation: wait.map_or(PROPAGATION, Duration::from_secs).min(PROPAGATION),
        interruption,
        watch,
        test_object_stays: Cell::new(false),
    };
    let (attachments, changes): (Vec<&PlannedStep>, Vec<&PlannedStep>) =
        plan.steps.iter().partition(|step| step.step.attaches());
    let mut done = Vec::new();
    let (mut key, mut created) = (None, tokens.created);
    let looks = work.looks_before(&changes);
    for (at, step) in changes.iter().enumerate() {
        if interruption.is_wanted() {
            return Err(stopped(plan, done, Failures::default(), RunStopReason::Interrupted));
        }
        if looks.contains(&Some(at))
            && let Err(error) = work.is_same_bucket(created).await
        {
            return Err(stopped(plan, done, Failures::default(), error.into()));
        }
        if let Err(error) = note(Note::Begins { steps: &[&step.step], policy: None }) {
            return Err(stopped(plan, done, Failures::default(), error.into()));
        }
        match work.run_step(&step.step, key.as_ref()).await {
            Ok(written) => {
                done.push(&step.step);
                if let Err(error) = note(Note::Wrote(&step.step, &written)) {
                    return Err(stopped(plan, done, Failures::default(), error.into()));
                }
                match written {
                    CreatedResource::Key(arn) => key = Some(arn),
                    CreatedResource::Bucket(made) => created = made,
                    CreatedResource::Resource(_) | CreatedResource::Nothing => {}
                }
            }
            Err(error) => {
                let mut failures = Failures::default();
                failures.add(&step.step, &error);
                return Err(stopped(plan, done, failures, reason(interruption, error)));
            }
        }
    }
    if interruption.is_wanted() {
        return Err(stopped(plan, done, Failures::default(), RunStopReason::Interrupted));
    }
    watch(PlanEvent::Begins(Task::Test));
    if let Ok(stem) = &plan.test_object {
        for token in tokens.stale {
            aws.remove_stale_test_object(&plan.destination, stem, token).await;
        }
    }
    let (test, left) = work.test(key.as_ref(), !changes.is_empty()).await;
    if let Err(error) = work.is_same_bucket(created).await {
        work.remove(left, test).await;
        return Err(stopped(plan, done, Failures::default(), error.into()));
    }
    if let TestVerdict::Failed(cause) = &test {
        work.remove(left, test.clone()).await;
        // If the user interrupted the retries, the last verdict does not count.
        let why =
            if interruption.is_wanted() { RunStopReason::Interrupted } else { RunStopReason::Test(cause.clone()) };
        return Err(stopped(plan, done, Failures::default(), why));
    }
    // The test object is no longer needed, so remove it while the attachments run.
    let (test, attached) = tokio::join!(work.remove(left, test), work.attach(&attachments, key.as_ref(), note));
    done.extend(attached.done);
    let stopped = |failures, why| StoppedPlan {
        test_object_stays: work.test_object_stays.get(),
        ..stopped(plan, done, failures, why)
    };
    match attached.stopped {
        // The refusal may be about another bucket: someone may have deleted ours and reused its name.
        Some((failures, RunStopReason::Write(error))) => {
            let why = work.is_same_bucket(created).await.err().unwrap_or(error);
            Err(stopped(failures, why.into()))
        }
        Some((failures, why)) => Err(stopped(failures, why)),
        None => Ok(AppliedPlan { test, key, created }),
    }
}

/// The failed steps. AWS may have applied the steps in `unsure` anyway.
#[derive(Default)]
pub(super) struct Failures<'a> {
    failed: Vec<&'a Step>,
    unsure: Vec<&'a Step>,
}

impl<'a> Failures<'a> {
    pub(super) fn add(&mut self, step: &'a Step, error: &WriteError) {
        self.failed.push(step);
        if error.may_have_been_done() {
            self.unsure.push(step);
        }
    }
}

/// If the user interrupted the retries, the last refusal does not count as a failure.
pub(super) fn reason(interruption: &Interruption, error: WriteError) -> RunStopReason {
    let is_policy_lost = matches!(error, WriteError::PolicyLost { .. });
    if interruption.is_wanted() && !is_policy_lost { RunStopReason::Interrupted } else { error.into() }
}

fn stopped<'a>(plan: &'a Plan, done: Vec<&'a Step>, failures: Failures<'a>, why: RunStopReason) -> StoppedPlan<'a> {
    let Failures { failed, unsure } = failures;
    let left = plan.steps.iter().map(|step| &step.step);
    let left = left.filter(|step| !failed.contains(step) && !done.contains(step)).collect();
    StoppedPlan { done, failed, unsure, left, test_object_stays: false, why }
}

/// The values that all steps of a run share.
pub(super) struct Work<'r, 'a, W> {
    pub(super) aws: &'r Aws,
    pub(super) plan: &'a Plan,
    pub(super) token: &'r RunToken,
    propagation: Duration,
    pub(super) interruption: &'r Interruption,
    pub(super) watch: &'r W,
    /// Whether the bucket may still contain the test object.
    test_object_stays: Cell<bool>,
}

impl<W: Fn(PlanEvent<'_>)> Work<'_, '_, W> {
    /// Carries out a step and reports its start and end.
    pub(super) async fn run_step(&self, step: &Step, key: Option<&KeyArn>) -> Result<CreatedResource, WriteError> {
        (self.watch)(PlanEvent::Begins(Task::Step(step)));
        let outcome = self.run_with_retries(step, key).await;
        let ending = if outcome.is_ok() { Ending::Done } else { Ending::Failed };
        (self.watch)(PlanEvent::Ends(Task::Step(step), ending));
        outcome
    }

    /// Carries out a step, and retries while AWS may refuse it because a change has not propagated yet.
    async fn run_with_retries(&self, step: &Step, key: Option<&KeyArn>) -> Result<CreatedResource, WriteError> {
        let destination = &self.plan.destination;
        let worth = |error: &WriteError| match error {
            WriteError::Aws(error) => self.retry_time(step, error),
            WriteError::Appeared { .. }
            | WriteError::Moved { .. }
            | WriteError::NoKeyYet
            | WriteError::Open { .. }
            | WriteError::Overwritten { .. }
            | WriteError::PolicyLost { .. }
            | WriteError::Unseen(_) => Duration::ZERO,
        };
        let waits = |error: &WriteError, waiting| {
            (self.watch)(PlanEvent::Waits { task: Task::Step(step), why: error.to_string(), waiting });
        };
        let tries = Tries::new(self.interruption);
        let creates = self.creates_the_bucket().then_some(&destination.bucket);
        let on = OnBehalf {
            owner: &destination.owner,
            region: &destination.region,
            created: key,
            creates,
            token: self.token,
        };
        let attempt = async || match self.aws.write(step, on, &tries).await {
            // If time alone does not help, another run may have written at the same moment.
            Err(WriteError::Aws(error)) if Self::may_be_propagating(step, &error) => {
                self.is_as_written(key).await?;
                Err(error.into())
            }
            outcome => outcome,
        };
        let outcome = tries.ended(retry::retried(self.interruption, attempt, worth, waits).await);
        if let Some(bucket) = tries.restored_policy() {
            (self.watch)(PlanEvent::RestoredPolicy(step, &bucket));
        }
        outcome
    }

    /// Fails if someone else overwrote a value that this run wrote. A value that can't be read now is not a failure.
    async fn is_as_written(&self, key: Option<&KeyArn>) -> Result<(), WriteError> {
        let destination = &self.plan.destination;
        let changes = self.plan.steps.iter().filter(|planned| !planned.step.attaches());
        for Overwrite { before, after } in changes.filter_map(|planned| planned.step.overwrites(key)) {
            let Some(after) = after else { continue };
            let now = match self.aws.setting(&after.slot(), &destination.owner, &destination.region).await {
                Ok(Seen::Present(now)) if now.is(&after) || now.is(&before) => continue,
                Ok(Seen::Present(now)) => Some(now),
                Ok(Seen::Absent) => None,
                Ok(Seen::Denied(_)) | Err(_) => continue,
            };
            return Err(WriteError::overwritten(&after, now));
        }
        Ok(())
    }

    /// Returns whether AWS may have refused an attachment because a change has not propagated yet. The change may come
    /// from this run, from an earlier run that this run resumes, or from someone who has just fixed the policy.
    fn may_be_propagating(step: &Step, error: &AwsError) -> bool {
        step.attaches() && error.is_refused_access()
    }

    /// Returns how long to retry a step after this refusal.
    fn retry_time(&self, step: &Step, error: &AwsError) -> Duration {
        if Self::may_be_propagating(step, error) {
            return self.propagation;
        }
        let unseen =
            self.creates_the_bucket() && (error.is("NoSuchBucket") || error.is("InvalidTargetBucketForLogging"));
        if retry::is_passing(error) || unseen { SETTLING } else { Duration::ZERO }
    }

    fn creates_the_bucket(&self) -> bool {
        self.plan.steps.iter().any(|step| matches!(step.step, Step::CreateBucket { .. }))
    }

    /// Returns the changes before which the destination is checked. The check is needed because someone may have
    /// deleted the bucket and created it again. For an existing bucket, this is the first change. For a new bucket,
    /// there are two: the first change that encrypts the bucket with a key, and the first change of its policy or
    /// lifecycle rules.
    fn looks_before(&self, changes: &[&PlannedStep]) -> [Option<usize>; 2] {
        let first = |is: fn(&Step) -> bool| changes.iter().position(|planned| is(&planned.step));
        if !self.creates_the_bucket() {
            return [first(|_| true), None];
        }
        let encrypts = |step: &Step| matches!(step, Step::PutBucketEncryption { key: Some(_), .. });
        let opens = |step: &Step| matches!(step, Step::PutBucketPolicy { .. } | Step::PutExpiration { .. });
        [first(encrypts), first(opens)]
    }

    /// Fails if the name no longer belongs to the bucket that the plan was made for or that this run created.
    async fn is_same_bucket(&self, created: Option<Moment>) -> Result<(), WriteError> {
        let token = self.creates_the_bucket().then_some(self.token);
        self.aws.is_same_bucket(&self.plan.destination, BucketMark { created, token }).await
    }

    /// Writes the test object and evaluates it, with some time for a new setting to propagate. Also returns the test
    /// object if it must be removed.
    async fn test(&self, key: Option<&KeyArn>, changed: bool) -> (TestVerdict, Option<TestLeft>) {
        let expected = self.plan.expected_key.resolved(key);
        let stem = match &self.plan.test_object {
            Ok(stem) => stem,
            Err(why) => return (TestVerdict::Inconclusive(format!("not written: {why}")), None),
        };
        let at_most = if changed { SETTLING.min(self.propagation) } else { Duration::ZERO };
        let look = async || {
            let (written, left) = self.aws.test_object(&self.plan.destination, stem, self.token).await;
            let unseen = self.creates_the_bucket() && written.as_ref().is_err_and(|error| error.is("NoSuchBucket"));
            let is_unclear = written.as_ref().is_err_and(AwsError::may_have_been_done);
            self.test_object_stays.set(is_unclear && left.is_none());
            let verdict = delivery_verdict::judge_test(written, &expected);
            let why = match &verdict {
                TestVerdict::Failed(why) => why.clone(),
                TestVerdict::Inconclusive(why) if unseen => why.clone(),
                TestVerdict::Passed(_) | TestVerdict::Inconclusive(_) => return PollResult::Over((verdict, left)),
            };
            if let Some(left) = left {
                self.aws.remove_test_object(&self.plan.destination, left).await;
            }
            PollResult::NotYet { seen: (verdict, why), at_most }
        };
        let waits = |(_, why): &(TestVerdict, String), waiting| {
            (self.watch)(PlanEvent::Waits { task: Task::Test, why: why.clone(), waiting });
        };
        match poll(self.interruption, TEST_PAUSES, look, waits).await {
            PollEnd::Over(judged) => judged,
            PollEnd::TimedOut((verdict, _)) | PollEnd::Interrupted((verdict, _)) => (verdict, None),
        }
    }

    /// Removes the test object and records the outcome in the verdict.
    async fn remove(&self, left: Option<TestLeft>, verdict: TestVerdict) -> TestVerdict {
        let removed = match left {
            Some(left) => self.aws.remove_test_object(&self.plan.destination, left).await,
            None => true,
        };
        self.test_object_stays.set(self.test_object_stays.get() || !removed);
        let ending = match &verdict {
            TestVerdict::Passed(_) => Ending::Done,
            TestVerdict::Inconclusive(_) => Ending::Open,
            TestVerdict::Failed(_) => Ending::Failed,
        };
        (self.watch)(PlanEvent::Ends(Task::Test, ending));
        match verdict {
            TestVerdict::Passed(object) => TestVerdict::Passed(TestObject { removed, ..object }),
            TestVerdict::Inconclusive(_) | TestVerdict::Failed(_) => verdict,
        }
    }
}
