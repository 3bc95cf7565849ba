//! The legacy account of ALB logs: only this account is allowed, and it is blocked. No exemption fixes this.

use serde_json::{Value, json};

use super::fixture::{World, in_order};
use super::policies::{deny, no_condition, policy_lines};
use crate::model::Seen;
use crate::producer::Producer;
use crate::state::PublicPolicies;

/// The statement that AWS's page shows for a Region's account.
fn old() -> Value {
    json!({ "Sid": "Old", "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::127311923021:root" },
        "Action": "s3:PutObject", "Resource": "arn:aws:s3:::acme-logs/AWSLogs/111122223333/*" })
}

fn with(statements: &Value) -> World {
    let mut world = in_order(Producer::Alb);
    world.policy(statements);
    world
}

/// After the plan, the service's principal is allowed, and there are no more findings.
#[track_caller]
fn assert_fixed(mut world: World) {
    let after = world.written_policy();
    let ours = after.raw_statements().last().unwrap();
    assert_eq!(ours["Principal"]["Service"], "logdelivery.elasticloadbalancing.amazonaws.com");
    world.bucket().policy = Seen::Present(after.to_text());
    assert_eq!(policy_lines(&world), Vec::<String>::new());
}

#[test]
fn a_deny_that_blocks_only_the_account_is_avoided_by_a_statement_for_the_service() {
    for guard in [
        deny("Guard", &json!({ "Bool": { "aws:PrincipalIsAWSService": "false" } })),
        json!({ "Sid": "Guard", "Effect": "Deny", "Action": "s3:PutObject", "Resource": "*",
            "NotPrincipal": { "Service": "logdelivery.elasticloadbalancing.amazonaws.com" } }),
        deny(
            "Guard",
            &json!({ "StringNotEqualsIfExists": { "aws:PrincipalServiceName":
            "logdelivery.elasticloadbalancing.amazonaws.com" } }),
        ),
        json!({ "Sid": "Guard", "Effect": "Deny", "Principal": { "AWS": "127311923021" }, "Action": "s3:*", "Resource": "*" }),
    ] {
        let world = with(&json!([old(), guard]));
        assert_eq!(policy_lines(&world), ["policy-deny error: adds s3:PutBucketPolicy"], "{guard}");
        let what = world.finding("policy-deny").what();
        assert!(what.contains("`127311923021`") && what.contains("is denied by statement 2 `Guard`: "), "{what}");
        assert_fixed(world);
    }
}

#[test]
fn a_deny_by_organization_very_likely_blocks_the_account_but_not_the_service() {
    let org = json!({ "aws:PrincipalOrgID": "o-1234567890" });
    for condition in [
        json!({ "StringNotEqualsIfExists": org, "BoolIfExists": { "aws:PrincipalIsAWSService": "false" } }),
        json!({ "StringNotEquals": org, "Bool": { "aws:PrincipalIsAWSService": "false" } }),
        json!({ "ForAllValues:StringNotLike": { "aws:PrincipalOrgPaths": "o-1234567890/*" },
            "BoolIfExists": { "aws:PrincipalIsAWSService": "false" } }),
    ] {
        let world = with(&json!([old(), deny("EnforceOrgIdentities", &condition)]));
        assert_eq!(policy_lines(&world), ["policy-deny-likely warning: adds s3:PutBucketPolicy"], "{condition}");
        let found = world.finding("policy-deny-likely");
        assert!(
            found.what().contains("is very likely denied by statement 2 `EnforceOrgIdentities`: "),
            "{}",
            found.what()
        );
        assert!(found.why().contains("not to your organization"), "{}", found.why());
        assert_fixed(world);
    }
    // Without the exception for AWS services, the Deny very likely blocks both the service and the account.
    let world = with(&json!([old(), deny("Guard", &json!({ "StringNotEqualsIfExists": org }))]));
    assert_eq!(
        policy_lines(&world),
        ["policy-deny-likely warning: offers Guard", "policy-deny-likely warning: adds s3:PutBucketPolicy"]
    );
}

#[test]
fn a_deny_that_very_likely_blocks_account_and_service_is_reported_for_each() {
    let world = with(&json!([old(), deny("Network", &json!({ "StringNotEquals": { "aws:SourceVpce": "vpce-1" } }))]));
    let reported = policy_lines(&world);
    assert_eq!(
        reported,
        ["policy-deny-likely warning: offers Network", "policy-deny-likely warning: adds s3:PutBucketPolicy"]
    );
    let plan = world.plan();
    let of_account = plan.findings.iter().find(|found| found.what().contains("127311923021")).unwrap();
    assert!(!of_account.why().contains("as no principal of any account"), "{}", of_account.why());
    // The legacy account's ID is known, so the Deny certainly matches.
    let own = json!({ "StringNotEquals": { "aws:PrincipalAccount": "111122223333" } });
    let world = with(&json!([old(), deny("Ours", &own)]));
    assert!(policy_lines(&world).contains(&"policy-deny error: adds s3:PutBucketPolicy".to_owned()));
}

#[test]
fn the_legacy_account_is_enough_unless_something_likely_blocks_it() {
    assert_eq!(policy_lines(&with(&json!([old()]))), Vec::<String>::new());
    let listed = json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } });
    let world = with(&json!([old(), deny("Listed", &listed)]));
    assert_eq!(policy_lines(&world), ["policy-deny-unlikely warning: nothing"]);
    assert!(world.finding("policy-deny-unlikely").what().contains("arn:aws:iam::127311923021:root"));
    // A Deny for everyone also blocks the service, so the fix includes an exemption.
    let world = with(&json!([old(), deny("Guard", &no_condition())]));
    assert!(policy_lines(&world).contains(&"policy-deny error: exempt Guard".to_owned()));
}

#[test]
fn uncertain_alb_logs_are_never_blamed_on_an_acl() {
    let open = json!({ "StringEquals": { "aws:UserAgent": "web" } });
    let spares_the_service = json!({ "StringEquals": { "aws:UserAgent": "web" },
        "Bool": { "aws:PrincipalIsAWSService": "false" } });
    let mut unsure = old();
    unsure["Condition"] = open.clone();
    for statements in [json!([old(), deny("Guard", &spares_the_service)]), json!([unsure])] {
        let found = with(&statements).finding("policy-grant");
        assert!(!found.what().contains("ACL") && !found.why().contains("ACL"), "{} {}", found.what(), found.why());
        assert!(found.what().contains("aws:UserAgent"), "{}", found.what());
    }
    // If the Deny may also match the service, a statement for the service does not help.
    assert_eq!(policy_lines(&with(&json!([old(), deny("Guard", &open)]))), ["policy-uncertain warning: nothing"]);
}

#[test]
fn a_public_policy_makes_only_the_account_uncertain_and_not_the_service() {
    let public = |condition: &Value| {
        json!({ "Sid": "Site", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::acme-logs/public/*", "Condition": condition })
    };
    for (condition, makes) in [
        (json!({}), "makes"),
        (json!({ "Bool": { "aws:SecureTransport": "true" } }), "makes"),
        (json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } }), "may make"),
    ] {
        let world = with(&json!([old(), public(&condition)]));
        assert_eq!(policy_lines(&world), ["policy-grant warning: adds s3:PutBucketPolicy"], "{condition}");
        let what = world.finding("policy-grant").what();
        assert!(what.contains(&format!("statement 2 `Site` {makes} the policy public")), "{what}");
        assert!(what.contains("`RestrictPublicBuckets`"), "{what}");
        assert_fixed(world);
    }
    // The bucket's setting is off, but the account's setting may be on.
    let mut world = with(&json!([old(), public(&json!({}))]));
    world.bucket().public_policies = Seen::Present(PublicPolicies::default());
    let what = world.finding("policy-grant").what();
    assert!(what.contains("`RestrictPublicBuckets` of the account or organization (not read)"), "{what}");
    // A grant to fixed readers causes no doubt, and neither does a grant to the service's principal.
    let fixed = public(&json!({ "StringEquals": { "aws:SourceVpce": "vpce-1" } }));
    assert_eq!(policy_lines(&with(&json!([old(), fixed]))), Vec::<String>::new());
    let mut world = in_order(Producer::Alb);
    world.statement(public(&json!({})));
    assert_eq!(policy_lines(&world), Vec::<String>::new());
}

#[test]
fn a_bucket_that_restricts_public_access_blocks_the_account_but_not_the_service() {
    let restricted = || Seen::Present(PublicPolicies { restricted: true, ..PublicPolicies::default() });
    let to = |principal: &Value, condition: &Value| {
        json!({ "Sid": "Site", "Effect": "Allow", "Principal": principal, "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::acme-logs/public/*", "Condition": condition })
    };
    let everyone = json!("*");
    let secure = json!({ "Bool": { "aws:SecureTransport": "true" } });
    for public in [to(&everyone, &json!({})), to(&everyone, &secure), to(&json!({ "AWS": "*" }), &json!({}))] {
        let mut world = with(&json!([old(), public]));
        world.bucket().public_policies = restricted();
        assert_eq!(policy_lines(&world), ["policy-grant error: adds s3:PutBucketPolicy"], "{public}");
        let found = world.finding("policy-grant");
        assert!(found.what().contains("is blocked by Block Public Access: statement 2 `Site`"), "{}", found.what());
        assert!(found.page().ends_with("access-control-block-public-access.html"), "{}", found.page());
        assert_fixed(world);
    }
    // A policy that may be public causes a warning. A policy that is not public causes none.
    let list = json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } });
    let fixed = json!({ "StringEquals": { "aws:SourceVpce": "vpce-1" } });
    for (condition, reported) in [(list, vec!["policy-grant warning: adds s3:PutBucketPolicy"]), (fixed, vec![])] {
        let mut world = with(&json!([old(), to(&everyone, &condition)]));
        world.bucket().public_policies = restricted();
        assert_eq!(policy_lines(&world), reported, "{condition}");
    }
    // Service principals are not restricted, whichever statement allows them.
    let put = json!({ "Sid": "Site", "Effect": "Allow", "Principal": "*", "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::acme-logs/*" });
    let mut world = with(&json!([put]));
    world.bucket().public_policies = restricted();
    assert_eq!(policy_lines(&world), Vec::<String>::new());
    // The finding also names an additional Deny.
    let guard = deny("Guard", &json!({ "Bool": { "aws:PrincipalIsAWSService": "false" } }));
    let mut world = with(&json!([old(), to(&everyone, &json!({})), guard]));
    world.bucket().public_policies = restricted();
    let what = world.finding("policy-deny").what();
    assert!(what.contains("statement 2 `Site`") && what.contains("statement 3 `Guard`"), "{what}");
}
