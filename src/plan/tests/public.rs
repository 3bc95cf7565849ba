//! A public statement in the policy. Block Public Access rejects every new policy that contains it.

use serde_json::{Value, json};

use super::fixture::{World, bare, denied, in_order};
use crate::model::Seen;
use crate::producer::Producer;
use crate::state::PublicPolicies;

fn website(condition: &Value) -> Value {
    json!({ "Sid": "Website", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::acme-logs/site/*", "Condition": condition })
}

fn with(condition: &Value, public_policies: Seen<PublicPolicies>) -> World {
    let mut world = bare(Producer::Alb);
    world.statement(website(condition));
    world.bucket().public_policies = public_policies;
    world
}

fn public_findings(world: &World) -> Vec<String> {
    let is_of_it = |line: &String| line.starts_with("policy-public") || line.starts_with("setting-unreadable");
    world.reported().into_iter().filter(is_of_it).collect()
}

#[test]
fn a_policy_that_block_public_access_rejects_is_not_written() {
    let rejected = || Seen::Present(PublicPolicies { rejected: true, ..PublicPolicies::default() });
    let world = with(&json!({}), rejected());
    assert_eq!(public_findings(&world), ["policy-public error: refused"]);
    let found = world.finding("policy-public");
    assert!(found.what().ends_with(
        "`acme-logs` has `BlockPublicPolicy` on, and statement `Website` of its policy allows public access"
    ));
    assert!(
        found.hint().unwrap().starts_with("remove statement `Website` from the bucket policy"),
        "{:?}",
        found.hint()
    );
    // A statement without a Sid is named by its position. A condition that everyone meets restricts no one.
    let mut nameless = with(&json!({ "Bool": { "aws:SecureTransport": "true" } }), rejected());
    let text = nameless.bucket().policy.present().unwrap().replace("\"Sid\":\"Website\",", "");
    nameless.bucket().policy = Seen::Present(text);
    assert!(nameless.finding("policy-public").what().ends_with("and statement `1` of its policy allows public access"));
}

#[test]
fn a_policy_that_s3_accepts_is_written() {
    let held = json!({ "StringEquals": { "aws:SourceAccount": "111122223333" } });
    let rejected = || Seen::Present(PublicPolicies { rejected: true, ..PublicPolicies::default() });
    for world in [
        with(&held, rejected()),
        with(&json!({}), Seen::Absent),
        with(&json!({}), Seen::Present(PublicPolicies::default())),
    ] {
        assert_eq!(public_findings(&world), Vec::<String>::new());
    }
    // S3 can't reject a policy that the plan does not write.
    let mut world = in_order(Producer::Alb);
    world.statement(website(&json!({})));
    world.bucket().public_policies = rejected();
    assert_eq!(world.reported(), Vec::<String>::new());
    let unseen = with(&json!({}), denied("s3:GetBucketPublicAccessBlock"));
    assert_eq!(public_findings(&unseen), ["setting-unreadable warning: nothing"]);
}
