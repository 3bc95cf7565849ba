//! Matches text against a pattern of literal characters, `*` and `?`.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    Literal(char),
    /// `?`: any one character.
    AnyOne,
    /// `*`: any number of characters.
    AnyMany,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pattern {
    tokens: Vec<Token>,
}

impl Pattern {
    pub(crate) fn new(tokens: Vec<Token>) -> Self {
        Self { tokens }
    }

    /// Parses a pattern in which only `*` and `?` are special.
    pub(crate) fn parse(text: &str) -> Self {
        Self::new(text.chars().map(Token::wildcard).collect())
    }

    pub(crate) fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// Returns the pattern in lower case.
    pub(crate) fn lower_cased(self) -> Self {
        let lowered = self.tokens.into_iter().flat_map(Token::lower_cased);
        Self::new(lowered.collect())
    }

    /// Returns whether the pattern matches the whole text.
    ///
    /// After a mismatch, the search goes back only to the last `*`, so no pattern takes exponential time.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let (mut at, mut piece) = (0, 0);
        let mut last_star: Option<(usize, usize)> = None;
        while let Some(&character) = text.get(at) {
            match self.tokens.get(piece) {
                Some(Token::AnyMany) => {
                    last_star = Some((piece, at));
                    piece += 1;
                }
                Some(token) if token.accepts(character) => {
                    at += 1;
                    piece += 1;
                }
                Some(Token::AnyOne | Token::Literal(_)) | None => {
                    let Some((star, taken)) = last_star else {
                        return false;
                    };
                    last_star = Some((star, taken + 1));
                    at = taken + 1;
                    piece = star + 1;
                }
            }
        }
        self.tokens.iter().skip(piece).all(|token| *token == Token::AnyMany)
    }

    /// Splits the pattern at its first `cuts` literal occurrences of `separator`.
    pub(crate) fn split(&self, separator: char, cuts: usize) -> Vec<Self> {
        let mut parts = Vec::new();
        let mut part = Vec::new();
        for token in &self.tokens {
            if parts.len() < cuts && *token == Token::Literal(separator) {
                parts.push(Self::new(std::mem::take(&mut part)));
            } else {
                part.push(*token);
            }
        }
        parts.push(Self::new(part));
        parts
    }
}

impl Token {
    /// Parses one character, with `*` and `?` as wildcards.
    pub(crate) fn wildcard(character: char) -> Self {
        match character {
            '*' => Self::AnyMany,
            '?' => Self::AnyOne,
            literal => Self::Literal(literal),
        }
    }

    fn accepts(self, character: char) -> bool {
        match self {
            Self::Literal(literal) => literal == character,
            Self::AnyOne => true,
            Self::AnyMany => false,
        }
    }

    fn lower_cased(self) -> Vec<Self> {
        match self {
            Self::Literal(character) => character.to_lowercase().map(Self::Literal).collect(),
            wildcard @ (Self::AnyOne | Self::AnyMany) => vec![wildcard],
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The textbook definition: slow, but clearly correct.
    fn by_definition(pattern: &[char], text: &[char]) -> bool {
        match (pattern.first(), text.first()) {
            (None, None) => true,
            (Some('*'), _) => {
                by_definition(&pattern[1..], text) || (!text.is_empty() && by_definition(pattern, &text[1..]))
            }
            (Some('?'), Some(_)) => by_definition(&pattern[1..], &text[1..]),
            (Some(wanted), Some(found)) => wanted == found && by_definition(&pattern[1..], &text[1..]),
            (Some(_), None) | (None, Some(_)) => false,
        }
    }

    #[test]
    fn a_star_matches_slashes_and_a_question_mark_one_character() {
        assert!(Pattern::parse("a/*.gz").matches("a/b/c.gz"));
        assert!(Pattern::parse("caf?").matches("café"));
        assert!(!Pattern::parse("PutObject?").matches("PutObject"));
    }

    #[test]
    fn an_empty_pattern_matches_only_empty_text() {
        assert!(Pattern::parse("").matches(""));
        assert!(!Pattern::parse("").matches("a"));
        assert!(Pattern::parse("**").matches(""));
    }

    #[test]
    fn a_pattern_is_split_only_at_literal_separators() {
        let parts = Pattern::parse("a:*:b:c").split(':', 2);
        let expected = ["a", "*", "b:c"].map(Pattern::parse);
        assert_eq!(parts, expected);
    }

    #[test]
    fn pathological_patterns_end_on_twenty_thousand_characters() {
        let text = "a".repeat(20_000);
        assert!(!Pattern::parse("*a*a*a*a*a*a*a*b").matches(&text));
        assert!(!Pattern::parse(&"*a".repeat(15_000)).matches(&"a".repeat(14_999)));
        assert!(!Pattern::parse(&format!("*{}b", "a".repeat(1_000))).matches(&text));
        assert!(Pattern::parse(&"*".repeat(20_000)).matches(&text));
    }

    proptest! {
        #[test]
        fn the_quick_matcher_agrees_with_the_definition(
            pattern in "[ab*?]{0,8}", text in "[ab]{0,8}",
        ) {
            let slow = by_definition(
                &pattern.chars().collect::<Vec<_>>(),
                &text.chars().collect::<Vec<_>>(),
            );
            prop_assert_eq!(Pattern::parse(&pattern).matches(&text), slow);
        }
    }
}
