//! Judges one statement against one request, element by element, and keeps the
//! reasons. What the statements say together is `evaluate`'s business.

use std::collections::BTreeSet;

use super::context::{Context, ContextValue};
use super::decision::Verdict;
use super::evaluate::AccessRequest;
use super::glob::Pattern;
use super::reason::{Element, Reason};
use super::statement::{Selector, Statement};
use super::truth::Truth;
use super::variables::{self, Expansion, Language, Wildcards, expand};

/// The most combinations of uncertain keys that are tried together; beyond it the
/// parts are judged each for itself, which can only make less certain.
pub(crate) const MOST_WORLDS: usize = 256;

/// So many patterns are shown that leave it open whether they match.
const MOST_OPEN: usize = 3;

/// A request, and how the policy at hand is to be read.
#[derive(Debug)]
pub(crate) struct Judge<'request> {
    pub(crate) request: &'request AccessRequest,
    pub(crate) language: Language,
    /// What of the whole policy is not understood.
    pub(crate) oddities: Vec<String>,
}

impl Judge<'_> {
    /// Could the statement match, whatever the context?
    pub(crate) fn may_concern(&self, statement: &Statement) -> bool {
        let principal = self.principal(statement).truth;
        principal.and(self.action(statement).truth) != Truth::False
    }

    /// The context keys a statement's truth depends on.
    pub(crate) fn keys(&self, statement: &Statement) -> BTreeSet<String> {
        let mut keys = self.resource_keys(statement);
        for condition in &statement.conditions {
            keys.extend(condition.keys(self.language));
        }
        keys
    }

    /// Does the statement match in this context?
    pub(crate) fn truth_in(&self, statement: &Statement, context: &Context) -> Truth {
        let reasons = self.reasons(statement, context);
        Truth::all(reasons.iter().map(|reason| reason.truth))
    }

    /// Does the statement match, and why?
    pub(crate) fn verdict(&self, statement: &Statement) -> Verdict {
        let context = &self.request.context;
        let truth = if self.may_concern(statement) {
            settled(context, &self.keys(statement), |world| self.truth_in(statement, world))
        } else {
            Truth::False
        };
        Verdict {
            index: statement.index,
            sid: statement.sid.clone(),
            effect: statement.effect,
            truth,
            because: telling(self.reasons(statement, context), truth),
        }
    }

    /// The verdict on a policy without statements of which something is not
    /// understood: it might say anything.
    pub(crate) fn verdict_on_oddities(&self) -> Verdict {
        Verdict {
            index: 0,
            sid: None,
            effect: None,
            truth: Truth::Unknown,
            because: self.oddities.iter().map(|words| oddity(words)).collect(),
        }
    }

    /// Everything of the statement that bears on the request.
    fn reasons(&self, statement: &Statement, context: &Context) -> Vec<Reason> {
        let mut reasons = vec![self.principal(statement), self.action(statement), self.resource(statement, context)];
        for condition in &statement.conditions {
            reasons.push(Reason {
                truth: settled(context, &condition.keys(self.language), |world| condition.truth(self.language, world)),
                element: Element::Condition {
                    operator: condition.operator.clone(),
                    key: condition.key.clone(),
                    values: condition.values.clone(),
                    request: context.get(&condition.key).clone(),
                    unfit: condition.unfit(context),
                },
            });
        }
        let oddities = self.oddities.iter().chain(&statement.oddities);
        reasons.extend(oddities.map(|words| oddity(words)));
        reasons
    }

    fn principal(&self, statement: &Statement) -> Reason {
        let asking = &self.request.principal;
        let truth = selected(&statement.principal, |entry| entry.names(asking));
        let absent = Truth::Unknown;
        let names = ("Principal", "NotPrincipal");
        reason(&statement.principal, names, truth, absent, |name| {
            let entries = match &statement.principal {
                Selector::Only(entries) | Selector::AllBut(entries) => {
                    entries.iter().map(ToString::to_string).collect()
                }
                Selector::Missing | Selector::NotUnderstood(_) => Vec::new(),
            };
            Element::Principal { name, named: entries, asking: asking.to_string() }
        })
    }

    /// Action names are compared without regard to case
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>).
    fn action(&self, statement: &Statement) -> Reason {
        let asked = self.request.action.to_lowercase();
        let truth = selected(&statement.action, |pattern| {
            let pattern = Pattern::of(pattern).lower_cased();
            pattern.matches(&asked).into()
        });
        let names = ("Action", "NotAction");
        reason(&statement.action, names, truth, self.absent(), |name| {
            let asked = self.request.action.clone();
            Element::Action { name, asked }
        })
    }

    /// A `*` in a resource may run past a colon
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>).
    fn resource(&self, statement: &Statement, context: &Context) -> Reason {
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
            let patterns = match &statement.resource {
                Selector::Only(patterns) | Selector::AllBut(patterns) if truth == Truth::Unknown => patterns.as_slice(),
                Selector::Only(_) | Selector::AllBut(_) | Selector::Missing | Selector::NotUnderstood(_) => &[],
            };
            let is_open = |pattern: &&String| {
                let keys = variables::keys(pattern, self.language).into_iter().collect();
                settled(context, &keys, |world| matches(pattern, world)) == Truth::Unknown
            };
            let open: Vec<String> = patterns.iter().filter(is_open).take(MOST_OPEN).cloned().collect();
            let variables: BTreeSet<String> =
                open.iter().flat_map(|pattern| self.not_known(pattern, context)).collect();
            Element::Resource { name, asked, open, variables: variables.into_iter().collect() }
        })
    }

    /// The keys, as they are spelled in a pattern, of which the request's value is not known.
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

    /// What a missing `Action` or `Resource` makes of a statement: a key policy
    /// takes it, and then it has no effect
    /// (<https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html>);
    /// elsewhere no such policy is taken.
    fn absent(&self) -> Truth {
        if self.request.resource.to_string().split(':').nth(2) == Some("kms") { Truth::False } else { Truth::Unknown }
    }
}

/// What every way the keys may turn out says, tried one by one if not too many.
fn settled(context: &Context, keys: &BTreeSet<String>, truth: impl Fn(&Context) -> Truth) -> Truth {
    if context.is_settled(keys) {
        return truth(context);
    }
    match context.worlds(keys, MOST_WORLDS) {
        Some(worlds) => Truth::agreed(worlds.iter().map(truth)),
        None => truth(context),
    }
}

/// Does the selector take it in? What is missing or not understood does not say.
fn selected<T>(selector: &Selector<T>, names: impl Fn(&T) -> Truth) -> Truth {
    match selector {
        Selector::Only(listed) => Truth::any(listed.iter().map(names)),
        Selector::AllBut(listed) => Truth::any(listed.iter().map(names)).negated(),
        Selector::Missing | Selector::NotUnderstood(_) => Truth::Unknown,
    }
}

fn reason<T>(
    selector: &Selector<T>,
    (only, all_but): (&'static str, &'static str),
    truth: Truth,
    absent: Truth,
    element: impl FnOnce(&'static str) -> Element,
) -> Reason {
    let (truth, element) = match selector {
        Selector::Only(_) => (truth, element(only)),
        Selector::AllBut(_) => (truth, element(all_but)),
        Selector::Missing => {
            let words = format!("there is neither `{only}` nor `{all_but}`");
            (absent, Element::Oddity(words))
        }
        Selector::NotUnderstood(words) => (Truth::Unknown, Element::Oddity(words.clone())),
    };
    Reason { truth, element }
}

fn oddity(words: &str) -> Reason {
    Reason { truth: Truth::Unknown, element: Element::Oddity(words.to_owned()) }
}

/// The reasons that decided: for a match its conditions, if it has any; otherwise
/// those that say what the whole says.
fn telling(reasons: Vec<Reason>, truth: Truth) -> Vec<Reason> {
    let is_condition = |reason: &Reason| matches!(reason.element, Element::Condition { .. });
    let conditional = truth == Truth::True && reasons.iter().any(is_condition);
    // Parts that are each uncertain can make a whole that is not.
    let wanted = if reasons.iter().any(|reason| reason.truth == truth) { truth } else { Truth::Unknown };
    reasons.into_iter().filter(|reason| reason.truth == wanted && (!conditional || is_condition(reason))).collect()
}
