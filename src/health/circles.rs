//! Access logs that go round: three or more buckets of which each logs to the next. A plan sees where its own destination logs, and with
//! that a bucket that logs to itself, and two that log to each other; a longer way round shows only where all of it is seen.

use std::collections::BTreeMap;

use crate::plan::{Cure, Finding, FindingId, Severity};
use crate::producer::Attachment;

use super::diagnosis::Health;
use super::report::Told;

const S3_ACCESS: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html";

/// So many buckets of a circle are named.
const NAMED: usize = 6;

/// Marks each log that is one of a circle. `others` are logs that are seen beside and were not diagnosed. What is dead carries
/// nothing on.
pub fn mark_circles(logs: &mut [Told], others: &[Attachment]) {
    let told = logs.iter().filter(|told| told.diagnosis.health != Health::Dead);
    let links: BTreeMap<String, String> =
        told.map(|told| &*told.diagnosis.attachment).chain(others).filter_map(link).collect();
    for told in logs.iter_mut().filter(|told| told.diagnosis.health != Health::Dead && !told.diagnosis.is_loop()) {
        let Some((source, _)) = link(&told.diagnosis.attachment) else { continue };
        let found = circle(&source, &links).map(|circle| finding(&circle));
        told.diagnosis.findings.extend(found);
    }
}

/// A bucket and the one that its access log goes to.
fn link(attachment: &Attachment) -> Option<(String, String)> {
    let target = attachment.target.present().filter(|_| attachment.may_go_round())?;
    Some((attachment.source.name().to_owned(), target.bucket.clone()))
}

/// The buckets from this one round to itself, where that takes three or more.
fn circle<'a>(start: &'a str, links: &'a BTreeMap<String, String>) -> Option<Vec<&'a str>> {
    let mut round = vec![start];
    let mut at = start;
    // A way that ends in a circle without its beginning would never come back.
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
    let next = circle.iter().skip(1).chain(circle.first());
    let mut steps: Vec<String> = next.take(NAMED).map(|name| format!("`{name}`")).collect();
    if circle.len() > NAMED {
        steps.push(format!("{} more", circle.len() - NAMED));
    }
    let source = circle.first().copied().unwrap_or_default();
    let what = format!("access logs go round: `{source}` logs to {}", steps.join(", that to "));
    let why = "each delivered log creates another log, endlessly, and you pay for all of them: let one of the buckets log to a \
               bucket that does not log on";
    let (id, severity, cure) = (FindingId::LogLoop, Severity::Warns, Cure::Nothing);
    let subject = circle.get(1).copied().unwrap_or_default().to_owned();
    Finding { id, severity, subject, what, why: why.to_owned(), page: S3_ACCESS, cure }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(links: &[(&str, &str)], start: &str) -> Option<Vec<String>> {
        let links = links.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
        circle(start, &links).map(|round| round.into_iter().map(str::to_owned).collect())
    }

    #[test]
    fn a_circle_is_three_or_more_buckets_that_come_back_to_the_first() {
        let three = [("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")];
        assert_eq!(round(&three, "b").unwrap(), ["b", "c", "a"]);
        // Leading into a circle is no part of it.
        assert_eq!(round(&three, "d"), None);
        assert_eq!(round(&[("a", "b"), ("b", "c")], "a"), None);
        // A plan tells of these itself.
        assert_eq!(round(&[("a", "a")], "a"), None);
        assert_eq!(round(&[("a", "b"), ("b", "a")], "a"), None);
    }

    #[test]
    fn a_long_circle_is_told_in_part() {
        let all = ["a", "b", "c", "d", "e", "f", "g", "h"];
        let what = finding(&all).what;
        assert!(what.starts_with("access logs go round: `a` logs to `b`, that to `c`"), "{what}");
        assert!(what.ends_with("`g`, that to 2 more"), "{what}");
        assert!(finding(&["a", "b", "c"]).what.ends_with("`a` logs to `b`, that to `c`, that to `a`"));
    }
}
