//! What goes on: a spinner with its elapsed time on a terminal, plain lines elsewhere and beside `--verbose`.
//!
//! Everything that begins also ends, with a line that stays. The only importer of `indicatif`; all on standard error.

use std::cell::{Cell, RefCell};
use std::io::IsTerminal as _;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use dialoguer::console::{Term, truncate_str};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget};

use crate::plan::Plan;
use crate::poll::Waiting;
use crate::run::apply::{Ending, Event, Task};
use crate::run::proof::Delivery;

use super::clean::clean;
use super::describe;
use super::glyphs::Glyphs;
use super::plain::is_plain;
use super::report::Talk;
use super::style::{ASIDE, BAD, CAUTION, GOOD, painted};
use super::talk::{note_change, talk, talk_wrapped};

/// The lines that are being redrawn: one place for the process, so that all other text can step around them.
static BARS: LazyLock<MultiProgress> = LazyLock::new(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr()));

/// How often a spinner turns.
const TURN: Duration = Duration::from_millis(120);

/// How often a count is told where no spinner shows it.
const NOW_AND_THEN: Duration = Duration::from_secs(10);

/// The columns of a spinner's line that are not its words: the spinner before, the elapsed time behind.
const AROUND: usize = 16;

/// Prints something else than a spinner, with no spinner in its way.
pub(super) fn aside<T>(print: impl FnOnce() -> T) -> T {
    BARS.suspend(print)
}

/// How progress is shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum ProgressStyle {
    /// Not at all.
    Silent,
    /// A line for each end, and for what waits.
    Ends,
    /// A line for each beginning, too: others stand in between.
    Plain,
    /// A spinner while it goes on, a line at its end.
    Spinner,
}

impl ProgressStyle {
    /// What fits: `--quiet` wins, and lines about calls in between leave no room for a spinner.
    pub(super) fn new(talk: Talk) -> Self {
        match talk {
            Talk::Quiet => Self::Silent,
            Talk::Verbose => Self::Plain,
            Talk::Usual if draws() => Self::Spinner,
            Talk::Usual => Self::Ends,
        }
    }
}

/// Whether spinners and counts are hidden.
static HIDDEN: AtomicBool = AtomicBool::new(false);

/// From now on no spinner turns, and nothing is counted while it goes on; what ends is told as ever.
pub(crate) fn hide_progress() {
    HIDDEN.store(true, Ordering::Relaxed);
}

fn is_hidden() -> bool {
    HIDDEN.load(Ordering::Relaxed)
}

/// Whether standard error is a terminal that can redraw a line, and may.
fn draws() -> bool {
    std::io::stderr().is_terminal() && !is_plain() && !is_hidden()
}

/// The progress of a run that carries out a plan.
#[derive(Debug)]
pub struct Progress {
    style: ProgressStyle,
    /// The steps in words, in their order.
    steps: Vec<String>,
    running: RefCell<Vec<Running>>,
}

/// Something that began and did not end yet.
#[derive(Debug)]
struct Running {
    label: String,
    waits: bool,
    bar: Option<ProgressBar>,
}

const TEST: &str = "write, read and remove a test object";
const PROOF: &str = "the producer's own object";

impl Progress {
    /// Of this plan's steps.
    pub(super) fn new(plan: &Plan, style: ProgressStyle) -> Self {
        let steps = plan.steps.iter().map(|planned| clean(&describe::line(&planned.step))).collect();
        Self { style, steps, running: RefCell::new(Vec::new()) }
    }

    /// A spinner for something that is read, such as "the load balancers of us-east-1"; it goes away with what is returned.
    ///
    /// Nothing is printed where standard error is no terminal.
    pub fn looking(what: &str) -> Looking {
        let bar = draws().then(|| spinner(&format!("looking up {}", clean(what))));
        Looking { bar }
    }

    /// A step, a wait.
    pub fn event(&self, event: &Event<'_>) {
        match event {
            Event::Begins(task) => self.begins(self.label(*task)),
            Event::Ends(task, ending) => {
                if matches!((task, ending), (Task::Step(_), Ending::Done | Ending::Open)) {
                    note_change();
                }
                self.ends(&self.label(*task), *ending);
            }
            Event::Waits { task, why, waiting } => self.waits(&self.label(*task), &clean(why), *waiting),
        }
    }

    /// What began and did not end yet; nothing of it is drawn any more.
    pub fn under_way(&self) -> Vec<String> {
        let running = self.running.borrow_mut().drain(..).collect::<Vec<_>>();
        running.into_iter().inspect(|running| clear(running.bar.as_ref())).map(|running| running.label).collect()
    }

    /// The producer's own object is looked for.
    pub fn searches(&self) {
        self.begins(PROOF.to_owned());
    }

    /// What came of the search.
    pub fn searched(&self, delivery: &Delivery) {
        let ending = match delivery {
            Delivery::Proven(_) | Delivery::Verified { .. } => Ending::Done,
            Delivery::Permitted { .. } => Ending::Open,
            Delivery::Failed(_) => Ending::Failed,
        };
        self.ends(PROOF, ending);
    }

    /// A task in words, a step with its number in the plan.
    fn label(&self, task: Task<'_>) -> String {
        let Task::Step(step) = task else { return TEST.to_owned() };
        let line = clean(&describe::line(step));
        let number = self.steps.iter().position(|other| *other == line).map_or(0, |index| index + 1);
        format!("[{number}/{}] {line}", self.steps.len())
    }

    fn begins(&self, label: String) {
        let bar = match self.style {
            ProgressStyle::Silent => return,
            ProgressStyle::Ends => None,
            ProgressStyle::Plain => {
                talk_wrapped(&format!("{} ", painted(ASIDE, "...")), 4, &label);
                None
            }
            ProgressStyle::Spinner => Some(spinner(&label)),
        };
        self.running.borrow_mut().push(Running { label, waits: false, bar });
    }

    fn ends(&self, label: &str, ending: Ending) {
        let mut running = self.running.borrow_mut();
        let Some(index) = running.iter().position(|running| running.label == label) else { return };
        clear(running.remove(index).bar.as_ref());
        let word = match ending {
            Ending::Done => painted(GOOD, "ok "),
            Ending::Failed => painted(BAD, "failed"),
            Ending::Open => painted(CAUTION, if label == PROOF { "pending" } else { "unsure" }),
        };
        talk_wrapped(&format!("{word} "), 4, label);
    }

    /// AWS's reason is told once; then only the time goes on.
    fn waits(&self, label: &str, why: &str, waiting: Waiting) {
        let (waited, at_most) = (waiting.waited.as_secs(), waiting.at_most.as_secs());
        let mut running = self.running.borrow_mut();
        let Some(running) = running.iter_mut().find(|running| running.label == label) else { return };
        let short = label.split_whitespace().next().filter(|word| word.starts_with('[')).unwrap_or("test object");
        if !running.waits {
            running.waits = true;
            let text = format!("{short} waits for the change to spread, at most {at_most} s: {why}");
            talk_wrapped("    ", 4, &text);
            if let Some(bar) = &running.bar {
                bar.set_message(cut(&format!("{label}, waits at most {at_most} s")));
            }
        } else if running.bar.is_none() {
            talk(&format!("    {short} waits, {waited} s of at most {at_most} s"));
        }
    }
}

/// A run that breaks off leaves no spinner behind.
impl Drop for Progress {
    fn drop(&mut self) {
        for running in self.running.borrow_mut().drain(..) {
            clear(running.bar.as_ref());
        }
    }
}

/// What is looked at, counted while it goes on: in the spinner, or in a line now and then where none turns.
#[derive(Debug)]
pub struct Count {
    what: &'static str,
    style: ProgressStyle,
    bar: Option<ProgressBar>,
    /// Each noun with what is done and what there is.
    parts: RefCell<Vec<(&'static str, usize, usize)>>,
    told: Cell<Instant>,
}

impl Count {
    /// Of what is looked up, such as "every log of the account".
    pub(super) fn new(what: &'static str, style: ProgressStyle) -> Self {
        let bar = (style == ProgressStyle::Spinner).then(|| spinner(&format!("looking up {what}")));
        Self { what, style, bar, parts: RefCell::default(), told: Cell::new(Instant::now()) }
    }

    /// There are so many more of these.
    pub fn expects(&self, noun: &'static str, more: usize) {
        let mut parts = self.parts.borrow_mut();
        match parts.iter_mut().find(|part| part.0 == noun) {
            Some(part) => part.2 += more,
            None => parts.push((noun, 0, more)),
        }
        drop(parts);
        self.show();
    }

    /// One of them is done.
    pub fn did(&self, noun: &'static str) {
        if let Some(part) = self.parts.borrow_mut().iter_mut().find(|part| part.0 == noun) {
            part.1 += 1;
        }
        self.show();
    }

    fn show(&self) {
        if let Some(bar) = &self.bar {
            bar.set_message(cut(&self.line()));
        } else if self.style != ProgressStyle::Silent && !is_hidden() && self.told.get().elapsed() > NOW_AND_THEN {
            self.told.set(Instant::now());
            talk(&self.line());
        }
    }

    fn line(&self) -> String {
        let parts = self.parts.borrow();
        // What is done needs no room any more.
        let open = parts.iter().filter(|(_, done, all)| done < all);
        let parts: Vec<String> = open.map(|(noun, done, all)| format!("{done} of {all} {noun}")).collect();
        let colon = if parts.is_empty() { "" } else { ": " };
        format!("looking up {}{colon}{}", self.what, parts.join(", "))
    }
}

impl Drop for Count {
    fn drop(&mut self) {
        clear(self.bar.as_ref());
    }
}

/// A spinner that turns while something is read, and leaves nothing behind.
#[derive(Debug)]
#[must_use = "the spinner is gone as soon as this is dropped"]
pub struct Looking {
    bar: Option<ProgressBar>,
}

impl Drop for Looking {
    fn drop(&mut self) {
        clear(self.bar.as_ref());
    }
}

fn spinner(label: &str) -> ProgressBar {
    let bar = BARS.add(ProgressBar::new_spinner());
    // The template is fixed; one that could not be read would only look otherwise.
    if let Ok(style) = indicatif::ProgressStyle::with_template("{spinner}   {msg} ({elapsed})") {
        bar.set_style(style.tick_chars(Glyphs::of_locale().ticks));
    }
    bar.set_message(cut(label));
    bar.enable_steady_tick(TURN);
    bar
}

fn clear(bar: Option<&ProgressBar>) {
    if let Some(bar) = bar {
        bar.finish_and_clear();
        BARS.remove(bar);
    }
}

/// A line that would wrap can't be redrawn cleanly.
fn cut(label: &str) -> String {
    let columns = Term::stderr().size().1;
    truncate_str(label, usize::from(columns).saturating_sub(AROUND), "...").into_owned()
}
