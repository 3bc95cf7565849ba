//! Hides possible secrets in a line that another program printed: values that follow words for secrets, and anything
//! that looks like a key.
//!
//! In free text it is never certain what is secret, so anything doubtful is hidden.

/// Replaces a possible secret.
const HIDDEN: &str = "[hidden]";

/// If a word equals or ends with one of these, the value after it may be a secret.
const NAMES: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pwd",
    "secret",
    "token",
    "key",
    "bearer",
    "authorization",
    "signature",
    "cookie",
    "secretstring",
    "mfacode",
];

/// Flags of common clients whose value contains a password after a colon.
const USER_FLAGS: [&str; 4] = ["-u", "-U", "--user", "--proxy-user"];

/// The beginnings of error names, such as `ExpiredToken`.
const ERRORS: [&str; 5] = ["expired", "invalid", "missing", "unknown", "unrecognized"];

/// If one of these words follows the name of a secret, the text is a sentence and no value follows.
const PROSE: &[&str] = &[
    "a",
    "access",
    "after",
    "again",
    "already",
    "an",
    "and",
    "are",
    "at",
    "because",
    "been",
    "before",
    "being",
    "but",
    "by",
    "can",
    "can't",
    "cannot",
    "could",
    "couldn't",
    "denied",
    "did",
    "didn't",
    "disabled",
    "does",
    "doesn't",
    "empty",
    "exists",
    "expired",
    "expires",
    "failed",
    "file",
    "for",
    "found",
    "from",
    "given",
    "had",
    "has",
    "have",
    "id",
    "in",
    "included",
    "incorrect",
    "invalid",
    "is",
    "locked",
    "malformed",
    "manager",
    "may",
    "missing",
    "must",
    "name",
    "needs",
    "no",
    "not",
    "of",
    "on",
    "only",
    "or",
    "provided",
    "refresh",
    "rejected",
    "required",
    "revoked",
    "service",
    "set",
    "should",
    "still",
    "store",
    "the",
    "to",
    "too",
    "unset",
    "valid",
    "was",
    "were",
    "will",
    "with",
    "wrong",
];

/// Words between a name and its value.
const VERBS: [&str; 4] = ["is", "was", "are", "were"];

/// The length from which a part of a word may be a key made of hexadecimal digits, or of letters and digits in random
/// order.
const SHORT: usize = 20;

/// The length from which a part of a word may be a key in mixed case, or a key of letters and digits. AWS's secret keys
/// have 40 characters.
const LONG: usize = 32;

/// Returns the line without possible secrets: all text after a name of a secret, and all words that look like keys.
pub(super) fn without_secrets(line: &str) -> String {
    let (shown, hides) = match secret_at(line) {
        Some(at) => (line.get(..at).unwrap_or_default(), true),
        None => (line, false),
    };
    let words: Vec<&str> = shown.split(' ').map(|word| if may_be_a_key(word) { HIDDEN } else { word }).collect();
    format!("{}{}", words.join(" "), if hides { HIDDEN } else { "" })
}

/// Returns the start of the first value that the preceding word marks as a secret.
fn secret_at(line: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(begin) = line.get(from..)?.find(is_name_char).map(|at| from + at) {
        let rest = line.get(begin..)?;
        let end = begin + rest.find(|c| !is_name_char(c)).unwrap_or(rest.len());
        if is_name(line.get(begin..end)?)
            && let Some(value) = value_at(line, begin, end)
        {
            return Some(value);
        }
        from = end;
    }
    None
}

fn is_name_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// Returns whether a word marks the following value as a secret, in any spelling: `SecretAccessKey`, `client-secret`,
/// `API_KEYS`, `PASSWORD1`.
fn is_name(word: &str) -> bool {
    if USER_FLAGS.contains(&word) {
        return true;
    }
    let word = word.to_lowercase();
    let word = word.trim_end_matches(|c: char| c.is_numeric() || matches!(c, '_' | '-' | '.'));
    // This also strips an `s` from `pass`.
    let word = word.strip_suffix('s').unwrap_or(word);
    let is_error = ERRORS.iter().any(|error| word.starts_with(error));
    !is_error && (["pas", "pw", "auth"].contains(&word) || NAMES.iter().any(|name| word.ends_with(name)))
}

/// Returns the start of the value after a name, if the name has a value.
fn value_at(line: &str, begin: usize, end: usize) -> Option<usize> {
    let behind = line.get(end..)?;
    let closed = behind.trim_start_matches(['"', '\'', '`', ']']);
    let open = closed.trim_start();
    let at = |rest: &str| line.len() - rest.len();
    if let Some(value) = open.strip_prefix([':', '=']) {
        let value = value.trim_start_matches(['=', ':', '>', ' ']);
        return (!value.is_empty()).then(|| at(value));
    }
    if open.is_empty() || open.len() == closed.len() {
        return None;
    }
    let is_flag = line.get(begin..end)?.starts_with('-');
    let (word, more) = first(open);
    let value = if !is_flag && VERBS.contains(&word.as_str()) { more } else { open };
    (is_flag || !is_prose(value)).then(|| at(value))
}

/// Returns whether the text continues like a sentence.
fn is_prose(text: &str) -> bool {
    let (word, _) = first(text);
    text.is_empty() || PROSE.contains(&word.as_str()) || NAMES.contains(&word.as_str())
}

/// Returns the first word, in lower case and without punctuation, and the text after it.
fn first(text: &str) -> (String, &str) {
    let (word, more) = text.split_once(' ').unwrap_or((text, ""));
    let word = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '-').to_lowercase();
    (word, more.trim_start())
}

/// Returns whether some part of a word looks like a key.
fn may_be_a_key(word: &str) -> bool {
    let base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    let for_urls = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    word.split(|c| !base64(c)).any(is_long_mix) || word.split(|c| !for_urls(c)).any(changes_like_dice)
}

fn is_long_mix(part: &str) -> bool {
    let has = |kind: fn(&char) -> bool| part.chars().any(|c| kind(&c));
    let (small, capital, digit) =
        (has(char::is_ascii_lowercase), has(char::is_ascii_uppercase), has(char::is_ascii_digit));
    // A path has lower-case letters, digits and slashes.
    let mixes = (small && capital) || (digit && (small || capital) && !part.contains('/'));
    let is_hexadecimal = part.chars().all(|c| c.is_ascii_hexdigit()) && digit;
    (part.len() >= LONG && mixes) || (part.len() >= SHORT && is_hexadecimal)
}

/// Returns whether lower case, upper case and digits alternate more often than in any name. In a random key, two of
/// three neighbors differ; in joined words, only a few do.
fn changes_like_dice(part: &str) -> bool {
    let kind = |c: char| (c.is_ascii_lowercase(), c.is_ascii_uppercase(), c.is_ascii_digit());
    let signs = part.chars().filter(char::is_ascii_alphanumeric);
    let changes = signs.clone().zip(signs.clone().skip(1)).filter(|(one, next)| kind(*one) != kind(*next)).count();
    let length = signs.count();
    length >= SHORT && changes * 5 >= length * 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_after_a_word_for_a_secret_is_hidden() {
        for (line, shown) in [
            ("password: hunter2", "password: [hidden]"),
            ("Password: x token=y", "Password: [hidden]"),
            ("Secret Access Key: short", "Secret Access Key: [hidden]"),
            ("tool --client-secret 0123 failed", "tool --client-secret [hidden]"),
            ("tool --client-secret=0123 failed", "tool --client-secret=[hidden]"),
            ("Authorization: Bearer eyJx", "Authorization: [hidden]"),
            ("sent Bearer abc", "sent Bearer [hidden]"),
            ("PASSWD hunter2", "PASSWD [hidden]"),
            ("the password is hunter2", "the password is [hidden]"),
            ("{\"client_secret\" : \"x y\"}", "{\"client_secret\" : [hidden]"),
            ("'db.password' => 'x'", "'db.password' => [hidden]"),
            ("login --token 'a b' --key c", "login --token [hidden]"),
            ("API_KEYS=a,b", "API_KEYS=[hidden]"),
            ("curl -u a:b https://x", "curl -u [hidden]"),
            ("curl --proxy-user=a:b", "curl --proxy-user=[hidden]"),
            ("Passw\u{f6}rter PASSWORD1=x", "Passw\u{f6}rter PASSWORD1=[hidden]"),
            ("https://x/?X-Amz-Signature=ab", "https://x/?X-Amz-Signature=[hidden]"),
        ] {
            assert_eq!(without_secrets(line), shown);
        }
    }

    #[test]
    fn a_word_that_looks_like_a_key_is_hidden() {
        for key in [
            "0123456789abcdef0123456789abcdef01234567",
            "3F2504E04F8911D39A0C0305E82C3301",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEQRS",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x",
            "a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7",
            "xY7-_q2Lw9Zt4-KpB1_vR3mQ8z",
        ] {
            assert_eq!(without_secrets(&format!("refused {key} today")), "refused [hidden] today", "{key}");
        }
    }

    #[test]
    fn error_messages_are_shown() {
        for line in [
            "the SSO token has expired: run aws sso login",
            "/opt/tools/get-credentials: line 2: vault: not found",
            "/usr/lib/python3/site-packages/botocore/credentials.py: no such file",
            "An error occurred (ExpiredToken) when calling the AssumeRole operation: The security token included in the request is expired",
            "InvalidToken: it is over",
            "User: arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_AdministratorAccess_0123456789abcdef/bob is not authorized",
            "no password was given",
            "the keyring is locked",
            "missing field `SecretAccessKey` at line 1 column 5",
            "enter your password:",
            "2026-11-26T16:57:39Z monkeypatch failed",
        ] {
            assert_eq!(without_secrets(line), line);
        }
    }
}
