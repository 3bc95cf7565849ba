//! `CloudWatch` vended logs. This module only decides whether they arrive, because AWS doesn't document their file
//! names.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html>: the principal, its ACL, the
//! source ARN of a delivery source, and the folder of the account.

use crate::delivery::Arrival;
use crate::delivery::attach::{OWNER_CONTROL, folder};
use crate::delivery::sealing::seal;
use crate::delivery::sender::Sender;
use crate::logs::DeliverySeed;
use crate::world::World;

/// Returns the logs that would arrive now.
pub fn arrivals(world: &World) -> Vec<Arrival> {
    world.deliveries.iter().filter_map(|delivery| arrival(world, delivery)).collect()
}

fn arrival(world: &World, delivery: &DeliverySeed) -> Option<Arrival> {
    let DeliverySeed { account, region, name, .. } = delivery;
    let place = delivery.destination.as_deref()?.rsplit(':').next()?;
    let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
    let bucket = world.buckets.get(bucket)?;
    let sender = Sender {
        principal: "delivery.logs.amazonaws.com".to_owned(),
        account: account.clone(),
        region: region.clone(),
        source: Some(format!("arn:aws:logs:{region}:{account}:delivery-source:{name}")),
    };
    let key = format!("{}AWSLogs/{account}/elasticloadbalancing/{region}/log.gz", folder(prefix));
    let allowed = !bucket.object_lock() && sender.may_put(bucket, &key, OWNER_CONTROL);
    let object = allowed.then(|| seal(world, bucket, &bucket.encryption, &sender, &key))?;
    let object = object.object(&sender.principal, "application/octet-stream")?;
    Some(Arrival {
        source: name.clone(),
        log: "vended".to_owned(),
        bucket: bucket.name.clone(),
        readable: object.readable,
    })
}
