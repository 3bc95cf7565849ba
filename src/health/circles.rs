//! Finds access log loops of three or more buckets, each logging to the next. A plan finds shorter loops: a bucket that
//! logs to itself, and two buckets that log to each other. A longer loop shows
//! from the access logs of all its buckets.

use std::collections::BTreeMap;

use crate::plan::{Finding, Fix, SettingFinding};
use crate::producer::Attachment;

use super::diagnosis::Health;
use super::report::LogReport;

/// Adds a finding to each log that is part of a loop. `others` are known attachments that were not diagnosed. A dead
/// log breaks the loop.
pub(crate) fn mark_circles(logs: &mut [LogReport], others: &[Attachment]) {
    let live = logs.iter().filter(|log| log.diagnosis.health != Health::Dead);
    let links: BTreeMap<String, String> =
        live.map(|log| &*log.diagnosis.attachment).chain(others).filter_map(link).collect();
    for log in logs.iter_mut().filter(|log| log.diagnosis.health != Health::Dead && !log.diagnosis.is_loop()) {
        let Some((source, _)) = link(&log.diagnosis.attachment) else { continue };
        let found = circle(&source, &links).map(|circle| finding(&circle));
        log.diagnosis.findings.extend(found);
    }
}

/// Returns a bucket and the bucket that its access logs go to.
fn link(attachment: &Attachment) -> Option<(String, String)> {
    let target = attachment.target.present().filter(|_| attachment.may_go_round())?;
    Some((attachment.source.name().to_owned(), target.bucket.clone()))
}

/// Returns the buckets of the loop through `start`, if it has three or more.
fn circle<'a>(start: &'a str, links: &'a BTreeMap<String, String>) -> Option<Vec<&'a str>> {
    let mut round = vec![start];
    let mut at = start;
    // The limit ends a path that leads into a loop without `start`.
    for _ in 0..links.len() {
        at = links.get(at)?;
        if at == start {
            return (round.len() > 2).then_some(round);
        }
        round.push(at);
    }
    None
}

fn finding(circle: &[&str]) -> Finding {
    let subject = circle.get(1).copied().unwrap_or_default();
    let buckets = circle.iter().map(|bucket| (*bucket).to_owned()).collect();
    Finding::new(subject, SettingFinding::Circle { buckets }, Fix::Nothing)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(links: &[(&str, &str)], start: &str) -> Option<Vec<String>> {
        let links = links.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
        circle(start, &links).map(|round| round.into_iter().map(str::to_owned).collect())
    }

    #[test]
    fn a_loop_is_three_or_more_buckets_that_lead_back_to_the_first() {
        let three = [("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")];
        assert_eq!(round(&three, "b").unwrap(), ["b", "c", "a"]);
        // A bucket that logs into a loop is not part of it.
        assert_eq!(round(&three, "d"), None);
        assert_eq!(round(&[("a", "b"), ("b", "c")], "a"), None);
        // The plan reports these loops.
        assert_eq!(round(&[("a", "a")], "a"), None);
        assert_eq!(round(&[("a", "b"), ("b", "a")], "a"), None);
    }

    #[test]
    fn a_long_loop_is_shortened() {
        let all = ["a", "b", "c", "d", "e", "f", "g", "h"];
        let what = finding(&all).what();
        assert!(what.starts_with("access logs form a loop: `a` logs to `b`, which logs to `c`"), "{what}");
        assert!(what.ends_with("`g`, and so on (2 more)"), "{what}");
        assert!(finding(&["a", "b", "c"]).what().ends_with("`a` logs to `b`, which logs to `c`, which logs to `a`"));
    }
}
