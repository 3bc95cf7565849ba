//! Characters that act on a screen without being seen on it. What is done about them is for whoever prints, or names.

/// Whether a terminal obeys the character, or shows nothing of it: controls (C0, C1), line and paragraph separators, marks of
/// direction, joiners, fillers and tags.
///
/// <https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt> (`Default_Ignorable_Code_Point`), but for the
/// variation selectors of emoji, which change how the character before them looks.
pub fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_or_swallows_is_hidden() {
        for hidden in "\u{1b}\u{7}\n\u{7f}\u{9b}\u{85}\u{202e}\u{2066}\u{200b}\u{200d}\u{2028}\u{feff}\u{e0041}".chars()
        {
            assert!(is_hidden(hidden), "{hidden:?}");
        }
    }

    #[test]
    fn what_people_write_is_not() {
        for shown in "aé ß大\u{301}\u{3000}\u{a0}🪣\u{fe0f}\u{5d0}\u{627}".chars() {
            assert!(!is_hidden(shown), "{shown:?}");
        }
    }
}
