//! Sentences about lifecycle rules.

use crate::plan::{LogPart, RetentionFinding, RetentionGap, RuleConflict, TooEarly, When, Wish};

use super::{Audience, Sentences, quoted};

const ANOTHER_CLASS: &str = "another storage class";

pub(super) fn sentences(kind: &RetentionFinding, bucket: &str, audience: Audience) -> Sentences {
    match kind {
        RetentionFinding::Unreadable { wish, denial } => Sentences::new(
            format!("the lifecycle rules are unknown: {denial}"),
            wish_text(*wish),
        )
        .hinted(format!("allow `{}`, or {}", denial.action, omit(*wish, audience))),
        RetentionFinding::NoFolder { wish } => Sentences::new(
            "the logs have no folder of their own, so a rule would also delete or move other objects",
            wish_text(*wish),
        )
        .hinted(audience.pick(
            "end the prefix with `/`, or partition the keys with `--partition event`",
            "end the key prefix with `/`, or put dates into the log paths",
        )),
        RetentionFinding::Conflict { wish, rule, conflict } => {
            let (what, hint) = conflict_text(*wish, rule, conflict, audience);
            Sentences::new(what, wish_text(*wish)).hinted(hint)
        }
        RetentionFinding::TooManyRules { wish, limit } => {
            Sentences::new(format!("the bucket would have more than {limit} lifecycle rules"), wish_text(*wish)).hinted(
                audience.pick(
                    "give the logs a prefix of their own with `--prefix`",
                    "give the logs a key prefix of their own",
                ),
            )
        }
        RetentionFinding::Missing { wish, lacking } => Sentences::new(lacking_text(*wish, lacking), wish_text(*wish)),
        RetentionFinding::TooEarly { wish, rule, action, logs } => Sentences::new(
            format!("lifecycle rule `{rule}` of `{bucket}` {}", action_text(action, *logs)),
            format!("{}, but S3 applies whichever rule comes first", wish_text(*wish)),
        ),
    }
}

fn wish_text(wish: Wish) -> String {
    let moved = wish.transition.map(|to| format!("moved to {} {}", to.class, in_words(to.days)));
    let deleted = wish.days.map(|days| format!("deleted {}", in_words(days)));
    let wishes: Vec<String> = moved.into_iter().chain(deleted).collect();
    format!("you asked for logs to be {} after they are written", wishes.join(" and "))
}

/// Returns how to drop the wish. The wizard doesn't ask about another storage class.
fn omit(wish: Wish, audience: Audience) -> String {
    let expire = audience.pick("`--expire-days`", "the expiry");
    let flags = [wish.days.map(|_| expire), wish.transition.map(|_| "`--transition-days`")];
    let flags = flags.into_iter().flatten().collect::<Vec<_>>().join(" and ");
    format!("omit {flags}")
}

/// Returns what is wrong with a rule, and the hint.
fn conflict_text(wish: Wish, rule: &str, conflict: &RuleConflict, audience: Audience) -> (String, String) {
    let expiry = audience.pick("with `--expire-days`", "for the expiry");
    match conflict {
        RuleConflict::FixedDate(date) => (
            format!(
                "the rule `{rule}` deletes objects starting on {date}, and S3 does not allow a fixed date together with \
                 a transition in days"
            ),
            format!(
                "replace the date in the rule `{rule}` with {}",
                audience.pick("`--expire-days`", "a number of days")
            ),
        ),
        RuleConflict::MovedTooLate { class, days, expires } => {
            let class = class.as_deref().unwrap_or(ANOTHER_CLASS);
            let when = days.map_or_else(
                || "on a fixed date, and S3 does not allow a fixed date together with expiration in days".to_owned(),
                |days| format!("after {days} days, but deletes them by then"),
            );
            let hint = match wish.transition {
                None => format!("use more days {expiry}, or remove the transition from the rule `{rule}`"),
                Some(_) => {
                    format!("use fewer than {expires} days with `--transition-days`, or more {expiry}")
                }
            };
            (format!("the rule `{rule}` moves objects to {class} {when}"), hint)
        }
    }
}

fn lacking_text(wish: Wish, lacking: &RetentionGap) -> String {
    let folders = match lacking {
        RetentionGap::NoncurrentVersions(rules) => {
            return format!("noncurrent versions are not deleted by rule {}", quoted(rules));
        }
        RetentionGap::Rules(folders) => folders.join(", "),
    };
    let moved = wish.transition.map(|to| format!("moves {folders} to {} after {}", to.class, in_words(to.days)));
    let expired = wish.days.map(|days| match wish.transition {
        None => format!("expires {folders} after {}", in_words(days)),
        Some(_) => format!("expires it after {}", in_words(days)),
    });
    format!("no rule {}", moved.into_iter().chain(expired).collect::<Vec<_>>().join(" and "))
}

fn action_text(action: &TooEarly, logs: LogPart) -> String {
    let logs = match logs {
        LogPart::All => "logs",
        LogPart::Some => "some of the logs",
    };
    match action {
        TooEarly::Deletes(when) => format!("deletes {logs} {}", when_text(*when)),
        TooEarly::Moves(class, when) => {
            format!("moves {logs} to {} {}", class.as_deref().unwrap_or(ANOTHER_CLASS), when_text(*when))
        }
    }
}

fn when_text(when: When) -> String {
    match when {
        When::AfterDays(days) => format!("after {}", in_words(days)),
        When::From(date) => format!("starting on {date}"),
    }
}

pub(in crate::ui) fn in_words(days: u32) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}
