//! The report of `check` as JSON.

use serde::Serialize;

use crate::exit::Exit;
use crate::health::{Admission, Health, LogReport, Report};
use crate::model::Moment;
use crate::producer::Producer;
use crate::producer::encryption::Outcome;
use crate::state::Identity;

use super::check_text::word;
use super::document::FindingBody;
use super::vended::{VendedBody, VendedIntoBody};
use super::words;

/// `logbucket.check/1`.
#[derive(Debug, Serialize)]
pub(super) struct CheckDocument {
    schema: &'static str,
    exit_code: u8,
    account: String,
    caller: String,
    logs: Vec<LogBody>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    admissions: Vec<AdmissionBody>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<SuppressionBody>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    vended_here: Vec<VendedIntoBody>,
    unknown: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_checked: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct LogBody {
    producer: &'static str,
    source: String,
    source_arn: String,
    account: String,
    region: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inventory_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bucket: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    health: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    vended: Option<VendedBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<UntilBody>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unknown: Vec<String>,
    findings: Vec<FindingBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    newest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivered_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    no_command: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fix_replaces: Vec<String>,
}

/// When to expect a log. Not a time, since it depends on what happens at the source.
#[derive(Debug, Serialize)]
pub(super) struct UntilBody {
    after: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    minutes: Option<u32>,
    what: String,
}

impl UntilBody {
    pub(super) fn new(producer: Producer, words: &str) -> Self {
        let facts = producer.facts();
        Self { after: facts.expected_after, minutes: facts.expected_minutes, what: words.to_owned() }
    }
}

#[derive(Debug, Serialize)]
struct AdmissionBody {
    producer: &'static str,
    principal: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    encryption: Option<&'static str>,
    denies: Vec<String>,
    doubts: Vec<String>,
    by_acl: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    statements: Option<Vec<String>>,
}

#[derive(Debug, Serialize)]
struct SuppressionBody {
    place: String,
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
            health: word(&diagnosis.health),
            vended: diagnosis.vended.as_deref().map(VendedBody::new),
            until: match &diagnosis.health {
                Health::Pending(until) => Some(UntilBody::new(attachment.producer(), until)),
                Health::Unknown(_) | Health::Dead | Health::Delivering | Health::Off | Health::Permitted => None,
            },
            unknown: match &diagnosis.health {
                Health::Unknown(unknown) => unknown.clone(),
                Health::Dead | Health::Delivering | Health::Off | Health::Pending(_) | Health::Permitted => Vec::new(),
            },
            findings: diagnosis.findings.iter().map(FindingBody::new).collect(),
            history: entry.history.clone(),
            newest: entry.delivered.map(Moment::iso),
            evidence: diagnosis.newest.clone(),
            delivered_at: entry.delivered.map(|moment| moment.0),
            fix,
            no_command,
            fix_replaces: diagnosis.fix.as_ref().map(|fix| fix.beside.clone()).unwrap_or_default(),
        }
    }
}

impl AdmissionBody {
    fn new(admission: &Admission) -> Self {
        Self {
            producer: admission.producer.as_str(),
            principal: admission.producer.facts().principal,
            encryption: admission.outcome.map(|outcome| match outcome {
                Outcome::Works => "works",
                Outcome::WorksWithKeyPolicy => "works-with-key-policy",
                Outcome::NeverArrives => "never-arrives",
            }),
            denies: admission.denies.clone(),
            doubts: admission.doubts.clone(),
            by_acl: admission.by_acl,
            statements: admission.statements.clone().ok(),
        }
    }
}
