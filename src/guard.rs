//! Catches panics and returns their message and place. Rust's own output on standard error is suppressed.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
    static PANICS: RefCell<Vec<Panic>> = const { RefCell::new(Vec::new()) };
}

static HOOK: Once = Once::new();

/// How many characters of a message are shown.
const LONGEST: usize = 300;

#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Panic {
    /// The first line of the panic's message.
    pub(crate) message: String,
    /// The file and line, starting with the crate's name.
    pub(crate) place: String,
}

/// How a guarded run ended.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum GuardedRun<T> {
    /// The code returned a value. Tasks that it started may have panicked.
    Ended(T, Vec<Panic>),
    Panicked(Panic),
}

/// Runs code and catches its panics. A panic in this thread prints nothing and is returned.
pub(crate) fn guarded<T>(run: impl FnOnce() -> T) -> GuardedRun<T> {
    HOOK.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |info| if GUARDED.get() { note(info) } else { before(info) }));
    });
    GUARDED.set(true);
    let outcome = catch_unwind(AssertUnwindSafe(run));
    GUARDED.set(false);
    let mut panics = PANICS.take();
    match outcome {
        Ok(value) => GuardedRun::Ended(value, panics),
        Err(_) => GuardedRun::Panicked(
            panics
                .pop()
                .unwrap_or_else(|| Panic { message: "no message".to_owned(), place: "an unknown place".to_owned() }),
        ),
    }
}

fn note(info: &PanicHookInfo<'_>) {
    let message = info.payload_as_str().and_then(|message| message.lines().next()).unwrap_or("no message");
    let place = info.location().map_or_else(
        || "an unknown place".to_owned(),
        |location| format!("{}:{}", short(location.file()), location.line()),
    );
    let panic = Panic { message: message.chars().take(LONGEST).collect(), place };
    PANICS.with_borrow_mut(|panics| panics.push(panic));
}

/// Removes the folders of the build machine from a path.
fn short(file: &str) -> &str {
    let of_registry = file.split_once("registry/src/").and_then(|(_, rest)| rest.split_once('/'));
    of_registry.map_or(file, |(_, path)| path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_returned_with_its_message_and_place() {
        let GuardedRun::Panicked(panic) = guarded::<()>(|| panic!("went wrong\nin many lines")) else {
            panic!("it ended")
        };
        assert_eq!(panic.message, "went wrong");
        assert!(panic.place.starts_with("src/guard.rs:"), "{}", panic.place);
        assert_eq!(guarded(|| 1), GuardedRun::Ended(1, Vec::new()), "nothing is left of the panic");
    }

    #[test]
    fn a_panic_in_a_task_is_returned_as_its_outcome() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let run = || {
            runtime.block_on(async {
                let task = tokio::spawn(async { panic!("in a task") });
                assert!(task.await.is_err());
                1
            })
        };
        let GuardedRun::Ended(1, panics) = guarded(run) else { panic!("it panicked") };
        assert!(matches!(panics.as_slice(), [Panic { message, .. }] if message == "in a task"), "{panics:?}");
    }

    #[test]
    fn the_place_in_a_dependency_begins_with_its_name() {
        let file = "/home/me/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/aws-config-1.13.0/src/lib.rs";
        assert_eq!(short(file), "aws-config-1.13.0/src/lib.rs");
        assert_eq!(short("src/run.rs"), "src/run.rs");
    }
}
