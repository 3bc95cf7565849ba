//! What `init` does with its plan.

#[derive(Clone, Copy, Debug)]
pub(super) enum Mode {
    /// `--dry-run`.
    Preview {
        /// `--detailed-exitcode`.
        detailed: bool,
    },
    /// Apply the plan once it is approved.
    Apply,
}
