//! Sentences about the encryption of reports.

use crate::model::EncryptionKind;
use crate::plan::{RefusedReport, ReportFinding};

use super::encryption::NAMED_BY_ARN;
use super::key::{CANT_ENCRYPT, failing_text, restore};
use super::{Audience, Sentences, joined};

pub(super) fn sentences(kind: &ReportFinding, subject: &str, audience: Audience) -> Sentences {
    match kind {
        ReportFinding::AwsManagedKey { producer, source } => Sentences::new(
            format!("the inventory of `{source}` encrypts its reports with `{subject}`, the AWS managed key"),
            producer.encryption(EncryptionKind::SseKmsAwsManaged).why,
        ),
        ReportFinding::KeyNotArn { name } => Sentences::new(
            format!("the inventory of `{subject}` names its report key `{name}`, not by its ARN"),
            format!(
                "AWS's guide asks for the key's ARN; S3 may look up an ID or alias in another account; {}",
                audience.pick(
                    "`--report-kms-key ARN` names the key itself",
                    "choose the key under `encryption of the reports` to name it by its ARN"
                )
            ),
        ),
        ReportFinding::DefaultKeyNotArn { name } => Sentences::new(
            format!("the default encryption of `{subject}` names its key as `{name}`, and the inventory names none"),
            NAMED_BY_ARN,
        ),
        ReportFinding::DefaultNotWritable { producer, kind } => Sentences::new(
            format!("`{subject}` has default encryption {}, and the inventory names none of its own", kind.title()),
            producer.encryption(*kind).why,
        ),
        // How to restore the key, although these reports will use another encryption.
        ReportFinding::FailingDefault(key) => Sentences::new(
            format!("{}, and the inventory names no encryption of its own", failing_text(subject, key)),
            format!("{CANT_ENCRYPT}; to keep it: {}", restore(subject, key, audience)),
        ),
        ReportFinding::Unencrypted { producer, source, refused } => {
            let refused = match refused {
                RefusedReport::Denied(by) => format!("is denied by {}", joined(by)),
                RefusedReport::NotAllowed(by) if by.is_empty() => "is not allowed by the bucket policy".to_owned(),
                RefusedReport::NotAllowed(by) => format!("is not allowed: {}", joined(by)),
            };
            let service = producer.facts().principal;
            Sentences::new(
                format!("`s3:PutObject` by `{service}` for `{source}`, whose inventory names no encryption, {refused}")
                    .trim_end(),
                "AWS documents that reports fail if the bucket policy requires an encryption and the configuration names none",
            )
        }
    }
}
