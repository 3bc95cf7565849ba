//! Follows access logs from bucket to bucket, to find loops through buckets that no one asked about.

use std::collections::BTreeSet;

use crate::aws::connect::Aws;
use crate::aws::read_destination::CHAIN;
use crate::producer::{Attachment, Kind, SourceBucket};
use crate::state::Identity;

impl Aws {
    /// Returns the access logs of the buckets that these logs lead to, one after another, except those in `logs`. A
    /// bucket that can't be read ends its chain.
    pub async fn followed(&self, logs: &[&Attachment], caller: &Identity) -> Vec<Attachment> {
        let mut known: BTreeSet<String> =
            logs.iter().filter(|log| log.may_go_round()).map(|log| log.source.name().to_owned()).collect();
        let mut found: Vec<Attachment> = Vec::new();
        for log in logs.iter().filter(|log| log.may_go_round()) {
            let mut next = log.target.present().map(|target| target.bucket.clone());
            for _ in 0..CHAIN {
                let Some(name) = next.take().filter(|name| known.insert(name.clone())) else { break };
                let Ok(name) = name.parse() else { break };
                // Access logs stay in their Region.
                let bucket = SourceBucket::located(name, log.source.region().clone());
                let Ok(bucket) = self.configured(bucket, caller, &Kind::S3Access(None)).await else { break };
                let own = Attachment::for_access_log(&bucket);
                next = own.target.present().map(|target| target.bucket.clone());
                found.push(own);
            }
        }
        found
    }
}
