//! The theme of the prompts: `dialoguer`'s colorful one, with symbols for the locale.

use std::fmt::{Result, Write as _};

use dialoguer::console::style;
use dialoguer::theme::{ColorfulTheme, Theme as _};

use super::glyphs::Glyphs;

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

/// Formats a question with a list below it.
pub(super) fn question(theme: &ColorfulTheme, prompt: &str) -> String {
    written(|line| theme.format_prompt(line, prompt))
}

/// Formats a question with a text field behind it.
pub(super) fn input(theme: &ColorfulTheme, prompt: &str) -> String {
    written(|line| theme.format_input_prompt(line, prompt, None))
}

/// Formats an entry of a list. Adds a pointer to lists with checks, where `dialoguer` marks the entry by color alone.
pub(super) fn entry(theme: &ColorfulTheme, text: &str, check: Option<bool>, is_pointed: bool) -> String {
    let Some(checked) = check else { return written(|line| theme.format_select_prompt_item(line, text, is_pointed)) };
    let pointer = if is_pointed { &theme.active_item_prefix } else { &theme.inactive_item_prefix };
    written(|line| {
        write!(line, "{pointer} ")?;
        theme.format_multi_select_prompt_item(line, text, checked, is_pointed)
    })
}

/// Dims a note.
pub(super) fn aside(text: &str) -> String {
    style(text).for_stderr().dim().to_string()
}

fn written(write: impl FnOnce(&mut String) -> Result) -> String {
    let mut line = String::new();
    // Writing to a `String` cannot fail.
    let _ = write(&mut line);
    line
}
