//! S3 server access logs, delivered as hours pass.
//!
//! S3 User Guide, "Enabling Amazon S3 server access logging" and its troubleshooting page. Missing logs cause no error.

use std::time::SystemTime;

use crate::account::{canonical_id, operator_arn};
use crate::delivery::Arrival;
use crate::delivery::sealing::seal;
use crate::delivery::sender::Sender;
use crate::policy::Verdict;
use crate::s3::bucket::{Bucket, Object};
use crate::s3::{acl, object};
use crate::sandbox::Sandbox;
use crate::world::{World, clock};

/// Delivers one log object for every bucket with access logging.
pub async fn deliver(sandbox: &Sandbox, time: SystemTime) {
    let sources: Vec<Bucket> =
        sandbox.world().buckets.values().filter(|bucket| bucket.settings.contains_key("logging")).cloned().collect();
    for source in sources {
        let Some((target, key)) = destination(&source, time, sandbox.world().number()) else {
            continue;
        };
        let facts = arrives(&sandbox.world(), &source, &target, &key);
        if let Some(facts) = facts {
            let _ = object::write(sandbox, &target, &key, record(&source, time).as_bytes(), facts.at(time)).await;
        }
    }
}

/// Returns the logs that would arrive now.
pub fn arrivals(world: &World) -> Vec<Arrival> {
    let logged = world.buckets.values().filter_map(|source| {
        let (bucket, key) = destination(source, SystemTime::now(), 0)?;
        let facts = arrives(world, source, &bucket, &key)?;
        Some(Arrival { source: source.name.clone(), log: "logging".to_owned(), bucket, readable: facts.readable })
    });
    logged.collect()
}

/// Returns one record (S3 User Guide, "Amazon S3 server access log format").
fn record(source: &Bucket, time: SystemTime) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let [year, month, day, hour, minute, second] = clock(time);
    let month = month.parse().ok().and_then(|month: usize| MONTHS.get(month.checked_sub(1)?)).unwrap_or(&"Jan");
    let (owner, bucket, region) = (canonical_id(&source.account), &source.name, &source.region);
    format!(
        "{owner} {bucket} [{day}/{month}/{year}:{hour}:{minute}:{second} +0000] 203.0.113.10 {requester} 3E57427F3EXAMPLE REST.GET.OBJECT readme.txt \"GET /readme.txt HTTP/1.1\" 200 - 6 6 7 6 \"-\" \"curl/8.5.0\" - s9lzHYrFp76ZVxRcpX9EXAMPLE= SigV4 TLS_AES_128_GCM_SHA256 AuthHeader {bucket}.s3.{region}.amazonaws.com TLSv1.3 - - {region}\n",
        requester = operator_arn(&source.account),
    )
}

/// Returns the target bucket and the key, simple or partitioned (`TargetObjectKeyFormat`).
///
/// S3 API, `PartitionedPrefix`: with `EventTime`, the default, "the hour, minutes and seconds are set to 00 in the
/// key".
fn destination(source: &Bucket, time: SystemTime, number: u64) -> Option<(String, String)> {
    let logging = source.setting("logging")?;
    let enabled = logging.child("LoggingEnabled")?;
    let target = enabled.text_at(&["TargetBucket"])?.to_owned();
    let prefix = enabled.child("TargetPrefix").map(|node| node.text.clone()).unwrap_or_default();
    let [year, month, day, hour, minute, second] = clock(time);
    let (folder, clock) = match enabled.at(&["TargetObjectKeyFormat", "PartitionedPrefix"]) {
        Some(partitioned) => {
            let by_delivery = partitioned.text_at(&["PartitionDateSource"]) == Some("DeliveryTime");
            let clock = if by_delivery { format!("{hour}-{minute}-{second}") } else { "00-00-00".to_owned() };
            (format!("{}/{}/{}/{year}/{month}/{day}/", source.account, source.region, source.name), clock)
        }
        None => (String::new(), format!("{hour}-{minute}-{second}")),
    };
    Some((target, format!("{prefix}{folder}{year}-{month}-{day}-{clock}-{number:016X}")))
}

/// Checks the Region and account, Object Lock, Requester Pays, the policy or the ACL, then the encryption.
///
/// "Permissions for log delivery": the log delivery group's grants apply if ACLs are enabled. A Deny in the policy
/// still applies.
fn arrives(world: &World, source: &Bucket, target: &str, key: &str) -> Option<Object> {
    let bucket = world.buckets.get(target)?;
    let sender = Sender {
        principal: "logging.s3.amazonaws.com".to_owned(),
        account: source.account.clone(),
        region: source.region.clone(),
        source: Some(source.arn()),
    };
    let allowed = bucket.account == source.account
        && bucket.region == source.region
        && !bucket.object_lock()
        && !bucket.requester_pays()
        && match sender.put(bucket, key, &[]) {
            Verdict::Allow => true,
            Verdict::ImplicitDeny => acl::allows_logs(bucket),
            Verdict::ExplicitDeny => false,
        };
    allowed.then(|| seal(world, bucket, &bucket.encryption, &sender, key))?.object(&sender.principal, "text/plain")
}
