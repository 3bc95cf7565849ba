//! S3's errors. Codes and statuses come from S3's "List of error codes".

use std::fmt::Write as _;

use crate::wire::Reply;
use crate::xml::escape;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    /// Such as `NoSuchBucket`.
    pub code: String,
    pub message: String,
    /// The bucket's Region, if the answer contains it.
    pub region: Option<String>,
    /// Further elements of the answer, in order.
    pub details: Vec<(&'static str, String)>,
}

pub fn refuse(status: u16, code: &str, message: &str) -> Refusal {
    Refusal { status, code: code.to_owned(), message: message.to_owned(), region: None, details: Vec::new() }
}

/// 403 `AccessDenied`.
pub fn access_denied() -> Refusal {
    refuse(403, "AccessDenied", "Access Denied")
}

/// 404 `NoSuchBucket`.
pub fn no_such_bucket() -> Refusal {
    refuse(404, "NoSuchBucket", "The specified bucket does not exist")
}

/// 400 `MalformedXML`.
pub fn malformed_xml() -> Refusal {
    refuse(
        400,
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema",
    )
}

/// 400 `InvalidArgument`.
pub fn invalid_argument(message: &str) -> Refusal {
    refuse(400, "InvalidArgument", message)
}

impl Refusal {
    /// Adds the bucket's Region as `x-amz-bucket-region`.
    #[must_use]
    pub fn in_region(mut self, region: &str) -> Self {
        self.region = Some(region.to_owned());
        self
    }

    /// Adds an element.
    #[must_use]
    pub fn detail(mut self, name: &'static str, value: &str) -> Self {
        self.details.push((name, value.to_owned()));
        self
    }

    /// Returns the answer. A HEAD has no body, so only the status remains.
    pub fn reply(&self, head: bool, resource: &str) -> Reply {
        let reply = if head {
            Reply::empty(self.status)
        } else {
            let bucket = resource.split('/').next().unwrap_or_default();
            let mut extra = String::new();
            for (name, value) in &self.details {
                let _ = write!(extra, "<{name}>{}</{name}>", escape(value));
            }
            if !bucket.is_empty() {
                let _ = write!(extra, "<BucketName>{}</BucketName>", escape(bucket));
            }
            if let (301 | 400, Some(region)) = (self.status, &self.region) {
                let _ = write!(
                    extra,
                    "<Endpoint>{}.s3.{region}.amazonaws.com</Endpoint><Region>{region}</Region>",
                    escape(bucket)
                );
            }
            let body = format!(
                "<Error><Code>{}</Code><Message>{}</Message>{extra}<Resource>/{}</Resource><RequestId>SANDBOX</RequestId><HostId>sandbox</HostId></Error>",
                escape(&self.code),
                escape(&self.message),
                escape(resource)
            );
            Reply::xml(self.status, body)
        };
        match &self.region {
            Some(region) => reply.with("x-amz-bucket-region", region),
            None => reply,
        }
    }
}
