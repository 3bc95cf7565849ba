//! Wraps lines to a width, with a hanging indent.
//!
//! A word that does not fit gets a line of its own and stays whole, so that an ARN or URL can be copied. Without a
//! width, nothing is wrapped, so that `grep` finds whole lines. Text can't contain a line end, because hidden
//! characters are shown as escapes.

use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

use super::clean::line;

/// Output lines, wrapped to a width.
#[derive(Debug)]
pub(super) struct Sheet {
    width: Option<usize>,
    text: String,
}

impl Sheet {
    pub(super) fn new(width: Option<usize>) -> Self {
        Self { width, text: String::new() }
    }

    /// Adds a paragraph that begins with `first`. Further lines are indented by `hang` columns.
    pub(super) fn paragraph(&mut self, first: &str, hang: usize, text: &str) {
        self.text.push_str(&wrapped(first, hang, text, self.width));
        self.text.push('\n');
    }

    /// Adds a line that is not wrapped, such as a command or a line of a diff.
    pub(super) fn line(&mut self, text: &str) {
        self.text.push_str(&line(text));
        self.text.push('\n');
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}

/// Wraps `first` and the text. Further lines are indented by `hang` columns. Escape codes take no columns.
pub(super) fn wrapped(first: &str, hang: usize, text: &str, width: Option<usize>) -> String {
    let indent = " ".repeat(hang);
    let (first, text) = (line(first), line(text));
    let Some(width) = width else { return format!("{first}{text}") };
    let options = Options::new(width)
        .initial_indent(&first)
        .subsequent_indent(&indent)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    textwrap::wrap(&text, options).join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENTENCE: &str = "the bucket policy doesn't allow `delivery.logs.amazonaws.com` for `edge`";

    #[test]
    fn a_line_fits_its_width_with_a_hanging_indent() {
        assert_eq!(
            wrapped("  warning  ", 11, SENTENCE, Some(50)),
            "  warning  the bucket policy doesn't allow\n           `delivery.logs.amazonaws.com` for\n           `edge`"
        );
    }

    #[test]
    fn escape_codes_have_no_width() {
        let plain = wrapped("  warning  ", 11, SENTENCE, Some(50));
        let colored = wrapped("  \u{1b}[1m\u{1b}[31mwarning\u{1b}[0m  ", 11, SENTENCE, Some(50));
        assert_eq!(anstream::adapter::strip_str(&colored).to_string(), plain);
    }

    #[test]
    fn a_word_that_does_not_fit_stays_whole_on_its_own_line() {
        let arn = "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-aabbccddeeff";
        assert_eq!(wrapped("  + ", 4, &format!("use {arn} now"), Some(60)), format!("  + use\n    {arn}\n    now"));
    }

    #[test]
    fn without_a_width_nothing_is_wrapped() {
        assert_eq!(wrapped("  warning  ", 11, SENTENCE, None), format!("  warning  {SENTENCE}"));
    }

    #[test]
    fn untrusted_text_cannot_start_a_new_line() {
        for width in [None, Some(40)] {
            assert_eq!(wrapped("hint: ", 2, "one\ntwo", width), "hint: one\\ntwo");
            let mut sheet = Sheet::new(width);
            sheet.line("one\ntwo");
            sheet.paragraph("one\n", 2, "two");
            assert_eq!(sheet.into_text(), "one\\ntwo\none\\ntwo\n");
        }
    }

    #[test]
    fn no_word_is_lost_at_any_width() {
        let first = "  \u{1b}[1mwarning\u{1b}[0m  ";
        for width in (0..130).chain([usize::MAX]) {
            for hang in [0, 4, 11, 60] {
                let wrapped = wrapped(first, hang, SENTENCE, Some(width));
                assert_eq!(wrapped.split_whitespace().skip(1).collect::<Vec<_>>().join(" "), SENTENCE, "{width}");
            }
        }
    }

    #[test]
    fn every_line_of_a_long_text_fits_at_sixty_and_eighty() {
        let text = [SENTENCE; 7].join("; ");
        for width in [60, 80] {
            let wrapped = wrapped("        why:  ", 14, &text, Some(width));
            assert!(wrapped.lines().all(|line| line.len() <= width), "{wrapped}");
            assert_eq!(wrapped.split_whitespace().skip(1).collect::<Vec<_>>().join(" "), text);
        }
    }
}
