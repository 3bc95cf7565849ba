//! Judges one statement against one request, element by element, and records the reasons. `evaluate` combines the
//! statements.

use std::collections::BTreeSet;

use super::context::{Context, ContextValue};
use super::decision::StatementVerdict;
use super::evaluate::AccessRequest;
use super::glob::Pattern;
use super::reason::{MatchReason, StatementElement};
use super::statement::{Selector, Statement};
use super::truth::Truth;
use super::variables::{self, Expansion, Language, Wildcards, expand};

/// The maximum number of combinations of uncertain keys to try. Above this number, each statement or element is judged
/// separately, which can only make the answer less certain.
pub(crate) const MOST_WORLDS: usize = 256;

/// A request, and the properties of the policy that affect every statement.
#[derive(Debug)]
pub(crate) struct Judge<'request> {
    pub(crate) request: &'request AccessRequest,
    pub(crate) language: Language,
    /// The top-level elements of the policy that are not understood.
    pub(crate) unrecognized: Vec<String>,
}

impl Judge<'_> {
    /// Returns whether the statement could match in any context.
    pub(crate) fn may_concern(&self, statement: &Statement) -> bool {
        let principal = self.principal(statement).truth;
        principal.and(self.action(statement).truth) != Truth::False
    }

    /// Returns the context keys that decide whether the statement matches.
    pub(crate) fn keys(&self, statement: &Statement) -> BTreeSet<String> {
        let mut keys = self.resource_keys(statement);
        for condition in &statement.conditions {
            keys.extend(condition.keys(self.language));
        }
        keys
    }

    /// Returns whether the statement matches in this context.
    pub(crate) fn truth_in(&self, statement: &Statement, context: &Context) -> Truth {
        let reasons = self.reasons(statement, context);
        Truth::all(reasons.iter().map(|reason| reason.truth))
    }

    /// Returns whether the statement matches, with the reasons.
    pub(crate) fn verdict(&self, statement: &Statement) -> StatementVerdict {
        let context = &self.request.context;
        let truth = if self.may_concern(statement) {
            settled(context, &self.keys(statement), |world| self.truth_in(statement, world))
        } else {
            Truth::False
        };
        StatementVerdict {
            index: statement.index,
            sid: statement.sid.clone(),
            effect: statement.effect,
            truth,
            because: deciding_reasons(self.reasons(statement, context), truth),
        }
    }

    /// Returns the verdict on a policy without statements that is not fully understood. It could mean anything.
    pub(crate) fn verdict_on_unrecognized(&self) -> StatementVerdict {
        StatementVerdict {
            index: 0,
            sid: None,
            effect: None,
            truth: Truth::Unknown,
            because: self.unrecognized.iter().map(|words| unrecognized_reason(words)).collect(),
        }
    }

    /// Returns a reason for each element of the statement.
    fn reasons(&self, statement: &Statement, context: &Context) -> Vec<MatchReason> {
        let mut reasons = vec![self.principal(statement), self.action(statement), self.resource(statement, context)];
        for condition in &statement.conditions {
            let truth = settled(context, &condition.keys(self.language), |world| condition.truth(self.language, world));
            let unfit = condition.unfit(context).filter(|_| truth == Truth::Unknown);
            // The value does not matter to such an operator, so two requests have the same reason.
            let request = if unfit.is_some() { ContextValue::Unknown } else { context.get(&condition.key).clone() };
            reasons.push(MatchReason {
                truth,
                element: StatementElement::Condition {
                    operator: condition.operator.clone(),
                    key: condition.key.clone(),
                    values: condition.values.clone(),
                    request,
                    unfit,
                },
            });
        }
        let unrecognized = self.unrecognized.iter().chain(&statement.unrecognized);
        reasons.extend(unrecognized.map(|words| unrecognized_reason(words)));
        reasons
    }

    fn principal(&self, statement: &Statement) -> MatchReason {
        let caller = &self.request.principal;
        let truth = selected(&statement.principal, |entry| entry.names(caller));
        let absent = Truth::Unknown;
        let names = ("Principal", "NotPrincipal");
        reason(&statement.principal, names, truth, absent, |name| {
            let entries = match &statement.principal {
                Selector::Only(entries) | Selector::AllBut(entries) => {
                    entries.iter().map(ToString::to_string).collect()
                }
                Selector::Missing | Selector::NotUnderstood(_) => Vec::new(),
            };
            StatementElement::Principal { name, named: entries, asking: caller.to_string() }
        })
    }

    /// Action names are case-insensitive
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>).
    fn action(&self, statement: &Statement) -> MatchReason {
        let asked = self.request.action.to_lowercase();
        let truth = selected(&statement.action, |pattern| {
            let pattern = Pattern::parse(pattern).lower_cased();
            pattern.matches(&asked).into()
        });
        let names = ("Action", "NotAction");
        reason(&statement.action, names, truth, self.absent(), |name| {
            let asked = self.request.action.clone();
            StatementElement::Action { name, named: patterns_of(&statement.action).to_vec(), asked }
        })
    }

    /// A `*` in a resource can match a colon
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>).
    fn resource(&self, statement: &Statement, context: &Context) -> MatchReason {
        let matches =
            |pattern: &String, world: &Context| match expand(pattern, Wildcards::Special, self.language, world) {
                Expansion::Pattern(pattern) => self.request.resource.within(&pattern).into(),
                Expansion::NoValue => Truth::False,
                Expansion::NotKnown => Truth::Unknown,
            };
        let keys = self.resource_keys(statement);
        let truth = settled(context, &keys, |world| selected(&statement.resource, |pattern| matches(pattern, world)));
        let names = ("Resource", "NotResource");
        reason(&statement.resource, names, truth, self.absent(), |name| {
            let asked = self.request.resource.to_string();
            let patterns = patterns_of(&statement.resource);
            let is_open = |pattern: &&String| {
                let keys = variables::keys(pattern, self.language).into_iter().collect();
                settled(context, &keys, |world| matches(pattern, world)) == Truth::Unknown
            };
            if truth != Truth::Unknown {
                return StatementElement::Resource { name, named: patterns.to_vec(), asked, variables: Vec::new() };
            }
            let open: Vec<String> = patterns.iter().filter(is_open).cloned().collect();
            let variables: BTreeSet<String> =
                open.iter().flat_map(|pattern| self.not_known(pattern, context)).collect();
            StatementElement::Resource { name, named: open, asked, variables: variables.into_iter().collect() }
        })
    }

    /// Returns the keys in a pattern whose value in the request is unknown. The keys are spelled as in the pattern.
    fn not_known(&self, pattern: &str, context: &Context) -> Vec<String> {
        let is_open = |key: &String| !matches!(context.get(key), ContextValue::Known(_) | ContextValue::Absent);
        let spelled = |key: String| {
            let at = pattern.to_ascii_lowercase().find(&key)?;
            pattern.get(at..at + key.len()).map(str::to_owned)
        };
        variables::keys(pattern, self.language).into_iter().filter(is_open).filter_map(spelled).collect()
    }

    fn resource_keys(&self, statement: &Statement) -> BTreeSet<String> {
        match &statement.resource {
            Selector::Only(patterns) | Selector::AllBut(patterns) => {
                patterns.iter().flat_map(|pattern| variables::keys(pattern, self.language)).collect()
            }
            Selector::Missing | Selector::NotUnderstood(_) => BTreeSet::new(),
        }
    }

    /// Returns the truth of a missing `Action` or `Resource`. KMS accepts a statement without them in a key policy, but
    /// the statement has no effect (<https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html>). Other
    /// services reject the policy.
    fn absent(&self) -> Truth {
        if self.request.resource.to_string().split(':').nth(2) == Some("kms") { Truth::False } else { Truth::Unknown }
    }
}

/// Returns the common truth of all combinations of the keys' values, or unknown if they differ. If there are too many
/// combinations, tries none of them.
fn settled(context: &Context, keys: &BTreeSet<String>, truth: impl Fn(&Context) -> Truth) -> Truth {
    if context.is_settled(keys) {
        return truth(context);
    }
    match context.worlds(keys, MOST_WORLDS) {
        Some(worlds) => Truth::agreed(worlds.iter().map(truth)),
        None => truth(context),
    }
}

/// Returns whether the selector includes the request. Unknown if the selector is missing or not understood.
fn selected<T>(selector: &Selector<T>, names: impl Fn(&T) -> Truth) -> Truth {
    match selector {
        Selector::Only(listed) => Truth::any(listed.iter().map(names)),
        Selector::AllBut(listed) => Truth::any(listed.iter().map(names)).negated(),
        Selector::Missing | Selector::NotUnderstood(_) => Truth::Unknown,
    }
}

/// Returns the patterns that a selector lists.
fn patterns_of(selector: &Selector<String>) -> &[String] {
    match selector {
        Selector::Only(patterns) | Selector::AllBut(patterns) => patterns,
        Selector::Missing | Selector::NotUnderstood(_) => &[],
    }
}

fn reason<T>(
    selector: &Selector<T>,
    (only, all_but): (&'static str, &'static str),
    truth: Truth,
    absent: Truth,
    element: impl FnOnce(&'static str) -> StatementElement,
) -> MatchReason {
    let (truth, element) = match selector {
        Selector::Only(_) => (truth, element(only)),
        Selector::AllBut(_) => (truth, element(all_but)),
        Selector::Missing => {
            let words = format!("`{only}` and `{all_but}` are both missing");
            (absent, StatementElement::Oddity(words))
        }
        Selector::NotUnderstood(words) => (Truth::Unknown, StatementElement::Oddity(words.clone())),
    };
    MatchReason { truth, element }
}

fn unrecognized_reason(words: &str) -> MatchReason {
    MatchReason { truth: Truth::Unknown, element: StatementElement::Oddity(words.to_owned()) }
}

/// Returns the reasons that decided. For a match with conditions, these are the conditions. Otherwise, these are the
/// elements with the same truth as the statement.
fn deciding_reasons(reasons: Vec<MatchReason>, truth: Truth) -> Vec<MatchReason> {
    let is_condition = |reason: &MatchReason| matches!(reason.element, StatementElement::Condition { .. });
    let conditional = truth == Truth::True && reasons.iter().any(is_condition);
    // A statement can be certain even if each of its elements is uncertain.
    let wanted = if reasons.iter().any(|reason| reason.truth == truth) { truth } else { Truth::Unknown };
    reasons.into_iter().filter(|reason| reason.truth == wanted && (!conditional || is_condition(reason))).collect()
}
