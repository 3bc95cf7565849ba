//! Symbols for prompts and progress: ASCII only, unless the locale uses UTF-8.

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Glyphs {
    pub(super) done: &'static str,
    /// Failed, or impossible.
    pub(super) failed: &'static str,
    pub(super) pointer: &'static str,
    pub(super) checked: &'static str,
    pub(super) unchecked: &'static str,
    /// Separates a question from its answer.
    pub(super) colon: &'static str,
    /// Marks omitted text.
    pub(super) ellipsis: &'static str,
    /// The spinner's frames, followed by the frame of a stopped spinner.
    pub(super) ticks: &'static str,
}

const UTF_8: Glyphs = Glyphs {
    done: "✔",
    failed: "✘",
    pointer: "❯",
    checked: "◉",
    unchecked: "○",
    colon: "›",
    ellipsis: "…",
    ticks: "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ ",
};

const ASCII: Glyphs = Glyphs {
    done: "ok",
    failed: "x",
    pointer: ">",
    checked: "[x]",
    unchecked: "[ ]",
    colon: ">",
    ellipsis: "...",
    ticks: "|/-\\ ",
};

impl Glyphs {
    /// Returns the symbols for this process's locale.
    pub(super) fn for_locale() -> Self {
        Self::from_variables(|name| std::env::var(name).ok())
    }

    /// Returns the symbols for the locale of these variables. The first variable that is set and not empty decides, as
    /// in POSIX (<https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html>).
    fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Self {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(variable).find(|value| !value.is_empty());
        let utf_8 = locale.is_some_and(|locale| {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        });
        if utf_8 { UTF_8 } else { ASCII }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_variables(variables: &[(&str, &str)]) -> Glyphs {
        Glyphs::from_variables(|name| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_first_variable_that_is_set_decides() {
        assert_eq!(from_variables(&[("LANG", "en_US.UTF-8")]), UTF_8);
        assert_eq!(from_variables(&[("LANG", "C.utf8"), ("LC_ALL", "")]), UTF_8);
        assert_eq!(from_variables(&[("LANG", "en_US.UTF-8"), ("LC_ALL", "C")]), ASCII);
        assert_eq!(from_variables(&[("LC_CTYPE", "en_US.ISO-8859-1"), ("LANG", "en_US.UTF-8")]), ASCII);
        assert_eq!(from_variables(&[]), ASCII);
    }
}
