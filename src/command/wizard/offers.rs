//! The note beside each destination in the list: which changes it needs.

use crate::plan::{Change, Cure, Plan};

/// How a bucket would do as a destination, best first.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Verdict {
    /// Nothing is to be changed but the attachment.
    Ready,
    /// So many changes, and so many of them replace something.
    Needs {
        /// Steps that replace.
        replacing: usize,
        /// All steps.
        steps: usize,
    },
    /// Denied by statements that may be narrowed by name.
    Denied(Vec<String>),
    /// Not looked at yet.
    Unknown,
    /// Never, for this reason.
    Impossible(String),
}

impl Verdict {
    /// The verdict of a plan for a bucket.
    pub(super) fn of(plan: &Plan) -> Self {
        let blockers = || plan.findings.iter().filter(|finding| finding.refuses() && !finding.is_about_a_source());
        let hard = blockers().find(|finding| !matches!(finding.cure, Cure::Exemption { .. }));
        if let Some(finding) = hard {
            return Self::Impossible(finding.what.clone());
        }
        let exempts: Vec<String> = blockers().filter_map(|finding| finding.exemption().map(str::to_owned)).collect();
        if !exempts.is_empty() {
            return Self::Denied(exempts);
        }
        let steps = || plan.steps.iter().filter(|step| !step.step.attaches());
        match steps().count() {
            0 => Self::Ready,
            count => {
                let replacing = steps().filter(|step| step.change == Change::Replaces).count();
                Self::Needs { replacing, steps: count }
            }
        }
    }

    /// Whether the bucket can be chosen as it was looked at.
    pub(super) fn is_usable(&self) -> bool {
        !matches!(self, Self::Impossible(_) | Self::Unknown)
    }

    /// The verdict in words.
    pub(super) fn words(&self) -> String {
        let changes = |count: &usize| if *count == 1 { "1 change".to_owned() } else { format!("{count} changes") };
        match self {
            Self::Ready => "ready".to_owned(),
            Self::Needs { replacing: 0, steps } => format!("needs {}", changes(steps)),
            Self::Needs { replacing, steps } if replacing == steps => {
                format!("needs {}, {}", changes(steps), if *steps == 1 { "a replacing one" } else { "all replacing" })
            }
            Self::Needs { replacing, steps } => format!("needs {}, {replacing} of them replacing", changes(steps)),
            Self::Denied(names) => format!("needs an exception from {}", names.join(", ")),
            Self::Unknown => "not looked at yet".to_owned(),
            Self::Impossible(why) => format!("can't work: {why}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_destination_comes_first() {
        let mut verdicts = [
            Verdict::Impossible("x".to_owned()),
            Verdict::Unknown,
            Verdict::Needs { replacing: 1, steps: 2 },
            Verdict::Denied(vec!["A".to_owned()]),
            Verdict::Needs { replacing: 0, steps: 3 },
            Verdict::Ready,
        ];
        verdicts.sort();
        let words: Vec<String> = verdicts.iter().map(Verdict::words).collect();
        assert_eq!(
            words,
            [
                "ready",
                "needs 3 changes",
                "needs 2 changes, 1 of them replacing",
                "needs an exception from A",
                "not looked at yet",
                "can't work: x"
            ]
        );
    }
}
