//! The answer to a request and what each statement had to do with it. How it is
//! reached is `evaluate`'s. See
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.

use std::fmt;

use super::reason::{Element, Reason};
use super::statement::Effect;
use super::truth::Truth;

/// What a policy says to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Answer {
    /// It is let through.
    Allowed,
    /// Nothing lets it through.
    ImplicitlyDenied,
    /// Something stops it.
    ExplicitlyDenied,
    /// What is known does not decide.
    Unknown,
}

/// An answer and how every statement stands to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The answer.
    pub answer: Answer,
    /// Could the request be let through, for all that is known? An unknown answer
    /// may still lie between the two ways of being denied.
    pub allow_possible: bool,
    /// One verdict a statement, in the policy's order; one more where the policy
    /// has no statements but something that is not understood.
    pub statements: Vec<Verdict>,
}

/// Whether a statement matches the request, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The statement's place in the policy, from 0.
    pub index: usize,
    /// The statement's name.
    pub sid: Option<String>,
    /// What the statement does; none when that is not understood.
    pub effect: Option<Effect>,
    /// Does it match?
    pub truth: Truth,
    /// What decided that.
    pub because: Vec<Reason>,
}

impl Verdict {
    pub(crate) fn may(&self, effect: Effect) -> bool {
        self.truth != Truth::False && self.effect.is_none_or(|own| own == effect)
    }

    fn surely(&self, effect: Effect) -> bool {
        self.truth == Truth::True && self.effect == Some(effect)
    }

    /// Whether it is about whom the statement names.
    pub fn is_about_the_principal(&self) -> bool {
        self.because.iter().any(|reason| matches!(reason.element, Element::Principal { .. }))
    }
}

impl Decision {
    /// The statements that made the answer: those that allow or deny for certain,
    /// or failing that may; for an implicit denial the Allow statements that name
    /// the caller and fail otherwise; for an unknown answer those in doubt.
    pub fn deciding(&self) -> Vec<&Verdict> {
        let all = || self.statements.iter();
        let made_by = |effect: Effect| {
            let sure: Vec<_> = all().filter(|verdict| verdict.surely(effect)).collect();
            if sure.is_empty() { all().filter(|verdict| verdict.may(effect)).collect() } else { sure }
        };
        match self.answer {
            Answer::Allowed => made_by(Effect::Allow),
            Answer::ExplicitlyDenied => made_by(Effect::Deny),
            Answer::ImplicitlyDenied => all()
                .filter(|verdict| verdict.effect == Some(Effect::Allow) && !verdict.is_about_the_principal())
                .collect(),
            Answer::Unknown => all()
                .filter(|verdict| {
                    verdict.truth == Truth::Unknown || (verdict.effect.is_none() && verdict.truth == Truth::True)
                })
                .collect(),
        }
    }
}

impl fmt::Display for Verdict {
    /// Counts statements from 1, as people do.
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

    /// The places of the statements that decide, of those with these effects and truths.
    fn deciding(answer: Answer, statements: &[(Option<Effect>, Truth, Element)]) -> Vec<usize> {
        let verdict = |(index, (effect, truth, element)): (usize, &(Option<Effect>, Truth, Element))| Verdict {
            index,
            sid: None,
            effect: *effect,
            truth: *truth,
            because: vec![Reason { truth: *truth, element: element.clone() }],
        };
        let statements = statements.iter().enumerate().map(verdict).collect();
        let decision = Decision { answer, allow_possible: true, statements };
        decision.deciding().into_iter().map(|verdict| verdict.index).collect()
    }

    fn of_action() -> Element {
        Element::Action { name: "Action", asked: "s3:PutObject".to_owned() }
    }

    fn of_principal() -> Element {
        Element::Principal { name: "Principal", named: Vec::new(), asking: "delivery.logs.amazonaws.com".to_owned() }
    }

    #[test]
    fn those_decide_that_are_sure_and_failing_them_those_that_may() {
        let (allow, deny) = (Some(Effect::Allow), Some(Effect::Deny));
        let all = [
            (allow, Unknown, of_action()),
            (allow, True, of_action()),
            (deny, True, of_action()),
            (deny, Unknown, of_action()),
            (None, Unknown, of_action()),
            (allow, False, of_action()),
        ];
        assert_eq!(deciding(Answer::Allowed, &all), [1]);
        assert_eq!(deciding(Answer::ExplicitlyDenied, &all), [2]);
        let unsure: Vec<_> = all.iter().filter(|(_, truth, _)| *truth != True).cloned().collect();
        assert_eq!(deciding(Answer::Allowed, &unsure), [0, 2]);
        assert_eq!(deciding(Answer::ExplicitlyDenied, &unsure), [1, 2]);
    }

    #[test]
    fn an_implicit_denial_shows_the_grants_that_name_the_caller_and_fail_otherwise() {
        let (allow, deny) = (Some(Effect::Allow), Some(Effect::Deny));
        let all = [
            (allow, False, of_action()),
            (allow, False, of_principal()),
            (deny, False, of_action()),
            (None, False, of_action()),
        ];
        assert_eq!(deciding(Answer::ImplicitlyDenied, &all), [0]);
    }

    #[test]
    fn an_unknown_answer_shows_the_statements_in_doubt() {
        let (allow, deny) = (Some(Effect::Allow), Some(Effect::Deny));
        let all = [
            (allow, True, of_action()),
            (deny, Unknown, of_action()),
            (None, False, of_action()),
            (None, True, of_action()),
            (allow, Unknown, of_principal()),
        ];
        assert_eq!(deciding(Answer::Unknown, &all), [1, 3, 4]);
    }
}
