//! The pages about findings: `docs/findings/ID.md`, their list `docs/findings.md`, and their part of `docs/SUMMARY.md`.
//!
//! The part of a page above `## How it shows` is written from the table of findings, and so are the two lists. A test
//! fails if they are out of date: `LOGBUCKET_WRITE_SCHEMAS=1 cargo test --lib finding::pages` writes them. The rest is
//! written by hand. A page of a new finding begins with its four headings; without the file, the program does not
//! compile.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use crate::plan::{FindingId, Weighing, Weight};

const WRITE: &str = "LOGBUCKET_WRITE_SCHEMAS";

/// The sections of a page, in order.
const SECTIONS: [&str; 4] =
    ["## How it shows\n\n", "## Fix it by hand\n\n", "## Fix it with logbucket\n\n", "## AWS documentation\n\n"];

const LIST: &str = "# Findings

<!-- Written from the table of findings: see `src/ui/finding/pages.rs`. -->

Every finding has a stable ID. `logbucket explain ID` prints its page on the terminal, without a network.

| finding | meaning |
|---|---|
";

const SUMMARY: &str = "# Findings\n\n- [All findings](findings.md)\n";

fn docs() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs")
}

/// Returns what a finding means for a log that is on.
fn weight(weighing: Weighing) -> &'static str {
    match weighing {
        Weighing::Always(Weight::Stops) => "logs don't arrive, or no one can read them: the log is `dead`",
        Weighing::Always(Weight::Hides) => {
            "logbucket can't tell whether logs arrive: the log is `unknown`, unless a delivered log settles it"
        }
        Weighing::Always(Weight::Remark) => "a remark that doesn't change the log's state",
        Weighing::Always(Weight::Nothing) => "nothing: it is about the setup, and only `init` reports it",
        Weighing::BySeverity => "an error means that logs don't arrive: the log is `dead`. A warning is a remark",
        Weighing::WarningHides => {
            "an error means that logs don't arrive: the log is `dead`. With a warning, logbucket can't tell: the log is `unknown`"
        }
        Weighing::FixableWarningHides => {
            "an error means that logs don't arrive: the log is `dead`. With a warning, the log is `unknown` if `init` would change something, otherwise it is a remark"
        }
        Weighing::IfRefused => {
            "the log is `unknown` if AWS documents that this setting can block it, otherwise nothing changes"
        }
    }
}

/// Returns the part of a page that the table gives.
fn head(id: FindingId) -> String {
    let mut head = format!("# {}\n\n{}\n\n", id.as_str(), id.meaning());
    writeln!(head, "**For a log that is on:** {}.\n", weight(id.weighing())).unwrap();
    if !id.operations().is_empty() {
        let operations: Vec<String> = id.operations().iter().map(|name| format!("`{name}`")).collect();
        writeln!(head, "**Recent changes that can lead to it** (in CloudTrail): {}.\n", operations.join(", ")).unwrap();
    }
    head
}

/// Returns a page with its current head.
fn page(id: FindingId, written: &str) -> String {
    let prose = written.split_once(SECTIONS[0]).map_or("", |(_, prose)| prose);
    format!("{}{}{prose}", head(id), SECTIONS[0])
}

fn list() -> String {
    let row = |id: &FindingId| format!("| [{0}](findings/{0}.md) | {1} |\n", id.as_str(), id.meaning());
    format!("{LIST}{}", FindingId::ALL.iter().map(row).collect::<String>())
}

/// Returns the summary with its current list of findings.
fn summary(written: &str) -> String {
    let row = |id: &FindingId| format!("  - [{0}](findings/{0}.md)\n", id.as_str());
    let (before, rest) = written.split_once(SUMMARY).unwrap();
    let (_, after) = rest.split_once("\n# ").unwrap();
    format!("{before}{SUMMARY}{}\n# {after}", FindingId::ALL.iter().map(row).collect::<String>())
}

#[test]
fn the_pages_match_the_table_of_findings() {
    let read = |path: &PathBuf| fs::read_to_string(path).unwrap_or_default();
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    for id in FindingId::ALL {
        let path = docs().join("findings").join(format!("{}.md", id.as_str()));
        let text = page(*id, &read(&path));
        files.push((path, text));
    }
    let path = docs().join("SUMMARY.md");
    let text = summary(&read(&path));
    files.push((path, text));
    files.push((docs().join("findings.md"), list()));
    if std::env::var_os(WRITE).is_some() {
        for (path, text) in &files {
            fs::write(path, text).unwrap();
        }
    }
    for (path, text) in &files {
        assert!(read(path) == *text, "{} does not match the table; set {WRITE}=1 to rewrite it", path.display());
    }
}

#[test]
fn every_page_has_its_sections_and_belongs_to_a_finding() {
    for id in FindingId::ALL {
        let page = id.explanation();
        let mut rest = page;
        for (index, section) in SECTIONS.iter().enumerate() {
            let (_, after) = rest.split_once(section).unwrap_or_else(|| panic!("{} lacks {section}", id.as_str()));
            let next = SECTIONS.get(index + 1).and_then(|next| after.split_once(next));
            let own = next.map_or(after, |(own, _)| own);
            assert!(own.trim().len() > 40, "{}: {section} is empty", id.as_str());
            rest = after;
        }
        assert_eq!(page.matches("\n## ").count(), SECTIONS.len(), "{} has another section", id.as_str());
        assert!(page.contains("\n> "), "{} shows no sentence of the program", id.as_str());
    }
    let known: BTreeSet<String> = FindingId::ALL.iter().map(|id| format!("{}.md", id.as_str())).collect();
    let files = fs::read_dir(docs().join("findings")).unwrap();
    let files: BTreeSet<String> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(files, known);
}
