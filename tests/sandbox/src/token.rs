//! Tokens with which a list goes on: opaque, as AWS says that they are, so that no client can take one for a name.

use std::fmt::Write as _;

/// The token for a name.
#[must_use]
pub fn sealed(name: &str) -> String {
    name.bytes().fold(String::new(), |mut token, byte| {
        let _ = write!(token, "{:02x}", byte ^ 0x5a);
        token
    })
}

/// The name that a token stands for; `None` for what is no token.
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
    fn a_token_is_not_the_name_and_gives_it_back() {
        let token = sealed("app-data");
        assert!(!token.contains("app"));
        assert_eq!(opened(&token).as_deref(), Some("app-data"));
        assert_eq!((opened("app-data"), opened("123"), opened("")), (None, None, None));
    }
}
