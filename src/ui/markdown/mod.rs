//! Reports and plans as Markdown, for job summaries, issues and pull requests.

mod inline;
mod plan;
mod report;

pub(super) use plan::plan;
pub(super) use report::report;
