//! The report of `check` as JSON.

use serde::Serialize;

use crate::exit::Exit;
use crate::health::{Admission, Health, LogReport, Report};
use crate::model::Moment;
use crate::producer::Producer;
use crate::producer::encryption::EncryptionOutcome;
use crate::state::Identity;

use super::finding::{cause_text, sentences};
use super::plan_document::FindingBody;
use super::vended::{VendedBody, VendedIntoBody};
use super::words;

/// Whether logs arrive: `logbucket check`.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct CheckDocument {
    /// The document and its version.
    #[cfg_attr(test, schemars(extend("const" = "logbucket.check/1")))]
    schema: &'static str,
    /// The exit code of the process.
    exit_code: u8,
    /// The caller's account.
    account: String,
    /// The caller's ARN.
    caller: String,
    /// The requested logs, worst first.
    logs: Vec<LogBody>,
    /// What the bucket allows each log service (`--bucket`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    admissions: Vec<AdmissionBody>,
    /// Exceptions for security scanners (`--suppressions`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<SuppressionBody>,
    /// Delivery sources of CloudWatch vended logs that deliver to the bucket (`--bucket`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    vended_here: Vec<VendedIntoBody>,
    /// What could not be read.
    unknown: Vec<String>,
    /// What was not checked, and why. It does not affect any verdict.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_checked: Vec<String>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Log"))]
pub(super) struct LogBody {
    /// The log type.
    #[cfg_attr(test, schemars(extend("enum" = crate::ui::schema::producers())))]
    producer: &'static str,
    /// The name of the source.
    source: String,
    /// Its ARN.
    source_arn: String,
    /// Its account.
    account: String,
    /// Its Region.
    region: String,
    /// Which log of a load balancer.
    #[cfg_attr(test, schemars(extend("enum" = crate::ui::schema::log_types())))]
    #[serde(skip_serializing_if = "Option::is_none")]
    log_type: Option<&'static str>,
    /// The inventory configuration's ID.
    #[serde(skip_serializing_if = "Option::is_none")]
    inventory_id: Option<String>,
    /// The destination bucket, if the log is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    bucket: Option<String>,
    /// The key prefix, if the log is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    /// Whether the log arrives.
    health: HealthWord,
    /// The delivery source of CloudWatch vended logs, if the log itself is off. Its delivery is not judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    vended: Option<VendedBody>,
    /// When to expect the next log, if `pending`.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<UntilBody>,
    /// What could not be read or is not documented, if `unknown`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unknown: Vec<String>,
    /// What explains the health, root cause first.
    findings: Vec<FindingBody>,
    /// Who changed what and when the logs stopped, according to CloudTrail.
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<String>,
    /// When the newest log was delivered, in ISO 8601. AWS's test file does not count as a log.
    #[serde(skip_serializing_if = "Option::is_none")]
    newest: Option<String>,
    /// The newest object, or AWS's test file, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<String>,
    /// `newest` in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivered_at: Option<i64>,
    /// The command that fixes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
    /// Why `fix` could not be printed: shells would read it differently.
    #[serde(skip_serializing_if = "Option::is_none")]
    no_command: Option<String>,
    /// Other settings that `fix` would also replace. It then needs your approval.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fix_replaces: Vec<String>,
}

/// Whether logs arrive.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Health"))]
#[serde(rename_all = "kebab-case")]
enum HealthWord {
    /// A recent log was found.
    Delivering,
    /// The service may write, and the next log is not due yet.
    Pending,
    /// The bucket policy and the key policy allow the service; the log's objects were not read. Service control, resource
    /// control and VPC endpoint policies are not checked.
    Permitted,
    /// The log is off.
    Off,
    /// The log is on and can't arrive, or is overdue.
    Dead,
    /// It could not be determined.
    Unknown,
}

impl From<&Health> for HealthWord {
    fn from(health: &Health) -> Self {
        match health {
            Health::Delivering => Self::Delivering,
            Health::Pending(_) => Self::Pending,
            Health::Permitted => Self::Permitted,
            Health::Off => Self::Off,
            Health::Dead => Self::Dead,
            Health::Unknown(_) => Self::Unknown,
        }
    }
}

/// When to expect a log. This is not a fixed time, because it depends on what happens at the source.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Until"))]
pub(super) struct UntilBody {
    /// What must happen first.
    #[cfg_attr(test, schemars(extend("enum" = crate::ui::schema::expected_after())))]
    after: &'static str,
    /// How many minutes later to expect the log, if AWS gives a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    minutes: Option<u32>,
    /// The same in words.
    what: String,
}

impl UntilBody {
    pub(super) fn new(producer: Producer, words: &str) -> Self {
        let facts = producer.facts();
        Self { after: facts.expected_after, minutes: facts.expected_minutes, what: words.to_owned() }
    }
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Admission"))]
struct AdmissionBody {
    /// The log type.
    #[cfg_attr(test, schemars(extend("enum" = crate::ui::schema::producers())))]
    producer: &'static str,
    /// The service principal.
    principal: &'static str,
    /// What the default encryption means for the service.
    #[cfg_attr(test, schemars(extend("enum" = crate::ui::schema::outcomes())))]
    #[serde(skip_serializing_if = "Option::is_none")]
    encryption: Option<&'static str>,
    /// The Deny statements that block the service, or may block it, for object keys without a prefix.
    denies: Vec<String>,
    /// The statements that may allow or block the service, each with the element and the condition key in doubt.
    doubts: Vec<String>,
    /// Whether the bucket's ACL names the log delivery group.
    by_acl: bool,
    /// Why AWS delivers nothing to the bucket, whatever its policy: it has Object Lock, or requesters pay.
    refusals: Vec<&'static str>,
    /// The Allow statements that name the service, by Sid or by position, counted from 1. Absent if the policy is
    /// unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    statements: Option<Vec<String>>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Suppression"))]
struct SuppressionBody {
    /// Where to put the exception.
    place: String,
    /// The exception.
    text: String,
}

impl CheckDocument {
    pub(super) fn new(report: &Report, exit: Exit) -> Self {
        let suppression =
            |(place, text): &(String, String)| SuppressionBody { place: place.clone(), text: text.clone() };
        Self {
            schema: "logbucket.check/1",
            exit_code: exit.number(),
            account: report.caller.account.to_string(),
            caller: report.caller.arn.clone(),
            logs: report.logs.iter().map(|entry| LogBody::new(entry, &report.caller)).collect(),
            admissions: report.admissions.iter().map(AdmissionBody::new).collect(),
            suppressions: report.suppressions.iter().map(suppression).collect(),
            vended_here: report.vended.iter().map(VendedIntoBody::new).collect(),
            unknown: report.unread.clone(),
            not_checked: report.not_checked.iter().map(|one| one.what.clone()).collect(),
        }
    }
}

impl LogBody {
    pub(super) fn new(entry: &LogReport, caller: &Identity) -> Self {
        let diagnosis = &entry.diagnosis;
        let attachment = &diagnosis.attachment;
        let target = attachment.target.present();
        let fix = diagnosis.fix.as_ref().map(|fix| words::command(&fix.request));
        let (fix, no_command) = fix.map(words::either).unwrap_or_default();
        Self {
            producer: attachment.producer().as_str(),
            source: attachment.source.name().to_owned(),
            source_arn: attachment.source.arn(),
            account: attachment.source.account(&caller.account).to_string(),
            region: attachment.source.region().to_string(),
            log_type: attachment.log.log_type(),
            inventory_id: attachment.log.inventory_id().map(str::to_owned),
            bucket: target.map(|target| target.bucket.clone()),
            prefix: target.map(|target| target.prefix.clone()),
            health: (&diagnosis.health).into(),
            vended: diagnosis.vended.as_deref().map(VendedBody::new),
            until: match &diagnosis.health {
                Health::Pending(until) => Some(UntilBody::new(attachment.producer(), until)),
                Health::Unknown(_) | Health::Dead | Health::Delivering | Health::Off | Health::Permitted => None,
            },
            unknown: match &diagnosis.health {
                Health::Unknown(causes) => causes.iter().map(cause_text).collect(),
                Health::Dead | Health::Delivering | Health::Off | Health::Pending(_) | Health::Permitted => Vec::new(),
            },
            findings: diagnosis.findings.iter().map(FindingBody::new).collect(),
            history: entry.history.clone(),
            newest: entry.delivered.map(Moment::iso),
            evidence: diagnosis.newest.clone(),
            delivered_at: entry.delivered.map(|moment| moment.0),
            fix,
            no_command,
            fix_replaces: diagnosis.fix.iter().flat_map(|fix| &fix.beside).map(|found| sentences(found).what).collect(),
        }
    }
}

impl AdmissionBody {
    fn new(admission: &Admission) -> Self {
        Self {
            producer: admission.producer.as_str(),
            principal: admission.producer.facts().principal,
            encryption: admission.outcome.map(EncryptionOutcome::as_str),
            denies: admission.denies.clone(),
            doubts: admission.doubts.clone(),
            by_acl: admission.by_acl,
            refusals: admission.refusals.clone(),
            statements: admission.statements.clone().ok(),
        }
    }
}
