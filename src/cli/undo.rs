use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::init::RECEIPT_DIR;
use super::root::exit_codes;

const EXAMPLES: &str = "\
Examples:
  logbucket undo                       # list the runs; on a terminal, choose one
  logbucket undo latest --dry-run      # what would be restored
  logbucket undo 12 --yes              # the run 12-20261125T031502Z-alb-acme-logs";

const RUN: &str = "\
Run to undo: its number, its name or `latest`; without it, the runs are listed";

#[derive(Args, Clone, Debug, Default)]
#[command(
    override_usage = "logbucket undo [RUN] [OPTIONS]",
    after_help = EXAMPLES,
    after_long_help = format!("{EXAMPLES}\n\n{}", exit_codes())
)]
pub struct UndoArgs {
    /// Run to undo: its number, its name or `latest`
    #[arg(value_name = "RUN", long_help = RUN)]
    pub run: Option<String>,

    /// Restore without asking
    #[arg(long, short = 'y', requires = "run", help_heading = "Consent")]
    pub yes: bool,

    /// Show what would be restored and change nothing
    #[arg(long, requires = "run", help_heading = "Consent")]
    pub dry_run: bool,

    /// Folder for receipts
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = "Consent", long_help = RECEIPT_DIR)]
    pub receipt_dir: Option<PathBuf>,
}
