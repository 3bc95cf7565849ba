//! The policies of a new destination, and their size limits.

use super::fixture::{ACCOUNT, KEY};
use crate::plan::{FittedPolicy, Policies, TooLarge, policies};
use crate::producer::Producer;
use crate::request::PolicyDraft;

/// The policies for this many sources, after the change.
fn written(producer: Producer, count: usize, change: impl FnOnce(&mut PolicyDraft)) -> Result<Policies, TooLarge> {
    let mut draft = PolicyDraft {
        producer: Some(producer),
        sources: (1..=count).map(|number| format!("source-{number:04}")).collect(),
        bucket: Some("acme-logs".parse().unwrap()),
        account: Some(ACCOUNT.parse().unwrap()),
        region: Some("us-east-1".parse().unwrap()),
        ..PolicyDraft::default()
    };
    change(&mut draft);
    policies(&draft.complete().unwrap())
}

fn sids(written: &FittedPolicy) -> Vec<String> {
    let statements = written.document().raw_statements();
    statements.iter().map(|statement| statement["Sid"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_bucket_policy_allows_the_service_and_denies_plain_http() {
    for (producer, expected) in [
        (Producer::Alb, &["LogbucketAlb", "LogbucketTlsOnly"][..]),
        (Producer::Nlb, &["LogbucketNlbBucket", "LogbucketNlbObjects", "LogbucketTlsOnly"]),
        (Producer::S3Access, &["LogbucketS3Access", "LogbucketTlsOnly"]),
        (Producer::Inventory, &["LogbucketInventory", "LogbucketTlsOnly"]),
    ] {
        let policies = written(producer, 1, |_| {}).unwrap();
        assert_eq!(sids(&policies.bucket), expected, "{producer}");
        assert!(matches!(policies.bucket, FittedPolicy::Exactly(_)), "{producer}");
        assert_eq!(policies.key, None, "{producer}");
    }
}

#[test]
fn a_key_gets_its_own_policy_that_names_its_owner() {
    let root = |key: &str| {
        let policies = written(Producer::Nlb, 1, |draft| draft.key = Some(key.parse().unwrap())).unwrap();
        let key = policies.key.unwrap();
        assert_eq!(sids(&key), ["LogbucketKeyAdministration", "LogbucketNlb"]);
        key.document().raw_statements()[0]["Principal"]["AWS"].as_str().unwrap().to_owned()
    };
    assert_eq!(root("create"), format!("arn:aws:iam::{ACCOUNT}:root"));
    assert_eq!(root(&KEY.replace(ACCOUNT, "444455556666")), "arn:aws:iam::444455556666:root");
}

#[test]
fn sources_are_named_individually_until_the_list_exceeds_the_policy_size() {
    let named = |written: &FittedPolicy, index: usize| {
        let arns = &written.document().raw_statements()[index]["Condition"]["ArnLike"]["aws:SourceArn"];
        arns.as_array().map_or(1, Vec::len)
    };
    let create = |draft: &mut PolicyDraft| draft.key = Some("create".parse().unwrap());
    let some = written(Producer::Inventory, 100, create).unwrap();
    assert_eq!((named(&some.bucket, 0), named(some.key.as_ref().unwrap(), 1)), (100, 100));
    assert!(matches!((&some.bucket, &some.key), (FittedPolicy::Exactly(_), Some(FittedPolicy::Exactly(_)))));
    // A key policy can be larger than a bucket policy.
    let more = written(Producer::Inventory, 600, create).unwrap();
    assert!(matches!((&more.bucket, &more.key), (FittedPolicy::Widened(_), Some(FittedPolicy::Exactly(_)))));
    let many = written(Producer::Inventory, 1300, create).unwrap();
    assert!(matches!((&many.bucket, &many.key), (FittedPolicy::Widened(_), Some(FittedPolicy::Widened(_)))));
    assert_eq!((named(&many.bucket, 0), named(many.key.as_ref().unwrap(), 1)), (1, 1));
    let arn = &many.bucket.document().raw_statements()[0]["Condition"]["ArnLike"]["aws:SourceArn"];
    assert_eq!(arn, "arn:aws:s3:::*");
}

#[test]
fn a_policy_can_be_exactly_as_large_as_the_limit() {
    let exact = |count: usize, prefix: String| {
        let policies = written(Producer::S3Access, count, |draft| draft.prefix = Some(prefix)).unwrap();
        match policies.bucket {
            FittedPolicy::Exactly(document) => Some(document.to_text().len()),
            FittedPolicy::Widened(_) => None,
        }
    };
    let folder = |bytes: usize| format!("{}/", "p".repeat(bytes - 1));
    let size = |count: usize| exact(count, String::new()).unwrap();
    // This many sources leave room for a prefix as long as two to three names.
    let count = (20 * 1024 - size(2)) / (size(3) - size(2));
    let room = 20 * 1024 - size(count);
    assert_eq!(exact(count, folder(room)), Some(20 * 1024));
    assert_eq!(exact(count, folder(room + 1)), None);
}

#[test]
fn a_bucket_given_by_name_or_arn_gets_the_same_policy() {
    let by = |name: &str| {
        let change = |draft: &mut PolicyDraft| draft.sources = vec![name.to_owned()];
        written(Producer::S3Access, 0, change).unwrap().bucket
    };
    assert_eq!(by("app-data"), by("arn:aws:s3:::app-data"));
    let policy = by("app-data");
    let arn = &policy.document().raw_statements()[0]["Condition"]["ArnLike"]["aws:SourceArn"];
    assert_eq!(arn, "arn:aws:s3:::app-data");
}
