//! ELB v2's errors.
//!
//! All that the sandbox makes are HTTP 400; the codes are those of the API reference, the messages those seen in the field.

use crate::query;
use crate::wire::Reply;

/// A refusal of ELB v2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Such as `InvalidConfigurationRequest`.
    pub code: String,
    /// The message.
    pub message: String,
}

/// A refusal.
pub fn refuse(code: &str, message: &str) -> Refusal {
    Refusal { code: code.to_owned(), message: message.to_owned() }
}

/// `LoadBalancerNotFound`.
pub fn not_found(named: &str) -> Refusal {
    refuse("LoadBalancerNotFound", &format!("One or more load balancers not found: '{named}'"))
}

/// The bucket does not let the log service in, whatever the reason (<https://github.com/aws/aws-cdk/issues/21947>).
pub fn bucket_denied(bucket: &str) -> Refusal {
    refuse(
        "InvalidConfigurationRequest",
        &format!("Access Denied for bucket: {bucket}. Please check S3bucket permission"),
    )
}

impl Refusal {
    /// The answer.
    pub fn reply(&self) -> Reply {
        query::refused("elasticloadbalancing", 400, &self.code, &self.message)
    }
}
