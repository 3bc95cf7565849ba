//! The key layout of delivered logs. With the layout, logbucket finds a source's newest log without listing the whole
//! bucket, and tells the service's logs from other objects.
//!
//! Load balancers: <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html>,
//! `load-balancer-connection-logs.html`, `load-balancer-health-check-logs.html` and
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html>; S3 access logs:
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html>; Inventory:
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html>.

use crate::model::{Arn, Moment};
use crate::producer::{FlowKeys, KeyFormat, LogType};

use super::{Attachment, Destination, Log, Source, s3_access, vpc_flow};

const MINUTE: i64 = 60;
const DAY: i64 = 24 * 60 * MINUTE;

/// The tolerance for clock differences, in seconds. Apart from such a difference, an object can't be older than the
/// time in its name.
const SKEW: i64 = 15 * MINUTE;

/// The place of a source's logs in the bucket.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Layout {
    /// A folder for each day, such as `FOLDERyyyy/mm/dd/`.
    Daily {
        /// The part before the day.
        folder: String,
        days: Days,
        /// The form of file names.
        names: FileName,
    },
    /// No folders: each key starts with `PREFIXyyyy-mm-dd-`. Only the records in a log show its source.
    Dated {
        /// The part before the date.
        prefix: String,
        /// The source of the records.
        source: String,
    },
    /// A folder for each report. It is named after the report's time and contains a manifest.
    Reports {
        /// The part before the time.
        folder: String,
        /// The source bucket in the manifest.
        source: String,
        /// The destination's ARN in the manifest.
        destination: String,
    },
}

/// The form of the folders of days.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Days {
    /// `yyyy/mm/dd/`
    Plain,
    /// The same, or `year=yyyy/month=mm/day=dd/`. Each may contain a folder for each hour.
    Flow(FlowKeys),
}

impl Days {
    /// Returns the folder of the day that was `ago` days before a moment, with `/` at the end.
    pub fn folder(self, now: Moment, ago: i64) -> String {
        let plain = now.folder_of_days_ago(ago);
        match self {
            Self::Flow(FlowKeys { hive: true, .. }) => {
                let named = ["year", "month", "day"].into_iter().zip(plain.split('/'));
                named.fold(String::new(), |all, (name, value)| all + name + "=" + value + "/")
            }
            Self::Flow(_) | Self::Plain => format!("{plain}/"),
        }
    }

    /// Returns the day of a folder below [`Layout::folder`].
    fn day_of_folder(self, folder: &str) -> Option<Moment> {
        let values = |folder: &str| -> Option<String> {
            let Self::Flow(FlowKeys { hive: true, .. }) = self else { return Some(folder.to_owned()) };
            let names = ["year=", "month=", "day=", "hour="].into_iter().zip(folder.split('/'));
            let values: Option<Vec<&str>> = names.map(|(name, part)| part.strip_prefix(name)).collect();
            Some(values?.join("/"))
        };
        let folder = values(folder)?;
        let is_hourly = matches!(self, Self::Flow(FlowKeys { hourly: true, .. }));
        let day =
            if is_hourly { folder.rsplit_once('/').filter(|(_, hour)| hour.len() == 2)?.0 } else { folder.as_str() };
        Moment::from_digits(&day.replacen('/', "", 2)).filter(|_| day.len() == "2026/11/24".len())
    }
}

/// The form of file names in a day's folder.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum FileName {
    /// `[KIND]ACCOUNT_elasticloadbalancing_REGION_ID_yyyymmddThhmmZ_[ADDRESS_]RANDOM.log[.gz]`
    LoadBalancer {
        /// The possible starts of a file's name. The character after the log's type is `.` in the documentation and `_`
        /// in the field (<https://github.com/grafana/lambda-promtail/issues/23>).
        kinds: &'static [&'static str],
        /// The part from the account to the load balancer's ID. If only the load balancer's name is known, the part
        /// ends with the name and `.`.
        own: String,
        /// The number of parts between the time and the end.
        parts: usize,
        /// The end of the name.
        end: &'static str,
    },
    /// `yyyy-mm-dd-hh-mm-ss-UNIQUE`
    AccessLog {
        /// The source of the records.
        source: String,
    },
    /// `ACCOUNT_vpcflowlogs_REGION_ID_yyyymmddThhmmZ_HASH.log.gz`
    FlowLog {
        /// The part from the account to the flow log's ID.
        own: String,
        /// Whether the files are in folders of hours.
        hourly: bool,
        /// The end of the name.
        end: &'static str,
    },
}

/// The number of parts after the time in the name of an ALB's or CLB's file: the node's address and a random text.
const ALB_PARTS: usize = 2;

/// The end of a compressed file's name.
const COMPRESSED: &str = ".log.gz";

/// The end of the name of a Classic Load Balancer's file, which is not compressed.
const PLAIN: &str = ".log";

/// The name of an NLB's file has no address.
const NLB_PARTS: usize = 1;

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Returns whether the text is an address with leading zeros, as in AWS's file names: `172.160.001.192`. The standard
/// library does not parse such addresses.
fn is_padded_address(text: &str) -> bool {
    let is_part = |part: &str| part.len() <= 3 && part.parse::<u8>().is_ok();
    text.split('.').count() == 4 && text.split('.').all(is_part)
}

/// Returns the time in `yyyy-mm-dd-hh-mm-ss-UNIQUE`.
fn access_log_time(name: &str) -> Option<Moment> {
    let (stamp, _) = name.rsplit_once('-').filter(|(_, unique)| is_word(unique))?;
    let parts: Vec<&str> = stamp.split('-').collect();
    let widths = parts.iter().map(|part| part.len());
    widths.eq([4, 2, 2, 2, 2, 2]).then_some(())?;
    Moment::from_digits(&parts.concat())
}

impl FileName {
    /// Returns the known starts of names.
    pub fn beginnings(&self) -> Vec<String> {
        match self {
            Self::LoadBalancer { kinds, own, .. } => kinds.iter().map(|kind| format!("{kind}{own}")).collect(),
            Self::AccessLog { .. } | Self::FlowLog { hourly: true, .. } => vec![String::new()],
            Self::FlowLog { own, .. } => vec![format!("{own}_")],
        }
    }

    /// Returns whether names with the same start are ordered by time.
    pub fn are_in_order(&self) -> bool {
        match self {
            Self::LoadBalancer { own, .. } => !own.ends_with('.'),
            Self::FlowLog { hourly, .. } => !hourly,
            Self::AccessLog { .. } => false,
        }
    }

    /// Returns the time in a name. `None` if the service could not have chosen the name.
    fn time(&self, name: &str) -> Option<Moment> {
        match self {
            Self::AccessLog { .. } => access_log_time(name),
            Self::FlowLog { own, end, .. } => {
                let rest = name.strip_prefix(own.as_str())?.strip_prefix('_')?.strip_suffix(end)?;
                let (stamp, _) = rest.split_once("Z_").filter(|(_, hash)| is_word(hash))?;
                Moment::from_digits(&stamp.replacen('T', "", 1))
            }
            Self::LoadBalancer { kinds, own, parts, end } => {
                let rest = kinds.iter().find_map(|kind| name.strip_prefix(kind)?.strip_prefix(own.as_str()))?;
                let rest = if own.ends_with('.') {
                    rest.split_once('_').filter(|(id, _)| is_word(id))?.1
                } else {
                    rest.strip_prefix('_')?
                };
                let mut words = rest.strip_suffix(end)?.split('_');
                let stamp = words.next()?.strip_suffix('Z')?;
                let words: Vec<&str> = words.collect();
                let (random, address) = words.split_last()?;
                let is_address = |text: &&str| text.parse::<std::net::IpAddr>().is_ok() || is_padded_address(text);
                let fits = words.len() == *parts && is_word(random) && address.iter().all(is_address);
                fits.then(|| Moment::from_digits(&stamp.replacen('T', "", 1))).flatten()
            }
        }
    }

    /// Returns the maximum delay in seconds between the time in a file's name and the write.
    fn latest(&self) -> i64 {
        match self {
            Self::FlowLog { .. } | Self::LoadBalancer { .. } => DAY,
            // With event time, the name contains only the day, and delivery is best effort.
            Self::AccessLog { .. } => 3 * DAY,
        }
    }
}

impl Attachment {
    /// Returns the layout of this log's objects at a destination.
    pub fn layout(&self, destination: &Destination) -> Layout {
        match (&self.log, &self.source) {
            (Log::LoadBalancer(log), Source::LoadBalancer(balancer)) => {
                Layout::for_load_balancer(*log, &balancer.arn, destination)
            }
            (Log::Inventory(id), source) => {
                Layout::for_inventory(source.name(), id.as_deref().unwrap_or_default(), destination)
            }
            (Log::Flow(id), _) => Layout::for_flow_log(id.as_deref().unwrap_or_default(), destination),
            (Log::LoadBalancer(_) | Log::Requests, source) => Layout::for_access_log(source.name(), destination),
        }
    }
}

impl Layout {
    /// Returns the layout of a load balancer's log.
    pub fn for_load_balancer(log: LogType, arn: &Arn, destination: &Destination) -> Self {
        let id = arn.resource.trim_start_matches("loadbalancer/").replace('/', ".");
        let (parts, end) = match id.split_once('.') {
            Some(("net", _)) => (NLB_PARTS, COMPRESSED),
            Some(_) => (ALB_PARTS, COMPRESSED),
            // A Classic Load Balancer's ID is its name.
            None => (ALB_PARTS, PLAIN),
        };
        Self::for_balancer_file(log, &id, (parts, end), destination)
    }

    /// Returns the layout of an NLB's log, if only the NLB's name is known.
    pub fn for_named_nlb(name: &str, destination: &Destination) -> Self {
        Self::for_balancer_file(LogType::Access, &format!("net.{name}."), (NLB_PARTS, COMPRESSED), destination)
    }

    fn for_balancer_file(
        log: LogType,
        id: &str,
        (parts, end): (usize, &'static str),
        destination: &Destination,
    ) -> Self {
        let own = format!("{}_elasticloadbalancing_{}_{id}", destination.source_account, destination.region);
        let kinds: &[&str] = match log {
            LogType::Access => &[""],
            LogType::Connection => &["conn_log.", "conn_log_"],
            LogType::HealthCheck => &["health_check_log.", "health_check_log_"],
        };
        let folder = format!("{}{}/", destination.load_balancer_logs(), destination.region);
        Self::Daily { folder, days: Days::Plain, names: FileName::LoadBalancer { kinds, own, parts, end } }
    }

    /// Returns the layout of a bucket's access log.
    pub fn for_access_log(source: &str, destination: &Destination) -> Self {
        let source_name = source.to_owned();
        match destination.key_format {
            KeyFormat::Simple => Self::Dated { prefix: destination.prefix.to_string(), source: source_name },
            KeyFormat::Partitioned(_) => Self::Daily {
                folder: s3_access::folder(source, destination),
                days: Days::Plain,
                names: FileName::AccessLog { source: source_name },
            },
        }
    }

    /// Returns the layout of the flow log with this ID.
    pub fn for_flow_log(id: &str, destination: &Destination) -> Self {
        let keys = destination.flow_keys;
        let own = format!("{}_vpcflowlogs_{}_{id}", destination.source_account, destination.region);
        Self::Daily {
            folder: vpc_flow::folder(destination),
            days: Days::Flow(keys),
            names: FileName::FlowLog { own, hourly: keys.hourly, end: keys.end() },
        }
    }

    /// Returns the layout of a bucket's inventory.
    pub fn for_inventory(source: &str, id: &str, destination: &Destination) -> Self {
        Self::Reports {
            folder: format!("{}{source}/{id}/", destination.prefix.folder()),
            source: source.to_owned(),
            destination: destination.bucket_arn(),
        }
    }

    /// Returns the start of every key.
    pub fn folder(&self) -> &str {
        match self {
            Self::Daily { folder, .. } | Self::Reports { folder, .. } => folder,
            Self::Dated { prefix, .. } => prefix,
        }
    }

    /// Returns whether the service could have written an object with this key at this time. A copy that someone made
    /// later is too new for the time in its key.
    pub fn can_hold(&self, key: &str, written: Moment) -> bool {
        let Some(rest) = key.strip_prefix(self.folder()) else { return false };
        let (time, latest) = match self {
            Self::Dated { .. } => (access_log_time(rest), DAY),
            Self::Daily { names, days, .. } => {
                let Some((folder, name)) = rest.rsplit_once('/') else { return false };
                let day = days.day_of_folder(folder);
                let time = names.time(name).filter(|time| day.is_some_and(|day| day.until(*time).abs() <= 2 * DAY));
                (time, names.latest())
            }
            Self::Reports { .. } => (rest.strip_suffix("/manifest.json").and_then(report_time), 3 * DAY),
        };
        time.is_some_and(|time| (-SKEW..=latest).contains(&time.until(written)))
    }

    /// Returns whether only the content of a log shows its source. The content of most load balancer logs is
    /// compressed, but their names show the source.
    pub fn is_told_by_content(&self) -> bool {
        !matches!(self, Self::Daily { names: FileName::FlowLog { .. } | FileName::LoadBalancer { .. }, .. })
    }

    /// Returns whether an object that starts with this content belongs to the source.
    ///
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html> and `storage-inventory-location.html`.
    pub fn is_told_by(&self, beginning: &str) -> bool {
        match self {
            Self::Daily { names: FileName::FlowLog { .. } | FileName::LoadBalancer { .. }, .. } => true,
            Self::Daily { names: FileName::AccessLog { source }, .. } | Self::Dated { source, .. } => {
                source_of_record(beginning) == Some(source)
            }
            Self::Reports { source, destination, .. } => {
                let text: String = beginning.chars().filter(|c| !c.is_whitespace()).collect();
                let says = |name: &str, value: &str| text.contains(&format!("\"{name}\":\"{value}\""));
                says("sourceBucket", source) && says("destinationBucket", destination)
            }
        }
    }
}

/// Returns the bucket in a record of an S3 access log. A record starts with owner, bucket and time in brackets.
pub(crate) fn source_of_record(record: &str) -> Option<&str> {
    let mut words = record.split_whitespace();
    let (_owner, source, time) = (words.next()?, words.next()?, words.next()?);
    time.starts_with('[').then_some(source)
}

/// Returns the time in the name of a report's folder, `yyyy-mm-ddThh-mmZ`.
fn report_time(folder: &str) -> Option<Moment> {
    let (date, time) = folder.strip_suffix('Z')?.split_once('T')?;
    (date.len() == 10 && time.len() == 5).then_some(())?;
    Moment::from_digits(&format!("{date}{time}").replace('-', ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::producer::{PartitionDate, Prefix, Producer};

    fn destination(prefix: &str, key_format: KeyFormat) -> Destination {
        Destination {
            partition: crate::model::Partition::Aws,
            bucket: "acme-logs".parse().unwrap(),
            prefix: Prefix::parse(Producer::S3Access, prefix).unwrap(),
            owner: "111122223333".parse().unwrap(),
            region: "us-east-1".parse().unwrap(),
            source_account: "111122223333".parse().unwrap(),
            key_format,
            flow_keys: FlowKeys::default(),
        }
    }

    fn at(text: &str) -> Moment {
        Moment::from_digits(text).unwrap()
    }

    fn web(log: LogType) -> Layout {
        let arn: Arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/web/50dc6c495c0c9188"
            .parse()
            .unwrap();
        Layout::for_load_balancer(log, &arn, &destination("team", KeyFormat::Simple))
    }

    #[test]
    fn a_load_balancers_files_are_recognized_by_their_full_name() {
        const DAY: &str = "team/AWSLogs/111122223333/elasticloadbalancing/us-east-1/2026/11/24";
        const OWN: &str = "111122223333_elasticloadbalancing_us-east-1_app.web.50dc6c495c0c9188";
        let fits = |log, name: &str| web(log).can_hold(&format!("{DAY}/{name}"), at("202611242205"));
        let access = format!("{OWN}_20261124T2200Z_203.0.113.7_20sg8hgm.log.gz");
        assert!(fits(LogType::Access, &access));
        for (log, kind) in [(LogType::Connection, "conn_log"), (LogType::HealthCheck, "health_check_log")] {
            assert!(fits(log, &format!("{kind}.{access}")) && fits(log, &format!("{kind}_{access}")), "{kind}");
            assert!(!fits(log, &access) && !fits(LogType::Access, &format!("{kind}_{access}")), "{kind}");
        }
        for name in [
            "x.log.gz",
            &format!("{OWN}_upload.log.gz"),
            &format!("{OWN}_20261124T2200Z_203.0.113.7_20sg8hgm.log"),
            &format!("{OWN}_20261124T2200Z_203.0.113.7.log.gz"),
            &format!("{OWN}_20261124T2200Z_20sg8hgm.log.gz"),
            &format!("{OWN}_20261124T2200Z_somewhere_20sg8hgm.log.gz"),
            &format!("{OWN}_20261124T9900Z_203.0.113.7_20sg8hgm.log.gz"),
            &format!("{OWN}_20261120T2200Z_203.0.113.7_20sg8hgm.log.gz"),
            &format!("{OWN}9_20261124T2200Z_203.0.113.7_20sg8hgm.log.gz"),
            &access.replace("111122223333", "444455556666"),
            &access.replace("us-east-1", "eu-west-1"),
            &access.replace("app.web", "net.web"),
            &format!("deeper/{access}"),
        ] {
            assert!(!fits(LogType::Access, name), "{name}");
        }
        let key = format!("{DAY}/{access}");
        assert!(!web(LogType::Access).can_hold(&key, at("202611242100")), "before its time");
        assert!(!web(LogType::Access).can_hold(&key, at("202611262300")), "a copy of two days later");
    }

    #[test]
    fn a_classic_load_balancers_file_is_uncompressed_and_has_its_name() {
        let arn: Arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/net".parse().unwrap();
        let layout = Layout::for_load_balancer(LogType::Access, &arn, &destination("", KeyFormat::Simple));
        let held = |name: &str| {
            let folder = "AWSLogs/111122223333/elasticloadbalancing/us-east-1/2026/11/24/";
            let key = format!("{folder}111122223333_elasticloadbalancing_us-east-1_{name}");
            layout.can_hold(&key, at("202611242205"))
        };
        assert!(held("net_20261124T2200Z_172.160.001.192_20sg8hgm.log"));
        for name in [
            "net_20261124T2200Z_172.160.001.192_20sg8hgm.log.gz",
            "net_20261124T2200Z_20sg8hgm.log",
            "net_20261124T2200Z_172.160.001.999_20sg8hgm.log",
            "net-2_20261124T2200Z_172.160.001.192_20sg8hgm.log",
            "net.web.0123456789abcdef_20261124T2200Z_172.160.001.192_20sg8hgm.log",
        ] {
            assert!(!held(name), "{name}");
        }
    }

    #[test]
    fn an_nlbs_file_without_an_id_is_recognized_by_its_name_alone() {
        let layout = Layout::for_named_nlb("edge", &destination("", KeyFormat::Simple));
        let key = |id: &str| {
            format!(
                "AWSLogs/111122223333/elasticloadbalancing/us-east-1/2026/11/24/111122223333_elasticloadbalancing_us-east-1_{id}_20261124T2200Z_0123abcd.log.gz"
            )
        };
        assert!(layout.can_hold(&key("net.edge.0123456789abcdef"), at("202611242201")));
        assert!(!layout.can_hold(&key("net.edge-2.0123456789abcdef"), at("202611242201")));
        assert!(!layout.can_hold(&key("app.edge.0123456789abcdef"), at("202611242201")));
    }

    #[test]
    fn an_access_log_is_recognized_by_its_name_and_record() {
        let partitioned =
            Layout::for_access_log("app-data", &destination("s3/", KeyFormat::Partitioned(PartitionDate::Event)));
        assert_eq!(partitioned.folder(), "s3/111122223333/us-east-1/app-data/");
        let simple = Layout::for_access_log("app-data", &destination("s3", KeyFormat::Simple));
        assert_eq!(simple, Layout::Dated { prefix: "s3".to_owned(), source: "app-data".to_owned() });
        let name = "2026-11-24-00-00-00-0123456789ABCDEF";
        let held = |layout: &Layout, key: &str| layout.can_hold(key, at("202611241500"));
        assert!(held(&partitioned, &format!("s3/111122223333/us-east-1/app-data/2026/11/24/{name}")));
        assert!(held(&simple, &format!("s3{name}")));
        for key in
            ["s3", "s3upload.txt", "s32026-11-24-00-00-00-", "s32026-11-24-00-00-0123", "s3/2026-11-24-00-00-00-01"]
        {
            assert!(!held(&simple, key), "{key}");
        }
        let record =
            |bucket: &str| format!("79a5 {bucket} [24/Nov/2026:15:00:00 +0000] 203.0.113.10 - X REST.GET.OBJECT");
        assert!(simple.is_told_by(&record("app-data")) && partitioned.is_told_by(&record("app-data")));
        assert!(!simple.is_told_by(&record("app-images")) && !partitioned.is_told_by("hello app-data world"));
    }

    #[test]
    fn a_report_is_recognized_by_its_folder_and_manifest() {
        let layout = Layout::for_inventory("app-data", "daily", &destination("inv", KeyFormat::Simple));
        assert_eq!(layout.folder(), "inv/app-data/daily/");
        assert!(layout.can_hold("inv/app-data/daily/2026-11-24T01-00Z/manifest.json", at("202611240500")));
        assert!(!layout.can_hold("inv/app-data/daily/2026-11-24/manifest.json", at("202611240500")));
        assert!(!layout.can_hold("inv/app-data/daily/2026-11-01T01-00Z/manifest.json", at("202611240500")));
        let manifest = |source: &str, bucket: &str| {
            format!("{{\n  \"sourceBucket\" : \"{source}\",\n  \"destinationBucket\" : \"arn:aws:s3:::{bucket}\", ")
        };
        assert!(layout.is_told_by(&manifest("app-data", "acme-logs")));
        assert!(!layout.is_told_by(&manifest("app-images", "acme-logs")));
        assert!(!layout.is_told_by(&manifest("app-data", "other-logs")));
        assert!(!layout.is_told_by("{}"));
    }
}
