//! Why a statement matches, does not, or may: the elements that decided it, in
//! words. Judging them is `evaluate`'s.

use std::fmt;

use super::context::{ContextValue, KeyType, quoted};
use super::truth::Truth;

/// One thing that decided a statement, and what it said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Does the element match?
    pub truth: Truth,
    /// The element.
    pub element: Element,
}

/// The part of a statement a reason is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Element {
    /// `Principal` or `NotPrincipal`, against who asks.
    Principal {
        /// The element's name.
        name: &'static str,
        /// Whom it names.
        named: Vec<String>,
        /// Who asks.
        asking: String,
    },
    /// `Action` or `NotAction`, against what is asked.
    Action {
        /// The element's name.
        name: &'static str,
        /// The action asked for.
        asked: String,
    },
    /// `Resource` or `NotResource`, against what it is asked of.
    Resource {
        /// The element's name.
        name: &'static str,
        /// The resource asked for.
        asked: String,
        /// Those of its patterns that leave it open whether they match.
        open: Vec<String>,
        /// The keys of the request that stand in those as variables, and of which the value is not known.
        variables: Vec<String>,
    },
    /// One line of `Condition`.
    Condition {
        /// The operator, as the policy writes it.
        operator: String,
        /// The key, as the policy writes it.
        key: String,
        /// The policy's values.
        values: Vec<String>,
        /// What is known of the request's value.
        request: ContextValue,
        /// Why the operator decides nothing, whatever is sent.
        unfit: Option<Unfit>,
    },
    /// Something that is not understood, or not there, in words.
    Oddity(String),
}

/// Why an operator decides nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// AWS documents none of its name.
    NoOperator,
    /// It tests values of another type than the key's.
    OtherType {
        /// The key's.
        key: KeyType,
        /// What it tests, such as "a number".
        tests: &'static str,
    },
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoOperator => f.write_str("AWS documents no operator of this name"),
            Self::OtherType { key, tests } => {
                write!(f, "the key holds {key} and not {tests}, and AWS does not document what the operator does then")
            }
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = match self.truth {
            Truth::True => "matches",
            Truth::False => "does not match",
            Truth::Unknown => "may match",
        };
        match &self.element {
            Element::Principal { name, named, asking } if self.truth == Truth::False => {
                write!(f, "`{name}` = {}, and the request comes from {asking}", quoted(named))
            }
            Element::Principal { name, named: _, asking } => write!(f, "`{name}` {verb} {asking}"),
            Element::Resource { name, open, variables, .. }
                if self.truth == Truth::Unknown && !variables.is_empty() =>
            {
                let keys: Vec<String> = variables.iter().map(|key| format!("`{key}`")).collect();
                let keys = keys.join(" and ");
                write!(f, "`{name}` = {}, and what the request sends of {keys} is not known", quoted(open))
            }
            Element::Resource { name, asked, open, .. } if self.truth == Truth::Unknown => {
                let open = if open.is_empty() { String::new() } else { format!(" = {}", quoted(open)) };
                write!(f, "`{name}`{open} may match a part of {asked} only")
            }
            Element::Action { name, asked } | Element::Resource { name, asked, .. } => {
                write!(f, "`{name}` {verb} {asked}")
            }
            Element::Condition { operator, key, values, unfit: Some(unfit), .. } if self.truth == Truth::Unknown => {
                write!(f, "`{operator} {key}` = {}: {unfit}", quoted(values))
            }
            Element::Condition { operator, key, values, request, .. } => {
                let values = quoted(values);
                let sent = match request {
                    ContextValue::Absent => "the request sends none".to_owned(),
                    ContextValue::Unknown => "what the request sends is not known".to_owned(),
                    ContextValue::NotBefore(_) => format!("the request comes at {request}"),
                    ContextValue::AtOrBelow(_)
                    | ContextValue::Begins(_)
                    | ContextValue::Known(_)
                    | ContextValue::OneOf(_) => {
                        format!("the request sends {request}")
                    }
                };
                write!(f, "`{operator} {key}` = {values}, and {sent}")
            }
            Element::Oddity(words) => f.write_str(words),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_shows_both_sides() {
        let reason = Reason {
            truth: Truth::True,
            element: Element::Condition {
                operator: "StringNotEquals".to_owned(),
                key: "s3:x-amz-server-side-encryption".to_owned(),
                values: vec!["aws:kms".to_owned()],
                request: ContextValue::Absent,
                unfit: None,
            },
        };
        assert_eq!(
            reason.to_string(),
            "`StringNotEquals s3:x-amz-server-side-encryption` = \"aws:kms\", and the request sends none"
        );
    }

    #[test]
    fn an_operator_that_decides_nothing_says_why() {
        let told = |unfit| {
            let element = Element::Condition {
                operator: "NumericLessThan".to_owned(),
                key: "aws:SourceArn".to_owned(),
                values: vec!["5".to_owned()],
                request: ContextValue::Unknown,
                unfit: Some(unfit),
            };
            Reason { truth: Truth::Unknown, element }.to_string()
        };
        assert_eq!(
            told(Unfit::OtherType { key: KeyType::Arn, tests: "a number" }),
            "`NumericLessThan aws:SourceArn` = \"5\": the key holds an ARN and not a number, and AWS does not document \
             what the operator does then"
        );
        assert!(told(Unfit::NoOperator).ends_with("AWS documents no operator of this name"));
    }

    #[test]
    fn a_principal_that_is_not_named_shows_both_sides() {
        let reason = Reason {
            truth: Truth::False,
            element: Element::Principal {
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
        let reason = Reason {
            truth: Truth::False,
            element: Element::Action { name: "NotAction", asked: "s3:PutObject".to_owned() },
        };
        assert_eq!(reason.to_string(), "`NotAction` does not match s3:PutObject");
    }
}
