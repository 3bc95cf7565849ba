//! The answer to a request, and how each statement contributed to it. `evaluate` computes it. See
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.

use std::fmt;

use super::reason::{MatchReason, StatementElement};
use super::statement::Effect;
use super::truth::Truth;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PolicyAnswer {
    Allowed,
    /// No statement allows it.
    ImplicitlyDenied,
    /// A Deny statement matches.
    ExplicitlyDenied,
    /// Too little is known to decide.
    Unknown,
}

/// An answer, and how each statement contributed to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub answer: PolicyAnswer,
    /// Whether the request could be allowed, given the known values. If false, an unknown answer is in fact a denial.
    pub allow_possible: bool,
    /// One verdict per statement, in the policy's order. A policy without statements also gets one verdict if it is not
    /// fully understood.
    pub statements: Vec<StatementVerdict>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementVerdict {
    /// The statement's position in the policy, from 0.
    pub index: usize,
    pub sid: Option<String>,
    /// `None` if the statement's `Effect` is not understood.
    pub effect: Option<Effect>,
    /// Whether the statement matches.
    pub truth: Truth,
    pub because: Vec<MatchReason>,
}

impl StatementVerdict {
    pub(crate) fn may(&self, effect: Effect) -> bool {
        self.truth != Truth::False && self.effect.is_none_or(|own| own == effect)
    }

    fn surely(&self, effect: Effect) -> bool {
        self.truth == Truth::True && self.effect == Some(effect)
    }

    /// Returns whether the principal is among the reasons.
    pub fn is_about_the_principal(&self) -> bool {
        self.because.iter().any(|reason| matches!(reason.element, StatementElement::Principal { .. }))
    }
}

impl Decision {
    /// Returns whether another request of the same kind may get a different answer. This happens if an uncertain
    /// statement matches only some files, or only after a certain time.
    pub fn differs_between_requests(&self) -> bool {
        let is_granted = self.statements.iter().any(|verdict| verdict.surely(Effect::Allow));
        let is_idle = |verdict: &StatementVerdict| is_granted && verdict.effect == Some(Effect::Allow);
        let open = self.statements.iter().filter(|verdict| verdict.truth == Truth::Unknown && !is_idle(verdict));
        self.answer == PolicyAnswer::Unknown
            && open.flat_map(|verdict| &verdict.because).any(MatchReason::differs_between_requests)
    }

    /// Returns the statements that produced the answer. These are the statements that certainly allow or deny the
    /// request. If there are none, these are the statements that may allow or deny it. For an implicit denial, these
    /// are the Allow statements that name the caller but fail for another reason. For an unknown answer, these are the
    /// statements in doubt.
    pub fn deciding(&self) -> Vec<&StatementVerdict> {
        let all = || self.statements.iter();
        let made_by = |effect: Effect| {
            let sure: Vec<_> = all().filter(|verdict| verdict.surely(effect)).collect();
            if sure.is_empty() { all().filter(|verdict| verdict.may(effect)).collect() } else { sure }
        };
        match self.answer {
            PolicyAnswer::Allowed => made_by(Effect::Allow),
            PolicyAnswer::ExplicitlyDenied => made_by(Effect::Deny),
            PolicyAnswer::ImplicitlyDenied => all()
                .filter(|verdict| verdict.effect == Some(Effect::Allow) && !verdict.is_about_the_principal())
                .collect(),
            PolicyAnswer::Unknown => all()
                .filter(|verdict| {
                    verdict.truth == Truth::Unknown || (verdict.effect.is_none() && verdict.truth == Truth::True)
                })
                .collect(),
        }
    }
}

impl fmt::Display for StatementVerdict {
    /// Counts statements from 1.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "statement {}", self.index + 1)?;
        if let Some(sid) = &self.sid {
            write!(f, " `{sid}`")?;
        }
        let reasons: Vec<String> = self.because.iter().map(ToString::to_string).collect();
        write!(f, ": {}", reasons.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use Truth::{False, True, Unknown};

    /// Returns the indexes of the deciding statements among statements with these effects and truths.
    fn deciding(answer: PolicyAnswer, statements: &[(Option<Effect>, Truth, StatementElement)]) -> Vec<usize> {
        let verdict =
            |(index, (effect, truth, element)): (usize, &(Option<Effect>, Truth, StatementElement))| StatementVerdict {
                index,
                sid: None,
                effect: *effect,
                truth: *truth,
                because: vec![MatchReason { truth: *truth, element: element.clone() }],
            };
        let statements = statements.iter().enumerate().map(verdict).collect();
        let decision = Decision { answer, allow_possible: true, statements };
        decision.deciding().into_iter().map(|verdict| verdict.index).collect()
    }

    fn action() -> StatementElement {
        StatementElement::Action { name: "Action", named: Vec::new(), asked: "s3:PutObject".to_owned() }
    }

    fn principal() -> StatementElement {
        StatementElement::Principal {
            name: "Principal",
            named: Vec::new(),
            asking: "delivery.logs.amazonaws.com".to_owned(),
        }
    }

    #[test]
    fn certain_statements_decide_before_possible_ones() {
        let (allow, deny) = (Some(Effect::Allow), Some(Effect::Deny));
        let all = [
            (allow, Unknown, action()),
            (allow, True, action()),
            (deny, True, action()),
            (deny, Unknown, action()),
            (None, Unknown, action()),
            (allow, False, action()),
        ];
        assert_eq!(deciding(PolicyAnswer::Allowed, &all), [1]);
        assert_eq!(deciding(PolicyAnswer::ExplicitlyDenied, &all), [2]);
        let unsure: Vec<_> = all.iter().filter(|(_, truth, _)| *truth != True).cloned().collect();
        assert_eq!(deciding(PolicyAnswer::Allowed, &unsure), [0, 2]);
        assert_eq!(deciding(PolicyAnswer::ExplicitlyDenied, &unsure), [1, 2]);
    }

    #[test]
    fn an_implicit_denial_shows_allows_that_name_the_caller_but_fail() {
        let (allow, deny) = (Some(Effect::Allow), Some(Effect::Deny));
        let all =
            [(allow, False, action()), (allow, False, principal()), (deny, False, action()), (None, False, action())];
        assert_eq!(deciding(PolicyAnswer::ImplicitlyDenied, &all), [0]);
    }

    #[test]
    fn an_unknown_answer_shows_the_uncertain_statements() {
        let (allow, deny) = (Some(Effect::Allow), Some(Effect::Deny));
        let all = [
            (allow, True, action()),
            (deny, Unknown, action()),
            (None, False, action()),
            (None, True, action()),
            (allow, Unknown, principal()),
        ];
        assert_eq!(deciding(PolicyAnswer::Unknown, &all), [1, 3, 4]);
    }
}
