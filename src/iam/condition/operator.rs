//! Parses condition operator names such as `ForAnyValue:StringNotEqualsIfExists`. `comparison` and `line` apply them.
//! See <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>.

use crate::iam::context::KeyType;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Operator {
    pub(crate) quantifier: Quantifier,
    pub(crate) test: Test,
    pub(crate) polarity: Polarity,
    pub(crate) existence: Existence,
}

/// How an operator treats a key with several values
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantifier {
    /// No prefix: for keys with one value.
    Single,
    /// `ForAnyValue:`
    Any,
    /// `ForAllValues:`
    All,
}

/// Whether the comparison must succeed or must fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Polarity {
    Positive,
    Negated,
}

/// Whether the request must carry the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Existence {
    Required,
    /// `...IfExists`
    IfPresent,
}

/// The comparison itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Test {
    StringEquals,
    StringEqualsIgnoreCase,
    StringLike,
    Numeric(Order),
    Date(Order),
    Bool,
    Binary,
    IpAddress,
    Arn,
    Null,
}

/// How the request's value must compare with the policy's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Order {
    pub(crate) fn holds(self, request_to_policy: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => request_to_policy.is_eq(),
            Self::Less => request_to_policy.is_lt(),
            Self::LessOrEqual => request_to_policy.is_le(),
            Self::Greater => request_to_policy.is_gt(),
            Self::GreaterOrEqual => request_to_policy.is_ge(),
        }
    }
}

impl Operator {
    /// Parses an operator name, in any case.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let (quantifier, name) = if let Some(rest) = name.strip_prefix("foranyvalue:") {
            (Quantifier::Any, rest)
        } else if let Some(rest) = name.strip_prefix("forallvalues:") {
            (Quantifier::All, rest)
        } else {
            (Quantifier::Single, name.as_str())
        };
        let (existence, name) = match name.strip_suffix("ifexists") {
            Some(rest) => (Existence::IfPresent, rest),
            None => (Existence::Required, name),
        };
        let (test, polarity) = comparison(name)?;
        if test == Test::Null && (existence != Existence::Required || quantifier != Quantifier::Single) {
            return None;
        }
        Some(Self { quantifier, test, polarity, existence })
    }

    /// Returns whether AWS expands variables in the operator's values. It does so for string, ARN and Boolean operators
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>).
    pub(crate) fn takes_variables(self) -> bool {
        match self.test {
            Test::StringEquals | Test::StringEqualsIgnoreCase | Test::StringLike | Test::Arn | Test::Bool => true,
            Test::Numeric(_) | Test::Date(_) | Test::Binary | Test::IpAddress | Test::Null => false,
        }
    }
}

impl Test {
    /// Returns whether it compares strings.
    pub(crate) fn is_string_test(self) -> bool {
        matches!(self, Self::StringEquals | Self::StringEqualsIgnoreCase | Self::StringLike)
    }

    /// Returns whether it tests keys of this type. AWS's own policies also test ARN keys with string operators
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>). No known key is binary.
    pub(crate) fn suits(self, key: KeyType) -> bool {
        match self {
            Self::StringEquals | Self::StringEqualsIgnoreCase | Self::StringLike => {
                matches!(key, KeyType::Text | KeyType::Arn)
            }
            Self::Arn => key == KeyType::Arn,
            Self::Numeric(_) => matches!(key, KeyType::Number | KeyType::EpochTime),
            Self::Date(_) => matches!(key, KeyType::Date | KeyType::EpochTime),
            Self::Bool => key == KeyType::Bool,
            Self::IpAddress => key == KeyType::Address,
            Self::Binary => false,
            Self::Null => true,
        }
    }

    /// Returns the tested type as text.
    pub(crate) fn tests(self) -> &'static str {
        match self {
            Self::StringEquals | Self::StringEqualsIgnoreCase | Self::StringLike => "a string",
            Self::Arn => "an ARN",
            Self::Numeric(_) => "a number",
            Self::Date(_) => "a date",
            Self::Bool => "a Boolean",
            Self::IpAddress => "an IP address",
            Self::Binary => "binary data",
            Self::Null => "whether there is a value",
        }
    }
}

fn comparison(name: &str) -> Option<(Test, Polarity)> {
    use Polarity::{Negated, Positive};
    Some(match name {
        "stringequals" => (Test::StringEquals, Positive),
        "stringnotequals" => (Test::StringEquals, Negated),
        "stringequalsignorecase" => (Test::StringEqualsIgnoreCase, Positive),
        "stringnotequalsignorecase" => (Test::StringEqualsIgnoreCase, Negated),
        "stringlike" => (Test::StringLike, Positive),
        "stringnotlike" => (Test::StringLike, Negated),
        "bool" => (Test::Bool, Positive),
        "binaryequals" => (Test::Binary, Positive),
        "ipaddress" => (Test::IpAddress, Positive),
        "notipaddress" => (Test::IpAddress, Negated),
        "arnequals" | "arnlike" => (Test::Arn, Positive),
        "arnnotequals" | "arnnotlike" => (Test::Arn, Negated),
        "null" => (Test::Null, Positive),
        ordered => {
            let (family, order): (fn(Order) -> Test, &str) = if let Some(order) = ordered.strip_prefix("numeric") {
                (Test::Numeric, order)
            } else {
                (Test::Date, ordered.strip_prefix("date")?)
            };
            let (order, polarity) = match order {
                "equals" => (Order::Equal, Positive),
                "notequals" => (Order::Equal, Negated),
                "lessthan" => (Order::Less, Positive),
                "lessthanequals" => (Order::LessOrEqual, Positive),
                "greaterthan" => (Order::Greater, Positive),
                "greaterthanequals" => (Order::GreaterOrEqual, Positive),
                _ => return None,
            };
            (family(order), polarity)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_has_a_set_prefix_a_comparison_and_an_existence_suffix() {
        assert_eq!(
            Operator::parse("ForAnyValue:StringNotEqualsIfExists"),
            Some(Operator {
                quantifier: Quantifier::Any,
                test: Test::StringEquals,
                polarity: Polarity::Negated,
                existence: Existence::IfPresent,
            })
        );
    }

    #[test]
    fn an_order_compares_the_request_with_the_policy() {
        use std::cmp::Ordering::{Equal, Greater, Less};
        for (name, expected) in [
            ("NumericEquals", [false, true, false]),
            ("NumericLessThan", [true, false, false]),
            ("NumericLessThanEquals", [true, true, false]),
            ("DateEquals", [false, true, false]),
            ("DateGreaterThan", [false, false, true]),
            ("DateGreaterThanEquals", [false, true, true]),
        ] {
            let test = Operator::parse(name).unwrap().test;
            let (Test::Numeric(order) | Test::Date(order)) = test else { panic!("{name}: {test:?}") };
            assert_eq!([Less, Equal, Greater].map(|standing| order.holds(standing)), expected, "{name}");
        }
    }

    #[test]
    fn every_documented_operator_is_known() {
        let names = "StringEquals StringNotEquals StringEqualsIgnoreCase \
            StringNotEqualsIgnoreCase StringLike StringNotLike NumericEquals NumericNotEquals \
            NumericLessThan NumericLessThanEquals NumericGreaterThan NumericGreaterThanEquals \
            DateEquals DateNotEquals DateLessThan DateLessThanEquals DateGreaterThan \
            DateGreaterThanEquals Bool BinaryEquals IpAddress NotIpAddress ArnEquals ArnLike \
            ArnNotEquals ArnNotLike";
        for name in names.split_whitespace() {
            for prefix in ["", "ForAnyValue:", "ForAllValues:"] {
                for suffix in ["", "IfExists"] {
                    let name = format!("{prefix}{name}{suffix}");
                    assert!(Operator::parse(&name).is_some(), "{name}");
                }
            }
        }
        assert!(Operator::parse("Null").is_some());
    }

    #[test]
    fn an_operator_suits_keys_of_its_own_type_and_string_operators_suit_arns() {
        use KeyType::{Address, Arn, Bool, Date, Number, Text};
        let suited = |name: &str| {
            let test = Operator::parse(name).unwrap().test;
            [Text, Arn, Number, Date, Bool, Address].into_iter().filter(|key| test.suits(*key)).collect::<Vec<_>>()
        };
        for name in ["StringEquals", "StringNotEqualsIgnoreCase", "ForAnyValue:StringLikeIfExists"] {
            assert_eq!(suited(name), [Text, Arn], "{name}");
        }
        for (name, key) in [
            ("ArnNotEquals", Arn),
            ("ArnLike", Arn),
            ("NumericLessThan", Number),
            ("DateNotEquals", Date),
            ("Bool", Bool),
            ("NotIpAddress", Address),
        ] {
            assert_eq!(suited(name), [key], "{name}");
        }
        assert_eq!(suited("BinaryEquals"), []);
        assert_eq!(suited("Null").len(), 6);
    }

    #[test]
    fn null_has_no_variants_and_invented_operators_are_unknown() {
        for name in
            ["NullIfExists", "ForAnyValue:Null", "StringMatches", "NotBool", "ForSome:Bool", "Numeric", "IfExists", ""]
        {
            assert_eq!(Operator::parse(name), None, "{name}");
        }
    }
}
