"""The IAM policy that a run needs, from the plan."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from .local import Failed
from .made import KINDS
from .plan import Plan, Send
from .settings import PREFIX, TAG

# Operations whose actions have other names, or that need more than one.
ACTIONS: dict[str, tuple[str, ...]] = {
    "acm:ImportCertificate": ("acm:ImportCertificate", "acm:AddTagsToCertificate"),
    "ec2:CreateFlowLogs": ("ec2:CreateFlowLogs", "ec2:CreateTags", "logs:CreateLogDelivery"),
    "ec2:DeleteFlowLogs": ("ec2:DeleteFlowLogs", "logs:DeleteLogDelivery"),
    "elb:CreateLoadBalancer": ("elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:AddTags"),
    "elbv2:CreateListener": ("elasticloadbalancing:CreateListener", "elasticloadbalancing:AddTags"),
    "elbv2:CreateLoadBalancer": ("elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:AddTags"),
    "elbv2:CreateTargetGroup": ("elasticloadbalancing:CreateTargetGroup", "elasticloadbalancing:AddTags"),
    "logs:CreateDelivery": ("logs:CreateDelivery", "logs:GetDelivery"),
    "logs:PutDeliverySource": (
        "logs:PutDeliverySource",
        "logs:GetDeliverySource",
        "logs:TagResource",
        "elasticloadbalancing:AllowVendedLogDeliveryForResource",
    ),
    "logs:PutDeliveryDestination": ("logs:PutDeliveryDestination", "logs:GetDeliveryDestination", "logs:TagResource"),
    "kms:CreateKey": ("kms:CreateKey", "kms:TagResource"),
    "s3:CreateBucket": ("s3:CreateBucket", "s3:PutBucketObjectLockConfiguration", "s3:PutBucketVersioning"),
    "s3:DeleteObjects": ("s3:DeleteObject", "s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"),
    "s3:HeadObject": ("s3:GetObject",),
    "s3:ListBuckets": ("s3:ListAllMyBuckets",),
    "s3:ListObjectVersions": ("s3:ListBucketVersions",),
    "s3:ListObjectsV2": ("s3:ListBucket",),
    "s3:PutBucketEncryption": ("s3:PutEncryptionConfiguration",),
    "s3:PutObjectLockConfiguration": ("s3:PutBucketObjectLockConfiguration",),
    # It needs no permission.
    "sts:GetCallerIdentity": (),
}
# Deletions of what carries the tag of a run.
TAGGED = ("acm:DeleteCertificate", "elasticloadbalancing:Delete", "kms:ScheduleKeyDeletion")


def actions(plan: Plan) -> list[str]:
    names = {step.call.name for step in plan.steps() if isinstance(step, Send)}
    for kind in KINDS:
        names.update((*kind.finding, *kind.deleting))
    found: set[str] = set()
    for name in names:
        service, operation = name.split(":")
        service = "elasticloadbalancing" if service in ("elb", "elbv2") else service
        found.update(ACTIONS.get(name, (f"{service}:{operation}",)))
    return sorted(found)


def policy(plan: Plan, partition: str, program: str) -> dict[str, Any]:
    """Returns a policy for the kit's own calls and for logbucket's."""
    all_ = actions(plan)
    buckets = [name for name in all_ if name.startswith("s3:") and name != "s3:ListAllMyBuckets"]
    tagged = [name for name in all_ if name.startswith(TAGGED)]
    rest = [name for name in all_ if name not in buckets and name not in tagged]
    arn = f"arn:{partition}:s3:::{PREFIX}*"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "LiveBuckets", "Effect": "Allow", "Action": buckets, "Resource": [arn, f"{arn}/*"]},
            {
                "Sid": "LiveDeletions",
                "Effect": "Allow",
                "Action": tagged,
                "Resource": "*",
                "Condition": {"Null": {f"aws:ResourceTag/{TAG}": "false"}},
            },
            {"Sid": "LiveCalls", "Effect": "Allow", "Action": rest, "Resource": "*"},
            *logbucket(program),
        ],
    }


def logbucket(program: str) -> list[dict[str, Any]]:
    """Returns the statements that `logbucket permissions` prints. Their Sids get the command's name."""
    by_resource: dict[str, dict[str, Any]] = {}
    for job in ("init", "check", "undo"):
        done = subprocess.run([program, "permissions", job], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Failed(f"`logbucket permissions {job}` ended with {done.returncode}: {done.stderr.strip()}")
        for statement in json.loads(done.stdout)["Statement"]:
            # Statements that differ only in their actions become one.
            rest = json.dumps([statement.get("Resource"), statement.get("Condition")], sort_keys=True)
            known = by_resource.setdefault(rest, {**statement, "Sid": f"Logbucket{len(by_resource) + 1}", "Action": []})
            action = statement["Action"]
            known["Action"] = sorted({*known["Action"], *([action] if isinstance(action, str) else action)})
    return list(by_resource.values())
