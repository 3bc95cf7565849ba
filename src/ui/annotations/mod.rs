//! Reports and plans as annotations of GitHub Actions: a workflow command for each problem, which GitHub shows on the
//! run's page (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions>, 2026).

mod command;
mod plan;
mod report;

pub(super) use plan::plan;
pub(super) use report::report;
