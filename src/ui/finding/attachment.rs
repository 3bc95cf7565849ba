//! Sentences about the log setting of a source.

use crate::plan::AttachmentFinding;
use crate::ui::words::command;

use super::Sentences;

pub(super) fn sentences(kind: &AttachmentFinding) -> Sentences {
    let usual = "a source logs only to where its own configuration points";
    match kind {
        AttachmentFinding::Unreadable { denial, .. } => Sentences::new(denial.to_string(), usual)
            .hinted(format!("allow `{}`: logbucket doesn't replace a log setting that it can't read", denial.action)),
        AttachmentFinding::DifferentFolders { requests, .. } => {
            let run = |request| command(request).map_or_else(|why| why.to_string(), |command| format!("`{command}`"));
            let [first, second] = &**requests;
            Sentences::new(
                "some sources have a flow log with Hive-compatible folders here, and some have one without",
                "a run allows one kind of folder, so it would replace the flow logs of the other kind",
            )
            .hinted(format!(
                "run {}, then {}; or choose one kind for all sources with `--hive` or `--hive=false`",
                run(first),
                run(second)
            ))
        }
        AttachmentFinding::Differs { difference, refusal, .. } => {
            Sentences::new(difference.as_str(), refusal.map_or(usual, |refusal| refusal.why))
        }
    }
}
