//! The keys of a flow log's files.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html> (2026).

use std::fmt;

use crate::iam::{Letters, ResourceSet};
use crate::producer::keys::ObjectKeys;
use crate::producer::{Destination, Source, SourceName};

use super::{FlowFormat, FlowRequest, NetworkId};

/// The format of a flow log's keys.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct FlowKeys {
    /// Whether each hour has a folder.
    pub hourly: bool,
    /// Whether the folders are named as Apache Hive names them, such as `year=2026`.
    pub hive: bool,
    pub format: FlowFormat,
}

/// The kind of logs, as it stands in keys. It is the same for transit gateways.
const SERVICE: &str = "vpcflowlogs";

impl FlowKeys {
    /// The end of a file's name.
    pub fn end(self) -> &'static str {
        match self.format {
            FlowFormat::Text => ".log.gz",
            FlowFormat::Parquet => ".log.parquet",
        }
    }
}

impl fmt::Display for FlowKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let folders = if self.hourly { "hourly" } else { "daily" };
        let style = if self.hive { " Hive" } else { "" };
        write!(f, "{folders}{style} folders")
    }
}

/// Returns the folder above the dates.
pub(in crate::producer) fn folder(destination: &Destination) -> String {
    let (account, region) = (&destination.source_account, &destination.region);
    let start = destination.prefix.folder();
    if destination.flow_keys.hive {
        format!("{start}AWSLogs/aws-account-id={account}/aws-service={SERVICE}/aws-region={region}/")
    } else {
        format!("{start}AWSLogs/{account}/{SERVICE}/{region}/")
    }
}

/// Returns the pattern of keys in the grant: the account's folder, as in AWS's own policy
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html>). `literal` escapes a text.
pub(in crate::producer) fn grant_pattern(destination: &Destination, literal: fn(&str) -> String) -> String {
    let start = literal(&destination.prefix.folder());
    let account = &destination.source_account;
    if destination.flow_keys.hive {
        format!("{start}AWSLogs/aws-account-id={account}/*")
    } else {
        format!("{start}AWSLogs/{account}/*")
    }
}

/// Returns all keys of flow logs, with any ID: a flow log that does not exist yet has none.
pub(in crate::producer) fn flow_logs(destination: &Destination) -> ObjectKeys {
    let keys = destination.flow_keys;
    let start = ResourceSet::from(destination.object_arn(&folder(destination)));
    let digits = |set: ResourceSet, name: &'static str| set.some(Letters::Digit, 2, name);
    let dated = if keys.hive {
        let day = digits(start.text("year=").month("/month=").text("/day="), "DD");
        if keys.hourly { digits(day.text("/hour="), "HH") } else { day }
    } else {
        let day = digits(start.month("/").text("/"), "DD");
        if keys.hourly { digits(day.text("/"), "HH") } else { day }
    };
    let own = format!("/{}_{SERVICE}_{}_fl-", destination.source_account, destination.region);
    ObjectKeys::new("its logs", dated.text(own).many(Letters::Name, "*").text(keys.end()))
}

/// Splits the sources by the folders that their flow logs have today, if these differ and none is requested: first the
/// sources that can share a run, then the others. The grant of a run is for one kind of folder.
pub(in crate::producer) fn by_folders(
    asked: FlowRequest,
    names: &[SourceName],
    sources: &[Source],
    destination: &Destination,
) -> Option<[Vec<SourceName>; 2]> {
    let differs = |source: &Source| match source {
        Source::Network(network) if asked.hive.is_none() => {
            let today = super::today_of(network, asked, destination.bucket.as_str(), destination.prefix.as_str());
            today.is_some_and(|log| log.settings.hive != destination.flow_keys.hive).then(|| network.id.clone())
        }
        Source::Bucket(_) | Source::LoadBalancer(_) | Source::Network(_) => None,
    };
    let differing: Vec<NetworkId> = sources.iter().filter_map(differs).collect();
    let is_other = |name: &&SourceName| name.network().is_some_and(|id| differing.contains(&id));
    let (others, same): (Vec<&SourceName>, Vec<&SourceName>) = names.iter().partition(is_other);
    let of = |names: Vec<&SourceName>| names.into_iter().cloned().collect();
    (!others.is_empty()).then(|| [of(same), of(others)])
}

/// Returns the format of the keys that flow logs of these sources will have: as requested, else as today.
pub(in crate::producer) fn flow_keys(asked: FlowRequest, sources: &[Source], bucket: &str, prefix: &str) -> FlowKeys {
    let today = sources.iter().find_map(|source| match source {
        Source::Network(network) => super::today_of(network, asked, bucket, prefix).map(|log| log.settings.keys()),
        Source::Bucket(_) | Source::LoadBalancer(_) => None,
    });
    let today = today.unwrap_or_default();
    FlowKeys {
        hourly: asked.hourly.unwrap_or(today.hourly),
        hive: asked.hive.unwrap_or(today.hive),
        format: asked.format.unwrap_or(today.format),
    }
}
