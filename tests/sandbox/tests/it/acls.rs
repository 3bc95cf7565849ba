//! Buckets' ACLs, and the access logs that they allow.

use aws_sdk_s3::types::{
    AccessControlPolicy, BucketCannedAcl, Grant, Grantee, ObjectCannedAcl, ObjectOwnership, Owner, OwnershipControls,
    OwnershipControlsRule, Permission, Type,
};
use sandbox::{BucketSeed, Sandbox, seed};

use crate::clients::{refusal, refused, s3};

const GROUP: &str = "http://acs.amazonaws.com/groups/s3/LogDelivery";

fn logging() -> &'static str {
    "<BucketLoggingStatus><LoggingEnabled><TargetBucket>dest</TargetBucket><TargetPrefix>s3/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>"
}

fn ownership(kind: ObjectOwnership) -> OwnershipControls {
    let rule = OwnershipControlsRule::builder().object_ownership(kind).build().expect("a rule");
    OwnershipControls::builder().rules(rule).build().expect("controls")
}

/// Returns each grant: whether it is for the log delivery group, and its permission.
async fn grants(sandbox: &Sandbox, bucket: &str) -> Vec<(bool, Permission)> {
    let acl = s3(sandbox).get_bucket_acl().bucket(bucket).send().await.expect("an ACL");
    let one = |grant: &Grant| {
        let group = grant.grantee().and_then(|grantee| grantee.uri()) == Some(GROUP);
        (group, grant.permission().cloned().expect("a permission"))
    };
    acl.grants().iter().map(one).collect()
}

#[tokio::test]
async fn the_log_delivery_group_is_granted_write_and_read_acp_by_the_canned_acl() {
    let sandbox = Sandbox::seeded().await;
    sandbox.put_bucket(BucketSeed::new("dest").owned("ObjectWriter")).await;
    let client = s3(&sandbox);
    assert_eq!(grants(&sandbox, "dest").await, [(false, Permission::FullControl)]);
    client.put_bucket_acl().bucket("dest").acl(BucketCannedAcl::from("log-delivery-write")).send().await.expect("put");
    let expected = [(false, Permission::FullControl), (true, Permission::Write), (true, Permission::ReadAcp)];
    assert_eq!(grants(&sandbox, "dest").await, expected);
    client.put_bucket_acl().bucket("dest").acl(BucketCannedAcl::Private).send().await.expect("put");
    assert_eq!(grants(&sandbox, "dest").await.len(), 1, "it replaces");
    let headers = client.put_bucket_acl().bucket("dest").grant_write(format!("uri=\"{GROUP}\""));
    headers.grant_read_acp(format!("uri={GROUP}")).send().await.expect("put");
    assert_eq!(grants(&sandbox, "dest").await, [(true, Permission::Write), (true, Permission::ReadAcp)]);
    let grantee = Grantee::builder().r#type(Type::Group).uri(GROUP).build().expect("a grantee");
    let policy = AccessControlPolicy::builder()
        .owner(Owner::builder().id("0".repeat(64)).build())
        .grants(Grant::builder().grantee(grantee).permission(Permission::FullControl).build())
        .build();
    client.put_bucket_acl().bucket("dest").access_control_policy(policy).send().await.expect("put");
    assert_eq!(grants(&sandbox, "dest").await, [(true, Permission::FullControl)]);
}

#[tokio::test]
async fn an_invalid_acl_is_refused() {
    let sandbox = Sandbox::seeded().await;
    sandbox.put_bucket(BucketSeed::new("dest").owned("BucketOwnerPreferred")).await;
    let client = s3(&sandbox);
    let put = || client.put_bucket_acl().bucket("dest");
    assert_eq!(refused(put().acl(BucketCannedAcl::from("secret")).send().await), refusal(400, "InvalidArgument"));
    assert_eq!(
        refused(put().acl(BucketCannedAcl::Private).grant_read(format!("uri={GROUP}")).send().await),
        refusal(400, "InvalidRequest")
    );
    assert_eq!(refused(put().send().await), refusal(400, "MissingSecurityHeader"));
    assert_eq!(refused(put().grant_read("somebody").send().await), refusal(400, "InvalidArgument"));
    let empty = put().access_control_policy(AccessControlPolicy::builder().build());
    assert_eq!(refused(empty.send().await), refusal(400, "MalformedACLError"));
    assert_eq!(
        refused(put().acl(BucketCannedAcl::PublicRead).send().await),
        refusal(403, "AccessDenied"),
        "public access is blocked"
    );
}

#[tokio::test]
async fn acls_are_refused_if_disabled_and_cannot_be_disabled_while_grants_exist() {
    let sandbox = Sandbox::seeded().await;
    let client = s3(&sandbox);
    let log_delivery = || BucketCannedAcl::from("log-delivery-write");
    let disabled = refusal(400, "AccessControlListNotSupported");
    let put = |acl| client.put_bucket_acl().bucket(seed::APP_DATA).acl(acl).send();
    assert_eq!(refused(put(log_delivery()).await), disabled);
    assert_eq!(refused(put(BucketCannedAcl::Private).await), disabled);
    let object = client.put_object().bucket(seed::APP_DATA).key("k").acl(ObjectCannedAcl::PublicRead);
    assert_eq!(refused(object.send().await), disabled);
    let object = client.put_object().bucket(seed::APP_DATA).key("k").acl(ObjectCannedAcl::BucketOwnerFullControl);
    object.send().await.expect("put");
    let wrong = refusal(400, "InvalidBucketAclWithObjectOwnership");
    let create = || client.create_bucket().bucket("dest").acl(log_delivery());
    assert_eq!(refused(create().send().await), wrong);
    assert!(sandbox.bucket("dest").is_none());
    create().object_ownership(ObjectOwnership::ObjectWriter).send().await.expect("created");
    let own = |kind| client.put_bucket_ownership_controls().bucket("dest").ownership_controls(ownership(kind)).send();
    assert_eq!(refused(own(ObjectOwnership::BucketOwnerEnforced).await), wrong);
    own(ObjectOwnership::BucketOwnerPreferred).await.expect("put");
    client.put_bucket_acl().bucket("dest").acl(BucketCannedAcl::Private).send().await.expect("put");
    own(ObjectOwnership::BucketOwnerEnforced).await.expect("put");
}

#[tokio::test]
async fn the_acl_allows_access_logs_if_acls_are_enabled() {
    let deny = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::dest/*"}]}"#;
    let dest = || BucketSeed::new("dest").acl("log-delivery-write");
    for (case, seed, arrives) in [
        ("ObjectWriter", dest().owned("ObjectWriter"), true),
        ("BucketOwnerPreferred", dest().owned("BucketOwnerPreferred"), true),
        ("BucketOwnerEnforced", dest().owned("BucketOwnerEnforced"), false),
        ("private", dest().owned("ObjectWriter").acl("private"), false),
        ("a Deny", dest().owned("ObjectWriter").policy(deny), false),
        ("Object Lock", dest().owned("ObjectWriter").locked(), false),
    ] {
        let sandbox = Sandbox::seeded().await;
        sandbox.put_bucket(seed).await;
        sandbox.set_setting(seed::APP_DATA, "logging", Some(logging()));
        sandbox.deliver().await;
        assert_eq!(sandbox.bucket("dest").expect("a bucket").objects.len(), usize::from(arrives), "{case}");
    }
    let sandbox = Sandbox::seeded().await;
    sandbox.put_bucket(BucketSeed::new("dest").owned("ObjectWriter")).await;
    sandbox.set_setting(seed::APP_DATA, "logging", Some(logging()));
    let half = s3(&sandbox).put_bucket_acl().bucket("dest").grant_write(format!("uri={GROUP}"));
    half.send().await.expect("put");
    sandbox.deliver().await;
    assert!(sandbox.bucket("dest").expect("a bucket").objects.is_empty(), "READ_ACP is needed too");
}
