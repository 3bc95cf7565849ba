"""What a run is asked to do. The journal stores it, so a later command needs only the run's ID."""

from __future__ import annotations

import calendar
import re
import secrets
import string
import time
from dataclasses import asdict, dataclass
from typing import Any

import botocore.session

TAG = "logbucket-live"
KEEP_TAG = "logbucket-live-keep"
PREFIX = "logbucket-live-"


@dataclass(frozen=True)
class Settings:
    id: str
    region: str
    # For the questions about a bucket in another Region.
    other_region: str
    vpc: str | None = None
    profile: str | None = None
    keep: bool = False
    only: tuple[str, ...] = ()
    # Seconds to wait for the log services' objects, and for changes to propagate.
    wait: int = 900
    patience: int = 180

    def name(self, suffix: str) -> str:
        return f"{PREFIX}{self.id}-{suffix}"

    @property
    def tags(self) -> list[dict[str, str]]:
        return [{"Key": TAG, "Value": self.id}]

    @property
    def partition(self) -> str:
        return botocore.session.get_session().get_partition_for_region(self.region)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_dict(stored: dict[str, Any]) -> Settings:
        return Settings(**{**stored, "only": tuple(stored["only"])})


def new_id() -> str:
    """Returns an ID that begins with the time, such as `2611280322qz`. Load balancers' names have 32 characters."""
    letters = "".join(secrets.choice(string.ascii_lowercase) for _ in range(2))
    return time.strftime("%y%m%d%H%M", time.gmtime()) + letters


def is_id(text: str) -> bool:
    if not re.fullmatch(r"[0-9]{10}[a-z]{2}", text):
        return False
    try:
        return age_in_hours(text) > -24
    except ValueError:
        return False


def age_in_hours(run: str) -> float:
    """Returns how long ago an ID was made."""
    made = time.strptime(run[:10], "%y%m%d%H%M")
    return (time.time() - calendar.timegm(made)) / 3600


# A second Region of each partition.
OTHER_REGIONS = {
    "aws": ("us-west-2", "us-east-1"),
    "aws-cn": ("cn-northwest-1", "cn-north-1"),
    "aws-us-gov": ("us-gov-west-1", "us-gov-east-1"),
}


def other_region(region: str) -> str | None:
    """Returns the default for `--other-region`, if there is one."""
    known = OTHER_REGIONS.get(botocore.session.get_session().get_partition_for_region(region), ())
    return next((other for other in known if other != region), None)
