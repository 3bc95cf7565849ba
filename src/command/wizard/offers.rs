//! The verdict on each destination in the list: which changes it needs.

use crate::plan::{Fix, Plan, StepKind};
use crate::ui::sentences;

/// How suitable a bucket is as a destination, the best first.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum BucketVerdict {
    /// Needs no change except the attachment.
    Ready,
    /// Needs changes.
    Needs {
        /// How many steps replace something.
        replacing: usize,
        /// How many steps there are.
        steps: usize,
    },
    /// Blocked by these Deny statements, which could exempt the service.
    Denied(Vec<String>),
    /// Not judged yet.
    Unknown,
    /// Can't work, for this reason.
    Impossible(String),
}

impl BucketVerdict {
    /// Judges a bucket by its plan.
    pub(super) fn from_plan(plan: &Plan) -> Self {
        let blockers = || plan.findings.iter().filter(|finding| finding.refuses() && !finding.is_about_a_source());
        let hard = blockers().find(|finding| !matches!(finding.fix, Fix::Exemption { .. }));
        if let Some(finding) = hard {
            return Self::Impossible(sentences(finding).what);
        }
        let exempts: Vec<String> = blockers().filter_map(|finding| finding.exemption().map(str::to_owned)).collect();
        if !exempts.is_empty() {
            return Self::Denied(exempts);
        }
        let steps = || plan.steps.iter().filter(|step| !step.step.attaches());
        match steps().count() {
            0 => Self::Ready,
            count => {
                let replacing = steps().filter(|step| step.change == StepKind::Replaces).count();
                Self::Needs { replacing, steps: count }
            }
        }
    }

    /// Returns whether the bucket can be chosen without another read.
    pub(super) fn is_usable(&self) -> bool {
        !matches!(self, Self::Impossible(_) | Self::Unknown)
    }

    /// Returns the verdict as text.
    pub(super) fn words(&self) -> String {
        let changes = |count: &usize| if *count == 1 { "1 change".to_owned() } else { format!("{count} changes") };
        match self {
            Self::Ready => "ready".to_owned(),
            Self::Needs { replacing: 0, steps } => changes(steps),
            Self::Needs { replacing, steps } if replacing == steps => {
                format!("{}, {} settings", changes(steps), if *steps == 1 { "overwrites" } else { "all overwrite" })
            }
            Self::Needs { replacing, steps } => {
                let verb = if *replacing == 1 { "overwrites" } else { "overwrite" };
                format!("{}, {replacing} {verb} settings", changes(steps))
            }
            Self::Denied(names) => format!("needs an exemption from {}", names.join(", ")),
            Self::Unknown => "not checked yet".to_owned(),
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
            BucketVerdict::Impossible("x".to_owned()),
            BucketVerdict::Unknown,
            BucketVerdict::Needs { replacing: 1, steps: 2 },
            BucketVerdict::Denied(vec!["A".to_owned()]),
            BucketVerdict::Needs { replacing: 0, steps: 3 },
            BucketVerdict::Ready,
        ];
        verdicts.sort();
        let words: Vec<String> = verdicts.iter().map(BucketVerdict::words).collect();
        assert_eq!(
            words,
            [
                "ready",
                "3 changes",
                "2 changes, 1 overwrites settings",
                "needs an exemption from A",
                "not checked yet",
                "can't work: x"
            ]
        );
    }
}
