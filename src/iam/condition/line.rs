//! One line of a `Condition` element (an operator, a key, its values) and its
//! truth in a context. Lines are joined by AND elsewhere. See
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html>.

use std::collections::BTreeSet;

use crate::iam::context::{Context, ContextValue};
use crate::iam::truth::Truth;
use crate::iam::variables::{self, Language};

use super::comparison::{Outcome, begins, boolean, compare};
use super::operator::{Existence, Operator, Polarity, Quantifier, Test};

/// An operator, a key and the values the policy gives for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Condition {
    /// As the policy writes it.
    pub(crate) operator: String,
    /// As the policy writes it.
    pub(crate) key: String,
    pub(crate) values: Vec<String>,
}

impl Condition {
    /// The context keys the line depends on, in lower case.
    pub(crate) fn keys(&self, language: Language) -> BTreeSet<String> {
        let mut keys = BTreeSet::from([self.key.to_lowercase()]);
        if Operator::parse(&self.operator).is_some_and(Operator::takes_variables) {
            let variables = self.values.iter();
            keys.extend(variables.flat_map(|value| variables::keys(value, language)));
        }
        keys
    }

    /// Does the line hold? An operator not understood leaves it unknown.
    pub(crate) fn truth(&self, language: Language, context: &Context) -> Truth {
        let Some(operator) = Operator::parse(&self.operator) else {
            return Truth::Unknown;
        };
        let line = Line { operator, values: &self.values, language, context };
        match context.get(&self.key).alternatives() {
            Some(alternatives) => Truth::agreed(alternatives.iter().map(|value| line.given(value))),
            None => Truth::Unknown,
        }
    }
}

/// A line with all it is read by.
struct Line<'line> {
    operator: Operator,
    values: &'line [String],
    language: Language,
    context: &'line Context,
}

impl Line<'_> {
    fn given(&self, value: &ContextValue) -> Truth {
        match value {
            ContextValue::Absent => self.given_nothing(),
            ContextValue::Known(values) => self.given_values(values),
            ContextValue::Begins(beginning) => self.given_a_beginning(beginning),
            ContextValue::OneOf(_) | ContextValue::Unknown => Truth::Unknown,
        }
    }

    /// A value of which only the beginning is known.
    fn given_a_beginning(&self, beginning: &str) -> Truth {
        let Self { operator, values, language, context } = *self;
        if operator.test == Test::Null {
            return self.null("false");
        }
        let matched =
            Truth::any(values.iter().map(|policy| begins(operator.test, beginning, policy, language, context)));
        match operator.polarity {
            Polarity::Positive => matched,
            Polarity::Negated => matched.negated(),
        }
    }

    /// A missing key makes a negated operator true and any other false; with a set
    /// prefix the prefix decides, and `ForAnyValue:` asks for a value even with
    /// `IfExists`, which is read value by value.
    fn given_nothing(&self) -> Truth {
        if self.operator.test == Test::Null {
            return self.null("true");
        }
        match (self.operator.quantifier, self.operator.polarity) {
            (Quantifier::Any, _) => Truth::False,
            (Quantifier::All, _) | (Quantifier::Single, Polarity::Negated) => Truth::True,
            (Quantifier::Single, Polarity::Positive) => Truth::from(self.operator.existence == Existence::IfPresent),
        }
    }

    fn given_values(&self, values: &[String]) -> Truth {
        if self.operator.test == Test::Null {
            return self.null("false");
        }
        // An empty string is a null data set to the set operators.
        let empty = values.iter().all(String::is_empty);
        let each = values.iter().map(|value| self.one(value));
        match self.operator.quantifier {
            // Several values ask for a set prefix; without one the outcome is not
            // documented, so it is certain only if every value says the same.
            Quantifier::Single => Truth::agreed(each),
            Quantifier::Any if empty => Truth::False,
            Quantifier::Any => Truth::any(each),
            Quantifier::All if empty => Truth::True,
            Quantifier::All => Truth::all(each),
        }
    }

    /// One value of the request against all of the policy's: any may match, or for
    /// a negated operator none may.
    fn one(&self, request: &str) -> Truth {
        let mut matched = Truth::False;
        for policy in self.values {
            let test = self.operator.test;
            let outcome = compare(test, request, policy, self.language, self.context);
            matched = matched.or(match (outcome, self.operator.polarity) {
                (Outcome::Match, _) => Truth::True,
                (Outcome::NoMatch, _) | (Outcome::CannotMatch, Polarity::Positive) => Truth::False,
                // A value the operator cannot read satisfies neither it nor its negation.
                (Outcome::RequestUnreadable, _) => return Truth::False,
                (Outcome::PolicyUnreadable | Outcome::NotKnown, _) | (Outcome::CannotMatch, Polarity::Negated) => {
                    Truth::Unknown
                }
            });
        }
        match self.operator.polarity {
            Polarity::Positive => matched,
            Polarity::Negated => matched.negated(),
        }
    }

    fn null(&self, absent: &str) -> Truth {
        Truth::any(self.values.iter().map(|value| match boolean(value) {
            Some(_) => Truth::from(value.trim().eq_ignore_ascii_case(absent)),
            None => Truth::Unknown,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{False, True, Unknown};
    use super::*;
    use crate::iam::context::Unnamed;

    fn texts(values: &[&str]) -> Vec<String> {
        values.iter().map(|value| (*value).to_owned()).collect()
    }

    /// The truth of `operator` with `policy` values, the request carrying `values`.
    fn holds(operator: &str, policy: &[&str], values: &[&str]) -> Truth {
        judged(operator, policy, ContextValue::Known(texts(values)))
    }

    fn judged(operator: &str, policy: &[&str], value: ContextValue) -> Truth {
        let condition = Condition { operator: operator.to_owned(), key: "aws:Key".to_owned(), values: texts(policy) };
        let context = Context::new(Unnamed::Absent).with("AWS:KEY", value);
        condition.truth(Language::Variables2012, &context)
    }

    #[test]
    fn a_line_depends_on_variables_only_where_they_are_replaced() {
        let keys = |operator: &str| {
            let (operator, key) = (operator.to_owned(), "aws:Key".to_owned());
            let condition = Condition { operator, key, values: texts(&["${aws:Other}"]) };
            condition.keys(Language::Variables2012).into_iter().collect::<Vec<_>>()
        };
        for operator in ["StringNotEquals", "StringEqualsIgnoreCase", "ForAnyValue:StringLike", "ArnLike", "Bool"] {
            assert_eq!(keys(operator), ["aws:key", "aws:other"], "{operator}");
        }
        for operator in ["NumericEquals", "DateLessThan", "BinaryEquals", "IpAddress", "Null", "Odd"] {
            assert_eq!(keys(operator), ["aws:key"], "{operator}");
        }
    }

    #[test]
    fn a_missing_key_makes_a_negated_operator_true() {
        for operator in ["StringNotEquals", "NotIpAddress", "ArnNotLikeIfExists", "NumericNotEquals"] {
            assert_eq!(holds(operator, &["1"], &[]), True, "{operator}");
        }
    }

    #[test]
    fn a_missing_key_makes_a_positive_operator_false_unless_if_exists() {
        assert_eq!(holds("StringEquals", &["x"], &[]), False);
        assert_eq!(holds("Bool", &["false"], &[]), False);
        assert_eq!(holds("BoolIfExists", &["false"], &[]), True);
    }

    #[test]
    fn policy_values_are_ored_and_under_negation_nored() {
        assert_eq!(holds("StringEquals", &["a", "b"], &["b"]), True);
        assert_eq!(holds("StringNotEquals", &["a", "b"], &["b"]), False);
        assert_eq!(holds("StringNotEquals", &["a", "b"], &["c"]), True);
    }

    #[test]
    fn a_set_prefix_decides_for_a_missing_key() {
        assert_eq!(holds("ForAllValues:StringEquals", &["a"], &[]), True);
        assert_eq!(holds("ForAnyValue:StringNotEquals", &["a"], &[]), False);
        assert_eq!(holds("ForAnyValue:StringEqualsIfExists", &["a"], &[]), False);
        assert_eq!(holds("ForAllValues:StringEquals", &["a"], &[""]), True);
        assert_eq!(holds("ForAnyValue:StringNotEquals", &["a"], &[""]), False);
    }

    #[test]
    fn set_prefixes_range_over_the_values_of_the_request() {
        assert_eq!(holds("ForAnyValue:StringEquals", &["a"], &["b", "a"]), True);
        assert_eq!(holds("ForAllValues:StringEquals", &["a"], &["b", "a"]), False);
        assert_eq!(holds("ForAnyValue:StringNotEquals", &["a"], &["b", "a"]), True);
        assert_eq!(holds("ForAllValues:StringNotEquals", &["a"], &["b", "c"]), True);
    }

    #[test]
    fn several_values_without_a_set_prefix_are_certain_only_in_unison() {
        assert_eq!(holds("StringEquals", &["a"], &["a", "b"]), Unknown);
        assert_eq!(holds("StringEquals", &["x"], &["a", "b"]), False);
        assert_eq!(holds("StringNotEquals", &["x"], &["a", "b"]), True);
    }

    #[test]
    fn null_asks_for_absence_or_presence() {
        assert_eq!(holds("Null", &["true"], &[]), True);
        assert_eq!(holds("Null", &["false"], &[]), False);
        assert_eq!(holds("Null", &["false"], &["x"]), True);
        assert_eq!(holds("Null", &["maybe"], &["x"]), Unknown);
        assert_eq!(judged("Null", &["true"], ContextValue::Unknown), Unknown);
    }

    #[test]
    fn a_request_value_that_cannot_be_read_satisfies_neither_polarity() {
        assert_eq!(holds("NumericEquals", &["1"], &["unknown"]), False);
        assert_eq!(holds("NumericNotEquals", &["1"], &["unknown"]), False);
    }

    #[test]
    fn a_policy_value_that_cannot_be_read_leaves_the_line_unknown() {
        assert_eq!(holds("NumericEquals", &["one"], &["1"]), Unknown);
        assert_eq!(holds("NumericEquals", &["one", "1"], &["1"]), True);
        assert_eq!(holds("StringMatches", &["x"], &["x"]), Unknown);
    }

    #[test]
    fn an_arn_pattern_of_fewer_than_six_parts_is_unknown_whatever_asks_for_it() {
        let value = "arn:aws:s3:::app-data";
        for short in ["*", "arn:*", "arn:aws:s3:*", "arn:aws:s3::*", "app-data", "**", ""] {
            for operator in ["ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals"] {
                for form in ["", "ForAnyValue:", "ForAllValues:"] {
                    for suffix in ["", "IfExists"] {
                        let operator = format!("{form}{operator}{suffix}");
                        assert_eq!(holds(&operator, &[short], &[value]), Unknown, "{operator} {short}");
                        let begins = judged(&operator, &[short], ContextValue::Begins(value.to_owned()));
                        assert_eq!(begins, Unknown, "{operator} {short}");
                    }
                }
            }
            // Of two patterns the whole one decides only where it matches.
            assert_eq!(holds("ArnLike", &[short, "arn:aws:s3:::app-*"], &[value]), True, "{short}");
            assert_eq!(holds("ArnLike", &[short, "arn:aws:s3:::other"], &[value]), Unknown, "{short}");
            assert_eq!(holds("ArnNotLike", &["arn:aws:s3:::app-*", short], &[value]), False, "{short}");
            assert_eq!(holds("ArnNotLike", &["arn:aws:s3:::other", short], &[value]), Unknown, "{short}");
        }
        assert_eq!(holds("ArnLike", &["arn:aws:*:app-data"], &[value]), False);
        assert_eq!(holds("ArnNotLike", &["arn:aws:*:app-data"], &[value]), Unknown);
        assert_eq!(holds("ArnLike", &["*"], &["no-arn"]), Unknown);
        assert_eq!(holds("ArnLike", &["*"], &[]), False);
    }

    #[test]
    fn alternatives_that_agree_are_as_good_as_knowledge() {
        let either = || ContextValue::OneOf(vec![None, Some(texts(&["x"]))]);
        assert_eq!(judged("StringNotEquals", &["y"], either()), True);
        assert_eq!(judged("StringNotEquals", &["x"], either()), Unknown);
    }
}
