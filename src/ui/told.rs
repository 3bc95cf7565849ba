//! A run that is told of: what was planned and asked for, and by which name it can be undone.

use crate::plan::Plan;
use crate::preflight::Said;
use crate::receipt::RunId;
use crate::request::Request;

use super::words::{self, quoted};

/// A run.
#[derive(Clone, Debug)]
pub struct Told<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The request.
    pub request: &'a Request,
    /// Its receipt; nothing where nothing was to be changed.
    pub run: Option<RunId>,
    /// What IAM said beforehand.
    pub preflight: &'a Said,
}

impl Told<'_> {
    /// The command that puts back what it replaced.
    pub(super) fn undo_command(&self) -> Option<String> {
        let run = self.run.as_ref()?;
        let mut words = vec!["undo".to_owned(), run.to_string()];
        let Request { profile, endpoint_url, receipt_dir, .. } = self.request;
        let folder = receipt_dir.as_ref().map(|folder| folder.display().to_string());
        let flags = [("--profile", profile), ("--endpoint-url", endpoint_url), ("--receipt-dir", &folder)];
        for (flag, value) in flags {
            words.extend(value.iter().flat_map(|value| [flag.to_owned(), quoted(value)]));
        }
        Some(format!("logbucket {}", words.join(" ")))
    }

    /// The command that repeats it.
    pub(super) fn command(&self) -> String {
        words::command(self.request)
    }
}
