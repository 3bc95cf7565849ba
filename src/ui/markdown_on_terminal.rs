//! Markdown for the terminal: as much of it as the pages in `docs/findings/` use.
//!
//! Headings are bold. Paragraphs, quotes and list items are wrapped. Code is indented and stays as it is. A link shows
//! its text, and its address if it leads out of the book. Backticks stay, as in all other output.

use super::style::{HEADING, painted};
use super::wrap::Sheet;

/// The columns before code.
const CODE: usize = 4;

/// Adds a page to the sheet.
pub(super) fn write(sheet: &mut Sheet, page: &str) {
    let mut block = Block::default();
    let mut is_code = false;
    for line in page.lines() {
        if line.starts_with("```") {
            block.end(sheet);
            is_code = !is_code;
        } else if is_code {
            sheet.line(format!("{}{line}", " ".repeat(CODE)).trim_end());
        } else if line.is_empty() {
            block.end(sheet);
            sheet.line("");
        } else if let Some(heading) = line.strip_prefix("## ").or_else(|| line.strip_prefix("# ")) {
            sheet.line(&painted(HEADING, heading));
        } else if let Some(quoted) = line.strip_prefix("> ") {
            block.add("  ", quoted);
        } else if let Some(item) = line.strip_prefix("* ") {
            block.end(sheet);
            block.add("* ", item);
        } else {
            block.add("", line);
        }
    }
    block.end(sheet);
}

/// The lines of a paragraph, quote or list item.
#[derive(Default)]
struct Block {
    /// What stands before its first line.
    first: &'static str,
    text: String,
}

impl Block {
    fn add(&mut self, first: &'static str, line: &str) {
        if self.text.is_empty() {
            self.first = first;
        } else {
            self.text.push(' ');
        }
        self.text.push_str(line.trim());
    }

    fn end(&mut self, sheet: &mut Sheet) {
        if !self.text.is_empty() {
            sheet.paragraph(self.first, self.first.len(), &inline(&self.text));
            self.text.clear();
        }
    }
}

/// Returns the text with links and bold text replaced.
fn inline(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some((before, name, target, behind)) = next_link(rest) {
        shown.push_str(before);
        shown.push_str(name);
        if target.starts_with("https://") {
            shown.push_str(": ");
            shown.push_str(target);
        }
        rest = behind;
    }
    shown.push_str(rest);
    bold(&shown)
}

/// Returns the text before the next link, the link's text and target, and the text behind it.
fn next_link(text: &str) -> Option<(&str, &str, &str, &str)> {
    let (before, behind) = text.split_once("](")?;
    let (before, name) = before.rsplit_once('[')?;
    let (target, behind) = behind.split_once(')')?;
    Some((before, name, target, behind))
}

fn bold(text: &str) -> String {
    let parts: Vec<&str> = text.split("**").collect();
    if parts.len().is_multiple_of(2) {
        return text.to_owned();
    }
    let shown = |(index, part): (usize, &&str)| {
        if index.is_multiple_of(2) { (*part).to_owned() } else { painted(HEADING, part) }
    };
    parts.iter().enumerate().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(page: &str, width: Option<usize>) -> String {
        let mut sheet = Sheet::new(width);
        write(&mut sheet, page);
        anstream::adapter::strip_str(&sheet.into_text()).to_string()
    }

    #[test]
    fn paragraphs_quotes_and_items_are_wrapped_and_code_is_not() {
        let page = "# title\n\nOne sentence\nin two lines.\n\n> a quote that goes on\n\n* an item\n* another item\n\n```sh\naws s3api \\\n    get-bucket-policy\n```\n";
        let shown = "title\n\nOne sentence in\ntwo lines.\n\n  a quote that\n  goes on\n\n* an item\n* another item\n\n    aws s3api \\\n        get-bucket-policy\n";
        assert_eq!(plain(page, Some(16)), shown);
    }

    #[test]
    fn a_link_shows_its_address_only_if_it_leads_out_of_the_book() {
        assert_eq!(plain("see [key-policy](key-policy.md), then go on", None), "see key-policy, then go on\n");
        assert_eq!(plain("* [AWS](https://a.example/b)", None), "* AWS: https://a.example/b\n");
        assert_eq!(plain("`[x]` (y)", None), "`[x]` (y)\n");
    }

    #[test]
    fn bold_text_has_no_asterisks() {
        assert_eq!(plain("the **Flow logs** tab", None), "the Flow logs tab\n");
        assert_eq!(plain("2 ** 3", None), "2 ** 3\n");
    }
}
