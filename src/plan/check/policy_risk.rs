//! What others may meet when a bucket policy is changed, beside that a service is let in.

use serde_json::Value;

use crate::iam::Document;
use crate::plan::world::World;
use crate::plan::{PlannedStep, Step};

/// The Sid of the statement against plain HTTP (policies/tls-only.json).
const TLS_ONLY: &str = "LogbucketTlsOnly";

/// What a new policy does to others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Risk {
    /// It narrows a Deny statement.
    pub(super) narrows: bool,
    /// It stops plain HTTP, to which a bucket that is there was open.
    closes: bool,
}

impl Risk {
    /// Of a policy as it is, with what is narrowed of it, and as it will be.
    pub(super) fn of(world: &World<'_>, [before, narrowed, after]: [&Document; 3]) -> Self {
        let sid = |statement: &Value| statement.get("Sid").and_then(Value::as_str).unwrap_or_default().to_owned();
        // Where somebody changed the statement of that Sid, ours has a number behind it.
        let closing = |statement: &&Value| sid(statement).starts_with(TLS_ONLY);
        let mut against_http = after.raw_statements().iter().filter(closing);
        let is_new = against_http.any(|statement| !before.raw_statements().contains(statement));
        Self { narrows: narrowed != before, closes: is_new && world.bucket().is_some() }
    }

    /// The step, with that said.
    pub(super) fn told(self, step: Step, service: &str) -> PlannedStep {
        let narrows = format!("the narrowed Deny no longer stops `{service}`; everybody else stays stopped");
        let closes = "whoever reads the bucket over plain HTTP is stopped".to_owned();
        let risks = [self.narrows.then_some(narrows), self.closes.then_some(closes)];
        let risks: Vec<String> = risks.into_iter().flatten().collect();
        if risks.is_empty() { PlannedStep::adds(step) } else { PlannedStep::adds_at_risk(step, risks.join("; ")) }
    }
}
