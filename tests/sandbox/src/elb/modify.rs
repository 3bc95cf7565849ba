//! `ModifyLoadBalancerAttributes`: all or nothing, and logs only to a bucket that allows the service.
//!
//! ELB v2 API: attributes that are not sent "retain their current values".

use std::collections::BTreeMap;

use crate::delivery::attach;
use crate::dispatch::Caller;
use crate::elb::attributes::{self, LOGS};
use crate::elb::error::{Refusal, not_found, refuse};
use crate::elb::{balancer, describe};
use crate::sandbox::Sandbox;
use crate::sts::parameter;
use crate::wire::Reply;

pub async fn attributes(
    sandbox: &Sandbox,
    caller: &Caller,
    arn: &str,
    form: &[(String, String)],
) -> Result<Reply, Refusal> {
    let balancer =
        balancer::by_arn(sandbox, &caller.account, &caller.region, arn).await.ok_or_else(|| not_found(arn))?;
    let sent = sent(form);
    attributes::check(&balancer.kind, &sent)?;
    let before = sandbox.world().attributes.get(arn).cloned().unwrap_or_default();
    let mut after = before.clone();
    after.extend(sent.iter().map(|(key, value)| (key.clone(), value.clone())));
    // AWS was seen to reject an empty bucket name even if the log is off:
    // <https://github.com/hashicorp/terraform-provider-aws/issues/2072>.
    if let Some((key, _)) = sent.iter().find(|(key, value)| key.ends_with(".s3.bucket") && value.is_empty()) {
        return Err(refuse("ValidationError", &format!("The value of '{key}' cannot be empty")));
    }
    let mut tests = Vec::new();
    for log in LOGS.iter().filter(|log| sent.keys().any(|key| key.starts_with(&format!("{log}.")))) {
        let Some((bucket, prefix)) = attributes::destination(&after, log) else {
            continue;
        };
        if bucket.is_empty() {
            return Err(refuse("ValidationError", "S3Bucket name cannot be empty"));
        }
        attach::check(&mut sandbox.world(), &balancer, log, &bucket, &prefix)?;
        // AWS doesn't document whether it rewrites the test file if nothing changes. The sandbox does not rewrite it.
        if attributes::destination(&before, log) != Some((bucket.clone(), prefix.clone())) {
            tests.push((*log, bucket, prefix));
        }
    }
    sandbox.world().attributes.insert(arn.to_owned(), after.clone());
    for (log, bucket, prefix) in tests {
        attach::write_test_file(sandbox, &balancer, log, &bucket, &prefix).await;
    }
    Ok(describe::attributes_reply("ModifyLoadBalancerAttributes", &attributes::with_defaults(&balancer.kind, &after)))
}

fn sent(form: &[(String, String)]) -> BTreeMap<String, String> {
    (1..=64)
        .map_while(|nth| {
            let key = parameter(form, &format!("Attributes.member.{nth}.Key"))?;
            let value = parameter(form, &format!("Attributes.member.{nth}.Value")).unwrap_or_default();
            Some((key.to_owned(), value.to_owned()))
        })
        .collect()
}
