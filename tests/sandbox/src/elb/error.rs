//! ELB v2's errors.
//!
//! Every error that the sandbox returns is HTTP 400. The codes come from the API reference; the messages were seen in
//! the field.

use crate::query;
use crate::wire::Reply;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Such as `InvalidConfigurationRequest`.
    pub code: String,
    pub message: String,
}

pub fn refuse(code: &str, message: &str) -> Refusal {
    Refusal { code: code.to_owned(), message: message.to_owned() }
}

pub fn not_found(named: &str) -> Refusal {
    refuse("LoadBalancerNotFound", &format!("One or more load balancers not found: '{named}'"))
}

/// The bucket does not allow the log service, for any reason (<https://github.com/aws/aws-cdk/issues/21947>).
pub fn bucket_denied(bucket: &str) -> Refusal {
    refuse(
        "InvalidConfigurationRequest",
        &format!("Access Denied for bucket: {bucket}. Please check S3bucket permission"),
    )
}

impl Refusal {
    pub fn reply(&self) -> Reply {
        query::refused("elasticloadbalancing", 400, &self.code, &self.message)
    }
}
