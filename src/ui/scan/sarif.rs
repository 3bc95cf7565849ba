//! The report of `scan` as SARIF 2.1.0: dead logs and endless loops are failures, unknown logs are open results.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>, as GitHub's code scanning supports it:
//! <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>.
//! Healthy logs, and logs that are off, are left out.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::exit::Exit;
use crate::health::{Health, LogReport, Report};
use crate::model::{Moment, PathParts, ReportPath};
use crate::plan::{Finding, FindingId};
use crate::producer::Source;
use crate::state::Identity;
use crate::ui::check_text::word;
use crate::ui::clean::clean;
use crate::ui::finding::{Sentences, cause_text, sentences};
use crate::ui::words;

use super::text::counts;

/// The rule for a log that could not be read.
const NOT_KNOWN: &str = "unknown";

/// The page about the states of a log.
const STATES: &str = concat!(env!("CARGO_PKG_HOMEPAGE"), "/checking.html#what-the-states-mean");

/// The fingerprint by which GitHub's code scanning matches alerts. GitHub reads no other fingerprint.
const GITHUB_FINGERPRINT: &str = "primaryLocationLineHash";

/// The severities of alerts, from 0.0 to 10.0. For GitHub, 4.0 and above is medium, and anything below is low. Lost
/// logs make an attack harder to investigate, but don't enable an attack.
const SEVERITY_LOST_LOGS: &str = "5.0";
const SEVERITY_DOUBTS: &str = "2.0";

/// Insufficient logging: <https://cwe.mitre.org/data/definitions/778.html>.
const CWE: &str = "external/cwe/cwe-778";

/// Uncontrolled resource consumption: <https://cwe.mitre.org/data/definitions/400.html>.
const CWE_LOOPS: &str = "external/cwe/cwe-400";

#[derive(Debug, Serialize)]
pub(in crate::ui) struct SarifDocument {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [SarifRun; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifRun {
    tool: SarifTool,
    automation_details: Automation,
    invocations: [Invocation; 1],
    results: Vec<SarifResult>,
    properties: RunProperties,
}

#[derive(Debug, Serialize)]
struct SarifTool {
    driver: Driver,
}

#[derive(Debug, Serialize)]
struct Driver {
    name: &'static str,
    version: &'static str,
    rules: Vec<SarifRule>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifRule {
    id: &'static str,
    short_description: Message,
    full_description: Message,
    help: Help,
    help_uri: &'static str,
    properties: RuleProperties,
}

/// GitHub shows the Markdown beside an alert, and other readers the text.
#[derive(Debug, Serialize)]
struct Help {
    text: String,
    markdown: String,
}

/// Sets the severity of the alert in GitHub's code scanning.
#[derive(Debug, Serialize)]
struct RuleProperties {
    tags: [&'static str; 2],
    /// AWS's pages, one or more for the rule's results.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pages: BTreeSet<&'static str>,
    #[serde(rename = "security-severity")]
    security_severity: &'static str,
}

/// Distinguishes the scans of different accounts.
#[derive(Debug, Serialize)]
struct Automation {
    id: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    exit_code: u8,
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Debug, Serialize)]
struct Notification {
    level: &'static str,
    message: Message,
}

#[derive(Debug, Serialize)]
struct RunProperties {
    account: String,
    regions: Vec<String>,
    counts: BTreeMap<&'static str, usize>,
    ignored: BTreeMap<&'static str, usize>,
}

#[derive(Debug, Serialize)]
struct Message {
    text: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult {
    rule_id: &'static str,
    rule_index: usize,
    kind: &'static str,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
    partial_fingerprints: BTreeMap<&'static str, String>,
    properties: Properties,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
    logical_locations: [LogicalLocation; 1],
}

/// SARIF readers require a file, so a path stands for the source. The path need not exist in a repository.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Lines,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Lines {
    start_line: u8,
}

#[derive(Debug, Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation {
    name: String,
    fully_qualified_name: String,
    kind: &'static str,
}

#[derive(Debug, Serialize)]
struct Properties {
    health: &'static str,
    producer: &'static str,
    account: String,
    region: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    bucket: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    newest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
}

impl SarifDocument {
    pub(in crate::ui) fn new(report: &Report, exit: Exit, path: &ReportPath) -> Self {
        let mut rules: Vec<SarifRule> = Vec::new();
        let mut pages: BTreeMap<FindingId, BTreeSet<&'static str>> = BTreeMap::new();
        for cause in report.logs.iter().filter_map(|entry| entry.diagnosis.problem()) {
            pages.entry(cause.id()).or_default().insert(cause.page());
        }
        let results = report.logs.iter().filter_map(|entry| {
            let (kind, level) = match entry.diagnosis.health {
                Health::Dead => ("fail", "error"),
                Health::Unknown(_) => ("open", "none"),
                // The log is delivered, but endlessly creates more logs.
                Health::Delivering | Health::Pending(_) | Health::Permitted if entry.diagnosis.is_loop() => {
                    ("fail", "warning")
                }
                Health::Delivering | Health::Off | Health::Pending(_) | Health::Permitted => return None,
            };
            let cause = entry.diagnosis.problem().map(Finding::id);
            let rule_id = cause.map_or(NOT_KNOWN, FindingId::as_str);
            let rule_index = rules.iter().position(|known| known.id == rule_id).unwrap_or_else(|| {
                rules.push(SarifRule::new(cause, cause.and_then(|id| pages.get(&id)).cloned().unwrap_or_default()));
                rules.len() - 1
            });
            let source = &entry.diagnosis.attachment.source;
            let location = LogicalLocation::new(source);
            let print = format!("{}/{}/{rule_id}", location.fully_qualified_name, entry.diagnosis.attachment.title());
            let uri = path.uri(&PathParts {
                account: source.account(&report.caller.account).as_str(),
                region: source.region().as_str(),
                producer: entry.diagnosis.attachment.producer().as_str(),
                source: source.name(),
            });
            Some(SarifResult {
                rule_id,
                rule_index,
                kind,
                level,
                message: Message { text: message(entry) },
                locations: [Location {
                    physical_location: PhysicalLocation {
                        artifact_location: ArtifactLocation { uri },
                        region: Lines { start_line: 1 },
                    },
                    logical_locations: [location],
                }],
                partial_fingerprints: BTreeMap::from([
                    ("logbucket/v1", clean(&print)),
                    (GITHUB_FINGERPRINT, hash(&print)),
                ]),
                properties: Properties::new(entry, &report.caller),
            })
        });
        let results = results.collect();
        let notification =
            |unread: &String| Notification { level: "warning", message: Message { text: clean(unread) } };
        let account = report.caller.account.to_string();
        let run = SarifRun {
            tool: SarifTool { driver: Driver { name: "logbucket", version: env!("CARGO_PKG_VERSION"), rules } },
            automation_details: Automation { id: format!("logbucket/scan/{account}/") },
            invocations: [Invocation {
                execution_successful: matches!(exit, Exit::Done | Exit::Problems),
                exit_code: exit.number(),
                tool_execution_notifications: report.unread.iter().map(notification).collect(),
            }],
            results,
            properties: RunProperties {
                account,
                regions: report.regions.iter().map(ToString::to_string).collect(),
                counts: counts(report),
                ignored: report.ignored.counts().collect(),
            },
        };
        Self { schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [run] }
    }
}

impl SarifRule {
    /// `pages` are AWS's pages about the rule's results.
    fn new(cause: Option<FindingId>, pages: BTreeSet<&'static str>) -> Self {
        let (id, meaning, help_uri, security_severity) = match cause {
            Some(cause) => (cause.as_str(), cause.meaning(), cause.help(), SEVERITY_LOST_LOGS),
            None => (NOT_KNOWN, "Could not determine whether the log is delivered.", STATES, SEVERITY_DOUBTS),
        };
        let message = |text: &str| Message { text: text.to_owned() };
        let text = "`logbucket check` names the cause, the AWS page and, if there is one, the command that fixes it.";
        let links = std::iter::once(format!("[How to fix it]({help_uri})"));
        let links = links.chain(pages.iter().map(|page| format!("[AWS documentation]({page})")));
        let markdown = format!("{text}\n\n{}", links.collect::<Vec<_>>().join(" · "));
        let help = Help { text: text.to_owned(), markdown };
        // Endless logs cost money, but no log is lost.
        let is_loop = cause == Some(FindingId::LogLoop);
        let (cwe, security_severity) = if is_loop { (CWE_LOOPS, SEVERITY_DOUBTS) } else { (CWE, security_severity) };
        let properties = RuleProperties { tags: ["security", cwe], pages, security_severity };
        Self { id, short_description: message(meaning), full_description: message(meaning), help, help_uri, properties }
    }
}

impl LogicalLocation {
    fn new(source: &Source) -> Self {
        Self { name: source.name().to_owned(), fully_qualified_name: source.arn(), kind: "resource" }
    }
}

impl Properties {
    fn new(entry: &LogReport, caller: &Identity) -> Self {
        let diagnosis = &entry.diagnosis;
        let target = diagnosis.attachment.target.present();
        Self {
            health: word(&diagnosis.health),
            producer: diagnosis.attachment.producer().as_str(),
            account: diagnosis.attachment.source.account(&caller.account).to_string(),
            region: diagnosis.attachment.source.region().to_string(),
            bucket: target.map(|target| target.bucket.clone()),
            prefix: target.map(|target| target.prefix.clone()),
            page: diagnosis.problem().map(Finding::page),
            newest: entry.delivered.map(Moment::iso),
            fix: diagnosis.fix.as_ref().and_then(|fix| words::command(&fix.request).ok()).map(|fix| fix.to_string()),
        }
    }
}

/// Formats the whole diagnosis as text, since SARIF readers show little else.
fn message(entry: &LogReport) -> String {
    let diagnosis = &entry.diagnosis;
    let title = diagnosis.attachment.title();
    let to = diagnosis.attachment.target.present();
    let to = to.map(|target| format!(" to s3://{}/{}", target.bucket, target.prefix)).unwrap_or_default();
    let why = match (&diagnosis.health, diagnosis.problem()) {
        (_, Some(cause)) => {
            let Sentences { what, why, .. } = sentences(cause);
            format!("{what}: {why}")
        }
        (Health::Unknown(causes), None) => causes.iter().map(cause_text).collect::<Vec<_>>().join("; "),
        (Health::Dead | Health::Delivering | Health::Off | Health::Pending(_) | Health::Permitted, None) => {
            String::new()
        }
    };
    let fix = diagnosis.fix.as_ref().map(|fix| match words::command(&fix.request) {
        Ok(command) => format!(" Fix: `{command}`"),
        Err(why) => format!(" Fix: {why}"),
    });
    clean(&format!("{}: {title}{to}. {why}.{}", word(&diagnosis.health), fix.unwrap_or_default()))
}

/// Returns a fingerprint in GitHub's format: a hash, and a number that distinguishes equal hashes.
fn hash(text: &str) -> String {
    use std::fmt::Write as _;
    let mut hash = String::new();
    for byte in Sha256::digest(text).iter().take(16) {
        // Writing to a `String` cannot fail.
        let _ = write!(hash, "{byte:02x}");
    }
    hash + ":1"
}
