//! What a log service sends in the condition keys of IAM, S3 and KMS, as far as it is the same for every producer: a row for each
//! key of the service authorization reference. What a producer sends of its own is said where its requests are made.
//!
//! Keys: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>,
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html> and
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html> (2026-11). A key that an
//! action does not support is not in its request.

use std::sync::LazyLock;

use crate::iam::{Context, ContextValue, Usual};

/// What is sent.
#[derive(Clone, Copy, Debug)]
enum Sent {
    /// Not the key: AWS says that such requests have none.
    Never,
    /// Not the key: inferred from what the key is for.
    NeverInferred,
    /// One of these, whichever.
    OneOf(&'static [&'static str]),
    /// Nothing, or one of these.
    Perhaps(&'static [&'static str]),
    /// Something, or nothing: AWS does not say.
    Unknown,
    /// It depends on the producer, the place or the key, and is set there.
    Elsewhere,
}

use Sent::{Elsewhere, Never, NeverInferred, OneOf, Perhaps, Unknown};

/// A key; `/*` at its end stands for any name. Those that a request sets itself are here for the list to be whole.
type Row = (&'static str, Sent);

/// Keys of every service.
const GLOBAL: [Row; 52] = [
    // Of a person, a role or a session: a service principal has none of them.
    ("aws:AssumedRoot", Never),
    ("aws:ChatbotSourceArn", Never),
    ("aws:Ec2InstanceSourcePrivateIPv4", Never),
    ("aws:Ec2InstanceSourceVpc", Never),
    ("aws:FederatedProvider", Never),
    ("aws:MultiFactorAuthAge", Never),
    ("aws:MultiFactorAuthPresent", Never),
    ("aws:PrincipalOrgID", Never),
    ("aws:PrincipalOrgPaths", Never),
    ("aws:PrincipalTag/*", Never),
    ("aws:SourceIdentity", Never),
    ("aws:username", Never),
    ("ec2:RoleDelivery", Never),
    ("ec2:SourceInstanceArn", Never),
    ("glue:CredentialIssuingService", Never),
    ("identitystore:UserId", Never),
    ("lambda:SourceFunctionArn", Never),
    ("ssm:SourceInstanceArn", Never),
    // Of a service that acts with somebody's credentials: the log services act as themselves.
    ("aws:CalledVia", NeverInferred),
    ("aws:CalledViaFirst", NeverInferred),
    ("aws:CalledViaLast", NeverInferred),
    ("aws:CalledViaAWSMCP", NeverInferred),
    ("aws:ViaAWSMCPService", NeverInferred),
    ("aws:ViaAWSService", OneOf(&["false"])),
    // Of a browser, or of tags in the request: no log is documented to be written with either.
    ("aws:Referer", NeverInferred),
    ("aws:RequestTag/*", NeverInferred),
    ("aws:TagKeys", NeverInferred),
    // AWS's own samples of log buckets deny plain HTTP to everyone
    // (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html>).
    ("aws:SecureTransport", OneOf(&["true"])),
    ("aws:PrincipalIsAWSService", OneOf(&["true"])),
    ("aws:PrincipalServiceName", Elsewhere),
    ("aws:PrincipalServiceNamesList", Elsewhere),
    ("aws:RequestedRegion", Elsewhere),
    ("aws:ResourceAccount", Elsewhere),
    ("aws:SourceAccount", Elsewhere),
    ("aws:SourceArn", Elsewhere),
    // "In some Regions", says <https://github.com/aws-samples/data-perimeter-policy-examples>, it is not sent.
    ("aws:SourceOrgID", Unknown),
    ("aws:SourceOrgPaths", Unknown),
    ("aws:ResourceOrgID", Unknown),
    ("aws:ResourceOrgPaths", Unknown),
    ("aws:ResourceTag/*", Unknown),
    ("aws:CurrentTime", Unknown),
    ("aws:EpochTime", Unknown),
    ("aws:PrincipalAccount", Unknown),
    ("aws:PrincipalArn", Unknown),
    ("aws:PrincipalType", Unknown),
    ("aws:SourceIp", Unknown),
    ("aws:SourceVpc", Unknown),
    ("aws:SourceVpce", Unknown),
    ("aws:TokenIssueTime", Unknown),
    ("aws:UserAgent", Unknown),
    ("aws:userid", Unknown),
    ("aws:VpcSourceIp", Unknown),
];

/// Keys of S3, for a request to put an object or to read a bucket's ACL.
const S3: [Row; 39] = [
    ("s3:ResourceAccount", Elsewhere),
    ("s3:x-amz-acl", Elsewhere),
    ("s3:x-amz-server-side-encryption", Elsewhere),
    ("s3:x-amz-server-side-encryption-aws-kms-key-id", Elsewhere),
    // S3 takes nothing older than 1.2 (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html>).
    ("s3:TlsVersion", OneOf(&["1.2", "1.3"])),
    // A log service has no key of the customer's to encrypt with: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html>.
    ("s3:x-amz-server-side-encryption-customer-algorithm", NeverInferred),
    // The documented values.
    ("s3:authType", OneOf(&["REST-HEADER", "REST-QUERY-STRING", "POST"])),
    ("s3:signatureversion", OneOf(&["AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256", "AWS"])),
    ("s3:signatureAge", Unknown),
    ("s3:x-amz-content-sha256", Unknown),
    ("s3:x-amz-storage-class", Perhaps(&["STANDARD"])),
    // No log is documented to be copied, tagged, locked, redirected or written on a condition.
    ("s3:x-amz-copy-source", NeverInferred),
    ("s3:x-amz-metadata-directive", NeverInferred),
    ("s3:x-amz-website-redirect-location", NeverInferred),
    ("s3:RequestObjectTag/*", NeverInferred),
    ("s3:RequestObjectTagKeys", NeverInferred),
    ("s3:object-lock-legal-hold", NeverInferred),
    ("s3:object-lock-mode", NeverInferred),
    ("s3:object-lock-remaining-retention-days", NeverInferred),
    ("s3:object-lock-retain-until-date", NeverInferred),
    ("s3:if-match", NeverInferred),
    ("s3:if-none-match", NeverInferred),
    // Access logs can be delivered with grants (`TargetGrants`), and AWS does not say by which header.
    ("s3:x-amz-grant-full-control", Unknown),
    ("s3:x-amz-grant-read", Unknown),
    ("s3:x-amz-grant-read-acp", Unknown),
    ("s3:x-amz-grant-write", Unknown),
    ("s3:x-amz-grant-write-acp", Unknown),
    // Each service is given the name of a bucket, not an access point or a grant.
    ("s3:AccessGrantsInstanceArn", NeverInferred),
    ("s3:AccessPointNetworkOrigin", NeverInferred),
    ("s3:AccessPointTag/*", NeverInferred),
    ("s3:DataAccessPointAccount", NeverInferred),
    ("s3:DataAccessPointArn", NeverInferred),
    // Of other actions.
    ("s3:ExistingObjectTag/*", Never),
    ("s3:VersionId", Never),
    ("s3:delimiter", Never),
    ("s3:max-keys", Never),
    ("s3:prefix", Never),
    ("s3:LocationConstraint", Never),
    // The bucket's own tags, which are not read for this.
    ("s3:BucketTag/*", Unknown),
];

/// Keys of KMS, for a request to make or to open a data key.
const KMS: [Row; 23] = [
    ("kms:ViaService", Elsewhere),
    ("kms:EncryptionContext:aws:s3:arn", Elsewhere),
    ("kms:EncryptionContextKeys", Elsewhere),
    // Only symmetric encryption keys are asked about.
    ("kms:EncryptionAlgorithm", OneOf(&["SYMMETRIC_DEFAULT"])),
    ("kms:KeySpec", OneOf(&["SYMMETRIC_DEFAULT"])),
    ("kms:KeyUsage", OneOf(&["ENCRYPT_DECRYPT"])),
    ("kms:KeyOrigin", OneOf(&["AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"])),
    ("kms:MultiRegion", OneOf(&["true", "false"])),
    ("kms:CallerAccount", Unknown),
    ("kms:RequestAlias", Unknown),
    ("kms:ResourceAliases", Unknown),
    // Of grants, of enclaves, of other actions.
    ("kms:GrantIsForAWSResource", Never),
    ("kms:GrantConstraintType", Never),
    ("kms:GrantOperations", Never),
    ("kms:GranteePrincipal", Never),
    ("kms:RetiringPrincipal", Never),
    ("kms:BypassPolicyLockoutSafetyCheck", Never),
    ("kms:ExpirationModel", Never),
    ("kms:MessageType", Never),
    ("kms:ReEncryptOnSameKey", Never),
    ("kms:RotationPeriodInDays", Never),
    ("kms:ScheduleKeyDeletionPendingWindowInDays", Never),
    ("kms:SigningAlgorithm", Never),
];

/// Keys of the network and of the identity that a request comes from, each with a value as a request of AWS's own might carry it,
/// if it carries the key at all. AWS's data perimeters except its services from every rule on them, by `aws:PrincipalIsAWSService`,
/// since they come from networks and with identities of their own.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html>,
/// <https://github.com/aws-samples/data-perimeter-policy-examples> (2026)
const OF_AWS: [(&str, &str); 8] = [
    ("aws:PrincipalAccount", "000000000000"),
    ("aws:PrincipalArn", "arn:aws:iam::000000000000:role/service"),
    ("aws:PrincipalType", "Service"),
    ("aws:SourceIp", "52.94.133.131"),
    ("aws:SourceVpc", "vpc-00000000000000000"),
    ("aws:SourceVpce", "vpce-00000000000000000"),
    ("aws:VpcSourceIp", "52.94.133.131"),
    ("aws:userid", "000000000000:service"),
];

/// The same context with what a request of AWS's own very likely carries of the keys of which nothing is known.
pub(super) fn likely(context: &Context) -> Context {
    let unknown = OF_AWS.iter().filter(|(key, _)| *context.get(key) == ContextValue::Unknown);
    unknown.fold(context.clone(), |context, (key, value)| {
        context.with(key, ContextValue::OneOf(vec![None, Some(vec![(*value).to_owned()])]))
    })
}

/// What a log service sends of keys that its request does not set itself. Of a key without a row nothing is known.
pub(super) static SENT: LazyLock<Usual> = LazyLock::new(|| {
    let values = |values: &[&str]| values.iter().map(|value| Some(vec![(*value).to_owned()])).collect::<Vec<_>>();
    let known = |(key, sent): &Row| {
        let value = match sent {
            Never | NeverInferred => ContextValue::Absent,
            OneOf(these) => ContextValue::OneOf(values(these)),
            Perhaps(these) => ContextValue::OneOf([vec![None], values(these)].concat()),
            Unknown | Elsewhere => ContextValue::Unknown,
        };
        ((*key).to_owned(), value)
    };
    Usual::new(GLOBAL.iter().chain(&S3).chain(&KMS).map(known))
});

#[cfg(test)]
mod tests {
    use crate::iam::Unnamed;

    use super::*;

    #[test]
    fn what_recommended_denies_ask_for_is_known() {
        let context = Context::new(Unnamed::Usual(&SENT));
        let absent =
            ["s3:x-amz-server-side-encryption-customer-algorithm", "AWS:PrincipalOrgId", "aws:PrincipalTag/team"];
        for key in absent {
            assert_eq!(context.get(key), &ContextValue::Absent, "{key}");
        }
        assert_eq!(context.get("aws:SecureTransport"), &ContextValue::known("true"));
        assert!(matches!(context.get("s3:TlsVersion"), ContextValue::OneOf(choices) if choices.len() == 2));
        for key in ["aws:SourceVpce", "s3:NewerThanThis", "aws:ResourceTag/team"] {
            assert_eq!(context.get(key), &ContextValue::Unknown, "{key}");
        }
    }
}
