//! Progress on standard error: a spinner with elapsed time on a terminal, plain lines elsewhere and with `--verbose`.
//!
//! Every task ends with a line that stays. Only this module uses `indicatif`.

use std::cell::{Cell, RefCell};
use std::io::IsTerminal as _;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use dialoguer::console::{Term, truncate_str};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget};

use crate::plan::Plan;
use crate::poll::Waiting;
use crate::run::apply::{Ending, PlanEvent, Task};
use crate::run::delivery_verdict::Delivery;

use super::clean::clean;
use super::describe;
use super::glyphs::Glyphs;
use super::plain::is_plain;
use super::reporter::Verbosity;
use super::streams::{note_change, stderr, stderr_wrapped};
use super::style::{ASIDE, BAD, CAUTION, GOOD, painted};

/// The process's redrawn lines, shared so that all other output can avoid them.
static BARS: LazyLock<MultiProgress> = LazyLock::new(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr()));

/// The time between two frames of a spinner.
const TURN: Duration = Duration::from_millis(120);

/// How often a count is printed if no spinner shows it.
const NOW_AND_THEN: Duration = Duration::from_secs(10);

/// The columns around a spinner's text: the spinner before it, the elapsed time after it.
const AROUND: usize = 16;

/// Hides the spinners while `print` runs.
pub(super) fn aside<T>(print: impl FnOnce() -> T) -> T {
    BARS.suspend(print)
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum ProgressStyle {
    /// Nothing.
    Silent,
    /// A line when a task ends or waits.
    Ends,
    /// Also a line when a task begins, since other lines come in between.
    Plain,
    /// A spinner for each running task, and a line when it ends.
    Spinner,
}

impl ProgressStyle {
    /// Returns the style for a verbosity. With `--verbose`, lines about calls leave no room for a spinner.
    pub(super) fn new(verbosity: Verbosity) -> Self {
        match verbosity {
            Verbosity::Quiet => Self::Silent,
            Verbosity::Verbose => Self::Plain,
            Verbosity::Usual if draws() => Self::Spinner,
            Verbosity::Usual => Self::Ends,
        }
    }
}

static HIDDEN: AtomicBool = AtomicBool::new(false);

/// Hides spinners and counts from now on; tasks still print a line when they end.
pub(crate) fn hide_progress() {
    HIDDEN.store(true, Ordering::Relaxed);
}

fn is_hidden() -> bool {
    HIDDEN.load(Ordering::Relaxed)
}

/// Returns whether standard error may redraw lines.
fn draws() -> bool {
    std::io::stderr().is_terminal() && !is_plain() && !is_hidden()
}

/// The progress of applying a plan.
#[derive(Debug)]
pub(crate) struct Progress {
    style: ProgressStyle,
    /// The plan's steps as text, in order.
    steps: Vec<String>,
    running: RefCell<Vec<Running>>,
}

/// A running task.
#[derive(Debug)]
struct Running {
    label: String,
    waits: bool,
    bar: Option<ProgressBar>,
}

const TEST: &str = "write, read and remove a test object";
const PROOF: &str = "the log service's own object";

impl Progress {
    pub(super) fn new(plan: &Plan, style: ProgressStyle) -> Self {
        let steps = plan.steps.iter().map(|planned| clean(&describe::line(&planned.step))).collect();
        Self { style, steps, running: RefCell::new(Vec::new()) }
    }

    /// Shows a spinner for a read, such as "the load balancers of us-east-1", until the returned value is dropped.
    ///
    /// Prints nothing if standard error is not a terminal.
    pub(crate) fn looking(what: &str) -> Looking {
        let bar = draws().then(|| spinner(&format!("looking up {}", clean(what))));
        Looking { bar }
    }

    /// Shows an event of the run.
    pub(crate) fn event(&self, event: &PlanEvent<'_>) {
        match event {
            PlanEvent::Begins(task) => self.begins(self.label(*task)),
            PlanEvent::Ends(task, ending) => {
                if matches!((task, ending), (Task::Step(_), Ending::Done | Ending::Open)) {
                    note_change();
                }
                self.ends(&self.label(*task), *ending);
            }
            PlanEvent::RestoredPolicy(step, bucket) => {
                let label = self.label(Task::Step(step));
                let short = label.split_whitespace().next().unwrap_or_default();
                let text = format!(
                    "{short} AWS overwrote the policy of bucket `{bucket}` in this step; logbucket restored it"
                );
                stderr_wrapped("    ", 4, &text);
            }
            PlanEvent::Recreated(step, outcome) => {
                let line = describe::line(step);
                let text = match outcome {
                    Ok(()) => "the next step failed, so logbucket created the deleted one again".to_owned(),
                    Err(error) => format!("could not {line}: {error}; `logbucket undo latest` tries again"),
                };
                stderr_wrapped("    ", 4, &clean(&text));
            }
            PlanEvent::Waits { task, why, waiting } => self.waits(&self.label(*task), &clean(why), *waiting),
        }
    }

    /// Returns the labels of the running tasks and removes their spinners.
    pub(crate) fn under_way(&self) -> Vec<String> {
        let running = self.running.borrow_mut().drain(..).collect::<Vec<_>>();
        running.into_iter().inspect(|running| clear(running.bar.as_ref())).map(|running| running.label).collect()
    }

    /// Reports that the search for the log service's own object begins.
    pub(crate) fn searches(&self) {
        self.begins(PROOF.to_owned());
    }

    /// Reports that the search ended.
    pub(crate) fn searched(&self, delivery: &Delivery) {
        let ending = match delivery {
            Delivery::Proven(_) | Delivery::Verified { .. } => Ending::Done,
            Delivery::Permitted { .. } => Ending::Open,
            Delivery::Failed(_) => Ending::Failed,
        };
        self.ends(PROOF, ending);
    }

    /// Returns a task as text. The text of a step begins with its number in the plan.
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
                stderr_wrapped(&format!("{} ", painted(ASIDE, "...")), 4, &label);
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
            Ending::Open => painted(CAUTION, if label == PROOF { "pending" } else { "unknown" }),
        };
        stderr_wrapped(&format!("{word} "), 4, label);
    }

    /// Prints AWS's reason once, then only the time.
    fn waits(&self, label: &str, why: &str, waiting: Waiting) {
        let (waited, at_most) = (waiting.waited.as_secs(), waiting.at_most.as_secs());
        let mut running = self.running.borrow_mut();
        let Some(running) = running.iter_mut().find(|running| running.label == label) else { return };
        let short = label.split_whitespace().next().filter(|word| word.starts_with('[')).unwrap_or("test object");
        if !running.waits {
            running.waits = true;
            let text = format!("{short} waiting for changes to propagate, at most {at_most} s: {why}");
            stderr_wrapped("    ", 4, &text);
            if let Some(bar) = &running.bar {
                bar.set_message(cut(&format!("{label}, waiting at most {at_most} s")));
            }
        } else if running.bar.is_none() {
            stderr(&format!("    {short} waiting, {waited} s of at most {at_most} s"));
        }
    }
}

/// Removes the spinners of an aborted run.
impl Drop for Progress {
    fn drop(&mut self) {
        for running in self.running.borrow_mut().drain(..) {
            clear(running.bar.as_ref());
        }
    }
}

/// Counts the reads, in a spinner or in an occasional line.
#[derive(Debug)]
pub(crate) struct Count {
    what: &'static str,
    style: ProgressStyle,
    bar: Option<ProgressBar>,
    /// Each noun, with the number done and the total.
    parts: RefCell<Vec<(&'static str, usize, usize)>>,
    printed: Cell<Instant>,
}

impl Count {
    /// Creates a counter. `what` names the things to read, such as "every log of the account".
    pub(super) fn new(what: &'static str, style: ProgressStyle) -> Self {
        let bar = (style == ProgressStyle::Spinner).then(|| spinner(&format!("looking up {what}")));
        Self { what, style, bar, parts: RefCell::default(), printed: Cell::new(Instant::now()) }
    }

    /// Adds `more` to the total of a noun.
    pub(crate) fn expects(&self, noun: &'static str, more: usize) {
        let mut parts = self.parts.borrow_mut();
        match parts.iter_mut().find(|part| part.0 == noun) {
            Some(part) => part.2 += more,
            None => parts.push((noun, 0, more)),
        }
        drop(parts);
        self.show();
    }

    /// Counts one as done.
    pub(crate) fn did(&self, noun: &'static str) {
        if let Some(part) = self.parts.borrow_mut().iter_mut().find(|part| part.0 == noun) {
            part.1 += 1;
        }
        self.show();
    }

    fn show(&self) {
        if let Some(bar) = &self.bar {
            bar.set_message(cut(&self.line()));
        } else if self.style != ProgressStyle::Silent && !is_hidden() && self.printed.get().elapsed() > NOW_AND_THEN {
            self.printed.set(Instant::now());
            stderr(&self.line());
        }
    }

    fn line(&self) -> String {
        let parts = self.parts.borrow();
        // Finished parts are not shown.
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

/// A spinner for a read. It leaves no line behind.
#[derive(Debug)]
#[must_use = "the spinner is gone as soon as this is dropped"]
pub(crate) struct Looking {
    bar: Option<ProgressBar>,
}

impl Drop for Looking {
    fn drop(&mut self) {
        clear(self.bar.as_ref());
    }
}

fn spinner(label: &str) -> ProgressBar {
    let bar = BARS.add(ProgressBar::new_spinner());
    // The template is a constant. If it were invalid, only the spinner would look different.
    if let Ok(style) = indicatif::ProgressStyle::with_template("{spinner}   {msg} ({elapsed})") {
        bar.set_style(style.tick_chars(Glyphs::for_locale().ticks));
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

/// Cuts a label to the terminal's width, since a wrapped line can't be redrawn.
fn cut(label: &str) -> String {
    let columns = Term::stderr().size().1;
    truncate_str(label, usize::from(columns).saturating_sub(AROUND), "...").into_owned()
}
