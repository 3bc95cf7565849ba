//! What stands beside a choice: what a producer logs, how a source logs today, what a destination needs.

use crate::model::Seen;
use crate::plan::{Change, Cure, Plan};
use crate::producer::{Kind, LoadBalancer, LogAttachment, LogType, Source, SourceBucket};

/// What one log of an ALB holds, in a line.
pub(super) fn logs_of(log: LogType) -> &'static str {
    match log {
        LogType::Access => "each request",
        LogType::Connection => "each connection, with its TLS details",
        LogType::HealthCheck => "each health check of a target",
    }
}

/// How a source logs today, and the trap if it has one.
pub(super) fn state_of(source: &Source, kind: &Kind) -> String {
    match source {
        Source::LoadBalancer(balancer) => of_load_balancer(balancer, kind),
        Source::Bucket(bucket) => of_bucket(bucket, kind),
    }
}

fn of_load_balancer(balancer: &LoadBalancer, kind: &Kind) -> String {
    let trap = match &balancer.listener_protocols {
        Seen::Present(protocols) if !protocols.iter().any(|protocol| protocol == "TLS") => "no TLS listener: no logs; ",
        Seen::Absent | Seen::Denied(_) | Seen::Present(_) => "",
    };
    let attachments: Option<Vec<(LogType, LogAttachment)>> =
        kind.log_types().into_iter().map(|log| Some((log, balancer.attachment(log)?))).collect();
    let words = |(log, attachment): &(LogType, LogAttachment)| {
        if attachment.enabled {
            format!("{} log to {}", log.as_str(), place(&attachment.bucket, &attachment.prefix))
        } else {
            format!("{} log off", log.as_str())
        }
    };
    let today = match attachments {
        None => "how it logs is not known".to_owned(),
        Some(logs) if logs.iter().all(|(_, attachment)| !attachment.enabled) => "off".to_owned(),
        Some(logs) => logs.iter().map(words).collect::<Vec<_>>().join(", "),
    };
    format!("{trap}{today}")
}

fn of_bucket(bucket: &SourceBucket, kind: &Kind) -> String {
    let denied = || "how it logs is not known".to_owned();
    match kind {
        Kind::Inventory(asked) => match &bucket.inventory {
            Seen::Present(inventory) if inventory.enabled => {
                let bucket = inventory.bucket_arn.rsplit(':').next().unwrap_or_default();
                format!("inventory `{}` to {}", asked.id, place(bucket, &inventory.prefix))
            }
            Seen::Present(_) => format!("inventory `{}` is off", asked.id),
            Seen::Absent => format!("no inventory `{}`", asked.id),
            Seen::Denied(_) => denied(),
        },
        Kind::Alb(_) | Kind::Nlb | Kind::S3Access(_) => match &bucket.logging {
            Seen::Present(logging) => format!("logging to {}", place(&logging.bucket, &logging.prefix)),
            Seen::Absent => "off".to_owned(),
            Seen::Denied(_) => denied(),
        },
    }
}

fn place(bucket: &str, prefix: &str) -> String {
    if prefix.is_empty() { bucket.to_owned() } else { format!("{bucket}/{prefix}") }
}

/// How a bucket would do as a destination, best first.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Verdict {
    /// Nothing is to be changed but the attachment.
    Ready,
    /// So many changes, and so many of them replace something.
    Needs {
        /// Steps that replace.
        replacing: usize,
        /// All steps.
        steps: usize,
    },
    /// Denied by statements that may be narrowed by name.
    Denied(Vec<String>),
    /// Not looked at yet.
    Unknown,
    /// Never, for this reason.
    Impossible(String),
}

impl Verdict {
    /// The verdict of a plan for a bucket.
    pub(super) fn of(plan: &Plan) -> Self {
        let blockers = || plan.findings.iter().filter(|finding| finding.refuses() && !finding.is_about_a_source());
        let hard = blockers().find(|finding| !matches!(finding.cure, Cure::Exemption { .. }));
        if let Some(finding) = hard {
            return Self::Impossible(finding.what.clone());
        }
        let exempts: Vec<String> = blockers().filter_map(|finding| finding.exemption().map(str::to_owned)).collect();
        if !exempts.is_empty() {
            return Self::Denied(exempts);
        }
        let steps = || plan.steps.iter().filter(|step| !step.step.attaches());
        match steps().count() {
            0 => Self::Ready,
            count => {
                let replacing = steps().filter(|step| step.change == Change::Replaces).count();
                Self::Needs { replacing, steps: count }
            }
        }
    }

    /// Whether the bucket can be chosen as it was looked at.
    pub(super) fn is_usable(&self) -> bool {
        !matches!(self, Self::Impossible(_) | Self::Unknown)
    }

    /// The verdict in words.
    pub(super) fn words(&self) -> String {
        let changes = |count: &usize| if *count == 1 { "1 change".to_owned() } else { format!("{count} changes") };
        match self {
            Self::Ready => "ready".to_owned(),
            Self::Needs { replacing: 0, steps } => format!("needs {}", changes(steps)),
            Self::Needs { replacing, steps } if replacing == steps => {
                format!("needs {}, {}", changes(steps), if *steps == 1 { "a replacing one" } else { "all replacing" })
            }
            Self::Needs { replacing, steps } => format!("needs {}, {replacing} of them replacing", changes(steps)),
            Self::Denied(names) => format!("needs an exception from {}", names.join(", ")),
            Self::Unknown => "not looked at yet".to_owned(),
            Self::Impossible(why) => format!("can't work: {why}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_destination_comes_first() {
        let mut verdicts = [
            Verdict::Impossible("x".to_owned()),
            Verdict::Unknown,
            Verdict::Needs { replacing: 1, steps: 2 },
            Verdict::Denied(vec!["A".to_owned()]),
            Verdict::Needs { replacing: 0, steps: 3 },
            Verdict::Ready,
        ];
        verdicts.sort();
        let words: Vec<String> = verdicts.iter().map(Verdict::words).collect();
        assert_eq!(
            words,
            [
                "ready",
                "needs 3 changes",
                "needs 2 changes, 1 of them replacing",
                "needs an exception from A",
                "not looked at yet",
                "can't work: x"
            ]
        );
    }
}
