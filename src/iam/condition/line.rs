//! Evaluates one condition: an operator, a key and its values. `judge` joins conditions by AND. See
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html>.

use std::collections::BTreeSet;

use crate::iam::context::{Context, ContextValue, KeyType};
use crate::iam::reason::Unfit;
use crate::iam::truth::Truth;
use crate::iam::variables::{self, Language};

use super::comparison::{ComparisonResult, begins, boolean, compare, not_before};
use super::operator::{Existence, Operator, Polarity, Quantifier, Test};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Condition {
    /// As the policy writes it.
    pub(crate) operator: String,
    /// As the policy writes it.
    pub(crate) key: String,
    pub(crate) values: Vec<String>,
}

impl Condition {
    /// Returns the context keys that the condition depends on, in lower case.
    pub(crate) fn keys(&self, language: Language) -> BTreeSet<String> {
        let mut keys = BTreeSet::from([self.key.to_lowercase()]);
        if Operator::parse(&self.operator).is_some_and(Operator::takes_variables) {
            let variables = self.values.iter();
            keys.extend(variables.flat_map(|value| variables::keys(value, language)));
        }
        keys
    }

    /// Returns why the operator's result is unknown for every value, or `None` if the operator can decide.
    pub(crate) fn unfit(&self, context: &Context) -> Option<Unfit> {
        let Some(operator) = Operator::parse(&self.operator) else { return Some(Unfit::NoOperator) };
        let key = context.type_of(&self.key).filter(|key| !operator.test.suits(*key))?;
        Some(Unfit::OtherType { key, tests: operator.test.tests() })
    }

    /// Returns whether the condition is true. Returns unknown for an operator that is not understood.
    pub(crate) fn truth(&self, language: Language, context: &Context) -> Truth {
        let Some(operator) = Operator::parse(&self.operator) else {
            return Truth::Unknown;
        };
        let line = Line { operator, values: &self.values, language, context };
        let truth = |value: &ContextValue| {
            if self.suits(operator, context) {
                line.given(value)
            } else {
                let is_plain = context.is_typed(&self.key, |key| matches!(key, KeyType::Bool | KeyType::Number));
                line.given_another_type(value, is_plain && operator.test.is_string_test())
            }
        };
        match context.get(&self.key).alternatives() {
            Some(alternatives) => Truth::agreed(alternatives.iter().map(truth)),
            None => Truth::Unknown,
        }
    }
}

impl Condition {
    fn suits(&self, operator: Operator, context: &Context) -> bool {
        context.is_typed(&self.key, |key| operator.test.suits(key))
    }
}

/// A condition, with the language and the context to evaluate it.
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
            ContextValue::NotBefore(bound) => self.given_a_bound(bound),
            ContextValue::AtOrBelow(_) | ContextValue::OneOf(_) | ContextValue::Unknown => Truth::Unknown,
        }
    }

    /// Evaluates an operator that tests a type other than the key's. AWS says that "the match always fails and the
    /// policy statement never applies"
    /// (<https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>).
    /// But AWS's own policies rely on such matches:
    /// <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/CloudWatchLogsAPIKeyAccess.html> uses `ArnLike`
    /// on `kms:EncryptionContext:aws:logs:arn`, a string. AWS does not document negated operators. So the result is
    /// certain only if the condition fails for one of two reasons: the key is missing, or a string operator does not
    /// match a Boolean or number as text.
    fn given_another_type(&self, value: &ContextValue, as_text: bool) -> Truth {
        match value {
            ContextValue::Known(values)
                if as_text
                    && self.operator.polarity == Polarity::Positive
                    && self.given_values(values) == Truth::False =>
            {
                Truth::False
            }
            ContextValue::Absent => self.given_nothing().and(Truth::Unknown),
            ContextValue::AtOrBelow(_)
            | ContextValue::Known(_)
            | ContextValue::Begins(_)
            | ContextValue::NotBefore(_)
            | ContextValue::OneOf(_)
            | ContextValue::Unknown => Truth::Unknown,
        }
    }

    /// Evaluates a date if only its earliest possible value is known.
    fn given_a_bound(&self, bound: &str) -> Truth {
        if self.operator.test == Test::Null {
            return self.null("false");
        }
        let matched = Truth::any(self.values.iter().map(|policy| not_before(self.operator.test, bound, policy)));
        match self.operator.polarity {
            Polarity::Positive => matched,
            Polarity::Negated => matched.negated(),
        }
    }

    /// Evaluates a value if only its beginning is known.
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

    /// A missing key makes a negated operator true and any other operator false. If the operator has a set prefix, the
    /// prefix decides. `ForAnyValue:` needs a value even with `IfExists`, because `IfExists` applies to each value.
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
        // Set operators treat an empty string as a null data set.
        let empty = values.iter().all(String::is_empty);
        let each = values.iter().map(|value| self.one(value));
        match self.operator.quantifier {
            // Several values need a set prefix. AWS doesn't document the result without a prefix, so the result is
            // certain only if every value gives the same result.
            Quantifier::Single => Truth::agreed(each),
            Quantifier::Any if empty => Truth::False,
            Quantifier::Any => Truth::any(each),
            Quantifier::All if empty => Truth::True,
            Quantifier::All => Truth::all(each),
        }
    }

    /// Compares one request value with all policy values. At least one policy value must match. For a negated operator,
    /// no policy value may match.
    fn one(&self, request: &str) -> Truth {
        let mut matched = Truth::False;
        for policy in self.values {
            let test = self.operator.test;
            let outcome = compare(test, request, policy, self.language, self.context);
            matched = matched.or(match (outcome, self.operator.polarity) {
                (ComparisonResult::Match, _) => Truth::True,
                (ComparisonResult::NoMatch, _) | (ComparisonResult::CannotMatch, Polarity::Positive) => Truth::False,
                // A value that the operator can't read does not match. AWS doesn't document the result of a negated
                // operator.
                (ComparisonResult::RequestUnreadable, Polarity::Positive) => return Truth::False,
                (ComparisonResult::RequestUnreadable, Polarity::Negated) => return Truth::Unknown,
                (ComparisonResult::PolicyUnreadable | ComparisonResult::NotKnown, _)
                | (ComparisonResult::CannotMatch, Polarity::Negated) => Truth::Unknown,
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
    use std::sync::LazyLock;

    use super::Truth::{False, True, Unknown};
    use super::*;
    use crate::iam::context::{Unnamed, Usual};

    fn strings(values: &[&str]) -> Vec<String> {
        values.iter().map(|value| (*value).to_owned()).collect()
    }

    /// Returns the truth of `operator` with these policy and request values.
    fn holds(operator: &str, policy: &[&str], values: &[&str]) -> Truth {
        judged(operator, policy, ContextValue::Known(strings(values)))
    }

    fn judged(operator: &str, policy: &[&str], value: ContextValue) -> Truth {
        let condition = Condition { operator: operator.to_owned(), key: "aws:Key".to_owned(), values: strings(policy) };
        let context = Context::new(Unnamed::Absent).with("AWS:KEY", value);
        condition.truth(Language::Variables2012, &context)
    }

    #[test]
    fn a_condition_depends_on_variables_only_if_they_are_expanded() {
        let keys = |operator: &str| {
            let (operator, key) = (operator.to_owned(), "aws:Key".to_owned());
            let condition = Condition { operator, key, values: strings(&["${aws:Other}"]) };
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
    fn policy_values_are_joined_by_or_and_negated_ones_by_nor() {
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
    fn set_prefixes_apply_to_the_values_of_the_request() {
        assert_eq!(holds("ForAnyValue:StringEquals", &["a"], &["b", "a"]), True);
        assert_eq!(holds("ForAllValues:StringEquals", &["a"], &["b", "a"]), False);
        assert_eq!(holds("ForAnyValue:StringNotEquals", &["a"], &["b", "a"]), True);
        assert_eq!(holds("ForAllValues:StringNotEquals", &["a"], &["b", "c"]), True);
    }

    #[test]
    fn several_values_without_a_set_prefix_must_agree_to_be_certain() {
        assert_eq!(holds("StringEquals", &["a"], &["a", "b"]), Unknown);
        assert_eq!(holds("StringEquals", &["x"], &["a", "b"]), False);
        assert_eq!(holds("StringNotEquals", &["x"], &["a", "b"]), True);
    }

    #[test]
    fn null_tests_absence_or_presence() {
        assert_eq!(holds("Null", &["true"], &[]), True);
        assert_eq!(holds("Null", &["false"], &[]), False);
        assert_eq!(holds("Null", &["false"], &["x"]), True);
        assert_eq!(holds("Null", &["maybe"], &["x"]), Unknown);
        assert_eq!(judged("Null", &["true"], ContextValue::Unknown), Unknown);
    }

    #[test]
    fn an_unreadable_request_value_does_not_match_and_its_negation_is_unknown() {
        for (operator, negation, policy) in [
            ("NumericEquals", "NumericNotEquals", "1"),
            ("DateEquals", "DateNotEquals", "2026-01-01"),
            ("ArnLike", "ArnNotLike", "arn:a:b:c:d:e"),
            ("IpAddress", "NotIpAddress", "10.0.0.0/8"),
        ] {
            assert_eq!(holds(operator, &[policy], &["unknown"]), False, "{operator}");
            assert_eq!(holds(negation, &[policy], &["unknown"]), Unknown, "{negation}");
        }
    }

    #[test]
    fn a_date_with_a_known_lower_bound_is_certain_only_about_the_past() {
        let bound = || ContextValue::NotBefore("2026-10-05T12:00:00Z".to_owned());
        for (operator, policy, expected) in [
            ("DateLessThan", "2026-10-05T12:00:00Z", False),
            ("DateLessThan", "2026-10-05T12:00:01Z", Unknown),
            ("DateLessThanEquals", "2026-10-05T11:59:59Z", False),
            ("DateLessThanEquals", "2026-10-05T12:00:00Z", Unknown),
            ("DateGreaterThan", "2026-10-05T11:59:59Z", True),
            ("DateGreaterThan", "2026-10-05T12:00:00Z", Unknown),
            ("DateGreaterThanEquals", "2026-10-05", True),
            ("DateGreaterThanEquals", "2027-01-01", Unknown),
            ("DateEquals", "2026-10-01", False),
            ("DateNotEquals", "2026-10-01", True),
            ("DateEquals", "2026-11-01", Unknown),
            ("NumericGreaterThan", "1600000000", True),
            ("NumericLessThan", "1600000000", False),
            ("DateLessThan", "soon", Unknown),
            ("StringEquals", "2020-01-01", Unknown),
            ("Null", "true", False),
        ] {
            assert_eq!(judged(operator, &[policy], bound()), expected, "{operator} {policy}");
        }
    }

    /// A key of each type, with the value that a request carries.
    static TYPED: LazyLock<Usual> = LazyLock::new(|| {
        let known = |key: &str, of, value: &str| (key.to_owned(), of, ContextValue::known(value));
        Usual::new([
            known("text", KeyType::Text, "111122223333"),
            known("arn", KeyType::Arn, "arn:aws:s3:::app-data"),
            known("number", KeyType::Number, "1.2"),
            known("date", KeyType::Date, "2026-10-05"),
            known("bool", KeyType::Bool, "true"),
            known("address", KeyType::Address, "10.1.2.3"),
            ("none".to_owned(), KeyType::Text, ContextValue::Absent),
            ("tag/*".to_owned(), KeyType::Text, ContextValue::known("5")),
        ])
    });

    fn typed(operator: &str, key: &str, value: &str) -> Truth {
        let condition = Condition { operator: operator.to_owned(), key: key.to_owned(), values: strings(&[value]) };
        let context = Context::new(Unnamed::Usual(&TYPED)).with("no-row", ContextValue::known("x"));
        condition.truth(Language::Variables2012, &context)
    }

    #[test]
    fn a_string_operator_on_a_bool_or_a_number_fails_if_the_texts_differ() {
        for (operator, key, value, expected) in [
            ("StringEquals", "bool", "false", False),
            ("StringLikeIfExists", "bool", "f*", False),
            ("ForAnyValue:StringEquals", "number", "1.0", False),
            ("StringEqualsIgnoreCase", "number", "1.1", False),
            ("StringEquals", "bool", "true", Unknown),
            ("StringLike", "number", "1.*", Unknown),
            ("StringNotEquals", "bool", "true", Unknown),
            ("StringNotEquals", "bool", "false", Unknown),
            ("StringEquals", "date", "2020-01-01", Unknown),
        ] {
            assert_eq!(typed(operator, key, value), expected, "{operator} {key} {value}");
        }
    }

    #[test]
    fn an_operator_of_another_type_than_the_key_is_unknown_for_all_values() {
        let values = ["111122223333", "arn:aws:s3:::app-data", "1.2", "2026-10-05", "true", "10.1.2.3", "no", "MTI="];
        for (key, own) in [
            ("text", &["String"][..]),
            ("Tag/Team", &["String"]),
            ("arn", &["String", "Arn"]),
            ("number", &["Numeric"]),
            ("DATE", &["Date"]),
            ("bool", &["Bool"]),
            ("address", &["IpAddress", "NotIpAddress"]),
        ] {
            let operators = "StringEquals StringNotEquals StringLike StringNotEqualsIgnoreCase NumericEquals NumericNotEquals \
                NumericLessThan DateGreaterThan DateNotEquals Bool BinaryEquals IpAddress NotIpAddress ArnLike ArnNotEquals";
            let foreign = |name: &&str| !own.iter().any(|own| name.starts_with(own));
            for operator in operators.split_whitespace().filter(foreign) {
                for form in ["", "ForAnyValue:", "ForAllValues:"] {
                    for value in values {
                        // If the text comparison fails, the condition fails, whether AWS compares text or typed values.
                        let is_plain = ["bool", "number"].contains(&key);
                        let as_text = ["StringEquals", "StringLike"].contains(&operator);
                        let own = if key == "bool" { "true" } else { "1.2" };
                        let expected = if is_plain && as_text && value != own { False } else { Unknown };
                        let operator = format!("{form}{operator}IfExists");
                        assert_eq!(typed(&operator, key, value), expected, "{operator} {key} {value}");
                    }
                }
            }
        }
        assert_eq!(typed("StringEquals", "no-row", "x"), Unknown);
    }

    #[test]
    fn an_operator_of_the_same_type_as_the_key_is_as_certain_as_without_types() {
        assert_eq!(typed("StringEquals", "text", "111122223333"), True);
        assert_eq!(typed("StringNotLike", "Tag/Team", "5*"), False);
        assert_eq!(typed("ArnLike", "arn", "arn:aws:s3:::app-*"), True);
        assert_eq!(typed("StringLike", "arn", "arn:aws:s3:::app-*"), True);
        assert_eq!(typed("StringNotEquals", "arn", "arn:aws:s3:::app-data"), False);
        assert_eq!(typed("NumericLessThan", "number", "1.2"), False);
        assert_eq!(typed("DateGreaterThan", "date", "2026-01-01"), True);
        assert_eq!(typed("Bool", "bool", "false"), False);
        assert_eq!(typed("NotIpAddress", "address", "10.0.0.0/8"), False);
        for key in ["text", "arn", "number", "date", "bool", "address"] {
            assert_eq!([typed("Null", key, "true"), typed("Null", key, "false")], [False, True], "{key}");
        }
    }

    #[test]
    fn a_missing_key_and_an_operator_of_another_type_are_certain_only_if_false() {
        for operator in ["NumericEquals", "DateLessThan", "Bool", "ForAnyValue:ArnLike", "ForAnyValue:NumericNotEquals"]
        {
            assert_eq!(typed(operator, "none", "1"), False, "{operator}");
        }
        for operator in ["NumericNotEquals", "BoolIfExists", "ForAllValues:ArnLike", "NotIpAddress", "ArnNotLike"] {
            assert_eq!(typed(operator, "none", "1"), Unknown, "{operator}");
        }
        assert_eq!(typed("StringNotEquals", "none", "1"), True);
        assert_eq!(typed("Null", "none", "true"), True);
    }

    #[test]
    fn an_unreadable_policy_value_leaves_the_condition_unknown() {
        assert_eq!(holds("NumericEquals", &["one"], &["1"]), Unknown);
        assert_eq!(holds("NumericEquals", &["one", "1"], &["1"]), True);
        assert_eq!(holds("StringMatches", &["x"], &["x"]), Unknown);
    }

    #[test]
    fn an_arn_pattern_with_fewer_than_six_parts_is_unknown() {
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
            // One of the two patterns is not a complete ARN. The result is certain only if the complete ARN matches.
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
    fn alternatives_that_agree_are_certain() {
        let either = || ContextValue::OneOf(vec![None, Some(strings(&["x"]))]);
        assert_eq!(judged("StringNotEquals", &["y"], either()), True);
        assert_eq!(judged("StringNotEquals", &["x"], either()), Unknown);
    }
}
