//! `explain`: the page about a finding, or the list of findings.

use crate::plan::FindingId;

use super::markdown_on_terminal;
use super::style::{HEADING, painted};
use super::wrap::Sheet;

/// The line after findings that says how to read more about one.
pub(super) const HOW_TO: &str = "explain a finding: logbucket explain ID";

/// Formats the page about a finding. Without a finding, lists all findings with their meanings.
pub(super) fn text(id: Option<FindingId>, width: Option<usize>) -> String {
    let mut sheet = Sheet::new(width);
    match id {
        Some(id) => markdown_on_terminal::write(&mut sheet, id.explanation()),
        None => list(&mut sheet),
    }
    sheet.into_text()
}

fn list(sheet: &mut Sheet) {
    let names = FindingId::ALL.iter().map(|id| id.as_str().len()).max().unwrap_or_default();
    for id in FindingId::ALL {
        let rest = " ".repeat(names - id.as_str().len() + 2);
        sheet.paragraph(&format!("{}{rest}", painted(HEADING, id.as_str())), names + 2, id.meaning());
    }
    sheet.line("");
    sheet.line(HOW_TO);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_fits_a_terminal_except_for_code_and_addresses() {
        for id in FindingId::ALL {
            let shown = anstream::adapter::strip_str(&text(Some(*id), Some(80))).to_string();
            let words: Vec<&str> = shown.split_whitespace().collect();
            assert!(words.join(" ").starts_with(&format!("{} {} For", id.as_str(), id.meaning())), "{shown}");
            let is_prose = |line: &&str| !line.starts_with("    ") && !line.contains("https://");
            let long = shown.lines().filter(is_prose).find(|line| line.chars().count() > 80);
            assert_eq!(long, None, "{}", id.as_str());
            assert!(!shown.contains("```") && !shown.contains("]("), "{shown}");
        }
    }

    #[test]
    fn the_list_names_every_finding_with_its_meaning() {
        let shown = anstream::adapter::strip_str(&text(None, None)).to_string();
        for id in FindingId::ALL {
            let is_its = |line: &str| line.starts_with(id.as_str()) && line.ends_with(id.meaning());
            assert!(shown.lines().any(is_its), "{} is missing: {shown}", id.as_str());
        }
        assert!(shown.ends_with("\n\nexplain a finding: logbucket explain ID\n"), "{shown}");
    }
}
