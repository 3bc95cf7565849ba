//! A big account: hundreds of load balancers in several Regions and a thousand buckets, planted in no time.
//!
//! What each of them is follows from its number, so that a test can say how many of which there are.

use serde_json::json;

use crate::account::ACCOUNT;
use crate::arrange::{BucketSeed, KeySeed, LoadBalancerSeed};
use crate::s3::bucket::Encryption;
use crate::sandbox::Sandbox;

/// A crowd to plant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crowd {
    /// Whose it is.
    pub account: String,
    /// Its Regions; things are dealt out to them in turn.
    pub regions: Vec<String>,
    /// How many load balancers: `crowd-lb-0000` and so on, every other one an NLB with a TLS listener.
    pub balancers: usize,
    /// How many source buckets: `crowd-data-0000` and so on.
    pub buckets: usize,
}

impl Default for Crowd {
    fn default() -> Self {
        let regions = ["us-east-1", "us-west-2", "eu-west-1", "ap-northeast-1"];
        Self {
            account: ACCOUNT.to_owned(),
            regions: regions.map(str::to_owned).to_vec(),
            balancers: 300,
            buckets: 1000,
        }
    }
}

/// What becomes of the logs of a thing of the crowd.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logs {
    /// They are not turned on.
    Off,
    /// They arrive.
    Arrive,
    /// They are turned on and do not arrive: the destination has a customer key that lets no log service in.
    Dead,
}

impl Logs {
    /// What becomes of those of the thing of that number.
    #[must_use]
    pub fn of(number: usize) -> Self {
        match (number / 2) % 3 {
            0 => Self::Off,
            1 => Self::Arrive,
            _ => Self::Dead,
        }
    }
}

/// The destination of a Region, such as `crowd-logs-us-east-1`, or the one where logs die, `crowd-dead-us-east-1`.
#[must_use]
pub fn destination(region: &str, logs: Logs) -> String {
    format!("crowd-{}-{region}", if logs == Logs::Dead { "dead" } else { "logs" })
}

/// A policy that lets every log service write for that account.
fn policy(bucket: &str, account: &str) -> String {
    let all = format!("arn:aws:s3:::{bucket}/*");
    let put = |services: &[&str]| {
        let named: Vec<String> = services.iter().map(|name| format!("{name}.amazonaws.com")).collect();
        json!({ "Effect": "Allow", "Principal": { "Service": named }, "Action": "s3:PutObject", "Resource": all })
    };
    let mut of_sources = put(&["logging.s3", "s3", "delivery.logs"]);
    if let Some(fields) = of_sources.as_object_mut() {
        fields.insert("Condition".to_owned(), json!({ "StringEquals": { "aws:SourceAccount": account } }));
    }
    let acl = json!({
        "Effect": "Allow", "Principal": { "Service": "delivery.logs.amazonaws.com" }, "Action": "s3:GetBucketAcl",
        "Resource": format!("arn:aws:s3:::{bucket}"), "Condition": { "StringEquals": { "aws:SourceAccount": account } },
    });
    let statements = [put(&["logdelivery.elasticloadbalancing"]), of_sources, acl];
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

fn logging(target: &str) -> String {
    format!(
        "<BucketLoggingStatus xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LoggingEnabled><TargetBucket>{target}</TargetBucket><TargetPrefix>s3/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>"
    )
}

fn inventory(target: &str) -> String {
    format!(
        "<InventoryConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Id>crowd</Id><IsEnabled>true</IsEnabled><Destination><S3BucketDestination><Bucket>arn:aws:s3:::{target}</Bucket><Format>CSV</Format><Prefix>inventory</Prefix></S3BucketDestination></Destination><Schedule><Frequency>Daily</Frequency></Schedule><IncludedObjectVersions>Current</IncludedObjectVersions></InventoryConfiguration>"
    )
}

/// The source bucket of that number: even ones log their access, odd ones have an inventory, where logs are on.
fn source(crowd: &Crowd, number: usize, region: &str) -> BucketSeed {
    let seed = BucketSeed::new(&format!("crowd-data-{number:04}")).of(&crowd.account).within(region);
    let logs = Logs::of(number);
    let target = destination(region, logs);
    match (logs, number % 2) {
        (Logs::Off, _) => seed,
        (_, 0) => seed.setting("logging", &logging(&target)),
        (_, _) => {
            let inventories = [("crowd".to_owned(), inventory(&target))].into_iter().collect();
            BucketSeed { inventories, ..seed }
        }
    }
}

/// The load balancer of that number.
fn balancer(crowd: &Crowd, number: usize, region: &str) -> LoadBalancerSeed {
    let name = format!("crowd-lb-{number:04}");
    let seed = match number % 2 {
        0 => LoadBalancerSeed::application(&name),
        _ => LoadBalancerSeed::network(&name, "TLS"),
    };
    let seed = seed.of(&crowd.account).within(region);
    match Logs::of(number) {
        Logs::Off => seed,
        logs @ (Logs::Arrive | Logs::Dead) => seed.logging("access_logs", &destination(region, logs), ""),
    }
}

impl Sandbox {
    /// Plants a crowd beside what is there; the ARNs of its load balancers come back, by their numbers.
    pub async fn plant_crowd(&self, crowd: &Crowd) -> Vec<String> {
        for region in &crowd.regions {
            let key = KeySeed { account: crowd.account.clone(), region: region.clone(), ..KeySeed::new() };
            let key = self.put_key(key).await;
            for (logs, encryption) in
                [(Logs::Arrive, Encryption::of_new_bucket()), (Logs::Dead, Encryption::kms(Some(&key)))]
            {
                let name = destination(region, logs);
                let seed = BucketSeed::new(&name).of(&crowd.account).within(region).encrypted(encryption);
                self.put_bucket(seed.policy(&policy(&name, &crowd.account))).await;
            }
        }
        let dealt = |count: usize| (0..count).zip(crowd.regions.iter().cycle());
        for (number, region) in dealt(crowd.buckets) {
            self.put_bucket(source(crowd, number, region)).await;
        }
        let balancers = dealt(crowd.balancers).map(|(number, region)| balancer(crowd, number, region)).collect();
        self.put_load_balancers(balancers).await
    }
}
