//! The risk of a step as text.

use crate::model::{Seen, TransitionAfter};
use crate::plan::{Risk, RulesRisk};

use super::audience::Audience;
use super::finding::{days_text, listed, tags_text};

/// Returns the risk of a step, or its effect on others.
pub(crate) fn risk_text(risk: &Risk, audience: Audience) -> String {
    match risk {
        Risk::NewKey => "a key costs 1 USD a month, and once it is deleted, its logs can't be read".to_owned(),
        Risk::NewDefault { blocked_services } => {
            let stays = "existing objects keep their encryption; new objects from every writer get the new default";
            let blocked_services = blocked_services
                .iter()
                .map(|principal| format!("; `{principal}`, which the bucket policy allows, can no longer deliver"));
            format!("{stays}{}", blocked_services.collect::<String>())
        }
        Risk::OwnerPays => "the bucket's owner then pays for everyone's requests to it".to_owned(),
        Risk::Tags { replaced } => {
            format!("anything that relies on {} sees the new value: policies, bills, reports", tags_text(replaced))
        }
        Risk::Exempts { service, statements } => {
            let verb = if statements.len() == 1 { "applies" } else { "apply" };
            format!("{} no longer {verb} to `{service}`; everyone else stays denied", listed(statements))
        }
        Risk::KeyPolicy => "anyone who relies on the current key policy is affected".to_owned(),
        Risk::Rules(rules) => rules_text(rules),
        Risk::Source { effect, instead_of_key } => {
            let instead = instead_of_key.as_ref().map(|key| {
                let with_key = audience.pick(
                    format!("use `--report-kms-key {key}`"),
                    format!("choose `{key}` under `encryption of the reports`"),
                );
                format!(
                    "reports get SSE-S3, regardless of the bucket's default; to encrypt them with a key, {with_key}"
                )
            });
            effect.iter().cloned().chain(instead).collect::<Vec<_>>().join("; ")
        }
    }
}

fn rules_text(rules: &RulesRisk) -> String {
    let mut parts = Vec::new();
    let mut what = format!("everything under {}", rules.folders.join(", "));
    let also = if rules.may_have_objects { ", including existing objects and objects from other writers" } else { "" };
    if let Some(TransitionAfter { days, class }) = rules.wish.transition {
        parts.push(format!("{what} moves to {class} {} after it was written{also}", days_text(days)));
        parts.push("by default, objects smaller than 128 KB are not moved".to_owned());
        if class.needs_restore() {
            parts.push(format!("objects in {class} must be restored before they can be read"));
        }
        let kept = rules.first_expiry.map(|expires| expires.saturating_sub(days));
        if let Some(kept) = kept.filter(|kept| *kept < class.charged_days()) {
            let (kept, charged) = (days_text(kept), days_text(class.charged_days()));
            parts.push(format!("each object stays in {class} for {kept}, but S3 charges for {charged}"));
        }
        "it".clone_into(&mut what);
    }
    if let Some(days) = rules.wish.days {
        let also = if rules.wish.transition.is_some() { "" } else { also };
        let after = days_text(days);
        parts.push(match &rules.versioning {
            Seen::Absent => format!("{what} is deleted {after} after it was written{also}"),
            Seen::Present(_) => {
                let versions = versions(&rules.noncurrent);
                format!("{what} gets a delete marker {after} after it was written{also}; {versions}")
            }
            Seen::Denied(denial) => format!(
                "{what} expires {after} after it was written{also}; if the bucket is versioned, noncurrent versions stay (`{}` was denied)",
                denial.action
            ),
        });
        if rules.is_locked {
            parts.push("versions retained by Object Lock stay until the retention ends".to_owned());
        }
        if rules.uploads_stay {
            parts.push("incomplete multipart uploads stay".to_owned());
        }
    }
    parts.join("; ")
}

/// Describes what happens to noncurrent versions.
fn versions(noncurrent: &[Option<(Option<i32>, Option<i32>)>]) -> String {
    let of = |deleted: &Option<(Option<i32>, Option<i32>)>| match deleted {
        None => "its noncurrent versions stay".to_owned(),
        Some((days, newer)) => {
            let days = days.and_then(|days| u32::try_from(days).ok()).unwrap_or_default();
            let kept = newer.map(|newer| format!(", except the newest {newer} of each object")).unwrap_or_default();
            format!("its noncurrent versions are permanently deleted {} later{kept}", days_text(days))
        }
    };
    let mut said: Vec<String> = noncurrent.iter().map(of).collect();
    said.dedup();
    said.join(", or ")
}

/// A short form for the tests of other modules, which may not import this one.
#[cfg(test)]
impl Risk {
    pub(crate) fn text(&self) -> String {
        risk_text(self, Audience::CommandLine)
    }
}
