//! The sentences about a finding: the fact, why it matters, and what a person can do. Each aspect of findings has a
//! file.

mod attachment;
mod delivery;
mod destination;
mod encryption;
mod grant;
mod key;
mod key_policy;
#[cfg(test)]
mod pages;
mod policy;
mod report;
mod retention;
mod setting;
mod source;
mod tag;
mod template;

use std::fmt::Display;

use crate::plan::{Finding, FindingKind, Fix, Hint, ProblemCause};

use super::Audience;

pub(crate) use key::unusable as unusable_key_text;
pub(super) use retention::in_words as days_text;
pub(super) use tag::listed as tags_text;

/// The sentences about a finding.
#[derive(Clone, Debug)]
pub struct Sentences {
    /// The fact.
    pub what: String,
    /// Why it matters.
    pub why: String,
    /// What a person can do, if logbucket can't fix it.
    pub hint: Option<String>,
}

impl Sentences {
    fn new(what: impl Into<String>, why: impl Into<String>) -> Self {
        Self { what: what.into(), why: why.into(), hint: None }
    }

    fn hinted(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

/// Returns the sentences about a finding for the output of a command.
pub fn sentences(finding: &Finding) -> Sentences {
    sentences_for(finding, Audience::CommandLine)
}

/// Returns the sentences about a finding.
pub(crate) fn sentences_for(finding: &Finding, audience: Audience) -> Sentences {
    let own = kind_sentences(&finding.kind, finding, audience);
    let hint = match &finding.fix {
        Fix::Impossible(hint) => Some(hint_text(hint, own.hint, audience)),
        Fix::Exemption { .. }
        | Fix::InTemplate(_)
        | Fix::Nothing
        | Fix::Offer(_)
        | Fix::SharedWith(_)
        | Fix::Steps(_) => None,
    };
    Sentences { hint, ..own }
}

/// Returns a cause as text.
pub(crate) fn cause_text(cause: &ProblemCause) -> String {
    match cause {
        ProblemCause::Finding(finding) => sentences(finding).what,
        ProblemCause::Other(text) => text.clone(),
    }
}

/// Returns the sentences about a kind. The hint is there even if the finding's fix doesn't need it.
fn kind_sentences(kind: &FindingKind, finding: &Finding, audience: Audience) -> Sentences {
    let subject = finding.subject.as_str();
    match kind {
        FindingKind::Attachment(kind) => attachment::sentences(kind),
        FindingKind::Delivery(kind) => delivery::sentences(kind, subject),
        FindingKind::Destination(kind) => destination::sentences(kind, subject, audience),
        FindingKind::Encryption(kind) => encryption::sentences(kind, subject),
        FindingKind::Grant(kind) => grant::sentences(kind),
        FindingKind::Key(kind) => key::sentences(kind, subject, audience),
        FindingKind::KeyPolicy(kind) => key_policy::sentences(kind, subject),
        FindingKind::Policy(kind) => policy::sentences(kind, finding.offer(), audience),
        FindingKind::Proven { kind, sources } => {
            let what = kind_sentences(kind, finding, audience).what;
            Sentences::new(
                format!("{what}; logs of {} have arrived nevertheless", listed(sources)),
                "delivered logs show that the log service is allowed, so no change is needed",
            )
        }
        FindingKind::Report(kind) => report::sentences(kind, subject, audience),
        FindingKind::Retention(kind) => retention::sentences(kind, subject, audience),
        FindingKind::Setting(kind) => setting::sentences(kind, subject),
        FindingKind::Source(kind) => source::sentences(kind, subject),
        FindingKind::Tag(kind) => tag::sentences(kind, subject, audience),
        FindingKind::Template(kind) => template::sentences(kind, subject),
    }
}

fn hint_text(hint: &Hint, kind_sentences: Option<String>, audience: Audience) -> String {
    match hint {
        Hint::OfKind => kind_sentences.unwrap_or_default(),
        Hint::OtherBucket { source } => {
            let command = format!("use another bucket: `logbucket init s3-access --source {source} --bucket OTHER`");
            let other = audience.pick(command, "change the destination to another bucket".to_owned());
            format!("{other}; in a bucket that logs to itself, each delivered log creates another log")
        }
        Hint::OtherPrefix { producer, error } => {
            let command = format!("choose another one with `logbucket init {producer} --prefix PREFIX`");
            format!("{error}; {}", audience.pick(command, "change the key prefix".to_owned()))
        }
        Hint::First(finding) => {
            let Sentences { what, hint, .. } = sentences_for(finding, audience);
            format!("{what}: {}", hint.unwrap_or_default())
        }
    }
}

/// Joins names. The first few are shown, and the rest are counted.
pub(super) fn listed(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(5).map(|name| format!("`{name}`")).collect();
    match names.len().saturating_sub(5) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Joins statements or other parts of a sentence that may contain commas.
fn joined(parts: &[impl Display]) -> String {
    parts.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Joins all names.
fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Short forms for the tests of other modules, which may not import this one.
#[cfg(test)]
impl Finding {
    pub(crate) fn what(&self) -> String {
        sentences(self).what
    }

    pub(crate) fn why(&self) -> String {
        sentences(self).why
    }

    pub(crate) fn hint(&self) -> Option<String> {
        sentences(self).hint
    }
}
