//! Does Block Public Access reject the policy that the plan writes? A public statement that is older than the setting
//! stays, but S3 rejects every new policy that contains it.

use crate::iam::{self, Document, Truth};
use crate::model::Seen;
use crate::plan::plan_context::PlanContext;
use crate::plan::{Finding, Fix, Hint, PlannedStep, SettingFinding, Step};
use crate::state::PublicPolicies;

/// Returns the statements of a policy that are certainly public, by Sid or by position counted from 1.
fn public_statements(text: &str) -> Vec<String> {
    let Ok(document) = Document::parse(text) else { return Vec::new() };
    let name = |index: usize| {
        let sid = document.raw_statements().get(index).and_then(|statement| statement.get("Sid")?.as_str());
        sid.filter(|sid| !sid.is_empty()).map_or_else(|| (index + 1).to_string(), str::to_owned)
    };
    let certain = iam::public_statements(&document).into_iter().filter(|(_, truth)| *truth == Truth::True);
    certain.map(|(index, _)| name(index)).collect()
}

/// Returns whether a policy has a statement that is or may be public.
pub(crate) fn may_be_public(text: &str) -> bool {
    Document::parse(text).is_ok_and(|document| !iam::public_statements(&document).is_empty())
}

/// Returns findings if S3 would reject the bucket policy that these steps write.
pub(in crate::plan) fn check(context: &PlanContext<'_>, steps: &[PlannedStep]) -> Vec<Finding> {
    let written = steps
        .iter()
        .find_map(|planned| if let Step::PutBucketPolicy { after, .. } = &planned.step { Some(after) } else { None });
    let (Some(after), Some(bucket)) = (written, context.bucket()) else { return Vec::new() };
    let statements = public_statements(after);
    if statements.is_empty() {
        return Vec::new();
    }
    match &bucket.public_policies {
        Seen::Absent | Seen::Present(PublicPolicies { rejected: false, .. }) => Vec::new(),
        Seen::Present(PublicPolicies { rejected: true, .. }) => {
            let kind = SettingFinding::PublicPolicy { statements };
            vec![Finding::new(bucket.name.as_str(), kind, Fix::Impossible(Hint::OfKind))]
        }
        Seen::Denied(denial) => {
            let kind = SettingFinding::BlockUnreadable { statements, denial: denial.clone() };
            vec![Finding::new(bucket.name.as_str(), kind, Fix::Nothing)]
        }
    }
}
