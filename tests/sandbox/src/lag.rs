//! Reads that lag behind writes: for a while a bucket is told as it was.
//!
//! "Bucket configurations have an eventual consistency model" (S3 User Guide, "Amazon S3 data consistency model"); objects have
//! not. Only reads lag: what is written is written.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::dispatch::{self, Named};
use crate::s3;
use crate::s3::address::address;
use crate::s3::bucket::Bucket;
use crate::s3::operation::setting;
use crate::sandbox::Sandbox;
use crate::wire::{Reply, Request};
use crate::world::World;

/// How far reads lag behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behind {
    /// So many reads of what was written are told the old.
    Reads(usize),
    /// Reads are told the old for so long.
    For(Duration),
}

/// What lags behind.
#[derive(Debug, Default)]
pub struct Lag {
    behind: Option<Behind>,
    /// By bucket and setting; the bucket itself is the setting without a name.
    old: BTreeMap<(String, &'static str), Old>,
}

/// A bucket as it was before a write, nothing where it was not there.
#[derive(Debug)]
struct Old {
    bucket: Option<Bucket>,
    reads: usize,
    since: Instant,
}

impl Lag {
    /// Nothing has been written yet.
    pub fn new(behind: Option<Behind>) -> Self {
        Self { behind, old: BTreeMap::new() }
    }

    fn written(&mut self, name: &str, setting: &'static str, before: Option<Bucket>) {
        if self.behind.is_some() {
            let old = Old { bucket: before, reads: 0, since: Instant::now() };
            self.old.insert((name.to_owned(), setting), old);
        }
    }

    /// Counts a read, and tells what buckets it sees where it does not see what is there: the old one, or none.
    fn read(&mut self, name: &str, setting: &'static str) -> Option<BTreeMap<String, Bucket>> {
        let behind = self.behind?;
        // Who does not see the bucket sees no setting of it.
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

/// Answers a request; a read may be told what is no longer so.
pub(crate) async fn answer(sandbox: &Sandbox, request: &Request, named: &Named) -> Reply {
    let address = address(request);
    let about =
        address.bucket.filter(|_| named.service == "s3" && address.key.is_none() && sandbox.lag().behind.is_some());
    let Some(name) = about else {
        return dispatch::answer(sandbox, request, named).await;
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
    let told = seen.and_then(|buckets| s3::told_of(&mut World { buckets, ..World::default() }, request, &named.caller));
    match told {
        Some(reply) => reply,
        None => dispatch::answer(sandbox, request, named).await,
    }
}
