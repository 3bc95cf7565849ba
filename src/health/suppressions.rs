//! Ready-made exceptions for the scanners that want a KMS key on every bucket, for one that must not have it, and access logs of
//! every bucket, for one that logs are kept in.
//!
//! The rules about the key: Checkov `CKV_AWS_145`, Prowler `s3_bucket_kms_encryption` (its mutelist takes resources as patterns),
//! Trivy `AVD-AWS-0132`, cdk-nag `S3DefaultEncryptionKMS` in its NIST, HIPAA and PCI packs, Security Hub `S3.17` (looked up
//! 2026-11-23). Each text was tried with its tool (2026-11-25): Checkov 3.3.30, Prowler 5.46.0, Trivy 0.59.1 and 0.76.0 (the
//! older knows the rule by this id alone), cdk-nag 2.38.2 and 3.0.2; of Security Hub the AWS CLI took the parameters, and
//! nothing could be asked. That its rules are the administrator's alone, and touch no finding of before, is AWS's word:
//! <https://docs.aws.amazon.com/securityhub/latest/userguide/automation-rules.html>.
//!
//! The rules about access logs have the same forms, and were looked up and not tried: Checkov `CKV_AWS_18`, Prowler
//! `s3_bucket_server_access_logging_enabled`, Trivy `AVD-AWS-0089`, cdk-nag `AwsSolutions-S1` and `S3BucketLoggingEnabled` in its
//! other packs, Security Hub `S3.9`, whose page asks for the exception itself: [`TARGET`].

use crate::model::{AccountId, BucketName, EncryptionKind, Region};
use crate::producer::Producer;
use crate::producer::encryption::Outcome;

/// "The target logging bucket does not need to have server access logging enabled, and you should suppress findings for this
/// bucket."
const TARGET: &str = "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-9";

/// What scanners want of a bucket that it must not have, by their names for it.
struct Exception {
    reason: String,
    checkov: &'static str,
    prowler: &'static str,
    trivy: &'static str,
    /// Above what the exception of Trivy stands.
    above: &'static str,
    nag: &'static [&'static str],
    security_hub: &'static str,
    /// What tells the automation rule apart from others of the bucket.
    rule: &'static str,
}

/// What scanners are wrong about, for a bucket with logs of this producer.
fn exceptions(producer: Producer) -> Vec<Exception> {
    let cell = producer.encryption(EncryptionKind::SseKmsCustomer);
    let key = (cell.outcome == Outcome::NeverArrives).then(|| Exception {
        reason: format!("{} need SSE-S3: {}", producer.title(), cell.source),
        checkov: "CKV_AWS_145",
        prowler: "s3_bucket_kms_encryption",
        trivy: "AVD-AWS-0132",
        above: "aws_s3_bucket_server_side_encryption_configuration, or the aws_s3_bucket without one",
        nag: &[
            "NIST.800.53.R5-S3DefaultEncryptionKMS",
            "HIPAA.Security-S3DefaultEncryptionKMS",
            "PCI.DSS.321-S3DefaultEncryptionKMS",
        ],
        security_hub: "S3.17",
        rule: "logbucket",
    });
    let why = producer.facts().not_logged_itself.map(|beginning| format!("{beginning} {TARGET}"));
    let logged = why.map(|reason| Exception {
        reason,
        checkov: "CKV_AWS_18",
        prowler: "s3_bucket_server_access_logging_enabled",
        trivy: "AVD-AWS-0089",
        above: "aws_s3_bucket",
        nag: &[
            "AwsSolutions-S1",
            "NIST.800.53.R5-S3BucketLoggingEnabled",
            "HIPAA.Security-S3BucketLoggingEnabled",
            "PCI.DSS.321-S3BucketLoggingEnabled",
        ],
        security_hub: "S3.9",
        rule: "logbucket-access-logs",
    });
    key.into_iter().chain(logged).collect()
}

/// The exceptions for a destination of this producer's logs, by scanner: its name, and the text to put where. None where no
/// scanner is wrong about it.
pub fn suppressions(
    bucket: &BucketName,
    account: &AccountId,
    region: &Region,
    producer: Producer,
) -> Vec<(String, String)> {
    let all = exceptions(producer);
    if all.is_empty() {
        return Vec::new();
    }
    // In double quotes of YAML a backslash is written twice.
    let pattern = bucket.as_str().replace('.', r"\\.");
    let lines = |of: &dyn Fn(&Exception) -> String| all.iter().map(of).collect::<Vec<_>>();
    let checkov = lines(&|of| format!("# checkov:skip={}:{}", of.checkov, of.reason));
    let prowler = lines(&|of| {
        format!(
            "        \"{}\":\n          Regions:\n            - \"{region}\"\n          Resources:\n            - \"^{pattern}$\"\n          Description: \"{}\"",
            of.prowler, of.reason
        )
    });
    let nag = lines(&|of| nag_rules(of)).concat();
    let mut texts = vec![
        (
            "Checkov: into the block of the aws_s3_bucket, or of its module, in Terraform".to_owned(),
            checkov.join("\n"),
        ),
        (
            "Prowler: a mutelist file; one that is there already takes what is below `Checks`, for a second `Mutelist` undoes the first".to_owned(),
            format!("Mutelist:\n  Accounts:\n    \"{account}\":\n      Checks:\n{}", prowler.join("\n")),
        ),
    ];
    texts.extend(all.iter().map(|of| {
        (
            format!("Trivy: above the {}; in CloudFormation's YAML above the bucket", of.above),
            format!("# {}\n#trivy:ignore:{}", of.reason, of.trivy),
        )
    }));
    texts.push((
        "cdk-nag 3: in the stack; `Validations` is imported from aws-cdk-lib".to_owned(),
        format!("Validations.of(bucket).acknowledge(\n{nag});"),
    ));
    texts.push((
        "cdk-nag 2: in the stack; `NagSuppressions` is imported from cdk-nag".to_owned(),
        format!("NagSuppressions.addResourceSuppressions(bucket, [\n{nag}]);"),
    ));
    texts.extend(all.iter().map(|of| {
        let Exception { reason, security_hub, rule, .. } = of;
        (
            "Security Hub: an automation rule, by the AWS CLI in the administrator's account (in sh, bash or zsh), for findings that are new or updated".to_owned(),
            format!(
                "aws securityhub create-automation-rule --region {region} --rule-order 1 --rule-status ENABLED \\\n  --rule-name {rule}-{bucket} --description '{reason}' \\\n  --criteria '{{\"ComplianceSecurityControlId\":[{{\"Value\":\"{security_hub}\",\"Comparison\":\"EQUALS\"}}],\"ResourceId\":[{{\"Value\":\"arn:{partition}:s3:::{bucket}\",\"Comparison\":\"EQUALS\"}}]}}' \\\n  --actions '[{{\"Type\":\"FINDING_FIELDS_UPDATE\",\"FindingFieldsUpdate\":{{\"Workflow\":{{\"Status\":\"SUPPRESSED\"}},\"Note\":{{\"Text\":\"{reason}\",\"UpdatedBy\":\"logbucket\"}}}}}}]'",
                partition = region.partition()
            ),
        )
    }));
    texts
}

/// The rules of cdk-nag that a bucket breaks, each with the reason against it.
fn nag_rules(of: &Exception) -> String {
    let line = |id: &&str| format!("  {{ id: '{id}', reason: '{}' }},\n", of.reason);
    of.nag.iter().map(line).collect::<Vec<_>>().concat()
}
