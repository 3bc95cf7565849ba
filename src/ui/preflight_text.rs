//! What the caller may not do, in one message with the statements that grant it.

use crate::preflight::{Need, Outcome};

use super::clean::clean;
use super::words::{counted, listed};

/// The message, and the hints: one for each statement.
pub(super) fn may_not(outcome: &Outcome) -> (String, Vec<String>) {
    let all: Vec<&Need> = outcome.denied.iter().chain(&outcome.missing).collect();
    let number = u32::try_from(all.len()).unwrap_or(u32::MAX);
    let names: Vec<String> = all.iter().map(|need| named(need)).collect();
    let message = format!(
        "nothing was changed: the caller lacks {} of this plan: {}",
        counted(number, "permission"),
        listed(&names)
    );
    let mut hints = Vec::new();
    if !outcome.denied.is_empty() {
        let names: Vec<String> = outcome.denied.iter().map(named).collect();
        let what = listed(&names);
        hints.push(format!("an explicit Deny, which no grant lifts, is against {what}: have that policy changed, or use other credentials with `--profile`"));
    }
    hints.extend(outcome.statements().iter().map(|statement| format!("grant it: {statement}")));
    hints.push("`--no-preflight` goes on without asking IAM, which does not know every policy".to_owned());
    (message, hints)
}

/// What can't be known.
pub(super) fn unsure(unknown: &[(Need, Vec<String>)]) -> String {
    let one = |(need, keys): &(Need, Vec<String>)| match keys.as_slice() {
        [] => format!("whether you may {}", named(need)),
        keys => format!("whether you may {}, which depends on {},", named(need), listed(keys)),
    };
    listed(&unknown.iter().map(one).collect::<Vec<_>>())
}

fn named((action, resource): &Need) -> String {
    format!("`{action}` on `{}`", clean(resource))
}
