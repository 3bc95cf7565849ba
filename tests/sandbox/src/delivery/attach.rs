//! The checks of Elastic Load Balancing when logs are turned on, and the test file that it writes.
//!
//! ALB user guide, "Enable access logs", step 4; NLB user guide, "Access logs". The errors were seen in the field.

use crate::delivery::sealing::{Sealed, seal};
use crate::delivery::sender::{Sender, legacy_may_put};
use crate::elb::balancer::{Balancer, CLASSIC};
use crate::elb::error::{Refusal, bucket_denied, refuse};
use crate::s3::bucket::{Bucket, Encryption};
use crate::s3::object;
use crate::sandbox::Sandbox;
use crate::world::{World, now};

/// The ACL header that vended logs are sent with.
pub const OWNER_CONTROL: &[(&str, &str)] = &[("x-amz-acl", "bucket-owner-full-control")];

/// Checks that the bucket accepts the load balancer's logs, as `ModifyLoadBalancerAttributes` does.
pub fn check(world: &mut World, balancer: &Balancer, log: &str, bucket: &str, prefix: &str) -> Result<(), Refusal> {
    if world.spreading.refuses() {
        return Err(refuse("InvalidConfigurationRequest", "S3Bucket validation transient issue"));
    }
    let found = world.buckets.get(bucket).ok_or_else(|| bucket_denied(bucket))?;
    if found.region != balancer.region {
        return Err(refuse(
            "InvalidConfigurationRequest",
            &format!("S3Bucket: {bucket} is not located in the same region with ELB: {}", balancer.name),
        ));
    }
    let welcome = if balancer.kind == "network" {
        takes_network(world, found, balancer, prefix)
    } else {
        takes_application(found, balancer, log, prefix)
    };
    if welcome { Ok(()) } else { Err(bucket_denied(bucket)) }
}

/// An ALB or a Classic Load Balancer needs SSE-S3, no Object Lock, and permission to write the test file.
#[must_use]
pub fn holds_application(bucket: &Bucket) -> bool {
    bucket.encryption.algorithm == "AES256" && !bucket.object_lock()
}

/// Enabling an ALB's log also requires permission to write the test file. Delivering logs does not.
fn takes_application(bucket: &Bucket, balancer: &Balancer, log: &str, prefix: &str) -> bool {
    let key = test_file(log, prefix, &balancer.account);
    let sender = application(balancer);
    holds_application(bucket) && (sender.may_put(bucket, &key, &[]) || legacy_may_put(&balancer.region, bucket, &key))
}

/// An NLB needs permission to read the ACL and write objects, and a customer managed key must allow the service.
///
/// An AWS managed key, or a key not given by its ARN, is accepted here. Only the delivered objects show its effect.
fn takes_network(world: &World, bucket: &Bucket, balancer: &Balancer, prefix: &str) -> bool {
    let key = format!("{}AWSLogs/{}/", folder(prefix), balancer.account);
    let sender = network(balancer);
    let by_arn = |encryption: &Encryption| encryption.key.as_deref().is_some_and(|named| named.starts_with("arn:"));
    let sealed = seal(world, bucket, &bucket.encryption, &sender, &key);
    let denied = sealed == Sealed::Never && (by_arn(&bucket.encryption) || bucket.encryption.algorithm != "aws:kms");
    !denied
        && !bucket.object_lock()
        && sender.may_read_acl(bucket)
        && sender.may_put(bucket, &format!("{key}elasticloadbalancing/"), OWNER_CONTROL)
}

/// ALB as a sender.
#[must_use]
pub fn application(balancer: &Balancer) -> Sender {
    Sender {
        principal: "logdelivery.elasticloadbalancing.amazonaws.com".to_owned(),
        account: balancer.account.clone(),
        region: balancer.region.clone(),
        source: Some(balancer.arn.clone()),
    }
}

/// NLB as a sender. It writes through vended logs.
#[must_use]
pub fn network(balancer: &Balancer) -> Sender {
    Sender::vended(&balancer.account, &balancer.region)
}

/// Returns the prefix as the beginning of a key.
#[must_use]
pub fn folder(prefix: &str) -> String {
    if prefix.is_empty() { String::new() } else { format!("{prefix}/") }
}

/// Returns the key of the test file for a kind of logs.
#[must_use]
pub fn test_file(log: &str, prefix: &str, account: &str) -> String {
    let name = match log {
        "connection_logs" => "ELBConnectionLogTestFile",
        "health_check_logs" => "ELBHealthCheckLogTestFile",
        _ => "ELBAccessLogTestFile",
    };
    format!("{}AWSLogs/{account}/{name}", folder(prefix))
}

/// Writes the test file of an ALB or a Classic Load Balancer. Other load balancers have no test file.
pub async fn write_test_file(sandbox: &Sandbox, balancer: &Balancer, log: &str, bucket: &str, prefix: &str) {
    if !["application", CLASSIC].contains(&balancer.kind.as_str()) {
        return;
    }
    let kind = match log {
        "connection_logs" => "ConnectionLog",
        "health_check_logs" => "HealthCheckLog",
        _ => "AccessLog",
    };
    let body = format!("Enable {kind} for ELB: {} at {}", balancer.name, now());
    let principal = application(balancer).principal;
    if let Some(facts) = Sealed::Plain.object(&principal, "text/plain") {
        let _ =
            object::write(sandbox, bucket, &test_file(log, prefix, &balancer.account), body.as_bytes(), facts).await;
    }
}
