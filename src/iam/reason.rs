//! Why a statement matches, doesn't match or may match: the elements that decided it, as text.

use std::fmt;

use super::context::{ContextValue, KeyType, quoted};
use super::truth::Truth;

/// The maximum number of patterns shown per statement.
const MOST_NAMED: usize = 3;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchReason {
    /// Whether the element matches.
    pub truth: Truth,
    pub element: StatementElement,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatementElement {
    /// `Principal` or `NotPrincipal`.
    Principal {
        /// `Principal` or `NotPrincipal`, as the policy writes it.
        name: &'static str,
        /// The principals in the policy.
        named: Vec<String>,
        /// The principal that makes the request.
        asking: String,
    },
    /// `Action` or `NotAction`.
    Action {
        /// `Action` or `NotAction`, as the policy writes it.
        name: &'static str,
        /// The patterns in the policy.
        named: Vec<String>,
        /// The requested action.
        asked: String,
    },
    /// `Resource` or `NotResource`.
    Resource {
        /// `Resource` or `NotResource`, as the policy writes it.
        name: &'static str,
        /// The patterns in the policy. If the result is unknown, these are only the patterns in doubt.
        named: Vec<String>,
        /// The requested resource.
        asked: String,
        /// The variables in these patterns that have an unknown value.
        variables: Vec<String>,
    },
    /// One condition: operator, key and values.
    Condition {
        /// As the policy writes it.
        operator: String,
        /// As the policy writes it.
        key: String,
        values: Vec<String>,
        /// The known part of the request's value.
        request: ContextValue,
        /// Why the operator's result is unknown for every value.
        unfit: Option<Unfit>,
    },
    /// Text about something that is missing or not understood.
    Oddity(String),
}

/// Why an operator's result is unknown for every value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// AWS documents no operator with this name.
    NoOperator,
    /// It tests a type other than the key's.
    OtherType {
        key: KeyType,
        /// The type that the operator tests, such as "a number".
        tests: &'static str,
    },
}

impl MatchReason {
    /// Returns whether the element matches only some requests: requests for certain files, or requests after a certain
    /// time. One request then proves nothing about the others.
    pub fn differs_between_requests(&self) -> bool {
        self.truth == Truth::Unknown
            && match &self.element {
                StatementElement::Resource { variables, .. } => variables.is_empty(),
                StatementElement::Condition { request, unfit, .. } => {
                    unfit.is_none() && matches!(request, ContextValue::NotBefore(_))
                }
                StatementElement::Principal { .. } | StatementElement::Action { .. } | StatementElement::Oddity(_) => {
                    false
                }
            }
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoOperator => f.write_str("AWS documents no such operator"),
            Self::OtherType { key, tests } => {
                write!(f, "the key holds {key}, not {tests}; AWS doesn't document the result")
            }
        }
    }
}

impl fmt::Display for MatchReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = match self.truth {
            Truth::True => "matches",
            Truth::False => "does not match",
            Truth::Unknown => "may match",
        };
        match &self.element {
            StatementElement::Principal { name, named, asking } if self.truth == Truth::False => {
                write!(f, "`{name}` = {}, and the request comes from {asking}", quoted(named))
            }
            StatementElement::Principal { name, named, asking } if self.truth == Truth::True && is_negated(name) => {
                write!(f, "`{name}` = {} does not include {asking}", first(named))
            }
            StatementElement::Principal { name, named: _, asking } => write!(f, "`{name}` {verb} {asking}"),
            StatementElement::Resource { name, named, variables, .. }
                if self.truth == Truth::Unknown && !variables.is_empty() =>
            {
                let keys: Vec<String> = variables.iter().map(|key| format!("`{key}`")).collect();
                let keys = keys.join(" and ");
                write!(f, "`{name}` = {}, and the request's value for {keys} is unknown", first(named))
            }
            StatementElement::Action { name, named, asked } if self.truth == Truth::False => {
                write!(f, "`{name}` = {}, and the request is {asked}", first(named))
            }
            StatementElement::Resource { name, named, asked, .. } if self.truth == Truth::False => {
                write!(f, "`{name}` = {}, and the request is for {asked}", first(named))
            }
            StatementElement::Resource { name, named, asked, .. }
                if self.truth == Truth::Unknown && !named.is_empty() =>
            {
                write!(f, "`{name}` = {} matches only some of {asked}", first(named))
            }
            StatementElement::Action { name, named, asked } | StatementElement::Resource { name, named, asked, .. }
                if self.truth == Truth::True && is_negated(name) =>
            {
                write!(f, "`{name}` = {} does not include {asked}", first(named))
            }
            StatementElement::Action { name, asked, .. } | StatementElement::Resource { name, asked, .. } => {
                write!(f, "`{name}` {verb} {asked}")
            }
            StatementElement::Condition { operator, key, values, unfit: Some(unfit), .. }
                if self.truth == Truth::Unknown =>
            {
                write!(f, "`{operator} {key}` = {}: {unfit}", quoted(values))
            }
            StatementElement::Condition { operator, key, values, request, .. } => {
                let values = quoted(values);
                let sent = match request {
                    ContextValue::Absent => "the request does not send it".to_owned(),
                    ContextValue::Unknown => "the request's value is unknown".to_owned(),
                    ContextValue::NotBefore(_) if self.truth == Truth::Unknown => {
                        format!("requests come at {request}, so this condition matches only some of them")
                    }
                    ContextValue::NotBefore(_) => format!("the request comes at {request}"),
                    ContextValue::AtOrBelow(_)
                    | ContextValue::Begins(_)
                    | ContextValue::Known(_)
                    | ContextValue::OneOf(_) => {
                        format!("the request sends {request}")
                    }
                };
                let literal = if takes_wildcards_literally(operator, &values, request) {
                    format!(" (`{operator}` takes `*` literally)")
                } else {
                    String::new()
                };
                write!(f, "`{operator} {key}` = {values}, and {sent}{literal}")
            }
            StatementElement::Oddity(words) => f.write_str(words),
        }
    }
}

/// Returns whether an element matches what it does not name, as `NotAction` does.
fn is_negated(name: &str) -> bool {
    name.starts_with("Not")
}

/// Quotes the first few values.
fn first(values: &[String]) -> String {
    let shown = quoted(values.get(..MOST_NAMED).unwrap_or(values));
    match values.len().saturating_sub(MOST_NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// Returns whether an operator compares whole strings although the policy's value looks like a pattern.
fn takes_wildcards_literally(operator: &str, values: &str, request: &ContextValue) -> bool {
    let is_sent = !matches!(request, ContextValue::Absent | ContextValue::Unknown);
    is_sent && values.contains('*') && (operator.contains("StringEquals") || operator.contains("StringNotEquals"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_operator_says_that_it_knows_no_wildcards() {
        let text = |operator: &str, request| {
            let element = StatementElement::Condition {
                operator: operator.to_owned(),
                key: "aws:SourceArn".to_owned(),
                values: vec!["arn:aws:s3:::*".to_owned()],
                request,
                unfit: None,
            };
            MatchReason { truth: Truth::False, element }.to_string()
        };
        let sent = || ContextValue::known("arn:aws:s3:::app-data");
        assert!(text("StringEquals", sent()).ends_with(" (`StringEquals` takes `*` literally)"));
        assert!(text("StringNotEqualsIfExists", sent()).ends_with("takes `*` literally)"));
        assert!(!text("StringLike", sent()).contains("literally"));
        assert!(!text("StringEquals", ContextValue::Absent).contains("literally"));
    }

    #[test]
    fn a_condition_shows_both_sides() {
        let reason = MatchReason {
            truth: Truth::True,
            element: StatementElement::Condition {
                operator: "StringNotEquals".to_owned(),
                key: "s3:x-amz-server-side-encryption".to_owned(),
                values: vec!["aws:kms".to_owned()],
                request: ContextValue::Absent,
                unfit: None,
            },
        };
        assert_eq!(
            reason.to_string(),
            "`StringNotEquals s3:x-amz-server-side-encryption` = \"aws:kms\", and the request does not send it"
        );
    }

    #[test]
    fn an_operator_that_decides_nothing_says_why() {
        let text = |unfit| {
            let element = StatementElement::Condition {
                operator: "NumericLessThan".to_owned(),
                key: "aws:SourceArn".to_owned(),
                values: vec!["5".to_owned()],
                request: ContextValue::Unknown,
                unfit: Some(unfit),
            };
            MatchReason { truth: Truth::Unknown, element }.to_string()
        };
        assert_eq!(
            text(Unfit::OtherType { key: KeyType::Arn, tests: "a number" }),
            "`NumericLessThan aws:SourceArn` = \"5\": the key holds an ARN, not a number; AWS doesn't document the \
             result"
        );
        assert!(text(Unfit::NoOperator).ends_with("AWS documents no such operator"));
    }

    #[test]
    fn a_principal_that_does_not_match_shows_both_sides() {
        let reason = MatchReason {
            truth: Truth::False,
            element: StatementElement::Principal {
                name: "Principal",
                named: vec!["s3.amazonaws.com".to_owned()],
                asking: "logging.s3.amazonaws.com".to_owned(),
            },
        };
        assert_eq!(
            reason.to_string(),
            "`Principal` = \"s3.amazonaws.com\", and the request comes from logging.s3.amazonaws.com"
        );
    }

    #[test]
    fn an_element_says_whether_it_matches() {
        let reason = MatchReason {
            truth: Truth::True,
            element: StatementElement::Action {
                name: "NotAction",
                named: vec!["s3:Get*".to_owned()],
                asked: "s3:PutObject".to_owned(),
            },
        };
        assert_eq!(reason.to_string(), "`NotAction` = \"s3:Get*\" does not include s3:PutObject");
        let MatchReason { element, .. } = reason;
        let reason = MatchReason { truth: Truth::False, element };
        assert_eq!(reason.to_string(), "`NotAction` = \"s3:Get*\", and the request is s3:PutObject");
    }

    #[test]
    fn a_long_list_of_patterns_is_cut() {
        let named: Vec<String> = ["a", "b", "c", "d", "e"].map(str::to_owned).to_vec();
        let element =
            StatementElement::Resource { name: "Resource", named, asked: "x".to_owned(), variables: Vec::new() };
        let reason = MatchReason { truth: Truth::False, element };
        assert_eq!(reason.to_string(), "`Resource` = \"a\", \"b\", \"c\" and 2 more, and the request is for x");
    }
}
