//! Signs that the locale can show: no character outside ASCII where it isn't UTF-8.

/// The signs of prompts and progress.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Glyphs {
    /// Something is done.
    pub(super) done: &'static str,
    /// Something failed, or can't be.
    pub(super) failed: &'static str,
    /// The item under the cursor.
    pub(super) pointer: &'static str,
    /// A chosen item of several.
    pub(super) checked: &'static str,
    /// An item of several that is not chosen.
    pub(super) unchecked: &'static str,
    /// Between a question and its answer.
    pub(super) colon: &'static str,
    /// For what is left out.
    pub(super) ellipsis: &'static str,
    /// A spinner's turns, and what it leaves.
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
    /// The signs of this process's locale.
    pub(super) fn of_locale() -> Self {
        Self::of(|name| std::env::var(name).ok())
    }

    /// The signs of the locale that these variables name: the first that is set and not empty decides, as POSIX has it
    /// (<https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html>).
    fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
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

    fn of(variables: &[(&str, &str)]) -> Glyphs {
        Glyphs::of(|name| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_first_variable_that_is_set_decides() {
        assert_eq!(of(&[("LANG", "en_US.UTF-8")]), UTF_8);
        assert_eq!(of(&[("LANG", "C.utf8"), ("LC_ALL", "")]), UTF_8);
        assert_eq!(of(&[("LANG", "en_US.UTF-8"), ("LC_ALL", "C")]), ASCII);
        assert_eq!(of(&[("LC_CTYPE", "en_US.ISO-8859-1"), ("LANG", "en_US.UTF-8")]), ASCII);
        assert_eq!(of(&[]), ASCII);
    }
}
