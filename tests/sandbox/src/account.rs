//! The simulated accounts and the credentials that stand for them.
//!
//! The sandbox checks no signature: an access key id names its account, and that is all.

/// The account of the seeded world.
pub const ACCOUNT: &str = "111122223333";
/// Another account, which owns a bucket of its own.
pub const OTHER_ACCOUNT: &str = "444455556666";
/// The secret that any access key has; nothing compares it.
pub const SECRET_ACCESS_KEY: &str = "sandbox-secret-access-key";

/// The access key id of an account's operator.
#[must_use]
pub fn access_key_id(account: &str) -> String {
    format!("AKIA{account}TEST")
}

/// The account that an access key id names: its run of twelve digits, else [`ACCOUNT`].
#[must_use]
pub fn account_of(access_key_id: &str) -> String {
    access_key_id
        .split(|letter: char| !letter.is_ascii_digit())
        .find(|digits| digits.len() == 12)
        .map_or_else(|| ACCOUNT.to_owned(), str::to_owned)
}

/// Who the operator of an account is: a session of an assumed role.
#[must_use]
pub fn operator_arn(account: &str) -> String {
    format!("arn:aws:sts::{account}:assumed-role/{ROLE}/session")
}

/// The name of the role behind the operator's session.
pub const ROLE: &str = "Operator";

/// The ARN of that role, which has a path: `/`, or `/`, names and `/`.
#[must_use]
pub fn role_arn(account: &str, path: &str) -> String {
    format!("arn:aws:iam::{account}:role{path}{ROLE}")
}

/// The canonical user id of an account, which ACLs and access logs name it by.
#[must_use]
pub fn canonical_id(account: &str) -> String {
    format!("{account:0>64}")
}

#[cfg(test)]
mod tests {
    use super::{ACCOUNT, OTHER_ACCOUNT, access_key_id, account_of};

    #[test]
    fn an_access_key_names_its_account() {
        assert_eq!(account_of(&access_key_id(OTHER_ACCOUNT)), OTHER_ACCOUNT);
        assert_eq!(account_of("test"), ACCOUNT);
    }
}
