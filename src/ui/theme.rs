//! The theme of the prompts: `dialoguer`'s colorful theme, with symbols for the locale.

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

/// Returns the sign of an error.
pub(super) fn failed(glyphs: Glyphs) -> String {
    style(glyphs.failed).for_stderr().red().bold().to_string()
}

/// Puts a sign into the indentation of a wrapped paragraph and makes its lines bold.
pub(super) fn marked(sign: &str, paragraph: &str) -> Vec<String> {
    let bold = |line: &str| style(line.trim_start().to_owned()).for_stderr().bold().to_string();
    let line = |(number, line): (usize, &str)| {
        let indent = if number == 0 { sign } else { " " };
        format!("{indent} {}", bold(line))
    };
    paragraph.lines().enumerate().map(line).collect()
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
