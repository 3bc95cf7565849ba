//! Quotes a word for pasting into any shell.
//!
//! sh, bash, zsh, fish and PowerShell all read the quoted word in the same way. The quoting is based on these rules:
//!
//! * Between single quotes, all characters are literal, except a single quote. In fish, `\\` and `\'` are escapes
//!   (<https://fishshell.com/docs/current/language.html#quotes>). In PowerShell, `‘`, `’`, `‚` and `‛` are single
//!   quotes as well
//!   (<https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_quoting_rules>).
//! * Between double quotes, a single quote is literal.
//! * Quoted parts that follow something unquoted belong to the same word. In PowerShell, a word that begins with a
//!   quote ends at the closing quote.
//! * Windows PowerShell drops a double quote within a word when it starts a program
//!   (<https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_parsing>).

use std::ffi::OsStr;

use crate::model::is_hidden;

/// Why a word can't be written so that all shells read it in the same way.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Unquotable {
    /// An invisible character, such as a line feed.
    #[error("it contains the hidden character U+{:04X}", u32::from(*.0))]
    Hidden(char),
    /// A backslash before a quote, before another backslash or at the end.
    #[error("fish reads its backslash differently")]
    Backslash,
    /// A double quote.
    #[error("PowerShell drops its double quote")]
    DoubleQuote,
    /// Several characters at the start that need different quotes.
    #[error("PowerShell reads its quotes differently")]
    Quotes,
    #[error("it is not UTF-8")]
    NotText,
}

/// Returns the word, quoted so that all shells read it in the same way.
pub fn shell_word(word: &OsStr) -> Result<String, Unquotable> {
    let word = word.to_str().ok_or(Unquotable::NotText)?;
    if let Some(hidden) = word.chars().find(|c| is_hidden(*c)) {
        return Err(Unquotable::Hidden(hidden));
    }
    if word.contains('"') {
        return Err(Unquotable::DoubleQuote);
    }
    if is_plain(word) {
        return Ok(word.to_owned());
    }
    let start = word.find(|c| !is_plain_sign(c)).unwrap_or_default();
    let parts = parts(word)?;
    match (parts.as_slice(), word.split_at(start)) {
        ([whole], _) => Ok(whole.clone()),
        (_, (unquoted, rest)) if is_plain(unquoted) && !unquoted.starts_with(|c: char| c.is_ascii_digit()) => {
            Ok(format!("{unquoted}{}", self::parts(rest)?.concat()))
        }
        _ => Err(Unquotable::Quotes),
    }
}

/// Returns whether a value must be written as `--flag=VALUE`. As a separate word, such a value would be read as a flag,
/// be dropped, or be impossible to quote.
pub(super) fn needs_its_flag(value: &OsStr) -> bool {
    value.is_empty() || value.as_encoded_bytes().starts_with(b"-") || shell_word(value) == Err(Unquotable::Quotes)
}

/// Splits the word into quoted parts, by the kind of quotes each needs.
fn parts(word: &str) -> Result<Vec<String>, Unquotable> {
    let mut parts = Vec::new();
    let mut rest = word;
    while !rest.is_empty() || parts.is_empty() {
        let fits_double = |c: char| !matches!(c, '$' | '`' | '\\' | '!' | '\u{201c}'..='\u{201f}');
        let length = |fits: fn(char) -> bool| rest.find(|c| !fits(c)).unwrap_or(rest.len());
        let (single, double) = (length(|c| !is_single_quote(c)), length(fits_double));
        // Take the longer part, so that there are as few parts as possible.
        let (quote, length) = if single >= double { ('\'', single) } else { ('"', double) };
        let (part, behind) = rest.split_at(length);
        if part.ends_with('\\') || part.contains("\\\\") {
            return Err(Unquotable::Backslash);
        }
        parts.push(format!("{quote}{part}{quote}"));
        rest = behind;
    }
    Ok(parts)
}

/// Returns whether PowerShell reads the character as a single quote.
fn is_single_quote(c: char) -> bool {
    matches!(c, '\'' | '\u{2018}'..='\u{201b}')
}

/// Returns whether the word needs no quotes.
fn is_plain(word: &str) -> bool {
    let one_dash = word.starts_with('-') && !word.starts_with("--");
    !word.is_empty()
        && word.chars().all(is_plain_sign)
        // zsh expands `=ls` to a program's path. PowerShell expands `@x` to a variable's items, and splits `-x.y` in
        // two.
        && !word.starts_with(['=', '@'])
        && !one_dash
        && !may_be_a_number(word)
}

fn is_plain_sign(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_./:=@+".contains(c)
}

/// Returns whether PowerShell may read the word as a number and rewrite it. Examples are `010`, `1e3` and `1kb`.
fn may_be_a_number(word: &str) -> bool {
    let is_usual =
        word.len() <= 18 && word.bytes().all(|b| b.is_ascii_digit()) && (word == "0" || !word.starts_with('0'));
    let digits = word.trim_start_matches(['+', '-', '.']);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && word.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        && digits.bytes().all(|b| b != b'-')
        && !is_usual
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(word: &str) -> Result<String, Unquotable> {
        shell_word(OsStr::new(word))
    }

    #[test]
    fn a_word_with_special_characters_is_quoted() {
        for (word, expected) in [
            ("DenyPlain", "DenyPlain"),
            ("Deny plain", "'Deny plain'"),
            ("it's", "\"it's\""),
            ("it’s", "\"it’s\""),
            ("", "''"),
            ("a,b", "'a,b'"),
            ("$HOME", "'$HOME'"),
            ("--prefix=a$b", "'--prefix=a$b'"),
            ("--prefix=a$'b", "--prefix=a'$'\"'b\""),
            ("--prefix='a$'b!", "--prefix=\"'a\"'$'\"'b\"'!'"),
            (r"C:\logs", r"'C:\logs'"),
            ("=ls", "'=ls'"),
            ("@x", "'@x'"),
            ("-x", "'-x'"),
            ("010", "'010'"),
            ("1kb", "'1kb'"),
            ("30", "30"),
            ("--wait", "--wait"),
            ("s3://a/b_c+d@e=f", "s3://a/b_c+d@e=f"),
            ("größe", "'größe'"),
        ] {
            assert_eq!(quoted(word).as_deref(), Ok(expected), "{word}");
        }
    }

    #[test]
    fn a_word_that_shells_read_differently_is_rejected() {
        for (word, why) in [
            ("a\nb", Unquotable::Hidden('\n')),
            ("a\tb", Unquotable::Hidden('\t')),
            ("a\u{200b}b", Unquotable::Hidden('\u{200b}')),
            (r"\'; touch x; #", Unquotable::Backslash),
            (r"a\\b", Unquotable::Backslash),
            (r"a\", Unquotable::Backslash),
            ("say \"a\"", Unquotable::DoubleQuote),
            ("$'$'", Unquotable::Quotes),
        ] {
            assert_eq!(quoted(word), Err(why), "{word}");
        }
        assert_eq!(Unquotable::Hidden('\n').to_string(), "it contains the hidden character U+000A");
    }

    #[test]
    fn a_value_that_cannot_stand_alone_is_bound_to_its_flag() {
        for value in ["", "-x", "--yes", "$'$'"] {
            assert!(needs_its_flag(OsStr::new(value)), "{value}");
        }
        for value in ["x", "it's", "a\nb", "a,b"] {
            assert!(!needs_its_flag(OsStr::new(value)), "{value}");
        }
    }
}
