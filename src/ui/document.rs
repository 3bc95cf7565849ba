//! The JSON documents of `init`, as types of their own: internal changes must not change the output that scripts read.

use serde::Serialize;

use crate::exit::Exit;
use crate::plan::preflight::Said;
use crate::plan::{Approval, Change, Finding, FindingId, Fix, Plan, PlannedStep, Refusal, Severity, Step};
use crate::producer::Producer;
use crate::request::Request;
use crate::run::apply::Stopped;
use crate::run::proof::{Delivery, TestVerdict};
use crate::run::settle::Settled;

use super::check_document::UntilBody;
use super::details::details;
use super::reason::{Reason, reasons};
use super::refusal_text::refusal as refused;
use super::result_text::{BLOCKED_HINT, blocked, difference};
use super::run_summary::{Preview, RunSummary};
use super::{describe, preflight_text, words};

/// A dry run, or a plan that was not carried out.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct PlanDocument {
    /// The document and its version.
    #[cfg_attr(test, schemars(extend("const" = "logbucket.plan/1")))]
    schema: &'static str,
    /// The exit code of the process.
    exit_code: u8,
    /// Whether the plan can be applied.
    verdict: PlanVerdict,
    /// Why the plan was not carried out.
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<String>,
    /// What to do about `refusal` or `missing_permissions`.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// The flags that are still needed to apply the plan: `--exempt SID`, `--fix`, `--yes`.
    approval: Vec<String>,
    /// Each action that the caller lacks, and its resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    missing_permissions: Option<Vec<String>>,
    /// The plan.
    plan: PlanBody,
}

/// A run that carried out a plan or a part of it.
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
    /// What IAM's policy simulator said before the first change.
    preflight: PreflightBody,
    /// The steps that were done.
    done: Vec<StepBody>,
    /// The step that failed, or that may or may not have been applied.
    failed: Vec<StepBody>,
    /// The steps that were not tried.
    not_done: Vec<StepBody>,
    /// The steps whose result was gone when it was read again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    did_not_stay: Vec<StepBody>,
    /// Why the run stopped, or what someone changed meanwhile so that logs may not arrive.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// What to do about `error`.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// What someone else changed: `-` is what the plan saw, `+` is what is there now.
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<Vec<String>>,
    /// The object that logbucket wrote and deleted to test the bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    test_object: Option<TestBody>,
    /// Whether the service delivers.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<DeliveryBody>,
    /// The command that repeats the run. If a Deny very likely still blocks the service, it exempts the service.
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

/// Whether a plan can be applied.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
enum PlanVerdict {
    /// It can.
    Ready,
    /// There is nothing to do.
    NothingToDo,
    /// `--yes` is missing.
    NeedsYes,
    /// It overwrites existing settings, and `--fix` is missing.
    NeedsFix,
    /// A Deny blocks the service, and `--exempt` doesn't name it.
    NeedsExempt,
    /// The caller lacks a permission. A dry run keeps its exit code.
    NotPermitted,
    /// A named key or statement doesn't exist.
    NotFound,
    /// A named source is a load balancer of another type.
    OtherType,
    /// It could never deliver.
    Refused,
}

/// The severity of a finding.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Severity"))]
#[serde(rename_all = "kebab-case")]
enum SeverityWord {
    /// No logs arrive.
    Error,
    /// Logs may be affected, or logbucket couldn't tell.
    Warning,
    /// It was asked for and isn't there yet.
    Info,
}

/// What a step does to what exists.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Change"))]
#[serde(rename_all = "kebab-case")]
enum ChangeWord {
    /// It adds something.
    Add,
    /// It replaces something.
    Replace,
}

/// What IAM's policy simulator said of the caller.
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
    /// The caller could not write or read it. The service may still be able to.
    Unproven,
    /// It shows that nothing could be delivered.
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
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Plan"))]
struct PlanBody {
    /// The caller's account.
    account: String,
    /// The caller's ARN.
    caller: String,
    /// The Region of sources and destination.
    region: String,
    /// The log type.
    #[cfg_attr(test, schemars(extend("enum" = crate::ui::schema::producers())))]
    producer: &'static str,
    /// The names of the load balancers or buckets that log.
    sources: Vec<String>,
    /// The destination bucket.
    bucket: String,
    /// The key prefix; empty for none.
    prefix: String,
    /// What the destination is, and what it will be.
    destination: String,
    /// Everything that was found, worst first.
    findings: Vec<FindingBody>,
    /// The steps, in order.
    steps: Vec<PlannedBody>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Finding"))]
pub(super) struct FindingBody {
    /// Its stable ID, such as `encryption-not-writable`.
    #[cfg_attr(test, schemars(extend("enum" = crate::ui::schema::findings())))]
    id: &'static str,
    /// How bad it is.
    severity: SeverityWord,
    /// The bucket, key, load balancer or statement that it is about.
    subject: String,
    /// What was found.
    what: String,
    /// Why it matters to the logs.
    why: String,
    /// The address of the page that documents it.
    page: &'static str,
    /// Whether it stops the whole plan.
    refuses: bool,
    /// What a person must do.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// Which template describes the resource (`managed-by-template`).
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<TemplateBody>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Template"))]
struct TemplateBody {
    /// The tool, recognized by its tags.
    #[cfg_attr(test, schemars(extend("enum" = crate::ui::schema::tools())))]
    tool: &'static str,
    /// The CloudFormation stack or Kubernetes cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    stack: Option<String>,
    /// The resource's logical ID in the stack, or the Kubernetes object.
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<String>,
    /// What to put there: YAML for CloudFormation and Kubernetes, HCL for Terraform.
    snippet: String,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Step"))]
struct PlannedBody {
    #[serde(flatten)]
    step: StepBody,
    /// What the step does to what exists.
    change: ChangeWord,
    /// The IDs of the findings that it fixes.
    because: Vec<&'static str>,
    /// Why the step is needed.
    reasons: Vec<ReasonBody>,
    /// What could go wrong, or who else is affected.
    #[serde(skip_serializing_if = "Option::is_none")]
    risk: Option<String>,
    /// The change, line by line: `-` before, `+` after.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    diff: Vec<String>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Reason"))]
struct ReasonBody {
    /// The reason.
    why: String,
    /// The address of the page that documents it.
    page: &'static str,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Call"))]
struct StepBody {
    /// The API call, such as `s3:PutBucketPolicy`.
    api: &'static str,
    /// The step in words.
    what: String,
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
    /// Whether it was deleted again.
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
    /// The service may write, and has written nothing yet.
    Pending {
        /// When to expect the first log. AWS promises none of it.
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

impl PlanDocument {
    pub(super) fn new(plan: &Plan, request: &Request, preview: &Preview<'_>, exit: Exit) -> Self {
        let Preview { missing, lacking, refused: refusal } = preview;
        let refusal = *refusal;
        let lacking = lacking.as_ref().map(|outcome| preflight_text::lacking(plan, request, outcome));
        let needs_exempt = missing.iter().any(|approval| matches!(approval, Approval::Exempt(_)));
        let verdict = match refusal {
            Some(Refusal::NeverDelivers(_)) => PlanVerdict::Refused,
            Some(Refusal::NotFound(named)) if named.iter().all(|one| one.id == FindingId::SourceOtherType) => {
                PlanVerdict::OtherType
            }
            Some(Refusal::NotFound(_)) => PlanVerdict::NotFound,
            Some(Refusal::NeedsExempt(_)) => PlanVerdict::NeedsExempt,
            Some(Refusal::NeedsFix(_)) => PlanVerdict::NeedsFix,
            Some(Refusal::NeedsYes) => PlanVerdict::NeedsYes,
            None if plan.steps.is_empty() => PlanVerdict::NothingToDo,
            None if lacking.is_some() => PlanVerdict::NotPermitted,
            None if needs_exempt => PlanVerdict::NeedsExempt,
            None if missing.contains(&Approval::Fix) => PlanVerdict::NeedsFix,
            None => PlanVerdict::Ready,
        };
        let refused = refusal.map(|refusal| refused(plan, &request.consent, refusal));
        Self {
            schema: "logbucket.plan/1",
            exit_code: exit.number(),
            verdict,
            refusal: refused.as_ref().map(|(message, _)| message.clone()),
            hint: refused.map(|(_, hint)| hint).or_else(|| Some(lacking.as_ref()?.hints.join("\n"))),
            approval: missing.iter().map(words::approval).collect(),
            missing_permissions: lacking.map(|lacking| lacking.permissions),
            plan: PlanBody::new(plan, request),
        }
    }
}

impl ResultDocument {
    pub(super) fn done(
        run: &RunSummary<'_>,
        test: &TestVerdict,
        delivery: &Delivery,
        settled: &Settled,
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

    pub(super) fn stopped(run: &RunSummary<'_>, stopped: &Stopped<'_>, hint: Option<&str>, exit: Exit) -> Self {
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
    fn new(said: &Said) -> Self {
        let (status, why) = match said {
            Said::NothingToAsk => (PreflightStatus::NothingToAsk, None),
            Said::Allowed => (PreflightStatus::Allowed, None),
            Said::Unknown(unknown) => (PreflightStatus::Unknown, Some(preflight_text::unsure(unknown))),
            Said::NotAsked(why) => (PreflightStatus::NotAsked, Some(why.clone())),
        };
        Self { status, why }
    }
}

impl PlanBody {
    fn new(plan: &Plan, request: &Request) -> Self {
        Self {
            account: plan.caller.account.to_string(),
            caller: plan.caller.arn.clone(),
            region: plan.place.region.to_string(),
            producer: request.kind.producer().as_str(),
            sources: plan.writers.iter().map(|writer| writer.name.clone()).collect(),
            bucket: plan.place.bucket.to_string(),
            prefix: plan.place.prefix.to_string(),
            destination: plan.destination.clone(),
            findings: plan.findings.iter().map(FindingBody::new).collect(),
            steps: plan.steps.iter().map(|step| PlannedBody::new(plan, step)).collect(),
        }
    }
}

impl FindingBody {
    pub(super) fn new(finding: &Finding) -> Self {
        Self {
            id: finding.id.as_str(),
            severity: match finding.severity {
                Severity::Error => SeverityWord::Error,
                Severity::Warning => SeverityWord::Warning,
                Severity::Info => SeverityWord::Info,
            },
            subject: finding.subject.clone(),
            what: finding.what.clone(),
            why: finding.why.clone(),
            page: finding.page,
            refuses: finding.refuses(),
            hint: match &finding.fix {
                Fix::Exemption { name, .. } | Fix::Offer(name) => Some(words::exempt(name)),
                Fix::Impossible(hint) => Some(hint.clone()),
                Fix::InTemplate(_) | Fix::Nothing | Fix::SharedWith(_) | Fix::Steps(_) => None,
            },
            template: finding.in_template().map(|template| TemplateBody {
                tool: template.tool.as_str(),
                stack: template.stack.clone(),
                resource: template.resource.clone(),
                snippet: template.snippet.clone(),
            }),
        }
    }
}

impl PlannedBody {
    fn new(plan: &Plan, planned: &PlannedStep) -> Self {
        let because = plan.findings.iter().filter(|finding| finding.is_fixed_by(planned, &plan.findings));
        Self {
            step: StepBody::new(&planned.step),
            change: match planned.change {
                Change::Adds => ChangeWord::Add,
                Change::Replaces => ChangeWord::Replace,
            },
            because: because.map(|finding| finding.id.as_str()).collect(),
            reasons: reasons(plan, planned).into_iter().map(|Reason { why, page }| ReasonBody { why, page }).collect(),
            risk: planned.risk.clone(),
            diff: details(&planned.step),
        }
    }
}

impl StepBody {
    fn new(step: &Step) -> Self {
        Self { api: step.api(), what: describe::line(step) }
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
