//! The two streams: data to standard output, talk to standard error, and how wide each is.

use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};

use dialoguer::console::{self, Term};

use crate::model::without_users;

use super::clean::line;
use super::progress;
use super::style::{BAD, HINT, painted};
use super::wrap::wrapped;

/// Lines longer than this are hard to read, however wide the terminal.
const WIDEST: usize = 120;

/// Columns narrower than this hold no sentence: the terminal then breaks lines itself.
const NARROWEST: usize = 40;

/// The columns of standard output where it is a terminal.
pub(super) fn data_width() -> Option<usize> {
    width(&Term::stdout())
}

/// The columns of standard error where it is a terminal.
pub(super) fn talk_width() -> Option<usize> {
    width(&Term::stderr())
}

fn width(term: &Term) -> Option<usize> {
    let (_, columns) = term.size_checked()?;
    Some(usize::from(columns).min(WIDEST)).filter(|columns| *columns >= NARROWEST)
}

/// Lets prompts colour where everything else does: `--color`, `NO_COLOR`, `CLICOLOR_FORCE`.
pub(crate) fn agree_on_colors() {
    let colors = |choice| choice != anstream::ColorChoice::Never;
    console::set_colors_enabled(colors(anstream::AutoStream::choice(&std::io::stdout())));
    console::set_colors_enabled_stderr(colors(anstream::AutoStream::choice(&std::io::stderr())));
}

/// Whether standard output, of which a process has one, took less than was written to it.
static LOST: AtomicBool = AtomicBool::new(false);

/// Whether something that had to be on standard output could not be written there.
pub(crate) fn output_was_lost() -> bool {
    LOST.load(Ordering::Relaxed)
}

/// Whether this process changed anything: what then can't be told must not look as if nothing had been done.
static CHANGED: AtomicBool = AtomicBool::new(false);

/// Something was changed, or may have been.
pub(super) fn note_change() {
    CHANGED.store(true, Ordering::Relaxed);
}

/// Whether something was changed, as far as progress was told.
pub(crate) fn something_was_changed() -> bool {
    CHANGED.load(Ordering::Relaxed)
}

/// Whether anything was written to standard output.
static BEGUN: AtomicBool = AtomicBool::new(false);

/// Whether standard output has anything of this run.
pub(crate) fn output_was_begun() -> bool {
    BEGUN.load(Ordering::Relaxed)
}

/// A reader that went away (`| head`) is no error of ours; a full disk is told, and fails the run.
pub(super) fn data(text: &str) {
    BEGUN.store(true, Ordering::Relaxed);
    let written = progress::aside(|| {
        let mut out = anstream::stdout().lock();
        out.write_all(text.as_bytes()).and_then(|()| out.flush())
    });
    match written {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            LOST.store(true, Ordering::Relaxed);
            let (what, hint) = if something_was_changed() {
                (
                    "what was changed can't be told on standard output",
                    "run the same command again, which tells what is there",
                )
            } else {
                ("standard output can't be written", "make room, or send standard output elsewhere")
            };
            talk_error(&format!("{what}: {error}"), Some(hint));
        }
        Ok(()) | Err(_) => {}
    }
}

/// A line.
pub(super) fn talk(text: &str) {
    talk_lines(&line(text));
}

/// Lines that are made of lines already, such as those of a sheet, or help.
pub(super) fn talk_lines(lines: &str) {
    progress::aside(|| {
        let _ = writeln!(anstream::stderr().lock(), "{lines}");
    });
}

/// A paragraph that begins with `first`, further lines indented.
pub(super) fn talk_wrapped(first: &str, hang: usize, text: &str) {
    talk_lines(&wrapped(first, hang, text, talk_width()));
}

/// An error, and what to do about it.
pub(super) fn talk_error(message: &str, hint: Option<&str>) {
    talk_hints(message, hint);
}

/// A headline with its word, such as `error:`, a list with an item a line, and hints.
pub(super) fn talk_list(word: &str, message: &str, items: &[String], hints: &[String]) {
    talk_wrapped(&format!("{word} "), 2, &without_users(&format!("{message}:")));
    for item in items {
        talk_wrapped("  ", 4, &without_users(item));
    }
    for hint in hints {
        talk_wrapped(&format!("{} ", painted(HINT, "hint:")), 2, &without_users(hint));
    }
}

/// An error with several hints.
pub(super) fn talk_hints<'a>(message: &str, hints: impl IntoIterator<Item = &'a str>) {
    talk_wrapped(&format!("{} ", painted(BAD, "error:")), 2, &without_users(message));
    for hint in hints {
        talk_wrapped(&format!("{} ", painted(HINT, "hint:")), 2, &without_users(hint));
    }
}
