//! Runs the real program on its own terminal, reads its screen and presses keys.

use std::io::{Read as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::account::Account;

/// How long to wait for a text to appear. Only a failing test waits that long.
const TIMEOUT: Duration = Duration::from_mins(1);

/// The special keys.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Key {
    Up,
    Down,
    Enter,
    Esc,
    Space,
    CtrlC,
}

pub(crate) struct Terminal {
    shown: Arc<Shown>,
    child: Box<dyn Child + Send + Sync>,
    keys: Mutex<Box<dyn std::io::Write + Send>>,
    // Closing it would send a hangup.
    master: Box<dyn MasterPty + Send>,
}

struct Shown {
    screen: Mutex<vt100::Parser>,
    /// Every byte that the program sent.
    sent: Mutex<Vec<u8>>,
    changed: Condvar,
    /// Whether the program has closed its terminal.
    is_over: AtomicBool,
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

impl Terminal {
    /// Starts the program on a terminal of 100 columns, high enough for a whole conversation.
    pub(crate) fn start(account: &Account, words: &str) -> Self {
        Self::start_at(account, words, 100, 120, &[])
    }

    /// Starts the program through a shell that redirects output.
    pub(crate) fn start_through_shell(account: &Account, words: &str) -> Self {
        let program = account.command().get_program().to_str().unwrap().to_owned();
        Self::begin(account, "sh", &["-c", &format!("exec {program} {words}")], size(100, 120), &[])
    }

    /// Starts the program on a terminal of another size, with additional environment variables.
    pub(crate) fn start_at(
        account: &Account,
        words: &str,
        columns: u16,
        rows: u16,
        variables: &[(&str, &str)],
    ) -> Self {
        let program = account.command().get_program().to_str().unwrap().to_owned();
        Self::begin(account, &program, &words.split_whitespace().collect::<Vec<_>>(), size(columns, rows), variables)
    }

    fn begin(account: &Account, program: &str, words: &[&str], size: PtySize, variables: &[(&str, &str)]) -> Self {
        let pair = native_pty_system().openpty(size).unwrap();
        let plain = account.command();
        let mut command = CommandBuilder::new(program);
        command.env_clear();
        command.env("PATH", "/usr/bin:/bin");
        command.cwd(account.home());
        for (name, value) in plain.get_envs() {
            command.env(name, value.unwrap());
        }
        command.env("TERM", "xterm-256color");
        command.env("LANG", "en_US.UTF-8");
        for (name, value) in variables {
            command.env(name, value);
        }
        command.args(words);
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let shown = Arc::new(Shown {
            screen: Mutex::new(vt100::Parser::new(size.rows.try_into().unwrap(), size.cols.try_into().unwrap(), 0)),
            sent: Mutex::default(),
            changed: Condvar::new(),
            is_over: AtomicBool::new(false),
        });
        let mut output = pair.master.try_clone_reader().unwrap();
        let shared = Arc::clone(&shown);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            // Reading fails once the program has ended.
            while let Ok(count @ 1..) = output.read(&mut bytes) {
                shared.sent.lock().unwrap_or_else(PoisonError::into_inner).extend(&bytes[..count]);
                shared.screen.lock().unwrap_or_else(PoisonError::into_inner).process(&bytes[..count]);
                shared.changed.notify_all();
            }
            let _screen = shared.screen.lock();
            shared.is_over.store(true, Ordering::SeqCst);
            shared.changed.notify_all();
        });
        let keys = Mutex::new(pair.master.take_writer().unwrap());
        Self { shown, child, keys, master: pair.master }
    }

    /// Waits until the screen shows the text.
    #[track_caller]
    pub(crate) fn shows(&self, text: &str) -> &Self {
        self.waits_until(&format!("`{text}` to be shown"), |screen| screen.contains(text))
    }

    /// Waits until the screen passes the test.
    #[track_caller]
    pub(crate) fn waits_until(&self, what: &str, is_so: impl Fn(&str) -> bool) -> &Self {
        let until = Instant::now() + TIMEOUT;
        let mut parser = self.shown.screen.lock().unwrap();
        while !is_so(&parser.screen().contents()) {
            let left = until.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "timed out waiting for {what}; the screen is\n{}", parser.screen().contents());
            parser = self.shown.changed.wait_timeout(parser, left).unwrap().0;
        }
        drop(parser);
        self
    }

    pub(crate) fn press(&self, key: Key) -> &Self {
        self.types(match key {
            Key::Up => "\x1b[A",
            Key::Down => "\x1b[B",
            Key::Enter => "\r",
            Key::Esc => "\x1b",
            Key::Space => " ",
            Key::CtrlC => "\x03",
        })
    }

    /// Types a text.
    pub(crate) fn types(&self, text: &str) -> &Self {
        let mut keys = self.keys.lock().unwrap();
        keys.write_all(text.as_bytes()).unwrap();
        keys.flush().unwrap();
        self
    }

    /// Resizes the terminal and notifies the program.
    pub(crate) fn resize(&self, columns: u16, rows: u16) -> &Self {
        let mut parser = self.shown.screen.lock().unwrap();
        parser.screen_mut().set_size(rows.try_into().unwrap(), columns.try_into().unwrap());
        self.master.resize(size(columns, rows)).unwrap();
        drop(parser);
        self
    }

    /// Waits until more bytes than `before` were sent.
    #[track_caller]
    pub(crate) fn waits_for_bytes_after(&self, before: usize) -> &Self {
        let sent = || self.shown.sent.lock().unwrap().len();
        self.waits_until("more to be sent", |_| sent() > before)
    }

    /// Returns the text on the screen.
    pub(crate) fn screen(&self) -> String {
        self.shown.screen.lock().unwrap().screen().contents()
    }

    /// Returns everything sent to the terminal so far, including escape codes.
    pub(crate) fn sent(&self) -> String {
        String::from_utf8_lossy(&self.shown.sent.lock().unwrap()).into_owned()
    }

    /// Returns the screen's lines with their colors.
    pub(crate) fn formatted(&self) -> Vec<String> {
        formatted(&self.shown.screen.lock().unwrap())
    }

    /// Waits until the screen's lines, with their colors, pass the test. Returns the last lines, even if they don't
    /// pass.
    pub(crate) fn settles(&self, is_so: impl Fn(&[String]) -> bool) -> Vec<String> {
        let parser = self.shown.screen.lock().unwrap();
        let differs = |parser: &mut vt100::Parser| !is_so(&formatted(parser));
        let (parser, _) = self.shown.changed.wait_timeout_while(parser, TIMEOUT, differs).unwrap();
        formatted(&parser)
    }

    /// Presses Ctrl-C until the program has ended. If the program does not handle Ctrl-C yet, the key is pressed again.
    #[track_caller]
    pub(crate) fn interrupt(self) -> Ended {
        self.push_until_end(|terminal| {
            terminal.press(Key::CtrlC);
        })
    }

    /// Sends SIGTERM, like a supervisor does, until the process has ended.
    #[track_caller]
    pub(crate) fn terminate(self) -> Ended {
        let id = self.child.process_id().unwrap().to_string();
        self.push_until_end(|_| assert!(std::process::Command::new("kill").args(["-TERM", &id]).status().is_ok()))
    }

    #[track_caller]
    fn push_until_end(self, push: impl Fn(&Self)) -> Ended {
        let until = Instant::now() + TIMEOUT;
        push(&self);
        while !self.is_over_within(Duration::from_secs(1)) {
            assert!(Instant::now() < until, "it does not end; the screen is\n{}", self.screen());
            push(&self);
        }
        self.wait_for_end()
    }

    /// Waits for the end of the program.
    #[track_caller]
    pub(crate) fn wait_for_end(mut self) -> Ended {
        assert!(self.is_over_within(TIMEOUT), "timed out waiting for the end; the screen is\n{}", self.screen());
        let code = self.child.wait().unwrap().exit_code();
        let parser = self.shown.screen.lock().unwrap();
        Ended { code, screen: parser.screen().contents(), cursor_is_hidden: parser.screen().hide_cursor() }
    }

    /// Returns whether the program closes its terminal in time.
    fn is_over_within(&self, time: Duration) -> bool {
        let parser = self.shown.screen.lock().unwrap();
        let is_open = |_: &mut vt100::Parser| !self.shown.is_over.load(Ordering::SeqCst);
        let (_parser, waited) = self.shown.changed.wait_timeout_while(parser, time, is_open).unwrap();
        !waited.timed_out()
    }
}

fn formatted(parser: &vt100::Parser) -> Vec<String> {
    parser.screen().rows_formatted(0, parser.screen().size().1.get()).collect()
}

/// The state of a terminal after its program ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: u32,
    pub(crate) screen: String,
    pub(crate) cursor_is_hidden: bool,
}

impl Ended {
    /// Asserts the exit code, and that the cursor is visible.
    #[track_caller]
    pub(crate) fn exited_with(self, code: u32) -> Self {
        assert_eq!(self.code, code, "\n{}", self.screen);
        assert!(!self.cursor_is_hidden, "the cursor is left hidden:\n{}", self.screen);
        self
    }

    /// Asserts that the last screen shows the text.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.screen.contains(text), "`{text}` is not on\n{}", self.screen);
        self
    }
}
