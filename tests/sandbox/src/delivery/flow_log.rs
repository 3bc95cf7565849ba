//! Flow logs, delivered as hours pass.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3.html>. A missing log causes no error, but the flow
//! log's status shows it.

use std::time::SystemTime;

use crate::delivery::Arrival;
use crate::delivery::attach::OWNER_CONTROL;
use crate::delivery::sealing::seal;
use crate::delivery::sender::Sender;
use crate::ec2::flow_log::{FlowLog, Status};
use crate::ec2::request::records;
use crate::s3::bucket::Object;
use crate::s3::object;
use crate::sandbox::Sandbox;
use crate::world::World;

/// Delivers one log object for every flow log whose resource exists, and sets the flow log's status.
pub async fn deliver(sandbox: &Sandbox, time: SystemTime) {
    let active = active(&sandbox.world());
    for flow_log in active {
        let key = flow_log.key(time, sandbox.world().number());
        let facts = facts(&sandbox.world(), &flow_log, &key);
        let status = if facts.is_some() { Status::Success } else { Status::Failed };
        if let Some(facts) = facts {
            let body = records(&flow_log, time);
            let _ = object::write(sandbox, flow_log.place().0, &key, body.as_bytes(), facts.at(time)).await;
        }
        if let Some(flow_log) = sandbox.world().ec2.flow_logs.get_mut(&flow_log.id) {
            flow_log.status = Some(status);
        }
    }
}

/// Returns the logs that would arrive now.
pub fn arrivals(world: &World) -> Vec<Arrival> {
    let arrival = |flow_log: FlowLog| {
        let object = facts(world, &flow_log, &flow_log.key(SystemTime::now(), 0))?;
        let bucket = flow_log.place().0.to_owned();
        Some(Arrival { source: flow_log.resource, log: flow_log.id, bucket, readable: object.readable })
    };
    active(world).into_iter().filter_map(arrival).collect()
}

fn active(world: &World) -> Vec<FlowLog> {
    let exists = |flow_log: &&FlowLog| world.ec2.networks.contains_key(&flow_log.resource);
    world.ec2.flow_logs.values().filter(exists).cloned().collect()
}

/// Returns the object as delivered, or `None` if it does not arrive. The bucket can be in any Region, because no page
/// restricts it.
fn facts(world: &World, flow_log: &FlowLog, key: &str) -> Option<Object> {
    let bucket = world.buckets.get(flow_log.place().0).filter(|bucket| !bucket.object_lock())?;
    let sender = Sender::vended(&flow_log.account, &flow_log.region);
    let welcome = sender.may_read_acl(bucket) && sender.may_put(bucket, key, OWNER_CONTROL);
    welcome
        .then(|| seal(world, bucket, &bucket.encryption, &sender, key))?
        .object(&sender.principal, "application/octet-stream")
}
