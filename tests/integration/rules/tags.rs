//! Limits and access control of tags.

use sandbox::BucketSeed;

use super::setup::denied;
use crate::account::Account;

pub(super) fn tags(count: usize) -> String {
    let tag = |n: usize| format!("<Tag><Key>k{n}</Key><Value>v</Value></Tag>");
    format!("<Tagging><TagSet>{}</TagSet></Tagging>", (0..count).map(tag).collect::<String>())
}

#[test]
fn a_fifty_first_tag_is_refused_before_anything_is_changed() {
    let account = Account::seeded();
    let bucket = |count| BucketSeed::new("tagged-logs").setting("tagging", &tags(count));
    account.wait(account.sandbox.put_bucket(bucket(49)));
    account.run("init alb --source web --bucket tagged-logs --tag a=b --dry-run").ends(0);
    account
        .run("init alb --source web --bucket tagged-logs --tag a=b --tag c=d --yes")
        .ends(5)
        .says("51 tags; the limit is 50");
    assert_eq!(account.writes(), Vec::<String>::new());
    account.wait(account.sandbox.put_bucket(bucket(50)));
    account.run("init alb --source web --bucket tagged-logs --tag k1=w --dry-run").ends(0);
    // A new bucket also has the tag of its run.
    let many: Vec<String> = (0..50).map(|n| format!("--tag t{n}=v")).collect();
    account
        .run(&format!("init alb --source web --bucket demo-logs {} --yes", many.join(" ")))
        .ends(5)
        .says("51 tags; the limit is 50");
    account.run(&format!("init alb --source web --bucket demo-logs {} --yes", many[1..].join(" "))).ends(0);
}

#[test]
fn tagging_a_bucket_with_abac_needs_another_api_call() {
    let account = Account::seeded();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("abac-logs").setting("tagging", &tags(1))));
    account.sandbox.set_setting("abac-logs", "abac", Some("<AbacStatus><Status>Enabled</Status></AbacStatus>"));
    account
        .run("init alb --source web --bucket abac-logs --tag team=web --yes")
        .ends(5)
        .says("attribute-based access control (ABAC) is on for")
        .says("aws s3control tag-resource --account-id 111122223333 --region us-east-1 --resource-arn arn:aws:s3:::abac-logs")
        .says("\"Key\":\"team\"");
    assert_eq!(account.writes(), Vec::<String>::new());
    // Existing tags make no difference.
    account.run("init alb --source web --bucket abac-logs --tag k0=v --yes").ends(0);
    // If the ABAC status can't be read, the message about the refused tags mentions ABAC.
    account.sandbox.inject(denied("GetBucketAbac"));
    account
        .run("init alb --source web --bucket abac-logs --tag team=web --yes")
        .ends(1)
        .says("could not tell whether the bucket has attribute-based access control")
        .says("aws s3control tag-resource");
}
