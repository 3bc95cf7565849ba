//! The two streams and their widths. Data goes to standard output, everything else to standard error.

use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};

use dialoguer::console::{self, Term};

use crate::model::without_users;

use super::clean::line;
use super::progress;
use super::style::{BAD, HINT, painted};
use super::wrap::wrapped;

/// Longer lines are hard to read, even on a wide terminal.
const MAX_WIDTH: usize = 120;

/// On a narrower terminal, nothing is wrapped: the terminal itself breaks the lines.
const MIN_WIDTH: usize = 40;

/// Returns the width of standard output if it is a terminal.
pub(super) fn stdout_width() -> Option<usize> {
    width(&Term::stdout())
}

/// Returns the width of standard error if it is a terminal.
pub(super) fn stderr_width() -> Option<usize> {
    width(&Term::stderr())
}

fn width(term: &Term) -> Option<usize> {
    let (_, columns) = term.size_checked()?;
    Some(usize::from(columns).min(MAX_WIDTH)).filter(|columns| *columns >= MIN_WIDTH)
}

/// Makes prompts follow the same color settings as all other output: `--color`, `NO_COLOR`, `CLICOLOR_FORCE`.
pub(crate) fn agree_on_colors() {
    let colors = |choice| choice != anstream::ColorChoice::Never;
    console::set_colors_enabled(colors(anstream::AutoStream::choice(&std::io::stdout())));
    console::set_colors_enabled_stderr(colors(anstream::AutoStream::choice(&std::io::stderr())));
}

/// Whether writing to standard output failed.
static LOST: AtomicBool = AtomicBool::new(false);

/// Returns whether writing to standard output failed.
pub(crate) fn output_was_lost() -> bool {
    LOST.load(Ordering::Relaxed)
}

/// Whether this process changed anything: if so, a failure to print must not look as if nothing happened.
static CHANGED: AtomicBool = AtomicBool::new(false);

/// Records that a setting was changed, or may have been changed.
pub(super) fn note_change() {
    CHANGED.store(true, Ordering::Relaxed);
}

/// Returns whether a change was recorded.
pub(crate) fn something_was_changed() -> bool {
    CHANGED.load(Ordering::Relaxed)
}

static BEGUN: AtomicBool = AtomicBool::new(false);

/// Returns whether this run has written to standard output.
pub(crate) fn output_was_begun() -> bool {
    BEGUN.load(Ordering::Relaxed)
}

/// Writes to standard output. A closed pipe (`| head`) is not an error; a full disk is reported, and fails the run.
pub(super) fn stdout(text: &str) {
    BEGUN.store(true, Ordering::Relaxed);
    let written = progress::aside(|| {
        let mut out = anstream::stdout().lock();
        out.write_all(text.as_bytes()).and_then(|()| out.flush())
    });
    match written {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            LOST.store(true, Ordering::Relaxed);
            let (what, hint) = if something_was_changed() {
                ("could not print what was changed", "run the same command again to see the current state")
            } else {
                ("could not write to standard output", "free up space, or redirect standard output")
            };
            stderr_error(&format!("{what}: {error}"), Some(hint));
        }
        Ok(()) | Err(_) => {}
    }
}

/// Prints a line to standard error.
pub(super) fn stderr(text: &str) {
    stderr_lines(&line(text));
}

/// Prints finished lines, such as those of a sheet or the help.
pub(super) fn stderr_lines(lines: &str) {
    progress::aside(|| {
        let _ = writeln!(anstream::stderr().lock(), "{lines}");
    });
}

/// Prints a paragraph that begins with `first`. Further lines are indented by `hang` columns.
pub(super) fn stderr_wrapped(first: &str, hang: usize, text: &str) {
    stderr_lines(&wrapped(first, hang, text, stderr_width()));
}

/// Prints an error with a hint.
pub(super) fn stderr_error(message: &str, hint: Option<&str>) {
    stderr_hints(message, hint);
}

/// Prints a headline with its label, such as `error:`, then one item per line, then hints.
pub(super) fn stderr_list(word: &str, message: &str, items: &[String], hints: &[String]) {
    stderr_wrapped(&format!("{word} "), 2, &without_users(&format!("{message}:")));
    for item in items {
        stderr_wrapped("  ", 4, &without_users(item));
    }
    for hint in hints {
        stderr_wrapped(&format!("{} ", painted(HINT, "hint:")), 2, &without_users(hint));
    }
}

/// Prints an error with any number of hints.
pub(super) fn stderr_hints<'a>(message: &str, hints: impl IntoIterator<Item = &'a str>) {
    stderr_wrapped(&format!("{} ", painted(BAD, "error:")), 2, &without_users(message));
    for hint in hints {
        stderr_wrapped(&format!("{} ", painted(HINT, "hint:")), 2, &without_users(hint));
    }
}
