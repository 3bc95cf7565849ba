//! The JSON document of a command that failed.

use serde::Serialize;

use crate::exit::Exit;
use crate::model::without_users;

use super::preflight_text::MissingPermissions;

/// A command that failed before it had anything else to print.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ErrorDocument {
    /// The document and its version.
    #[cfg_attr(test, schemars(extend("const" = "logbucket.error/1")))]
    schema: &'static str,
    /// The exit code of the process.
    exit_code: u8,
    /// What failed, and why.
    error: String,
    /// What to do, one hint per line.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// Each action that the caller lacks, and its resource.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing_permissions: Vec<String>,
}

impl ErrorDocument {
    /// An error with a list of missing permissions.
    pub(super) fn with_missing_permissions(lacking: &MissingPermissions, exit: Exit) -> Self {
        let permissions = lacking.permissions.clone();
        Self { missing_permissions: permissions, ..Self::with_hints(&lacking.refusal(), &lacking.hints, exit) }
    }

    /// An error with several hints, one per line.
    pub(super) fn with_hints(error: &str, hints: &[String], exit: Exit) -> Self {
        let hint = (!hints.is_empty()).then(|| hints.join("\n"));
        Self::new(error, hint.as_deref(), exit)
    }

    pub(super) fn new(error: &str, hint: Option<&str>, exit: Exit) -> Self {
        Self {
            schema: "logbucket.error/1",
            exit_code: exit.number(),
            error: without_users(error),
            hint: hint.map(without_users),
            missing_permissions: Vec::new(),
        }
    }
}
