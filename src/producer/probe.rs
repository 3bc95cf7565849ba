//! The very requests that a log service makes, to be judged against a policy.

use crate::iam::{AccessRequest, Context, ContextValue, Principal, Unnamed};

use super::{Place, Writer};

/// A request that a service makes, and its name in a sentence.
#[derive(Clone, Debug)]
pub struct Probe {
    /// Such as "`s3:PutObject` by `logging.s3.amazonaws.com` for `app-data`".
    pub what: String,
    /// The request.
    pub request: AccessRequest,
}

/// A request under construction: what every log service's request carries, and what this one adds.
#[derive(Clone, Debug)]
pub struct ServiceRequest {
    service: &'static str,
    context: Context,
}

/// Keys that AWS documents as absent from a service principal's request, or that belong to a signed-in person.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>: `aws:PrincipalOrgID` and its
/// kin are "included only if the principal is a member of an organization", tags and `aws:username` only for IAM
/// principals. That no log service writes through an access point is an inference: each is configured with a bucket's name.
/// What is not listed here and not set below is unknown, never taken as absent.
const NOT_OF_SERVICES: [&str; 8] = [
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:username",
    "aws:FederatedProvider",
    "aws:SourceIdentity",
    "s3:DataAccessPointArn",
    "s3:DataAccessPointAccount",
    "s3:AccessPointNetworkOrigin",
];

impl ServiceRequest {
    /// The request of a service principal, in the sources' Region, to something of the destination's account.
    ///
    /// `aws:SecureTransport` is true: AWS's own advice for log buckets denies plain HTTP to everyone
    /// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html>).
    pub fn of(service: &'static str, place: &Place) -> Self {
        let regional = service.replacen(".amazonaws.com", &format!(".{}.amazonaws.com", place.region), 1);
        let context = Context::new(Unnamed::Unknown)
            .with("aws:SecureTransport", ContextValue::known("true"))
            .with("aws:PrincipalIsAWSService", ContextValue::known("true"))
            .with("aws:PrincipalServiceName", ContextValue::known(service))
            .with("aws:PrincipalServiceNamesList", ContextValue::Known(vec![service.to_owned(), regional]))
            .with("aws:ViaAWSService", ContextValue::known("false"))
            .with("aws:RequestedRegion", ContextValue::known(place.region.as_str()))
            .with("aws:ResourceAccount", ContextValue::known(place.owner.as_str()))
            .with("s3:ResourceAccount", ContextValue::known(place.owner.as_str()));
        let context = NOT_OF_SERVICES.iter().fold(context, |context, key| context.with(key, ContextValue::Absent));
        Self { service, context }
    }

    /// The same request, carrying this key.
    #[must_use]
    pub fn with(mut self, key: &str, value: ContextValue) -> Self {
        self.context.insert(key, value);
        self
    }

    /// The same request on behalf of a source that AWS documents as named.
    #[must_use]
    pub fn on_behalf_of(self, account: &str, arn: &str) -> Self {
        self.with("aws:SourceAccount", ContextValue::known(account)).with("aws:SourceArn", ContextValue::known(arn))
    }

    /// The probe: this request for one action on one resource.
    pub fn probe(self, action: &str, resource: String, writer: &Writer) -> Probe {
        Probe {
            what: format!("`{action}` on `{resource}` by `{}` for `{}`", self.service, writer.name),
            request: AccessRequest {
                principal: Principal::Service(self.service.to_owned()),
                action: action.to_owned(),
                resource,
                context: self.context,
            },
        }
    }

    /// The probe of a key: S3 asks on the service's behalf, with the bucket or the object as encryption context.
    ///
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#encryption-context>: the bucket's ARN
    /// where a Bucket Key is used, else the object's.
    pub fn key_probe(self, action: &str, key: &ProbedKey<'_>, place: &Place, writer: &Writer) -> Probe {
        let via = format!("s3.{}.amazonaws.com", place.region);
        let probe = match key.context {
            KeyContext::Bucket => {
                self.with("kms:EncryptionContext:aws:s3:arn", ContextValue::known(place.bucket_arn()))
            }
            KeyContext::BucketOrObject => self,
        };
        probe
            .with("kms:ViaService", ContextValue::known(via))
            .with("kms:EncryptionContextKeys", ContextValue::known("aws:s3:arn"))
            .with("kms:GrantIsForAWSResource", ContextValue::Absent)
            .probe(action, key.arn.to_owned(), writer)
    }
}

/// A key that a service's writes depend on.
#[derive(Clone, Copy, Debug)]
pub struct ProbedKey<'a> {
    /// Its ARN.
    pub arn: &'a str,
    /// What S3 gives as its encryption context.
    pub context: KeyContext,
}

/// An encryption context of S3.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KeyContext {
    /// The bucket: its default encryption uses a Bucket Key.
    Bucket,
    /// The object, or the bucket where a later setting turns a Bucket Key on.
    BucketOrObject,
}

/// A value that AWS does not document to be sent: either absent or this.
pub(super) fn perhaps(value: impl Into<String>) -> ContextValue {
    ContextValue::OneOf(vec![None, Some(vec![value.into()])])
}
