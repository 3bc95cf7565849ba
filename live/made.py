"""The kinds of things that a run makes: how each is found, by its tags or name, and deleted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from .aws import Aws
from .settings import KEEP_TAG, PREFIX, TAG


@dataclass(frozen=True)
class Found:
    """Something that a run made."""

    kind: str
    # What the deletion needs: an ARN, a name or an ID.
    id: str
    name: str
    # The ID of the run, from the tag or the name.
    run: str
    region: str
    # Whether it carries the run's tag, and the one of `--keep`.
    tagged: bool = True
    kept: bool = False


@dataclass(frozen=True)
class Kind:
    """`finding` and `deleting` are the calls of `find` and `delete`, for the dry run and the permissions."""

    name: str
    finding: tuple[str, ...]
    deleting: tuple[str, ...]
    find: Callable[[Aws, str], Iterator[Found]] = field(repr=False)
    delete: Callable[[Aws, Found], None] = field(repr=False)


def _run_of(tags: list[dict[str, Any]] | None, key: str = "Key", value: str = "Value") -> dict[str, str]:
    return {tag[key]: tag.get(value) or "" for tag in tags or []}


def _run_in(name: str) -> str:
    """Returns the run's ID in a name such as `logbucket-live-2611280322qz-alb`."""
    return name.removeprefix(PREFIX).split("-")[0] if name.startswith(PREFIX) else ""


def _pages(
    aws: Aws, region: str, service: str, operation: str, list_: str, **parameters: Any
) -> Iterator[dict[str, Any]]:
    from botocore import xform_name

    client = aws.client(service, region)
    for page in client.get_paginator(xform_name(operation)).paginate(**parameters):
        yield from page.get(list_) or []


def code_of(error: ClientError) -> str:
    return str(error.response["Error"].get("Code", ""))


def _unless_gone(codes: set[str], delete: Callable[[], Any]) -> None:
    try:
        delete()
    except ClientError as error:
        if code_of(error) not in codes:
            raise


# Flow logs. logbucket's own carry no tag of the run, but their destination is a bucket of the run, which is as certain.
def _find_flow_logs(aws: Aws, region: str) -> Iterator[Found]:
    filters = [{"Name": "log-destination-type", "Values": ["s3"]}]
    for flow_log in _pages(aws, region, "ec2", "DescribeFlowLogs", "FlowLogs", Filters=filters):
        tags = _run_of(flow_log.get("Tags"))
        bucket = str(flow_log.get("LogDestination", "")).split(":::")[-1].split("/")[0]
        run = tags.get(TAG) or _run_in(bucket)
        if run:
            yield Found("flow log", flow_log["FlowLogId"], flow_log["FlowLogId"], run, region)


def _delete_flow_log(aws: Aws, found: Found) -> None:
    answer = aws.call("ec2", "DeleteFlowLogs", found.region, FlowLogIds=[found.id])
    for item in answer.get("Unsuccessful") or []:
        if item["Error"]["Code"] != "InvalidFlowLogId.NotFound":
            raise RuntimeError(f"{item['Error']['Code']}: {item['Error'].get('Message', '')}")


# Load balancers.
def _find_elbv2(kind: str, operation: str, list_: str, arn: str, name: str) -> Callable[[Aws, str], Iterator[Found]]:
    def find(aws: Aws, region: str) -> Iterator[Found]:
        own = [one for one in _pages(aws, region, "elbv2", operation, list_) if one[name].startswith(PREFIX)]
        for start in range(0, len(own), 20):
            some = {one[arn]: one[name] for one in own[start : start + 20]}
            answer = aws.call("elbv2", "DescribeTags", region, ResourceArns=list(some))
            for described in answer["TagDescriptions"]:
                tags, called = _run_of(described.get("Tags")), some[described["ResourceArn"]]
                run = tags.get(TAG) or _run_in(called)
                yield Found(kind, described["ResourceArn"], called, run, region, TAG in tags)

    return find


def _delete_load_balancer(aws: Aws, found: Found) -> None:
    gone = {"LoadBalancerNotFound"}
    _unless_gone(gone, lambda: aws.call("elbv2", "DeleteLoadBalancer", found.region, LoadBalancerArn=found.id))


def _delete_target_group(aws: Aws, found: Found) -> None:
    gone = {"TargetGroupNotFound"}
    _unless_gone(gone, lambda: aws.call("elbv2", "DeleteTargetGroup", found.region, TargetGroupArn=found.id))


def _find_classic(aws: Aws, region: str) -> Iterator[Found]:
    all_ = _pages(aws, region, "elb", "DescribeLoadBalancers", "LoadBalancerDescriptions")
    names = [one["LoadBalancerName"] for one in all_ if one["LoadBalancerName"].startswith(PREFIX)]
    for start in range(0, len(names), 20):
        answer = aws.call("elb", "DescribeTags", region, LoadBalancerNames=names[start : start + 20])
        for described in answer["TagDescriptions"]:
            tags, name = _run_of(described.get("Tags")), described["LoadBalancerName"]
            yield Found("Classic Load Balancer", name, name, tags.get(TAG) or _run_in(name), region, TAG in tags)


def _delete_classic(aws: Aws, found: Found) -> None:
    aws.call("elb", "DeleteLoadBalancer", found.region, LoadBalancerName=found.id)


# Certificates.
def _find_certificates(aws: Aws, region: str) -> Iterator[Found]:
    for one in _pages(aws, region, "acm", "ListCertificates", "CertificateSummaryList"):
        if one.get("Type", "IMPORTED") != "IMPORTED":
            continue
        arn = one["CertificateArn"]
        try:
            answer = aws.call("acm", "ListTagsForCertificate", region, CertificateArn=arn)
        except ClientError as error:
            if code_of(error) == "ResourceNotFoundException":
                continue
            raise
        tags = _run_of(answer.get("Tags"))
        if TAG in tags:
            yield Found("certificate", arn, arn.rsplit("/", 1)[-1], tags[TAG], region)


def _delete_certificate(aws: Aws, found: Found) -> None:
    gone = {"ResourceNotFoundException"}
    _unless_gone(gone, lambda: aws.call("acm", "DeleteCertificate", found.region, CertificateArn=found.id))


# Buckets. All of them are named after the run, so a bucket whose tags are missing is found, too.
def _find_buckets(aws: Aws, region: str) -> Iterator[Found]:
    for bucket in _pages(
        aws, region, "s3", "ListBuckets", "Buckets", Prefix=PREFIX, PaginationConfig={"PageSize": 1000}
    ):
        name = bucket["Name"]
        if not name.startswith(PREFIX):
            continue
        # `ListBuckets` lists the buckets of all Regions. They are found once, from the run's own Region.
        where = bucket.get("BucketRegion") or region
        tags: dict[str, str] = {}
        try:
            tags = _run_of(aws.call("s3", "GetBucketTagging", where, Bucket=name).get("TagSet"))
        except ClientError as error:
            if code_of(error) == "NoSuchBucket":
                continue
            if code_of(error) != "NoSuchTagSet":
                raise
        yield Found("bucket", name, name, tags.get(TAG) or _run_in(name), where, TAG in tags, KEEP_TAG in tags)


def _delete_bucket(aws: Aws, found: Found) -> None:
    """Empties a bucket and deletes it. Log services may still write to it, so an object may come in between."""
    # Only the bucket of the question about Object Lock has locked objects.
    bypass = {"BypassGovernanceRetention": True} if found.name.endswith("-lock") else {}
    for attempt in range(10):
        try:
            _empty(aws, found, bypass)
            aws.call("s3", "DeleteBucket", found.region, Bucket=found.id)
            return
        except ClientError as error:
            if code_of(error) == "NoSuchBucket":
                return
            if code_of(error) not in {"BucketNotEmpty", "OperationAborted"} or attempt == 9:
                raise
            time.sleep(min(2**attempt, 15))


def _empty(aws: Aws, found: Found, bypass: dict[str, bool]) -> None:
    client = aws.client("s3", found.region)
    for page in client.get_paginator("list_object_versions").paginate(Bucket=found.id):
        versions = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        if versions:
            objects = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in versions]
            answer = aws.call(
                "s3",
                "DeleteObjects",
                found.region,
                Bucket=found.id,
                Delete={"Objects": objects, "Quiet": True},
                **bypass,
            )
            for error in answer.get("Errors") or []:
                raise RuntimeError(f"{error.get('Code')}: {error.get('Message')} ({error.get('Key')})")


# Keys are never gone at once: AWS deletes them after at least seven days.
def _find_keys(aws: Aws, region: str) -> Iterator[Found]:
    for key in _pages(aws, region, "kms", "ListKeys", "Keys"):
        try:
            answer = aws.call("kms", "ListResourceTags", region, KeyId=key["KeyArn"])
            tags = _run_of(answer.get("Tags"), "TagKey", "TagValue")
            if TAG not in tags:
                continue
            state = aws.call("kms", "DescribeKey", region, KeyId=key["KeyArn"])["KeyMetadata"]["KeyState"]
        except ClientError as error:
            # Keys that AWS manages, or whose policy keeps this caller out, are not the run's.
            if code_of(error) in {"AccessDeniedException", "NotFoundException", "KMSInvalidStateException"}:
                continue
            raise
        if state != "PendingDeletion":
            yield Found("key", key["KeyArn"], key["KeyId"], tags[TAG], region)


def _delete_key(aws: Aws, found: Found) -> None:
    try:
        aws.call("kms", "ScheduleKeyDeletion", found.region, KeyId=found.id, PendingWindowInDays=7)
    except ClientError as error:
        if code_of(error) != "KMSInvalidStateException":
            raise


# CloudWatch's deliveries. Their names, or those of their sources, are the run's.
def _find_logs(kind: str, operation: str, list_: str, name: str, id_: str) -> Callable[[Aws, str], Iterator[Found]]:
    def find(aws: Aws, region: str) -> Iterator[Found]:
        for one in _pages(aws, region, "logs", operation, list_):
            if one[name].startswith(PREFIX):
                yield Found(kind, one[id_], one[name], _run_in(one[name]), region)

    return find


def _delete_logs(operation: str, parameter: str) -> Callable[[Aws, Found], None]:
    def delete(aws: Aws, found: Found) -> None:
        gone = {"ResourceNotFoundException"}
        _unless_gone(gone, lambda: aws.call("logs", operation, found.region, **{parameter: found.id}))

    return delete


# In the order of deletion: what uses something comes first.
KINDS: tuple[Kind, ...] = (
    Kind("flow log", ("ec2:DescribeFlowLogs",), ("ec2:DeleteFlowLogs",), _find_flow_logs, _delete_flow_log),
    Kind(
        "delivery",
        ("logs:DescribeDeliveries",),
        ("logs:DeleteDelivery",),
        _find_logs("delivery", "DescribeDeliveries", "deliveries", "deliverySourceName", "id"),
        _delete_logs("DeleteDelivery", "id"),
    ),
    Kind(
        "delivery source",
        ("logs:DescribeDeliverySources",),
        ("logs:DeleteDeliverySource",),
        _find_logs("delivery source", "DescribeDeliverySources", "deliverySources", "name", "name"),
        _delete_logs("DeleteDeliverySource", "name"),
    ),
    Kind(
        "delivery destination",
        ("logs:DescribeDeliveryDestinations",),
        ("logs:DeleteDeliveryDestination",),
        _find_logs("delivery destination", "DescribeDeliveryDestinations", "deliveryDestinations", "name", "name"),
        _delete_logs("DeleteDeliveryDestination", "name"),
    ),
    Kind(
        "load balancer",
        ("elbv2:DescribeLoadBalancers", "elbv2:DescribeTags"),
        ("elbv2:DeleteLoadBalancer",),
        _find_elbv2("load balancer", "DescribeLoadBalancers", "LoadBalancers", "LoadBalancerArn", "LoadBalancerName"),
        _delete_load_balancer,
    ),
    Kind(
        "Classic Load Balancer",
        ("elb:DescribeLoadBalancers", "elb:DescribeTags"),
        ("elb:DeleteLoadBalancer",),
        _find_classic,
        _delete_classic,
    ),
    Kind(
        "target group",
        ("elbv2:DescribeTargetGroups", "elbv2:DescribeTags"),
        ("elbv2:DeleteTargetGroup",),
        _find_elbv2("target group", "DescribeTargetGroups", "TargetGroups", "TargetGroupArn", "TargetGroupName"),
        _delete_target_group,
    ),
    Kind(
        "certificate",
        ("acm:ListCertificates", "acm:ListTagsForCertificate"),
        ("acm:DeleteCertificate",),
        _find_certificates,
        _delete_certificate,
    ),
    Kind(
        "bucket",
        ("s3:ListBuckets", "s3:GetBucketTagging"),
        ("s3:ListObjectVersions", "s3:DeleteObjects", "s3:DeleteBucket"),
        _find_buckets,
        _delete_bucket,
    ),
    Kind(
        "key",
        ("kms:ListKeys", "kms:ListResourceTags", "kms:DescribeKey"),
        ("kms:ScheduleKeyDeletion",),
        _find_keys,
        _delete_key,
    ),
)


def kind(name: str) -> Kind:
    return next(kind for kind in KINDS if kind.name == name)
