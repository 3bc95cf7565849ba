//! Sentences about the bucket policy, except for the grant that it needs.

use std::ffi::OsStr;

use crate::plan::{BlockedRequests, ManualReason, PolicyFinding};
use crate::request::shell_word;

use super::grant::partly_text;
use super::{Audience, Sentences, joined, listed};

pub(super) const DENY_WINS: &str = "a Deny wins over every grant";

/// `offer` is the name of the Deny statement that `--exempt` may change.
pub(super) fn sentences(kind: &PolicyFinding, offer: Option<&str>, audience: Audience) -> Sentences {
    let unread = "logbucket can't read this policy, so adding to it would lose its content";
    let needs_deny = audience.pick(
        "`--exempt` needs a Deny statement of the bucket policy",
        "only a Deny statement of the bucket policy can exempt a service",
    );
    match kind {
        PolicyFinding::Unreadable(denial) => Sentences::new(format!("the bucket policy is unknown: {denial}"), unread)
            .hinted(format!("allow `{}`, then run again", denial.action)),
        PolicyFinding::NotUnderstood { error } => {
            Sentences::new(format!("could not understand the bucket policy: {error}"), unread)
                .hinted("fix the policy, then run again")
        }
        PolicyFinding::TooLarge { size, limit } => Sentences::new(
            format!("the bucket policy would be {size} bytes; the limit is {limit}"),
            "S3 rejects a larger policy",
        )
        .hinted("remove statements that are no longer needed, or name another bucket"),
        PolicyFinding::Widened { sources, limit, account } => Sentences::new(
            format!(
                "naming {sources} sources one by one would exceed {limit} bytes, so the grant covers every bucket of account {account}"
            ),
            "no other account is allowed",
        ),
        PolicyFinding::NoSuchDeny { name } => {
            Sentences::new(format!("the bucket policy has no Deny statement `{name}`"), needs_deny)
                .hinted("name a statement by its Sid or its position, counted from 1")
        }
        PolicyFinding::Exempted { producer, name, sid } => {
            let sid = sid.as_ref().map(|sid| format!(" (`{sid}`)")).unwrap_or_default();
            let service = producer.facts().principal;
            Sentences::new(
                format!("statement `{name}`{sid} blocks `{service}`; the plan exempts only this service"),
                DENY_WINS,
            )
        }
        PolicyFinding::NotExemptable { name, error } => {
            Sentences::new(format!("can't exempt the service from statement `{name}`: {error}"), needs_deny)
                .hinted("change it by hand")
        }
        PolicyFinding::Denied { producer, blocked, by_hand } => {
            let found = Sentences::new(
                format!("{} is denied by {}", request(blocked, producer.facts().principal), blocked.by),
                DENY_WINS,
            );
            match by_hand {
                Some(ManualReason::AmbiguousName) => {
                    let place = blocked.by.index + 1;
                    found.hinted(format!("change it by hand: `{place}` is the Sid of another statement"))
                }
                Some(ManualReason::NotExemptable(error)) => found.hinted(format!("change it by hand: {error}")),
                None => found,
            }
        }
        PolicyFinding::VeryLikelyDenied { producer, blocked } => {
            let why = "log services write from AWS's own network, not as a principal of any account, and the statement doesn't exempt them (`aws:PrincipalIsAWSService`)";
            let exempts = offer.map(|name| {
                if audience == Audience::Wizard {
                    return format!("; `exempt the log service from {name}` exempts this service");
                }
                let name = shell_word(OsStr::new(name)).unwrap_or_else(|_| name.to_owned());
                format!("; `logbucket init` with `--exempt {name} --fix` exempts this service")
            });
            Sentences::new(
                format!("{} is very likely denied by {}", request(blocked, producer.facts().principal), blocked.by),
                format!("{why}{}", exempts.unwrap_or_default()),
            )
        }
        PolicyFinding::VeryLikelySpared { principal, blocked } => Sentences::new(
            format!("{} is very likely not denied by {}", request(blocked, principal), blocked.by),
            "log services write from AWS's own network, not as one of your principals; AWS does not document what they send",
        ),
        PolicyFinding::Uncertain { producer, blocked, partly } => {
            let (asked, names) = (asked(blocked), listed(&blocked.sources));
            let service = producer.facts().principal;
            Sentences::new(
                format!(
                    "could not tell whether `{service}` may call {asked} for {names}: it depends on {}",
                    blocked.by
                ),
                partly.map_or(
                    "AWS does not document what the service sends there; only an object from the service can settle it",
                    partly_text,
                ),
            )
        }
        PolicyFinding::TestFile { producer, sources, by } => {
            let by = if by.is_empty() { String::new() } else { format!(": {}", joined(by)) };
            Sentences::new(
                format!(
                    "the bucket policy does not allow `{}` to write the test file of {}{by}",
                    producer.facts().principal,
                    listed(sources)
                ),
                "the log is on and its files are allowed, but AWS writes a test file whenever a log is turned on: if you turn this log off, AWS will refuse to turn it on again",
            )
        }
    }
}

/// Returns the action that a statement blocks, with the files if it blocks only some.
fn asked(blocked: &BlockedRequests) -> String {
    let action = &blocked.action;
    if blocked.files.is_empty() { format!("`{action}`") } else { format!("`{action}` ({})", blocked.files.join(", ")) }
}

fn request(blocked: &BlockedRequests, principal: &str) -> String {
    format!("{} by `{principal}` for {}", asked(blocked), listed(&blocked.sources))
}
