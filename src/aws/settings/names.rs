//! Names of sections in the configuration files. The AWS CLI accepts any quoted text, but the SDK accepts only
//! identifiers.
//!
//! A name that is not an identifier is percent-encoded for the SDK and decoded in its answers.

use std::fmt::Write as _;

/// The section that a header in `~/.aws/config` names.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Section {
    /// `[default]`, `[profile NAME]`.
    Profile(String),
    /// `[sso-session NAME]`.
    SsoSession(String),
    /// `[services NAME]`.
    Services(String),
    /// Any other section, which is ignored.
    Other,
}

/// Parses the text between the brackets of a header. Splits words like a shell, as the AWS CLI does.
///
/// <https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html>
pub(crate) fn section(header: &str) -> Section {
    let header = header.trim();
    if header == "default" {
        return Section::Profile(header.to_owned());
    }
    match shlex::split(header).as_deref() {
        Some([kind, name]) if !name.is_empty() => match kind.as_str() {
            "profile" => Section::Profile(name.clone()),
            "sso-session" => Section::SsoSession(name.clone()),
            "services" => Section::Services(name.clone()),
            _ => Section::Other,
        },
        Some(_) | None => Section::Other,
    }
}

/// Returns the text between the brackets if a line is the header of a section.
pub(crate) fn header(line: &str) -> Option<&str> {
    line.trim().strip_prefix('[')?.split_once(']').map(|(header, _)| header)
}

/// Encodes a name for the SDK.
pub(super) fn encoded(name: &str) -> String {
    let mut identifier = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"_-/.@:+".contains(&byte) {
            identifier.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail.
            let _ = write!(identifier, "%{byte:02X}");
        }
    }
    identifier
}

/// Decodes the names in a text from the SDK.
pub(crate) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, others)) = rest.split_first() {
        let code = (*first == b'%').then(|| others.get(..2)).flatten();
        let code = code.filter(|code| code.iter().all(u8::is_ascii_hexdigit));
        let code = code.and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { others.get(2..).unwrap_or_default() } else { others };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read_as_the_aws_cli_reads_it() {
        let profile = |name: &str| Section::Profile(name.to_owned());
        for (header, expected) in [
            ("default", profile("default")),
            (" default\t", profile("default")),
            ("profile dev", profile("dev")),
            ("profile \t dev  ", profile("dev")),
            ("  profile dev", profile("dev")),
            ("profile \"my prof\"", profile("my prof")),
            ("profile 'my prof'", profile("my prof")),
            ("profile my\\ prof", profile("my prof")),
            ("profile \"a\\\"b\"", profile("a\"b")),
            ("profile caf\u{e9}", profile("caf\u{e9}")),
            ("profile a#b", profile("a#b")),
            ("profile", Section::Other),
            ("profile \"\"", Section::Other),
            ("profile my prof", Section::Other),
            ("profile \"open", Section::Other),
            ("profiled", Section::Other),
            ("dev", Section::Other),
            ("sso-session \"corp\"", Section::SsoSession("corp".to_owned())),
            ("services s", Section::Services("s".to_owned())),
        ] {
            assert_eq!(section(header), expected, "{header}");
        }
    }

    #[test]
    fn a_decoded_name_equals_the_original() {
        for name in ["dev", "my prof", "100%", "a%20b", "caf\u{e9} \u{1faa3}", "a\"b]", "%", "%%41"] {
            let identifier = encoded(name);
            assert!(identifier.bytes().all(|c| c.is_ascii_alphanumeric() || b"_-/.%@:+".contains(&c)), "{identifier}");
            assert_eq!(decoded(&identifier), name);
        }
        assert_eq!(encoded("dev-1.eu/x@y:z+_"), "dev-1.eu/x@y:z+_");
        assert_eq!(decoded("100% of 5%x"), "100% of 5%x");
    }
}
