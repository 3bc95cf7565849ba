//! The JSON document of a run.

use serde::Serialize;

use crate::exit::Exit;
use crate::plan::Step;
use crate::plan::preflight::PreflightAnswer;
use crate::producer::Producer;
use crate::run::apply::StoppedPlan;
use crate::run::delivery_verdict::{Delivery, TestVerdict};
use crate::run::verify::Verification;

use super::check_document::UntilBody;
use super::plan_document::{PlanBody, StepBody};
use super::result_text::{BLOCKED_HINT, blocked, difference};
use super::run_summary::RunSummary;
use super::{preflight_text, words};

/// A run that carried out a plan or part of it.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ResultDocument {
    /// The document and its version.
    #[cfg_attr(test, schemars(extend("const" = "logbucket.result/1")))]
    schema: &'static str,
    /// The exit code of the process.
    exit_code: u8,
    /// The plan.
    plan: PlanBody,
    /// The result of IAM's policy simulation before the first change.
    preflight: PreflightBody,
    /// The steps that were done.
    done: Vec<StepBody>,
    /// The step that failed, or whose outcome is unknown.
    failed: Vec<StepBody>,
    /// The steps that were not tried.
    not_done: Vec<StepBody>,
    /// The steps whose result was gone when logbucket read it again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    did_not_stay: Vec<StepBody>,
    /// Why the run stopped, or which change by someone else may keep logs from arriving.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// What to do about `error`.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// What someone else changed: `-` is the value that the plan saw, `+` is the current one.
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<Vec<String>>,
    /// The object that logbucket wrote and deleted to test the bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    test_object: Option<TestBody>,
    /// Whether the service delivers.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<DeliveryBody>,
    /// The command that repeats the run. If a Deny very likely still blocks the service, the command also exempts the
    /// service.
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<String>,
    /// The ID of the run, which `undo` takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<String>,
    /// The command that undoes the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    undo: Option<String>,
    /// Why a command could not be printed: shells would read it differently.
    #[serde(skip_serializing_if = "Option::is_none")]
    no_command: Option<String>,
}

/// The result of IAM's policy simulation for the caller.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
enum PreflightStatus {
    /// The caller may do every step.
    Allowed,
    /// It couldn't be checked.
    Unknown,
    /// IAM was not asked.
    NotAsked,
    /// No step needs a permission.
    NothingToAsk,
}

/// The result of the test object.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "TestStatus"))]
#[serde(rename_all = "kebab-case")]
enum TestStatus {
    /// It was written, and read back as expected.
    Written,
    /// The caller could not write or read the object. The service may still be able to write.
    Unproven,
    /// The test object shows that logs can't be delivered.
    Wrong,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Preflight"))]
struct PreflightBody {
    /// The result.
    status: PreflightStatus,
    /// Why the result is unknown, or why IAM was not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "TestObject"))]
struct TestBody {
    /// The result.
    status: TestStatus,
    /// Its key.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// Its encryption: `AES256` or `aws:kms`.
    #[serde(skip_serializing_if = "Option::is_none")]
    encryption: Option<String>,
    /// The ARN of its key.
    #[serde(skip_serializing_if = "Option::is_none")]
    kms_key: Option<String>,
    /// Whether it was deleted afterwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    removed: Option<bool>,
    /// Why it was not written, or why it is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<String>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Delivery"))]
#[serde(tag = "status", rename_all = "lowercase")]
enum DeliveryBody {
    /// The service wrote an object after the change, and the object can be read.
    Proven {
        /// The keys of the objects.
        objects: Vec<String>,
    },
    /// Nothing had to change, and the service's own objects are newer than the logging setting.
    Verified {
        /// When the oldest of the objects was written, in ISO 8601.
        at: String,
        /// The keys of the objects.
        objects: Vec<String>,
    },
    /// The service may write, but has not written anything yet.
    Pending {
        /// When to expect the first log. AWS does not guarantee it.
        until: UntilBody,
        /// What else was found.
        #[serde(skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    /// The service can't deliver.
    Failed {
        /// Why.
        cause: String,
    },
}

impl ResultDocument {
    pub(super) fn done(
        run: &RunSummary<'_>,
        test: &TestVerdict,
        delivery: &Delivery,
        settled: &Verification,
        exit: Exit,
    ) -> Self {
        let is_blocked = !settled.blockers().is_empty();
        Self {
            done: run.plan.steps.iter().map(|step| StepBody::new(&step.step)).collect(),
            did_not_stay: settled.fallen().into_iter().map(StepBody::new).collect(),
            test_object: Some(TestBody::new(test)),
            delivery: Some(DeliveryBody::new(run.request.kind.producer(), delivery)),
            error: is_blocked.then(|| blocked(settled.blockers())),
            hint: is_blocked.then(|| BLOCKED_HINT.to_owned()),
            ..Self::empty(run, Some(delivery), exit)
        }
    }

    pub(super) fn stopped(run: &RunSummary<'_>, stopped: &StoppedPlan<'_>, hint: Option<&str>, exit: Exit) -> Self {
        let bodies = |steps: &[&Step]| steps.iter().map(|step| StepBody::new(step)).collect();
        Self {
            done: bodies(&stopped.done),
            failed: bodies(&stopped.failed),
            not_done: bodies(&stopped.left),
            error: Some(stopped.why.to_string()),
            hint: hint.map(str::to_owned),
            difference: difference(stopped),
            ..Self::empty(run, None, exit)
        }
    }

    fn empty(run: &RunSummary<'_>, delivery: Option<&Delivery>, exit: Exit) -> Self {
        let (command, no_command) = words::either(run.command(delivery));
        let (undo, no_undo) = run.undo_command().map(words::either).unwrap_or_default();
        Self {
            schema: "logbucket.result/1",
            exit_code: exit.number(),
            plan: PlanBody::new(run.plan, run.request),
            preflight: PreflightBody::new(run.preflight),
            done: Vec::new(),
            failed: Vec::new(),
            not_done: Vec::new(),
            did_not_stay: Vec::new(),
            error: None,
            hint: None,
            difference: None,
            test_object: None,
            delivery: None,
            command,
            run: run.run.as_ref().map(ToString::to_string),
            undo,
            no_command: no_command.or(no_undo),
        }
    }
}

impl PreflightBody {
    fn new(said: &PreflightAnswer) -> Self {
        let (status, why) = match said {
            PreflightAnswer::NothingToAsk => (PreflightStatus::NothingToAsk, None),
            PreflightAnswer::Allowed => (PreflightStatus::Allowed, None),
            PreflightAnswer::Unknown(unknown) => (PreflightStatus::Unknown, Some(preflight_text::unsure(unknown))),
            PreflightAnswer::NotAsked(why) => (PreflightStatus::NotAsked, Some(why.clone())),
        };
        Self { status, why }
    }
}

impl TestBody {
    fn new(test: &TestVerdict) -> Self {
        let cause = |status, why: &String| Self {
            status,
            key: None,
            encryption: None,
            kms_key: None,
            removed: None,
            cause: Some(why.clone()),
        };
        match test {
            TestVerdict::Passed(object) => Self {
                status: TestStatus::Written,
                key: Some(object.key.clone()),
                encryption: object.algorithm.clone(),
                kms_key: object.kms_key.clone(),
                removed: Some(object.removed),
                cause: None,
            },
            TestVerdict::Inconclusive(why) => cause(TestStatus::Unproven, why),
            TestVerdict::Failed(why) => cause(TestStatus::Wrong, why),
        }
    }
}

impl DeliveryBody {
    fn new(producer: Producer, delivery: &Delivery) -> Self {
        match delivery {
            Delivery::Proven(objects) => Self::Proven { objects: objects.clone() },
            Delivery::Verified { at, objects } => Self::Verified { at: at.iso(), objects: objects.clone() },
            Delivery::Permitted { until, note } => {
                Self::Pending { until: UntilBody::new(producer, until), note: note.clone() }
            }
            Delivery::Failed(cause) => Self::Failed { cause: cause.clone() },
        }
    }
}
