//! The file path that represents a source for tools that expect files.
//!
//! GitHub's code scanning accepts only paths within a repository:
//! <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>.

use std::str::FromStr;

/// The parts of a source's path.
#[derive(Clone, Copy, Debug)]
pub struct PathParts<'a> {
    pub account: &'a str,
    pub region: &'a str,
    pub producer: &'a str,
    pub source: &'a str,
}

/// A relative path with placeholders in braces for the parts of a [`PathParts`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ReportPath(String);

/// The reason why a text is not a report path.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{text}` is not a path within a repository: {rule}")]
pub struct ReportPathError {
    text: String,
    rule: &'static str,
}

const WORDS: [&str; 4] = ["{account}", "{region}", "{producer}", "{source}"];

impl Default for ReportPath {
    fn default() -> Self {
        Self("aws/{account}/{region}/{producer}/{source}".to_owned())
    }
}

impl FromStr for ReportPath {
    type Err = ReportPathError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = |rule| ReportPathError { text: text.to_owned(), rule };
        if text.starts_with('/') {
            return Err(wrong("it must not begin with `/`"));
        }
        if text.contains(['\\', ':']) || text.chars().any(char::is_control) {
            return Err(wrong("it must not contain `:`, `\\` or control characters"));
        }
        if text.split('/').any(|part| ["", ".", ".."].contains(&part)) {
            return Err(wrong("none of its parts may be empty, `.` or `..`"));
        }
        let rest = WORDS.iter().fold(text.to_owned(), |rest, word| rest.replace(word, ""));
        if rest.contains(['{', '}']) {
            return Err(wrong("only `{account}`, `{region}`, `{producer}` and `{source}` are allowed in braces"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl ReportPath {
    /// Returns the path for these parts as a relative URI.
    pub fn uri(&self, parts: &PathParts<'_>) -> String {
        let mut uri = String::new();
        let mut rest = self.0.as_str();
        while !rest.is_empty() {
            let word = WORDS.iter().find_map(|word| rest.strip_prefix(word).map(|behind| (*word, behind)));
            if let Some((word, behind)) = word {
                let part = part(word, parts);
                // A name such as `..` must not lead to the parent folder.
                let is_step = [".", ".."].contains(&part);
                uri.push_str(&if is_step { part.replace('.', "%2E") } else { encoded(part, "") });
                rest = behind;
            } else {
                let end = rest.find('{').unwrap_or(rest.len());
                let (plain, behind) = rest.split_at(end);
                uri.push_str(&encoded(plain, "/"));
                rest = behind;
            }
        }
        uri
    }
}

fn part<'a>(word: &str, parts: &PathParts<'a>) -> &'a str {
    match word {
        "{account}" => parts.account,
        "{region}" => parts.region,
        "{producer}" => parts.producer,
        _ => parts.source,
    }
}

/// Percent-encodes a text.
fn encoded(text: &str, also: &str) -> String {
    let is_plain =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || also.as_bytes().contains(&byte);
    text.bytes()
        .map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: PathParts<'_> =
        PathParts { account: "111122223333", region: "us-east-1", producer: "alb", source: "a/../b: \u{e9}" };

    #[test]
    fn placeholders_are_replaced_by_the_parts() {
        for (path, expected) in [
            ("infra/logging.tf", "infra/logging.tf"),
            ("{region}/x {account}.tf", "us-east-1/x%20111122223333.tf"),
            ("a/{source}", "a/a%2F..%2Fb%3A%20%C3%A9"),
        ] {
            assert_eq!(path.parse::<ReportPath>().unwrap().uri(&PLACE), expected);
        }
        let up = PathParts { source: "..", ..PLACE };
        assert_eq!(ReportPath::default().uri(&up), "aws/111122223333/us-east-1/alb/%2E%2E");
    }

    #[test]
    fn only_a_path_within_a_repository_is_accepted() {
        for text in
            ["", "/a", "a//b", "a/", "../a", "a/./b", "file:a", "a\\b", "a{", "{name}", "}{", "a/{source", "a\nb"]
        {
            assert!(text.parse::<ReportPath>().is_err(), "{text}");
        }
    }
}
