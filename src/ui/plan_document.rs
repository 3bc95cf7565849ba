//! The JSON document of a plan. Documents have their own types, because internal changes must not change the output
//! that scripts read.

use serde::Serialize;

use crate::exit::Exit;
use crate::plan::{Approval, Finding, FindingId, Fix, Plan, PlannedStep, Refusal, Severity, Step, StepKind};
use crate::request::Request;

use super::audience::Audience;
use super::details::details;
use super::finding::{Sentences, sentences};
use super::refusal_text::refusal as refused;
use super::risk::risk_text;
use super::run_summary::Preview;
use super::step_reason::{StepReason, reasons};
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

/// Whether a plan can be applied.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
enum PlanVerdict {
    /// It can be applied.
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
    /// Logs could never arrive.
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
    /// It was requested and is still missing.
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

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Plan"))]
pub(super) struct PlanBody {
    /// The caller's account.
    account: String,
    /// The caller's ARN.
    caller: String,
    /// The Region of sources and destination.
    region: String,
    /// The log type.
    #[cfg_attr(test, schemars(extend("enum" = crate::ui::schema::producers())))]
    producer: &'static str,
    /// The names of the load balancers, buckets or networks that log.
    sources: Vec<String>,
    /// The destination bucket.
    bucket: String,
    /// The key prefix; empty for none.
    prefix: String,
    /// What the destination is now, and what it will be.
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
    /// Why it matters for the logs.
    why: String,
    /// The address of AWS's page that documents it.
    page: &'static str,
    /// The address of the page about findings with this ID, and how to fix them.
    help: &'static str,
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
    /// What to put into the template: YAML for CloudFormation and Kubernetes, HCL for Terraform.
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
pub(super) struct StepBody {
    /// The API call, such as `s3:PutBucketPolicy`.
    api: &'static str,
    /// The step in words.
    what: String,
}

impl PlanDocument {
    pub(super) fn new(plan: &Plan, request: &Request, preview: &Preview<'_>, exit: Exit) -> Self {
        let Preview { missing, lacking, refused: refusal } = preview;
        let refusal = *refusal;
        let lacking = lacking.as_ref().map(|outcome| preflight_text::lacking(plan, request, outcome));
        let needs_exempt = missing.iter().any(|approval| matches!(approval, Approval::Exempt(_)));
        let verdict = match refusal {
            Some(Refusal::NeverDelivers(_)) => PlanVerdict::Refused,
            Some(Refusal::NotFound(named)) if named.iter().all(|one| one.id() == FindingId::SourceOtherType) => {
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

impl PlanBody {
    pub(super) fn new(plan: &Plan, request: &Request) -> Self {
        Self {
            account: plan.caller.account.to_string(),
            caller: plan.caller.arn.clone(),
            region: plan.destination.region.to_string(),
            producer: request.kind.producer().as_str(),
            sources: plan.log_sources.iter().map(|log_source| log_source.name.clone()).collect(),
            bucket: plan.destination.bucket.to_string(),
            prefix: plan.destination.prefix.to_string(),
            destination: plan.destination_text.clone(),
            findings: plan.findings.iter().map(FindingBody::new).collect(),
            steps: plan.steps.iter().map(|step| PlannedBody::new(plan, step)).collect(),
        }
    }
}

impl FindingBody {
    pub(super) fn new(finding: &Finding) -> Self {
        let Sentences { what, why, hint } = sentences(finding);
        Self {
            id: finding.id().as_str(),
            severity: match finding.severity() {
                Severity::Error => SeverityWord::Error,
                Severity::Warning => SeverityWord::Warning,
                Severity::Info => SeverityWord::Info,
            },
            subject: finding.subject.clone(),
            what,
            why,
            page: finding.page(),
            help: finding.id().help(),
            refuses: finding.refuses(),
            hint: match &finding.fix {
                Fix::Exemption { name, .. } | Fix::Offer(name) => Some(words::exempt(name)),
                Fix::Impossible(_) | Fix::InTemplate(_) | Fix::Nothing | Fix::SharedWith(_) | Fix::Steps(_) => hint,
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
                StepKind::Adds => ChangeWord::Add,
                StepKind::Replaces => ChangeWord::Replace,
            },
            because: because.map(|finding| finding.id().as_str()).collect(),
            reasons: reasons(plan, planned, Audience::CommandLine)
                .into_iter()
                .map(|StepReason { why, page }| ReasonBody { why, page })
                .collect(),
            risk: planned.risk.as_ref().map(|risk| risk_text(risk, Audience::CommandLine)),
            diff: details(&planned.step),
        }
    }
}

impl StepBody {
    pub(super) fn new(step: &Step) -> Self {
        Self { api: step.api(), what: describe::line(step) }
    }
}
