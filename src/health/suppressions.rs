//! Ready-made exceptions for the scanners that want a KMS key on every bucket, for one that must not have it.
//!
//! The rules: Checkov `CKV_AWS_145`, Prowler `s3_bucket_kms_encryption` (its mutelist takes resources as patterns), Trivy
//! `AVD-AWS-0132`, cdk-nag `S3DefaultEncryptionKMS` in its NIST, HIPAA and PCI packs, Security Hub `S3.17` (looked up
//! 2026-11-23). Each text was tried with its tool (2026-11-25): Checkov 3.3.30, Prowler 5.46.0, Trivy 0.59.1 and 0.76.0 (the
//! older knows the rule by this id alone), cdk-nag 2.38.2 and 3.0.2; of Security Hub the AWS CLI took the parameters, and
//! nothing could be asked. That its rules are the administrator's alone, and touch no finding of before, is AWS's word:
//! <https://docs.aws.amazon.com/securityhub/latest/userguide/automation-rules.html>.

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
        (
            "Checkov: into the block of the aws_s3_bucket, or of its module, in Terraform",
            format!("# checkov:skip=CKV_AWS_145:{reason}"),
        ),
        (
            "Prowler: a mutelist file; one that is there already takes what is below `Checks`, for a second `Mutelist` undoes the first",
            format!(
                "Mutelist:\n  Accounts:\n    \"{account}\":\n      Checks:\n        \"s3_bucket_kms_encryption\":\n          Regions:\n            - \"{region}\"\n          Resources:\n            - \"^{pattern}$\"\n          Description: \"{reason}\""
            ),
        ),
        (
            "Trivy: above the aws_s3_bucket_server_side_encryption_configuration, or the aws_s3_bucket without one; in CloudFormation's YAML above the bucket",
            format!("# {reason}\n#trivy:ignore:AVD-AWS-0132"),
        ),
        (
            "cdk-nag 3: in the stack; `Validations` is imported from aws-cdk-lib",
            format!("Validations.of(bucket).acknowledge(\n{});", nag_rules(&reason)),
        ),
        (
            "cdk-nag 2: in the stack; `NagSuppressions` is imported from cdk-nag",
            format!("NagSuppressions.addResourceSuppressions(bucket, [\n{}]);", nag_rules(&reason)),
        ),
        (
            "Security Hub: an automation rule, by the AWS CLI in the administrator's account, for findings that are new or updated",
            format!(
                "aws securityhub create-automation-rule --region {region} --rule-order 1 --rule-status ENABLED \\\n  --rule-name logbucket-{bucket} --description '{reason}' \\\n  --criteria '{{\"ComplianceSecurityControlId\":[{{\"Value\":\"S3.17\",\"Comparison\":\"EQUALS\"}}],\"ResourceId\":[{{\"Value\":\"arn:{partition}:s3:::{bucket}\",\"Comparison\":\"EQUALS\"}}]}}' \\\n  --actions '[{{\"Type\":\"FINDING_FIELDS_UPDATE\",\"FindingFieldsUpdate\":{{\"Workflow\":{{\"Status\":\"SUPPRESSED\"}},\"Note\":{{\"Text\":\"{reason}\",\"UpdatedBy\":\"logbucket\"}}}}}}]'",
                partition = region.partition()
            ),
        ),
    ]
}

/// The rules of cdk-nag that want a key, each with the reason against it.
fn nag_rules(reason: &str) -> String {
    let packs = ["NIST.800.53.R5", "HIPAA.Security", "PCI.DSS.321"];
    packs.map(|pack| format!("  {{ id: '{pack}-S3DefaultEncryptionKMS', reason: '{reason}' }},\n")).concat()
}
