//! The logs of load balancers, delivered as hours pass.
//!
//! Missing logs cause no error: if a bucket changes after attaching, delivery stops silently.

use std::time::SystemTime;

use crate::delivery::Arrival;
use crate::delivery::attach::{OWNER_CONTROL, application, folder, holds_application, network};
use crate::delivery::sealing::{Sealed, seal};
use crate::delivery::sender::legacy_may_put;
use crate::elb::attributes::{LOGS, destination};
use crate::elb::balancer::{self, Balancer, CLASSIC};
use crate::s3::bucket::Object;
use crate::s3::object;
use crate::sandbox::Sandbox;
use crate::world::{clock, stamp};

pub async fn deliver(sandbox: &Sandbox, time: SystemTime) {
    for balancer in balancer::everywhere(sandbox).await {
        let attributes = sandbox.world().attributes.get(&balancer.arn).cloned().unwrap_or_default();
        for log in LOGS {
            let Some((bucket, prefix)) = destination(&attributes, log) else {
                continue;
            };
            let key = key(&balancer, log, &prefix, time, sandbox.world().number());
            if let Some(facts) = facts(sandbox, &balancer, &bucket, &key) {
                let body = record(&balancer, log, time);
                let _ = object::write(sandbox, &bucket, &key, body.as_bytes(), facts.at(time)).await;
            }
        }
    }
}

/// Returns the logs that would arrive now.
pub async fn arrivals(sandbox: &Sandbox) -> Vec<Arrival> {
    let mut all = Vec::new();
    for balancer in balancer::everywhere(sandbox).await {
        for log in LOGS {
            let attributes = sandbox.world().attributes.get(&balancer.arn).cloned().unwrap_or_default();
            let Some((bucket, prefix)) = destination(&attributes, log) else { continue };
            let key = key(&balancer, log, &prefix, SystemTime::now(), 0);
            let source = balancer.name.clone();
            let facts = facts(sandbox, &balancer, &bucket, &key);
            all.extend(facts.map(|facts| Arrival { source, log: (*log).to_owned(), bucket, readable: facts.readable }));
        }
    }
    all
}

/// Returns the object as delivered, or `None` if it does not arrive.
fn facts(sandbox: &Sandbox, balancer: &Balancer, bucket: &str, key: &str) -> Option<Object> {
    if balancer.kind == "network" {
        of_network(sandbox, balancer, bucket, key)
    } else {
        of_application(sandbox, balancer, bucket, key)
    }
}

/// Returns the object's key. The file name is the load balancer's part, then the time, an address and a random string
/// (ALB user guide, "Access log files").
fn key(balancer: &Balancer, log: &str, prefix: &str, time: SystemTime, number: u64) -> String {
    let [year, month, day, hour, minute, _] = clock(time);
    let id = balancer.arn.split_once("loadbalancer/").map_or("", |(_, id)| id).replace('/', ".");
    let start = match log {
        "connection_logs" => "conn_log_",
        "health_check_logs" => "health_check_log_",
        _ => "",
    };
    let address = if balancer.kind == "network" { "" } else { "203.0.113.7_" };
    // Classic Load Balancers user guide, "Access log files": its files are not compressed.
    let end = if balancer.kind == CLASSIC { "log" } else { "log.gz" };
    format!(
        "{}AWSLogs/{account}/elasticloadbalancing/{region}/{year}/{month}/{day}/{start}{account}_elasticloadbalancing_{region}_{id}_{year}{month}{day}T{hour}{minute}Z_{address}{number:08x}.{end}",
        folder(prefix),
        account = balancer.account,
        region = balancer.region,
    )
}

/// Returns one record of a kind of log (user guides: "Access log entries" of both types, and "Connection log entries").
///
/// A health check record has only the fields that identify the check and its result.
fn record(balancer: &Balancer, log: &str, time: SystemTime) -> String {
    let time = stamp(time).replace('Z', "");
    let id = balancer.arn.split_once("loadbalancer/").map_or("", |(_, id)| id);
    match (balancer.kind.as_str(), log) {
        ("network", _) => format!(
            "tls 2.0 {time} {id} 0123456789abcdef 203.0.113.10:51341 10.0.0.7:443 5 2 98 246 - - - ECDHE-RSA-AES128-GCM-SHA256 tlsv12 - {} - - - {time}\n",
            balancer.dns_name
        ),
        (CLASSIC, _) => format!(
            "{time}.000000Z {id} 203.0.113.10:2817 10.0.0.1:80 0.000073 0.001048 0.000057 200 200 0 29 \"GET http://{}:80/ HTTP/1.1\" \"curl/8.5.0\" - -\n",
            balancer.dns_name
        ),
        (_, "connection_logs") => {
            format!("{time}.000000Z 203.0.113.10 36280 443 TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256 4.036 - - - Success -\n")
        }
        (_, "health_check_logs") => format!("https {time}.000000Z {id} 10.0.0.7:443 200 PASS\n"),
        _ => format!(
            "https {time}.000000Z {id} 203.0.113.10:2817 10.0.0.7:80 0.086 0.048 0.037 200 200 0 57 \"GET https://{}:443/ HTTP/1.1\" \"curl/8.5.0\" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 - \"-\" \"-\" \"-\" 1 {time}.000000Z \"forward\" \"-\" \"-\" \"10.0.0.7:80\" \"200\" \"-\" \"-\" -\n",
            balancer.dns_name
        ),
    }
}

fn of_application(sandbox: &Sandbox, balancer: &Balancer, bucket: &str, key: &str) -> Option<Object> {
    let world = sandbox.world();
    let bucket = world.buckets.get(bucket).filter(|bucket| bucket.region == balancer.region)?;
    let sender = application(balancer);
    let welcome = holds_application(bucket)
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
