//! The JSON documents of `init`, as types of their own: internal changes must not change the output that scripts read.

use serde::Serialize;

use crate::exit::Exit;
use crate::model::without_users;
use crate::plan::preflight::Said;
use crate::plan::{Approval, Change, Finding, FindingId, Fix, Plan, PlannedStep, Refusal, Severity, Step};
use crate::producer::Producer;
use crate::request::Request;
use crate::run::apply::Stopped;
use crate::run::proof::{Delivery, TestVerdict};
use crate::run::settle::Settled;

use super::check_document::UntilBody;
use super::details::details;
use super::preflight_text::Lacking;
use super::reason::{Reason, reasons};
use super::refusal_text::refusal as refused;
use super::result_text::{BLOCKED_HINT, blocked, difference};
use super::run_summary::{Preview, RunSummary};
use super::{describe, preflight_text, words};

/// `logbucket.plan/1`.
#[derive(Debug, Serialize)]
pub(super) struct PlanDocument {
    schema: &'static str,
    exit_code: u8,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    approval: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing_permissions: Option<Vec<String>>,
    plan: PlanBody,
}

/// `logbucket.result/1`.
#[derive(Debug, Serialize)]
pub(super) struct ResultDocument {
    schema: &'static str,
    exit_code: u8,
    plan: PlanBody,
    preflight: PreflightBody,
    done: Vec<StepBody>,
    failed: Vec<StepBody>,
    not_done: Vec<StepBody>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    did_not_stay: Vec<StepBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    test_object: Option<TestBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<DeliveryBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    undo: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    no_command: Option<String>,
}

#[derive(Debug, Serialize)]
struct PreflightBody {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

/// `logbucket.error/1`.
#[derive(Debug, Serialize)]
pub(super) struct ErrorDocument {
    schema: &'static str,
    exit_code: u8,
    error: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing_permissions: Vec<String>,
}

#[derive(Debug, Serialize)]
struct PlanBody {
    account: String,
    caller: String,
    region: String,
    producer: &'static str,
    sources: Vec<String>,
    bucket: String,
    prefix: String,
    destination: String,
    findings: Vec<FindingBody>,
    steps: Vec<PlannedBody>,
}

#[derive(Debug, Serialize)]
pub(super) struct FindingBody {
    id: &'static str,
    severity: &'static str,
    subject: String,
    what: String,
    why: String,
    page: &'static str,
    refuses: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<TemplateBody>,
}

#[derive(Debug, Serialize)]
struct TemplateBody {
    tool: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    stack: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<String>,
    snippet: String,
}

#[derive(Debug, Serialize)]
struct PlannedBody {
    #[serde(flatten)]
    step: StepBody,
    change: &'static str,
    because: Vec<&'static str>,
    reasons: Vec<ReasonBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    risk: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    diff: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ReasonBody {
    why: String,
    page: &'static str,
}

#[derive(Debug, Serialize)]
struct StepBody {
    api: &'static str,
    what: String,
}

#[derive(Debug, Serialize)]
struct TestBody {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encryption: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kms_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    removed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "status", rename_all = "lowercase")]
enum DeliveryBody {
    Proven {
        objects: Vec<String>,
    },
    Verified {
        at: String,
        objects: Vec<String>,
    },
    Pending {
        until: UntilBody,
        #[serde(skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    Failed {
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
            Some(Refusal::NeverDelivers(_)) => "refused",
            Some(Refusal::NotFound(named)) if named.iter().all(|one| one.id == FindingId::SourceOtherType) => {
                "other-type"
            }
            Some(Refusal::NotFound(_)) => "not-found",
            Some(Refusal::NeedsExempt(_)) => "needs-exempt",
            Some(Refusal::NeedsFix(_)) => "needs-fix",
            Some(Refusal::NeedsYes) => "needs-yes",
            None if plan.steps.is_empty() => "nothing-to-do",
            None if lacking.is_some() => "not-permitted",
            None if needs_exempt => "needs-exempt",
            None if missing.contains(&Approval::Fix) => "needs-fix",
            None => "ready",
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
            Said::NothingToAsk => ("nothing-to-ask", None),
            Said::Allowed => ("allowed", None),
            Said::Unknown(unknown) => ("unknown", Some(preflight_text::unsure(unknown))),
            Said::NotAsked(why) => ("not-asked", Some(why.clone())),
        };
        Self { status, why }
    }
}

impl ErrorDocument {
    /// An error with a list of missing permissions.
    pub(super) fn with_missing_permissions(lacking: &Lacking, exit: Exit) -> Self {
        let permissions = lacking.permissions.clone();
        Self { missing_permissions: permissions, ..Self::with_hints(&lacking.refusal(), &lacking.hints, exit) }
    }

    /// An error with several hints, one per line.
    pub(super) fn with_hints(error: &str, hints: &[String], exit: Exit) -> Self {
        let hint = (!hints.is_empty()).then(|| hints.join("\n"));
        Self::new(error, hint.as_deref(), exit)
    }

    pub(super) fn new(error: &str, hint: Option<&str>, exit: Exit) -> Self {
        Self {
            schema: "logbucket.error/1",
            exit_code: exit.number(),
            error: without_users(error),
            hint: hint.map(without_users),
            missing_permissions: Vec::new(),
        }
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
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "info",
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
                Change::Adds => "add",
                Change::Replaces => "replace",
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
                status: "written",
                key: Some(object.key.clone()),
                encryption: object.algorithm.clone(),
                kms_key: object.kms_key.clone(),
                removed: Some(object.removed),
                cause: None,
            },
            TestVerdict::Inconclusive(why) => cause("unproven", why),
            TestVerdict::Failed(why) => cause("wrong", why),
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
