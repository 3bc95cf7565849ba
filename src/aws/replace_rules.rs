//! Replaces a run's lifecycle rules and keeps everyone else's.
//!
//! S3 accepts a bucket's rules only as a whole and without a condition
//! (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html>). So the rules are also
//! read in parallel with the write. If the read finds new rules of others, all rules are written again.

use aws_sdk_s3::Client;
use aws_sdk_s3::types::{BucketLifecycleConfiguration, LifecycleRule, TransitionDefaultMinimumObjectSize};

use crate::model::{AccountId, BucketName, Seen};
use crate::plan::Setting;
use crate::state::ExpirationRule;

use super::connect::Aws;
use super::error::{AwsError, unbuildable};
use super::lifecycle;
use super::outcome::seen;
use super::repeat::{Replacement, Tries, Try};
use super::watched_write::{ROUNDS, write_and_look};
use super::write::WriteError;

const PUT: &str = "s3:PutLifecycleConfiguration";

#[derive(Clone, Debug, Default)]
struct Rules {
    all: Vec<LifecycleRule>,
    smallest: Option<TransitionDefaultMinimumObjectSize>,
}

/// The clients and bucket for reading and writing rules.
struct RuleClients<'a> {
    reads: Client,
    writes: Client,
    bucket: &'a BucketName,
    owner: &'a AccountId,
}

/// The rules of a run.
#[derive(Clone, Copy)]
pub(super) struct OwnRules<'a> {
    pub(super) bucket: &'a BucketName,
    pub(super) ids: &'a [String],
    /// The new rules, without those that are removed.
    pub(super) after: &'a [ExpirationRule],
}

impl Aws {
    /// Replaces a run's own rules and keeps all others.
    pub(super) async fn replace_rules(
        &self,
        of: Replacement<'_>,
        OwnRules { bucket, ids, after }: OwnRules<'_>,
        tries: &Tries<'_>,
    ) -> Result<Try, WriteError> {
        let (reads, writes) = (self.destination.s3(of.region), self.destination.unrepeated().s3(of.region));
        let at = RuleClients { reads, writes, bucket, owner: of.owner };
        let mut rules = match at.read().await? {
            Seen::Present(rules) => rules,
            Seen::Absent => Rules::default(),
            Seen::Denied(denial) => return Err(WriteError::Unseen(denial)),
        };
        let own = |rules: &Rules| {
            let rules = rules.with_ids(ids).map(lifecycle::from_sdk).collect();
            Setting::LifecycleRules { bucket: bucket.clone(), ids: ids.to_vec(), rules }
        };
        if tries.are_already_applied(of, Some(own(&rules)))? {
            return Ok(Try::Done);
        }
        let mut known = vec![rules.foreign(ids)];
        for _ in 0..ROUNDS {
            let merged = Rules { all: lifecycle::merged(rules.all, ids, after)?, ..rules };
            let look = async || match at.read().await {
                Ok(Seen::Present(rules)) => Some(rules),
                Ok(Seen::Absent) => Some(Rules::default()),
                Ok(Seen::Denied(_)) | Err(_) => None,
            };
            let is_news = |seen: &Rules| !known.contains(&seen.foreign(ids));
            let (sent, news) = write_and_look(at.write(&merged), look, is_news).await;
            let failed = match sent {
                Err(error) if !error.may_have_been_done() => return Ok(Try::Failed(error)),
                sent => sent.err(),
            };
            let Some(news) = news else { return Ok(failed.map_or(Try::Done, Try::Failed)) };
            if let Some(error) = &failed {
                tries.note(error);
            }
            known.push(news.foreign(ids));
            rules = news;
        }
        Err(WriteError::overwritten(of.after, Some(own(&rules))))
    }
}

impl Rules {
    fn with_ids<'a>(&'a self, ids: &'a [String]) -> impl Iterator<Item = &'a LifecycleRule> {
        self.all.iter().filter(|rule| has_id(rule, ids))
    }

    /// Returns the rules of others.
    fn foreign(&self, ids: &[String]) -> Vec<LifecycleRule> {
        self.all.iter().filter(|rule| !has_id(rule, ids)).cloned().collect()
    }
}

fn has_id(rule: &LifecycleRule, ids: &[String]) -> bool {
    ids.iter().any(|id| rule.id() == Some(id))
}

impl RuleClients<'_> {
    async fn read(&self) -> Result<Seen<Rules>, AwsError> {
        let request = self.reads.get_bucket_lifecycle_configuration().bucket(self.bucket.as_str());
        let answer = request.expected_bucket_owner(self.owner.as_str()).send().await;
        let absent = ["NoSuchLifecycleConfiguration"];
        let read = seen("s3:GetLifecycleConfiguration", self.bucket.as_str(), &absent, answer)?;
        Ok(read.map(|answer| Rules {
            all: answer.rules.unwrap_or_default(),
            smallest: answer.transition_default_minimum_object_size,
        }))
    }

    /// S3 refuses an empty configuration, so the configuration is deleted instead.
    async fn write(&self, rules: &Rules) -> Result<(), AwsError> {
        let (bucket, owner) = (self.bucket.as_str(), self.owner.as_str());
        if rules.all.is_empty() {
            let request = self.writes.delete_bucket_lifecycle().bucket(bucket).expected_bucket_owner(owner);
            return request.send().await.map(drop).map_err(|error| AwsError::new(PUT, bucket, &error));
        }
        let configuration = BucketLifecycleConfiguration::builder().set_rules(Some(rules.all.clone())).build();
        let configuration = configuration.map_err(|error| unbuildable(PUT, bucket, &error))?;
        let request = self
            .writes
            .put_bucket_lifecycle_configuration()
            .bucket(bucket)
            .lifecycle_configuration(configuration)
            .set_transition_default_minimum_object_size(rules.smallest.clone())
            .expected_bucket_owner(owner);
        request.send().await.map(drop).map_err(|error| AwsError::new(PUT, bucket, &error))
    }
}
