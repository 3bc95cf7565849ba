//! Invisible characters that affect a terminal. Callers decide how to handle them.

/// Returns whether a terminal executes the character or shows nothing for it. Such characters are controls (C0, C1),
/// line and paragraph separators, direction marks, joiners, fillers and tags.
///
/// <https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt> (`Default_Ignorable_Code_Point`), except
/// the variation selectors of emoji. A variation selector changes the preceding character.
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
    fn invisible_and_control_characters_are_hidden() {
        for hidden in "\u{1b}\u{7}\n\u{7f}\u{9b}\u{85}\u{202e}\u{2066}\u{200b}\u{200d}\u{2028}\u{feff}\u{e0041}".chars()
        {
            assert!(is_hidden(hidden), "{hidden:?}");
        }
    }

    #[test]
    fn ordinary_text_is_not_hidden() {
        for shown in "aé ß大\u{301}\u{3000}\u{a0}🪣\u{fe0f}\u{5d0}\u{627}".chars() {
            assert!(!is_hidden(shown), "{shown:?}");
        }
    }
}
