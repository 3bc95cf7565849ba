//! The SDK clients that the tests use.

use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region, SharedHttpClient};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use bytes::Bytes;
use http::HeaderMap;
use sandbox::Sandbox;
use sandbox::account::{ACCOUNT, SECRET_ACCESS_KEY, access_key_id};
use sandbox::sandbox::Outcome;
use sandbox::wire::{Reply, Request};
use sandbox::xml::{self, Node};

fn credentials(account: &str) -> Credentials {
    Credentials::new(access_key_id(account), SECRET_ACCESS_KEY, None, None, "test")
}

pub(crate) fn s3_of(sandbox: &Sandbox, account: &str, region: &'static str) -> aws_sdk_s3::Client {
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(credentials(account))
        .region(Region::new(region))
        .http_client(sandbox.http_client())
        .retry_config(aws_sdk_s3::config::retry::RetryConfig::disabled())
        .build();
    aws_sdk_s3::Client::from_conf(config)
}

pub(crate) fn s3(sandbox: &Sandbox) -> aws_sdk_s3::Client {
    s3_of(sandbox, ACCOUNT, "us-east-1")
}

pub(crate) fn s3_at(url: &str) -> aws_sdk_s3::Client {
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(credentials(ACCOUNT))
        .region(Region::new("us-east-1"))
        .endpoint_url(url)
        .retry_config(aws_sdk_s3::config::retry::RetryConfig::disabled())
        .build();
    aws_sdk_s3::Client::from_conf(config)
}

pub(crate) fn elb(sandbox: &Sandbox) -> aws_sdk_elasticloadbalancingv2::Client {
    elb_of(sandbox, ACCOUNT, "us-east-1")
}

pub(crate) fn elb_of(sandbox: &Sandbox, account: &str, region: &'static str) -> aws_sdk_elasticloadbalancingv2::Client {
    let config = aws_sdk_elasticloadbalancingv2::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(credentials(account))
        .region(Region::new(region))
        .http_client(sandbox.http_client())
        .retry_config(aws_sdk_s3::config::retry::RetryConfig::disabled())
        .build();
    aws_sdk_elasticloadbalancingv2::Client::from_conf(config)
}

pub(crate) fn kms_of(sandbox: &Sandbox, account: &str) -> aws_sdk_kms::Client {
    kms_in(sandbox, account, "us-east-1")
}

pub(crate) fn kms_in(sandbox: &Sandbox, account: &str, region: &'static str) -> aws_sdk_kms::Client {
    let config = aws_sdk_kms::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(credentials(account))
        .region(Region::new(region))
        .http_client(sandbox.http_client())
        .retry_config(aws_sdk_s3::config::retry::RetryConfig::disabled())
        .build();
    aws_sdk_kms::Client::from_conf(config)
}

pub(crate) fn account_of(sandbox: &Sandbox, account: &str) -> aws_sdk_account::Client {
    let config = aws_sdk_account::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(credentials(account))
        .region(Region::new("us-east-1"))
        .http_client(sandbox.http_client())
        .retry_config(aws_sdk_s3::config::retry::RetryConfig::disabled())
        .build();
    aws_sdk_account::Client::from_conf(config)
}

pub(crate) fn trail_in(sandbox: &Sandbox, account: &str, region: &'static str) -> aws_sdk_cloudtrail::Client {
    let config = aws_sdk_cloudtrail::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(credentials(account))
        .region(Region::new(region))
        .http_client(sandbox.http_client())
        .retry_config(aws_sdk_s3::config::retry::RetryConfig::disabled())
        .build();
    aws_sdk_cloudtrail::Client::from_conf(config)
}

pub(crate) fn sts_with(client: SharedHttpClient, account: &str) -> aws_sdk_sts::Client {
    let config = aws_sdk_sts::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(credentials(account))
        .region(Region::new("us-east-1"))
        .http_client(client)
        .build();
    aws_sdk_sts::Client::from_conf(config)
}

/// Builds a raw request that none of the SDKs here can send. The body is a form, or JSON if an operation is named.
pub(crate) fn raw(service: &str, region: &str, account: &str, target: &str, body: &str) -> Request {
    let mut headers = HeaderMap::new();
    let scope = format!(
        "AWS4-HMAC-SHA256 Credential={}/20260102/{region}/{service}/aws4_request, SignedHeaders=host, Signature=00",
        access_key_id(account)
    );
    for (name, value) in
        [("authorization", scope.as_str()), ("x-amz-date", "20260102T000000Z"), ("x-amz-target", target)]
    {
        headers.insert(name, value.parse().expect("a value"));
    }
    let (method, uri) = if service == "s3" { ("GET", target) } else { ("POST", "/") };
    Request::new(method, uri, headers, Bytes::from(body.to_owned()))
}

/// Returns the raw reply to a request.
pub(crate) async fn reply(sandbox: &Sandbox, request: Request) -> Reply {
    match sandbox.answer(request).await {
        Outcome::Reply(reply) => reply,
        Outcome::CutShort(_) | Outcome::Endless(_) | Outcome::Reset => Reply::empty(0),
    }
}

/// Returns the status and code of a refusal.
pub(crate) fn refused<T, E: ProvideErrorMetadata>(answer: Result<T, SdkError<E>>) -> (u16, String) {
    match answer {
        Ok(_) => (200, "no refusal".to_owned()),
        Err(error) => {
            let status = error.raw_response().map_or(0, |response| response.status().as_u16());
            (status, error.code().unwrap_or_default().to_owned())
        }
    }
}

pub(crate) fn refusal(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

/// Sends a form to EC2 and returns the status and the root element of the answer.
pub(crate) async fn ec2_of(sandbox: &Sandbox, account: &str, region: &str, form: &str) -> (u16, Node) {
    let body = format!("Version=2016-11-15&{form}");
    let reply = reply(sandbox, raw("ec2", region, account, "", &body)).await;
    (reply.status, xml::parse(&reply.body).expect("XML"))
}

pub(crate) async fn ec2(sandbox: &Sandbox, form: &str) -> (u16, Node) {
    ec2_of(sandbox, ACCOUNT, "us-east-1", form).await
}

/// Returns the status and code of EC2's refusal.
pub(crate) fn ec2_refusal((status, root): &(u16, Node)) -> (u16, String) {
    (*status, root.text_at(&["Errors", "Error", "Code"]).unwrap_or("no refusal").to_owned())
}

/// Returns the texts at a path in the items of a set, such as the IDs in `vpcSet`.
pub(crate) fn items(root: &Node, set: &str, path: &[&str]) -> Vec<String> {
    let items = root.child(set).map(|set| set.children.clone()).unwrap_or_default();
    items.iter().map(|item| item.text_at(path).unwrap_or_default().to_owned()).collect()
}

/// Returns the seeded world with a VPC.
pub(crate) async fn with_vpc() -> Sandbox {
    let sandbox = Sandbox::seeded().await;
    sandbox::seed::plant_vpc(&sandbox);
    sandbox
}
