//! How to attach a network: create a flow log, and first delete the one that it replaces.

use crate::model::{BucketName, Seen};
use crate::producer::attaching::{Attaching, Write};
use crate::producer::facts::{AttachedAs, AttachmentFacts, DestinationJudged};
use crate::producer::{
    DeliveryStatus, Destination, FailedDelivery, NewFlowLog, NewSetting, SourceSetting, SourceSlot, SourceStep,
    destination_in_words,
};

use super::{FlowLog, FlowLogSettings, FlowRequest, Network, Traffic, words};

/// The call that attaches a network.
pub(in crate::producer) const ATTACHMENT: AttachmentFacts = AttachmentFacts {
    api: "ec2:CreateFlowLogs",
    page: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html",
    form: AttachedAs::Resource,
    destination_judged: DestinationJudged::InTheCall,
};

/// The call that deletes a flow log.
pub(in crate::producer) const DELETE: &str = "ec2:DeleteFlowLogs";

/// The page about `DeliverLogsStatus` and `DeliverLogsErrorMessage`. It explains the messages only for log groups.
/// `Access error` was also seen for a bucket whose key refuses the service
/// (<https://github.com/awslabs/landing-zone-accelerator-on-aws/issues/1205>, September 2026).
const STATUS: &str = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_FlowLog.html";

/// Returns the flow log that a request is about: one to this bucket with the requested traffic, or with any traffic if
/// none is requested. Prefers one to this folder. A flow log to another folder of the bucket counts only if it is the only
/// one: then the request moves it. The network's other flow logs stay.
pub(in crate::producer) fn today_of<'a>(
    network: &'a Network,
    asked: FlowRequest,
    bucket: &str,
    prefix: &str,
) -> Option<&'a FlowLog> {
    let fits = |log: &&FlowLog| {
        let traffic = log.settings.traffic;
        log.settings.bucket == bucket && (traffic.is_none() || asked.traffic.is_none_or(|asked| traffic == Some(asked)))
    };
    let fitting: Vec<&FlowLog> = network.flow_logs.present()?.iter().filter(fits).collect();
    let here = || fitting.iter().filter(|log| log.settings.prefix == prefix);
    let of_all = here().find(|log| log.settings.traffic == Some(Traffic::All));
    let only = match fitting.as_slice() {
        [only] => Some(only),
        _ => None,
    };
    of_all.or_else(|| here().next()).or(only).copied()
}

/// Returns the settings that the flow log should have.
pub(in crate::producer) fn wanted(
    network: &Network,
    asked: FlowRequest,
    bucket: &str,
    prefix: &str,
) -> FlowLogSettings {
    let today = today_of(network, asked, bucket, prefix).map(|log| log.settings.clone());
    let usual = || FlowLogSettings::usual(network.id.kind(), bucket.to_owned(), prefix.to_owned());
    FlowLogSettings { prefix: prefix.to_owned(), ..today.unwrap_or_else(usual) }.with(asked)
}

fn wanted_at(network: &Network, asked: FlowRequest, destination: &Destination) -> FlowLogSettings {
    // The grant is for keys in one form, so all flow logs of a run get the same form.
    let hive = destination.flow_keys.hive;
    FlowLogSettings { hive, ..wanted(network, asked, destination.bucket.as_str(), destination.prefix.as_str()) }
}

/// Returns the flow log's slot with its value after attaching.
pub(in crate::producer) fn attached(
    network: &Network,
    asked: FlowRequest,
    destination: &Destination,
) -> (SourceSlot, NewSetting) {
    let wanted = wanted_at(network, asked, destination);
    (
        slot(network, &wanted, &destination.bucket),
        NewSetting::FlowLog(NewFlowLog { network: network.arn(), settings: Some(wanted) }),
    )
}

/// Returns AWS's report that the latest delivery of the network's flow log to this destination failed.
pub(in crate::producer) fn failed_delivery(
    network: &Network,
    asked: FlowRequest,
    destination: &Destination,
) -> Option<FailedDelivery> {
    let log = today_of(network, asked, destination.bucket.as_str(), destination.prefix.as_str())?;
    let Some(DeliveryStatus::Failed(message)) = &log.status else { return None };
    let is_refusal = message == "Access error";
    Some(FailedDelivery { log: log.id.clone(), message: message.clone(), is_refusal, page: STATUS })
}

fn slot(network: &Network, settings: &FlowLogSettings, bucket: &BucketName) -> SourceSlot {
    SourceSlot::FlowLog {
        arn: network.arn(),
        id: network.id.to_string(),
        bucket: bucket.clone(),
        prefix: settings.prefix.clone(),
        traffic: settings.traffic,
    }
}

/// Returns how to attach the network.
pub(in crate::producer) fn attaching(network: &Network, asked: FlowRequest, destination: &Destination) -> Attaching {
    if let Seen::Denied(denial) = &network.flow_logs {
        return Attaching::Unseen(denial.clone());
    }
    let wanted = wanted_at(network, asked, destination);
    let today =
        today_of(network, asked, destination.bucket.as_str(), destination.prefix.as_str()).map(|log| &log.settings);
    if today.is_some_and(|today| today.is(&wanted)) {
        return Attaching::Nothing;
    }
    let id = &network.id;
    let create = SourceStep {
        slot: slot(network, &wanted, &destination.bucket),
        before: SourceSetting::FlowLog(None),
        after: NewSetting::FlowLog(NewFlowLog { network: network.arn(), settings: Some(wanted.clone()) }),
    };
    let Some(today) = today else {
        let what = format!(
            "`{id}` has no {} to `{}`",
            words::sort(asked),
            destination_in_words(&wanted.bucket, &wanted.prefix)
        );
        return Attaching::Write(Write { what, steps: vec![create], risk: String::new(), refusal: None });
    };
    let delete = SourceStep {
        slot: slot(network, today, &destination.bucket),
        before: SourceSetting::FlowLog(Some(today.clone())),
        after: NewSetting::FlowLog(NewFlowLog { network: network.arn(), settings: None }),
    };
    let what = format!("the flow log of `{id}` to `{}` differs: {}", wanted.bucket, words::difference(today, &wanted));
    // AWS allows no second flow log in the slot, but one in another slot.
    let (steps, gap) = if delete.slot == create.slot {
        (vec![delete, create], "deleted and created again: traffic between the two calls is not recorded")
    } else {
        (vec![create, delete], "created in its new place, and then deleted in the former one")
    };
    let unknown = if today.unknown.is_empty() {
        String::new()
    } else {
        format!("; the new one lacks its {}, which logbucket does not know", today.unknown.join(" and "))
    };
    let risk = format!("a flow log can't be changed, so it is {gap}{unknown}");
    Attaching::Write(Write { what, steps, risk, refusal: None })
}
