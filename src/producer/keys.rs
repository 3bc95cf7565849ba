//! All object keys that a producer writes, as patterns. A policy must allow every key, with any date and any random
//! part.
//!
//! Load balancers: <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html>,
//! `load-balancer-connection-logs.html`, `load-balancer-health-check-logs.html` and
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html>; S3 access logs:
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html>; Inventory:
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html>.

use crate::iam::{Letters, ResourceSet};
use crate::model::Arn;
use crate::producer::{InventoryFormat, InventoryRequest, KeyFormat, LogType};

use super::{Destination, LogSource, s3_access};

/// The character between the type of a log and the rest of its name: `.` in the documentation, `_` in the field
/// (<https://github.com/grafana/lambda-promtail/issues/23>).
const SIGNS: &[char] = &['.', '_'];

/// The keys of one pattern, with a name for the files.
#[derive(Clone, Debug)]
pub(crate) struct ObjectKeys {
    /// The name of the files, such as "its logs".
    pub part: &'static str,
    /// The ARNs of the objects.
    pub arns: ResourceSet,
}

impl ObjectKeys {
    pub(super) fn new(part: &'static str, arns: ResourceSet) -> Self {
        Self { part, arns }
    }
}

fn under(destination: &Destination, folder: &str) -> ResourceSet {
    destination.object_arn(folder).into()
}

fn day(set: ResourceSet, sign: &str) -> ResourceSet {
    set.month(sign).text(sign).some(Letters::Digit, 2, "DD")
}

/// The test file that AWS writes when a load balancer's log is turned on.
pub(super) fn test_file(log: LogType, destination: &Destination) -> ObjectKeys {
    let key = format!("{}{}", destination.load_balancer_folder(), log.test_file());
    ObjectKeys::new("its test file", under(destination, &key))
}

/// The files of a load balancer's log.
pub(super) fn load_balancer_logs(log: LogType, log_source: &LogSource, destination: &Destination) -> ObjectKeys {
    let folder = format!("{}{}/", destination.load_balancer_logs(), destination.region);
    let names = day(under(destination, &folder), "/").text("/");
    let names = match log {
        LogType::Access => names,
        LogType::Connection => names.text("conn_log").some(Letters::OneOf(SIGNS), 1, "."),
        LogType::HealthCheck => names.text("health_check_log").some(Letters::OneOf(SIGNS), 1, "."),
    };
    ObjectKeys::new("its logs", balancer_file(names, log_source, destination).text(".log.gz"))
}

/// The files of a Classic Load Balancer's log. They are not compressed
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/access-log-collection.html>).
pub(super) fn classic_logs(log_source: &LogSource, destination: &Destination) -> ObjectKeys {
    let folder = format!("{}{}/", destination.load_balancer_logs(), destination.region);
    let names = day(under(destination, &folder), "/").text("/");
    ObjectKeys::new("its logs", balancer_file(names, log_source, destination).text(".log"))
}

/// Adds the part of a file's name that begins with the account. Without a known load balancer ID, the rest is a
/// wildcard.
fn balancer_file(names: ResourceSet, log_source: &LogSource, destination: &Destination) -> ResourceSet {
    let Destination { region, source_account, .. } = destination;
    let names = names.text(format!("{source_account}_elasticloadbalancing_{region}_"));
    let id = log_source.arn.parse::<Arn>().ok().and_then(|arn| {
        let id = arn.resource.strip_prefix("loadbalancer/")?;
        Some(id.replace('/', "."))
    });
    let names = match id {
        Some(id) => names.text(id).text("_"),
        None => names,
    };
    names.many(Letters::Name, "*")
}

/// The files of an access log.
pub(super) fn access_logs(log_source: &LogSource, destination: &Destination) -> ObjectKeys {
    let folder = under(destination, &s3_access::folder(&log_source.name, destination));
    let folder = match destination.key_format {
        KeyFormat::Simple => folder,
        KeyFormat::Partitioned(_) => day(folder, "/").text("/"),
    };
    let dated = day(folder, "-").text("-");
    let time = ["HH", "MM", "SS"].into_iter().fold(dated, |set, part| set.some(Letters::Digit, 2, part).text("-"));
    ObjectKeys::new("its logs", time.many(Letters::Word, "*"))
}

/// The files of an inventory's reports.
pub(super) fn reports(
    inventory: &InventoryRequest,
    log_source: &LogSource,
    destination: &Destination,
) -> Vec<ObjectKeys> {
    let folder = format!("{}{}/{}/", destination.prefix.folder(), log_source.name, inventory.id);
    let of_report = |name: &str| {
        let day = day(under(destination, &folder), "-").text("T");
        let time = day.some(Letters::Digit, 2, "HH").text("-").some(Letters::Digit, 2, "MM").text("Z/");
        time.text(name)
    };
    let end = match inventory.format() {
        InventoryFormat::Csv => ".csv.gz",
        InventoryFormat::Orc => ".orc",
        InventoryFormat::Parquet => ".parquet",
    };
    let hive = day(under(destination, &format!("{folder}hive/dt=")), "-").text("-");
    let hive = hive.some(Letters::Digit, 2, "HH").text("-").some(Letters::Digit, 2, "MM").text("/symlink.txt");
    vec![
        ObjectKeys::new(
            "its reports' data",
            under(destination, &format!("{folder}data/")).many(Letters::Name, "*").text(end),
        ),
        ObjectKeys::new("its manifests", of_report("manifest.json")),
        ObjectKeys::new("its manifests' checksums", of_report("manifest.checksum")),
        ObjectKeys::new("its links for Hive", hive),
    ]
}
