//! Compares one request value with one policy value. `line` handles lists, set prefixes, negation and missing keys.

use std::net::IpAddr;

use crate::iam::context::Context;
use crate::iam::glob::{Pattern, Token};
use crate::iam::resource_set::{Letters, ResourceSet};
use crate::iam::truth::Truth;
use crate::iam::variables::{Expansion, Language, Wildcards, expand};

use super::arn::{self, ArnMatch};
use super::date::Instant;
use super::ip::block;
use super::number::Decimal;
use super::operator::{Order, Test};

/// The result of one comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ComparisonResult {
    Match,
    NoMatch,
    /// The operator can't read the request's value.
    RequestUnreadable,
    /// The operator can't read the policy's value. AWS doesn't document the result.
    PolicyUnreadable,
    /// The policy's value can't match this request value. AWS doesn't document the result of a negated operator.
    CannotMatch,
    /// The policy's value contains a variable with an unknown value, or the request's bytes are unknown.
    NotKnown,
}

/// Compares a request's value with a policy's.
pub(crate) fn compare(
    test: Test,
    request: &str,
    policy: &str,
    language: Language,
    context: &Context,
) -> ComparisonResult {
    let against =
        |wildcards, test: &dyn Fn(Pattern) -> ComparisonResult| match expand(policy, wildcards, language, context) {
            Expansion::Pattern(pattern) => test(pattern),
            Expansion::NoValue => ComparisonResult::NoMatch,
            Expansion::NotKnown => ComparisonResult::NotKnown,
        };
    match test {
        Test::StringEquals => against(Wildcards::Literal, &|pattern| pattern.matches(request).into()),
        Test::StringEqualsIgnoreCase => against(Wildcards::Literal, &|pattern| {
            let pattern = pattern.lower_cased();
            pattern.matches(&request.to_lowercase()).into()
        }),
        Test::StringLike => against(Wildcards::Special, &|pattern| pattern.matches(request).into()),
        Test::Arn => against(Wildcards::Special, &|pattern| match arn::compare(&pattern, request) {
            ArnMatch::Same => ComparisonResult::Match,
            ArnMatch::Different => ComparisonResult::NoMatch,
            ArnMatch::PatternIsNoArn => ComparisonResult::PolicyUnreadable,
            ArnMatch::PatternIsNoArnAndDiffers => ComparisonResult::CannotMatch,
            ArnMatch::ValueIsNoArn => ComparisonResult::RequestUnreadable,
        }),
        Test::Numeric(order) => {
            both(Decimal::parse(request), Decimal::parse(policy), |request, policy| order.holds(request.cmp(&policy)))
        }
        Test::Date(order) => {
            both(Instant::parse(request), Instant::parse(policy), |request, policy| order.holds(request.cmp(&policy)))
        }
        Test::Bool => against(Wildcards::Literal, &|pattern| {
            let pattern = pattern.lower_cased();
            let wanted = [true, false].into_iter().find(|truth| pattern.matches(&truth.to_string()));
            both(boolean(request), wanted, |a, b| a == b)
        }),
        Test::Null => both(boolean(request), boolean(policy), |a, b| a == b),
        // AWS decodes the policy's base64 and compares the result with the request's bytes. These bytes are unknown
        // here.
        Test::Binary => ComparisonResult::NotKnown,
        Test::IpAddress => {
            both(request.trim().parse::<IpAddr>().ok(), block(policy), |request, policy| policy.contains(&request))
        }
    }
}

/// Compares a request's value with a policy's. Only the beginning of the request's value is known.
pub(crate) fn begins(test: Test, beginning: &str, policy: &str, language: Language, context: &Context) -> Truth {
    let wildcards = match test {
        Test::StringEquals => Wildcards::Literal,
        Test::StringLike | Test::Arn => Wildcards::Special,
        Test::StringEqualsIgnoreCase
        | Test::Numeric(_)
        | Test::Date(_)
        | Test::Bool
        | Test::Null
        | Test::Binary
        | Test::IpAddress => return Truth::Unknown,
    };
    let Expansion::Pattern(pattern) = expand(policy, wildcards, language, context) else { return Truth::Unknown };
    if test == Test::Arn {
        return arn::begins(&pattern, beginning);
    }
    // A request's ARN contains no wildcards, so a policy value with a wildcard never equals it. The author probably
    // meant `StringLike`.
    let known = beginning.chars().count();
    let is_wildcard = |token: &Token| matches!(token, Token::Literal('*' | '?'));
    if test == Test::StringEquals && pattern.tokens().iter().skip(known).any(is_wildcard) {
        return Truth::False;
    }
    ResourceSet::from(beginning).many(Letters::Any, "*").within(&pattern).into()
}

/// Compares a request's date with a policy's. The request's date is not before `bound`.
pub(crate) fn not_before(test: Test, bound: &str, policy: &str) -> Truth {
    let (Test::Date(order) | Test::Numeric(order)) = test else { return Truth::Unknown };
    let (Some(bound), Some(policy)) = (Instant::parse(bound), Instant::parse(policy)) else { return Truth::Unknown };
    let is_past = policy < bound;
    match order {
        Order::Greater if is_past => Truth::True,
        Order::GreaterOrEqual if policy <= bound => Truth::True,
        Order::Less if policy <= bound => Truth::False,
        Order::LessOrEqual | Order::Equal if is_past => Truth::False,
        Order::Equal | Order::Greater | Order::GreaterOrEqual | Order::Less | Order::LessOrEqual => Truth::Unknown,
    }
}

impl From<bool> for ComparisonResult {
    fn from(matches: bool) -> Self {
        if matches { Self::Match } else { Self::NoMatch }
    }
}

fn both<R, P>(request: Option<R>, policy: Option<P>, test: impl FnOnce(R, P) -> bool) -> ComparisonResult {
    match (request, policy) {
        (Some(request), Some(policy)) => test(request, policy).into(),
        (_, None) => ComparisonResult::PolicyUnreadable,
        (None, Some(_)) => ComparisonResult::RequestUnreadable,
    }
}

/// Parses a Boolean as policies write it, in any case.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::operator::Operator;
    use super::*;
    use crate::iam::context::{ContextValue, Unnamed};

    fn compared(operator: &str, request: &str, policy: &str) -> ComparisonResult {
        let context = Context::new(Unnamed::Absent)
            .with("aws:Team", ContextValue::known("logging"))
            .with("aws:Arn", ContextValue::known("arn:a:b:c:d:e:f"))
            .with("aws:Later", ContextValue::Unknown);
        let test = Operator::parse(operator).unwrap().test;
        compare(test, request, policy, Language::Variables2012, &context)
    }

    #[test]
    fn strings_are_compared_exactly_ignoring_case_or_by_pattern() {
        assert_eq!(compared("StringEquals", "a*", "a*"), ComparisonResult::Match);
        assert_eq!(compared("StringEquals", "ab", "a*"), ComparisonResult::NoMatch);
        assert_eq!(compared("StringEquals", "AB", "ab"), ComparisonResult::NoMatch);
        assert_eq!(compared("StringEqualsIgnoreCase", "ÄB", "äb"), ComparisonResult::Match);
        assert_eq!(compared("StringLike", "ab", "a*"), ComparisonResult::Match);
        assert_eq!(compared("StringLike", "x", ""), ComparisonResult::NoMatch);
    }

    #[test]
    fn variables_are_expanded_only_in_strings_and_arns() {
        assert_eq!(compared("StringEquals", "logging", "${aws:Team}"), ComparisonResult::Match);
        assert_eq!(compared("ArnLike", "arn:a:b:c:d:e:f", "${aws:Arn}"), ComparisonResult::Match);
        assert_eq!(compared("StringLike", "x", "${aws:None}*"), ComparisonResult::NoMatch);
        assert_eq!(compared("StringLike", "x", "${aws:Later}"), ComparisonResult::NotKnown);
        assert_eq!(compared("Bool", "true", "${aws:Team}"), ComparisonResult::PolicyUnreadable);
    }

    #[test]
    fn an_unreadable_value_is_not_the_same_as_a_different_value() {
        assert_eq!(compared("NumericEquals", "unknown", "1"), ComparisonResult::RequestUnreadable);
        assert_eq!(compared("NumericEquals", "1", "one"), ComparisonResult::PolicyUnreadable);
        assert_eq!(compared("IpAddress", "host", "10.0.0.0/8"), ComparisonResult::RequestUnreadable);
        assert_eq!(compared("ArnLike", "x", "arn:a:b:c:d:e"), ComparisonResult::RequestUnreadable);
        assert_eq!(compared("ArnLike", "arn:a:b:c:d:e", "*"), ComparisonResult::PolicyUnreadable);
        assert_eq!(compared("ArnLike", "arn:a:b:c:d:e", "arn:a:*:e"), ComparisonResult::CannotMatch);
    }

    #[test]
    fn each_operator_family_reads_its_own_type() {
        assert_eq!(compared("NumericLessThan", "1.0", "1.2"), ComparisonResult::Match);
        assert_eq!(compared("DateGreaterThan", "1791201601", "2026-10-05T12:00:00Z"), ComparisonResult::Match);
        assert_eq!(compared("NumericLessThan", "1.2", "1.2"), ComparisonResult::NoMatch);
        assert_eq!(compared("DateGreaterThan", "1791201600", "2026-10-05T12:00:00Z"), ComparisonResult::NoMatch);
        assert_eq!(compared("Bool", "TRUE", "true"), ComparisonResult::Match);
        assert_eq!(compared("BinaryEquals", "TWE", "TWE="), ComparisonResult::NotKnown);
        assert_eq!(compared("BinaryEquals", "Ma", "TWE="), ComparisonResult::NotKnown);
        assert_eq!(compared("Null", "true", "false"), ComparisonResult::NoMatch);
        assert_eq!(compared("IpAddress", "10.1.2.3", "10.0.0.0/8"), ComparisonResult::Match);
    }
}
