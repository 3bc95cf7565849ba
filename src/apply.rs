//! Carrying out a plan: the loop, and nothing decided in it.
//!
//! Steps run one after another, since S3 refuses parallel changes of one bucket; the attachments of many sources, which are
//! of different resources, run a few at a time.

use std::time::{Duration, Instant};

use futures_util::stream::{self, StreamExt as _};

use crate::aws::{Aws, AwsError, TestObject, WriteError, Written};
use crate::model::KeyArn;
use crate::plan::{Approved, ExpectedKey, Plan, PlannedStep, Step};
use crate::proof::{self, TestVerdict};

/// Attachments under way at once: `ModifyLoadBalancerAttributes` refills at 3 a second
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html>).
const AT_ONCE: usize = 3;

/// How long a refused attachment is tried again after the destination was changed: 30 seconds were seen to be too few and 60
/// to be enough (<https://github.com/hashicorp/terraform-provider-aws/issues/12010>); three minutes leave room.
const SPREADING: Duration = Duration::from_mins(3);

/// How long other writes wait out a bucket that has not spread yet, or a conflicting operation.
const SETTLING: Duration = Duration::from_secs(30);

/// What happened, for whoever watches.
#[derive(Clone, Debug)]
pub enum Event<'a> {
    /// A step begins.
    Begins(&'a Step),
    /// A step is done.
    Done(&'a Step),
    /// A write is refused for now, and is tried again.
    Waits {
        /// Why, in AWS's words.
        why: String,
        /// Since its first try.
        waited: Duration,
        /// At most so long.
        at_most: Duration,
    },
    /// The test object is written.
    Tests,
}

/// What was carried out.
#[derive(Debug)]
pub struct Applied {
    /// The test object's verdict.
    pub test: TestVerdict,
    /// The key that the plan made, where it made one.
    pub key: Option<KeyArn>,
}

/// A plan that stopped part way.
#[derive(Debug)]
pub struct Stopped<'a> {
    /// What was done.
    pub done: Vec<&'a Step>,
    /// The step that failed, or nothing where the test object stopped the run.
    pub failed: Option<&'a Step>,
    /// What was not tried.
    pub left: Vec<&'a Step>,
    /// Why.
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
    /// The user interrupted the run.
    #[error("interrupted")]
    Interrupted,
}

/// Whether the user wants the run to stop; asked between steps, so that a step in flight is finished.
pub trait Interruption {
    /// Whether to stop now.
    fn is_wanted(&self) -> bool;
}

/// Carries out an approved plan; `watch` is told of each step.
pub async fn apply<'a>(
    aws: &Aws,
    approved: &Approved<'a>,
    interruption: &impl Interruption,
    watch: &mut impl FnMut(Event<'_>),
) -> Result<Applied, Stopped<'a>> {
    let plan = approved.plan();
    let (attachments, changes): (Vec<&PlannedStep>, Vec<&PlannedStep>) =
        plan.steps.iter().partition(|step| step.step.attaches());
    let mut run = Run { plan, done: Vec::new(), key: None };
    for step in &changes {
        if interruption.is_wanted() {
            return Err(run.stopped(None, StopReason::Interrupted));
        }
        watch(Event::Begins(&step.step));
        match patiently(aws, plan, &step.step, run.key.as_ref(), watch).await {
            Ok(Written::Key(arn)) => run.key = Some(arn),
            Ok(Written::Nothing) => {}
            Err(error) => return Err(run.stopped(Some(&step.step), error.into())),
        }
        watch(Event::Done(&step.step));
        run.done.push(&step.step);
    }
    watch(Event::Tests);
    let test = test(aws, plan, run.key.as_ref(), !changes.is_empty()).await;
    if let TestVerdict::Wrong(cause) = &test {
        return Err(run.stopped(None, StopReason::Test(cause.clone())));
    }
    if interruption.is_wanted() {
        return Err(run.stopped(None, StopReason::Interrupted));
    }
    attach(aws, &mut run, &attachments, interruption, watch).await?;
    Ok(Applied { test, key: run.key })
}

struct Run<'a> {
    plan: &'a Plan,
    done: Vec<&'a Step>,
    key: Option<KeyArn>,
}

impl<'a> Run<'a> {
    fn stopped(&mut self, failed: Option<&'a Step>, why: StopReason) -> Stopped<'a> {
        let done = std::mem::take(&mut self.done);
        let left = self.plan.steps.iter().map(|step| &step.step);
        let left = left.filter(|step| failed != Some(*step) && !done.contains(step)).collect();
        Stopped { done, failed, left, why }
    }
}

async fn attach<'a>(
    aws: &Aws,
    run: &mut Run<'a>,
    attachments: &[&'a PlannedStep],
    interruption: &impl Interruption,
    watch: &mut impl FnMut(Event<'_>),
) -> Result<(), Stopped<'a>> {
    for several in attachments.chunks(AT_ONCE) {
        if interruption.is_wanted() {
            return Err(run.stopped(None, StopReason::Interrupted));
        }
        for step in several {
            watch(Event::Begins(&step.step));
        }
        let (plan, key) = (run.plan, run.key.clone());
        let outcomes = {
            let (tell, mut told) = tokio::sync::mpsc::unbounded_channel::<(String, Duration, Duration)>();
            let writes = several.iter().map(|step| {
                let (tell, key) = (tell.clone(), key.clone());
                async move {
                    let mut watch = |event: Event<'_>| {
                        if let Event::Waits { why, waited, at_most } = event {
                            // Nobody listens once the run is over, which is no failure.
                            let _ = tell.send((why, waited, at_most));
                        }
                    };
                    (&step.step, patiently(aws, plan, &step.step, key.as_ref(), &mut watch).await)
                }
            });
            let writes = stream::iter(writes.collect::<Vec<_>>()).buffered(AT_ONCE).collect::<Vec<_>>();
            tokio::pin!(writes);
            loop {
                tokio::select! {
                    outcomes = &mut writes => break outcomes,
                    Some((why, waited, at_most)) = told.recv() => {
                        watch(Event::Waits { why, waited, at_most });
                    }
                }
            }
        };
        let mut failure = None;
        for (step, outcome) in outcomes {
            match outcome {
                Ok(_) => {
                    watch(Event::Done(step));
                    run.done.push(step);
                }
                Err(error) if failure.is_none() => failure = Some((step, error)),
                Err(_) => {}
            }
        }
        if let Some((step, error)) = failure {
            return Err(run.stopped(Some(step), error.into()));
        }
    }
    Ok(())
}

/// A write, tried again while AWS says that something has not spread yet.
async fn patiently(
    aws: &Aws,
    plan: &Plan,
    step: &Step,
    key: Option<&KeyArn>,
    watch: &mut impl FnMut(Event<'_>),
) -> Result<Written, WriteError> {
    let started = Instant::now();
    let mut pause = Duration::from_secs(1);
    loop {
        let error = match aws.write(step, &plan.place.owner, &plan.place.region, key).await {
            Ok(written) => return Ok(written),
            Err(error) => error,
        };
        let patience = match &error {
            WriteError::Aws(error) => patience(plan, step, error),
            WriteError::Moved { .. } | WriteError::NoKeyYet => Duration::ZERO,
        };
        let waited = started.elapsed();
        if waited + pause > patience {
            return Err(error);
        }
        watch(Event::Waits { why: error.to_string(), waited, at_most: patience });
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(15));
    }
}

/// How long a refusal of a step may be taken for one that passes.
fn patience(plan: &Plan, step: &Step, error: &AwsError) -> Duration {
    let changed = plan.steps.iter().any(|step| step.step.opens_the_way());
    let created = plan.steps.iter().any(|step| matches!(step.step, Step::CreateBucket { .. }));
    if step.attaches() && changed && proof::may_be_spreading(error.code.as_deref(), &error.message) {
        return SPREADING;
    }
    let conflict = error.is("OperationAborted");
    let unseen = created && (error.is("NoSuchBucket") || error.is("InvalidTargetBucketForLogging"));
    if conflict || unseen { SETTLING } else { Duration::ZERO }
}

/// Writes the test object, and judges it; a setting that was just changed gets a few seconds to spread.
async fn test(aws: &Aws, plan: &Plan, key: Option<&KeyArn>, changed: bool) -> TestVerdict {
    let expected = match (&plan.expected_key, key) {
        (ExpectedKey::Created, Some(arn)) => ExpectedKey::Known(arn.to_string()),
        (expected, _) => expected.clone(),
    };
    let Some(object_key) = &plan.test_object else {
        return TestVerdict::Unsaid("not written: Object Lock would keep it".to_owned());
    };
    let started = Instant::now();
    loop {
        let written: Result<TestObject, AwsError> = aws.test_object(&plan.place, object_key).await;
        let verdict = proof::judge_test(written, &expected);
        let hopeful = changed && matches!(verdict, TestVerdict::Wrong(_));
        if !hopeful || started.elapsed() > SETTLING {
            return verdict;
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
}
