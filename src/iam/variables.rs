//! Expands policy variables (such as `${aws:username}`), defaults and escapes into patterns. The caller decides where
//! variables are allowed. See <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>.

use super::context::{Context, ContextValue};
use super::glob::{Pattern, Token};

/// The version of the policy language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    /// 2008-10-17, also the default if `Version` is missing: `${...}` is plain text.
    Literal2008,
    /// 2012-10-17: `${...}` is a variable.
    Variables2012,
}

/// The meaning of `*` and `?`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wildcards {
    Special,
    /// Ordinary characters.
    Literal,
}

/// The result of expanding a text's variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Expansion {
    Pattern(Pattern),
    /// A variable has no value, so the text matches nothing.
    NoValue,
    /// A variable's value is unknown.
    NotKnown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece<'text> {
    Plain(char),
    Escaped(char),
    Variable { key: &'text str, default: Option<&'text str> },
}

/// Expands a text into a pattern.
pub(crate) fn expand(text: &str, wildcards: Wildcards, language: Language, context: &Context) -> Expansion {
    let mut tokens = Vec::new();
    let mut unknown = false;
    for piece in pieces(text, language) {
        match piece {
            Piece::Plain(character) => tokens.push(match wildcards {
                Wildcards::Special => Token::wildcard(character),
                Wildcards::Literal => Token::Literal(character),
            }),
            Piece::Escaped(character) => tokens.push(Token::Literal(character)),
            Piece::Variable { key, default } => match value(context, key) {
                Value::Text(text) => tokens.extend(text.chars().map(Token::Literal)),
                Value::Missing => match default {
                    Some(text) => tokens.extend(text.chars().map(Token::Literal)),
                    None => return Expansion::NoValue,
                },
                Value::NotKnown => unknown = true,
            },
        }
    }
    if unknown { Expansion::NotKnown } else { Expansion::Pattern(Pattern::new(tokens)) }
}

/// Returns the context keys that a text refers to.
pub(crate) fn keys(text: &str, language: Language) -> Vec<String> {
    pieces(text, language)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Variable { key, .. } => Some(key.to_lowercase()),
            Piece::Plain(_) | Piece::Escaped(_) => None,
        })
        .collect()
}

enum Value<'context> {
    Text(&'context str),
    Missing,
    NotKnown,
}

fn value<'context>(context: &'context Context, key: &str) -> Value<'context> {
    match context.get(key) {
        // A key with several values can't be used as a variable.
        ContextValue::Known(values) => match values.as_slice() {
            [only] => Value::Text(only),
            _ => Value::Missing,
        },
        ContextValue::Absent => Value::Missing,
        ContextValue::AtOrBelow(_)
        | ContextValue::Begins(_)
        | ContextValue::NotBefore(_)
        | ContextValue::OneOf(_)
        | ContextValue::Unknown => Value::NotKnown,
    }
}

fn pieces(text: &str, language: Language) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    loop {
        let variable = match language {
            Language::Literal2008 => None,
            Language::Variables2012 => rest.strip_prefix("${").and_then(variable),
        };
        if let Some((piece, after)) = variable {
            pieces.push(piece);
            rest = after;
            continue;
        }
        let mut characters = rest.chars();
        let Some(character) = characters.next() else {
            return pieces;
        };
        pieces.push(Piece::Plain(character));
        rest = characters.as_str();
    }
}

/// Parses the text after `${`. Returns a variable or an escape, with the text after the closing `}`. Without a `}`, the
/// text is plain.
fn variable(inner: &str) -> Option<(Piece<'_>, &str)> {
    for special in ['*', '?', '$'] {
        if let Some(after) = inner.strip_prefix(special).and_then(|rest| rest.strip_prefix('}')) {
            return Some((Piece::Escaped(special), after));
        }
    }
    let (name, tail) = inner.split_at_checked(inner.find([',', '}'])?)?;
    let key = name.trim();
    if let Some(after) = tail.strip_prefix('}') {
        return Some((Piece::Variable { key, default: None }, after));
    }
    let body = tail.strip_prefix(',')?.trim_start();
    if let Some((default, after)) = body.strip_prefix('\'').and_then(|quoted| quoted.split_once('\''))
        && let Some(after) = after.trim_start().strip_prefix('}')
    {
        let default = Some(default);
        return Some((Piece::Variable { key, default }, after));
    }
    // A default without quotes is ignored.
    let (_, after) = body.split_once('}')?;
    Some((Piece::Variable { key, default: None }, after))
}

#[cfg(test)]
mod tests {
    use super::super::context::Unnamed;
    use super::*;

    fn expanded(text: &str) -> Expansion {
        let context = Context::new(Unnamed::Absent)
            .with("aws:Team", ContextValue::known("lo*g"))
            .with("aws:Many", ContextValue::Known(vec!["a".into(), "b".into()]))
            .with("aws:Later", ContextValue::Unknown);
        expand(text, Wildcards::Special, Language::Variables2012, &context)
    }

    fn fits(text: &str, value: &str) -> bool {
        match expanded(text) {
            Expansion::Pattern(pattern) => pattern.matches(value),
            Expansion::NoValue | Expansion::NotKnown => panic!("{text} is not a pattern"),
        }
    }

    #[test]
    fn a_variable_value_contains_no_wildcards() {
        assert!(fits("x/${AWS:team}/*", "x/lo*g/y"));
        assert!(!fits("${aws:Team}", "loooog"));
    }

    #[test]
    fn a_default_replaces_only_an_absent_key() {
        assert!(fits("${aws:None, 'any one'}", "any one"));
        assert!(fits("${ aws:None , 'x' }!", "x!"));
        assert!(fits("${aws:Team, 'x'}", "lo*g"));
    }

    #[test]
    fn escapes_are_literal_characters() {
        assert!(fits("${*}${?}${$}{x}", "*?${x}"));
        assert!(!fits("${*}", "abc"));
    }

    #[test]
    fn a_variable_without_a_value_matches_nothing() {
        assert_eq!(expanded("${aws:None}*"), Expansion::NoValue);
        assert_eq!(expanded("${aws:Many}"), Expansion::NoValue);
        assert_eq!(expanded("${}"), Expansion::NoValue);
        assert_eq!(expanded("${aws:None, oops}"), Expansion::NoValue);
    }

    #[test]
    fn an_unknown_variable_makes_the_text_unknown() {
        assert_eq!(expanded("a${aws:Later}"), Expansion::NotKnown);
    }

    #[test]
    fn an_unclosed_variable_is_plain_text() {
        assert!(fits("a${b", "a${b"));
        assert!(fits("a${b, 'c", "a${b, 'c"));
    }

    #[test]
    fn the_2008_language_has_no_variables() {
        let context = Context::new(Unnamed::Absent);
        let text = "${aws:Team}";
        let expansion = expand(text, Wildcards::Special, Language::Literal2008, &context);
        assert_eq!(expansion, Expansion::Pattern(Pattern::parse(text)));
        assert!(keys(text, Language::Literal2008).is_empty());
        assert_eq!(keys(text, Language::Variables2012), ["aws:team"]);
    }
}
