//! A terminal that neither echoes nor edits lines while the program asks: keys that are pressed between two reads would be
//! drawn into the lists, which are redrawn by counting lines, or be taken for its own line editing.

#[cfg(unix)]
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// Keeps the terminal of standard input silent, until it is dropped.
#[derive(Debug)]
pub(super) struct Silence {
    #[cfg(unix)]
    before: Option<Termios>,
}

impl Silence {
    /// Begins; where the terminal can't be changed it stays as it is.
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
impl Drop for Silence {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, before);
        }
    }
}
