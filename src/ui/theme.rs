//! How the prompts' library draws: its own colourful theme, with signs that the locale can show.

use std::fmt::{Result, Write};

use dialoguer::console::style;
use dialoguer::theme::{ColorfulTheme, Theme};

use super::glyphs::Glyphs;

/// The theme of all prompts but those for several answers.
pub(super) fn signed(glyphs: Glyphs) -> ColorfulTheme {
    let sign = |text: &str| style(text.to_owned()).for_stderr();
    ColorfulTheme {
        prompt_prefix: sign("?").cyan(),
        prompt_suffix: sign(glyphs.colon).dim(),
        error_prefix: sign(glyphs.failed).red(),
        active_item_prefix: sign(glyphs.pointer).cyan(),
        checked_item_prefix: sign(glyphs.checked).green(),
        unchecked_item_prefix: sign(glyphs.unchecked),
        ..ColorfulTheme::default()
    }
}

/// The theme where several can be chosen: there the library shows the current item by its colour alone.
pub(super) struct Pointed<'a>(pub(super) &'a ColorfulTheme);

impl Theme for Pointed<'_> {
    fn format_prompt(&self, f: &mut dyn Write, prompt: &str) -> Result {
        self.0.format_prompt(f, prompt)
    }

    fn format_error(&self, f: &mut dyn Write, error: &str) -> Result {
        self.0.format_error(f, error)
    }

    fn format_multi_select_prompt_item(&self, f: &mut dyn Write, text: &str, checked: bool, active: bool) -> Result {
        let pointer = if active { &self.0.active_item_prefix } else { &self.0.inactive_item_prefix };
        write!(f, "{pointer} ")?;
        self.0.format_multi_select_prompt_item(f, text, checked, active)
    }
}
