//! Flow logs as text: in one line, and setting by setting.

use crate::model::Seen;
use crate::producer::destination_in_words;
use crate::producer::source_words::{SettingPairs, pairs};

use super::{FlowLogSettings, FlowRequest, Network, Traffic};

/// Returns the title of the requested logs.
pub(in crate::producer) fn title(asked: FlowRequest) -> String {
    format!("VPC {}", sort(asked))
}

/// Names a flow log by the requested traffic.
pub(super) fn sort(asked: FlowRequest) -> &'static str {
    match asked.traffic {
        Some(Traffic::Accept) => "flow log of accepted traffic",
        Some(Traffic::Reject) => "flow log of rejected traffic",
        Some(Traffic::All) | None => "flow log",
    }
}

/// Describes the step that creates a flow log, or deletes it.
pub(in crate::producer) fn line(id: &str, before: Option<&FlowLogSettings>, after: Option<&FlowLogSettings>) -> String {
    let place = |of: &FlowLogSettings| {
        let slash = if of.prefix.is_empty() { "" } else { "/" };
        format!("s3://{}/{}{slash}", of.bucket, of.prefix)
    };
    match (before, after) {
        (_, Some(after)) => format!("create a flow log of `{id}` to {} ({})", place(after), in_short(after)),
        (Some(before), None) => format!("delete the flow log of `{id}` to {}", place(before)),
        (None, None) => format!("delete the flow log of `{id}`"),
    }
}

fn in_short(of: &FlowLogSettings) -> String {
    let traffic = of.traffic.map_or("all", Traffic::as_str);
    let minutes = if of.aggregation == 60 { "1 minute" } else { "10 minutes" };
    format!("{traffic} traffic, {}, {}, aggregated for up to {minutes}", of.format.as_str(), of.keys())
}

/// Returns the settings by their name in the API.
pub(in crate::producer) fn said(of: &FlowLogSettings) -> SettingPairs {
    let tags = of.tags.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(", ");
    let all = pairs([
        ("DestinationOptions.FileFormat", of.format.in_api().to_owned()),
        ("DestinationOptions.HiveCompatiblePartitions", of.hive.to_string()),
        ("DestinationOptions.PerHourPartition", of.hourly.to_string()),
        ("FlowLogId", of.id.clone().unwrap_or_default()),
        ("LogDestination", destination_in_words(&of.bucket, &of.prefix)),
        ("LogFormat", of.fields.clone()),
        ("MaxAggregationInterval", of.aggregation.to_string()),
        ("Tags", tags),
        ("TrafficType", of.traffic.map(Traffic::in_api).unwrap_or_default().to_owned()),
    ]);
    all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

/// Returns the settings that differ, each with both values.
pub(super) fn difference(today: &FlowLogSettings, wanted: &FlowLogSettings) -> String {
    let (today, wanted) = (said(today), said(wanted));
    let value = |of: Option<&String>| of.cloned().unwrap_or_else(|| "AWS's default".to_owned());
    let differs =
        |name: &&String| !["FlowLogId", "Tags"].contains(&name.as_str()) && today.get(*name) != wanted.get(*name);
    let names: std::collections::BTreeSet<&String> = today.keys().chain(wanted.keys()).filter(differs).collect();
    let each = names
        .into_iter()
        .map(|name| format!("{name} is `{}`, not `{}`", value(today.get(name)), value(wanted.get(name))));
    each.collect::<Vec<_>>().join(", ")
}

/// Returns the network's `Name` tag, and where its flow logs go.
pub(in crate::producer) fn today(network: &Network) -> String {
    let name = network.label.as_ref().map(|label| format!("{label}; ")).unwrap_or_default();
    let logs = match &network.flow_logs {
        Seen::Denied(_) => "flow logs unknown".to_owned(),
        Seen::Present(logs) if !logs.is_empty() => {
            let of = |settings: &FlowLogSettings| {
                let traffic = settings.traffic.map_or("all", Traffic::as_str);
                format!("{traffic} traffic to {}", destination_in_words(&settings.bucket, &settings.prefix))
            };
            logs.iter().map(|log| of(&log.settings)).collect::<Vec<_>>().join(", ")
        }
        Seen::Absent | Seen::Present(_) => "no flow log to S3".to_owned(),
    };
    format!("{name}{logs}")
}
