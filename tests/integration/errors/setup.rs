//! Accounts that refuse a call, and the error that a run prints.

use sandbox::account::{SECRET_ACCESS_KEY, access_key_id};
use sandbox::{Effect, Fault, When, seed};

use crate::account::{Account, Ran};

pub(super) const ALB: &str = "init alb --source web --bucket demo-logs --yes";

/// The variables that remove the credentials from the environment; an empty variable counts as none.
pub(super) const NO_KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", ""), ("AWS_SECRET_ACCESS_KEY", "")];

/// The run's output, without the parts that differ between runs.
pub(super) fn error_text(account: &Account, ran: &Ran) -> String {
    let text = ran.stderr.replace(account.home().to_str().unwrap(), "HOME");
    let text = replace_after(&text, "127.0.0.1:", "PORT", |c| c.is_ascii_digit());
    replace_after(&text, "SANDBOX", "", |c| c.is_ascii_digit())
}

/// Replaces the characters of this kind that follow each `mark`.
fn replace_after(text: &str, mark: &str, with: &str, letter: fn(char) -> bool) -> String {
    let mut parts = text.split(mark);
    let mut whole = parts.next().unwrap().to_owned();
    for part in parts {
        whole.extend([mark, with, part.trim_start_matches(letter)]);
    }
    whole
}

/// An account that answers each call of an operation with this refusal.
pub(super) fn account_that_refuses(operation: &str, status: u16, code: &str, message: &str) -> Account {
    let account = Account::seeded();
    let effect = Effect::status(status, code, message);
    account.sandbox.inject(Fault { when: When::Operation(operation.to_owned()), effect });
    account
}

/// An account with a configuration file and a credentials file.
pub(super) fn account_with_config(config: &str, credentials: &str) -> Account {
    let account = Account::seeded();
    let folder = account.home().join(".aws");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("config"), config).unwrap();
    std::fs::write(folder.join("credentials"), credentials).unwrap();
    account
}

/// A profile with the seeded account's keys.
pub(super) fn profile(name: &str) -> String {
    let key = access_key_id(seed::ACCOUNT);
    format!("[{name}]\naws_access_key_id = {key}\naws_secret_access_key = {SECRET_ACCESS_KEY}\n")
}

macro_rules! says {
    ($account:expr, $ran:expr) => {
        $crate::errors::setup::says!($account, $ran, 1)
    };
    ($account:expr, $ran:expr, $code:expr) => {{
        let ran = $ran.ends($code);
        insta::assert_snapshot!($crate::errors::setup::error_text(&$account, &ran));
    }};
}

pub(super) use says;

pub(super) const EXPIRED: &str = "The security token included in the request is expired";
