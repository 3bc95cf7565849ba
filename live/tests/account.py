"""A served sandbox with a default VPC, and what is left in it. Shares no code with the kit."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3

ROOT = Path(__file__).resolve().parents[2]
SANDBOX = os.environ.get("LIVE_SANDBOX", str(ROOT / "target" / "debug" / "sandbox"))
LOGBUCKET = os.environ.get("LIVE_LOGBUCKET", str(ROOT / "target" / "debug" / "logbucket"))
FAR = "us-west-2"
PREFIX, TAG = "logbucket-live-", "logbucket-live"


class Account:
    """A fresh simulated account."""

    def __init__(self, *options: str) -> None:
        self.server = subprocess.Popen(
            [SANDBOX, "serve", "0", *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self.server.stdout is not None
        lines = [self.server.stdout.readline() for _ in range(6)]
        exported = dict(line.removeprefix("export ").strip().split("=", 1) for line in lines)
        ambient = ("AWS_", "SSL_CERT", "REQUESTS_CA", "CURL_CA")
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(ambient)},
            **exported,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        self.folder = tempfile.TemporaryDirectory()
        self.environment["XDG_STATE_HOME"] = self.folder.name
        self.session = boto3.session.Session(
            aws_access_key_id=exported["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=exported["AWS_SECRET_ACCESS_KEY"],
            region_name=exported["AWS_REGION"],
        )
        self.url = exported["AWS_ENDPOINT_URL"]
        self.client("ec2").create_default_vpc()

    def close(self) -> None:
        self.server.terminate()
        self.server.wait()
        if self.server.stdout is not None:
            self.server.stdout.close()
        self.folder.cleanup()

    def client(self, service: str) -> Any:
        return self.session.client(service, endpoint_url=self.url)

    @property
    def state(self) -> Path:
        return Path(self.folder.name, "logbucket", "live")

    def words(self, *words: str) -> list[str]:
        fixed = ["--logbucket", LOGBUCKET, "--hurry", "--patience", "0", "--wait", "1"]
        return [*words, *fixed]

    def start(self, *words: str, strike: str = "", record: Path | None = None) -> subprocess.Popen[str]:
        """Starts the kit under `struck`, which can hit one of its calls and records them."""
        environment = {**self.environment, "LIVE_STRIKE": strike, "LIVE_RECORD": str(record or "")}
        command = [sys.executable, "-m", "live.tests.struck", *self.words(*words)]
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, strike: str = "", record: Path | None = None) -> subprocess.CompletedProcess[str]:
        child = self.start(*words, strike=strike, record=record)
        out, errors = child.communicate(timeout=300)
        return subprocess.CompletedProcess(child.args, child.returncode, out, errors)

    def left(self) -> list[str]:
        return sorted(self._left())

    def _left(self) -> Iterator[str]:
        for bucket in self.client("s3").list_buckets()["Buckets"]:
            if bucket["Name"].startswith(PREFIX):
                yield f"bucket {bucket['Name']}"
        elbv2 = self.client("elbv2")
        for balancer in elbv2.describe_load_balancers()["LoadBalancers"]:
            if balancer["LoadBalancerName"].startswith(PREFIX):
                yield f"load balancer {balancer['LoadBalancerName']}"
        for group in elbv2.describe_target_groups()["TargetGroups"]:
            yield f"target group {group['TargetGroupName']}"
        for balancer in self.client("elb").describe_load_balancers()["LoadBalancerDescriptions"]:
            if balancer["LoadBalancerName"].startswith(PREFIX):
                yield f"classic {balancer['LoadBalancerName']}"
        for certificate in self.client("acm").list_certificates()["CertificateSummaryList"]:
            yield f"certificate {certificate['CertificateArn']}"
        for flow_log in self.client("ec2").describe_flow_logs()["FlowLogs"]:
            yield f"flow log {flow_log['FlowLogId']}"
        logs = self.client("logs")
        for delivery in logs.describe_deliveries()["deliveries"]:
            yield f"delivery {delivery['id']}"
        for source in logs.describe_delivery_sources()["deliverySources"]:
            yield f"delivery source {source['name']}"
        for destination in logs.describe_delivery_destinations()["deliveryDestinations"]:
            yield f"delivery destination {destination['name']}"
        kms = self.client("kms")
        for key in kms.list_keys()["Keys"]:
            tags = [tag["TagKey"] for tag in kms.list_resource_tags(KeyId=key["KeyId"])["Tags"]]
            state = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"]
            if TAG in tags and state != "PendingDeletion":
                yield f"key {key['KeyId']}"
