//! AWS account ids.
//!
//! Only the form is checked, not whether the account exists.

use std::fmt;
use std::str::FromStr;

/// An AWS account id: twelve digits, including leading zeros.
///
/// <https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html>
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct AccountId(String);

#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` is not an account ID (expected: 12 digits)")]
pub struct AccountIdError(String);

impl AccountId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AccountId {
    type Err = AccountIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(AccountIdError(text.to_owned()))
        }
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leading_zeros_are_kept() {
        let account: AccountId = "012345678901".parse().unwrap();
        assert_eq!(account.to_string(), "012345678901");
    }

    #[test]
    fn anything_but_twelve_digits_is_rejected() {
        for text in ["", "12345678901", "1234567890123", "1234-5678-901", "a23456789012"] {
            assert!(text.parse::<AccountId>().is_err(), "{text}");
        }
    }
}
