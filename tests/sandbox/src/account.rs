//! The simulated accounts and their credentials.
//!
//! The sandbox does not check signatures. The access key ID only selects the account.

/// The account of the seeded world.
pub const ACCOUNT: &str = "111122223333";
/// Another account, with a bucket of its own.
pub const OTHER_ACCOUNT: &str = "444455556666";
/// The secret of every access key. It is never checked.
pub const SECRET_ACCESS_KEY: &str = "sandbox-secret-access-key";

/// The access key ID of an account's operator.
#[must_use]
pub fn access_key_id(account: &str) -> String {
    format!("AKIA{account}TEST")
}

/// Returns the account of an access key ID: the twelve digits in it, or [`ACCOUNT`] if it has none.
#[must_use]
pub fn account_of(access_key_id: &str) -> String {
    access_key_id
        .split(|letter: char| !letter.is_ascii_digit())
        .find(|digits| digits.len() == 12)
        .map_or_else(|| ACCOUNT.to_owned(), str::to_owned)
}

/// The ARN of an account's operator: a session of an assumed role.
#[must_use]
pub fn operator_arn(account: &str) -> String {
    format!("arn:aws:sts::{account}:assumed-role/{ROLE}/session")
}

pub const ROLE: &str = "Operator";

/// The ARN of the operator's role. The path is `/`, or begins and ends with `/`.
#[must_use]
pub fn role_arn(account: &str, path: &str) -> String {
    format!("arn:aws:iam::{account}:role{path}{ROLE}")
}

/// The account's canonical user ID, as used by ACLs and access logs.
#[must_use]
pub fn canonical_id(account: &str) -> String {
    format!("{account:0>64}")
}

#[cfg(test)]
mod tests {
    use super::{ACCOUNT, OTHER_ACCOUNT, access_key_id, account_of};

    #[test]
    fn an_access_key_selects_its_account() {
        assert_eq!(account_of(&access_key_id(OTHER_ACCOUNT)), OTHER_ACCOUNT);
        assert_eq!(account_of("test"), ACCOUNT);
    }
}
