//! Findings about the requested lifecycle rules. The subject is the bucket.

use crate::model::{Denial, Moment, TransitionAfter};

use super::FindingId as Id;
use super::rule::FindingRule;

const CONFLICTS: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-conflicts.html";
const LIFECYCLE: &str =
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-set-lifecycle-configuration-intro.html";

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RetentionFinding {
    Unreadable {
        wish: Wish,
        denial: Denial,
    },
    /// The logs have no folder of their own, so a rule would affect other objects.
    NoFolder {
        wish: Wish,
    },
    /// An addition by others to logbucket's rule does not fit the requested days.
    Conflict {
        wish: Wish,
        rule: String,
        conflict: RuleConflict,
    },
    TooManyRules {
        wish: Wish,
        limit: usize,
    },
    Missing {
        wish: Wish,
        lacking: RetentionGap,
    },
    /// Another rule takes effect before the requested one.
    TooEarly {
        wish: Wish,
        rule: String,
        action: TooEarly,
        logs: LogPart,
    },
}

/// The requested retention.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Wish {
    /// The age in days at which logs are deleted.
    pub days: Option<u32>,
    pub transition: Option<TransitionAfter>,
}

/// Why S3 would refuse a rule.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RuleConflict {
    /// The rule deletes objects on a date, and moves them after some days.
    FixedDate(Moment),
    /// The rule moves objects on a fixed date or after these days, when they are deleted already.
    MovedTooLate {
        class: Option<String>,
        days: Option<i32>,
        /// The age in days at which the rule deletes.
        expires: u32,
    },
}

/// What the bucket's rules lack.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RetentionGap {
    /// The rules with these IDs don't delete noncurrent versions.
    NoncurrentVersions(Vec<String>),
    /// There is no rule as requested for these folders.
    Rules(Vec<String>),
}

/// The action of another rule that comes too early.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum TooEarly {
    Deletes(When),
    /// It moves objects to this storage class, if it names one.
    Moves(Option<String>, When),
}

/// When a rule takes effect.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum When {
    AfterDays(u32),
    From(Moment),
}

/// The logs that a rule affects.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LogPart {
    All,
    Some,
}

impl RetentionFinding {
    pub(super) fn rule(&self) -> FindingRule {
        match self {
            Self::TooEarly { .. } => FindingRule::warning(Id::LifecycleExpiration, CONFLICTS),
            Self::Unreadable { .. }
            | Self::NoFolder { .. }
            | Self::Conflict { .. }
            | Self::TooManyRules { .. }
            | Self::Missing { .. } => FindingRule::info(Id::LifecycleExpiration, LIFECYCLE),
        }
    }
}
