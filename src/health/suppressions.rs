//! Ready-made exceptions for scanners. Some scanners require a KMS key on every bucket, even where the key would block
//! logs. Some scanners require access logs for every bucket, even for a bucket that stores logs.
//!
//! The rules about the key: Checkov `CKV_AWS_145`, Prowler `s3_bucket_kms_encryption` (its mutelist takes resources as
//! patterns), Trivy `AVD-AWS-0132`, cdk-nag `S3DefaultEncryptionKMS` in its NIST, HIPAA and PCI packs, Security Hub
//! `S3.17` (looked up 2026-11-23). Each text was tested with its tool (2026-11-25): Checkov 3.3.30, Prowler 5.46.0,
//! Trivy 0.59.1 and 0.76.0 (the older version only knows the rule by this ID), cdk-nag 2.38.2 and 3.0.2. For Security
//! Hub, the AWS CLI accepted the parameters; nothing could be tested against the service. According to AWS, only the
//! administrator can create automation rules, and the rules don't change earlier findings:
//! <https://docs.aws.amazon.com/securityhub/latest/userguide/automation-rules.html>.
//!
//! Exceptions to the rules about access logs have the same formats. They were looked up, but not tested: Checkov
//! `CKV_AWS_18`, Prowler `s3_bucket_server_access_logging_enabled`, Trivy `AVD-AWS-0089`, cdk-nag `AwsSolutions-S1` and
//! `S3BucketLoggingEnabled` in its other packs, Security Hub `S3.9`. AWS's page on `S3.9` recommends the exception:
//! [`TARGET`].

use crate::model::{AccountId, BucketName, EncryptionKind, Region};
use crate::producer::Producer;
use crate::producer::encryption::EncryptionOutcome;

/// "The target logging bucket does not need to have server access logging enabled, and you should suppress findings for this
/// bucket."
const TARGET: &str = "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-9";

/// A rule that must not apply to a bucket, with each scanner's name for the rule.
struct Exception {
    reason: String,
    checkov: &'static str,
    prowler: &'static str,
    trivy: &'static str,
    /// Trivy's exception goes above this resource.
    above: &'static str,
    nag: &'static [&'static str],
    security_hub: &'static str,
    /// The start of the automation rule's name. It distinguishes the rules for one bucket.
    rule: &'static str,
}

/// Returns the rules that must not apply to a bucket with this producer's logs.
fn exceptions(producer: Producer) -> Vec<Exception> {
    let cell = producer.encryption(EncryptionKind::SseKmsCustomer);
    let key = (cell.outcome == EncryptionOutcome::NotSupported).then(|| Exception {
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

/// Returns the exceptions for a destination of this producer's logs, each with the place to add it and its text. Empty
/// if no scanner rule conflicts.
pub(crate) fn suppressions(
    bucket: &BucketName,
    account: &AccountId,
    region: &Region,
    producer: Producer,
) -> Vec<(String, String)> {
    let all = exceptions(producer);
    if all.is_empty() {
        return Vec::new();
    }
    // In a double-quoted YAML string a backslash is doubled.
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
        ("Checkov: add inside the aws_s3_bucket block, or its module's, in Terraform".to_owned(), checkov.join("\n")),
        (
            "Prowler: mutelist file; in an existing one, add only the part below `Checks` \
             (a second `Mutelist` overrides the first)"
                .to_owned(),
            format!("Mutelist:\n  Accounts:\n    \"{account}\":\n      Checks:\n{}", prowler.join("\n")),
        ),
    ];
    texts.extend(all.iter().map(|of| {
        (
            format!("Trivy: add above the {}; in CloudFormation YAML, above the bucket", of.above),
            format!("# {}\n#trivy:ignore:{}", of.reason, of.trivy),
        )
    }));
    texts.push((
        "cdk-nag 3: add to the stack; import `Validations` from aws-cdk-lib".to_owned(),
        format!("Validations.of(bucket).acknowledge(\n{nag});"),
    ));
    texts.push((
        "cdk-nag 2: add to the stack; import `NagSuppressions` from cdk-nag".to_owned(),
        format!("NagSuppressions.addResourceSuppressions(bucket, [\n{nag}]);"),
    ));
    texts.extend(all.iter().map(|of| {
        let Exception { reason, security_hub, rule, .. } = of;
        (
            "Security Hub: create an automation rule with the AWS CLI in the administrator's account (sh, bash or \
             zsh); applies to new and updated findings"
                .to_owned(),
            format!(
                "aws securityhub create-automation-rule --region {region} --rule-order 1 --rule-status ENABLED \\\n  --rule-name {rule}-{bucket} --description '{reason}' \\\n  --criteria '{{\"ComplianceSecurityControlId\":[{{\"Value\":\"{security_hub}\",\"Comparison\":\"EQUALS\"}}],\"ResourceId\":[{{\"Value\":\"arn:{partition}:s3:::{bucket}\",\"Comparison\":\"EQUALS\"}}]}}' \\\n  --actions '[{{\"Type\":\"FINDING_FIELDS_UPDATE\",\"FindingFieldsUpdate\":{{\"Workflow\":{{\"Status\":\"SUPPRESSED\"}},\"Note\":{{\"Text\":\"{reason}\",\"UpdatedBy\":\"logbucket\"}}}}}}]'",
                partition = region.partition()
            ),
        )
    }));
    texts
}

/// Returns the cdk-nag rules to acknowledge, each with the reason.
fn nag_rules(of: &Exception) -> String {
    let line = |id: &&str| format!("  {{ id: '{id}', reason: '{}' }},\n", of.reason);
    of.nag.iter().map(line).collect::<Vec<_>>().concat()
}
