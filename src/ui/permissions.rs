//! The permissions of a job as one JSON document: the policy, and the actions that each call needs.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use crate::iam::Document;
use crate::permission::{Job, Scope, calls};

/// `logbucket.permissions/1`.
#[derive(Debug, Serialize)]
pub(super) struct PermissionsDocument<'a> {
    schema: &'static str,
    job: &'static str,
    producers: Vec<&'static str>,
    policy: &'a Value,
    calls: Vec<CallBody>,
}

#[derive(Debug, Serialize)]
struct CallBody {
    api: &'static str,
    actions: Vec<&'static str>,
}

impl<'a> PermissionsDocument<'a> {
    pub(super) fn new(scope: &Scope, policy: &'a Document) -> Self {
        let body = |(api, actions): (_, BTreeSet<_>)| CallBody { api, actions: actions.into_iter().collect() };
        Self {
            schema: "logbucket.permissions/1",
            job: match scope.job {
                Job::Check => "check",
                Job::CheckBucket => "check-bucket",
                Job::DryRun => "init-dry-run",
                Job::Init => "init",
                Job::Scan => "scan",
                Job::Undo => "undo",
                Job::Wizard => "init-wizard",
            },
            producers: scope.producers.iter().map(|producer| producer.as_str()).collect(),
            policy: policy.value(),
            calls: calls(scope).into_iter().map(body).collect(),
        }
    }
}
