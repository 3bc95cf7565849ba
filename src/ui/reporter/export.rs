//! Output formats that only one command has, whatever the reporter.

use crate::ui::clean::clean;
use crate::ui::scan::SarifDocument;
use crate::ui::streams::{stderr_wrapped, stdout};
use crate::ui::{scan, vended};

use super::event::Export;
use super::json;

pub(super) fn say(export: Export<'_>) {
    match export {
        Export::ScanCsv(report) => {
            stdout(&scan::csv(report));
            // The table has no place for reads that failed.
            if let Some(ignored) = scan::ignored(report) {
                stderr_wrapped("ignored     ", 12, &ignored);
            }
            for unread in &report.unread {
                stderr_wrapped("unknown     ", 12, &clean(unread));
            }
            for what in vended::not_checked(report) {
                stderr_wrapped("not checked ", 12, &clean(&what));
            }
        }
        Export::ScanSarif { report, exit, path } => stdout(&json::document(&SarifDocument::new(report, exit, path))),
    }
}
