//! How the keys of delivered logs are built: enough to find a source's newest without listing the whole bucket.
//!
//! Load balancers: <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html>,
//! `load-balancer-connection-logs.html`, `load-balancer-health-check-logs.html` and
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html>; S3 access logs:
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html>; Inventory:
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html>.

use crate::model::{Arn, KeyFormat, LogType};

use super::{Place, s3_access};

/// Where a source's logs lie.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Layout {
    /// In a folder for each day, `FOLDERyyyy/mm/dd/`.
    Daily {
        /// What stands before the day.
        folder: String,
        /// The file's name begins so, as far as it is known.
        begins: String,
        /// And contains this.
        contains: String,
    },
    /// Without folders, each key beginning with `PREFIXyyyy-mm-dd-`; whose log it is, only its records say.
    Dated {
        /// What stands before the date.
        prefix: String,
    },
    /// A folder for each report, called by its time, with a manifest in it.
    Reports {
        /// What stands before the time.
        folder: String,
    },
}

impl Layout {
    /// One log of a load balancer.
    ///
    /// The files of connection logs begin with `conn_log`; the sign behind it is `.` in the documentation and `_` in the field
    /// (<https://github.com/grafana/lambda-promtail/issues/23>), so that it is left open.
    pub fn of_load_balancer(log: LogType, arn: &Arn, place: &Place) -> Self {
        let id = arn.resource.trim_start_matches("loadbalancer/").replace('/', ".");
        let own = format!("{}_elasticloadbalancing_{}_{id}_", place.source_account, place.region);
        let begins = match log {
            LogType::Access => own.clone(),
            LogType::Connection => "conn_log".to_owned(),
            LogType::HealthCheck => "health_check_log".to_owned(),
        };
        let folder = format!("{}elasticloadbalancing/{}/", place.load_balancer_folder(), place.region);
        Self::Daily { folder, begins, contains: own }
    }

    /// What every key begins with.
    pub fn folder(&self) -> &str {
        match self {
            Self::Daily { folder, .. } | Self::Reports { folder } => folder,
            Self::Dated { prefix } => prefix,
        }
    }

    /// The access log of a bucket.
    pub fn of_access_log(source: &str, place: &Place) -> Self {
        match place.key_format {
            KeyFormat::Simple => Self::Dated { prefix: place.prefix.to_string() },
            KeyFormat::Partitioned(_) => {
                Self::Daily { folder: s3_access::folder(source, place), begins: String::new(), contains: String::new() }
            }
        }
    }

    /// An inventory of a bucket.
    pub fn of_inventory(source: &str, id: &str, place: &Place) -> Self {
        Self::Reports { folder: format!("{}{source}/{id}/", place.prefix.folder()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{PartitionDate, Prefix, Producer};

    fn place(prefix: &str, key_format: KeyFormat) -> Place {
        Place {
            partition: crate::model::Partition::Aws,
            bucket: "acme-logs".parse().unwrap(),
            prefix: Prefix::parse(Producer::S3Access, prefix).unwrap(),
            owner: "111122223333".parse().unwrap(),
            region: "us-east-1".parse().unwrap(),
            source_account: "111122223333".parse().unwrap(),
            key_format,
        }
    }

    #[test]
    fn a_load_balancers_files_are_known_by_their_name() {
        let arn: Arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/web/50dc6c495c0c9188"
            .parse()
            .unwrap();
        let own = "111122223333_elasticloadbalancing_us-east-1_app.web.50dc6c495c0c9188_";
        let folder = "team/AWSLogs/111122223333/elasticloadbalancing/us-east-1/";
        for (log, begins) in
            [(LogType::Access, own), (LogType::Connection, "conn_log"), (LogType::HealthCheck, "health_check_log")]
        {
            let layout = Layout::of_load_balancer(log, &arn, &place("team", KeyFormat::Simple));
            let expected =
                Layout::Daily { folder: folder.to_owned(), begins: begins.to_owned(), contains: own.to_owned() };
            assert_eq!(layout, expected);
        }
    }

    #[test]
    fn partitioned_keys_name_their_source_and_simple_ones_do_not() {
        let partitioned = KeyFormat::Partitioned(PartitionDate::Event);
        let Layout::Daily { folder, .. } = Layout::of_access_log("app-data", &place("s3/", partitioned)) else {
            panic!("not daily")
        };
        assert_eq!(folder, "s3/111122223333/us-east-1/app-data/");
        let simple = Layout::of_access_log("app-data", &place("s3", KeyFormat::Simple));
        assert_eq!(simple, Layout::Dated { prefix: "s3".to_owned() });
    }

    #[test]
    fn a_report_lies_under_source_and_id() {
        let layout = Layout::of_inventory("app-data", "daily", &place("inv", KeyFormat::Simple));
        assert_eq!(layout, Layout::Reports { folder: "inv/app-data/daily/".to_owned() });
    }
}
