//! Facts that help users choose an encryption. They are shown in a table and not used for decisions.

/// A topic, and the facts about it for SSE-S3, SSE-KMS with the AWS managed key, and SSE-KMS with a customer managed
/// key.
pub(crate) type WeighingRow = (&'static str, [&'static str; 3]);

/// The columns.
pub(crate) const COLUMNS: [&str; 3] = ["SSE-S3", "SSE-KMS, AWS managed key", "SSE-KMS, customer managed key"];

/// The facts, according to <https://aws.amazon.com/kms/pricing/>,
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html>,
/// <https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html> and
/// <https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html>. The price was looked up on 2026-11-24.
pub(crate) const ROWS: [WeighingRow; 5] = [
    ("cost", ["free", "per request", "1 USD per key per month, plus requests and earlier rotations of the key"]),
    ("audit trail of key use", ["none", "CloudTrail", "CloudTrail"]),
    (
        "access control on the key",
        ["none: anyone who may read the object can", "AWS's own policy, which can't be changed", "your key policy"],
    ),
    (
        "rotation",
        ["by AWS", "by AWS, every year", "as you choose; old versions are kept, and objects are not re-encrypted"],
    ),
    (
        "traps",
        [
            "no audit trail",
            "request quotas; log services can't use it",
            "request quotas; the key policy must name the service",
        ],
    ),
];
