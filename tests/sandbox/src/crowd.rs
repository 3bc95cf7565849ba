//! A large account: hundreds of load balancers in several Regions and a thousand buckets, created quickly.
//!
//! Each resource's state depends on its number, so tests can count the resources in each state.

use serde_json::json;

use crate::account::ACCOUNT;
use crate::arrange::{BucketSeed, KeySeed, LoadBalancerSeed};
use crate::s3::bucket::Encryption;
use crate::sandbox::Sandbox;

/// The size of a large account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crowd {
    pub account: String,
    /// Its Regions. Resources are distributed over them in turn.
    pub regions: Vec<String>,
    /// How many load balancers: `crowd-lb-0000` and so on. Every second load balancer is an NLB with a TLS listener.
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

/// What happens to a resource's logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logs {
    /// Not enabled.
    Off,
    Arrive,
    /// Enabled, but the logs don't arrive: the destination's customer managed key allows no log service.
    Dead,
}

impl Logs {
    /// Returns the state for a resource's number.
    #[must_use]
    pub fn of(number: usize) -> Self {
        match (number / 2) % 3 {
            0 => Self::Off,
            1 => Self::Arrive,
            _ => Self::Dead,
        }
    }
}

/// Returns the Region's destination, such as `crowd-logs-us-east-1`, or `crowd-dead-us-east-1` for dead logs.
#[must_use]
pub fn destination(region: &str, logs: Logs) -> String {
    format!("crowd-{}-{region}", if logs == Logs::Dead { "dead" } else { "logs" })
}

/// Returns a policy that allows every log service to write for the account.
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

/// Returns a source bucket. If its logs are on, a bucket with an even number has access logs, and a bucket with an odd
/// number has an inventory.
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
    /// Adds the resources and returns the load balancers' ARNs by number.
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
