//! Which principals AWS accepts in a policy.

use serde_json::Value;

/// The known service principals. AWS rejects unknown ones.
const SERVICES: &[&str] = &[
    "access-analyzer",
    "apigateway",
    "athena",
    "billingreports",
    "bcm-data-exports",
    "cloudfront",
    "cloudtrail",
    "config",
    "delivery.logs",
    "ec2",
    "ecs-tasks",
    "elasticloadbalancing",
    "events",
    "firehose",
    "glue",
    "guardduty",
    "inspector2",
    "lambda",
    "logdelivery.elasticloadbalancing",
    "logdelivery.elb",
    "logging.s3",
    "logs",
    "macie",
    "malware-protection-plan.guardduty",
    "redshift",
    "s3",
    "s3express",
    "sagemaker",
    "ses",
    "sns",
    "sqs",
    "ssm",
    "states",
    "storage-lens.s3",
    "transfer",
    "vpc-flow-logs",
    "backup",
    "batchoperations.s3",
    "replicator.lambda",
];

/// Returns whether a `Principal` or `NotPrincipal` element only names principals that AWS accepts.
#[must_use]
pub fn valid(element: &Value) -> bool {
    match element {
        Value::String(text) => text == "*",
        Value::Object(kinds) => {
            !kinds.is_empty()
                && kinds.iter().all(|(kind, named)| {
                    let alone = std::slice::from_ref(named);
                    let many = named.as_array().map_or(alone, Vec::as_slice);
                    !many.is_empty() && many.iter().all(|one| one.as_str().is_some_and(|id| named_of(kind, id)))
                })
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => false,
    }
}

fn named_of(kind: &str, id: &str) -> bool {
    match kind {
        "AWS" => id == "*" || account(id) || iam(id),
        "Service" => service(id),
        "Federated" => !id.is_empty(),
        "CanonicalUser" => id.len() == 64 && id.chars().all(|letter| letter.is_ascii_hexdigit()),
        _ => false,
    }
}

fn account(id: &str) -> bool {
    id.len() == 12 && id.chars().all(|letter| letter.is_ascii_digit())
}

fn iam(id: &str) -> bool {
    let parts: Vec<&str> = id.splitn(6, ':').collect();
    let [arn, partition, service, region, owner, name] = parts.as_slice() else {
        return false;
    };
    let named = *name == "root"
        || ["user/", "role/", "assumed-role/", "federated-user/"].iter().any(|start| name.starts_with(start));
    *arn == "arn"
        && partition.starts_with("aws")
        && ["iam", "sts"].contains(service)
        && region.is_empty()
        && (account(owner) || *owner == "cloudfront")
        && (named || *owner == "cloudfront")
        && !name.contains('*')
}

fn service(id: &str) -> bool {
    let Some(name) = id.strip_suffix(".amazonaws.com").or_else(|| id.strip_suffix(".amazonaws.com.cn")) else {
        return false;
    };
    SERVICES.contains(&name)
        || name
            .rsplit_once('.')
            .is_some_and(|(name, region)| SERVICES.contains(&name) && region.split('-').count() >= 3)
}
