//! Pagination tokens, opaque as AWS documents them, so that clients can't use names instead.

use std::fmt::Write as _;

/// Returns the token for a name.
#[must_use]
pub fn sealed(name: &str) -> String {
    name.bytes().fold(String::new(), |mut token, byte| {
        let _ = write!(token, "{:02x}", byte ^ 0x5a);
        token
    })
}

/// Returns the name behind a token, or `None` for an invalid token.
#[must_use]
pub fn opened(token: &str) -> Option<String> {
    let digits: Vec<u8> =
        token.chars().map(|letter| letter.to_digit(16)?.try_into().ok()).collect::<Option<Vec<u8>>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    let name = pairs.iter().map(|[high, low]| (high * 16 + low) ^ 0x5a).collect();
    String::from_utf8(name).ok().filter(|name| rest.is_empty() && !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{opened, sealed};

    #[test]
    fn a_token_hides_the_name_and_returns_it() {
        let token = sealed("app-data");
        assert!(!token.contains("app"));
        assert_eq!(opened(&token).as_deref(), Some("app-data"));
        assert_eq!((opened("app-data"), opened("123"), opened("")), (None, None, None));
    }
}
