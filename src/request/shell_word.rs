//! A word of a command line that people paste into a shell.

/// The word as a POSIX shell takes it: quoted where a sign in it means something there.
pub fn shell_word(word: &str) -> String {
    let plain = !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "-_./:=,@+".contains(c));
    if plain { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_with_a_sign_of_the_shell_is_quoted() {
        assert_eq!(shell_word("Deny plain"), "'Deny plain'");
        assert_eq!(shell_word("DenyPlain"), "DenyPlain");
        assert_eq!(shell_word("it's"), "'it'\\''s'");
        assert_eq!(shell_word(""), "''");
    }
}
