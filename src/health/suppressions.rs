//! Ready-made exceptions for the scanners that want a KMS key on every bucket, for one that must not have it.
//!
//! The rules: Checkov `CKV_AWS_145`, Prowler `s3_bucket_kms_encryption` (its mutelist takes resources as patterns), Trivy
//! `AVD-AWS-0132`, cdk-nag `S3DefaultEncryptionKMS` in its NIST, HIPAA and PCI packs, Security Hub `S3.17` (looked up
//! 2026-11-23). That each tool takes the text as it stands was not tried with it.

use crate::model::{AccountId, BucketName, EncryptionKind, Producer, Region};
use crate::producer::encryption::rule;

/// The exceptions for a destination that needs SSE-S3, one a scanner: its name, and the text to put where.
pub fn suppressions(
    bucket: &BucketName,
    account: &AccountId,
    region: &Region,
    producer: Producer,
) -> Vec<(&'static str, String)> {
    let cell = rule(producer, EncryptionKind::SseKmsCustomer);
    let reason = format!("{} need SSE-S3: {}", producer.title(), cell.source);
    // In double quotes of YAML a backslash is written twice.
    let pattern = bucket.as_str().replace('.', r"\\.");
    vec![
        ("Checkov: into the resource's block of the template", format!("# checkov:skip=CKV_AWS_145:{reason}")),
        (
            "Prowler: into the mutelist file",
            format!(
                "Mutelist:\n  Accounts:\n    \"{account}\":\n      Checks:\n        \"s3_bucket_kms_encryption\":\n          Regions:\n            - \"{region}\"\n          Resources:\n            - \"^{pattern}$\"\n          Description: \"{reason}\""
            ),
        ),
        ("Trivy: above the resource in the template", format!("# {reason}\n#trivy:ignore:AVD-AWS-0132")),
        (
            "cdk-nag: in the stack",
            format!(
                "NagSuppressions.addResourceSuppressions(bucket, [\n  {{ id: 'NIST.800.53.R5-S3DefaultEncryptionKMS', reason: '{reason}' }},\n  {{ id: 'HIPAA.Security-S3DefaultEncryptionKMS', reason: '{reason}' }},\n  {{ id: 'PCI.DSS.321-S3DefaultEncryptionKMS', reason: '{reason}' }},\n]);"
            ),
        ),
        (
            "Security Hub: an automation rule, by the AWS CLI",
            format!(
                "aws securityhub create-automation-rule --region {region} --rule-order 1 --rule-status ENABLED \\\n  --rule-name logbucket-{bucket} --description '{reason}' \\\n  --criteria '{{\"ComplianceSecurityControlId\":[{{\"Value\":\"S3.17\",\"Comparison\":\"EQUALS\"}}],\"ResourceId\":[{{\"Value\":\"arn:{partition}:s3:::{bucket}\",\"Comparison\":\"EQUALS\"}}]}}' \\\n  --actions '[{{\"Type\":\"FINDING_FIELDS_UPDATE\",\"FindingFieldsUpdate\":{{\"Workflow\":{{\"Status\":\"SUPPRESSED\"}},\"Note\":{{\"Text\":\"{reason}\",\"UpdatedBy\":\"logbucket\"}}}}}}]'",
                partition = region.partition()
            ),
        ),
    ]
}
