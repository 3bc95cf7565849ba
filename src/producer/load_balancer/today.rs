//! A load balancer's current logs, as text.

use crate::producer::destination_in_words;

use super::{LoadBalancer, LogAttachment, LogType};

/// Describes the destinations of the given logs, with a warning if something prevents the logs.
pub(in crate::producer) fn today(balancer: &LoadBalancer, logs: &[LogType]) -> String {
    let attachments: Option<Vec<(LogType, LogAttachment)>> =
        logs.iter().map(|log| Some((*log, balancer.attachment(*log)?))).collect();
    let words = |(log, attachment): &(LogType, LogAttachment)| {
        if attachment.enabled {
            format!("{} log to {}", log.as_str(), destination_in_words(&attachment.bucket, &attachment.prefix))
        } else {
            format!("{} log off", log.as_str())
        }
    };
    let today = match attachments {
        None => "log setting unknown".to_owned(),
        Some(logs) if logs.iter().all(|(_, attachment)| !attachment.enabled) => "off".to_owned(),
        Some(logs) => logs.iter().map(words).collect::<Vec<_>>().join(", "),
    };
    format!("{}{today}", trap(balancer).unwrap_or_default())
}

/// Returns the required listener that the load balancer lacks, if its listeners were read.
fn trap(balancer: &LoadBalancer) -> Option<String> {
    let protocol = balancer.kind.producer()?.facts().listener.as_ref()?.protocol;
    let protocols = balancer.listener_protocols.present()?;
    let lacks = !protocols.iter().any(|other| other == protocol);
    lacks.then(|| format!("no {protocol} listener: no logs; "))
}
