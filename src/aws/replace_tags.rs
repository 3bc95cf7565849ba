//! Replaces a run's tags and keeps everyone else's.
//!
//! S3 accepts a bucket's tags only as a whole and without a condition
//! (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html>). So if someone else adds tags
//! meanwhile, all tags are written again.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{BucketName, Seen};
use crate::plan::Setting;

use super::connect::Aws;
use super::read_destination;
use super::repeat::{Replacement, Tries, Try};
use super::replace_setting::{SettingClient, put_tags};
use super::watched_write::{ROUNDS, write_and_look};
use super::write::WriteError;

type Tags = BTreeMap<String, String>;

impl Aws {
    /// Replaces the tags that a step changes and keeps all others.
    pub(super) async fn replace_tags(
        &self,
        of: Replacement<'_>,
        bucket: &BucketName,
        after: &Tags,
        tries: &Tries<'_>,
    ) -> Result<Try, WriteError> {
        let reads = self.destination.s3(of.region);
        let at = SettingClient { client: self.destination.unrepeated().s3(of.region), bucket, owner: of.owner };
        let mut present = match read_destination::tags(&reads, bucket, of.owner).await? {
            Seen::Present(tags) => tags,
            Seen::Absent => Tags::new(),
            Seen::Denied(denial) => return Err(WriteError::Unseen(denial)),
        };
        if tries.are_already_applied(of, Some(Setting::BucketTags(bucket.clone(), present.clone())))? {
            return Ok(Try::Done);
        }
        // The present tags are still those that the plan saw.
        let before = present.clone();
        let own = changed(&before, after);
        let look = async || match read_destination::tags(&reads, bucket, of.owner).await {
            Ok(Seen::Present(tags)) => Some(tags),
            Ok(Seen::Absent) => Some(Tags::new()),
            Ok(Seen::Denied(_)) | Err(_) => None,
        };
        let mut known = vec![foreign(&present, &own)];
        for _ in 0..ROUNDS {
            let merged = merged(&present, &own, after);
            let is_news = |seen: &Tags| !known.contains(&foreign(seen, &own));
            let (sent, news) = write_and_look(put_tags(&at, &merged), &look, is_news).await;
            let failed = match sent {
                Err(error) if !error.may_have_been_done() => return Ok(Try::Failed(error)),
                sent => sent.err(),
            };
            let Some(news) = news else { return Ok(failed.map_or(Try::Done, Try::Failed)) };
            if let Some(error) = &failed {
                tries.note(error);
            }
            known.push(foreign(&news, &own));
            present = news;
        }
        Err(WriteError::overwritten(of.after, Some(Setting::BucketTags(bucket.clone(), present))))
    }
}

/// Returns the keys of the tags that a step adds, changes or removes.
fn changed<'t>(before: &'t Tags, after: &'t Tags) -> BTreeSet<&'t str> {
    let keys = before.keys().chain(after.keys());
    keys.filter(|key| before.get(*key) != after.get(*key)).map(String::as_str).collect()
}

/// Returns the tags of others.
fn foreign(tags: &Tags, own: &BTreeSet<&str>) -> Tags {
    let others = tags.iter().filter(|(key, _)| !own.contains(key.as_str()));
    others.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// Returns the tags to write: the tags of others unchanged, and the step's own.
fn merged(present: &Tags, own: &BTreeSet<&str>, after: &Tags) -> Tags {
    let mut merged = foreign(present, own);
    let set = after.iter().filter(|(key, _)| own.contains(key.as_str()));
    merged.extend(set.map(|(key, value)| (key.clone(), value.clone())));
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(of: &[(&str, &str)]) -> Tags {
        of.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn tags_of_others_are_kept_and_the_steps_tags_are_set() {
        let before = tags(&[("owner", "alice"), ("env", "test"), ("old", "x")]);
        let after = tags(&[("owner", "alice"), ("env", "prod"), ("team", "web")]);
        let own = changed(&before, &after);
        assert_eq!(own, BTreeSet::from(["env", "old", "team"]));
        let found = tags(&[("owner", "bob"), ("env", "test"), ("old", "x"), ("new", "y")]);
        assert_eq!(foreign(&found, &own), tags(&[("owner", "bob"), ("new", "y")]));
        let expected = tags(&[("owner", "bob"), ("new", "y"), ("env", "prod"), ("team", "web")]);
        assert_eq!(merged(&found, &own, &after), expected);
        assert_eq!(changed(&Tags::new(), &after), BTreeSet::from(["env", "owner", "team"]));
    }
}
