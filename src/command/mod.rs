//! The commands: the only modules that use both AWS and the user interface.

mod at_once;
mod carry_out;
mod check;
mod completions;
mod draft;
mod error;
mod events;
mod init;
mod interruption;
mod lock;
mod look;
mod man;
mod matrix;
mod mode;
mod origin;
mod permissions;
mod policy;
mod preflight;
mod record;
mod scan;
mod undo;
mod vended;
mod verdict;
mod witness;
mod wizard;

pub use check::check;
pub use completions::completions;
pub use draft::draft;
pub use error::CommandError;
pub use init::init;
pub use man::man;
pub use matrix::matrix;
pub use permissions::permissions;
pub use policy::policy;
pub use scan::scan;
pub use undo::undo;
