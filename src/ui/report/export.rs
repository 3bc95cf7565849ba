//! Output formats that only one command has, whatever the reporter.

use crate::ui::clean::clean;
use crate::ui::scan::SarifDocument;
use crate::ui::talk::{data, talk_wrapped};
use crate::ui::{scan, vended};

use super::event::Export;
use super::json;

pub(super) fn say(export: Export<'_>) {
    match export {
        Export::ScanCsv(report) => {
            data(&scan::csv(report));
            // The table has no place for reads that failed.
            if let Some(ignored) = scan::ignored(report) {
                talk_wrapped("ignored     ", 12, &ignored);
            }
            for unread in &report.unread {
                talk_wrapped("unknown     ", 12, &clean(unread));
            }
            for what in vended::not_checked(report) {
                talk_wrapped("not checked ", 12, &clean(&what));
            }
        }
        Export::ScanSarif { report, exit, path } => data(&json::document(&SarifDocument::new(report, exit, path))),
    }
}
