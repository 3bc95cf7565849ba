//! The permissions of a job as one JSON document: the policy, and the actions that each call needs.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use crate::iam::Document;
use crate::permission::{Job, PermissionScope, calls};

/// The permissions that the caller needs: `logbucket permissions`.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct PermissionsDocument<'a> {
    /// The document and its version.
    #[cfg_attr(test, schemars(extend("const" = "logbucket.permissions/1")))]
    schema: &'static str,
    /// What the caller runs.
    job: JobName,
    /// The log types.
    #[cfg_attr(test, schemars(extend("items" = crate::ui::schema::producer_items())))]
    producers: Vec<&'static str>,
    /// The IAM policy, in the form that IAM accepts.
    #[cfg_attr(test, schemars(with = "serde_json::Map<String, Value>"))]
    policy: &'a Value,
    /// Every call that needs a permission.
    calls: Vec<CallBody>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "PermittedCall"))]
struct CallBody {
    /// The call, such as `s3:HeadBucket`.
    api: &'static str,
    /// The IAM actions that it needs, such as `s3:ListBucket`.
    actions: Vec<&'static str>,
}

/// What the caller runs.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Job"))]
#[serde(rename_all = "kebab-case")]
enum JobName {
    /// `init`.
    Init,
    /// `init --dry-run`.
    InitDryRun,
    /// `init --wizard`.
    InitWizard,
    /// `check` of sources.
    Check,
    /// `check --bucket`.
    CheckBucket,
    /// `scan`.
    Scan,
    /// `undo`.
    Undo,
}

impl<'a> PermissionsDocument<'a> {
    pub(super) fn new(scope: &PermissionScope, policy: &'a Document) -> Self {
        let body = |(api, actions): (_, BTreeSet<_>)| CallBody { api, actions: actions.into_iter().collect() };
        Self {
            schema: "logbucket.permissions/1",
            job: match scope.job {
                Job::Check => JobName::Check,
                Job::CheckBucket => JobName::CheckBucket,
                Job::DryRun => JobName::InitDryRun,
                Job::Init => JobName::Init,
                Job::Scan => JobName::Scan,
                Job::Undo => JobName::Undo,
                Job::Wizard => JobName::InitWizard,
            },
            producers: scope.producers.iter().map(|producer| producer.as_str()).collect(),
            policy: policy.value(),
            calls: calls(scope).into_iter().map(body).collect(),
        }
    }
}
