//! The verdict on each destination in the list: what would happen to it.

use crate::plan::{Finding, FindingId, FindingMark, Fix, Plan};
use crate::ui::{Audience, Outlook, Sentences, sentences_for};

/// How suitable a bucket is as a destination, the best first.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum BucketVerdict {
    /// Needs no change except the attachment.
    Ready,
    /// Needs changes, or logs may not arrive.
    Needs(Outlook),
    /// Blocked by these Deny statements, which could exempt the service.
    Denied(Vec<String>),
    /// Not judged yet.
    Unknown,
    Impossible(Obstacle),
}

/// Why a bucket can't be chosen.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Obstacle {
    /// The reason, for a list.
    pub(super) short: String,
    /// The whole reason.
    pub(super) what: String,
    /// What a person can do.
    pub(super) hint: Option<String>,
}

impl Obstacle {
    /// Returns an obstacle without a hint.
    pub(super) fn new(what: String) -> Self {
        Self { short: format!("can't work: {what}"), what, hint: None }
    }

    fn from_finding(finding: &Finding) -> Self {
        let Sentences { what, hint, .. } = sentences_for(finding, Audience::Wizard);
        let id = finding.id();
        let short = if id == FindingId::PolicyUnreadable {
            "could not read its policy".to_owned()
        } else if id == FindingId::EncryptionUnreadable {
            "could not read its encryption".to_owned()
        } else if id.is(FindingMark::Unread) {
            what.clone()
        } else {
            format!("can't work: {what}")
        };
        Self { short, what, hint }
    }
}

impl BucketVerdict {
    /// Judges a bucket by its plan.
    pub(super) fn from_plan(plan: &Plan) -> Self {
        let blockers = || plan.findings.iter().filter(|finding| finding.refuses() && !finding.is_about_a_source());
        let hard = blockers().find(|finding| !matches!(finding.fix, Fix::Exemption { .. }));
        if let Some(finding) = hard {
            return Self::Impossible(Obstacle::from_finding(finding));
        }
        let exempts: Vec<String> = blockers().filter_map(|finding| finding.exemption().map(str::to_owned)).collect();
        if !exempts.is_empty() {
            return Self::Denied(exempts);
        }
        let outlook = Outlook::new(plan);
        if outlook.is_empty() { Self::Ready } else { Self::Needs(outlook) }
    }

    /// Returns whether the bucket can be chosen without another read.
    pub(super) fn is_usable(&self) -> bool {
        !matches!(self, Self::Impossible(_) | Self::Unknown)
    }

    /// Returns the verdict as text, the most important first.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Ready => "ready".to_owned(),
            Self::Needs(outlook) => outlook.words(),
            Self::Denied(names) => {
                let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                format!("needs an exemption from {}", names.join(", "))
            }
            Self::Unknown => "not checked yet".to_owned(),
            Self::Impossible(obstacle) => obstacle.short.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs(overwrites: &[&str], doubts: &[&str], adds: &[&str]) -> BucketVerdict {
        let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        BucketVerdict::Needs(Outlook { overwrites: owned(overwrites), doubts: owned(doubts), adds: owned(adds) })
    }

    #[test]
    fn the_best_destination_comes_first() {
        let mut verdicts = [
            BucketVerdict::Impossible(Obstacle::new("x".to_owned())),
            BucketVerdict::Unknown,
            needs(&["overwrites its encryption"], &[], &["adds a policy"]),
            BucketVerdict::Denied(vec!["A".to_owned()]),
            needs(&[], &["may be denied by `D`"], &["adds a policy"]),
            needs(&[], &[], &["adds a policy"]),
            BucketVerdict::Ready,
        ];
        verdicts.sort();
        let words: Vec<String> = verdicts.iter().map(BucketVerdict::words).collect();
        assert_eq!(
            words,
            [
                "ready",
                "adds a policy",
                "may be denied by `D`, adds a policy",
                "overwrites its encryption, adds a policy",
                "needs an exemption from `A`",
                "not checked yet",
                "can't work: x"
            ]
        );
    }
}
