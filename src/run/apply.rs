//! Carrying out a plan: the loop, and nothing decided in it.
//!
//! Steps run one after another, since S3 refuses parallel changes of one bucket; the attachments of many sources, which are
//! of different resources, run a few at a time.

use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};

use crate::aws::{Aws, AwsError, BucketMark, OnBehalf, TestLeft, Tries, WriteError, Written};
use crate::model::{KeyArn, Moment, RunToken};
use crate::plan::{Approved, Overwrite, Plan, PlannedStep, Step};
use crate::poll::{Interruption, Look, Pauses, Polled, Waiting, poll};
use crate::run::proof::{self, TestVerdict};
use crate::run::retry::{self, SETTLING};
use crate::state::TestObject;
use crate::undo::receipts::ReceiptError;

/// Attachments under way at once: `ModifyLoadBalancerAttributes` refills at 3 a second
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html>).
const AT_ONCE: usize = 3;

/// How long a refused attachment is tried again after the destination was changed: 30 seconds were seen to be too few and 60
/// to be enough (<https://github.com/hashicorp/terraform-provider-aws/issues/12010>); three minutes leave room.
const SPREADING: Duration = Duration::from_mins(3);

/// The pauses between two tries of the test object.
const TEST_PAUSES: Pauses = Pauses::every(Duration::from_secs(2));

/// What happened, for whoever watches.
#[derive(Clone, Debug)]
pub enum Event<'a> {
    /// Something begins.
    Begins(Task<'a>),
    /// It ended.
    Ends(Task<'a>, Ending),
    /// It is refused for now, and is tried again.
    Waits {
        /// What waits.
        task: Task<'a>,
        /// Why, in AWS's words.
        why: String,
        /// Since when, and how long at most.
        waiting: Waiting,
    },
}

/// What is done at a time.
#[derive(Clone, Copy, Debug)]
pub enum Task<'a> {
    /// A step.
    Step(&'a Step),
    /// The test object is written, read back and removed.
    Test,
}

/// How something ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ending {
    /// As it should.
    Done,
    /// Badly.
    Failed,
    /// Without an answer.
    Open,
}

/// What was carried out.
#[derive(Debug)]
pub struct Applied {
    /// The test object's verdict.
    pub test: TestVerdict,
    /// The key that the plan made, where it made one.
    pub key: Option<KeyArn>,
    /// When S3 says that the bucket was created that the plan made, or was made for.
    pub created: Option<Moment>,
}

/// The tokens that test objects are named by, and what else distinguishes the destination from another bucket of its name.
#[derive(Clone, Copy, Debug)]
pub struct Tokens<'a> {
    /// That of the run.
    pub own: &'a RunToken,
    /// Those of earlier runs of this user on the bucket, which may have left their test objects.
    pub stale: &'a [RunToken],
    /// When S3 says that the destination was created, where it exists.
    pub created: Option<Moment>,
}

/// A plan that stopped part way.
#[derive(Debug)]
pub struct Stopped<'a> {
    /// What was done.
    pub done: Vec<&'a Step>,
    /// The steps that failed, several where attachments ran together; none where the test object stopped the run.
    pub failed: Vec<&'a Step>,
    /// Of those, what AWS may have done all the same.
    pub unsure: Vec<&'a Step>,
    /// What was not tried.
    pub left: Vec<&'a Step>,
    /// Why; the first failure where there are several.
    pub why: StopReason,
}

/// Why a plan stopped.
#[derive(Debug, thiserror::Error)]
pub enum StopReason {
    /// A write failed.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The test object showed that nothing could be delivered.
    #[error("the bucket does not take objects as it should: {0}")]
    Test(String),
    /// What was made could not be noted down for a later undo.
    #[error("{0}; nothing that is not in it is changed any more")]
    Receipt(#[from] ReceiptError),
    /// The user interrupted the run.
    #[error("interrupted")]
    Interrupted,
}

impl StopReason {
    /// Whether the name of the bucket belongs to another account.
    pub fn is_of_a_taken_name(&self) -> bool {
        matches!(self, Self::Write(WriteError::Aws(error)) if error.is_taken_name())
    }
}

/// Carries out an approved plan. `wait` bounds, in seconds, how long a change is given to propagate; `watch` hears of each
/// step, `note` of the key and the bucket that it creates, before anything else is done.
pub async fn apply<'a>(
    aws: &Aws,
    approved: &Approved<'a>,
    wait: Option<u64>,
    interruption: &Interruption,
    watch: &impl Fn(Event<'_>),
    note: &impl Fn(&Written) -> Result<(), ReceiptError>,
    tokens: Tokens<'_>,
) -> Result<Applied, Stopped<'a>> {
    let plan = approved.plan();
    let work = Work {
        aws,
        plan,
        token: tokens.own,
        spreading: wait.map_or(SPREADING, Duration::from_secs).min(SPREADING),
        interruption,
        watch,
    };
    let (attachments, changes): (Vec<&PlannedStep>, Vec<&PlannedStep>) =
        plan.steps.iter().partition(|step| step.step.attaches());
    let mut done = Vec::new();
    let (mut key, mut created) = (None, tokens.created);
    let looks = work.looks_before(&changes);
    for (at, step) in changes.iter().enumerate() {
        if interruption.is_wanted() {
            return Err(stopped(plan, done, Failures::default(), StopReason::Interrupted));
        }
        if looks.contains(&Some(at))
            && let Err(error) = work.is_same_bucket(created).await
        {
            return Err(stopped(plan, done, Failures::default(), error.into()));
        }
        match work.told(&step.step, key.as_ref()).await {
            Ok(written) => {
                done.push(&step.step);
                if let Err(error) = note(&written) {
                    return Err(stopped(plan, done, Failures::default(), error.into()));
                }
                match written {
                    Written::Key(arn) => key = Some(arn),
                    Written::Bucket(made) => created = made,
                    Written::Nothing => {}
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
        return Err(stopped(plan, done, Failures::default(), StopReason::Interrupted));
    }
    watch(Event::Begins(Task::Test));
    if let Ok(stem) = &plan.test_object {
        for token in tokens.stale {
            aws.remove_stale_test_object(&plan.place, stem, token).await;
        }
    }
    let (test, left) = work.test(key.as_ref(), !changes.is_empty()).await;
    if let Err(error) = work.is_same_bucket(created).await {
        work.remove(left, test).await;
        return Err(stopped(plan, done, Failures::default(), error.into()));
    }
    if let TestVerdict::Wrong(cause) = &test {
        work.remove(left, test.clone()).await;
        // A verdict that would have been tried again is none when the user broke the wait off.
        let why = if interruption.is_wanted() { StopReason::Interrupted } else { StopReason::Test(cause.clone()) };
        return Err(stopped(plan, done, Failures::default(), why));
    }
    // The test object has said what it knows: that it goes away holds nobody up.
    let (test, attached) = tokio::join!(work.remove(left, test), work.attach(&attachments, key.as_ref()));
    done.extend(attached.done);
    match attached.stopped {
        Some((failures, why)) => Err(stopped(plan, done, failures, why)),
        None => Ok(Applied { test, key, created }),
    }
}

/// Attachments that were carried out, and what stopped the rest.
struct Attached<'a> {
    done: Vec<&'a Step>,
    stopped: Option<(Failures<'a>, StopReason)>,
}

/// The steps that failed, and which of them AWS may have done all the same.
#[derive(Default)]
struct Failures<'a> {
    failed: Vec<&'a Step>,
    unsure: Vec<&'a Step>,
}

impl<'a> Failures<'a> {
    fn add(&mut self, step: &'a Step, error: &WriteError) {
        self.failed.push(step);
        if error.may_have_been_done() {
            self.unsure.push(step);
        }
    }
}

/// A refusal that would have been tried again is no failure of its own when the user broke the wait off.
fn reason(interruption: &Interruption, error: WriteError) -> StopReason {
    if interruption.is_wanted() { StopReason::Interrupted } else { error.into() }
}

fn stopped<'a>(plan: &'a Plan, done: Vec<&'a Step>, failures: Failures<'a>, why: StopReason) -> Stopped<'a> {
    let Failures { failed, unsure } = failures;
    let left = plan.steps.iter().map(|step| &step.step);
    let left = left.filter(|step| !failed.contains(step) && !done.contains(step)).collect();
    Stopped { done, failed, unsure, left, why }
}

/// What every step of a run is carried out with.
struct Work<'r, 'a, W> {
    aws: &'r Aws,
    plan: &'a Plan,
    token: &'r RunToken,
    spreading: Duration,
    interruption: &'r Interruption,
    watch: &'r W,
}

impl<'a, W: Fn(Event<'_>)> Work<'_, 'a, W> {
    /// The attachments, a few at a time.
    async fn attach(&self, attachments: &[&'a PlannedStep], key: Option<&KeyArn>) -> Attached<'a> {
        let mut attached = Attached { done: Vec::new(), stopped: None };
        for several in attachments.chunks(AT_ONCE) {
            if self.interruption.is_wanted() {
                attached.stopped = Some((Failures::default(), StopReason::Interrupted));
                break;
            }
            let (mut failures, mut first) = (Failures::default(), None);
            for (step, outcome) in self.together(several, key).await {
                match outcome {
                    Ok(_) => attached.done.push(step),
                    Err(error) => {
                        failures.add(step, &error);
                        first.get_or_insert(error);
                    }
                }
            }
            if let Some(error) = first {
                attached.stopped = Some((failures, reason(self.interruption, error)));
                break;
            }
        }
        attached
    }

    async fn together(
        &self,
        several: &[&'a PlannedStep],
        key: Option<&KeyArn>,
    ) -> Vec<(&'a Step, Result<Written, WriteError>)> {
        let writes = several.iter().map(|planned| async move {
            let step = &planned.step;
            (step, self.told(step, key).await)
        });
        let writes: Vec<_> = writes.collect();
        stream::iter(writes).buffered(AT_ONCE).collect().await
    }

    /// A write, with its beginning and its end told.
    async fn told(&self, step: &Step, key: Option<&KeyArn>) -> Result<Written, WriteError> {
        (self.watch)(Event::Begins(Task::Step(step)));
        let outcome = self.patiently(step, key).await;
        let ending = if outcome.is_ok() { Ending::Done } else { Ending::Failed };
        (self.watch)(Event::Ends(Task::Step(step), ending));
        outcome
    }

    /// A write, tried again while AWS says that something has not spread yet.
    async fn patiently(&self, step: &Step, key: Option<&KeyArn>) -> Result<Written, WriteError> {
        let place = &self.plan.place;
        let worth = |error: &WriteError| match error {
            WriteError::Aws(error) => self.patience(step, error),
            WriteError::Appeared { .. }
            | WriteError::Moved { .. }
            | WriteError::NoKeyYet
            | WriteError::Open { .. }
            | WriteError::Overwritten { .. }
            | WriteError::Unseen(_) => Duration::ZERO,
        };
        let waits = |error: &WriteError, waiting| {
            (self.watch)(Event::Waits { task: Task::Step(step), why: error.to_string(), waiting });
        };
        let tries = Tries::new(self.interruption);
        let creates = self.creates_the_bucket().then_some(&place.bucket);
        let on = OnBehalf { owner: &place.owner, region: &place.region, created: key, creates, token: self.token };
        let attempt = async || match self.aws.write(step, on, &tries).await {
            // A refusal that time alone does not lift: another run may have written at the same moment.
            Err(WriteError::Aws(error)) if Self::is_spreading(step, &error) => {
                self.is_as_written(key).await?;
                Err(error.into())
            }
            outcome => outcome,
        };
        tries.ended(retry::retried(self.interruption, attempt, worth, waits).await)
    }

    /// Fails where somebody else wrote over what this run has written; what can't be read now is not known to be.
    async fn is_as_written(&self, key: Option<&KeyArn>) -> Result<(), WriteError> {
        let place = &self.plan.place;
        let changes = self.plan.steps.iter().filter(|planned| !planned.step.attaches());
        for Overwrite { slot, before, after } in changes.filter_map(|planned| planned.step.overwrites(key)) {
            let (Some(before), Some(after)) = (before, after) else { continue };
            let Ok(Ok(now)) = self.aws.setting(&slot, &place.owner, &place.region).await else { continue };
            if !now.is(&after) && !now.is(&before) {
                return Err(WriteError::Overwritten { what: slot.title(), values: Box::new((after, now)) });
            }
        }
        Ok(())
    }

    /// Whether a refusal of an attachment may be that of a change that has not spread yet: of this run, of one that it resumes, or
    /// of somebody who has just fixed the policy.
    fn is_spreading(step: &Step, error: &AwsError) -> bool {
        step.attaches() && error.is_refused_access()
    }

    /// How long a refusal of a step may be taken for one that passes.
    fn patience(&self, step: &Step, error: &AwsError) -> Duration {
        if Self::is_spreading(step, error) {
            return self.spreading;
        }
        let unseen =
            self.creates_the_bucket() && (error.is("NoSuchBucket") || error.is("InvalidTargetBucketForLogging"));
        if retry::is_passing(error) || unseen { SETTLING } else { Duration::ZERO }
    }

    fn creates_the_bucket(&self) -> bool {
        self.plan.steps.iter().any(|step| matches!(step.step, Step::CreateBucket { .. }))
    }

    /// The changes before which the destination is looked at, since somebody may have deleted it and created it anew: the first of one
    /// that exists; of a new one those that encrypt it with a key and that logs and others come to depend on.
    fn looks_before(&self, changes: &[&PlannedStep]) -> [Option<usize>; 2] {
        let first = |is: fn(&Step) -> bool| changes.iter().position(|planned| is(&planned.step));
        if !self.creates_the_bucket() {
            return [first(|_| true), None];
        }
        let encrypts = |step: &Step| matches!(step, Step::PutBucketEncryption { key: Some(_), .. });
        let opens = |step: &Step| matches!(step, Step::PutBucketPolicy { .. } | Step::PutExpiration { .. });
        [first(encrypts), first(opens)]
    }

    /// Fails where the name belongs to another bucket by now than to the one that was planned for, or that this run created.
    async fn is_same_bucket(&self, created: Option<Moment>) -> Result<(), WriteError> {
        let token = self.creates_the_bucket().then_some(self.token);
        self.aws.is_same_bucket(&self.plan.place, BucketMark { created, token }).await
    }

    /// Writes the test object, and judges it; a setting that was just changed gets some time to spread. What is left of it is
    /// to be removed.
    async fn test(&self, key: Option<&KeyArn>, changed: bool) -> (TestVerdict, Option<TestLeft>) {
        let expected = self.plan.expected_key.resolved(key);
        let stem = match &self.plan.test_object {
            Ok(stem) => stem,
            Err(why) => return (TestVerdict::Unsaid(format!("not written: {why}")), None),
        };
        let at_most = if changed { SETTLING.min(self.spreading) } else { Duration::ZERO };
        let look = async || {
            let (written, left) = self.aws.test_object(&self.plan.place, stem, self.token).await;
            let unseen = self.creates_the_bucket() && written.as_ref().is_err_and(|error| error.is("NoSuchBucket"));
            let verdict = proof::judge_test(written, &expected);
            let why = match &verdict {
                TestVerdict::Wrong(why) => why.clone(),
                TestVerdict::Unsaid(why) if unseen => why.clone(),
                TestVerdict::Right(_) | TestVerdict::Unsaid(_) => return Look::Over((verdict, left)),
            };
            if let Some(left) = left {
                self.aws.remove_test_object(&self.plan.place, left).await;
            }
            Look::NotYet { seen: (verdict, why), at_most }
        };
        let waits = |(_, why): &(TestVerdict, String), waiting| {
            (self.watch)(Event::Waits { task: Task::Test, why: why.clone(), waiting });
        };
        match poll(self.interruption, TEST_PAUSES, look, waits).await {
            Polled::Over(judged) => judged,
            Polled::TimedOut((verdict, _)) | Polled::Interrupted((verdict, _)) => (verdict, None),
        }
    }

    /// Removes what is left of the test object, which ends the test; the verdict then says whether that worked.
    async fn remove(&self, left: Option<TestLeft>, verdict: TestVerdict) -> TestVerdict {
        let removed = match left {
            Some(left) => self.aws.remove_test_object(&self.plan.place, left).await,
            None => true,
        };
        let ending = match &verdict {
            TestVerdict::Right(_) => Ending::Done,
            TestVerdict::Unsaid(_) => Ending::Open,
            TestVerdict::Wrong(_) => Ending::Failed,
        };
        (self.watch)(Event::Ends(Task::Test, ending));
        match verdict {
            TestVerdict::Right(object) => TestVerdict::Right(TestObject { removed, ..object }),
            TestVerdict::Unsaid(_) | TestVerdict::Wrong(_) => verdict,
        }
    }
}
