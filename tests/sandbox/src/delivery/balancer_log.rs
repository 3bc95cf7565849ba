//! The logs of load balancers that arrive when hours pass.
//!
//! Nothing tells anybody when one does not arrive: a bucket that was changed after attaching breaks in silence.

use crate::delivery::attach::{OWNER_CONTROL, application, folder, network, takes_application};
use crate::delivery::sealing::{Sealed, seal};
use crate::delivery::sender::legacy_may_put;
use crate::elb::attributes::{LOGS, destination};
use crate::elb::balancer::{self, Balancer};
use crate::s3::bucket::Object;
use crate::s3::object;
use crate::sandbox::Sandbox;
use crate::world::clock;

/// Delivers the logs of every load balancer.
pub async fn deliver(sandbox: &Sandbox) {
    for balancer in balancer::everywhere(sandbox).await {
        let attributes = sandbox.world().attributes.get(&balancer.arn).cloned().unwrap_or_default();
        for log in LOGS {
            let Some((bucket, prefix)) = destination(&attributes, log) else {
                continue;
            };
            let key = key(&balancer, log, &prefix, sandbox.world().number());
            let facts = if balancer.kind == "network" {
                of_network(sandbox, &balancer, &bucket, &key)
            } else {
                of_application(sandbox, &balancer, log, &bucket, &prefix, &key)
            };
            if let Some(facts) = facts {
                let body = format!("h2 {} app/{} 203.0.113.7:443\n", clock().join("-"), balancer.name);
                object::write(sandbox, &bucket, &key, body.as_bytes(), facts).await;
            }
        }
    }
}

/// ALB user guide, "Access log files": the name of the load balancer's part, then time, address and a random string.
fn key(balancer: &Balancer, log: &str, prefix: &str, number: u64) -> String {
    let [year, month, day, hour, minute, _] = clock();
    let id = balancer.arn.split_once("loadbalancer/").map_or("", |(_, id)| id).replace('/', ".");
    let start = match log {
        "connection_logs" => "conn_log_",
        "health_check_logs" => "health_check_log_",
        _ => "",
    };
    let address = if balancer.kind == "network" { "" } else { "203.0.113.7_" };
    format!(
        "{}AWSLogs/{account}/elasticloadbalancing/{region}/{year}/{month}/{day}/{start}{account}_elasticloadbalancing_{region}_{id}_{year}{month}{day}T{hour}{minute}Z_{address}{number:08x}.log.gz",
        folder(prefix),
        account = balancer.account,
        region = balancer.region,
    )
}

fn of_application(
    sandbox: &Sandbox,
    balancer: &Balancer,
    log: &str,
    bucket: &str,
    prefix: &str,
    key: &str,
) -> Option<Object> {
    let world = sandbox.world();
    let bucket = world.buckets.get(bucket).filter(|bucket| bucket.region == balancer.region)?;
    let sender = application(balancer);
    let welcome = takes_application(bucket, balancer, log, prefix)
        && (sender.may_put(bucket, key, &[]) || legacy_may_put(&balancer.region, bucket, key));
    welcome.then_some(Sealed::Plain)?.object(&sender.principal, "application/octet-stream")
}

/// NLB user guide: logs are "created only if the load balancer has a TLS listener".
fn of_network(sandbox: &Sandbox, balancer: &Balancer, bucket: &str, key: &str) -> Option<Object> {
    let world = sandbox.world();
    let bucket =
        world.buckets.get(bucket).filter(|bucket| bucket.region == balancer.region && !bucket.object_lock())?;
    let sender = network(balancer);
    let tls = balancer.listeners.iter().any(|listener| listener.protocol == "TLS");
    let welcome = tls && sender.may_read_acl(bucket) && sender.may_put(bucket, key, OWNER_CONTROL);
    welcome
        .then(|| seal(&world, bucket, &bucket.encryption, &sender, key))?
        .object(&sender.principal, "application/octet-stream")
}
