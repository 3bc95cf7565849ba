//! S3 server access logs that arrive when hours pass.
//!
//! S3 User Guide, "Enabling Amazon S3 server access logging" and its troubleshooting page; nothing tells when none arrives.

use crate::delivery::sealing::seal;
use crate::delivery::sender::Sender;
use crate::s3::bucket::{Bucket, Object};
use crate::s3::object;
use crate::sandbox::Sandbox;
use crate::world::{World, clock};

/// Delivers one log object for every bucket whose access is logged.
pub async fn deliver(sandbox: &Sandbox) {
    let sources: Vec<Bucket> =
        sandbox.world().buckets.values().filter(|bucket| bucket.settings.contains_key("logging")).cloned().collect();
    for source in sources {
        let Some((target, key)) = destination(&source, sandbox.world().number()) else {
            continue;
        };
        let facts = arrives(&sandbox.world(), &source, &target, &key);
        if let Some(facts) = facts {
            let body = format!("{} {} [{}] 203.0.113.10 - GET - 200\n", source.account, source.name, clock().join("-"));
            object::write(sandbox, &target, &key, body.as_bytes(), facts).await;
        }
    }
}

/// The target bucket and the key, simple or partitioned (`TargetObjectKeyFormat`).
fn destination(source: &Bucket, number: u64) -> Option<(String, String)> {
    let logging = source.setting("logging")?;
    let enabled = logging.child("LoggingEnabled")?;
    let target = enabled.text_at(&["TargetBucket"])?.to_owned();
    let prefix = enabled.child("TargetPrefix").map(|node| node.text.clone()).unwrap_or_default();
    let [year, month, day, hour, minute, second] = clock();
    let folder = if enabled.at(&["TargetObjectKeyFormat", "PartitionedPrefix"]).is_some() {
        format!("{}/{}/{}/{year}/{month}/{day}/", source.account, source.region, source.name)
    } else {
        String::new()
    };
    Some((target, format!("{prefix}{folder}{year}-{month}-{day}-{hour}-{minute}-{second}-{number:016X}")))
}

/// Same Region and account, no Object Lock, no Requester Pays, the policy, then the encryption.
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
        && sender.may_put(bucket, key, &[]);
    allowed.then(|| seal(world, bucket, &bucket.encryption, &sender, key))?.object(&sender.principal, "text/plain")
}
