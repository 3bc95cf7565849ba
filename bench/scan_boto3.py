"""Reads with boto3 what `logbucket scan` reads: the script that someone would write instead.

Prints every log of every load balancer and bucket in the account as JSON, with the settings of each destination. Uses
sixteen threads, and one client for each service and Region: several threads can share a client, but creating one takes
tens of milliseconds. It judges only the encryption: policies are read and shown, not evaluated.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

THREADS = 16

#: S3's answers that mean "there is none"; they are not errors.
ABSENT = {
    "NoSuchBucketPolicy",
    "NoSuchLifecycleConfiguration",
    "NoSuchPublicAccessBlockConfiguration",
    "NoSuchTagSet",
    "ObjectLockConfigurationNotFoundError",
    "OwnershipControlsNotFoundError",
    "ServerSideEncryptionConfigurationNotFoundError",
}

#: The settings that may block logs at a destination, and the call that reads each.
SETTINGS = {
    "head": "head_bucket",
    "encryption": "get_bucket_encryption",
    "policy": "get_bucket_policy",
    "public access block": "get_public_access_block",
    "ownership": "get_bucket_ownership_controls",
    "object lock": "get_object_lock_configuration",
    "payer": "get_bucket_request_payment",
    "logging": "get_bucket_logging",
    "lifecycle": "get_bucket_lifecycle_configuration",
    "tags": "get_bucket_tagging",
    "acl": "get_bucket_acl",
}

Answer = dict[str, Any]
Log = dict[str, Any]
Place = tuple[str, str]


class Clients:
    """One client for each service and Region, created in the main thread because a session can't be shared."""

    def __init__(self) -> None:
        self.session = boto3.Session()
        self.config = Config(max_pool_connections=THREADS, retries={"mode": "standard"})
        self.made: dict[tuple[str, str], Any] = {}

    def of(self, service: str, region: str) -> Any:
        key = (service, region)
        if key not in self.made:
            self.made[key] = self.session.client(service, region_name=region, config=self.config)
        return self.made[key]


def or_error(call: Callable[..., Answer], **arguments: Any) -> Answer | None:
    """Returns the answer, None if there is none, or the error: a refused call must not end the run."""
    try:
        return call(**arguments)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        return None if code in ABSENT else {"error": code}


def of_load_balancer(client: Any, balancer: Answer) -> list[Log]:
    """The logs of a load balancer; an NLB logs nothing without a TLS listener."""
    arn = balancer["LoadBalancerArn"]
    answer = or_error(client.describe_load_balancer_attributes, LoadBalancerArn=arn) or {}
    attributes = {item["Key"]: item["Value"] for item in answer.get("Attributes", [])}
    kinds = (
        ["access_logs"] if balancer["Type"] == "network" else ["access_logs", "connection_logs", "health_check_logs"]
    )
    logs: list[Log] = []
    for kind in kinds:
        on = attributes.get(f"{kind}.s3.enabled") == "true"
        bucket = attributes.get(f"{kind}.s3.bucket") if on else None
        logs.append({"source": arn, "kind": kind, "bucket": bucket, "error": answer.get("error")})
    if balancer["Type"] == "network" and logs[0]["bucket"]:
        listeners = or_error(client.describe_listeners, LoadBalancerArn=arn) or {}
        logs[0]["listeners"] = sorted({item["Protocol"] for item in listeners.get("Listeners", [])})
    return logs


def of_logging(client: Any, bucket: str, account: str) -> list[Log]:
    answer = or_error(client.get_bucket_logging, Bucket=bucket, ExpectedBucketOwner=account) or {}
    target = answer.get("LoggingEnabled", {}).get("TargetBucket")
    return [{"source": bucket, "kind": "s3-access", "bucket": target, "error": answer.get("error")}]


def of_inventories(client: Any, bucket: str, account: str) -> list[Log]:
    logs: list[Log] = []
    more: Answer = {}
    while True:
        call = client.list_bucket_inventory_configurations
        answer = or_error(call, Bucket=bucket, ExpectedBucketOwner=account, **more) or {}
        if "error" in answer:
            logs.append({"source": bucket, "kind": "inventory", "bucket": None, "error": answer["error"]})
        for item in answer.get("InventoryConfigurationList", []):
            target = (
                item["Destination"]["S3BucketDestination"]["Bucket"].rpartition(":")[2] if item["IsEnabled"] else None
            )
            logs.append({"source": bucket, "kind": "inventory", "bucket": target, "error": None})
        if not answer.get("IsTruncated"):
            return logs
        more = {"ContinuationToken": answer["NextContinuationToken"]}


def pages(client: Any, operation: str, key: str, **arguments: Any) -> list[Answer]:
    return [item for page in client.get_paginator(operation).paginate(**arguments) for item in page.get(key, [])]


def gathered(futures: Iterable[Future[list[Log]]], region: str) -> list[Log]:
    return [log | {"region": region} for future in futures for log in future.result()]


def sources(pool: ThreadPoolExecutor, clients: Clients, account: str, home: str) -> list[Log]:
    """Every log. Regions and buckets are all read in the same pool, as soon as they are known."""
    enabled = pages(
        clients.of("account", home),
        "list_regions",
        "Regions",
        RegionOptStatusContains=["ENABLED", "ENABLED_BY_DEFAULT"],
    )
    regions = [item["RegionName"] for item in enabled]
    s3 = clients.of("s3", home)
    buckets = pool.submit(pages, s3, "list_buckets", "Buckets", PaginationConfig={"PageSize": 1000})
    balancers = {
        region: pool.submit(pages, clients.of("elbv2", region), "describe_load_balancers", "LoadBalancers")
        for region in regions
    }
    reads: list[tuple[str, Future[list[Log]]]] = []
    for region, listed in balancers.items():
        client = clients.of("elbv2", region)
        for balancer in listed.result():
            if balancer["Type"] in ("application", "network"):
                reads.append((region, pool.submit(of_load_balancer, client, balancer)))
    for bucket in buckets.result():
        region = bucket.get("BucketRegion", home)
        if region in regions:
            client = clients.of("s3", region)
            reads.append((region, pool.submit(of_logging, client, bucket["Name"], account)))
            reads.append((region, pool.submit(of_inventories, client, bucket["Name"], account)))
    return [log for region, read in reads for log in gathered([read], region)]


def settings(pool: ThreadPoolExecutor, clients: Clients, account: str, places: set[Place]) -> dict[Place, Answer]:
    """The settings of each destination and of its encryption key."""
    reads = {
        place: {
            name: pool.submit(
                or_error, getattr(clients.of("s3", place[1]), call), Bucket=place[0], ExpectedBucketOwner=account
            )
            for name, call in SETTINGS.items()
        }
        for place in sorted(places)
    }
    read = {place: {name: future.result() for name, future in of_place.items()} for place, of_place in reads.items()}
    keys: dict[Place, dict[str, Future[Answer | None]]] = {}
    for place, found in read.items():
        if key := default_encryption(found).get("KMSMasterKeyID"):
            kms = clients.of("kms", place[1])
            keys[place] = {
                "key": pool.submit(or_error, kms.describe_key, KeyId=key),
                "key policy": pool.submit(or_error, kms.get_key_policy, KeyId=key, PolicyName="default"),
            }
    for place, of_key in keys.items():
        read[place] |= {name: future.result() for name, future in of_key.items()}
    return read


def default_encryption(found: Answer) -> Answer:
    rules = ((found["encryption"] or {}).get("ServerSideEncryptionConfiguration") or {}).get("Rules", [])
    return rules[0].get("ApplyServerSideEncryptionByDefault", {}) if rules else {}


def verdict(log: Log, found: Answer | None) -> str:
    """Whether the default encryption blocks the log."""
    if log["error"]:
        return "unknown"
    if not log["bucket"]:
        return "off"
    if found is None or "error" in (found["head"] or {}):
        return "dead"
    algorithm = default_encryption(found).get("SSEAlgorithm", "AES256")
    works = algorithm == "AES256" or (algorithm == "aws:kms" and log["kind"] == "inventory")
    return "permitted" if works else "dead"


def main() -> None:
    clients = Clients()
    home = clients.session.region_name or "us-east-1"
    account = clients.of("sts", home).get_caller_identity()["Account"]
    with ThreadPoolExecutor(THREADS) as pool:
        logs = sources(pool, clients, account, home)
        places = {(log["bucket"], log["region"]) for log in logs if log["bucket"]}
        found = settings(pool, clients, account, places)
    for log in logs:
        log["verdict"] = verdict(log, found.get((log["bucket"], log["region"])))
    destinations = [{"bucket": bucket, "region": region, **answers} for (bucket, region), answers in found.items()]
    json.dump({"logs": logs, "destinations": destinations}, sys.stdout, default=str)


if __name__ == "__main__":
    main()
