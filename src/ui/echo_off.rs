//! Turns off the terminal's echo and line editing during prompts. Otherwise, keys pressed between two reads would edit
//! a line or appear in a list, and lists are redrawn by counting lines.

#[cfg(unix)]
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// Keeps echo and line editing of standard input off until dropped.
#[derive(Debug)]
pub(super) struct EchoOff {
    #[cfg(unix)]
    before: Option<Termios>,
}

impl EchoOff {
    /// Turns echo and line editing off, if the terminal allows it.
    pub(super) fn begin() -> Self {
        #[cfg(unix)]
        {
            let stdin = std::io::stdin();
            let before = tcgetattr(&stdin).ok();
            if let Some(mut silent) = before.clone() {
                silent.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON);
                let _ = tcsetattr(&stdin, OptionalActions::Now, &silent);
            }
            Self { before }
        }
        #[cfg(not(unix))]
        Self {}
    }
}

#[cfg(unix)]
impl Drop for EchoOff {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, before);
        }
    }
}
