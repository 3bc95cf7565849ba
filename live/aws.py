"""AWS clients, and a record of each call with its answer."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

SERVICES = ("acm", "ec2", "elb", "elbv2", "kms", "logs", "s3", "sts")
CONFIG = Config(retries={"mode": "standard", "max_attempts": 5}, connect_timeout=10, read_timeout=60)


@dataclass(frozen=True)
class Seen:
    """A call and its answer."""

    step: str
    service: str
    operation: str
    region: str
    parameters: dict[str, Any]
    status: int
    # Both are empty if AWS accepted the call.
    code: str
    message: str
    answer: dict[str, Any]
    request_id: str
    # Calls of the same step, and the seconds from the first to the answer.
    tries: int = 1
    seconds: float = 0.0

    @property
    def accepted(self) -> bool:
        return not self.code

    def record(self) -> dict[str, Any]:
        """Returns what a `Reading`'s expression is about."""
        return {
            "accepted": self.accepted,
            "status": self.status,
            "code": self.code,
            "message": self.message,
            "answer": self.answer,
            "tries": self.tries,
            "seconds": self.seconds,
        }


class Aws:
    """Makes calls with one profile."""

    def __init__(self, profile: str | None) -> None:
        self._session = boto3.session.Session(profile_name=profile)
        self._clients: dict[tuple[str, str], Any] = {}

    @property
    def region(self) -> str | None:
        return self._session.region_name

    def elsewhere(self, region: str) -> str | None:
        """Returns an endpoint that is not AWS's, from the environment or the profile. What it answers is no fact."""
        urls = (self.client(service, region).meta.endpoint_url for service in SERVICES)
        return next((url for url in urls if not _is_aws(url)), None)

    def client(self, service: str, region: str) -> Any:
        key = (service, region)
        if key not in self._clients:
            self._clients[key] = self._session.client(service, region_name=region, config=CONFIG)
        return self._clients[key]

    def call(self, service: str, operation: str, region: str, **parameters: Any) -> dict[str, Any]:
        """Makes a call. Raises `ClientError` if AWS refuses it."""
        answer = getattr(self.client(service, region), xform_name(operation))(**parameters)
        return {key: value for key, value in answer.items() if key != "ResponseMetadata"}

    def send(self, step: str, service: str, operation: str, region: str, parameters: dict[str, Any]) -> Seen:
        """Makes a call and returns its answer, also if AWS refuses it."""
        begun = time.monotonic()
        try:
            answer = getattr(self.client(service, region), xform_name(operation))(**parameters)
            code = message = ""
        except ClientError as error:
            answer, code = error.response, error.response["Error"].get("Code", "")
            message = error.response["Error"].get("Message", "")
        metadata = answer.get("ResponseMetadata", {})
        return Seen(
            step=step,
            service=service,
            operation=operation,
            region=region,
            parameters=parameters,
            status=metadata.get("HTTPStatusCode", 0),
            code=code,
            message=message,
            answer={} if code else {key: value for key, value in answer.items() if key != "ResponseMetadata"},
            request_id=metadata.get("RequestId", ""),
            seconds=round(time.monotonic() - begun, 3),
        )


def _is_aws(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu", ".api.aws"))
