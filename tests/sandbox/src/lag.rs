//! Reads that lag behind writes: for a while, a read returns the bucket as it was before the write.
//!
//! "Bucket configurations have an eventual consistency model" (S3 User Guide, "Amazon S3 data consistency model");
//! objects don't. Only reads lag; writes apply at once.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::dispatch::{self, Named};
use crate::ec2::flow_log::place;
use crate::s3;
use crate::s3::address::address;
use crate::s3::bucket::Bucket;
use crate::s3::operation::setting;
use crate::sandbox::Sandbox;
use crate::sts::{form, parameter};
use crate::wire::{Reply, Request};
use crate::world::World;

/// How far reads lag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behind {
    /// This many reads after a write return the old value.
    Reads(usize),
    /// Reads return the old value for this long.
    For(Duration),
}

/// The state of the lag.
#[derive(Debug, Default)]
pub struct Lag {
    behind: Option<Behind>,
    /// The old values, by bucket and setting. An empty setting stands for the bucket itself.
    old: BTreeMap<(String, &'static str), Old>,
}

/// A bucket before a write. `None` if it did not exist.
#[derive(Debug)]
struct Old {
    bucket: Option<Bucket>,
    reads: usize,
    since: Instant,
}

impl Lag {
    pub fn new(behind: Option<Behind>) -> Self {
        Self { behind, old: BTreeMap::new() }
    }

    fn written(&mut self, name: &str, setting: &'static str, before: Option<Bucket>) {
        if self.behind.is_some() {
            let old = Old { bucket: before, reads: 0, since: Instant::now() };
            self.old.insert((name.to_owned(), setting), old);
        }
    }

    /// Counts a read. Returns the old buckets if the read lags.
    fn read(&mut self, name: &str, setting: &'static str) -> Option<BTreeMap<String, Bucket>> {
        let behind = self.behind?;
        // Without the bucket, its settings don't exist either.
        ["", setting].into_iter().find_map(|setting| {
            let old = self.old.get_mut(&(name.to_owned(), setting))?;
            old.reads += 1;
            let lags = match behind {
                Behind::Reads(most) => old.reads <= most,
                Behind::For(time) => old.since.elapsed() < time,
            };
            lags.then(|| old.bucket.iter().map(|bucket| (name.to_owned(), bucket.clone())).collect())
        })
    }
}

/// Answers a request of another service. If AWS changes a bucket policy behind it, reads of the policy may lag, too.
async fn answer_behind(sandbox: &Sandbox, request: &Request, named: &Named) -> Reply {
    let lags = sandbox.lag().behind.is_some() && named.operation == "CreateFlowLogs";
    let form = if lags { form(request) } else { Vec::new() };
    let name = place(parameter(&form, "LogDestination").unwrap_or_default()).0;
    let before = sandbox.world().buckets.get(name).cloned();
    let reply = dispatch::answer(sandbox, request, named).await;
    let policy = |bucket: Option<&Bucket>| bucket.and_then(|bucket| bucket.policy.clone());
    if policy(before.as_ref()) != policy(sandbox.world().buckets.get(name)) {
        sandbox.lag().written(name, "policy", before);
    }
    reply
}

/// Answers a request. Reads may return old values.
pub(crate) async fn answer(sandbox: &Sandbox, request: &Request, named: &Named) -> Reply {
    let address = address(request);
    let about =
        address.bucket.filter(|_| named.service == "s3" && address.key.is_none() && sandbox.lag().behind.is_some());
    let Some(name) = about else {
        return answer_behind(sandbox, request, named).await;
    };
    let setting = setting(request);
    if named.mutating {
        let before = sandbox.world().buckets.get(&name).cloned();
        let reply = dispatch::answer(sandbox, request, named).await;
        if reply.ok() && named.operation != "DeleteObjects" {
            sandbox.lag().written(&name, setting, before);
        }
        return reply;
    }
    let seen = sandbox.lag().read(&name, setting);
    let reply =
        seen.and_then(|buckets| s3::read_from(&mut World { buckets, ..World::default() }, request, &named.caller));
    match reply {
        Some(reply) => reply,
        None => dispatch::answer(sandbox, request, named).await,
    }
}
