//! What `init` is to do with its plan.

/// Show it, or carry it out.
#[derive(Clone, Copy, Debug)]
pub(super) enum Mode {
    /// `--dry-run`.
    Preview {
        /// `--detailed-exitcode`.
        detailed: bool,
    },
    /// Carry it out, where it is agreed to.
    Apply,
}
